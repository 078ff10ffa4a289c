"""A reader may read for one area, that in which the child lives: what applies elsewhere only is dimmed, never hidden.

Pure, and laid over what a page shows at the very last: whatever is kept of a text is the same for all readers.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from manual.rendering.language import any_of

# The class of what is dimmed.
ELSEWHERE = "elsewhere"

# Of serialised HTML: “<” in a text or a value is always “&lt;”, a quotation mark in a value “&quot;”.
_CLASSES = re.compile(r'(<[a-z][a-z0-9]*(?: [a-z-]+="[^"]*")*? class=")([^"]*)"')


@dataclass(frozen=True)
class Lens:
    """The areas of the manual, by the words that mark them, and the one that is read for; none means all alike."""

    areas: Mapping[str, str]
    area: str = ""

    @classmethod
    def of(cls, areas: Mapping[str, str], asked: str) -> Lens:
        """The one that a reader asked for, if the manual has it, and others besides."""
        return cls(areas, asked if asked in areas and len(areas) > 1 else "")

    def __bool__(self) -> bool:
        return bool(self.area)

    @property
    def name(self) -> str:
        """“Kent”."""
        return str(self.areas.get(self.area, ""))

    @property
    def others(self) -> str:
        """“Medway”; “Medway or Essex”."""
        return any_of(str(name) for area, name in self.areas.items() if area != self.area)

    def dims(self, applies_to: Collection[str]) -> bool:
        """Whether what applies to these areas (none: to all) is not for the area that is read for."""
        return bool(self.area and applies_to and self.area not in applies_to)

    def over(self, html: str) -> str:
        """The HTML of a text, as it is stored or decorated, with each passage and phrase for elsewhere marked so."""
        if not self.area or "area-" not in html:
            return html
        return _CLASSES.sub(self._settle, html)

    def _settle(self, found: re.Match[str]) -> str:
        classes = found[2].split()
        if "area" not in classes or f"area-{self.area}" in classes or ELSEWHERE in classes:
            return found[0]
        return f'{found[1]}{found[2]} {ELSEWHERE}"'
