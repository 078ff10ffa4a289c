"""A text as it is printed: nothing to press, addresses in words, and several texts on one page kept apart."""

from __future__ import annotations

import re
from typing import cast
from xml.etree.ElementTree import Element

from lxml import etree
from lxml.html import HtmlElement, fragment_fromstring

from manual.rendering.serialise import to_html

# What is there to be pressed, or says where pressing leads.
_TO_PRESS = ("section-link", "cite-link", "outside")
# What points at another place of the same page.
_POINTERS = ("aria-labelledby", "aria-describedby", "headers", "for")
_HEADING = re.compile(r"h[1-6]")
# What is read in one piece stays on one page while it is no longer than about a quarter of it.
_IN_ONE_PIECE = ("tr", "blockquote", "figure", "dd", "pre")
_BOXES = frozenset({"passage", "include", "callout"})
SHORT = 900


def on_paper(html: str, *, prefix: str = "", lower: int = 0) -> str:
    """A decorated text for paper, where links to other sites say where they lead; with a prefix, apart from others."""
    root = _parse(html)
    for name in _TO_PRESS:
        for element in root.find_class(name):
            element.drop_tree()
    for link in list(root.iter("a")):
        _write_address(link)
    for keyword in root.find_class("keyword"):
        # What it means is not printed beside it.
        keyword.attrib.pop("aria-describedby", None)
    for image in root.iter("img"):
        # What is loaded only when somebody scrolls to it would be missing.
        image.attrib.pop("loading", None)
    for element in root.iter(etree.Element):
        _keep_whole(element)
    _keep_apart(root, prefix, lower)
    return to_html(cast(Element, root))


def apart(html: str, prefix: str, *, lower: int) -> str:
    """The same text with headings so many levels lower, and places of its own: many texts stand on one page."""
    root = _parse(html)
    _keep_apart(root, prefix, lower)
    return to_html(cast(Element, root))


def _parse(html: str) -> HtmlElement:
    root: HtmlElement = fragment_fromstring(html, create_parent="div")
    return root


def _write_address(link: HtmlElement) -> None:
    """Behind the words of a link its address, unless they are the address."""
    scheme, _colon, rest = (link.get("href") or "").partition(":")
    if scheme not in ("http", "https", "mailto"):
        return
    address = rest if scheme == "mailto" else link.get("href")
    if _plain(link.text_content()) == _plain(address):
        return
    written = etree.SubElement(link, "span")
    written.set("class", "printed-address")
    written.text = f" ({address})"


def _plain(address: str) -> str:
    """An address as far as it tells one from another."""
    return re.sub(r"^(?:https?://)?(?:www\.)?|/$", "", "".join(address.split()).casefold())


def _keep_whole(element: HtmlElement) -> None:
    classes = element.get("class", "").split()
    if element.tag not in _IN_ONE_PIECE and not _BOXES & set(classes):
        return
    if len(element.text_content()) <= SHORT:
        element.set("class", " ".join([*classes, "paper-whole"]))


def _keep_apart(root: HtmlElement, prefix: str, lower: int) -> None:
    for element in root.iter(etree.Element):
        if lower and _HEADING.fullmatch(element.tag):
            element.tag = f"h{min(int(element.tag[1]) + lower, 6)}"
        if not prefix:
            continue
        if anchor := element.get("id"):
            element.set("id", f"{prefix}-{anchor}")
        if element.get("href", "").startswith("#"):
            element.set("href", f"#{prefix}-{element.get('href')[1:]}")
        for name in _POINTERS:
            if places := element.get(name):
                element.set(name, " ".join(f"{prefix}-{place}" for place in places.split()))
