"""Words that mean the same: every set with what it leads readers to; said, changed and taken out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manual import search, workflow
from manual.admin.record import RecordAdmin
from manual.admin.timeline import timeline_of
from manual.models import Contents, Edition, Glossary, Meaning, Synonym
from manual.search.words import clean, folded
from manual.workflow import name_of
from manual.workflow.permission import SAY_SAME
from manual.workflow.synonyms import LONGEST, MOST_FORMS

ON_A_PAGE = 50


class SynonymForm(forms.Form):
    """A set before search goes by it. What is wrong with it, the verbs say."""

    words = forms.CharField(
        label=gettext_lazy("Words that mean the same"),
        required=False,
        max_length=MOST_FORMS * (LONGEST + 2) * 2,
        widget=forms.Textarea(attrs={"rows": 6, "class": "vLargeTextField"}),
        help_text=gettext_lazy(
            "Each on a line of its own, at least two: the words that readers type, and the words that the manual "
            "has. Capitals, accents and hyphens make no difference."
        ),
    )
    note = forms.CharField(
        label=gettext_lazy("Note for other editors"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("Why, if it is not plain. Readers never see it."),
    )
    # What was there when the form was shown.
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    @property
    def lines(self) -> list[str]:
        return cast(str, self.cleaned_data["words"]).splitlines()


@dataclass(frozen=True)
class Form:
    """One word or phrase of a set: how many chapters have it, how many a search for it finds, and where else it is
    named."""

    words: str
    address: str
    has_it: int
    found: int
    keywords: list[Meaning] = field(default_factory=list)
    others: list[Synonym] = field(default_factory=list)


@admin.register(Synonym)
class SynonymAdmin(RecordAdmin):
    """Said and taken out by those who may; seen by all who may view synonyms."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return cast(User, request.user).has_perm(SAY_SAME)

    def get_urls(self) -> list[URLPattern]:
        take_out = path(
            "<int:pk>/take-out/",
            self.admin_site.admin_view(self.take_out_view),
            name="manual_synonym_take_out",
        )
        return [take_out, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        out = request.GET.get("which") == "taken-out"
        sets = Synonym.objects.select_related("made_by")
        listed = list(sets.filter(taken_out_at__isnull=False).order_by("-pk") if out else sets.live())
        if not out:
            listed.sort(key=lambda synonym: folded(synonym.forms[0]) if synonym.forms else "")
        wanted = clean(request.GET.get("q", ""))
        found = [synonym for synonym in listed if _has(synonym, wanted)]
        page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
        shared = {} if out else _in_several(listed)
        rows = [
            (synonym, [form for form in synonym.forms if folded(form) in shared], name_of(synonym.made_by))
            for synonym in page.object_list
        ]
        return self._page(
            request, "admin/manual/synonym/list.html", title=_("Words that mean the same"), rows=rows, page=page,
            wanted=wanted, out=out, count=len(found), any=bool(listed),
            further=urlencode({"q": wanted, **({"which": "taken-out"} if out else {})}), **(extra_context or {}),
        )  # fmt: skip

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form, which may begin with words that readers searched for and did not find."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        words = clean(request.GET.get("words", ""))[:LONGEST]
        form = SynonymForm(
            request.POST if request.method == "POST" else None,
            initial={"words": f"{words}\n" if words else ""},
        )
        refusal = ""
        if form.is_bound and form.is_valid():
            try:
                synonym = workflow.add_synonym(
                    by=cast(User, request.user), forms=form.lines, note=form.cleaned_data["note"]
                )
            except workflow.Refused as refused:
                refusal = str(refused)
            else:
                messages.success(request, _("Search goes by it from now on."))
                return redirect("admin:manual_synonym_change", synonym.pk)
        wrong = bool(refusal or form.errors)
        return self._page(
            request, "admin/manual/synonym/form.html", status=422 if wrong else 200,
            title=_("New words that mean the same"), form=form, refusal=refusal, begun_with=words,
            **(extra_context or {}),
        )  # fmt: skip

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """What a set says and leads to, what was decided about it, and the form to say it otherwise."""
        synonym = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, synonym):
            raise PermissionDenied
        if synonym is None:
            messages.warning(request, _("There are no such words."))
            return redirect("admin:manual_synonym_changelist")
        refusal = ""
        asked = request.POST.copy() if request.method == "POST" else None
        if asked is not None and not self.has_add_permission(request):
            raise PermissionDenied
        form = SynonymForm(asked, initial=_as_typed(synonym))
        if form.is_bound and form.is_valid():
            try:
                if form.cleaned_data["seen"] != _stamp(synonym):
                    raise workflow.Refused(
                        _(
                            "Somebody else has changed these words since this page was shown. "
                            "Above you see what they say now; your words are still in the form. "
                            "Save again if they are right."
                        )
                    )
                workflow.change_synonym(
                    synonym, by=cast(User, request.user), forms=form.lines, note=form.cleaned_data["note"]
                )
            except workflow.Refused as refused:
                refusal = str(refused)
                if asked is not None:
                    asked["seen"] = _stamp(synonym)
            else:
                messages.success(request, _("Saved. Search goes by it from now on."))
                return redirect("admin:manual_synonym_change", synonym.pk)
        wrong = bool(refusal or form.errors)
        return self._page(
            request, "admin/manual/synonym/record.html", status=422 if wrong else 200, title=str(synonym),
            synonym=synonym, live=synonym.taken_out_at is None, forms=_leads_to(synonym), form=form, refusal=refusal,
            moments=timeline_of(synonym), made_by=name_of(synonym.made_by), **(extra_context or {}),
        )  # fmt: skip

    def take_out_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One click, and search goes by it no longer."""
        synonym = get_object_or_404(Synonym, pk=pk)
        return self.one_click(
            request,
            lambda: workflow.take_out_synonym(synonym, by=cast(User, request.user)),
            _("Taken out: %(synonym)s. Search goes by it no longer.") % {"synonym": synonym},
        )

    def _page(self, request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
        return self.page(request, template, status, {"may_say": self.has_add_permission(request), **context})


def _has(synonym: Synonym, wanted: str) -> bool:
    """Whether a set is among those that are looked for."""
    words = folded(wanted)
    return any(words in folded(each) for each in (*synonym.forms, synonym.note))


def _as_typed(synonym: Synonym) -> dict[str, str]:
    return {"words": "\n".join(synonym.forms), "note": synonym.note, "seen": _stamp(synonym)}


def _stamp(synonym: Synonym) -> str:
    """Another one as soon as it says anything else."""
    return hashlib.sha256(json.dumps([synonym.forms, synonym.note]).encode()).hexdigest()


def _in_several(live: Iterable[Synonym]) -> dict[str, list[Synonym]]:
    """The forms, folded, that more than one set has: whoever types one is led to what all of these say."""
    having: dict[str, list[Synonym]] = {}
    for synonym in live:
        for form in {folded(form) for form in synonym.forms}:
            having.setdefault(form, []).append(synonym)
    return {form: sets for form, sets in having.items() if len(sets) > 1}


def _leads_to(synonym: Synonym) -> list[Form]:
    """What each form leads to in the edition in force. A few queries a form."""
    shared = _in_several(Synonym.objects.live()) if synonym.taken_out_at is None else {}
    edition = Edition.objects.in_force()
    contents = Contents.of(edition) if edition else None
    named: dict[str, list[Meaning]] = {}
    for meaning in Glossary.of(edition).meanings if edition else ():
        for key in {folded(form) for form in meaning.forms}:
            named.setdefault(key, []).append(meaning)
    return [
        Form(
            words=form,
            address=f"{reverse('search')}?{urlencode({'q': form})}",
            has_it=len(search.mentions([form], edition)) if edition else 0,
            found=_chapters_found(form, contents) if contents else 0,
            keywords=named.get(folded(form), []),
            others=[other for other in shared.get(folded(form), ()) if other != synonym],
        )
        for form in synonym.forms
    ]


def _chapters_found(words: str, contents: Contents) -> int:
    """How many chapters a search finds; those that have some of the words only do not count for want of better."""
    results = search.search(words, contents, per_page=1, correct=False)
    return 0 if results.loose else results.chapters
