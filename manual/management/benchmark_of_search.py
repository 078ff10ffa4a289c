"""How long readers wait for search: a fixed list of queries, each as a whole page and as suggestions while typing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from manual.management.benchmark import (
    FEWEST_READINGS,
    HOST,
    MOST_READINGS,
    PageKind,
    median,
    read,
    worst,
)
from manual.models import Edition, Entry, Section

# Of a chapter: 10,000 chapters have about 100,000 sections.
SECTIONS = 10

# What people type, of words that the made-up manual has. Another list would make figures that cannot be compared.
QUERIES = {
    "one word": ["bruising", "chronology", "hospital", "interpreter", "placement"],
    "two words": [
        "risk assessment",
        "police referral",
        "information sharing",
        "injury interview",
        "foster placement",
    ],
    "three words": [
        "child protection plan",
        "police referral meeting",
        "strategy discussion timescale",
        "review of the placement order",
        "hospital injury interview",
    ],
    "phrase": ['"strategy discussion"', '"core group"', '"emergency protection order"', '"protection plan" review'],
    "beginning": ["strat", "bruis", "child prot", "emergency prot", "safegu"],
    "misspelt": ["stratgey", "brusing", "chronolgy report", "emergnecy protection order", "refferal to polcie"],
    "abbreviation": ["LADO", "FGM", "EPO", "icpc timescale", "lac review"],
    "number": ["1.1", "1.4", "1.2.3", "section 47", "99.99"],
    "common word": ["child", "family", "the child", "child family agency police", "child -family"],
    "nothing found": ["zzyzx", "qwrtpsdfg", "jxqk vwxz", "“jxqkvwxz”"],
}  # fmt: skip
ALL = "all"


@dataclass(frozen=True)
class Measured:
    """How long the queries of a kind took: milliseconds of each reading."""

    kind: str
    queries: int
    search: list[float] = field(default_factory=list)
    suggestions: list[float] = field(default_factory=list)


def sections() -> int:
    """How many the edition in force has."""
    entries = Entry.objects.filter(edition=Edition.objects.in_force(), gone=False)
    return Section.objects.filter(amendment__in=entries.values("amendment")).exclude(anchor="").count()


def measured(seconds: float) -> Iterator[Measured]:
    """Asks each kind for so long, at least a few times, and last says how it was for all of them together.

    No answer is remembered; what a process knows of an edition is. Every query is asked as often as any other,
    or the figures for all of them would be those of the quickest. Raises BenchmarkRefused where one is not answered.
    """
    client = Client(headers={"host": HOST})
    for name in ("search", "suggestions"):
        _times(client, name, "child")
    kinds = [Measured(kind, len(queries)) for kind, queries in QUERIES.items()]
    until = time.perf_counter() + seconds * len(kinds)
    for n in range(MOST_READINGS):
        if n >= FEWEST_READINGS and time.perf_counter() > until:
            break
        for found in kinds:
            for query in QUERIES[found.kind]:
                found.search.append(_times(client, "search", query))
                found.suggestions.append(_times(client, "suggestions", query))
    yield from kinds
    yield Measured(
        ALL,
        sum(found.queries for found in kinds),
        [each for found in kinds for each in found.search],
        [each for found in kinds for each in found.suggestions],
    )


def _times(client: Client, name: str, query: str) -> float:
    """Milliseconds until a query is answered."""
    cache.clear()
    # What every page shows, such as urgent help, is kept from the first page on, whatever that was.
    read(client, PageKind("search", reverse("search")))
    asked = PageKind(f"{name} for {query}", reverse(name, query={"q": query}))
    begun = time.perf_counter()
    read(client, asked)
    return (time.perf_counter() - begun) * 1000


HEADINGS = (
    f"{'':<16} {'':>7} {'':>8}  {'search':^19}  {'suggestions':^19}\n"
    f"{'queries':<16} {'queries':>7} {'readings':>8}  {'median':>9} {'99th':>9}  {'median':>9} {'99th':>9}"
)  # fmt: skip


def row(found: Measured) -> str:
    """A line of the table; milliseconds."""
    search, suggestions = (
        f"{median(times):>9,.1f} {worst(times):>9,.1f}" for times in (found.search, found.suggestions)
    )
    return f"{found.kind:<16} {found.queries:>7} {len(found.search):>8}  {search}  {suggestions}"
