"""An edition: a numbered, dated issue of the whole manual; its entries and its arrangement."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manual import manifest

# What an edition's state is called, by what `Edition.state` says.
STATES = {
    "in preparation": gettext_lazy("In preparation"),
    "scheduled": gettext_lazy("Scheduled"),
    "in force": gettext_lazy("In force"),
    "superseded": gettext_lazy("Superseded"),
    "given up": gettext_lazy("Given up"),
}


class EditionKind(models.TextChoices):
    ORDINARY = "ordinary", gettext_lazy("Ordinary")
    URGENT = "urgent", gettext_lazy("Urgent")
    CORRECTION = "correction", gettext_lazy("Correction")


class EditionQuerySet(models.QuerySet["Edition"]):
    def in_preparation(self) -> EditionQuerySet:
        """Neither published nor given up; the last begun first."""
        return self.filter(published_at__isnull=True, given_up_at__isnull=True).order_by("-pk")

    def scheduled(self, at: datetime | None = None) -> EditionQuerySet:
        """Published, but not in effect yet."""
        return self.published().filter(effective_at__gt=at or timezone.now())

    def published(self) -> EditionQuerySet:
        """Scheduled, in force or superseded; in their order."""
        return self.filter(published_at__isnull=False).order_by("effective_at")

    def effective(self, at: datetime | None = None) -> EditionQuerySet:
        """In force or superseded at a moment (now): what readers may see."""
        return self.published().filter(effective_at__lte=at or timezone.now())

    def in_force(self, at: datetime | None = None) -> Edition | None:
        """The newest published edition whose moment is past; none before the first."""
        return self.effective(at).last()

    def up_to(self, edition: Edition) -> EditionQuerySet:
        """This edition and those before it."""
        return self.published().filter(effective_at__lte=edition.effective_at)


class Edition(models.Model):
    """A numbered, dated issue of the whole manual. Without `published_at` it is still in preparation."""

    number = models.PositiveIntegerField(null=True, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=EditionKind.choices, default=EditionKind.ORDINARY)
    name = models.CharField(max_length=200, blank=True)
    notes = models.TextField(blank=True, help_text=gettext_lazy("What this edition is about, for readers."))
    effective_at = models.DateTimeField(null=True, blank=True)
    law_stated_as_at = models.DateField(null=True, blank=True)
    rearranges = models.BooleanField(default=False, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    # In preparation, and given up before it was ever published.
    given_up_at = models.DateTimeField(null=True, editable=False)
    agreed_by = models.CharField(
        gettext_lazy("agreed by"),
        max_length=200,
        blank=True,
        help_text=gettext_lazy("The meeting or group that agreed it."),
    )
    agreed_on = models.DateField(gettext_lazy("agreed on"), null=True, blank=True)
    minute = models.CharField(
        max_length=100, blank=True, help_text=gettext_lazy("Where the minutes of that meeting say so.")
    )
    # Changes whenever the entries are built: what caches of pages go by.
    stamp = models.UUIDField(default=uuid.uuid4, editable=False)

    objects = EditionQuerySet.as_manager()

    # The editions up to this one, where whoever read it has read them all.
    issues: tuple[manifest.Issue, ...] | None = None

    class Meta:
        ordering = ["effective_at"]
        permissions = [("publish_edition", "Can publish, schedule and unschedule editions")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EditionKind.values), name="edition_kind_known"),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, number__isnull=True)
                | Q(published_at__isnull=False, number__isnull=False, effective_at__isnull=False),
                name="edition_published_has_number_and_moment",
            ),
            models.UniqueConstraint(
                fields=["effective_at"],
                condition=Q(published_at__isnull=False),
                name="edition_effective_at_unique",
            ),
            models.CheckConstraint(
                condition=Q(kind=EditionKind.ORDINARY) | Q(rearranges=False),
                name="edition_only_ordinary_rearranges",
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=True) | Q(number__gte=1), name="edition_from_1"
            ),
            models.CheckConstraint(
                condition=Q(given_up_at__isnull=True) | Q(published_at__isnull=True),
                name="edition_given_up_before_publication",
            ),
        ]

    def __str__(self) -> str:
        if self.number:
            return _("Edition %(number)s") % {"number": self.number}
        return _("%(name)s (in preparation)") % {"name": self.name or _("Edition")}

    def get_absolute_url(self) -> str:
        return reverse("edition", args=[self.number])

    def state(self, at: datetime | None = None) -> str:
        """In preparation, given up, scheduled, in force or superseded: derived, never stored."""
        if not self.published_at or not self.effective_at:
            return "given up" if self.given_up_at else "in preparation"
        at = at or timezone.now()
        if self.effective_at > at:
            return "scheduled"
        return "in force" if self == Edition.objects.in_force(at) else "superseded"

    def flag_window(self) -> frozenset[int]:
        """The editions whose new and amended chapters this one shows as New and Updated."""
        if self.issues is not None:
            return frozenset(manifest.flag_window(self.issues))
        facts = Edition.objects.up_to(self).values_list("pk", "kind", "effective_at")
        issues = [manifest.Issue(key, kind, moment) for key, kind, moment in facts if moment]
        return frozenset(manifest.flag_window(issues))


class Place(models.Model):
    """A line of the arrangement that an ordinary edition took from the tree."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="places")
    position = models.PositiveIntegerField()
    chapter = models.ForeignKey("manual.Chapter", models.PROTECT, related_name="+")
    parent = models.ForeignKey("manual.Chapter", models.PROTECT, null=True, related_name="+")
    numbered = models.BooleanField(default=True)

    class Meta:
        ordering = ["edition", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "position"], name="place_position_unique"),
            models.UniqueConstraint(fields=["edition", "chapter"], name="place_chapter_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.chapter_id} at {self.position} of {self.edition_id}"


class EntryQuerySet(models.QuerySet["Entry"]):
    def in_place(self) -> EntryQuerySet:
        """Those that stand in the contents, in their order; gone ones do not."""
        return self.filter(gone=False).order_by("position")

    def changed_by_editions(self, up_to: Edition) -> EntryQuerySet:
        """The entry of every amendment as the edition that published it had it, up to an edition; newest first."""
        return (
            self.filter(
                edition=F("amendment__edition"),
                edition__published_at__isnull=False,
                edition__effective_at__lte=up_to.effective_at,
            )
            .select_related("edition", "chapter", "amendment", "amendment__successor")
            .defer("amendment__text", "amendment__html")
            .order_by("-edition__effective_at", "position")
        )


class Entry(models.Model):
    """A line of an edition's contents: this chapter, at this place, with this number and this amendment."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="entries")
    position = models.PositiveIntegerField()
    chapter = models.ForeignKey("manual.Chapter", models.PROTECT, related_name="entries")
    parent = models.ForeignKey("manual.Chapter", models.PROTECT, null=True, related_name="+")
    level = models.PositiveSmallIntegerField()
    numbered = models.BooleanField()
    number = models.CharField(max_length=40, blank=True)
    amendment = models.ForeignKey("manual.Amendment", models.PROTECT, related_name="entries")
    introduced_in = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    changed_in = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    withdrawn_in = models.ForeignKey(Edition, models.PROTECT, null=True, related_name="+")
    gone = models.BooleanField(default=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["edition", "position"]
        verbose_name_plural = "entries"
        indexes = [
            # Search asks of every section it comes upon whether the edition has it.
            models.Index(fields=["amendment", "edition"], name="entry_amendment_edition"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["edition", "position"], name="entry_position_unique"),
            models.UniqueConstraint(fields=["edition", "chapter"], name="entry_chapter_unique"),
            models.UniqueConstraint(
                fields=["edition", "number"], condition=~Q(number=""), name="entry_number_unique"
            ),
            models.CheckConstraint(
                condition=Q(gone=False) | Q(number="", withdrawn_in__isnull=False),
                name="entry_gone_is_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("chapter")), name="entry_not_its_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.amendment.title}".strip()
