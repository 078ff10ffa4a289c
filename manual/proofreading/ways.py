"""How readers get from chapter to chapter: nothing lies where no link leads."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from manual.proofreading.texts import Text


def unreached(texts: Iterable[Text], pages: Collection[str]) -> list[str]:
    """The chapters that no other chapter's text refers to."""
    reached = {
        reference.slug
        for text in texts
        for reference in text.rendered.references
        if reference.scheme == "chapter" and reference.slug != text.slug
    }
    return sorted(set(pages) - reached)
