"""What a row of the index tells, whatever is asked: that by which results are put in order. Pure."""

from __future__ import annotations

import math
from typing import NamedTuple

from manual.search.leads import LEADS
from manual.search.rows import Key, Stored
from manual.search.stems import stems_of, stems_of_name
from manual.search.words import folded

LONG = 600  # letters of stems
_READING = frozenset(
    f" {name} "
    for name in ("read", "further read", "other chapter", "see also", "read more", "relat chapter")
)
_ASIDE = (" record ", " read ", " relat ", " see ")


class Told(NamedTuple):
    """Stems have a space before, between and after them (see `stems_of`)."""

    key: Key
    anchor: str
    plain: str  # its heading, folded
    name: str  # the stems of its heading
    address: str  # those of its anchor
    text: str  # those of heading and text
    leads: str  # where it leads
    long: float  # how much longer it is than most
    reading: bool  # it only says where to read more
    aside: bool  # it keeps records or says where to read more


def told_of(row: Stored) -> Told:
    """What a row of the index tells."""
    text, _, leads = (row.stems or stems_of(f"{row.heading} {row.body}")).partition(LEADS)
    name = stems_of_name(row.heading)
    return Told(
        row.key,
        row.anchor,
        folded(row.heading),
        name,
        stems_of_name(row.anchor),
        text,
        leads,
        lengthy(text),
        name in _READING,
        any(word in name for word in _ASIDE),
    )


def lengthy(text: str) -> float:
    """How much longer a text is than most are."""
    return math.log(len(text) / LONG) if len(text) > LONG else 0.0
