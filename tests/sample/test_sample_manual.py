"""The sample manual that comes with the software: the contents of its newest edition, its past, what a reader finds."""

import re
from collections import defaultdict
from pathlib import Path

import pytest
from lxml.html import document_fromstring

from manual.interchange import dump
from manual.models import Amendment, Contents, Definition, Edition, Kind, Line, Significance
from manual.proofreading import Proofread, proofread
from tests.sample.loaded import CONTENT, load_the_sample_manual
from tests.sample.questions import QUESTIONS, answered

# What a proofreader holds the texts to lies beside them and is no part of the manual.
NOT_LOADED = {"house-style.yaml", "timescales.yaml"}
WANTED = [
    tuple("" if word == "-" else word for word in line.split(" | "))
    for line in (Path(__file__).parent / "contents.txt").read_text().splitlines()
    if line and not line.startswith("#")
]
# What the outline does not have: unnumbered, before and behind it.
BEFORE, BEHIND = "quick-guide", "about-this-manual"
# These two head lists of further documents, which the sample makes up.
WITH_LISTS_OF_OUR_OWN = {"sexual-exploitation", "allegations-against-staff"}
LONG = {
    "responding-to-abuse-and-neglect", "recognition-of-significant-harm", "child-and-family-assessments",
    "strategy-discussions", "child-protection-enquiries", "initial-conferences", "recording-a-child-protection-plan",
    "implementing-the-plan", "review-conferences", "information-sharing", "bruising-protocol",
    "child-criminal-exploitation", "missing-children-and-families", "allegations-against-staff", "agency-roles",
    "children-from-abroad",
}  # fmt: skip
LONGEST, SHORTEST = "offences-against-children", "having-a-child-through-surrogacy"
GENERATED = {"amendments"}


@pytest.fixture
def newest(db) -> Contents:
    load_the_sample_manual()
    edition = Edition.objects.in_force()
    assert edition is not None
    return Contents.of(edition)


def described(line: Line) -> tuple[str, ...]:
    return (line.number, line.kind, line.title, line.flag, " ".join(line.areas), line.remark, line.label)


def in_the_outline(line: Line) -> bool:
    under = line.parent.slug if line.parent else ""
    return line.slug not in (BEFORE, BEHIND) and under not in {*WITH_LISTS_OF_OUR_OWN, BEHIND}


@pytest.mark.long
def test_it_is_proofread() -> None:
    """No broken reference, American word, hard sentence, repeated sentence or unlisted time limit in any edition."""
    report = proofread(CONTENT)
    assert [str(fault) for fault in report.faults] == []
    counts = {each.slug: each.words for each in report.measured if each.newest}
    assert {slug: counts[slug] for slug in LONG if not 1_500 <= counts[slug] <= 3_200} == {}
    assert counts[LONGEST] >= 8_000
    assert 90 <= counts[SHORTEST] <= 110
    every_chapter_is_in_full(report)


def every_chapter_is_in_full(report: Proofread) -> None:
    kinds = {}
    for path in sorted(CONTENT.glob("editions/*/chapters/*.md")):
        if found := re.search("^kind: (.+)$", path.read_text(), re.MULTILINE):
            kinds[path.stem] = found[1]
    wanted = {Kind.CHAPTER: 400, Kind.LINK: 70}
    short = [
        f"{each.slug}: {each.words} of {wanted[kinds[each.slug]]}"
        for each in report.measured
        if each.newest and each.words < wanted.get(kinds[each.slug], 0)
        if each.slug not in {*GENERATED, SHORTEST}
    ]
    assert short == []


@pytest.mark.long
def test_the_sample_manual_is_what_it_says(newest: Contents, client, tmp_path) -> None:
    # One load for all of it: the parts are named as sentences.
    the_newest_edition_gives_exactly_the_contents_wanted(newest)
    seven_chapters_are_flagged(newest)
    the_new_chapters_came_late_and_those_after_them_were_renumbered(newest)
    the_editions_are_those_that_a_board_makes_in_three_years()
    withdrawn_chapters_name_their_successors_and_have_left_the_contents(newest)
    chapters_were_renamed_and_moved()
    corrections_raise_no_flag()
    every_change_says_what_and_why()
    there_are_a_hundred_and_fifty_keywords(newest)
    keywords_have_changed_their_meaning()
    it_uses_what_the_software_can_do()
    a_reader_sees_the_whole_outline_on_the_contents_page(client)
    every_page_of_it_can_be_read_and_no_reference_is_broken(client, newest)
    for question in QUESTIONS:
        answered(client, question)
    a_dump_of_it_is_the_very_same_files(tmp_path / "dump")


def the_newest_edition_gives_exactly_the_contents_wanted(newest: Contents) -> None:
    assert [described(line) for line in newest.lines if in_the_outline(line)] == WANTED
    besides = [line for line in newest.lines if not in_the_outline(line)]
    assert not any(line.number for line in besides), "what is not in the outline has no number"
    assert len([line for line in besides if line.parent and line.parent.slug in WITH_LISTS_OF_OUR_OWN]) == 6


def seven_chapters_are_flagged(newest: Contents) -> None:
    assert {line.number: line.flag for line in newest.flagged()} == {
        "2.2.8": "new", "2.2.9": "updated", "2.2.17": "updated", "2.2.24": "new", "2.2.32": "updated",
        "2.2.40": "updated", "4.2": "updated",
    }  # fmt: skip


def the_new_chapters_came_late_and_those_after_them_were_renumbered(newest: Contents) -> None:
    before = Contents.of(Edition.objects.get(number=newest.edition.number - 1))
    for slug in ("bruising-protocol", "child-criminal-exploitation"):
        assert slug not in before.by_slug
    assert before.by_slug["bullying"].number == "2.2.8"
    assert newest.by_slug["bullying"].number == "2.2.9"
    assert before.by_slug["complex-abuse"].number == "2.2.23"
    assert newest.by_slug["complex-abuse"].number == "2.2.25"


def the_editions_are_those_that_a_board_makes_in_three_years() -> None:
    editions = list(Edition.objects.effective())
    assert len(editions) >= 8
    kinds = [edition.kind for edition in editions]
    assert (kinds.count("urgent"), kinds.count("correction")) == (2, 2)
    ordinary = defaultdict(int)
    for edition in editions:
        if edition.kind == "ordinary":
            ordinary[edition.effective_at.year] += 1
    assert set(ordinary) == {2024, 2025, 2026}
    assert min(ordinary.values()) == 2
    assert all(len(edition.notes) > 80 for edition in editions)


def withdrawn_chapters_name_their_successors_and_have_left_the_contents(newest: Contents) -> None:
    successors = {
        amendment.chapter.slug: amendment.successor.slug
        for amendment in Amendment.objects.published().filter(significance=Significance.WITHDRAWN)
    }
    assert successors == {
        "safer-use-of-social-networks": "online-safety",
        "private-fostering": "living-away-from-home",
        "common-assessment-framework": "child-and-family-assessments",
        "remote-visits": "child-and-family-assessments",
    }
    assert {line.slug for line in newest.gone} == set(successors)


def chapters_were_renamed_and_moved() -> None:
    titles = defaultdict(set)
    for slug, title in Amendment.objects.published().values_list("chapter__slug", "title"):
        titles[slug].add(title)
    assert {slug for slug, names in titles.items() if len(names) > 1} == {
        "living-away-from-home", "domestic-abuse", "children-in-care", "online-safety", "gangs-and-youth-violence",
    }  # fmt: skip
    parents = defaultdict(set)
    for edition in Edition.objects.effective():
        for line in Contents.of(edition).lines:
            parents[line.slug].add(line.parent.slug if line.parent else "")
    assert {slug for slug, of in parents.items() if len(of) > 1} == {
        "interpreters-and-signers", "temporary-accommodation", "professional-disagreements",
    }  # fmt: skip


def corrections_raise_no_flag() -> None:
    for correction in Edition.objects.effective().filter(kind="correction"):
        contents = Contents.of(correction)
        for amendment in correction.amendments.all():
            assert amendment.significance == Significance.CORRECTION
            assert contents.by_chapter[amendment.chapter_id].flag == ""


def every_change_says_what_and_why() -> None:
    first = Edition.objects.get(number=1)
    later = Amendment.objects.published().exclude(edition=first).exclude(significance=Significance.NEW)
    brief = [amendment.chapter.slug for amendment in later if len(amendment.note.split()) < 10]
    assert brief == []


def there_are_a_hundred_and_fifty_keywords(newest: Contents) -> None:
    definitions = Definition.objects.in_edition(newest.edition)
    assert definitions.count() >= 150
    assert [definition.name for definition in definitions if len(definition.meaning.split()) < 10] == []


def keywords_have_changed_their_meaning() -> None:
    meanings = defaultdict(set)
    for slug, edition in Definition.objects.published().values_list("keyword__slug", "edition__number"):
        meanings[slug].add(edition)
    assert len([slug for slug, editions in meanings.items() if len(editions) > 1]) >= 6


def it_uses_what_the_software_can_do() -> None:
    newest = Amendment.objects.published().order_by("chapter", "sequence")
    html = "\n".join({amendment.chapter_id: amendment.html for amendment in newest}.values())
    for sign in (
        'class="passage guidance', 'class="passage policy', 'class="passage protocol', "area-kent", "area-medway",
        "paragraph-number", "<thead>", "<dl>", "footnotes", "<blockquote", "appendix", 'class="include"',
        'src="document:referral-path"', 'src="document:strategy-to-conference"', 'src="document:missing-from-care"',
        'src="document:allegation-path"',
    ):  # fmt: skip
        assert sign in html, sign


def a_reader_sees_the_whole_outline_on_the_contents_page(client) -> None:
    page = document_fromstring(client.get("/").content.decode())
    shown = []
    for entry in page.find_class("entry"):
        number = entry.xpath("./div/span[@class='entry-number']")
        title = entry.xpath("./div/div/a[@class='entry-title']")[0]
        for label in title.find_class("outside"):
            label.getparent().remove(label)
        flags = entry.xpath("./div/div//span[starts-with(@class, 'flag')]")
        shown.append(
            (
                number[0].text_content() if number else "",
                title.text_content(),
                flags[0].text_content().lower() if flags else "",
            )
        )
    wanted = [
        (number, title, flag) for number, kind, title, flag, *_rest in WANTED if kind in ("chapter", "link")
    ]
    assert [entry for entry in shown if entry in wanted] == wanted
    assert not any(number for number, _title, _flag in set(shown) - set(wanted))


def every_page_of_it_can_be_read_and_no_reference_is_broken(client, newest: Contents) -> None:
    for edition in Edition.objects.effective():
        changed = {amendment.chapter_id for amendment in edition.amendments.all()}
        for line in Contents.of(edition).lines:
            # A text that an edition left as it was reads as before, but for the titles that it names.
            if not line.is_page or (edition != newest.edition and line.chapter_id not in changed):
                continue
            addresses = [f"/editions/{edition.number}/chapters/{line.slug}/"]
            if edition == newest.edition:
                addresses.append(f"/chapters/{line.slug}/")
            for address in addresses:
                response = client.get(address)
                assert response.status_code == 200, address
                assert 'class="missing"' not in response.content.decode(), address


def a_dump_of_it_is_the_very_same_files(folder: Path) -> None:
    dump(folder)

    def files(root: Path) -> dict[str, bytes]:
        found = {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        return {name: content for name, content in found.items() if name not in NOT_LOADED}

    assert files(folder) == files(CONTENT)
