"""The sample manual that comes with the software: the contents of its newest edition, its past, what a reader finds."""

from collections import defaultdict
from pathlib import Path

import pytest
from lxml.html import document_fromstring

from manual.interchange import dump, load
from manual.models import Amendment, Contents, Definition, Edition, Line, Significance

CONTENT = Path(__file__).resolve().parents[2] / "content"
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


@pytest.fixture
def newest(db) -> Contents:
    load(CONTENT)
    edition = Edition.objects.in_force()
    assert edition is not None
    return Contents.of(edition)


def described(line: Line) -> tuple[str, ...]:
    return (line.number, line.kind, line.title, line.flag, " ".join(line.areas), line.remark, line.label)


def in_the_outline(line: Line) -> bool:
    under = line.parent.slug if line.parent else ""
    return line.slug not in (BEFORE, BEHIND) and under not in {*WITH_LISTS_OF_OUR_OWN, BEHIND}


def test_the_sample_manual_is_what_it_says(newest: Contents, client, tmp_path) -> None:
    # One load for all of it: the parts are named as sentences.
    the_newest_edition_gives_exactly_the_contents_wanted(newest)
    seven_chapters_are_flagged(newest)
    the_new_chapters_came_late_and_those_after_them_were_renumbered(newest)
    the_editions_are_those_that_a_board_makes_in_three_years()
    withdrawn_chapters_name_their_successors_and_have_left_the_contents(newest)
    corrections_raise_no_flag()
    there_are_a_hundred_and_fifty_keywords(newest)
    keywords_have_changed_their_meaning()
    a_reader_sees_the_whole_outline_on_the_contents_page(client)
    every_page_of_it_can_be_read_and_no_reference_is_broken(client, newest)
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


def corrections_raise_no_flag() -> None:
    for correction in Edition.objects.effective().filter(kind="correction"):
        contents = Contents.of(correction)
        for amendment in correction.amendments.all():
            assert amendment.significance == Significance.CORRECTION
            assert contents.by_chapter[amendment.chapter_id].flag == ""


def there_are_a_hundred_and_fifty_keywords(newest: Contents) -> None:
    definitions = Definition.objects.in_edition(newest.edition)
    assert definitions.count() >= 150
    assert [definition.name for definition in definitions if len(definition.meaning.split()) < 10] == []


def keywords_have_changed_their_meaning() -> None:
    meanings = defaultdict(set)
    for slug, edition in Definition.objects.published().values_list("keyword__slug", "edition__number"):
        meanings[slug].add(edition)
    assert len([slug for slug, editions in meanings.items() if len(editions) > 1]) >= 6


def a_reader_sees_the_whole_outline_on_the_contents_page(client) -> None:
    page = document_fromstring(client.get("/").content.decode())
    shown = []
    for entry in page.find_class("entry"):
        number = entry.xpath("./span[@class='entry-number']")
        title = entry.xpath("./div/a[@class='entry-title']")[0]
        for label in title.find_class("outside"):
            label.getparent().remove(label)
        flags = entry.xpath("./div/span[starts-with(@class, 'flag')]")
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
