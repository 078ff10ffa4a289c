"""The last step of reading: entities become the characters they stand for, so that only we escape anything."""

from __future__ import annotations

import html
import re
from xml.etree.ElementTree import Element

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
# What Python-Markdown leaves of itself in odd corners, such as markup inside an address.
_PLACEHOLDER = re.compile("\x02[^\x02\x03]*\x03")
# No text of ours holds these: editors' control characters are refused, and entities may not bring them back.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def settle(root: Element) -> None:
    for element in root.iter():
        if element.text:
            element.text = plain(element.text)
        if element.tail:
            element.tail = plain(element.tail)
        for name, value in element.attrib.items():
            element.set(name, plain(value or ""))


def plain(text: str) -> str:
    if "\x02" in text:
        text = _PLACEHOLDER.sub("", text)
    if "&" in text:
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    return CONTROL.sub("", text)
