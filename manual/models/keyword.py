"""A keyword of the glossary, and the versions of its meaning."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy

from manual import rendering
from manual.models.amendment import rendering_fingerprint
from manual.models.edition import Edition
from manual.models.manual import Manual, Numbering
from manual.models.version import (
    AGREED,
    AGREEMENT,
    Status,
    Version,
    VersionQuerySet,
    in_chain_order,
    version_constraints,
)


class Keyword(models.Model):
    """A glossary term, by its permanent address; its name and meaning are in its definitions."""

    slug = models.SlugField(
        max_length=100, unique=True, help_text=gettext_lazy("Part of its address; never used again.")
    )

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("keyword", args=[self.slug])


class DefinitionQuerySet(VersionQuerySet):
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
        texts = self.values_list("pk", "meaning", "rendered_with", "status")
        return [
            pk
            for pk, meaning, made, status in texts
            if made != rendering_fingerprint(meaning, Numbering.HEADINGS, manual)
            and (made or status in AGREED)
        ]


class Definition(Version):
    """One version of a keyword's name, other forms and meaning; takes effect with an edition, as amendments do."""

    CHAIN = "keyword"
    WORDS = ("based_on", "name", "also", "meaning", "see_also", "note", *AGREEMENT)
    FROZEN = (
        "keyword_id", "based_on_id", "name", "also", "meaning", "see_also", "note", "author_id", *AGREEMENT,
    )  # fmt: skip

    keyword = models.ForeignKey(Keyword, models.PROTECT, related_name="definitions")
    based_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="successors")

    name = models.CharField(max_length=200, blank=True)
    also = models.JSONField(
        default=list, blank=True, help_text=gettext_lazy("Abbreviations and other forms.")
    )
    meaning = models.TextField(blank=True, help_text=gettext_lazy("One to four sentences."))
    see_also = models.JSONField(default=list, blank=True, help_text=gettext_lazy("Slugs of other keywords."))

    html = models.TextField(editable=False, blank=True)
    rendered_with = models.CharField(max_length=64, editable=False, blank=True)

    objects = DefinitionQuerySet.as_manager()

    class Meta:
        ordering = in_chain_order("keyword")
        constraints = [
            *version_constraints("definition", "keyword"),
            models.CheckConstraint(
                condition=(~Q(name="") & ~Q(meaning="")) | ~Q(status__in=(Status.SUBMITTED, *AGREED)),
                name="definition_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title_shown} ({self.sequence or self.get_status_display().lower()})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store it, its meaning rendered. Raises RenderingRefused, with the line, where that cannot be done; a draft
        is then stored without HTML."""
        manual = Manual.objects.current()
        fingerprint = rendering_fingerprint(self.meaning, Numbering.HEADINGS, manual)
        if fingerprint != self.rendered_with:
            try:
                self.html = rendering.render(self.meaning, areas=manual.areas).html
                self.rendered_with = fingerprint
            except rendering.RenderingRefused:
                if not self.writable:
                    raise
                self.html = self.rendered_with = ""
            if (fields := kwargs.get("update_fields")) is not None:
                kwargs["update_fields"] = {*fields, "html", "rendered_with"}
        super().save(*args, **kwargs)
