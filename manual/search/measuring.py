"""How good search is: judged queries, each with the places that answer it, held against what a reader would see."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.db import connection

from manual import search
from manual.models import Contents
from manual.search.rows import LIVING
from manual.search.words import asked

LOOKED_AT = 10
GRADES = range(1, 4)


class JudgementsRefused(ValueError):
    """What is wrong with a file of judgements, and where; a sentence for whoever runs the command."""


@dataclass(frozen=True)
class Judgement:
    """A query, and the places that answer it with how well they do: 3 the very place, 2 good, 1 acceptable.

    A place is “chapter#section”, “chapter” for its beginning, or “keyword:slug”.
    """

    query: str
    kind: str
    right: dict[str, int]


@dataclass(frozen=True)
class Quality:
    """Means over queries, each from 0 to 1.

    `ndcg`: normalised discounted cumulative gain of the first ten, a place of grade g gaining 2**g - 1 (Järvelin and
    Kekäläinen 2002). `mrr`: one by the position of the first place that answers at all. `first`: the share of queries
    whose first result is as good as any can be.
    """

    queries: int
    ndcg: float
    mrr: float
    first: float


Shown = Callable[[str, Contents], list[str]]


def read(path: Path) -> list[Judgement]:
    """Raises JudgementsRefused."""
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise JudgementsRefused(f"{path} cannot be read: {error}") from error
    if not isinstance(rows, list):
        raise JudgementsRefused(f"{path} has to be a list of queries.")
    return [_judgement(row, f"{path}, query {n}") for n, row in enumerate(rows, 1)]


def missing(judgements: Iterable[Judgement], contents: Contents) -> list[str]:
    """The places that this edition does not have, each with its query."""
    from manual.models import Glossary, Section

    anchors: dict[int, set[str]] = {}
    for amendment, anchor in Section.objects.filter(amendment__in=contents.by_amendment).values_list(
        "amendment_id", "anchor"
    ):
        anchors.setdefault(amendment, set()).add(anchor)
    glossary = Glossary.of(contents.edition)
    wrong = []
    for judgement in judgements:
        for place in judgement.right:
            slug, _, anchor = place.partition("#")
            line = contents.by_slug.get(slug)
            there = (
                place.removeprefix("keyword:") in glossary.by_slug
                if place.startswith("keyword:")
                else line is not None and (not anchor or anchor in anchors.get(line.amendment_id, ()))
            )
            if not there:
                wrong.append(f"{place} (“{judgement.query}”)")
    return wrong


def shown(query: str, contents: Contents) -> list[str]:
    """The places that a reader sees on the first page, from above: what answers at once, then the sections."""
    at_once = search.answer(query, contents)
    places = [at_once.number_of.slug] if at_once.number_of else []
    places += [f"keyword:{meaning.slug}" for meaning in at_once.cards]
    for group in search.search(query, contents).groups:
        if group.meaning:
            places.append(f"keyword:{group.meaning.slug}")
        elif group.line:
            places += [f"{group.line.slug}#{hit.anchor}".removesuffix("#") for hit in group.hits]
    return list(dict.fromkeys(places))


def plain(query: str, contents: Contents) -> list[str]:
    """What the database alone would show: any of the words, ranked by its own BM25 (PostgreSQL: by ts_rank)."""
    words = [part for word in asked(query).words for part in word.parts]
    if not words:
        return []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT s.amendment_id, s.anchor FROM manual_search AS s, to_tsquery('english', %s) AS asked "  # noqa: S608
                f"WHERE s.document @@ asked AND {LIVING.format(amendment='s.amendment_id')} "
                "ORDER BY ts_rank(s.document, asked) DESC, s.amendment_id, s.position LIMIT %s",
                [" | ".join(f"'{word}'" for word in words), contents.edition.pk, LOOKED_AT],
            )
        else:
            cursor.execute(
                "SELECT rowid >> 20, anchor FROM manual_search WHERE manual_search MATCH %s "  # noqa: S608
                f"AND {LIVING.format(amendment='(manual_search.rowid >> 20)')} ORDER BY rank LIMIT %s",
                [" OR ".join(f'"{word}"' for word in words), contents.edition.pk, LOOKED_AT],
            )
        rows = cursor.fetchall()
    return [
        f"{contents.by_amendment[amendment].slug}#{anchor}".removesuffix("#") for amendment, anchor in rows
    ]


def measure(judgements: Sequence[Judgement], contents: Contents, how: Shown = shown) -> dict[str, Quality]:
    """By kind, and of all under “all”."""
    figures: dict[str, list[tuple[float, float, float]]] = {}
    for judgement in judgements:
        one = of_query(judgement, how(judgement.query, contents))
        figures.setdefault(judgement.kind, []).append(one)
    every = [one for ones in figures.values() for one in ones]
    return {kind: _mean(ones) for kind, ones in (*figures.items(), ("all", every)) if ones}


def of_query(judgement: Judgement, places: Sequence[str]) -> tuple[float, float, float]:
    """nDCG, reciprocal rank, and whether the first is as good as any."""
    grades = [judgement.right.get(place, 0) for place in places[:LOOKED_AT]]
    ideal = sorted(judgement.right.values(), reverse=True)[:LOOKED_AT]
    rank = next((n for n, grade in enumerate(grades, 1) if grade), 0)
    return (
        _gain(grades) / _gain(ideal),
        1 / rank if rank else 0.0,
        float(bool(grades) and grades[0] == ideal[0]),
    )


def held_out(judgements: Sequence[Judgement]) -> tuple[list[Judgement], list[Judgement]]:
    """Two halves, every second query of each kind in the other: one to look at while search is being improved, and one
    that is only ever measured."""
    seen: Counter[str] = Counter()
    halves: tuple[list[Judgement], list[Judgement]] = ([], [])
    for judgement in judgements:
        halves[seen[judgement.kind] % 2].append(judgement)
        seen[judgement.kind] += 1
    return halves


def _gain(grades: Iterable[int]) -> float:
    return sum((2.0**grade - 1) / math.log2(n + 1) for n, grade in enumerate(grades, 1))


def _mean(ones: Sequence[tuple[float, float, float]]) -> Quality:
    ndcg, mrr, first = (sum(figures) / len(ones) for figures in zip(*ones, strict=True))
    return Quality(len(ones), ndcg, mrr, first)


def _judgement(row: Any, where: str) -> Judgement:
    if not isinstance(row, dict) or set(row) != {"query", "kind", "right"}:
        raise JudgementsRefused(f"{where}: a query has query, kind and right, and nothing else.")
    right = row["right"]
    if not isinstance(row["query"], str) or not isinstance(row["kind"], str):
        raise JudgementsRefused(f"{where}: query and kind are words; put quotation marks around a number.")
    if not isinstance(right, list) or not right:
        raise JudgementsRefused(f"{where}: right is a list of at least one place, each with its grade.")
    places: dict[str, int] = {}
    for place in right:
        if not isinstance(place, dict) or set(place) != {"at", "grade"} or place["grade"] not in GRADES:
            raise JudgementsRefused(f"{where}: each place has at and grade, and grade is 1, 2 or 3.")
        places[str(place["at"])] = int(place["grade"])
    return Judgement(row["query"], row["kind"], places)
