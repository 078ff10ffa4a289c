"""Two states of a chapter as one page on which every change can be seen, heard and counted.

The page is made of the newer state; what is gone stands where it stood. `ins` and `del` hold all that was put in or
taken away, and hidden words say so where a change begins and ends. Blocks that cannot stand in them (items, rows) have
a class besides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement

from lxml.html import HtmlElement

from manual.comparison.alignment import Step
from manual.comparison.blocks import HEADINGS, Block, Token
from manual.comparison.changes import Change, Comparison, Kind
from manual.comparison.writing import (
    ITEMS,
    TAGS,
    Writing,
    add_text,
    closing,
    hidden,
    opening,
    unlink,
    without_marks,
)
from manual.rendering.language import gettext as _
from manual.rendering.serialise import to_html

_CONTEXT = 1


@dataclass(frozen=True)
class Tracked:
    """`html` is as safe as the two states were. Words that only moved count as moved, not as removed and added."""

    html: str
    added: int
    removed: int
    moved: int
    changed: bool
    passages_moved: int = 0


def tracked_changes(before_html: str, after_html: str, *, only_changes: bool = False) -> Tracked:
    """What a reader of the one state has to know of the other; both as `render` made them.

    With `only_changes`, the changed blocks alone, with a neighbour on either side, under their sections' headings.
    Numbers and anchors are the newer state's, and their changes are none.
    """
    return unified(Comparison(before_html, after_html), only_changes=only_changes)


def unified(comparison: Comparison, *, only_changes: bool = False) -> Tracked:
    """The same of two states that are compared already."""
    count = comparison.count()
    return Tracked(
        html=_Unified(comparison.after.root).write(comparison.changes, only_changes),
        added=count.added,
        removed=count.removed,
        moved=count.moved,
        changed=comparison.changed,
        passages_moved=count.passages,
    )


class _Unified(Writing):
    def __init__(self, root: HtmlElement) -> None:
        super().__init__()
        self.page = Element("div")
        # The sections of the newer state that have been begun, from the outermost to the one in hand.
        self.sections: dict[HtmlElement | None, Element] = {None: self.page, root: self.page}
        self.open: list[HtmlElement] = []

    def write(self, changes: list[Change], only_changes: bool) -> str:
        kept = _kept(changes) if only_changes else [True] * len(changes)
        wholly_new = _wholly_new(changes)
        left_out = False
        place = 0
        while place < len(changes):
            change = changes[place]
            if not kept[place]:
                left_out = True
                place += 1
                continue
            end = place + 1
            if change.is_paired or (change.kind == "added" and self._begins(change, wholly_new)):
                holder = self._holder(change)
                if left_out and not change.block.is_heading:
                    _left_out(holder)
                self._pair(holder, change) if change.is_paired else self._new_heading(
                    holder, change, changes, place
                )
            else:
                # A run of blocks that were put in, or taken away, is one change to whoever listens.
                run = self._run_from(changes, place, wholly_new)
                end = place + len(run)
                holder = self._holder(change, wholly_new, following=changes[end:])
                if left_out and not change.block.is_heading:
                    _left_out(holder)
                self._wrapped(
                    holder, run, closes=end == len(changes) or changes[end].is_paired, whole=wholly_new
                )
            left_out = False
            place = end
        self._mend_links()
        return to_html(self.page)

    # Where a block goes.

    def _holder(
        self,
        change: Change,
        wholly_new: frozenset[HtmlElement] = frozenset(),
        following: Sequence[Change] = (),
    ) -> Element:
        if change.new is not None:
            section = change.new.section
            outermost = [holder for holder in _chain(section) if holder in wholly_new]
            if outermost:
                section = outermost[-1].getparent()
            return self._section(section)
        return self._holder_of_removed(change.block, following)

    def _section(self, section: HtmlElement | None) -> Element:
        if section not in self.sections and section is not None:
            holder = self._section(section.getparent())
            self.sections[section] = self._shell(holder, section)
        self.open = _chain(section)[::-1]
        return self.sections[section]

    def _holder_of_removed(self, block: Block, following: Sequence[Change]) -> Element:
        """In the section in hand. A heading that is gone ends sections below it, if nothing more stands in them."""
        still = next((change.new for change in following if change.new is not None), None)
        needed = set(_chain(still.section)) if still is not None else set()
        if block.is_heading:
            level = block.element.tag
            while self.open and self.open[-1] not in needed and _level(self.open[-1]) >= level:
                self.open.pop()
        return self.sections[self.open[-1] if self.open else None]

    # Runs of blocks that are new or gone.

    def _begins(self, change: Change, wholly_new: frozenset[HtmlElement]) -> bool:
        """Whether it is a heading that is new over blocks that are not."""
        return change.block.is_heading and change.block.section not in wholly_new

    def _run_from(
        self, changes: list[Change], place: int, wholly_new: frozenset[HtmlElement]
    ) -> list[Change]:
        first = changes[place]
        run = []
        holder = _outside(first, wholly_new)
        for change in changes[place:]:
            if change.kind != first.kind or _how(change) != _how(first):
                break
            if change.kind == "added" and (
                self._begins(change, wholly_new) or _outside(change, wholly_new) is not holder
            ):
                break
            run.append(change)
        # A new section is not torn apart by what in it has moved there.
        if first.kind == "added":
            section = _outermost(run[-1], wholly_new)
            for change in changes[place + len(run) :]:
                if section is None or change.new is None or section not in _chain(change.new.section):
                    break
                run.append(change)
        return run

    def _wrapped(
        self,
        holder: Element,
        run: list[Change],
        *,
        closes: bool,
        whole: frozenset[HtmlElement] = frozenset(),
    ) -> None:
        kind, how = run[0].kind, _how(run[0])
        moved = all(change.has_moved for change in run)
        says = opening(kind, moved=moved, changed=moved and how == "twin")
        inline = all(change.block.bare for change in run)
        wrapper = SubElement(holder, TAGS[kind])
        if not inline:
            wrapper.set("class", "change-block change-moved" if moved else "change-block")
        if moved and not inline:
            SubElement(wrapper, "p", {"class": "change-label"}).text = says.strip()
        else:
            hidden(wrapper, says)
        written: set[HtmlElement] = set()
        for change in run:
            section = _outermost(change, whole)
            if section is None and change.twin and moved:
                spans = [
                    (step.b1, step.b2) if kind == "removed" else (step.a1, step.a2)
                    for step in change.steps
                    if not step.same
                ]
                element = self._shell(wrapper, change.block.element, removed=kind == "removed")
                self._inside(element, change.block.tokens, spans, kind)
                add_text(wrapper, "\n")
            elif section is None:
                self._copy_block(wrapper, change.block, removed=kind == "removed")
            elif section not in written:
                written.add(section)
                self._copy(wrapper, section, removed=False)
        if closes:
            hidden(wrapper, closing())
        add_text(holder, " " if inline else "\n")

    def _new_heading(self, holder: Element, change: Change, changes: list[Change], place: int) -> None:
        block = change.block
        following = changes[place + 1] if place + 1 < len(changes) else None
        element = self._shell(holder, block.element)
        words = [token for token in block.tokens if token.key is not None]
        says = opening("added", moved=change.moved)
        closes = following is None or following.kind != "added"
        self._words(element, [], block.tokens, [Step(False, 0, 0, 0, len(words))], says, closes)

    # Blocks that stand on both sides.

    def _pair(self, holder: Element, change: Change) -> None:
        new = change.block
        if change.kind == "same":
            self._copy_block(holder, new, removed=False)
        elif new.kind == "words":
            element = holder if new.bare else self._shell(holder, new.element)
            old = change.old.tokens if change.old else []
            self._words(element, old, new.tokens, change.steps)
            add_text(holder, " " if new.bare else "\n")
        else:
            self._inner(self._shell(holder, new.element), change.inner)
            add_text(holder, "\n")

    def _inner(self, holder: Element, changes: list[Change]) -> None:
        runs = [list(run) for _, run in groupby(changes, lambda change: (change.kind, change.moved))]
        for place, run in enumerate(runs):
            if run[0].is_paired:
                for change in run:
                    self._pair(holder, change)
                continue
            closes = place + 1 == len(runs) or runs[place + 1][0].is_paired
            if holder.tag not in ITEMS:
                self._wrapped(holder, run, closes=closes)
                continue
            for number, change in enumerate(run):
                says = opening(change.kind, moved=change.moved) if not number else ""
                self._item(holder, change.block, change.kind, says, closes and number + 1 == len(run))

    def _item(self, holder: Element, block: Block, kind: Kind, says: str, closes: bool) -> None:
        """An item, row or cell that is new or gone: the mark is on it, and around all that it holds."""
        element = self._shell(holder, block.element, removed=kind == "removed")
        element.set("class", f"{element.get('class', '')} change-{kind}".strip())
        if element.tag in ITEMS:
            for number, inner in enumerate(block.blocks):
                last = closes and number + 1 == len(block.blocks)
                self._item(element, inner, kind, "" if number else says, last)
            return
        if not (block.blocks or block.tokens or says or closes):
            return
        wrapper = SubElement(element, TAGS[kind])
        if not all(inner.bare for inner in block.blocks):
            wrapper.set("class", "change-block")
        if says:
            hidden(wrapper, says)
        self._copy_contents(wrapper, block.element, removed=kind == "removed")
        if closes:
            hidden(wrapper, closing())

    # Words.

    def _words(
        self,
        holder: Element,
        old: list[Token],
        new: list[Token],
        steps: list[Step],
        says: str = "",
        closes: bool = True,
    ) -> None:
        old = [token for token in old if token.key is not None]
        # Each word of the newer state with the marks that stand before it.
        line, marks = without_marks(new)
        for step in steps:
            if step.same:
                self._same(holder, old[step.b1 : step.b2], line[step.a1 : step.a2], marks, step.a1)
                continue
            gone, come = old[step.b1 : step.b2], line[step.a1 : step.a2]
            for place in range(step.a1, step.a2):
                self._run(holder, marks.get(place, []), removed=False)
            parts: list[tuple[Kind, list[Token], list[Token]]] = [
                ("removed", gone, come),
                ("added", come, gone),
            ]
            shown = [part for part in parts if part[1]]
            for number, (kind, tokens, others) in enumerate(shown):
                wrapper = SubElement(holder, TAGS[kind])
                hidden(wrapper, says or opening(kind))
                self._run(wrapper, tokens, removed=kind == "removed", others=others)
                is_last = number + 1 == len(shown)
                if closes and is_last:
                    hidden(wrapper, closing())
                add_text(holder, tokens[-1].space if is_last else " ")
        self._run(holder, marks.get(len(line), []), removed=False)

    def _mend_links(self) -> None:
        """No link may lead to a place that is gone or was left out."""
        for link in self.page.iter("a"):
            target = link.get("href", "")
            if target.startswith("#") and target[1:] not in self.ids:
                unlink(link.attrib)


def _how(change: Change) -> str:
    """Whether it has moved, and whether it was changed on the way."""
    return "twin" if change.twin else "moved" if change.moved else ""


def _left_out(holder: Element) -> None:
    SubElement(holder, "p", {"class": "change-gap"}).text = _("… unchanged text left out …")


def _chain(section: HtmlElement | None) -> list[HtmlElement]:
    """A section and those that it stands in, from the inside."""
    chain = []
    while section is not None and section.tag == "section":
        chain.append(section)
        section = section.getparent()
    return chain


def _level(section: HtmlElement) -> str:
    """Of its heading: h2, h3 …"""
    return next((str(child.tag) for child in section if child.tag in HEADINGS), "h2")


def _outermost(change: Change, wholly_new: Iterable[HtmlElement]) -> HtmlElement | None:
    if change.kind != "added" or change.new is None:
        return None
    found = [section for section in _chain(change.new.section) if section in wholly_new]
    return found[-1] if found else None


def _outside(change: Change, wholly_new: frozenset[HtmlElement]) -> HtmlElement | None:
    """The section that a block is put into, be it by itself or with a whole section around it."""
    if change.new is None:
        return None
    section = _outermost(change, wholly_new)
    return change.new.section if section is None else section.getparent()


def _wholly_new(changes: list[Change]) -> frozenset[HtmlElement]:
    found: set[HtmlElement] = set()
    not_new: set[HtmlElement] = set()
    for change in changes:
        if change.new is not None:
            (found if change.kind == "added" else not_new).update(_chain(change.new.section))
    return frozenset(found - not_new)


def _kept(changes: list[Change]) -> list[bool]:
    """What is shown when only changes are: they, their neighbours in the same section, and the headings above with
    their labels."""
    kept = [change.kind != "same" for change in changes]
    for place, change in enumerate(changes):
        if change.kind == "same":
            continue
        for near in range(max(place - _CONTEXT, 0), min(place + _CONTEXT + 1, len(changes))):
            neighbour = changes[near].new
            if (
                neighbour is not None
                and not neighbour.is_heading
                and (change.new is None or neighbour.section is change.new.section)
            ):
                kept[near] = True
    sections: set[HtmlElement] = set()
    above: HtmlElement | None = None
    for change, keep in zip(changes, kept, strict=True):
        if change.new is not None:
            above = change.new.section
        if keep:
            sections.update(_chain(above))
    return [
        keep
        or (
            change.new is not None
            and (change.new.is_heading or change.new.is_label)
            and change.new.section in sections
        )
        for change, keep in zip(changes, kept, strict=True)
    ]
