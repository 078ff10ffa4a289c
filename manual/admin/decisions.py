"""The page of one amendment, definition or document's version: where it stands, and what can be decided about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manual import comparison, decoration, drafting, workflow
from manual.admin.record import RecordAdmin
from manual.admin.timeline import timeline_of
from manual.models import Contents, Edition, Event, Glossary, Manual, Status
from manual.workflow import AnyVersion, day_said, name_of, said
from manual.workflow.permission import APPROVE, SUBMIT

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

LONGEST_COMMENT = 4000


# --- What can be decided -------------------------------------------------------------------------------------


class DecisionForm(forms.Form):
    """A click on one of the buttons; `status` and `revision` say what the page showed when it was made."""

    decision = forms.CharField(max_length=20)
    status = forms.CharField(max_length=10, required=False)
    revision = forms.IntegerField(required=False, min_value=0, max_value=2**31)
    why = forms.CharField(label=gettext_lazy("Comment"), max_length=LONGEST_COMMENT, required=False)
    sure = forms.BooleanField(required=False)
    agreed_by = forms.CharField(label=gettext_lazy("Agreed by"), max_length=200, required=False)
    agreed_on = forms.DateField(label=gettext_lazy("Agreed on"), required=False)
    minute = forms.CharField(label=gettext_lazy("Minute"), max_length=100, required=False)

    def clean_decision(self) -> Decision:
        decision = DECISIONS.get(self.cleaned_data["decision"])
        if decision is None:
            raise forms.ValidationError(_("There is no such decision. Use one of the buttons of this page."))
        return decision

    @property
    def agreement(self) -> dict[str, Any]:
        """What was typed of a meeting that agreed the text; what was left empty keeps what the author wrote."""
        typed = {name: self.cleaned_data.get(name) for name in ("agreed_by", "agreed_on", "minute")}
        return {name: value for name, value in typed.items() if value}


@dataclass(frozen=True)
class Decision:
    """One button: the verb behind it, the status it leads to (none for a comment), and what is said when it is done."""

    key: str
    label: str | StrPromise
    to: str
    said: str | StrPromise
    verb: Callable[[Any, User, DecisionForm], Any]


DECISIONS = {
    decision.key: decision
    for decision in (
        Decision(
            "submit",
            gettext_lazy("Submit for approval"),
            Status.SUBMITTED,
            gettext_lazy("Submitted for approval."),
            lambda version, by, form: workflow.submit(version, by=by, sure=form.cleaned_data["sure"]),
        ),
        Decision(
            "take-back",
            gettext_lazy("Take back and go on writing"),
            Status.DRAFT,
            gettext_lazy("Taken back: it is a draft again, and you can go on writing."),
            lambda version, by, form: workflow.take_back(version, by=by),
        ),
        Decision(
            "approve",
            gettext_lazy("Approve"),
            Status.APPROVED,
            gettext_lazy("Approved. It takes effect with an edition."),
            lambda version, by, form: workflow.approve(version, by=by, **form.agreement),
        ),
        Decision(
            "return",
            gettext_lazy("Return with this comment"),
            Status.RETURNED,
            gettext_lazy("Returned to its author with your comment."),
            lambda version, by, form: workflow.return_to_author(version, by=by, why=form.cleaned_data["why"]),
        ),
        Decision(
            "abandon",
            gettext_lazy("Abandon"),
            Status.ABANDONED,
            gettext_lazy("Abandoned. Its text is kept."),
            lambda version, by, form: workflow.abandon(version, by=by, why=form.cleaned_data["why"]),
        ),
        Decision(
            "comment",
            gettext_lazy("Add this comment"),
            "",
            gettext_lazy("Your comment is kept with it."),
            lambda version, by, form: workflow.comment(version, by=by, words=form.cleaned_data["why"]),
        ),
    )
}


@dataclass(frozen=True)
class Choices:
    """What one person can do with a version now, and in a sentence each why not otherwise."""

    possible: frozenset[str]
    why_not: tuple[str, ...]

    def __contains__(self, decision: str) -> bool:
        return decision in self.possible


def choices_of(version: AnyVersion, person: Any) -> Choices:
    """For the buttons of the page only: the verbs decide again, by their own rules."""
    submits, approves = person.has_perm(SUBMIT), person.has_perm(APPROVE)
    own = version.author_id == person.pk
    mine = submits and (own or version.author_id is None)
    who = name_of(version.author) if version.author_id else ""
    possible: set[str] = {"comment"} if submits or approves else set()
    why_not: list[str] = []
    if version.writable:
        if mine:
            possible |= {"write", "abandon"}
            if workflow.is_up_to_date(version):
                possible.add("submit")
            else:
                why_not.append(_("It has to be brought up to date before it can be submitted."))
        else:
            if submits and approves:
                possible.add("abandon")
            why_not.append(
                _("Only %(who)s, who is its author, can write on it and submit it.") % {"who": who} if who
                else _("Only an editor can write on it and submit it.")
            )  # fmt: skip
    elif version.status == Status.SUBMITTED:
        if own and submits:
            possible.add("take-back")
        if not approves:
            why_not.append(_("Somebody with the role of an approver has to approve it or return it."))
        else:
            possible.add("return")
            if own and not Manual.objects.current().self_approval:
                why_not.append(
                    _("You wrote it, so you cannot approve it: nobody publishes alone. Ask another approver.")
                )
            elif not workflow.is_up_to_date(version):
                why_not.append(
                    _(
                        "It cannot be approved now, because the text it was written from has changed since. "
                        "Return it, so that its author brings it up to date."
                    )
                )
            else:
                possible.add("approve")
    elif version.status == Status.APPROVED:
        if approves:
            possible.add("return")
        why_not.append(_("Its words are frozen. To change them, it has to be returned to its author first."))
    elif version.status == Status.PUBLISHED:
        why_not.append(
            _("It is published, so it cannot be changed any more. To put something right, begin a new draft.")
        )
    else:
        why_not.append(_("It was given up. Its text is kept, but nothing more can be decided about it."))
    if not (submits or approves):
        why_not.append(_("Your account may read it, but not decide about it."))
    return Choices(frozenset(possible), tuple(why_not))


# --- In words ------------------------------------------------------------------------------------------------


def day(moment: datetime | None) -> str:
    """“1 June 2026”, in London."""
    if moment is None:
        return _("an unknown day")
    return day_said(timezone.localtime(moment))


def state_of(version: AnyVersion) -> str:
    """Where it stands, in a sentence: “Submitted by Ann Example on 1 June 2026; waits for somebody else's approval.”"""
    if version.status == Status.PUBLISHED:
        return _published(version)
    if version.status == Status.APPROVED:
        return _approved(version)
    if version.status == Status.ABANDONED:
        event = version.events.filter(to_status=Status.ABANDONED).select_related("by").last()
        if event is None:
            return _("Abandoned.")
        return _("Abandoned by %(by)s on %(day)s.") % {"by": name_of(event.by), "day": day(event.at)}
    author = name_of(version.author) if version.author_id else ""
    if version.status == Status.RETURNED:
        return _returned(version, author)
    if version.status == Status.DRAFT:
        said_of_draft = (
            _("Draft by %(author)s, begun on %(day)s and not submitted yet.")
            if author
            else _("Draft, begun on %(day)s and not submitted yet.")
        )
        return said_of_draft % {"author": author, "day": day(version.created_at)}
    if Manual.objects.current().self_approval:
        sentence = (
            _("Submitted by %(author)s on %(day)s; waits for approval.")
            if author
            else _("Submitted on %(day)s; waits for approval.")
        )
    else:
        sentence = (
            _("Submitted by %(author)s on %(day)s; waits for somebody else’s approval.")
            if author
            else _("Submitted on %(day)s; waits for somebody else’s approval.")
        )
    return sentence % {"author": author, "day": day(version.submitted_at)}


def _returned(version: AnyVersion, author: str) -> str:
    event = version.events.filter(to_status=Status.RETURNED).select_related("by").last()
    by = name_of(event.by) if event and event.by else ""
    words = {"author": author, "by": by, "day": day(event.at) if event else ""}
    if event is None:
        return (
            _("Returned to %(author)s, to be put right.") % words
            if author
            else _("Returned, to be put right.")
        )
    if author:
        sentence = (
            _("Returned to %(author)s by %(by)s on %(day)s, to be put right.")
            if by
            else _("Returned to %(author)s on %(day)s, to be put right.")
        )
    else:
        sentence = (
            _("Returned by %(by)s on %(day)s, to be put right.")
            if by
            else _("Returned on %(day)s, to be put right.")
        )
    return sentence % words


def _approved(version: AnyVersion) -> str:
    words = {
        "approver": name_of(version.approver) if version.approver_id else "",
        "day": day(version.approved_at),
    }
    if version.self_approved:
        sentence = _("Approved by %(approver)s, who also wrote it, on %(day)s.")
    elif version.approver_id:
        sentence = _("Approved by %(approver)s on %(day)s.")
    else:
        sentence = _("Approved on %(day)s.")
    carried = (
        _("Gathered for %(edition)s.") % {"edition": version.edition}
        if version.edition_id
        else _("No edition carries it yet.")
    )
    return f"{sentence % words} {carried}"


def agreement_said(subject: Any) -> str:
    """“Agreed by the Procedures Group on 1 June 2026, minute 7.2”; empty where nothing of it is recorded."""
    if not (subject.agreed_by or subject.agreed_on or subject.minute):
        return ""
    return _("Agreed by %(by)s.") % {"by": agreed_by(subject)}


def agreed_by(subject: Any) -> str:
    """“the Procedures Group on 1 June 2026, minute 7.2”: who agreed a version or an edition."""
    said = {
        "by": subject.agreed_by or _("a meeting"),
        "day": day_said(subject.agreed_on) if subject.agreed_on else "",
        "minute": subject.minute,
    }
    if subject.agreed_on and subject.minute:
        return _("%(by)s on %(day)s, minute %(minute)s") % said
    if subject.agreed_on:
        return _("%(by)s on %(day)s") % said
    return _("%(by)s, minute %(minute)s") % said if subject.minute else str(said["by"])


def returned_with(version: AnyVersion) -> str:
    """What the approver wrote who returned it, as long as it is to be put right."""
    if version.status != Status.RETURNED:
        return ""
    event = version.events.filter(to_status=Status.RETURNED).last()
    return event.why if event else ""


def _published(version: AnyVersion) -> str:
    edition = cast("Edition", version.edition)
    moment = cast("datetime", edition.effective_at)
    if moment > timezone.now():
        return _("Scheduled: takes effect with edition %(number)s on %(moment)s.") % {
            "number": edition.number,
            "moment": said(moment),
        }
    chain = type(version)._default_manager.filter(**{version.CHAIN: version.chain_id})
    later = (
        chain.published()
        .filter(sequence__gt=version.sequence or 0, edition__effective_at__lte=timezone.now())
        .select_related("edition")
        .order_by("sequence")
        .first()
    )
    if later is None:
        return _("In force since %(moment)s, with edition %(number)s.") % {
            "moment": said(moment),
            "number": edition.number,
        }
    return _(
        "In force from %(day)s (edition %(number)s) until %(end)s; superseded by version %(sequence)s."
    ) % {
        "day": day(moment),
        "number": edition.number,
        "end": day(later.edition.effective_at),
        "sequence": later.sequence,
    }


def keyword_names(slugs: Sequence[str]) -> str:
    """Keywords as they are called in the edition in force; empty if there are none."""
    edition = Edition.objects.in_force() if slugs else None
    return Glossary.of(edition).names_of(slugs) if edition else ", ".join(slugs)


def decorated(html: str) -> SafeString:
    """Stored or compared HTML, with its references as readers have them today; sanitised when it was rendered."""
    edition = Edition.objects.in_force()
    if edition is not None and html:
        html = decoration.decorate_changes(html, Contents.of(edition))
    return mark_safe(html)  # noqa: S308 # sanitised when it was rendered, rebuilt as a tree since


@dataclass(frozen=True)
class Changed:
    """What became of the title, the areas or the remark: pieces of words, to be escaped by the template."""

    label: str
    pieces: list[comparison.Piece]


# --- The page ------------------------------------------------------------------------------------------------


class VersionAdmin(RecordAdmin):
    """The record of any version: where it stands, what it changes, what this person can do, and what was done."""

    record_template = "admin/manual/version.html"
    # What the thing is called in sentences, and what the list of them is called above the page.
    noun: str | StrPromise = gettext_lazy("text")
    list_name: str | StrPromise = ""

    @property
    def list_title(self) -> str:
        return str(self.list_name) or str(self.opts.verbose_name_plural).capitalize()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"title": self.list_title, **(extra_context or {})})

    # --- For subclasses

    def words_of(self, version: Any) -> dict[str, str]:
        """The short words of a version by what they are called, as far as their changes are to be shown."""
        return {_("Title"): version.title_shown}

    def html_of(self, version: Any) -> str:
        """The stored HTML whose changes are shown; empty where there is none."""
        return str(getattr(version, "html", ""))

    def problems_of(self, version: Any) -> list[drafting.Problem]:
        """What is wrong with it, while it can still be put right."""
        return [
            drafting.Problem(None, sentence, blocking=True) for sentence in drafting.missing_from(version)
        ]

    def questions_of(self, version: Any) -> list[str]:
        """What a so-called correction touches that an approver has to look at."""
        return []

    def facts_of(self, version: Any) -> list[tuple[str, Any]]:
        """Lines of the table beside the text."""
        facts: list[tuple[str, Any]] = [
            (_("Author"), name_of(version.author) if version.author_id else _("Loaded with the contents")),
            (_("Begun"), said(version.created_at)),
            (_("Last saved"), said(version.changed_at)),
        ]
        if version.based_on_id:
            before = version.based_on
            facts.append(
                (
                    _("Written from"),
                    _("version %(sequence)s") % {"sequence": before.sequence}
                    if before.sequence
                    else str(before),
                )
            )
        if version.edition_id:
            facts.append((_("Edition"), str(version.edition)))
        if version.agreed_by or version.agreed_on or version.minute:
            facts.append((_("Agreed by"), agreed_by(version)))
        return facts

    def write_address(self, version: Any) -> str:
        """Where its author goes on writing."""
        return ""

    def preview_address(self, version: Any) -> str:
        """Where it is shown as readers will see it."""
        return ""

    def up_to_date_address(self, version: Any) -> str:
        """Where its author brings it up to date."""
        return ""

    def context_of(self, request: HttpRequest, version: Any) -> dict[str, Any]:
        """What the page shows of it; subclasses add to this, and have a template that shows it."""
        before = version.based_on
        only_changes = request.GET.get("show") != "all"
        before_html, html = self.html_of(before) if before else "", self.html_of(version)
        tracked = comparison.tracked_changes(before_html, html, only_changes=only_changes) if before else None
        before_words = self.words_of(before) if before else {}
        changed = [
            Changed(label, comparison.tracked_words(before_words.get(label, ""), words))
            for label, words in self.words_of(version).items()
            if before is not None and before_words.get(label, "") != words
        ]
        up_to_date = not version.open or workflow.is_up_to_date(version)
        problems = self.problems_of(version) if version.open else []
        choices = choices_of(version, request.user)
        return {
            "version": version,
            "state": state_of(version),
            "returned_with": returned_with(version),
            "choices": choices,
            # What the one dark button of the page is: what comes next, and advice alone keeps nobody from it.
            "writing_is_first": "submit" not in choices
            or not version.note.strip()
            or any(problem.blocking for problem in problems),
            "own": version.author_id == request.user.pk,
            "facts": self.facts_of(version),
            "words": self.words_of(version),
            "changed_words": changed,
            "tracked": tracked,
            "tracked_html": decorated(tracked.html) if tracked and tracked.changed else "",
            "full_html": "" if before else decorated(html),
            "only_changes": only_changes,
            "problems": problems,
            "to_look_at": self.questions_of(version) if version.status == Status.SUBMITTED else [],
            "up_to_date": up_to_date,
            "newest": "" if up_to_date else _newest_said(workflow.texts_to_go_on_from(version)),
            "write_address": self.write_address(version),
            "preview_address": self.preview_address(version),
            "up_to_date_address": self.up_to_date_address(version),
            "moments": timeline_of(version),
        }

    # --- Addresses

    def get_urls(self) -> list[URLPattern]:
        decide = path(
            "<path:object_id>/decide/",
            self.admin_site.admin_view(self.decide_view),
            name=f"manual_{self.opts.model_name}_decide",
        )
        return [decide, *super().get_urls()]

    def record_address(self, version: Any) -> str:
        return reverse(f"admin:manual_{self.opts.model_name}_change", args=[version.pk])

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        version = self._version(request, object_id)
        if version is None:
            return self._not_there(request, object_id)
        return self._page(request, version, **(extra_context or {}))

    def decide_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """One click on one button: the verb decides, and the page says what became of it."""
        version = self._version(request, object_id)
        if version is None:
            return self._not_there(request, object_id)
        if request.method == "GET":
            # Such as after signing in again on the way.
            return redirect(self.record_address(version))
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = DecisionForm(request.POST)
        if not form.is_valid():
            return self._page(request, version, form=form, status=422)
        decision = form.cleaned_data["decision"]
        by = cast("User", request.user)
        try:
            with transaction.atomic():
                current = self.model._default_manager.select_for_update().get(pk=version.pk)
                _check_seen(current, decision, form)
                decision.verb(current, by, form)
        except workflow.NotPermitted as refusal:
            return self._not_permitted(request, version, refusal)
        except _DoneAlready as done:
            messages.info(request, str(done))
            return redirect(self.record_address(version))
        except workflow.Refused as refusal:
            version = self._version(request, object_id)
            return self._page(request, version, form=form, refusal=refusal, decision=decision, status=409)
        messages.success(request, f"“{version.title_shown}”: {decision.said[0].lower()}{decision.said[1:]}")
        return redirect(self.record_address(version))

    # --- What the views are made of

    def _version(self, request: HttpRequest, object_id: str) -> Any:
        version = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, version):
            raise PermissionDenied
        return version

    def _not_there(self, request: HttpRequest, object_id: str) -> HttpResponse:
        messages.warning(
            request,
            _("There is no %(noun)s %(object_id)s any more.") % {"noun": self.noun, "object_id": object_id},
        )
        return redirect("admin:index")

    def _page(
        self,
        request: HttpRequest,
        version: Any,
        *,
        form: DecisionForm | None = None,
        refusal: workflow.Refused | None = None,
        decision: Decision | None = None,
        status: int = 200,
        **extra: Any,
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": version.title_shown,
            "decide_address": reverse(f"admin:manual_{self.opts.model_name}_decide", args=[version.pk]),
            "list_address": reverse(f"admin:manual_{self.opts.model_name}_changelist"),
            "list_name": self.list_title,
            "form": form,
            "refusal": refusal,
            "refused_problems": getattr(refusal, "problems", []),
            "asked": getattr(refusal, "questions", []),
            "decision": decision,
            "longest_comment": LONGEST_COMMENT,
            **self.context_of(request, version),
            **extra,
        }
        return TemplateResponse(request, self.record_template, context, status=status)

    def _not_permitted(
        self, request: HttpRequest, version: Any, refusal: workflow.NotPermitted
    ) -> HttpResponse:
        return not_permitted(request, self.admin_site, str(refusal), self.record_address(version))


def not_permitted(request: HttpRequest, admin_site: Any, sentence: str, back: str) -> HttpResponse:
    """A page that says why not, instead of one that only says no."""
    context = {
        **admin_site.each_context(request), "title": _("You cannot do this"), "sentence": sentence, "back": back,
    }  # fmt: skip
    return TemplateResponse(request, "admin/manual/not_permitted.html", context, status=403)


class _DoneAlready(Exception):
    """A second click on the same button."""


def _check_seen(current: AnyVersion, decision: Decision, form: DecisionForm) -> None:
    """Nobody decides about a text that is not the one they looked at."""
    if not decision.to:
        return
    seen, revision = form.cleaned_data["status"], form.cleaned_data["revision"]
    if seen and seen != current.status:
        event = current.events.exclude(to_status="").select_related("by").last()
        became = _became(current, event)
        if current.status == decision.to:
            raise _DoneAlready(_("%(became)s. Nothing had to be done.") % {"became": became})
        raise workflow.Refused(
            _(
                "This page was not up to date any more: %(became)s. Nothing was changed. Look at it again, then "
                "decide."
            )
            % {"became": became}
        )
    if revision is not None and revision != current.revision:
        raise workflow.Refused(
            _(
                "The words of “%(title)s” were saved again on %(changed_at)s, after this page was "
                "opened. Nothing was changed. Read it as it is now, then decide."
            )
            % {"title": current.title_shown, "changed_at": said(current.changed_at)}
        )


def _newest_said(texts: Sequence[AnyVersion]) -> str:
    """“Version 2 (Edition 5) and Version 3 (Edition 6) is the newest.” Empty where nothing is in force."""
    named = [
        _("Version %(sequence)s (%(edition)s)") % {"sequence": text.sequence, "edition": text.edition}
        for text in texts
    ]
    if not named:
        return ""
    if len(named) == 1:
        return _("%(newest)s is the newest.") % {"newest": named[0]}
    return _("%(earlier)s and %(newest)s is the newest.") % {
        "earlier": ", ".join(named[:-1]),
        "newest": named[-1],
    }


def _became(current: AnyVersion, event: Event | None) -> str:
    """“Neglect” is approved now by Bea on 1 June 2026 at 14:05."""
    words = {
        "title": current.title_shown,
        "status": current.get_status_display().lower(),
        "by": name_of(event.by) if event and event.by else "",
        "when": said(event.at) if event else "",
    }
    if event is None:
        return _("“%(title)s” is %(status)s now") % words
    if event.by:
        return _("“%(title)s” is %(status)s now by %(by)s on %(when)s") % words
    return _("“%(title)s” is %(status)s now on %(when)s") % words
