"""The words of the manual as they are written, unstemmed: one table, the same on both databases.

Stems alone cannot tell that “adopti” begins “adoption”, whose stem is “adopt”, nor that “esafety” is “e-safety”.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from manual.search.words import COMMON, Word

Spelling = tuple[str, str]

SHORTEST_BEGINNING = 2
MOST_CONTINUATIONS = 40
BATCH = 400
LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True)
class Term:
    """What stands for one word that was asked for: any of these phrases, or one that goes on from `begun`."""

    phrases: tuple[str, ...]
    begun: str = ""


def terms(words: Sequence[Word]) -> list[Term]:
    """The words with their other spellings; the last of them may be the beginning of a word. One query."""
    last = words[-1]
    # “hepatitis b” is no beginning of “hepatitis before”.
    begun = last.phrase if len(last.parts[-1]) >= SHORTEST_BEGINNING else ""
    known: dict[str, list[str]] = {}
    for plain, written in _look_up({word.joined for word in words}, last.joined if begun else ""):
        known.setdefault(plain, []).append(written)
    found = []
    for word in words:
        # Phrases in their order, each once.
        phrases = dict.fromkeys([word.phrase, word.joined, *known.get(word.joined, [])])
        if word is last and begun and (last.joined not in known or last.joined in COMMON):
            for plain, continued in known.items():
                if plain.startswith(last.joined):
                    phrases.update(dict.fromkeys(continued))
        found.append(Term(tuple(phrases), begun if word is last else ""))
    return found


def add(spellings: Iterable[Spelling]) -> None:
    # In order, so that two who add the same words wait for each other instead of both for ever.
    ordered = sorted(set(spellings))
    with connection.cursor() as cursor:
        for start in range(0, len(ordered), BATCH):
            batch = ordered[start : start + BATCH]
            cursor.execute(
                "INSERT INTO manual_search_vocabulary (word, written) VALUES "  # noqa: S608 # only placeholders
                f"{', '.join(['(%s, %s)'] * len(batch))} ON CONFLICT DO NOTHING",
                [part for spelling in batch for part in spelling],
            )


def keep_only(spellings: set[Spelling]) -> None:
    """Take out what nobody writes any more. Until then it leads to nothing, and does no harm."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT word, written FROM manual_search_vocabulary")
        unused = sorted(set(cursor.fetchall()) - spellings)
        cursor.executemany("DELETE FROM manual_search_vocabulary WHERE word = %s AND written = %s", unused)


def _look_up(words: Iterable[str], begun: str) -> list[Spelling]:
    """How these words are written, and the shortest that go on from a beginning."""
    exact = sorted(words)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, written FROM manual_search_vocabulary "  # noqa: S608 # only placeholders
            f"WHERE word IN ({', '.join(['%s'] * len(exact))}) "
            "UNION "
            "SELECT word, written FROM (SELECT word, written FROM manual_search_vocabulary "
            "WHERE word > %s AND word < %s ORDER BY length(word), word, written LIMIT %s) AS longer "
            "ORDER BY word, written",
            [*exact, begun, begun + LAST_CHARACTER, MOST_CONTINUATIONS if begun else 0],
        )
        return [(word, written) for word, written in cursor.fetchall()]
