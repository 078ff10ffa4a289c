from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from manual.admin.record import RecordAdmin
from manual.models import Amendment


@admin.register(Amendment)
class AmendmentAdmin(RecordAdmin):
    list_display = ("title", "chapter", "sequence", "significance", "status", "edition")
    list_filter = ("status", "significance", "edition")
    search_fields = ("title", "chapter__slug", "note")
    exclude = ("html", "rendered_with")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Amendment]:
        return super().get_queryset(request).select_related("chapter", "edition").defer("text", "html")
