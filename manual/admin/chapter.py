from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from manual.admin.record import RecordAdmin, RecordInline
from manual.models import Amendment, Chapter


class AmendmentInline(RecordInline):
    model = Amendment
    fk_name = "chapter"
    fields = ("title", "sequence", "significance", "status", "edition", "note")


@admin.register(Chapter)
class ChapterAdmin(RecordAdmin):
    list_display = ("newest_title", "slug", "kind", "numbered")
    list_display_links = ("newest_title",)
    list_filter = ("kind",)
    search_fields = ("slug", "amendments__title")
    ordering = ("tree_id", "lft")
    fields = ("slug", "kind", "parent", "numbered")
    inlines = (AmendmentInline,)
    list_per_page = 200

    def get_queryset(self, request: HttpRequest) -> QuerySet[Chapter]:
        newest = Amendment.objects.filter(chapter=OuterRef("pk")).order_by("-pk")
        chapters: QuerySet[Chapter] = (
            super().get_queryset(request).annotate(newest_title=Subquery(newest.values("title")[:1]))
        )
        return chapters

    @admin.display(description="title")
    def newest_title(self, chapter: Chapter) -> str:
        title = getattr(chapter, "newest_title", None) or chapter.slug
        return f"{'— ' * chapter.level}{title}"
