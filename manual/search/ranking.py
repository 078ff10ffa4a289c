"""Which of what was found stands first. The same on every database: what a database says is only one voice. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nsmallest
from operator import mul

from manual.models import Line, Meaning
from manual.search.rows import Key, Stored
from manual.search.stems import stems_of, stems_of_name
from manual.search.terms import Term
from manual.search.words import folded

# So many of the best, as the database sees them, are looked at closely.
LOOKED_AT = 60

# How much each sign of a right answer is worth; found by trying, on judged queries.
WORTH = {
    "found": 0.1,  # what the database says
    "every": 0.4,  # it has every word
    "name": 0.9,  # how much of the query is in the title or heading
    "whole_name": 0.55,
    "tight": 0.5,  # and how little else
    "title": 1.0,  # how much is in the title of the section's chapter
    "about": 0.1,  # whether the rarest of it is
    "context": 0.4,  # how much is in title and heading together
    "whole_title": 0.7,  # for the chapter itself
    "beginning": -0.1,  # it is the beginning of a chapter
    "anywhere": 0.2,  # how much is anywhere in it
    "whole": 0.35,
    "together": 1.2,  # how much of it stands close together
    "often": 0.2,
    "same": 2.0,  # it is called exactly what was typed
    "begins": 0.2,
    "no_page": -0.2,
    "withdrawn": -5.0,
    "keyword": 0.1,
    "keyword_named": 0.85,
    "keyword_same": 1.6,
}
CLOSE = 140  # letters of stems
TYPICAL = 600
SATURATION = 1.2


@dataclass(frozen=True)
class Sought:
    """What the rows are held against."""

    terms: Sequence[Term]
    typed: str

    @cached_property
    def weight(self) -> float:
        return sum(term.weight for term in self.terms) or 1.0

    @cached_property
    def plain(self) -> str:
        return folded(self.typed)

    @cached_property
    def rarest(self) -> int:
        return max(range(len(self.terms)), key=lambda n: self.terms[n].weight)

    @cached_property
    def weights(self) -> list[float]:
        return [term.weight for term in self.terms]

    @cached_property
    def _names(self) -> dict[str, tuple[list[float], int]]:
        return {}

    def share(self, shares: Iterable[float]) -> float:
        return float(sum(map(mul, self.weights, shares))) / self.weight

    def name(self, stems: str) -> tuple[list[float], int]:
        """How much of each term is in a name, and how many words of the name they stand for. Many sections have the
        same title over them."""
        known = self._names.get(stems)
        if known is None:
            shares = [term.share(stems) for term in self.terms]
            covered = sum([term.words_in(stems) for term in self.terms]) if any(shares) else 0
            known = self._names[stems] = shares, covered
        return known


@dataclass(slots=True)
class Ranked:
    """A row, or a keyword, with what it is worth."""

    score: float
    line: Line | None = None
    key: Key = (0, 0)
    meaning: Meaning | None = None


def ranked(
    found: Mapping[Key, float],
    every: Container[Key],
    lines: Mapping[int, Line],
    looked_at: Mapping[Key, Stored],
    sought: Sought,
) -> list[Ranked]:
    """Best first; equals in the order of the contents. `every` has those with every word; `lines` are by amendment."""
    best = max(found.values(), default=0.0) or 1.0
    # There may be thousands, of which a page shows a few: nothing is done for each that is not needed.
    rows = []
    worth_found, worth_every = WORTH["found"], WORTH["every"]
    for key, score in found.items():
        line = lines.get(key[0])
        if line is None:
            continue
        worth = worth_found * score / best + (worth_every if key in every else 0.0)
        row = looked_at.get(key)
        worth += _worth(line, row, sought) if row else -1.0
        rows.append((-worth, line.place, key[1], key, line))
    rows.sort()
    return [Ranked(-below, line, key) for below, _place, _position, key, line in rows]


def to_look_at(found: Mapping[Key, float]) -> list[Key]:
    """The keys of the best, as the database sees them."""
    if len(found) <= LOOKED_AT:
        return list(found)
    return [key for _, key in nsmallest(LOOKED_AT, [(-score, key) for key, score in found.items()])]


def ranked_keywords(meanings: Iterable[tuple[Meaning, tuple[str, ...], str]], sought: Sought) -> list[Ranked]:
    """Those keywords that speak of what was asked for, best first. Each comes with the stems of its forms, and of its
    meaning."""
    rows = []
    for meaning, forms, text in meanings:
        named, tight = 0.0, 0.0
        for form in forms:
            shares = [term.share(form) for term in sought.terms]
            if any(shares):
                covered = sum(term.words_in(form) for term in sought.terms)
                named, tight = max(
                    (named, tight), (sought.share(shares), min(1.0, covered / max(1, form.count(" ") - 1)))
                )
        if not named:
            continue
        inside = [max(term.share(text), *(term.share(form) for form in forms)) for term in sought.terms]
        worth = (
            WORTH["keyword"]
            + named * (WORTH["name"] + WORTH["whole_name"] * named)
            + named * tight * (WORTH["tight"] + WORTH["keyword_named"])
            + WORTH["anywhere"] * sought.share(inside)
            + WORTH["whole"] * sought.share(inside) ** 2
            + WORTH["keyword_same"] * named * (tight > 0.99)
        )
        rows.append(Ranked(worth, meaning=meaning))
    rows.sort(key=lambda row: (-row.score, row.meaning.name if row.meaning else ""))
    return rows


def _worth(line: Line, row: Stored, sought: Sought) -> float:
    terms = sought.terms
    title = stems_of_name(line.title)
    text = row.stems or stems_of(f"{row.heading} ¶ {row.body}")
    words = row.heading if row.position else line.title
    name = stems_of_name(words) if row.position else title
    if not row.position:
        text = title + text
    in_name, covered = sought.name(name)
    in_text = [term.share(text) for term in terms]
    named = sought.share(in_name)
    worth = named * (WORTH["name"] + WORTH["whole_name"] * named)
    if named:
        worth += WORTH["tight"] * named * min(1.0, covered / max(1, name.count(" ") - 1))
    if row.position:
        in_title, _ = sought.name(title)
        worth += WORTH["title"] * sought.share(in_title) + WORTH["about"] * in_title[sought.rarest]
        anywhere = sought.share(map(max, in_title, in_text))
        if named:
            worth += WORTH["context"] * (sought.share(map(max, in_title, in_name)) ** 2 - named**2)
    else:
        worth += WORTH["beginning"] + WORTH["whole_title"] * named**2
        anywhere = sought.share(map(max, in_name, in_text))
    worth += WORTH["anywhere"] * anywhere + WORTH["whole"] * anywhere**2
    worth += WORTH["together"] * _together(text, sought, in_text)
    worth += WORTH["often"] * _often(text, sought, in_text)
    plain = folded(words)
    if plain == sought.plain:
        worth += WORTH["same"]
    if plain.startswith(sought.plain):
        worth += WORTH["begins"]
    if line.withdrawn:
        worth += WORTH["withdrawn"]
    if not line.is_page:
        worth += WORTH["no_page"]
    return worth


def _together(text: str, sought: Sought, in_text: Sequence[float]) -> float:
    """How much of the query stands within a few words of each other, at best."""
    there = [n for n, share in enumerate(in_text) if share]
    if len(there) < 2:
        return sought.share(in_text)
    places = []
    for n in there:
        for phrase in sought.terms[n].all_looked_for:
            at = text.find(phrase)
            while at >= 0:
                places.append((at, n))
                at = text.find(phrase, at + 1)
    places.sort()
    best = 0.0
    for first, (begin, _) in enumerate(places):
        close = set()
        for place, n in places[first:]:
            if place > begin + CLOSE:
                break
            close.add(n)
        if len(close) == len(there):
            return sought.share(in_text)
        best = max(best, sum(sought.terms[n].weight * in_text[n] for n in close))
    return best / sought.weight


def _often(text: str, sought: Sought, in_text: Sequence[float]) -> float:
    """BM25 over the terms, from 0 to about 1."""
    length = SATURATION * (0.4 + 0.6 * len(text) / TYPICAL)
    total = 0.0
    for term, share in zip(sought.terms, in_text, strict=True):
        if share:
            times = term.times(text) or 1
            total += term.weight * share * times * (SATURATION + 1) / (times + length)
    return total / sought.weight
