"""What readers look for: what they did not find, which a synonym or a keyword may mend, and what they look for most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from manual import search
from manual.admin.record import RecordAdmin
from manual.models import Contents, Edition, Manual, Searched
from manual.search import recording
from manual.views.search import A_FEW
from manual.workflow.permission import SAY_SAME, SUBMIT

DAYS = (7, 30, 90)
# Each line of what was not found is searched for again.
ON_A_PAGE = 25


@dataclass(frozen=True)
class Line:
    """Words that were searched for, how often and when last; `found` says whether that finds anything by now."""

    words: str
    times: int
    last: date
    found: bool
    search_address: str
    synonym_address: str = ""
    keyword_address: str = ""


@admin.register(Searched)
class SearchedAdmin(RecordAdmin):
    """Two lists, for those who may view what was searched for. There is nothing to change in them."""

    def get_urls(self) -> list[URLPattern]:
        """A line of them has no page of its own."""
        seen = self.admin_site.admin_view
        return [
            path("", seen(self.changelist_view), name="manual_searched_changelist"),
            path("most/", seen(self.most_view), name="manual_searched_most"),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What found nothing."""
        return self._page(request, "missed")

    def most_view(self, request: HttpRequest) -> HttpResponse:
        """What was searched for most, whether it was found or not."""
        return self._page(request, "most")

    def _page(self, request: HttpRequest, which: str) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        days = next((each for each in DAYS if request.GET.get("days") == str(each)), DAYS[-1])
        rows = (
            recording.not_found(days)
            if which == "missed"
            else recording.by_words(days).order_by("-searches", "-last", "words")
        )
        page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
        lines = _missed(page.object_list, request.user) if which == "missed" else _most(page.object_list)
        user = cast(User, request.user)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("What readers look for"),
            "which": which,
            "lines": lines,
            "page": page,
            "days": days,
            "choices": DAYS,
            "counts": Manual.objects.current().keep_searches,
            "may_change_settings": user.has_perm("manual.change_manual"),
            "may_see_synonyms": user.has_perm("manual.view_synonym") or user.has_perm(SAY_SAME),
        }
        return TemplateResponse(request, "admin/manual/searched/list.html", context)


def _missed(rows: Any, user: Any) -> list[Line]:
    """As search answers today; a few queries a line."""
    edition = Edition.objects.in_force()
    contents = Contents.of(edition) if edition else None
    add_synonym = reverse("admin:manual_synonym_add") if user.has_perm(SAY_SAME) else ""
    add_keyword = reverse("admin:manual_keyword_add") if user.has_perm(SUBMIT) else ""
    lines = []
    for row in rows:
        words = recording.written(row["words"])
        lines.append(
            Line(
                words=words,
                times=row["missed"],
                last=row["last"],
                found=bool(contents) and finds(words, cast(Contents, contents)),
                search_address=_search(words),
                synonym_address=f"{add_synonym}?{urlencode({'words': words})}" if add_synonym else "",
                keyword_address=f"{add_keyword}?{urlencode({'name': words})}" if add_keyword else "",
            )
        )
    return lines


def _most(rows: Any) -> list[Line]:
    """As it was when it was last searched for."""
    return [_line(row) for row in rows]


def _line(row: Mapping[str, Any]) -> Line:
    words = recording.written(row["words"])
    return Line(words, row["searches"], row["last"], row["was_found"], _search(words))


def finds(query: str, contents: Contents) -> bool:
    """Whether it is found as it was typed, as the page of results counts it."""
    if search.answer(query, contents):
        return True
    results = search.search(query, contents, per_page=1, correct=False)
    return bool(results.entries) and not (results.loose and len(results.words) <= A_FEW)


def _search(words: str) -> str:
    return f"{reverse('search')}?{urlencode({'q': words})}"
