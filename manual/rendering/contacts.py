"""`!!! contact`: whom to reach and how, one line each, as a list of what each line is and what it says."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement

# “Telephone: 01632 960123”. Short, so that a sentence with a colon in it stays a sentence.
_LINE = re.compile(r"\s*(?P<name>[^\W\d_][^:\n]{0,30}):[ \u00a0]*(?P<rest>.*)", re.DOTALL)


def settle(root: Element) -> None:
    """A paragraph of a contact box whose every line is “What: words” becomes a list of those."""
    for box in root.iter("div"):
        if "contact" not in box.get("class", "").split():
            continue
        for place, paragraph in enumerate(list(box)):
            if paragraph.tag == "p" and not paragraph.attrib and (pairs := _pairs(paragraph)):
                pairs.tail = paragraph.tail
                box[place] = pairs


def _pairs(paragraph: Element) -> Element | None:
    pairs = Element("dl")
    pairs.text = "\n"
    for line in _lines(paragraph):
        found = _LINE.fullmatch(line.text or "")
        if found is None or not (found["rest"].strip() or len(line)):
            return None
        term = SubElement(pairs, "dt")
        term.text, term.tail = found["name"].strip(), "\n"
        line.text = found["rest"].lstrip()
        line.tag, line.tail = "dd", "\n"
        pairs.append(line)
    return pairs


def _lines(paragraph: Element) -> list[Element]:
    """The paragraph cut where its lines end: `<br>` ends one too."""
    lines = [Element("line")]

    def add(words: str | None) -> None:
        first, *others = (words or "").split("\n")
        _append(lines[-1], first)
        for other in others:
            lines.append(Element("line"))
            _append(lines[-1], other)

    add(paragraph.text)
    for child in paragraph:
        tail, copy = child.tail, Element(child.tag, child.attrib)
        if child.tag == "br":
            add((tail or "") if (tail or "").startswith("\n") else f"\n{tail or ''}")
            continue
        copy.text, copy[:] = child.text, list(child)
        lines[-1].append(copy)
        add(tail)
    return lines


def _append(line: Element, words: str) -> None:
    if len(line):
        line[-1].tail = (line[-1].tail or "") + words
    else:
        line.text = (line.text or "") + words
