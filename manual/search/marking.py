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
        # Looked for one by one: to compile a pattern of them all takes longer than to read the texts of a page.
        self._beginnings: dict[str, list[int]] = {}
        for n, (words, _begun) in enumerate(self._phrases):
            self._beginnings.setdefault(_beginning(words[0]), []).append(n)

    def __bool__(self) -> bool:
        return bool(self._phrases)

    def spans(self, text: str) -> list[Span]:
        """From where to where each of the words stands, in order; none overlaps another."""
        plain = _plain(text)
        places: dict[int, list[int]] = {}
        for beginning, phrases in self._beginnings.items():
            at = plain.find(beginning)
            while at >= 0:
                if not at or not plain[at - 1].isalnum():
                    places[at] = sorted([*places[at], *phrases]) if at in places else phrases
                at = plain.find(beginning, at + 1)
        found: list[Span] = []
        end = 0
        for at in sorted(places):
            # Those that are longer are tried first.
            if at >= end and (until := self._settle(plain, at, places[at])):
                found.append((at, until))
                end = until
        return found

    def _settle(self, plain: str, at: int, phrases: Iterable[int]) -> int:
        """Where the first of these phrases that stands there ends; 0 if none does but only looked like it."""
        for n in phrases:
            if end := _follows(plain, at, self._phrases[n][0], self._wanted[n]):
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


def _beginning(word: str) -> str:
    """What stands wherever a word does, and hardly anywhere else. A stem may end otherwise than the word does."""
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
    if plain.isascii() or (len(plain) == len(text) and not _RARE.search(plain)):
        return plain
    return fold(text)
