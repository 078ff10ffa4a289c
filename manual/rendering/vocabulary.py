"""The words of the dialect: statuses, boxes and areas, and the labels that readers see for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from manual.rendering.language import all_of, gettext_noop
from manual.rendering.language import gettext as _

# With what readers see of each, before it is translated.
STATUS_NAMES = MappingProxyType(
    {
        "policy": gettext_noop("Policy"),
        "procedure": gettext_noop("Procedure"),
        "guidance": gettext_noop("Guidance"),
        "protocol": gettext_noop("Protocol"),
    }
)
STATUSES = tuple(STATUS_NAMES)

# A contact box and a list of documents say what they are by their contents.
BOXES = MappingProxyType(
    {"note": gettext_noop("Note"), "warning": gettext_noop("Warning"), "contact": "", "library": ""}
)

APPENDIX = "appendix"

AREAS: Mapping[str, str] = MappingProxyType({"kent": "Kent", "medway": "Medway"})

# Words after `!!!` that are not boxes; an area so named could never be written.
RESERVED = frozenset({*STATUSES, *BOXES, APPENDIX, "include", "changes", "area"})


# What links and boxes are called for those who do not see them: the allow-list lets in nothing else.
LINK_TO_SECTION = gettext_noop("Link to section %(number)s")
LINK_TO_HEADING = gettext_noop("Link to “%(heading)s”")
FOOTNOTE = gettext_noop("Footnote %(note)s")
BACK_TO_TEXT = gettext_noop("Back to the text of footnote %(note)s")
BACK_TO_PLACE = gettext_noop("Back to the text of footnote %(note)s, place %(place)s")
FOOTNOTES = gettext_noop("Footnotes")
TABLE = gettext_noop("Table")

# Of the words of a heading, in the name of the link to it.
LONGEST_NAME = 200

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def only(areas: Mapping[str, str], chosen: Sequence[str]) -> str:
    """“Kent only”, “Kent and Medway only”: an area is always told in words, never by colour alone."""
    return _("%(areas)s only") % {"areas": all_of(areas[area] for area in chosen)}


def status_name(status: str) -> str:
    """“Guidance”: what a passage is, as readers see it; nothing where nothing is known of it."""
    return _(STATUS_NAMES[status]) if status in STATUS_NAMES else ""


def area_classes(chosen: Sequence[str]) -> list[str]:
    return ["area", *(f"area-{area}" for area in chosen)]
