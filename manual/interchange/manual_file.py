"""`manual.yaml`: what is true of the whole manual, whatever the edition."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, cast

from django.db.models import Field

from manual.interchange import yaml_style
from manual.interchange.yaml_source import Source
from manual.models import Manual
from manual.models.manual import Numbering
from manual.rendering.vocabulary import RESERVED

NAME = "manual.yaml"


def _field(name: str) -> Field[Any, Any]:
    return cast("Field[Any, Any]", Manual._meta.get_field(name))


def _default(name: str) -> str:
    return str(_field(name).get_default())


@dataclass(frozen=True)
class ManualFile:
    """The fields of the Manual."""

    title: str
    board: str
    sample: bool = False
    numbering: str = Numbering.HEADINGS.value
    areas: dict[str, str] = field(default_factory=dict)
    contacts: str = ""
    urgent_help: str = ""
    quick_guide: str = ""
    about: str = ""

    @classmethod
    def of(cls, manual: Manual) -> ManualFile:
        return cls(**{name: getattr(manual, name) for name in cls.__dataclass_fields__})

    def fields(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def read(cls, text: str, source: Source) -> ManualFile | None:
        fields = source.fields(text, NAME)
        if fields is None:
            return None
        found = cls(
            title=fields.text("title", required=True, field=_field("title")),
            board=fields.text("board", required=True, field=_field("board")),
            sample=fields.flag("sample", False),
            numbering=fields.choice("numbering", Numbering.values, default=Numbering.HEADINGS.value),
            areas={},
            contacts=fields.slug("contacts") or _default("contacts"),
            urgent_help=fields.slug("urgent_help") or _default("urgent_help"),
            quick_guide=fields.slug("quick_guide") or _default("quick_guide"),
            about=fields.slug("about"),
        )
        if areas := fields.mapping("areas"):
            for area in areas.keys:
                name = areas.text(area, required=True)
                if wrong := wrong_with_area(area):
                    areas.fault(area, f"The area “{area}” {wrong}.", "Choose another word for it.")
                else:
                    found.areas[area] = name
        fields.finish()
        return found

    def write(self) -> str:
        lines = [
            f"title: {yaml_style.word(self.title)}",
            f"board: {yaml_style.word(self.board)}",
            f"sample: {str(self.sample).lower()}",
            f"numbering: {self.numbering}",
        ]
        lines.append("areas:" if self.areas else "areas: {}")
        lines += [f"  {yaml_style.word(area)}: {yaml_style.word(name)}" for area, name in self.areas.items()]
        lines += [
            f"{key}: {yaml_style.word(getattr(self, key))}"
            for key in ("contacts", "urgent_help", "quick_guide")
        ]
        if self.about:
            lines.append(f"about: {yaml_style.word(self.about)}")
        return "\n".join(lines) + "\n"


def wrong_with_area(area: str) -> str:
    """Why a word cannot mark an area in a text, as the rest of a sentence; empty if it can."""
    plain = area[:1].isalpha() and area.islower() and area.isascii() and area.replace("-", "").isalnum()
    if not plain:
        return "may hold only small letters a to z, digits and hyphens, and must begin with a letter"
    return "has another meaning after “!!!”" if area in RESERVED else ""
