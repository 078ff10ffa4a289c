"""What a page may hold, written down a second time and by hand, and what a second sanitiser makes of it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import nh3
from lxml import etree
from lxml.html import HtmlElement, fragment_fromstring

from manual.rendering import allowlist

BLOCKS = "blockquote br dd div dl dt h2 h3 h4 h5 h6 hr li ol p pre section table tbody td th thead tr ul"
PHRASES = "a code em img span strong sup"
ATTRIBUTES = "id class href src alt start scope role tabindex aria-label aria-hidden"
CLASSES = re.compile(
    "appendix|policy|procedure|guidance|protocol|note|warning|contact|passage|heading|numbered|table|footnotes"
    "|include|changes|changes-newest|changes-all|status-label|area-label|passage-label|area-marker"
    "|section-number|paragraph-number|section-link|footnote-ref|footnote-back|area|area-(?:kent|medway)"
    "|align-(?:left|center|right)"
)
VOID = re.compile('<((?:br|hr|img)(?: [a-z-]+="[^"]*")*)>')
ADDRESSES = {"chapter", "keyword", "document", "http", "https", "mailto", "tel"}


def page(html: str) -> HtmlElement:
    # HTML reads a form feed as a space; lxml does not take one.
    return fragment_fromstring(html.replace("\f", " "), create_parent="div")


def shape(element: HtmlElement) -> object:
    """A page as nested values, to be compared whole."""
    return (
        element.tag,
        sorted(element.attrib.items()),
        element.text or "",
        [(shape(child), child.tail or "") for child in element],
    )


def complaints(html: str) -> list[str]:
    """All that the page holds and may not hold."""
    found = []
    for element in page(html).iterdescendants():
        if element.tag not in f"{BLOCKS} {PHRASES}".split():
            found.append(f"tag {element.tag}")
        for name, value in element.attrib.items():
            if name not in ATTRIBUTES.split() or not allowlist.allows(element.tag, name, value):
                found.append(f"{element.tag} {name}={value!r}")
            if name == "class" and not all(CLASSES.fullmatch(word) for word in value.split()):
                found.append(f"class {value!r}")
            if (
                name in ("href", "src")
                and not value.startswith("#")
                and urlsplit(value).scheme not in ADDRESSES
            ):
                found.append(f"address {value!r}")
    ids = [element.get("id") for element in page(html).iterdescendants() if element.get("id")]
    found += [f"id {anchor!r} twice" for anchor in set(ids) if ids.count(anchor) > 1]
    if "\x02" in html or "klzzwxh" in html or "author-" in html:
        found.append("something of the reader's own making")
    return found


def second_opinion(html: str) -> str:
    """The page as nh3 leaves it under the same list."""
    return nh3.clean(
        html,
        tags=set(allowlist.TAGS),
        clean_content_tags=set(),
        attributes={tag: set(rules) for tag, rules in allowlist.ATTRIBUTES.items()},
        attribute_filter=lambda tag, name, value: value if allowlist.allows(tag, name, value) else None,
        url_schemes=set(allowlist.SCHEMES),
        link_rel=None,
    )


def well_formed(html: str) -> object:
    """The page as a parser of XML sees it, which forgives nothing."""
    closed = VOID.sub(r"<\1/>", html)
    return shape(etree.fromstring(f"<div>{closed}</div>"))
