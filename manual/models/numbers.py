"""Who had a number: numbers are labels of an edition, and what was 2.2.8 may be 2.2.9 today."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from manual.models.contents import Contents, Line
from manual.models.edition import Edition, Entry

NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,6}){0,9}", re.ASCII)


@dataclass(frozen=True)
class Tenure:
    """A run of editions in which one chapter had a number; `until` is the edition that ended it."""

    line: Line
    since: Edition
    until: Edition | None


@dataclass(frozen=True)
class NumberHistory:
    """Every chapter that ever had a number, the last first."""

    number: str
    tenures: list[Tenure]

    @classmethod
    def of(cls, number: str, contents: Contents, editions: Sequence[Edition]) -> NumberHistory:
        """Through these editions, which are in order and end with that of the contents. One query."""
        holders: dict[int, int] = {}
        if NUMBER.fullmatch(number):
            # That it is not empty goes without saying, but said it lets the database use the index of numbers.
            entries = Entry.objects.filter(
                ~Q(number=""), number=number, edition__in=[edition.pk for edition in editions]
            )
            holders = dict(entries.order_by().values_list("edition_id", "chapter_id"))
        tenures: list[Tenure] = []
        line: Line | None = None
        for edition in editions:
            holder = contents.by_chapter.get(holders.get(edition.pk, 0))
            if holder is line:
                continue
            if line:
                tenures[-1] = Tenure(line, tenures[-1].since, until=edition)
            if holder:
                tenures.append(Tenure(holder, edition, until=None))
            line = holder
        return cls(number, tenures[::-1])

    @property
    def today(self) -> Tenure | None:
        """Who has it in the edition in force."""
        return self.tenures[0] if self.tenures and self.tenures[0].until is None else None

    @property
    def newest(self) -> Line | None:
        """Who has it, or had it last; a heading that has left the contents has no place to lead to."""
        lines = (tenure.line for tenure in self.tenures)
        return next((line for line in lines if line.is_page or not line.gone), None)

    @property
    def former(self) -> list[Tenure]:
        """Who had it and has it no longer: the last first, and each chapter once."""
        last = {tenure.line.chapter_id: tenure for tenure in reversed(self.tenures) if tenure.until}
        today = self.today.line.chapter_id if self.today else None
        kept = [tenure for tenure in self.tenures if tenure is last.get(tenure.line.chapter_id)]
        return [tenure for tenure in kept if tenure.line.chapter_id != today]

    def of_chapter(self, line: Line) -> Tenure | None:
        """When a chapter had it last, if other chapters had it too or it has it no longer: what needs a word."""
        if self.today and self.today.line is line:
            return self.today if self.former else None
        return next((tenure for tenure in self.former if tenure.line is line), None)
