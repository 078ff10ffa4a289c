"""What goes into the index and what comes out of it, whichever database keeps it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from manual.search.vocabulary import Term

# Where an edition has its living chapters: what withdrawn and gone ones say is not in force.
PLACES = (
    "SELECT n.amendment_id, n.chapter_id, n.position, c.kind FROM manual_entry AS n "
    "JOIN manual_chapter AS c ON c.id = n.chapter_id "
    "WHERE n.edition_id = %s AND NOT n.gone AND n.withdrawn_in_id IS NULL"
)


# What a section is and to whom it applies is read where it is stored, not kept in the index.
SECTION = (
    "COALESCE((SELECT section.status FROM manual_section AS section "
    "WHERE section.amendment_id = {amendment} AND section.anchor = {anchor}), ''), "
    "(SELECT section.areas FROM manual_section AS section "
    "WHERE section.amendment_id = {amendment} AND section.anchor = {anchor})"
)


@dataclass(frozen=True)
class Row:
    """One address of an amendment: position 0 is the chapter with its first words, the others are its sections.

    Known by amendment and position and not by the section's key: a text that is rendered anew has new sections.
    """

    amendment: int
    position: int
    anchor: str
    number: str
    title: str
    heading: str
    body: str


@dataclass(frozen=True)
class Found:
    """A row that was found, the words in its texts between marks.BEGIN and marks.END."""

    chapter: int
    kind: str
    amendment: int
    anchor: str
    number: str
    title: str
    heading: str
    body: str
    status: str
    stored_areas: str | None  # as JSON; None where no section stands behind the row

    @property
    def areas(self) -> list[str]:
        return list(json.loads(self.stored_areas or "[]"))


class Index(Protocol):
    """What a database has to do."""

    def replace(self, amendments: Sequence[int], rows: Sequence[Row]) -> None:
        """Put these rows in place of all that there are of the amendments."""

    def keep_only_published(self) -> None:
        """Take out the rows of amendments that are not published."""

    def find(self, terms: Sequence[Term], edition: int, limit: int, offset: int) -> tuple[int, list[Found]]:
        """How many rows an edition has with every term, and a page of them. Two queries.

        A section is not found for its chapter's title alone: then only the chapter is.
        """
        raise NotImplementedError

    def chapters_with(self, phrases: Sequence[str], edition: int) -> set[int]:
        """The chapters of an edition with any of these phrases in headings and text. One query."""
        raise NotImplementedError
