"""The words of the dialect: statuses, boxes and areas, and the labels that readers see for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

STATUSES = ("policy", "procedure", "guidance", "protocol")

# A contact box and a list of documents say what they are by their contents.
BOXES = MappingProxyType({"note": "Note", "warning": "Warning", "contact": "", "library": ""})

APPENDIX = "appendix"

AREAS: Mapping[str, str] = MappingProxyType({"kent": "Kent", "medway": "Medway"})

# Words after `!!!` that are not boxes; an area so named could never be written.
RESERVED = frozenset({*STATUSES, *BOXES, APPENDIX, "include", "changes", "area"})


# Of the words of a heading, in the name of the link to it.
LONGEST_NAME = 200

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def only(areas: Mapping[str, str], chosen: Sequence[str]) -> str:
    """“Kent only”, “Kent and Medway only”: an area is always told in words, never by colour alone."""
    return " and ".join(areas[area] for area in chosen) + " only"


def area_classes(chosen: Sequence[str]) -> list[str]:
    return ["area", *(f"area-{area}" for area in chosen)]
