"""What a page of the manual may be made of, attribute by attribute. All else falls away.

Both sanitisers are held to this one list: bleach, which cleans, and nh3, which checks bleach in the tests.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from manual.rendering import addresses
from manual.rendering.language import gettext as _
from manual.rendering.vocabulary import (
    APPENDIX,
    BACK_TO_PLACE,
    BACK_TO_TEXT,
    BOXES,
    FOOTNOTE,
    FOOTNOTES,
    LINK_TO_HEADING,
    LINK_TO_SECTION,
    LONGEST_NAME,
    STATUSES,
    TABLE,
)

SCHEMES = addresses.SCHEMES

Rule = Callable[[str], object]

_ANCHOR = r"(?!site-|fn)[a-z][a-z0-9-]*"
_NUMBER = r"(?:[0-9]+|[A-Z]+)(?:\.[0-9]+)*"
# What stands in a message: a number of a section or footnote, the words of a heading.
_BLANK = re.compile(r"%\\\((\w+)\\\)s")
_IN_BLANKS = {
    "number": _NUMBER,
    "heading": rf"[^<>\"]{{0,{LONGEST_NAME}}}",
    "note": "[0-9]+",
    "place": "[0-9]+",
}
# The names of areas are the manual's own, so that only their form is known here.
_AREA = (r"area", r"area-[a-z][a-z0-9-]*")
_ALIGNED = (r"align-(?:left|center|right)",)


def _value(pattern: str) -> Rule:
    return re.compile(pattern).fullmatch


def _words(*patterns: str) -> Rule:
    return _value(rf"(?:{'|'.join(patterns)})(?: (?:{'|'.join(patterns)}))*")


def _says(*messages: str) -> Rule:
    """One of these messages, in the language of the site."""
    return lambda value: _said(tuple(map(_, messages))).fullmatch(value)


@functools.lru_cache(maxsize=32)
def _said(messages: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(_BLANK.sub(_filled, re.escape(message)) for message in messages))


def _filled(blank: re.Match[str]) -> str:
    return _IN_BLANKS[blank[1]]


_ID = _value(_ANCHOR)
_PHRASE: dict[str, Rule] = {"id": _ID, "class": _words(*_AREA)}
_HEADING: dict[str, Rule] = {"id": _value(_NUMBER)}
_CELL: dict[str, Rule] = {"id": _ID, "class": _words(*_AREA, *_ALIGNED)}

ATTRIBUTES: dict[str, dict[str, Rule]] = {
    "a": {
        "id": _value(rf"{_ANCHOR}|fnref-[0-9]+(?:-[0-9]+)?"),
        "class": _words("section-link", "footnote-back", *_AREA),
        "href": addresses.may_link,
        "role": _value("doc-noteref|doc-backlink"),
        "aria-label": _says(LINK_TO_SECTION, LINK_TO_HEADING, FOOTNOTE, BACK_TO_TEXT, BACK_TO_PLACE),
    },
    "blockquote": {},
    "br": {},
    "caption": {},
    "code": _PHRASE,
    "dd": _PHRASE,
    "div": {
        "class": _words(
            "passage",
            *STATUSES,
            *BOXES,
            "include",
            "changes",
            "changes-newest",
            "changes-all",
            "table",
            "footnotes",
            *_AREA,
        ),
        "role": _value("group|doc-endnotes"),
        "aria-label": _says(TABLE, FOOTNOTES),
        "tabindex": _value("0"),
    },
    "dl": {},
    "dt": _PHRASE,
    "em": _PHRASE,
    "figcaption": {},
    "figure": {"id": _ID, "class": _words(*_AREA)},
    "h2": _HEADING,
    "h3": _HEADING,
    "h4": _HEADING,
    "h5": {},
    "h6": {},
    "hr": {},
    "img": {"id": _ID, "class": _words(*_AREA), "src": addresses.may_show, "alt": lambda _: True},
    "li": {"id": _value(rf"{_ANCHOR}|fn-[0-9]+"), "class": _words(*_AREA)},
    "ol": {"start": _value("[0-9]{1,6}")},
    "p": {
        "id": _ID,
        "class": _words("status-label", "area-label", "passage-label", "heading", "numbered", *_AREA),
    },
    "pre": {},
    "section": {"id": _ID, "class": _words(*STATUSES, APPENDIX, *_AREA)},
    "span": {
        "class": _words("section-number", "paragraph-number", "area-marker"),
        "aria-hidden": _value("true"),
    },
    "strong": _PHRASE,
    "sup": {"id": _ID, "class": _words("footnote-ref", *_AREA)},
    "table": {},
    "tbody": {},
    "td": _CELL,
    "th": _CELL | {"scope": _value("col|row")},
    "thead": {},
    "tr": {"class": _words(*_AREA)},
    "ul": {},
}

TAGS = frozenset(ATTRIBUTES)


def allows(tag: str, attribute: str, value: str) -> bool:
    """Whether this tag may have this attribute with this value, entities already resolved."""
    rule = ATTRIBUTES.get(tag, {}).get(attribute)
    return bool(rule and rule(value))
