"""A page of the admin that shows what is on record and changes nothing."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from manual import workflow


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

    def one_click(self, request: HttpRequest, decide: Callable[[], object], said: str) -> HttpResponse:
        """What one button decides; then back to the list, which says what became of it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            decide()
        except workflow.NotPermitted as refusal:
            raise PermissionDenied from refusal
        except workflow.Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, said)
        return redirect(self.list_address)

    @property
    def list_address(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def page(self, request: HttpRequest, template: str, status: int, context: dict[str, Any]) -> HttpResponse:
        """A page of its own, with what all pages of the admin have."""
        shared = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "list_address": self.list_address,
        }
        return TemplateResponse(request, template, {**shared, **context}, status=status)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What was decided stands on the record itself, or in the list of all that was decided."""
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", object_id)
