"""A notice: a line pinned over the site or a chapter, live at once and in no edition."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from manual.models.rows import SameRows


class NoticeQuerySet(models.QuerySet["Notice"]):
    def up(self, at: datetime | None = None) -> NoticeQuerySet:
        """Those that readers see at a moment (now), the newest first."""
        at = at or timezone.now()
        return (
            self.filter(pinned_at__lte=at, expires_at__gt=at)
            .filter(Q(taken_down_at__isnull=True) | Q(taken_down_at__gt=at))
            .order_by("-pinned_at", "-pk")
        )

    def shown(self) -> list[Notice]:
        """Those that readers see now, as pages show them: what they say, and over which chapter."""
        return _up.read(*[timezone.now()] * 3)


class Notice(models.Model):
    """“The duty line is down”, “under review until September”: words over every page, or over one chapter's."""

    words = models.CharField(max_length=300, help_text=gettext_lazy("One or two plain sentences."))
    chapter = models.ForeignKey(
        "manual.Chapter",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notices",
        help_text=gettext_lazy("Over this chapter alone; empty: over every page."),
    )
    expires_at = models.DateTimeField(
        "until", help_text=gettext_lazy("London time. It comes down by itself.")
    )
    pinned_at = models.DateTimeField(editable=False)
    pinned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    taken_down_at = models.DateTimeField(null=True, editable=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-pinned_at", "-pk"]
        permissions = [("pin_notice", "Can pin notices and take them down")]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="notice_says_something"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("pinned_at")), name="notice_expires_later"),
        ]

    def __str__(self) -> str:
        return self.words

    def is_up(self, at: datetime | None = None) -> bool:
        at = at or timezone.now()
        return self.pinned_at <= at < min(self.expires_at, self.taken_down_at or self.expires_at)


_up = SameRows(
    Notice,
    "pinned_at <= %s AND expires_at > %s AND (taken_down_at IS NULL OR taken_down_at > %s)",
    order="pinned_at DESC, id DESC",
    without=["expires_at", "pinned_at", "pinned_by", "taken_down_at"],
)
