"""Every message that goes through translation stands in ⟦brackets⟧: what stands outside them on a page, and is not the
manual's own text, no translator was ever given.

A test writes the manual's own text in Greek letters, so that each Latin letter outside brackets is a word forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import lxml.html
import pytest
from django.utils import translation
from django.utils.safestring import SafeData, mark_safe

# Signs that stand for a value, and tags: neither is a word, and what is put in has brackets of its own or needs them.
_APART = re.compile(r"(%\(\w+\)[sd]|%[sd]|\{\w*\}|<[^>]*>)")
_BRACKETED = re.compile("⟦[^⟦⟧]*⟧")
_LATIN = re.compile("[A-Za-z]+")
# What a reader sees or hears of an element besides the text in it. What else begins with data- is for scripts, and
# told apart by its having a space.
_SPOKEN = ("title", "aria-label", "aria-description", "alt", "placeholder", "data-label")
_SILENT = ("script", "style", "template", "noscript")


def bracketed(message: str) -> str:
    """“Line %(line)s” as “⟦Line ⟧%(line)s”."""
    parts = _APART.split(message)
    said = "".join(part if n % 2 or not part.strip() else f"⟦{part}⟧" for n, part in enumerate(parts))
    return mark_safe(said) if isinstance(message, SafeData) else said  # noqa: S308 # as Django's own do


def bracket_every_translation(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on Django's translation answers each message in brackets, and two of each with a number by the rule of
    English."""

    def plural(one: str, many: str, number: Any) -> str:
        return bracketed(one if number == 1 else many)

    real = translation._trans  # type: ignore[attr-defined] # where all ways of translating come together
    monkeypatch.setattr(real, "gettext", bracketed)
    monkeypatch.setattr(real, "ngettext", plural)
    monkeypatch.setattr(real, "pgettext", lambda _context, message: bracketed(message))
    monkeypatch.setattr(real, "npgettext", lambda _context, one, many, number: plural(one, many, number))


def untranslated(page: str, *, allowed: Iterable[str] = (), apart: str = "") -> list[str]:
    """What has Latin letters outside brackets, in the order of the page.

    `allowed` are patterns of what must not be translated. `apart` is an XPath of elements that are not looked into.
    """
    root = lxml.html.document_fromstring(page)
    left_out = {*root.xpath(apart)} if apart else set()
    found: list[str] = []
    kept = re.compile("|".join(f"(?:{pattern})" for pattern in allowed) or r"(?!)")

    def look(words: str | None, where: str) -> None:
        rest = kept.sub(" ", _BRACKETED.sub(" ", words or ""))
        if _LATIN.search(rest):
            found.append(f"{where}: {' '.join((words or '').split())}")

    def walk(element: Any) -> None:
        if not isinstance(element.tag, str) or element.tag in _SILENT or element in left_out:
            return
        if element.tag != "textarea":  # what somebody wrote
            look(element.text, element.tag)
        for name, value in element.attrib.items():
            spoken = name in _SPOKEN or (name.startswith("data-") and " " in value and "/" not in value)
            pressed = (
                name == "value" and element.tag == "input" and element.get("type") in ("submit", "button")
            )
            if spoken or pressed:
                look(value, f"{element.tag} {name}")
        for child in element:
            walk(child)
            look(child.tail, f"after {child.tag}")

    walk(root)
    return found
