"""Text to words, the same way for what is indexed and for what is asked. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

MOST_WORDS = 20
LONGEST_WORD = 64
LONGEST_QUERY = 2000

# Said too often to tell sections apart: what PostgreSQL's English configuration leaves out, so that both
# databases ask for the same words.
_ENGLISH = """
    i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself
    it its itself they them their theirs themselves what which who whom this that these those am is are was were be
    been being have has had having do does did doing a an the and but if or because as until while of at by for with
    about against between into through during before after above below to from up down in out on off over under
    again further then once here there when where why how all any both each few more most other some such no nor not
    only own same so than too very s t can will just don should now
"""
COMMON = frozenset(_ENGLISH.split())

_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_BLANK = re.compile("[\\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_RUN = r"[^\W_]+"
_HYPHEN = "\\-\u2010\u2011"
_APOSTROPHE = "'’‘ʼ＇"
_WORD = re.compile(rf"{_RUN}(?:[{_APOSTROPHE}.&@_{_HYPHEN}]{_RUN})*")
_HYPHENED = re.compile(rf"{_RUN}(?:[{_HYPHEN}]{_RUN})+")
_POSSESSIVE = re.compile(rf"[{_APOSTROPHE}`´]s(?![^\W_])", re.IGNORECASE)


class _Folding(dict[int, str]):
    """A letter or digit to its plain lower-case form, anything else to a space; one character to one."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFD", chr(code))[0]
        lower = plain.lower()
        if len(lower) != 1:
            lower = plain
        self[code] = lower if lower.isalnum() else " "
        return self[code]


_folding = _Folding()


@dataclass(frozen=True)
class Word:
    """A word that was asked for: as typed, and as its plain parts (“e-safety” has two)."""

    typed: str
    parts: tuple[str, ...]

    @property
    def phrase(self) -> str:
        return " ".join(self.parts)

    @property
    def joined(self) -> str:
        """As if it had been written without hyphens or spaces."""
        return "".join(self.parts)


def clean(text: str) -> str:
    """On one line, without control characters, unpaired surrogates and invisible ones; accents composed."""
    return _BLANK.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", text))).strip()


def fold(text: str) -> str:
    """Without case, accents and punctuation. As long as the cleaned text, so that places in it stay true."""
    return text.translate(_folding)


def asked(query: str) -> list[Word]:
    """The words to search for: at most MOST_WORDS, each once, common ones only if there are no others."""
    text = _POSSESSIVE.sub("", clean(query)[:LONGEST_QUERY])
    found: dict[tuple[str, ...], Word] = {}
    for match in _WORD.finditer(text):
        parts = tuple(part[:LONGEST_WORD] for part in fold(match[0]).split()[:MOST_WORDS])
        if not parts:
            continue
        # The last of equals, because only the last word of all may be a beginning.
        found.pop(parts, None)
        found[parts] = Word(match[0], parts)
        if len(found) == MOST_WORDS:
            break
    words = list(found.values())
    return [word for word in words if word.phrase not in COMMON] or words


def spellings(text: str) -> Iterator[tuple[str, str]]:
    """Every word of a text with how it is written: ("esafety", "e safety") for “e-safety”, ("safety", "safety")."""
    for word in set(fold(text).split()):
        if len(word) <= LONGEST_WORD:
            yield word, word
    for match in _HYPHENED.finditer(text):
        parts = fold(match[0]).split()
        if len(joined := "".join(parts)) <= LONGEST_WORD:
            yield joined, " ".join(parts)
