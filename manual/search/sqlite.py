"""The index on SQLite: an FTS5 table, which stems and ignores accents by itself.

The key of a row says which amendment and position it has, so that all of an amendment are neighbours.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import islice

from django.db import connection

from manual.search.rows import (
    AREAS,
    BITS,
    LAST_POSITION,
    LIVING,
    MOST_FOUND,
    MOST_LOOSE,
    MOST_NAMED,
    OF_SECTION,
    PLACES,
    STATUS,
    Key,
    Row,
    Stored,
    Wanted,
    What,
    key_of,
    with_those_called_so,
)
from manual.search.terms import Term

COUNTED = 200
AT_ONCE = 500

# Marks the rows that are chapters, in a column of its own.
CHAPTER = "xchapter"
IS_CHAPTER = f'mark: "{CHAPTER}"'
AMENDMENT = f"(manual_search.rowid >> {BITS})"

# What is stored is read from the table behind that of the index: by its key alone, which takes half the time.
STORED = "manual_search_content"
ANCHOR, NUMBER, HEADING, BODY, STEMS = "c3", "c4", "c1", "c2", "c5"
KEY = f"{STORED}.id"
WITH_STEMS = (
    f"{KEY}, {ANCHOR}, {NUMBER}, {HEADING}, {STEMS}, CASE {STEMS} WHEN '' THEN {BODY} ELSE '' END, '', NULL"
)

# A chapter is told by its own title; a section is not found for that of its chapter alone.
WEIGHTS = f"CASE WHEN manual_search.rowid & {LAST_POSITION} THEN 0.0 ELSE 20.0 END, 10.0, 1.0"


def replace(amendments: Sequence[int], rows: Sequence[Row]) -> None:
    taken = [(key_of(amendment), key_of(amendment, LAST_POSITION)) for amendment in amendments]
    with connection.cursor() as cursor:
        for table in ("manual_search", "manual_search_names"):
            cursor.executemany(f"DELETE FROM {table} WHERE rowid BETWEEN %s AND %s", taken)  # noqa: S608 # our own
        keys = [key_of(row.amendment, row.position) for row in rows]
        marked = ["" if row.position else CHAPTER for row in rows]
        cursor.executemany(
            "INSERT INTO manual_search (rowid, title, heading, body, anchor, number, stems) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [
                (key, row.title, row.heading, row.body, row.anchor, row.number, row.stems)
                for key, row in zip(keys, rows, strict=True)
            ],
        )
        cursor.executemany(
            "INSERT INTO manual_search_names (rowid, title, heading, mark) VALUES (%s, %s, %s, %s)",
            [(key, row.title, row.heading, mark) for key, row, mark in zip(keys, rows, marked, strict=True)],
        )


def keep_only_published() -> None:
    with connection.cursor() as cursor:
        for table in ("manual_search", "manual_search_names"):
            cursor.execute(
                f"DELETE FROM {table} WHERE rowid >> {BITS} NOT IN "  # noqa: S608 # our own words
                "(SELECT id FROM manual_amendment WHERE status = 'published')"
            )


def put_in_order() -> None:
    """What was written piece by piece is read more quickly as a whole."""
    with connection.cursor() as cursor:
        for table in ("manual_search", "manual_search_names"):
            cursor.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608 # our own words


def find(wanted: Wanted) -> dict[Key, float]:
    """Where there are too many to look at all, those with the words in their names are looked up in a table of their
    own, since they matter most."""
    named, anywhere = _matches(wanted)
    most = MOST_LOOSE if wanted.loose else MOST_FOUND
    living = wanted.amendments
    found: dict[Key, float] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT rowid, bm25(manual_search, {WEIGHTS}) FROM manual_search "  # noqa: S608 # our own words
            "WHERE manual_search MATCH %s",
            [anywhere],
        )
        # Read as it comes: the many that another edition has, or that are too many, cost nothing more.
        while (wanted.every or len(found) < most) and (rows := cursor.fetchmany(AT_ONCE)):
            # A section whose chapter's title alone has the words is worth nothing.
            found.update({key: -score for key, score in rows if score and key >> BITS in living})
    if wanted.every or len(found) < most:
        return found
    # What is not to be there is not to be in the text either.
    without = "rowid NOT IN (SELECT rowid FROM manual_search WHERE manual_search MATCH %s)"
    letters = f"length(CASE WHEN rowid & {LAST_POSITION} THEN heading ELSE title END)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT rowid, {letters} FROM manual_search_names "  # noqa: S608 # our own words
            f"WHERE manual_search_names MATCH %s AND {without if wanted.excluded else 'TRUE'}",
            [named, *([_any(wanted.excluded)] if wanted.excluded else [])],
        )
        # Counted here, for the first of them may be of editions long ago.
        called = list(islice((row for row in cursor if row[0] >> BITS in living), MOST_NAMED))
    return with_those_called_so(found, called, wanted.terms)


def fetch(keys: Iterable[Key], what: What) -> dict[Key, Stored]:
    asked = list(keys)
    if not asked:
        return {}
    body = {"text": BODY, "status": "''"}[what]
    section = OF_SECTION.format(amendment=f"({KEY} >> {BITS})", anchor=ANCHOR)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {KEY}, {ANCHOR}, {NUMBER}, {HEADING}, '', {body}, {STATUS}, {AREAS} "  # noqa: S608
            f"FROM json_each(%s) AS asked CROSS JOIN {STORED} ON {KEY} = asked.value {section}",
            [json.dumps(asked)],
        )
        return {row[0]: Stored._make(row) for row in cursor.fetchall()}


def fetch_from_to(spans: Iterable[tuple[Key, Key]]) -> dict[Key, Stored]:
    asked = list(spans)
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {WITH_STEMS} FROM json_each(%s) AS span CROSS JOIN {STORED} "  # noqa: S608 # our own words
            f"WHERE {KEY} BETWEEN json_extract(span.value, '$[0]') AND json_extract(span.value, '$[1]')",
            [json.dumps(asked)],
        )
        return {row[0]: Stored._make(row) for row in cursor.fetchall()}


def how_often(tried: Sequence[Sequence[Term]], edition: int) -> list[int]:
    if not tried:
        return []
    counts = [
        f"(SELECT count(*) FROM (SELECT 1 FROM manual_search WHERE manual_search MATCH %s "  # noqa: S608
        f"AND {LIVING.format(amendment=AMENDMENT)} LIMIT {COUNTED}))"
        for _ in tried
    ]
    values = [value for terms in tried for value in (_every(terms), edition)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(counts)}", values)
        return list(cursor.fetchone())


def chapters_with(phrases: Sequence[str], edition: int) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH places AS ({PLACES} LIMIT -1) SELECT DISTINCT places.chapter_id "  # noqa: S608
            f"FROM manual_search CROSS JOIN places ON places.amendment_id = {AMENDMENT} "
            "WHERE manual_search MATCH %s",
            [edition, f"{{heading body}}: ({' OR '.join(_quoted(phrases))})"],
        )
        return {chapter for (chapter,) in cursor.fetchall()}


def alike(word: str, most: int) -> list[str]:
    threes = dict.fromkeys(word[n : n + 3] for n in range(len(word) - 2))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT word FROM manual_search_spelling WHERE manual_search_spelling MATCH %s "
            "AND length(word) BETWEEN %s AND %s ORDER BY rank LIMIT %s",
            [" OR ".join(_quoted(threes)), len(word) - 2, len(word) + 2, most],
        )
        return [found for (found,) in cursor.fetchall()]


def _matches(wanted: Wanted) -> tuple[str, str]:
    """What the table of names is asked, and what that of everything is."""
    without = f" NOT ({_any(wanted.excluded)})" if wanted.excluded else ""
    some = _any(wanted.terms)
    if wanted.loose:
        return f"heading: ({some}) OR ({IS_CHAPTER} AND title: ({some}))", f"({some}){without}"
    every = _every(wanted.terms)
    return (
        f"{{title heading}}: ({every}) AND ({IS_CHAPTER} OR heading: ({some}))",
        f"({every}){without}",
    )


def _every(terms: Sequence[Term]) -> str:
    return " AND ".join(_term(term) for term in terms)


def _any(terms: Sequence[Term]) -> str:
    return " OR ".join(_term(term) for term in terms)


def _term(term: Term) -> str:
    words = [" OR ".join(_quoted(phrases)) for phrases in term.each]
    if term.begun:
        words[-1] += f' OR "{term.begun}" *'
    together = " AND ".join(f"({word})" for word in words)
    return f"(({together}){''.join(f' OR {other}' for other in _quoted(term.others))})"


def _quoted(phrases: Iterable[str]) -> list[str]:
    # Of letters, digits and spaces only, so that nothing in them means anything to FTS5.
    return [f'"{phrase}"' for phrase in phrases]
