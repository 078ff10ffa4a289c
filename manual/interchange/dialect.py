"""Writes the manual's dialect: passages of words in, Markdown out, in which every word means itself.

What an editor sees should look like what an editor would have written, so a sign is escaped only where it would else
mean something. Knows nothing of where the passages come from.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Literal


@dataclass(frozen=True)
class Style:
    """How some words look, where they lead; `note` is the label of a footnote referred to, instead of words."""

    bold: bool = False
    italic: bool = False
    href: str = ""
    note: str = ""


PLAIN = Style()
BREAK = Style(note="\n")
Run = tuple[str, Style]


@dataclass(eq=False)
class Holder:
    """A list item, quotation, definition, box or footnote around passages.

    `used` once its sign is written. `structural` items are told by lists inside lists, others by a level that the
    source gives.
    """

    kind: Literal["ul", "ol", "dd", "quote", "box", "note"]
    level: int = 1
    number: int | None = None
    label: str = ""
    structural: bool = False
    used: bool = False


@dataclass
class Passage:
    kind: Literal["heading", "text", "term", "table"]
    runs: list[Run] = field(default_factory=list)
    within: tuple[Holder, ...] = ()
    level: int = 0
    rows: list[list[list[Run]]] = field(default_factory=list)


_TOKENS = re.compile(r" +|[^ ]+")


def settled(runs: Iterable[Run]) -> list[Run]:
    """Single spaces, none at the edges nor inside emphasis's edges; neighbours that look alike made one.

    The end of a line, or of two, stands as a run of its own.
    """
    found: list[tuple[list[str], Style]] = []

    def add(text: str, style: Style) -> None:
        if found and found[-1][1] == style and not style.note:
            found[-1][0].append(text)
        else:
            found.append(([text], style))

    gap, before = "", PLAIN
    for text, style in runs:
        for piece in [text] if style.note else _TOKENS.findall(text):
            if piece in ("\n", " ") or (piece and not piece.strip(" ")):
                gap = gap.strip(" ") + "\n" if piece == "\n" else gap or " "
                continue
            if gap and found:
                if "\n" in gap:
                    add(gap[:2], BREAK)
                else:
                    add(" ", _common(before, style))
            gap, before = "", style
            add(piece, style)
    return [("".join(pieces), style) for pieces, style in found]


def _common(one: Style, other: Style) -> Style:
    return Style(
        bold=one.bold and other.bold,
        italic=one.italic and other.italic,
        href=one.href if one.href == other.href else "",
    )


def words_of(runs: Iterable[Run]) -> str:
    return "".join(text for text, _ in runs)


def without_emphasis_of_all(runs: list[Run]) -> list[Run]:
    """A heading that is bold throughout is no bolder than others."""
    visible = [style for text, style in runs if text.strip() and not style.note]
    bold = not all(style.bold for style in visible)
    italic = not all(style.italic for style in visible)
    return [
        (text, replace(style, bold=style.bold and bold, italic=style.italic and italic))
        for text, style in runs
    ]


# Inside a line

_ALWAYS = re.compile(r"[\\`*|\[\]]|!(?=!!)|(?<![^\W_])_|_(?![^\W_])|\{(?=:|$)|!$")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_LESS = re.compile(r"<(?![ =\d])")
# With what follows in the same line, in whatever style, it would be an address to write to.
_LIKE_MAIL = re.compile(r"<(?=[^\s<>@]+@)")
_LIKE_NUMBER = re.compile(r"(\d+)\.(?= |$)")
_SIGN_AT_START = re.compile(r"#{1,6}(?: |$)|>|[+-](?: |$)|-[- ]*$")
_COLON_AT_START = re.compile(r":(?= |[|: -]*$)")
_LIKE_NOTE = re.compile(r"(\[\^[^\]]*\]):")


def _escaped(text: str, cell: bool) -> str:
    text = _ALWAYS.sub(r"\\\g<0>", text)
    text = _LESS.sub("&lt;", _ENTITY.sub("&amp;", text))
    # Python-Markdown looks for pairs of these in a row before it looks at what is escaped.
    return text.replace("\\`", "&#96;") if cell else text


def _safe_start(line: str) -> str:
    """The line with no sign at its beginning that would open something."""
    if found := _LIKE_NUMBER.match(line):
        return f"{found[1]}\\.{line[found.end() :]}"
    if _SIGN_AT_START.match(line):
        return f"\\{line}"
    if _COLON_AT_START.match(line):
        return f"&#58;{line[1:]}"
    if line.startswith("=") and not line.strip("= "):
        return f"&#61;{line[1:]}"
    if found := _LIKE_NOTE.match(line):
        return f"{found[1]}&#58;{line[found.end() :]}"
    return line


def line(runs: Sequence[Run], notes: Collection[str] = (), *, cell: bool = False) -> str:
    """One line of the dialect, without a line's end. Footnotes that are not among `notes` are left out."""
    pieces: list[str] = []
    for href, group in groupby(runs, key=lambda run: "" if run[1].note else run[1].href):
        members = list(group)
        written = _emphasised(members, notes, cell)
        if href and written.strip():
            # Else it would be a reference to a footnote.
            written = written.replace("^", "&#94;", 1) if written.startswith("^") else written
            pieces.append(f"[{written}]({_address(href)})")
        else:
            pieces.append(_apart(pieces[-1] if pieces else "", written, members, notes, cell))
    return "".join(pieces)


def _apart(before: str, written: str, members: Sequence[Run], notes: Collection[str], cell: bool) -> str:
    """Two runs of asterisks without anything between would be read as one: then words go without emphasis."""
    if before.endswith("*") and not before.endswith("\\*") and written.startswith("*"):
        return _emphasised([(text, Style(note=style.note)) for text, style in members], notes, cell)
    return written


def _emphasised(runs: Sequence[Run], notes: Collection[str], cell: bool) -> str:
    pieces: list[str] = []
    for bold, group in groupby(runs, key=lambda run: run[1].bold and not run[1].note):
        members = list(group)
        inner: list[str] = []
        for italic, some in groupby(members, key=lambda run: run[1].italic and not run[1].note):
            text = "".join(
                (f"[^{style.note}]" if style.note in notes else "") if style.note else _escaped(words, cell)
                for words, style in some
            )
            inner.append(_wrapped("*", text) if italic else text)
        written = "".join(inner)
        written = _wrapped("**", written) if bold else written
        pieces.append(_apart(pieces[-1] if pieces else "", written, members, notes, cell))
    return _LIKE_MAIL.sub("&lt;", "".join(pieces))


def _wrapped(mark: str, text: str) -> str:
    inside = text.strip()
    if not inside:
        return text
    start = len(text) - len(text.lstrip())
    return f"{text[:start]}{mark}{inside}{mark}{text[start + len(inside) :]}"


_UNSAFE = re.compile(r"""[\s\\`*<>"'()\[\]{}|^]""")


def _address(href: str) -> str:
    safe = _UNSAFE.sub(lambda sign: "".join(f"%{byte:02X}" for byte in sign[0].encode()), href)
    return _ENTITY.sub("&amp;", safe)


# Line after line

_INDENT = {"ul": "    ", "ol": "    ", "dd": "    ", "box": "    ", "note": "    ", "quote": "> "}


class Writer:
    """`renumbered` afterwards: whether a numbered list had to give up a number of its own."""

    def __init__(self, notes: Collection[str] = ()) -> None:
        self.notes = notes
        self.renumbered = False
        self.lines: list[str] = []
        self._last: dict[Holder | None, Holder] = {}

    def write(self, passages: Sequence[Passage]) -> None:
        _skip_empty_items(passages)
        before: Passage | None = None
        for passage, tight in _with_spacing(passages):
            if before is not None and not tight:
                shared = [holder for holder in passage.within if holder.used and holder in before.within]
                self.lines.append("".join(_INDENT[holder.kind] for holder in shared).rstrip())
            self._write(passage)
            before = passage
        self.lines.append("")

    def _write(self, passage: Passage) -> None:
        first = rest = ""
        if not passage.within or passage.within[0].kind not in ("ul", "ol"):
            self._last.pop(None, None)
        parent: Holder | None = None
        for holder in passage.within:
            rest += _INDENT[holder.kind]
            if holder.used:
                first += _INDENT[holder.kind]
            elif holder.kind == "box":
                self.lines.append(f"{first}!!! {holder.label}")
                first += _INDENT["box"]
            else:
                first += self._mark(holder, parent)
            holder.used = True
            parent = holder
        for number, written in enumerate(self._body(passage)):
            self.lines.append((rest if number else first) + written)

    def _mark(self, holder: Holder, parent: Holder | None) -> str:
        before, self._last[parent] = self._last.get(parent), holder
        if holder.kind == "ol":
            expected = None
            if before and before.kind == "ol" and before.number is not None:
                expected = before.number + 1
                self.renumbered |= holder.number not in (None, expected)
            number = expected or min(max(1 if holder.number is None else holder.number, 0), 900_000)
            holder.number = number
            return f"{number}. "
        if holder.kind == "note":
            return f"[^{holder.label}]: "
        return {"ul": "- ", "dd": ":   ", "quote": "> "}[holder.kind]

    def _body(self, passage: Passage) -> list[str]:
        if passage.kind == "table":
            head, *body = ([line(cell, self.notes, cell=True) for cell in row] for row in passage.rows)
            rows = [head, ["---"] * len(head), *body]
            return ["| " + " | ".join(row) + " |" for row in rows]
        if passage.kind == "heading":
            written = line(passage.runs, self.notes)
            ending = len(written) - len(written.rstrip("#"))
            written = written[: len(written) - ending] + "\\#" * ending
            return [f"{'#' * passage.level} {written}"]
        broken = list(_lines(passage.runs))
        written_lines = [_safe_start(line(runs, self.notes)) for runs in broken]
        return [
            text + ("  " if number < len(written_lines) else "")
            for number, text in enumerate(written_lines, 1)
        ]


def _lines(runs: Sequence[Run]) -> Iterator[list[Run]]:
    for is_break, group in groupby(runs, key=lambda run: run[1] == BREAK):
        if not is_break:
            yield list(group)


def _with_spacing(passages: Sequence[Passage]) -> Iterator[tuple[Passage, bool]]:
    """Each passage, and whether it stands right under the one before: in lists of one line an item, and after terms."""
    before: Passage | None = None
    for (_, kind), group in groupby(passages, key=_list_of):
        members = list(group)
        tight = bool(kind) and _may_be_tight(members)
        for number, passage in enumerate(members):
            yield passage, (tight and number > 0) or _defines(passage, before)
            before = passage


def _skip_empty_items(passages: Sequence[Passage]) -> None:
    """A list that begins inside an item without words of its own begins one level up."""
    begun: set[Holder] = set()
    skipped: set[Holder] = set()
    for passage in passages:
        parents = [holder for holder in passage.within[:-1] if holder.kind in ("ul", "ol")]
        skipped.update(holder for holder in parents if holder not in begun)
        begun.update(passage.within)
        passage.within = tuple(holder for holder in passage.within if holder not in skipped)


def _defines(passage: Passage, before: Passage | None) -> bool:
    if before is None or before.kind != "term":
        return False
    return passage.kind == "term" or _kind_of_first(passage) == "dd"


def _kind_of_first(passage: Passage) -> str:
    return passage.within[0].kind if passage.within else ""


def _list_of(passage: Passage) -> tuple[tuple[Holder, ...], str]:
    """What the outermost list around a passage stands in, and its kind."""
    outer = tuple(holder for holder in passage.within if holder.kind not in ("ul", "ol"))
    return outer, next((holder.kind for holder in passage.within if holder not in outer), "")


def _may_be_tight(passages: Sequence[Passage]) -> bool:
    items: set[Holder] = set()
    kinds: dict[Holder | None, str] = {}
    for passage in passages:
        *_, parent, item = (None, *passage.within)
        if item is None or item in items:
            return False
        items.add(item)
        if kinds.setdefault(parent, item.kind) != item.kind:
            return False
    return True
