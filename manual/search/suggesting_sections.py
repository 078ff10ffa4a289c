"""Sections by the beginnings of words of their headings: there are too many to keep in memory, so the index is asked.

What comes back is stemmed and may hold a little too much: who suggests looks at the words themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from manual.models import Section
from manual.search.rows import amendment_of, key_of, position_of
from manual.search.stems import stem
from manual.search.words import COMMON, clean

Place = tuple[int, int]  # amendment and position in the index

LAST_CHARACTER = "\U0010ffff"
MOST_WORDS = 4
MOST_CONTINUATIONS = 40
MOST_FOUND = 2000
MOST_READ = 200


@dataclass(frozen=True)
class Headed:
    """A section with a heading; `amendment` says whose it is, `position` where in it."""

    amendment: int
    position: int
    anchor: str
    heading: str


@dataclass(frozen=True)
class Clause:
    """What stands for one typed word: whatever begins with one of these, or is one of these phrases."""

    beginnings: tuple[str, ...]
    phrases: tuple[str, ...]


def headed(words: Sequence[str], order: Mapping[int, int]) -> list[Headed]:
    """Sections with all these words in their heading, of the amendments that `order` has, in the order that it gives.

    At most a few hundred, however many there are. Three queries.
    """
    clauses = _clauses(words)
    if not clauses:
        return []
    on_postgres = connection.vendor == "postgresql"
    found = _find_postgres(clauses) if on_postgres else _find_sqlite(clauses)
    in_order = sorted([(order[place[0]], place[1], place) for place in found if place[0] in order])
    if not in_order:
        return []
    places = [place for _, _, place in in_order[:MOST_READ]]
    rows = {
        (row.amendment, row.position): row
        for row in (_read_postgres if on_postgres else _read_sqlite)(places)
    }
    return [rows[place] for place in places if place in rows]


def under(amendments: Collection[int]) -> list[Headed]:
    """Every section with a heading of these amendments. One query."""
    sections = (
        Section.objects.filter(amendment__in=amendments)
        .exclude(heading="")
        .exclude(anchor="")
        .order_by("amendment", "position")
        .values_list("amendment_id", "position", "anchor", "heading")
    )
    return [
        Headed(amendment, position, anchor, clean(heading))
        for amendment, position, anchor, heading in sections
    ]


def telling(words: Sequence[str]) -> list[str]:
    """Those that tell sections apart, the longest: single letters and words such as “the” stand everywhere."""
    long = [word for word in words if len(word) > 1]
    tells = [word for word in long if word not in COMMON] or long
    return sorted(dict.fromkeys(tells), key=len, reverse=True)[:MOST_WORDS]


def _clauses(words: Sequence[str]) -> list[Clause]:
    asked = telling(words)
    if not asked:
        return []
    beginnings = []
    for word in asked:
        n = words.index(word)
        # “e safety” may be written as one.
        pairs = [words[k] + words[k + 1] for k in (n - 1, n) if 0 <= k < len(words) - 1]
        beginnings.append((word, *pairs))
    written = _written(sorted({letters for each in beginnings for letters in each}))
    clauses = []
    for each in beginnings:
        # The index has stems. A word that begins so is found by its beginning, unless its stem is shorter than that.
        phrases = [
            phrase
            for letters in each
            for plain, phrase in [(letters, letters), *written]
            if plain.startswith(letters) and not (plain == phrase and stem(plain).startswith(letters))
        ]
        clauses.append(Clause(each, tuple(dict.fromkeys(phrases))))
    return clauses


def _written(words: Sequence[str]) -> list[tuple[str, str]]:
    """How the shortest words are written that begin with these."""
    each = (
        "SELECT * FROM (SELECT word, written FROM manual_search_vocabulary WHERE word >= %s AND word < %s "
        "ORDER BY length(word), word, written LIMIT %s) AS begun"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join([each] * len(words)),
            [part for word in words for part in (word, word + LAST_CHARACTER, MOST_CONTINUATIONS)],
        )
        return [(word, written) for word, written in cursor.fetchall()]


def _find_sqlite(clauses: Sequence[Clause]) -> list[Place]:
    every = []
    for clause in clauses:
        # Of letters, digits and spaces only, so that nothing in them means anything to FTS5.
        begun = [f'"{letters}" *' for letters in clause.beginnings]
        phrases = [f'"{phrase}"' for phrase in clause.phrases]
        every.append(f"({' OR '.join([*begun, *phrases])})")
    with connection.cursor() as cursor:
        cursor.execute(
            # In the table of names, where a word stands seldom; the newest first, which are likely to be in force.
            "SELECT rowid FROM manual_search_names WHERE manual_search_names MATCH %s ORDER BY rowid DESC LIMIT %s",
            [f"heading: ({' AND '.join(every)})", MOST_FOUND],
        )
        return [(amendment_of(key), position_of(key)) for (key,) in cursor.fetchall()]


def _read_sqlite(places: Sequence[Place]) -> list[Headed]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rowid, anchor, heading FROM manual_search "  # noqa: S608 # only placeholders
            f"WHERE rowid IN ({', '.join(['%s'] * len(places))})",
            [key_of(amendment, position) for amendment, position in places],
        )
        return [Headed(amendment_of(key), position_of(key), *texts) for key, *texts in cursor.fetchall()]


def _find_postgres(clauses: Sequence[Clause]) -> list[Place]:
    every, values = [], []
    for clause in clauses:
        # Beginnings as they are, which the English configuration would stem or leave out; phrases stemmed.
        every.append("to_tsquery('simple', %s)")
        values.append(" | ".join(f"'{letters}':*" for letters in clause.beginnings))
        if clause.phrases:
            every[-1] = f"({every[-1]} || to_tsquery('english', %s))"
            phrases = ([f"'{word}'" for word in phrase.split()] for phrase in clause.phrases)
            values.append(" | ".join(f"({' <-> '.join(quoted)})" for quoted in phrases))
    with connection.cursor() as cursor:
        cursor.execute(
            # Weight B is the heading. This expression has an index of its own: without it every row would be looked at
            # that has the words anywhere in its text. Asked for a few alone, PostgreSQL would read rows one by one.
            "WITH found AS MATERIALIZED (SELECT amendment_id, position FROM manual_search "  # noqa: S608
            f"WHERE ts_filter(document, '{{b}}') @@ ({' && '.join(every)})) SELECT * FROM found LIMIT %s",
            [*values, MOST_FOUND],
        )
        return [(amendment, position) for amendment, position in cursor.fetchall()]


def _read_postgres(places: Sequence[Place]) -> list[Headed]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT amendment_id, position, anchor, heading "
            "FROM unnest(%s::bigint[], %s::integer[]) AS wanted (amendment_id, position) "
            "JOIN manual_search USING (amendment_id, position)",
            [[amendment for amendment, _ in places], [position for _, position in places]],
        )
        return [Headed(*row) for row in cursor.fetchall()]
