"""Keywords: what readers have of each, who is writing on it, and the drafts of what it is to mean."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from manual import comparison, drafting, workflow
from manual.admin.decisions import VersionAdmin, decorated, not_permitted
from manual.admin.record import RecordAdmin
from manual.admin.timeline import timeline_of
from manual.models import Definition, Edition, Glossary, Keyword, Meaning, Section, Status
from manual.models.version import OPEN
from manual.search.words import clean
from manual.workflow import name_of
from manual.workflow.permission import SUBMIT

DAY = 24 * 60 * 60
LONGEST_NAME = 200
UNDER_WAY = (*OPEN, Status.APPROVED)


# --- What is so of a keyword ---------------------------------------------------------------------------------


@dataclass
class Held:
    """A keyword as the list shows it: what readers have of it, and what is under way."""

    pk: int
    slug: str
    name: str
    in_force: bool = False
    also: list[str] = field(default_factory=list)
    chapters: int = 0
    under_way: list[Definition] = field(default_factory=list)

    @property
    def initial(self) -> str:
        first = self.name[:1].upper()
        return first if "A" <= first <= "Z" else "#"


def _keywords() -> list[Held]:
    """Every keyword that readers have or somebody is drafting, A to Z. Three queries, and the uses of an edition."""
    edition = Edition.objects.in_force()
    meanings = Glossary.of(edition).by_slug if edition else {}
    uses = chapters_using(edition) if edition else {}
    held: dict[int, Held] = {}
    for pk, slug in Keyword.objects.values_list("pk", "slug"):
        if meaning := meanings.get(slug):
            held[pk] = Held(pk, slug, meaning.name, True, list(meaning.also), uses.get(slug, 0))
        else:
            held[pk] = Held(pk, slug, "")
    under_way = Q(status__in=UNDER_WAY) | Q(status=Status.PUBLISHED, edition__effective_at__gt=timezone.now())
    drafts = Definition.objects.filter(under_way).select_related("author", "edition")
    for draft in drafts.defer("meaning", "html").order_by("pk"):
        keyword = held[draft.keyword_id]
        keyword.under_way.append(draft)
        if not keyword.in_force:
            keyword.name = draft.name or keyword.name
    known = [keyword for keyword in held.values() if keyword.in_force or keyword.under_way]
    for keyword in known:
        keyword.name = keyword.name or keyword.slug
    return sorted(known, key=lambda keyword: (keyword.name.casefold(), keyword.slug))


def chapters_using(edition: Edition) -> dict[str, int]:
    """How many chapters of an edition use each keyword. The texts are read once for an edition, then remembered."""
    key = f"uses:{settings.RELEASE}:{edition.stamp}"
    uses: dict[str, int] | None = cache.get(key)
    if uses is None:
        glossary = Glossary.of(edition)
        sections = Section.objects.filter(
            amendment__entries__edition=edition, amendment__entries__withdrawn_in=None
        ).order_by("amendment", "position")
        texts = sections.values_list("amendment_id", "text").iterator()
        using = {
            (meaning.slug, amendment)
            for amendment, pieces in groupby(texts, key=itemgetter(0))
            for _start, _end, meaning in glossary.found_in("\n".join(text for _amendment, text in pieces))
        }
        uses = dict(Counter(slug for slug, _amendment in using))
        cache.set(key, uses, DAY)
    return uses


def _meaning_in_force(keyword: Keyword) -> Meaning | None:
    edition = Edition.objects.in_force()
    return Glossary.of(edition).by_slug.get(keyword.slug) if edition else None


def _names(slugs: list[str]) -> list[str]:
    """Keywords as they are called, in force or in the newest draft."""
    names = {keyword.slug: keyword.name for keyword in _keywords()} if slugs else {}
    return [names.get(slug, slug) for slug in slugs]


def _others(version: Definition) -> list[Definition]:
    """Open drafts of the same keyword by other people."""
    drafts = version.keyword.definitions.open().exclude(pk=version.pk).select_related("author")
    return list(drafts.order_by("created_at"))


# --- Forms ---------------------------------------------------------------------------------------------------


class NewKeywordForm(forms.Form):
    """A keyword that the glossary does not have yet; its meaning is written on the next page."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("As it stands in the texts, such as: Core group, or LADO."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


class DefinitionForm(forms.Form):
    """The words of a draft. Nothing is required here: a draft may be unfinished, and is saved all the same."""

    revision = forms.IntegerField(widget=forms.HiddenInput, max_value=2**31)
    onto = forms.IntegerField(widget=forms.HiddenInput, required=False, max_value=2**62)
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    also = forms.CharField(
        label=gettext_lazy("Other forms"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Abbreviations and other ways of writing it, one a line. Plurals are found by themselves."
        ),
    )
    meaning = forms.CharField(
        label=gettext_lazy("Meaning"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 7, "spellcheck": "true"}),
        help_text=(
            gettext_lazy(
                "One to four sentences. An empty line begins a new paragraph. Two stars before "
                "and after some words make them bold; where words in brackets are a link, leave "
                "the brackets as they are."
            )
        ),
    )
    see_also = forms.MultipleChoiceField(
        label=gettext_lazy("See also"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Other keywords that a reader may want beside this one."),
    )
    note = forms.CharField(
        label=gettext_lazy("What changed and why"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "true"}),
        help_text=gettext_lazy(
            "Readers see this note in the list of changes. It is needed before you submit."
        ),
    )
    agreed_by = forms.CharField(
        label=gettext_lazy("Agreed by"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("The meeting or group that agreed it, if there was one."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    agreed_on = forms.DateField(
        label=gettext_lazy("Agreed on"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    minute = forms.CharField(
        label=gettext_lazy("Minute"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Where the minutes of that meeting say so."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    def __init__(self, *args: Any, version: Definition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        chosen = set(version.see_also)
        names = [(keyword.slug, keyword.name) for keyword in _keywords() if keyword.pk != version.keyword_id]
        known = {slug for slug, _name in names}
        names += [(slug, slug) for slug in chosen - known]
        # Those that are chosen stand first, so that nobody has to look for them.
        names.sort(key=lambda pair: (pair[0] not in chosen, pair[1].casefold()))
        cast("forms.MultipleChoiceField", self.fields["see_also"]).choices = names

    def clean_also(self) -> list[str]:
        forms_ = [" ".join(line.split()) for line in self.cleaned_data["also"].splitlines()]
        if any(len(form) > 200 for form in forms_):
            raise forms.ValidationError(
                _("Each form stands on a line of its own, with at most 200 characters.")
            )
        return [form for form in forms_ if form]

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_meaning(self) -> str:
        meaning: str = self.cleaned_data["meaning"]
        return meaning.replace("\r\n", "\n").replace("\r", "\n")

    @property
    def words(self) -> dict[str, Any]:
        """What the verbs are given."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("revision", "onto")}


def _initial(version: Definition) -> dict[str, Any]:
    names = ("revision", "name", "meaning", "see_also", "note", "agreed_by", "agreed_on", "minute")
    return {"also": "\n".join(version.also), **{name: getattr(version, name) for name in names}}


# --- Both changes, side by side ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Both:
    """What became of one field: in what is published now, and in the draft."""

    label: str
    theirs: list[comparison.Piece]
    mine: list[comparison.Piece]
    # Of the meaning, as readers would see it with what changed in it.
    theirs_html: str = ""
    mine_html: str = ""


def _wordings(version: Definition | None) -> dict[str, str]:
    if version is None:
        return {_("Name"): "", _("Other forms"): "", _("Meaning"): "", _("See also"): ""}
    return {
        _("Name"): version.name,
        _("Other forms"): ", ".join(version.also),
        _("Meaning"): version.meaning,
        _("See also"): ", ".join(_names(version.see_also)),
    }


def _both(version: Definition, onto: Definition | None) -> list[Both]:
    base, theirs, mine = _wordings(version.based_on), _wordings(onto), _wordings(version)
    both = []
    for label in base:
        if label == "Meaning":
            html = [_tracked(version.based_on, other) for other in (onto, version)]
            if any(html):
                both.append(Both(label, [], [], theirs_html=html[0], mine_html=html[1]))
            continue
        pieces = [
            comparison.tracked_words(base[label], words[label]) if base[label] != words[label] else []
            for words in (theirs, mine)
        ]
        if any(pieces):
            both.append(Both(label, theirs=pieces[0], mine=pieces[1]))
    return both


def _tracked(before: Definition | None, after: Definition | None) -> str:
    """What changed between two meanings; empty where nothing did."""
    tracked = comparison.tracked_changes(before.html if before else "", after.html if after else "")
    return decorated(tracked.html) if tracked.changed else ""


def _joined(version: Definition, onto: Definition | None) -> tuple[dict[str, Any], bool]:
    """The draft with what was published meanwhile; whether both changed the same words of its meaning, so that the
    author has to join them."""
    words = _initial(version)
    if onto is None:
        return words, False
    base = version.based_on or Definition()
    meaning = comparison.merged(base.meaning, onto.meaning, version.meaning)
    words["name"] = onto.name if version.name == base.name else version.name
    words["also"] = "\n".join(_joined_list(base.also, onto.also, version.also))
    words["see_also"] = _joined_list(base.see_also, onto.see_also, version.see_also)
    words["meaning"] = meaning.text if meaning.is_settled else version.meaning
    return words, not meaning.is_settled


def _joined_list(base: list[str], theirs: list[str], mine: list[str]) -> list[str]:
    taken_out = set(base) - set(theirs)
    kept = [each for each in mine if each not in taken_out]
    return kept + [each for each in theirs if each not in base and each not in kept]


# --- The keyword ---------------------------------------------------------------------------------------------


@admin.register(Keyword)
class KeywordAdmin(RecordAdmin):
    """The glossary for editors, A to Z; each keyword with its drafts, its versions and what was decided."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return cast(User, request.user).has_perm(SUBMIT)

    def get_urls(self) -> list[URLPattern]:
        draft = path(
            "<int:pk>/draft/", self.admin_site.admin_view(self.draft_view), name="manual_keyword_draft"
        )
        return [draft, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        keywords = _keywords()
        wanted = " ".join(request.GET.get("q", "").split())
        found = [
            keyword
            for keyword in keywords
            if wanted.casefold() in " ".join((keyword.name, *keyword.also)).casefold()
        ]
        letters = [(letter, list(group)) for letter, group in groupby(found, key=lambda each: each.initial)]
        return self._page(
            request, "admin/manual/keyword/list.html", title=_("Keywords"), letters=letters, wanted=wanted,
            count=len(found), any=bool(keywords), **(extra_context or {}),
        )  # fmt: skip

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A new keyword: its name first, which the address may begin with, then the draft of its meaning."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = NewKeywordForm(
            request.POST if request.method == "POST" else None,
            initial={"name": clean(request.GET.get("name", ""))[:LONGEST_NAME]},
        )
        refusal = ""
        if form.is_bound and form.is_valid():
            try:
                definition = workflow.begin_keyword(
                    by=cast(User, request.user), name=" ".join(form.cleaned_data["name"].split())
                )
            except workflow.Refused as refused:
                refusal = str(refused)
            else:
                messages.success(
                    request, _("“%(name)s” is begun. Write what it means.") % {"name": definition.name}
                )
                return redirect("admin:manual_definition_write", definition.pk)
        return self._page(
            request, "admin/manual/keyword/new.html", status=422 if refusal or form.errors else 200,
            title=_("New keyword"), form=form, refusal=refusal,
            namesakes=drafting.keywords_named(form.cleaned_data["name"]) if refusal else [],
            **(extra_context or {}),
        )  # fmt: skip

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        keyword = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, keyword):
            raise PermissionDenied
        if keyword is None:
            messages.warning(request, _("There is no such keyword."))
            return redirect("admin:manual_keyword_changelist")
        versions = list(keyword.definitions.select_related("author", "edition").order_by("-pk"))
        meaning = _meaning_in_force(keyword)
        name = meaning.name if meaning else next((each.name for each in versions if each.name), keyword.slug)
        drafts = [each for each in versions if each.status in UNDER_WAY]
        own = next((each for each in drafts if each.open and each.author_id == request.user.pk), None)
        edition = Edition.objects.in_force()
        return self._page(
            request, "admin/manual/keyword/page.html", title=name, keyword=keyword, meaning=meaning,
            html=decorated(meaning.html) if meaning else "", see_also=_names(list(meaning.see_also)) if meaning else [],
            chapters=chapters_using(edition).get(keyword.slug, 0) if edition else 0, drafts=drafts, own=own,
            others=[each for each in drafts if each.open and each is not own],
            versions=[each for each in versions if each.status not in UNDER_WAY],
            may_write=cast(User, request.user).has_perm(SUBMIT), moments=timeline_of(keyword), **(extra_context or {}),
        )  # fmt: skip

    def draft_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Begin to change a keyword, from its newest meaning; or go on with the draft that one has."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        keyword = get_object_or_404(Keyword, pk=pk)
        by = cast(User, request.user)
        if by.has_perm(SUBMIT) and (own := keyword.definitions.open().filter(author=by).first()):
            return redirect(f"admin:manual_definition_{'write' if own.writable else 'change'}", own.pk)
        try:
            definition = workflow.draft_definition(keyword, by=by)
        except workflow.NotPermitted as refusal:
            raise PermissionDenied from refusal
        except workflow.Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:manual_keyword_change", pk)
        return redirect("admin:manual_definition_write", definition.pk)

    def _page(self, request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
        return self.page(
            request, template, status, {"may_begin": self.has_add_permission(request), **context}
        )


# --- The draft -----------------------------------------------------------------------------------------------


@admin.register(Definition)
class DefinitionAdmin(VersionAdmin):
    """One version of a keyword's meaning: its record, and the page on which its author writes it."""

    noun = gettext_lazy("keyword")
    record_template = "admin/manual/definition/record.html"
    list_display = ("name", "status", "edition")
    list_filter = ("status",)
    search_fields = ("name", "note")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Reached from the keywords, so that the menu has one place for them."""
        return False

    def words_of(self, version: Definition) -> dict[str, str]:
        return {
            _("Name"): version.name,
            _("Other forms"): ", ".join(version.also),
            _("See also"): ", ".join(_names(version.see_also)),
        }

    def problems_of(self, version: Definition) -> list[drafting.Problem]:
        return _problems(version)

    def facts_of(self, version: Definition) -> list[tuple[str, Any]]:
        address = reverse("admin:manual_keyword_change", args=[version.keyword_id])
        keyword: SafeString = format_html('<a href="{}">{}</a>', address, version.title_shown)
        return [(_("Keyword"), keyword), *super().facts_of(version)]

    def write_address(self, version: Definition) -> str:
        return reverse("admin:manual_definition_write", args=[version.pk])

    def up_to_date_address(self, version: Definition) -> str:
        return self.write_address(version)

    def get_urls(self) -> list[URLPattern]:
        write = path(
            "<int:pk>/write/",
            self.admin_site.admin_view(never_cache(self.write_view)),
            name="manual_definition_write",
        )
        return [write, *super().get_urls()]

    def write_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The draft's form: saved as often as one likes, with nothing of it seen by readers."""
        version = get_object_or_404(Definition.objects.select_related("keyword", "author", "based_on"), pk=pk)
        if not self.has_view_permission(request, version):
            raise PermissionDenied
        by = cast(User, request.user)
        if request.method != "POST" and (why := _why_not(version, by)):
            messages.info(request, why)
            return redirect(self.record_address(version))
        if request.method == "POST":
            return self._saved(request, version, by)
        onto = self._onto(request.GET.get("onto", ""), version)
        words, both_changed = (_initial(version), False)
        if not workflow.is_up_to_date(version):
            words, both_changed = _joined(version, onto)
            words["onto"] = onto.pk if onto else 0
        form = DefinitionForm(version=version, initial=words)
        return self._write_page(request, version, form, onto=onto, both_changed=both_changed)

    def _saved(self, request: HttpRequest, version: Definition, by: User) -> HttpResponse:
        form = DefinitionForm(request.POST, version=version)
        if not form.is_valid():
            return self._write_page(request, version, form, status=422)
        revision, onto = form.cleaned_data["revision"], form.cleaned_data["onto"]
        try:
            if onto is None:
                workflow.revise(version, by=by, revision=revision, **form.words)
            else:
                workflow.bring_up_to_date(
                    version, by=by, revision=revision, onto=self._still(onto, version), **form.words
                )
        except workflow.Overtaken as overtaken:
            # What was typed stays in the form; saving it again is now a decision.
            form.data = {**request.POST.dict(), "see_also": request.POST.getlist("see_also")}
            form.data["revision"] = str(overtaken.current.revision)
            return self._write_page(
                request, version, form, status=409, refusal=str(overtaken), stored=_wordings(
                    cast(Definition, overtaken.current)), note=overtaken.current.note,
            )  # fmt: skip
        except workflow.NotPermitted as refusal:
            return not_permitted(request, self.admin_site, str(refusal), self.record_address(version))
        except workflow.Refused as refusal:
            return self._write_page(request, version, form, status=409, refusal=str(refusal))
        messages.success(request, _("Saved. Readers see nothing of it until it is approved and published."))
        if "finish" in request.POST:
            return redirect(self.record_address(version))
        return redirect(self.write_address(version))

    def _onto(self, key: str, version: Definition) -> Definition | None:
        """What a draft is brought up to date with: the one that was chosen, or else the newest."""
        possible = workflow.texts_to_go_on_from(version)
        return next((each for each in possible if str(each.pk) == key), possible[-1] if possible else None)

    def _still(self, key: int, version: Definition) -> Definition | None:
        possible = {each.pk: each for each in workflow.texts_to_go_on_from(version)}
        if (key and key not in possible) or (not key and possible):
            raise workflow.Refused(
                _(
                    "“%(title)s” has changed again since this page was shown. Nothing was saved: copy what "
                    "you typed, and load the page again."
                )
                % {"title": version.title_shown}
            )
        return possible.get(key)

    def _write_page(
        self, request: HttpRequest, version: Definition, form: DefinitionForm, status: int = 200, **extra: Any
    ) -> HttpResponse:
        version.refresh_from_db()
        stale = version.open and not workflow.is_up_to_date(version)
        onto = extra.pop("onto", None) or (
            self._onto(str(form.data.get("onto", "")), version) if stale else None
        )
        possible = workflow.texts_to_go_on_from(version) if stale else []
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": (_("%(name)s: new keyword") if version.based_on_id is None else _("%(name)s: change"))
            % {"name": version.title_shown},
            "version": version,
            "form": form,
            "problems": _problems(version),
            "html": decorated(version.html),
            "see_also": _names(version.see_also),
            "others": _others(version),
            "stale": stale,
            "onto": onto,
            "alternatives": [each for each in possible if each != onto],
            "both": _both(version, onto) if stale else [],
            "record_address": self.record_address(version),
            **extra,
        }
        return TemplateResponse(request, "admin/manual/definition/write.html", context, status=status)


def _problems(version: Definition) -> list[drafting.Problem]:
    """What is wrong with a draft, and what its author should look at."""
    found = [drafting.Problem(None, sentence, blocking=True) for sentence in drafting.missing_from(version)]
    if not version.note.strip():
        found.append(drafting.Problem(None, _("Say what changed and why, for readers."), blocking=True))
    return found + [drafting.Problem(None, sentence) for sentence in drafting.doubts(version)]


def _why_not(version: Definition, by: User) -> str:
    """Why somebody cannot write on it now; empty if they can. The verbs decide again."""
    if not by.has_perm(SUBMIT):
        return _("You may read it, but not write on it.")
    if not version.writable:
        return _("It is %(status)s, so it cannot be changed now.") % {
            "status": version.get_status_display().lower()
        }
    if version.author_id not in (None, by.pk):
        return _("This is a draft by %(author)s. You can read it here.") % {"author": name_of(version.author)}
    return ""
