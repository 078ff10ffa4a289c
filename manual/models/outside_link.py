"""An address outside the manual that its chapters lead to, and whether it still answered when it was last asked."""

from __future__ import annotations

from django.db import models


class OutsideLinkQuerySet(models.QuerySet["OutsideLink"]):
    def failing(self) -> OutsideLinkQuerySet:
        """Those that did not answer, the longest silent first."""
        return self.filter(failing_since__isnull=False).order_by("failing_since", "address")


class OutsideLink(models.Model):
    """What the last check of an outside address found."""

    address = models.URLField(max_length=1300, unique=True)
    checked_at = models.DateTimeField(null=True)
    # Empty while it answers; else a sentence for editors.
    problem = models.CharField(max_length=300, blank=True)
    failing_since = models.DateTimeField(null=True)

    objects = OutsideLinkQuerySet.as_manager()

    class Meta:
        ordering = ["address"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(problem="", failing_since__isnull=True)
                | (~models.Q(problem="") & models.Q(failing_since__isnull=False)),
                name="outside_link_problem_says_since_when",
            )
        ]

    def __str__(self) -> str:
        return self.address
