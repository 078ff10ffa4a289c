"""What is wrong with a content folder, so that whoever wrote it can put all of it right in one go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong: where (the file as seen from the content folder), why, and what to do about it."""

    file: str
    line: int | None
    cause: str
    remedy: str = ""

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{where}: {self.cause} {self.remedy}".rstrip()


class ContentRefused(Exception):
    """The folder cannot be loaded. Holds every mistake that was found; nothing has been loaded."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = mistakes


class DumpRefused(Exception):
    """The folder cannot be written; says why."""


class Mistakes:
    """The mistakes of one run.

    A *fault* keeps the folder from being loaded. A *flaw* is in a text that could be published all the same; whether
    it is let pass is for whoever loads to say.
    """

    def __init__(self) -> None:
        # Mappings, lest the same thing be said twice.
        self._faults: dict[Mistake, None] = {}
        self._flaws: dict[Mistake, None] = {}

    @property
    def faults(self) -> list[Mistake]:
        return in_order(self._faults)

    @property
    def flaws(self) -> list[Mistake]:
        return in_order(self._flaws)

    def fault(self, file: str, line: int | None, cause: str, remedy: str = "") -> None:
        self._faults[Mistake(file, line, cause, remedy)] = None

    def flaw(self, file: str, line: int | None, cause: str, remedy: str = "") -> None:
        self._flaws[Mistake(file, line, cause, remedy)] = None

    def refuse(self, *, flaws: bool) -> None:
        """Raise ContentRefused if there is a fault, or a flaw where those count too."""
        if self._faults or (flaws and self._flaws):
            raise ContentRefused(in_order([*self._faults, *self._flaws]))


def in_order(mistakes: Iterable[Mistake]) -> list[Mistake]:
    return sorted(mistakes, key=lambda mistake: (mistake.file, mistake.line or 0))
