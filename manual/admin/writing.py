"""The page on which an editor writes an amendment: it saves by itself, and shows the text as readers will see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin

from manual import comparison, decoration, drafting, offers, rendering, workflow
from manual.admin.site import BORROWED
from manual.interchange.pasted import PastingRefused, from_clipboard
from manual.models import (
    Amendment,
    AmendmentRefused,
    Chapter,
    Contents,
    Definition,
    DocumentVersion,
    Edition,
    Glossary,
    Held,
    Kind,
    Line,
    Manual,
    Section,
    Significance,
    Status,
)
from manual.models.amendment import PassageStatus
from manual.models.library import OF_A_DOCUMENT
from manual.models.manual import Numbering
from manual.models.version import OPEN
from manual.views.page import Page
from manual.views.reading import chapter_page
from manual.workflow.permission import APPROVE, SUBMIT

MAY_READ = ("manual.view_amendment", SUBMIT, APPROVE)

# In plain words, with what follows for readers.
CONSEQUENCES = {
    Significance.NEW: (gettext_lazy("New: flagged New in the contents, and listed among the changes.")),
    Significance.AMENDED: (
        gettext_lazy("Amended: flagged Updated in the contents, and listed among the changes.")
    ),
    Significance.CORRECTION: (
        gettext_lazy(
            "Correction: a slip is put right, no instruction changes. Listed, not flagged, nobody is e-mailed."
        )
    ),
    Significance.WITHDRAWN: (
        gettext_lazy(
            "Withdrawn: no longer in force. The page stays, says so, and names what to read instead."
        )
    ),
}

View = Callable[..., HttpResponse]

PICKED = 60  # more than that, and typing a word is quicker than looking


def urls(admin_site: AdminSite) -> list[URLPattern]:
    """The addresses of the writing page, below the amendments of the admin."""
    pages = WritingPages(admin_site)
    asked = pages.answering
    # The preview alone may be framed, by a page of this site; and the writing page alone has a frame.
    write: View = admin_site.admin_view(pages.write)
    preview: View = xframe_options_sameorigin(admin_site.admin_view(pages.preview))
    framing = csp_update({"frame-src": [SELF]})(write)
    framed = csp_replace({"frame-ancestors": [SELF]})(preview)
    return [
        path("<int:pk>/write/", framing, name="manual_amendment_write"),
        path("<int:pk>/preview/", framed, name="manual_amendment_preview"),
        path("<int:pk>/changes/", admin_site.admin_view(pages.changes), name="manual_amendment_changes"),
        path("<int:pk>/save/", asked(pages.save, "POST"), name="manual_amendment_save"),
        path("<int:pk>/token/", asked(pages.token, "GET"), name="manual_amendment_token"),
        path("<int:pk>/pasted/", asked(pages.pasted, "POST"), name="manual_amendment_pasted"),
        path("<int:pk>/pick/<slug:what>/", asked(pages.pick, "GET"), name="manual_amendment_pick"),
    ]


# --- The form ----------------------------------------------------------------------------------------------


class WritingForm(forms.Form):
    """The words of a draft. Nothing is required here: a draft may be unfinished, and is saved all the same."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    # Two lines, so that a long title can be read; it is one line all the same.
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "true"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 28, "spellcheck": "true"}),
    )
    note = forms.CharField(
        label=gettext_lazy("What changed and why"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "true"}),
        help_text=gettext_lazy(
            "Readers see this note above the text and in the list of changes. It is needed before you submit."
        ),
    )
    significance = forms.ChoiceField(
        label=gettext_lazy("What kind of change is it?"), widget=forms.RadioSelect, required=False
    )
    successor = forms.ChoiceField(
        label=gettext_lazy("What to read instead"),
        required=False,
        help_text=gettext_lazy("The chapter to which readers are led."),
    )
    areas = forms.MultipleChoiceField(
        label=gettext_lazy("Applies only to"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Tick none if the whole chapter applies everywhere."),
    )
    counterpart = forms.ChoiceField(
        label=gettext_lazy("For the other area see"),
        required=False,
        help_text=gettext_lazy(
            "Where it applies to one area only: the chapter that says the same for the other. Readers are led "
            "from each to the other, whichever of the two names it."
        ),
    )
    passage_status = forms.ChoiceField(label=gettext_lazy("Status of the chapter"), required=False)
    remark = forms.CharField(
        label=gettext_lazy("Remark"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Shown beside the title, such as: under review."),
    )
    label = forms.CharField(
        label=gettext_lazy("Words before its entry"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("In the contents, for an entry under another, such as: See also."),
    )
    link = forms.URLField(
        label=gettext_lazy("Address of the outside document"),
        max_length=500,
        required=False,
        assume_scheme="https",
    )
    numbering = forms.ChoiceField(label=gettext_lazy("How it is numbered"), required=False)
    keywords_off = forms.MultipleChoiceField(
        label=gettext_lazy("Leave these unmarked"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "The keywords that were in the text when this page was opened. One that is ticked is not marked for "
            "readers of this chapter; a link that you made yourself stays."
        ),
    )
    agreed_by = forms.CharField(
        label=gettext_lazy("Agreed by"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("The meeting or group, if it was agreed by people without accounts here."),
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
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, amendment: Amendment) -> None:
        super().__init__(data, label_suffix="", initial=_words_of(amendment))
        self.amendment = amendment
        manual = Manual.objects.current()
        kind = amendment.chapter.kind
        if kind != Kind.LINK:
            del self.fields["link"]
        if kind in (Kind.PART, Kind.GROUP):
            # Headings of the contents, which have no page of their own.
            del self.fields["text"], self.fields["numbering"], self.fields["keywords_off"]
        self._choices("significance", [(each, CONSEQUENCES[each]) for each in possible(amendment)])
        if Significance.WITHDRAWN in possible(amendment):
            self._choices("successor", [("", _("None")), *_others(amendment, amendment.successor)])
        else:
            del self.fields["successor"]
        if manual.areas:
            chosen = {area: area for area in amendment.areas}
            self._choices("areas", list({**chosen, **manual.areas}.items()))
            self._choices("counterpart", [("", _("None")), *_others(amendment, amendment.counterpart)])
        else:
            del self.fields["areas"], self.fields["counterpart"]
        self._choices("passage_status", [("", _("As the part it stands in")), *PassageStatus.choices])
        if "numbering" in self.fields:
            as_manual = Numbering(manual.numbering).label
            self._offer_keywords()
            self._choices(
                "numbering",
                [
                    ("", _("As the whole manual: %(as_manual)s") % {"as_manual": as_manual}),
                    *Numbering.choices,
                ],
            )

    def _choices(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 # for the type checker
        field.choices = choices

    def _offer_keywords(self) -> None:
        """Those of the text as it is stored, and of an older one what this page still shows."""
        edition = Edition.objects.in_force()
        glossary = Glossary.of(edition) if edition else None
        slugs = set(self.amendment.keywords_off)
        if glossary:
            slugs |= drafting.keywords_in(self.amendment, glossary)
            ticked = self.data.getlist("keywords_off") if isinstance(self.data, QueryDict) else ()
            slugs |= {slug for slug in ticked if slug in glossary.by_slug}
        if slugs:
            names = {slug: glossary.names_of([slug]) if glossary else slug for slug in slugs}
            self._choices(
                "keywords_off", sorted(names.items(), key=lambda each: (each[1].casefold(), each[0]))
            )
        else:
            del self.fields["keywords_off"]

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def clean_note(self) -> str:
        note: str = self.cleaned_data["note"]
        return note.replace("\r\n", "\n").replace("\r", "\n")

    def words(self) -> dict[str, Any]:
        """What the verb stores: every field that makes sense; one that does not keeps what it was."""
        words = {name: value for name, value in self.cleaned_data.items() if name in Amendment.WORDS}
        if not words.get("significance"):
            words.pop("significance", None)
        if "counterpart" in words:
            # What applies everywhere has none.
            chosen = words["counterpart"] if words.get("areas", self.amendment.areas) else ""
            words["counterpart"] = Chapter.objects.filter(pk=chosen).first() if chosen else None
        elif "areas" in words and not words["areas"]:
            words["counterpart"] = None
        if "successor" in words:
            withdrawn = words.get("significance", self.amendment.significance) == Significance.WITHDRAWN
            chosen = words["successor"] if withdrawn else ""
            words["successor"] = Chapter.objects.filter(pk=chosen).first() if chosen else None
        elif words.get("significance", Significance.WITHDRAWN) != Significance.WITHDRAWN:
            words["successor"] = None
        return words

    @property
    def main(self) -> list[forms.BoundField]:
        return self._named("note", "significance", "successor")

    @property
    def about_chapter(self) -> list[forms.BoundField]:
        return self._named("areas", "counterpart", "passage_status", "numbering", "remark", "label")

    @property
    def keywords(self) -> list[forms.BoundField]:
        return self._named("keywords_off")

    @property
    def agreement(self) -> list[forms.BoundField]:
        return self._named("agreed_by", "agreed_on", "minute")

    def _named(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names if name in self.fields]


def possible(amendment: Amendment) -> list[Significance]:
    """The kinds of change that a draft can be: what has no text in force can only be new."""
    before = amendment.based_on
    if before is None or before.significance == Significance.WITHDRAWN:
        return [Significance.NEW]
    return [Significance.AMENDED, Significance.CORRECTION, Significance.WITHDRAWN]


def _words_of(amendment: Amendment) -> dict[str, Any]:
    words = {name: getattr(amendment, name) for name in Amendment.WORDS}
    return {
        **words,
        "successor": amendment.successor_id or "",
        "counterpart": amendment.counterpart_id or "",
        "revision": amendment.revision,
    }


def _others(amendment: Amendment, chosen: Chapter | None) -> list[tuple[int, str]]:
    """The chapters of the manual in force that a draft can lead readers to, and the one that it leads them to now."""
    edition = Edition.objects.in_force()
    lines = Contents.of(edition).lines if edition else []
    found = [
        (line.chapter_id, line.name)
        for line in lines
        if line.is_page and not line.withdrawn and line.chapter_id != amendment.chapter_id
    ]
    if chosen and chosen.pk not in {key for key, _name in found}:
        found.append((chosen.pk, str(chosen)))
    return found


# --- The pages ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WritingPages:
    """The writing page and what it asks for while somebody writes."""

    admin_site: AdminSite

    def answering(self, view: View, method: str) -> View:
        """For what the page asks by itself: plain answers, and no way to a sign-in page instead of one."""

        @never_cache
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated or not request.user.is_active:
                return _refusal(_("You have been signed out."), 401)
            if not self.admin_site.has_permission(request):
                return _refusal(_("You may not use the editors’ pages."), 403)
            if BORROWED in request.session:
                return _refusal(_("Choose a password of your own first."), 403)
            if request.method != method:
                return HttpResponseNotAllowed([method])
            try:
                return view(request, *args, **kwargs)
            except (PermissionDenied, workflow.NotPermitted) as refusal:
                return _refusal(str(refusal) or _("You may not do this."), 403)
            except Http404:
                return _refusal(_("This draft is no longer there."), 404)

        return answer

    # --- Writing -------------------------------------------------------------------------------------------

    def write(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The writing page; for whoever is not the author, the draft to read."""
        amendment = _draft(request, pk)
        if request.method == "POST":
            return self._posted(request, amendment)
        form = WritingForm(amendment=amendment) if is_writable_by(amendment, request.user) else None
        return self._page(request, amendment, form)

    def _posted(self, request: HttpRequest, amendment: Amendment) -> HttpResponse:
        form = WritingForm(request.POST, amendment=amendment)
        try:
            stored = _store(form, request)
        except workflow.Overtaken as overtaken:
            other = _current(overtaken)
            return self._page(
                request,
                amendment,
                form,
                overtaken=_overtaken(form, other, request, str(overtaken)),
                status=409,
            )
        except workflow.NotPermitted as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        except workflow.Refused as refusal:
            return self._page(request, amendment, form, refusal=str(refusal), status=409)
        if form.errors:
            return self._page(request, stored, form, status=422)
        if key := request.POST.get("offer"):
            return self._link_made(request, stored, key)
        if request.POST.get("then") == "preview":
            return redirect("admin:manual_amendment_preview", stored.pk)
        if request.POST.get("then") == "submit":
            return redirect("admin:manual_amendment_change", stored.pk)
        messages.success(request, _("Saved at %(stored)s.") % {"stored": saved_at(stored)})
        return redirect("admin:manual_amendment_write", stored.pk)

    def _link_made(self, request: HttpRequest, amendment: Amendment, key: str) -> HttpResponse:
        """The words of an offer become a link, where they still stand after what was just saved."""
        offer = next((each for each in offers.offers_of(amendment) if each.key == key), None)
        if offer is None:
            messages.warning(
                request, _("Saved. Those words are not there any more, so no link was made of them.")
            )
        else:
            text = offers.taken_up(amendment.text, [offer])
            workflow.revise(amendment, by=cast("User", request.user), revision=amendment.revision, text=text)
            messages.success(
                request,
                _("“%(words)s” in line %(line)s is a link now. Saved.")
                % {"words": offer.words, "line": offer.line},
            )
        return redirect(f"{reverse('admin:manual_amendment_write', args=[amendment.pk])}#writing-offers")

    def _page(
        self,
        request: HttpRequest,
        amendment: Amendment,
        form: WritingForm | None,
        status: int = 200,
        **context: Any,
    ) -> HttpResponse:
        problems, questions = drafting.problems_of(amendment), drafting.questions(amendment)
        context |= {
            **self.admin_site.each_context(request),
            "title": f"{_('Write') if form else _('Read')}: {amendment.title_shown}",
            "amendment": amendment,
            "form": form,
            # Until somebody decides which words to keep, the page goes on from those that it was made from.
            "revision": request.POST.get("revision", "") if "overtaken" in context else amendment.revision,
            "manual": Manual.objects.current(),
            "statuses": PassageStatus.choices,
            "written_by": _name(amendment.author),
            "own": amendment.author_id == request.user.pk,
            "saved_at": saved_at(amendment),
            "word_count": word_count(amendment),
            "problems": problems,
            "questions": questions,
            "problem_count": len(problems) + len(questions),
            "offers": offers.offers_of(amendment) if form else [],
            "shown_in": drafting.shown_in(amendment.chapter),
            "is_page": amendment.chapter.kind in (Kind.CHAPTER, Kind.LINK),
            "pick_url": reverse("admin:manual_amendment_pick", args=[amendment.pk, "WHAT"]),
            "sign_in_url": reverse("admin:login") + f"?next={reverse('admin:index')}",
            "others": _other_drafts(amendment),
        }
        return TemplateResponse(request, "admin/manual/amendment/write.html", context, status=status)

    def save(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Saves while somebody writes, and says what is wrong with the text so far."""
        amendment = _draft(request, pk)
        form = WritingForm(request.POST, amendment=amendment)
        try:
            stored = _store(form, request)
        except workflow.Overtaken as overtaken:
            other = _current(overtaken)
            panel = render_to_string(
                "admin/manual/amendment/overtaken.html",
                {"overtaken": _overtaken(form, other, request, str(overtaken)), "amendment": amendment},
            )
            return JsonResponse(
                {
                    "message": str(overtaken),
                    "who": _name(other.author),
                    "when": saved_at(other),
                    "revision": other.revision,
                    "title": other.title,
                    "text": other.text,
                    "note": other.note,
                    "panel": panel,
                },
                status=409,
            )
        except workflow.NotPermitted:
            raise
        except workflow.Refused as refusal:
            return _refusal(str(refusal), 400)
        problems = drafting.problems_of(stored)
        count = word_count(stored)
        return JsonResponse(
            {
                "revision": stored.revision,
                "saved_at": saved_at(stored),
                "word_count": count,
                "words_said": ngettext("%(number)s word", "%(number)s words", count)
                % {"number": f"{count:,}"},
                "problems": [
                    {"line": each.line, "message": each.message, "blocking": each.blocking}
                    for each in problems
                ],
                "questions": drafting.questions(stored),
                "offers": [
                    {
                        "key": each.key,
                        "line": each.line,
                        "column": each.column,
                        "words": each.words,
                        "instead": each.instead,
                        "message": each.message,
                    }
                    for each in offers.offers_of(stored)
                ],
                "errors": form.errors,
            }
        )

    def token(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Whoever signed in again in another tab has another token, which the page asks for to go on saving."""
        _draft(request, pk)
        return JsonResponse({"token": get_token(request), "user": _name(request.user)})

    # --- Looking -------------------------------------------------------------------------------------------

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The chapter exactly as readers would see it, were the draft in force."""
        amendment = _draft(request, pk)
        page = Page.of(request)
        page.contents = _contents_with(page.edition, amendment)
        line = page.contents.by_chapter[amendment.chapter_id]
        return chapter_page(page, line, draft=amendment, unshown=_why_unshown(amendment))

    def changes(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the draft changes in the text it was written from: title, note and text. As a part of the writing
        page, only where there are changes."""
        amendment = _draft(request, pk)
        part = bool(request.GET.get("part"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Changes: %(title)s") % {"title": amendment.title_shown},
            "amendment": amendment,
            "part": part,
            **_changes(amendment, only_changes=part),
        }
        name = "tracked" if part else "changes"
        return TemplateResponse(request, f"admin/manual/amendment/{name}.html", context)

    # --- Writing without knowing any signs -----------------------------------------------------------------

    def pasted(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What somebody pasted from Word or a web page, as clean headings, lists and tables."""
        amendment = _draft(request, pk)
        manual = Manual.objects.current()
        host = request.get_host().partition(":")[0]
        try:
            pasted = from_clipboard(request.POST.get("html", ""), areas=manual.areas, hosts={host})
        except PastingRefused as refusal:
            return _refusal(str(refusal), 400)
        return JsonResponse({"text": pasted.beside(amendment.text), "remarks": list(pasted.remarks)})

    def pick(self, request: HttpRequest, pk: int, what: str) -> HttpResponse:
        """What can be referred to: chapters and sections, keywords, contacts, documents; by the words asked for."""
        amendment = _draft(request, pk)
        pickers = {
            "chapters": _chapters,
            "keywords": _keywords,
            "contacts": _contacts,
            "documents": _documents,
        }
        if what not in pickers:
            raise Http404
        edition = Edition.objects.in_force()
        contents = Contents.of(edition) if edition else None
        found = pickers[what](request.GET.get("q", "").casefold().split()[:10], contents, amendment)
        return JsonResponse({"items": found[:PICKED], "more": len(found) > PICKED})


def is_writable_by(amendment: Amendment, user: Any) -> bool:
    """Only its author writes on it, as long as it is open; what nobody wrote here is free to be taken up."""
    return amendment.writable and amendment.author_id in (None, user.pk) and user.has_perm(SUBMIT)


def saved_at(amendment: Amendment) -> str:
    """“14:03”, or with the day where that is not today."""
    moment = timezone.localtime(amendment.changed_at)
    hour = f"{moment:%H:%M}"
    if moment.date() == timezone.localdate():
        return hour
    return _("%(hour)s on %(day)s") % {"hour": hour, "day": workflow.day_said(moment)}


def word_count(amendment: Amendment) -> int:
    """The words that readers see, signs of formatting left out."""
    if amendment.html:
        texts = (f"{section.heading} {section.text}" for section in amendment.sections.all())
        # A dash is no word, nor is “…”, which stands for the title that a reference will have.
        return sum(any(map(str.isalnum, word)) for text in texts for word in text.split())
    return len(amendment.text.split())


def _refusal(message: str, status: int) -> JsonResponse:
    return JsonResponse({"message": message}, status=status)


def _name(user: Any) -> str:
    return workflow.name_of(user) if isinstance(user, User) else workflow.name_of(None)


def _draft(request: HttpRequest, pk: int) -> Amendment:
    amendments = Amendment.objects.select_related(
        "chapter", "chapter__parent", "author", "based_on", "successor", "counterpart", "under"
    )
    amendment: Amendment = get_object_or_404(amendments, pk=pk)
    if not any(request.user.has_perm(permission) for permission in MAY_READ):
        raise PermissionDenied
    return amendment


def _other_drafts(amendment: Amendment) -> list[str]:
    """Who else has an open draft of the chapter, and since when."""
    others = amendment.chapter.amendments.open().exclude(pk=amendment.pk).select_related("author")
    return [
        _("%(author)s has a draft of this chapter too, begun on %(created_at)s.")
        % {"author": _name(other.author), "created_at": workflow.said(other.created_at)}
        for other in others
    ]


def _store(form: WritingForm, request: HttpRequest) -> Amendment:
    """Save the words that make sense; `form.errors` has the others. Raises what the verb refuses."""
    form.full_clean()
    amendment = form.amendment
    user = request.user
    assert isinstance(user, User)  # noqa: S101 # for the type checker
    if not is_writable_by(amendment, user):
        if amendment.author_id not in (None, user.pk):
            raise workflow.NotPermitted(
                _("This is the draft of %(author)s. Only its author writes on it.")
                % {"author": _name(amendment.author)}
            )
        if not amendment.writable:
            raise workflow.Refused(
                _("It is %(status)s now, so it cannot be written on.")
                % {"status": amendment.get_status_display().lower()}
            )
    # The writer has seen the other words and keeps these.
    over = request.POST.get("over", "")
    revision = int(over) if over.isdecimal() and len(over) < 10 else form.cleaned_data.get("revision")
    if revision is None:
        raise workflow.Refused(_("This page does not say which words it was made from. Open it again."))
    words = form.words()
    if amendment.author_id is not None and all(
        _same(getattr(amendment, name), value) for name, value in words.items()
    ):
        return amendment
    try:
        return workflow.revise(amendment, by=user, revision=revision, **words)
    except AmendmentRefused as refusal:
        raise workflow.Refused(str(refusal)) from refusal


def _same(stored: Any, value: Any) -> bool:
    return bool(sorted(stored) == sorted(value) if isinstance(value, list) else stored == value)


def _current(overtaken: workflow.Overtaken) -> Amendment:
    current = overtaken.current
    assert isinstance(current, Amendment)  # noqa: S101 # for the type checker
    return current


def _overtaken(form: WritingForm, other: Amendment, request: HttpRequest, message: str) -> dict[str, Any]:
    """Both versions, for whoever has to say which to keep; and what theirs changes in the other one."""
    mine = {name: form.cleaned_data.get(name, "") for name in ("title", "note", "text")}
    own = other.author_id == request.user.pk
    return {
        "message": message,
        "own": own,
        "who": _name(other.author),
        "when": saved_at(other),
        "revision": other.revision,
        "title": comparison.tracked_words(other.title, mine["title"]),
        "note": comparison.tracked_words(other.note, mine["note"]),
        "text": _compared(other.html, _rendered(mine["text"], other), other, only_changes=True),
        "other": other,
        "mine": mine,
    }


def _rendered(text: str, amendment: Amendment) -> str:
    try:
        return rendering.render(
            text, numbering=drafting.numbering_of(amendment), areas=Manual.objects.current().areas
        ).html
    except rendering.RenderingRefused:
        return ""


def _compared(before: str, after: str, amendment: Amendment, *, only_changes: bool = False) -> str:
    if not (before or after):
        return ""
    tracked = comparison.tracked_changes(before, after, only_changes=only_changes)
    contents = _contents_with(Edition.objects.in_force(), amendment)
    # Both texts were sanitised when they were rendered.
    return mark_safe(decoration.decorate_changes(tracked.html, contents))  # noqa: S308


def _contents_with(edition: Edition | None, amendment: Amendment) -> Contents:
    """The contents with a draft in them, and with the forms and pictures that are drafted to go with it."""
    contents = Contents.with_draft(edition, amendment)
    drafts = DocumentVersion.objects.exclude(status=Status.ABANDONED).order_by("pk")
    to_come = [Held(*row) for row in drafts.values_list(*OF_A_DOCUMENT)]
    contents.documents_to_come = {
        held.slug: (held, reverse("admin:manual_documentversion_file", args=[held.version_id]))
        for held in to_come
    }
    return contents


def _why_unshown(amendment: Amendment) -> str:
    """Why there is nothing to show of a text that is there; empty where it can be shown."""
    if amendment.html or not amendment.text.strip():
        return ""
    return next((problem.message for problem in drafting.problems_of(amendment) if problem.blocking), "")


def _changes(amendment: Amendment, *, only_changes: bool) -> dict[str, Any]:
    before = amendment.based_on
    found: dict[str, Any] = {
        "before": before,
        "unshown": _why_unshown(amendment),
        "outdated": not workflow.is_up_to_date(amendment),
        "note": amendment.note,
    }
    if before is not None:
        found["title_pieces"] = comparison.tracked_words(before.title, amendment.title)
        if not found["unshown"]:
            found["text"] = _compared(before.html, amendment.html, amendment, only_changes=only_changes)
            found["same"] = before.html == amendment.html and before.title == amendment.title
    return found


# --- What can be picked ------------------------------------------------------------------------------------

Item = dict[str, Any]


def _has(words: Iterable[str], text: str) -> bool:
    text = text.casefold()
    return all(word in text for word in words)


def _start(text: str) -> str:
    """The first words of a text, to tell it by."""
    words = " ".join(text.split())
    return words if len(words) <= 120 else words[:120].rsplit(" ", 1)[0] + " …"


def _chapters(words: list[str], contents: Contents | None, draft: Amendment) -> list[Item]:
    """Places in this text, then chapters with the sections of the first few; then sections of others, by heading."""
    items: list[Item] = [
        {
            "name": f"{section.number} {section.heading}".strip(),
            "where": _("In this text"),
            "address": f"#{section.anchor}",
            "words": section.heading,
        }
        for section in draft.sections.exclude(anchor="").exclude(heading="")
        if words and _has(words, f"{section.number} {section.heading}")
    ]
    lines = [
        line
        for line in (contents.lines if contents else [])
        if line.is_page and not line.withdrawn and line.chapter_id != draft.chapter_id
    ]
    matching = [line for line in lines if _has(words, line.name)]
    first = {line.amendment_id for line in matching[:5]} if words else set()
    sections = _sections_of(lines, words, first) if words else {}
    for line in matching:
        items.append({"name": line.name, "where": _where(line), "address": f"chapter:{line.slug}"})
        if line.amendment_id in first:
            items += [_section_item(line, section) for section in sections.pop(line.amendment_id, [])]
    for line in lines:
        items += [_section_item(line, section) for section in sections.get(line.amendment_id, [])]
    return items


def _sections_of(lines: list[Line], words: list[str], whole: set[int]) -> dict[int, list[Section]]:
    """By amendment: all sections of some, and of the others those whose headings have the words. One query."""
    in_heading = Q()
    for word in words:
        in_heading &= Q(heading__icontains=word)
    wanted = Section.objects.filter(amendment__in=[line.amendment_id for line in lines])
    wanted = wanted.filter(Q(amendment__in=whole) | in_heading).exclude(anchor="").exclude(heading="")
    found: dict[int, list[Section]] = {}
    for section in wanted.defer("text").order_by("amendment", "position"):
        found.setdefault(section.amendment_id, []).append(section)
    return found


def _section_item(line: Line, section: Section) -> Item:
    return {
        "name": f"{section.number} {section.heading}".strip(),
        "where": _("Section of %(name)s") % {"name": line.name},
        "address": f"chapter:{line.slug}#{section.anchor}",
        "within": True,
    }


def _where(line: Line) -> str:
    return " › ".join(above.name for above in line.ancestors)


def _keywords(words: list[str], contents: Contents | None, _draft: Amendment) -> list[Item]:
    glossary = Glossary.of(contents.edition) if contents else None
    meanings = (glossary.matching(words) if words else glossary.meanings) if glossary else []
    items = [
        {
            "name": meaning.name,
            "where": _("Also: %(also)s") % {"also": ", ".join(meaning.also)} if meaning.also else "",
            "hint": _start(meaning.meaning),
            "address": f"keyword:{meaning.slug}",
        }
        for meaning in meanings
    ]
    coming = Definition.objects.filter(status__in=(*OPEN, Status.APPROVED)).select_related("keyword")
    known = set(glossary.by_slug) if glossary else set()
    for definition in coming:
        if definition.keyword.slug not in known and _has(words, definition.name):
            known.add(definition.keyword.slug)
            items.append(
                {
                    "name": definition.name,
                    "where": _("Not in force yet"),
                    "hint": _start(definition.meaning),
                    "address": f"keyword:{definition.keyword.slug}",
                    "words": definition.name,
                }
            )
    return items


def _contacts(words: list[str], contents: Contents | None, draft: Amendment) -> list[Item]:
    line = contents.by_slug.get(Manual.objects.current().contacts) if contents else None
    if line is None or line.withdrawn or line.chapter_id == draft.chapter_id:
        return []
    return [
        {
            "name": section.heading,
            "hint": _start(section.text),
            "address": f"chapter:{line.slug}#{section.anchor}",
        }
        for section in Section.objects.filter(amendment=line.amendment_id)
        .exclude(anchor="")
        .exclude(heading="")
        if _has(words, f"{section.heading} {section.text}")
    ]


def _documents(words: list[str], contents: Contents | None, _draft: Amendment) -> list[Item]:
    """Those in force, then those that somebody is preparing."""
    in_force = DocumentVersion.objects.in_edition(contents.edition) if contents else []
    coming = DocumentVersion.objects.filter(status__in=(*OPEN, Status.APPROVED)).select_related("document")
    items: list[Item] = []
    known: set[str] = set()
    for version, where in [
        *((each, "") for each in in_force),
        *((each, _("Not in force yet")) for each in coming),
    ]:
        slug = version.document.slug
        if slug in known:
            continue
        known.add(slug)
        if _has(words, f"{version.title} {slug} {version.description}"):
            items.append(
                {
                    "name": version.title or slug,
                    "where": where or (_("Picture") if version.is_picture else slug),
                    "hint": _start(version.description),
                    "description": version.description,
                    "picture": version.is_picture,
                    "address": f"document:{slug}",
                }
            )
    return items
