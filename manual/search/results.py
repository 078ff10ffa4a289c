"""What a search answers with."""

from __future__ import annotations

from dataclasses import dataclass, field

# Pieces of text in their order, each with whether it is marked: "child" in “child protection” is
# [("child", True), (" protection", False)]. Never HTML.
Marked = list[tuple[str, bool]]


@dataclass(frozen=True)
class Hit:
    """One address that has all the words: a section, or the beginning of a chapter (without anchor and heading).

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
    status: str = ""
    areas: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Results:
    """A page of hits, best first, of `total`; and the words that were searched for, as they were typed."""

    total: int = 0
    hits: list[Hit] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
