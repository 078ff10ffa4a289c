"""A chapter's page for editors: what readers have of it, who is writing on it, and how a change of it begins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from manual import drafting, workflow
from manual.admin import arrange
from manual.admin.decisions import not_permitted
from manual.admin.record import RecordAdmin
from manual.admin.timeline import timeline_of
from manual.models import Amendment, Chapter, Contents, Edition, Entry, Kind, Line, Significance, TreeRefused
from manual.models.version import OPEN
from manual.workflow import name_of
from manual.workflow.permission import APPROVE, ARRANGE, SUBMIT

KINDS = {
    Kind.CHAPTER: gettext_lazy("A chapter: a text with a page of its own"),
    Kind.LINK: gettext_lazy("A link to a document that is kept elsewhere"),
    Kind.GROUP: gettext_lazy("A heading in the contents, with chapters under it"),
    Kind.PART: gettext_lazy("A part: the highest headings of the contents"),
}
AMONG_PARTS = "parts"  # where a chapter stands that is under none


def _day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


# --- Forms ---------------------------------------------------------------------------------------------------


class NewChapterForm(forms.Form):
    """A chapter that the manual does not have yet."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=300)
    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"), choices=list(KINDS.items()), widget=forms.RadioSelect
    )
    under = forms.ChoiceField(
        label=gettext_lazy("Under which heading does it stand?"),
        error_messages={
            "required": gettext_lazy(
                "Choose the heading that it stands under, or that it stands among the parts."
            )
        },
    )
    numbered = forms.BooleanField(label=gettext_lazy("It has a number among its neighbours"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        under = cast("forms.ChoiceField", self.fields["under"])
        under.choices = [
            ("", _("Choose one")),
            (AMONG_PARTS, _("Under none: among the parts")),
            *_tree_choices(),
        ]
        under.help_text = _(
            "It comes last there. An approver can move it; readers see it with the edition that carries it."
        )


class WithdrawalForm(forms.Form):
    """A chapter that is to be withdrawn, and what readers are led to instead."""

    successor = forms.ChoiceField(label=gettext_lazy("What should people read instead?"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Why is it withdrawn?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Readers see this note on the chapter’s page and in the list of changes."),
    )

    def __init__(self, *args: Any, chapter: Chapter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        edition = Edition.objects.in_force()
        lines = Contents.of(edition).lines if edition else []
        cast("forms.ChoiceField", self.fields["successor"]).choices = [
            ("", _("Nothing takes its place")),
            *(
                (line.chapter_id, line.name)
                for line in lines
                if line.is_page and not line.withdrawn and line.chapter_id != chapter.pk
            ),
        ]


class CareForm(forms.Form):
    """Who looks after a chapter, and until when it has to be reviewed."""

    owner = forms.CharField(
        label=gettext_lazy("Looked after by"),
        max_length=100,
        required=False,
        help_text=gettext_lazy(
            "A role and not a person: Designated nurse. Readers see it at the foot of the chapter."
        ),
    )
    next_review = forms.DateField(label=gettext_lazy("Next review"), required=False, widget=_day_input())


class ReviewForm(forms.Form):
    """A review that found nothing to change."""

    on = forms.DateField(label=gettext_lazy("Reviewed on"), widget=_day_input())
    next_review = forms.DateField(label=gettext_lazy("Next review"), required=False, widget=_day_input())
    why = forms.CharField(
        label=gettext_lazy("Remark"),
        max_length=1000,
        required=False,
        help_text=gettext_lazy("Kept on record; readers do not see it."),
    )


def _tree_choices() -> list[tuple[str, str]]:
    """Every chapter as the tree stands, indented, by its number and title or else its address."""
    edition = Edition.objects.in_force()
    lines = Contents.of(edition).by_chapter if edition else {}
    return [
        (str(chapter.pk), f"{' ' * 3 * chapter.level}{_name(chapter, lines)}")
        for chapter in _with_titles(Chapter.objects.in_order())
    ]


def _with_titles(chapters: QuerySet[Chapter]) -> QuerySet[Chapter]:
    newest = Amendment.objects.filter(chapter=OuterRef("pk")).order_by("-pk")
    titled: QuerySet[Chapter] = chapters.annotate(newest_title=Subquery(newest.values("title")[:1]))
    return titled


def _name(chapter: Chapter, lines: dict[int, Line]) -> str:
    line = lines.get(chapter.pk)
    if line is not None:
        return line.name
    return getattr(chapter, "newest_title", "") or chapter.slug


# --- The list and the page -----------------------------------------------------------------------------------


class OpenFilter(admin.SimpleListFilter):
    title = gettext_lazy("what is being done")
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("drafts", _("With open drafts")), ("due", _("Review is due"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "drafts":
            return queryset.filter(open_drafts__gt=0)
        if self.value() == "due":
            return queryset.filter(next_review__lte=timezone.localdate())
        return queryset


class OwnerFilter(admin.SimpleListFilter):
    title = gettext_lazy("who looks after it")
    parameter_name = "owner"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        owners = (
            Chapter.objects.exclude(owner="").order_by("owner").values_list("owner", flat=True).distinct()
        )
        return [("-", _("Nobody yet")), *((owner, owner) for owner in owners)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        return queryset.filter(owner="" if self.value() == "-" else self.value())


@admin.register(Chapter)
class ChapterAdmin(RecordAdmin):
    """Every chapter, in the order of the tree; each with its own page, from which a change of it begins."""

    list_display = ("number", "title", "state", "owner", "next_review_shown")
    list_display_links = ("title",)
    list_filter = (OpenFilter, "kind", OwnerFilter)
    search_fields = ("slug", "amendments__title", "owner")
    search_help_text = gettext_lazy("Words of the title, the address, or who looks after it")
    sortable_by = ()
    ordering = ("tree_id", "lft")
    list_per_page = 200
    change_list_template = "admin/manual/chapter/list.html"

    # --- The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Chapter]:
        open_drafts = Count("amendments", filter=Q(amendments__status__in=OPEN), distinct=True)
        in_force = Entry.objects.filter(edition=Edition.objects.in_force(), chapter=OuterRef("pk"))
        chapters: QuerySet[Chapter] = _with_titles(super().get_queryset(request)).annotate(
            open_drafts=open_drafts,
            number=Subquery(in_force.values("number")[:1]),
            title_in_force=Subquery(in_force.values("amendment__title")[:1]),
            withdrawn_in=Subquery(in_force.values("withdrawn_in")[:1]),
        )
        return chapters

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        may_begin = cast("User", request.user).has_perm(SUBMIT)
        extra = {
            "title": _("Chapters"),
            "may_begin": may_begin,
            "may_arrange": cast("User", request.user).has_perm(ARRANGE),
            **(extra_context or {}),
        }
        return super().changelist_view(request, extra)

    @admin.display(description=gettext_lazy("number"))
    def number(self, chapter: Any) -> str:
        return chapter.number or ""

    @admin.display(description=gettext_lazy("title"))
    def title(self, chapter: Any) -> str:
        title = chapter.title_in_force or chapter.newest_title or chapter.slug
        return f"{'— ' * chapter.level}{title}"

    @admin.display(description=gettext_lazy("where it stands"))
    def state(self, chapter: Any) -> str:
        stands = (
            _("not in force yet") if chapter.title_in_force is None
            else _("withdrawn") if chapter.withdrawn_in
            else _("in force")
        )  # fmt: skip
        if not chapter.open_drafts:
            return stands
        drafts = ngettext("%(number)s open draft", "%(number)s open drafts", chapter.open_drafts) % {
            "number": chapter.open_drafts
        }
        return format_html('{}, <span class="state state-draft">{}</span>', stands, drafts)

    @admin.display(description=gettext_lazy("next review"))
    def next_review_shown(self, chapter: Chapter) -> str:
        if chapter.next_review is None:
            return ""
        day = workflow.day_said(chapter.next_review)
        if chapter.next_review > timezone.localdate():
            return day
        return format_html('<span class="state state-problem">{}</span>', _("due %(day)s") % {"day": day})

    # --- Addresses

    def get_urls(self) -> list[URLPattern]:
        below = self.admin_site.admin_view

        own = [
            path("begin/", below(self.begin_view), name="manual_chapter_begin"),
            path("<int:pk>/amend/", below(self.amend_view), name="manual_chapter_amend"),
            path("<int:pk>/withdraw/", below(self.withdraw_view), name="manual_chapter_withdraw"),
            path(
                "<int:pk>/put-back/<int:amendment>/",
                below(self.put_back_view),
                name="manual_chapter_put_back",
            ),
            path("<int:pk>/look-after/", below(self.look_after_view), name="manual_chapter_look_after"),
            path("<int:pk>/review/", below(self.review_view), name="manual_chapter_review"),
        ]
        return [*arrange.urls(self.admin_site), *own, *super().get_urls()]

    # --- The page of a chapter

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        chapter = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, chapter):
            raise PermissionDenied
        if chapter is None:
            messages.warning(request, _("There is no such chapter."))
            return redirect("admin:manual_chapter_changelist")
        return self._page(request, chapter, **(extra_context or {}))

    def _page(self, request: HttpRequest, chapter: Chapter, status: int = 200, **extra: Any) -> HttpResponse:
        user = cast("User", request.user)
        contents = _contents_in_force()
        line = contents.by_chapter.get(chapter.pk) if contents else None
        versions = list(
            chapter.amendments.select_related("edition", "author", "successor")
            .defer("text", "html")
            .order_by("-pk")
        )
        published = sorted(
            (version for version in versions if version.sequence),
            key=lambda version: -(version.sequence or 0),
        )
        now = timezone.now()
        in_force = next((version for version in published if version.edition.effective_at <= now), None)
        today = timezone.localdate()
        context = {
            "chapter": chapter,
            "kind": KINDS[Kind(chapter.kind)],
            "line": line,
            "above": [above.name for above in line.ancestors]
            if line
            else [workflow.title_of(above) for above in chapter.get_ancestors()],
            "in_force": in_force,
            "scheduled": [version for version in reversed(published) if version.edition.effective_at > now],
            "drafts": [(version, name_of(version.author)) for version in versions if version.open],
            "approved": [version for version in versions if version.status == "approved"],
            "published": published,
            "shown_in": drafting.shown_in(chapter),
            "own_draft": next((each for each in versions if each.open and each.author_id == user.pk), None),
            "may_submit": user.has_perm(SUBMIT),
            "may_care": user.has_perm(APPROVE),
            "can_withdraw": line is not None and not line.withdrawn,
            "here": chapter.pk
            if chapter.kind in (Kind.PART, Kind.GROUP)
            else chapter.parent_id or AMONG_PARTS,
            "review_due": chapter.next_review is not None and chapter.next_review <= today,
            "care_form": _without_suffix(
                CareForm(initial={"owner": chapter.owner, "next_review": chapter.next_review}, prefix="care")
            ),
            "review_form": _without_suffix(ReviewForm(initial={"on": today}, prefix="review")),
            "moments": timeline_of(chapter),
            **extra,
        }
        title = _title_of(chapter, line, versions)
        return self._answer(request, "chapter", title, context, status=status)

    # --- A change begins

    def amend_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Begins a draft, or goes on with one's own; asks first where somebody else is writing or two texts differ."""
        chapter = self._chapter(request, pk)
        user = cast("User", request.user)
        if refusal := self._not_an_editor(request, chapter):
            return refusal
        if own := _own_draft(chapter, user):
            return self._lead_to_draft(request, own)
        texts = workflow.texts_to_go_on_from(Amendment(chapter=chapter))
        others = list(chapter.amendments.open().select_related("author").defer("text", "html").order_by("pk"))
        chosen = next((text for text in texts if str(text.pk) == request.POST.get("from")), None)
        asks = (others and "all_the_same" not in request.POST) or (len(texts) > 1 and chosen is None)
        if request.method != "POST" or asks:
            context = {
                "chapter": chapter,
                "others": [(other, name_of(other.author)) for other in others],
                "texts": [(text, text.edition.state() == "scheduled") for text in texts],
            }
            return self._answer(
                request, "amend", _("Amend %(chapter)s") % {"chapter": chapter_name(chapter)}, context
            )
        words: dict[str, Any] = {"based_on": chosen} if chosen else {}
        if not texts:
            words["title"] = chapter_name(chapter)
        return self._begun(request, chapter, lambda: workflow.draft(chapter, by=user, **words))

    def put_back_view(self, request: HttpRequest, pk: int, amendment: int) -> HttpResponse:
        """Begins a draft with the text that the chapter had earlier."""
        chapter = self._chapter(request, pk)
        if request.method != "POST":
            return redirect("admin:manual_chapter_change", chapter.pk)
        earlier = chapter.amendments.published().filter(pk=amendment).first()
        if earlier is None:
            messages.error(request, _("This chapter has no such earlier text."))
            return redirect("admin:manual_chapter_change", chapter.pk)
        if refusal := self._not_an_editor(request, chapter):
            return refusal
        for other in chapter.amendments.open().exclude(author=request.user.pk).select_related("author"):
            messages.warning(
                request,
                _("%(author)s has an open draft of this chapter too, since %(created_at)s.")
                % {"author": name_of(other.author), "created_at": workflow.said(other.created_at)},
            )
        return self._begun(
            request,
            chapter,
            lambda: workflow.put_back(earlier, by=cast("User", request.user)),
            said=_("This draft has the text of version %(sequence)s. Say in the note why it is put back.")
            % {"sequence": earlier.sequence},
        )

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks what to read instead, and begins the withdrawal."""
        chapter = self._chapter(request, pk)
        user = cast("User", request.user)
        if refusal := self._not_an_editor(request, chapter):
            return refusal
        contents = _contents_in_force()
        line = contents.by_chapter.get(chapter.pk) if contents else None
        if line is None or line.withdrawn:
            messages.error(request, _("Only a chapter that is in force can be withdrawn."))
            return redirect("admin:manual_chapter_change", chapter.pk)
        if own := _own_draft(chapter, user):
            messages.warning(
                request,
                _(
                    "You have an open draft of this chapter already. Choose there that the chapter is withdrawn, "
                    "or abandon the draft first."
                ),
            )
            return redirect(_draft_address(own))
        form = WithdrawalForm(request.POST or None, chapter=chapter)
        if request.method == "POST" and form.is_valid():
            successor = form.cleaned_data["successor"]
            words = {
                "significance": Significance.WITHDRAWN,
                "successor": Chapter.objects.get(pk=successor) if successor else None,
                "note": form.cleaned_data["note"].replace("\r\n", "\n"),
            }
            return self._begun(
                request, chapter, lambda: workflow.draft(chapter, by=user, **words),
                to="admin:manual_amendment_change", said=_("The withdrawal is drafted. Submit it for approval here."),
            )  # fmt: skip
        others = chapter.amendments.open().select_related("author").defer("text", "html").order_by("pk")
        context = {
            "chapter": chapter,
            "form": form,
            "others": [(other, name_of(other.author)) for other in others],
            "under": [child for child in line.children if not child.withdrawn],
        }
        status = 422 if form.errors else 200
        return self._answer(
            request,
            "withdraw",
            _("Propose to withdraw %(name)s") % {"name": line.name},
            context,
            status=status,
        )

    def begin_view(self, request: HttpRequest) -> HttpResponse:
        """A new chapter: its title, what it is and where it stands; then its text is written."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if refusal := self._not_an_editor(request, None):
            return refusal
        under = request.GET.get("under", "")
        initial = {"kind": Kind.CHAPTER, "under": under, "numbered": True}
        form = NewChapterForm(request.POST or None, initial=initial)
        if request.method == "POST" and form.is_valid():
            cleaned = form.cleaned_data
            by, title = cast("User", request.user), cleaned["title"]
            above = None if cleaned["under"] == AMONG_PARTS else Chapter.objects.get(pk=cleaned["under"])
            try:
                amendment = workflow.begin_chapter(
                    by=by, title=title, kind=cleaned["kind"], under=above, numbered=cleaned["numbered"]
                )
            except (workflow.Refused, TreeRefused) as refused:
                if own := workflow.begun_by(by, title, above).first():
                    return self._lead_to_draft(request, own)
                form.add_error(None, str(refused))
            else:
                messages.success(
                    request, _("The chapter is begun. Readers see it with the edition that carries it.")
                )
                return redirect("admin:manual_amendment_write", amendment.pk)
        return self._answer(
            request, "begin", _("New chapter"), {"form": form}, status=422 if form.errors else 200
        )

    # --- Care

    def look_after_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Says which role looks after the chapter, and when it has to be reviewed."""
        form = _without_suffix(CareForm(request.POST, prefix="care"))
        return self._cared(
            request, pk, "care_form", form, _("Saved who looks after the chapter."),
            lambda chapter, by: workflow.look_after(chapter, by=by, **form.cleaned_data),
        )  # fmt: skip

    def review_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Records that the chapter was reviewed and needs no change."""
        form = _without_suffix(ReviewForm(request.POST, prefix="review"))
        return self._cared(
            request,
            pk,
            "review_form",
            form,
            _("The review is on record. It does not count as a change of the chapter."),
            lambda chapter, by: workflow.review(chapter, by=by, **form.cleaned_data),
        )

    def _cared(
        self, request: HttpRequest, pk: int, name: str, form: forms.Form, said: str,
        verb: Callable[[Chapter, User], Any],
    ) -> HttpResponse:  # fmt: skip
        chapter = self._chapter(request, pk)
        if request.method == "GET":
            return redirect("admin:manual_chapter_change", pk)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if form.is_valid():
            try:
                verb(chapter, cast("User", request.user))
            except workflow.NotPermitted as refusal:
                return not_permitted(request, self.admin_site, str(refusal), _chapter_address(chapter))
            except workflow.Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, said)
                return redirect("admin:manual_chapter_change", pk)
        return self._page(request, chapter, status=422, **{name: form})

    # --- What the views are made of

    def _chapter(self, request: HttpRequest, pk: int) -> Chapter:
        if not self.has_view_permission(request):
            raise PermissionDenied
        chapter: Chapter = get_object_or_404(Chapter.objects.select_related("parent"), pk=pk)
        return chapter

    def _not_an_editor(self, request: HttpRequest, chapter: Chapter | None) -> HttpResponse | None:
        if cast("User", request.user).has_perm(SUBMIT):
            return None
        back = _chapter_address(chapter) if chapter else reverse("admin:manual_chapter_changelist")
        sentence = _("Only editors begin changes. Ask an administrator of the manual if you should be one.")
        return not_permitted(request, self.admin_site, sentence, back)

    def _begun(
        self, request: HttpRequest, chapter: Chapter, verb: Callable[[], Amendment], *,
        to: str = "admin:manual_amendment_write", said: str = "",
    ) -> HttpResponse:  # fmt: skip
        """Leads to the draft that a verb begins; after a second click, to the one that the first began."""
        try:
            with transaction.atomic():
                amendment = verb()
        except (workflow.Refused, IntegrityError) as refused:
            if own := _own_draft(chapter, cast("User", request.user)):
                return self._lead_to_draft(request, own)
            sentence = (
                str(refused)
                if isinstance(refused, workflow.Refused)
                else _("Somebody else was quicker. Try again.")
            )
            messages.error(request, sentence)
            return redirect("admin:manual_chapter_change", chapter.pk)
        messages.success(request, said or _("Your draft is begun. It saves by itself while you write."))
        return redirect(to, amendment.pk)

    def _lead_to_draft(self, request: HttpRequest, own: Amendment) -> HttpResponse:
        if own.writable:
            begun, state = workflow.said(own.created_at), own.get_status_display().lower()
            said = _("This is your open draft of the chapter, begun on %(begun)s (%(state)s).") % {
                "begun": begun,
                "state": state,
            }
        else:
            when = workflow.said(own.submitted_at or own.changed_at)
            said = _(
                "You submitted a draft of this chapter on %(when)s already. Take it back to go on writing."
            ) % {"when": when}
        messages.info(request, said)
        return redirect(_draft_address(own))

    def _answer(
        self, request: HttpRequest, template: str, title: str, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "list_address": reverse("admin:manual_chapter_changelist"),
            "chapter_title": workflow.title_of(context["chapter"]) if context.get("chapter") else "",
            **context,
        }
        return TemplateResponse(request, f"admin/manual/chapter/{template}.html", context, status=status)


def _own_draft(chapter: Chapter, person: User) -> Amendment | None:
    own: Amendment | None = chapter.amendments.open().filter(author=person.pk).first()
    return own


def _draft_address(amendment: Amendment) -> str:
    page = "write" if amendment.writable else "change"
    return reverse(f"admin:manual_amendment_{page}", args=[amendment.pk])


def _chapter_address(chapter: Chapter) -> str:
    return reverse("admin:manual_chapter_change", args=[chapter.pk])


def _contents_in_force() -> Contents | None:
    edition = Edition.objects.in_force()
    return Contents.of(edition) if edition else None


def chapter_name(chapter: Chapter) -> str:
    """Its number and title in force, or the title of its newest draft."""
    contents = _contents_in_force()
    line = contents.by_chapter.get(chapter.pk) if contents else None
    return _title_of(chapter, line, list(chapter.amendments.defer("text", "html").order_by("-pk")[:1]))


def _title_of(chapter: Chapter, line: Line | None, newest_first: list[Amendment]) -> str:
    return line.name if line else next((each.title for each in newest_first if each.title), str(chapter.slug))


def _without_suffix(form: Any) -> Any:
    form.label_suffix = ""
    return form
