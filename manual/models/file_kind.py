"""The kinds of file that a board's documents can be, and how readers are told of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

KILOBYTE = 1024
MEGABYTE = KILOBYTE * KILOBYTE

ZIPPED = "application/vnd.openxmlformats-officedocument"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"


@dataclass(frozen=True)
class FileKind:
    """`label` stands behind a link, `name` in a sentence; the first extension is the one that it gets."""

    media_type: str
    label: str | StrPromise
    name: str | StrPromise
    extensions: tuple[str, ...]
    # Browsers show it in their own window; others are offered to be saved.
    shown: bool = False

    @property
    def extension(self) -> str:
        return self.extensions[0]

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")


KINDS = (
    FileKind("application/pdf", "PDF", gettext_lazy("a PDF"), (".pdf",), shown=True),
    FileKind(f"{ZIPPED}.wordprocessingml.document", "Word", gettext_lazy("a Word document"), (".docx",)),
    FileKind(f"{ZIPPED}.spreadsheetml.sheet", "Excel", gettext_lazy("an Excel workbook"), (".xlsx",)),
    FileKind(
        f"{ZIPPED}.presentationml.presentation",
        "PowerPoint",
        gettext_lazy("a PowerPoint presentation"),
        (".pptx",),
    ),
    FileKind(
        f"{OPEN_DOCUMENT}.text",
        gettext_lazy("OpenDocument text"),
        gettext_lazy("an OpenDocument text"),
        (".odt",),
    ),
    FileKind(
        f"{OPEN_DOCUMENT}.spreadsheet",
        gettext_lazy("OpenDocument spreadsheet"),
        gettext_lazy("an OpenDocument spreadsheet"),
        (".ods",),
    ),
    FileKind(
        f"{OPEN_DOCUMENT}.presentation",
        gettext_lazy("OpenDocument presentation"),
        gettext_lazy("an OpenDocument presentation"),
        (".odp",),
    ),
    FileKind("application/rtf", "RTF", gettext_lazy("an RTF text"), (".rtf",)),
    FileKind("text/plain", gettext_lazy("text"), gettext_lazy("a plain text"), (".txt",), shown=True),
    FileKind("text/csv", "CSV", gettext_lazy("a CSV table"), (".csv",)),
    FileKind("image/png", gettext_lazy("PNG picture"), gettext_lazy("a PNG picture"), (".png",), shown=True),
    FileKind(
        "image/jpeg",
        gettext_lazy("JPEG picture"),
        gettext_lazy("a JPEG picture"),
        (".jpg", ".jpeg", ".jpe"),
        shown=True,
    ),
    FileKind("image/gif", gettext_lazy("GIF picture"), gettext_lazy("a GIF picture"), (".gif",), shown=True),
    FileKind(
        "image/webp", gettext_lazy("WebP picture"), gettext_lazy("a WebP picture"), (".webp",), shown=True
    ),
    FileKind(
        "image/svg+xml", gettext_lazy("SVG picture"), gettext_lazy("an SVG picture"), (".svg",), shown=True
    ),
)
BY_MEDIA_TYPE = {kind.media_type: kind for kind in KINDS}
# Of what is no longer on the list; its bytes are kept, and offered to be saved.
UNKNOWN = FileKind("application/octet-stream", gettext_lazy("file"), gettext_lazy("a file"), ("",))


def kind_of(media_type: str) -> FileKind:
    return BY_MEDIA_TYPE.get(media_type, UNKNOWN)


def size_in_words(size: int) -> str:
    """“1.9 MB”, “48 KB”: bytes as readers' own computers tell them."""
    if size < MEGABYTE:
        return _("%(number)s KB") % {"number": max(1, round(size / KILOBYTE))}
    megabytes = size / MEGABYTE
    number = f"{megabytes:.1f}".removesuffix(".0") if megabytes < 10 else f"{megabytes:.0f}"
    return _("%(number)s MB") % {"number": number}
