"""Tables that a narrow screen can scroll and a screen reader can follow."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from manual.rendering.language import gettext as _
from manual.rendering.vocabulary import TABLE

_CAPTION = re.compile(r"Table:\s+(?=\S)")


def settle(root: Element) -> None:
    """Name the header cells, align by class, and wrap each table in a box that scrolls.

    The box takes the keyboard's focus, for else only a mouse could scroll it. It is a group and not a region, since
    a page of twenty tables would have twenty landmarks.
    """
    holders = [(parent, child) for parent in root.iter() for child in parent if child.tag == "table"]
    for parent, table in holders:
        _settle(table)
        _put_in_caption(parent, table)
        box = Element("div", {"class": "table", "role": "group", "aria-label": _(TABLE), "tabindex": "0"})
        parent[list(parent).index(table)] = box
        box.tail, table.tail = table.tail, None
        box.append(table)


def _settle(table: Element) -> None:
    for cell in table.iter():
        if align := cell.attrib.pop("align", ""):
            cell.set("class", f"align-{align} {cell.get('class', '')}".strip())
    head, body = table
    for row in body:
        _mark_row(row)
    if not any(_has_content(cell) for cell in head.iter("th")):
        table.remove(head)
    elif not any(_has_content(cell) for cell in body.iter("td")):
        # A header alone: the empty row beneath is of Python-Markdown's making.
        table.remove(body)
    corner = next(head.iter("th"), None)
    heads_rows = head in table and corner is not None and not _has_content(corner)
    for row in body:
        if len(row) > 1 and _has_content(row[0]) and (heads_rows or _is_bold(row[0])):
            _make_row_head(row[0])
    for cell in head.iter("th"):
        if _has_content(cell):
            cell.set("scope", "col")
        else:
            cell.tag = "td"


def _put_in_caption(parent: Element, table: Element) -> None:
    """“Table: …”, in a paragraph of its own right above the table or right below it, is what the table is called."""
    place = list(parent).index(table)
    beside = [parent[at] for at in (place - 1, place + 1) if 0 <= at < len(parent)]
    for paragraph in beside:
        found = (
            _CAPTION.match(paragraph.text or "") if paragraph.tag == "p" and not paragraph.attrib else None
        )
        if found:
            caption = Element("caption")
            caption.text, caption[:] = (paragraph.text or "")[found.end() :], list(paragraph)
            caption.tail = "\n"
            table.insert(0, caption)
            parent.remove(paragraph)
            return


def _is_bold(cell: Element) -> bool:
    """Whether the whole of it is, but for the words that say to which area it applies."""
    if (cell.text or "").strip() or not len(cell) or cell[0].tag != "strong":
        return False
    others = [child for child in cell[1:] if child.get("class") != "area-marker"]
    return not others and not any((child.tail or "").strip() for child in cell)


def _make_row_head(cell: Element) -> None:
    cell.tag = "th"
    cell.set("scope", "row")


def _mark_row(row: Element) -> None:
    """What the first cell applies to, its whole row does, unless another cell has a mark of its own: that cell says
    what the others are about."""
    marked = [cell for cell in row if _marks(cell)]
    if not marked or marked != [row[0]]:
        return
    first = row[0]
    row.set("class", " ".join(_marks(first)))
    if others := [word for word in first.get("class", "").split() if word not in _marks(first)]:
        first.set("class", " ".join(others))
    else:
        del first.attrib["class"]


def _marks(cell: Element) -> list[str]:
    words = cell.get("class", "").split()
    return [word for word in words if word == "area" or word.startswith("area-")]


def _has_content(cell: Element) -> bool:
    return bool(len(cell) or (cell.text or "").strip())
