"""Notices: what is up now and what was; pinned with one small form, and taken down with one click."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manual import workflow
from manual.admin.record import RecordAdmin
from manual.admin.timeline import timeline_of
from manual.models import Chapter, Contents, Edition, Line, Notice
from manual.workflow import name_of
from manual.workflow.permission import PIN

# A notice that is to stay a day stays until that day is over.
LAST_MINUTE = time(23, 59)
PAST_ON_A_PAGE = 50
OTHER = "other"


class NoticeForm(forms.Form):
    """A notice before it is up. Nothing is seen by readers until it is pinned."""

    words = forms.CharField(
        label=gettext_lazy("What it says"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=gettext_lazy(
            "One or two plain sentences, such as: The duty line is down. Ring 01632 960100 instead."
        ),
    )
    where = forms.ChoiceField(
        label=gettext_lazy("Where"),
        required=False,
        help_text=gettext_lazy("Every page, or the page of one chapter in force."),
    )
    until = forms.ChoiceField(label=gettext_lazy("Until"), widget=forms.RadioSelect)
    day = forms.DateField(
        label=gettext_lazy("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    at = forms.TimeField(
        label=gettext_lazy("Time in London (empty: to the end of that day)"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localtime(now).date()
        self.ends = _ends(today)
        cast(forms.ChoiceField, self.fields["until"]).choices = [
            *((key, label) for key, (label, _day) in self.ends.items()),
            (OTHER, _("Until another day")),
        ]
        cast(forms.ChoiceField, self.fields["where"]).choices = [("", _("Every page")), *_chapters_in_force()]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        until, day = cleaned.get("until"), cleaned.get("day")
        at = cleaned.get("at") or LAST_MINUTE
        if until == OTHER and not day and "day" not in self.errors:
            self.add_error("day", _("Say until which day, or choose one of the ends above."))
        elif until and until != OTHER and (day or cleaned.get("at")):
            self.add_error("until", _("You typed a day or a time: choose “Until another day”, or empty it."))
        elif until == OTHER and day:
            cleaned["expires_at"] = self._in_london(day, at)
        elif until in self.ends:
            cleaned["expires_at"] = self._in_london(self.ends[until][1], LAST_MINUTE)
        return cleaned

    def _in_london(self, day: date, at: time) -> datetime | None:
        """None, and an error, for the hour that is skipped or comes twice when the clocks change."""
        try:
            return cast(datetime, forms.DateTimeField().clean(f"{day:%Y-%m-%d} {at:%H:%M}"))
        except forms.ValidationError:
            self.add_error("at", _("The clocks change in that hour. Choose an hour before or after it."))
            return None

    @property
    def chapter(self) -> Chapter | None:
        """The chapter over which it is to stand; none for every page."""
        where = self.cleaned_data["where"]
        return Chapter.objects.get(pk=where) if where else None


def _ends(today: date) -> dict[str, tuple[str, date]]:
    """The ends that are chosen most, in words with their day."""
    week = today + timedelta(days=7)
    last = today.replace(day=calendar.monthrange(today.year, today.month)[1])
    if last - today < timedelta(days=8):
        later = last + timedelta(days=1)
        last = later.replace(day=calendar.monthrange(later.year, later.month)[1])
    return {
        "today": (_("Until midnight today (%(today)s)") % {"today": workflow.day_said(today)}, today),
        "week": (_("For one week, to the end of %(week)s") % {"week": workflow.day_said(week)}, week),
        "month": (_("Until %(last)s") % {"last": workflow.day_said(last)}, last),
    }


def _chapters_in_force() -> list[tuple[str, str]]:
    edition = Edition.objects.in_force()
    if edition is None:
        return []
    return [(str(line.chapter_id), line.name) for line in Contents.of(edition).lines if line.is_page]


@admin.register(Notice)
class NoticeAdmin(RecordAdmin):
    """Pinned and taken down by those who may; seen by all who may view notices."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return cast(User, request.user).has_perm(PIN)

    def get_urls(self) -> list[URLPattern]:
        take_down = path(
            "<int:pk>/take-down/",
            self.admin_site.admin_view(self.take_down_view),
            name="manual_notice_take_down",
        )
        return [take_down, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = timezone.now()
        notices = Notice.objects.select_related("chapter", "pinned_by")
        up = list(notices.up(now))
        past = Paginator(notices.exclude(pk__in=[notice.pk for notice in up]), PAST_ON_A_PAGE)
        page = past.get_page(request.GET.get("page"))
        return self._page(
            request, "admin/manual/notice/list.html", title=_("Notices"), up=_with_places(up), past=page,
            past_ones=_with_places(page.object_list), **(extra_context or {}),
        )  # fmt: skip

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form; shown as readers will see it first, or pinned at once."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        now = timezone.now()
        asked = request.POST if request.method == "POST" else None
        initial = {"until": "today", "where": request.GET.get("chapter", "")}
        form = NoticeForm(asked, now=now, initial=initial)
        preview = None
        refusal = ""
        if asked is not None and form.is_valid():
            words, expires_at = form.cleaned_data["words"], form.cleaned_data["expires_at"]
            if "preview" in asked:
                preview = Notice(words=" ".join(words.split()), chapter=form.chapter, expires_at=expires_at)
            else:
                try:
                    workflow.pin(
                        by=cast(User, request.user), words=words, expires_at=expires_at, chapter=form.chapter
                    )
                except workflow.Refused as refused:
                    refusal = str(refused)
                else:
                    messages.success(
                        request,
                        _("The notice is up until %(expires_at)s.")
                        % {"expires_at": workflow.said(expires_at)},
                    )
                    return redirect("admin:manual_notice_changelist")
        wrong = bool(refusal or form.errors)
        return self._page(
            request, "admin/manual/notice/form.html", status=422 if wrong else 200, title=_("Pin a notice"),
            form=form, preview=preview, seen=[preview] if preview else [], refusal=refusal, **(extra_context or {}),
        )  # fmt: skip

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """What a notice said, where and until when, and what was decided about it."""
        notice = self.get_object(request, object_id)
        if not self.has_view_permission(request, notice) or request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        if notice is None:
            messages.warning(request, _("There is no such notice."))
            return redirect("admin:manual_notice_changelist")
        return self._page(
            request, "admin/manual/notice/record.html", title=_("Notice"), notice=notice,
            up=notice.is_up(), seen=[notice], where=_with_places([notice])[0][1], moments=timeline_of(notice),
            pinned_by=name_of(notice.pinned_by), **(extra_context or {}),
        )  # fmt: skip

    def take_down_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One click takes a notice away from readers."""
        notice = get_object_or_404(Notice, pk=pk)
        return self.one_click(
            request,
            lambda: workflow.take_down(notice, by=cast(User, request.user)),
            _("The notice is taken down: %(words)s") % {"words": notice.words},
        )

    def _page(self, request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
        return self.page(request, template, status, {"may_pin": self.has_add_permission(request), **context})


def _with_places(notices: Iterable[Notice]) -> list[tuple[Notice, str]]:
    """Notices, each with what it stands over: “every page”, or number and title of a chapter."""
    edition = Edition.objects.in_force()
    lines = Contents.of(edition).by_chapter if edition else {}
    return [(notice, _place(notice, lines)) for notice in notices]


def _place(notice: Notice, lines: Mapping[int, Line]) -> str:
    if notice.chapter is None:
        return _("every page")
    line = lines.get(notice.chapter.pk)
    return f"“{line.name if line else workflow.title_of(notice.chapter)}”"
