"""The contents of an edition as a reader sees them: its entries as a tree, with numbers and flags."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from django.urls import reverse

from manual import manifest
from manual.models.chapter import Kind
from manual.models.edition import Edition, Entry

# What an edition's contents are never changes under one stamp, so they are kept, the last few that were read.
KEPT = 8
_kept: OrderedDict[tuple[object, bool], Contents] = OrderedDict()
_keeping = threading.Lock()


@dataclass(frozen=True)
class Run:
    """Entries of a part that stand together: those of a group, or those that are in none."""

    group: Line | None
    lines: list[Line]


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
    parent_id: int | None
    flag: str = ""
    label_shown: str = ""  # unless the entry before it has shown the same one
    contents: Contents = field(repr=False, default=None)  # type: ignore[assignment] # set by Contents
    parent: Line | None = field(repr=False, default=None)
    children: list[Line] = field(repr=False, default_factory=list)

    @property
    def is_page(self) -> bool:
        """Chapters and links have a page; parts and groups are headings of the contents."""
        return self.kind in (Kind.CHAPTER, Kind.LINK)

    @property
    def withdrawn(self) -> bool:
        return self.withdrawn_in is not None

    @property
    def name(self) -> str:
        """Number and title: «2.1.5 Child Protection (Section 47) Enquiries»."""
        return f"{self.number} {self.title}".strip()

    @property
    def url(self) -> str:
        """Its page, or for a part or group its heading in the contents, in the edition that is read."""
        if self.is_page:
            return self.contents.address("chapter", self.slug)
        return f"{self.contents.address('contents')}#{self.slug}"

    def at(self, anchor: str) -> str:
        """The address of one of its sections; a part's or group's sections have none of their own."""
        return f"{self.url}#{anchor}" if anchor and self.is_page else self.url

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
    def ancestors(self) -> list[Line]:
        above: list[Line] = []
        line = self.parent
        while line:
            above.insert(0, line)
            line = line.parent
        return above

    @property
    def status(self) -> str:
        """The status of its passages: its own, or the nearest above it; procedure at the root."""
        for line in (self, *reversed(self.ancestors)):
            if line.passage_status:
                return line.passage_status
        return "procedure"


class Contents:
    """The lines of an edition, in order, with the ways to find one. Reads two queries, once for each stamp."""

    def __init__(self, edition: Edition, *, dated: bool = False) -> None:
        self.edition = edition
        self.dated = dated
        window = edition.flag_window()
        rows = (
            Entry.objects.filter(edition=edition)
            .order_by("position")
            .values_list(
                "chapter_id", "chapter__slug", "chapter__kind", "number", "level", "gone",
                "amendment__title", "amendment__areas", "amendment__remark", "amendment__label",
                "amendment__link", "amendment__passage_status", "amendment_id",
                "introduced_in_id", "changed_in_id", "withdrawn_in_id",
                "amendment__successor__slug", "parent_id",
            )
        )  # fmt: skip
        self.lines: list[Line] = []
        self.gone: list[Line] = []
        self.roots: list[Line] = []
        self.by_chapter: dict[int, Line] = {}
        for row in rows:
            line = Line(*row, contents=self)
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
    def forget(cls) -> None:
        """Read anew next time: for tests that count queries."""
        with _keeping:
            _kept.clear()

    def address(self, name: str, *args: str) -> str:
        """The address of a page of the manual in this edition."""
        if self.dated:
            return reverse(f"edition-{name}", args=[self.edition.number, *args])
        return reverse(name, args=args)

    def keyword_address(self, slug: str) -> str:
        """A keyword's page, or its place in the glossary of an edition that is named."""
        return f"{self.address('keywords')}#{slug}" if self.dated else self.address("keyword", slug)

    @cached_property
    def parts(self) -> list[Line]:
        return [line for line in self.roots if not line.is_page]

    @cached_property
    def root_pages(self) -> list[Line]:
        """Chapters and links that stand in no part."""
        return [line for line in self.roots if line.is_page]

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

    def flagged(self) -> Iterator[Line]:
        return (line for line in self.lines if line.flag)
