"""Search over the manual in force, or as an edition had it."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from manual import search
from manual.models import Edition, Line, NumberHistory
from manual.models.issued import day_of, moment_of
from manual.models.numbers import NUMBER
from manual.rendering.vocabulary import STATUSES
from manual.search import recording
from manual.templatetags.kept import Frame, gap
from manual.views.counted import counted
from manual.views.frame import whole_frame
from manual.views.page import Page, Today
from manual.views.rows import Rows, listed, pager
from manual.views.since import Since

MOST_PAGES = 500
LONGEST = 300
# Somebody who asks a whole question does not expect every word of it in one section.
A_FEW = 3
STATUS_ONLY = {
    "policy": gettext_noop("policy only"),
    "procedure": gettext_noop("procedures only"),
    "guidance": gettext_noop("guidance only"),
    "protocol": gettext_noop("protocol only"),
}


@dataclass
class Narrowing:
    """What a reader has narrowed a search to, as the address says; what means nothing there is left out."""

    page: Page

    @cached_property
    def part(self) -> Line | None:
        asked = self._asked("part")
        return next((line for line in self.page.contents.parts if line.slug == asked), None)

    @cached_property
    def chapter(self) -> Line | None:
        return self.page.contents.by_slug.get(self._asked("chapter"))

    @cached_property
    def area(self) -> str:
        asked = self._asked("area")
        return asked if asked in self.page.manual.areas else ""

    @cached_property
    def status(self) -> str:
        asked = self._asked("status")
        return asked if asked in self.statuses else ""

    @cached_property
    def since(self) -> Since | None:
        return Since.of(self.page.request, self.page.issued)

    @cached_property
    def withdrawn(self) -> bool:
        return bool(self._asked("withdrawn"))

    @cached_property
    def exact(self) -> bool:
        """Whether nothing is to be put right in what was typed. It limits nothing."""
        return bool(self._asked("exact"))

    @property
    def statuses(self) -> list[str]:
        return sorted(STATUSES)

    @property
    def parts(self) -> SafeString:
        """The parts to choose from, as options of a form."""
        parts = tuple((line.slug, line.name) for line in self.page.contents.parts)
        return _options(parts, self.part.slug if self.part else "")

    @property
    def editions(self) -> SafeString:
        """The editions to search in, the newest first; one that is still to come only where it is searched now."""
        edition = self.page.contents.edition
        to_come = (_named(edition),) if self.page.to_come else ()
        return _options((*to_come, *self.known_editions), str(edition.number) if self.page.dated else "")

    @property
    def editions_since(self) -> SafeString:
        """The editions since which a chapter may have changed."""
        chosen = self.since.edition if self.since and self.since.by_edition else None
        return _options(self.known_editions, str(chosen.number) if chosen else "")

    @cached_property
    def known_editions(self) -> tuple[tuple[str, str], ...]:
        return tuple(_named(edition) for edition in reversed(self.page.issued.editions))

    @property
    def words(self) -> list[str]:
        """How it is said, one limit after the other."""
        said = []
        if self.chapter:
            said.append(_("in “%(title)s”") % {"title": self.chapter.title})
        if self.part:
            said.append(_("in %(name)s") % {"name": self.part.name})
        if self.area:
            said.append(_("for %(areas)s") % {"areas": self.page.manual.area_names([self.area])})
        if self.status:
            said.append(_(STATUS_ONLY[self.status]))
        if self.since:
            since = self.since.edition if self.since.by_edition else None
            said.append(
                _("changed since edition %(number)s") % {"number": since.number}
                if since
                else _("changed since %(day)s") % {"day": date_format(self.since.day, "j F Y")}
            )
        if self.withdrawn:
            said.append(_("withdrawn chapters as well"))
        return said

    @property
    def filters(self) -> search.Filters:
        return search.Filters(
            part=self.part.slug if self.part else "",
            chapter=self.chapter.slug if self.chapter else "",
            area=self.area,
            status=self.status,
            changed_in=self._changed_in,
            withdrawn=self.withdrawn,
        )

    @cached_property
    def query(self) -> dict[str, str]:
        """As an address has it."""
        asked = {
            "part": self.part.slug if self.part else "",
            "chapter": self.chapter.slug if self.chapter else "",
            "area": self.area,
            "status": self.status,
            "withdrawn": "1" if self.withdrawn else "",
        }
        if self.since and self.since.by_edition and self.since.edition:
            asked["since_edition"] = str(self.since.edition.number)
        elif self.since:
            asked["since"] = self.since.day.isoformat()
        return {name: value for name, value in asked.items() if value}

    @property
    def _changed_in(self) -> frozenset[int] | None:
        """The editions that took effect after what was in force then."""
        if self.since is None:
            return None
        editions = [*self.page.issued.editions, *self.page.issued.to_come]
        first = editions.index(self.since.edition) + 1 if self.since.edition else 0
        return frozenset(edition.pk for edition in editions[first:])

    def _asked(self, name: str) -> str:
        return self.page.request.GET.get(name, "")


@functools.lru_cache(maxsize=256)
def _options(choices: tuple[tuple[str, str], ...], chosen: str) -> SafeString:
    return format_html_join(
        "", '<option value="{}"{}>{}</option>',
        ((value, mark_safe(" selected") if value == chosen else "", words) for value, words in choices),
    )  # fmt: skip


def _named(edition: Edition) -> tuple[str, str]:
    return _in_words(get_language(), edition.number, moment_of(edition))


@functools.lru_cache(maxsize=1024)
def _in_words(_language: str | None, number: int | None, moment: datetime) -> tuple[str, str]:
    return str(number), f"{number}, {date_format(day_of(moment), 'j F Y')}"


@require_safe
def results(request: HttpRequest, edition: int | None = None) -> HttpResponse:
    """Chapters whose title, headings or text have the words, with their best sections; and what answers at once."""
    page = Page.of(request, edition)
    asked = " ".join(request.GET.get("q", "").replace("\0", " ").split())
    query = asked[:LONGEST]
    page.searched = query
    if led := _to_edition(page):
        return led
    narrowing = Narrowing(page)
    if page.dated:
        asks = {"q": query, **narrowing.query}
        page.same_today = Today(f"{reverse('search')}?{urlencode(asks)}" if query else reverse("search"))
    number = _page_number(request)
    found = search.search(
        query, page.contents, filters=narrowing.filters, page=number, correct=not narrowing.exact
    )
    last = max(1, -(-found.entries // search.PER_PAGE))
    if number > last:
        return HttpResponseRedirect(_at(page, narrowing, page=last))
    at_once = search.answer(query, page.contents) if number == 1 else search.Answers()
    number_past = _number_past(page)
    if (
        number == 1
        and not narrowing.query
        and not page.dated
        and page.manual.keep_searches
        and not page.for_staff
    ):
        nearly = found.corrected or (found.loose and len(found.words) <= A_FEW)
        recording.note(query, found=bool(at_once) or bool(found.entries and not nearly))
    title = _title(page)
    if not query:
        return page.render("manual/search.html", query=query, title=title)
    filters = _filters(page, narrowing)
    same = _at(page, narrowing)
    rows = Rows(page, found.corrected or query, lambda line: f"{same}&chapter={line.slug}")
    answers = format_html(
        "{}{}{}",
        _goes_to(page, at_once, number_past, shortened=len(asked) > LONGEST),
        rows.cards(at_once.cards),
        _said(page, narrowing, found, at_once, number, last),
    )
    results = listed(rows.of(found.groups), (number - 1) * search.PER_PAGE + 1) + pager(
        number,
        earlier=_at(page, narrowing, page=number - 1) if number > 1 else "",
        later=_at(page, narrowing, page=number + 1) if number < min(last, MOST_PAGES) else "",
    )
    whole = whole_frame(
        page,
        filters.key,
        lambda: {
            "query": gap("query"),
            "title": gap("title"),
            "filters": filters.in_gaps(),
            "answers": gap("answers"),
            "results": gap("results"),
        },
        {"title": escape(title), "answers": answers, "results": results},
    )
    if whole.key is None:
        return page.render(
            "manual/search.html", query=query, title=title, filters=filters, answers=answers, results=results
        )
    return page.render_kept("manual/search.html", whole)


def _title(page: Page) -> str:
    """Of the page, as the browser shows it over all."""
    edition = page.edition.number if page.dated and page.edition else None
    told = {"query": page.searched, "number": edition, "title": page.manual.title}
    if page.searched and edition is not None:
        return _("“%(query)s” – Search of edition %(number)s – %(title)s") % told
    if page.searched:
        return _("“%(query)s” – Search – %(title)s") % told
    if edition is not None:
        return _("Search of edition %(number)s – %(title)s") % told
    return _("Search – %(title)s") % told


def _goes_to(
    page: Page, at_once: search.Answers, number_past: NumberHistory | None, *, shortened: bool
) -> str:
    """The way to what has the number or the title that was typed; for most queries there is none."""
    if not (shortened or number_past or at_once.number_of or at_once.titled):
        return ""
    return render_to_string(
        "manual/partials/search_goes_to.html",
        {
            "shortened": shortened,
            "number_past": number_past,
            "at_once": at_once,
            "go_to": _go_to(at_once, page),
        },
    )


def _said(
    page: Page,
    narrowing: Narrowing,
    found: search.Results,
    at_once: search.Answers,
    number: int,
    last: int,
) -> str:
    """How much was found, for what if it was put right; and what to do where nothing was."""
    count = counted(
        found,
        page.searched,
        edition=page.edition.number if page.dated and page.edition else None,
        limits=", ".join(narrowing.words),
        page_number=number,
        last_page=last,
    )
    said = [count] if found.total or not at_once.number_of else []
    if found.corrected:
        as_typed = _at(page, narrowing, exact=1)
        put_right = {"corrected": found.corrected, "query": page.searched, "as_typed": as_typed}
        said.insert(0, render_to_string("manual/partials/results_corrected.html", put_right))
    if not found.entries and not at_once.number_of:
        nothing = {
            "found": found,
            "page": page,
            "anywhere": _at(page, narrowing, bare=True) if narrowing.query else "",
            "with_withdrawn": _at(page, narrowing, withdrawn=1) if not narrowing.withdrawn else "",
        }
        said.append(render_to_string("manual/partials/nothing_found.html", nothing))
    return mark_safe("".join(said))  # noqa: S308 # rendered


def _filters(page: Page, narrowing: Narrowing) -> Frame:
    """The form that narrows a search: the same for all that are not narrowed."""
    frame = page.frame
    as_it_is = not narrowing.query and not narrowing.exact
    return Frame(
        (frame.key, page.contents.edition.stamp, narrowing.known_editions) if as_it_is else None,
        lambda: {
            **frame.shown(),
            "narrowing": narrowing,
            "anywhere": _at(page, narrowing, bare=True) if narrowing.query else "",
        },
        frame.filled_in,
    )


def _kept(address: str, page: Page) -> str:
    """With the day asked for, so that it is not lost."""
    target, hash_, anchor = address.partition("#")
    return f"{target}{page.kept}{hash_}{anchor}"


def _go_to(at_once: search.Answers, page: Page) -> str:
    """Where what has the number or the title that was typed is read."""
    address = at_once.address or (at_once.titled.url if at_once.titled else "")
    return _kept(address, page) if address else ""


def _to_edition(page: Page) -> HttpResponse | None:
    """Leads to the same search in the edition that was chosen; to that of today where none was."""
    asked = page.request.GET.get("edition")
    if asked is None:
        return None
    others = page.request.GET.copy()
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 8 else None
    known = number in page.issued.by_number
    # Another edition need not be that of the day asked for.
    same = page.dated and page.edition and number == page.edition.number
    for name in ("edition", "page") if same else ("edition", "page", "on"):
        others.pop(name, None)
    address = reverse("edition-search", args=[number]) if known else reverse("search")
    return HttpResponseRedirect(f"{address}?{others.urlencode()}")


def _number_past(page: Page) -> NumberHistory | None:
    """Who had the number that was searched for, where in the manual in force it is no longer, or not always was, of one
    chapter. Other searches cost no query."""
    if page.dated or not NUMBER.fullmatch(page.searched):
        return None
    past = NumberHistory.of(page.searched, page.contents, page.issued.editions)
    return past if past.former else None


def _at(shown: Page, narrowing: Narrowing, *, bare: bool = False, **more: object) -> str:
    """The address of another page of the same results, or of the same search otherwise narrowed."""
    kept = {} if bare else narrowing.query
    exact = {"exact": "1"} if narrowing.exact and not bare else {}
    return f"?{urlencode({'q': shown.searched, **kept, **exact, **more, **_on(shown)})}"


def _on(page: Page) -> dict[str, str]:
    """The day asked for, as an address has it."""
    return {"on": page.that_day.day.isoformat()} if page.that_day else {}


def _page_number(request: HttpRequest) -> int:
    asked = request.GET.get("page", "1")
    return (
        min(max(1, int(asked)), MOST_PAGES) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    )
