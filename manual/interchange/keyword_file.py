"""`keywords.yaml`: the keywords whose meaning an edition brings or changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from django.db.models import Field

from manual.interchange import agreement, yaml_style
from manual.interchange.yaml_source import Fields, Source, wrong_with_slug
from manual.models import Definition

NAME = "keywords.yaml"


@dataclass(frozen=True)
class KeywordEntry:
    """A version of a keyword. `approved` is None where that was when the edition was published."""

    slug: str
    name: str
    meaning: str
    also: Sequence[str] = ()
    see_also: Sequence[str] = ()
    note: str = ""
    approved: datetime | None = None
    agreed_by: str = ""
    agreed_on: date | None = None
    minute: str = ""
    file: str = field(default="", compare=False)
    lines: dict[str, int | None] = field(default_factory=dict, compare=False)

    @classmethod
    def read(cls, slug: str, fields: Fields) -> KeywordEntry:
        found = cls(
            slug=slug,
            name=fields.text(
                "name", required=True, field=cast("Field[Any, Any]", Definition._meta.get_field("name"))
            ),
            meaning=fields.text("meaning", required=True),
            also=tuple(fields.texts("also")),
            see_also=tuple(fields.texts("see_also")),
            note=fields.text("note"),
            approved=fields.moment("approved"),
            **agreement.read(fields, Definition),
            file=fields.source.file,
            lines={key: fields.line(key) for key in ("name", "meaning", "see_also")},
        )
        fields.finish()
        return found

    def write(self) -> str:
        lines = [f"{yaml_style.word(self.slug)}:", f"  name: {yaml_style.word(self.name)}"]
        if self.also:
            lines.append(f"  also: {yaml_style.words(self.also)}")
        lines.append(f"  meaning: {yaml_style.passage(self.meaning, '    ')}")
        if self.see_also:
            lines.append(f"  see_also: {yaml_style.words(self.see_also)}")
        if self.note:
            lines.append(f"  note: {yaml_style.passage(self.note, '    ')}")
        if self.approved:
            lines.append(f"  approved: {yaml_style.moment(self.approved)}")
        lines += agreement.lines(self, "  ")
        return "\n".join(lines) + "\n"


def read(text: str, source: Source) -> list[KeywordEntry]:
    """Every keyword of the file that could be read."""
    whole = source.fields(text, NAME)
    found: list[KeywordEntry] = []
    if whole is None:
        return found
    for slug in whole.keys:
        if wrong := wrong_with_slug(slug):
            whole.fault(slug, f"The keyword “{slug}” {wrong}.")
        elif whole.take(slug) is None:
            whole.fault(slug, f"The keyword “{slug}” has neither name nor meaning.", "Indent them under it.")
        elif fields := whole.mapping(slug):
            found.append(KeywordEntry.read(slug, fields))
    return found


def write(entries: Iterable[KeywordEntry]) -> str:
    return "\n".join(entry.write() for entry in entries)
