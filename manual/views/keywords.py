"""The glossary, and a keyword with the chapters that use it."""

from __future__ import annotations

from itertools import groupby

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from manual.decoration import keyword_meaning
from manual.models import Meaning, Section
from manual.search import mentions
from manual.views.dated import keyword_not_yet, keyword_today
from manual.views.found import found_in
from manual.views.page import Page, Today

DAY = 24 * 60 * 60


@require_safe
def glossary(request: HttpRequest, edition: int | None = None) -> HttpResponse:
    """Keywords, A to Z, with their meanings."""
    page = Page.of(request, edition)
    page.same_today = Today(reverse("keywords"))
    letters = [
        (
            letter,
            [
                (meaning, _meaning(meaning, page), page.contents.keyword_address(meaning.slug))
                for meaning in group
            ],
        )
        for letter, group in groupby(page.glossary.meanings, key=lambda meaning: meaning.initial)
    ]
    shared = [
        (
            shared,
            [(meaning.name, page.contents.keyword_address(meaning.slug)) for meaning in shared.meanings],
        )
        for shared in page.glossary.shared
    ]
    return page.render("manual/keywords.html", letters=letters, shared=shared)


@require_safe
def keyword(request: HttpRequest, slug: str, edition: int | None = None) -> HttpResponse:
    """One keyword: its meaning, other forms, related keywords, and every chapter that uses it."""
    page = Page.of(request, edition)
    meaning = page.glossary.by_slug.get(slug)
    if meaning is None:
        if page.dated and (not_yet := keyword_not_yet(page, slug)):
            return not_yet
        raise Http404(_("No keyword of the manual has this address."))
    if page.dated:
        page.same_today = keyword_today(page, slug)
    using = _using(meaning, page)
    html = _meaning(meaning, page)
    found = found_in(page, html, title=meaning.name)
    response = page.render(
        "manual/keyword.html",
        meaning=meaning,
        html=mark_safe(found.html) if found else html,  # noqa: S308 # rendered and sanitised
        found=found,
        see_also=[
            (page.glossary.by_slug[other].name, page.contents.keyword_address(other))
            for other in meaning.see_also
            if other in page.glossary.by_slug
        ],
        shared=[
            (form, [(other.name, page.contents.keyword_address(other.slug)) for other in others])
            for form, others in page.glossary.others_with(meaning)
        ],
        chapters=[line for line in page.contents.lines if line.chapter_id in using and not line.withdrawn],
    )
    if found:
        found.is_for_this_reader(response)
    return response


def _using(meaning: Meaning, page: Page) -> set[int]:
    """The chapters whose text uses a keyword: search finds those with its stems, here the words are looked at."""
    key = f"using:{settings.RELEASE}:{page.contents.edition.stamp}:{meaning.slug}"
    using: set[int] | None = cache.get(key)
    if using is None:
        amendments = {
            page.contents.by_chapter[chapter].amendment_id: chapter
            for chapter in mentions(meaning.forms, page.contents.edition)
        }
        texts: dict[int, list[str]] = {}
        sections = Section.objects.filter(amendment__in=amendments).order_by("amendment", "position")
        for amendment, text in sections.values_list("amendment_id", "text"):
            texts.setdefault(amendment, []).append(text)
        using = {
            amendments[amendment]
            for amendment, pieces in texts.items()
            if any(
                found.slug == meaning.slug
                for _start, _end, found in page.glossary.found_in("\n".join(pieces))
            )
        }
        cache.set(key, using, DAY)
    return using


def _meaning(meaning: Meaning, page: Page) -> SafeString:
    return mark_safe(page.lens.over(keyword_meaning(meaning, page.contents)))  # noqa: S308 # rendered and sanitised
