"""A keyword of the glossary, and the versions of its meaning."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from manual import rendering
from manual.models.amendment import AGREED, Status, rendering_fingerprint
from manual.models.edition import Edition
from manual.models.manual import Manual, Numbering


class Keyword(models.Model):
    """A glossary term, by its permanent address; its name and meaning are in its definitions."""

    slug = models.SlugField(max_length=100, unique=True, help_text="Part of its address; never used again.")

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("keyword", args=[self.slug])


class DefinitionQuerySet(models.QuerySet["Definition"]):
    def in_edition(self, edition: Edition) -> DefinitionQuerySet:
        """The meaning of every keyword as an edition has it: the newest up to that edition."""
        up_to = self.filter(status=Status.PUBLISHED, edition__effective_at__lte=edition.effective_at)
        newer = Definition.objects.filter(
            keyword=OuterRef("keyword"),
            status=Status.PUBLISHED,
            edition__effective_at__lte=edition.effective_at,
            sequence__gt=OuterRef("sequence"),
        )
        return up_to.filter(~Exists(newer)).select_related("keyword")

    def stale(self) -> list[int]:
        """Keys of those whose stored HTML an older renderer or other settings made."""
        manual = Manual.objects.current()
        texts = self.values_list("pk", "meaning", "rendered_with")
        return [
            pk
            for pk, meaning, made in texts
            if made != rendering_fingerprint(meaning, Numbering.HEADINGS, manual)
        ]


class Definition(models.Model):
    """One version of a keyword's name, other forms and meaning; takes effect with an edition, as amendments do."""

    FROZEN = ("keyword_id", "based_on_id", "name", "also", "meaning", "see_also", "note", "author_id")

    keyword = models.ForeignKey(Keyword, models.PROTECT, related_name="definitions")
    sequence = models.PositiveIntegerField(null=True, editable=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="successors")

    name = models.CharField(max_length=200)
    also = models.JSONField(default=list, blank=True, help_text="Abbreviations and other forms.")
    meaning = models.TextField(help_text="One to four sentences.")
    see_also = models.JSONField(default=list, blank=True, help_text="Slugs of other keywords.")
    note = models.TextField(blank=True, help_text="What changed and why, for readers.")

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    self_approved = models.BooleanField(default=False, editable=False)
    edition = models.ForeignKey(
        Edition, models.PROTECT, null=True, blank=True, related_name="definitions", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    approved_at = models.DateTimeField(null=True, editable=False)

    html = models.TextField(editable=False, blank=True)
    rendered_with = models.CharField(max_length=64, editable=False, blank=True)

    objects = DefinitionQuerySet.as_manager()

    class Meta:
        ordering = ["keyword", F("sequence").asc(nulls_last=True), "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="definition_status_known"),
            models.UniqueConstraint(fields=["keyword", "sequence"], name="definition_sequence_unique"),
            models.UniqueConstraint(
                fields=["keyword", "edition"], name="definition_one_a_keyword_and_edition"
            ),
            models.CheckConstraint(
                condition=Q(status=Status.PUBLISHED, sequence__isnull=False, edition__isnull=False)
                | (~Q(status=Status.PUBLISHED) & Q(sequence__isnull=True)),
                name="definition_published_has_edition_and_sequence",
            ),
            models.CheckConstraint(
                condition=Q(edition__isnull=True) | Q(status__in=AGREED),
                name="definition_edition_takes_only_approved",
            ),
            models.CheckConstraint(
                condition=Q(status__in=AGREED, approved_at__isnull=False)
                | (~Q(status__in=AGREED) & Q(approved_at__isnull=True, approver__isnull=True)),
                name="definition_approved_says_when",
            ),
            models.CheckConstraint(
                condition=Q(author__isnull=True)
                | Q(approver__isnull=True)
                | ~Q(author=F("approver"))
                | Q(self_approved=True),
                name="definition_seen_by_two",
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(meaning=""), name="definition_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.sequence or self.get_status_display().lower()})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store it, its meaning rendered. Raises RenderingRefused, with the line, where that cannot be done."""
        manual = Manual.objects.current()
        fingerprint = rendering_fingerprint(self.meaning, Numbering.HEADINGS, manual)
        if fingerprint != self.rendered_with:
            self.html = rendering.render(self.meaning, areas=manual.areas).html
            self.rendered_with = fingerprint
            if (fields := kwargs.get("update_fields")) is not None:
                kwargs["update_fields"] = {*fields, "html", "rendered_with"}
        super().save(*args, **kwargs)
