from django.contrib import admin

from manual.admin.record import RecordAdmin, RecordInline
from manual.models import Definition, Keyword


class DefinitionInline(RecordInline):
    model = Definition
    fields = ("name", "also", "meaning", "status", "edition", "note")


@admin.register(Keyword)
class KeywordAdmin(RecordAdmin):
    list_display = ("slug",)
    search_fields = ("slug", "definitions__name")
    inlines = (DefinitionInline,)
