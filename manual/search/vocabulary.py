"""The words of the manual as they are written, unstemmed: one table, the same on both databases.

Stems alone cannot tell that “adopti” begins “adoption”, whose stem is “adopt”, nor that “esafety” is “e-safety”.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from django.db import connection

from manual.search.meanings import Others
from manual.search.questions import FEWEST_WORDS, carries
from manual.search.stems import numbers_of
from manual.search.terms import Term
from manual.search.words import COMMON, Asked, Word

Spelling = tuple[str, str]

SHORTEST_BEGINNING = 2
MOST_CONTINUATIONS = 40
BATCH = 400
# A word that nearly every section has.
PROBE = "the"
FEWEST_SECTIONS = 100
LEAST_WEIGHT = 0.2
# Other names of what is said in so many sections anyway tell nothing.
LEAST_NAMED = 1.3
# Of a word that only carries a question.
CARRIED = 0.6
_AMERICAN = re.compile(r"iz(e|ed|er|ers|es|ing|ation|ations)$")
LAST_CHARACTER = "\U0010ffff"
STAMP = ""  # no word


def terms(asked: Asked, others: Others) -> tuple[list[Term], str]:
    """What has to be there, in the order of the query, and the stamp of the index; the last word may be the beginning
    of one. One query.

    Words that together are a name of something are one term, with whatever else it is called.
    """
    words = list(asked.words)
    named = _named(words, others)
    telling = set(asked.telling)
    last = words[-1]
    # “hepatitis b” is no beginning of “hepatitis before”.
    begins = last if not last.exact and len(last.parts[-1]) >= SHORTEST_BEGINNING else None
    known = _Known(words, begins, [phrase for _, called in named.values() for phrase in called])
    question = len(asked.telling) >= FEWEST_WORDS
    found: list[Term] = []
    n = 0
    while n < len(words):
        length, called = named.get(n, (1, []))
        group = words[n : n + length]
        if length == 1 and not called and group[0] not in telling:
            n += 1
            continue
        # “In” tells nothing, in “child in care” either.
        own = [word for word in group if not word.common] or group
        follows = words[n + 1] if length == 1 and n + 1 < len(words) and n + 1 not in named else None
        # “safe guarding” may be written “safeguarding”.
        if follows in telling and (together := known.pair(group[0], follows)):
            group = own = [group[0], follows]
            called = [*called, *together]
        weights = tuple(known.weight(word, called) for word in own)
        if length == 1 and len(own) == 1 and len(own[0].parts) == 1:
            if weights[0] < LEAST_NAMED:
                called = []
            if question and carries(own[0].phrase):
                weights = (weights[0] * CARRIED,)
        found.append(
            Term(
                tuple(known.spellings(word) for word in own),
                tuple(dict.fromkeys(each for phrase in called for each in numbers_of(phrase))),
                last.phrase if own[-1] is begins else "",
                weights,
            )
        )
        n += len(group)
    return found, known.stamp


def apart(terms: Sequence[Term]) -> list[Term]:
    """Each word of the terms by itself, and each phrase that means the same as several of them."""
    found = []
    for term in terms:
        for n, phrases in enumerate(term.each):
            others = term.others if len(term.each) == 1 else ()
            found.append(
                Term(
                    (phrases,), others, term.begun if n == len(term.each) - 1 else "", term.weights[n : n + 1]
                )
            )
        if len(term.each) > 1:
            found += [Term(((other,),), (), "", (term.weight,)) for other in term.others]
    return found


def excluded(asked: Asked) -> list[Term]:
    """What is not to be there, written as it was typed."""
    return [Term(((word.phrase, *word.others),)) for word in asked.excluded]


def known_words(words: Iterable[str]) -> set[str]:
    """Which of these, folded and without hyphens, the manual has ever used. One query."""
    return {word for word, _written, _uses in _look_up(words, "")} - {STAMP}


class _Known:
    """How the words of a query are written in the manual, and how often. One query."""

    def __init__(self, words: Sequence[Word], begins: Word | None, called: Sequence[str] = ()) -> None:
        self._begins = begins
        joined = {form for word in words for form in (*_british(word.joined), *word.parts)}
        pairs = {f"{one.joined}{two.joined}" for one, two in pairwise(words) if not (one.exact or two.exact)}
        self._written: dict[str, list[str]] = {}
        self._uses: dict[str, int] = {}
        self.stamp = ""
        for plain, written, uses in _look_up(
            {*joined, *pairs, *(word for phrase in called for word in phrase.split()), PROBE},
            begins.joined if begins else "",
        ):
            if plain == STAMP:
                self.stamp += written
                continue
            self._written.setdefault(plain, []).append(written)
            self._uses[plain] = self._uses.get(plain, 0) + uses
        # Nearly every section has it, so that it tells how many sections there are.
        self._sections = max(FEWEST_SECTIONS, self._uses.get(PROBE, 0))

    def pair(self, one: Word, two: Word) -> list[str]:
        """How two words are written as one, if they are and not by a hyphen alone."""
        return [] if one.exact or two.exact else self._written.get(f"{one.joined}{two.joined}", [])

    def spellings(self, word: Word) -> tuple[str, ...]:
        """The phrases that stand for a word, in their order, each once."""
        if word.exact:
            return (word.phrase,)
        forms = _british(word.joined)
        phrases = dict.fromkeys([word.phrase, *word.others])
        for form in forms:
            phrases.update(dict.fromkeys([*numbers_of(form), *self._written.get(form, [])]))
        if word is self._begins and (word.joined not in self._written or word.joined in COMMON):
            for plain, continued in self._written.items():
                if plain.startswith(word.joined):
                    phrases.update(dict.fromkeys(continued))
        return tuple(phrases)

    def weight(self, word: Word, called: Sequence[str] = ()) -> float:
        """How much a word tells: the more, the fewer sections have it. Of one that none has, how much the phrases do
        for what is `called` so."""
        if word.exact or word.others:
            return 1.5 * self._of(0)
        joined = max(self._uses.get(form, 0) for form in _british(word.joined))
        uses = max(joined, min(self._uses.get(part, 0) for part in word.parts))
        if not uses and word is self._begins:
            uses = sum(count for plain, count in self._uses.items() if plain.startswith(word.joined))
        if not uses and called:
            uses = max(min(self._uses.get(part, 0) for part in phrase.split()) for phrase in called)
        return self._of(uses)

    def _of(self, uses: int) -> float:
        return max(LEAST_WEIGHT, math.log(1 + self._sections / (uses + 2)))


def _british(joined: str) -> tuple[str, ...]:
    """A word, and how it is spelt in British English if it may be American: “radicalization”."""
    british = _AMERICAN.sub(r"is\1", joined)
    return (joined, british) if british != joined else (joined,)


def _named(words: Sequence[Word], others: Others) -> dict[int, tuple[int, list[str]]]:
    """Where names stand in a query: how many words each has, and what else the thing is called. Longest first."""
    named: dict[int, tuple[int, list[str]]] = {}
    n = 0
    while n < len(words):
        for length in range(min(others.longest, len(words) - n), 0, -1):
            group = words[n : n + length]
            if length > 1 and any(word.exact for word in group):
                continue
            if all(word.common for word in group) and not _shouted(group):
                continue
            called = others.of([part for word in group for part in word.parts])
            if called:
                named[n] = (length, called)
                n += length - 1
                break
        n += 1
    return named


def _shouted(group: Sequence[Word]) -> bool:
    """Whether a word that is usually common was typed as an abbreviation: IT."""
    return all(len(word.typed) > 1 and word.typed.isupper() for word in group)


def add(spellings: Counter[Spelling]) -> None:
    """These words are used in so many more sections. What is taken out is not subtracted: until the next rebuilding
    a word that was written anew counts twice, which does no harm."""
    # In order, so that two who add the same words wait for each other instead of both for ever.
    ordered = sorted(spellings)
    with connection.cursor() as cursor:
        for start in range(0, len(ordered), BATCH):
            batch = ordered[start : start + BATCH]
            cursor.execute(
                "INSERT INTO manual_search_vocabulary AS known (word, written, uses) VALUES "  # noqa: S608 # only placeholders
                f"{', '.join(['(%s, %s, %s)'] * len(batch))} "
                "ON CONFLICT (word, written) DO UPDATE SET uses = known.uses + excluded.uses",
                [part for spelling in batch for part in (*spelling, spellings[spelling])],
            )


def keep_only(spellings: Counter[Spelling]) -> None:
    """Take out what nobody writes any more, and count exactly. Until then it leads to nothing, and does no harm."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT word, written, uses FROM manual_search_vocabulary")
        known = {(word, written): uses for word, written, uses in cursor.fetchall()}
        cursor.executemany(
            "DELETE FROM manual_search_vocabulary WHERE word = %s AND written = %s",
            sorted(known.keys() - spellings.keys()),
        )
        cursor.executemany(
            "UPDATE manual_search_vocabulary SET uses = %s WHERE word = %s AND written = %s",
            [
                (uses, *spelling)
                for spelling, uses in sorted(spellings.items())
                if spelling in known and known[spelling] != uses
            ],
        )


def _look_up(words: Iterable[str], begun: str) -> list[tuple[str, str, int]]:
    """How these words are written, and the shortest that go on from a beginning; each with how often it is used.

    The stamps of the index come with them, in place of how STAMP is written.
    """
    exact = sorted(words)
    if not exact and not begun:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, written, uses FROM manual_search_vocabulary "  # noqa: S608 # only placeholders
            f"WHERE word IN ({', '.join(['%s'] * len(exact))}) "
            "UNION "
            "SELECT word, written, uses FROM (SELECT word, written, uses FROM manual_search_vocabulary "
            "WHERE word > %s AND word < %s ORDER BY length(word), word, written LIMIT %s) AS longer "
            "UNION ALL SELECT '', stamp, 0 FROM manual_search_written ORDER BY word, written",
            [*exact, begun, begun + LAST_CHARACTER, MOST_CONTINUATIONS if begun else 0],
        )
        return [(word, written, uses) for word, written, uses in cursor.fetchall()]
