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
from manual.rendering.language import gettext as _
from manual.rendering.language import gettext_noop
from manual.rendering.refusal import RenderingRefused, quoted

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
    """At most so many of something; `what` names it to an editor, before it is translated."""

    what: str
    most: int
    pattern: re.Pattern[str]

    def count(self, text: str) -> int:
        return sum(1 for _found in self.pattern.finditer(text))

    def said(self, count: int) -> dict[str, str]:
        """What a sentence about too many of them says."""
        return {"what": _(self.what), "count": _number(count), "most": _number(self.most)}


def _most(what: str, most: int, pattern: str) -> _Most:
    return _Most(what, most, re.compile(pattern, re.MULTILINE))


IN_TEXT = (
    _most(gettext_noop("square brackets “[”"), 5_000, r"\["),
    _most(gettext_noop("links"), 2_000, r"\]\("),
    _most(gettext_noop("footnotes and references to them"), 1_000, r"\[\^"),
    _most(gettext_noop("asterisks and underlines"), 20_000, "[*_]"),
    _most(gettext_noop("backticks"), 5_000, "`"),
    _most(gettext_noop("signs “<”, “>”, “&” and “\\”"), 10_000, r"[<>&\\]"),
    _most(gettext_noop("bars “|”"), 20_000, r"\|"),
    _most(gettext_noop("words in braces “{: }”"), 2_000, r"\{:"),
    _most(gettext_noop("boxes “!!!”"), 500, "!!!"),
    _most(gettext_noop("headings"), 1_000, r"^[ ]*(?:#{1,6}[ ]|(?:=+|-+)[ ]*$)"),
)
IN_PASSAGE = (
    _most(gettext_noop("asterisks and underlines"), 2_000, "[*_]"),
    _most(gettext_noop("backticks"), 2_000, "`"),
)
IN_LINE = (
    _most(gettext_noop("square brackets “[”"), 1_000, r"\["),
    _most(gettext_noop("bars “|”"), 200, r"\|"),
    _most(gettext_noop("runs of more than ten backticks"), 0, "`{11}"),
    _most(gettext_noop("runs of more than 500 spaces"), 0, "[ ]{501}"),
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
            _("The text has %(count)s characters; a chapter can have %(most)s. Make several chapters of it.")
            % {"count": _number(len(text)), "most": _number(CHARACTERS)}
        )
    lines = text.split("\n")
    if len(lines) > LINES:
        raise RenderingRefused(
            _("The text has %(count)s lines; a chapter can have %(most)s. Make several chapters of it.")
            % {"count": _number(len(lines)), "most": _number(LINES)}
        )
    for kind in IN_TEXT:
        if (count := kind.count(text)) > kind.most:
            raise RenderingRefused(
                _(
                    "The text has %(count)s %(what)s; a chapter can have %(most)s. Make several chapters of it."
                )
                % kind.said(count)
            )
    for number, line in enumerate(lines, start=1):
        _check_line(line.expandtabs(4), number)
    _check_passages(lines)
    return text


def _check_line(line: str, number: int) -> None:
    if control := CONTROL.search(line):
        before = line[: control.start()].split()[-3:]
        if before:
            sentence = _(
                "Line %(line)s holds an invisible character (%(sign)s) after %(words)s, as text copied from another "
                "program sometimes does. Delete what stands there and type it again."
            )
        else:
            sentence = _(
                "Line %(line)s holds an invisible character (%(sign)s), as text copied from another program sometimes "
                "does. Delete what stands there and type it again."
            )
        sign = f"U+{ord(control[0]):04X}"
        raise RenderingRefused(
            sentence % {"line": number, "sign": sign, "words": quoted(" ".join(before))}, number
        )
    if len(line) > LINE_CHARACTERS:
        raise RenderingRefused(
            _(
                "Line %(line)s has %(count)s characters; a line can have %(most)s. Make several paragraphs of it, with "
                "an empty line between them."
            )
            % {"line": number, "count": _number(len(line)), "most": _number(LINE_CHARACTERS)},
            number,
        )
    if (depth := _depth(line)) > DEPTH:
        raise RenderingRefused(
            _(
                "Line %(line)s stands %(depth)s lists, quotations or indents deep; %(most)s is the most. Take some "
                "away."
            )
            % {"line": number, "depth": depth, "most": DEPTH},
            number,
        )
    for kind in IN_LINE:
        if (count := kind.count(line)) > kind.most:
            raise RenderingRefused(
                _(
                    "Line %(line)s has %(count)s %(what)s; a line can have %(most)s. Take some away, or make several "
                    "lines of it."
                )
                % {"line": number, **kind.said(count)},
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
                _(
                    "With the table on line %(line)s the text has more than %(most)s cells of tables, which is the "
                    "most. Make several chapters of it."
                )
                % {"line": start + 1, "most": _number(CELLS)},
                start + 1,
            )
        start = end + 1


def _check_passage(passage: list[str], number: int) -> None:
    text = "\n".join(passage)
    if len(passage) > PASSAGE_LINES or len(text) > PASSAGE_CHARACTERS:
        raise RenderingRefused(
            _(
                "The passage that begins on line %(line)s has %(lines)s lines and %(count)s characters; a passage can "
                "have %(most_lines)s and %(most)s. Divide it by empty lines."
            )
            % {
                "line": number,
                "lines": _number(len(passage)),
                "count": _number(len(text)),
                "most_lines": _number(PASSAGE_LINES),
                "most": _number(PASSAGE_CHARACTERS),
            },
            number,
        )
    for kind in IN_PASSAGE:
        if (count := kind.count(text)) > kind.most:
            raise RenderingRefused(
                _(
                    "The passage that begins on line %(line)s has %(count)s %(what)s; a passage can have %(most)s. "
                    "Take some away, or divide it by empty lines."
                )
                % {"line": number, **kind.said(count)},
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
    waiting = [(root, 0)]
    while waiting:
        element, depth = waiting.pop()
        count += 1
        if depth > TREE_DEPTH:
            raise _too_deep()
        if count > ELEMENTS:
            raise RenderingRefused(
                _(
                    "The text comes to more than %(most)s paragraphs, list items, cells, links and phrases, which is "
                    "the most for a chapter. Make several chapters of it."
                )
                % {"most": _number(ELEMENTS)}
            )
        waiting.extend((child, depth + 1) for child in element)


@contextmanager
def depth_of_python() -> Iterator[None]:
    """Python-Markdown calls itself for every level of nesting; what exhausts Python is the text's fault, not ours."""
    try:
        yield
    except RecursionError:
        raise _too_deep() from None


def _too_deep() -> RenderingRefused:
    return RenderingRefused(
        _(
            "The text puts lists, quotations, boxes or emphasis inside one another too deeply. Take some levels away."
        )
    )


def _number(count: int) -> str:
    return f"{count:,}" if count else _("none")
