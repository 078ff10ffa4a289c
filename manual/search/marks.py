"""Marked words: from the control characters that databases put around them to pieces of text. Pure."""

from __future__ import annotations

import re

from manual.search.results import Marked

# Cleaned text holds no control characters, so these cannot be anything else.
BEGIN, END = "\x02", "\x03"

PASSAGE = 260
BEFORE = 90

_MARK = re.compile(f"{BEGIN}([^{BEGIN}{END}]*){END}")
_BETWEEN = re.compile(f"{END}([ '’\\-\u2010\u2011]){BEGIN}")
_SENTENCE = re.compile(r"(?<=[.!?:;·])\s")


def pieces(marked: str) -> Marked:
    """The pieces of a text; neighbouring marked words are one piece."""
    found = []
    for n, piece in enumerate(_MARK.split(_BETWEEN.sub(r"\1", marked))):
        if piece:
            found.append((piece, n % 2 == 1))
    return found


def passage(marked: str) -> Marked:
    """The part of a longer text where most of the words stand together, from the beginning of a sentence if near."""
    every = pieces(marked)
    text = "".join(words for words, _ in every)
    if len(text) <= PASSAGE:
        return every
    spans = list(_spans(every))
    first, last = _densest(spans, text)
    begin = _beginning(text, first)
    end = max(begin + PASSAGE, last)
    if end < len(text):
        space = text.rfind(" ", max(last, begin), end + 1)
        end = space if space > begin else end
    shown: Marked = []
    position = 0
    for words, is_marked in every:
        piece = words[max(0, begin - position) : max(0, end - position)]
        position += len(words)
        if piece:
            shown.append((piece, is_marked))
    if begin:
        shown.insert(0, ("… ", False))
    if end < len(text):
        shown.append((" …", False))
    return shown


def lay_over(text: str, marked: str) -> str:
    """Marks that were put into the folded form of a text, put into the text itself."""
    if len(marked) - marked.count(BEGIN) - marked.count(END) != len(text):
        return text
    letters = iter(text)
    return "".join(sign if sign in (BEGIN, END) else next(letters) for sign in marked)


def _spans(every: Marked) -> list[tuple[int, int]]:
    spans = []
    position = 0
    for words, is_marked in every:
        if is_marked:
            spans.append((position, position + len(words)))
        position += len(words)
    return spans


def _densest(spans: list[tuple[int, int]], text: str) -> tuple[int, int]:
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
