"""An event: who decided what, when and why. Written by the verbs, never changed."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Event(models.Model):
    """One decision about an amendment, a definition, an edition or a chapter's place."""

    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=30)
    from_status = models.CharField(max_length=10, blank=True)
    to_status = models.CharField(max_length=10, blank=True)
    why = models.TextField(blank=True)
    amendment = models.ForeignKey("manual.Amendment", models.PROTECT, null=True, related_name="events")
    definition = models.ForeignKey("manual.Definition", models.PROTECT, null=True, related_name="events")
    edition = models.ForeignKey("manual.Edition", models.PROTECT, null=True, related_name="events")
    chapter = models.ForeignKey("manual.Chapter", models.PROTECT, null=True, related_name="events")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amendment__isnull=False)
                | Q(definition__isnull=False)
                | Q(edition__isnull=False)
                | Q(chapter__isnull=False),
                name="event_is_about_something",
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"
