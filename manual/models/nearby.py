"""What stands near a chapter in the contents: the way down to it, and at every step what stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from manual.models.contents import Contents, Line

SHOWN = 14  # of those that stand beside each other, so that the list stays short in any manual


@dataclass(frozen=True)
class Beside:
    """A line of the list; what stands inside is shown for those on the way to the chapter, and for the chapter."""

    line: Line
    here: bool
    inside: Nearby | None


@dataclass(frozen=True)
class Nearby:
    """Those that stand beside each other, in the order of the contents; how many before and after are left out, and
    where in the contents all of them are found (`#slug`, or nothing for the parts)."""

    places: Sequence[Beside]
    left_out_before: int
    left_out_after: int
    heading: str = ""

    @classmethod
    def of(cls, contents: Contents, line: Line) -> Nearby:
        """From the parts down to a chapter. Around one that has left the contents only the parts are known."""
        way = [*line.ancestors, line] if not line.gone else []
        return cls._beside(contents.roots, way, "")

    @classmethod
    def _beside(cls, lines: Sequence[Line], way: Sequence[Line], heading: str) -> Nearby:
        on_the_way = way[0] if way else None
        first = 0
        if on_the_way is not None and len(lines) > SHOWN:
            first = max(0, min(lines.index(on_the_way) - SHOWN // 2, len(lines) - SHOWN))
        shown = lines[first : first + SHOWN]
        places = []
        for line in shown:
            inside = None
            if line is on_the_way and line.children:
                inside = cls._beside(line.children, way[1:], f"#{line.slug}")
            places.append(Beside(line, line is on_the_way and len(way) == 1, inside))
        return cls(places, first, len(lines) - first - len(shown), heading)
