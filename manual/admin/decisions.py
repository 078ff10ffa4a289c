"""The page of one amendment, definition or document's version: where it stands, and what can be decided about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

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

from manual import comparison, decoration, drafting, workflow
from manual.admin.record import RecordAdmin
from manual.admin.timeline import timeline_of
from manual.models import Contents, Edition, Glossary, Manual, Status
from manual.workflow import AnyVersion, name_of, said
from manual.workflow.permission import APPROVE, SUBMIT

LONGEST_COMMENT = 4000


# --- What can be decided -------------------------------------------------------------------------------------


class DecisionForm(forms.Form):
    """A click on one of the buttons; `status` and `revision` say what the page showed when it was made."""

    decision = forms.CharField(max_length=20)
    status = forms.CharField(max_length=10, required=False)
    revision = forms.IntegerField(required=False, min_value=0, max_value=2**31)
    why = forms.CharField(label="Comment", max_length=LONGEST_COMMENT, required=False)
    sure = forms.BooleanField(required=False)
    agreed_by = forms.CharField(label="Agreed by", max_length=200, required=False)
    agreed_on = forms.DateField(label="Agreed on", required=False)
    minute = forms.CharField(label="Minute", max_length=100, required=False)

    def clean_decision(self) -> Decision:
        decision = DECISIONS.get(self.cleaned_data["decision"])
        if decision is None:
            raise forms.ValidationError("There is no such decision. Use one of the buttons of this page.")
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
    label: str
    to: str
    said: str
    verb: Callable[[Any, User, DecisionForm], Any]


DECISIONS = {
    decision.key: decision
    for decision in (
        Decision(
            "submit", "Submit for approval", Status.SUBMITTED, "Submitted for approval.",
            lambda version, by, form: workflow.submit(version, by=by, sure=form.cleaned_data["sure"]),
        ),
        Decision(
            "take-back", "Take back and go on writing", Status.DRAFT,
            "Taken back: it is a draft again, and you can go on writing.",
            lambda version, by, form: workflow.take_back(version, by=by),
        ),
        Decision(
            "approve", "Approve", Status.APPROVED, "Approved. It takes effect with an edition.",
            lambda version, by, form: workflow.approve(version, by=by, **form.agreement),
        ),
        Decision(
            "return", "Return with this comment", Status.RETURNED, "Returned to its author with your comment.",
            lambda version, by, form: workflow.return_to_author(version, by=by, why=form.cleaned_data["why"]),
        ),
        Decision(
            "abandon", "Abandon", Status.ABANDONED, "Abandoned. Its text is kept.",
            lambda version, by, form: workflow.abandon(version, by=by, why=form.cleaned_data["why"]),
        ),
        Decision(
            "comment", "Add this comment", "", "Your comment is kept with it.",
            lambda version, by, form: workflow.comment(version, by=by, words=form.cleaned_data["why"]),
        ),
    )
}  # fmt: skip


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
                why_not.append("It has to be brought up to date before it can be submitted.")
        else:
            if submits and approves:
                possible.add("abandon")
            why_not.append(
                f"Only {who}, who is its author, can write on it and submit it." if who
                else "Only an editor can write on it and submit it."
            )  # fmt: skip
    elif version.status == Status.SUBMITTED:
        if own and submits:
            possible.add("take-back")
        if not approves:
            why_not.append("Somebody with the role of an approver has to approve it or return it.")
        else:
            possible.add("return")
            if own and not Manual.objects.current().self_approval:
                why_not.append(
                    "You wrote it, so you cannot approve it: nobody publishes alone. Ask another approver."
                )
            elif not workflow.is_up_to_date(version):
                why_not.append(
                    "It cannot be approved now, because the text it was written from has changed since. "
                    "Return it, so that its author brings it up to date."
                )
            else:
                possible.add("approve")
    elif version.status == Status.APPROVED:
        if approves:
            possible.add("return")
        why_not.append("Its words are frozen. To change them, it has to be returned to its author first.")
    elif version.status == Status.PUBLISHED:
        why_not.append(
            "It is published, so it cannot be changed any more. To put something right, begin a new draft."
        )
    else:
        why_not.append("It was given up. Its text is kept, but nothing more can be decided about it.")
    if not (submits or approves):
        why_not.append("Your account may read it, but not decide about it.")
    return Choices(frozenset(possible), tuple(why_not))


# --- In words ------------------------------------------------------------------------------------------------


def day(moment: datetime | None) -> str:
    """“1 June 2026”, in London."""
    if moment is None:
        return "an unknown day"
    local = timezone.localtime(moment)
    return f"{local.day} {local:%B %Y}"


def state_of(version: AnyVersion) -> str:
    """Where it stands, in a sentence: “Submitted by Ann Example on 1 June 2026; waits for somebody else's approval.”"""
    author = name_of(version.author) if version.author_id else ""
    by_author = f" by {author}" if author else ""
    if version.status == Status.DRAFT:
        return f"Draft{by_author}, begun on {day(version.created_at)} and not submitted yet."
    if version.status == Status.SUBMITTED:
        waits = "approval" if Manual.objects.current().self_approval else "somebody else’s approval"
        return f"Submitted{by_author} on {day(version.submitted_at)}; waits for {waits}."
    if version.status == Status.RETURNED:
        event = version.events.filter(to_status=Status.RETURNED).select_related("by").last()
        returned_by = f" by {name_of(event.by)}" if event and event.by else ""
        when = f" on {day(event.at)}" if event else ""
        return f"Returned{f' to {author}' if author else ''}{returned_by}{when}, to be put right."
    if version.status == Status.APPROVED:
        approver = f" by {name_of(version.approver)}" if version.approver_id else ""
        alone = ", who also wrote it" if version.self_approved else ""
        carried = f"Gathered for {version.edition}." if version.edition_id else "No edition carries it yet."
        return f"Approved{approver}{alone} on {day(version.approved_at)}. {carried}"
    if version.status == Status.PUBLISHED:
        return _published(version)
    event = version.events.filter(to_status=Status.ABANDONED).select_related("by").last()
    return f"Abandoned{f' by {name_of(event.by)} on {day(event.at)}' if event else ''}."


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
        return f"Scheduled: takes effect with edition {edition.number} on {said(moment)}."
    chain = type(version)._default_manager.filter(**{version.CHAIN: version.chain_id})
    later = (
        chain.published()
        .filter(sequence__gt=version.sequence or 0, edition__effective_at__lte=timezone.now())
        .select_related("edition")
        .order_by("sequence")
        .first()
    )
    if later is None:
        return f"In force since {said(moment)}, with edition {edition.number}."
    end = day(later.edition.effective_at)
    began = f"In force from {day(moment)} (edition {edition.number}) until {end}"
    return f"{began}; superseded by version {later.sequence}."


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
    noun = "text"
    list_name = ""

    @property
    def list_title(self) -> str:
        return self.list_name or str(self.opts.verbose_name_plural).capitalize()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"title": self.list_title, **(extra_context or {})})

    # --- For subclasses

    def words_of(self, version: Any) -> dict[str, str]:
        """The short words of a version by what they are called, as far as their changes are to be shown."""
        return {"Title": version.title_shown}

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
            ("Author", name_of(version.author) if version.author_id else "Loaded with the contents"),
            ("Begun", said(version.created_at)),
            ("Last saved", said(version.changed_at)),
        ]
        if version.based_on_id:
            before = version.based_on
            facts.append(("Written from", f"version {before.sequence}" if before.sequence else str(before)))
        if version.edition_id:
            facts.append(("Edition", str(version.edition)))
        if version.agreed_by or version.agreed_on or version.minute:
            on = f" on {version.agreed_on.day} {version.agreed_on:%B %Y}" if version.agreed_on else ""
            minute = f", minute {version.minute}" if version.minute else ""
            facts.append(("Agreed by", f"{version.agreed_by or 'a meeting'}{on}{minute}"))
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
            "texts_now": [] if up_to_date else workflow.texts_to_go_on_from(version),
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
        messages.warning(request, f"There is no {self.noun} {object_id} any more.")
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
        **admin_site.each_context(request), "title": "You cannot do this", "sentence": sentence, "back": back,
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
        who = f" by {name_of(event.by)}" if event and event.by else ""
        when = f" on {said(event.at)}" if event else ""
        became = f"“{current.title_shown}” is {current.get_status_display().lower()} now{who}{when}"
        if current.status == decision.to:
            raise _DoneAlready(f"{became}. Nothing had to be done.")
        raise workflow.Refused(
            f"This page was not up to date any more: {became}. Nothing was changed. Look at it again, then decide."
        )
    if revision is not None and revision != current.revision:
        raise workflow.Refused(
            f"The words of “{current.title_shown}” were saved again on {said(current.changed_at)}, after this page was "
            "opened. Nothing was changed. Read it as it is now, then decide."
        )
