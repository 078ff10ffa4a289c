"""The marks in the margin of a chapter: which passages changed."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml.html import HtmlElement, document_fromstring

from manual import workflow
from manual.models import Chapter, Contents
from tests.manual_maker import DAY, agreed
from tests.reading.conftest import REFERRAL, THIRD


def words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def chapter(client: Client, address: str) -> HtmlElement:
    response = client.get(address)
    assert response.status_code == 200
    return document_fromstring(response.content.decode())


def marked(page: HtmlElement) -> list[str]:
    (text,) = page.find_class("chapter-text")
    return [words(passage) for passage in text.find_class("passage-changed")]


def line(page: HtmlElement) -> str:
    return " ".join(words(said) for said in page.find_class("marks-line"))


def links(page: HtmlElement) -> dict[str, str]:
    (said,) = page.find_class("marks-line")
    return {words(link): link.get("href") for link in said.iter("a")}


def amend(chapter: Chapter, text: str, *, days: int = 1, kind: str = "ordinary", **more: str) -> None:
    workflow.publish(
        by=None, kind=kind, amendments=[agreed(chapter, text=text, **more)], at=THIRD + days * DAY
    )


def test_what_the_newest_amendment_changed_is_marked_and_nothing_else(client, sample):
    page = chapter(client, "/chapters/referral/")
    assert marked(page) == ["New: Within one hour."]
    assert line(page).startswith("Passages changed on 5 October 2026 are marked in the margin.")


def test_the_line_leads_to_every_word_that_changed_and_to_the_switch(client, sample):
    assert links(chapter(client, "/chapters/referral/")) == {
        "See exactly what changed": "/chapters/referral/compare/?from=1&to=2",
        "Hide the marks of changes": "/display/?marks=off&next=%2Fchapters%2Freferral%2F",
    }


def test_a_reader_who_hides_the_marks_is_offered_to_show_them_again(client, sample):
    client.get("/display/?marks=off")
    page = chapter(client, "/chapters/referral/")
    assert "marks-off" in page.get("class")
    assert links(page)["Show what changed"] == "/display/?marks=on&next=%2Fchapters%2Freferral%2F"
    assert "Some passages changed on 5 October 2026; their marks are hidden." in line(page)


@pytest.mark.parametrize("slug", ["bruising", "contacts", "old-ways"])
def test_what_is_new_unchanged_or_withdrawn_has_no_marks(client, sample, slug):
    page = chapter(client, f"/chapters/{slug}/")
    assert not marked(page)
    assert not line(page)


def test_marks_leave_with_the_flag(client, sample):
    amend(sample.chapters["assessment"], "Other words.")
    assert not marked(chapter(client, "/chapters/referral/"))
    assert marked(chapter(client, "/chapters/assessment/"))


def test_a_correction_since_is_marked_as_well_and_the_line_says_so(client, sample):
    mended = REFERRAL.replace("Anyone may", "Anybody may") + "\nWithin one hour.\n"
    amend(sample.chapters["referral"], mended, kind="correction", significance="correction")
    page = chapter(client, "/chapters/referral/")
    assert marked(page) == ["Changed: Anybody may refer a child.", "New: Within one hour."]
    assert "Passages changed on 5 October 2026, or corrected since, are marked in the margin." in line(page)


def test_only_the_newest_of_several_amendments_is_marked(client, sample):
    amend(sample.chapters["referral"], REFERRAL.replace("Anyone may", "You may") + "\nWithin one hour.\n")
    page = chapter(client, "/chapters/referral/")
    assert marked(page) == ["Changed: You may refer a child."]
    assert links(page)["See exactly what changed"] == "/chapters/referral/compare/?from=2&to=3"


def test_an_amendment_of_the_title_alone_marks_nothing_and_says_nothing(client, sample):
    text = sample.chapters["assessment"].amendments.get().text
    amend(sample.chapters["assessment"], text, title="Assessments")
    page = chapter(client, "/chapters/assessment/")
    assert not marked(page)
    assert not line(page)


def test_an_old_edition_has_the_marks_of_its_own_changes(client, sample):
    amend(sample.chapters["referral"], "All is new.")
    page = chapter(client, "/editions/3/chapters/referral/")
    assert marked(page) == ["New: Within one hour."]
    assert links(page)["See exactly what changed"] == "/chapters/referral/compare/?from=1&to=2"
    assert not marked(chapter(client, "/editions/1/chapters/referral/"))


def test_a_heading_is_named_without_its_mark_where_the_chapter_lists_its_own(client, sample):
    amend(sample.chapters["referral"], REFERRAL.replace("## Who refers", "## Who may refer"))
    page = chapter(client, "/chapters/referral/")
    (own,) = page.find_class("chapter-contents")
    assert "1 Who may refer" in [words(link) for link in own.iter("a")]
    assert any("Who may refer" in passage for passage in marked(page))


def test_marks_keep_a_text_as_it_is_otherwise_decorated(client, sample):
    amend(sample.chapters["referral"], REFERRAL.replace("The LADO decides.", "The LADO decides alone."))
    page = chapter(client, "/chapters/referral/")
    (passage,) = [one for one in page.find_class("passage-changed") if "alone" in words(one)]
    assert [words(link) for link in passage.find_class("keyword")] == ["LADO", "core group"]


def test_a_second_reading_with_marks_costs_no_more_than_one_without(client, sample):
    Contents.forget()
    client.get("/chapters/referral/")
    counts = []
    for slug in ("referral", "contacts"):
        client.get(f"/chapters/{slug}/")
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/chapters/{slug}/")
        counts.append(len(captured))
    assert counts == [4, 4]


# --- Since a day ------------------------------------------------------------------------------------------------------


def test_since_a_day_all_that_changed_since_is_marked(client, sample):
    amend(sample.chapters["referral"], REFERRAL.replace("Anyone may", "You may") + "\nWithin one hour.\n")
    page = chapter(client, "/chapters/referral/?since=2026-03-02")
    assert marked(page) == ["Changed: You may refer a child.", "New: Within one hour."]
    assert line(page).startswith("Passages changed since 2 March 2026 (edition 1) are marked in the margin.")
    assert links(page)["See exactly what changed"] == "/chapters/referral/compare/?from=1&to=3"
    assert links(page)["Everything that has changed since then"] == "/changes/?since=2026-03-02"


def test_since_a_day_counts_from_the_edition_in_force_when_it_ended(client, sample):
    page = chapter(client, "/chapters/referral/?since=5+October+2026")
    assert not marked(page)
    assert line(page).startswith("Nothing in this chapter has changed since 5 October 2026 (edition 3).")
    assert marked(chapter(client, "/chapters/referral/?since=2026-10-04"))


def test_two_editions_of_one_day_can_be_told_apart(client, sample):
    assert marked(chapter(client, "/chapters/referral/?since_edition=2")) == ["New: Within one hour."]
    page = chapter(client, "/chapters/referral/?since_edition=2")
    assert links(page)["Everything that has changed since then"] == "/changes/?since_edition=2"


def test_what_was_not_in_force_on_that_day_is_new_since(client, sample):
    page = chapter(client, "/chapters/bruising/?since=2026-03-02")
    assert not marked(page)
    assert "All of this chapter is new since 2 March 2026: edition 1" in line(page)
    page = chapter(client, "/chapters/referral/?since=2020-01-01")
    assert "All of this chapter is new since 1 January 2020: no edition was in force then." in line(page)


@pytest.mark.parametrize("since", ["tomorrow", "2999-01-01", "", "2026-02-30", "\0", "0000-00-00"])
def test_a_day_that_is_none_or_to_come_shows_the_chapter_as_always(client, sample, since):
    response = client.get("/chapters/referral/", {"since": since})
    assert response.status_code == 200
    assert "Passages changed on 5 October 2026" in response.content.decode()


@pytest.mark.parametrize("number", ["4", "0", "x", "99999999999", "١"])
def test_an_edition_that_is_none_is_passed_over(client, sample, number):
    response = client.get("/chapters/referral/", {"since_edition": number})
    assert "Passages changed on 5 October 2026" in response.content.decode()


def test_such_a_page_is_kept_out_of_search_engines(client, sample):
    response = client.get("/chapters/referral/?since=2026-03-02")
    assert response["X-Robots-Tag"] == "noindex"
    assert "X-Robots-Tag" not in client.get("/chapters/referral/")


def test_a_text_with_marks_and_one_without_are_remembered_apart(client, sample):
    plain = marked(chapter(client, "/chapters/referral/?since=2026-10-05"))
    flagged = marked(chapter(client, "/chapters/referral/"))
    again = marked(chapter(client, "/chapters/referral/?since=2026-10-05"))
    assert (plain, flagged, again) == ([], ["New: Within one hour."], [])
