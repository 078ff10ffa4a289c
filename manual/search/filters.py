"""What a search can be narrowed to: a part, an area, instructions only, what has changed, one chapter."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from manual.models import Contents, Line


@dataclass(frozen=True)
class Filters:
    """Nothing given narrows nothing. Withdrawn chapters are found only if `withdrawn` asks for them.

    `part` and `chapter` are slugs; `area` and `status` apply to sections, which have those of their chapter unless they
    have their own; `changed_in` are the keys of the editions in which a chapter may have changed last.
    """

    part: str = ""
    chapter: str = ""
    area: str = ""
    status: str = ""
    changed_in: Collection[int] | None = None
    withdrawn: bool = False

    def __bool__(self) -> bool:
        return self.of_chapters or self.of_sections

    @property
    def of_chapters(self) -> bool:
        """Whether it asks for certain chapters."""
        return bool(self.part or self.chapter or self.changed_in is not None or self.withdrawn)

    @property
    def of_sections(self) -> bool:
        """Whether it asks what a section is, or to whom it applies."""
        return bool(self.area or self.status)

    def amendments(self, contents: Contents) -> list[int]:
        """The amendments of the chapters that it lets through."""
        return [
            line.amendment_id
            for line in contents.by_chapter.values()
            if (self.withdrawn or not (line.withdrawn or line.gone)) and self._lets_through(line)
        ]

    def lets_section_through(self, line: Line, status: str, areas: list[str]) -> bool:
        """Whether a section of a chapter is what it asks for, by what is stored of the section."""
        applies_to = areas or line.applies_to
        if self.area and applies_to and self.area not in applies_to:
            return False
        return not self.status or (status or line.status) == self.status

    def _lets_through(self, line: Line) -> bool:
        if self.chapter and line.slug != self.chapter:
            return False
        if self.changed_in is not None and line.changed_in not in self.changed_in:
            return False
        return not self.part or self.part in {above.slug for above in (line, *line.ancestors)}
