"""A draft brought up to date: the changes of two people to one text, joined where they do not touch the same words.

Lines first; where both changed the same line, its sentences, so that two mends in one long paragraph join. What
cannot be joined is never decided here: both texts stay, between lines that say so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from manual.comparison.alignment import Step, steps
from manual.rendering.language import gettext as _
from manual.rendering.language import gettext_noop

# Begins every line that tells of a clash. Nobody writes it by chance, and it is refused when it is left.
MARKER = "⚠⚠⚠"
# What the lines say that tell of a clash, in the language of the site: see `marked`.
YOURS = gettext_noop("Both changed the words below. Your words:")
THEIRS = gettext_noop("The words in force now:")
GONE = gettext_noop("(nothing: the words were taken out)")
END = gettext_noop("Keep what is right, then delete the lines that begin with ⚠⚠⚠.")

_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_SENTENCES = re.compile(r"\S[^\n]*?(?:[.!?]+[”\"’)\]*_]*(?=\s)|(?=\n)|\Z)|\s+")


class Clash(NamedTuple):
    """A place that both changed. `line` is that of its first marker in the joined text, from 1."""

    line: int
    base: str
    theirs: str
    mine: str


@dataclass(frozen=True)
class Merged:
    """The joined text; it can be taken as it is only if there are no clashes."""

    text: str
    clashes: tuple[Clash, ...]

    @property
    def is_settled(self) -> bool:
        return not self.clashes


class _Part(NamedTuple):
    """A stretch of the text: what stood there, and what each made of it."""

    base: str
    theirs: str
    mine: str

    @property
    def joined(self) -> str | None:
        """The text that both would agree to; None if each changed it in another way."""
        if self.theirs == self.mine or self.theirs == self.base:
            return self.mine
        return self.theirs if self.mine == self.base else None


def merged(base: str, theirs: str, mine: str) -> Merged:
    """`mine` with what `theirs` changed since `base`. Ends of lines are those of Unix; nothing else is tidied.

    Where a clash stands, the text has marker lines, then my words, then theirs, whole lines both: no word of either
    is lost, and `unsettled` finds the markers for whoever must refuse them.
    """
    base, theirs, mine = (text.replace("\r\n", "\n").replace("\r", "\n") for text in (base, theirs, mine))
    whole = _Part(base, theirs, mine)
    if whole.joined is not None:
        return Merged(whole.joined, ())
    pieces: list[str] = []
    clashes: list[Clash] = []
    for part, agreed in _sewn(_parts(_LINES, whole), _agreed):
        if agreed is not None:
            pieces.append(agreed)
            continue
        if pieces and not pieces[-1].endswith("\n"):
            pieces.append("\n")
        line = sum(piece.count("\n") for piece in pieces) + 1
        clashes.append(Clash(line, part.base, part.theirs, part.mine))
        pieces.append(_clash(part))
    return Merged("".join(pieces), tuple(clashes))


def unsettled(text: str) -> list[int]:
    """The lines, from 1, on which a marker is left, wherever in the line."""
    return [number for number, line in enumerate(text.split("\n"), start=1) if MARKER in line]


def marked(words: str) -> str:
    """The line with one of these sentences."""
    return f"{MARKER} {_(words)}"


def _clash(part: _Part) -> str:
    mine, theirs = _whole_lines(part.mine), _whole_lines(part.theirs)
    return f"{marked(YOURS)}\n{mine}{marked(THEIRS)}\n{theirs}{marked(END)}\n"


def _whole_lines(text: str) -> str:
    if not text.strip():
        return f"{marked(GONE)}\n"
    return text if text.endswith("\n") else f"{text}\n"


def _agreed(part: _Part) -> str | None:
    """The lines joined sentence by sentence; None where both changed the same sentence.

    Not word by word: “five working days” and “three calendar days” would join to what nobody wrote.
    """
    if part.joined is not None:
        return part.joined
    sentences = [agreed for _smaller, agreed in _sewn(_parts(_SENTENCES, part), attrgetter("joined"))]
    if any(sentence is None for sentence in sentences):
        return None
    return "".join(sentence for sentence in sentences if sentence is not None)


def _parts(cut: re.Pattern[str], whole: _Part) -> Iterator[_Part]:
    """The texts side by side, cut wherever it is sure what in the three belongs together."""
    base, theirs, mine = (cut.findall(text) for text in whole)
    edges = _edges(steps(base, theirs)), _edges(steps(base, mine))
    at = [0, 0, 0]
    for place in range(len(base) + 1):
        if place not in edges[0] or place not in edges[1]:
            continue
        # What was put in at an edge is a part of its own, between what stands before it and behind it.
        for side in (0, 1):
            upto = [place, edges[0][place][side], edges[1][place][side]]
            if upto != at:
                yield _Part(
                    *(
                        "".join(row[start:end])
                        for row, start, end in zip((base, theirs, mine), at, upto, strict=True)
                    )
                )
                at = upto


def _sewn(parts: Iterable[_Part], agreed: Callable[[_Part], str | None]) -> list[tuple[_Part, str | None]]:
    """The parts with what both agree to. Where one took away the space before what the other put in, they touched the
    same place after all."""
    sewn: list[tuple[_Part, str | None]] = []
    for part in parts:
        words = agreed(part)
        sewn.append((part, words))
        if not words or words[0].isspace():
            continue
        place = len(sewn) - 2
        while place >= 0 and sewn[place][1] == "":
            place -= 1
        before = sewn[place][1] if place >= 0 else None
        if before and not before[-1].isspace():
            torn = _Part(
                *("".join(texts) for texts in zip(*(one for one, _agreed_to in sewn[place:]), strict=True))
            )
            sewn[place:] = [(torn, agreed(torn))]
    return sewn


def _edges(found: list[Step]) -> dict[int, tuple[int, int]]:
    """Places between pieces of the base, and from where to where that place is now."""
    edges = {0: (0, 0)}
    for step in found:
        start = edges[step.b1][0]
        edges[step.b1] = (start, step.a1)
        if step.b1 == step.b2:
            edges[step.b1] = (start, step.a2)
        elif step.same:
            for offset in range(1, step.b2 - step.b1 + 1):
                edges[step.b1 + offset] = (step.a1 + offset, step.a1 + offset)
        else:
            edges[step.b2] = (step.a2, step.a2)
    return edges
