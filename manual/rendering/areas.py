"""Phrases and paragraphs that apply to one area only, and say so in words."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from manual.rendering.attributes import CLASS
from manual.rendering.language import gettext as _
from manual.rendering.refusal import RenderingRefused, at
from manual.rendering.source import Source
from manual.rendering.vocabulary import APPENDIX, HEADINGS, STATUSES, area_classes, only

_BLOCKS = frozenset({"p", "li", "td", "th", "dt", "dd"})
_NESTED = frozenset({"p", "ul", "ol", "dl", "div", "blockquote", "pre", "table"})


def settle(root: Element, areas: Mapping[str, str], source: Source) -> None:
    """Turn what authors asked for into what readers see, everywhere but at the headings of sections."""
    parents = {child: parent for parent in root.iter() for child in parent}
    for element in [element for element in root.iter() if element.get(CLASS) and element.tag not in HEADINGS]:
        asked = element.attrib.pop(CLASS).split()
        for word in asked:
            if word in STATUSES or word == APPENDIX:
                raise _misplaced(word, source)
        element.set("class", " ".join([*element.get("class", "").split(), *area_classes(asked)]))
        marker = Element("span", {"class": "area-marker"})
        marker.text = f"({only(areas, asked)})"
        if element.tag in _BLOCKS:
            _end_with(element, marker)
        else:
            _follow_with(parents[element], element, marker)


def _misplaced(word: str, source: Source) -> RenderingRefused:
    line = source.line_of(rf"^(?!#).*\{{:[^}}]*\.{word}\b") or source.line_of(rf"\{{:[^}}]*\.{word}\b")
    if word == APPENDIX:
        return RenderingRefused(
            _(
                "%(place)s: only a heading that stands by itself, not in a list, quotation or box, can be an appendix."
            )
            % {"place": at(line)},
            line,
        )
    return RenderingRefused(
        _(
            "%(place)s: “{: .%(word)s }” can only follow a heading that stands by itself. To mark a passage, write "
            "“!!! %(word)s” above it and indent the passage by four spaces."
        )
        % {"place": at(line), "word": word},
        line,
    )


def _end_with(block: Element, marker: Element) -> None:
    """Behind the block's own words: before a list inside it, or inside its first paragraph."""
    for place, child in enumerate(block):
        if child.tag == "p" and not (block.text or "").strip():
            _end_with(child, marker)
            return
        if child.tag in _NESTED:
            _insert(block, place, marker)
            return
    _insert(block, len(block), marker)


def _follow_with(parent: Element, element: Element, marker: Element) -> None:
    marker.tail, element.tail = element.tail, " "
    parent.insert(list(parent).index(element) + 1, marker)


def _insert(parent: Element, place: int, marker: Element) -> None:
    if place:
        before = parent[place - 1]
        before.tail = (before.tail or "").rstrip() + " "
    else:
        parent.text = (parent.text or "").rstrip() + " "
    parent.insert(place, marker)
