"""Bringing a draft up to date: what changed in force and what the draft changes, side by side, and both joined."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from manual import comparison, drafting, workflow
from manual.admin.decisions import Changed, decorated, keyword_names, not_permitted
from manual.comparison import joining
from manual.models import Amendment, AmendmentRefused, Kind, Manual, Significance
from manual.workflow import said

if TYPE_CHECKING:
    from manual.admin.decisions import VersionAdmin

# Short words that both may have changed, and what they are called. Where both did, the author's stand in the form.
SHORT_WORDS = {
    "title": gettext_lazy("Title"),
    "remark": gettext_lazy("Remark"),
    "link": gettext_lazy("Address of the outside document"),
}
# What is taken over from the text in force unless the draft says otherwise.
SETTINGS = {
    "areas": gettext_lazy("Applies to"),
    "counterpart": gettext_lazy("For other areas see"),
    "passage_status": gettext_lazy("Status"),
    "numbering": gettext_lazy("Numbering"),
    "label": gettext_lazy("Words before its entry"),
    "keywords_off": gettext_lazy("Keywords not explained"),
}


class JoinedForm(forms.Form):
    """The joined text, as its author settles it."""

    onto = forms.IntegerField(required=False, widget=forms.HiddenInput)
    revision = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=300)
    remark = forms.CharField(
        label=gettext_lazy("Remark"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Shown beside the title, such as: under review."),
    )
    link = forms.URLField(
        label=gettext_lazy("Address of the outside document"),
        max_length=500,
        required=False,
        assume_scheme="https",
    )
    text = forms.CharField(
        label=gettext_lazy("The text with both changes"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "true"}),
    )

    def __init__(self, *args: Any, chapter_kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        if chapter_kind != Kind.LINK:
            del self.fields["link"]

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        return text.replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True)
class Place:
    """A place where both changed the same words, as it stands in the joined text."""

    line: int
    mine: str
    theirs: str

    @property
    def name(self) -> str:
        """Tells it by its words: the author may have settled others by hand meanwhile."""
        return "place-" + hashlib.sha256(f"{self.mine}\0{self.theirs}".encode()).hexdigest()[:16]


def _places() -> re.Pattern[str]:
    """Where both changed the same words, as the site says it in its language."""
    yours, theirs, end = (
        re.escape(joining.marked(words)) for words in (joining.YOURS, joining.THEIRS, joining.END)
    )
    return re.compile(
        rf"^{yours}\n(?P<mine>.*?)^{theirs}\n(?P<theirs>.*?)^{end}(?:\n|\Z)", re.DOTALL | re.MULTILINE
    )


def places_in(text: str) -> list[Place]:
    """Where the author still has to choose."""
    return [
        Place(text.count("\n", 0, found.start()) + 1, _words(found["mine"]), _words(found["theirs"]))
        for found in _places().finditer(text)
    ]


def settled(text: str, choices: dict[str, str]) -> str:
    """The text with the places that were chosen: “mine”, “theirs” or “both”; the others stay as they are."""

    def choose(found: re.Match[str]) -> str:
        mine, theirs = _words(found["mine"]), _words(found["theirs"])
        chosen = choices.get(Place(0, mine, theirs).name, "")
        return {"mine": mine, "theirs": theirs, "both": mine + theirs}.get(chosen, found[0])

    return _places().sub(choose, text)


def _words(marked: str) -> str:
    return "" if marked == f"{joining.marked(joining.GONE)}\n" else marked


def up_to_date_view(record: VersionAdmin) -> Callable[[HttpRequest, int], HttpResponse]:
    """The page at its address, for the author of a draft."""

    @never_cache
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        related = (
            "chapter", "chapter__parent", "author", "based_on", "based_on__edition", "successor", "counterpart",
        )  # fmt: skip
        amendment = Amendment.objects.select_related(*related).filter(pk=pk).first()
        if amendment is None:
            raise Http404(_("There is no such draft."))
        if not record.has_view_permission(request, amendment):
            raise PermissionDenied
        own = amendment.author_id in (None, request.user.pk)
        if not own or not request.user.has_perm(workflow.permission.SUBMIT):
            sentence = _("Only its author brings a draft up to date. Ask them, or begin a draft of your own.")
            return not_permitted(request, record.admin_site, sentence, record.record_address(amendment))
        if not amendment.writable:
            state = amendment.get_status_display().lower()
            messages.warning(
                request, _("It is %(state)s now, so it cannot be brought up to date.") % {"state": state}
            )
            return redirect(record.record_address(amendment))
        return Joining(record, request, amendment).answer()

    return view


@dataclass
class Joining:
    """One author's draft, the text that it is to follow, and what both changed since the draft was begun."""

    record: VersionAdmin
    request: HttpRequest
    amendment: Amendment

    @cached_property
    def texts(self) -> list[Amendment]:
        return workflow.texts_to_go_on_from(self.amendment)

    @cached_property
    def onto(self) -> Amendment | None:
        """The text that was chosen; at first, the newest."""
        wanted = self.request.POST.get("onto") or self.request.GET.get("onto") or ""
        return next(
            (text for text in self.texts if str(text.pk) == wanted), self.texts[-1] if self.texts else None
        )

    @property
    def living(self) -> bool:
        return self.onto is not None and self.onto.significance != Significance.WITHDRAWN

    def answer(self) -> HttpResponse:
        if self.request.method == "POST":
            return self._posted()
        if workflow.is_up_to_date(self.amendment) and self.onto == self.amendment.based_on:
            messages.info(self.request, _("It is up to date: nothing has to be done."))
            return redirect(self.record.record_address(self.amendment))
        return self._page(JoinedForm(initial=self._initial(), chapter_kind=self.amendment.chapter.kind))

    def _before(self, name: str) -> Any:
        base = self.amendment.based_on
        empty: dict[str, Any] = {"areas": [], "keywords_off": [], "counterpart": None}
        return getattr(base, name) if base else empty.get(name, "")

    def _joined(self, name: str) -> Any:
        """The author's words if the author changed them, or else those in force."""
        mine = getattr(self.amendment, name)
        if not self.living or mine != self._before(name):
            return mine
        return getattr(self.onto, name)

    def _initial(self) -> dict[str, Any]:
        # With the addresses of their sections, so that a heading which only lost its own is no change.
        base = drafting.anchored(self.amendment.based_on) if self.amendment.based_on else ""
        theirs = drafting.anchored(self.onto) if self.onto and self.living else base
        return {
            **{name: self._joined(name) for name in SHORT_WORDS},
            "text": comparison.merged(base, theirs, drafting.anchored(self.amendment)).text,
            "onto": self.onto.pk if self.onto else "",
            "revision": self.amendment.revision,
        }

    def _posted(self) -> HttpResponse:
        data = self.request.POST.copy()
        chosen = {name: str(choice) for name, choice in data.items() if name.startswith("place-")}
        typed = str(data.get("text", "")).replace("\r\n", "\n").replace("\r", "\n")
        data["text"] = settled(typed, chosen)
        form = JoinedForm(data, chapter_kind=self.amendment.chapter.kind)
        if not form.is_valid():
            return self._page(form, status=422)
        left = comparison.unsettled(form.cleaned_data["text"])
        if left:
            lines = ", ".join(str(line) for line in left)
            form.add_error(
                "text",
                _("Both changed the same words here, and it is not settled yet: line %(lines)s.")
                % {"lines": lines},
            )
            return self._page(form, status=422)
        wanted = form.cleaned_data["onto"]
        if (self.onto.pk if self.onto else None) != wanted:
            self._go_on_from(wanted, data)
            return self._page(
                JoinedForm(data, chapter_kind=self.amendment.chapter.kind),
                status=409,
                refusal=_(
                    "The text in force changed again while this page was open. Nothing was saved "
                    "yet. What changed is put into your words below, as far as they could be "
                    "joined; compare them with the changes as they are shown now, and save again."
                ),
            )
        words: dict[str, Any] = {
            name: form.cleaned_data[name] for name in (*SHORT_WORDS, "text") if name in form.fields
        }
        words |= {name: self._joined(name) for name in SETTINGS}
        if not words["areas"]:
            words["counterpart"] = None
        if not self.living:
            chapter = self.amendment.chapter
            words |= {"successor": None, "under": chapter.parent, "numbered": chapter.numbered}
        try:
            workflow.bring_up_to_date(
                self.amendment, by=cast("User", self.request.user), onto=self.onto,
                revision=form.cleaned_data["revision"], **words,
            )  # fmt: skip
        except workflow.NotPermitted as refusal:
            return not_permitted(
                self.request, self.record.admin_site, str(refusal), self.record.record_address(self.amendment)
            )
        except workflow.Overtaken as overtaken:
            data["revision"] = str(overtaken.current.revision)
            return self._page(
                JoinedForm(data, chapter_kind=self.amendment.chapter.kind),
                status=409,
                refusal=_(
                    "%(overtaken)s Nothing was saved here. Look at the draft in another window; if you save "
                    "again, the words below take the place of what was saved there."
                )
                % {"overtaken": overtaken},
            )
        except (workflow.Refused, AmendmentRefused) as refusal:
            return self._page(form, status=409, refusal=str(refusal))
        messages.success(self.request, _("Brought up to date. Read it once more before you submit it."))
        return redirect("admin:manual_amendment_write", self.amendment.pk)

    def _go_on_from(self, wanted: int | None, data: QueryDict) -> None:
        """Join what is in force by now to what was typed, which was joined to an earlier text: else a second click
        would take the newest changes out again."""
        earlier = Amendment.objects.filter(pk=wanted or 0, chapter=self.amendment.chapter_id).first()
        if earlier is None or self.onto is None or not self.living:
            return
        data["text"] = comparison.merged(
            drafting.anchored(earlier), drafting.anchored(self.onto), str(data["text"])
        ).text
        for name in SHORT_WORDS:
            if name in data and data[name] == getattr(earlier, name):
                data[name] = getattr(self.onto, name)

    def _page(self, form: JoinedForm, status: int = 200, refusal: str = "") -> HttpResponse:
        amendment, onto = self.amendment, self.onto
        base = amendment.based_on
        base_html = base.html if base else ""
        in_force = (
            comparison.tracked_changes(base_html, onto.html, only_changes=True)
            if onto and self.living
            else None
        )
        mine = comparison.tracked_changes(base_html, amendment.html, only_changes=True)
        if form.is_bound:
            # The page goes on from the text it is shown with, whichever that was before.
            form.data = {**form.data.dict(), "onto": str(onto.pk) if onto else ""}  # type: ignore[attr-defined] # a QueryDict
        context = {
            **self.record.admin_site.each_context(self.request),
            "title": _("Bring up to date: %(title)s") % {"title": amendment.title_shown},
            "amendment": amendment,
            "record_address": self.record.record_address(amendment),
            "list_address": reverse("admin:manual_amendment_changelist"),
            "opts": self.record.opts,
            "form": form,
            "refusal": refusal,
            "places": places_in(str(form["text"].value() or "")),
            "base": base,
            "onto": onto,
            "living": self.living,
            "texts": [(text, self._when(text), text == onto) for text in self.texts],
            "onto_when": self._when(onto) if onto else "",
            "in_force_html": decorated(in_force.html) if in_force and in_force.changed else "",
            "mine_html": decorated(mine.html) if mine.changed else "",
            "in_force_words": self._changed(onto) if onto and self.living else [],
            "my_words": self._changed(amendment),
            "taken_over": self._taken_over(),
        }
        return TemplateResponse(
            self.request, "admin/manual/amendment/up_to_date.html", context, status=status
        )

    def _when(self, text: Amendment) -> str:
        edition = text.edition
        if edition is None or edition.effective_at is None:
            return ""
        words = {
            "sequence": text.sequence,
            "moment": said(edition.effective_at),
            "number": edition.number,
        }
        if edition.state() == "scheduled":
            return _("version %(sequence)s, takes effect on %(moment)s (edition %(number)s)") % words
        return _("version %(sequence)s, in force since %(moment)s (edition %(number)s)") % words

    def _changed(self, after: Amendment) -> list[Changed]:
        return [
            Changed(str(label), comparison.tracked_words(self._before(name), getattr(after, name)))
            for name, label in SHORT_WORDS.items()
            if self._before(name) != getattr(after, name)
        ]

    def _taken_over(self) -> list[str]:
        """What the draft gets from the text in force besides its words, a sentence each."""
        manual = Manual.objects.current()
        sentences = []
        for name, label in SETTINGS.items():
            new = self._joined(name)
            if new == getattr(self.amendment, name):
                continue
            words = manual.area_names(new) if name == "areas" else str(new or "")
            if name == "keywords_off":
                words = keyword_names(new)
            if name == "counterpart" and new:
                words = workflow.title_of(new)
            sentences.append(
                _("%(label)s: %(words)s, as in the text in force.")
                % {"label": label, "words": words or _("nothing any more")}
            )
        return sentences
