"""Finds in any text the words that were searched for: by stem, whatever the case, accents and quotation marks. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from manual.search.stems import stem
from manual.search.terms import Term
from manual.search.words import COMMON, fold

Span = tuple[int, int]

MOST_PHRASES = 200

_WORDS = re.compile(r"[^\W_]+")
# A letter that is not as plain as those of English.
_RARE = re.compile(r"[^\W\d_a-z]")
_ENDING = r"[^\W_]*"
_BETWEEN = r"[\W_]{1,4}"


class Marker:
    """The words of one query, ready to be looked for in many texts. False where there is nothing to look for."""

    def __init__(self, terms: Iterable[Term]) -> None:
        phrases: dict[str, bool] = {}
        for term in terms:
            for phrase in term.phrases:
                phrases.setdefault(phrase, False)
            if term.begun:
                phrases[term.begun] = True
        several = [phrase for phrase in phrases if phrase not in COMMON] or list(phrases)
        several.sort(key=lambda phrase: (-len(phrase), phrase))
        self._phrases = [(tuple(phrase.split()), phrases[phrase]) for phrase in several[:MOST_PHRASES]]
        self._wanted = [
            (tuple(stem(word) for word in words), words[-1] if begun else "")
            for words, begun in self._phrases
        ]
        self._pattern = (
            re.compile(
                r"(?<![^\W_])(?:"
                + "|".join(f"({_sketch(words)})" for words, _ in self._phrases)
                + r")(?![^\W_])"
            )
            if self._phrases
            else None
        )

    def __bool__(self) -> bool:
        return self._pattern is not None

    def spans(self, text: str) -> list[Span]:
        """From where to where each of the words stands, in order; none overlaps another."""
        if self._pattern is None:
            return []
        plain = _plain(text)
        found: list[Span] = []
        at = 0
        while match := self._pattern.search(plain, at):
            end = self._settle(plain, match)
            if end:
                found.append((match.start(), end))
            at = end or match.start() + 1
        return found

    def _settle(self, plain: str, match: re.Match[str]) -> int:
        """Where what is found there ends; 0 if it only looked like it. The longest that is right."""
        first = (match.lastindex or 1) - 1
        for (words, _begun), wanted in zip(self._phrases[first:], self._wanted[first:], strict=True):
            end = _follows(plain, match.start(), words, wanted)
            if end:
                return end
        return 0


def _follows(plain: str, start: int, words: Sequence[str], wanted: tuple[tuple[str, ...], str]) -> int:
    """Where a phrase that begins at `start` ends; 0 if another stands there."""
    stems, begun = wanted
    end = start
    for n, one in enumerate(stems):
        match = _WORDS.search(plain, end, end + 80)
        if match is None or (n and match.start() - end > 4) or (not n and match.start() != start):
            return 0
        word = match[0]
        last = n == len(stems) - 1
        if word != words[n] and stem(word) != one and not (last and begun and word.startswith(begun)):
            return 0
        end = match.end()
    return end


def _sketch(words: Sequence[str]) -> str:
    """What stands wherever a phrase does, and hardly anywhere else. A stem may end otherwise than the word does."""
    return _BETWEEN.join(re.escape(_beginning(word)) + _ENDING for word in words)


def _beginning(word: str) -> str:
    least = stem(word)
    shared = 0
    while shared < min(len(word), len(least)) and word[shared] == least[shared]:
        shared += 1
    if any(sign.isdigit() for sign in word):
        return word
    return word[: max(1, min(shared, len(least) - 1 if len(least) > 2 else shared))]


def _plain(text: str) -> str:
    """Its letters as `fold` has them, one sign for each, but quickly where there is nothing rare in a text."""
    plain = text.lower()
    return plain if len(plain) == len(text) and not _RARE.search(plain) else fold(text)
