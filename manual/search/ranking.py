"""Which of what was found stands first. The same on every database: what a database says is only one voice. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nlargest
from operator import mul

from manual.models import Line, Meaning
from manual.search.questions import asks_for_number, hoped_for
from manual.search.rows import BITS, LAST_POSITION, Key
from manual.search.stems import stems_of_name
from manual.search.terms import Term
from manual.search.told import Told, lengthy
from manual.search.words import folded

# So many of the best, as the database sees them, are looked at closely.
LOOKED_AT = 40


class Worth:
    """How much each sign of a right answer is worth; found by trying, on judged queries."""

    # Of a row by itself.
    found = 1.4  # what the database says
    every = 0.4  # it has every word
    named = 0.8  # how much of the query is in the title or heading
    named_whole = -1.6
    title = -0.8  # how much is in the title of the section's chapter
    title_tight = 0.8  # and how little else
    opening = 1.4  # the same, of the first sections of a chapter
    context = 2.2  # how much is in title and heading together
    beginning = -0.4  # it is the beginning of a chapter
    whole_title = 1.5
    anywhere = 1.4  # how much is anywhere in it
    whole = 0.5
    together = 0.4  # how much of it stands close together
    often = 0.6
    lead = 1.4  # how much is in its first words
    anchor = 2.8  # how much is in its address
    same = 4.2  # it is called exactly what was typed
    begins = 2.5
    reading = -2.2  # it only says where to read more
    aside = -1.7  # it keeps records or says where to read more, and that is not asked
    place = -0.9  # how far down its chapter it stands
    long = 0.6
    no_page = -0.5
    number = 1.8  # it has a telephone number, and that is asked for
    # Of its chapter, by all that was looked at.
    chapter = 1.9  # how much of the query is anywhere in the chapter
    chapter_often = 0.7
    hoped_for = 0.8  # it is the kind of section that the question asks for
    # Of what else was found: how much it leads there.
    led_to = 0.8
    chapter_led_to = 0.6  # for the chapter itself
    section_led_to = 2.3
    keyword_led_to = 0.8  # for the chapter that a keyword of the query leads to
    # Where nothing has every word.
    loose_title = 4.4
    # Of a keyword.
    keyword = 2.9
    keyword_worth = 2.0


WITHDRAWN = -20.0
# The same of a keyword by itself.
OF_A_KEYWORD = {
    "name": 0.9, "whole_name": 0.55, "tight": 1.35, "anywhere": 0.2, "whole": 0.35, "same": 1.6,
}  # fmt: skip
CLOSE = 140  # letters of stems
LEAD = 150
TYPICAL = 600
DEEP = 10  # sections
OPENING = 3  # sections
SATURATION = 1.2
# So many of the best count by where they lead, each less than the one before it.
LEADING = 20
LEADING_LESS = 0.3
MOST_LED = 3.0
TELEPHONE = re.compile(r" 0\d{2,4} \d{3}")


NOWHERE: Mapping[str, float] = {}


@dataclass(frozen=True, slots=True)
class Named:
    """How a query and a name agree: how much of each term is in the name, how much of the query that is, and how little
    else is in the name."""

    shares: list[float]
    share: float
    tight: float


@dataclass(frozen=True)
class Sought:
    """What the rows are held against."""

    terms: Sequence[Term]
    typed: str

    @cached_property
    def plain(self) -> str:
        return folded(self.typed)

    @cached_property
    def asks_for_number(self) -> bool:
        return asks_for_number(self.typed)

    @cached_property
    def hopes(self) -> tuple[frozenset[str], ...]:
        return hoped_for(self.typed)

    @cached_property
    def parts(self) -> list[float]:
        """How much of the whole each term is."""
        whole = sum(term.weight for term in self.terms) or 1.0
        return [term.weight / whole for term in self.terms]

    @cached_property
    def nowhere(self) -> Named:
        """Of a name that has none of it."""
        return Named([0.0] * len(self.terms), 0.0, 0.0)

    @cached_property
    def _phrases(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(phrase for term in self.terms for phrase in term.all_looked_for))

    @cached_property
    def _names(self) -> dict[str, Named]:
        return {}

    def share(self, shares: Sequence[float]) -> float:
        """How much of the whole is there, where so much of each term is."""
        return shares[0] if len(shares) == 1 else sum(map(mul, self.parts, shares))

    def name(self, stems: str) -> Named:
        """Of a name by its stems. Many sections have the same title over them."""
        known = self._names.get(stems)
        if known is None:
            known = self._names[stems] = self._named(stems)
        return known

    def _named(self, stems: str) -> Named:
        # Most names have nothing of what was asked.
        for phrase in self._phrases:
            if phrase in stems:
                break
        else:
            return self.nowhere
        shares = [term.share(stems) for term in self.terms]
        covered = sum([term.words_in(stems) for term in self.terms])
        return Named(shares, self.share(shares), min(1.0, covered / max(1, stems.count(" ") - 1)))


@dataclass(frozen=True)
class Found:
    """What the database found: the score of each row, and which rows have `every` word."""

    scores: Mapping[Key, float]
    every: Container[Key]

    @cached_property
    def best(self) -> float:
        return max(self.scores.values(), default=0.0) or 1.0


@dataclass(slots=True)
class Looked:
    """A row that was looked at closely: what it is worth by the signs it shows, and what its chapter is told by."""

    line: Line
    position: int
    name: str
    anchor: str
    leads: str  # where it leads
    there: list[float]  # how much of each term is in it or in the title of its chapter
    title: float = 0.0  # how much of the query is in the title of its chapter
    often: float = 0.0
    worth: float = 0.0


@dataclass(slots=True)
class Ranked:
    """A row, or a keyword, with what it is worth."""

    score: float
    line: Line | None = None
    key: Key = 0
    meaning: Meaning | None = None
    named: float = 0.0  # of a keyword: how much of the query is one of its names


def look_at(
    rows: Mapping[Key, Told], found: Found, lines: Mapping[int, Line], sought: Sought
) -> dict[Key, Looked]:
    """These rows looked at closely; `lines` are by amendment."""
    looked_at = {}
    for key, row in rows.items():
        line = lines.get(key >> BITS)
        if line is not None:
            looked_at[key] = _looked(line, row, found, sought)
    return looked_at


def best_chapters(looked_at: Mapping[Key, Looked], most: int) -> list[int]:
    """The amendments of the best of what was looked at."""
    best: dict[int, float] = {}
    for key, looked in looked_at.items():
        best[key >> BITS] = max(best.get(key >> BITS, -math.inf), looked.worth)
    return sorted(best, key=lambda amendment: (-best[amendment], amendment))[:most]


def ranked(
    looked_at: Mapping[Key, Looked],
    sought: Sought,
    *,
    loose: bool,
    keywords_lead: Mapping[str, float] = NOWHERE,
) -> list[Ranked]:
    """Those that were looked at, best first; equals in the order of the contents. `loose`: nothing has every word.
    `keywords_lead`: the chapters to which the keywords of the query lead, and how much of it is their name."""
    for looked in looked_at.values():
        if not looked.position and looked.line.slug in keywords_lead:
            looked.worth += Worth.keyword_led_to * keywords_lead[looked.line.slug]
    _of_leads(looked_at)
    _of_chapters(looked_at, sought, loose=loose)
    rows = [
        Ranked(looked.worth + (WITHDRAWN if looked.line.withdrawn else 0.0), looked.line, key)
        for key, looked in looked_at.items()
    ]
    rows.sort(key=lambda row: (-row.score, row.line.place if row.line else 0, row.key))
    return rows


def rest(
    found: Found,
    but: Container[Key],
    lines: Mapping[int, Line],
    behind: float,
    of: Container[int] | None = None,
) -> list[Ranked]:
    """Those that nobody looked at, as the database has them, all of them behind a score; of certain amendments only, if
    they are given."""
    below = [
        (-score, lines[key >> BITS].place, key)
        for key, score in found.scores.items()
        if key not in but and (of is None or key >> BITS in of)
    ]
    below.sort()
    return [Ranked(behind - less / found.best, lines[key >> BITS], key) for less, _place, key in below]


def to_look_at(found: Mapping[Key, float]) -> list[Key]:
    """The keys of the best, as the database sees them."""
    if len(found) <= LOOKED_AT:
        return list(found)
    least = nlargest(LOOKED_AT, found.values())[-1]
    best = sorted([(-score, key) for key, score in found.items() if score >= least])
    return [key for _, key in best[:LOOKED_AT]]


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
        inside = sought.share(
            [max(term.share(text), *(term.share(form) for form in forms)) for term in sought.terms]
        )
        worth = (
            named * (OF_A_KEYWORD["name"] + OF_A_KEYWORD["whole_name"] * named)
            + OF_A_KEYWORD["tight"] * named * tight
            + OF_A_KEYWORD["anywhere"] * inside
            + OF_A_KEYWORD["whole"] * inside**2
            + OF_A_KEYWORD["same"] * named * (tight > 0.99)
        )
        rows.append(
            Ranked(
                Worth.keyword + Worth.keyword_worth * worth,
                meaning=meaning,
                named=named if tight > 0.99 else 0.0,
            )
        )
    rows.sort(key=lambda row: (-row.score, row.meaning.name if row.meaning else ""))
    return rows


def _looked(line: Line, row: Told, found: Found, sought: Sought) -> Looked:
    key, anchor, plain, name, address, text, leads, long, reading, aside = row
    position = key & LAST_POSITION
    title = stems_of_name(line.title)
    if not position:
        # A chapter is told by its title.
        plain, name, text = folded(line.title), title, title + text
        long = lengthy(text)
    titled = sought.name(title)
    worth = Worth.found * found.scores.get(key, 0.0) / found.best
    if key in found.every:
        worth += Worth.every
    # Asked more often than anything else, so that it is written for speed.
    length = SATURATION * (0.4 + 0.6 * len(text) / TYPICAL)
    anywhere = in_text = often = lead = 0.0
    there, places = [], []
    for part, term, in_title in zip(sought.parts, sought.terms, titled.shares):  # noqa: B905 # for speed
        # But for the very first word, which its name tells.
        share, early, times, where = term.occurs(text, 1, 1 + LEAD)
        if share:
            in_text += part * share
            lead += part * early
            # BM25, from 0 to about 1.
            often += part * share * (times or 1) * (SATURATION + 1) / ((times or 1) + length)
            places.append((part * share, where))
        most = share if share > in_title else in_title
        there.append(most)
        anywhere += part * most
    if not anywhere:
        return Looked(line, position, name, anchor, leads, there, worth=worth)
    in_name = titled if name is title else sought.name(name)
    context = titled.share
    if in_name is not sought.nowhere:
        context = sought.share(list(map(max, titled.shares, in_name.shares)))
    title_tight = titled.share * titled.tight
    worth += (
        in_name.share * (Worth.named + Worth.named_whole * in_name.share)
        + Worth.title * titled.share
        + Worth.title_tight * title_tight
        + Worth.context * context**2
        + anywhere * (Worth.anywhere + Worth.whole * anywhere)
        + Worth.together * (_together(places) if len(places) > 1 else in_text)
        + Worth.often * often
        + Worth.lead * lead
        + Worth.long * long
    )
    if position:
        worth += Worth.anchor * sought.name(address).share
        worth += Worth.place * min(1.0, position / DEEP)
        if reading:
            worth += Worth.reading
        if aside:
            worth += Worth.aside * (1.0 - in_name.share)
        if position <= OPENING:
            worth += Worth.opening * title_tight * titled.share
    else:
        worth += Worth.beginning + Worth.whole_title * in_name.share**2
    if sought.asks_for_number and TELEPHONE.search(text):
        worth += Worth.number
    if plain.startswith(sought.plain):
        worth += Worth.begins
        if plain == sought.plain:
            worth += Worth.same
    if not line.is_page:
        worth += Worth.no_page
    return Looked(line, position, name, anchor, leads, there, titled.share, often, worth)


def _of_leads(looked_at: Mapping[Key, Looked]) -> None:
    """What the best of what was looked at says by leading from one to another."""
    led_to: dict[str, float] = {}
    best = sorted(looked_at, key=lambda key: (-looked_at[key].worth, key))[:LEADING]
    for n, key in enumerate(best):
        looked = looked_at[key]
        places = looked.leads.split()
        for place in {place.partition("#")[0] for place in places}.union(places):
            if place.partition("#")[0] != looked.line.slug:
                led_to[place] = led_to.get(place, 0.0) + 1 / (1 + LEADING_LESS * n)
    if not led_to:
        return
    for looked in looked_at.values():
        # What leads to a section leads to its chapter.
        if not (chapter := min(MOST_LED, led_to.get(looked.line.slug, 0.0))):
            continue
        if looked.position:
            section = min(MOST_LED, led_to.get(f"{looked.line.slug}#{looked.anchor}", 0.0))
            looked.worth += Worth.led_to * chapter + Worth.section_led_to * section
        else:
            looked.worth += (Worth.led_to + Worth.chapter_led_to) * chapter


def _of_chapters(looked_at: Mapping[Key, Looked], sought: Sought, *, loose: bool) -> None:
    """What the chapters of what was looked at tell of it."""
    there: dict[int, list[float]] = {}
    often: dict[int, float] = {}
    for key, looked in looked_at.items():
        amendment = key >> BITS
        known = there.get(amendment)
        there[amendment] = looked.there if known is None else list(map(max, known, looked.there))
        often[amendment] = often.get(amendment, 0.0) + looked.often
    most = max(often.values(), default=0.0) or 1.0
    covered = {amendment: sought.share(shares) for amendment, shares in there.items()}
    for key, looked in looked_at.items():
        amendment = key >> BITS
        looked.worth += Worth.chapter * covered[amendment] + Worth.chapter_often * often[amendment] / most
        if sought.hopes:
            hopes = sum([any([word in looked.name for word in headings]) for headings in sought.hopes])
            looked.worth += Worth.hoped_for * hopes * covered[amendment]
        if loose:
            looked.worth += Worth.loose_title * looked.title


def _together(places: Sequence[tuple[float, list[int]]]) -> float:
    """How much of the query stands within a few words of each other, at best. `places`: how much of it each of its
    terms is, and where in the text they stand."""
    best, first = 0.0, 0
    whole = sum([much for much, _ in places])
    ordered = sorted([(at, n) for n, (_, where) in enumerate(places) for at in where])
    close = [0] * len(places)
    for at, n in ordered:
        while ordered[first][0] < at - CLOSE:
            close[ordered[first][1]] -= 1
            first += 1
        close[n] += 1
        if close[n] == 1:
            if all(close):
                return whole
            best = max(best, sum([much for (much, _), times in zip(places, close, strict=True) if times]))
    return best
