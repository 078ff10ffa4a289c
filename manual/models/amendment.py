"""An amendment: one version of one chapter; and the sections of its text."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, Literal, cast

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q

from manual import rendering
from manual.models.manual import Manual, Numbering


class Status(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    RETURNED = "returned", "Returned"
    APPROVED = "approved", "Approved"
    PUBLISHED = "published", "Published"
    ABANDONED = "abandoned", "Abandoned"


HowNumbered = Literal["headings", "paragraphs"]
OPEN = (Status.DRAFT, Status.SUBMITTED, Status.RETURNED)
AGREED = (Status.APPROVED, Status.PUBLISHED)


class Significance(models.TextChoices):
    NEW = "new", "New"
    AMENDED = "amended", "Amended"
    CORRECTION = "correction", "Correction"
    WITHDRAWN = "withdrawn", "Withdrawn"


class PassageStatus(models.TextChoices):
    POLICY = "policy", "Policy"
    PROCEDURE = "procedure", "Procedure"
    GUIDANCE = "guidance", "Guidance"
    PROTOCOL = "protocol", "Protocol"


class AmendmentRefused(ValueError):
    """Words that no amendment can have; a sentence for the editor."""


class AmendmentQuerySet(models.QuerySet["Amendment"]):
    def open(self) -> AmendmentQuerySet:
        """Still being written or waiting for a decision."""
        return self.filter(status__in=OPEN)

    def awaiting_approval(self) -> AmendmentQuerySet:
        return self.filter(status=Status.SUBMITTED)

    def published(self) -> AmendmentQuerySet:
        return self.filter(status=Status.PUBLISHED)

    def stale(self) -> list[int]:
        """Keys of those whose stored HTML an older renderer or other settings made."""
        manual = Manual.objects.current()
        texts = self.values_list("pk", "text", "numbering", "rendered_with")
        return [
            pk
            for pk, text, numbering, made in texts
            if made != rendering_fingerprint(text, numbering, manual)
        ]


def rendering_fingerprint(text: str, numbering: str, manual: Manual) -> str:
    """What stored HTML was made from and with: renderer, numbering, areas and text. 64 hexadecimal digits."""
    made_of = json.dumps([rendering.VERSION, numbering or manual.numbering, manual.areas, text])
    return hashlib.sha256(made_of.encode()).hexdigest()


class Amendment(models.Model):
    """One version of one chapter, from draft to publication.

    Its text and all else that a reader sees is frozen once approved, its edition and sequence once in force. Only
    manual.workflow writes its status.
    """

    FROZEN = (
        "chapter_id", "based_on_id", "significance", "title", "text", "areas", "remark", "label", "link",
        "numbering", "passage_status", "under_id", "numbered", "successor_id", "note", "author_id",
    )  # fmt: skip

    chapter = models.ForeignKey("manual.Chapter", models.PROTECT, related_name="amendments")
    sequence = models.PositiveIntegerField(null=True, editable=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)
    significance = models.CharField(max_length=10, choices=Significance.choices, default=Significance.AMENDED)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="successors")

    title = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    areas = models.JSONField(default=list, blank=True, help_text="Empty: it applies everywhere.")
    remark = models.CharField(max_length=200, blank=True, help_text="Shown beside the title: under review.")
    label = models.CharField(
        max_length=100, blank=True, help_text="Stands before an entry under another: See also."
    )
    link = models.URLField(max_length=500, blank=True, help_text="Where an outside document is.")
    numbering = models.CharField(max_length=10, choices=Numbering.choices, blank=True)
    passage_status = models.CharField(max_length=10, choices=PassageStatus.choices, blank=True)
    under = models.ForeignKey(
        "manual.Chapter",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Where a new chapter stands until an edition arranges it.",
    )
    numbered = models.BooleanField(default=True)
    successor = models.ForeignKey("manual.Chapter", models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True, help_text="What changed and why, for readers.")

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    self_approved = models.BooleanField(default=False, editable=False)
    edition = models.ForeignKey(
        "manual.Edition", models.PROTECT, null=True, blank=True, related_name="amendments", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True, editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)

    html = models.TextField(editable=False, blank=True)
    rendered_with = models.CharField(max_length=64, editable=False, blank=True)

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        ordering = ["chapter", F("sequence").asc(nulls_last=True), "pk"]
        permissions = [
            ("submit_amendment", "Can submit an amendment for approval"),
            ("approve_amendment", "Can return and approve amendments"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="amendment_status_known"),
            models.CheckConstraint(
                condition=Q(significance__in=Significance.values), name="amendment_significance_known"
            ),
            models.UniqueConstraint(fields=["chapter", "sequence"], name="amendment_sequence_unique"),
            models.UniqueConstraint(
                fields=["chapter", "author"], condition=Q(status__in=OPEN), name="amendment_one_open_draft"
            ),
            models.UniqueConstraint(
                fields=["chapter", "edition"], name="amendment_one_a_chapter_and_edition"
            ),
            models.CheckConstraint(
                condition=Q(status=Status.PUBLISHED, sequence__isnull=False, edition__isnull=False)
                | (~Q(status=Status.PUBLISHED) & Q(sequence__isnull=True)),
                name="amendment_published_has_edition_and_sequence",
            ),
            models.CheckConstraint(
                condition=Q(edition__isnull=True) | Q(status__in=AGREED),
                name="amendment_edition_takes_only_approved",
            ),
            models.CheckConstraint(
                condition=Q(status__in=AGREED, approved_at__isnull=False)
                | (~Q(status__in=AGREED) & Q(approved_at__isnull=True, approver__isnull=True)),
                name="amendment_approved_says_when",
            ),
            models.CheckConstraint(
                condition=Q(author__isnull=True)
                | Q(approver__isnull=True)
                | ~Q(author=F("approver"))
                | Q(self_approved=True),
                name="amendment_seen_by_two",
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | Q(significance=Significance.WITHDRAWN),
                name="amendment_successor_of_withdrawn",
            ),
            models.CheckConstraint(
                condition=~Q(note="") | ~Q(status__in=(Status.SUBMITTED, *AGREED)),
                name="amendment_note_before_submission",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="amendment_has_title"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.sequence or self.get_status_display().lower()})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store it, with its HTML and sections made anew where the text or the way of rendering changed.

        Raises AmendmentRefused for words that do not fit, and RenderingRefused, with the line, for a text that
        cannot be rendered.
        """
        self._check_words()
        manual = Manual.objects.current()
        fingerprint = rendering_fingerprint(self.text, self.numbering, manual)
        if fingerprint == self.rendered_with:
            super().save(*args, **kwargs)
            return
        rendered = rendering.render(
            self.text, numbering=cast(HowNumbered, self.numbering or manual.numbering), areas=manual.areas
        )
        self.html, self.rendered_with = rendered.html, fingerprint
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "html", "rendered_with"}
        with transaction.atomic():
            super().save(*args, **kwargs)
            self.sections.all().delete()
            Section.objects.bulk_create(
                Section(
                    amendment=self,
                    position=position,
                    anchor=section.anchor,
                    number=section.number,
                    level=section.level,
                    heading=section.heading,
                    text=section.text,
                    status=section.status,
                    areas=list(section.areas),
                )
                for position, section in enumerate(rendered.sections)
            )

    def _check_words(self) -> None:
        if not isinstance(self.areas, list) or not all(isinstance(area, str) for area in self.areas):
            raise AmendmentRefused("The areas have to be a list of words.")
        if self.link and not re.match(r"https?://[^\s/]", self.link, re.IGNORECASE):
            raise AmendmentRefused(f"The link «{self.link[:100]}» has to begin with https:// or http://.")
        for name in ("title", "remark", "label", "link"):
            longest = getattr(self._meta.get_field(name), "max_length", None)
            if longest and len(getattr(self, name)) > longest:
                raise AmendmentRefused(f"The {name} is longer than {longest} characters.")


class Section(models.Model):
    """A numbered heading or paragraph inside an amendment's text: what people link to, cite and search for.

    Made from the text whenever that is rendered; the words before the first heading are a section without anchor.
    """

    amendment = models.ForeignKey(Amendment, models.CASCADE, related_name="sections")
    position = models.PositiveIntegerField()
    anchor = models.CharField(max_length=200, blank=True)
    number = models.CharField(max_length=40, blank=True)
    level = models.PositiveSmallIntegerField()
    heading = models.TextField(blank=True)
    text = models.TextField(blank=True)
    status = models.CharField(max_length=10, blank=True)
    areas = models.JSONField(default=list)

    class Meta:
        ordering = ["amendment", "position"]
        constraints = [
            models.UniqueConstraint(fields=["amendment", "position"], name="section_position_unique"),
            models.UniqueConstraint(fields=["amendment", "anchor"], name="section_anchor_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.heading}".strip()
