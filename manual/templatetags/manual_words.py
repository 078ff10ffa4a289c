"""Small words that templates need of the nouns."""

from collections.abc import Iterable
from datetime import datetime, time

from django import template
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from manual import telephones
from manual.comparison import Piece
from manual.lens import ELSEWHERE, Lens
from manual.models import Amendment, Manual
from manual.workflow import name_of

register = template.Library()

CHANGED = {
    "new": gettext_noop("New on"),
    "amended": gettext_noop("Updated on"),
    "correction": gettext_noop("Corrected on"),
    "withdrawn": gettext_noop("Withdrawn on"),
}


@register.filter
def with_telephones(words: str) -> SafeString:
    """Plain words, escaped, whose telephone numbers can be rung and whose e-mail addresses can be written to."""
    written, rest = [], 0
    for reach in telephones.found_in(words, about=words):
        linked = escape(words[reach.start : reach.end])
        written += [
            escape(words[rest : reach.start]),
            f'<a class="{reach.kind}" href="{escape(reach.address)}">{linked}</a>',
        ]
        rest = reach.end
    return mark_safe("".join([*written, escape(words[rest:])]))  # noqa: S308 # each of them escaped


@register.filter
def area_names(areas: list[str], manual: Manual) -> str:
    """“Kent”, “Kent and Medway”."""
    return manual.area_names(areas)


@register.filter
def dimmed(areas: list[str], lens: Lens) -> str:
    """The class of what applies to these areas, with the space before it, where another is read for."""
    return f" {ELSEWHERE}" if lens and lens.dims(areas) else ""


@register.filter
def area_classes(areas: list[str]) -> str:
    """The classes of what applies to these areas, for a text that the lens of a reader is laid over later."""
    return " ".join(["area", *(f"area-{area}" for area in areas)]) if areas else ""


@register.filter
def moment(when: datetime) -> str:
    """“11 May 2026”, and “11 May 2026 at 10:30” where that is not the beginning of the day; London time."""
    local = timezone.localtime(when)
    day = date_format(local, "j F Y")
    if local.time() == time.min:
        return day
    return _("%(day)s at %(time)s") % {"day": day, "time": date_format(local, "H:i")}


@register.filter
def tracked(pieces: Iterable[Piece]) -> SafeString:
    """A line with what was put in and taken away: to be seen and to be heard. No space at its end."""
    written = []
    for piece in pieces:
        words = piece.words.rstrip()
        space = piece.words[len(words) :] or ("" if piece.kind == "same" else " ")
        if piece.kind == "same":
            written.append(f"{escape(words)}{space}")
            continue
        tag, says = ("del", _("Removed:")) if piece.kind == "removed" else ("ins", _("Added:"))
        written.append(
            f'<{tag}><span class="visually-hidden">{escape(says)} </span>{escape(words)}'
            f'<span class="visually-hidden"> {escape(_("(end of change)"))}</span></{tag}>{space}'
        )
    return mark_safe("".join(written).rstrip())  # noqa: S308 # each of them escaped


@register.filter
def commas(number: int) -> str:
    """“1,200”."""
    return f"{number:,}"


@register.filter
def change_word(amendment: Amendment) -> str:
    """What happened to the chapter on a day: “Updated on”."""
    return _(CHANGED[amendment.significance])


@register.filter
def named(person: User) -> str:
    """How a person is named."""
    return name_of(person)
