"""The words of a chapter as a proofreader sees them: paragraph by paragraph, with the line of the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from lxml.html import HtmlElement, fragment_fromstring

from manual.interchange.chapter_file import ChapterFile
from manual.rendering import Rendered

_BLOCKS = frozenset(
    {"p", "li", "td", "th", "dt", "dd", "h2", "h3", "h4", "h5", "h6", "figcaption", "caption", "blockquote", "pre"}
)  # fmt: skip
_HOLDERS = _BLOCKS | {"ul", "ol", "dl", "table", "thead", "tbody", "tr", "section", "div", "figure"}
_LEFT_OUT = frozenset(
    {"section-number", "paragraph-number", "section-link", "footnote-back", "footnote-ref", "passage-label",
     "status-label", "area-label"}
)  # fmt: skip
# Where a sentence ends: not before a small letter.
_ENDS = re.compile(r"(?<=[.?!])[”’)\]]*\s+(?=[“‘(]?[A-Z0-9])")
WORD = re.compile(r"[^\W\d_][\w’'-]*")


@dataclass(frozen=True)
class Passage:
    """A paragraph, item, cell, heading … `tag` is its HTML element; `quoted` says that it is the law's own words.

    `words` has all that a reader reads; `prose` leaves out the titles of outside documents and of other chapters.
    """

    tag: str
    words: str
    prose: str
    quoted: bool
    line: int | None

    @property
    def is_heading(self) -> bool:
        return self.tag in ("h2", "h3", "h4", "h5", "h6", "th", "dt")

    @cached_property
    def sentences(self) -> list[str]:
        return [sentence for sentence in _ENDS.split(self.words) if sentence.strip()]


@dataclass(frozen=True)
class Text:
    """One version of a chapter, in the edition that brings it."""

    edition: int
    chapter: ChapterFile
    rendered: Rendered
    passages: tuple[Passage, ...]

    @property
    def slug(self) -> str:
        return self.chapter.slug

    @property
    def word_count(self) -> int:
        """Of running text and tables, without headings of sections."""
        return sum(len(WORD.findall(each.words)) for each in self.passages if not each.tag.startswith("h"))


def read(edition: int, chapter: ChapterFile, rendered: Rendered, titles: Mapping[str, str]) -> Text:
    """`titles` are those of the chapters, which stand where a reference leaves its words to be filled in."""
    root = fragment_fromstring(rendered.html, create_parent="div")
    lines = _Lines(chapter)
    passages = tuple(_passages(root, titles, lines, quoted=False))
    return Text(edition, chapter, rendered, passages)


def _passages(
    element: HtmlElement, titles: Mapping[str, str], lines: _Lines, *, quoted: bool
) -> Iterator[Passage]:
    for child in element:
        if not isinstance(child.tag, str) or _is_left_out(child):
            continue
        inside = quoted or child.tag == "blockquote"
        holds_blocks = any(isinstance(each.tag, str) and each.tag in _HOLDERS for each in child)
        if child.tag in _BLOCKS:
            words = _joined(_pieces(child, titles, prose=False))
            if words:
                prose = _joined(_pieces(child, titles, prose=True))
                yield Passage(child.tag, words, prose, inside, lines.of(words))
        if holds_blocks or child.tag not in _BLOCKS:
            yield from _passages(child, titles, lines, quoted=inside)


def _is_left_out(element: HtmlElement) -> bool:
    return not _LEFT_OUT.isdisjoint((element.get("class") or "").split())


def _pieces(element: HtmlElement, titles: Mapping[str, str], *, prose: bool) -> Iterator[str]:
    """The words of a block and of what flows in it; what holds blocks of its own comes by itself."""
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str) and child.tag not in _HOLDERS and not _is_left_out(child):
            yield from _linked(child, titles, prose=prose)
        yield child.tail or ""


def _linked(element: HtmlElement, titles: Mapping[str, str], *, prose: bool) -> Iterator[str]:
    address = element.get("href") or ""
    if element.tag == "img":
        return
    if address.startswith(("http:", "https:")) and prose:
        return
    words = list(_pieces(element, titles, prose=prose))
    if not "".join(words).strip() and ":" in address:
        slug = address.partition(":")[2].partition("#")[0]
        yield "that chapter" if prose else titles.get(slug, slug)
    else:
        yield from words


def _joined(pieces: Iterator[str]) -> str:
    return " ".join("".join(pieces).split())


class _Lines:
    """Finds the line of a file on which words stand, as nearly as their first words tell."""

    def __init__(self, chapter: ChapterFile) -> None:
        self.offset = chapter.offset
        self.lines = [_folded(line) for line in chapter.text.splitlines()]

    def of(self, words: str) -> int | None:
        start = _folded(words)
        for length in (40, 20, 10):
            piece = start[:length]
            for number, line in enumerate(self.lines, start=1):
                if piece and piece in line:
                    return self.offset + number
        return None


def _folded(words: str) -> str:
    words = re.sub(r"\]\([^)]*\)|\{:[^}]*\}", "", words)
    return "".join(sign for sign in words.casefold() if sign.isalnum())
