"""A content folder read as a proofreader reads it: what could be published, and should not be."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from manual.interchange import folder as content_folder
from manual.interchange.history import History, Renderings, Standing, render_all
from manual.interchange.keyword_file import KeywordEntry
from manual.interchange.mistakes import ContentRefused, Mistake, Mistakes, in_order
from manual.models import Kind, Significance
from manual.models.glossary import appears
from manual.proofreading import house as house_rules
from manual.proofreading import persons, reading_age, repeats, spelling, timescales, ways
from manual.proofreading.house import House
from manual.proofreading.texts import Passage, Text, read


@dataclass(frozen=True)
class Measured:
    """One version of a chapter: its running words, and its Flesch-Kincaid grade (0 where it has no sentence)."""

    slug: str
    edition: int
    newest: bool
    words: int
    grade: float


@dataclass(frozen=True)
class Proofread:
    """What was measured, chapter by chapter as the newest edition has them, and every fault."""

    measured: list[Measured]
    faults: list[Mistake]


def proofread(folder: Path, *, only: Collection[str] = ()) -> Proofread:
    """Look for all that a loader lets pass and a reader should not meet; nothing is loaded and no database is asked.

    `only` are the slugs of chapters to look at; all without. Raises ContentRefused if the folder cannot be read at all,
    and ExtraMissing where a word list is not installed.
    """
    mistakes = Mistakes()
    content = content_folder.read(folder, mistakes)
    house = house_rules.read(folder, mistakes)
    if content.manual is None or not content.editions:
        raise ContentRefused(in_order([*mistakes.faults, *mistakes.flaws]))
    renderings = render_all(content.editions, content.manual, mistakes, None)
    history = History(Standing(), content.manual, renderings, mistakes)
    history.play_all(content.editions)
    reader = _Reader(content.editions, renderings, house, mistakes)
    in_contents = [str(line.chapter) for line in history.standing.lines if not line.gone]
    reader.read_all(in_contents, history.standing.kinds)
    wanted = set(only)

    def is_wanted(mistake: Mistake) -> bool:
        return not wanted or Path(mistake.file).stem in wanted

    return Proofread(
        [each for each in reader.measured if not wanted or each.slug in wanted],
        [mistake for mistake in in_order([*mistakes.faults, *mistakes.flaws]) if is_wanted(mistake)],
    )


class _Reader:
    def __init__(
        self,
        editions: list[content_folder.EditionFolder],
        renderings: Renderings,
        house: House,
        mistakes: Mistakes,
    ) -> None:
        self.house, self.mistakes = house, mistakes
        titles = {chapter.slug: chapter.title for edition in editions for chapter in edition.chapters}
        self.versions: dict[str, list[Text]] = {}
        self.keywords: dict[str, KeywordEntry] = {}
        for edition in editions:
            for chapter in edition.chapters:
                if rendered := renderings.chapters.get((edition.number, chapter.slug)):
                    text = read(edition.number, chapter, rendered, titles)
                    self.versions.setdefault(chapter.slug, []).append(text)
            self.keywords |= {keyword.slug: keyword for keyword in edition.keywords}
        self.measured: list[Measured] = []

    def read_all(self, in_contents: list[str], kinds: dict[str, str]) -> None:
        newest = [self.versions[slug][-1] for slug in in_contents if slug in self.versions]
        pages = [slug for slug in in_contents if kinds.get(slug) in (Kind.CHAPTER, Kind.LINK)]
        for slug in [*in_contents, *sorted(set(self.versions) - set(in_contents))]:
            for text in self.versions.get(slug, ()):
                self._read(text, is_newest=text is self.versions[slug][-1])
        # An old text may not have the sentence of another chapter either.
        every_version = chain.from_iterable(self.versions.values())
        for text, passage, sentence, others in repeats.repeated(every_version):
            self._fault(
                text, passage, f"This also stands in {', '.join(others)}: “{sentence[:120]}”", "Say it once."
            )
        for slug in ways.unreached(newest, pages):
            self._fault(
                self.versions[slug][-1],
                None,
                "No other chapter refers to it.",
                "Refer to it where its work is met.",
            )
        self._unused_keywords(newest)
        for of, where, cause in timescales.inconsistent(newest, self.house.timescales):
            self._fault(of, where, cause, f"Correct the text, or {house_rules.TIMESCALES}.")
        for timescale, slug in timescales.misplaced(newest, self.house.timescales):
            cause = f"`{timescale.key}` names the chapter {slug}, which the manual does not have."
            self.mistakes.flaw(house_rules.TIMESCALES, timescale.line, cause, "Correct the list.")

    def _read(self, text: Text, *, is_newest: bool) -> None:
        grade = reading_age.grade(text.passages)
        self.measured.append(Measured(text.slug, text.edition, is_newest, text.word_count, grade))
        if grade > self.house.reading_grade and text.chapter.significance != Significance.WITHDRAWN:
            self._fault(
                text, None, f"Its reading grade is {grade:.1f}, above {self.house.reading_grade:g}.",
                "Shorten sentences, and take plainer words.",
            )  # fmt: skip
        for where, word, instead in spelling.misspelt(text.passages, self.house.accepted):
            self._fault(text, where, f"“{word}” is not British spelling.", f"Perhaps “{instead}”.")
        found = persons.personal_data(
            text.chapter.text, text.passages, self.house.national_lines, self.house.accepted
        )
        for place, words, instead in found:
            self._fault(text, place, f"“{words}” could be somebody’s.", instead)

    def _unused_keywords(self, newest: list[Text]) -> None:
        everything = "\n".join(passage.words for text in newest for passage in text.passages)
        for keyword in self.keywords.values():
            if not any(appears(form, everything) for form in (keyword.name, *keyword.also)):
                self.mistakes.flaw(
                    keyword.file, keyword.lines["name"], f"No chapter uses the keyword “{keyword.name}”.",
                    "Use it where it helps a reader, or take it out.",
                )  # fmt: skip

    def _fault(self, text: Text, passage: Passage | None, cause: str, remedy: str) -> None:
        line = passage.line if passage else None
        self.mistakes.flaw(text.chapter.file, line, cause, remedy)
