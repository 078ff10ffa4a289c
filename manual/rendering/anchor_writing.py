"""Anchors written into the text, so that an address that readers have kept survives the heading's rewording."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from xml.etree.ElementTree import Element

from manual.rendering import limits
from manual.rendering.anchors import Register, from_words
from manual.rendering.attributes import ID
from manual.rendering.reading import read
from manual.rendering.refusal import RenderingRefused
from manual.rendering.render import render
from manual.rendering.results import Rendered, RenderedSection
from manual.rendering.same_heading import Heading, same_sections
from manual.rendering.sections import Numbering
from manual.rendering.source import Source
from manual.rendering.vocabulary import AREAS, HEADINGS

_ENDS = re.compile(r"(\r\n|\r|\n)")
_HASHES = re.compile(r"#{1,6}[ \t]")
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*")
_LIST = re.compile(r"(?:^|(?<=[ \t]))\{:([^{}\n]*)\}[ \t]*$")
_CLOSING = re.compile(r"(?<![\\#])#+$")
# In HTML, an id or a link to one; and in a text, a link to a place in it.
_ID_IN_HTML = re.compile(r' (id="|href="#)([^"]*)"')
_LINK = re.compile(r"(\]\([ \t]*<?|^ {0,3}\[[^\]\n]+\]:[ \t]*<?)#([a-z][a-z0-9-]*)(?=[\s)>]|$)")


# An earlier text's section: anchor, heading, level of the heading, text below it.
EarlierSection = tuple[str, str, int, str]


def write_anchors(
    text: str,
    *,
    numbering: Numbering = "headings",
    areas: Mapping[str, str] = AREAS,
    earlier: Iterable[EarlierSection] = (),
) -> str:
    """The text with `{: #anchor }` behind every section's heading that had none.

    It is the anchor that the section had in the `earlier` text, where its heading is recognisably the same; or else
    the one that the heading has by itself, but none that another section had. Links within the text follow. But for
    those anchors the page made of it is the same, byte for byte; where that cannot be kept (a text that is at a limit
    already), the anchors of the earlier text are left alone, and then the text is. Raises RenderingRefused for a text
    that has no page.
    """
    page = render(text, numbering=numbering, areas=areas)
    start = "\ufeff" if text.startswith("\ufeff") else ""
    pieces = _ENDS.split(text.removeprefix(start))
    lines = pieces[::2]
    sections = [section for section in page.sections if section.heading]
    without = _without(lines, areas)
    wanted = _anchors(page, sections, set(without), list(earlier))
    ways: list[dict[int, str]] = [wanted, {}] if wanted else [{}]
    for anchors in ways:
        written_lines = list(lines)
        moved: dict[str, str] = {}
        for place, number in without.items():
            anchor = sections[place].anchor
            new = anchors.get(place, anchor)
            written_lines[number] = _written(lines[number], new)
            if new != anchor:
                moved[anchor] = new
        pieces[::2] = [_led_to(line, moved) for line in written_lines] if moved else written_lines
        written = start + "".join(pieces)
        if written == text:
            return text
        try:
            if _same(render(written, numbering=numbering, areas=areas), page, moved):
                return written
        except RenderingRefused:
            continue
    return text


def _anchors(
    page: Rendered, sections: Sequence[RenderedSection], without: set[int], earlier: Sequence[EarlierSection]
) -> dict[int, str]:
    """By place of a section the anchor that it is to have, where that is not the one that it has by itself."""
    if not earlier:
        return {}
    old = [Heading(*section) for section in earlier if section[0] and section[1]]
    later = [
        Heading("" if place in without else section.anchor, section.heading, section.level, section.text)
        for place, section in enumerate(sections)
    ]
    by_themselves = {sections[place].anchor for place in without}
    # What its author wrote elsewhere in the text, be it on a paragraph, is nobody else's.
    written = {
        found for kind, found in _ID_IN_HTML.findall(page.html) if kind.startswith("id")
    } - by_themselves
    kept = {
        place: anchor
        for place, earlier_place in same_sections(old, later).items()
        if (anchor := old[earlier_place].anchor) not in written
    }
    taken = written | by_themselves | {heading.anchor for heading in old}
    register = Register(taken)
    chosen = {}
    for place in sorted(without):
        section = sections[place]
        if place in kept:
            anchor = kept[place]
        elif any(section.anchor == heading.anchor for heading in old):
            # The address of another section, which is gone or stands elsewhere now.
            anchor = register.unique(from_words(section.heading))
        else:
            continue
        if anchor != section.anchor:
            chosen[place] = anchor
    return chosen


def _led_to(line: str, moved: Mapping[str, str]) -> str:
    """The line with its links to places of the same text following anchors that became others."""
    return _LINK.sub(lambda found: f"{found[1]}#{moved.get(found[2], found[2])}", line)


def _same(written: Rendered, page: Rendered, moved: Mapping[str, str]) -> bool:
    """Whether nothing but these anchors has become another."""
    if not moved:
        return written == page
    html = _ID_IN_HTML.sub(lambda found: f' {found[1]}{moved.get(found[2], found[2])}"', page.html)
    sections = tuple(
        replace(section, anchor=moved.get(section.anchor, section.anchor)) for section in page.sections
    )
    return written == replace(page, html=html, sections=sections)


def _without(lines: list[str], areas: Mapping[str, str]) -> dict[int, int]:
    """Of the sections whose heading has no anchor of its own, by place among all of them, the line of that heading.

    Python-Markdown does not remember lines, and only it can say what is a section. So the text is read once more with
    a mark in each line that may be a heading, and the marks are looked for in what comes of it.
    """
    unused = next(sign for code in range(0xE000, 0xF8FF) if (sign := chr(code)) not in "\n".join(lines))
    marked = list(lines)
    for number in _perhaps_headings(lines):
        marked[number] = _marked(lines[number], f"{unused}{number}{unused}")
    with limits.depth_of_python():
        root = read(Source(limits.accept("\n".join(marked))), areas)
    headings = [block for block in root if block.tag in HEADINGS]
    mark = re.compile(f"{unused}([0-9]+){unused}")
    return {
        place: int(found[1])
        for place, heading in enumerate(headings)
        if not heading.get(ID) and (found := mark.search(_text(heading)))
    }


def _perhaps_headings(lines: list[str]) -> list[int]:
    hashes = [number for number, line in enumerate(lines) if _HASHES.match(line)]
    underlined = [
        number
        for number, (line, below) in enumerate(pairwise(lines))
        if line.strip() and _UNDERLINE.fullmatch(below)
    ]
    return sorted({*hashes, *underlined})


def _marked(line: str, mark: str) -> str:
    """Where it disturbs nothing: right behind the signs of a heading, else before an attribute list at the end."""
    hashes = _HASHES.match(line)
    if hashes:
        return f"{line[: hashes.end()]}{mark}{line[hashes.end() :]}"
    chosen = _LIST.search(line)
    end = chosen.start() if chosen else len(line.rstrip())
    return f"{line[:end]}{mark} {line[end:]}"


def _text(heading: Element) -> str:
    return "".join(heading.itertext())


def _written(line: str, anchor: str) -> str:
    closing = ""
    # Signs that close the heading, “## So ##”, stay at its end.
    hashes = _HASHES.match(line)
    if hashes and (found := _CLOSING.search(line, hashes.end())):
        line, closing = line[: found.start()], f" {found[0]}"
    chosen = _LIST.search(line)
    if chosen:
        others = chosen[1].strip()
        line = line[: chosen.start()]
        return f"{line}{{: #{anchor} {others + ' ' if others else ''}}}{closing}"
    line = line.rstrip()
    if line.endswith("#") and not line.endswith("\\#"):
        # Before an attribute list this sign would be taken for one that closes the heading.
        line = f"{line[:-1]}\\#"
    return f"{line} {{: #{anchor} }}{closing}"
