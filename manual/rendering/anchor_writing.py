"""Anchors written into the text, so that an address that readers have kept survives the heading's rewording."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from xml.etree.ElementTree import Element

from manual.rendering import limits
from manual.rendering.attributes import ID
from manual.rendering.reading import read
from manual.rendering.refusal import RenderingRefused
from manual.rendering.render import render
from manual.rendering.sections import Numbering
from manual.rendering.source import Source
from manual.rendering.vocabulary import AREAS, HEADINGS

_ENDS = re.compile(r"(\r\n|\r|\n)")
_HASHES = re.compile(r"#{1,6}[ \t]")
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*")
_LIST = re.compile(r"(?:^|(?<=[ \t]))\{:([^{}\n]*)\}[ \t]*$")
_CLOSING = re.compile(r"(?<![\\#])#+$")


def write_anchors(text: str, *, numbering: Numbering = "headings", areas: Mapping[str, str] = AREAS) -> str:
    """The text with `{: #anchor }` behind every section's heading that had none: the anchor that it has today.

    The page made of it is the same, byte for byte; where that cannot be kept (a text that is at a limit already), the
    text is returned as it was. Raises RenderingRefused for a text that has no page.
    """
    page = render(text, numbering=numbering, areas=areas)
    start = "\ufeff" if text.startswith("\ufeff") else ""
    pieces = _ENDS.split(text.removeprefix(start))
    lines = pieces[::2]
    names = [section.anchor for section in page.sections if section.heading]
    for number, anchor in _without(lines, names, areas):
        lines[number] = _written(lines[number], anchor)
    pieces[::2] = lines
    written = start + "".join(pieces)
    if written == text:
        return text
    try:
        same = render(written, numbering=numbering, areas=areas) == page
    except RenderingRefused:
        same = False
    return written if same else text


def _without(lines: list[str], anchors: list[str], areas: Mapping[str, str]) -> list[tuple[int, str]]:
    """The lines of headings of sections without an anchor of their own, each with the one that it was given.

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
    return [
        (int(found[1]), anchor)
        for heading, anchor in zip(headings, anchors, strict=True)
        if not heading.get(ID) and (found := mark.search(_text(heading)))
    ]


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
