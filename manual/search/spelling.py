"""Words that were typed wrongly, put right from the manual's own words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rapidfuzz.distance import OSA

from manual.search import vocabulary
from manual.search.stems import stem
from manual.search.words import LONGEST_WORD, Asked, Word

_DOUBLED = re.compile(r"(.)\1")
SHORTEST = 3
SHORTEST_PART = 3
SHORTEST_GUESSED = 6  # letters, for the first of them to be wrong
MOST_WRONG = 4  # words of one query
LOOKED_AT = 150
TRIED = 6

# How often each of several queries finds something, counted a little way only.
HowOften = Callable[[Sequence[Asked]], list[int]]
Alike = Callable[[str, int], list[str]]
Known = Callable[[str], bool]


@dataclass(frozen=True)
class Correction:
    """What was asked for with its words put right, and how that is written."""

    asked: Asked
    query: str


def corrected(
    asked: Asked, query: str, alike: Alike, how_often: HowOften, is_known: Known = lambda word: False
) -> Correction | None:
    """The query with each word that the manual does not have, in any ending, replaced by the likest that it has; none
    where there is no such word, or none is alike. A word that `is_known` otherwise is right as it is.

    Where several are equally alike, the one is taken that finds most together with the other words.
    """
    wrong = _unknown(asked, is_known)
    if not wrong:
        return None
    right: dict[Word, Word] = {}
    for word in wrong[:MOST_WRONG]:
        candidates = [*_split(word), *_alike(word, alike)][:TRIED]
        if not candidates:
            continue
        others = tuple(
            right.get(other, other) for other in asked.words if other not in wrong or other in right
        )
        tried = [replace(asked, words=(*others, candidate)) for candidate in candidates]
        alone = [Asked((candidate,)) for candidate in candidates]
        counts = how_often([*tried, *alone])
        together, by_itself = counts[: len(tried)], counts[len(tried) :]
        ranked = sorted(
            range(len(candidates)), key=lambda n: (not together[n], -by_itself[n] * (together[n] > 0), n)
        )
        nearest = min(_distance(word.joined, candidate.joined) for candidate in candidates)
        ranked = [
            n for n in ranked if by_itself[n] and _distance(word.joined, candidates[n].joined) <= nearest
        ]
        if ranked:
            right[word] = candidates[ranked[0]]
    if not right:
        return None
    written = query
    for word, better in right.items():
        # The word itself, and not what begins or ends like it.
        whole = rf"(?<![^\W_]){re.escape(word.typed)}(?![^\W_])"
        written = re.sub(whole, better.typed, written)
    return Correction(replace(asked, words=tuple(right.get(word, word) for word in asked.words)), written)


def _unknown(asked: Asked, is_known: Known) -> list[Word]:
    """The words that the manual has never used in any spelling."""
    words = [
        word
        for word in asked.telling
        if not word.exact
        and len(word.joined) >= SHORTEST
        and not any(sign.isdigit() for sign in word.joined)
        and not is_known(word.joined)
    ]
    if not words:
        return []
    pairs = {f"{one.joined}{two.joined}": {one, two} for one, two in pairwise(asked.words)}
    stems = [stem(word.joined) for word in words]
    known = vocabulary.known_words([*(word.joined for word in words), *stems, *pairs])
    # “Whistle blowing” is written as one.
    paired = {word for pair, both in pairs.items() if pair in known for word in both}
    return [
        word
        for word in words
        if not known.intersection((word.joined, stem(word.joined))) and word not in paired
    ]


def _alike(word: Word, alike: Alike) -> list[Word]:
    """The likest first: those that differ by a letter, in a long word by two; those that begin alike before others."""
    found = []
    for candidate in alike(word.joined, LOOKED_AT):
        if stem(candidate) == stem(word.joined):
            # “Starving” is no slip: the manual says “starved”.
            return []
        if len(word.joined) < SHORTEST_GUESSED and candidate[0] not in word.joined[:2]:
            # Nearly every short word is like another; “kids” are not “aids”.
            continue
        distance = _distance(word.joined, candidate)
        if distance <= _allowed(word.joined):
            found.append(
                (distance, candidate[0] != word.joined[0], abs(len(candidate) - len(word.joined)), candidate)
            )
    return [Word(candidate, (candidate,)) for *_, candidate in sorted(found)]


def _split(word: Word) -> list[Word]:
    """Two words of the manual that were written as one."""
    joined = word.joined[:LONGEST_WORD]
    halves = [(joined[:n], joined[n:]) for n in range(SHORTEST_PART, len(joined) - SHORTEST_PART + 1)]
    known = vocabulary.known_words(half for pair in halves for half in pair) if halves else set()
    return [Word(f"{one} {two}", (one, two)) for one, two in halves if one in known and two in known]


def _allowed(word: str) -> int:
    return 1 if len(word) < 6 else 2 if len(word) < 12 else 3


def _distance(word: str, other: str) -> float:
    """By how many letters two words differ; a letter that is doubled, or not, is half a mistake."""
    letters = OSA.distance(word, other)
    single = OSA.distance(_DOUBLED.sub(r"\1", word), _DOUBLED.sub(r"\1", other)) + 0.5
    return float(min(letters, single)) if letters else 0.0
