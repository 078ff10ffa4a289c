"""The editions that a reader may read, in the order of taking effect: what every question about a day is asked of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cached_property
from itertools import pairwise

from django.utils import timezone

from manual import manifest
from manual.models.edition import Edition
from manual.models.rows import SameRows

# No edition is scheduled so far ahead, and every database can say it.
END_OF_TIME = datetime(9999, 12, 30, tzinfo=UTC)


# Editions that take effect by a moment, in their order.
_published = SameRows(
    Edition, "published_at IS NOT NULL AND effective_at <= %s", order="effective_at", without=["notes"]
)


def day_of(moment: datetime) -> date:
    """The day, London time, of a moment."""
    return timezone.localtime(moment).date()


def beginning_of(day: date) -> datetime:
    """The midnight, London time, with which a day begins."""
    return timezone.make_aware(datetime.combine(day, time.min))


@dataclass(frozen=True)
class ThatDay:
    """What was in force on a day: the edition when the day ended, and those that applied earlier that day.

    No `edition`: none was in force yet.
    """

    day: date
    edition: Edition | None
    earlier: tuple[Edition, ...] = ()

    @property
    def gave_way(self) -> list[tuple[Edition, datetime]]:
        """Those that applied earlier that day, each with the moment until which it did."""
        if self.edition is None:
            return []
        return [
            (edition, moment_of(follower)) for edition, follower in pairwise([*self.earlier, self.edition])
        ]

    @property
    def since(self) -> datetime | None:
        """When during that day the edition took effect; none where it applied all day."""
        if self.edition is None:
            return None
        moment = moment_of(self.edition)
        return moment if moment > beginning_of(self.day) else None

    @property
    def is_over(self) -> bool:
        """Whether another edition can no longer take effect on it."""
        return self.day < timezone.localdate()


@dataclass
class Issued:
    """Every edition that has taken effect at a moment, oldest first; for editors also those that are to come.

    One query, whatever the number of editions; their notes are not read.
    """

    editions: list[Edition]
    to_come: list[Edition] = field(default_factory=list)

    @classmethod
    def of(cls, *, with_scheduled: bool = False) -> Issued:
        """As things stand now."""
        now = timezone.now()
        issued = cls([])
        for edition in _published.read(END_OF_TIME if with_scheduled else now):
            (issued.editions if moment_of(edition) <= now else issued.to_come).append(edition)
        issues = []
        for edition in [*issued.editions, *issued.to_come]:
            issues.append(manifest.Issue(edition.pk, edition.kind, moment_of(edition)))
            edition.issues = tuple(issues)
        return issued

    @property
    def in_force(self) -> Edition | None:
        """None before the first."""
        return self.editions[-1] if self.editions else None

    @property
    def first_day(self) -> date | None:
        """The first day on which an edition was in force."""
        return day_of(moment_of(self.editions[0])) if self.editions else None

    @cached_property
    def by_number(self) -> dict[int, Edition]:
        """By number; those to come among them."""
        return {edition.number: edition for edition in [*self.editions, *self.to_come] if edition.number}

    @cached_property
    def by_key(self) -> dict[int, Edition]:
        return {edition.pk: edition for edition in [*self.editions, *self.to_come]}

    def after(self, edition: Edition) -> Edition | None:
        """The edition in force or superseded that followed one."""
        later = (other for other in self.editions if moment_of(other) > moment_of(edition))
        return next(later, None)

    def before(self, edition: Edition) -> Edition | None:
        """The edition that one followed."""
        known = [*self.editions, *self.to_come]
        return next((other for other in reversed(known) if moment_of(other) < moment_of(edition)), None)

    def on(self, day: date) -> ThatDay:
        """What was in force when a day ended, London time; of today, what is in force now."""
        until = [edition for edition in self.editions if day_of(moment_of(edition)) <= day]
        if not until:
            return ThatDay(day, None)
        # Those that gave way during the day itself, and so applied for a part of it; at midnight is no part.
        earlier = tuple(
            edition for edition, follower in pairwise(until) if moment_of(follower) > beginning_of(day)
        )
        return ThatDay(day, until[-1], earlier)


def moment_of(edition: Edition) -> datetime:
    """When a published edition took or takes effect."""
    if edition.effective_at is None:
        raise ValueError("An edition in preparation has no moment yet.")
    return edition.effective_at
