"""A printed copy of a chapter, of a part or of the contents, and the short code by which it can be asked after.

A code is made of nothing but the edition's number and the address of what was printed, so that it holds for ever: in
another database, too, that the same content was loaded into.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from manual.models.chapter import Kind
from manual.models.contents import Contents, Line

# Letters and figures that nobody takes for one another: no i, l, o or u.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
BITS = 5  # of each
LENGTH = 7
LOOK_ALIKE = str.maketrans("oil", "011")
WRITTEN = re.compile(r"0*([1-9][0-9]{0,6})-([0-9a-z]+)", re.ASCII)


def code_of(edition: int, slug: str = "") -> str:
    """“11-k3f9x2m”: of a chapter, part or group of an edition, or without a slug of the edition's contents."""
    number = _number(edition, slug)
    letters = "".join(ALPHABET[number >> BITS * place & (1 << BITS) - 1] for place in reversed(range(LENGTH)))
    return f"{edition}-{letters}"


def _number(edition: int, slug: str) -> int:
    """What the letters stand for: the first bits of a hash, so that a slip is hardly ever the code of another."""
    digest = hashlib.sha256(f"{edition}:{slug}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 64 - BITS * LENGTH


@dataclass(frozen=True)
class Code:
    """A code as somebody has typed it from paper: the edition's number, and the letters behind it."""

    edition: int
    letters: str

    @classmethod
    def read(cls, words: str) -> Code | None:
        """Capitals, spaces and letters that look like figures make no difference; none where it can be no code."""
        written = re.sub(r"[\s/]+", "", words).lower()
        # In the edition's number, too, a letter may stand for a figure.
        number, _hyphen, letters = re.sub("[‐‑–—_]", "-", written).partition("-")
        found = WRITTEN.fullmatch(f"{number.translate(LOOK_ALIKE)}-{letters.translate(LOOK_ALIKE)}")
        return cls(int(found[1]), found[2]) if found and len(found[2]) == LENGTH else None

    def __str__(self) -> str:
        return f"{self.edition}-{self.letters}"

    def copies(self, contents: Contents) -> list[PrintedCopy]:
        """What it stands for in its edition: nothing if it was mistyped, and hardly ever more than one."""
        number = 0
        for letter in self.letters:
            if letter not in ALPHABET:
                return []
            number = number << BITS | ALPHABET.index(letter)
        return [
            PrintedCopy(contents, contents.by_slug.get(slug))
            for slug in ("", *contents.by_slug)
            if _number(self.edition, slug) == number
        ]


@dataclass(frozen=True)
class PrintedCopy:
    """What was printed, from an edition's contents (with dated addresses): a chapter, link, part or group; without a
    line the contents themselves."""

    contents: Contents
    line: Line | None = None

    @property
    def code(self) -> str:
        return code_of(self.contents.edition.number or 0, self.line.slug if self.line else "")

    @property
    def what(self) -> str:
        """Which of them it is: contents, part, group, chapter or link."""
        return self.line.kind if self.line else "contents"

    @cached_property
    def lines(self) -> list[Line]:
        """All that it names in its order: the chapter; the part and what stands in it; the whole contents."""
        if self.line is None:
            return self.contents.lines
        return [self.line] if self.line.is_page else [self.line, *below(self.line)]

    @cached_property
    def texts(self) -> list[Line]:
        """Those whose text is printed: the chapter itself, or the living chapters of a part."""
        if self.line is None:
            return []
        if self.line.is_page:
            return [self.line]
        return [line for line in self.lines if line.kind == Kind.CHAPTER and not line.withdrawn]


def below(line: Line) -> Iterable[Line]:
    """All that stands under a line, in the order of the contents."""
    for child in line.children:
        yield child
        yield from below(child)
