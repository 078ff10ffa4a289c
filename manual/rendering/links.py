"""Links and pictures: their brackets found quickly, their addresses checked, their references listed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from itertools import islice
from typing import ClassVar, Literal
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.blockprocessors import ReferenceProcessor
from markdown.extensions import Extension
from markdown.inlinepatterns import (
    IMAGE_LINK_RE,
    IMAGE_REFERENCE_RE,
    LINK_RE,
    REFERENCE_RE,
    AutolinkInlineProcessor,
    ImageInlineProcessor,
    ImageReferenceInlineProcessor,
    InlineProcessor,
    LinkInlineProcessor,
    ReferenceInlineProcessor,
    ShortImageReferenceInlineProcessor,
    ShortReferenceInlineProcessor,
)
from markdown.util import AtomicString

from manual.rendering import addresses
from manual.rendering.results import Reference
from manual.rendering.source import Source

# More than any honest link has, and few enough that a text of nothing but brackets is read in good time.
LONGEST_WORDS = 2_000
LONGEST_ADDRESS = 1_200
MOST_BRACKETS = 50

_BRACKET = re.compile(r"[\[\]]")
_AUTOLINK = r"<((?:https?|mailto|tel):[^\s<>]+)>"
_AUTOMAIL = r"<([^\s<>@!]+@[^\s<>@]+)>"
_WRITTEN = re.compile(rf"(?:{'|'.join(addresses.MANUAL_SCHEMES)}):[^\s()<>\"']*", re.IGNORECASE)


class _Bounded(LinkInlineProcessor):
    """Seeks the end of a link only as far as a link may reach; Python-Markdown seeks it to the end of the passage."""

    ANCESTOR_EXCLUDES: ClassVar[Collection[str]] = ("a",)

    def getText(self, data: str, index: int) -> tuple[str, int, bool]:
        depth = 1
        brackets = _BRACKET.finditer(data, index, index + LONGEST_WORDS)
        for bracket in islice(brackets, MOST_BRACKETS):
            depth += 1 if bracket[0] == "[" else -1
            if not depth:
                return data[index : bracket.start()], bracket.end(), True
        return "", index, False

    def getLink(self, data: str, index: int) -> tuple[str, str | None, int, bool]:
        href, title, end, handled = super().getLink(data[index : index + LONGEST_ADDRESS], 0)
        return href, title, index + end, handled


class _Image(_Bounded, ImageInlineProcessor):
    ANCESTOR_EXCLUDES = ()


class _BoundedReference(_Bounded, ReferenceInlineProcessor):
    RE_LINK = re.compile(rf"\s?\[([^\]]{{0,{LONGEST_WORDS}}})\]")


class _ImageReference(_BoundedReference, ImageReferenceInlineProcessor):
    ANCESTOR_EXCLUDES = ()


class _ShortReference(_BoundedReference, ShortReferenceInlineProcessor):
    pass


class _ShortImageReference(_BoundedReference, ShortImageReferenceInlineProcessor):
    ANCESTOR_EXCLUDES = ()


class _Autolink(AutolinkInlineProcessor):
    ANCESTOR_EXCLUDES = ("a",)


class _Automail(InlineProcessor):
    """Python-Markdown spells such an address in entities, which hides it from no one but our own checks."""

    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(  # type: ignore[override]  # as Python-Markdown itself does
        self, m: re.Match[str], data: str
    ) -> tuple[Element, int, int]:
        link = Element("a", href="mailto:" + m.group(1))
        link.text = AtomicString(m.group(1))
        return link, m.start(0), m.end(0)


class _Definition(ReferenceProcessor):
    """`[name]: address "title"`, one a line; the six groups are those that Python-Markdown counts on."""

    RE = re.compile(
        r"^[ ]{0,3}\[([^\[\]\n]{1,200})\]:[ ]*+(\S++)[ ]*+(()\"([^\"\n]*+)\"()[ ]*+)?$", re.MULTILINE
    )


class LinksExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        patterns = md.inlinePatterns
        patterns.register(_BoundedReference(REFERENCE_RE, md), "reference", 170)
        patterns.register(_Bounded(LINK_RE, md), "link", 160)
        patterns.register(_Image(IMAGE_LINK_RE, md), "image_link", 150)
        patterns.register(_ImageReference(IMAGE_REFERENCE_RE, md), "image_reference", 140)
        patterns.register(_ShortReference(REFERENCE_RE, md), "short_reference", 130)
        patterns.register(_ShortImageReference(IMAGE_REFERENCE_RE, md), "short_image_ref", 125)
        patterns.register(_Autolink(_AUTOLINK, md), "autolink", 120)
        patterns.register(_Automail(_AUTOMAIL, md), "automail", 110)
        md.parser.blockprocessors.register(_Definition(md.parser), "reference", 15)


def settle(root: Element) -> None:
    """Leave each link and picture with an address that is allowed, or with none."""
    for link in list(root.iter("a")):
        for inner in link.iter("a"):
            if inner is not link:
                inner.tag = "span"
                inner.attrib.clear()
    for link in root.iter("a"):
        link.attrib.pop("title", None)
        href = addresses.tidy(link.attrib.pop("href", ""))
        if addresses.may_link(href):
            link.set("href", href)
            if not (len(link) or link.text or addresses.in_manual(href)):
                link.text = href
    for image in root.iter("img"):
        image.attrib.pop("title", None)
        image.set("alt", " ".join(image.get("alt", "").split()))
        src = addresses.tidy(image.attrib.pop("src", ""))
        if addresses.may_show(src):
            image.set("src", src)
        else:
            image.tag, image.text = "span", image.get("alt", "")
            image.attrib.clear()


def references(root: Element, source: Source) -> tuple[Reference, ...]:
    """Every chapter, keyword and document that the text points at, in the order of the page."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for number, line in enumerate(source.lines, start=1):
        for written in _WRITTEN.findall(line):
            places[addresses.tidy(written)].append(number)
    return tuple(
        Reference(
            scheme=found["scheme"],
            slug=found["slug"],
            anchor=found["anchor"] or "",
            line=_next_place(places[address]),
            kind=kind,
        )
        for address, kind in _addresses(root)
        if (found := addresses.in_manual(address))
    )


def _next_place(places: list[int]) -> int | None:
    """The same reference may be made again further down; the last place serves for all that remain."""
    if not places:
        return None
    return places.pop(0) if len(places) > 1 else places[0]


def _addresses(root: Element) -> list[tuple[str, Literal["link", "image", "include"]]]:
    found: list[tuple[str, Literal["link", "image", "include"]]] = []
    included = {link for box in root.iter("div") if box.get("class") == "include" for link in box}
    for element in root.iter():
        if element.tag == "a" and (href := element.get("href")):
            found.append((href, "include" if element in included else "link"))
        elif element.tag == "img" and (src := element.get("src")):
            found.append((src, "image"))
    return found
