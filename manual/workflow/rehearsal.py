"""An edition as it would be, before anybody publishes it: published in a transaction that is then taken back.

So what a confirmation page shows is what publication does, and not a second opinion of it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from manual.drafting import Broken
from manual.models import (
    Contents,
    Edition,
    Glossary,
    Line,
    Status,
    manual_lock,
)
from manual.models.library import Library
from manual.workflow.editions import Contained, Plan, Publication, _issue, _versions_in, contained
from manual.workflow.permission import PUBLISH, Actor, AnyVersion, Refused, permit


@dataclass(frozen=True)
class Placed:
    """A chapter that stands, or is numbered, otherwise than before; either line is None where it does not stand."""

    before: Line | None
    after: Line | None

    @property
    def line(self) -> Line:
        line = self.after or self.before
        if line is None:
            raise ValueError("A chapter that stood nowhere cannot have moved.")
        return line


@dataclass(frozen=True)
class Rehearsal:
    """What an edition would do. With a `refusal` it could not be published at all, and little else is known.

    `edition` and `versions` are what was read under the lock, so that what is shown of them is what the `plan` holds.
    """

    edition: Edition
    versions: list[AnyVersion]
    plan: Plan = field(default_factory=dict)
    refusal: str = ""
    number: int = 0
    effective_at: datetime | None = None
    previous: Edition | None = None
    before: Contents | None = None
    after: Contents | None = None
    renumbered: list[Placed] = field(default_factory=list)
    moved: list[Placed] = field(default_factory=list)
    broken: list[tuple[Edition, Broken]] = field(default_factory=list)
    returned: list[AnyVersion] = field(default_factory=list)
    later: list[Edition] = field(default_factory=list)
    emptied: list[Edition] = field(default_factory=list)

    @property
    def flagged(self) -> list[Line]:
        """What readers will see marked New or Updated, in the order of the contents."""
        return list(self.after.flagged()) if self.after else []

    @property
    def possible(self) -> bool:
        """Whether it could be published as it is."""
        return not self.refusal and not self.broken


class _TakenBack(Exception):
    """Ends the transaction of a rehearsal."""


def rehearse(
    edition: Edition, contents: Contained | None = None, *, by: Actor, at: datetime | None = None
) -> Rehearsal:
    """What publishing this edition in preparation would do, without doing it; as it is stored, or with other
    contents. `at` is the clock."""
    permit(by, PUBLISH)
    rehearsed: list[Rehearsal] = []
    versions: list[AnyVersion] = []
    # A new one would get a key in the caller's hand that is in no table afterwards.
    edition = copy(edition)
    try:
        with manual_lock():
            wanted = contents or contained(edition)
            versions = [*wanted.amendments, *wanted.definitions, *wanted.documents]
            now = at or timezone.now()
            before = Edition.objects.published().filter(effective_at__lt=wanted.effective_at or now).last()
            contents_before = Contents(before) if before else None
            publication = _issue(edition, wanted, by=by, prepared=edition, at=now, rehearsing=True)
            rehearsed.append(_outcome(contents_before, publication))
            raise _TakenBack
    except _TakenBack:
        return rehearsed[0]
    except Refused as refusal:
        return Rehearsal(edition, versions, refusal=str(refusal))


def _outcome(before: Contents | None, publication: Publication) -> Rehearsal:
    after = Contents(publication.edition)
    # What its texts refer to can only be read now; they are kept under a stamp that nothing else will ever have.
    Glossary.of(publication.edition)
    Library.of(publication.edition)
    renumbered, moved = _placed(before, after)
    emptied = [
        other
        for other in publication.later
        if not other.rearranges
        and not any(carried.filter(status=Status.PUBLISHED).exists() for carried in _versions_in(other))
    ]
    return Rehearsal(
        publication.edition,
        publication.versions,
        publication.plan,
        previous=publication.previous,
        number=publication.edition.number or 0,
        effective_at=publication.edition.effective_at,
        before=before,
        after=after,
        renumbered=renumbered,
        moved=moved,
        broken=publication.broken,
        returned=publication.returned,
        later=publication.later,
        emptied=emptied,
    )


def _placed(before: Contents | None, after: Contents) -> tuple[list[Placed], list[Placed]]:
    """Chapters that were there already and get another number, or another parent or place among their neighbours."""
    if before is None:
        return [], []
    both = {line.chapter_id for line in before.lines} & {line.chapter_id for line in after.lines}
    stayed = _in_the_same_order(before, after, both)
    renumbered, moved = [], []
    for line in after.lines:
        if line.chapter_id not in both:
            continue
        placed = Placed(before.by_chapter[line.chapter_id], line)
        if placed.before and placed.before.number != line.number:
            renumbered.append(placed)
        if line.chapter_id not in stayed:
            moved.append(placed)
    moved += [Placed(line, None) for line in before.lines if line.chapter_id not in both]
    return renumbered, moved


def _in_the_same_order(before: Contents, after: Contents, both: set[int]) -> set[int]:
    """The chapters that nobody would say have moved: under the same parent, as many as possible in their old order."""
    places = {line.chapter_id: n for n, line in enumerate(before.lines)}
    under: dict[int | None, list[int]] = {}
    for line in after.lines:
        if line.chapter_id in both and before.by_chapter[line.chapter_id].parent_id == line.parent_id:
            under.setdefault(line.parent_id, []).append(line.chapter_id)
    stayed: set[int] = set()
    for siblings in under.values():
        stayed.update(_longest_rising(siblings, places))
    return stayed


def _longest_rising(chapters: Sequence[int], places: Mapping[int, int]) -> Iterator[int]:
    """The longest run of chapters, not necessarily neighbours, whose old places rise."""
    ends: list[int] = []  # of the best run of each length, its last chapter's old place
    last: list[int] = []  # and that chapter
    before: dict[int, int | None] = {}
    for chapter in chapters:
        at = bisect_left(ends, places[chapter])
        before[chapter] = last[at - 1] if at else None
        ends[at : at + 1], last[at : at + 1] = [places[chapter]], [chapter]
    found: int | None = last[-1] if last else None
    while found is not None:
        yield found
        found = before[found]
