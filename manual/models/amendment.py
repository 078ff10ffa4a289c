"""An amendment: one version of one chapter; and the sections of its text."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any, Literal, cast

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from manual import rendering
from manual.models.manual import Manual, Numbering
from manual.models.reference import Reference
from manual.models.version import (
    AGREED,
    AGREEMENT,
    Status,
    Version,
    VersionQuerySet,
    in_chain_order,
    version_constraints,
)

HowNumbered = Literal["headings", "paragraphs"]


class Significance(models.TextChoices):
    NEW = "new", gettext_lazy("New")
    AMENDED = "amended", gettext_lazy("Amended")
    CORRECTION = "correction", gettext_lazy("Correction")
    WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")


class PassageStatus(models.TextChoices):
    POLICY = "policy", gettext_lazy("Policy")
    PROCEDURE = "procedure", gettext_lazy("Procedure")
    GUIDANCE = "guidance", gettext_lazy("Guidance")
    PROTOCOL = "protocol", gettext_lazy("Protocol")


class AmendmentRefused(ValueError):
    """Words that no amendment can have; a sentence for the editor."""


class AmendmentQuerySet(VersionQuerySet):
    def stale(self) -> list[int]:
        """Keys of those whose stored HTML an older renderer or other settings made."""
        manual = Manual.objects.current()
        texts = self.values_list("pk", "text", "numbering", "rendered_with", "status")
        return [
            pk
            for pk, text, numbering, made, status in texts
            if made != rendering_fingerprint(text, numbering, manual)
            # A draft that could not be rendered is tried again when its author saves it.
            and (made or status in AGREED)
        ]


def rendering_fingerprint(text: str, numbering: str, manual: Manual) -> str:
    """What stored HTML was made from and with: renderer, numbering, areas, text and language. 64 hexadecimal digits."""
    made_of = [rendering.VERSION, numbering or manual.numbering, manual.areas, text]
    language = get_language() or ""
    # English goes without saying, so that what was stored before there was another is still up to date.
    if language.partition("-")[0] not in ("", "en"):
        made_of.append(language)
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()


class Amendment(Version):
    """One version of one chapter, from draft to publication."""

    CHAIN = "chapter"
    WORDS = (
        "significance", "based_on", "title", "text", "areas", "remark", "label", "link", "numbering", "keywords_off",
        "passage_status", "counterpart", "under", "numbered", "successor", "note", *AGREEMENT,
    )  # fmt: skip
    FROZEN = (
        "chapter_id", "based_on_id", "significance", "title", "text", "areas", "remark", "label", "link",
        "numbering", "keywords_off", "passage_status", "counterpart_id", "under_id", "numbered", "successor_id", "note",
        "author_id", *AGREEMENT,
    )  # fmt: skip

    chapter = models.ForeignKey("manual.Chapter", models.PROTECT, related_name="amendments")
    based_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="successors")
    significance = models.CharField(max_length=10, choices=Significance.choices, default=Significance.AMENDED)

    title = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    areas = models.JSONField(
        default=list, blank=True, help_text=gettext_lazy("Empty: it applies everywhere.")
    )
    remark = models.CharField(
        max_length=200, blank=True, help_text=gettext_lazy("Shown beside the title: under review.")
    )
    label = models.CharField(
        max_length=100, blank=True, help_text=gettext_lazy("Stands before an entry under another: See also.")
    )
    link = models.URLField(
        max_length=500, blank=True, help_text=gettext_lazy("Where an outside document is.")
    )
    numbering = models.CharField(max_length=10, choices=Numbering.choices, blank=True)
    keywords_off = models.JSONField(
        default=list,
        blank=True,
        help_text=gettext_lazy("Slugs of keywords that are not explained in this chapter."),
    )
    passage_status = models.CharField(max_length=10, choices=PassageStatus.choices, blank=True)
    counterpart = models.ForeignKey(
        "manual.Chapter",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=gettext_lazy(
            "The chapter that says the same for the other area, where this one is for one area only."
        ),
    )
    under = models.ForeignKey(
        "manual.Chapter",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=gettext_lazy("Where a new chapter stands until an edition arranges it."),
    )
    numbered = models.BooleanField(default=True)
    successor = models.ForeignKey("manual.Chapter", models.PROTECT, null=True, blank=True, related_name="+")

    html = models.TextField(editable=False, blank=True)
    rendered_with = models.CharField(max_length=64, editable=False, blank=True)

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        ordering = in_chain_order("chapter")
        permissions = [
            ("submit_amendment", "Can draft and submit texts, keywords and documents"),
            ("approve_amendment", "Can return and approve texts, keywords and documents"),
        ]
        constraints = [
            *version_constraints("amendment", "chapter"),
            models.CheckConstraint(
                condition=Q(significance__in=Significance.values), name="amendment_significance_known"
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | Q(significance=Significance.WITHDRAWN),
                name="amendment_successor_of_withdrawn",
            ),
            models.CheckConstraint(
                condition=~Q(note="") | ~Q(status__in=(Status.SUBMITTED, *AGREED)),
                name="amendment_note_before_submission",
            ),
            models.CheckConstraint(
                condition=~Q(title="") | ~Q(status__in=(Status.SUBMITTED, *AGREED)),
                name="amendment_has_title",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title_shown} ({self.sequence or self.get_status_display().lower()})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store it, with its HTML, sections and references made anew where the text or the way of rendering changed.

        Raises AmendmentRefused for words that do not fit, and RenderingRefused, with the line, for a text that
        cannot be rendered; a draft with such a text is stored without HTML.
        """
        self._check_words()
        manual = Manual.objects.current()
        fingerprint = rendering_fingerprint(self.text, self.numbering, manual)
        if fingerprint == self.rendered_with:
            super().save(*args, **kwargs)
            return
        sections: Sequence[rendering.RenderedSection]
        references: Sequence[rendering.Reference]
        try:
            rendered = rendering.render(
                self.text, numbering=cast(HowNumbered, self.numbering or manual.numbering), areas=manual.areas
            )
            self.html, self.rendered_with = rendered.html, fingerprint
            sections, references = rendered.sections, rendered.references
        except rendering.RenderingRefused:
            # No word of a draft is lost because it cannot be shown yet; it cannot be submitted either.
            if not self.writable:
                raise
            self.html, self.rendered_with, sections, references = "", "", (), ()
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
                for position, section in enumerate(sections)
            )
            self.references.all().delete()
            Reference.objects.bulk_create(
                Reference(
                    amendment=self,
                    position=position,
                    scheme=reference.scheme,
                    slug=reference.slug[:200],
                    anchor=reference.anchor[:200],
                    kind=reference.kind,
                )
                for position, reference in enumerate(references)
            )

    def _check_words(self) -> None:
        if not isinstance(self.areas, list) or not all(isinstance(area, str) for area in self.areas):
            raise AmendmentRefused(_("The areas have to be a list of words."))
        off = self.keywords_off
        if not isinstance(off, list) or not all(isinstance(slug, str) for slug in off):
            raise AmendmentRefused(_("The keywords that are switched off have to be a list of addresses."))
        if self.link and not re.match(r"https?://[^\s/]", self.link, re.IGNORECASE):
            raise AmendmentRefused(
                _("The link “%(link)s” has to begin with https:// or http://.") % {"link": self.link[:100]}
            )
        if self.counterpart_id is not None and self.counterpart_id == self.chapter_id:
            raise AmendmentRefused(_("A chapter cannot be its own counterpart."))
        if self.counterpart_id is not None and not self.areas:
            raise AmendmentRefused(_("Only a chapter for some of the areas has a counterpart."))
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
