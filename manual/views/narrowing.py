"""The contents page made shorter: only chapters whose title has some words, or only what is New or Updated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest
from django.utils.translation import gettext as _

from manual.models import Contents, Line
from manual.search.words import folded

MOST = 100  # letters
NUMBER = re.compile(r"[0-9.]+")


@dataclass(frozen=True)
class Narrowed:
    """What a reader asked the contents to be narrowed to. Words may stand in any order, and be the beginning of one."""

    contents: Contents
    words: str
    changed: bool

    @classmethod
    def of(cls, request: HttpRequest, contents: Contents) -> Narrowed | None:
        """None where the whole of it is asked for."""
        words = " ".join(request.GET.get("title", "")[:MOST].split())
        changed = request.GET.get("only") == "changed"
        return cls(contents, words, changed) if words or changed else None

    @cached_property
    def found(self) -> list[Line]:
        """The chapters and links that have what was asked for, in the order of the contents."""
        sought = [
            part
            for word in self.words.split()
            for part in ([word.strip(".")] if NUMBER.fullmatch(word) else folded(word).split())
        ]
        return [
            line
            for line in self.contents.lines
            if line.is_page and (line.flag or not self.changed) and self._has(line, sought)
        ]

    def _has(self, line: Line, sought: list[str]) -> bool:
        own = f" {line.number} {folded(f'{line.label} {line.title} {line.remark}')}"
        return all(f" {word}" in own for word in sought)

    @cached_property
    def shown(self) -> set[int]:
        """The keys of the chapters found, and of all that these stand in."""
        return {line.chapter_id for found in self.found for line in (*found.ancestors, found)}

    @property
    def says(self) -> str:
        """How many are shown."""
        return _("%(shown)d of %(all)d chapters.") % {
            "shown": len(self.found),
            "all": sum(line.is_page for line in self.contents.lines),
        }

    @property
    def nothing(self) -> str:
        """What the page says where nothing is found."""
        if not self.words:
            return _("Nothing is New or Updated.")
        if self.changed:
            return _("Nothing that is New or Updated has “%s” in its title.") % self.words
        return _("No chapter has “%s” in its title.") % self.words
