"""From a chapter's Markdown to what is stored of it, in one pass that depends on nothing but its arguments and the
language of the site."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from manual.rendering import areas as area_marks
from manual.rendering import boxes, characters, contacts, figures, footnotes, limits, links, tables
from manual.rendering.reading import read
from manual.rendering.results import Rendered
from manual.rendering.sanitise import sanitise
from manual.rendering.sections import Divider, Numbering, lower_headings, whole_text
from manual.rendering.serialise import to_html
from manual.rendering.source import Source
from manual.rendering.vocabulary import AREAS, RESERVED

# Of the renderer: raise it whenever the same text gives other HTML, sections or words.
VERSION = "3"

_AREA = re.compile(r"[a-z][a-z0-9-]*")
_Asked = tuple[str, str, tuple[tuple[str, str], ...]]
_made: ContextVar[dict[_Asked, Rendered] | None] = ContextVar("made", default=None)


@contextmanager
def each_once() -> Iterator[None]:
    """Within it no text is rendered twice: for whoever checks many before storing them."""
    before = _made.set({})
    try:
        yield
    finally:
        _made.reset(before)


def render(markdown: str, *, numbering: Numbering = "headings", areas: Mapping[str, str] = AREAS) -> Rendered:
    """The HTML, sections, plain words and references of a chapter. Raises RenderingRefused, with the line.

    `areas` maps the words that mark an area to its name as readers see it.
    """
    if numbering not in ("headings", "paragraphs"):
        raise ValueError(f"“{numbering}” is no way to number a chapter.")
    for area in areas:
        if not _AREA.fullmatch(area) or area in RESERVED:
            raise ValueError(
                f"“{area}” cannot be the word for an area: it is not plain or has another meaning."
            )
    made = _made.get()
    if made is None:
        return _render(markdown, numbering, areas)
    asked = (markdown, numbering, tuple(areas.items()))
    if asked not in made:
        made[asked] = _render(markdown, numbering, areas)
    return made[asked]


def _render(markdown: str, numbering: Numbering, areas: Mapping[str, str]) -> Rendered:
    source = Source(limits.accept(markdown))
    with limits.depth_of_python():
        root = read(source, areas)
        limits.check_tree(root)
        characters.settle(root)
        boxes.settle(root)
        lower_headings(root)
        area_marks.settle(root, areas, source)
        notes = footnotes.settle(root)
        links.settle(root)
        contacts.settle(root)
        figures.settle(root)
        tables.settle(root)
        references = links.references(root, source)
        sections = Divider(root, numbering, areas, source).divide(notes)
        html = sanitise(to_html(root))
    return Rendered(html, sections, whole_text(sections), references)
