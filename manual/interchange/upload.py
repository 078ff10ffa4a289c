"""What may become a document of the board's: a file judged by its bytes, not by its name alone. Knows no database.

Readers open these files on machines that trust the manual, so nothing passes that could run there, lead elsewhere or
blow up; and nothing is unpacked here further than it takes to see what it is.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from lxml import etree
from PIL import Image

from manual.interchange import photograph, vector
from manual.models.file_kind import (
    BY_MEDIA_TYPE,
    KINDS,
    MEGABYTE,
    OPEN_DOCUMENT,
    ZIPPED,
    FileKind,
    size_in_words,
)

LONGEST_NAME = 150
LONGEST_EXTENSION = 20
# No form has this many parts, and no form grows to this when it is opened.
MOST_PARTS = 5_000
LARGEST_UNPACKED = 300 * MEGABYTE
MOST_PIXELS = 30_000_000
LONGEST_SIDE = 12_000

TAKEN = gettext_lazy(
    "PDF, Word (.docx), Excel (.xlsx), PowerPoint (.pptx), OpenDocument, RTF, plain text and CSV, and as pictures PNG, "
    "JPEG, GIF, WebP and SVG"
)
RASTER = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}
# How Office names the main part of what it writes.
OFFICE = {
    f"{ZIPPED}.wordprocessingml.document": (".docx", "Word"),
    f"{ZIPPED}.spreadsheetml.sheet": (".xlsx", "Excel"),
    f"{ZIPPED}.presentationml.presentation": (".pptx", "PowerPoint"),
}
MACRO_NAMES = (".docm", ".xlsm", ".pptm", ".dotm", ".xltm", ".potm")
# Signs that have no business in a name, or would make it read backwards.
_NOT_IN_A_NAME = re.compile(r'[\x00-\x1f\x7f"<>|:*?\\/\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]')
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f]")


class UploadRefused(ValueError):
    """A file that the board's documents cannot hold; a sentence that says what is wrong and what to do."""


@dataclass(frozen=True)
class Upload:
    """A file that passed: its bytes as they are kept, what it is, and, of a picture, how large in pixels."""

    filename: str
    media_type: str
    content: bytes
    width: int | None = None
    height: int | None = None


def check(name: str, content: bytes, *, document_limit: int, picture_limit: int) -> Upload:
    """Judge a file by its name and bytes; limits are in bytes. Raises UploadRefused.

    What comes out passes again and is then the same: a photograph has lost where and with what it was taken, a text in
    another encoding is UTF-8.
    """
    shown = tidy_name(name)
    if not content:
        raise UploadRefused(
            _("“%(shown)s” is empty: it holds nothing at all. Open it to see, and save it again.")
            % {"shown": shown}
        )
    check_size(shown, len(content), max(document_limit, picture_limit))
    kind = _kind(shown, content)
    if (limit := picture_limit if kind.is_picture else document_limit) < len(content):
        check_size(shown, len(content), limit, picture=kind.is_picture)
    width = height = None
    if kind.media_type == "image/svg+xml":
        width, height = vector.check(shown, content, UploadRefused)
    elif kind.is_picture:
        turned = False
        if kind.media_type == "image/jpeg":
            try:
                content, turned = photograph.without_its_story(content)
            except ValueError as error:
                raise UploadRefused(_damaged(shown)) from error
        width, height = _size_of_picture(shown, content, RASTER[kind.media_type])
        if turned:
            width, height = height, width
    elif kind.media_type.startswith("text/"):
        content = _as_utf_8(shown, content)
    return Upload(_named(shown, kind), kind.media_type, content, width, height)


def check_size(name: str, size: int, limit: int, *, picture: bool = False) -> None:
    """Refuse what is too large, before it is read."""
    if size > limit:
        remedy = (
            _("Make the picture smaller: 2,000 pixels across is plenty for a page.")
            if picture
            else _("Save it with smaller pictures, or as a PDF of the smallest size, or divide it.")
        )
        sentences = (
            _("“%(name)s” has %(size)s. A picture can have %(limit)s.")
            if picture
            else _("“%(name)s” has %(size)s. A document can have %(limit)s.")
        )
        words = {"name": tidy_name(name), "size": size_in_words(size), "limit": size_in_words(limit)}
        raise UploadRefused(f"{sentences % words} {remedy}")


def tidy_name(name: str) -> str:
    """A file's name without folders and signs that no name should have."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    name = " ".join(_NOT_IN_A_NAME.sub(" ", name).split()).strip(". ") or "file"
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > LONGEST_EXTENSION:
        return name[:LONGEST_NAME].rstrip()
    return f"{stem[: LONGEST_NAME - len(extension) - 1].rstrip()}.{extension}"


# --- What it is ----------------------------------------------------------------------------------------------


def _kind(name: str, content: bytes) -> FileKind:
    start = content[:1024].lstrip(b"\xef\xbb\xbf\t\r\n ")
    if name.lower().endswith(MACRO_NAMES):
        raise UploadRefused(_with_macros(name))
    if start.startswith(b"%PDF-"):
        _check_pdf(name, content)
        return BY_MEDIA_TYPE["application/pdf"]
    if content.startswith(b"PK"):
        return _kind_of_package(name, content)
    if start.startswith(b"{\\rtf"):
        if re.search(rb"\\(?:\*\\)?obj(?:data|ect)\b", content):
            raise UploadRefused(
                _(
                    "“%(name)s” holds another file inside itself, which could run on a reader's machine. "
                    "Take the object out, or save it as a PDF."
                )
                % {"name": name}
            )
        return BY_MEDIA_TYPE["application/rtf"]
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise UploadRefused(
            _(
                "“%(name)s” is of an older Office (.doc, .xls or .ppt), or protected by a password. Open "
                "it, and save it as .docx, .xlsx or .pptx without a password, or as a PDF."
            )
            % {"name": name}
        )
    if picture := _kind_of_picture(name, content):
        return picture
    if vector.looks_like_one(content):
        return BY_MEDIA_TYPE["image/svg+xml"]
    if _is_text(content):
        if (extension := _extension(name)) == ".csv":
            return BY_MEDIA_TYPE["text/csv"]
        if extension in ("", ".txt"):
            return BY_MEDIA_TYPE["text/plain"]
    raise UploadRefused(
        _(
            "“%(name)s” is not a file of a kind that can be taken. These can: %(taken)s. Save it as "
            "one of them."
        )
        % {"name": name, "taken": TAKEN}
    )


def _named(name: str, kind: FileKind) -> str:
    """Its name, which has to say what the bytes are; one without an extension gets it."""
    extension = _extension(name)
    if extension in kind.extensions:
        return name
    if any(extension in other.extensions for other in KINDS):
        raise UploadRefused(
            _(
                "The name of “%(name)s” ends in %(extension)s, but it is %(kind)s. Give it a name that "
                "ends in %(right_extension)s, or choose the file that you meant."
            )
            % {"name": name, "extension": extension, "kind": kind.name, "right_extension": kind.extension}
        )
    return f"{name[: LONGEST_NAME - len(kind.extension)].rstrip()}{kind.extension}"


def _extension(name: str) -> str:
    stem, dot, extension = name.rpartition(".")
    found = f".{extension}".lower() if dot and stem else ""
    return found if re.fullmatch(r"\.[a-z0-9]{1,5}", found) else ""


def _with_macros(name: str) -> str:
    return _(
        "“%(name)s” holds macros, small programs that could run on a reader's machine. Save it "
        "without macros, as .docx, .xlsx, .pptx or PDF."
    ) % {"name": name}


def _damaged(name: str) -> str:
    return _(
        "“%(name)s” is damaged or incomplete. Open it on your own machine, save it again, and upload that."
    ) % {"name": name}


def _check_pdf(name: str, content: bytes) -> None:
    if b"%%EOF" not in content[-4096:]:
        raise UploadRefused(_damaged(name))
    if re.search(rb"/Launch\b", content):
        raise UploadRefused(
            _(
                "“%(name)s” starts another program when it is opened. Save it anew as a PDF without such "
                "an action."
            )
            % {"name": name}
        )


# --- Packages: Office and OpenDocument -----------------------------------------------------------------------


def _kind_of_package(name: str, content: bytes) -> FileKind:
    # The list of parts takes memory for each; a hostile one is counted before it is read.
    if content.count(b"PK\x01\x02") > MOST_PARTS:
        told = _("“%(name)s” consists of too many parts to be a form.") % {"name": name}
        raise UploadRefused(f"{told} {_save_again()}")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return _kind_of_parts(name, package)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        RuntimeError,
        NotImplementedError,
        ValueError,
    ) as error:
        if isinstance(error, UploadRefused):
            raise
        raise UploadRefused(_damaged(name)) from error


def _kind_of_parts(name: str, package: zipfile.ZipFile) -> FileKind:
    parts = package.infolist()
    names = {part.filename for part in parts}
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED or len(names) < len(parts):
        told = _("“%(name)s” would grow to more than %(size)s when it is opened.") % {
            "name": name,
            "size": size_in_words(LARGEST_UNPACKED),
        }
        raise UploadRefused(f"{told} {_save_again()}")
    lowered = {part.lower() for part in names}
    if any(part.endswith("vbaproject.bin") or "/activex/" in part for part in lowered):
        raise UploadRefused(_with_macros(name))
    if "[Content_Types].xml" in names:
        return _kind_of_office(name, _part(name, package, "[Content_Types].xml"))
    if "mimetype" in names:
        if any(_is_macro(part) for part in names):
            raise UploadRefused(_with_macros(name))
        said = _part(name, package, "mimetype").decode("ascii", "replace").strip()
        if said.startswith(OPEN_DOCUMENT) and said in BY_MEDIA_TYPE and "content.xml" in names:
            return BY_MEDIA_TYPE[said]
    raise UploadRefused(
        _(
            "“%(name)s” is a package of files, which readers could not simply open. Upload the "
            "documents in it one by one."
        )
        % {"name": name}
    )


def _part(name: str, package: zipfile.ZipFile, part: str) -> bytes:
    """A small part; no more of it is unpacked than a small part has, whatever it says of itself."""
    with package.open(part) as opened:
        found = opened.read(MEGABYTE + 1)
    if len(found) > MEGABYTE:
        raise UploadRefused(_damaged(name))
    return found


def _kind_of_office(name: str, listed: bytes) -> FileKind:
    try:
        root = etree.fromstring(listed, vector.parser())
    except etree.XMLSyntaxError as error:
        raise UploadRefused(_damaged(name)) from error
    types = [str(element.get("ContentType") or "") for element in root.iter("{*}Override", "{*}Default")]
    if any("macroenabled" in said.lower() or "vbaproject" in said.lower() for said in types):
        raise UploadRefused(_with_macros(name))
    for media_type in OFFICE:
        if f"{media_type}.main+xml" in types:
            return BY_MEDIA_TYPE[media_type]
    raise UploadRefused(
        _(
            "“%(name)s” is a template or of another kind of Office file. Save it as .docx, .xlsx, "
            ".pptx or PDF."
        )
        % {"name": name}
    )


def _is_macro(part: str) -> bool:
    """LibreOffice writes empty lists of macros too; those are none."""
    folder, _slash, rest = part.partition("/")
    listing = rest.rpartition("/")[2] in (
        "",
        "script-lc.xml",
        "script-lb.xml",
        "dialog-lc.xml",
        "dialog-lb.xml",
    )
    return folder in ("Basic", "Scripts") and not listing


def _save_again() -> str:
    return _("Open it, save it again in Word, Excel or LibreOffice, and upload that.")


# --- Pictures ------------------------------------------------------------------------------------------------


def _kind_of_picture(name: str, content: bytes) -> FileKind | None:
    if content[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif", b"ftypmsf1"):
        raise UploadRefused(
            _("“%(name)s” is a photograph that many browsers cannot show. Save it as JPEG or PNG.")
            % {"name": name}
        )
    starts = {
        b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg",
        b"GIF87a": "image/gif", b"GIF89a": "image/gif",
    }  # fmt: skip
    for start, media_type in starts.items():
        if content.startswith(start):
            return BY_MEDIA_TYPE[media_type]
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return BY_MEDIA_TYPE["image/webp"]
    return None


def _size_of_picture(name: str, content: bytes, written_as: str) -> tuple[int, int]:
    """Width and height, of a picture that can be shown to its end."""
    try:
        with Image.open(io.BytesIO(content), formats=[written_as]) as picture:
            width, height = picture.size
            # Asked before a single pixel is unpacked.
            if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
                raise UploadRefused(_too_many_pixels(name, width, height))
            picture.verify()
        with Image.open(io.BytesIO(content), formats=[written_as]) as picture:
            picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UploadRefused(_too_many_pixels(name)) from error
    except UploadRefused:
        raise
    except Exception as error:
        # Whatever a broken picture makes of the decoders: there are too many ways to be broken.
        raise UploadRefused(_damaged(name)) from error
    return width, height


def _too_many_pixels(name: str, width: int = 0, height: int = 0) -> str:
    words = {"name": name, "width": f"{width:,}", "height": f"{height:,}"}
    if width:
        return (
            _(
                "The picture “%(name)s” is too large (%(width)s by %(height)s pixels). Make it smaller: 2,000 pixels "
                "across is plenty for a page."
            )
            % words
        )
    return (
        _("The picture “%(name)s” is too large. Make it smaller: 2,000 pixels across is plenty for a page.")
        % words
    )


# --- Texts ---------------------------------------------------------------------------------------------------


def _is_text(content: bytes) -> bool:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not _CONTROL.search(content.decode("latin-1"))


def _as_utf_8(name: str, content: bytes) -> bytes:
    """The same words as UTF-8; Windows still writes tables in its own encodings."""
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text):
            break
        return content if encoding == "utf-8" else text.encode("utf-8-sig")
    raise UploadRefused(
        _("“%(name)s” is not a text that can be read. Save it again as plain text in UTF-8.") % {"name": name}
    )
