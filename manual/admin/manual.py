from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from manual.models import Contents, Edition, Manual, Section


class ManualForm(forms.ModelForm):  # type: ignore[type-arg] # generic in the stubs only
    """Refuses to name a chapter or section that the edition in force does not have: pages would lose them."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        edition = Edition.objects.in_force()
        if edition is None:
            return cleaned
        contents = Contents.of(edition)
        for name in ("contacts", "quick_guide"):
            line = contents.by_slug.get(cleaned.get(name, ""))
            if line is None or line.withdrawn or not line.is_page:
                self.add_error(name, "The edition in force has no chapter with this address.")
        contacts = contents.by_slug.get(cleaned.get("contacts", ""))
        anchor = cleaned.get("urgent_help", "")
        if contacts and not Section.objects.filter(amendment=contacts.amendment_id, anchor=anchor).exists():
            self.add_error("urgent_help", "The contacts chapter has no section with this address.")
        return cleaned


@admin.register(Manual)
class ManualAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # generic in the stubs only
    """The one manual: its name, its board, whether it is a sample."""

    form = ManualForm
    fields = ("title", "board", "sample", "contacts", "urgent_help", "quick_guide")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Manual.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
