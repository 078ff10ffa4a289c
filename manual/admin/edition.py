"""Editions: prepared, checked on one page before anybody reads them, published, and kept on record."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, IntegerField, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache

from manual import workflow
from manual.admin.composing import EditionForm, WhatGoesIn, moment_said
from manual.admin.confirmation import (
    Confirmation,
    numbers_changed,
    opened,
    sealed,
    versions_in,
)
from manual.admin.decisions import agreement_said
from manual.admin.record import RecordAdmin
from manual.admin.timeline import timeline_of
from manual.models import Amendment, Definition, DocumentVersion, Edition
from manual.models.edition import STATES
from manual.workflow import Moved, Refused, day_said, name_of, said
from manual.workflow.permission import PUBLISH

# Of each state, the badge that shows it.
BADGES = {
    "in preparation": "preparation",
    "scheduled": "scheduled",
    "in force": "in-force",
    "superseded": "superseded",
    "given up": "given-up",
}
LOST = gettext_lazy(
    "The page you came from was not complete, so nothing was published. This is the edition as it stands now."
)


class ReasonForm(forms.Form):
    """Why a published edition is taken back: kept on record with it."""

    why = forms.CharField(
        label=gettext_lazy("Why is it taken back?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class GiveUpForm(ReasonForm):
    """Why an edition in preparation is given up, if anybody wants to know."""

    why = forms.CharField(
        label=gettext_lazy("Why? (optional)"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _counted(model: type[Model]) -> Coalesce:
    """How many of these an edition carries; without joining one list to another."""
    rows = model._default_manager.filter(edition=OuterRef("pk")).order_by().values("edition")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), Value(0))


@admin.register(Edition)
class EditionAdmin(RecordAdmin):
    """The list of editions, and the pages of one: in preparation, confirmation, record."""

    list_display = ("named", "kind", "state_shown", "takes_effect", "holds")
    list_display_links = ("named",)
    search_fields = ("name", "notes")
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(PUBLISH))

    # --- The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        editions: QuerySet[Edition] = super().get_queryset(request)
        newest = Edition.objects.effective().order_by("-effective_at").values("pk")[:1]
        return editions.annotate(
            texts=_counted(Amendment),
            keywords=_counted(Definition),
            files=_counted(DocumentVersion),
            newest=Subquery(newest),
        )

    def get_ordering(self, request: HttpRequest) -> Any:
        """In preparation first, then the newest; what was given up comes last."""
        return [F("given_up_at").asc(nulls_first=True), F("number").desc(nulls_first=True), "-pk"]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"title": _("Editions"), **(extra_context or {})})

    @admin.display(description=gettext_lazy("edition"), ordering="number")
    def named(self, edition: Edition) -> str:
        return _called(edition).capitalize() if not edition.number else _called(edition)

    @admin.display(description=gettext_lazy("state"))
    def state_shown(self, edition: Any) -> str:
        if not edition.published_at:
            return _("Given up") if edition.given_up_at else _("In preparation")
        if edition.effective_at > timezone.now():
            return _("Scheduled")
        return _("In force") if edition.pk == edition.newest else _("Superseded")

    @admin.display(description=gettext_lazy("takes effect (London time)"), ordering="effective_at")
    def takes_effect(self, edition: Edition) -> str:
        if edition.given_up_at:
            return _("never")
        return said(edition.effective_at) if edition.effective_at else _("when it is published")

    @admin.display(description=gettext_lazy("what is in it"))
    def holds(self, edition: Any) -> str:
        texts, keywords, files = edition.texts, edition.keywords, edition.files
        counts = [
            said % {"number": n}
            for n, said in (
                (texts, ngettext("%(number)s text", "%(number)s texts", texts)),
                (keywords, ngettext("%(number)s keyword", "%(number)s keywords", keywords)),
                (files, ngettext("%(number)s document", "%(number)s documents", files)),
            )
            if n
        ]
        if edition.rearranges:
            counts.append(_("arrangement"))
        return ", ".join(counts) or _("nothing")

    # --- In preparation

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        _permit(request)
        return self._compose(request, None)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page on which an edition is prepared; of any other, and for those who only look, its record."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        edition = self._edition(object_id)
        if request.method == "POST":
            _permit(request)
            if not _in_preparation(edition):
                messages.warning(
                    request, _("Nothing was saved. %(edition)s") % {"edition": _why_closed(edition)}
                )
                return redirect(_record(edition))
        if _in_preparation(edition) and request.user.has_perm(PUBLISH):
            return self._compose(request, edition)
        return self._record_page(request, edition)

    def _compose(self, request: HttpRequest, edition: Edition | None) -> HttpResponse:
        form = EditionForm(request.POST or None, edition=edition)
        refusal, moved = "", []
        if request.method == "POST" and form.is_valid():
            try:
                saved = workflow.compose(
                    edition,
                    by=_permit(request),
                    words=form.words,
                    shown=form.cleaned_data["shown"] if edition else None,
                    **form.chosen,
                )
            except Moved as moving:
                moved = moving.what
            except Refused as refused:
                refusal = str(refused)
                if edition is not None and not _in_preparation(self._edition(str(edition.pk))):
                    messages.warning(request, _("Nothing was saved. %(refusal)s") % {"refusal": refusal})
                    return redirect(_record(edition))
            else:
                if "_check" in request.POST:
                    return redirect("admin:manual_edition_confirm", saved.pk)
                messages.success(request, _("Saved. Nothing of it is published yet."))
                return redirect(_record(saved))
        theirs: list[tuple[str, str]] = []
        if moved and edition is not None:
            edition = self._edition(str(edition.pk))
            theirs = form.against(edition)
        context = {
            "title": _("Begin an edition")
            if edition is None
            else _("Prepare %(edition)s") % {"edition": _called(edition)},
            "edition": edition,
            "form": form,
            "what": WhatGoesIn(edition, form),
            "tree": workflow.arrangement(),
            "refusal": refusal,
            "moved": moved,
            "theirs": theirs,
            "give_up": GiveUpForm(prefix="give_up"),
            "moments": timeline_of(edition) if edition else [],
        }
        return self._page(request, "compose", context, status=409 if moved else 200)

    def give_up_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = _permit(request)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        edition = self._edition(object_id)
        form = GiveUpForm(request.POST, prefix="give_up")
        if not form.is_valid():
            messages.error(request, _("The reason is too long. Nothing was changed."))
            return redirect(_record(edition))
        try:
            workflow.give_up(edition, by=person, why=form.cleaned_data["why"])
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Given up. What was gathered for it is free for another edition."))
        return redirect(_record(edition))

    # --- Confirmation and publication

    def confirm_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """All that publication would do; and, when Publish was clicked, publication, if all is as it was shown."""
        person = _permit(request)
        edition = self._edition(object_id)
        if not _in_preparation(edition):
            messages.warning(
                request, _("Nothing more was done. %(edition)s") % {"edition": _why_closed(edition)}
            )
            return redirect(_record(edition))
        moved: list[str] = []
        refusal = ""
        if request.method == "POST":
            seen = opened(request.POST.get("seen", ""), edition, person)
            try:
                if seen is None:
                    raise Refused(LOST)
                published = workflow.publish(by=person, edition=edition, seen=seen).edition
            except Moved as moving:
                moved = moving.what
            except Refused as refused:
                refusal = str(refused)
                edition = self._edition(object_id)
                if not _in_preparation(edition):
                    # Somebody else was quicker, or the button was pressed twice.
                    messages.warning(
                        request, _("Nothing more was done. %(edition)s") % {"edition": _why_closed(edition)}
                    )
                    return redirect(_record(edition))
            else:
                messages.success(request, _published(published))
                return redirect(_record(published))
        rehearsal = workflow.rehearse(edition, by=person)
        context = {
            "title": _("Check and publish"),
            "edition": edition,
            "page": Confirmation(edition, rehearsal),
            "rehearsal": rehearsal,
            "moved": moved,
            # What is wrong now is said by the rehearsal; what went wrong with the click, only if that is silent.
            "refusal": "" if rehearsal.refusal or rehearsal.broken else refusal,
            "seen": sealed(edition, rehearsal, person) if rehearsal.possible else "",
            "agreement": agreement_said(rehearsal.edition),
        }
        return self._page(request, "confirm", context, status=409 if moved else 200)

    def publish_correction_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """From an approved correction straight to the confirmation page of an edition with it alone."""
        person = _permit(request)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        amendment = Amendment.objects.filter(pk=_key(object_id)).first()
        if amendment is None:
            raise Http404(_("There is no such amendment."))
        try:
            edition = workflow.prepare_correction(amendment, by=person)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:manual_amendment_change", amendment.pk)
        return redirect("admin:manual_edition_confirm", edition.pk)

    # --- On record

    def _record_page(self, request: HttpRequest, edition: Edition) -> HttpResponse:
        state = edition.state()
        listed = list(versions_in(edition))
        facts = [(_("Kind"), edition.get_kind_display())]
        if edition.effective_at and not edition.given_up_at:
            word = _("Took effect") if state in ("in force", "superseded") else _("Takes effect")
            facts.append((word, moment_said(edition.effective_at)))
        if edition.published_at:
            word = _("Scheduled on") if state == "scheduled" else _("Published")
            moment = said(edition.published_at)
            facts.append(
                (
                    word,
                    _("%(moment)s by %(who)s") % {"moment": moment, "who": name_of(edition.published_by)}
                    if edition.published_by
                    else moment,
                )
            )
        if edition.given_up_at:
            facts.append((_("Given up"), said(edition.given_up_at)))
        if edition.law_stated_as_at:
            facts.append((_("Law stated as at"), day_said(edition.law_stated_as_at)))
        if edition.rearranges:
            facts.append((_("Contents"), _("It takes the arrangement of the tree.")))
        context = {
            "title": _called(edition),
            "edition": edition,
            "state": state,
            "state_said": STATES[state],
            "badge": BADGES[state],
            "facts": facts,
            "agreement": agreement_said(edition),
            "listed": listed,
            "self_approved": [
                each.title for _heading, shown in listed for each in shown if each.version.self_approved
            ],
            "renumbered": numbers_changed(edition) if edition.published_at else [],
            "remedy": state in ("in force", "superseded"),
            "scheduled": state == "scheduled",
            "may_publish": request.user.has_perm(PUBLISH),
            "moments": timeline_of(edition),
        }
        return self._page(request, "record", context)

    def unschedule_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asks why, and takes a scheduled edition back into preparation."""
        person = _permit(request)
        edition = self._edition(object_id)
        if edition.state() != "scheduled":
            messages.warning(
                request, _("Nothing was changed. %(edition)s") % {"edition": _why_not_taken_back(edition)}
            )
            return redirect(_record(edition))
        form = ReasonForm(request.POST or None)
        refusal = ""
        if request.method == "POST" and form.is_valid():
            number = edition.number
            try:
                workflow.unschedule(edition, by=person, why=form.cleaned_data["why"])
            except Refused as refused:
                refusal = str(refused)
            else:
                messages.success(
                    request,
                    _("Edition %(number)s was taken back. It is in preparation again, with everything in it.")
                    % {"number": number},
                )
                return redirect(_record(edition))
        later = Edition.objects.published().filter(effective_at__gt=edition.effective_at)
        context = {
            "title": _("Take %(edition)s back") % {"edition": edition},
            "edition": edition,
            "moment": moment_said(cast("Any", edition.effective_at)),
            "later": list(later),
            "form": form,
            "refusal": refusal,
        }
        return self._page(request, "unschedule", context)

    # --- What the pages are made of

    def _edition(self, object_id: str) -> Edition:
        edition = Edition.objects.select_related("published_by").filter(pk=_key(object_id)).first()
        if edition is None:
            raise Http404(_("There is no such edition."))
        return edition

    def _page(
        self, request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
    ) -> HttpResponse:
        request.current_app = self.admin_site.name
        shared = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(
            request, f"admin/manual/edition/{template}.html", {**shared, **context}, status=status
        )

    def get_urls(self) -> list[URLPattern]:
        # Never from a browser's memory: what they show changes under it.
        pages = (
            ("<path:object_id>/confirm/", self.confirm_view, "manual_edition_confirm"),
            ("<path:object_id>/give-up/", self.give_up_view, "manual_edition_give_up"),
            ("<path:object_id>/unschedule/", self.unschedule_view, "manual_edition_unschedule"),
            (
                "publish-correction/<path:object_id>/",
                self.publish_correction_view,
                "manual_edition_publish_correction",
            ),
        )
        own = [
            path(route, never_cache(self.admin_site.admin_view(view)), name=name)
            for route, view, name in pages
        ]
        return [*own, *super().get_urls()]


# --- In words ------------------------------------------------------------------------------------------------


def _permit(request: HttpRequest) -> User:
    """The person who asks, if they may publish."""
    if not request.user.has_perm(PUBLISH):
        raise PermissionDenied
    return cast("User", request.user)


def _key(object_id: str) -> int:
    """A key as an address holds it; one that is none finds nothing."""
    words = unquote(object_id)
    return int(words) if words.isascii() and words.isdigit() and len(words) < 19 else 0


def _in_preparation(edition: Edition) -> bool:
    return not edition.published_at and not edition.given_up_at


def _record(edition: Edition) -> str:
    return reverse("admin:manual_edition_change", args=[edition.pk])


def _called(edition: Edition) -> str:
    """How its pages are headed: “Edition 5: Autumn”."""
    number = _("Edition %(number)s") % {"number": edition.number} if edition.number else ""
    return ": ".join(words for words in (number, edition.name) if words) or _("an edition without a name")


def _published(edition: Edition) -> str:
    if edition.effective_at and edition.effective_at > timezone.now():
        return _("%(edition)s is scheduled. It takes effect on %(effective_at)s.") % {
            "edition": edition,
            "effective_at": moment_said(edition.effective_at),
        }
    return _("%(edition)s is published and in force: readers have it from now on.") % {"edition": edition}


def _why_closed(edition: Edition) -> str:
    """What became of an edition that is not in preparation any more."""
    if edition.given_up_at:
        return _("This edition was given up on %(given_up_at)s.") % {"given_up_at": said(edition.given_up_at)}
    words = {
        "edition": edition,
        "who": name_of(edition.published_by),
        "moment": said(cast("Any", edition.published_at)),
    }
    if edition.published_by:
        return _("%(edition)s was published by %(who)s on %(moment)s, as it stands below.") % words
    return _("%(edition)s was published on %(moment)s, as it stands below.") % words


def _why_not_taken_back(edition: Edition) -> str:
    if not edition.published_at:
        return _("This edition is not published.")
    return _("%(edition)s has taken effect. Put it right with another edition.") % {"edition": edition}
