"""What an edition's contents are: previous entries + changes + arrangement to entries with numbers and flags.

Pure: chapters, amendments and editions are whatever keys the caller has. Building reads only what an edition
stores and the entries of the edition before it, so that any edition can be built again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from manual.rendering.language import gettext as _

# Whatever the caller tells chapters, amendments and editions apart by; hashable.
Key = Any

NEW, AMENDED, CORRECTION, WITHDRAWN = "new", "amended", "correction", "withdrawn"

# An urgent change this fresh is still flagged when the next ordinary edition comes.
URGENT_STAYS_FLAGGED = timedelta(days=28)


# Numbers such as 2.2.8.1 stay readable, and pages that nest lists stay possible.
DEEPEST = 10


class ManifestRefused(ValueError):
    """The changes do not fit the edition before, or the arrangement has no room for them."""

    def __init__(self, reason: str, chapter: Key = None) -> None:
        super().__init__(reason)
        self.chapter = chapter


@dataclass(frozen=True)
class Line:
    """An entry: a chapter at its place, in the order of the contents; *gone* ones come last and have no number."""

    chapter: Key
    parent: Key | None
    amendment: Key
    introduced_in: Key
    changed_in: Key
    withdrawn_in: Key | None = None
    numbered: bool = True
    gone: bool = False
    number: str = ""
    level: int = 0

    @property
    def living(self) -> bool:
        return self.withdrawn_in is None


@dataclass(frozen=True)
class Change:
    """What an edition does to one chapter. `under` and `numbered` say where a new one stands meanwhile."""

    chapter: Key
    amendment: Key
    significance: str
    based_on: Key | None = None
    under: Key | None = None
    numbered: bool = True


@dataclass(frozen=True)
class Spot:
    """A line of an arrangement."""

    chapter: Key
    parent: Key | None
    numbered: bool = True


@dataclass(frozen=True)
class Issue:
    """An edition, as far as flags are concerned."""

    key: Key
    kind: str
    effective_at: datetime


def build(
    edition: Key,
    previous: Sequence[Line],
    changes: Iterable[Change],
    arrangement: Sequence[Spot] | None = None,
) -> list[Line]:
    """The entries of an edition, in the order of its contents, gone ones last.

    Raises ManifestRefused, which names the chapter, where a change does not fit the edition before or an entry
    would have no place.
    """
    lines = {line.chapter: line for line in previous}
    arriving = _apply(edition, lines, changes)
    if arrangement is not None:
        for chapter, line in lines.items():
            if not line.living and line.withdrawn_in != edition:
                lines[chapter] = replace(line, gone=True)
        known = {spot.chapter for spot in arrangement}
        order = [
            replace(lines[spot.chapter], parent=spot.parent, numbered=spot.numbered)
            for spot in arrangement
            if spot.chapter in lines and not lines[spot.chapter].gone
        ]
    else:
        known, order = set(), []
    # What the arrangement does not know keeps its order; what arrives comes after it.
    unknown = [line for line in lines.values() if line.chapter not in known and not line.gone]
    new = set(arriving)
    order += [line for line in unknown if line.chapter not in new]
    order += [lines[chapter] for chapter in arriving if chapter not in known]
    placed = list(_placed(order))
    if len(placed) < len(order):
        lost = next(line for line in order if line.chapter not in {line.chapter for line in placed})
        raise ManifestRefused(
            _("would stand under a chapter that has no place in the contents"), lost.chapter
        )
    gone = [replace(line, number="", level=0) for line in lines.values() if line.gone]
    return placed + gone


def check_based_on(current: Mapping[Key, Key], changed: Iterable[tuple[Key, Key, Key | None]]) -> None:
    """Refuse a new definition (or document) that was not written from the one it replaces.

    `current`: the version of each keyword before the edition; `changed`: (keyword, version, based on).
    """
    seen = set()
    for key, _version, based_on in changed:
        if key in seen:
            raise ManifestRefused(_("is changed twice by the same edition"), key)
        seen.add(key)
        if based_on != current.get(key):
            raise ManifestRefused(_("has changed since this version was begun; bring it up to date"), key)


def flag_window(issues: Sequence[Issue]) -> set[Key]:
    """The editions whose chapters are flagged by the last of `issues` (which are in order of taking effect).

    Those from the newest ordinary edition on, but never the first of all; and urgent ones shortly before.
    """
    if len(issues) < 2:
        return set()
    base = max((n for n, issue in enumerate(issues) if issue.kind == "ordinary" and n > 0), default=1)
    fresh = {
        issue.key
        for issue in issues[:base]
        if issue.kind == "urgent" and issues[base].effective_at - issue.effective_at < URGENT_STAYS_FLAGGED
    }
    return fresh | {issue.key for issue in issues[base:]}


def flag(introduced_in: Key, changed_in: Key, window: set[Key] | frozenset[Key]) -> str:
    """`new`, `updated` or nothing, for a living chapter or link."""
    if introduced_in in window:
        return "new"
    return "updated" if changed_in in window else ""


def _apply(edition: Key, lines: dict[Key, Line], changes: Iterable[Change]) -> list[Key]:
    """Put the changes into `lines`; returns the chapters that are not in place yet, in order."""
    arriving: list[Key] = []
    changed = set()
    for change in changes:
        if change.chapter in changed:
            raise ManifestRefused(_("is changed twice by the same edition"), change.chapter)
        changed.add(change.chapter)
        before = lines.get(change.chapter)
        if change.based_on != (before.amendment if before else None):
            raise ManifestRefused(
                _("has changed since this amendment was begun; bring it up to date"), change.chapter
            )
        if change.significance == NEW:
            if before and before.living:
                raise ManifestRefused(_("is in the manual already, so it cannot be new"), change.chapter)
            if before and not before.gone:
                lines[change.chapter] = replace(
                    before,
                    amendment=change.amendment,
                    introduced_in=edition,
                    changed_in=edition,
                    withdrawn_in=None,
                )
            else:
                arriving.append(change.chapter)
                lines[change.chapter] = Line(
                    change.chapter, change.under, change.amendment, edition, edition, numbered=change.numbered
                )
            continue
        if not before or not before.living:
            raise ManifestRefused(_("is not in the manual, so it can only be new"), change.chapter)
        if change.significance == CORRECTION:
            lines[change.chapter] = replace(before, amendment=change.amendment)
        elif change.significance == AMENDED:
            lines[change.chapter] = replace(before, amendment=change.amendment, changed_in=edition)
        elif change.significance == WITHDRAWN:
            lines[change.chapter] = replace(before, amendment=change.amendment, withdrawn_in=edition)
        else:
            raise ManifestRefused(f"has the unknown significance {change.significance!r}", change.chapter)
    return arriving


def _placed(order: Sequence[Line]) -> Iterator[Line]:
    """The lines that hang on the root, parents before children, numbered and with their level."""
    children: dict[Key | None, list[Line]] = {}
    for line in order:
        children.setdefault(line.parent, []).append(line)

    # A stack, not recursion: how deep a tree is must not matter.
    stack: list[Iterator[Line]] = [_numbered(children.get(None, []), None)]
    while stack:
        try:
            line = next(stack[-1])
        except StopIteration:
            stack.pop()
            continue
        if line.level >= DEEPEST:
            raise ManifestRefused(
                _("would stand deeper than %(count)s levels") % {"count": DEEPEST}, line.chapter
            )
        yield line
        below = children.get(line.chapter, [])
        if not line.living and (living := next((child for child in below if child.living), None)):
            raise ManifestRefused(_("would stand under a withdrawn chapter"), living.chapter)
        stack.append(_numbered(below, line))


def _numbered(siblings: Sequence[Line], parent: Line | None) -> Iterator[Line]:
    count = 0
    for line in siblings:
        number = ""
        if line.numbered and (parent is None or parent.number):
            count += 1
            number = f"{parent.number}.{count}" if parent else str(count)
        yield replace(line, number=number, level=parent.level + 1 if parent else 0)
