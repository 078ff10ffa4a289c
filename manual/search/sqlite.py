"""The index on SQLite: an FTS5 table, which stems, ignores accents and marks by itself.

The key of a row says which amendment and position it has, so that all of an amendment are neighbours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection

from manual.search.marks import BEGIN, END
from manual.search.rows import PLACES, SECTION, Found, Row
from manual.search.vocabulary import Term

BITS = 20
LAST_POSITION = (1 << BITS) - 1

# A chapter is told by its own title; over a section the title says only what the section is about.
WEIGHTS = f"CASE WHEN manual_search.rowid & {LAST_POSITION} THEN 2.0 ELSE 100.0 END, 20.0, 1.0"

MATCHED = f"""
    WITH places AS ({PLACES} LIMIT -1),
    matched AS (
        SELECT manual_search.rowid AS key, places.chapter_id, places.kind, places.position,
            bm25(manual_search, {WEIGHTS}) AS score
        FROM manual_search CROSS JOIN places ON places.amendment_id = manual_search.rowid >> {BITS}
        WHERE manual_search MATCH %s AND (
            manual_search.rowid & {LAST_POSITION} = 0
            OR manual_search.rowid IN (SELECT rowid FROM manual_search WHERE manual_search MATCH %s)
        )
    )
"""  # noqa: S608 # our own words


def replace(amendments: Sequence[int], rows: Sequence[Row]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "DELETE FROM manual_search WHERE rowid BETWEEN %s AND %s",
            [(key << BITS, key << BITS | LAST_POSITION) for key in amendments],
        )
        cursor.executemany(
            "INSERT INTO manual_search (rowid, title, heading, body, anchor, number) VALUES (%s, %s, %s, %s, %s, %s)",
            [
                (
                    row.amendment << BITS | row.position,
                    row.title,
                    row.heading,
                    row.body,
                    row.anchor,
                    row.number,
                )
                for row in rows
            ],
        )


def keep_only_published() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM manual_search WHERE rowid >> {BITS} NOT IN "  # noqa: S608 # our own number
            "(SELECT id FROM manual_amendment WHERE status = 'published')"
        )


def find(terms: Sequence[Term], edition: int, limit: int, offset: int) -> tuple[int, list[Found]]:
    every = " AND ".join(_any(term) for term in terms)
    inside = f"{{heading body}}: ({' OR '.join(_any(term) for term in terms)})"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{MATCHED} SELECT counted.total, page.key, page.chapter_id, page.kind "  # noqa: S608
            "FROM (SELECT count(*) AS total FROM matched) AS counted "
            "LEFT JOIN (SELECT * FROM matched ORDER BY score, position, key LIMIT %s OFFSET %s) AS page ON 1 "
            "ORDER BY page.score, page.position, page.key",
            [edition, every, inside, limit, offset],
        )
        page = cursor.fetchall()
        total = page[0][0]
        chapters = {key: (chapter, kind) for _, key, chapter, kind in page if key is not None}
        if not chapters:
            return total, []
        cursor.execute(
            "SELECT rowid, anchor, number, "  # noqa: S608 # only placeholders
            "highlight(manual_search, 0, %s, %s), highlight(manual_search, 1, %s, %s), "
            "highlight(manual_search, 2, %s, %s), "
            f"{SECTION.format(amendment=f'(manual_search.rowid >> {BITS})', anchor='manual_search.anchor')} "
            f"FROM manual_search WHERE manual_search MATCH %s AND rowid IN ({', '.join(['%s'] * len(chapters))})",
            [*(BEGIN, END) * 3, every, *chapters],
        )
        marked = {key: texts for key, *texts in cursor.fetchall()}
    return total, [
        Found(chapter, kind, key >> BITS, *marked[key])
        for key, (chapter, kind) in chapters.items()
        if key in marked
    ]


def chapters_with(phrases: Sequence[str], edition: int) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH places AS ({PLACES} LIMIT -1) SELECT DISTINCT places.chapter_id "  # noqa: S608
            f"FROM manual_search CROSS JOIN places ON places.amendment_id = manual_search.rowid >> {BITS} "
            "WHERE manual_search MATCH %s",
            [edition, f"{{heading body}}: ({' OR '.join(_quoted(phrases))})"],
        )
        return {chapter for (chapter,) in cursor.fetchall()}


def _any(term: Term) -> str:
    begun = [f'"{term.begun}" *'] if term.begun else []
    return f"({' OR '.join([*_quoted(term.phrases), *begun])})"


def _quoted(phrases: Iterable[str]) -> list[str]:
    # Of letters, digits and spaces only, so that nothing in them means anything to FTS5.
    return [f'"{phrase}"' for phrase in phrases]
