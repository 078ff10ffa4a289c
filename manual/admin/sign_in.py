"""Limits to signing in: who guesses passwords is held up, and as little as possible is kept about anybody."""

from __future__ import annotations

import ipaddress
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _


def address_of(request: HttpRequest) -> str | None:
    """Where a request comes from. A proxy adds the address that it sees at the end of X-Forwarded-For; what stands
    before that anybody could have written."""
    if settings.BEHIND_PROXY:
        last = request.headers.get("X-Forwarded-For", "").rpartition(",")[2]
        if address := _numeric(last):
            return address
    return _numeric(request.META.get("REMOTE_ADDR", ""))


def _numeric(words: str) -> str | None:
    words = words.strip()
    if words.startswith("["):
        words = words[1:].partition("]")[0]
    elif words.count(":") == 1:
        words = words.partition(":")[0]
    try:
        return str(ipaddress.ip_address(words))
    except ValueError:
        return None


class Mistakes(AxesDatabaseHandler):
    """Counts mistakes by user name and address; which browser somebody has is nobody's business."""

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any
    ) -> None:
        if request is None:
            super().user_login_failed(sender, credentials, request, **kwargs)
            return
        request.axes_user_agent = request.axes_http_accept = ""
        # Nor what stood in the form and in the address: it would be kept with the mistake.
        sent = request.GET, request.POST
        request.GET = request.POST = QueryDict()
        try:
            super().user_login_failed(sender, credentials, request, **kwargs)
        finally:
            request.GET, request.POST = sent


def closed(request: HttpRequest, response: Any = None, credentials: Any = None) -> HttpResponse:
    """The page for somebody who made too many mistakes: says for how long, and what helps."""
    answer = render(
        request,
        "admin/sign_in_closed.html",
        {
            **admin.site.each_context(request),
            "title": _("Signing in is closed for a while"),
            "mistakes": settings.AXES_FAILURE_LIMIT,
            "minutes": int(settings.AXES_COOLOFF_TIME.total_seconds() // 60),
        },
        status=429,
    )
    answer["Retry-After"] = str(int(settings.AXES_COOLOFF_TIME.total_seconds()))
    add_never_cache_headers(answer)
    return answer
