"""A page of the admin that shows what is on record and changes nothing."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


class RecordAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # generic in the stubs only
    """View only, for those who may view: the verbs are the only writers."""

    actions = None
    change_form_template = "admin/manual/looked_at.html"
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What was decided stands on the record itself, or in the list of all that was decided."""
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", object_id)


class RecordInline(admin.TabularInline):  # type: ignore[type-arg] # generic in the stubs only
    """Rows that belong to a record, shown below it."""

    extra = 0
    can_delete = False
    show_change_link = True

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
