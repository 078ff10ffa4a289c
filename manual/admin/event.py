from django.contrib import admin

from manual.admin.record import RecordAdmin
from manual.models import Event


@admin.register(Event)
class EventAdmin(RecordAdmin):
    list_display = ("at", "by", "verb", "from_status", "to_status", "amendment", "edition", "chapter")
    list_filter = ("verb",)
    list_select_related = ("by", "amendment", "edition", "chapter")
    ordering = ("-at", "-pk")
