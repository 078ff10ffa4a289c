"""The manual on paper: a chapter, a part or group, the contents; with all that a printed copy has to say of itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from manual import rendering
from manual.decoration import decorate
from manual.models import Amendment, Edition, Line, Notice, PrintedCopy, changes
from manual.views.dated import no_chapter
from manual.views.page import Page
from manual.views.short_address import ShortAddress


@dataclass(frozen=True)
class Sheet:
    """A chapter as it is printed: it begins on a page of its own, and every page of it says what it is."""

    line: Line
    amendment: Amendment
    anchor: str
    in_effect: Edition | None  # that brought this version
    withdrawn_in: Edition | None
    changed_in: Edition | None
    text: SafeString
    address: ShortAddress | None
    notices: list[Notice]


@require_safe
def chapter(request: HttpRequest, slug: str, edition: int | None = None) -> HttpResponse:
    """A chapter or link; or a part or group, with the texts of all its living chapters in order."""
    page = Page.of(request, edition)
    line = page.contents.by_slug.get(slug)
    if line is None:
        return no_chapter(page, slug)
    copy = PrintedCopy(page.contents, line)
    page.chapter = line.chapter_id
    return _printed(
        page,
        "manual/print/chapter.html" if line.is_page else "manual/print/part.html",
        line=line,
        lines=line.children,
        printed={text.slug for text in copy.texts},
        sheets=list(_sheets(page, copy.texts, apart=not line.is_page)),
        address=ShortAddress.of(page, line),
    )


@require_safe
def contents(request: HttpRequest, edition: int | None = None) -> HttpResponse:
    """The contents of the edition: numbers and titles, and what is New or Updated."""
    page = Page.of(request, edition)
    if page.edition is None:
        return page.render("manual/nothing_in_force.html")
    return _printed(
        page, "manual/print/contents.html", lines=page.contents.roots, address=ShortAddress.of(page)
    )


def _printed(page: Page, template: str, **context: Any) -> HttpResponse:
    """Never kept by anybody: it says when it was printed, and what was in force at that moment."""
    page.not_indexed = True
    response = page.render(
        template,
        printed_at=timezone.now(),
        notices=[notice for notice in page.notices_up if notice.chapter_id is None],
        **context,
    )
    response["Cache-Control"] = "no-store, private" if page.for_staff else "no-store"
    return response


def _sheets(page: Page, lines: Collection[Line], *, apart: bool) -> Iterator[Sheet]:
    """The texts of these chapters; apart, where several stand on one page."""
    keys = [line.amendment_id for line in lines]
    texts: dict[int, Amendment] = Amendment.objects.filter(pk__in=keys).defer("text").in_bulk()
    contents = page.contents.read_ahead(keys)
    if any('class="changes' in text.html for text in texts.values()):
        contents.listed = changes(contents)
    editions = page.issued.by_key
    for number, line in enumerate(lines, start=1):
        amendment = texts[line.amendment_id]
        html = decorate(line, amendment, contents).html
        prefix, lower = (f"text-{number}", 1) if apart else ("", 0)
        yield Sheet(
            line,
            amendment,
            f"site-{line.slug}-sheet",
            editions.get(amendment.edition_id or 0),
            editions.get(line.withdrawn_in or 0),
            editions.get(line.changed_in),
            mark_safe(rendering.on_paper(html, prefix=prefix, lower=lower)),  # noqa: S308 # sanitised when rendered
            ShortAddress.of(page, line),
            [notice for notice in page.notices_up if notice.chapter_id == line.chapter_id],
        )
