"""Search over the manual in force, or as an edition had it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from manual import search
from manual.models import Meaning, NumberHistory
from manual.models.numbers import NUMBER
from manual.views.page import Page, Today

PER_PAGE = 20
MOST_KEYWORDS = 5
LONGEST = 300


@require_safe
def results(request: HttpRequest, edition: int | None = None) -> HttpResponse:
    """Sections whose title, heading or text has all the words, best first, with the words marked; and keywords."""
    page = Page.of(request, edition)
    asked = " ".join(request.GET.get("q", "").replace("\0", " ").split())
    query = asked[:LONGEST]
    page.searched = query
    page.same_today = Today(f"{reverse('search')}?{urlencode({'q': query})}" if query else reverse("search"))
    number = _page_number(request)
    found = search.search(query, page.contents.edition, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    last = max(1, -(-found.total // PER_PAGE))
    if number > last:
        return HttpResponseRedirect(_at(page, last))
    lines = page.contents.by_chapter
    hits = [(hit, lines[hit.chapter_id], lines[hit.chapter_id].at(hit.anchor)) for hit in found.hits]
    return page.render(
        "manual/search.html",
        query=query,
        shortened=len(asked) > LONGEST,
        total=found.total,
        hits=hits,
        keywords=_keywords(page, found.words) if number == 1 else [],
        number_of=page.contents.by_number.get(query),
        number_past=_number_past(page),
        first=(number - 1) * PER_PAGE + 1,
        page_number=number,
        last_page=last,
        earlier=_at(page, number - 1) if number > 1 else "",
        later=_at(page, number + 1) if number < last else "",
    )


def _number_past(page: Page) -> NumberHistory | None:
    """Who had the number that was searched for, where in the manual in force it is no longer, or not always was, of one
    chapter. Other searches cost no query."""
    if page.dated or not NUMBER.fullmatch(page.searched):
        return None
    past = NumberHistory.of(page.searched, page.contents, page.issued.editions)
    return past if past.former else None


def _keywords(page: Page, words: list[str]) -> list[tuple[Meaning, str]]:
    """Those that have the words, the first few, with their addresses."""
    return [
        (meaning, page.contents.keyword_address(meaning.slug))
        for meaning in page.glossary.matching(words)[:MOST_KEYWORDS]
    ]


def _at(page: Page, number: int) -> str:
    """The address of another page of the same results."""
    on = {"on": page.that_day.day.isoformat()} if page.that_day else {}
    return f"?{urlencode({'q': page.searched, 'page': number, **on})}"


def _page_number(request: HttpRequest) -> int:
    asked = request.GET.get("page", "1")
    return min(max(1, int(asked)), 500) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
