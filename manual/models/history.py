"""The history of a chapter: what each edition did to its text, its name and its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from manual.models.amendment import Amendment, Significance
from manual.models.changes import WORDS
from manual.models.contents import Line
from manual.models.edition import Edition, Entry


@dataclass(frozen=True)
class Mark:
    """What became of the chapter's name or place: “Renumbered: until then 2.2.8, since then 2.2.9”."""

    word: str
    until_then: str = ""
    since_then: str = ""


@dataclass
class Step:
    """One edition that did something to the chapter: to its text, by an amendment, or only to its place."""

    edition: Edition
    number: str
    amendment: Amendment | None = None
    before: Amendment | None = None
    marks: list[Mark] = field(default_factory=list)
    newest: bool = False  # its amendment is the text that readers have now
    successor: Line | None = None  # of a withdrawn one: what to read instead today

    @property
    def word(self) -> str:
        """New, Updated, Corrected, Withdrawn or Reinstated, in English; nothing where the text stayed as it was."""
        if self.amendment is None:
            return ""
        if self.amendment.significance == Significance.NEW and self.before:
            return gettext_noop("Reinstated")
        return WORDS[Significance(self.amendment.significance)]

    @property
    def agreement(self) -> Amendment | Edition | None:
        """Who says which meeting agreed it: the amendment, or else its whole edition."""
        for said in (self.amendment, self.edition) if self.amendment else ():
            if said and (said.agreed_by or said.agreed_on or said.minute):
                return said
        return None


@dataclass(frozen=True)
class _Place:
    """An entry, as far as a history goes."""

    edition_id: int
    chapter_id: int
    parent_id: int | None
    number: str
    gone: bool
    amendment_id: int
    title: str

    @property
    def name(self) -> str:
        return f"{self.number} {self.title}".strip()


def history(line: Line, editions: Sequence[Edition]) -> list[Step]:
    """Every step of a chapter through these editions, which are in order; the newest first. Two queries."""
    keys = [edition.pk for edition in editions]
    amendments: dict[int, Amendment] = (
        Amendment.objects.published()
        .filter(chapter=line.chapter_id, edition__in=keys)
        .select_related("approver", "successor")
        .defer("text", "html")
        .in_bulk()
    )
    own, above = _places(line.chapter_id, keys)
    steps: list[Step] = []
    last: _Place | None = None
    text: Amendment | None = None
    for edition in editions:
        place = own.get(edition.pk)
        if place is None:
            continue
        step = Step(edition, place.number)
        # Only the edition that published it changed the text; later ones carry it on.
        if last is None or place.amendment_id != last.amendment_id:
            step.amendment, step.before = amendments[place.amendment_id], text
            step.marks += _marks_of_text(text, step.amendment)
            text = step.amendment
            if text.successor and (named := line.contents.by_slug.get(text.successor.slug)):
                step.successor = named.read_instead
        if last:
            step.marks += _marks_of_place(last, place, above)
        if step.amendment or step.marks:
            steps.append(step)
        last = place
    for step in steps:
        step.newest = step.amendment is not None and step.amendment == text
    return steps[::-1]


def _places(chapter: int, editions: Sequence[int]) -> tuple[dict[int, _Place], dict[tuple[int, int], _Place]]:
    """The chapter's entry in every edition, and those of whatever it ever stood under; one query."""
    entries = Entry.objects.filter(edition__in=editions).order_by()
    parents = entries.filter(chapter=chapter, parent__isnull=False).values("parent")
    rows = entries.filter(Q(chapter=chapter) | Q(chapter__in=parents)).values_list(
        "edition_id", "chapter_id", "parent_id", "number", "gone", "amendment_id", "amendment__title"
    )
    places = [_Place(*row) for row in rows]
    own = {place.edition_id: place for place in places if place.chapter_id == chapter}
    return own, {(place.edition_id, place.chapter_id): place for place in places}


def _marks_of_text(before: Amendment | None, after: Amendment) -> list[Mark]:
    if before is None:
        return []
    marks = []
    if before.title != after.title:
        marks.append(Mark(_("Renamed"), _("“%(title)s”") % {"title": before.title}))
    if before.link and before.link != after.link:
        marks.append(Mark(_("Led elsewhere"), before.link, after.link))
    return marks


def _marks_of_place(before: _Place, after: _Place, above: dict[tuple[int, int], _Place]) -> list[Mark]:
    if after.gone:
        return [] if before.gone else [Mark(_("Left the contents"), before.number)]
    if before.gone:
        return [Mark(_("Back in the contents"), "", after.number)]
    marks = []
    if before.parent_id != after.parent_id:
        marks.append(Mark(_("Moved"), _under(before, above), _under(after, above)))
    if before.number != after.number:
        marks.append(
            Mark(
                _("Renumbered"),
                before.number or _("without a number"),
                after.number or _("without a number"),
            )
        )
    return marks


def _under(place: _Place, above: dict[tuple[int, int], Any]) -> str:
    if place.parent_id is None:
        return _("among the parts")
    parent: _Place | None = above.get((place.edition_id, place.parent_id))
    return _("under %(name)s") % {"name": parent.name} if parent else _("elsewhere")
