"""Text to words, the same way for what is indexed and for what is asked. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

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
_QUOTES = '"“”„«»＂'
# A section of an Act: “s47”, “sec. 47”, “Section 47”. A telephone number begins with a nought or with the country's.
_SECTION = r"(?:ss?|secs?|sect|sections?)(?:\.\s?|\s)?(?P<of>\d{1,3}[a-z]{0,2})"
_TELEPHONE = r"(?:\+44|0)[\d \-()‐‑]{3,}\d"
_ASKED = re.compile(
    rf"(?P<minus>(?<!\S)[\-−–](?=[^\W_{_QUOTES}]|[{_QUOTES}]))?"
    rf"(?:[{_QUOTES}](?P<quoted>[^{_QUOTES}]*)[{_QUOTES}]"
    rf"|(?<![^\W_])(?P<section>{_SECTION})(?![^\W_])"
    rf"|(?<![\w.])(?P<telephone>{_TELEPHONE})(?![^\W_])"
    rf"|(?P<word>{_WORD.pattern}))",
    re.IGNORECASE,
)
LEAST_DIGITS = 7
_NUMBER_IN_TEXT = re.compile(r"(?<![^\W_])\d{2,5}(?:[ \-‐‑]\d{2,6}){1,3}(?![^\W_])")
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
    """A word that was asked for: as typed, and as its plain parts (“e-safety” has two).

    `exact`: it stood in quotation marks, as a phrase. `others`: phrases that are written for the same thing, as “s47”
    is for “section 47”.
    """

    typed: str
    parts: tuple[str, ...]
    exact: bool = False
    others: tuple[str, ...] = ()

    @property
    def phrase(self) -> str:
        return " ".join(self.parts)

    @property
    def joined(self) -> str:
        """As if it had been written without hyphens or spaces."""
        return "".join(self.parts)

    @property
    def common(self) -> bool:
        return not self.exact and self.phrase in COMMON


@dataclass(frozen=True)
class Asked:
    """What a query asks for: its words in order, common ones among them, and what is not to be there."""

    words: tuple[Word, ...] = ()
    excluded: tuple[Word, ...] = ()

    @property
    def telling(self) -> list[Word]:
        """The words that tell sections apart; the common ones only if there are no others."""
        return [word for word in self.words if not word.common] or list(self.words)


def clean(text: str) -> str:
    """On one line, without control characters, unpaired surrogates and invisible ones; accents composed."""
    return _BLANK.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", text))).strip()


def fold(text: str) -> str:
    """Without case, accents and punctuation. As long as the cleaned text, so that places in it stay true."""
    return text.translate(_folding)


@lru_cache(maxsize=16_384)
def folded(words: str) -> str:
    """A name or a query, as it is told whether two are the same: its folded words with a space between them."""
    return " ".join(fold(clean(words)).split())


def asked(query: str) -> Asked:
    """What any text at all asks for: at most MOST_WORDS words, each once.

    “…” makes a phrase, a minus before a word or phrase keeps it out; a quotation mark that is never closed, and a minus
    before nothing, mean nothing.
    """
    text = _POSSESSIVE.sub("", clean(query)[:LONGEST_QUERY])
    found: dict[tuple[str, ...], Word] = {}
    excluded: dict[tuple[str, ...], Word] = {}
    for match in _ASKED.finditer(text):
        word = _word(match)
        if word is None:
            continue
        if match["minus"]:
            excluded[word.parts] = word
        else:
            # The last of equals, because only the last word of all may be a beginning.
            found.pop(word.parts, None)
            found[word.parts] = word
        if len(found) + len(excluded) == MOST_WORDS:
            break
    return Asked(tuple(found.values()), tuple(excluded.values()))


def _word(match: re.Match[str]) -> Word | None:
    if match["telephone"]:
        digits = re.sub(r"\D", " ", match["telephone"]).split()
        if match["telephone"].startswith("+44"):
            digits = ["0" + "".join(digits)[2:].removeprefix("0")]
        # Numbers of other kinds have fewer digits.
        if LEAST_DIGITS <= len("".join(digits)) <= LONGEST_WORD:
            return Word(match["telephone"], tuple(digits))
    if match["section"]:
        number = fold(match["of"]).strip()
        others = tuple(form.format(number) for form in ("s{}", "s {}", "sec {}", "section{}"))
        return Word(match["section"], ("section", number), others=others)
    typed = match["quoted"] if match["quoted"] is not None else match["word"] or match["telephone"] or ""
    parts = tuple(part[:LONGEST_WORD] for part in fold(typed).split()[:MOST_WORDS])
    return Word(typed.strip(), parts, exact=match["quoted"] is not None and len(parts) > 1) if parts else None


def spellings(text: str) -> Iterator[tuple[str, str]]:
    """Every word of a text with how it is written: ("esafety", "e safety") for “e-safety”, ("safety", "safety")."""
    for word in set(fold(text).split()):
        if len(word) <= LONGEST_WORD:
            yield word, word
    for match in (*_HYPHENED.finditer(text), *_NUMBER_IN_TEXT.finditer(text)):
        parts = fold(match[0]).split()
        if len(joined := "".join(parts)) <= LONGEST_WORD:
            yield joined, " ".join(parts)
