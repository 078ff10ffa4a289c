"""`edition.yaml`: when an edition takes effect, what it is about, and, where it rearranges, its contents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

import yaml
from django.db.models import Field
from django.utils import timezone

from manual.interchange import agreement, yaml_style
from manual.interchange.yaml_source import Fields, Source, wrong_with_slug
from manual.models import Edition, EditionKind

NAME = "edition.yaml"

_FOLDER = re.compile(r"(\d{4,9})-(\d{4}-\d{2}-\d{2})")
_UNNUMBERED = re.compile(r"(.*\S)\s+\(unnumbered\)")


@dataclass(frozen=True)
class Spot:
    """A line of the contents as an edition arranges them."""

    slug: str
    parent: str | None
    numbered: bool
    line: int | None = None


@dataclass(frozen=True)
class EditionFile:
    """What an edition says of itself. `effective` and `published` are None only where they could not be read.

    `new` is the order in which new chapters come to stand under their parents, where that is not the alphabet's;
    `contents` is None unless the edition rearranges.
    """

    kind: str
    effective: datetime | None
    published: datetime | None
    name: str = ""
    notes: str = ""
    law_stated_as_at: date | None = None
    agreed_by: str = ""
    agreed_on: date | None = None
    minute: str = ""
    new: Sequence[tuple[str, int | None]] = ()
    contents: Sequence[Spot] | None = None
    lines: dict[str, int | None] = field(default_factory=dict, compare=False)

    @classmethod
    def read(cls, text: str, source: Source) -> EditionFile | None:
        fields = source.fields(text, NAME)
        if fields is None:
            return None
        found = cls(
            kind=fields.choice("kind", EditionKind.values, required=True),
            effective=fields.moment("effective", required=True),
            published=fields.moment("published", required=True),
            name=fields.text("name", field=cast("Field[Any, Any]", Edition._meta.get_field("name"))),
            notes=fields.text("notes"),
            law_stated_as_at=fields.day("law_stated_as_at"),
            **agreement.read(fields, Edition),
            new=fields.slugs("new"),
            contents=_contents(fields),
            lines={key: fields.line(key) for key in ("effective", "published", "kind", "new", "contents")},
        )
        fields.finish()
        if found.effective and found.published and found.published > found.effective:
            fields.fault(
                "published", "It was published after it takes effect.", "Correct one of the two moments."
            )
        if found.contents is not None and found.kind not in ("", EditionKind.ORDINARY):
            fields.fault(
                "contents", "Only an ordinary edition rearranges the contents.", "Take `contents` out."
            )
        if found.contents is not None and found.new:
            fields.fault("new", "`contents` already says where new chapters stand.", "Take `new` out.")
        return found

    def write(self) -> str:
        lines = [f"kind: {self.kind}"]
        if self.name:
            lines.append(f"name: {yaml_style.word(self.name)}")
        for key in ("effective", "published"):
            lines.append(f"{key}: {yaml_style.moment(getattr(self, key))}")
        if self.law_stated_as_at:
            lines.append(f"law_stated_as_at: {self.law_stated_as_at.isoformat()}")
        lines += agreement.lines(self)
        if self.notes:
            lines.append(f"notes: {yaml_style.passage(self.notes, '  ')}")
        if self.new:
            lines.append(f"new: {yaml_style.words(slug for slug, _line in self.new)}")
        if self.contents is not None:
            lines.append("contents:" if self.contents else "contents: []")
            lines += _listed(self.contents)
        return "\n".join(lines) + "\n"


def folder_name(number: int, effective: datetime) -> str:
    return f"{number:04d}-{local_day(effective).isoformat()}"


def parse_folder_name(name: str) -> tuple[int, str] | None:
    """The number and the day that a folder's name claims."""
    found = _FOLDER.fullmatch(name)
    return (int(found[1]), found[2]) if found else None


def local_day(moment: datetime) -> date:
    return timezone.localtime(moment, timezone.get_default_timezone()).date()


def _contents(fields: Fields) -> list[Spot] | None:
    if "contents" not in fields:
        return None
    node = fields.take("contents")
    if not isinstance(node, yaml.SequenceNode):
        fields.fault("contents", "`contents` is a list of slugs.", "Write a line `- slug` for each entry.")
        return []
    found: dict[str, Spot] = {}
    # A stack, not recursion: how deep the contents are must not matter.
    waiting: list[tuple[yaml.Node, str | None]] = [(item, None) for item in reversed(node.value)]
    while waiting:
        item, parent = waiting.pop()
        children: list[yaml.Node] = []
        if isinstance(item, yaml.MappingNode) and len(item.value) == 1:
            item, below = item.value[0]
            if isinstance(below, yaml.SequenceNode):
                children = below.value
            else:
                fields.source.fault(
                    below, "What stands under an entry is a list.", "Indent `- slug` lines under it."
                )
        if not isinstance(item, yaml.ScalarNode):
            fields.source.fault(
                item, "A line of `contents` is one slug.", "Write `- slug` or `- slug (unnumbered)`."
            )
            continue
        spot = _spot(item, parent, fields.source)
        if spot and spot.slug in found:
            fields.source.fault(
                item,
                f"`contents` names “{spot.slug}” twice, first on line {found[spot.slug].line}.",
                "Keep one.",
            )
        elif spot:
            found[spot.slug] = spot
        if spot:
            waiting += [(child, spot.slug) for child in reversed(children)]
    return list(found.values())


def _spot(item: yaml.ScalarNode, parent: str | None, source: Source) -> Spot | None:
    written = str(item.value).strip()
    unnumbered = _UNNUMBERED.fullmatch(written)
    slug = unnumbered[1] if unnumbered else written
    if wrong := wrong_with_slug(slug):
        source.fault(item, f"“{slug}” {wrong}.", "A line of `contents` is `- slug` or `- slug (unnumbered)`.")
        return None
    return Spot(slug, parent, not unnumbered, source.line(item))


def _listed(contents: Sequence[Spot]) -> Iterator[str]:
    children: dict[str | None, list[Spot]] = {}
    for spot in contents:
        children.setdefault(spot.parent, []).append(spot)
    waiting = [(spot, 1) for spot in reversed(children.get(None, []))]
    while waiting:
        spot, depth = waiting.pop()
        below = children.get(spot.slug, [])
        named = yaml_style.word(spot.slug if spot.numbered else f"{spot.slug} (unnumbered)")
        yield f"{'  ' * depth}- {named}{':' if below else ''}"
        waiting += [(child, depth + 1) for child in reversed(below)]
