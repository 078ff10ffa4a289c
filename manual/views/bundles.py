"""The manual handed over as files: an edition as it stood, or what changed since a day."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import IO

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from manual.interchange.bundle import (
    BundleRefused,
    Making,
    changes_bundle,
    changes_filename,
    edition_bundle,
    edition_filename,
)
from manual.models import ThatDay
from manual.views.another_day import LONGEST_DAY, read_day
from manual.views.page import Page
from manual.workflow import day_said

# Whoever asks again within this time may be given the copy that was made before, by a cache between them and the site.
SECONDS = 300
# A copy is work for seconds. One at a time in each process, so that readers never wait because of copies.
_making = threading.BoundedSemaphore(1)


@require_safe
def edition(request: HttpRequest, edition: int) -> HttpResponseBase:
    """A copy of an edition, as it stood on a day of its time if one is asked for."""
    page = Page.of(request, edition)
    shown = page.contents.edition
    that_day = _day_of_the_edition(page, request.GET["on"]) if "on" in request.GET else None
    return _zip(
        page,
        edition_filename(page.manual, shown, that_day),
        lambda making: edition_bundle(
            shown, manual=page.manual, issued=page.issued, that_day=that_day, making=making
        ),
    )


@require_safe
def changes(request: HttpRequest) -> HttpResponseBase:
    """A copy of the edition in force with all that changed since a day."""
    page = Page.of(request)
    now = page.contents.edition
    since = page.issued.on(_past_day(request.GET.get("since", "")))
    if since.edition is None:
        raise Http404(
            _("No edition of the manual was in force on %(day)s: the first took effect on %(first)s.")
            % {"day": _words(since.day), "first": _words(page.issued.first_day)}
        )
    return _zip(
        page,
        changes_filename(page.manual, now, since.day),
        lambda making: changes_bundle(since, manual=page.manual, issued=page.issued, making=making),
    )


def _day_of_the_edition(page: Page, words: str) -> ThatDay:
    day = _past_day(words)
    that_day = page.issued.on(day)
    # The edition in force when the day ended, or one that gave way to another during it.
    if page.edition in (that_day.edition, *that_day.earlier):
        return that_day
    number = page.contents.edition.number
    if that_day.edition is None:
        raise Http404(
            _("Edition %(number)s was not in force on %(day)s, nor was any other.")
            % {"number": number, "day": _words(day)}
        )
    raise Http404(
        _("Edition %(number)s was not in force on %(day)s: when that day ended, it was edition %(other)s.")
        % {"number": number, "day": _words(day), "other": that_day.edition.number}
    )


def _past_day(words: str) -> date:
    """A day that has begun. Of a day to come nobody can say yet what is in force on it."""
    day = read_day(words)
    if day is None:
        if not words:
            raise Http404(_("No day is asked for: write it as in 2026-05-11."))
        raise Http404(
            _("“%(words)s” is not a day that we can read: write it as in 2026-05-11.")
            % {"words": words[:LONGEST_DAY]}
        )
    if day > timezone.localdate():
        raise Http404(
            _("%(day)s is still to come. A copy can be had of any day up to today.") % {"day": _words(day)}
        )
    return day


def _words(day: date | None) -> str:
    return day_said(day) if day else _("a later day")


def _zip(page: Page, filename: str, make: Callable[[Making], IO[bytes]]) -> HttpResponseBase:
    """A download; whoever asks for its headers alone makes no work."""
    response: HttpResponseBase
    if page.request.method == "HEAD":
        response = HttpResponse(content_type="application/zip")
    else:
        if not _making.acquire(blocking=False):
            return not_now(page, _("Another copy is being made."))
        try:
            file = make(Making(timezone.now(), page.request.build_absolute_uri("/")))
        except BundleRefused as refusal:
            return not_now(page, str(refusal))
        finally:
            _making.release()
        response = FileResponse(file, content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(True, filename) or "attachment"
    # It is compressed already.
    response["Content-Encoding"] = "identity"
    response["X-Robots-Tag"] = "noindex"
    response["X-Content-Type-Options"] = "nosniff"
    if page.for_staff:
        patch_cache_control(response, private=True, no_cache=True)
    else:
        patch_cache_control(response, public=True, max_age=SECONDS)
    patch_vary_headers(response, ["Cookie"])
    return response


def not_now(page: Page, reason: str) -> HttpResponse:
    response = page.render("manual/bundle_not_now.html", status=503, reason=reason)
    response["Retry-After"] = "30"
    return response
