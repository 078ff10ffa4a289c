"""What is written about the manual itself is named at the foot of every page."""

from datetime import UTC, datetime

import pytest
from lxml.html import document_fromstring

from manual import workflow
from manual.models import Chapter, Manual
from tests.manual_maker import agreed, grow
from tests.remembered import remembered

WHEN = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
@remembered
def manual_with_a_part_about_itself(db: None) -> None:
    Manual(title="Procedures", contacts="referral", about="about").save()
    chapters = grow(
        """
        core
            referral
        about: part, unnumbered
            accessibility: unnumbered
            privacy: unnumbered
            old-news: unnumbered
        """
    )
    titles = {"accessibility": "Accessibility statement", "privacy": "Privacy & cookies"}
    workflow.publish(
        by=None,
        amendments=[
            agreed(chapter, **({"title": titles[slug]} if slug in titles else {}))
            for slug, chapter in chapters.items()
        ],
        rearrange=True,
        at=WHEN,
    )
    withdrawal = agreed(Chapter.objects.get(slug="old-news"), significance="withdrawn")
    workflow.publish(by=None, amendments=[withdrawal])


def named_at_the_foot(client, address):
    page = document_fromstring(client.get(address).content.decode())
    return [
        (link.text, link.get("href"))
        for nav in page.find_class("site-footer-about")
        for link in nav.iter("a")
    ]


@pytest.mark.parametrize(
    "address",
    ["/", "/chapters/referral/", "/editions/1/chapters/referral/", "/keywords/", "/search/", "/nowhere/"],
)
def test_every_page_names_what_is_in_force(client, manual_with_a_part_about_itself, address):
    assert named_at_the_foot(client, address) == [
        ("Accessibility statement", "/chapters/accessibility/"),
        ("Privacy & cookies", "/chapters/privacy/"),
    ]


def test_it_costs_a_query_once_for_an_edition(
    client, manual_with_a_part_about_itself, django_assert_num_queries, django_assert_max_num_queries
):
    client.get("/chapters/referral/")
    with django_assert_max_num_queries(20) as first:
        client.get("/chapters/referral/")
    Manual.objects.update(about="")
    with django_assert_num_queries(len(first)):
        client.get("/chapters/referral/")


def test_a_manual_without_such_a_part_names_nothing(client, manual_with_a_part_about_itself):
    Manual.objects.update(about="")
    assert named_at_the_foot(client, "/") == []


def test_an_administrator_chooses_the_part(client, administrator, manual_with_a_part_about_itself):
    client.force_login(administrator)
    page = document_fromstring(client.get("/admin/manual/manual/1/change/").content.decode())
    assert page.xpath("//select[@name='about']/option/@value") == ["", "core", "about"]
