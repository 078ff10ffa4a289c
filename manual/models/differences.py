"""All that differs between two contents of the manual: chapters, keywords and documents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from django.db.models import Q, QuerySet
from django.urls import reverse

from manual.comparison import Standing, State, what_became
from manual.models.amendment import Amendment, Significance
from manual.models.contents import Contents, Line
from manual.models.document import DocumentVersion
from manual.models.glossary import Meaning
from manual.models.keyword import Definition
from manual.models.library import Held
from manual.models.version import Status, Version

V = TypeVar("V", bound=Version)


@dataclass(frozen=True)
class ChapterDifference:
    """What became of one chapter: as it stood, as it stands, and the amendments that took effect between.

    `words` are some of New, Reinstated, Changed, Corrected, Renamed, Moved, Renumbered and Withdrawn.
    """

    before: Line | None
    after: Line | None
    words: list[str]
    amendments: list[Amendment] = field(default_factory=list)

    @property
    def line(self) -> Line:
        """As it stands; where the newer contents never had it, as it stood."""
        line = self.after or self.before
        if line is None:
            raise ValueError("A difference is of a chapter that one of the two contents has.")
        return line

    @property
    def only_renumbered(self) -> bool:
        """That others moved gave it another number, and nothing else about it differs."""
        return self.words == ["Renumbered"]

    @property
    def compare_url(self) -> str:
        """The page that shows what changed in its text; empty where there is nothing to compare."""
        if not (self.before and self.after and self.amendments and self.after.is_page):
            return ""
        first, last = self.amendments[0].sequence, self.amendments[-1].sequence
        if not first or not last or first < 2:
            return ""
        return f"{reverse('compare', args=[self.after.slug])}?from={first - 1}&to={last}"


@dataclass(frozen=True)
class KeywordDifference:
    """A keyword that is new or means something else, with the definitions that took effect between."""

    before: Meaning | None
    after: Meaning
    word: str
    url: str
    definitions: list[Definition]


@dataclass(frozen=True)
class DocumentDifference:
    """A document that is new or has another file or title, with the versions that took effect between."""

    before: Held | None
    after: Held
    word: str
    url: str
    versions: list[DocumentVersion]


@dataclass(frozen=True)
class Differences:
    """Chapters in the order of the newer contents, those that have left them last; keywords and documents A to Z."""

    before: Contents | None
    after: Contents
    chapters: list[ChapterDifference]
    keywords: list[KeywordDifference]
    documents: list[DocumentDifference]

    @cached_property
    def is_empty(self) -> bool:
        return not (self.chapters or self.keywords or self.documents)


def differences(before: Contents | None, after: Contents) -> Differences:
    """What a reader of the older contents has to know of the newer. Three queries, whatever the size of the manual.

    Without older ones (nothing was in force yet), all is new.
    """
    between = _between(before, after)
    amendments: dict[int, list[Amendment]] = {}
    for amendment in (
        Amendment.objects.filter(between)
        # What the first of them was written from is what the chapter was before.
        .select_related("edition", "based_on")
        .defer("text", "html", "based_on__text", "based_on__html")
        .order_by("edition__effective_at")
    ):
        amendments.setdefault(amendment.chapter_id, []).append(amendment)
    return Differences(
        before,
        after,
        list(_chapters(before, after, amendments)),
        _keywords(before, after, between),
        _documents(before, after, between),
    )


def _between(before: Contents | None, after: Contents) -> Q:
    """The versions that took effect after the one edition, up to the other."""
    up_to = Q(status=Status.PUBLISHED, edition__effective_at__lte=after.edition.effective_at)
    return up_to & Q(edition__effective_at__gt=before.edition.effective_at) if before else up_to


def _chapters(
    before: Contents | None, after: Contents, amendments: dict[int, list[Amendment]]
) -> Iterable[ChapterDifference]:
    old = [*before.lines, *before.gone] if before else []
    new = [*after.lines, *after.gone]
    corrected = {
        chapter
        for chapter, found in amendments.items()
        if all(amendment.significance == Significance.CORRECTION for amendment in found)
    }
    texts = {
        chapter: (found[0].based_on.rendered_with if found[0].based_on else "", found[-1].rendered_with)
        for chapter, found in amendments.items()
    }
    words = what_became(
        [_standing(line, texts.get(line.chapter_id, ("", ""))[0]) for line in old],
        [_standing(line, texts.get(line.chapter_id, ("", ""))[1]) for line in new],
        corrected,
    )
    stood = before.by_chapter if before else {}
    for line in [*new, *(line for line in old if line.chapter_id not in after.by_chapter)]:
        if line.chapter_id in words:
            yield ChapterDifference(
                stood.get(line.chapter_id),
                after.by_chapter.get(line.chapter_id),
                words[line.chapter_id],
                amendments.get(line.chapter_id, []),
            )


def _standing(line: Line, text: str) -> Standing:
    said = (
        text, tuple(line.areas), line.remark, line.label, line.link, line.passage_status,
        line.successor, line.counterpart,
    )  # fmt: skip
    state: State = "gone" if line.gone else "withdrawn" if line.withdrawn else "living"
    return Standing(line.chapter_id, line.parent_id, line.number, line.title, said, line.amendment_id, state)


def _keywords(before: Contents | None, after: Contents, between: Q) -> list[KeywordDifference]:
    found = Definition.objects.filter(between).select_related("edition", "keyword", "based_on__keyword")
    differing = []
    for versions in _by_chain(found):
        old, new = versions[0].based_on, versions[-1]
        differing.append(
            KeywordDifference(
                Meaning.of(old) if old else None,
                Meaning.of(new),
                "Changed" if old else "New",
                after.keyword_address(new.keyword.slug),
                versions,
            )
        )
    return sorted(differing, key=lambda each: (each.after.name.casefold(), each.after.slug))


def _documents(before: Contents | None, after: Contents, between: Q) -> list[DocumentDifference]:
    found = (
        DocumentVersion.objects.filter(between)
        .select_related("edition", "document", "file", "based_on__document", "based_on__file")
        .defer("file__content", "based_on__file__content")
    )
    differing = []
    for versions in _by_chain(found):
        old, new = versions[0].based_on, versions[-1]
        differing.append(
            DocumentDifference(
                Held.of(old) if old else None,
                Held.of(new),
                "Changed" if old else "New",
                after.address("document", new.document.slug),
                versions,
            )
        )
    return sorted(differing, key=lambda each: (each.after.title.casefold(), each.after.slug))


def _by_chain(found: QuerySet[V]) -> Iterable[list[V]]:
    """The versions of each keyword or document, in order. What the first was written from is what it replaced."""
    chains: dict[int, list[V]] = {}
    for version in found.order_by("edition__effective_at"):
        chains.setdefault(version.chain_id, []).append(version)
    return chains.values()
