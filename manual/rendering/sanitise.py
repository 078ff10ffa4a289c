"""The last gate before HTML is stored. bleach stands behind this one function, so that it can be replaced."""

from __future__ import annotations

import html as entities

import bleach

from manual.rendering.allowlist import SCHEMES, TAGS, allows

ROUNDS = 10


def sanitise(html: str) -> str:
    """The HTML without anything that is not on the list; twice is the same as once.

    Tags that are nested as no page may nest them are read differently once they have been cleaned, so that cleaning
    goes on until nothing changes. What `render` makes is right the first time.
    """
    for _ in range(ROUNDS):
        cleaned = bleach.clean(
            html, tags=TAGS, attributes=_allows, protocols=SCHEMES, strip=True, strip_comments=True
        )
        if cleaned == html:
            return html
        html = cleaned
    return entities.escape(html)


def _allows(tag: str, attribute: str, value: str) -> bool:
    # bleach hands over values as they are written, nh3 and browsers what they mean.
    return allows(tag, attribute, entities.unescape(value))
