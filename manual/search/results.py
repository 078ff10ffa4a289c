"""What a search answers with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from manual.models import Line, Meaning

# Pieces of text in their order, each with whether it is marked: "child" in “child protection” is
# [("child", True), (" protection", False)]. Never HTML.
Marked = list[tuple[str, bool]]


class Hit(NamedTuple):
    """One address that was found: a section, or the beginning of a chapter (without anchor and heading).

    `number` is the section's inside its chapter. `kind` is the chapter's: part, group, chapter or link. `status` and
    `areas` are the section's, where it has its own.
    """

    chapter_id: int
    kind: str
    amendment_id: int
    anchor: str
    number: str
    title: Marked
    heading: Marked
    passage: Marked
    status: str
    areas: list[str]


@dataclass(frozen=True)
class Group:
    """A chapter with the best of what was found in it, best first; `more` sections of it were found besides.

    Or else a keyword, with its meaning as `passage`: then there is no `line`.
    """

    line: Line | None
    title: Marked
    hits: list[Hit] = field(default_factory=list)
    more: int = 0
    meaning: Meaning | None = None
    passage: Marked = field(default_factory=list)


@dataclass(frozen=True)
class Results:
    """A page of chapters and keywords, best first, with what was found in them.

    `total` sections in `chapters` chapters were found, of which `whole` have every word, and some keywords:
    `entries` in all. `capped`: at least so many, for nobody counted further. `words` are those that were searched for,
    as typed. `corrected` is the query with its spelling put right, if that is what was searched for. `loose`: no
    section has every word, and these have some. `too_common`: nothing was looked for, since nearly every section has
    these words.
    """

    total: int = 0
    whole: int = 0
    chapters: int = 0
    entries: int = 0
    capped: bool = False
    groups: list[Group] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    corrected: str = ""
    loose: bool = False
    too_common: bool = False

    @property
    def more(self) -> int:
        """How many have only some of the words."""
        return self.total - self.whole

    @property
    def hits(self) -> list[Hit]:
        """All that are shown, in the order in which they stand on the page."""
        return [hit for group in self.groups for hit in group.hits]
