"""What became of a printed copy: whether it still says what is in force, and what has changed since."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from manual import rendering
from manual.models.amendment import Amendment, Section, Significance
from manual.models.contents import Contents, Line
from manual.models.differences import (
    ChapterDifference,
    Differences,
    DocumentDifference,
    KeywordDifference,
    differences,
)
from manual.models.glossary import Glossary, appears
from manual.models.printed_copy import PrintedCopy
from manual.models.reference import Reference

# What is said of number and place alone takes nothing from the words on the paper.
OF_PLACE = frozenset({"Moved", "Renumbered"})


class Answer(StrEnum):
    """The plainest that can be said of a copy, the worst last."""

    CURRENT = "current"
    CORRECTED = "corrected"
    OUT_OF_DATE = "out of date"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class PassageDifference:
    """A passage that is shown in a chapter and written in another one, where it reads otherwise by now."""

    shown_in: Line
    source: Line
    corrected: bool  # by corrections alone
    compare_url: str


@dataclass(frozen=True)
class ReferenceDifference:
    """A chapter that the copy refers to, which by now has another name or number or is withdrawn."""

    before: Line
    after: Line | None

    @property
    def withdrawn(self) -> bool:
        return self.after is None or self.after.withdrawn


@dataclass(frozen=True)
class Verdict:
    """Held against what is in force now. The first four can make a copy out of date, the others are told beside it."""

    copy: PrintedCopy
    now: Contents
    found: Differences = field(repr=False)
    chapters: list[ChapterDifference]
    passages: list[PassageDifference]
    lists: list[Line]  # chapters that show a list of changes, which is another by now
    pictures: list[DocumentDifference]
    keywords: list[KeywordDifference]
    documents: list[DocumentDifference]
    references: list[ReferenceDifference]

    @property
    def line_now(self) -> Line | None:
        """The chapter or part as it stands now; none for the contents."""
        return self.now.by_slug.get(self.copy.line.slug) if self.copy.line else None

    @property
    def own(self) -> ChapterDifference | None:
        """What became of the chapter or part itself."""
        line = self.copy.line
        return next((each for each in self.chapters if line and each.line.slug == line.slug), None)

    @cached_property
    def answer(self) -> Answer:
        line = self.line_now
        if self.copy.line and (line is None or line.withdrawn):
            return Answer.WITHDRAWN
        severity = [Answer.CURRENT, *map(self._of_chapter, self.chapters)]
        severity += [Answer.CORRECTED if each.corrected else Answer.OUT_OF_DATE for each in self.passages]
        severity += [Answer.OUT_OF_DATE for _each in (*self.lists, *self.pictures)]
        return max(severity, key=list(Answer).index)

    def _of_chapter(self, each: ChapterDifference) -> Answer:
        if self.copy.line is None:
            # The contents print names, numbers and what is new, and no texts.
            return Answer.CURRENT if each.words == ["Corrected"] else Answer.OUT_OF_DATE
        if set(each.words) <= OF_PLACE:
            # Out of the part that was printed, or into it, is another matter.
            return Answer.CURRENT if self._stayed(each) else Answer.OUT_OF_DATE
        mended = each.amendments and all(
            amendment.significance == Significance.CORRECTION for amendment in each.amendments
        )
        return Answer.CORRECTED if mended else Answer.OUT_OF_DATE

    def _stayed(self, each: ChapterDifference) -> bool:
        return each.line.slug in self._slugs_then and each.line.slug in self._slugs_now

    @cached_property
    def _slugs_then(self) -> frozenset[str]:
        return frozenset(line.slug for line in self.copy.lines)

    @cached_property
    def _slugs_now(self) -> frozenset[str]:
        line = self.line_now
        return frozenset(other.slug for other in PrintedCopy(self.now, line).lines) if line else frozenset()


def verdict(copy: PrintedCopy, now: Contents) -> Verdict:
    """Eight queries at the most, whatever the size of the manual and of the copy."""
    before = copy.contents
    found = differences(before, now)
    shown = {line.amendment_id: line for line in copy.texts}
    refers = list(
        Reference.objects.filter(amendment__in=shown).values_list(
            "amendment_id", "scheme", "slug", "anchor", "kind"
        )
        if shown and before.edition != now.edition
        else ()
    )
    by_slug = {each.line.slug: each for each in found.chapters}
    documents = {each.after.slug: each for each in found.documents if each.before}
    pictured = {
        slug for _key, scheme, slug, _anchor, kind in refers if (scheme, kind) == ("document", "image")
    }
    linked = {slug for _key, scheme, slug, _anchor, kind in refers if scheme == "document"} - pictured
    passages = _passages(
        [(shown[key], slug, anchor) for key, _scheme, slug, anchor, kind in refers if kind == "include"],
        before,
        now,
        by_slug,
    )
    named = {slug for _key, scheme, slug, _anchor, _kind in refers if scheme == "chapter"}
    named -= {line.slug for line in copy.lines} | {each.source.slug for each in passages}
    return Verdict(
        copy,
        now,
        found,
        _of_copy(copy, now, found.chapters),
        passages,
        _lists(shown, found),
        [documents[slug] for slug in sorted(pictured & documents.keys())],
        _keywords(shown, before, found.keywords),
        [documents[slug] for slug in sorted(linked & documents.keys())],
        _references(named, before, now),
    )


def _of_copy(
    copy: PrintedCopy, now: Contents, chapters: Iterable[ChapterDifference]
) -> list[ChapterDifference]:
    """Those of what the copy names, or would name if it were printed now."""
    if copy.line is None:
        return [each for each in chapters if not _was_no_more(each)]
    line = now.by_slug.get(copy.line.slug)
    slugs = {other.slug for other in copy.lines} | {
        other.slug for other in (PrintedCopy(now, line).lines if line else ())
    }
    own = copy.line.slug
    return [
        each
        for each in chapters
        if each.line.slug in slugs and (each.line.slug == own or not _was_no_more(each))
    ]


def _was_no_more(each: ChapterDifference) -> bool:
    """Whether it was withdrawn then and is now: that it left the contents meanwhile is no news."""
    return bool(each.before and each.before.withdrawn and (each.after is None or each.after.withdrawn))


def _passages(
    wanted: Collection[tuple[Line, str, str]],
    before: Contents,
    now: Contents,
    by_slug: Mapping[str, ChapterDifference],
) -> list[PassageDifference]:
    """Of these passages (shown in a chapter, written in another, at a section) those that read otherwise now."""
    pairs = [
        (into, was, now.by_slug.get(slug), anchor)
        for into, slug, anchor in wanted
        if (was := before.by_slug.get(slug)) and slug in by_slug
    ]
    keys = {line.amendment_id for _into, was, is_now, _anchor in pairs for line in (was, is_now) if line}
    texts = before.texts_of(keys) if keys else {}
    differing: dict[tuple[int, int], PassageDifference] = {}
    for into, was, is_now, anchor in pairs:
        if _said(was, anchor, texts) != _said(is_now, anchor, texts):
            each = by_slug[was.slug]
            corrected = "Corrected" in each.words
            differing.setdefault(
                (into.chapter_id, was.chapter_id),
                PassageDifference(into, is_now or was, corrected, each.compare_url),
            )
    return list(differing.values())


def _said(line: Line | None, anchor: str, texts: Mapping[int, str]) -> object:
    """All that a passage tells a reader where it is shown."""
    if line is None or line.withdrawn:
        return None
    html = texts[line.amendment_id]
    passage = rendering.passage(html, anchor) if anchor else html
    return passage, rendering.marks(html, anchor), line.applies_to, line.status


def _lists(shown: Mapping[int, Line], found: Differences) -> list[Line]:
    """The chapters that show a list of what editions changed, if any has changed something since."""
    if not shown or not (
        found.keywords or found.documents or any(each.amendments for each in found.chapters)
    ):
        return []
    keys = Amendment.objects.filter(pk__in=shown, html__contains='class="changes').values_list(
        "pk", flat=True
    )
    return sorted((shown[key] for key in keys), key=lambda line: line.place)


def _keywords(
    shown: Mapping[int, Line], before: Contents, changed: Iterable[KeywordDifference]
) -> list[KeywordDifference]:
    """Those that the text uses and that mean something else by now."""
    redefined = [each for each in changed if each.before]
    if not shown or not redefined:
        return []
    texts = Section.objects.filter(amendment__in=shown).values_list("heading", "text")
    words = "\n".join(piece for row in texts for piece in row)
    if not any(appears(form, words) for each in redefined if each.before for form in each.before.forms):
        return []
    used = {meant.slug for _start, _end, meant in Glossary.of(before.edition).found_in(words)}
    return [each for each in redefined if each.after.slug in used]


def _references(slugs: Iterable[str], before: Contents, now: Contents) -> list[ReferenceDifference]:
    """Chapters outside the copy that are named in it, and that nobody would find under that name now."""
    pairs = [
        (was, now.by_slug.get(was.slug))
        for was in sorted(
            (before.by_slug[slug] for slug in slugs if slug in before.by_slug), key=lambda line: line.place
        )
    ]
    return [
        ReferenceDifference(was, line)
        for was, line in pairs
        if not was.withdrawn and (line is None or line.withdrawn or line.name != was.name)
    ]
