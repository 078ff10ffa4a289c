"""Words that mean the same to whoever searches, as the board's editors say."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy


class SynonymQuerySet(models.QuerySet["Synonym"]):
    def live(self) -> SynonymQuerySet:
        """Those that search goes by."""
        return self.filter(taken_out_at__isnull=True)


class Synonym(models.Model):
    """A set of words, such as “social services” and “children’s social care”: whoever types one finds what has another.

    Live at once, and in no edition: it changes what is found and never what is said. What a keyword is called besides
    its name need not stand here.
    """

    forms = models.JSONField(
        gettext_lazy("words that mean the same"),
        default=list,
        help_text=gettext_lazy(
            "Each on a line of its own, at least two. Capitals, hyphens and accents make no difference."
        ),
    )
    note = models.CharField(
        max_length=200, blank=True, default="", help_text=gettext_lazy("For other editors: why.")
    )
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )

    taken_out_at = models.DateTimeField(null=True, editable=False)

    objects = SynonymQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return " = ".join(self.forms)
