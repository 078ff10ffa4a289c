"""The short address of a printed copy says whether it is still current, and what has changed since."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml.html import HtmlElement, document_fromstring

from manual import workflow
from manual.models import Code, Contents, Edition, Glossary, Library, code_of, printed_copy
from tests.manual_maker import DAY, agreed, filed, meaning
from tests.reading.conftest import CONTACTS, REFERRAL, THIRD

# Contents, glossary and the like of two editions, then what differs; never one more for a larger copy.
MOST_QUERIES = 19


def looked_up(client, edition: int, slug: str = "") -> HtmlElement:
    response = client.get(f"/c/{code_of(edition, slug)}/")
    assert response.status_code == 200
    return document_fromstring(response.content)


def words(page: HtmlElement, path: str = "//main") -> str:
    return " ".join(" ".join(each.text_content() for each in page.xpath(path)).split())


def answer(page: HtmlElement) -> str:
    return words(page, "//h1")


def publish(sample, slug: str, n: int = 1, **changed) -> Edition:
    """An edition with another text of a chapter, so many days after the third."""
    amendment = agreed(sample.chapters[slug], **changed)
    kind = "correction" if amendment.significance == "correction" else "ordinary"
    return workflow.publish(by=None, amendments=[amendment], kind=kind, at=THIRD + n * DAY).edition


# --- Codes -------------------------------------------------------------------------------------------------


def test_a_code_is_made_of_the_edition_and_the_address_alone_and_never_changes():
    assert [code_of(3), code_of(3, "referral"), code_of(11, "referral")] == [
        "3-v556k1t",
        "3-zfgkfw4",
        "11-yv4w7fw",
    ]


def test_a_code_is_read_however_it_was_copied_from_paper():
    code = Code(10, "k310m2x")
    for typed in (
        "10-k310m2x",
        "10-K310M2X",
        "1O-k3iom2x",
        "lo-k3LOm2x",
        " 10 - k310 m2x ",
        "10–k310m2x",
        "010-k310m2x/",
    ):
        assert Code.read(typed) == code, typed
    for mistyped in (
        "",
        "10",
        "10-",
        "-k310m2x",
        "10-k310m2",
        "10-k310m2x1",
        "0-k310m2x",
        "x-k310m2x",
        "10-k310müx",
    ):
        assert Code.read(mistyped) is None, mistyped


@pytest.mark.parametrize(
    "typed", ["3-zzzzzzz", "9-zfgkfw4", "nonsense", "3-", "3-<script>", "99999999999999-zfgkfw4", "²-zfgkfw4"]
)
def test_a_mistyped_code_is_not_found_and_says_what_to_do(client, sample, typed):
    response = client.get("/c/", {"code": typed}, follow=True)
    assert response.status_code == 404
    page = document_fromstring(response.content)
    assert answer(page) == "No printed copy has this address"
    assert "check each letter" in words(page)
    assert page.get_element_by_id("site-copy-code").value == typed
    assert "/search/" in page.xpath("//main//a/@href")


def test_whoever_types_the_whole_address_or_only_its_end_gets_there(client, sample):
    for typed in ("3-zfgkfw4", "example.org/c/3-ZFGKFW4", "https://example.org/c/3-zfgkfw4/"):
        response = client.get("/c/", {"code": typed})
        assert response.status_code == 302
        assert response["Location"] == "/c/3-zfgkfw4/"
    page = document_fromstring(client.get("/c/").content)
    assert page.xpath("//form[@action='/c/']//input[@name='code']")


def test_where_two_chapters_have_one_code_the_reader_is_asked_which(client, sample, monkeypatch):
    monkeypatch.setattr(printed_copy, "LENGTH", 1)
    slugs = ["", *Contents.of(sample.editions[2], dated=True).by_slug]
    by_code: dict[str, list[str]] = {}
    for slug in slugs:
        by_code.setdefault(code_of(3, slug), []).append(slug)
    code, shared = next((code, found) for code, found in by_code.items() if len(found) > 1)
    page = document_fromstring(client.get(f"/c/{code}/").content)
    assert answer(page) == "Which copy is it?"
    ways = page.xpath("//main//li/a/@href")
    assert ways == [f"/c/{code}/?which={slug}" for slug in shared]
    assert answer(document_fromstring(client.get(ways[0]).content)) == "This copy is current"


def test_each_code_of_an_edition_leads_to_what_it_is_made_of(sample):
    contents = Contents.of(sample.editions[2], dated=True)
    for slug, line in contents.by_slug.items():
        [copy] = Code.read(code_of(3, slug)).copies(contents)
        assert copy.line is line
    [copy] = Code.read(code_of(3)).copies(contents)
    assert copy.line is None


# --- A chapter ---------------------------------------------------------------------------------------------


def test_a_copy_of_what_is_in_force_is_current(client, sample):
    page = looked_up(client, 3, "referral")
    assert answer(page) == "This copy is current"
    assert "It is of edition 3, which is in force." in words(page)
    assert "1.1.1 Referral" in words(page)
    assert "Version 2, in effect since 5 October 2026" in words(page)
    assert "What has changed since" not in words(page)
    assert page.xpath("//p[@class='copy-ways']/a/@href") == ["/chapters/referral/"]


def test_a_copy_is_still_current_while_editions_change_other_things(client, sample):
    page = looked_up(client, 1, "contacts")
    # Its number is another by now, but its words are in force.
    assert answer(page) == "This copy is current"
    assert "Its number or its place is another by now." in words(page)
    assert "Renumbered. Until then: 1.3." in words(page)


def test_a_changed_chapter_makes_its_copies_out_of_date_and_lists_each_version_since(client, sample):
    publish(sample, "referral", text="Anew.", note="Again.")
    page = looked_up(client, 1, "referral")
    assert answer(page) == "This copy is out of date"
    assert "Do not act on it." in words(page)
    notes = [words(each, ".") for each in page.xpath("//ol[@class='changes-list']/li")]
    assert notes == [
        "Updated on 5 October 2026 (edition 3): A referral now takes one hour. Every word that changed, with edition 3",
        "Updated on 6 October 2026 (edition 4): Again. Every word that changed, with edition 4",
    ]
    ways = page.xpath("//main//a/@href")
    assert {
        "/chapters/referral/compare/?from=1&to=2",
        "/chapters/referral/compare/?from=2&to=3",
        "/chapters/referral/compare/?from=1&to=3",
        "/chapters/referral/?since_edition=1",
        "/editions/1/chapters/referral/",
        "/chapters/referral/print/",
        "/editions/1/compare/4/",
    } <= set(ways)
    for way in set(ways):
        assert client.get(way).status_code == 200, way
    assert answer(looked_up(client, 3, "referral")) == "This copy is out of date"
    assert answer(looked_up(client, 4, "referral")) == "This copy is current"


def test_corrections_alone_are_called_that(client, sample):
    publish(
        sample, "referral", significance="correction", text=REFERRAL + "\nWithin 1 hour.\n", note="A slip."
    )
    page = looked_up(client, 3, "referral")
    assert answer(page) == "This copy has been corrected since"
    assert "no instruction has changed" in words(page)
    assert "Corrected on 6 October 2026 (edition 4): A slip." in words(page)
    assert answer(looked_up(client, 1, "referral")) == "This copy is out of date"


def test_a_withdrawn_chapter_says_so_and_names_what_to_read(client, sample):
    page = looked_up(client, 1, "old-ways")
    assert answer(page) == "This chapter has been withdrawn"
    assert "Withdrawn on 11 May 2026, with edition 2. Replaced by referral." in words(page)
    assert "read 1.1.1 Referral instead" in words(page)
    assert page.xpath("//p[@class='copy-ways']/a/@href") == ["/chapters/referral/"]
    # Even one that was printed after the withdrawal, and one of an edition that it had left.
    assert answer(looked_up(client, 2, "old-ways")) == "This chapter has been withdrawn"
    assert answer(looked_up(client, 3, "old-ways")) == "This chapter has been withdrawn"


def test_a_reinstated_chapter_is_not_what_the_copy_says(client, sample):
    publish(sample, "old-ways", text="In force again.", note="Back.")
    page = looked_up(client, 1, "old-ways")
    assert answer(page) == "This copy is out of date"
    assert "Back." in words(page)


def test_another_title_is_told(client, sample):
    assessment = sample.chapters["assessment"]
    text = assessment.amendments.get().text
    publish(sample, "assessment", title="Assessing", text=text, areas=["north"], remark="under review")
    page = looked_up(client, 3, "assessment")
    assert answer(page) == "This copy is out of date"
    assert "Renamed. Until then: “Assessment”." in words(page)


def test_a_passage_of_another_chapter_counts_as_the_copys_own(client, sample):
    publish(sample, "contacts", text=CONTACTS.replace("Ring 101.", "Ring 105."), note="A new number.")
    page = looked_up(client, 3, "referral")
    assert answer(page) == "This copy is out of date"
    assert "Its own words are still in force" in words(page)
    assert "It shows a passage of 1.2 Contacts, which has changed." in words(page)
    assert "/chapters/contacts/compare/?from=1&to=2" in page.xpath("//main//a/@href")


def test_another_passage_of_the_same_chapter_does_not_count(client, sample):
    publish(sample, "contacts", text=CONTACTS.replace("01632 960001", "01632 960002"))
    assert answer(looked_up(client, 3, "referral")) == "This copy is current"


def test_a_passage_that_was_corrected_is_a_correction(client, sample):
    mended = CONTACTS.replace("Ring 101.", "Ring 1 0 1.")
    publish(sample, "contacts", significance="correction", text=mended)
    page = looked_up(client, 3, "referral")
    assert answer(page) == "This copy has been corrected since"
    assert "It shows a passage of 1.2 Contacts, which has been corrected." in words(page)


def test_a_passage_of_a_chapter_that_was_withdrawn_is_missing_now(client, sample):
    publish(sample, "bruising", text="## At night {: #night }\n\nRing.")
    publish(sample, "assessment", n=2, text="First:\n\n!!! include chapter:bruising#night\n")
    publish(sample, "bruising", n=3, significance="withdrawn", note="Gone.")
    page = looked_up(client, 5, "assessment")
    assert answer(page) == "This copy is out of date"
    assert "It shows a passage of 1.1.2 Bruising, which has been withdrawn." in words(page)


def test_a_list_of_changes_is_another_with_each_edition_that_changes_something(client, sample):
    assert answer(looked_up(client, 3, "amendments")) == "This copy is current"
    publish(sample, "assessment", text="Other words.")
    page = looked_up(client, 3, "amendments")
    assert answer(page) == "This copy is out of date"
    assert "1.3 Amendments shows a list of changes, which is another by now." in words(page)


def test_a_picture_that_was_replaced_counts_and_a_form_or_meaning_is_told(client, sample):
    text = "![The way](document:way) and [](document:form). The LADO decides."
    workflow.publish(
        by=None,
        amendments=[agreed(sample.chapters["assessment"], text=text)],
        documents=[filed("way", b"One."), filed("form", b"One."), filed("other", b"One.")],
        at=THIRD + DAY,
    )
    workflow.publish(
        by=None,
        amendments=[],
        documents=[filed("form", b"Two."), filed("other", b"Two.")],
        definitions=[
            meaning("lado", name="LADO", meaning="Another."),
            meaning("core-group", name="Core group"),
        ],
        at=THIRD + 2 * DAY,
    )
    page = looked_up(client, 4, "assessment")
    assert answer(page) == "This copy is current"
    assert "Something that it refers to has changed; see below." in words(page)
    told = [words(each, ".") for each in page.xpath("//section[@class='copy-refers']//li")]
    assert told[0] == "Another meaning: LADO"
    assert told[1].startswith("Another file: Form")
    assert len(told) == 2
    workflow.publish(by=None, amendments=[], documents=[filed("way", b"Two.")], at=THIRD + 3 * DAY)
    page = looked_up(client, 4, "assessment")
    assert answer(page) == "This copy is out of date"
    assert "It shows the picture “Way”, which has been replaced." in words(page)


def test_a_chapter_that_it_refers_to_under_an_old_number_is_told(client, sample):
    page = looked_up(client, 1, "referral")
    assert "1.1.2 Assessment is now 1.1.3 Assessment" in words(page, "//section[@class='copy-refers']//li")
    leaflet, assessment = sample.chapters["leaflet"], sample.chapters["assessment"]
    withdrawals = [
        agreed(leaflet, significance="withdrawn", note="Gone."),
        agreed(assessment, significance="withdrawn", successor=sample.chapters["bruising"], note="Gone."),
    ]
    workflow.publish(by=None, amendments=withdrawals, at=THIRD + DAY)
    page = looked_up(client, 3, "referral")
    told = words(page, "//section[@class='copy-refers']//li")
    assert "Withdrawn since: 1.1.3 Assessment. Read instead: 1.1.2 Bruising" in told


# --- A part and the contents -------------------------------------------------------------------------------


def test_a_part_says_which_of_its_chapters_changed_came_and_went(client, sample):
    page = looked_up(client, 1, "core")
    assert answer(page) == "This copy is out of date"
    listed = {
        words(group, ".//h2/span[1]"): [words(each, ".") for each in group.xpath(".//li//a[1] | .//td/a")]
        for group in page.find_class("changes-group")
    }
    assert set(listed) == {"New", "Updated", "Withdrawn", "Renumbered"}
    assert "1.1.2 Bruising" in listed["New"]
    assert "1.1.1 Referral" in listed["Updated"]
    # What it shows of a chapter inside it is its own text.
    assert answer(looked_up(client, 3, "core")) == "This copy is current"


def test_a_group_is_out_of_date_only_by_what_stands_in_it(client, sample):
    publish(sample, "amendments", text="Fewer words.")
    assert answer(looked_up(client, 3, "core")) == "This copy is out of date"
    assert answer(looked_up(client, 3, "journey")) == "This copy is current"
    publish(sample, "contacts", n=2, text=CONTACTS.replace("Ring 101.", "Ring 105."))
    page = looked_up(client, 3, "journey")
    assert answer(page) == "This copy is out of date"
    assert "The passage stands in 1.1.1 Referral." in words(page)


def test_a_chapter_that_moves_out_of_a_part_makes_it_out_of_date(client, sample):
    sample.chapters["bruising"].move(after=sample.chapters["contacts"])
    workflow.publish(by=None, amendments=[], rearrange=True, at=THIRD + DAY)
    page = looked_up(client, 3, "journey")
    assert answer(page) == "This copy is out of date"
    assert "Moved. Until then: under 1.1 Journey." in words(page)
    assert answer(looked_up(client, 3, "core")) == "This copy is current"


def test_the_contents_are_out_of_date_with_the_first_edition_that_changes_a_chapter(client, sample):
    assert answer(looked_up(client, 3)) == "This copy is current"
    publish(sample, "referral", significance="correction", text=REFERRAL + "\nWithin 1 hour.\n")
    page = looked_up(client, 3)
    assert answer(page) == "This copy is current"
    assert "All numbers and titles in it are still right." in words(page)
    publish(sample, "referral", n=2, text="Anew.")
    page = looked_up(client, 3)
    assert answer(page) == "This copy is out of date"
    assert "/editions/3/compare/5/" in page.xpath("//main//a/@href")
    assert page.xpath("//p[@class='copy-ways']/a/@href") == ["/", "/print/"]


# --- What is still to come, caches, queries ----------------------------------------------------------------


def test_a_copy_of_an_edition_to_come_is_for_editors_alone(client, sample, editor):
    workflow.publish(by=None, amendments=[agreed(sample.chapters["referral"])],
                     effective_at=timezone.now() + timedelta(days=1))  # fmt: skip
    address = f"/c/{code_of(4, 'referral')}/"
    assert client.get(address).status_code == 404
    assert answer(looked_up(client, 3, "referral")) == "This copy is current"
    client.force_login(editor)
    page = document_fromstring(client.get(address).content)
    assert answer(page) == "This copy is not in force yet"
    assert "Edition 4 takes effect on" in words(page)
    assert answer(looked_up(client, 3, "referral")) == "This copy is current"


def test_the_answer_is_asked_for_anew_each_time_and_is_in_no_search_engine(client, sample):
    response = client.get(f"/c/{code_of(3, 'referral')}/")
    assert "no-cache" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"


def test_a_copy_is_looked_up_with_a_fixed_number_of_queries(client, sample):
    publish(sample, "contacts", text=CONTACTS.replace("Ring 101.", "Ring 105."))
    workflow.publish(by=None, amendments=[], definitions=[meaning("lado", name="LADO", meaning="Another.")],
                     at=THIRD + 2 * DAY)  # fmt: skip
    counted = {}
    for slug in ("referral", "journey", "core", ""):
        Contents.forget()
        Glossary.forget()
        Library.forget()
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            looked_up(client, 1, slug)
        counted[slug] = len(captured)
    assert max(counted.values()) <= MOST_QUERIES, counted
    assert counted["core"] <= counted["referral"]
