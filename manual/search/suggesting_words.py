"""How what is being typed is compared with a name: every typed word begins a word of it. Pure.

Accents, capitals, quotes and hyphens make no difference: “esafety”, “e safety” and “e-safety” are the same, on either
side. A singular stands for its plural and the other way round.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

from manual.search.results import Marked
from manual.search.words import LONGEST_WORD, MOST_WORDS, clean, fold

LONGEST = 300
# In fewer letters than this a section is not looked for by the title over it.
SHORTEST_OF_A_TITLE = 3

T = TypeVar("T")

Span = tuple[int, int]

_RUN = re.compile(r"\S+")


def typed_words(typed: str) -> list[str]:
    """What has been typed so far, word by word; nothing as long as it could mean anything."""
    words = [word[:LONGEST_WORD] for word in fold(clean(typed[:LONGEST])).split()[:MOST_WORDS]]
    # A digit may be a whole number, a letter is no word yet.
    return words if len(words) > 1 or any(len(word) > 1 or word.isdigit() for word in words) else []


def close_up(text: str) -> str:
    """A cleaned text without anything between its words, to see whether two are the same."""
    return "".join(fold(text).split())


def words_in(text: str) -> list[tuple[str, list[Span]]]:
    """The words of a cleaned text, each with where it stands: “E-Safety” has e, esafety (in two pieces) and safety."""
    folded = fold(text)
    runs = [run.span() for run in _RUN.finditer(folded)]
    found = []
    for n, (start, end) in enumerate(runs):
        found.append((folded[start:end], [(start, end)]))
        last = n
        # As long as only a sign, such as a hyphen, stands between one and the next.
        while last + 1 < len(runs) and runs[last + 1][0] == runs[last][1] + 1 and text[runs[last][1]] != " ":
            last += 1
            if runs[last][1] - start > LONGEST_WORD:
                break
        if last > n:
            spans = runs[n : last + 1]
            found.append(("".join(folded[begin:until] for begin, until in spans), spans))
    return found


def other_numbers(word: str) -> list[str]:
    """Its singular, if it may be a plural, or the plural that it does not begin itself."""
    if len(word) < 4:
        return []
    if word.endswith("ies"):
        return [f"{word[:-3]}y"]
    if word.endswith("y"):
        return [f"{word[:-1]}ies"]
    if word.endswith("s") and not word.endswith("ss"):
        return [word[:-1]]
    return []


def begins(typed: str, word: str) -> bool:
    return word.startswith(typed) or word in other_numbers(typed)


def found_by_all(words: Sequence[str], find: Callable[[str], T], every: T) -> T:
    """What has every word, put together from what has each (`find`); two words may be written as one.

    For sets of names as for true and false: whatever has & and |.
    """
    after, after_next = every, every
    for n in reversed(range(len(words))):
        here = find(words[n]) & after  # type: ignore[operator]
        if n + 1 < len(words):
            here |= find(words[n] + words[n + 1]) & after_next  # type: ignore[operator]
        after, after_next = here, after
    return after


def adds_to(heading: str, title: str, words: Sequence[str]) -> bool:
    """Whether a heading has these words, or those of them that the title of its chapter has not.

    What begins with a letter or two may not be in the title: too many titles have that.
    """
    own = [word for word, _spans in words_in(heading)]
    if _has_all(words, own, []):
        return True
    above = [word for word, _spans in words_in(title)]
    return not _has_all(words, above, []) and _has_all(words, own, above)


def _has_all(words: Sequence[str], own: Sequence[str], above: Sequence[str]) -> bool:
    def has(typed: str) -> bool:
        there = own if len(typed) < SHORTEST_OF_A_TITLE else [*own, *above]
        return any(begins(typed, word) for word in there)

    return found_by_all(words, has, True)


def mark(words: Sequence[str], text: str, beginning: int = 0) -> Marked:
    """A cleaned text in pieces: the beginnings that were typed are marked, and so many letters at its own beginning."""
    marked = [place < beginning for place in range(len(text))]
    pairs = [first + second for first, second in pairwise(words)]
    for word, spans in words_in(text):
        for typed in (*words, *pairs):
            if begins(typed, word):
                end = _end(spans, len(typed) if word.startswith(typed) else len(word))
                marked[spans[0][0] : end] = [True] * (end - spans[0][0])
    return _pieces(text, marked)


def _end(spans: Sequence[Span], letters: int) -> int:
    """Where so many letters of a word end that may stand in several pieces."""
    for start, end in spans:
        if letters <= end - start:
            return start + letters
        letters -= end - start
    return spans[-1][1]


def _pieces(text: str, marked: Sequence[bool]) -> Marked:
    found: Marked = []
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or marked[place] != marked[start]:
            found.append((text[start:place], marked[start]))
            start = place
    return found
