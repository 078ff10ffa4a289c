"""Forms, files and pictures: the file itself, as the edition in force has it or as another one had it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from manual.models import DocumentVersion, Edition, Manual, StoredFile
from manual.views.page import FARTHEST, is_staff

# A file is no page of ours: nothing in it may run, load or send anything.
SEALED = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"
# Browsers show a PDF in a viewer of their own, which some of them refuse to start in a sandbox.
SEALED_PDF = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
# What an edition had, it has for ever; of what is in force, a copy is asked after before it is used again.
FOR_EVER, ASK = "public, max-age=31536000, immutable", "no-cache"
PRIVATE = "private, no-cache"
# What these hold is compressed already.
PACKED = ("application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp")


@require_safe
def document(request: HttpRequest, slug: str, edition: int | None = None) -> HttpResponse:
    """The file of a document, in force or as a named edition had it."""
    readable = Edition.objects.effective()
    cached = ASK if edition is None else FOR_EVER
    if edition is None:
        shown = readable.last()
    else:
        shown = readable.filter(number=min(edition, FARTHEST)).first()
        if shown is None and is_staff(request):
            # What is scheduled can still be taken back, and is nobody's but the editors'.
            shown = Edition.objects.scheduled().filter(number=min(edition, FARTHEST)).first()
            cached = PRIVATE
        if shown is None:
            raise Http404(_("There is no edition %(number)s that has taken effect.") % {"number": edition})
    versions = DocumentVersion.objects.filter(document__slug=slug)
    version = versions.in_edition(shown).with_size().first() if shown else None
    if version is None:
        if edition is None:
            raise Http404(_("The edition in force has no document of this name."))
        raise Http404(_("Edition %(number)s has no document of this name.") % {"number": edition})
    response = file_response(request, version, cached=cached)
    if edition is not None or Manual.objects.current().sample:
        response["X-Robots-Tag"] = "noindex"
    return response


def file_response(request: HttpRequest, version: DocumentVersion, *, cached: str) -> HttpResponse:
    """The bytes of a version under its own type and name; none where the reader has them already, or asks for none."""
    # Another name or type of the same bytes is another answer.
    etag = quote_etag(f"{version.file_id[:40]}-{version.pk}")
    kind = version.kind
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(content_type=_with_charset(kind.media_type))
        if request.method != "HEAD":
            stored = StoredFile.objects.get(pk=version.file_id)
            response.content = bytes(stored.content)
        response["Content-Length"] = str(version.file.size)
        response["Content-Disposition"] = (
            content_disposition_header(not kind.shown, version.filename) or "inline"
        )
        response["Content-Security-Policy"] = SEALED_PDF if kind.extension == ".pdf" else SEALED
        if kind.media_type in PACKED or not kind.shown:
            response["Content-Encoding"] = "identity"
    response["ETag"] = etag
    response["Cache-Control"] = cached
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _with_charset(media_type: str) -> str:
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
