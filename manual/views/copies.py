"""The short address of a printed copy: whether it is still current, and what has changed since."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from manual.models import Amendment, Code, Contents, Line, PrintedCopy, Significance, Verdict, verdict
from manual.models.issued import day_of, moment_of
from manual.views.changes import Listed, grouped
from manual.views.page import Page
from manual.views.since import Since

LONGEST = 60  # what is longer than any code is written is not shown back


@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """Where the code of a copy can be typed; with one, leads to its page."""
    words = request.GET.get("code", "").replace("\0", "").strip()
    # Whoever types all that is printed means its end.
    typed = words.rstrip("/").rpartition("/")[2]
    if typed:
        code = Code.read(typed)
        return HttpResponseRedirect(reverse("copy", args=[str(code) if code else typed[:LONGEST]]))
    page = Page.of(request)
    page.not_indexed = True
    return page.render("manual/copy_asked.html")


@require_safe
def copy(request: HttpRequest, code: str) -> HttpResponse:
    """The page of a printed copy: the answer first, then what has changed since."""
    page = Page.of(request)
    page.not_indexed = True
    read = Code.read(code)
    edition = page.issued.by_number.get(read.edition) if read else None
    if edition is None or read is None or page.in_force is None:
        return _unknown(page, code)
    found = read.copies(Contents.of(edition, dated=True))
    # That two things of one edition have one code happens once in a thousand manuals of thousands of chapters.
    which = request.GET.get("which")
    meant = [each for each in found if len(found) == 1 or _slug(each) == which]
    if not found:
        return _unknown(page, code)
    if not meant:
        return page.render("manual/copy_which.html", found=[(each, _slug(each)) for each in found], code=code)
    if edition in page.issued.to_come:
        return page.render("manual/copy_to_come.html", copy=meant[0], edition=edition)
    return _judged(page, meant[0])


def _slug(copy: PrintedCopy) -> str:
    return copy.line.slug if copy.line else ""


def _unknown(page: Page, code: str) -> HttpResponse:
    return page.render("manual/copy_asked.html", status=404, typed=" ".join(code.split())[:LONGEST])


def _judged(page: Page, copy: PrintedCopy) -> HttpResponse:
    page.chapter = copy.line.chapter_id if copy.line else None
    judged = verdict(copy, page.contents)
    edition = copy.contents.edition
    since = Since(day_of(moment_of(edition)), edition, by_edition=True)
    line_now = judged.line_now
    context: dict[str, Any] = {}
    if copy.line and copy.line.is_page:
        context = _versions(page, copy.line, judged)
        if judged.own:
            context["listed"] = Listed(judged.own, since)
    return page.render(
        "manual/copy.html",
        copy=copy,
        edition=edition,
        superseded_by=page.issued.after(edition),
        judged=judged,
        answer=judged.answer.name.lower(),
        now=timezone.now(),
        line_now=line_now,
        withdrawn_in=page.issued.by_key.get(line_now.withdrawn_in or 0) if line_now else None,
        successor=line_now.read_instead if line_now and line_now.withdrawn else None,
        groups=[] if context else grouped(judged.chapters, since),
        since=since,
        print_url=_print_url(page, judged),
        **context,
    )


def _print_url(page: Page, judged: Verdict) -> str:
    """Where the same is printed anew; nowhere once it is withdrawn."""
    if judged.copy.line is None:
        return page.contents.print_url
    line = judged.line_now
    return line.print_url if line and not line.withdrawn else ""


def _versions(page: Page, then: Line, judged: Verdict) -> dict[str, Any]:
    """The version that the copy is of, and the one in force. One query."""
    now = judged.line_now
    keys = [line.amendment_id for line in (then, now) if line]
    found: dict[int, Amendment] = Amendment.objects.filter(pk__in=keys).defer("text", "html").in_bulk()
    before = found[then.amendment_id]
    after = found.get(now.amendment_id) if now else None
    editions = page.issued.by_key
    return {
        "before": before,
        "before_in": editions.get(before.edition_id or 0),
        "after": after,
        "after_in": editions.get(after.edition_id or 0) if after else None,
        "later": _later(then.slug, judged.own.amendments if judged.own else []),
    }


def _later(slug: str, amendments: Iterable[Amendment]) -> list[tuple[Amendment, str]]:
    """Each version since, with the page that shows what it changed; none for a withdrawal, which changes no word."""
    page = reverse("compare", args=[slug])
    later = []
    for amendment in amendments:
        sequence = amendment.sequence or 0
        shows = sequence > 1 and amendment.significance != Significance.WITHDRAWN
        later.append((amendment, f"{page}?from={sequence - 1}&to={sequence}" if shows else ""))
    return later
