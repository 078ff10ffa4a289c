"""What the search box offers while somebody types. Nothing is kept of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from manual.search.suggesting import suggest
from manual.views.page import Page


@require_safe
def suggestions(request: HttpRequest, edition: int | None = None) -> HttpResponse:
    """Places whose names have words that begin as typed; whatever is typed, the answer is a list."""
    page = Page.of(request, edition, shown=False)
    found = suggest(request.GET.get("q", ""), page.contents, page.glossary) if page.edition else []
    offered = []
    for suggestion in found:
        target, hash_, anchor = suggestion.address.partition("#")
        offered.append({**vars(suggestion), "address": f"{target}{page.kept}{hash_}{anchor}"})
    response = JsonResponse({"suggestions": offered, "says": _how_many(len(offered))})
    # What is in force can change at any moment.
    patch_cache_control(response, no_cache=True)
    if page.for_staff:
        # Not what readers are offered: no cache between this editor and the site keeps it.
        patch_cache_control(response, private=True)
    patch_vary_headers(response, ["Cookie"])
    response["X-Robots-Tag"] = "noindex"
    return response


def _how_many(count: int) -> str:
    """For those who hear the page."""
    if not count:
        return _("No suggestions")
    return ngettext("%(count)d suggestion", "%(count)d suggestions", count) % {"count": count}
