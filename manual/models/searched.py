"""What was searched for: the words, the day and how often, and nothing of who did."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

KEPT = timedelta(days=90)
LONGEST = 100


class SearchedQuerySet(models.QuerySet["Searched"]):
    def kept(self, on: date | None = None) -> SearchedQuerySet:
        """Those of the last 90 days."""
        return self.filter(day__gt=(on or timezone.localdate()) - KEPT)

    def expired(self, on: date | None = None) -> SearchedQuerySet:
        """Those that are older than that, which nobody may see any more."""
        return self.filter(day__lte=(on or timezone.localdate()) - KEPT)


class Searched(models.Model):
    """Words that readers searched for on a day. No address, no person, no hour.

    `words` are folded as search folds them, so that what differs in capitals only is one; `found` says whether the last
    of these searches found anything as it was typed.
    """

    words = models.CharField(max_length=LONGEST)
    day = models.DateField()
    times = models.PositiveIntegerField(default=1)
    found = models.BooleanField()

    objects = SearchedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "searched"
        constraints = [
            models.UniqueConstraint(fields=["words", "day"], name="searched_once_a_day"),
            models.CheckConstraint(condition=~Q(words=""), name="searched_for_something"),
        ]
        indexes = [models.Index(fields=["day"], name="searched_day")]

    def __str__(self) -> str:
        return self.words
