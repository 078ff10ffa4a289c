"""The names of an edition, in memory: numbers, titles and keywords, sorted by the letters they begin with."""

from __future__ import annotations

import heapq
import threading
from bisect import bisect_left
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from manual.models import Contents, Glossary, Line
from manual.search.suggesting_words import close_up, found_by_all, other_numbers, words_in
from manual.search.words import clean

# What an edition's names are never changes under one stamp, so they are kept, as its contents and glossary are.
KEPT = 8
TOO_MANY = 500
LAST_CHARACTER = "\U0010ffff"
_kept: OrderedDict[object, Names] = OrderedDict()
_keeping = threading.Lock()


class Sorted:
    """Texts in order, each with the place of what it belongs to."""

    def __init__(self, pairs: Iterable[tuple[str, int]]) -> None:
        ordered = sorted(set(pairs))
        self.texts = [text for text, _owner in ordered]
        self.owners = [owner for _text, owner in ordered]

    def beginning(self, letters: str) -> list[int]:
        return self._between(letters, letters + LAST_CHARACTER)

    def equal(self, letters: str) -> list[int]:
        return self._between(letters, letters + "\0")

    def _between(self, first: str, end: str) -> list[int]:
        return self.owners[bisect_left(self.texts, first) : bisect_left(self.texts, end)]


@dataclass
class Found:
    """Places of names, in their order: those that are what was typed, begin so, or have its words somewhere."""

    exact: list[int] = field(default_factory=list)
    begun: list[int] = field(default_factory=list)
    within: list[int] = field(default_factory=list)


class Named:
    """A list of names; each place in it is a name's."""

    def __init__(self, names: Sequence[str]) -> None:
        self._words = Sorted((word, n) for n, name in enumerate(names) for word, _spans in words_in(name))
        self._whole = Sorted((close_up(name), n) for n, name in enumerate(names))

    def with_words(self, words: Sequence[str]) -> set[int]:
        """Every word begins a word of theirs, in any order."""
        return found_by_all(words, self._with_word, set(self._whole.owners))

    def _with_word(self, word: str) -> set[int]:
        found = set(self._words.beginning(word))
        for other in other_numbers(word):
            found.update(self._words.equal(other))
        return found

    def with_some(self, words: Sequence[str], most: int) -> list[int]:
        """The first few of those that have one of the words but not all, those with the most words first.

        A word that begins one in too many names tells nothing.
        """
        each = [found for word in words if 0 < len(found := self._with_word(word)) <= TOO_MANY]
        counted = Counter(chain.from_iterable(each))
        return heapq.nsmallest(
            most, (n for n in counted if counted[n] < len(words)), key=lambda n: (-counted[n], n)
        )

    def find(self, words: Sequence[str], most: int) -> Found:
        """The first few of each sort, each name in one of them."""
        having = self.with_words(words)
        together = "".join(words)
        exact = set(self._whole.equal(together)) & having
        begun = (set(self._whole.beginning(together)) & having) - exact
        within = having - begun - exact
        return Found(*(heapq.nsmallest(most, places) for places in (exact, begun, within)))


class Names:
    """What can be suggested of an edition without asking the database."""

    def __init__(self, contents: Contents, glossary: Glossary) -> None:
        lines = contents.lines
        living = [n for n, line in enumerate(lines) if not line.withdrawn]
        # Places in the contents, not lines: what is kept under a stamp serves dated addresses too.
        self._living = living
        self._numbers = Sorted((lines[n].number, n) for n in living if lines[n].number)
        self._titles = Named([clean(lines[n].title) for n in living])
        self._forms = [(n, form) for n, meaning in enumerate(glossary.meanings) for form in meaning.forms]
        self._keywords = Named([clean(form) for _n, form in self._forms])
        # Parts and groups have no page that their sections would stand on.
        self.chapter_of = {lines[n].amendment_id: n for n in living if lines[n].is_page}
        self._amendment_of = {n: amendment for amendment, n in self.chapter_of.items()}

    @classmethod
    def of(cls, contents: Contents, glossary: Glossary) -> Names:
        stamp = contents.edition.stamp
        with _keeping:
            if stamp in _kept:
                _kept.move_to_end(stamp)
                return _kept[stamp]
        names = cls(contents, glossary)
        with _keeping:
            _kept[stamp] = names
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
        return names

    def titles(self, words: Sequence[str], most: int) -> Found:
        """Places in the contents."""
        found = self._titles.find(words, most)
        return Found(
            *([self._living[n] for n in places] for places in (found.exact, found.begun, found.within))
        )

    def amendments_with_some(self, words: Sequence[str], most: int) -> list[int]:
        """Of the first few chapters that have some of these words in their title, but not all."""
        places = (self._living[n] for n in self._titles.with_some(words, most))
        return [self._amendment_of[n] for n in places if n in self._amendment_of]

    def keywords(self, words: Sequence[str], most: int) -> tuple[Found, dict[int, str]]:
        """Places in the glossary, and for each the form that was found; a keyword's best form counts."""
        found = self._keywords.find(words, 4 * most)
        form_of: dict[int, str] = {}
        sorts: list[list[int]] = []
        for places in (found.exact, found.begun, found.within):
            sorts.append([])
            for n in places:
                keyword, form = self._forms[n]
                if keyword not in form_of and len(sorts[-1]) < most:
                    form_of[keyword] = form
                    sorts[-1].append(keyword)
        return Found(*sorts), form_of

    def numbered(self, beginning: str, words: Sequence[str], lines: Sequence[Line], most: int) -> list[int]:
        """Places in the contents of what has a number that begins so, and these words in its title.

        The number itself comes first, then what stands under it, the nearest first: 2.1, 2.1.1, 2.1.2, 2.10.
        """
        found: Iterable[int] = self._numbers.beginning(beginning)
        if words:
            wanted = {self._living[n] for n in self._titles.with_words(words)}
            found = [n for n in found if n in wanted]
        return heapq.nsmallest(most, found, key=_nearness(beginning, lines))


def _nearness(beginning: str, lines: Sequence[Line]) -> Callable[[int], tuple[bool, bool, int, int]]:
    under = f"{beginning.rstrip('.')}."

    def nearness(n: int) -> tuple[bool, bool, int, int]:
        number = lines[n].number
        return number != beginning, not number.startswith(under), number.count("."), n

    return nearness
