"""What became of the blocks of a chapter between two states of it. Worked out once, whatever is written of it.

Blocks that stand on both sides are paired, and their words, items or rows held against one another; what is left over
was taken away or put in, or it moved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

from manual.comparison import wording
from manual.comparison.alignment import Step
from manual.comparison.blocks import Block, Page, Token, partners, twins

Kind = Literal["same", "changed", "removed", "added"]

# Short blocks are equal by chance, and a little longer ones alike.
_WORDS_THAT_MOVE, _WORDS_OF_TWINS = 4, 8


@dataclass(slots=True)
class Change:
    """What became of a block. `inner` are the changes in a group, `steps` those of the words of a paragraph.

    What was taken away in one place may have been put in at another: unchanged (`moved`), or with other words in it:
    then each of the two is the other's `twin`, and both have the steps between them.
    """

    kind: Kind
    old: Block | None = None
    new: Block | None = None
    inner: list[Change] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    moved: bool = False
    twin: Change | None = field(default=None, repr=False)

    @property
    def block(self) -> Block:
        block = self.new or self.old
        if block is None:
            raise ValueError("A change is of an old block, a new one, or both.")
        return block

    @property
    def is_paired(self) -> bool:
        return self.kind in ("same", "changed")

    @property
    def has_moved(self) -> bool:
        """Whether it stands elsewhere now, or stood elsewhere before; be it with other words."""
        return self.moved or self.twin is not None

    def whole(self) -> Iterator[Change]:
        """Itself and all that is in it."""
        yield self
        for change in self.inner:
            yield from change.whole()


@dataclass(frozen=True)
class Count:
    """Words that a reader would count; what moved unchanged is neither put in nor taken away.

    `moved` are the words that moved, `passages` how many blocks they were.
    """

    added: int = 0
    removed: int = 0
    moved: int = 0
    passages: int = 0


class Comparison:
    """Two states of a chapter, as `render` made them, and the changes between them in reading order."""

    def __init__(self, before_html: str, after_html: str) -> None:
        self.before, self.after = Page(before_html), Page(after_html)
        _name_notes(self.before, self.after)
        self.changes = _compared(self.before.blocks(), self.after.blocks())
        _find_moved([change for top in self.changes for change in top.whole()])
        _find_twins(self.changes)
        self.changes = _removed_before_new_headings(self.changes)

    @property
    def changed(self) -> bool:
        return any(change.kind != "same" for change in self.changes)

    def count(self) -> Count:
        counted: Counter[str] = Counter()
        for top in self.changes:
            for change in top.whole():
                _tally(change, counted)
        return Count(counted["added"], counted["removed"], counted["moved"], counted["passages"])


def _tally(change: Change, counted: Counter[str]) -> None:
    if change.has_moved and change.kind == "added":
        counted["moved"] += change.block.words()
        counted["passages"] += 1
    if change.twin and change.kind == "removed":
        # The words of a paragraph that moved and changed are counted where it stands now.
        return
    if change.steps:
        old, new = words_of(change, "old"), words_of(change, "new")
        for step in change.steps:
            if not step.same:
                counted["removed"] += sum(wording.count(token.text) for token in old[step.b1 : step.b2])
                counted["added"] += sum(wording.count(token.text) for token in new[step.a1 : step.a2])
    elif not change.is_paired and not change.moved:
        counted[change.kind] += change.block.words()


def words_of(change: Change, side: Literal["old", "new"]) -> list[Token]:
    """The words that are held against each other: without numbers and marks."""
    if change.twin:
        block = change.old or change.twin.old if side == "old" else change.new or change.twin.new
    else:
        block = change.old if side == "old" else change.new
    return [token for token in block.tokens if token.key is not None] if block else []


def _name_notes(before: Page, after: Page) -> None:
    """A footnote's sign is compared by the note it leads to: numbers follow from where the sign stands."""
    old, new = before.note_blocks(), after.note_blocks()
    old_names = {anchor: f"old {anchor}" for anchor in old}
    new_names = {anchor: f"new {anchor}" for anchor in new}
    old_anchors, new_anchors = list(old), list(new)
    for o, n in partners(list(old.values()), list(new.values())):
        old_names[old_anchors[o]] = new_names[new_anchors[n]]
    before.name_notes(old_names)
    after.name_notes(new_names)


def _compared(old: list[Block], new: list[Block]) -> list[Change]:
    changes: list[Change] = []
    o_from = n_from = 0
    for o_at, n_at in [*partners(old, new), (len(old), len(new))]:
        changes += [Change("removed", old=block) for block in old[o_from:o_at]]
        changes += [Change("added", new=block) for block in new[n_from:n_at]]
        if o_at < len(old):
            changes += _pair(old[o_at], new[n_at])
        o_from, n_from = o_at + 1, n_at + 1
    return changes


def _pair(old: Block, new: Block) -> list[Change]:
    if old.key == new.key:
        return [Change("same", old, new)]
    if old.kind == "words":
        return _pair_of_words(old, new)
    if old.kind == "whole":
        return [Change("removed", old=old), Change("added", new=new)]
    if new.element.tag == "tr" and len(old.blocks) == len(new.blocks):
        inner = [_cell(old_cell, new_cell) for old_cell, new_cell in zip(old.blocks, new.blocks, strict=True)]
    else:
        inner = _compared(old.blocks, new.blocks)
    if all(change.kind == "same" for change in inner):
        return [Change("same", old, new)]
    return [Change("changed", old, new, inner)]


def _cell(old: Block, new: Block) -> Change:
    """Cells stay in their columns, whatever stands in them."""
    inner = _compared(old.blocks, new.blocks)
    return Change("same" if all(change.kind == "same" for change in inner) else "changed", old, new, inner)


def _pair_of_words(old: Block, new: Block) -> list[Change]:
    old_words = [token for token in old.tokens if token.key is not None]
    new_words = [token for token in new.tokens if token.key is not None]
    weights = [token.weight for token in old_words], [token.weight for token in new_words]
    keys = [token.key for token in old_words], [token.key for token in new_words]
    steps = wording.readable_steps(*keys, weights)
    # Held against each other without addresses: a link that leads elsewhere has the same words.
    plain = [token.text or token.key for token in old_words], [token.text or token.key for token in new_words]
    rewritten = wording.is_rewritten(steps, *weights) and wording.is_rewritten(
        wording.readable_steps(*plain, weights), *weights
    )
    if rewritten and new.is_heading:
        steps = [Step(False, 0, len(old_words), 0, len(new_words))]
    elif rewritten:
        return [Change("removed", old=old), Change("added", new=new)]
    return [Change("changed", old, new, steps=steps)]


def _find_moved(changes: list[Change]) -> None:
    """What was taken away in one place and put in, unchanged, in another."""
    strays = [
        change
        for change in changes
        if not change.is_paired and (change.block.is_heading or change.block.words() >= _WORDS_THAT_MOVE)
    ]
    gone = Counter(change.block.key for change in strays if change.kind == "removed")
    come = Counter(change.block.key for change in strays if change.kind == "added")
    moved = {key for key, times in gone.items() if come[key] == times}
    for change in strays:
        change.moved = change.block.key in moved


def _find_twins(changes: list[Change]) -> None:
    """Paragraphs that moved and were changed a little on the way."""
    gone, come = (
        [
            change
            for change in changes
            if change.kind == kind
            and not change.moved
            and change.block.kind == "words"
            and not change.block.is_heading
            and change.block.words() >= _WORDS_OF_TWINS
        ]
        for kind in ("removed", "added")
    )
    for o, n in twins([change.block for change in gone], [change.block for change in come]):
        pair = _pair_of_words(gone[o].block, come[n].block)
        if len(pair) == 1:
            gone[o].twin, come[n].twin = come[n], gone[o]
            gone[o].steps = come[n].steps = pair[0].steps


def _removed_before_new_headings(changes: list[Change]) -> list[Change]:
    """What is gone stands before a section that is new, and not in the middle of it."""
    ordered: list[Change] = []
    for paired, stretch in groupby(changes, lambda change: change.is_paired):
        run = list(stretch)
        if not paired and any(change.kind == "added" and change.block.is_heading for change in run):
            run.sort(key=lambda change: change.kind != "removed")
        ordered += run
    return ordered
