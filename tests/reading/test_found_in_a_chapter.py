"""Words that were searched for, marked in the chapter that a result led to."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml.html import HtmlElement, document_fromstring

from manual import workflow
from manual.models import Contents, Glossary
from tests.manual_maker import agreed
from tests.reading.conftest import REFERRAL, THIRD


def words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def opened(client: Client, address: str, **query: str) -> HtmlElement:
    response = client.get(address, query)
    assert response.status_code == 200
    return document_fromstring(response.content.decode())


def marked(page: HtmlElement) -> list[str]:
    return [words(mark) for mark in page.find_class("found")]


def line(page: HtmlElement) -> str:
    return " ".join(words(said) for said in page.find_class("found-line"))


def remove(page: HtmlElement) -> str:
    (link,) = page.find_class("found-remove")
    return str(link.get("href"))


def test_the_words_are_marked_in_the_text_in_links_of_keywords_and_tables(client, sample):
    page = opened(client, "/chapters/referral/", marked="decide lado worker")
    # “LADO decides” is one place, of which the link has a piece.
    assert marked(page) == ["LADO", "LADO", "decides", "LADO", "worker"]
    assert "4 places marked for ‘decide lado worker’." in line(page)
    (keyword, *_) = page.xpath("//a[@class='keyword']")
    assert marked(keyword) == ["LADO"]


def test_each_place_can_be_gone_to(client, sample):
    page = opened(client, "/chapters/referral/", marked="lado")
    assert [mark.get("id") for mark in page.find_class("found")] == [f"site-found-{n}" for n in (1, 2, 3)]
    assert page.xpath("//*[@class='found-line']//a[1]/@href") == ["#site-found-1"]
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_a_single_place_is_said_to_be_one(client, sample):
    assert "1 place marked for ‘worker’." in line(opened(client, "/chapters/referral/", marked="worker"))


def test_a_passage_of_another_chapter_is_marked_and_labels_are_not(client, sample):
    page = opened(client, "/chapters/referral/", marked="ring")
    (include,) = page.find_class("include")
    assert marked(include) == ["Ring"]
    assert marked(opened(client, "/chapters/referral/", marked="external link")) == []
    # “New: Within one hour.”, “From 1.1.2 Contacts”
    assert "new" not in [word.lower() for word in marked(opened(client, "/chapters/referral/", marked="new"))]


def test_without_marks_the_text_is_the_same_to_the_letter(client, sample):
    def text(page: HtmlElement) -> str:
        (text,) = page.find_class("chapter-text")
        for mark in text.find_class("found"):
            mark.drop_tag()
        return repr([(each.tag, dict(each.attrib), each.text, each.tail) for each in text.iter()])

    assert text(opened(client, "/chapters/referral/", marked="anyone who lado")) == text(
        opened(client, "/chapters/referral/")
    )


def test_the_remembered_text_stays_without_marks(client, sample):
    assert marked(opened(client, "/chapters/referral/", marked="lado"))
    assert marked(opened(client, "/chapters/referral/")) == []
    assert marked(opened(client, "/chapters/referral/", marked="worker")) == ["worker"]


def test_a_page_with_marks_is_for_one_reader_and_not_for_search_engines(client, sample):
    for address in ("/chapters/referral/", "/keywords/lado/"):
        plain, response = client.get(address), client.get(f"{address}?marked=decide")
        assert "private" in response["Cache-Control"]
        assert response["X-Robots-Tag"] == "noindex"
        page = document_fromstring(response.content.decode())
        assert page.xpath("//link[@rel='canonical']/@href") == [address]
        assert "private" not in plain["Cache-Control"]
        assert "X-Robots-Tag" not in plain


def test_the_marks_are_removed_and_all_else_that_the_address_says_is_kept(client, sample):
    assert remove(opened(client, "/chapters/referral/", marked="lado")) == "/chapters/referral/"
    page = opened(client, "/editions/1/chapters/referral/", on="2026-04-01", marked="lado")
    assert remove(page) == "/editions/1/chapters/referral/?on=2026-04-01"


def test_marks_are_not_carried_to_where_links_lead(client, sample):
    page = opened(client, "/chapters/referral/", marked="lado")
    carried = [
        href
        for href in page.xpath("//a/@href")
        # How the page looks is chosen without losing it.
        if "marked" in href and not href.startswith("/display/")
    ]
    assert carried == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("zebra", "‘zebra’ is not in this chapter as it stands."),
        ("zebra crossing", "The words ‘zebra crossing’ are not in this chapter as it stands."),
        ("…?!", "‘…?!’ has no words that could be marked."),
        ('<b>"&', '‘<b>"&’ is not in this chapter as it stands.'),
    ],
)
def test_what_is_not_there_is_said_so(client, sample, asked, said):
    page = opened(client, "/chapters/referral/", marked=asked)
    assert marked(page) == []
    assert said in line(page)
    assert remove(page) == "/chapters/referral/"


def test_what_is_in_the_title_alone_is_not_said_to_be_missing(client, sample):
    page = opened(client, "/chapters/bruising/", marked="bruises")
    assert "‘bruises’ is in the heading of this page and not in the text under it." in line(page)


@pytest.mark.parametrize("asked", ["", "  \t", "\0"])
def test_nothing_asked_is_the_page_as_always(client, sample, asked):
    response = client.get("/chapters/referral/", {"marked": asked})
    assert "found-line" not in response.content.decode()
    assert "X-Robots-Tag" not in response
    assert "private" not in response["Cache-Control"]


@pytest.mark.parametrize("asked", ["lado " * 2_000, "a" * 9_000, "\ud7ff\u202e%s{{", '"' * 600, "-lado -who"])
def test_very_long_and_odd_words_do_no_harm(client, sample, asked):
    page = opened(client, "/chapters/referral/", marked=asked)
    assert len(line(page)) < 500


def test_marks_stand_beside_what_changed_since_a_day(client, sample):
    page = opened(client, "/chapters/referral/", since="2026-03-02", marked="hours")
    (changed,) = page.find_class("passage-changed")
    assert words(changed) == "New: Within one hour."
    assert marked(changed) == ["hour"]
    assert remove(page) == "/chapters/referral/?since=2026-03-02"


def test_marks_stand_in_what_is_dimmed_for_a_reader_of_one_area(client, sample):
    text = REFERRAL + "\n!!! north\n    Ring before the strategy discussion.\n"
    workflow.publish(
        by=None, amendments=[agreed(sample.chapters["referral"], text=text)], at=THIRD.replace(day=6)
    )
    client.cookies["area"] = "south"
    page = opened(client, "/chapters/referral/", marked="strategy discussions")
    (dimmed,) = page.xpath("//*[contains(@class, 'passage') and contains(@class, 'elsewhere')]")
    assert marked(dimmed) == ["strategy discussion"]


def test_a_dated_page_marks_the_text_of_its_edition(client, sample):
    page = opened(client, "/editions/1/chapters/referral/", marked="hour")
    assert marked(page) == []
    assert "‘hour’ is not in this chapter in this edition." in line(page)
    page = opened(client, "/editions/3/chapters/referral/", marked="hour")
    assert marked(page) == ["hour"]
    assert page.xpath("//link[@rel='canonical']/@href") == ["/chapters/referral/"]


def test_a_day_leads_to_its_edition_with_the_marks(client, sample):
    response = client.get("/on/2026-04-01/chapters/referral/", {"marked": "lado"})
    assert parse_qs(urlsplit(response["Location"]).query) == {"marked": ["lado"], "on": ["2026-04-01"]}


def test_the_meaning_of_a_keyword_is_marked_too(client, sample):
    page = opened(client, "/keywords/lado/", marked="decision on allegation")
    assert marked(page) == ["allegations"]
    assert "1 place marked for ‘decision on allegation’." in line(page)
    assert remove(page) == "/keywords/lado/"
    assert "‘officer’ is in the heading of this page" in line(
        opened(client, "/keywords/lado/", marked="officer")
    )


def test_other_forms_of_a_keyword_are_marked_as_search_finds_them(client, sample):
    page = opened(client, "/chapters/referral/", marked="local authority designated officer")
    assert "LADO" in marked(page)


def test_a_link_and_a_withdrawn_chapter_are_marked_too(client, sample):
    assert marked(opened(client, "/chapters/leaflet/", marked="leaflets")) == ["leaflet"]
    assert "not in this link as it stands" in line(opened(client, "/chapters/leaflet/", marked="zebra"))
    assert marked(opened(client, "/chapters/old-ways/", marked="ways")) == ["ways"]


def queries(client: Client, address: str, *, first: bool) -> int:
    if first:
        Contents.forget()
        Glossary.forget()
        cache.clear()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("asked", ["lado", "zebra", "who+decides+within+one+hour+of+the+police"])
def test_marks_cost_two_queries_at_most(client, sample, asked):
    for address in ("/chapters/referral/", "/editions/1/chapters/referral/", "/keywords/lado/"):
        for first in (True, False):
            plain = queries(client, address, first=first)
            assert queries(client, f"{address}?marked={asked}", first=first) <= plain + 2, (address, first)
