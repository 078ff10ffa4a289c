"""Two states of a chapter side by side, row by row: what belongs together stands in one row, the older on the left.

Either column read by itself is its state, whole; what was taken away is marked in the left one, what was put in in the
right one. Lists that changed are shown item by item.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal
from xml.etree.ElementTree import Element, SubElement

from lxml.html import HtmlElement

from manual.comparison.blocks import Block, Token, classes
from manual.comparison.changes import Change, Comparison
from manual.comparison.writing import (
    ITEMS,
    TAGS,
    Writing,
    add_text,
    closing,
    hidden,
    opening,
    without_marks,
)
from manual.rendering.serialise import to_html

Side = Literal["old", "new"]
RowKind = Literal["same", "changed", "removed", "added", "replaced", "moved", "gap"]

_LISTS = frozenset({"ul", "ol"})
_OWN = {"old": "removed", "new": "added"}


@dataclass(frozen=True)
class Row:
    """HTML of either side, as safe as the two states were; empty where nothing stands on a side.

    A *gap* has neither: it says how many unchanged passages were left out. The areas are those of the section that a
    side is taken from; none means all.
    """

    kind: RowKind
    old: str = ""
    new: str = ""
    left_out: int = 0
    old_areas: tuple[str, ...] = ()
    new_areas: tuple[str, ...] = ()


def side_by_side(before_html: str, after_html: str, *, only_changes: bool = False) -> list[Row]:
    """The rows of two states, both as `render` made them.

    With `only_changes`, the changed rows alone, with a neighbour on either side, under their headings.
    """
    return sides(Comparison(before_html, after_html), only_changes=only_changes)


def sides(comparison: Comparison, *, only_changes: bool = False) -> list[Row]:
    """The same of two states that are compared already."""
    lines = list(_lines(comparison.changes, (), (), joined=not only_changes))
    kept = _kept(lines) if only_changes else [True] * len(lines)
    if not any(kept):
        return []
    rows: list[Row] = []
    for keep, stretch in groupby(zip(kept, lines, strict=True), lambda pair: pair[0]):
        run = [line for _, line in stretch]
        if keep:
            rows += [
                Row(
                    line.kind, _written(line.old, "old"), _written(line.new, "new"),
                    old_areas=_areas(line.old, "old"), new_areas=_areas(line.new, "new"),
                )
                for line in run
            ]  # fmt: skip
        else:
            rows.append(Row("gap", left_out=sum(line.passages for line in run)))
    return rows


@dataclass(slots=True)
class _Cell:
    """What stands on one side of a row: blocks, and the lists and boxes around them. `start` counts items."""

    changes: list[Change]
    around: tuple[HtmlElement, ...] = ()
    start: int = 0


@dataclass(slots=True)
class _Line:
    kind: RowKind
    old: _Cell | None = None
    new: _Cell | None = None
    passages: int = 1

    @property
    def heading(self) -> str:
        """h2, h3 … if it is one, on either side."""
        for cell in (self.new, self.old):
            if cell and cell.changes[0].block.is_heading:
                return str(cell.changes[0].block.element.tag)
        return ""

    @property
    def is_label(self) -> bool:
        return any(cell and cell.changes[0].block.is_label for cell in (self.new, self.old))


@dataclass(slots=True)
class _Counter:
    """The number of the next item on a side."""

    around: tuple[HtmlElement, ...]
    next: int = field(init=False)

    def __post_init__(self) -> None:
        start = self.around[-1].get("start", "") if self.around else ""
        self.next = int(start) if start.isdigit() else 1

    def cell(self, changes: list[Change]) -> _Cell:
        cell = _Cell(changes, self.around, self.next)
        self.next += len(changes)
        return cell


def _lines(
    changes: Iterable[Change],
    old_around: tuple[HtmlElement, ...],
    new_around: tuple[HtmlElement, ...],
    *,
    joined: bool,
) -> Iterator[_Line]:
    """`joined` items that are unchanged share a row."""
    old, new = _Counter(old_around), _Counter(new_around)
    for paired, stretch in groupby(changes, lambda change: change.is_paired):
        if not paired:
            for gone, come in _beside(stretch):
                moved = any(change and change.has_moved for change in (gone, come))
                kind: RowKind = (
                    "moved" if moved else "replaced" if gone and come else gone.kind if gone else "added"
                )
                yield _Line(kind, old.cell([gone]) if gone else None, new.cell([come]) if come else None)
            continue
        for kind_of, run in groupby(stretch, lambda change: change.kind):
            if kind_of == "same" and joined and old_around:
                same = list(run)
                yield _Line("same", old.cell(same), new.cell(same), len(same))
                continue
            for change in run:
                if change.kind == "changed" and change.old and change.new and _is_taken_apart(change.new):
                    old.cell([change])
                    new.cell([change])
                    yield from _lines(
                        change.inner,
                        (*old_around, change.old.element),
                        (*new_around, change.new.element),
                        joined=joined,
                    )
                else:
                    yield _Line(
                        "changed" if change.kind == "changed" else "same",
                        old.cell([change]),
                        new.cell([change]),
                    )


def _is_taken_apart(block: Block) -> bool:
    return block.kind == "group" and (block.element.tag in _LISTS or "footnotes" in classes(block.element))


def _beside(run: Iterable[Change]) -> Iterator[tuple[Change | None, Change | None]]:
    """What is gone beside what came in its place; a heading beside a heading. What has moved stands alone."""
    gone: deque[Change] = deque()
    come: deque[Change] = deque()
    for change in run:
        (gone if change.kind == "removed" else come).append(change)
    while gone or come:
        if gone and (not come or gone[0].has_moved):
            yield gone.popleft(), None
        elif come and (not gone or come[0].has_moved):
            yield None, come.popleft()
        elif gone[0].block.is_heading == come[0].block.is_heading:
            yield gone.popleft(), come.popleft()
        elif gone[0].block.is_heading:
            # Words stand in the section before the heading.
            yield None, come.popleft()
        else:
            yield gone.popleft(), None


def _kept(lines: list[_Line]) -> list[bool]:
    kept = [line.kind != "same" for line in lines]
    changed = [place for place, keep in enumerate(kept) if keep]
    headings = [line.heading for line in lines]
    for place in changed:
        if place and not headings[place] and not headings[place - 1]:
            kept[place - 1] = True
        if place + 1 < len(lines) and not headings[place + 1]:
            kept[place + 1] = True
    above: list[int] = []
    for place, tag in enumerate(headings):
        if tag:
            above = [higher for higher in above if headings[higher] < tag]
            above.append(place)
        if kept[place]:
            for heading in above:
                kept[heading] = True
    # No words are read without what their heading says of them: that they are advice, or for one area only.
    for place, line in enumerate(lines):
        if line.is_label and place and kept[place - 1] and (headings[place - 1] or lines[place - 1].is_label):
            kept[place] = True
    return kept


def _areas(cell: _Cell | None, side: Side) -> tuple[str, ...]:
    """Those that the section of a cell applies to, by its own heading or by the nearest above it."""
    block = cell and (cell.changes[0].old if side == "old" else cell.changes[0].new)
    # An item of a list stands in the section of the list.
    section = block.element if block else None
    while section is not None:
        found = tuple(sorted(word[5:] for word in classes(section) if word.startswith("area-")))
        if section.tag == "section" and found:
            return found
        section = section.getparent()
    return ()


def _written(cell: _Cell | None, side: Side) -> str:
    return _Writing(side).write(cell) if cell else ""


class _Writing(Writing):
    """One side. It has no anchors and no links within the page: the other way of showing the changes has them."""

    def __init__(self, side: Side) -> None:
        super().__init__(anchors=False)
        self.side: Side = side
        self.own = _OWN[side]

    def write(self, cell: _Cell) -> str:
        page = holder = Element("div")
        for element in cell.around:
            holder = self._shell(holder, element, removed=True)
            if element.tag == "ol":
                holder.attrib.pop("start", None)
                if cell.start > 1 and element is cell.around[-1]:
                    holder.set("start", str(cell.start))
        for change in cell.changes:
            self._change(holder, change)
        return to_html(page)

    def _change(self, holder: Element, change: Change) -> None:
        block = change.old if self.side == "old" else change.new
        if block is None:
            return
        if change.kind == "same":
            self._copy_block(holder, block, removed=True)
        elif not change.is_paired:
            self._stray(holder, change, block)
        elif block.kind == "words":
            self._words(
                holder if block.bare else self._shell(holder, block.element, removed=True), change, block
            )
            add_text(holder, " " if block.bare else "\n")
        else:
            element = self._shell(holder, block.element, removed=True)
            for inner in change.inner:
                self._change(element, inner)
            add_text(holder, "\n")

    def _stray(self, holder: Element, change: Change, block: Block) -> None:
        """What stands on this side only."""
        says = opening(self.own, moved=change.moved, changed=bool(change.twin))
        if holder.tag in ITEMS:
            self._item(holder, block, says, closes=True, labelled=change.moved)
            return
        if change.twin:
            # Its words are marked; it moved as a whole.
            box = SubElement(holder, "div", {"class": f"change-box change-moved change-{self.own}"})
            SubElement(box, "p", {"class": "change-label"}).text = says.strip()
            self._words(self._shell(box, block.element, removed=True), change, block)
            return
        wrapper = SubElement(holder, TAGS[self.own])
        if not block.bare:
            wrapper.set("class", "change-block change-moved" if change.moved else "change-block")
        if change.moved and not block.bare:
            SubElement(wrapper, "p", {"class": "change-label"}).text = says.strip()
        else:
            hidden(wrapper, says)
        self._copy_block(wrapper, block, removed=True)
        hidden(wrapper, closing())
        add_text(holder, " " if block.bare else "\n")

    def _item(
        self, holder: Element, block: Block, says: str, *, closes: bool, labelled: bool = False
    ) -> None:
        """An item, row or cell: the mark is on it, and around all that it holds."""
        element = self._shell(holder, block.element, removed=True)
        element.set("class", f"{element.get('class', '')} change-{self.own}".strip())
        if element.tag in ITEMS:
            for number, inner in enumerate(block.blocks):
                last = closes and number + 1 == len(block.blocks)
                self._item(element, inner, "" if number else says, closes=last)
            return
        if not (block.blocks or block.tokens or says or closes):
            return
        wrapper = SubElement(element, TAGS[self.own])
        if not all(inner.bare for inner in block.blocks):
            wrapper.set("class", "change-block")
        if says and labelled:
            SubElement(wrapper, "span", {"class": "change-label"}).text = says
        elif says:
            hidden(wrapper, says)
        self._copy_contents(wrapper, block.element, removed=True)
        if closes:
            hidden(wrapper, closing())

    def _words(self, holder: Element, change: Change, block: Block) -> None:
        twin = change.twin
        other = change.new if self.side == "old" else change.old
        if twin is not None:
            other = twin.block
        others, _ = without_marks(other.tokens if other else [])
        line, marks = without_marks(block.tokens)
        for step in change.steps:
            start, end = (step.b1, step.b2) if self.side == "old" else (step.a1, step.a2)
            counterpart = others[step.a1 : step.a2] if self.side == "old" else others[step.b1 : step.b2]
            if step.same and self.side == "new":
                self._same(holder, counterpart, line[start:end], marks, start)
                continue
            if start == end:
                continue
            if step.same:
                tokens: list[Token] = []
                for place in range(start, end):
                    tokens += [*marks.get(place, []), line[place]]
                self._run(holder, tokens, removed=True)
            else:
                for place in range(start, end):
                    self._run(holder, marks.get(place, []), removed=True)
                wrapper = SubElement(holder, TAGS[self.own])
                hidden(wrapper, opening(self.own))
                self._run(wrapper, line[start:end], removed=True, others=counterpart)
                hidden(wrapper, closing())
            add_text(holder, line[end - 1].space)
        self._run(holder, marks.get(len(line), []), removed=True)
