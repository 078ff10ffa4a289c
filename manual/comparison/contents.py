"""Two contents, as lists of places, to what became of each chapter between them."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from typing import Literal, NamedTuple

from manual.comparison.alignment import heaviest_rising
from manual.rendering.language import gettext_noop

# Whatever the caller tells chapters apart by.
Key = Hashable

State = Literal["living", "withdrawn", "gone"]

# Before they are translated; pages tell chapters apart by them.
NEW, REINSTATED = gettext_noop("New"), gettext_noop("Reinstated")
CHANGED, CORRECTED = gettext_noop("Changed"), gettext_noop("Corrected")
RENAMED, MOVED = gettext_noop("Renamed"), gettext_noop("Moved")
RENUMBERED, WITHDRAWN = gettext_noop("Renumbered"), gettext_noop("Withdrawn")
# In the order in which they are said.
WORDS = (NEW, REINSTATED, CHANGED, CORRECTED, RENAMED, MOVED, RENUMBERED, WITHDRAWN)


class Standing(NamedTuple):
    """How a chapter stands in a contents. One that was withdrawn keeps its place for a while, then it is *gone*.

    `text` stands for all that a reader reads of it beside title and number; `version` for the amendment it has.
    """

    chapter: Key
    parent: Key | None
    number: str
    title: str
    text: Hashable
    version: Hashable
    state: State = "living"


def what_became(
    before: Sequence[Standing], after: Sequence[Standing], corrected: Collection[Key] = frozenset()
) -> dict[Key, list[str]]:
    """The words for each chapter that differs; in the order of the newer contents, those that it lacks last.

    `corrected` are the chapters that corrections alone have changed.
    """
    were = {standing.chapter: standing for standing in before}
    are = {standing.chapter: standing for standing in after}
    stayed = _in_the_same_order(before, after)
    found: dict[Key, list[str]] = {}
    for standing in [*after, *(was for was in before if was.chapter not in are)]:
        key = standing.chapter
        words = _words(were.get(key), are.get(key), stays=key in stayed, corrected=key in corrected)
        if words:
            found[key] = [word for word in WORDS if word in words]
    return found


def _words(was: Standing | None, now: Standing | None, *, stays: bool, corrected: bool) -> set[str]:
    if now is None:
        return {WITHDRAWN}
    if was is None:
        # One that came and went between the two was never read in either.
        return {NEW} if now.state == "living" else {WITHDRAWN}
    words: set[str] = set()
    if was.title != now.title:
        words.add(RENAMED)
    leaves = now.state == "gone" and was.version != now.version
    if was.state != "gone" and not stays and not leaves:
        words.add(MOVED)
    if "gone" not in (was.state, now.state) and was.number != now.number:
        words.add(RENUMBERED)
    if was.version == now.version:
        return words
    if now.state != "living":
        words.add(WITHDRAWN)
    elif was.state != "living":
        words.add(REINSTATED)
    elif was.text != now.text or was.title == now.title:
        words.add(CORRECTED if corrected else CHANGED)
    return words


def _in_the_same_order(before: Sequence[Standing], after: Sequence[Standing]) -> set[Key]:
    """Those that nobody would say have moved: under the same parent, as many as possible in their old order."""
    places = {was.chapter: place for place, was in enumerate(before) if was.state != "gone"}
    parents = {was.chapter: was.parent for was in before}
    under: dict[Key | None, list[Key]] = {}
    for now in after:
        if now.state != "gone" and now.chapter in places and parents[now.chapter] == now.parent:
            under.setdefault(now.parent, []).append(now.chapter)
    stayed: set[Key] = set()
    for siblings in under.values():
        pairs = [(places[key], place, 1.0) for place, key in enumerate(siblings)]
        stayed.update(siblings[place] for _, place in heaviest_rising(pairs))
    return stayed
