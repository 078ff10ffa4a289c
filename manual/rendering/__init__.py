"""Markdown to safe HTML, numbered sections and plain text. Pure: it knows no model and no request."""

from manual.rendering.anchor_writing import write_anchors
from manual.rendering.anchors import from_words as anchor_from_words
from manual.rendering.mentions import Mention, mentions, numbered_links
from manual.rendering.paper import apart, on_paper
from manual.rendering.passage import Marks, marks, passage
from manual.rendering.refusal import RenderingRefused
from manual.rendering.render import VERSION, each_once, render
from manual.rendering.results import Reference, Rendered, RenderedSection
from manual.rendering.sanitise import sanitise
from manual.rendering.sections import in_a_name
from manual.rendering.vocabulary import status_name

__all__ = [
    "VERSION",
    "Marks",
    "Mention",
    "Reference",
    "Rendered",
    "RenderedSection",
    "RenderingRefused",
    "anchor_from_words",
    "apart",
    "each_once",
    "in_a_name",
    "marks",
    "mentions",
    "numbered_links",
    "on_paper",
    "passage",
    "render",
    "sanitise",
    "status_name",
    "write_anchors",
]
