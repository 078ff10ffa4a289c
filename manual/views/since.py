"""Since when: the day, or the edition, that a reader compares what is in force with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone

from manual.models import Edition, Issued
from manual.models.issued import day_of, moment_of
from manual.views.another_day import read_day


@dataclass(frozen=True)
class Since:
    """What readers had on a day that has begun: the edition in force when it ended; none before the first.

    An edition can be named instead of a day, for two can take effect on one day.
    """

    day: date
    edition: Edition | None
    by_edition: bool = False

    @classmethod
    def of(cls, request: HttpRequest, issued: Issued) -> Since | None:
        """As an address says; none where it names no day, or one that is still to come."""
        if number := request.GET.get("since_edition", ""):
            return cls.edition_numbered(number, issued)
        day = read_day(request.GET.get("since", ""))
        if day is None or day > timezone.localdate():
            return None
        return cls(day, issued.on(day).edition)

    @classmethod
    def edition_numbered(cls, number: str, issued: Issued) -> Since | None:
        """Since an edition took effect; none where no such edition has."""
        if not (number.isascii() and number.isdigit() and len(number) < 8):
            return None
        edition = issued.by_number.get(int(number))
        if edition is None or edition not in issued.editions:
            return None
        return cls(day_of(moment_of(edition)), edition, by_edition=True)

    @property
    def query(self) -> str:
        """What addresses of the same question end with."""
        if self.by_edition and self.edition:
            return "?" + urlencode({"since_edition": self.edition.number})
        return "?" + urlencode({"since": self.day.isoformat()})
