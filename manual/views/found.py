"""The words that a reader searched for, marked in the text that a result led to: `?marked=`."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

from manual import search
from manual.search.in_text import mark_found
from manual.views.page import Page

MARKED = "marked"
LONGEST = 300


@dataclass(frozen=True)
class Found:
    """What was searched for and what of it is marked: the HTML with its marks, and how many places those are."""

    query: str
    html: str
    count: int = 0
    in_title: bool = False  # and there alone
    has_words: bool = True
    unmarked: str = ""  # the address of the same page without marks

    def is_for_this_reader(self, response: HttpResponse) -> None:
        """No cache between this reader and the site keeps the page."""
        patch_cache_control(response, private=True)


def found_in(page: Page, html: str, *, title: str) -> Found | None:
    """The text of a page with the words marked that its address asks for; none where it asks for nothing.

    What the cache has of the text stays as it is.
    """
    query = " ".join(page.request.GET.get(MARKED, "").replace("\0", " ").split())[:LONGEST].strip()
    if not query:
        return None
    page.not_indexed = True
    unmarked = _unmarked(page.request)
    marker = search.marker(query, page.contents.edition)
    if not marker:
        return Found(query, html, has_words=False, unmarked=unmarked)
    marked, count = mark_found(html, marker)
    in_title = not count and bool(marker.spans(title))
    return Found(query, marked, count, in_title, unmarked=unmarked)


def _unmarked(request: HttpRequest) -> str:
    others = request.GET.copy()
    others.pop(MARKED, None)
    return f"{request.path}?{others.urlencode()}" if others else request.path
