"""An event: who decided what, when and why. Written by the verbs, never changed."""

from functools import reduce
from operator import or_

from django.conf import settings
from django.db import models
from django.db.models import Q

# What an event can be about.
SUBJECTS = (
    "amendment",
    "definition",
    "document_version",
    "edition",
    "chapter",
    "notice",
    "synonym",
    "person",
    "manual",
)


class Event(models.Model):
    """One decision about an amendment, a definition, a document, an edition, a chapter's place, a notice, words that
    mean the same, a person or the settings."""

    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=30)
    from_status = models.CharField(max_length=10, blank=True)
    to_status = models.CharField(max_length=10, blank=True)
    # What exactly changed, where the verb does not say it all; and the reason or comment that was given.
    what = models.TextField(blank=True)
    why = models.TextField(blank=True)
    amendment = models.ForeignKey("manual.Amendment", models.PROTECT, null=True, related_name="events")
    definition = models.ForeignKey("manual.Definition", models.PROTECT, null=True, related_name="events")
    document_version = models.ForeignKey(
        "manual.DocumentVersion", models.PROTECT, null=True, related_name="events"
    )
    edition = models.ForeignKey("manual.Edition", models.PROTECT, null=True, related_name="events")
    chapter = models.ForeignKey("manual.Chapter", models.PROTECT, null=True, related_name="events")
    notice = models.ForeignKey("manual.Notice", models.PROTECT, null=True, related_name="events")
    synonym = models.ForeignKey("manual.Synonym", models.PROTECT, null=True, related_name="events")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="events")
    manual = models.ForeignKey("manual.Manual", models.PROTECT, null=True, related_name="events")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=reduce(or_, (Q(**{f"{subject}__isnull": False}) for subject in SUBJECTS)),
                name="event_is_about_something",
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"
