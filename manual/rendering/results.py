"""What comes out of a chapter's text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class RenderedSection:
    """What people link to, cite and search for: a heading with what stands under it, or a numbered paragraph.

    The words before the first heading are a section without anchor and number, of level 1. `level` is that of the
    HTML heading, 2 to 6; paragraphs have 4. `text` leaves out the heading and the sections inside this one.
    """

    anchor: str
    number: str
    level: int
    heading: str
    text: str
    status: str
    areas: tuple[str, ...]


@dataclass(frozen=True)
class Reference:
    """A place where the text points at a chapter, a keyword or a document, for whoever can say if that exists."""

    scheme: str
    slug: str
    anchor: str
    line: int | None
    kind: Literal["link", "image", "include"]


@dataclass(frozen=True)
class Rendered:
    """A chapter ready to be stored."""

    html: str
    sections: tuple[RenderedSection, ...]
    text: str
    references: tuple[Reference, ...]
