"""Sections that a chapter had and has no longer: an address that somebody kept should say so, and lead to the words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import NamedTuple

from django.urls import reverse

from manual.models.amendment import Amendment
from manual.models.contents import Line
from manual.models.issued import Issued, day_of, moment_of

MOST = 200

_ID = re.compile(r' id="([^"]*)"')


class _Section(NamedTuple):
    anchor: str
    number: str
    heading: str


@dataclass(frozen=True)
class LostSection:
    """A place that an address may still name: its id, what stood there, and the last edition that had it.

    `number` is set where the address names the section by its number. `now` is where that section is today, if it is
    only the number that is gone; `heading_now` and `number_now` are other sections that have its heading or its number
    today, each with anchor, number and heading.
    """

    id: str
    number: str
    heading: str
    edition: int
    until: date
    address: str
    now: _Section | None = None
    heading_now: _Section | None = None
    number_now: _Section | None = None
    was: str = ""  # the number that the section had

    @property
    def paragraph(self) -> bool:
        return not self.heading


@dataclass(frozen=True)
class _Version:
    """What an earlier amendment had, and the last edition that carried it."""

    edition: int
    until: date
    sections: list[_Section]


def lost_sections(line: Line, amendment: Amendment, issued: Issued) -> list[LostSection]:
    """What earlier texts of a chapter had and this one has not, the newest first. One query, of its first text none."""
    if (amendment.sequence or 1) == 1:
        return []
    here = set(_ID.findall(amendment.html))
    rows = (
        Amendment.objects.filter(chapter=line.chapter_id, sequence__lte=amendment.sequence or 0)
        .order_by("-sequence", "sections__position")
        .values_list("sequence", "edition_id", "sections__anchor", "sections__number", "sections__heading")
    )
    today, earlier = _versions(rows, issued)
    return list(islice(_lost(line, today, earlier, here), MOST))


def _versions(
    rows: Iterable[tuple[int, int, str | None, str | None, str | None]], issued: Issued
) -> tuple[list[_Section], list[_Version]]:
    """The sections of today, and of each earlier amendment, the newest first."""
    today: list[_Section] = []
    earlier: list[_Version] = []
    newest = of = follower = None
    sections: list[_Section] = []
    for sequence, edition, anchor, number, heading in rows:
        if sequence != of:
            # What followed this amendment is the one that came before in the rows.
            newest = newest if newest is not None else sequence
            sections = today if sequence == newest else []
            ended = issued.by_key.get(follower or 0)
            last = issued.before(ended) if ended else None
            if ended and last and last.number:
                earlier.append(_Version(last.number, day_of(moment_of(ended)), sections))
            of, follower = sequence, edition
        if anchor:
            sections.append(_Section(anchor, number or "", heading or ""))
    return today, earlier


def _lost(
    line: Line, today: list[_Section], earlier: list[_Version], here: set[str]
) -> Iterator[LostSection]:
    by_anchor = {section.anchor: section for section in today}
    by_number = {section.number: section for section in today if section.number}
    by_heading = {_plain(section.heading): section for section in reversed(today) if section.heading}
    seen = set(here)
    for version in earlier:
        page = reverse("edition-chapter", args=[version.edition, line.slug])
        for section in version.sections:
            if section.anchor not in seen:
                seen.add(section.anchor)
                heading_now = by_heading.get(_plain(section.heading)) if section.heading else None
                number_now = by_number.get(section.number)
                yield LostSection(
                    section.anchor, "", section.heading, version.edition, version.until,
                    f"{page}#{section.anchor}", None, heading_now,
                    number_now if number_now != heading_now else None, section.number,
                )  # fmt: skip
            # Paragraphs have their number in their anchor.
            if section.heading and section.number and section.number not in seen:
                seen.add(section.number)
                yield LostSection(
                    section.number, section.number, section.heading, version.edition, version.until,
                    f"{page}#{section.anchor}", by_anchor.get(section.anchor), was=section.number,
                )  # fmt: skip


def _plain(words: str) -> str:
    return " ".join(words.split()).casefold()
