"""The manual as it stood: on a day that a reader asks for, and what an edition did not have yet."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from manual.models import Contents, Definition, Edition, Entry, Status
from manual.models.issued import day_of, moment_of
from manual.views.another_day import DateBox, SamePage, address_on, read_day
from manual.views.page import Page, Today


@require_safe
def on(request: HttpRequest) -> HttpResponse:
    """Where the date box leads: to the page that it stands on, as it stood on the day that was typed."""
    words = request.GET.get("date", "").replace("\0", "").strip()
    same = SamePage.at(request.GET.get("page", "")) or SamePage()
    day = read_day(words)
    if day is None:
        return _no_such_day(Page.of(request), same, words, None)
    # What is left says what was searched for.
    query = request.GET.copy()
    query.pop("date", None)
    query.pop("page", None)
    return redirect(address_on(day, same, query))


@require_safe
def on_day(request: HttpRequest, day: str, page: str = "") -> HttpResponse:
    """Leads to the edition that was in force when a day ended; today, to the one that is in force now."""
    same = SamePage.at(page)
    if same is None:
        raise Http404(_("The manual has no page of this address, on whatever day."))
    asked = read_day(day)
    shown = Page.of(request)
    if asked is None:
        return _no_such_day(shown, same, day, None)
    query = request.GET.copy()
    if day != asked.isoformat():
        return redirect(address_on(asked, same, query))
    that_day = shown.issued.on(asked)
    if that_day.edition is None or that_day.edition.number is None or asked > timezone.localdate():
        return _no_such_day(shown, same, day, asked)
    led = same.in_edition(that_day.edition.number, shown.manual)
    query["on"] = asked.isoformat()
    response = redirect(f"{led}?{query.urlencode()}")
    # Today it can lead elsewhere at any moment.
    patch_cache_control(response, no_cache=True)
    response["X-Robots-Tag"] = "noindex"
    return response


def _no_such_day(page: Page, same: SamePage, words: str, day: date | None) -> HttpResponse:
    """Says why there is no manual of a day, and where there is one."""
    page.another_day = DateBox.of(page.request, page.issued, words, same)
    first = page.issued.first_day
    query = page.request.GET.copy()
    for name in ("date", "page", "on"):
        query.pop(name, None)
    planned = [edition for edition in page.issued.to_come if day and day_of(moment_of(edition)) <= day]
    page.asks_for_a_day = page.not_indexed = True
    return page.render(
        "manual/on_a_day.html",
        day=day,
        words=page.another_day.asked,
        first=first,
        first_address=address_on(first, same, query) if first else "",
        too_early=bool(day and first and day < first),
        planned=[
            (edition, same.in_edition(edition.number, page.manual)) for edition in planned if edition.number
        ],
        today=f"{same.today}?{query.urlencode()}" if query else same.today,
    )


# --- What a dated page leads to today -----------------------------------------------------------------------


def chapter_today(page: Page, slug: str) -> Today | None:
    """Where a chapter of a dated page is found today: at its page, its successor's, or not at all."""
    if page.in_force is None:
        return None
    contents = Contents.of(page.in_force)
    line = contents.by_slug.get(slug)
    if line is None:
        return Today(
            reverse("contents"), _("This is not in the manual in force today: read today’s contents")
        )
    if not line.withdrawn:
        return Today(line.url)
    after = line.read_instead
    if after:
        return Today(
            after.url, _("Withdrawn since: read “%(name)s”, which is in force today") % {"name": after.name}
        )
    if line.gone:
        return Today(reverse("contents"), _("Withdrawn since: read today’s contents"))
    return Today(line.url, _("Withdrawn since: read its page today"))


def keyword_today(page: Page, slug: str) -> Today:
    """A keyword's page today: once in the glossary it stays there, so only editors see one that is not in it yet."""
    if page.issued.to_come and page.in_force:
        today = Definition.objects.in_edition(page.in_force)
        if not today.filter(keyword__slug=slug).exists():
            return Today(
                reverse("keywords"), _("This is not in the manual in force today: read today’s keywords")
            )
    return Today(reverse("keyword", args=[slug]))


# --- What an edition did not have yet -----------------------------------------------------------------------


def no_chapter(page: Page, slug: str) -> HttpResponse:
    """For a chapter, part or group that this edition does not have: the page that says which later one does, or 404."""
    if not page.dated:
        raise Http404(_("The edition in force has no chapter of this name."))
    if not_yet := _chapter_not_yet(page, slug):
        return not_yet
    raise Http404(
        _("Edition %(number)s has no chapter of this name.") % {"number": page.contents.edition.number}
    )


def _chapter_not_yet(page: Page, slug: str) -> HttpResponse | None:
    """The page for a chapter that only a later edition introduced; none where no edition that they may read has it."""
    entry = (
        Entry.objects.filter(chapter__slug=slug, edition__in=page.issued.by_key)
        .select_related("amendment", "chapter")
        .only("edition", "amendment__title", "chapter__kind", "chapter__slug")
        .order_by("edition__effective_at")
        .first()
    )
    if entry is None:
        return None
    edition = page.issued.by_key[entry.edition_id]
    what = {"link": "link", "part": "part", "group": "group"}.get(entry.chapter.kind, "chapter")
    page.same_today = chapter_today(page, slug)
    return _not_yet(
        page, edition, what, entry.amendment.title, reverse("edition-chapter", args=[edition.number, slug])
    )


def keyword_not_yet(page: Page, slug: str) -> HttpResponse | None:
    """The same of a keyword that only a later edition defined."""
    definition = (
        Definition.objects.filter(keyword__slug=slug, status=Status.PUBLISHED, edition__in=page.issued.by_key)
        .order_by("edition__effective_at")
        .first()
    )
    if definition is None or definition.edition_id is None:
        return None
    edition = page.issued.by_key[definition.edition_id]
    page.same_today = keyword_today(page, slug)
    return _not_yet(
        page, edition, "keyword", definition.name, reverse("edition-keyword", args=[edition.number, slug])
    )


def _not_yet(page: Page, introduced: Edition, what: str, title: str, there: str) -> HttpResponse:
    return page.render(
        "manual/not_yet.html",
        status=404,
        what=what,
        title=title,
        introduced=introduced,
        to_come=introduced in page.issued.to_come,
        there=there,
    )
