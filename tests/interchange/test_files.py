"""The files by themselves: what is written is what is read again, whatever the texts hold."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import UTC, datetime

import yaml
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from manual.interchange import keyword_file, synonyms_file
from manual.interchange.chapter_file import ChapterFile
from manual.interchange.edition_file import EditionFile, Spot
from manual.interchange.keyword_file import KeywordEntry
from manual.interchange.manual_file import ManualFile
from manual.interchange.mistakes import Mistakes
from manual.interchange.synonyms_file import SynonymSet
from manual.interchange.yaml_source import Source

HOSTILE = (
    "a: b", "a #b", "yes", "no", "null", "~", "- a", "---", "...", "'", '"', "\\", "a\nb", "\n", "\na", "a\n", "a\r\nb",
    " a", "a ", "\t", "1", "1.0", "1e3", "0x1", "2026-01-01", "12:30:45", "=", "<<", "?", "? a", "a:", ":a", "{a",
    "[a]", "a, b", "*a", "&a", "!a", "|", ">", "%a", "@a", "`a", "\x07", "\x85", "\u2028", "\ufeff", "\xa0",
    "😀", "𝔘", "a  b " * 40, "word " * 60, "\u200b", "\x7f",
)  # fmt: skip

some_text = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=60),
    st.text(alphabet=" \n\r\t:#-'\"[]{},&*!|>%@`?ab…", max_size=40),
    st.lists(st.sampled_from(HOSTILE), max_size=4).map("".join),
)
a_text = some_text.filter(str.strip)
a_line = a_text.filter(lambda text: len(text) <= 90)
a_slug = st.text(alphabet=string.ascii_letters + string.digits + "-_", min_size=1, max_size=20)
a_moment = st.datetimes(
    min_value=datetime(1990, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)
)  # fmt: skip
maybe_a_slug = st.one_of(st.just(""), a_slug)


def agree(mistakes: Mistakes) -> None:
    assert [str(mistake) for mistake in (*mistakes.faults, *mistakes.flaws)] == []


@st.composite
def a_chapter(draw: st.DrawFn) -> ChapterFile:
    significance = draw(st.sampled_from(["new", "amended", "correction", "withdrawn"]))
    new = significance == "new"
    areas = tuple(draw(st.lists(some_text, max_size=3)))
    return ChapterFile(
        slug=draw(a_slug),
        kind=draw(st.sampled_from(["", "part", "group", "chapter", "link"])),
        title=draw(a_text),
        significance=significance,
        note=draw(a_text),
        areas=areas,
        counterpart=draw(maybe_a_slug) if areas else "",
        remark=draw(some_text.filter(lambda text: len(text) <= 200)),
        label=draw(some_text.filter(lambda text: len(text) <= 100)),
        link=draw(st.sampled_from(["", "https://www.example.org/a?b=c&d=%20#e"])),
        status=draw(st.sampled_from(["", "policy", "procedure", "guidance", "protocol"])),
        successor=draw(maybe_a_slug) if significance == "withdrawn" else "",
        numbering=draw(st.sampled_from(["", "headings", "paragraphs"])),
        keywords_off=tuple(draw(st.lists(a_slug, max_size=3))),
        under=draw(maybe_a_slug) if new else "",
        numbered=draw(st.booleans()) if new else True,
        approved=draw(st.one_of(st.none(), a_moment)),
        text=draw(some_text),
    )


@given(a_chapter().filter(lambda chapter: len(chapter.title) <= 300))
def test_a_chapter_survives_its_file_whatever_it_says(chapter: ChapterFile) -> None:
    mistakes = Mistakes()
    read = ChapterFile.read(chapter.slug, chapter.write(), Source("file.md", mistakes))
    agree(mistakes)
    assert read == chapter
    assert read.write() == chapter.write()


@given(some_text)
@example("---\n---\n")
@example("\n\n---\nkind: part\n---\n\n")
@example("a\r\n\r\nb \r\n")
@example("\r\n")
@example("no end of line")
@example("\ufeffa mark of byte order")
def test_a_text_survives_its_file_sign_for_sign(text: str) -> None:
    chapter = ChapterFile(slug="a", title="A", significance="amended", note="Changed.", text=text)
    data = chapter.write().encode()
    read = ChapterFile.read("a", data.decode("utf-8-sig"), Source("a.md", Mistakes()))
    assert read is not None
    assert read.text == text


@given(st.lists(some_text, max_size=3), a_line, a_text)
def test_other_readers_of_yaml_understand_the_front_matter_alike(
    areas: list[str], line: str, note: str
) -> None:
    chapter = ChapterFile(
        slug="a", title=line, significance="new", note=note, areas=areas, remark=line, label=line, text="---"
    )
    front = yaml.safe_load(chapter.write().split("\n---\n")[0])
    assert (front["title"], front["remark"], front["label"], front["note"]) == (line, line, line, note)
    assert front.get("areas", []) == areas


@given(
    st.lists(
        st.builds(
            KeywordEntry, slug=a_slug, name=a_text.filter(lambda name: len(name) <= 200), meaning=a_text,
            also=st.lists(some_text, max_size=3).map(tuple), see_also=st.lists(some_text, max_size=3).map(tuple),
            note=some_text, approved=st.one_of(st.none(), a_moment),
        ),
        unique_by=lambda keyword: keyword.slug, max_size=3,
    )
)  # fmt: skip
def test_keywords_survive_their_file_whatever_they_say(keywords: list[KeywordEntry]) -> None:
    mistakes = Mistakes()
    read = keyword_file.read(keyword_file.write(keywords), Source("keywords.yaml", mistakes))
    agree(mistakes)
    assert read == keywords


some_synonyms = st.lists(
    st.builds(SynonymSet, forms=st.lists(some_text, max_size=8).map(tuple), note=some_text), max_size=4
)


@given(some_synonyms)
@example([SynonymSet(("a" * 57, "b" * 57))])
@example([SynonymSet(("a" * 57, "b" * 58))])
def test_synonyms_survive_their_file_whatever_they_say(sets: list[SynonymSet]) -> None:
    mistakes = Mistakes()
    read = synonyms_file.read(synonyms_file.write(sets), Source("synonyms.yaml", mistakes))
    agree(mistakes)
    assert read == sets


@given(st.lists(a_line, max_size=8), a_line)
def test_other_readers_of_yaml_understand_synonyms_alike(forms: list[str], note: str) -> None:
    written = synonyms_file.write([SynonymSet(forms), SynonymSet(forms, note)])
    plain, noted = yaml.safe_load(written)
    assert plain == forms or plain == {"words": forms}
    assert noted == {"words": forms, "note": note}


def test_a_set_of_synonyms_is_a_line_of_at_most_120_columns_or_a_word_a_line() -> None:
    fits, longer = ("a" * 57, "b" * 57), ("a" * 57, "b" * 58)
    why = "Because they say so, " * 8
    sets = [
        SynonymSet(("SW", "social worker")), SynonymSet(("front door", "MASH"), "In both areas"), SynonymSet(fits),
        SynonymSet(longer), SynonymSet(("SW", "yes"), why.strip()),
    ]  # fmt: skip
    assert synonyms_file.write(sets).splitlines() == [
        "- [SW, social worker]",
        "- {words: [front door, MASH], note: In both areas}",
        f"- [{fits[0]}, {fits[1]}]",
        "- words:",
        f"    - {longer[0]}",
        f"    - {longer[1]}",
        "- words:",
        "    - SW",
        '    - "yes"',
        "  note: >-",
        "    " + ("Because they say so, " * 5).strip() + " Because",
        "    they say so, Because they say so, Because they say so,",
    ]
    assert len(f"- [{fits[0]}, {fits[1]}]") == 120


def test_editors_may_write_synonyms_as_any_list() -> None:
    written = (
        "---\n# Why not\n\n- - SW\n  - social worker\n-\n  words: [MASH, front door]\n- [GP,\n   doctor]\n"
    )
    for text in (written, written.replace("\n", "\r\n")):
        mistakes = Mistakes()
        read = synonyms_file.read(text, Source("synonyms.yaml", mistakes))
        agree(mistakes)
        assert [(each.forms, each.line) for each in read] == [
            (("SW", "social worker"), 4), (("MASH", "front door"), 7), (("GP", "doctor"), 8),
        ]  # fmt: skip
    for empty in ("", "\n", "# None yet\n", "[]\n"):
        assert synonyms_file.read(empty, Source("synonyms.yaml", mistakes)) == []
    agree(mistakes)


@st.composite
def some_contents(draw: st.DrawFn) -> list[Spot]:
    """Spots in the order of the page: children follow their parent."""
    slugs = draw(st.lists(a_slug, unique=True, max_size=8))
    parents: dict[str, str | None] = {}
    for place, slug in enumerate(slugs):
        parents[slug] = draw(st.sampled_from([None, *slugs[:place]]))

    def below(parent: str | None) -> list[Spot]:
        found = []
        for slug in slugs:
            if parents[slug] == parent:
                found += [Spot(slug, parent, draw(st.booleans())), *below(slug)]
        return found

    return below(None)


@given(
    st.sampled_from(["ordinary", "urgent", "correction"]), st.lists(a_moment, min_size=2, max_size=2).map(sorted),
    some_text.filter(lambda name: len(name) <= 200), some_text, st.one_of(st.none(), st.dates()), some_contents(),
    st.booleans(),
)  # fmt: skip
def test_an_edition_survives_its_file_whatever_it_says(
    kind, moments, name, notes, law, contents, arranged
) -> None:
    edition = EditionFile(kind, moments[1], moments[0], name, notes, law)
    if arranged and kind == "ordinary":
        edition = replace(edition, contents=contents)
    elif contents:
        edition = replace(edition, new=[(spot.slug, None) for spot in contents])
    mistakes = Mistakes()
    read = EditionFile.read(edition.write(), Source("edition.yaml", mistakes))
    agree(mistakes)
    assert read is not None
    read = replace(read, new=[(slug, None) for slug, _line in read.new] or ())
    if read.contents is not None:
        read = replace(read, contents=[replace(spot, line=None) for spot in read.contents])
    assert read == edition


def test_an_edition_of_the_hour_that_the_clocks_of_london_have_twice_survives_its_file() -> None:
    for hour in (0, 1):
        moment = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
        edition = EditionFile("ordinary", moment, moment)
        mistakes = Mistakes()
        read = EditionFile.read(edition.write(), Source("edition.yaml", mistakes))
        agree(mistakes)
        assert read is not None
        assert (read.effective, read.published) == (moment, moment)


@given(
    a_text.filter(lambda text: len(text) <= 200), a_text.filter(lambda text: len(text) <= 200), st.booleans(),
    st.sampled_from(["headings", "paragraphs"]), st.dictionaries(st.sampled_from(["north", "s-2", "on", "no"]), a_text),
    a_slug,
)  # fmt: skip
def test_the_manual_survives_its_file_whatever_it_says(title, board, sample, numbering, areas, slug) -> None:
    manual = ManualFile(title, board, sample, numbering, areas, slug, slug, slug)
    mistakes = Mistakes()
    assert ManualFile.read(manual.write(), Source("manual.yaml", mistakes)) == manual
    agree(mistakes)


def test_a_moment_is_written_as_the_clocks_of_london_showed_it() -> None:
    summer = datetime(2026, 5, 10, 23, 0, tzinfo=UTC)
    assert "effective: 2026-05-11T00:00:00+01:00\n" in EditionFile("urgent", summer, summer).write()
    with timezone.override("Asia/Tokyo"):
        assert "effective: 2026-05-11T00:00:00+01:00\n" in EditionFile("urgent", summer, summer).write()


def test_a_file_checked_out_with_the_line_ends_of_windows_says_the_same() -> None:
    written = "---\ntitle: A\nsignificance: new\nnote: First.\n---\n\nOne.\n\nTwo.\n"
    mistakes = Mistakes()
    read = ChapterFile.read("a", written.replace("\n", "\r\n"), Source("a.md", mistakes))
    agree(mistakes)
    assert read is not None
    assert read.text == "One.\n\nTwo."


def test_a_text_may_begin_right_after_the_front_matter() -> None:
    read = ChapterFile.read(
        "a", "---\ntitle: A\nsignificance: new\nnote: First.\n---\nOne.", Source("a.md", Mistakes())
    )
    assert read is not None
    assert (read.text, read.offset) == ("One.", 5)
