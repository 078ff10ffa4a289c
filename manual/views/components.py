"""For those who work on the code: pages that are seldom met, to be looked at."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from manual.models import Issued, Manual
from manual.views import bundles, errors
from manual.views.page import Page


def _nothing_in_force(request: HttpRequest) -> HttpResponse:
    page = Page(request, Manual.objects.current(), Issued([]), None)
    return page.render("manual/nothing_in_force.html")


def _no_copy_now(request: HttpRequest) -> HttpResponse:
    return bundles.not_now(Page.of(request), "Another copy is being made.")


MISTAKES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "400": errors.bad_request,
    "403": errors.denied,
    "403-form": errors.form_refused,
    "500": errors.broken,
    "nothing-in-force": _nothing_in_force,
    "no-copy-now": _no_copy_now,
}


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    return Page.of(request).render("manual/components.html")


@require_safe
def mistake(request: HttpRequest, name: str) -> HttpResponse:
    """The page of a mistake that nobody has to make for it."""
    if name not in MISTAKES:
        raise Http404(f"The mistakes that can be looked at are {', '.join(MISTAKES)}.")
    return MISTAKES[name](request)
