"""Search over the manual in force."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from manual import search
from manual.views.page import Page

PER_PAGE = 20
LONGEST = 300


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Sections whose title, heading or text has all the words, best first, with the words marked; and keywords."""
    page = Page.of(request)
    asked = " ".join(request.GET.get("q", "").replace("\0", " ").split())
    query = asked[:LONGEST]
    number = _page_number(request)
    found = search.search(query, page.contents.edition, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    last = max(1, -(-found.total // PER_PAGE))
    if number > last:
        return HttpResponseRedirect(f"?{urlencode({'q': query, 'page': last})}")
    lines = page.contents.by_chapter
    hits = [(hit, lines[hit.chapter_id], lines[hit.chapter_id].at(hit.anchor)) for hit in found.hits]
    return page.render(
        "manual/search.html",
        query=query,
        shortened=len(asked) > LONGEST,
        total=found.total,
        hits=hits,
        keywords=page.glossary.matching(found.words)[:5] if number == 1 else [],
        number_of=page.contents.by_number.get(query),
        first=(number - 1) * PER_PAGE + 1,
        page_number=number,
        last_page=last,
        earlier=f"?{urlencode({'q': query, 'page': number - 1})}" if number > 1 else "",
        later=f"?{urlencode({'q': query, 'page': number + 1})}" if number < last else "",
    )


def _page_number(request: HttpRequest) -> int:
    asked = request.GET.get("page", "1")
    return min(max(1, int(asked)), 500) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
