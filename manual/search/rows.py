"""What goes into the index and what comes out of it, whichever database keeps it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from manual.search.terms import Term

# Where an edition has its living chapters: what withdrawn and gone ones say is not in force.
PLACES = (
    "SELECT n.amendment_id, n.chapter_id, n.position, c.kind FROM manual_entry AS n "
    "JOIN manual_chapter AS c ON c.id = n.chapter_id "
    "WHERE n.edition_id = %s AND NOT n.gone AND n.withdrawn_in_id IS NULL"
)
# Asked row by row, it costs the same however large the manual is.
LIVING = (
    "EXISTS (SELECT 1 FROM manual_entry AS n WHERE n.amendment_id = {amendment} AND n.edition_id = %s "
    "AND NOT n.gone AND n.withdrawn_in_id IS NULL)"
)

# What a section is and to whom it applies is read where it is stored, not kept in the index.
OF_SECTION = (
    "LEFT JOIN manual_section AS section ON section.amendment_id = {amendment} AND section.anchor = {anchor}"
)
STATUS = "COALESCE(section.status, '')"
AREAS = "section.areas"

# Enough for the best to be among them: those with the words in titles and headings, and others. A word that more
# sections have tells none of them apart, and to look at every one would keep the reader waiting.
MOST_NAMED = 1_000
MOST_FOUND = 1_000
MOST_LOOSE = 2_000

# Amendment and position in one number, since there are thousands at once; those of an amendment are neighbours.
Key = int
BITS = 20
LAST_POSITION = (1 << BITS) - 1
# Of a row: its text with what is stored of the section, or the latter alone.
What = Literal["text", "status"]


def key_of(amendment: int, position: int = 0) -> Key:
    return amendment << BITS | position


def amendment_of(key: Key) -> int:
    return key >> BITS


def position_of(key: Key) -> int:
    return key & LAST_POSITION


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
    stems: str  # of heading and text, to tell quickly how well it answers, and where they lead


@dataclass(frozen=True)
class Wanted:
    """What to look for, and where: in `amendments`, which are all that live in an edition unless it is `narrowed`."""

    terms: Sequence[Term]
    excluded: Sequence[Term]
    edition: int
    amendments: Set[int]
    narrowed: bool = False
    # Whether it is enough to have some of the terms: then a row counts the more, the rarer those are that it has.
    loose: bool = False
    # Whether all are to be found, however many there are.
    every: bool = False


class Stored(NamedTuple):
    """A row as the index has it, with what is stored of its section."""

    key: Key
    anchor: str
    number: str
    heading: str
    stems: str
    body: str
    status: str
    stored_areas: str | None  # as JSON; None where no section stands behind the row

    @property
    def areas(self) -> list[str]:
        # Most have none of their own.
        return [] if self.stored_areas in (None, "[]") else list(json.loads(self.stored_areas))


def with_those_called_so(
    found: dict[Key, float], called: Iterable[tuple[Key, int]], terms: Iterable[Term]
) -> dict[Key, float]:
    """What was found, with those besides that have the words in their names, of so many letters.

    Where little else is in a name, it comes before the best of what was found; behind it otherwise.
    """
    letters = 2 * sum(len(phrases[0]) for term in terms for phrases in term.each if phrases)
    best = max(found.values(), default=1.0)
    for key, length in called:
        found.setdefault(key, best * (0.5 + min(1.0, letters / max(1, length))))
    return found


class Index(Protocol):
    """What a database has to do."""

    def replace(self, amendments: Sequence[int], rows: Sequence[Row]) -> None:
        """Put these rows in place of all that there are of the amendments."""

    def keep_only_published(self) -> None:
        """Take out the rows of amendments that are not published."""

    def put_in_order(self) -> None:
        """Once all is written, whatever makes it quicker to read."""

    def find(self, wanted: Wanted) -> dict[Key, float]:
        """The rows with every term (loose: with some), each with a score: the higher, the better. One query, and one
        more where there are so many that not all are looked at.

        A section is not found for its chapter's title alone: then only the chapter is.
        """
        raise NotImplementedError

    def fetch(self, keys: Iterable[Key], what: What) -> dict[Key, Stored]:
        """These rows with what is asked of them; the other fields are empty. One query."""
        raise NotImplementedError

    def fetch_from_to(self, spans: Iterable[tuple[Key, Key]]) -> dict[Key, Stored]:
        """The rows of each span, from a key to another of the same amendment, in order and with their stems. One
        query."""
        raise NotImplementedError

    def how_often(self, tried: Sequence[Sequence[Term]], edition: int) -> list[int]:
        """How many rows of an edition have all of some terms, for each of the sequences; not counted far. One query."""
        raise NotImplementedError

    def chapters_with(self, phrases: Sequence[str], edition: int) -> set[int]:
        """The chapters of an edition with any of these phrases in headings and text. One query."""
        raise NotImplementedError

    def alike(self, word: str, most: int) -> list[str]:
        """Words of the manual that look like one, the likest first. One query."""
        raise NotImplementedError
