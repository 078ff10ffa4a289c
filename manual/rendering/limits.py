"""How much a text may hold, so that no text, however odd, keeps the site busy for long.

Python-Markdown's time grows with the square of what hostile texts hold, so they are turned away before it sees
them. A chapter of 20,000 words with tables and 500 links stays well below every limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from manual.rendering.characters import CONTROL
from manual.rendering.refusal import RenderingRefused, at, quoted

CHARACTERS = 300_000
LINES = 6_000
LINE_CHARACTERS = 20_000
PASSAGE_CHARACTERS = 50_000
PASSAGE_LINES = 400
DEPTH = 12
CELLS = 10_000
# What comes of the text: each element is made, checked and written at some cost.
ELEMENTS = 20_000
TREE_DEPTH = 60


@dataclass(frozen=True)
class _Most:
    """At most so many of something; `what` names it to an editor."""

    what: str
    most: int
    pattern: re.Pattern[str]

    def count(self, text: str) -> int:
        return sum(1 for _ in self.pattern.finditer(text))


def _most(what: str, most: int, pattern: str) -> _Most:
    return _Most(what, most, re.compile(pattern, re.MULTILINE))


IN_TEXT = (
    _most("square brackets “[”", 5_000, r"\["),
    _most("links", 2_000, r"\]\("),
    _most("footnotes and references to them", 1_000, r"\[\^"),
    _most("asterisks and underlines", 20_000, "[*_]"),
    _most("backticks", 5_000, "`"),
    _most("signs “<”, “>”, “&” and “\\”", 10_000, r"[<>&\\]"),
    _most("bars “|”", 20_000, r"\|"),
    _most("words in braces “{: }”", 2_000, r"\{:"),
    _most("boxes “!!!”", 500, "!!!"),
    _most("headings", 1_000, r"^[ ]*(?:#{1,6}[ ]|(?:=+|-+)[ ]*$)"),
)
IN_PASSAGE = (
    _most("asterisks and underlines", 2_000, "[*_]"),
    _most("backticks", 2_000, "`"),
)
IN_LINE = (
    _most("square brackets “[”", 1_000, r"\["),
    _most("bars “|”", 200, r"\|"),
    _most("runs of more than ten backticks", 0, "`{11}"),
    _most("runs of more than 500 spaces", 0, "[ ]{501}"),
)

_MARKER = r"(?:>|(?:[*+-]|\d{1,9}\.|:)(?=[ ]))"
_MARKERS = re.compile(_MARKER)
_BEFORE_WORDS = re.compile(rf"(?:[ ]*+{_MARKER})*+[ ]*+")
# Also in a quotation or a list, whose signs stand before it.
_ROW_OF_DASHES = "|:- \t>*+.0123456789"
_RULE = re.compile(r"[ ]*+(?:(?:-[ ]*+)++|(?:_[ ]*+)++|(?:\*[ ]*+)++)")


def accept(markdown: str) -> str:
    """The text with plain line ends, ready to be read; or RenderingRefused."""
    text = markdown.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > CHARACTERS:
        raise RenderingRefused(
            f"The text has {len(text):,} characters; a chapter can have {CHARACTERS:,}. Make several chapters of it."
        )
    lines = text.split("\n")
    if len(lines) > LINES:
        raise RenderingRefused(
            f"The text has {len(lines):,} lines; a chapter can have {LINES:,}. Make several chapters of it."
        )
    for kind in IN_TEXT:
        if (count := kind.count(text)) > kind.most:
            raise RenderingRefused(
                f"The text has {count:,} {kind.what}; a chapter can have {kind.most:,}. Make several chapters of it."
            )
    for number, line in enumerate(lines, start=1):
        _check_line(line.expandtabs(4), number)
    _check_passages(lines)
    return text


def _check_line(line: str, number: int) -> None:
    if control := CONTROL.search(line):
        before = line[: control.start()].split()[-3:]
        place = f" after {quoted(' '.join(before))}" if before else ""
        raise RenderingRefused(
            f"Line {number} holds an invisible character (U+{ord(control[0]):04X}){place}, as text copied from another "
            "program sometimes does. Delete what stands there and type it again.",
            number,
        )
    if len(line) > LINE_CHARACTERS:
        raise RenderingRefused(
            f"Line {number} has {len(line):,} characters; a line can have {LINE_CHARACTERS:,}. Make several "
            "paragraphs of it, with an empty line between them.",
            number,
        )
    if (depth := _depth(line)) > DEPTH:
        raise RenderingRefused(
            f"Line {number} stands {depth} lists, quotations or indents deep; {DEPTH} is the most. Take some away.",
            number,
        )
    for kind in IN_LINE:
        if (count := kind.count(line)) > kind.most:
            raise RenderingRefused(
                f"Line {number} has {_number(count)} {kind.what}; a line can have {_number(kind.most)}. "
                "Take some away, or make several lines of it.",
                number,
            )


def _depth(line: str) -> int:
    """Every four spaces and every sign of a list or quotation before the words can open a level."""
    if _RULE.fullmatch(line):
        return 0
    before = _BEFORE_WORDS.match(line)
    if not before:
        return 0
    return len(_MARKERS.findall(before[0])) + before[0].count(" ") // 4


def _check_passages(lines: list[str]) -> None:
    """Passages are what stands between empty lines. Python-Markdown reads them again and again, line by line."""
    cells, start = 0, 0
    for end in range(len(lines) + 1):
        if end < len(lines) and lines[end].strip():
            continue
        if passage := lines[start:end]:
            _check_passage(passage, start + 1)
            cells += _cells(passage)
        if cells > CELLS:
            raise RenderingRefused(
                f"With the table on line {start + 1} the text has more than {CELLS:,} cells of tables, which is the "
                "most. Make several chapters of it.",
                start + 1,
            )
        start = end + 1


def _check_passage(passage: list[str], number: int) -> None:
    text = "\n".join(passage)
    if len(passage) > PASSAGE_LINES or len(text) > PASSAGE_CHARACTERS:
        raise RenderingRefused(
            f"The passage that begins on line {number} has {len(passage):,} lines and {len(text):,} characters; a "
            f"passage can have {PASSAGE_LINES:,} and {PASSAGE_CHARACTERS:,}. Divide it by empty lines.",
            number,
        )
    for kind in IN_PASSAGE:
        if (count := kind.count(text)) > kind.most:
            raise RenderingRefused(
                f"The passage that begins on line {number} has {count:,} {kind.what}; a passage can have "
                f"{kind.most:,}. Take some away, or divide it by empty lines.",
                number,
            )


def _cells(passage: list[str]) -> int:
    """How many cells the passage makes if it is a table: as many in each row as in the row of dashes."""
    rows = (line for line in passage if "-" in line and not line.strip(_ROW_OF_DASHES))
    widest = max((line.count("|") for line in rows), default=0)
    return (widest + 1) * len(passage) if widest else 0


def check_tree(root: Element) -> None:
    """What the other limits let through may still come to too much."""
    count = 0
    todo = [(root, 0)]
    while todo:
        element, depth = todo.pop()
        count += 1
        if depth > TREE_DEPTH:
            raise _too_deep()
        if count > ELEMENTS:
            raise RenderingRefused(
                f"The text comes to more than {ELEMENTS:,} paragraphs, list items, cells, links and phrases, which is "
                "the most for a chapter. Make several chapters of it."
            )
        todo.extend((child, depth + 1) for child in element)


@contextmanager
def depth_of_python() -> Iterator[None]:
    """Python-Markdown calls itself for every level of nesting; what exhausts Python is the text's fault, not ours."""
    try:
        yield
    except RecursionError:
        raise _too_deep() from None


def _too_deep() -> RenderingRefused:
    return RenderingRefused(
        f"{at(None)} puts lists, quotations, boxes or emphasis inside one another too deeply. Take some levels away."
    )


def _number(count: int) -> str:
    return f"{count:,}" if count else "none"
