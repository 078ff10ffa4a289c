"""`!!! guidance`, `!!! kent` and their like: a passage set apart, with what it is said above it in words.

And the two lines that stand for something made elsewhere: `!!! include chapter:slug#anchor`, `!!! changes newest`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.extensions import Extension
from markdown.extensions.admonition import AdmonitionProcessor
from markdown.treeprocessors import Treeprocessor

from manual.rendering.language import gettext as _
from manual.rendering.refusal import RenderingRefused, at, quoted
from manual.rendering.source import Source
from manual.rendering.vocabulary import BOXES, STATUSES, area_classes, only, status_name

# While blocks are read a label is no paragraph: a definition list would take a paragraph before it for its term.
LABEL = "label"

_INCLUDE = re.compile(r"chapter:([a-z0-9][a-z0-9-]*)#([a-z][a-z0-9-]*)")
_UNREAD = re.compile(r"\n[ ]*(!!!(?!!)[ ]?\w[^\n]*)")
_BOX = re.compile(r"(?P<kind>[\w-]+)(?:\s+[\"“”](?P<title>[^\"“”]*)[\"“”])?")


class _Boxes(AdmonitionProcessor):
    CLASSNAME = "passage"
    RE = re.compile(r"(?:^|\n)[ ]{0,3}!!!(?!!)([^\n]*)(?:\n|$)")

    def __init__(self, parser: BlockParser, areas: Mapping[str, str], source: Source) -> None:
        super().__init__(parser)
        self.areas = areas
        self.source = source
        self.read: Counter[str] = Counter()

    def run(self, parent: Element, blocks: list[str]) -> None:
        found = self.RE.search(blocks[0])
        if not found:
            # An indented block that belongs to the box before it.
            super().run(parent, blocks)
            return
        block = blocks.pop(0)
        if found.start():
            self.parser.parseBlocks(parent, [block[: found.start()]])
        written = " ".join(found[1].split())
        self.read[written] += 1
        kind, _space, argument = written.partition(" ")
        rest = block[found.end() :]
        if kind == "include":
            self._include(parent, written, argument)
        elif kind == "changes":
            self._changes(parent, written, argument)
        else:
            rest = self._box(parent, written, rest, blocks)
        if rest.strip():
            blocks.insert(0, rest)

    def _include(self, parent: Element, written: str, target: str) -> None:
        if not _INCLUDE.fullmatch(target):
            raise self._refused(
                written,
                _(
                    "%(place)s: %(box)s does not say what to include. Write for example: !!! include "
                    "chapter:contact-details#out-of-hours"
                ),
            )
        SubElement(SubElement(parent, "div", {"class": "include"}), "a", href=target)

    def _changes(self, parent: Element, written: str, which: str) -> None:
        if which not in ("newest", "all"):
            raise self._refused(
                written, _("%(place)s: %(box)s must be “!!! changes newest” or “!!! changes all”.")
            )
        SubElement(parent, "div", {"class": f"changes changes-{which}"})

    def _box(self, parent: Element, written: str, block: str, blocks: list[str]) -> str:
        """Open the box, read what is indented under it, and return what is left of the block."""
        found = _BOX.fullmatch(written)
        kind = found["kind"].lower() if found else ""
        if not found or not (kind in STATUSES or kind in BOXES or kind in self.areas):
            known = ", ".join([*STATUSES, *self.areas, *BOXES, "include", "changes"])
            raise self._refused(
                written,
                _(
                    "%(place)s: %(box)s is not a box that the manual knows. After “!!!” comes one of: %(known)s; "
                    "after that, if you like, a title in quotation marks."
                ),
                known=known,
            )
        box = SubElement(parent, "div", {"class": " ".join(["passage", *self._classes(kind)])})
        self._label(box, kind, (found["title"] or "").strip())
        labels = len(box)
        content, rest = self.detab(block)
        # Else a box in a list would get bare words, as short list items do.
        self.parser.state.set("box")
        self.parser.parseChunk(box, content)
        self.parser.state.reset()
        # Indented paragraphs after a blank line belong to the box too; they must not be found missing.
        if len(box) == labels and not box.text and not (not rest.strip() and _is_indented(blocks)):
            raise self._refused(
                written,
                _(
                    "%(place)s: %(box)s opens a box with nothing in it. Indent every line that belongs to it by four "
                    "spaces."
                ),
            )
        return rest

    def _classes(self, kind: str) -> list[str]:
        return area_classes([kind]) if kind in self.areas else [kind]

    def _label(self, box: Element, kind: str, title: str) -> None:
        if kind in self.areas:
            words = only(self.areas, [kind])
            own, label = not title, f"{title} ({words})" if title else words
        else:
            word = status_name(kind) if kind in STATUSES else BOXES[kind] and _(BOXES[kind])
            # Whether it is an instruction or advice is never left to its colour.
            own, label = not title, f"{word}: {title}" if title and kind in STATUSES else title or word
        if label:
            SubElement(box, LABEL, {"class": "passage-label", "own": "yes" if own else "no"}).text = label

    def _refused(self, written: str, sentence: str, **words: str) -> RenderingRefused:
        """`sentence` has a `place` and the `box` as it is written, and these words."""
        signs = r"\s*".join(re.escape(word) for word in ["!!!", *written.split()])
        line = self.source.line_of(rf"{signs}\s*$", nth=self.read[written])
        return RenderingRefused(
            sentence % {"place": at(line), "box": quoted(f"!!! {written}"), **words}, line
        )


def _is_indented(blocks: list[str]) -> bool:
    following = next((block for block in blocks if block.strip()), "")
    return following.lstrip("\n").startswith("    ")


class BoxesExtension(Extension):
    def __init__(self, areas: Mapping[str, str], source: Source) -> None:
        super().__init__()
        self.areas = areas
        self.source = source

    def extendMarkdown(self, md: Markdown) -> None:
        boxes = _Boxes(md.parser, self.areas, self.source)
        md.parser.blockprocessors.register(boxes, "admonition", 105)
        # Before escapes are undone, so that “\!!!” is words.
        md.treeprocessors.register(_Unread(self.source, md), "unread_boxes", 5)


class _Unread(Treeprocessor):
    """A box that was not understood is not let pass."""

    def __init__(self, source: Source, md: Markdown) -> None:
        super().__init__(md)
        self.source = source

    def run(self, root: Element) -> None:
        for element in root.iter():
            inside = "" if element.tag in ("code", "pre") else f"\n{element.text or ''}"
            if found := _UNREAD.search(inside) or _UNREAD.search(element.tail or ""):
                line = self.source.line_of(rf"{re.escape(found[1].strip())}\s*$")
                raise RenderingRefused(
                    _(
                        "%(place)s: %(box)s stands where no box can begin. Leave an empty line before it, and indent "
                        "it as far as the words that it belongs to."
                    )
                    % {"place": at(line), "box": quoted(found[1])},
                    line,
                )


def settle(root: Element) -> None:
    """Labels become paragraphs when the blocks have been read."""
    for box in root.iter("div"):
        if len(box) and box[0].tag == LABEL:
            box[0].tag, box[0].tail = "p", "\n"
