"""A JPEG without its story: where and when it was taken, with what, by whom. Not a pixel of it changes."""

from __future__ import annotations

import re
import struct

# Of the parts that programs add, those that say how colours are meant: JFIF, colour profile, Adobe's transform.
KEPT = {0xE0, 0xE2, 0xEE}
ADDED = {*range(0xE0, 0xF0), 0xFE}
SCAN, END = 0xDA, 0xD9
# Parts without a length of their own.
BARE = {0x01, *range(0xD0, 0xD9)}
# Among pixels, these two signs are followed by a zero or by the count of a restart.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
ORIENTATION = 0x0112
# Turned by a quarter: what is wide in the file is high on the page.
QUARTER_TURNS = {5, 6, 7, 8}


def without_its_story(content: bytes) -> tuple[bytes, bool]:
    """The picture without what it tells of its making, and whether it is shown turned by a quarter.

    What stands behind its end goes too: telephones put a second picture or a film there. Raises ValueError for what is
    no JPEG.
    """
    kept = [content[:2]]
    orientation, at, scans = 1, 2, 0
    while at + 4 <= len(content):
        marker = content[at + 1]
        if marker == END and content[at] == 0xFF:
            break
        if content[at] != 0xFF or marker == 0:
            raise ValueError("Something stands where a part has to begin.")
        if marker == 0xFF or marker in BARE:
            at += 1 if marker == 0xFF else 2
            continue
        (length,) = struct.unpack_from(">H", content, at + 2)
        end = at + 2 + length
        part = content[at:end]
        if marker == SCAN:
            scans += 1
            end = _end_of_scan(content, end)
            part = content[at:end]
        elif marker == 0xE1 and part[4:10] == b"Exif\0\0":
            orientation = _orientation(part[10:]) or orientation
        if marker not in ADDED or (marker in KEPT and part[4:8] != b"MPF\0"):
            kept.append(part)
        at = end
    if not scans:
        raise ValueError("It has no pixels.")
    # A JFIF part, where there is one, has to stay the first.
    if orientation != 1:
        kept.insert(2 if len(kept) > 1 and kept[1][1:2] == b"\xe0" else 1, _says(orientation))
    return b"".join([*kept, b"\xff\xd9"]), orientation in QUARTER_TURNS


def _end_of_scan(content: bytes, at: int) -> int:
    """Where the pixels of a scan end: at the next marker that is none of theirs."""
    found = _MARKER.search(content, at)
    return found.start() if found else len(content)


def _orientation(exif: bytes) -> int:
    """1 to 8, which way up it was held; 0 where it does not say."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return 0
    try:
        (first,) = struct.unpack_from(f"{order}I", exif, 4)
        (entries,) = struct.unpack_from(f"{order}H", exif, first)
        for n in range(min(entries, 200)):
            tag, kind, _count, value = struct.unpack_from(f"{order}HHIH", exif, first + 2 + 12 * n)
            if tag == ORIENTATION and kind == 3 and 1 <= value <= 8:
                return int(value)
    except struct.error:
        pass
    return 0


def _says(orientation: int) -> bytes:
    """The one thing that is kept of Exif."""
    entry = struct.pack(">HHIHH", ORIENTATION, 3, 1, orientation, 0)
    exif = b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    return b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
