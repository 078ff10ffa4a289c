"""A passage of one chapter, as another chapter shows it: telephone numbers are written once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from xml.etree.ElementTree import Element

from lxml import etree
from lxml.html import HtmlElement, fragment_fromstring

from manual.rendering.serialise import to_html
from manual.rendering.vocabulary import STATUSES

# What has its meaning from its place in the chapter.
_OF_THE_CHAPTER = frozenset(
    {"section-number", "paragraph-number", "section-link", "footnote-ref", "footnote-back"}
)
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})


def passage(html: str, anchor: str, *, chapter: str = "") -> str | None:
    """The content of the section with that anchor, from stored HTML; None where there is no such section.

    The section's heading stays behind, as do ids, numbers and references to footnotes; its labels come along, for
    they say to whom it applies. Headings inside it become paragraphs in bold, as in any box. With `chapter`, the slug
    of where it comes from, links within that chapter become links to it.
    """
    page = fragment_fromstring(html, create_parent="div")
    found = next((element for element in page.iter() if anchor and element.get("id") == anchor), None)
    if found is None or not _is_section(found):
        return None
    for element in list(found.iter(etree.Element)):
        if element.get("class") in _OF_THE_CHAPTER:
            element.drop_tree()
    heading = found[0] if len(found) and found[0].tag in _HEADINGS else None
    if heading is not None:
        heading.drop_tree()
    for element in list(found.iter(etree.Element)):
        element.attrib.pop("id", None)
        if _is_numbered(element):
            _drop_number_class(element)
        if element.tag in _HEADINGS:
            _lower(element)
        elif element.tag == "section" and element is not found:
            element.drop_tag()
        elif chapter and element.get("href", "").startswith("#"):
            element.set("href", f"chapter:{chapter}{element.get('href')}")
    found.tail = None
    if found.tag == "p":
        holder = etree.Element("div")
        holder.append(found)
        found = holder
    return to_html(cast(Element, found))


@dataclass(frozen=True)
class Marks:
    """What a section is and to whom it applies, for what is around it there: `said` holds what its own labels say."""

    status: str = ""
    areas: tuple[str, ...] = ()
    said: frozenset[str] = frozenset()


def marks(html: str, anchor: str) -> Marks:
    """The status and the areas that a section of stored HTML has from its own heading or from those above it."""
    page = fragment_fromstring(html, create_parent="div")
    section = next((element for element in page.iter() if anchor and element.get("id") == anchor), None)
    if section is None:
        return Marks()
    status, areas, said = "", (), set()
    for element in (section, *section.iterancestors()):
        words = element.get("class", "").split()
        if not status and (status := next((word for word in words if word in STATUSES), "")):
            said |= {"status"} if element is section else set()
        if not areas and (areas := tuple(word[5:] for word in words if word.startswith("area-"))):
            said |= {"areas"} if element is section else set()
    return Marks(status, areas, frozenset(said))


def _is_section(element: HtmlElement) -> bool:
    return element.tag == "section" or _is_numbered(element)


def _is_numbered(element: HtmlElement) -> bool:
    return element.tag == "p" and "numbered" in element.get("class", "").split()


def _drop_number_class(paragraph: HtmlElement) -> None:
    others = [word for word in paragraph.get("class", "").split() if word != "numbered"]
    if others:
        paragraph.set("class", " ".join(others))
    else:
        del paragraph.attrib["class"]
    paragraph.text = (paragraph.text or "").lstrip()


def _lower(heading: HtmlElement) -> None:
    strong = etree.SubElement(heading, "strong")
    strong.text = (heading.text or "").lstrip()
    strong.extend(heading[:-1])
    if len(strong):
        strong[-1].tail = (strong[-1].tail or "").rstrip()
    else:
        strong.text = strong.text.rstrip()
    heading.text = None
    heading.tag = "p"
    heading.set("class", "heading")
