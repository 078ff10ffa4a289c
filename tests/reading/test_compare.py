"""Readers see what changed between two versions of a chapter, and between two editions."""

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml.html import document_fromstring

from manual import workflow
from manual.models import Chapter, Contents, Glossary, Kind, Library
from tests.manual_maker import DAY, FAR_AHEAD, agreed, filed, meaning
from tests.reading.conftest import THIRD

REFERRAL = "/chapters/referral/compare/"
BEFORE = """
A referral is made within three working days.

The parents are told of it unless that would put the child at risk of harm.

## Who {: #who }

- the nurse
- the teacher

Nothing else is asked of anybody.
"""
AFTER = """
A referral is made within one working day.

## Who {: #who }

- the nurse
- the doctor
- the teacher

Nothing else is asked of anybody.

The parents are told of it unless that would put the child at risk of harm.
"""


def words(element) -> str:
    return " ".join(element.text_content().split())


def read(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return document_fromstring(response.content.decode())


def main(page) -> str:
    return words(page.find(".//main"))


@pytest.fixture
def amended(sample):
    """Edition 4 has a third version of the referral chapter, edition 5 a fourth with another title and place."""
    chapters = sample.chapters
    workflow.publish(
        by=None, amendments=[agreed(chapters["referral"], text=BEFORE, note="Shorter.")], at=THIRD + DAY
    )
    for slug in ("referral", "core"):
        chapters[slug].refresh_from_db()
    chapters["referral"].move(under=chapters["core"])
    fourth = agreed(
        chapters["referral"], text=AFTER, title="Making a referral", areas=["north"], note="One day now."
    )
    workflow.publish(by=None, amendments=[fourth], rearrange=True, at=THIRD + 2 * DAY)
    return sample


# --- Two versions of a chapter


def test_the_last_two_versions_are_compared_unless_others_are_asked_for(client, amended):
    text = main(read(client, REFERRAL))
    assert "From version 3, edition 4, 6 October 2026 to version 4, edition 5, 7 October 2026." in text
    text = main(read(client, f"{REFERRAL}?from=1&to=2"))
    assert "From version 1, edition 1, 2 March 2026 to version 2, edition 3, 5 October 2026." in text
    text = main(read(client, f"{REFERRAL}?from=1"))
    assert "From version 1, edition 1, 2 March 2026 to version 4" in text
    text = main(read(client, f"{REFERRAL}?to=2"))
    assert "From version 1, edition 1, 2 March 2026 to version 2" in text


def test_the_two_versions_stand_side_by_side_and_in_one_text(client, amended):
    page = read(client, f"{REFERRAL}?from=3&to=4")
    heads = [words(cell) for cell in page.xpath("//table[@class='sides']/thead//th")]
    assert heads == [
        "Before: version 3, edition 4, 6 October 2026",
        "After: version 4, edition 5, 7 October 2026",
    ]
    first = page.xpath("//table[@class='sides']/tbody/tr[1]")[0]
    assert [words(cell) for cell in first.xpath("td//del | td//ins")] == [
        "Removed: three (end of change)",
        "Removed: days (end of change)",
        "Added: one (end of change)",
        "Added: day (end of change)",
    ]
    inline = page.find_class("compare-inline")[0]
    assert "Moved away from here:" in words(inline) and "Moved to here:" in words(inline)
    anchors = page.xpath("//@id")
    assert len(anchors) == len(set(anchors))


def test_what_changed_is_counted(client, amended):
    assert "4 words added, 2 removed, 1 passage moved." in main(read(client, f"{REFERRAL}?from=3&to=4"))


def test_all_that_is_not_text_is_told_above_it(client, amended):
    page = read(client, f"{REFERRAL}?from=3&to=4")
    facts = {words(row[0]): words(row[1]) for row in page.xpath("//*[@class='compare-facts']//tr")}
    assert facts["Title"].startswith("Removed: Referral (end of change) Added: Making a referral")
    assert facts["Number"].startswith("Removed: 1.1.1 (end of change) Added: 1.")
    assert "Journey" in facts["Place"] and "Added: North" in facts["Applies to"]
    assert set(facts) == {"Title", "Number", "Place", "Applies to"}
    notes = [words(item) for item in page.xpath("//*[@class='compare-notes']//li")]
    assert notes == ["7 October 2026, version 4, amended (edition 5): One day now."]


def test_every_note_between_is_told(client, amended):
    page = read(client, f"{REFERRAL}?from=1&to=4")
    notes = [words(item) for item in page.xpath("//*[@class='compare-notes']//li")]
    assert [note.split("): ")[1] for note in notes] == [
        "One day now.",
        "Shorter.",
        "A referral now takes one hour.",
    ]


def test_each_side_refers_to_the_edition_it_came_with(client, amended):
    page = read(client, f"{REFERRAL}?from=1&to=2&view=sides")
    links = page.xpath("//table[@class='sides']//a[contains(@href, '/chapters/assessment/')]")
    assert {link.get("href") for link in links} == {
        "/editions/1/chapters/assessment/",
        "/editions/1/chapters/assessment/#plan",
        "/editions/3/chapters/assessment/",
        "/editions/3/chapters/assessment/#plan",
    }
    assert {"1.1.2 Assessment", "1.1.3 Assessment"} <= {words(link) for link in links}


def test_a_passage_of_another_chapter_is_named_and_not_shown(client, amended):
    page = read(client, f"{REFERRAL}?from=1&to=2&view=inline")
    box = page.find_class("include")[0]
    assert words(box).startswith("A passage is shown here: ") and "Contacts" in words(box)
    assert "Ring 101." not in main(page)


def test_only_what_changed_says_how_much_is_left_out(client, amended):
    page = read(client, f"{REFERRAL}?from=1&to=2&only=changes")
    assert "unchanged passages left out" in words(page.find_class("sides")[0])
    assert "Within one hour." in words(page.find_class("sides")[0])
    assert "Anyone may refer a child." not in main(page)


def test_a_reader_chooses_how_the_changes_are_shown(client, amended):
    page = read(client, f"{REFERRAL}?from=3&to=4&only=changes")
    ways = {words(link): link.get("href") for link in page.xpath("//*[@class='compare-choices']//a")}
    assert ways["In one text"] == f"{REFERRAL}?from=3&to=4&view=inline&only=changes"
    assert ways["The whole text"] == f"{REFERRAL}?from=3&to=4"
    inline = read(client, ways["In one text"])
    assert not inline.find_class("sides") and inline.find_class("compare-inline")
    beside = read(client, ways["Side by side"])
    assert beside.find_class("sides") and not beside.find_class("compare-inline")
    chosen = [words(link) for link in beside.xpath("//main//a[@aria-current='true']")]
    assert chosen == ["Side by side", "Only what changed"]
    assert beside.xpath("//form[@class='compare-form']/input/@value") == ["sides", "changes"]


def test_any_two_versions_can_be_chosen(client, amended):
    page = read(client, f"{REFERRAL}?from=2&to=4")
    options = page.xpath("//select[@id='site-from']/option")
    assert [words(option) for option in options] == [
        "Version 4, 7 October 2026 (edition 5, amended)",
        "Version 3, 6 October 2026 (edition 4, amended)",
        "Version 2, 5 October 2026 (edition 3, amended)",
        "Version 1, 2 March 2026 (edition 1, new)",
    ]
    assert page.xpath("//option[@selected]/@value") == ["2", "4"]


def test_backwards_it_says_so_and_can_be_swapped(client, amended):
    page = read(client, f"{REFERRAL}?from=4&to=3")
    assert "This reads backwards: version 4 is newer than version 3." in main(page)
    assert "2 words added, 4 removed" in main(page)
    heads = [words(cell)[:8] for cell in page.xpath("//table[@class='sides']/thead//th")]
    assert heads == ["Later: v", "Earlier:"]
    swap = page.xpath("//a[@class='compare-swap']/@href")[0]
    assert swap == f"{REFERRAL}?from=3&to=4"
    assert "backwards" not in main(read(client, swap))


def test_a_version_compared_with_itself_says_that_nothing_can_have_changed(client, amended):
    text = main(read(client, f"{REFERRAL}?from=2&to=2"))
    assert "This is twice the same version, 2: nothing can have changed." in text


def test_a_chapter_with_one_version_says_so(client, sample):
    text = main(read(client, "/chapters/bruising/compare/"))
    assert "This chapter has one version only: version 1, edition 3, 5 October 2026." in text
    assert "nothing to compare it with" in text


@pytest.mark.parametrize(
    "query",
    [
        "from=9&to=4",
        "from=x",
        "from=-1&to=%00",
        "to=99999999999999999999",
        "from=²&to=٣",
        "from=1e3",
        "from=",
    ],
)
def test_what_is_no_version_is_named_and_the_last_ones_are_compared(client, amended, query):
    text = main(read(client, f"{REFERRAL}?{query}&view=odd&only=odd"))
    assert "to version 4, edition 5, 7 October 2026." in text
    assert ("There is no version" in text) == (query not in ("from=",))


def test_an_unchanged_text_says_so(client, amended):
    same = agreed(amended.chapters["referral"], text=AFTER, title="Making a referral", note="Reviewed.")
    workflow.publish(by=None, amendments=[same], at=THIRD + 3 * DAY)
    page = read(client, REFERRAL)
    assert "The text is the same in both versions." in main(page)
    assert "Applies to" in main(page)
    assert "The text is the same in both versions." in main(read(client, f"{REFERRAL}?only=changes"))


def test_readers_see_no_version_that_has_not_taken_effect(client, amended):
    later = agreed(amended.chapters["referral"], text="Secret words.", note="Secret note.")
    workflow.publish(by=None, amendments=[later], effective_at=FAR_AHEAD)
    text = main(read(client, f"{REFERRAL}?from=4&to=5"))
    assert "There is no version “5” of this chapter." in text
    assert "Secret" not in text and "Version 5" not in text
    client.force_login(User.objects.create_user("erin", is_staff=True))
    text = main(read(client, f"{REFERRAL}?from=4&to=5"))
    assert "version 5, edition 6, 4 January 2100 (not in force yet)" in text
    assert "Secret words." in text


def test_a_withdrawn_chapter_can_still_be_compared(client, sample):
    page = read(client, "/chapters/old-ways/compare/")
    facts = {words(row[0]): words(row[1]) for row in page.xpath("//*[@class='compare-facts']//tr")}
    assert facts["State"].startswith("Removed: in force (end of change) Added: withdrawn")


@pytest.mark.parametrize("address", ["/chapters/nothing/compare/", "/chapters/core/compare/"])
def test_what_is_no_chapter_cannot_be_compared(client, sample, address):
    assert client.get(address).status_code == 404


def test_search_engines_are_kept_out(client, amended):
    for address in (REFERRAL, "/editions/1/compare/3/"):
        assert client.get(address)["X-Robots-Tag"] == "noindex"


# --- Two editions


def groups(page):
    return {
        words(group.find_class("flag")[0]): [words(name) for name in group.find_class("differ-name")]
        for group in page.find_class("changes-group")
    }


def test_all_that_differs_between_two_editions_is_grouped(client, sample):
    page = read(client, "/editions/1/compare/3/")
    assert groups(page) == {
        "New": ["1.1.2 Bruising"],
        "Changed": ["1.1.1 Referral"],
        "Renumbered": [],
        "Withdrawn": ["Old ways"],
    }
    rows = [[words(cell) for cell in row] for row in page.xpath("//details//tbody/tr")]
    assert [row[:2] for row in rows] == [["1.1.2", "1.1.3"], ["1.3", "1.2"], ["1.4", "1.3"]]
    assert rows[0][2].startswith("Assessment")
    assert "Replaced by referral. Read instead 1.1.1 Referral." in main(page)


def test_a_chapter_that_was_changed_renamed_and_moved_is_listed_once_with_every_note(client, amended):
    page = read(client, "/editions/1/compare/5/")
    item = next(item for item in page.find_class("differ") if "Making a referral" in words(item))
    assert "Changed, Renamed, Moved, Renumbered" in words(item)
    assert "Number before: 1.1.1" in words(item)
    assert "Moved from under Core, Journey to under Core." in words(item)
    for note in ("A referral now takes one hour.", "Shorter.", "One day now."):
        assert note in words(item)
    assert f"{REFERRAL}?from=1&to=4" in item.xpath(".//a/@href")
    assert sum("Making a referral" in name for names in groups(page).values() for name in names) == 1


def test_keywords_and_documents_that_differ_are_shown(client, sample):
    workflow.publish(
        by=None,
        amendments=[],
        definitions=[
            meaning(
                "lado", name="Local authority designated officer", also=["LADO"], meaning="Decides on *all*."
            )
        ],
        documents=[filed("form", b"One.", title="The form", note="For referrals.")],
        at=THIRD + DAY,
    )
    page = read(client, "/editions/3/compare/4/")
    assert groups(page) == {
        "Keywords": ["Local authority designated officer Changed"],
        "Forms, files and pictures": ["The form (text, 1 KB) New"],
    }
    assert "all" in words(page.find_class("differ-meaning")[0].xpath(".//ins")[0])
    assert "For referrals." in main(page)


def test_whichever_edition_is_named_first_the_changes_go_from_the_older(client, sample):
    page = read(client, "/editions/3/compare/1/")
    assert words(page.find(".//h1")) == "From edition 1 to edition 3"
    assert "Edition 1 is the older of the two" in main(page)
    assert groups(page) == groups(read(client, "/editions/1/compare/3/"))


def test_an_edition_differs_from_itself_in_nothing(client, sample):
    assert "This is twice the same edition: nothing differs." in main(read(client, "/editions/2/compare/2/"))


def test_the_form_leads_to_two_editions(client, sample):
    assert client.get("/editions/compare/?from=1&to=3")["Location"] == "/editions/1/compare/3/"
    for query in ("", "?from=1", "?from=x&to=3", "?from=1&to=99999999", "?from=٣&to=1"):
        assert client.get(f"/editions/compare/{query}")["Location"] == "/editions/2/compare/3/"


def test_editions_that_readers_cannot_read_cannot_be_compared(client, sample):
    later = agreed(sample.chapters["assessment"], text="Later.")
    workflow.publish(by=None, amendments=[later], effective_at=FAR_AHEAD)
    assert client.get("/editions/3/compare/4/").status_code == 404
    assert "Edition 4" not in main(read(client, "/editions/1/compare/3/"))


def test_an_edition_leads_to_its_comparison_with_the_one_before(client, sample):
    for address in ("/editions/3/", "/editions/"):
        assert "/editions/2/compare/3/" in read(client, address).xpath("//main//a/@href")
    assert not read(client, "/editions/1/").xpath("//a[contains(@href, '/compare/')]")


# --- Queries


def queries(client, address):
    """Of a first reading: nothing is remembered yet."""
    Contents.forget()
    Glossary.forget()
    Library.forget()
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("chapters_wanted", [12, 100])
def test_comparisons_make_a_fixed_number_of_queries(client, db, chapters_wanted):
    text = (
        "See [](chapter:chapter-1#here), [a form](document:form), [the plan](keyword:plan).\n\n"
        "## Here {: #here }\n\nWords."
    )
    part = Chapter.objects.add("part", kind=Kind.PART)
    chapters = [Chapter.objects.add(f"chapter-{n}", parent=part) for n in range(chapters_wanted)]
    first = [agreed(part, text=""), *(agreed(chapter, text=text) for chapter in chapters)]
    workflow.publish(
        by=None,
        amendments=first,
        definitions=[meaning("plan")],
        documents=[filed("form")],
        rearrange=True,
        at=THIRD,
    )
    for n in range(1, 4):
        workflow.publish(
            by=None,
            amendments=[agreed(chapter, text=f"{text}\n\nChange {n}.") for chapter in chapters[:10]],
            definitions=[meaning("plan", meaning=f"What it means, {n}, [here](chapter:chapter-2#here).")],
            documents=[filed("form", f"{n}".encode())],
            at=THIRD + n * DAY,
        )
    with connection.cursor() as cursor:
        # What PostgreSQL does by itself soon after a large change, but not for rows that are not committed yet.
        cursor.execute("ANALYZE")
    assert queries(client, "/chapters/chapter-3/compare/?from=1&to=3") == 12
    assert queries(client, "/chapters/chapter-3/compare/?from=1&to=4&only=changes") <= 12
    assert queries(client, "/editions/1/compare/3/") <= 12
    # A second reading remembers what was compared.
    client.get("/chapters/chapter-3/compare/?from=1&to=3")
    with CaptureQueriesContext(connection) as captured:
        client.get("/chapters/chapter-3/compare/?from=1&to=3")
    assert len(captured) == 4
