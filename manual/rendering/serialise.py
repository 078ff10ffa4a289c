"""A tree to HTML, always in the same way, so that equal pages are equal bytes.

The trees of lxml will do too: lxml itself leaves out the end of an empty list item or cell.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

_VOID = frozenset({"br", "hr", "img"})
_FIRST = {"id": 0, "class": 1, "href": 2, "src": 2}


def to_html(root: Element) -> str:
    """The HTML of what is inside the root. Not recursive: nesting must not be able to exhaust the stack."""
    pieces = [_text(root.text)]
    waiting: list[Element | str] = list(reversed(root))
    while waiting:
        element = waiting.pop()
        if isinstance(element, str):
            pieces.append(element)
            continue
        pieces.append(f"<{element.tag}{_attributes(element)}>")
        if element.tag in _VOID:
            pieces.append(_text(element.tail))
            continue
        pieces.append(_text(element.text))
        waiting.append(f"</{element.tag}>{_text(element.tail)}")
        waiting.extend(reversed(element))
    return "".join(pieces).strip()


def _attributes(element: Element) -> str:
    ordered = sorted(element.attrib.items(), key=lambda item: (_FIRST.get(item[0], 3), item[0]))
    return "".join(f' {name}="{_value(value)}"' for name, value in ordered)


def _text(text: str | None) -> str:
    return (text or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _value(value: str) -> str:
    # As bleach writes it, which leaves “>”: a page that comes out of it unchanged is cleaned only once.
    return value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
