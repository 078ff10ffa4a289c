"""Which of what was found stands first. The same on every database: what a database says is only one voice. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from heapq import nlargest
from operator import mul

from manual.models import Line, Meaning
from manual.search.leads import LEADS
from manual.search.questions import asks_for_number, hoped_for
from manual.search.rows import BITS, LAST_POSITION, Key, Stored
from manual.search.stems import stems_of, stems_of_name
from manual.search.terms import Occurs, Term
from manual.search.words import folded

# So many of the best, as the database sees them, are looked at closely.
LOOKED_AT = 40

# How much each sign of a right answer is worth; found by trying, on judged queries.
WORTH = {
    # Of a row by itself.
    "found": 1.4,  # what the database says
    "every": 0.4,  # it has every word
    "named": 0.8,  # how much of the query is in the title or heading
    "named_whole": -1.6,
    "title": -0.8,  # how much is in the title of the section's chapter
    "title_tight": 0.8,  # and how little else
    "opening": 1.4,  # the same, of the first sections of a chapter
    "context": 2.2,  # how much is in title and heading together
    "beginning": -0.4,  # it is the beginning of a chapter
    "whole_title": 1.5,
    "anywhere": 1.4,  # how much is anywhere in it
    "whole": 0.5,
    "together": 0.4,  # how much of it stands close together
    "often": 0.6,
    "lead": 1.4,  # how much is in its first words
    "anchor": 2.8,  # how much is in its address
    "same": 4.2,  # it is called exactly what was typed
    "begins": 2.5,
    "reading": -2.2,  # it only says where to read more
    "aside": -1.7,  # it keeps records or says where to read more, and that is not asked
    "place": -0.9,  # how far down its chapter it stands
    "long": 0.6,
    "no_page": -0.5,
    "number": 1.8,  # it has a telephone number, and that is asked for
    # Of its chapter, by all that was looked at.
    "chapter": 1.9,  # how much of the query is anywhere in the chapter
    "chapter_often": 0.7,
    "hoped_for": 0.8,  # it is the kind of section that the question asks for
    # Of what else was found: how much it leads there.
    "led_to": 0.8,
    "chapter_led_to": 0.6,  # for the chapter itself
    "section_led_to": 2.3,
    "keyword_led_to": 0.8,  # for the chapter that a keyword of the query leads to
    # Where nothing has every word.
    "loose_title": 4.4,
    # Of a keyword.
    "keyword": 2.9,
    "keyword_worth": 2.0,
}
WITHDRAWN = -20.0
# The same of a keyword by itself.
OF_A_KEYWORD = {
    "name": 0.9, "whole_name": 0.55, "tight": 1.35, "anywhere": 0.2, "whole": 0.35, "same": 1.6,
}  # fmt: skip
CLOSE = 140  # letters of stems
LEAD = 150
TYPICAL = 600
LONG = 600
DEEP = 10  # sections
OPENING = 3  # sections
ASIDE = (" record ", " read ", " relat ", " see ")
SATURATION = 1.2
# So many of the best count by where they lead, each less than the one before it.
LEADING = 20
LEADING_LESS = 0.3
MOST_LED = 3.0
TELEPHONE = re.compile(r" 0\d{2,4} \d{3}")
READING = frozenset(
    f" {name} "
    for name in ("read", "further read", "other chapter", "see also", "read more", "relat chapter")
)


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
    def weight(self) -> float:
        return sum(term.weight for term in self.terms) or 1.0

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
    def weights(self) -> list[float]:
        return [term.weight for term in self.terms]

    @cached_property
    def _names(self) -> dict[str, Named]:
        return {}

    def share(self, shares: Iterable[float]) -> float:
        return float(sum(map(mul, self.weights, shares))) / self.weight

    def name(self, stems: str) -> Named:
        """Of a name by its stems. Many sections have the same title over them."""
        known = self._names.get(stems)
        if known is None:
            shares = [term.share(stems) for term in self.terms]
            covered = sum([term.words_in(stems) for term in self.terms]) if any(shares) else 0
            known = self._names[stems] = Named(
                shares, self.share(shares), min(1.0, covered / max(1, stems.count(" ") - 1))
            )
        return known


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
    place: str  # its address, as others refer to it
    leads: str  # where it leads
    there: list[float]  # how much of each term is in it or in the title of its chapter
    title: float = 0.0  # how much of the query is in the title of its chapter
    often: float = 0.0
    worth: float = 0.0

    def show(self, signs: Mapping[str, float]) -> None:
        """It shows these signs besides."""
        self.worth += sum(map(mul, map(WORTH.__getitem__, signs), signs.values()))


@dataclass(slots=True)
class Ranked:
    """A row, or a keyword, with what it is worth."""

    score: float
    line: Line | None = None
    key: Key = 0
    meaning: Meaning | None = None
    named: float = 0.0  # of a keyword: how much of the query is one of its names


def look_at(
    rows: Mapping[Key, Stored], found: Found, lines: Mapping[int, Line], sought: Sought
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
            looked.show({"keyword_led_to": keywords_lead[looked.line.slug]})
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
            max(term.share(text), *(term.share(form) for form in forms)) for term in sought.terms
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
                WORTH["keyword"] + WORTH["keyword_worth"] * worth,
                meaning=meaning,
                named=named if tight > 0.99 else 0.0,
            )
        )
    rows.sort(key=lambda row: (-row.score, row.meaning.name if row.meaning else ""))
    return rows


def _looked(line: Line, row: Stored, found: Found, sought: Sought) -> Looked:
    terms = sought.terms
    position = row.key & LAST_POSITION
    title = stems_of_name(line.title)
    text = row.stems or stems_of(f"{row.heading} {row.body}")
    words = row.heading if position else line.title
    name = stems_of_name(words) if position else title
    text, _, leads = text.partition(LEADS)
    place = f"{line.slug}#{row.anchor}" if position else line.slug
    if not position:
        text = title + text
    titled = sought.name(title)
    occurs = [term.occurs(text) for term in terms]
    in_text = [share for share, _, _ in occurs]
    there = list(map(max, titled.shares, in_text))
    looked = Looked(line, position, name, place, leads, there)
    signs = {
        "found": found.scores.get(row.key, 0.0) / found.best,
        "every": 1.0 if row.key in found.every else 0.0,
    }
    if not any(there):
        looked.show(signs)
        return looked
    # But for the very first word, which its name tells.
    first = text[1 : 1 + LEAD]
    in_name = sought.name(name)
    anywhere = sought.share(there)
    plain = folded(words)
    looked.title = titled.share
    looked.often = _often(text, sought, occurs)
    title_tight = titled.share * titled.tight
    signs |= {
        "named": in_name.share,
        "named_whole": in_name.share**2,
        "title": titled.share,
        "title_tight": title_tight,
        "context": sought.share(map(max, titled.shares, in_name.shares)) ** 2,
        "anywhere": anywhere,
        "whole": anywhere**2,
        "together": _together(text, sought, in_text, occurs),
        "often": looked.often,
        "lead": sought.share(
            [term.share(first) if share else 0.0 for term, share in zip(terms, in_text)]  # noqa: B905 # for speed
        ),
    }
    if len(text) > LONG:
        signs["long"] = math.log(len(text) / LONG)
    if position:
        signs["anchor"] = sought.name(stems_of_name(row.anchor)).share
        signs["place"] = min(1.0, position / DEEP)
        if name in READING:
            signs["reading"] = 1.0
        if _is_aside(name):
            signs["aside"] = 1.0 - in_name.share
        if position <= OPENING:
            signs["opening"] = title_tight * titled.share
    else:
        signs["beginning"] = 1.0
        signs["whole_title"] = in_name.share**2
    if sought.asks_for_number and TELEPHONE.search(text):
        signs["number"] = 1.0
    if plain == sought.plain:
        signs["same"] = 1.0
    if plain.startswith(sought.plain):
        signs["begins"] = 1.0
    if not line.is_page:
        signs["no_page"] = 1.0
    looked.show(signs)
    return looked


@lru_cache(maxsize=65_536)
def _is_aside(name: str) -> bool:
    return any(word in name for word in ASIDE)


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
        chapter = min(MOST_LED, led_to.get(looked.line.slug, 0.0))
        if looked.position:
            section = min(MOST_LED, led_to.get(looked.place, 0.0))
            looked.show({"led_to": chapter, "section_led_to": section})
        else:
            looked.show({"led_to": chapter, "chapter_led_to": chapter})


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
        signs = {"chapter": covered[amendment], "chapter_often": often[amendment] / most}
        if sought.hopes:
            hopes = sum([any([word in looked.name for word in headings]) for headings in sought.hopes])
            signs["hoped_for"] = hopes * covered[amendment]
        if loose:
            signs["loose_title"] = looked.title
        looked.show(signs)


def _together(text: str, sought: Sought, in_text: Sequence[float], occurs: Sequence[Occurs]) -> float:
    """How much of the query stands within a few words of each other, at best."""
    there = [n for n, share in enumerate(in_text) if share]
    if len(there) < 2:
        return sought.share(in_text)
    places = []
    for n in there:
        for phrase in occurs[n][2]:
            at = text.find(phrase)
            while at >= 0:
                places.append((at, n))
                at = text.find(phrase, at + 1)
    places.sort()
    best, first = 0.0, 0
    close = dict.fromkeys(there, 0)
    for at, n in places:
        while places[first][0] < at - CLOSE:
            close[places[first][1]] -= 1
            first += 1
        close[n] += 1
        if close[n] == 1:
            if all(close.values()):
                return sought.share(in_text)
            best = max(best, sum([sought.weights[n] * in_text[n] for n, times in close.items() if times]))
    return best / sought.weight


def _often(text: str, sought: Sought, occurs: Sequence[Occurs]) -> float:
    """BM25 over the terms, from 0 to about 1."""
    length = SATURATION * (0.4 + 0.6 * len(text) / TYPICAL)
    total = 0.0
    for weight, (share, times, _) in zip(sought.weights, occurs, strict=True):
        if share:
            total += weight * share * (times or 1) * (SATURATION + 1) / ((times or 1) + length)
    return total / sought.weight
