"""The marks in a chapter's margin: what changed, by the newest amendment or since a day that was asked for."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from manual.models import Amendment, Edition, Line
from manual.views.page import Page
from manual.views.since import Since


@dataclass
class Marks:
    """What the text is held against; no `base` where there is nothing to mark.

    `since`: the reader asked for it; otherwise the chapter is Updated, by the amendment of `changed_in`.
    """

    line: Line
    amendment: Amendment
    base: Amendment | None
    changed_in: Edition | None = None
    since: Since | None = None
    count: int = 0

    @property
    def unchanged(self) -> bool:
        """Whether readers had this very version on the day that was asked for."""
        return self.base == self.amendment

    @property
    def corrected(self) -> bool:
        """Whether a correction followed the change, whose passages are marked as well."""
        return self.changed_in is not None and self.amendment.edition_id != self.changed_in.pk

    @property
    def compare_url(self) -> str:
        """Where every word that changed is shown; empty where there is nothing to compare."""
        if self.base is None or self.unchanged:
            return ""
        address = reverse("compare", args=[self.line.slug])
        return f"{address}?from={self.base.sequence}&to={self.amendment.sequence}"


def marks_of(page: Page, line: Line, amendment: Amendment, last_change: Amendment) -> Marks | None:
    """The marks of a chapter's page, if it has any. Costs a query only where the reader asked since when."""
    if line.withdrawn:
        return None
    since = None if page.dated else Since.of(page.request, page.issued)
    if since:
        return Marks(line, amendment, _text_on(line, since), since=since)
    changed_in = page.issued.by_key.get(line.changed_in)
    if line.flag != "updated" or last_change.based_on is None or changed_in is None:
        return None
    return Marks(line, amendment, last_change.based_on, changed_in)


def _text_on(line: Line, since: Since) -> Amendment | None:
    """What readers had of a chapter then; none if it was not in the manual, or withdrawn."""
    return (
        Amendment.objects.filter(
            entries__edition=since.edition, entries__chapter=line.chapter_id, entries__withdrawn_in=None
        )
        .defer("text")
        .first()
        if since.edition
        else None
    )
