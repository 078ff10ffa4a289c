"""Small files of every kind, made here, good and bad."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from PIL import Image

from manual.models.file_kind import OPEN_DOCUMENT, ZIPPED

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
RTF = rb"{\rtf1\ansi Referral form}"
CSV = b"Name,Day\nExample,1 June 2026\n"
SVG_NAMES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def svg(
    inside: str = '<path d="M0 0h9v9z"/>', attributes: str = 'width="90" height="60"', before: str = ""
) -> bytes:
    return f"{before}<svg {SVG_NAMES} {attributes}>{inside}</svg>".encode()


def package(parts: Mapping[str, bytes | str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            # Made at the same moment each time, so that the same parts are the same bytes.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def office(media_type: str = f"{ZIPPED}.wordprocessingml.document.main+xml", **more: bytes | str) -> bytes:
    listed = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/word/document.xml" ContentType="{media_type}"/></Types>'
    )
    return package({"[Content_Types].xml": listed, "word/document.xml": "<w/>", **more})


def open_document(kind: str = "text", **more: bytes | str) -> bytes:
    return package({"mimetype": f"{OPEN_DOCUMENT}.{kind}", "content.xml": "<office/>", **more})


def picture(
    kind: str = "PNG", size: tuple[int, int] = (30, 20), colour: str = "navy", **options: object
) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, kind, **options)
    return made.getvalue()


def photograph(orientation: int = 1, size: tuple[int, int] = (30, 20)) -> bytes:
    """A JPEG that says where it was taken, by whom, and which way up."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Maker of telephones"
    exif.get_ifd(0x8825)[1] = "N"
    return picture("JPEG", size, exif=exif, comment=b"At the school gate")


def huge_png(width: int, height: int) -> bytes:
    """Says that it is huge, in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
