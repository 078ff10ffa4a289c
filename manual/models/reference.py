"""Where the text of an amendment points at another chapter, a keyword or a document: the way back."""

from __future__ import annotations

from django.db import models

from manual.models.edition import Edition


class ReferenceQuerySet(models.QuerySet["Reference"]):
    def in_edition(self, edition: Edition) -> ReferenceQuerySet:
        """Those of the texts that an edition has in force: withdrawn and gone chapters refer to nothing."""
        return self.filter(
            amendment__entries__edition=edition,
            amendment__entries__gone=False,
            amendment__entries__withdrawn_in=None,
        )

    def to_chapter(self, slug: str) -> ReferenceQuerySet:
        return self.filter(scheme="chapter", slug=slug)

    def by_chapter(self) -> dict[int, bool]:
        """The chapters that they stand in, by key, each with whether it shows a passage of what it refers to."""
        found: dict[int, bool] = {}
        for chapter, kind in self.order_by().values_list("amendment__chapter_id", "kind").distinct():
            found[chapter] = found.get(chapter, False) or kind == "include"
        return found


class Reference(models.Model):
    """A place where a text points at a chapter, a keyword or a document, or shows a passage of a chapter.

    Made from the text whenever that is rendered. `kind` is *link*, *image* or *include*.
    """

    amendment = models.ForeignKey("manual.Amendment", models.CASCADE, related_name="references")
    position = models.PositiveIntegerField()
    scheme = models.CharField(max_length=10)
    slug = models.CharField(max_length=200)
    anchor = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=10)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        ordering = ["amendment", "position"]
        indexes = [models.Index(fields=["scheme", "slug"], name="reference_by_target")]
        constraints = [
            models.UniqueConstraint(fields=["amendment", "position"], name="reference_position_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.slug}{'#' if self.anchor else ''}{self.anchor}"
