"""Reading the manual: its contents and its chapters, in force or as an edition had them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import patch_cache_control
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from manual.decoration import decorate, decorate_draft
from manual.models import Amendment, Line, Nearby, NumberHistory
from manual.views.dated import chapter_today, no_chapter
from manual.views.found import found_in
from manual.views.marks import marks_of
from manual.views.narrowing import Narrowed
from manual.views.page import Page
from manual.views.short_address import ShortAddress
from manual.views.ways_in import ways_in
from manual.workflow import name_of
from manual.workflow.permission import SUBMIT


@require_safe
def contents(request: HttpRequest, edition: int | None = None) -> HttpResponse:
    """The contents page: every chapter with its number, and what is New or Updated."""
    page = Page.of(request, edition)
    if page.edition is None:
        return page.render("manual/nothing_in_force.html")
    narrowed = Narrowed.of(request, page.contents)
    page.not_indexed |= narrowed is not None
    # The quick guide is in the navigation of every page already.
    outside_parts = [line for line in page.contents.root_pages if line.slug != page.manual.quick_guide]
    return page.render(
        "manual/contents.html",
        contents=page.contents,
        narrowed=narrowed,
        flagged=list(page.contents.flagged()),
        outside_parts=outside_parts,
        short_address=ShortAddress.of(page),
    )


@require_safe
def chapter(request: HttpRequest, slug: str, edition: int | None = None) -> HttpResponse:
    """A chapter, as the edition has it; one that was withdrawn says so and names its successor."""
    page = Page.of(request, edition)
    line = page.contents.by_slug.get(slug)
    if line is None:
        return no_chapter(page, slug)
    if not line.is_page:
        return page.lead_to(line.url)
    if page.dated:
        page.same_today = chapter_today(page, slug)
    editing = {} if page.dated else _for_editors(request, line)
    response = chapter_page(page, line, **_number_asked(page, line), **editing)
    if editing:
        # Not what a reader is shown: no cache between this editor and the site keeps it.
        patch_cache_control(response, private=True)
    return response


def _number_asked(page: Page, line: Line) -> dict[str, Any]:
    """The history of the number that the reader came by, if this chapter is one of several that had it."""
    number = page.request.GET.get("number", "")
    if page.dated or not number:
        return {}
    page.not_indexed = True
    past = NumberHistory.of(number, page.contents, page.issued.editions)
    return {"had": past, "had_by_this": tenure} if (tenure := past.of_chapter(line)) else {}


def _for_editors(request: HttpRequest, line: Line) -> dict[str, Any]:
    """Of a signed-in editor, that the chapter can be amended and who is writing on it; of readers, nothing: they cost
    no query."""
    person = request.user
    if not (person.is_authenticated and person.is_staff and person.has_perm(SUBMIT)):
        return {}
    drafts = Amendment.objects.open().filter(chapter=line.chapter_id).select_related("author").order_by("pk")
    return {
        "editing": True,
        "own_draft": next((draft for draft in drafts if draft.author_id == person.pk), None),
        "others_drafts": [
            (name_of(draft.author), draft.created_at) for draft in drafts if draft.author_id != person.pk
        ],
    }


def chapter_page(page: Page, line: Line, *, draft: Amendment | None = None, **context: Any) -> HttpResponse:
    """The page of a chapter; with a draft of it in the contents, as it would be in the edition to come."""
    page.chapter = line.chapter_id
    texts = page.fetch(line)
    amendment = draft or texts[line.amendment_id]
    # A correction is no change: the note of the last change stays beside it.
    last_change = next(
        (
            text
            for text in texts.values()
            if text.chapter_id == line.chapter_id and text.edition_id == line.changed_in
        ),
        amendment,
    )
    marks = None if draft else marks_of(page, line, amendment, last_change)
    if draft:
        text = decorate_draft(draft, page.contents, explains=True)
    else:
        text = decorate(line, amendment, page.contents, since=marks.base if marks else None)
    if marks:
        marks.count = text.marked
        page.not_indexed |= marks.since is not None
    found = None if draft else found_in(page, text.html, title=line.title)
    before, after = page.contents.neighbours(line)
    # Of an edition that is still to come, readers know nothing yet.
    editions = page.issued.by_key
    response = page.render(
        "manual/chapter.html",
        line=line,
        amendment=amendment,
        last_change=last_change,
        amended_by=editions.get(amendment.edition_id or 0),
        changed_in=editions.get(line.changed_in),
        withdrawn_in=editions.get(line.withdrawn_in or 0),
        successor=line.read_instead if line.withdrawn else None,
        text=mark_safe(page.lens.over(found.html if found else text.html)),  # noqa: S308 # sanitised when rendered
        # Sanitised when they were rendered.
        explained=[(each, mark_safe(page.lens.over(each.html))) for each in text.explained],  # noqa: S308
        found=found,
        outline=text.outline,
        nearby=Nearby.of(page.contents, line),
        marks=marks,
        ways_in=None if draft else ways_in(page, line, amendment),
        before=before,
        after=after,
        draft=draft,
        short_address=None if draft else ShortAddress.of(page, line),
        **context,
    )
    if found:
        found.is_for_this_reader(response)
    return response


@require_safe
def by_number(request: HttpRequest, number: str, edition: int | None = None) -> HttpResponse:
    """The address of a chapter's number leads to the chapter that has it in this edition.

    In the manual in force a number of the past leads to the chapter that had it last; where several had it, that
    chapter's page says so.
    """
    page = Page.of(request, edition, shown=False)
    line = page.contents.by_number.get(number)
    if not page.dated:
        past = NumberHistory.of(number, page.contents, page.issued.editions)
        line = past.newest
        if line and line.is_page and past.of_chapter(line):
            return page.lead_to(f"{line.url}?{urlencode({'number': number})}")
    if line is None:
        raise Http404(_("Nothing in the manual has the number %(number)s.") % {"number": number})
    return page.lead_to(line.url)


@require_safe
def quick_guide(request: HttpRequest) -> HttpResponse:
    page = Page.of(request, shown=False)
    return _lead_to(page, page.manual.quick_guide)


@require_safe
def contacts(request: HttpRequest) -> HttpResponse:
    page = Page.of(request, shown=False)
    return _lead_to(page, page.manual.contacts)


def _lead_to(page: Page, slug: str) -> HttpResponse:
    line: Line | None = page.contents.by_slug.get(slug)
    if line is None:
        raise Http404(_("The edition in force has no such chapter."))
    return redirect(line.url)
