"""The plain words of a part of a page, for search: no labels, numbers or marks that the software puts in.

A reference without words of its own reads as the title that its chapter has in each edition: here, as “…”.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

_INLINE = frozenset({"a", "code", "em", "img", "span", "strong", "sup"})
_CELLS = frozenset({"td", "th"})
_LEFT_OUT = frozenset({"footnote-ref", "footnote-back", "section-number", "paragraph-number", "section-link"})

_SPACES = re.compile(r"[ \t\r\f\v\u00a0]+")
# Stands nowhere in a text, which has no control characters.
_CELL_ENDS = "\x1f"


def words(elements: Iterable[Element]) -> str:
    """One line a paragraph, list item or row; cells keep “; ” between them, and phrases a space."""
    pieces: list[str] = []
    for element in elements:
        pieces += _words(element)
    lines = map(_line, "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def phrase(element: Element) -> str:
    """The same on a single line, for headings."""
    return " ".join(words([element]).split())


def _line(line: str) -> str:
    """With its cells one after another; where one ends with a stop, it needs no other."""
    cells = [cell for part in line.split(_CELL_ENDS) if (cell := _SPACES.sub(" ", part).strip())]
    return " ".join([*(cell if cell[-1] in ".:;!?," else f"{cell};" for cell in cells[:-1]), *cells[-1:]])


def _words(element: Element) -> Iterator[str]:
    if element.get("class") in _LEFT_OUT or element.get("own") == "yes":
        return
    edge = "" if element.tag in _INLINE else _CELL_ENDS if element.tag in _CELLS else "\n"
    yield edge
    if element.tag == "img":
        yield f" {element.get('alt', '')} "
    # A line of the source ends in mid-sentence; only <pre> means what it says.
    straight = element.tag in ("pre", "code")
    if element.tag == "a" and not len(element) and not (element.text or "").strip():
        yield "…"
    yield _flow(element.text, straight)
    for child in element:
        yield from _words(child)
        yield _flow(child.tail, straight)
    yield edge


def _flow(text: str | None, straight: bool) -> str:
    return (text or "") if straight else (text or "").replace("\n", " ")
