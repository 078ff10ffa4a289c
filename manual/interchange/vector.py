"""SVG pictures: drawings that are shown, and that neither run, nor lead elsewhere, nor grow."""

from __future__ import annotations

import re
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

SVG = "http://www.w3.org/2000/svg"
HTML = "http://www.w3.org/1999/xhtml"
XLINK = "{http://www.w3.org/1999/xlink}href"

DRAWN = {
    "svg", "g", "defs", "symbol", "use", "switch", "a", "title", "desc", "metadata", "style", "image",
    "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "textPath",
    "linearGradient", "radialGradient", "stop", "pattern", "clipPath", "mask", "marker", "filter", "view",
    "feBlend", "feColorMatrix", "feComponentTransfer", "feComposite", "feConvolveMatrix", "feDiffuseLighting",
    "feDisplacementMap", "feDistantLight", "feDropShadow", "feFlood", "feFuncA", "feFuncB", "feFuncG", "feFuncR",
    "feGaussianBlur", "feMerge", "feMergeNode", "feMorphology", "feOffset", "fePointLight", "feSpecularLighting",
    "feSpotLight", "feTile", "feTurbulence",
}  # fmt: skip
MOST_ELEMENTS = 20_000
# Copies of copies grow faster than anybody expects.
MOST_DRAWN = 100_000
DEEPEST_COPY = 4
_EMBEDDED = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")
_URL = re.compile(r"url\(\s*[\"']?\s*(?!#)", re.IGNORECASE)
_LEADS_AWAY = re.compile(r"@import|image-set\s*\(|expression\s*\(|javascript:|\\", re.IGNORECASE)
_LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+)\s*(px|pt|pc|mm|cm|in)?\s*")
PIXELS = {None: 1, "px": 1, "pt": 4 / 3, "pc": 16, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96}


def parser() -> etree.XMLParser:
    """Reads XML without a document type, without entities, and without fetching anything."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True,
    )  # fmt: skip


def looks_like_one(content: bytes) -> bool:
    return bool(re.search(rb"<(?:[\w.-]+:)?svg[\s>]", content[:100_000]))


def check(name: str, content: bytes, refused: type[ValueError]) -> tuple[int | None, int | None]:
    """The width and height of a drawing, where it says them. Raises `refused` with what is wrong."""
    if re.search(rb"<!(?:DOCTYPE|ENTITY)", content, re.IGNORECASE) or b"\0" in content:
        raise refused(
            _(
                "The picture “%(name)s” begins with a document type, which can hide things. Save it as "
                "“plain SVG”, or take the line with “DOCTYPE” out."
            )
            % {"name": name}
        )
    try:
        root = etree.fromstring(content, parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise refused(
            _("The picture “%(name)s” is damaged: it cannot be read as SVG. Save it again.") % {"name": name}
        ) from error
    if root.tag != f"{{{SVG}}}svg" or root.getroottree().docinfo.internalDTD is not None:
        raise refused(_("“%(name)s” is no SVG picture. Save it as “plain SVG”, or as PNG.") % {"name": name})
    whole = chain(root.itersiblings(preceding=True), root.iter(), root.itersiblings())
    for count, element in enumerate(whole, start=1):
        if count > MOST_ELEMENTS:
            raise refused(
                _("The picture “%(name)s” has too many parts to be shown quickly. Save it as PNG.")
                % {"name": name}
            )
        if wrong := _wrong_with(element):
            raise refused(
                _(
                    "The picture “%(name)s” %(wrong)s, which no picture of the manual may. Save it as “plain "
                    "SVG”, or as PNG."
                )
                % {"name": name, "wrong": wrong}
            )
    if _Drawn(root).count() > MOST_DRAWN:
        raise refused(
            _("The picture “%(name)s” copies its parts too often. Save it as PNG.") % {"name": name}
        )
    return _size(root)


class _Drawn:
    """How many parts a browser draws, each copy counted."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self.named = {element.get("id"): element for element in root.iter() if element.get("id")}
        self.seen = 0

    def count(self) -> int:
        self._draw(self.root, 0)
        return self.seen

    def _draw(self, element: Any, depth: int) -> None:
        for part in element.iter():
            self.seen += 1
            if self.seen > MOST_DRAWN:
                return
            if part.tag != f"{{{SVG}}}use":
                continue
            copied = self.named.get((part.get("href") or part.get(XLINK) or "").lstrip("#"))
            if copied is None:
                continue
            if depth >= DEEPEST_COPY:
                self.seen = MOST_DRAWN + 1
                return
            self._draw(copied, depth + 1)


def _wrong_with(element: Any) -> str:
    """What a part does that it may not, as the rest of a sentence; empty where it is fine."""
    if not isinstance(element.tag, str):
        return _("holds an instruction for programs")
    tag = etree.QName(element)
    if tag.namespace == HTML or (tag.namespace in (SVG, None) and tag.localname not in DRAWN):
        return _("holds “%(localname)s”") % {"localname": tag.localname}
    if tag.localname in ("script", "handler", "listener", "foreignObject", "iframe"):
        return _("holds “%(localname)s”") % {"localname": tag.localname}
    for attribute, value in element.attrib.items():
        bare = etree.QName(attribute).localname.lower()
        if bare.startswith("on"):
            return _("does something when it is touched (“%(bare)s”)") % {"bare": bare}
        if attribute == "{http://www.w3.org/XML/1998/namespace}base":
            return _("changes where its addresses lead")
        if tag.namespace != SVG:
            continue
        if bare in ("href", "src") and not (
            value.startswith("#") or (tag.localname == "image" and _EMBEDDED.fullmatch(value.strip()))
        ):
            return _("leads to another address")
        if bare != "d" and _URL.search(value):
            return _("takes something from another address")
        if bare == "style" and _LEADS_AWAY.search(value):
            return _("takes its style from elsewhere")
    if tag.localname == "style" and tag.namespace == SVG:
        words = "".join(element.itertext())
        if _URL.search(words) or _LEADS_AWAY.search(words):
            return _("takes its style from elsewhere")
    return ""


def _size(root: Any) -> tuple[int | None, int | None]:
    sides = [_pixels(root.get("width")), _pixels(root.get("height"))]
    box = re.split(r"[\s,]+", (root.get("viewBox") or "").strip())
    if len(box) == 4:
        within = [_pixels(box[2]), _pixels(box[3])]
        if sides == [None, None]:
            sides = within
        elif within[0] and within[1]:
            # One side alone is said; the other follows from the box.
            wide, high = sides
            sides = [
                wide or round((high or 0) * within[0] / within[1]),
                high or round((wide or 0) * within[1] / within[0]),
            ]
    wide, high = sides
    if not wide or not high or max(wide, high) > 100_000:
        return None, None
    return wide, high


def _pixels(length: str | None) -> int | None:
    found = _LENGTH.fullmatch(length or "")
    return round(float(found[1]) * PIXELS[found[2]]) or None if found else None
