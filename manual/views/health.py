"""For load balancers and robots."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from manual.models import Manual


@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("live\n", content_type="text/plain")


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """The process can read its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ready\n", content_type="text/plain")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Search engines stay out of a sample and of old editions; their pages say noindex, so they may be fetched."""
    rules = (
        "User-agent: *\nDisallow: /search/\nDisallow: /display/\nDisallow: /last-seen/\nDisallow: /admin/\n"
    )
    if Manual.objects.current().sample:
        rules = "# This manual is sample text: every page says noindex.\n" + rules
    return HttpResponse(rules, content_type="text/plain")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it on pages that name no icon, such as the admin's."""
    return redirect(static("icon.svg"))
