"""The contents of an edition as a reader sees them: its entries as a tree, with numbers and flags."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from manual import manifest
from manual.models.amendment import Amendment, Section
from manual.models.chapter import Chapter, Kind
from manual.models.edition import Edition, Entry
from manual.models.library import Held
from manual.models.manual import Manual
from manual.models.reference import Reference

if TYPE_CHECKING:
    from manual.models.changes import EditionChanges
    from manual.models.glossary import SharedForm

# What an edition's contents are never changes under one stamp, so they are kept, the last few that were read.
KEPT = 8
_kept: OrderedDict[tuple[object, bool], Contents] = OrderedDict()
_keeping = threading.Lock()

# Stands for the edition that will carry a draft: no edition has this key.
TO_COME = 0


@dataclass(frozen=True)
class Run:
    """Entries of a part that stand together: those of a group, or those that are in none."""

    group: Line | None
    lines: list[Line]


@dataclass(frozen=True)
class Counterpart:
    """The chapter that says the same for other areas, and which those are; none where it is for all."""

    line: Line
    areas: list[str]


@dataclass(eq=False)
class Line:
    """An entry of an edition, with what is shown of its amendment in lists."""

    chapter_id: int
    slug: str
    kind: str
    number: str
    level: int
    gone: bool
    title: str
    areas: list[str]
    remark: str
    label: str
    link: str
    passage_status: str
    amendment_id: int
    introduced_in: int
    changed_in: int
    withdrawn_in: int | None
    successor: str | None
    counterpart: str | None
    parent_id: int | None
    place: int = 0  # in the order of the contents
    flag: str = ""
    label_shown: str = ""  # unless the entry before it has shown the same one
    contents: Contents = field(repr=False, default=None)  # type: ignore[assignment] # set by Contents
    parent: Line | None = field(repr=False, default=None)
    children: list[Line] = field(repr=False, default_factory=list)

    @cached_property
    def is_page(self) -> bool:
        """Chapters and links have a page; parts and groups are headings of the contents."""
        return self.kind in (Kind.CHAPTER, Kind.LINK)

    @property
    def withdrawn(self) -> bool:
        return self.withdrawn_in is not None

    @property
    def read_instead(self) -> Line | None:
        """The chapter in force that takes the place of a withdrawn one, through those that were withdrawn after it."""
        seen: set[str] = set()
        line: Line | None = self
        while line and line.withdrawn and line.slug not in seen:
            seen.add(line.slug)
            line = self.contents.by_slug.get(line.successor or "")
        return line if line and not line.withdrawn else None

    @property
    def name(self) -> str:
        """Number and title: “2.1.5 Child Protection (Section 47) Enquiries”."""
        return f"{self.number} {self.title}".strip()

    @cached_property
    def url(self) -> str:
        """Its page, or for a part or group its heading in the contents, in the edition that is read."""
        return self.contents.address_of(self)

    @property
    def print_url(self) -> str:
        """Its page for paper, in the edition that is read."""
        return self.contents.address("print", self.slug)

    def at(self, anchor: str) -> str:
        """The address of one of its sections; a part's or group's sections have none of their own."""
        return f"{self.url}#{anchor}" if anchor and self.is_page and "#" not in self.url else self.url

    @property
    def runs(self) -> list[Run]:
        """What stands in a part, run by run, in order."""
        runs: list[Run] = []
        for child in self.children:
            if child.kind == Kind.GROUP:
                runs.append(Run(child, child.children))
            elif runs and runs[-1].group is None:
                runs[-1].lines.append(child)
            else:
                runs.append(Run(None, [child]))
        return runs

    @property
    def groups(self) -> list[Line]:
        """The groups of a part."""
        return [child for child in self.children if child.kind == Kind.GROUP]

    @cached_property
    def ancestors(self) -> list[Line]:
        above: list[Line] = []
        line = self.parent
        while line:
            above.insert(0, line)
            line = line.parent
        return above

    @cached_property
    def status(self) -> str:
        """The status of its passages: its own, or the nearest above it; procedure at the root."""
        for line in (self, *reversed(self.ancestors)):
            if line.passage_status:
                return line.passage_status
        return "procedure"

    @property
    def status_shown(self) -> str:
        """Its status, where that is another than it would have from what it stands in."""
        above = self.parent.status if self.parent else "procedure"
        return self.status if self.status != above else ""

    @cached_property
    def applies_to(self) -> list[str]:
        """The areas that it applies to: its own, or else those of the part or group it stands in; none means all.

        What stands under a chapter for one area, such as “See also”, may well be for another.
        """
        if self.areas:
            return self.areas
        above = [line for line in reversed(self.ancestors) if line.areas and not line.is_page]
        return above[0].areas if above else []

    @property
    def has_tags(self) -> bool:
        """Whether anything is said beside its title: its areas, its status, a flag."""
        return bool(self.areas or self.flag or self.withdrawn or self.status_shown)

    @property
    def counterparts(self) -> list[Counterpart]:
        """The chapters that say the same for the areas that this one is not for, withdrawn ones last."""
        own = self.applies_to
        found = []
        for line in self.contents.counterparts_of(self):
            areas = [area for area in line.applies_to if area not in own]
            if areas or not line.applies_to:
                found.append(Counterpart(line, areas))
        return sorted(found, key=lambda each: each.line.withdrawn)


# The fields of a Line, in its order.
OF_A_LINE = (
    "chapter_id", "chapter__slug", "chapter__kind", "number", "level", "gone",
    "amendment__title", "amendment__areas", "amendment__remark", "amendment__label",
    "amendment__link", "amendment__passage_status", "amendment_id",
    "introduced_in_id", "changed_in_id", "withdrawn_in_id",
    "amendment__successor__slug", "amendment__counterpart__slug", "parent_id",
)  # fmt: skip


def _entries(edition: Edition) -> QuerySet[Entry]:
    return Entry.objects.filter(edition=edition).order_by("position")


def _built_with(draft: Amendment, before: dict[int, manifest.Line]) -> list[manifest.Line]:
    """The entries with a draft, as the next edition would have them."""
    entry = before.get(draft.chapter_id)
    significance = str(draft.significance)
    if entry and entry.living:
        significance = manifest.AMENDED if significance == manifest.NEW else significance
    else:
        significance = manifest.NEW
    # Under what is not in the contents yet, it would have no place; then it is shown as the last of the parts.
    in_place = {key for key, line in before.items() if line.living}
    under: Chapter | None = draft.under or draft.chapter.parent
    change = manifest.Change(
        chapter=draft.chapter_id,
        amendment=draft.pk,
        significance=significance,
        based_on=entry.amendment if entry else None,
        under=under.pk if under and under.pk in in_place else None,
        numbered=draft.numbered,
    )
    try:
        return manifest.build(TO_COME, list(before.values()), [change])
    except manifest.ManifestRefused:
        # A withdrawal from above chapters that stay, for instance: the page is shown at the place it has.
        alone = manifest.Line(draft.chapter_id, None, draft.pk, TO_COME, TO_COME, numbered=False)
        withdrawn = TO_COME if significance == manifest.WITHDRAWN else None
        here = replace(entry, amendment=draft.pk, gone=False, withdrawn_in=withdrawn) if entry else alone
        before[draft.chapter_id] = here
        return list(before.values())


class Contents:
    """The lines of an edition, in order, with the ways to find one. Reads two queries, once for each stamp."""

    def __init__(self, edition: Edition, *, dated: bool = False, lines: Iterable[Line] | None = None) -> None:
        self.edition = edition
        self.dated = dated
        # It can change while these are kept: every page that shows them says how it is by now.
        self.manual_read: Manual | None = None
        # Documents that no edition has yet, each with where its draft is shown: for looking at drafts alone.
        self.documents_to_come: Mapping[str, tuple[Held, str]] = {}
        # What its editions changed, where whoever reads it has read that already.
        self.listed: list[EditionChanges] | None = None
        # What several texts take from others, where it has been read ahead.
        self.texts_held: Mapping[int, str] | None = None
        self.sections_held: (
            tuple[frozenset[tuple[int, str]], Mapping[tuple[int, str], tuple[str, str]]] | None
        ) = None
        window = edition.flag_window()
        if lines is None:
            lines = (Line(*row) for row in _entries(edition).values_list(*OF_A_LINE))
        else:
            # With a draft: what it changes is flagged, except in the very first edition.
            window = window | {TO_COME} if window or edition.pk else window
        self.lines: list[Line] = []
        self.gone: list[Line] = []
        self.roots: list[Line] = []
        self.by_chapter: dict[int, Line] = {}
        for place, line in enumerate(lines):
            line.contents = self
            line.place = place
            self.by_chapter[line.chapter_id] = line
            if line.gone:
                self.gone.append(line)
                continue
            if line.is_page and not line.withdrawn:
                line.flag = manifest.flag(line.introduced_in, line.changed_in, window)
            line.parent = self.by_chapter[line.parent_id] if line.parent_id else None
            siblings = line.parent.children if line.parent else self.roots
            line.label_shown = "" if siblings and siblings[-1].label == line.label else line.label
            siblings.append(line)
            self.lines.append(line)
        self.by_slug = {line.slug: line for line in self.by_chapter.values()}
        self.by_number = {line.number: line for line in self.lines if line.number}
        self.window = window

    @classmethod
    def of(cls, edition: Edition, *, dated: bool = False) -> Contents:
        """Those of an edition; `dated` ones lead to the addresses that show it for ever."""
        key = (edition.stamp, dated)
        with _keeping:
            if key in _kept:
                _kept.move_to_end(key)
                return _kept[key]
        contents = cls(edition, dated=dated)
        with _keeping:
            _kept[key] = contents
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
        return contents

    @classmethod
    def with_draft(cls, edition: Edition | None, draft: Amendment) -> Contents:
        """Those of an edition as the next one would have them with a draft in it: number, place and flag.

        Never kept, for a draft changes. Without an edition the draft stands alone. What keeps it from being published
        as it is (its chapter changed meanwhile) does not keep it from being looked at.
        """
        if edition is None:
            edition = Edition(effective_at=timezone.now())
        before: dict[int, manifest.Line] = {}
        lines: dict[int, Line] = {}
        if edition.pk:
            for numbered, *row in _entries(edition).values_list("numbered", *OF_A_LINE):
                line = Line(*row)
                lines[line.chapter_id] = line
                before[line.chapter_id] = manifest.Line(
                    line.chapter_id, line.parent_id, line.amendment_id, line.introduced_in, line.changed_in,
                    line.withdrawn_in, numbered, line.gone, line.number, line.level,
                )  # fmt: skip
        chapter = draft.chapter
        lines[chapter.pk] = Line(
            chapter.pk, chapter.slug, chapter.kind, "", 0, False, draft.title, draft.areas, draft.remark,
            draft.label, draft.link, draft.passage_status, draft.pk, TO_COME, TO_COME, None,
            draft.successor.slug if draft.successor else None,
            draft.counterpart.slug if draft.counterpart else None, None,
        )  # fmt: skip
        built = _built_with(draft, before)
        for place in built:
            line = lines[place.chapter]
            line.number, line.level, line.gone, line.parent_id = (
                place.number,
                place.level,
                place.gone,
                place.parent,
            )
            line.introduced_in, line.changed_in, line.withdrawn_in = (
                place.introduced_in,
                place.changed_in,
                place.withdrawn_in,
            )
        return cls(edition, lines=[lines[place.chapter] for place in built])

    @classmethod
    def forget(cls) -> None:
        """Read anew next time: for tests that count queries."""
        with _keeping:
            _kept.clear()

    def address(self, name: str, *args: str) -> str:
        """The address of a page of the manual in this edition."""
        if self.dated:
            return reverse(f"edition-{name}", args=[self.edition.number, *args])
        return reverse(name, args=args)

    @property
    def print_url(self) -> str:
        """The contents themselves, for paper."""
        return self.address("print-contents")

    @property
    def addressing(self) -> str:
        """Which addresses it leads to: whatever keeps any of them keeps them under this word, too."""
        return "dated" if self.dated else "current"

    def address_of(self, line: Line) -> str:
        """The page of a chapter or link; of a part or group, its heading in the contents."""
        if line.is_page:
            return self.address("chapter", line.slug)
        return f"{self.address('contents')}#{line.slug}"

    def edition_address(self, edition: Edition) -> str:
        """Where it says what an edition changed."""
        return edition.get_absolute_url()

    @property
    def manual(self) -> Manual:
        """What is true whatever the edition: as the page that shows these has read it, or else as it is now."""
        return self.manual_read or Manual.objects.current()

    def read_ahead(self, amendments: Collection[int]) -> Contents:
        """The same, for texts that are read together: what they take from other chapters is read at once. Four queries,
        however many they are."""
        ahead = copy(self)
        own = self._references_of(amendments)
        included = {
            self.by_slug[slug].amendment_id
            for kind, slug, _anchor in own
            if kind == "include" and slug in self.by_slug
        }
        named = {
            (self.by_slug[slug].amendment_id, anchor)
            for _kind, slug, anchor in (*own, *self._references_of(included))
            if anchor and slug in self.by_slug
        }
        ahead.texts_held = self.texts_of(included)
        ahead.sections_held = frozenset(named), self.sections_of(named)
        return ahead

    def _references_of(self, amendments: Collection[int]) -> list[tuple[str, str, str]]:
        """Each reference of these texts to a chapter as its kind, slug and anchor. One query."""
        found = Reference.objects.filter(amendment__in=amendments, scheme="chapter").order_by()
        return list(found.values_list("kind", "slug", "anchor").distinct())

    def texts_of(self, amendments: Collection[int]) -> Mapping[int, str]:
        """The stored HTML of these, by key, for passages that stand in other texts. One query."""
        if self.texts_held is not None and self.texts_held.keys() >= set(amendments):
            return self.texts_held
        return dict(Amendment.objects.filter(pk__in=amendments).values_list("pk", "html"))

    def sections_of(self, named: Collection[tuple[int, str]]) -> Mapping[tuple[int, str], tuple[str, str]]:
        """Number and heading of these sections, each by amendment and anchor. One query."""
        if self.sections_held and self.sections_held[0] >= set(named):
            return self.sections_held[1]
        found = Section.objects.filter(
            amendment__in={amendment for amendment, _anchor in named},
            anchor__in={anchor for _amendment, anchor in named},
        ).values_list("amendment_id", "anchor", "number", "heading")
        return {(amendment, anchor): (number, heading) for amendment, anchor, number, heading in found}

    def shared_form_address(self, shared: SharedForm) -> str:
        """Where the glossary of this edition says what a word can mean."""
        return f"{self.address('keywords')}#{shared.slug}"

    def keyword_address(self, slug: str) -> str:
        """A keyword's page in this edition."""
        return self.address("keyword", slug)

    @cached_property
    def parts(self) -> list[Line]:
        return [line for line in self.roots if not line.is_page]

    @cached_property
    def root_pages(self) -> list[Line]:
        """Chapters and links that stand in no part."""
        return [line for line in self.roots if line.is_page]

    @cached_property
    def living(self) -> frozenset[int]:
        """The amendments that are in force in it: not those of withdrawn chapters."""
        return frozenset(line.amendment_id for line in self.lines if not line.withdrawn)

    @cached_property
    def by_amendment(self) -> dict[int, Line]:
        """Every line, those that are gone too, by the key of its amendment."""
        return {line.amendment_id: line for line in self.by_chapter.values()}

    @cached_property
    def _pages(self) -> list[Line]:
        return [line for line in self.lines if line.kind == Kind.CHAPTER and not line.withdrawn]

    @cached_property
    def _page_index(self) -> dict[int, int]:
        return {line.chapter_id: n for n, line in enumerate(self._pages)}

    def neighbours(self, line: Line) -> tuple[Line | None, Line | None]:
        """The chapters before and after one, in reading order, links and withdrawn ones left out."""
        n = self._page_index.get(line.chapter_id)
        if n is None:
            return None, None
        before = self._pages[n - 1] if n else None
        return before, self._pages[n + 1] if n + 1 < len(self._pages) else None

    @cached_property
    def _paired(self) -> dict[int, list[Line]]:
        """Chapters with their counterparts, by key: whichever of the two names the other."""
        paired: dict[int, list[Line]] = {}
        for line in self.by_chapter.values():
            other = self.by_slug.get(line.counterpart or "")
            if other is None or other is line:
                continue
            for one, another in ((line, other), (other, line)):
                if another not in paired.setdefault(one.chapter_id, []):
                    paired[one.chapter_id].append(another)
        return paired

    def counterparts_of(self, line: Line) -> list[Line]:
        """What says the same for other areas; of a chapter that is for all areas there is no such thing."""
        return self._paired.get(line.chapter_id, []) if line.applies_to else []

    def flagged(self) -> Iterator[Line]:
        return (line for line in self.lines if line.flag)
