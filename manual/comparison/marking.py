"""The newer state of a chapter as it is read, with a mark on each passage that is new or differs from the older one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from lxml.html import Element, HtmlElement

from manual.comparison.blocks import STANDING_FOR, Block, classes
from manual.comparison.changes import Change, Comparison
from manual.rendering.language import gettext as _
from manual.rendering.language import ngettext
from manual.rendering.serialise import to_html

CHANGED, GONE = "passage-changed", "passage-gone"
# Nothing can be written in these.
_EMPTY = frozenset({"hr", "br", "img"})
# A mark stands on what is in these, passage by passage.
_AROUND = frozenset({"section", "ul", "ol", "dl", "div", "blockquote", "table", "thead", "tbody"})
_CELLS = ("th", "td")
# How many of what is gone are named; and the longest name.
_NAMED = 3


@dataclass(frozen=True)
class Marked:
    """`html` is the newer state with its marks, `count` how many: of changed passages, and of places of gone ones."""

    html: str
    count: int


def marked_changes(before_html: str, after_html: str) -> Marked:
    """The newer stored HTML, no word of it changed; both as `render` made them.

    Each passage that is new or differs has a class and hidden words that say so, and a small block stands where
    something was taken out.
    """
    comparison = Comparison(before_html, after_html)
    marking = _Marking()
    marking.mark(comparison.after.root, comparison.changes)
    return Marked(to_html(comparison.after.root), marking.count)


class _Marking:
    def __init__(self) -> None:
        self.count = 0
        self.marked: set[HtmlElement] = set()

    def mark(self, holder: HtmlElement, changes: Sequence[Change]) -> None:
        """Mark what differs among the blocks of a page, or of a group."""
        before: Block | None = None
        runs = [list(run) for _, run in groupby(changes, lambda change: change.is_paired)]
        for place, run in enumerate(runs):
            paired = run[0].is_paired
            if paired:
                for change in run:
                    if change.kind == "changed":
                        self._changed(change)
                    before = change.new
                continue
            come = [change for change in run if change.kind == "added"]
            # What has moved is marked where it stands now.
            gone = [change.block for change in run if change.kind == "removed" and not change.has_moved]
            stays = sum(not change.has_moved for change in come)
            replaced = bool(gone) and stays >= len(gone) and not any(block.is_heading for block in gone)
            if gone and not replaced:
                following = [*come, *(runs[place + 1] if place + 1 < len(runs) else [])]
                self._gone(holder, before, following[0].new if following else None, gone)
            for change in come:
                says = (
                    _("Moved to here:")
                    if change.moved
                    else _("Moved to here, and changed:")
                    if change.twin
                    else _("Changed:")
                    if replaced
                    else _("New:")
                )
                self._block(change.block, says)
                before = change.new

    def _changed(self, change: Change) -> None:
        block = change.block
        element = block.element
        if block.kind != "group" or element.tag == "tr":
            # Cells of a table are read by the row.
            self._block(block, _("Changed:"))
            return
        self.mark(element, change.inner)

    def _block(self, block: Block, words: str) -> None:
        if block.bare or block.element.tag not in _AROUND or block.kind == "whole":
            self._mark(block.element, words)
            return
        for inner in block.blocks:
            self._block(inner, words)

    def _mark(self, element: HtmlElement, words: str) -> None:
        if element in self.marked:
            return
        self.marked.add(element)
        self.count += 1
        if classes(element) & STANDING_FOR:
            # What it stands for is put into it later, and all else taken out.
            box = Element("div")
            element.addprevious(box)
            box.tail, element.tail = element.tail, None
            box.append(element)
            element = box
        element.set("class", f"{element.get('class', '')} {CHANGED}".strip())
        if element.tag == "tr":
            cells = [cell for cell in element if cell.tag in _CELLS]
            if not cells:
                return
            element = cells[0]
        if element.tag not in _EMPTY:
            says = _element("span", "visually-hidden", f"{words} ")
            says.tail, element.text = element.text, None
            element.insert(0, says)

    def _gone(
        self, holder: HtmlElement, before: Block | None, after: Block | None, gone: list[Block]
    ) -> None:
        self.count += 1
        note = _element("p", GONE, _said(gone))
        tag = holder.tag
        if tag in ("table", "thead", "tbody", "tr"):
            # Between rows there is no place for words.
            while holder.getparent() is not None and holder.tag != "table":
                holder = holder.getparent()
            box = holder.getparent()
            _put_behind(box if box is not None and "table" in classes(box) else holder, note)
        elif tag in ("ul", "ol", "dl"):
            if before is None:
                holder.addprevious(note)
            else:
                before.element.append(note)
        elif before is None:
            holder.insert(0, note)
            note.tail, holder.text = holder.text, None
        elif before.bare and after is not None:
            # Words without an element of their own end where the next block begins.
            _with_box(after.element).addprevious(note)
        elif before.bare:
            holder.append(note)
        else:
            _put_behind(_with_box(before.element), note)


def _with_box(element: HtmlElement) -> HtmlElement:
    """With what was put around it."""
    parent = element.getparent()
    return parent if parent is not None and CHANGED in classes(parent) and parent.tag == "div" else element


def _put_behind(element: HtmlElement, note: HtmlElement) -> None:
    parent = element.getparent()
    parent.insert(parent.index(element) + 1, note)
    # What stood behind it stands behind both.
    note.tail, element.tail = element.tail, None


def _said(gone: list[Block]) -> str:
    """What is gone, in words; of sections, their headings."""
    headings = [_heading(block) for block in gone if block.is_heading]
    if len(headings) == 1:
        return _("The section %(section)s was taken out here.") % {"section": headings[0]}
    if headings:
        more = len(headings) - _NAMED
        named = headings if more <= 0 else [*headings[:_NAMED], _("%(count)s more") % {"count": more}]
        return _("The sections %(sections)s and %(last)s were taken out here.") % {
            "sections": ", ".join(named[:-1]),
            "last": named[-1],
        }
    tag = gone[0].element.tag if not gone[0].bare else "p"
    count = len(gone)
    if tag == "li":
        says = ngettext("An item was taken out here.", "%(count)s items were taken out here.", count)
    elif tag == "tr":
        says = ngettext(
            "A row of this table was taken out here.",
            "%(count)s rows of this table were taken out here.",
            count,
        )
    else:
        says = ngettext("A passage was taken out here.", "%(count)s passages were taken out here.", count)
    return says % {"count": count}


def _heading(block: Block) -> str:
    words = "".join(token.text + token.space for token in block.tokens if token.key is not None)
    return f"“{' '.join(words.split())}”"


def _element(tag: str, kind: str, words: str) -> HtmlElement:
    element: HtmlElement = Element(tag)
    element.set("class", kind)
    element.text = words
    return element
