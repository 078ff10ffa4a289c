"""What changed since this reader was last here: only for those who ask, and only by the number of an edition.

A cookie of the reader's own holds that number, on this computer alone; the site keeps nothing about anybody.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from manual.models import Edition, Issued
from manual.views.settings_of_reader import A_YEAR, way_back

COOKIE = "last-seen"


def last_seen(request: HttpRequest, issued: Issued) -> Edition | None:
    """The edition that was in force when this reader was last here, if they asked for it to be remembered."""
    number = request.COOKIES.get(COOKIE, "")
    if not (number.isascii() and number.isdigit() and len(number) < 8):
        return None
    edition = issued.by_number.get(int(number))
    return edition if edition in issued.editions else None


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Remember the edition in force for this reader, or forget it, and go back to the page where they asked."""
    response = HttpResponseRedirect(way_back(request))
    response["Cache-Control"] = "no-store"
    asked = request.GET.get("remember", "")
    in_force = Issued.of().in_force
    if asked == "yes" and in_force:
        _remember(request, response, in_force)
    elif asked == "no":
        response.delete_cookie(COOKIE, samesite="Lax")
    return response


@require_safe
def since_last_seen(request: HttpRequest) -> HttpResponse:
    """Lead to what changed since the edition that is remembered, and remember the one in force from now on.

    The address that it leads to names the edition, so that the page stays the same when it is loaded again.
    """
    issued = Issued.of()
    seen = last_seen(request, issued)
    address = reverse("changes")
    if seen:
        address += "?" + urlencode({"since_edition": seen.number})
    response = HttpResponseRedirect(address)
    response["Cache-Control"] = "no-store"
    if seen and issued.in_force:
        _remember(request, response, issued.in_force)
    return response


def _remember(request: HttpRequest, response: HttpResponse, edition: Edition) -> None:
    response.set_cookie(
        COOKIE,
        str(edition.number),
        max_age=A_YEAR,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
