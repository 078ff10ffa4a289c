"""The manual as a whole: its name, its board, its areas."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy

from manual.models.rows import SameRows
from manual.rendering.language import all_of


class Numbering(models.TextChoices):
    HEADINGS = "headings", gettext_lazy("Numbered headings (1, 1.1)")
    PARAGRAPHS = "paragraphs", gettext_lazy("Numbered paragraphs (1.2.3)")


class ManualManager(models.Manager["Manual"]):
    def current(self) -> "Manual":
        """The manual of this site; one with the default settings before anybody has saved its own."""
        return next(iter(_the_one.read()), None) or Manual(pk=1)


class Manual(models.Model):
    """What is true of the whole manual, whatever the edition. There is one row."""

    title = models.CharField(max_length=200, default="Procedures manual")
    board = models.CharField(max_length=200, default="The safeguarding partnership")
    sample = models.BooleanField(
        gettext_lazy("sample text"),
        default=False,
        help_text=gettext_lazy(
            "Says on every page that the text is a sample and not in force, and keeps search engines out."
        ),
    )
    numbering = models.CharField(max_length=10, choices=Numbering.choices, default=Numbering.HEADINGS)
    areas = models.JSONField(
        default=dict,
        blank=True,
        help_text=gettext_lazy("The parts of the patch, by the word that marks them in a text."),
    )
    contacts = models.SlugField(gettext_lazy("contacts chapter"), max_length=100, default="contact-details")
    urgent_help = models.SlugField(
        gettext_lazy("its section on urgent help"),
        max_length=100,
        default="urgent-help",
        help_text=gettext_lazy("Shown on every page."),
    )
    self_approval = models.BooleanField(
        gettext_lazy("authors may approve their own texts"),
        default=False,
        help_text=gettext_lazy(
            "Only for a board too small for two people. Every edition then says which of its changes nobody but "
            "their author has seen."
        ),
    )
    approvers_shown = models.BooleanField(
        gettext_lazy("readers see who approved"),
        default=False,
        help_text=gettext_lazy("The history of a chapter then names whoever approved each amendment."),
    )
    quick_guide = models.SlugField(gettext_lazy("quick guide chapter"), max_length=100, default="quick-guide")
    about = models.SlugField(
        gettext_lazy("part about the manual itself"),
        max_length=100,
        blank=True,
        default="",
        help_text=gettext_lazy(
            "Its chapters, such as an accessibility statement, are named at the foot of every page."
        ),
    )

    keep_searches = models.BooleanField(
        gettext_lazy("what readers search for is counted"),
        default=True,
        help_text=gettext_lazy(
            "The words alone, for 90 days, so that editors see what is not found: no address and no person. Off: "
            "nothing is kept, and what was kept is deleted."
        ),
    )

    objects = ManualManager()

    class Meta:
        verbose_name = verbose_name_plural = "manual"
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="manual_is_one"),
            models.CheckConstraint(
                condition=models.Q(numbering__in=Numbering.values), name="manual_numbering_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = 1
        super().save(*args, **kwargs)

    def area_names(self, areas: list[str]) -> str:
        """“Kent”, “Kent and Medway”: areas as a reader sees them."""
        return all_of(str(self.areas.get(area, area)) for area in areas)


_the_one = SameRows(Manual, "id = 1")
