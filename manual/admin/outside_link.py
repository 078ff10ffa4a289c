"""Addresses outside the manual: which of them no longer answer, and which chapters lead there."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manual.admin.record import RecordAdmin
from manual.interchange.outside import chapters_leading_to
from manual.models import OutsideLink
from manual.workflow import said


class AnswerFilter(admin.SimpleListFilter):
    title = gettext_lazy("answer")
    parameter_name = "answers"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", _("Does not answer")), ("yes", _("Answers"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[OutsideLink]) -> QuerySet[OutsideLink]:
        if self.value() == "no":
            return queryset.filter(failing_since__isnull=False)
        return queryset.filter(failing_since__isnull=True) if self.value() == "yes" else queryset


@admin.register(OutsideLink)
class OutsideLinkAdmin(RecordAdmin):
    """What the last check found; the check itself is a command that whoever runs the site repeats."""

    change_form_template = "admin/manual/outsidelink/change_form.html"
    list_display = ("address", "answer", "since")
    list_filter = (AnswerFilter,)
    search_fields = ("address", "problem")
    ordering = ("failing_since", "address")
    fields = ("leads_to", "answer", "since", "asked", "chapters")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {"title": _("Outside links"), **(extra_context or {})})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        return super().changeform_view(
            request, object_id, form_url, {"title": _("Outside link"), **(extra_context or {})}
        )

    @admin.display(description=gettext_lazy("address"))
    def leads_to(self, link: OutsideLink) -> SafeString:
        return format_html('<a href="{}" rel="noreferrer">{}</a>', link.address, link.address)

    @admin.display(description=gettext_lazy("answer"), ordering="problem")
    def answer(self, link: OutsideLink) -> str:
        return link.problem or _("It answers.")

    @admin.display(description=gettext_lazy("no answer since"), ordering="failing_since")
    def since(self, link: OutsideLink) -> str:
        return said(link.failing_since) if link.failing_since else "–"

    @admin.display(description=gettext_lazy("last asked"), ordering="checked_at")
    def asked(self, link: OutsideLink) -> str:
        return said(link.checked_at) if link.checked_at else _("never")

    @admin.display(description=gettext_lazy("where it is used"))
    def chapters(self, link: OutsideLink) -> SafeString | str:
        found = [
            (reverse("admin:manual_chapter_change", args=[key]), title)
            for key, title in chapters_leading_to(link.address)
        ]
        if not found:
            return _("In no chapter of the edition in force; perhaps in the meaning of a keyword.")
        return format_html(
            '<ul class="plain-list">{}</ul>', format_html_join("", '<li><a href="{}">{}</a></li>', found)
        )
