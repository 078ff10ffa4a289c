"""The contents made shorter: by words of the titles, or to what is New or Updated."""

import pytest
from lxml.html import document_fromstring

from manual.models import Contents, Edition


def page_of(client, query: str):
    response = client.get(f"/{query}")
    assert response.status_code == 200
    return document_fromstring(response.content.decode())


def shown(page) -> list[str]:
    """The identifiers of the headings and entries on the page, in order."""
    (list_,) = page.find_class("contents-list")
    return [element.get("id") for element in list_.iter("h2", "h3", "li") if element.get("id")]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?title=refer", ["core", "journey", "referral"]),
        ("?title=REFERRAL", ["core", "journey", "referral"]),
        ("?title=1.1.2", ["core", "journey", "bruising"]),
        # Its label and the words of its remark count, too.
        ("?title=also+leaf", ["core", "journey", "assessment", "leaflet"]),
        ("?title=review", ["core", "journey", "assessment"]),
        ("?only=changed", ["core", "journey", "referral", "bruising"]),
        ("?only=changed&title=bru", ["core", "journey", "bruising"]),
        # The middle of a word does not.
        ("?title=ferral", []),
        # A heading's own words bring nothing by themselves.
        ("?title=journey", []),
    ],
)
def test_a_reader_sees_the_chapters_asked_for_and_what_they_stand_in(client, sample, query, expected):
    page = page_of(client, query)
    assert [slug for slug in shown(page) if slug != "quick-guide"] == expected


def test_it_says_how_many_are_shown_and_leads_back_to_all(client, sample):
    page = page_of(client, "?title=refer")
    (count,) = page.find_class("narrowing-count")
    every = sum(line.is_page for line in Contents.of(Edition.objects.get(number=3)).lines)
    assert " ".join(count.text_content().split()) == f"1 of {every} chapters. Show all"
    assert count.find("a").get("href") == "/"


def test_where_nothing_has_the_words_it_says_so_and_offers_to_search_the_text(client, sample):
    page = page_of(client, "?title=ferret+%26")
    (notice,) = page.find_class("contents-list")[0].find_class("notice")
    assert "No chapter has “ferret &” in its title." in notice.text_content()
    assert notice.find(".//a").get("href") == "/search/?q=ferret%20%26"


def test_a_shortened_page_is_not_for_search_engines_and_names_the_whole_as_canonical(client, sample):
    response = client.get("/?title=refer")
    assert response["X-Robots-Tag"] == "noindex"
    page = document_fromstring(response.content.decode())
    assert page.xpath("//link[@rel='canonical']/@href") == ["/"]


def test_a_dated_page_is_shortened_and_stays_dated(client, sample):
    page = document_fromstring(client.get("/editions/2/contents/?title=assess").content.decode())
    (form,) = page.find_class("narrowing")
    assert form.get("action") == "/editions/2/contents/"
    assert "assessment" in shown(page) and "bruising" not in shown(page)


def test_words_that_nobody_would_type_do_no_harm(client, sample):
    page = page_of(client, "?title=" + "x" * 5000 + "&only=%00nonsense")
    assert shown(page) == []
    assert "<script>" not in client.get("/?title=<script>").content.decode().split("<main")[1]
