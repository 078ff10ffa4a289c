"""The sample manual that comes with the software: the contents of its newest edition, and what a reader finds."""

import re
from collections import defaultdict
from pathlib import Path

import pytest
from lxml.html import document_fromstring

from manual.interchange import dump, load
from manual.models import Amendment, Contents, Definition, Edition, Line, Significance

CONTENT = Path(__file__).resolve().parents[2] / "content"
WANTED = [
    tuple("" if word == "-" else word for word in line.split(" | "))
    for line in (Path(__file__).parent / "contents.txt").read_text().splitlines()
    if line and not line.startswith("#")
]
IN_FULL = {
    "introduction-and-overview", "information-sharing", "responding-to-abuse-and-neglect",
    "recognition-of-significant-harm", "child-and-family-assessments", "strategy-discussions",
    "child-protection-enquiries", "pre-birth-procedures", "bruising-protocol", "child-criminal-exploitation",
    "contact-details",
}  # fmt: skip
GENERATED = {"amendments", "quick-guide"}
# These two head lists of further documents, which the sample makes up.
WITH_LISTS_OF_OUR_OWN = {"sexual-exploitation", "allegations-against-staff"}


@pytest.fixture
def newest(db) -> Contents:
    load(CONTENT)
    edition = Edition.objects.in_force()
    assert edition is not None
    return Contents.of(edition)


def described(line: Line) -> tuple[str, ...]:
    return (
        line.number,
        line.kind,
        line.title,
        line.flag,
        " ".join(line.areas),
        line.remark,
        line.label,
    )


def words_of(text: str) -> list[str]:
    """The words of a chapter's text, without mark-up and addresses."""
    text = re.sub(r"\{:.*?\}|\]\([^)]*\)|^!!!.*$|\[\^\d+\]", " ", text, flags=re.M)
    return re.findall(r"[\w’'-]+", text)


def sentences_of(text: str) -> set[str]:
    """Sentences of six words or more, case folded, without mark-up."""
    text = re.sub(r"\{:.*?\}|\]\([^)]*\)|^!!!.*$|\[\^\d+\]:?|[*_#>|\[\]]", " ", text, flags=re.M)
    pieces = re.split(r"(?<=[.?!:;])\s+|\n\s*\n|\n\s*(?:[-*]|\d+\.)\s", text)
    sentences = {" ".join(re.findall(r"[\w’'-]+", piece.lower())) for piece in pieces}
    return {sentence for sentence in sentences if len(sentence.split()) >= 6}


def test_the_sample_manual_is_what_it_says(newest: Contents, client, tmp_path) -> None:
    # One load for all of it: the parts are named as sentences.
    the_newest_edition_gives_exactly_the_contents_wanted(newest)
    seven_chapters_are_flagged(newest)
    the_new_chapters_came_late_and_those_after_them_were_renumbered(newest)
    one_chapter_was_withdrawn_early_and_has_left_the_contents(newest)
    one_chapter_was_renamed()
    the_editions_are_of_every_kind_and_the_correction_raises_no_flag()
    eleven_chapters_are_in_full_and_every_other_says_something_of_its_own(newest)
    no_sentence_stands_in_two_chapters()
    there_are_forty_keywords(newest)
    a_reader_sees_the_whole_outline_on_the_contents_page(client)
    every_page_of_it_can_be_read_and_no_reference_is_broken(client, newest)
    a_dump_of_it_is_the_very_same_files(tmp_path / "dump")


def the_newest_edition_gives_exactly_the_contents_wanted(newest: Contents) -> None:
    of_our_own = {
        line.slug for line in newest.lines if line.parent and line.parent.slug in WITH_LISTS_OF_OUR_OWN
    }
    assert len(of_our_own) == 6
    shown = [
        described(line) for line in newest.lines if line.slug not in of_our_own and line.slug != "quick-guide"
    ]
    assert shown == WANTED


def seven_chapters_are_flagged(newest: Contents) -> None:
    assert {line.number: line.flag for line in newest.flagged()} == {
        "2.2.8": "new", "2.2.9": "updated", "2.2.17": "updated", "2.2.24": "new", "2.2.32": "updated",
        "2.2.40": "updated", "4.2": "updated",
    }  # fmt: skip


def the_new_chapters_came_late_and_those_after_them_were_renumbered(newest: Contents) -> None:
    first = Contents.of(Edition.objects.get(number=1))
    for slug in ("bruising-protocol", "child-criminal-exploitation"):
        assert slug not in first.by_slug
    assert first.by_slug["bullying"].number == "2.2.8"
    assert newest.by_slug["bullying"].number == "2.2.9"
    assert first.by_slug["complex-abuse"].number == "2.2.23"
    assert newest.by_slug["complex-abuse"].number == "2.2.25"


def one_chapter_was_withdrawn_early_and_has_left_the_contents(newest: Contents) -> None:
    assert [line.slug for line in newest.gone] == ["remote-visits"]
    second = Contents.of(Edition.objects.get(number=2))
    assert second.by_slug["remote-visits"].withdrawn
    assert second.by_slug["remote-visits"].number


def one_chapter_was_renamed() -> None:
    titles = defaultdict(set)
    for slug, title in Amendment.objects.published().values_list("chapter__slug", "title"):
        titles[slug].add(title)
    assert [slug for slug, names in titles.items() if len(names) > 1] == ["living-away-from-home"]


def the_editions_are_of_every_kind_and_the_correction_raises_no_flag() -> None:
    kinds = list(Edition.objects.effective().values_list("kind", flat=True))
    assert kinds == ["ordinary", "urgent", "correction", "ordinary"]
    correction = Edition.objects.get(number=3)
    assert {amendment.significance for amendment in correction.amendments.all()} == {Significance.CORRECTION}
    (corrected,) = correction.amendments.all()
    assert Contents.of(correction).by_chapter[corrected.chapter_id].flag == ""


def eleven_chapters_are_in_full_and_every_other_says_something_of_its_own(newest: Contents) -> None:
    texts = dict(Amendment.objects.in_bulk([line.amendment_id for line in newest.lines]).items())
    short = []
    for line in newest.lines:
        count = len(words_of(texts[line.amendment_id].text))
        wanted = 600 if line.slug in IN_FULL else 80 if line.kind == "chapter" else 40 if line.is_page else 0
        if count < wanted and line.slug not in GENERATED:
            short.append(f"{line.slug}: {count} of {wanted}")
    assert short == []


def no_sentence_stands_in_two_chapters() -> None:
    where = defaultdict(set)
    for slug, text in Amendment.objects.published().values_list("chapter__slug", "text"):
        for sentence in sentences_of(text):
            where[sentence].add(slug)
    assert {sentence: slugs for sentence, slugs in where.items() if len(slugs) > 1} == {}


def there_are_forty_keywords(newest: Contents) -> None:
    assert Definition.objects.in_edition(newest.edition).count() >= 40


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
    assert len(shown) == len(wanted) + 6


def every_page_of_it_can_be_read_and_no_reference_is_broken(client, newest: Contents) -> None:
    for edition in Edition.objects.effective():
        contents = Contents.of(edition)
        for line in contents.lines:
            if not line.is_page:
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
        return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}

    assert files(folder) == files(CONTENT)
