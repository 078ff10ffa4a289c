"""British spelling, and what is often misspelt: the word lists of codespell."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

from manual.proofreading.extras import need
from manual.proofreading.texts import Passage

_WORD = re.compile(r"[A-Za-z][A-Za-z’']*")
# American spellings that are also British words of their own.
_BOTH = frozenset(
    {
        "airplane", "analog", "check", "checked", "checking", "checks", "curb", "curbs", "dependent", "disk", "draft",
        "drafted", "drafting", "drafts", "enroll", "inquiries", "inquiry", "insure", "insured", "insures", "jail",
        "license", "licensed", "licenses", "licensing", "meter", "meters", "practice", "practices", "program",
        "programs", "stories", "story", "tire", "tires",
    }
)  # fmt: skip


def misspelt(passages: Collection[Passage], accepted: Collection[str]) -> Iterator[tuple[Passage, str, str]]:
    """Words that are not British spelling, each with what to write instead."""
    american, wrong = _american(), _misspellings()
    for passage in passages:
        if passage.quoted:
            continue
        for word in _WORD.findall(re.sub(r"\S+@\S+|https?://\S+", " ", passage.prose)):
            plain = word.casefold().replace("’", "'").removesuffix("'s")
            if plain in accepted:
                continue
            if plain in american:
                yield passage, word, american[plain]
            elif plain in wrong and not word[0].isupper():
                yield passage, word, wrong[plain]


def _lists() -> Path:
    return Path(need("codespell_lib").__file__ or "").parent / "data"


def _pairs(name: str) -> Iterator[tuple[str, str]]:
    for line in (_lists() / name).read_text(encoding="utf-8").splitlines():
        left, arrow, right = line.partition("->")
        if arrow:
            yield left.strip().casefold(), right.partition(",")[0].strip().casefold()


@cache
def _american() -> dict[str, str]:
    british = dict(_pairs("dictionary_en-GB_to_en-US.txt"))
    found = {american: word for word, american in british.items() if american not in british}
    return {american: word for american, word in found.items() if american not in _BOTH}


@cache
def _misspellings() -> dict[str, str]:
    return dict(_pairs("dictionary.txt"))
