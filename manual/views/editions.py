"""Every edition, and what each changed."""

from __future__ import annotations

from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from manual.models import EditionChanges, changes
from manual.views.page import Page


@require_safe
def editions(request: HttpRequest) -> HttpResponse:
    """Every edition that has taken effect, newest first, by year, with what it changed."""
    page = Page.of(request)
    listed = changes(page.contents)

    def year(each: EditionChanges) -> int:
        return timezone.localtime(each.edition.effective_at).year

    years = [(number, list(group)) for number, group in groupby(listed, key=year)]
    return page.render("manual/editions.html", years=years)


@require_safe
def edition(request: HttpRequest, edition: int) -> HttpResponse:
    """What one edition changed: New, Updated, Corrected and Withdrawn, each with its note."""
    page = Page.of(request)
    shown = page.issued.by_number.get(edition)
    if shown is None:
        raise Http404(_("There is no edition %(number)s that has taken effect.") % {"number": edition})
    if shown in page.issued.to_come:
        # Only editors come here. What it brings is not in force anywhere yet but in the edition itself.
        page = Page.of(request, edition)
    after = page.issued.after(shown)
    # Its chapters are named as they were then, and lead to what is in force today.
    listed = changes(page.contents, {shown.pk})
    return page.render("manual/edition.html", each=listed[0], shown=shown, superseded_by=after)
