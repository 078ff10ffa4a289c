"""Python-Markdown, made into the reader of the manual's dialect."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.blockprocessors import HashHeaderProcessor, HRProcessor
from markdown.extensions.def_list import DefListExtension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension

from manual.rendering.attributes import AttributesExtension
from manual.rendering.boxes import BoxesExtension
from manual.rendering.footnotes import FootnotesExtension
from manual.rendering.links import LinksExtension
from manual.rendering.source import Source
from manual.rendering.vocabulary import APPENDIX, STATUSES


def read(source: Source, areas: Mapping[str, str]) -> Element:
    """The tree, before Python-Markdown would make HTML of it: what is HTML and what is text we decide ourselves.

    Every text has a reader of its own, since readers remember: footnotes, the names of links.
    """
    md = Markdown(
        extensions=[
            AttributesExtension({*STATUSES, APPENDIX, *areas}, source),
            BoxesExtension(areas, source),
            DefListExtension(),
            FootnotesExtension(source),
            LinksExtension(),
            SaneListExtension(),
            TableExtension(use_align_attribute=True),
        ]
    )
    # HTML in the source is text like any other.
    md.preprocessors.deregister("html_block")
    md.inlinePatterns.deregister("html")
    md.inlinePatterns.deregister("entity")
    md.parser.blockprocessors.register(_Headings(md.parser), "hashheader", 70)
    md.parser.blockprocessors.register(_Rules(md.parser), "hr", 50)
    lines = source.text.split("\n")
    for preprocessor in md.preprocessors:
        lines = preprocessor.run(lines)
    root = cast(Element, md.parser.parseDocument(lines).getroot())
    for treeprocessor in md.treeprocessors:
        changed = treeprocessor.run(root)
        root = root if changed is None else changed
    return root


class _Headings(HashHeaderProcessor):
    """A heading needs a space after its signs: “#1” and “#MeToo” at the beginning of a line are words."""

    # The header is not possessive: Python 3.11.2, which Debian 12 has, then takes closing signs for words.
    RE = re.compile(r"(?:^|\n)(?P<level>#{1,6}+)(?=[ ])(?P<header>(?:\\.|[^\\#\n]|#+(?=[^#\n]))*)#*(?:\n|$)")


class _Rules(HRProcessor):
    """The same lines as in Python-Markdown, whose own expression takes seconds over 20,000 hyphens."""

    SEARCH_RE = re.compile(
        r"^[ ]{0,3}(?:(?:-[ ]{0,2}+){3,}+|(?:_[ ]{0,2}+){3,}+|(?:\*[ ]{0,2}+){3,}+)[ ]*+$", re.MULTILINE
    )
