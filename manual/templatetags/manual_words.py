"""Small words that templates need of the nouns."""

from django import template

from manual.models import Amendment, Manual

register = template.Library()

CHANGED = {
    "new": "New on",
    "amended": "Updated on",
    "correction": "Corrected on",
    "withdrawn": "Withdrawn on",
}


@register.filter
def area_names(areas: list[str], manual: Manual) -> str:
    """«Kent», «Kent and Medway»."""
    return manual.area_names(areas)


@register.filter
def change_word(amendment: Amendment) -> str:
    """What happened to the chapter on a day: «Updated on»."""
    return CHANGED[amendment.significance]
