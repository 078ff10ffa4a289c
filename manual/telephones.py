"""Telephone numbers and e-mail addresses in plain words, so that a phone can ring and write to them.

Pure. Careful rather than complete: a date, a section or a reference that were taken for a number would ring somebody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_GAP = r"[ \u00a0\u2010\u2011-]"
# Where a number may begin and end: not inside a word, an address, a date, a sum or a longer number.
_BEFORE = r"(?<![\w+£$€#@])(?<![\w)][./–-])(?<!\d[:,])"
_AFTER = r"(?![\w@])(?![./:–\u2010\u2011-]\w)(?![ \u00a0]\d)"

# With the area in brackets or not: 01632 960123, (020) 7946 0018, 0808 800 5000, 07700900123.
_NATIONAL = rf"(?:\(0\d{{2,5}}\)|0\d{{2,10}})(?:{_GAP}?\d{{2,8}}){{0,4}}"
_INTERNATIONAL = rf"\+44{_GAP}?(?:\(0\){_GAP}?)?(?:\(\d{{2,5}}\)|\d{{2,10}})(?:{_GAP}?\d{{2,8}}){{0,4}}"
# Childline; and the lines of six figures that are the same in all of Europe.
_SHORTER = r"0800 ?1111|116[ \u00a0]?\d{3}"
_SHORTEST = r"999|112|111|101|105"
# “Call 111 families” rings nobody.
_COUNTED = (
    r"babies|calls|cases|children|days|families|homes|hours|minutes|parents|people|places|schools|staff|times"
)
_MAIL = r"(?P<mail>[A-Za-z0-9][\w.%+'-]*@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})(?![\w@-])"

_NUMBER = re.compile(
    rf"{_MAIL}"
    rf"|{_BEFORE}(?:(?P<shorter>{_SHORTER})|(?P<long>{_INTERNATIONAL}|{_NATIONAL})){_AFTER}"
    rf"|{_BEFORE}(?P<shortest>{_SHORTEST})(?![\w@%°])(?![.,/:–\u2010\u2011-]\d)(?! (?:{_COUNTED})\b)"
)

# “Reference 01632 960123”, “case number 0123 456 7890”.
_NAMES_A_REFERENCE = re.compile(
    r"\b(?:ref(?:erence)?s?\.?|urn|upn|isbn|"
    r"(?:account|case|charity|company|crime|file|incident|invoice|nhs|order|record|registered|registration|serial)"
    r"[ \u00a0](?:number|no\.?))(?:[ \u00a0](?:numbers?|nos?\.?))?(?:[ \u00a0]is)?[ \u00a0]?:?[ \u00a0]?$",
    re.IGNORECASE,
)

_CALLS = r"(?:(?:tele)?phon(?:e|es|ed|ing)|(?:call|ring|text)(?:s|ed|ing)?|dial(?:s|led|ling)?|rang|rung)"
# In the same clause, and the number right behind one of these words: “call the police on 101, or 999 if …”.
_IS_CALLED = re.compile(
    rf"\b{_CALLS}\b(?:[^.;!?\d]|\b(?:{_SHORTEST})\b){{0,70}}?$", re.IGNORECASE
)  # fmt: skip
_LEADS_TO_IT = re.compile(rf"(?:\b(?:{_CALLS}|on|or|by|to|and|nhs)|:)[ \u00a0]$", re.IGNORECASE)
_HELP = re.compile(
    rf"\b(?:{_CALLS}|ambulance|contact|crisis|danger|emergenc(?:y|ies)|fire|helpline|nhs|police|urgent)\b",
    re.IGNORECASE,
)


_WORTH_IT = re.compile(r"\d{3}|@")


@dataclass(frozen=True)
class Reach:
    """A stretch of a text that reaches somebody, with the address that a link to it has."""

    start: int
    end: int
    address: str

    @property
    def kind(self) -> str:
        """The class of the link to it."""
        return "telephone" if self.address.startswith("tel:") else "mail"


def may_hold(text: str) -> bool:
    """Whether it is worth looking: most stretches of a text hold neither."""
    return bool(_WORTH_IT.search(text))


def found_in(text: str, *, before: str = "", about: str = "") -> Iterator[Reach]:
    """The numbers and addresses of a text, in order.

    999, 101 and their like are numbers only where the words before them ring them, or where one stands alone in what
    is `about` help. `before` is what stands in the same paragraph before the text.
    """
    for match in _NUMBER.finditer(text):
        start, end = match.span()
        if match["mail"]:
            yield Reach(start, end, f"mailto:{match['mail']}")
            continue
        lead = (before + text[:start])[-120:]
        if match["long"] and (not _is_a_number(match["long"]) or _NAMES_A_REFERENCE.search(lead)):
            continue
        if match["shortest"]:
            alone = text.strip(" \n\t\u00a0.") == match["shortest"] and _HELP.search(about)
            if not alone and not (_LEADS_TO_IT.search(lead) and _IS_CALLED.search(lead)):
                continue
        digits = re.sub(r"\(0\)|[^+\d]" if match[0].startswith("+") else r"[^+\d]", "", match[0])
        yield Reach(start, end, f"tel:{digits}")


def _is_a_number(written: str) -> bool:
    """British numbers have ten or eleven figures with their nought, and those of one area, a mobile network or a free
    line begin in a few ways only."""
    if written.startswith("+"):
        digits = "0" + re.sub(r"\D", "", written.replace("(0)", ""))[2:]
    else:
        digits = re.sub(r"\D", "", written)
    return len(digits) in (10, 11) and digits[1] in "1235789"
