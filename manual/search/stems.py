"""Stems: what is left of an English word without its ending. “Bruising” and “bruises” have the same."""

from __future__ import annotations

import threading
from functools import lru_cache

import Stemmer

from manual.search.words import fold

_of_a_thread = threading.local()


# Plurals whose stem is another than that of the singular.
SINGULAR = {
    "children": "child",
    "women": "woman",
    "men": "man",
    "wives": "wife",
    "knives": "knife",
    "feet": "foot",
    "teeth": "tooth",
}
PLURAL = {one: several for several, one in SINGULAR.items()}


def numbers_of(phrase: str) -> tuple[str, ...]:
    """A phrase of folded words as it is, and with its last word in the singular or plural, where no stem tells that the
    two are the same."""
    *before, last = phrase.split(" ")
    other = SINGULAR.get(last) or PLURAL.get(last)
    return (phrase, " ".join([*before, other])) if other else (phrase,)


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The stem of a folded word."""
    word = SINGULAR.get(word, word)
    try:
        stemmer = _of_a_thread.stemmer
    except AttributeError:
        # One stemmer serves one thread; what it has stemmed is kept for all of them.
        stemmer = _of_a_thread.stemmer = Stemmer.Stemmer("english", 0)
    return str(stemmer.stemWord(word))


def stems_of(text: str) -> str:
    """The stems of a text in order, with a space before, between and after them, so that each is found as a whole."""
    return f" {' '.join(stem(word) for word in fold(text).split())} "


@lru_cache(maxsize=65_536)
def stems_of_name(name: str) -> str:
    """The same of a title or heading, which is looked at again and again."""
    return stems_of(name)
