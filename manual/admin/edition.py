from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from manual.admin.record import RecordAdmin, RecordInline
from manual.models import Amendment, Definition, Edition


class AmendmentInline(RecordInline):
    model = Amendment
    fields = ("title", "significance", "note")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Amendment]:
        return super().get_queryset(request).select_related("chapter").defer("text", "html")


class DefinitionInline(RecordInline):
    model = Definition
    fields = ("name", "note")


@admin.register(Edition)
class EditionAdmin(RecordAdmin):
    list_display = ("__str__", "name", "kind", "effective_at", "state")
    ordering = ("-effective_at",)
    exclude = ("stamp",)
    inlines = (AmendmentInline, DefinitionInline)

    @admin.display(description="state")
    def state(self, edition: Edition) -> str:
        if not edition.published_at:
            return "in preparation"
        if edition.effective_at and edition.effective_at > timezone.now():
            return "scheduled"
        return "in force" if edition == Edition.objects.in_force() else "superseded"
