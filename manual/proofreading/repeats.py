"""Sentences that stand in several chapters: what has to be said twice is better shown from one place."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from manual.proofreading.texts import WORD, Passage, Text

# Shorter ones are labels and headings such as “Within one working day”.
SHORTEST = 6
# Where it does not end, it is a label, or the title of a document; and a law is cited in one way only.
_ENDED = re.compile(r"[.?!:;][”’)]*$")
_CITED = re.compile(r"^[A-Z][^.]* (?:Act|Regulations|Order|Rules|Scheme) \d{4}, [^.]*\.$")


def repeated(texts: Iterable[Text]) -> Iterator[tuple[Text, Passage, str, list[str]]]:
    """Each sentence that also stands in another chapter, with the slugs of those."""
    where: dict[tuple[str, ...], list[tuple[Text, Passage, str]]] = defaultdict(list)
    for text in texts:
        for passage in text.passages:
            if passage.quoted:
                continue
            for sentence in passage.sentences:
                words = tuple(word.casefold() for word in WORD.findall(sentence))
                if len(words) >= SHORTEST and _ENDED.search(sentence) and not _CITED.match(sentence):
                    where[words].append((text, passage, sentence))
    for places in where.values():
        slugs = {text.slug for text, _, _ in places}
        if len(slugs) > 1:
            for text, passage, sentence in places:
                yield text, passage, sentence, sorted(slugs - {text.slug})
