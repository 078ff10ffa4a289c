"""The kinds of file that a board's documents can be, and how readers are told of them."""

from __future__ import annotations

from dataclasses import dataclass

KILOBYTE = 1024
MEGABYTE = KILOBYTE * KILOBYTE

ZIPPED = "application/vnd.openxmlformats-officedocument"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"


@dataclass(frozen=True)
class FileKind:
    """`label` stands behind a link, `name` in a sentence; the first extension is the one that it gets."""

    media_type: str
    label: str
    name: str
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
    FileKind("application/pdf", "PDF", "a PDF", (".pdf",), shown=True),
    FileKind(f"{ZIPPED}.wordprocessingml.document", "Word", "a Word document", (".docx",)),
    FileKind(f"{ZIPPED}.spreadsheetml.sheet", "Excel", "an Excel workbook", (".xlsx",)),
    FileKind(f"{ZIPPED}.presentationml.presentation", "PowerPoint", "a PowerPoint presentation", (".pptx",)),
    FileKind(f"{OPEN_DOCUMENT}.text", "OpenDocument text", "an OpenDocument text", (".odt",)),
    FileKind(f"{OPEN_DOCUMENT}.spreadsheet", "OpenDocument spreadsheet", "an OpenDocument spreadsheet", (".ods",)),
    FileKind(
        f"{OPEN_DOCUMENT}.presentation", "OpenDocument presentation", "an OpenDocument presentation", (".odp",)
    ),
    FileKind("application/rtf", "RTF", "an RTF text", (".rtf",)),
    FileKind("text/plain", "text", "a plain text", (".txt",), shown=True),
    FileKind("text/csv", "CSV", "a CSV table", (".csv",)),
    FileKind("image/png", "PNG picture", "a PNG picture", (".png",), shown=True),
    FileKind("image/jpeg", "JPEG picture", "a JPEG picture", (".jpg", ".jpeg", ".jpe"), shown=True),
    FileKind("image/gif", "GIF picture", "a GIF picture", (".gif",), shown=True),
    FileKind("image/webp", "WebP picture", "a WebP picture", (".webp",), shown=True),
    FileKind("image/svg+xml", "SVG picture", "an SVG picture", (".svg",), shown=True),
)  # fmt: skip
BY_MEDIA_TYPE = {kind.media_type: kind for kind in KINDS}
# Of what is no longer on the list; its bytes are kept, and offered to be saved.
UNKNOWN = FileKind("application/octet-stream", "file", "a file", ("",))


def kind_of(media_type: str) -> FileKind:
    return BY_MEDIA_TYPE.get(media_type, UNKNOWN)


def size_in_words(size: int) -> str:
    """“1.9 MB”, “48 KB”: bytes as readers' own computers tell them."""
    if size < MEGABYTE:
        return f"{max(1, round(size / KILOBYTE))} KB"
    megabytes = size / MEGABYTE
    return f"{megabytes:.1f}".removesuffix(".0") + " MB" if megabytes < 10 else f"{megabytes:.0f} MB"
