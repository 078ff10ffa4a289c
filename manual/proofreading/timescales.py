"""Time limits: each that a text states is in one list, with its source, and is the same wherever it is stated.

The list is `timescales.yaml` beside `manual.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from manual.proofreading.texts import Passage, Text

_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "twenty-four": 24, "twenty-eight": 28, "thirty": 30,
    "forty": 40, "forty-five": 45, "ninety": 90,
}  # fmt: skip
_NUMBER = r"(?P<number>\d+|" + "|".join(sorted(_NUMBERS, key=len, reverse=True)) + ")"
_UNIT = r"(?P<unit>(?:working|school|calendar)[ -])?(?P<of>minute|hour|day|week|month)s?"
_AMOUNT = re.compile(rf"\b{_NUMBER}(?: (?:further|more|full|clear))?[ -]{_UNIT}\b", re.IGNORECASE)
_NEXT = re.compile(r"\bnext working day\b", re.IGNORECASE)
# What makes a number of days a limit. Working and school days are always one.
_TRIGGER = re.compile(
    r"\b(?:within|no later than|not later than|at least every|every|at most|at intervals of|intervals of|up to|"
    r"no more than|not more than|more than|longer than|for at least|at least)(?: \w+){0,2} $",
    re.IGNORECASE,
)
# What follows an amount that is a punishment.
_SENTENCED = re.compile(r"[’'s]* (?:of |in )?(?:imprisonment|prison|custody)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Timescale:
    """A time limit of the list: how long, what for, who says so, and the chapters that state it.

    `about` are words: where a sentence has all of one line of them and states a limit, it is this limit.
    """

    key: str
    limit: str
    what: str
    source: str
    chapters: tuple[str, ...]
    about: tuple[str, ...] = ()
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Stated:
    """A time limit as a text states it, in the words of the list ("15 working days")."""

    limit: str
    sentence: str
    passage: Passage


def normal(limit: str) -> str:
    """“Fifteen working days” as the list writes it; a limit that is not one comes back as it is."""
    if _NEXT.search(limit):
        return "next working day"
    found = _AMOUNT.search(limit)
    return _normal(found) if found else limit


def _normal(found: re.Match[str]) -> str:
    number = found["number"].casefold()
    count = int(number) if number.isdigit() else _NUMBERS[number]
    unit = " ".join(((found["unit"] or "").strip(" -").casefold() + " " + found["of"].casefold()).split())
    return f"{count} {unit}{'' if count == 1 else 's'}"


def stated(text: Text) -> Iterator[Stated]:
    for passage in text.passages:
        if passage.quoted or passage.is_heading:
            continue
        alone = passage.tag in ("td", "li") and len(passage.words.split()) <= 5
        for sentence in passage.sentences:
            for found in _AMOUNT.finditer(sentence):
                if _SENTENCED.match(sentence, found.end()):
                    continue
                working = (found["unit"] or "").strip(" -").casefold() in ("working", "school")
                article = found["number"].casefold() in ("a", "an")
                if article and not _TRIGGER.search(sentence[: found.start()]):
                    continue
                if alone or working or _TRIGGER.search(sentence[: found.start()]):
                    yield Stated(_normal(found), sentence, passage)
            if _NEXT.search(sentence):
                yield Stated("next working day", sentence, passage)


def inconsistent(
    texts: Sequence[Text], listed: Mapping[str, Timescale]
) -> Iterator[tuple[Text, Passage | None, str]]:
    """Limits that are not in the list for their chapter, that differ from it, and those that a chapter should state."""
    limits: dict[str, set[str]] = {}
    for timescale in listed.values():
        for slug in timescale.chapters:
            limits.setdefault(slug, set()).add(normal(timescale.limit))
    said: dict[str, set[str]] = {text.slug: set() for text in texts}
    for text in texts:
        for each in stated(text):
            said[text.slug].add(each.limit)
            quoted = f"“{each.sentence[:120]}”"
            if each.limit not in limits.get(text.slug, set()):
                cause = f"The time limit “{each.limit}” is not in the list for this chapter: {quoted}."
                yield text, each.passage, cause
            elif wrong := _contradicted(each, listed):
                cause = (
                    f"It says “{each.limit}” of “{wrong.what}”, which is {wrong.limit} by the list: {quoted}."
                )
                yield text, each.passage, cause
    for text in texts:
        for timescale in listed.values():
            if text.slug in timescale.chapters and normal(timescale.limit) not in said[text.slug]:
                cause = f"It does not state {timescale.limit}, as `{timescale.key}` of the list says."
                yield text, None, cause


def misplaced(texts: Sequence[Text], listed: Mapping[str, Timescale]) -> Iterator[tuple[Timescale, str]]:
    """Timescales with chapters that the manual does not have, a slug each."""
    slugs = {text.slug for text in texts}
    for timescale in listed.values():
        for slug in timescale.chapters:
            if slug not in slugs:
                yield timescale, slug


def _contradicted(each: Stated, listed: Mapping[str, Timescale]) -> Timescale | None:
    """The timescale that a sentence speaks of, if it gives another limit and none that fits it is spoken of too."""
    lowered = each.sentence.casefold()
    spoken_of = [
        timescale
        for timescale in listed.values()
        if any(all(word in lowered for word in words.split()) for words in timescale.about)
    ]
    if any(normal(timescale.limit) == each.limit for timescale in spoken_of):
        return None
    # A sentence may state two limits, of which one is of something else.
    others = _limits_in(each.sentence) - {each.limit}
    return next((timescale for timescale in spoken_of if normal(timescale.limit) not in others), None)


def _limits_in(sentence: str) -> set[str]:
    found = {_normal(match) for match in _AMOUNT.finditer(sentence)}
    return found | ({"next working day"} if _NEXT.search(sentence) else set())
