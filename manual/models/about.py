"""The chapters about the manual itself, such as its accessibility statement: every page names them at its foot."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from django.urls import reverse

from manual.models.edition import Edition, Entry

KEPT = 4

_kept: OrderedDict[tuple[object, str], list[tuple[str, str]]] = OrderedDict()
_keeping = Lock()


def about_pages(edition: Edition, part: str) -> list[tuple[str, str]]:
    """Title and address of each chapter that stands in the part about the manual. One query for each stamp."""
    if not part:
        return []
    key = (edition.stamp, part)
    with _keeping:
        if key in _kept:
            return _kept[key]
    entries = Entry.objects.filter(edition=edition, parent__slug=part, withdrawn_in=None, gone=False)
    found = [
        (title, reverse("chapter", args=[slug]))
        for title, slug in entries.order_by("position").values_list("amendment__title", "chapter__slug")
    ]
    with _keeping:
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def forget_about_pages() -> None:
    """Read anew next time: for tests that count queries."""
    with _keeping:
        _kept.clear()
