"""Marked words: a text and where words were found in it, as pieces of text for a page. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from manual.search.results import Marked

PASSAGE = 260
BEFORE = 90

_BETWEEN = " '’-\u2010\u2011"
_SENTENCE = re.compile(r"(?<=[.!?:;·])\s")

Span = tuple[int, int]


def pieces(text: str, spans: Sequence[Span]) -> Marked:
    """The pieces of a text; neighbouring marked words are one piece."""
    found: Marked = []
    end = 0
    for begin, until in _joined(text, spans):
        if begin > end:
            found.append((text[end:begin], False))
        found.append((text[begin:until], True))
        end = until
    if end < len(text):
        found.append((text[end:], False))
    return found


def passage(text: str, spans: Sequence[Span]) -> Marked:
    """The part of a longer text where most of the words stand together, from the beginning of a sentence if near."""
    spans = _joined(text, spans)
    if len(text) <= PASSAGE:
        return pieces(text, spans)
    first, last = _densest(spans, text)
    begin = _beginning(text, first)
    end = max(begin + PASSAGE, last)
    if end < len(text):
        space = text.rfind(" ", max(last, begin), end + 1)
        end = space if space > begin else end
    inside = [
        (max(start, begin) - begin, min(stop, end) - begin)
        for start, stop in spans
        if start < end and stop > begin
    ]
    shown = pieces(text[begin:end], inside)
    if begin:
        shown.insert(0, ("… ", False))
    if end < len(text):
        shown.append((" …", False))
    return shown


def _joined(text: str, spans: Sequence[Span]) -> list[Span]:
    """With those that only a space or a hyphen parts made one."""
    joined: list[Span] = []
    for begin, end in spans:
        if joined and begin - joined[-1][1] == 1 and text[joined[-1][1]] in _BETWEEN:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return joined


def _densest(spans: Sequence[Span], text: str) -> Span:
    """From where to where the most different marked words stand within a passage; the first such place."""
    best, most = (0, 0), 0
    for n, (begin, end) in enumerate(spans):
        words = set()
        until = end
        for other_begin, other_end in spans[n:]:
            if other_end > begin + PASSAGE - BEFORE:
                break
            words.add(text[other_begin:other_end].lower())
            until = other_end
        if len(words) > most or not most:
            best, most = (begin, until), max(len(words), 1)
    return best


def _beginning(text: str, mark: int) -> int:
    """Where to begin, so that a mark is read in its sentence: at most BEFORE letters ahead of it."""
    earliest = mark - BEFORE
    if earliest <= 0:
        return 0
    sentences = [match.end() for match in _SENTENCE.finditer(text, earliest, mark)]
    if sentences:
        return sentences[0]
    space = text.find(" ", earliest, mark)
    return space + 1 if space >= 0 else earliest
