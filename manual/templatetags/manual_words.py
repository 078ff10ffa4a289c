"""Small words that templates need of the nouns."""

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from manual.models import Amendment, Manual

register = template.Library()

CHANGED = {
    "new": "New on",
    "amended": "Updated on",
    "correction": "Corrected on",
    "withdrawn": "Withdrawn on",
}

# As they are written here: 01632 960001, (01632) 960 001, +44 1632 960001. Emergency numbers are words like others.
_TELEPHONE = re.compile(r"(?<![\w+/-])(?:\+44[ -]?|\(?0)\d(?:[ -]?\(?\d\)?|\)[ -]?\d){7,10}(?![\w/-])")


@register.filter
def with_telephones(words: str) -> SafeString:
    """Plain words, escaped, whose telephone numbers can be rung and never break at the end of a line."""
    return mark_safe(_TELEPHONE.sub(_ring, escape(words)))  # noqa: S308 # escaped before


def _ring(found: re.Match[str]) -> str:
    digits = re.sub(r"[^+\d]", "", found[0])
    return f'<a class="telephone" href="tel:{digits}">{found[0]}</a>'


@register.filter
def area_names(areas: list[str], manual: Manual) -> str:
    """“Kent”, “Kent and Medway”."""
    return manual.area_names(areas)


@register.filter
def commas(number: int) -> str:
    """“1,200”."""
    return f"{number:,}"


@register.filter
def change_word(amendment: Amendment) -> str:
    """What happened to the chapter on a day: “Updated on”."""
    return CHANGED[amendment.significance]
