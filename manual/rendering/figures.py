"""A picture that stands by itself, with the line under it as its caption."""

from __future__ import annotations

from xml.etree.ElementTree import Element


def settle(root: Element) -> None:
    """A paragraph that begins with a picture and goes on with words on the next line is a figure."""
    for paragraph in root.iter("p"):
        if not len(paragraph) or paragraph[0].tag != "img" or (paragraph.text or "").strip():
            continue
        picture = paragraph[0]
        behind = picture.tail or ""
        if not behind.lstrip(" ").startswith("\n") or not (behind.strip() or len(paragraph) > 1):
            continue
        caption = Element("figcaption")
        caption.text = behind.lstrip()
        caption.extend(paragraph[1:])
        paragraph[:] = [picture, caption]
        paragraph.tag, paragraph.text, picture.tail, caption.tail = "figure", "\n", "\n", "\n"
