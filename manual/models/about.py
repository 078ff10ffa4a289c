"""The chapters about the manual itself, such as its accessibility statement: every page names them at its foot."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache
from django.urls import reverse

from manual.models.edition import Edition, Entry

DAY = 24 * 60 * 60


def about_pages(edition: Edition, part: str) -> list[tuple[str, str]]:
    """Title and address of each chapter that stands in the part about the manual. One query for each stamp."""
    if not part:
        return []
    key = f"about:{settings.RELEASE}:{edition.stamp}:{part}"
    found: list[tuple[str, str]] | None = cache.get(key)
    if found is None:
        entries = Entry.objects.filter(edition=edition, parent__slug=part, withdrawn_in=None, gone=False)
        found = [
            (title, reverse("chapter", args=[slug]))
            for title, slug in entries.order_by("position").values_list("amendment__title", "chapter__slug")
        ]
        cache.set(key, found, DAY)
    return found
