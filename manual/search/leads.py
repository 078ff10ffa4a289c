"""Where the sections of a text lead: the chapters, and the sections of chapters, that each refers to. Pure."""

from __future__ import annotations

import re

# Behind the stems of a section in the index stands this, and where it leads.
LEADS = "»"

_HEADING = re.compile(r"^#{2,6} .*\{:[^}\n]*#([\w-]+)[^}\n]*\}", re.MULTILINE)
_REFERENCE = re.compile(r"\bchapter:([\w-]+(?:#[\w-]+)?)")


def leads_of(markdown: str) -> dict[str, str]:
    """Of each section, by its anchor, where it leads (“adoption contact-details#lado”); "" comes before them."""
    begins = [(0, ""), *((heading.start(), heading[1]) for heading in _HEADING.finditer(markdown))]
    ends = [begin for begin, _ in begins[1:]] + [len(markdown)]
    leads = {}
    for (begin, anchor), end in zip(begins, ends, strict=True):
        if found := dict.fromkeys(_REFERENCE.findall(markdown, begin, end)):
            leads[anchor] = " ".join(found)
    return leads


def chapters_of(text: str) -> set[str]:
    """The chapters that a text refers to."""
    return {place.partition("#")[0] for place in _REFERENCE.findall(text)}


def written(stems: str, leads: str) -> str:
    """As the index keeps it."""
    return f"{stems}{LEADS} {leads}" if leads else stems
