"""The record of decisions: who decided what and when, in sentences. Nobody changes it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manual.admin.record import RecordAdmin
from manual.admin.timeline import DONE, Moment, moments
from manual.models import Event
from manual.models.event import SUBJECTS
from manual.workflow import name_of, said

# Loaded with every event, so that a list makes one query; their texts may be long and are not shown.
RELATED = (
    "by", "edition", "chapter", "notice", "synonym", "person", "manual", "amendment__chapter", "definition__keyword",
    "document_version__document",
)  # fmt: skip
LONG = ("amendment__text", "amendment__html", "definition__meaning", "definition__html")


NOBODY = gettext_lazy("Loaded with the content")


class VerbFilter(admin.SimpleListFilter):
    title = gettext_lazy("what was decided")
    parameter_name = "verb"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(verb, str(done)) for verb, done in DONE.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        return queryset.filter(verb=self.value()) if self.value() in DONE else queryset


class PersonFilter(admin.RelatedOnlyFieldListFilter):
    """Only those who decided something."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("person")
        self.empty_value_display = NOBODY  # type: ignore[assignment] # shown as any words are
        people = dict(User.objects.in_bulk([key for key, _name in self.lookup_choices]))
        self.lookup_choices = [(key, name_of(people[key])) for key, _name in self.lookup_choices]


class DayFilter(admin.DateFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("day")


@admin.register(Event)
class EventAdmin(RecordAdmin):
    """Every decision, the newest first."""

    change_form_template = "admin/manual/event/change_form.html"
    list_display = ("when", "who", "decided_with_details", "about")
    list_display_links = ("when",)
    list_filter = (("by", PersonFilter), VerbFilter, ("at", DayFilter))
    search_fields = ("what", "why", "by__username", "by__first_name", "by__last_name")
    date_hierarchy = "at"
    ordering = ("-at", "-pk")
    list_per_page = 50
    fields = ("when", "who", "decided", "about", "what_changed", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        events: QuerySet[Event] = super().get_queryset(request).select_related(*RELATED).defer(*LONG)
        return events

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {"title": _("Record of decisions"), **(extra_context or {})})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        return super().changeform_view(
            request, object_id, form_url, {"title": "A decision", "subtitle": None, **(extra_context or {})}
        )

    @admin.display(description=gettext_lazy("when"), ordering="at")
    def when(self, event: Event) -> str:
        return said(event.at)

    @admin.display(description=gettext_lazy("who"))
    def who(self, event: Event) -> str:
        return name_of(event.by) if event.by else str(NOBODY)

    @admin.display(description=gettext_lazy("what was decided"))
    def decided(self, event: Event) -> str:
        return _moment(event).done

    @admin.display(description=gettext_lazy("about"))
    def about(self, event: Event) -> SafeString | str:
        return about(event)

    @admin.display(description=gettext_lazy("what was decided"))
    def decided_with_details(self, event: Event) -> SafeString:
        details = [words for words in (event.what, event.why) if words]
        return format_html(
            "<strong>{}</strong>{}",
            _moment(event).done,
            format_html_join("", "<p>{}</p>", ((each,) for each in details)),
        )

    @admin.display(description=gettext_lazy("what changed"))
    def what_changed(self, event: Event) -> str:
        return event.what or "–"

    @admin.display(description=gettext_lazy("comment or reason"))
    def reason(self, event: Event) -> str:
        return event.why or "–"


def about(event: Event) -> SafeString | str:
    """What the decision is about, leading to its page."""
    for name in SUBJECTS:
        subject = getattr(event, name)
        if subject is None:
            continue
        label = subject._meta.label_lower.replace(".", "_")
        shown = (
            name_of(subject)
            if name == "person"
            else subject.title_shown
            if hasattr(subject, "title_shown")
            else str(subject)
        )
        try:
            address = reverse(f"admin:{label}_change", args=[subject.pk])
        except NoReverseMatch:
            return shown
        return format_html('<a href="{}">{}</a>', address, shown)
    return ""


def _moment(event: Event) -> Moment:
    [moment] = moments([event])
    return moment
