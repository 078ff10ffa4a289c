"""`{: #anchor .word }` after a heading, a passage or a phrase: an anchor and a few known words, nothing else.

What an author asks for is noted on the element as `author-id` and `author-class`, which no output knows, so that
nobody can give a passage the looks of something that the software makes.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.attr_list import AttrListTreeprocessor, get_attrs_and_remainder

from manual.rendering import anchors
from manual.rendering.language import gettext as _
from manual.rendering.refusal import RenderingRefused, at, quoted
from manual.rendering.source import Source

ID, CLASS = "author-id", "author-class"

# The colon is required: a word in braces is text. The possessive `++` keeps long runs of spaces cheap.
_BRACES = r"\{:([^{}\n]*+)\}"

_LEFT = re.compile(r"\{:[^{}\n]*\}")


class _Attributes(AttrListTreeprocessor):
    BASE_RE = _BRACES  # type: ignore[misc]
    HEADER_RE = re.compile(rf"(?:\A|(?<![ ])[ ]++){_BRACES}[ ]*+$")  # type: ignore[misc]
    BLOCK_RE = re.compile(rf"\n[ ]*+{_BRACES}[ ]*+$")  # type: ignore[misc]
    INLINE_RE = re.compile(rf"^{_BRACES}")  # type: ignore[misc]

    def __init__(self, md: Markdown, words: Collection[str], source: Source) -> None:
        super().__init__(md)
        self.words = words
        self.source = source
        self.anchors: set[str] = set()

    def run(self, doc: Element) -> None:
        super().run(doc)
        for element in doc.iter():
            inside = None if element.tag in ("code", "pre") else element.text
            if left := _LEFT.search(inside or "") or _LEFT.search(element.tail or ""):
                line = self.source.line_of(re.escape(left[0]))
                raise RenderingRefused(
                    _(
                        "%(place)s: %(words)s marks nothing where it stands. Write it at the end of a heading’s line, "
                        "directly behind *words* with no space between, or on a line of its own right under a "
                        "paragraph."
                    )
                    % {"place": at(line), "words": quoted(left[0])},
                    line,
                )

    def assign_attrs(self, elem: Element, attrs_string: str, *, strict: bool = False) -> str:
        classes: list[str] = []
        for name, value in get_attrs_and_remainder(attrs_string.strip())[0]:
            if name in (".", "class") and value:
                classes += value.split()
            elif name == "id":
                elem.set(ID, self._accept(value or ""))
        if chosen := [word for word in dict.fromkeys(classes) if word in self.words]:
            elem.set(CLASS, " ".join(chosen))
        return ""

    def _accept(self, anchor: str) -> str:
        where = rf"\{{:[^}}]*(?:#|id=['\"]?){re.escape(anchor)}(?![^\s}}'\"])"
        if wrong := anchors.wrong_with(anchor):
            line = self.source.line_of(where)
            raise RenderingRefused(
                _("%(place)s: the anchor %(anchor)s %(wrong)s. Choose another.")
                % {"place": at(line), "anchor": quoted(f"#{anchor}"), "wrong": wrong},
                line,
            )
        if anchor in self.anchors:
            line = self.source.line_of(where, nth=2)
            raise RenderingRefused(
                _(
                    "%(place)s gives the anchor %(anchor)s a second time, so that a link to it would be uncertain. "
                    "Choose another, or take it away here."
                )
                % {"place": at(line), "anchor": quoted(f"#{anchor}")},
                line,
            )
        self.anchors.add(anchor)
        return anchor


class AttributesExtension(Extension):
    def __init__(self, words: Collection[str], source: Source) -> None:
        super().__init__()
        self.words = words
        self.source = source

    def extendMarkdown(self, md: Markdown) -> None:
        md.treeprocessors.register(_Attributes(md, self.words, self.source), "attr_list", 8)
