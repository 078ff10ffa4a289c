"""What a reader may mean who has typed the beginning of something: numbers, keywords, titles and headings."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from manual.models import Contents, Glossary, Line, Meaning
from manual.search.results import Marked
from manual.search.suggesting_names import Names
from manual.search.suggesting_sections import Headed, headed, telling, under
from manual.search.suggesting_words import (
    LONGEST,
    SHORTEST_OF_A_TITLE,
    adds_to,
    close_up,
    mark,
    typed_words,
)
from manual.search.words import clean

KINDS = {
    "part": gettext_noop("Part"),
    "group": gettext_noop("Group"),
    "chapter": gettext_noop("Chapter"),
    "link": gettext_noop("Link"),
}
MOST = 8
MOST_KEYWORDS = 3
MOST_TITLES = 40

_NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,6}){0,9}\.?(?=\s|$)", re.ASCII)


@dataclass(frozen=True)
class Suggestion:
    """A place to go to at once. `kind` is number, keyword, chapter or section; `detail` says in words what it is."""

    kind: str
    label: str
    detail: str
    address: str
    marked: Marked


# An address, and what is suggested there: made only where it is one of the few that are shown.
Place = tuple[str, Callable[[], Suggestion]]


def suggest(typed: str, contents: Contents, glossary: Glossary) -> list[Suggestion]:
    """At most MOST places of an edition, the likeliest first, no two of them the same. At most four queries.

    What is typed is any text at all; fewer than two letters, unless it is a digit, mean nothing yet.
    """
    words = typed_words(typed)
    if not words:
        return []
    names = Names.of(contents, glossary)
    lines = contents.lines
    titles = names.titles(words, MOST)
    keywords, form_of = names.keywords(words, MOST_KEYWORDS)

    def chapters(places: Sequence[int]) -> list[Place]:
        return [(lines[n].url, partial(_chapter, lines[n], words)) for n in places]

    def meanings(places: Sequence[int]) -> list[Place]:
        found = [(contents.keyword_address(glossary.meanings[n].slug), n) for n in places]
        return [
            (address, partial(_keyword, glossary.meanings[n], form_of[n], words, address))
            for address, n in found
        ]

    return _the_first(
        # With how many of each there is room for in any case: what comes late is not crowded out.
        (_numbered(typed, names, lines), 0),
        (meanings(keywords.exact), 0),
        (chapters(titles.exact), 0),
        (meanings(keywords.begun), 1),
        (chapters(titles.begun), 1),
        (chapters(titles.within), 1),
        (meanings(keywords.within), 1),
        (_sections(words, names, lines), 2),
    )


def _numbered(typed: str, names: Names, lines: Sequence[Line]) -> list[Place]:
    text = clean(typed[:LONGEST])
    number = _NUMBER.match(text)
    if not number:
        return []
    words = typed_words(text[number.end() :])
    found = [lines[n] for n in names.numbered(number[0], words, lines, MOST)]
    return [(line.url, partial(_number, line, words, len(number[0]))) for line in found]


def _number(line: Line, words: Sequence[str], typed: int) -> Suggestion:
    label = f"{line.number} {clean(line.title)}"
    detail = _with_areas(_what(line), line)
    return Suggestion("number", label, detail, line.url, mark(words, label, typed))


def _chapter(line: Line, words: Sequence[str]) -> Suggestion:
    title = clean(line.title)
    detail = _with_areas(f"{_what(line)} {line.number}".strip(), line)
    return Suggestion("chapter", title, detail, line.url, mark(words, title))


def _what(line: Line) -> str:
    return _(KINDS[line.kind])


def _with_areas(words: str, line: Line) -> str:
    """Those that it is for, where that is not all: the same may be said of each under one title."""
    areas = line.applies_to
    if not areas:
        return words
    return _("%(words)s, %(areas)s only") % {"words": words, "areas": line.contents.manual.area_names(areas)}


def _keyword(meaning: Meaning, form: str, words: Sequence[str], address: str) -> Suggestion:
    name = clean(meaning.name)
    # Whoever typed an abbreviation sees why this is suggested.
    detail = _("Keyword") if form == meaning.name else _("Keyword, also %(form)s") % {"form": clean(form)}
    return Suggestion("keyword", name, detail, address, mark(words, name))


def _sections(words: Sequence[str], names: Names, lines: Sequence[Line]) -> list[Place]:
    """Those with the words in their heading; then those where some stand in the title over it."""
    together = "".join(words)
    order = names.chapter_of

    def likeliness(row: Headed) -> int:
        heading = close_up(row.heading)
        return 0 if heading == together else 1 if heading.startswith(together) else 2

    rows = sorted(headed(words, order), key=likeliness)
    some = [word for word in telling(words) if len(word) >= SHORTEST_OF_A_TITLE]
    if len(words) > 1 and (amendments := names.amendments_with_some(some, MOST_TITLES)):
        beginnings = [word[:SHORTEST_OF_A_TITLE] for word in words]
        rows += sorted(
            # A look at a few letters first, which is quick.
            (row for row in under(amendments) if any(each in close_up(row.heading) for each in beginnings)),
            key=lambda row: (amendments.index(row.amendment), row.position),
        )
    found: list[Place] = []
    for row in rows:
        line = lines[order[row.amendment]]
        # The database stems, and so finds a little more than what begins so.
        if not adds_to(row.heading, clean(line.title), words):
            continue
        address = line.at(row.anchor)
        found.append((address, partial(_section, line, row.heading, words, address)))
        if len(found) == 2 * MOST:
            break
    return found


def _section(line: Line, heading: str, words: Sequence[str], address: str) -> Suggestion:
    detail = _("Section of %(chapter)s") % {"chapter": _with_areas(clean(line.name), line)}
    return Suggestion("section", heading, detail, address, mark(words, heading))


def _the_first(*sorts: tuple[list[Place], int]) -> list[Suggestion]:
    """In this order, each address once; of every sort as many as are sure of a place, if there are that many."""
    seen: set[str] = set()
    different: list[tuple[list[Place], int]] = []
    for found, sure in sorts:
        once = [place for place in found if place[0] not in seen and not seen.add(place[0])]  # type: ignore[func-returns-value]
        different.append((once, sure))
    room = MOST - sum(min(len(found), sure) for found, sure in different)
    chosen: list[Place] = []
    for found, sure in different:
        more = max(0, min(len(found) - sure, room))
        room -= more
        chosen += found[: sure + more]
    return [suggestion() for _address, suggestion in chosen]
