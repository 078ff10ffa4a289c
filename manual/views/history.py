"""A chapter's history: every amendment that took effect, and what editions did to its name and place."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from manual.models import history
from manual.views.page import Page


@require_safe
def chapter_history(request: HttpRequest, slug: str) -> HttpResponse:
    """The timeline of a chapter, newest first; any two of its versions can be compared."""
    page = Page.of(request)
    line = page.contents.by_slug.get(slug)
    if line is None:
        raise Http404(_("The edition in force has no chapter of this name."))
    if not line.is_page:
        raise Http404(
            _("“%(title)s” is a heading of the contents: only chapters and links have a history.")
            % {"title": line.title}
        )
    page.chapter = line.chapter_id
    steps = history(line, page.issued.editions)
    return page.render(
        "manual/history.html",
        line=line,
        steps=steps,
        versions=[step for step in steps if step.amendment],
        successor=line.read_instead if line.withdrawn else None,
    )
