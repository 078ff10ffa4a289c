"""Texts: every amendment, from the first draft to the edition that carries it."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manual import drafting, workflow
from manual.admin import paper, up_to_date, writing
from manual.admin.decisions import VersionAdmin, day, keyword_names
from manual.models import Amendment, EditionKind, Manual, Significance, Status
from manual.models.amendment import PassageStatus
from manual.models.manual import Numbering
from manual.workflow.permission import PUBLISH

# What a reader sees before the note, as long as no edition says on which day.
NOTE_BEGINS = {
    Significance.NEW: gettext_lazy("New on the day it takes effect."),
    Significance.AMENDED: gettext_lazy("Updated on the day it takes effect."),
    Significance.CORRECTION: gettext_lazy("Corrected on the day it takes effect."),
    Significance.WITHDRAWN: gettext_lazy("Withdrawn on the day it takes effect."),
}


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("where it stands")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("open", _("Being written or waiting")),
            (Status.DRAFT, _("Draft")),
            (Status.SUBMITTED, _("Waiting for approval")),
            (Status.RETURNED, _("Returned to its author")),
            (Status.APPROVED, _("Approved, not published")),
            (Status.PUBLISHED, _("Published")),
            (Status.ABANDONED, _("Abandoned")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "open":
            return queryset.filter(pk__in=Amendment.objects.open())
        return queryset.filter(status=self.value()) if self.value() in Status.values else queryset


class MineFilter(admin.SimpleListFilter):
    title = gettext_lazy("whose")
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("mine", _("Mine")), ("others", _("Somebody else’s"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "mine":
            return queryset.filter(author=request.user.pk)
        return queryset.exclude(author=request.user.pk) if self.value() == "others" else queryset


class KindOfChangeFilter(admin.ChoicesFieldListFilter):
    """Django's, by the name that its column has."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("kind of change")


@admin.register(Amendment)
class AmendmentAdmin(VersionAdmin):
    """Drafts and published texts of the chapters; each leads to its own page, and several to one meeting paper."""

    record_template = "admin/manual/amendment/record.html"
    noun = gettext_lazy("text")
    list_name = gettext_lazy("Texts of chapters")
    list_display = ("title_shown", "state", "kind_of_change", "author_shown", "saved")
    list_filter = (StateFilter, MineFilter, ("significance", KindOfChangeFilter), "edition")
    search_fields = (
        "title",
        "chapter__slug",
        "note",
        "author__username",
        "author__first_name",
        "author__last_name",
    )
    search_help_text = gettext_lazy("Words of the title or the note, or who wrote it")
    ordering = ("-changed_at", "-pk")
    list_per_page = 100
    actions = ("make_paper",)  # type: ignore[assignment] # records have none but this

    # --- The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Amendment]:
        return (
            super().get_queryset(request).select_related("chapter", "edition", "author").defer("text", "html")
        )

    @admin.display(description=gettext_lazy("title"), ordering="title")
    def title_shown(self, amendment: Amendment) -> str:
        return amendment.title_shown

    @admin.display(description=gettext_lazy("kind of change"), ordering="significance")
    def kind_of_change(self, amendment: Amendment) -> str:
        return amendment.get_significance_display()

    @admin.display(description=gettext_lazy("state"), ordering="status")
    def state(self, amendment: Amendment) -> str:
        badge = format_html(
            '<span class="state state-{}">{}</span>', amendment.status, amendment.get_status_display()
        )
        return format_html("{} {}", badge, amendment.edition) if amendment.edition_id else badge

    @admin.display(description=gettext_lazy("last saved"), ordering="changed_at")
    def saved(self, amendment: Amendment) -> str:
        return day(amendment.changed_at)

    @admin.display(description=gettext_lazy("author"), ordering="author__username")
    def author_shown(self, amendment: Amendment) -> str:
        return workflow.name_of(amendment.author) if amendment.author_id else "—"

    @admin.action(description=gettext_lazy("Make a meeting paper of the chosen texts"), permissions=["view"])
    def make_paper(self, request: HttpRequest, amendments: QuerySet[Amendment]) -> HttpResponse | None:
        keys = list(amendments.values_list("pk", flat=True)[: paper.MOST + 1])
        if len(keys) > paper.MOST:
            self.message_user(
                request,
                _("A meeting paper holds at most %(most)s texts. Choose fewer.") % {"most": paper.MOST},
                messages.ERROR,
            )
            return None
        query = QueryDict(mutable=True)
        query.setlist("text", [str(key) for key in keys])
        return redirect(f"{reverse('admin:manual_amendment_paper')}?{query.urlencode()}")

    # --- Its page

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("paper/", self.admin_site.admin_view(paper.paper_view(self)), name="manual_amendment_paper"),
            path(
                "<int:pk>/up-to-date/",
                self.admin_site.admin_view(up_to_date.up_to_date_view(self)),
                name="manual_amendment_up_to_date",
            ),
        ]
        return [*own, *writing.urls(self.admin_site), *super().get_urls()]

    def words_of(self, version: Amendment) -> dict[str, str]:
        manual = Manual.objects.current()
        kind = str(PassageStatus(version.passage_status).label) if version.passage_status else ""
        return {
            _("Title"): version.title,
            _("Applies to"): manual.area_names(version.areas) if version.areas else _("everywhere"),
            _("For other areas see"): workflow.title_of(version.counterpart) if version.counterpart else "",
            _("Status"): kind or _("as the part it stands in"),
            _("Remark"): version.remark,
            _("Words before its entry"): version.label,
            _("Address of the outside document"): version.link,
            _("Numbering"): str(Numbering(version.numbering).label)
            if version.numbering
            else _("as the whole manual"),
            _("Keywords not explained"): keyword_names(version.keywords_off),
            _("Read instead"): workflow.title_of(version.successor) if version.successor else "",
        }

    def problems_of(self, version: Amendment) -> list[drafting.Problem]:
        return drafting.problems_of(version)

    def questions_of(self, version: Amendment) -> list[str]:
        return drafting.questions(version)

    def facts_of(self, version: Amendment) -> list[tuple[str, Any]]:
        chapter = format_html(
            '<a href="{}">{}</a>',
            reverse("admin:manual_chapter_change", args=[version.chapter_id]),
            workflow.title_of(version.chapter),
        )
        return [
            (_("Chapter"), chapter),
            (_("Kind of change"), version.get_significance_display()),
            *super().facts_of(version),
        ]

    def write_address(self, version: Amendment) -> str:
        return reverse("admin:manual_amendment_write", args=[version.pk])

    def preview_address(self, version: Amendment) -> str:
        return reverse("admin:manual_amendment_preview", args=[version.pk])

    def up_to_date_address(self, version: Amendment) -> str:
        return reverse("admin:manual_amendment_up_to_date", args=[version.pk])

    def context_of(self, request: HttpRequest, version: Amendment) -> dict[str, Any]:
        return {
            **super().context_of(request, version),
            "chapter_title": workflow.title_of(version.chapter),
            "note_begins": NOTE_BEGINS[Significance(version.significance)],
            "consequence": writing.CONSEQUENCES[Significance(version.significance)],
            "paper_address": f"{reverse('admin:manual_amendment_paper')}?text={version.pk}",
            "publish_address": _publish_address(request, version),
        }


def _publish_address(request: HttpRequest, version: Amendment) -> str:
    """Where an approved correction goes straight to readers, in an edition of its own; empty for all else."""
    alone = version.edition is None or version.edition.kind == EditionKind.CORRECTION
    ready = version.significance == Significance.CORRECTION and version.status == Status.APPROVED and alone
    if not ready or not cast("User", request.user).has_perm(PUBLISH):
        return ""
    return reverse("admin:manual_edition_publish_correction", args=[version.pk])
