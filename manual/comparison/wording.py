"""A line cut into words, and two lines to what was taken away and what was put in."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence
from typing import Literal, NamedTuple

from manual.comparison.alignment import Step, joined, steps, without_islands

# A number, an address or a compound is one word, and so is a telephone number with its spaces; a sign is one too.
_WORD = re.compile(
    r"\(?0\d{2,4}\)?[ \u00a0]\d{3,6}(?:[ \u00a0]\d{3,4})?\b|[^\W_]+(?:(?:[-‐‑’'./@&+]|(?<=\d)[,:](?=\d))[^\W_]+)*|\S"
)
_LETTER = re.compile(r"[^\W_]")

# Less than this in common, and the old words are easier to read by themselves and the new ones too.
_IN_COMMON = 0.4

Kind = Literal["same", "added", "removed"]


class Piece(NamedTuple):
    """Words of a line, with the spaces behind them, which are neither old nor new."""

    kind: Kind
    words: str


def cut(text: str) -> Iterator[tuple[str, str]]:
    """Each word, and the white space that follows it. What stands before the first word is left out."""
    found = list(_WORD.finditer(text))
    for place, word in enumerate(found):
        end = found[place + 1].start() if place + 1 < len(found) else len(text)
        yield word[0], text[word.end() : end]


def count(text: str) -> int:
    """How many words a reader would count: signs are none."""
    return sum(1 for word, _ in cut(text) if _LETTER.search(word))


def weight(word: str) -> int:
    return len(word) if _LETTER.search(word) else 0


def readable_steps(
    before: Sequence[Hashable], after: Sequence[Hashable], weights: tuple[Sequence[int], Sequence[int]]
) -> list[Step]:
    """The steps between two rows of words, without the islands that would make a salad of them."""
    return without_islands(steps(before, after), *weights)


def is_rewritten(found: Sequence[Step], before: Sequence[int], after: Sequence[int]) -> bool:
    """Whether too few words stand on both sides for them to be read as one text with changes."""
    old, new = [weight > 0 for weight in before], [weight > 0 for weight in after]
    same = sum(sum(old[step.b1 : step.b2]) + sum(new[step.a1 : step.a2]) for step in found if step.same)
    return same < _IN_COMMON * (sum(old) + sum(new))


def tracked_words(before: str, after: str) -> list[Piece]:
    """What changed between two lines, such as titles. No HTML: whoever shows the words escapes them.

    Leaving out what was added gives the words before, leaving out what was removed the words after; how many spaces
    stand between them is no change.
    """
    old, new = list(cut(before)), list(cut(after))
    old_words, new_words = [word for word, _ in old], [word for word, _ in new]
    weights = [weight(word) for word in old_words], [weight(word) for word in new_words]
    found = readable_steps(old_words, new_words, weights)
    if is_rewritten(found, *weights):
        found = joined([Step(False, 0, len(old), 0, len(new))])
    pieces: list[Piece] = []
    for step in found:
        if step.same:
            # The old space is needed where words behind it were taken away.
            words = "".join(word + (space and " ") for word, space in new[step.a1 : step.a2 - 1])
            last = step.a2 - 1
            space = new[last][1] or old[step.b2 - 1][1]
            pieces.append(Piece("same", f"{words}{new[last][0]}{space and ' '}"))
            continue
        gone, come = old[step.b1 : step.b2], new[step.a1 : step.a2]
        if gone:
            pieces.append(Piece("removed", "".join(word + (space and " ") for word, space in gone)))
        if come:
            pieces.append(Piece("added", "".join(word + (space and " ") for word, space in come)))
    if pieces:
        pieces[-1] = Piece(pieces[-1].kind, pieces[-1].words.rstrip())
    return pieces
