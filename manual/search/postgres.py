"""The index on PostgreSQL: a tsvector of the folded text, since its parser takes “meetings/visits” for a path.

Weights tell where a word stands: A the title of a chapter, C the title over a section, B heading, D text.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from django.db import connection

from manual.search.marks import BEGIN, END, lay_over
from manual.search.rows import PLACES, SECTION, Found, Row
from manual.search.vocabulary import Term
from manual.search.words import fold

# A tsvector holds a megabyte at most.
LONGEST_TEXT = 200_000

# In the order D, C, B, A: title before heading before text, however often the text has the word.
WEIGHTS = "'{0.005, 0.01, 0.15, 1.0}'"

MATCHED = f"""
    WITH places AS ({PLACES}),
    matched AS MATERIALIZED (
        SELECT s.amendment_id, s.position, places.chapter_id, places.kind, places.position AS place,
            ts_rank_cd({WEIGHTS}, s.document, to_tsquery('english', %s), 1)
                + ts_rank_cd({WEIGHTS}, s.document, to_tsquery('english', %s), 1) AS score
        FROM manual_search AS s JOIN places ON places.amendment_id = s.amendment_id
        WHERE s.document @@ to_tsquery('english', %s)
            AND (s.position = 0 OR s.document @@ to_tsquery('english', %s))
    )
"""  # noqa: S608 # our own words

# Between heading and text stands a place that is in no phrase.
DOCUMENT = (
    """setweight(to_tsvector('english', %s), %s::"char") || '¶:1'::tsvector || """
    """setweight(to_tsvector('english', %s), 'B') || '¶:1'::tsvector || to_tsvector('english', %s)"""
)

HEADLINE = f"""HighlightAll=true, StartSel="{BEGIN}", StopSel="{END}\""""


def replace(amendments: Sequence[int], rows: Sequence[Row]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM manual_search WHERE amendment_id = ANY(%s)", [list(amendments)])
        cursor.executemany(
            "INSERT INTO manual_search "  # noqa: S608 # our own words
            "(amendment_id, position, title, heading, body, anchor, number, document) "
            f"VALUES (%s, %s, %s, %s, %s, %s, %s, {DOCUMENT})",
            [
                (
                    *(row.amendment, row.position, row.title, row.heading, row.body, row.anchor, row.number),
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


def find(terms: Sequence[Term], edition: int, limit: int, offset: int) -> tuple[int, list[Found]]:
    every = " & ".join(_any(term) for term in terms)
    # Whole words count again, so that they come before words that they only begin.
    whole = " & ".join(_any(Term(term.phrases)) for term in terms)
    inside = " | ".join(_any(term, "BD") for term in terms)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{MATCHED} SELECT counted.total, page.chapter_id, page.kind, s.amendment_id, s.anchor, s.number, "  # noqa: S608
            f"s.title, s.heading, s.body, {SECTION.format(amendment='s.amendment_id', anchor='s.anchor')} "
            "FROM (SELECT count(*) AS total FROM matched) AS counted "
            "LEFT JOIN (SELECT * FROM matched ORDER BY score DESC, place, position LIMIT %s OFFSET %s) AS page ON true "
            "LEFT JOIN manual_search AS s ON s.amendment_id = page.amendment_id AND s.position = page.position "
            "ORDER BY page.score DESC, page.place, page.position",
            [edition, every, whole, every, inside, limit, offset],
        )
        page = cursor.fetchall()
        total = page[0][0]
        found = [Found(*row) for _, *row in page if row[0] is not None]
        if not found:
            return total, []
        texts = [text for row in found for text in (row.title, row.heading, row.body)]
        cursor.execute(
            "SELECT ts_headline('english', folded, to_tsquery('english', %s), %s) "
            "FROM unnest(%s::text[]) WITH ORDINALITY AS texts (folded, nth) ORDER BY nth",
            [every, HEADLINE, [fold(text) for text in texts]],
        )
        marked = [
            lay_over(text, headline) for text, (headline,) in zip(texts, cursor.fetchall(), strict=True)
        ]
    return total, [
        dataclasses.replace(row, title=title, heading=heading, body=body)
        for row, title, heading, body in zip(found, marked[0::3], marked[1::3], marked[2::3], strict=True)
    ]


def chapters_with(phrases: Sequence[str], edition: int) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH places AS ({PLACES}) SELECT DISTINCT places.chapter_id "  # noqa: S608 # our own words
            "FROM manual_search AS s JOIN places ON places.amendment_id = s.amendment_id "
            "WHERE s.document @@ to_tsquery('english', %s)",
            [edition, " | ".join(_phrase(phrase, "BD") for phrase in phrases)],
        )
        return {chapter for (chapter,) in cursor.fetchall()}


def _any(term: Term, where: str = "") -> str:
    begun = [_phrase(term.begun, where, begun=True)] if term.begun else []
    return f"({' | '.join([*(_phrase(phrase, where) for phrase in term.phrases), *begun])})"


def _phrase(phrase: str, where: str = "", *, begun: bool = False) -> str:
    """Of letters and digits only between the quotes, so that nothing in them means anything to PostgreSQL."""
    *words, last = phrase.split()
    marks = f"*{where}" if begun else where
    return " <-> ".join([*(f"'{word}':{where}" for word in words), f"'{last}':{marks}"])
