"""Who leads to a chapter: the chapters that refer to it, and addresses of sections that it has no longer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache

from manual.models import Amendment, Line, LostSection, Reference, lost_sections
from manual.views.page import Page

DAY = 24 * 60 * 60
FEW = 8  # more than that, and the list opens when it is asked for


@dataclass(frozen=True)
class Referring:
    """A chapter that refers to the one that is read."""

    line: Line
    shows: bool  # a passage of it


@dataclass(frozen=True)
class WaysIn:
    """The chapters that refer to this one, in the order of the contents, and the sections that are lost."""

    referring: Sequence[Referring]
    lost: Sequence[LostSection]

    @property
    def many(self) -> bool:
        return len(self.referring) > FEW


def ways_in(page: Page, line: Line, amendment: Amendment) -> WaysIn:
    """Those of a chapter in the edition that is read. Two queries, on the first reading alone."""
    contents = page.contents
    key = ":".join(
        ("ways-in", settings.RELEASE, str(contents.edition.stamp), str(amendment.pk), amendment.rendered_with)
    )
    known: tuple[dict[int, bool], list[LostSection]] | None = cache.get(key)
    if known is None:
        referring = Reference.objects.in_edition(contents.edition).to_chapter(line.slug).by_chapter()
        known = referring, lost_sections(line, amendment, page.issued)
        cache.set(key, known, DAY)
    found, lost = known
    return WaysIn(
        [
            Referring(other, found[other.chapter_id])
            for other in contents.lines
            if other.chapter_id in found and other.chapter_id != line.chapter_id
        ],
        lost,
    )
