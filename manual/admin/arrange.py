"""The contents as editors arrange them: by buttons, by a form, by the keyboard, and by drag and drop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manual import workflow
from manual.models import Chapter
from manual.workflow import Row, Standing
from manual.workflow.permission import ARRANGE

MAY_SEE = ("manual.view_chapter", ARRANGE)
# More than that, and the page begins with its parts closed.
OPEN_UP_TO = 300
# Of each list of what readers will see; the rest is said as a number.
LISTED = 40
# No key of a database is longer.
LONGEST_KEY = 18


def urls(admin_site: AdminSite) -> list[URLPattern]:
    """The addresses of the tree, below the chapters of the admin."""
    pages = ArrangePages(admin_site)
    return [
        path("arrange/", admin_site.admin_view(pages.arrange), name="manual_chapter_arrange"),
        path("<int:pk>/move/", admin_site.admin_view(pages.move), name="manual_chapter_move"),
    ]


# --- What a page says of a move ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """A move as a page offers it: of which chapter, where the person saw it stand, and where it is to stand."""

    chapter: int
    seen: Standing
    wanted: Standing

    def __str__(self) -> str:
        keys = (self.chapter, self.seen.under, self.seen.after, self.wanted.under, self.wanted.after)
        return " ".join(str(key or 0) for key in keys)

    @classmethod
    def of(cls, words: str) -> Step:
        """Raises ValueError for what no page of ours says."""
        chapter, *others = _keys(words, 5)
        seen_under, seen_after, under, after = (key or None for key in others)
        return cls(chapter, Standing(seen_under, seen_after), Standing(under, after))


def _keys(words: str, wanted: int) -> list[int]:
    keys = [int(key) for key in words.split() if key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY]
    if len(keys) != wanted or len(words.split()) != wanted:
        raise ValueError(words)
    return keys


@dataclass(frozen=True)
class Branch:
    """A row of the page, with what can be done with it; a way it cannot go is empty."""

    row: Row
    begins_list: bool
    ends_lists: range  # their levels
    open: bool
    moved: bool

    @property
    def seen(self) -> Standing:
        return Standing(
            self.row.parent.pk if self.row.parent else None, self.row.before.pk if self.row.before else None
        )

    def _to(self, under: Row | None, after: Row | None) -> str:
        wanted = Standing(under.pk if under else None, after.pk if after else None)
        return str(Step(self.row.pk, self.seen, wanted))

    @property
    def ways(self) -> Iterator[tuple[str, str, str]]:
        """Up, Down, In and Out: the key, what the button says, and the step that a click on it asks for."""
        row, parent, before, after = self.row, self.row.parent, self.row.before, self.row.after
        yield "Up", _("Up"), self._to(parent, before.before) if before else ""
        yield "Down", _("Down"), self._to(parent, after) if after else ""
        # A part stands among the parts; everything else can go in.
        fits = (
            before
            and row.chapter.kind != "part"
            and (row.chapter.kind != "group" or before.chapter.kind == "part")
        )
        yield (
            "In",
            _("In"),
            self._to(before, before.children[-1] if before.children else None) if before and fits else "",
        )
        out = parent and (row.chapter.kind != "group")
        yield "Out", _("Out"), self._to(parent.parent, parent) if parent and out else ""


def _branches(rows: list[Row], at: Row | None, *, all_open: bool) -> Iterator[Branch]:
    """The rows with where their lists begin and end, so that a page can be written without recursion."""
    part_of_it = [at, *at.above][-1] if at else None
    for n, row in enumerate(rows):
        level = row.chapter.level
        following = rows[n + 1].chapter.level if n + 1 < len(rows) else 0
        yield Branch(
            row,
            begins_list=level > 0 and row.before is None,
            ends_lists=range(level, following, -1),
            open=all_open or row is part_of_it,
            moved=row is at,
        )


# --- The form of one move ------------------------------------------------------------------------------------


class MoveForm(forms.Form):
    """Where one chapter is to stand, chosen from a list of all the others."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=40)
    how = forms.ChoiceField(
        label=gettext_lazy("How"),
        widget=forms.RadioSelect,
        choices=[
            ("after", gettext_lazy("After it, beside it")),
            ("first", gettext_lazy("Under it, as the first")),
            ("last", gettext_lazy("Under it, as the last")),
        ],
        initial="last",
    )
    target = forms.ChoiceField(label=gettext_lazy("Which chapter"), required=False)

    def __init__(self, *args: Any, row: Row, rows: Iterable[Row], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {
            str(other.pk): other for other in rows if other is not row and row not in set(other.above)
        }
        self.row = row
        cast("forms.ChoiceField", self.fields["target"]).choices = [
            ("", _("The manual itself (among the parts)")),
            *((key, "\u2003" * other.chapter.level + other.name) for key, other in self.rows.items()),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("how") == "after" and not cleaned.get("target") and "target" not in self.errors:
            self.add_error("target", _("Choose after which chapter it is to stand."))
        return cleaned

    @property
    def step(self) -> Step:
        """Raises ValueError where the page did not say what it showed."""
        under, after = _keys(self.cleaned_data["seen"], 2)
        target = self.rows.get(self.cleaned_data["target"])
        how = self.cleaned_data["how"]
        if how == "after" and target:
            wanted = Standing(target.parent.pk if target.parent else None, target.pk)
        else:
            siblings = (
                target.children if target else [row for row in self.rows.values() if row.parent is None]
            )
            others = [row for row in siblings if row is not self.row]
            last = others[-1].pk if how == "last" and others else None
            wanted = Standing(target.pk if target else None, last)
        return Step(self.row.pk, Standing(under or None, after or None), wanted)


# --- The pages -----------------------------------------------------------------------------------------------


class ArrangePages:
    """The tree for those who may look at chapters; arranged by those who may."""

    def __init__(self, admin_site: AdminSite) -> None:
        self.admin_site = admin_site

    def arrange(self, request: HttpRequest) -> HttpResponse:
        """The whole tree. A click moves a chapter, or gives it a number or none, and shows the tree as it then is."""
        self._check_may_see(request)
        if request.method == "POST":
            return self._changed(request)
        found = workflow.arrangement()
        at = _row(found.rows, request.GET.get("at", ""))
        everything = len(found.rows) <= OPEN_UP_TO or request.GET.get("open") == "all"
        moved, renumbered = _listed(found.moved), _listed(found.renumbered)
        return self._page(
            request, "admin/manual/arrange/tree.html", title=_("Arrange the contents"), arrangement=found,
            branches=_branches(found.rows, at, all_open=everything), everything=everything,
            moved=moved[0], more_moved=moved[1], renumbered=renumbered[0], more_renumbered=renumbered[1],
        )  # fmt: skip

    def move(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A form for one chapter: to stand anywhere, without so many clicks."""
        if not cast(User, request.user).has_perm(ARRANGE):
            raise PermissionDenied
        found = workflow.arrangement()
        row = found.row(pk)
        if row is None:
            raise Http404(_("There is no such chapter."))
        now = f"{row.parent.pk if row.parent else 0} {row.before.pk if row.before else 0}"
        refusal = ""
        form = MoveForm(
            request.POST if request.method == "POST" else None,
            row=row,
            rows=found.rows,
            initial={"target": row.parent.pk if row.parent else ""},
        )
        if form.is_bound and form.is_valid():
            try:
                return self._moved(request, form.step)
            except ValueError:
                refusal = str(NOT_UNDERSTOOD)
            except workflow.Refused as refused:
                refusal = str(refused)
        status = 409 if refusal else 422 if form.errors else 200
        return self._page(
            request,
            "admin/manual/arrange/move.html",
            status=status,
            title=_("Move “%(title)s”") % {"title": row.title},
            row=row,
            form=form,
            seen=now,
            refusal=refusal,
        )

    # --- What a click does

    def _changed(self, request: HttpRequest) -> HttpResponse:
        try:
            if "number" in request.POST:
                return self._numbered(request, request.POST["number"])
            return self._moved(request, Step.of(request.POST.get("move", "")))
        except ValueError:
            messages.error(request, NOT_UNDERSTOOD)
        except workflow.NotPermitted as refusal:
            raise PermissionDenied from refusal
        except workflow.Refused as refusal:
            messages.error(request, str(refusal))
        return redirect(_back(request.POST.get("move", "").split(" ")[0]))

    def _moved(self, request: HttpRequest, step: Step) -> HttpResponse:
        wanted = {step.chapter, step.wanted.under, step.wanted.after} - {None}
        chapters = Chapter.objects.in_bulk(wanted)
        if len(chapters) < len(wanted):
            raise workflow.Refused(_("A chapter of this move is not there any more. Nothing was changed."))
        chapter = chapters[step.chapter]
        under = chapters[step.wanted.under] if step.wanted.under else None
        after = chapters[step.wanted.after] if step.wanted.after else None
        done = workflow.move(chapter, by=cast(User, request.user), under=under, after=after, seen=step.seen)
        title = workflow.title_of(chapter)
        if done:
            messages.success(request, _where_now(title, after, under))
        else:
            messages.info(request, _("“%(title)s” stands there already.") % {"title": title})
        return redirect(_back(str(chapter.pk)))

    def _numbered(self, request: HttpRequest, words: str) -> HttpResponse:
        key, _space, wanted = words.partition(" ")
        (pk,) = _keys(key, 1)
        if wanted not in ("on", "off"):
            raise ValueError(words)
        chapter = Chapter.objects.filter(pk=pk).first()
        if chapter is None:
            raise workflow.Refused(_("This chapter is not there any more."))
        workflow.number(chapter, by=cast(User, request.user), numbered=wanted == "on")
        title = workflow.title_of(chapter)
        messages.success(
            request,
            _("“%(title)s” takes a number now.") % {"title": title}
            if wanted == "on"
            else _("“%(title)s” takes no number now.") % {"title": title},
        )
        return redirect(_back(key))

    # --- What the views are made of

    def _check_may_see(self, request: HttpRequest) -> None:
        if not any(cast(User, request.user).has_perm(permission) for permission in MAY_SEE):
            raise PermissionDenied

    def _page(self, request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": Chapter._meta,
            "may_arrange": cast(User, request.user).has_perm(ARRANGE),
            "may_publish": cast(User, request.user).has_perm("manual.publish_edition"),
            **context,
        }
        return TemplateResponse(request, template, context, status=status)


NOT_UNDERSTOOD = gettext_lazy(
    "The page did not say which chapter is to stand where. Nothing was changed. Try again."
)


def _row(rows: list[Row], key: str) -> Row | None:
    return next((row for row in rows if str(row.pk) == key), None)


def _back(key: str) -> str:
    """The page with the tree, at a chapter."""
    tree = reverse("admin:manual_chapter_arrange")
    return f"{tree}?at={key}#row-{key}" if key.isascii() and key.isdigit() else tree


def _listed(placed: list[Any]) -> tuple[list[Any], int]:
    """The first of them, and how many more there are."""
    return placed[:LISTED], max(0, len(placed) - LISTED)


def _where_now(title: str, after: Chapter | None, under: Chapter | None) -> str:
    """“Neglect” stands after “Bullying” under “Concerns” now."""
    names = {
        "title": title,
        "after": workflow.title_of(after) if after else "",
        "under": workflow.title_of(under) if under else "",
    }
    if after and under:
        return _("“%(title)s” stands after “%(after)s” under “%(under)s” now.") % names
    if after:
        return _("“%(title)s” stands after “%(after)s” among the parts now.") % names
    if under:
        return _("“%(title)s” stands first under “%(under)s” now.") % names
    return _("“%(title)s” stands first among the parts now.") % names
