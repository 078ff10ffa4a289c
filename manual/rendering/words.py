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


def words(elements: Iterable[Element]) -> str:
    """One line a paragraph, list item or row; cells and phrases keep a space between them."""
    pieces: list[str] = []
    for element in elements:
        pieces += _words(element)
    lines = (_SPACES.sub(" ", line).strip() for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def phrase(element: Element) -> str:
    """The same on a single line, for headings."""
    return " ".join(words([element]).split())


def _words(element: Element) -> Iterator[str]:
    if element.get("class") in _LEFT_OUT or element.get("own") == "yes":
        return
    edge = "" if element.tag in _INLINE else " " if element.tag in _CELLS else "\n"
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
