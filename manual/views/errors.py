"""Helpful pages for what is not there, not allowed, or broken."""

from __future__ import annotations

import logging

from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from manual.views.page import Page

logger = logging.getLogger(__name__)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Says so, and offers search for the words of the address."""
    last = request.path.rstrip("/").rpartition("/")[2]
    words = " ".join(last.replace("-", " ").replace("_", " ").split())
    reason = exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""
    return _page(request, 404, "404.html", words=words[:100], reason=reason)


def denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403, "403.html")


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: usually a page left open for long, or a browser without cookies."""
    return _page(request, 403, "403_form.html")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def broken(request: HttpRequest) -> HttpResponse:
    """Nothing is asked of the database here: it may be what is broken."""
    return render(request, "500.html", status=500)


def _page(request: HttpRequest, status: int, template: str, **context: str) -> HttpResponse:
    try:
        return Page.of(request).render(f"manual/{template}", status=status, **context)
    except DatabaseError:
        logger.exception("The page for status %s could not be made", status)
        return render(request, "500.html", status=500)
