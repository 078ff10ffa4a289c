"""The settings of the manual: its name, the chapters that every page leads to, and who has to see a change."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.contrib.auth.models import User
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manual import workflow
from manual.models import Contents, Edition, Kind, Manual, Section

NO_CHAPTER = gettext_lazy("The edition in force has no chapter with this address.")
NO_PART = gettext_lazy("The edition in force has no part with this address.")
NO_SECTION = gettext_lazy("The contacts chapter has no section with this address.")


class ManualForm(forms.ModelForm):  # type: ignore[type-arg] # generic in the stubs only
    """Refuses to name a chapter or section that the edition in force does not have: pages would lose them.

    While nothing is in force, addresses are typed.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        edition = Edition.objects.in_force()
        if edition is None or "contacts" not in self.fields:
            return
        living = [line for line in Contents.of(edition).lines if not line.withdrawn]
        lines = [line for line in living if line.kind == Kind.CHAPTER]
        chapters = [(line.slug, line.name) for line in lines]
        for name in ("contacts", "quick_guide"):
            self._choose(name, chapters, str(NO_CHAPTER))
        parts = [(line.slug, line.name) for line in living if line.kind == Kind.PART]
        self._choose("about", [("", _("None")), *parts], str(NO_PART), required=False)
        # Of the chapter that was just chosen, so that its sections can be chosen next.
        chosen = self.data.get("contacts") if self.is_bound else self.instance.contacts
        amendment = next((line.amendment_id for line in lines if line.slug == chosen), None)
        sections = Section.objects.filter(amendment=amendment).exclude(anchor="")
        self._choose(
            "urgent_help",
            [(section.anchor, section.heading or section.anchor) for section in sections.defer("text")],
            str(NO_SECTION),
        )

    def _choose(
        self, name: str, choices: list[tuple[str, str]], refusal: str, *, required: bool = True
    ) -> None:
        before = self.fields[name]
        current = getattr(self.instance, name)
        missing = current not in dict(choices)
        if missing:
            choices = [
                (current, _("%(current)s (not in the edition in force)") % {"current": current}),
                *choices,
            ]
        field = _OfThese(
            choices=choices,
            label=before.label,
            help_text=before.help_text,
            required=required,
            error_messages={"invalid_choice": refusal},
        )
        field.missing = current if missing else ""
        self.fields[name] = field

    @property
    def said(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields}


class _OfThese(forms.ChoiceField):
    """A choice that shows what is set now even where that leads nowhere, and does not take it again."""

    missing = ""

    def valid_value(self, value: Any) -> bool:
        return value != self.missing and super().valid_value(value)


@admin.register(Manual)
class ManualAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # generic in the stubs only
    """The one manual. Every change is a verb and stands on record."""

    form = ManualForm
    formfield_overrides = {
        models.CharField: {"widget": AdminTextInputWidget(attrs={"class": "vLargeTextField"})}
    }
    readonly_fields = ("numbered_by", "parts_of_the_patch")
    fieldsets = (
        (gettext_lazy("The manual"), {"fields": ("title", "board", "sample")}),
        (
            gettext_lazy("Chapters that pages lead to"),
            {"fields": ("contacts", "urgent_help", "quick_guide", "about")},
        ),
        (
            gettext_lazy("Who has to see a change"),
            {
                "fields": ("self_approval",),
                "description": gettext_lazy(
                    "Without the tick, nobody can approve what they wrote themselves, so that "
                    "two people have seen every word before readers do. With it, an Approver can "
                    "publish alone. It holds from the moment that you save, also for what is "
                    "waiting now; each edition says for ever which of its changes only their "
                    "author had seen."
                ),
            },
        ),
        (
            gettext_lazy("What readers see of an approval"),
            {
                "fields": ("approvers_shown",),
                "description": gettext_lazy(
                    "With the tick, the history of each chapter names whoever approved an amendment; "
                    "without it, only the meeting that agreed it, where that is on record."
                ),
            },
        ),
        (
            gettext_lazy("What readers look for"),
            {
                "fields": ("keep_searches",),
                "description": gettext_lazy(
                    "With the tick, editors see which words readers searched for, how often on which day, "
                    "and what was not found. Nothing tells who searched, and after 90 days it is deleted. Without the "
                    "tick, nothing is counted, and what was counted so far is deleted when you save."
                ),
            },
        ),
        (
            gettext_lazy("Fixed when the manual was set up"),
            {
                "fields": ("numbered_by", "parts_of_the_patch"),
                "description": gettext_lazy(
                    "Every text is stored with these, and citations go by its numbers. Whoever runs the "
                    "site changes them together with the texts."
                ),
            },
        ),
    )

    @admin.display(description=gettext_lazy("how texts are numbered"))
    def numbered_by(self, manual: Manual) -> str:
        return manual.get_numbering_display()

    @admin.display(description=gettext_lazy("areas"))
    def parts_of_the_patch(self, manual: Manual) -> str:
        return ", ".join(map(str, manual.areas.values())) or _("None: all of it holds everywhere")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Manual.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """There is one, so the list of it would be a page for nothing."""
        if Manual.objects.exists() and self.has_view_or_change_permission(request):
            return redirect("admin:manual_manual_change", 1)
        return super().changelist_view(request, extra_context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        words = {"title": _("Settings"), "subtitle": None, "show_save_and_continue": False}
        try:
            return super().changeform_view(request, object_id, form_url, {**words, **(extra_context or {})})
        except workflow.Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(request.path)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What was changed stands in the list of all that was decided."""
        return redirect(f"{reverse('admin:manual_event_changelist')}?verb=change+settings")

    def save_model(self, request: HttpRequest, obj: Manual, form: Any, change: bool) -> None:
        workflow.change_settings(by=cast("User", request.user), **form.said)
        obj.pk = 1

    def response_change(self, request: HttpRequest, obj: Manual) -> HttpResponse:
        messages.success(request, _("The settings are saved, and readers see them now."))
        return redirect("admin:manual_manual_change", 1)

    def log_addition(self, request: HttpRequest, obj: Manual, message: Any) -> None:  # type: ignore[override] # the verb has recorded it
        """Events are the record."""

    def log_change(self, request: HttpRequest, obj: Manual, message: Any) -> None:  # type: ignore[override] # the same
        """Events are the record."""
