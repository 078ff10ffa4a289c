"""The index on PostgreSQL: a tsvector of the folded text, since its parser takes “meetings/visits” for a path.

Weights tell where a word stands: A the title of a chapter, C the title over a section, B heading, D text.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction

from manual.search.rows import (
    AREAS,
    BITS,
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
    amendment_of,
    position_of,
    with_those_called_so,
)
from manual.search.terms import Term
from manual.search.words import COMMON, fold

# A tsvector holds a megabyte at most.
LONGEST_TEXT = 200_000
COUNTED = 200
LEAST_ALIKE = 0.2
# How much its rank says of a row beside the words that it has: as much as this many rare ones.
RANK_SAYS = 3.0

# In the order D, C, B, A: title before heading before text, however often the text has the word.
WEIGHTS = "'{0.05, 0.1, 0.4, 1.0}'"

# Between heading and text stands a place that is in no phrase.
DOCUMENT = (
    """setweight(to_tsvector('english', %s), %s::"char") || '¶:1'::tsvector || """
    """setweight(to_tsvector('english', %s), 'B') || '¶:1'::tsvector || to_tsvector('english', %s)"""
)

KEY = f"s.amendment_id << {BITS} | s.position"
WITH_STEMS = "s.stems, CASE s.stems WHEN '' THEN s.body ELSE '' END, '', NULL"
TSQUERY = "to_tsquery('english', %s)"


def replace(amendments: Sequence[int], rows: Sequence[Row]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM manual_search WHERE amendment_id = ANY(%s)", [list(amendments)])
        cursor.executemany(
            "INSERT INTO manual_search "  # noqa: S608 # our own words
            "(amendment_id, position, title, heading, body, anchor, number, stems, document) "
            f"VALUES (%s, %s, %s, %s, %s, %s, %s, %s, {DOCUMENT})",
            [
                (
                    *(row.amendment, row.position, row.title, row.heading, row.body, row.anchor, row.number),
                    row.stems,
                    *(fold(row.title), "C" if row.position else "A"),
                    *(fold(row.heading), fold(row.body)[:LONGEST_TEXT]),
                )
                for row in rows
            ],
        )


def keep_only_published() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM manual_search WHERE amendment_id NOT IN "
            "(SELECT id FROM manual_amendment WHERE status = 'published')"
        )


def put_in_order() -> None:
    """What it knows of the words is right at once, and not only when it looks by itself.

    What was written last stands beside an index until then, and every search reads all of it. Another's index is left.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE manual_search")
        cursor.execute(
            "SELECT gin_clean_pending_list(its.oid) FROM pg_index JOIN pg_class AS its ON its.oid = indexrelid "
            "JOIN pg_am ON pg_am.oid = its.relam AND pg_am.amname = 'gin' "
            "WHERE indrelid IN ('manual_search'::regclass, 'manual_search_vocabulary'::regclass) "
            "AND pg_has_role(its.relowner, 'USAGE')"
        )


def find(wanted: Wanted) -> dict[Key, float]:
    """Where there are too many to look at all, those with the words in their names are looked up by themselves, since
    they matter most."""
    some, without = _any(wanted.terms), _without(wanted)
    every = some if wanted.loose else _every(wanted.terms)
    where, where_values = _where(wanted)
    most = None if wanted.every else MOST_LOOSE if wanted.loose else MOST_FOUND
    named = []
    # A word that many have is looked up in the index all the same: reading every text takes far longer than the planner
    # believes.
    with transaction.atomic(), connection.cursor() as cursor:
        # Nor is every row walked through by its key.
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off; SET LOCAL jit = off"
        )
        has = "".join(f", s.document @@ {TSQUERY}" for _ in wanted.terms) if wanted.loose else ""
        cursor.execute(
            f"SELECT {KEY}, ts_rank_cd({WEIGHTS}, s.document, {TSQUERY}, 1){has} "  # noqa: S608
            f"FROM manual_search AS s WHERE s.document @@ {TSQUERY} "
            f"AND (s.position = 0 OR s.document @@ {TSQUERY}) AND {where} LIMIT %s",
            [
                every,
                *([_term(term) for term in wanted.terms] if wanted.loose else []),
                every + without,
                _any(wanted.terms, "BD"),
                *where_values,
                most,
            ],
        )
        rows = cursor.fetchall()
        if most is not None and len(rows) >= most:
            # What is not to be there is not to be in the text either.
            lacks = f"AND NOT s.document @@ {TSQUERY} " if wanted.excluded else ""
            cursor.execute(
                f"SELECT {KEY}, "  # noqa: S608 # our own words
                "length(CASE s.position WHEN 0 THEN s.title ELSE s.heading END) FROM manual_search AS s "
                f"WHERE ts_filter(s.document, '{{a,b,c}}') @@ {TSQUERY} "
                f"AND (s.position = 0 OR s.document @@ {TSQUERY}) {lacks}AND {where} LIMIT %s",
                [
                    every,
                    _any(wanted.terms, "B"),
                    *([_any(wanted.excluded)] if wanted.excluded else []),
                    *where_values,
                    MOST_NAMED,
                ],
            )
            named = cursor.fetchall()
    found = _weighed(rows, len(wanted.terms)) if wanted.loose else dict(rows)
    found = with_those_called_so(found, named, wanted.terms)
    # The contents that are asked for may be older, by a moment, than what the database has.
    return {key: score for key, score in found.items() if key >> BITS in wanted.amendments}


def fetch(keys: Iterable[Key], what: What) -> dict[Key, Stored]:
    body = {"text": "s.body", "status": "''"}[what]
    section = OF_SECTION.format(amendment="s.amendment_id", anchor="s.anchor")
    return _fetched(f"'', {body}, {STATUS}, {AREAS}::text", [(key, key) for key in keys], section)


def fetch_from_to(spans: Iterable[tuple[Key, Key]]) -> dict[Key, Stored]:
    return _fetched(WITH_STEMS, list(spans))


def _fetched(columns: str, spans: Sequence[tuple[Key, Key]], section: str = "") -> dict[Key, Stored]:
    if not spans:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {KEY}, s.anchor, s.number, s.heading, {columns} "  # noqa: S608 # our own words
            "FROM unnest(%s::bigint[], %s::integer[], %s::integer[]) AS asked (amendment_id, first, last) "
            "JOIN manual_search AS s ON s.amendment_id = asked.amendment_id "
            f"AND s.position BETWEEN asked.first AND asked.last {section}",
            [
                [amendment_of(first) for first, _ in spans],
                [position_of(first) for first, _ in spans],
                [position_of(last) for _, last in spans],
            ],
        )
        return {row[0]: Stored._make(row) for row in cursor.fetchall()}


def how_often(tried: Sequence[Sequence[Term]], edition: int) -> list[int]:
    if not tried:
        return []
    counts = [
        f"(SELECT count(*) FROM (SELECT 1 FROM manual_search AS s WHERE s.document @@ {TSQUERY} "  # noqa: S608
        f"AND {LIVING.format(amendment='s.amendment_id')} LIMIT {COUNTED}) AS counted)"
        for _ in tried
    ]
    values = [value for terms in tried for value in (_every(terms), edition)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(counts)}", values)
        return list(cursor.fetchone())


def chapters_with(phrases: Sequence[str], edition: int) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH places AS ({PLACES}) SELECT DISTINCT places.chapter_id "  # noqa: S608 # our own words
            "FROM manual_search AS s JOIN places ON places.amendment_id = s.amendment_id "
            f"WHERE s.document @@ {TSQUERY}",
            [edition, " | ".join(_phrase(phrase, "BD") for phrase in phrases)],
        )
        return {chapter for (chapter,) in cursor.fetchall()}


def alike(word: str, most: int) -> list[str]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL pg_trgm.similarity_threshold = {LEAST_ALIKE}")
        cursor.execute(
            "SELECT word FROM (SELECT DISTINCT word FROM manual_search_vocabulary "
            "WHERE word %% %s AND length(word) BETWEEN %s AND %s) AS words "
            "ORDER BY similarity(word, %s) DESC, word LIMIT %s",
            [word, len(word) - 2, len(word) + 2, word, most],
        )
        return [found for (found,) in cursor.fetchall()]


def _weighed(rows: Sequence[tuple[Any, ...]], terms: int) -> dict[Key, float]:
    """PostgreSQL does not weigh how rare a word is, so that is done here: by those that were found."""
    rare = [math.log((len(rows) + 1) / (sum(row[2 + n] for row in rows) + 0.5)) for n in range(terms)]
    best = max((row[1] for row in rows), default=0.0) or 1.0
    return {
        key: RANK_SAYS * rank / best + sum(weight for weight, there in zip(rare, has, strict=True) if there)
        for key, rank, *has in rows
    }


def _without(wanted: Wanted) -> str:
    return f" & !({_any(wanted.excluded)})" if wanted.excluded else ""


def _where(wanted: Wanted) -> tuple[str, list[Any]]:
    if not wanted.narrowed:
        return LIVING.format(amendment="s.amendment_id"), [wanted.edition]
    return "s.amendment_id = ANY(%s)", [list(wanted.amendments)]


def _every(terms: Sequence[Term], where: str = "") -> str:
    return f"({' & '.join(_term(term, where) for term in terms)})"


def _any(terms: Sequence[Term], where: str = "") -> str:
    return f"({' | '.join(_term(term, where) for term in terms)})"


def _term(term: Term, where: str = "") -> str:
    words = [[_phrase(phrase, where) for phrase in _told(phrases)] for phrases in term.each]
    if term.begun:
        words[-1].append(_phrase(term.begun, where, begun=True))
    # What PostgreSQL leaves out of every text is asked of none.
    telling = [
        word
        for word, phrases in zip(words, term.each, strict=True)
        if not COMMON.issuperset(phrases[0].split())
    ] or words
    together = " & ".join(f"({' | '.join(word)})" for word in telling)
    return f"({' | '.join([f'({together})', *(_phrase(other, where) for other in _told(term.others, first=False))])})"


def _told(phrases: Sequence[str], *, first: bool = True) -> list[str]:
    """The first, if it stands for what was typed, and the others but for those of which PostgreSQL leaves one word: of
    “s 47” it would look for any 47."""
    return [
        phrase
        for n, phrase in enumerate(phrases)
        if (first and not n) or " " not in phrase or sum(word not in COMMON for word in phrase.split()) > 1
    ]


def _phrase(phrase: str, where: str = "", *, begun: bool = False) -> str:
    """Of letters and digits only between the quotes, so that nothing in them means anything to PostgreSQL."""
    *words, last = phrase.split()
    marks = f"*{where}" if begun else where
    return " <-> ".join([*(f"'{word}':{where}" for word in words), f"'{last}':{marks}"])
