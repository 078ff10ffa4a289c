"""The words that were searched for, marked in the HTML of a text. Pure, in one pass, and it only ever adds `<mark>`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Protocol

from manual.rendering.vocabulary import BOXES, STATUSES

# The mark of the first place has the address `#site-found-1`: no anchor of a text begins with “site-”.
ANCHOR = "site-found-"

# In values a “>” may stand as it is; in texts “<” never does.
_TAG = re.compile(r"""<(/?)([a-z][a-z0-9]*+)((?:[^"'<>]|"[^"]*"|'[^']*')*+)>""", re.IGNORECASE)
_CLASS = re.compile(r'\sclass="([^"]*)"', re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")

_EMPTY = {"br", "hr", "img"}
# All else ends a paragraph, and with it a phrase.
_WITHIN_A_PHRASE = {"a", "em", "span", "strong", "sup"}
_NOT_WORDS = {"code", "pre"}
# What the page says and not its text.
_LABELS = {
    "area-label", "area-marker", "changes", "cite-link", "document-label", "footnote-back", "footnote-ref",
    "include-source", "missing", "outside", "paragraph-number", "passage-gone", "reference-number", "section-link",
    "section-number", "status-label", "visually-hidden", "withdrawn",
}  # fmt: skip

# Of the label of a box only its title is the writer's: “Guidance: Who to ring (Kent only)”.
_BOX_LABEL = "passage-label"
_STATUSES = "|".join(status.capitalize() for status in STATUSES)
_OWN_WORDS = re.compile(
    rf"^(?:{_STATUSES})(?=:|$|, )|^(?:{'|'.join(filter(None, BOXES.values()))})$|(?:^|[(,] ?)[^(),]* only\)?$"
)


_BETWEEN = " \n\u00a0'’-\u2010\u2011"


class Finds(Protocol):
    """What finds words in a plain text: the beginning and the end of each word or phrase."""

    def spans(self, text: str) -> list[tuple[int, int]]: ...


def mark_found(html: str, marker: Finds) -> tuple[str, int]:
    """The HTML with every place that the marker finds in a `<mark class="found">`, and how many places those are.

    A phrase that runs over an element is one place, marked in pieces; the first piece has the address of the place.
    What is not HTML as the renderer and the decoration write it, and all behind it, stays unmarked.
    """
    marks: list[_Piece] = []
    count = 0
    for flow in _flows(html):
        for pieces in flow.found_by(marker, html):
            count += 1
            marks += [_Piece(*piece, count if n == 0 else 0) for n, piece in enumerate(pieces)]
    written, rest = [], 0
    for mark in marks:
        written += [html[rest : mark.begin], mark.tag, html[mark.begin : mark.end], "</mark>"]
        rest = mark.end
    return "".join([*written, html[rest:]]), count


@dataclass(frozen=True)
class _Piece:
    """A stretch of the HTML to be marked; the first piece of a place has the number of the place."""

    begin: int
    end: int
    number: int

    @property
    def tag(self) -> str:
        return f'<mark class="found" id="{ANCHOR}{self.number}">' if self.number else '<mark class="found">'


@dataclass
class _Flow:
    """The words of a paragraph, heading, item or cell as they are read on, and where each stands in the HTML."""

    is_box_label: bool = False
    words: list[str] = field(default_factory=list)
    # Beginning and end in the words, and in the HTML; equally long, but for what is written as a reference (“&amp;”).
    runs: list[tuple[int, int, int, int]] = field(default_factory=list)
    length: int = 0

    def add(self, words: str, begin: int, end: int) -> None:
        if words:
            self.words.append(words)
            self.runs.append((self.length, self.length + len(words), begin, end))
            self.length += len(words)

    def add_html(self, html: str, begin: int, end: int) -> None:
        """A stretch of the HTML without tags."""
        for reference in _REFERENCE.finditer(html, begin, end):
            self.add(html[begin : reference.start()], begin, reference.start())
            self.add(unescape(reference[0]), *reference.span())
            begin = reference.end()
        self.add(html[begin:end], begin, end)

    def found_by(self, marker: Finds, html: str) -> Iterator[list[tuple[int, int]]]:
        """The pieces of each place, beginning and end in the HTML."""
        text = "".join(self.words)
        if not text.strip():
            return
        spans = marker.spans(text)
        if self.is_box_label:
            own = [match.span() for match in _OWN_WORDS.finditer(text)]
            spans = [span for span in spans if not any(begin <= span[0] < end for begin, end in own)]
        run = marked = 0
        for start, stop in _places(spans, text):
            while run < len(self.runs) and self.runs[run][1] <= start:
                run += 1
            pieces: list[tuple[int, int]] = []
            for begin, end in self._stretches(run, start, stop):
                if pieces and pieces[-1][1] == begin:
                    pieces[-1] = (pieces[-1][0], end)
                elif begin >= marked:
                    pieces.append((begin, end))
            if pieces := [(begin, end) for begin, end in pieces if html[begin:end].strip()]:
                marked = pieces[-1][1]
                yield pieces

    def _stretches(self, run: int, start: int, stop: int) -> Iterator[tuple[int, int]]:
        while run < len(self.runs) and self.runs[run][0] < stop:
            first, last, begin, end = self.runs[run]
            run += 1
            if end - begin == last - first:
                yield begin + max(0, start - first), end - max(0, last - stop)
            else:
                yield begin, end


def _flows(html: str) -> Iterator[_Flow]:
    flow = _Flow()
    at = 0
    unmarked = 0  # how many elements are open in what is not marked, itself counted
    while (opens := html.find("<", at)) >= 0 and (tag := _TAG.match(html, opens)):
        if not unmarked:
            flow.add_html(html, at, opens)
        at = tag.end()
        closing, name, classes = bool(tag[1]), tag[2].lower(), _classes(tag)
        if unmarked:
            if name not in _EMPTY:
                unmarked += -1 if closing else 1
            continue
        if name == "br":
            flow.add("\n", at, at)
        elif name not in _WITHIN_A_PHRASE:
            yield flow
            flow = _Flow(is_box_label=_BOX_LABEL in classes)
        if not closing and name not in _EMPTY and (name in _NOT_WORDS or classes & _LABELS):
            unmarked = 1
    if not unmarked and opens < 0:
        flow.add_html(html, at, len(html))
    yield flow


def _places(spans: list[tuple[int, int]], text: str) -> Iterator[tuple[int, int]]:
    """Words with nothing but a space or a hyphen between them are one place, as they are in results."""
    begin = end = 0
    for start, stop in sorted(spans):
        if end and 0 <= start - end <= 2 and not text[end:start].strip(_BETWEEN):
            end = max(end, stop)
        elif start >= end and stop > start:
            if end:
                yield begin, end
            begin, end = start, stop
    if end:
        yield begin, end


def _classes(tag: re.Match[str]) -> set[str]:
    found = _CLASS.search(tag[3])
    return set(found[1].split()) if found else set()
