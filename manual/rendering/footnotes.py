"""Footnotes: numbered in the order in which readers meet them, and linked there and back.

Reading `[^1]: text` is Python-Markdown's. Making the notes is not: its anchors hold the author's labels as they
are written, and telling equal references apart costs the square of their number.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import cast
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.extensions import Extension
from markdown.extensions.footnotes import FootnoteBlockProcessor, FootnoteExtension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from manual.rendering.language import gettext as _
from manual.rendering.refusal import RenderingRefused, at
from manual.rendering.source import Source
from manual.rendering.vocabulary import BACK_TO_PLACE, BACK_TO_TEXT, FOOTNOTE, FOOTNOTES

_LABEL = r"\[\^([^\[\]\n]{1,100})\]"
_NOTE = "note"


class _Definitions(FootnoteBlockProcessor):
    RE = re.compile(rf"^[ ]{{0,3}}{_LABEL}:[ ]*+(.*)$", re.MULTILINE)


class _References(InlineProcessor):
    def __init__(self, notes: FootnotesExtension, md: Markdown) -> None:
        super().__init__(_LABEL, md)
        self.notes = notes

    def handleMatch(  # type: ignore[override]  # as Python-Markdown itself does
        self, m: re.Match[str], data: str
    ) -> tuple[Element, int, int]:
        label = m.group(1)
        if label not in self.notes.texts:
            line = self.notes.source.line_of(re.escape(f"[^{label}]"))
            raise RenderingRefused(
                _(
                    "%(place)s refers to a footnote [^%(label)s] that the text does not have. Add a line "
                    "“[^%(label)s]: …” with its words; or write \\[^%(label)s] if no footnote is meant."
                )
                % {"place": at(line), "label": label},
                line,
            )
        mark = Element("sup", {"class": "footnote-ref", _NOTE: label})
        SubElement(mark, "a").text = AtomicString("*")
        return mark, m.start(0), m.end(0)


class _Notes(Treeprocessor):
    """Before the phrases are read, so that those of the notes are read too."""

    def __init__(self, notes: FootnotesExtension, md: Markdown) -> None:
        super().__init__(md)
        self.notes = notes

    def run(self, root: Element) -> None:
        if not self.notes.texts:
            return
        items = SubElement(SubElement(root, "div", {"class": "footnotes"}), "ol")
        read: set[str] = set()
        # A note may define a further one.
        while unread := [label for label in self.notes.texts if label not in read]:
            for label in unread:
                read.add(label)
                # Not into the item itself: Python-Markdown treats the contents of list items in its own way.
                holder = Element("div")
                self.notes.parser.parseChunk(holder, self.notes.texts[label])
                SubElement(items, "li", {_NOTE: label}).extend(list(holder))


class FootnotesExtension(Extension):
    parser: BlockParser

    def __init__(self, source: Source) -> None:
        super().__init__()
        self.source = source
        self.texts: dict[str, str] = {}

    def extendMarkdown(self, md: Markdown) -> None:
        self.parser = md.parser
        md.parser.blockprocessors.register(_Definitions(cast(FootnoteExtension, self)), "footnote", 17)
        md.inlinePatterns.register(_References(self, md), "footnote", 175)
        md.treeprocessors.register(_Notes(self, md), "footnote", 50)

    def setFootnote(self, id: str, text: str) -> None:
        """What Python-Markdown calls for each definition that it reads."""
        if id in self.texts:
            line = self.source.line_of(rf"{re.escape(f'[^{id}]')}:", nth=2)
            raise RenderingRefused(
                _("%(place)s gives footnote [^%(label)s] a second time. Give one of the two another name.")
                % {"place": at(line), "label": id},
                line,
            )
        self.texts[id] = text


def settle(root: Element) -> dict[str, Element]:
    """Number notes and references and link them both ways; what was `[^x]` is then told by its number only.

    Returns the notes by the anchors of their first references' links, for the text of sections.
    """
    box = next((child for child in root if child.get("class") == "footnotes"), None)
    if box is None:
        return {}
    _lift_out_of_links(root)
    notes = {item.attrib.pop(_NOTE): item for item in box[0]}
    marks: defaultdict[str, list[Element]] = defaultdict(list)
    for mark in root.iter("sup"):
        if label := mark.attrib.pop(_NOTE, None):
            marks[label].append(mark)
    referred: dict[str, Element] = {}
    ordered = [*marks, *(label for label in notes if label not in marks)]
    for number, label in enumerate(ordered, start=1):
        note = notes[label]
        note.attrib.clear()
        note.set("id", f"fn-{number}")
        backs = []
        for count, mark in enumerate(marks[label], start=1):
            anchor = f"fnref-{number}" if count == 1 else f"fnref-{number}-{count}"
            backs.append(_link_both_ways(mark[0], anchor, number, count))
            if count == 1:
                referred[anchor] = note
        _end_with(note, backs)
    box[0][:] = [notes[label] for label in ordered]
    box.set("role", "doc-endnotes")
    box.set("aria-label", _(FOOTNOTES))
    return referred


def _link_both_ways(link: Element, anchor: str, number: int, count: int) -> Element:
    link.attrib.clear()
    link.attrib.update(
        {
            "id": anchor,
            "href": f"#fn-{number}",
            "role": "doc-noteref",
            "aria-label": _(FOOTNOTE) % {"note": number},
        }
    )
    link.text = str(number)
    says = _(BACK_TO_PLACE) if count > 1 else _(BACK_TO_TEXT)
    back = Element(
        "a",
        {
            "class": "footnote-back",
            "href": f"#{anchor}",
            "role": "doc-backlink",
            "aria-label": says % {"note": number, "place": count},
        },
    )
    back.text = "↩"
    return back


def _end_with(note: Element, backs: list[Element]) -> None:
    """The way back stands at the end of the note's last paragraph, whatever the note ends in."""
    if not backs:
        return
    last = note[-1] if len(note) and note[-1].tag == "p" else SubElement(note, "p")
    for back in backs:
        if len(last):
            last[-1].tail = (last[-1].tail or "") + " "
        elif last.text:
            last.text += " "
        last.append(back)


def _lift_out_of_links(root: Element) -> None:
    """A reference inside a link's words would be a link in a link: it goes behind the link."""
    parents = {child: parent for parent in root.iter() for child in parent}
    for mark in [sup for sup in root.iter("sup") if sup.get(_NOTE)]:
        link, above = None, parents.get(mark)
        while above is not None:
            if above.tag == "a":
                link = above
            above = parents.get(above)
        if link is None:
            continue
        _take_out(parents[mark], mark)
        holder = parents[link]
        mark.tail, link.tail = link.tail, None
        holder.insert(list(holder).index(link) + 1, mark)
        parents[mark] = holder


def _take_out(parent: Element, child: Element) -> None:
    """Without the words that follow it, which ElementTree counts as the child's own."""
    place = list(parent).index(child)
    if place:
        parent[place - 1].tail = (parent[place - 1].tail or "") + (child.tail or "")
    else:
        parent.text = (parent.text or "") + (child.tail or "")
    parent.remove(child)
