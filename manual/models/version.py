"""What amendments, definitions and document versions have in common: the way from a draft to an edition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django.db.models.constraints import BaseConstraint


class Status(models.TextChoices):
    DRAFT = "draft", gettext_lazy("Draft")
    SUBMITTED = "submitted", gettext_lazy("Submitted")
    RETURNED = "returned", gettext_lazy("Returned")
    APPROVED = "approved", gettext_lazy("Approved")
    PUBLISHED = "published", gettext_lazy("Published")
    ABANDONED = "abandoned", gettext_lazy("Abandoned")


OPEN = (Status.DRAFT, Status.SUBMITTED, Status.RETURNED)
# Its author can still write on it.
WRITABLE = (Status.DRAFT, Status.RETURNED)
AGREED = (Status.APPROVED, Status.PUBLISHED)


class VersionQuerySet(models.QuerySet[Any]):
    def open(self) -> Self:
        """Still being written or waiting for a decision."""
        return self.filter(status__in=OPEN)

    def awaiting_approval(self) -> Self:
        return self.filter(status=Status.SUBMITTED)

    def ready(self) -> Self:
        """Approved, and carried by no published edition yet."""
        return self.filter(status=Status.APPROVED)

    def published(self) -> Self:
        return self.filter(status=Status.PUBLISHED)

    def self_approved(self) -> Self:
        """Those that nobody but their author has seen, where the board allows that."""
        return self.filter(self_approved=True)


class Version(models.Model):
    """One version of a chapter, a keyword or a document.

    Its words are frozen once approved, its edition and sequence once in force. Only manual.workflow writes its status.
    """

    # The field that names what this is a version of, what an editor decides about it, and what approval freezes.
    CHAIN: ClassVar[str]
    WORDS: ClassVar[tuple[str, ...]]
    FROZEN: ClassVar[tuple[str, ...]]

    # Each has its own, lest they be of another kind: the version that it was written from.
    based_on: Any

    sequence = models.PositiveIntegerField(null=True, editable=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)
    note = models.TextField(blank=True, help_text=gettext_lazy("What changed and why, for readers."))
    # Counts the times that its words were saved, so that no page overwrites what another one saved meanwhile.
    revision = models.PositiveIntegerField(default=1, editable=False)

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    self_approved = models.BooleanField(default=False, editable=False)
    edition = models.ForeignKey(
        "manual.Edition", models.PROTECT, null=True, blank=True, related_name="%(class)ss", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(null=True, editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)

    # Many boards agree a text in a meeting of people without accounts.
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

    class Meta:
        abstract = True

    @property
    def chain(self) -> Any:
        """The chapter, keyword or document that this is a version of."""
        return getattr(self, self.CHAIN)

    @property
    def chain_id(self) -> int:
        key: int = getattr(self, f"{self.CHAIN}_id")
        return key

    @property
    def title_shown(self) -> str:
        """How lists name it."""
        return getattr(self, "title", "") or getattr(self, "name", "") or str(self.chain)

    @property
    def open(self) -> bool:
        return self.status in OPEN

    @property
    def writable(self) -> bool:
        return self.status in WRITABLE


def version_constraints(noun: str, chain: str) -> list[BaseConstraint]:
    """What the database refuses of any version, whatever it is a version of."""
    return [
        models.CheckConstraint(condition=Q(status__in=Status.values), name=f"{noun}_status_known"),
        models.UniqueConstraint(fields=[chain, "sequence"], name=f"{noun}_sequence_unique"),
        models.UniqueConstraint(
            fields=[chain, "author"], condition=Q(status__in=OPEN), name=f"{noun}_one_open_draft"
        ),
        models.UniqueConstraint(fields=[chain, "edition"], name=f"{noun}_one_a_{chain}_and_edition"),
        models.CheckConstraint(
            condition=Q(status=Status.PUBLISHED, sequence__isnull=False, edition__isnull=False)
            | (~Q(status=Status.PUBLISHED) & Q(sequence__isnull=True)),
            name=f"{noun}_published_has_edition_and_sequence",
        ),
        models.CheckConstraint(
            condition=Q(edition__isnull=True) | Q(status__in=AGREED),
            name=f"{noun}_edition_takes_only_approved",
        ),
        models.CheckConstraint(
            condition=Q(status__in=AGREED, approved_at__isnull=False)
            | (~Q(status__in=AGREED) & Q(approved_at__isnull=True, approver__isnull=True)),
            name=f"{noun}_approved_says_when",
        ),
        models.CheckConstraint(
            condition=Q(author__isnull=True)
            | Q(approver__isnull=True)
            | ~Q(author=F("approver"))
            | Q(self_approved=True),
            name=f"{noun}_seen_by_two",
        ),
    ]


def in_chain_order(chain: str) -> list[Any]:
    return [chain, F("sequence").asc(nulls_last=True), "pk"]


AGREEMENT = ("agreed_by", "agreed_on", "minute")
