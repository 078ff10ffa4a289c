"""Headings to numbered sections inside one another, and paragraphs to numbered ones where the manual counts those."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from xml.etree.ElementTree import Element, SubElement

from manual.rendering import anchors
from manual.rendering.attributes import CLASS, ID
from manual.rendering.language import gettext as _
from manual.rendering.refusal import RenderingRefused, at
from manual.rendering.results import RenderedSection
from manual.rendering.source import Source
from manual.rendering.vocabulary import (
    APPENDIX,
    HEADINGS,
    LINK_TO_HEADING,
    LINK_TO_SECTION,
    LONGEST_NAME,
    STATUSES,
    area_classes,
    only,
    status_name,
)
from manual.rendering.words import phrase, words

Numbering = Literal["headings", "paragraphs"]

# Below this, headings have no number: 1.1.1.1.1 helps nobody to find a place.
LAST_NUMBERED_LEVEL = 4
PARAGRAPH_LEVEL = 4

# Signs that the allow-list does not let into a link's name, lest they be taken for markup somewhere.
_NOT_IN_NAMES = re.compile('[<>"]')


def in_a_name(heading: str) -> str:
    """As much of a heading as the name of a link bears."""
    return _NOT_IN_NAMES.sub("", heading)[:LONGEST_NAME]


def lower_headings(root: Element) -> None:
    """A heading inside a list, a quotation or a box is no section: it becomes a paragraph in bold."""
    for element in root.iter():
        for child in element:
            if child.tag in HEADINGS and element is not root:
                strong = Element("strong")
                strong.text, strong[:] = child.text, list(child)
                child.text, child[:] = None, [strong]
                child.tag = "p"
                child.set("class", "heading")


@dataclass
class _Section:
    """A section while the page is taken apart. The outermost one is the chapter, before its first heading."""

    element: Element
    level: int = 1
    anchor: str = ""
    number: str = ""
    heading: str = ""
    status: str = ""
    areas: tuple[str, ...] = ()
    blocks: list[Element] = field(default_factory=list)
    subsections: int = 0
    appendices: int = 0

    def rendered(self, notes: Mapping[str, Element]) -> RenderedSection:
        """A footnote is searched for where it is referred to: the note itself stands in no section."""
        links = (link.get("id", "") for block in self.blocks for link in block.iter("a"))
        footnotes = [notes[anchor] for anchor in links if anchor in notes]
        return RenderedSection(
            anchor=self.anchor,
            number=self.number,
            level=self.level,
            heading=self.heading,
            text=words([*self.blocks, *footnotes]),
            status=self.status,
            areas=self.areas,
        )


class Divider:
    def __init__(self, root: Element, numbering: Numbering, areas: Mapping[str, str], source: Source) -> None:
        self.root = root
        self.numbering = numbering
        self.areas = areas
        self.source = source
        self.anchors = anchors.Register(chosen for element in root.iter() if (chosen := element.get(ID)))
        self.chapter = _Section(root)
        self.open = [self.chapter]
        self.found = [self.chapter]
        self.paragraphs = 0

    def divide(self, notes: Mapping[str, Element]) -> tuple[RenderedSection, ...]:
        """Rebuild the page as sections, and list them in their order. `notes` as footnotes.settle returns them."""
        blocks = list(self.root)
        footnotes = [block for block in blocks if block.get("class") == "footnotes"]
        self.root[:] = []
        for block in blocks:
            if block in footnotes:
                continue
            if block.tag in HEADINGS:
                self._begin(block)
            else:
                self._continue(block)
        self.root.extend(footnotes)
        for element in self.root.iter():
            if chosen := element.attrib.pop(ID, None):
                element.attrib.setdefault("id", chosen)
        sections = tuple(section.rendered(notes) for section in self.found if self._counts(section))
        for label in self.root.iter("p"):
            label.attrib.pop("own", None)
        return sections

    def _counts(self, section: _Section) -> bool:
        """Where paragraphs are sections themselves, a preamble of nothing else is none."""
        if section is not self.chapter:
            return True
        return bool(section.blocks) and (self.numbering == "headings" or bool(words(section.blocks)))

    def _begin(self, heading: Element) -> None:
        level = max(2, int(heading.tag[1]))
        while len(self.open) > 1 and self.open[-1].level >= level:
            self.open.pop()
        within = self.open[-1]
        name = phrase(heading)
        if not name:
            line = self.source.line_of(r"^#{1,6}\s*(?:\{:.*)?#*\s*$")
            raise RenderingRefused(
                _("%(place)s: a heading has no words. Add some, or take the line away.")
                % {"place": at(line)},
                line,
            )
        asked = heading.attrib.pop(CLASS, "").split()
        chosen = heading.attrib.pop(ID, "")
        areas = tuple(word for word in asked if word in self.areas)
        status = self._status(asked, name)
        section = _Section(
            SubElement(within.element, "section"),
            level=level,
            anchor=chosen or self.anchors.unique(anchors.from_words(name)),
            number=self._number(within, level, APPENDIX in asked, name),
            heading=name,
            status=status or within.status,
            areas=areas or within.areas,
        )
        section.element.set("id", section.anchor)
        classes = [status] if status else []
        classes += [APPENDIX] if APPENDIX in asked else []
        classes += area_classes(areas) if areas else []
        if classes:
            section.element.set("class", " ".join(classes))
        heading.tag = f"h{level}"
        section.element.append(_dress(heading, section))
        section.element.tail = heading.tail = "\n"
        if status:
            _label(section.element, "status-label", status_name(status))
        if areas:
            _label(section.element, "area-label", only(self.areas, areas))
        self.open.append(section)
        self.found.append(section)

    def _status(self, asked: list[str], name: str) -> str:
        statuses = [word for word in asked if word in STATUSES]
        if len(statuses) > 1:
            line = self._line_of(name)
            raise RenderingRefused(
                _("%(place)s: a section cannot be both %(one)s and %(other)s. Keep one of the two.")
                % {"place": at(line), "one": statuses[0], "other": statuses[1]},
                line,
            )
        return statuses[0] if statuses else ""

    def _number(self, within: _Section, level: int, appendix: bool, name: str) -> str:
        """By place and not by level, so that a skipped level leaves no hole and no two sections share a number."""
        if appendix and within is not self.chapter:
            line = self._line_of(name)
            raise RenderingRefused(
                _("%(place)s: an appendix begins with a heading of the first level. Write it with “##”.")
                % {"place": at(line)},
                line,
            )
        if self.numbering == "paragraphs" or level > LAST_NUMBERED_LEVEL:
            return ""
        if appendix:
            self.chapter.appendices += 1
            return _letters(self.chapter.appendices)
        within.subsections += 1
        return f"{within.number}.{within.subsections}" if within.number else str(within.subsections)

    def _line_of(self, name: str) -> int | None:
        words_of_it = r"\s+".join(map(re.escape, name.split()))
        return self.source.line_of(rf"^#{{1,6}}\s*{words_of_it}.*\{{:")

    def _continue(self, block: Element) -> None:
        within = self.open[-1]
        within.element.append(block)
        if self.numbering == "paragraphs" and block.tag == "p" and (len(block) or block.text):
            self.paragraphs += 1
            self.found.append(self._number_paragraph(block, within))
        # A list after a numbered paragraph is found under that paragraph's number.
        in_hand = self.found[-1] if self.numbering == "paragraphs" else within
        in_hand.blocks.append(block)

    def _number_paragraph(self, block: Element, within: _Section) -> _Section:
        number = str(self.paragraphs)
        anchor = block.attrib.pop(ID, "") or f"p-{number}"
        block.set("id", anchor)
        block.set("class", f"numbered {block.get('class', '')}".strip())
        _begin_with(block, "paragraph-number", number)
        return _Section(
            block,
            level=PARAGRAPH_LEVEL,
            anchor=anchor,
            number=number,
            status=within.status,
            areas=tuple(area for area in self.areas if f"area-{area}" in block.get("class", "").split())
            or within.areas,
        )


def _dress(heading: Element, section: _Section) -> Element:
    """The number before a heading's words, and behind them a link to copy, named for those who do not see it."""
    if len(heading):
        heading[-1].tail = (heading[-1].tail or "").rstrip() + " "
    else:
        heading.text = (heading.text or "").rstrip() + " "
    if section.number:
        heading.set("id", section.number)
        _begin_with(heading, "section-number", section.number)
        name = _(LINK_TO_SECTION) % {"number": section.number}
    else:
        name = _(LINK_TO_HEADING) % {"heading": in_a_name(section.heading)}
    link = SubElement(
        heading, "a", {"class": "section-link", "href": f"#{section.anchor}", "aria-label": name}
    )
    SubElement(link, "span", {"aria-hidden": "true"}).text = "#"
    return heading


def _begin_with(element: Element, kind: str, number: str) -> None:
    mark = Element("span", {"class": kind})
    mark.text = number
    mark.tail = " " + (element.text or "").lstrip()
    element.text = None
    element.insert(0, mark)


def _label(section: Element, kind: str, label: str) -> None:
    element = SubElement(section, "p", {"class": kind})
    element.text, element.tail = label, "\n"


def _letters(count: int) -> str:
    """A, B … Z, AA, AB …"""
    letters = ""
    while count:
        count, rest = divmod(count - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def whole_text(sections: Iterable[RenderedSection]) -> str:
    """A chapter's words from beginning to end, headings among them."""
    return "\n".join(part for section in sections for part in (section.heading, section.text) if part)
