"""`chapters/<slug>.md`: an amendment as a file. Front matter in YAML, an empty line, the text, the end of a line.

The text is what stands between that empty line and that last end of a line, sign for sign.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from django.db.models import Field

from manual.interchange import agreement, yaml_style
from manual.interchange.yaml_source import Source
from manual.models import Amendment, Kind, Significance
from manual.models.amendment import PassageStatus
from manual.models.manual import Numbering

# The first line is the front matter's fence; the next such line closes it.
_FRONT = re.compile(r"---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


def _field(name: str) -> Field[Any, Any]:
    return cast("Field[Any, Any]", Amendment._meta.get_field(name))


@dataclass(frozen=True)
class ChapterFile:
    """A version of a chapter. `kind` stands in the file that first brings it; `under` and `numbered` say where a new
    one stands in an edition without contents; `approved` is None where that was when the edition was published.
    """

    slug: str
    title: str
    significance: str
    note: str
    kind: str = ""
    areas: Sequence[str] = ()
    remark: str = ""
    label: str = ""
    link: str = ""
    status: str = ""
    counterpart: str = ""
    successor: str = ""
    numbering: str = ""
    keywords_off: Sequence[str] = ()
    under: str = ""
    numbered: bool = True
    approved: datetime | None = None
    agreed_by: str = ""
    agreed_on: date | None = None
    minute: str = ""
    text: str = ""
    file: str = field(default="", compare=False)
    lines: dict[str, int | None] = field(default_factory=dict, compare=False)
    offset: int = field(default=0, compare=False)

    @classmethod
    def read(cls, slug: str, text: str, source: Source) -> ChapterFile | None:
        """`source.file` is named in mistakes; lines are those of the file, the front matter included."""
        if text.startswith("---\r\n"):
            # The whole file was saved by an editor that ends lines so, or checked out so.
            text = text.replace("\r\n", "\n")
        front = _FRONT.match(text)
        if not front:
            source.fault(
                1, "It does not begin with front matter.", "Begin it with `---`, the keys, and `---` again."
            )
            return None
        fields = Source(source.file, source.mistakes, offset=1).fields(front[1], "The front matter")
        if fields is None:
            return None
        body = text[front.end() :]
        offset = text.count("\n", 0, front.end())
        if body.startswith("\n"):
            body, offset = body[1:], offset + 1
        found = cls(
            slug=slug,
            kind=fields.choice("kind", Kind.values),
            title=fields.text("title", required=True, field=_field("title")),
            significance=fields.choice("significance", Significance.values, required=True),
            note=fields.text("note", required=True),
            areas=tuple(fields.texts("areas")),
            remark=fields.text("remark", field=_field("remark")),
            label=fields.text("label", field=_field("label")),
            link=fields.text("link", field=_field("link")),
            status=fields.choice("status", PassageStatus.values),
            counterpart=fields.slug("counterpart"),
            successor=fields.slug("successor"),
            numbering=fields.choice("numbering", Numbering.values),
            keywords_off=tuple(fields.texts("keywords_off")),
            under=fields.slug("under"),
            numbered=fields.flag("numbered", True),
            approved=fields.moment("approved"),
            **agreement.read(fields, Amendment),
            text=body.removesuffix("\n"),
            file=source.file,
            lines={key: fields.line(key) for key in fields.keys},
            offset=offset,
        )
        fields.finish()
        if found.link and not re.match(r"https?://[^\s/]", found.link, re.IGNORECASE):
            fields.fault("link", f"`link` is “{found.link[:100]}”.", "It begins with https:// or http://.")
        if found.counterpart and not found.areas:
            fields.fault(
                "counterpart",
                "Only a chapter for some of the areas has a counterpart.",
                "Take `counterpart` out.",
            )
        if found.successor and found.significance not in ("", Significance.WITHDRAWN):
            fields.fault("successor", "Only a withdrawn chapter has a successor.", "Take `successor` out.")
        for key in ("under", "numbered"):
            if key in fields and found.significance not in ("", Significance.NEW):
                fields.fault(
                    key, f"`{key}` is for a new chapter.", "Another is moved by the `contents` of an edition."
                )
        if "\0" in body:
            source.fault(
                text.count("\n", 0, text.index("\0")) + 1, "It holds a NUL character.", "Take it out."
            )
        return found

    def line(self, key: str) -> int | None:
        return self.lines.get(key, 1)

    def write(self) -> str:
        lines = ["---"]
        if self.kind:
            lines.append(f"kind: {self.kind}")
        lines += [
            f"title: {yaml_style.quoted(self.title)}",
            f"significance: {self.significance}",
            f"note: {yaml_style.word(self.note)}",
        ]
        if self.areas:
            lines.append(f"areas: {yaml_style.words(self.areas)}")
        if self.keywords_off:
            lines.append(f"keywords_off: {yaml_style.words(self.keywords_off)}")
        for key in ("remark", "label", "link", "status", "counterpart", "successor", "numbering", "under"):
            if value := getattr(self, key):
                lines.append(f"{key}: {yaml_style.word(value)}")
        if not self.numbered:
            lines.append("numbered: false")
        if self.approved:
            lines.append(f"approved: {yaml_style.moment(self.approved)}")
        lines += agreement.lines(self)
        front = "\n".join([*lines, "---", ""])
        return f"{front}\n{self.text}\n" if self.text else front
