"""The names by which sections are linked to. They outlive numbers, so they may not look like one."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from manual.rendering.language import gettext as _

LONGEST = 80

_ANCHOR = re.compile(r"[a-z][a-z0-9-]*")
# `site-` is the page's own, `fn` the footnotes', `p-` and a number the numbered paragraphs'.
_TAKEN = re.compile(r"site-|fn|p-\d+\Z")

_FOLDED = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
    | dict.fromkeys("'’‘ʼ", "")
)


def wrong_with(anchor: str) -> str:
    """What is wrong with an anchor that an author chose, as the rest of a sentence; empty if nothing is."""
    if not _ANCHOR.fullmatch(anchor):
        return _("may hold only small letters a to z, digits and hyphens, and must begin with a letter")
    if len(anchor) > LONGEST:
        return _("is longer than %(count)s characters") % {"count": LONGEST}
    if _TAKEN.match(anchor):
        return _("has a form that the site keeps for itself (“site-”, “fn”, or “p-” and a number)")
    return ""


def from_words(words: str) -> str:
    """An anchor that an author might have chosen for this heading; it can be written into the text as it is."""
    folded = unicodedata.normalize("NFKD", words.lower().translate(_FOLDED))
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    anchor = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if wrong_with(anchor[:1]) or _TAKEN.match(anchor) or _TAKEN.match(f"{anchor}-2"):
        anchor = f"section-{anchor}".strip("-")
    # Room is left for a suffix.
    return anchor if len(anchor) <= LONGEST - 6 else anchor[: LONGEST - 6].rsplit("-", 1)[0]


class Register:
    """The anchors of one chapter. Counting per anchor, lest a thousand equal headings be slow to tell apart."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._seen: Counter[str] = Counter()

    def unique(self, anchor: str) -> str:
        """The anchor, or the first of anchor-2, anchor-3 … that is free; it is taken from now on."""
        candidate = anchor
        while True:
            self._seen[anchor] += 1
            if self._seen[anchor] > 1:
                candidate = f"{anchor}-{self._seen[anchor]}"
            if candidate not in self._taken:
                self._taken.add(candidate)
                return candidate
