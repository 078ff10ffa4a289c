"""Which sections of a text are those of an earlier one, told by their headings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

# Less in common, and a reader would not take one heading for the other. Where one word alone is in common, more.
ENOUGH = 0.65
ENOUGH_OF_ONE = 0.7
# Words that say little about what a section is about.
LITTLE = 0.2
# Of pairs of headings that are compared; above it, only equal headings are told.
_MANY = 40_000

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SMALL = frozenset(
    {"a", "an", "the", "this", "that", "these", "those", "and", "or", "of", "to", "in", "into", "on", "at", "by",
     "for", "from", "with", "about", "as", "is", "are", "be", "been", "it", "its", "their", "your", "our", "his", "her",
     "do", "does", "must", "should", "may", "can", "will"}
)  # fmt: skip
# To one of these more or less, a heading says something else.
_TURNING = frozenset({"no", "not", "never", "without", "nor", "non", "cannot", "unless", "except"})


class Heading(NamedTuple):
    """A section's heading, the anchor that it has (of a new one: that its author wrote, or none), its level and text.

    The text only tells headings apart that are the same.
    """

    anchor: str
    words: str
    level: int
    text: str = ""


def same_sections(earlier: Sequence[Heading], later: Sequence[Heading]) -> dict[int, int]:
    """Places of the later headings without an anchor, each with that of the earlier section that it still is.

    An earlier section stands for one later one at most; one whose anchor stands in the later text, for none. Order
    counts; a heading that moved is known again if it is the only one of its words. What stands several times is told
    apart by the heading above it, or by the text below it; what cannot be told apart is left out.
    """
    own = {heading.anchor: place for place, heading in enumerate(later) if heading.anchor}
    matching = _Matching(earlier, later)
    pins = [(place, own[heading.anchor]) for place, heading in enumerate(earlier) if heading.anchor in own]
    found: dict[int, int] = {}
    bounds = [(-1, -1), *_rising(pins), (len(earlier), len(later))]
    for (e1, l1), (e2, l2) in pairwise(bounds):
        old = [place for place in range(e1 + 1, e2) if earlier[place].anchor not in own]
        new = [place for place in range(l1 + 1, l2) if not later[place].anchor]
        found.update(matching.in_order(old, new))
    taken = set(found.values())
    old = [place for place, heading in enumerate(earlier) if heading.anchor not in own and place not in taken]
    new = [place for place, heading in enumerate(later) if not heading.anchor and place not in found]
    found.update(matching.moved(old, new))
    return found


class _Matching:
    def __init__(self, earlier: Sequence[Heading], later: Sequence[Heading]) -> None:
        self.earlier, self.later = earlier, later
        self.above_earlier, self.above_later = _above(earlier), _above(later)
        often = [
            words
            for headings in (earlier, later)
            for words, times in Counter(_plain(heading.words) for heading in headings).items()
            if times > 1
        ]
        self.repeated = set(often)

    def alike(self, old: int, new: int) -> float:
        """0 where they are not recognisably the same; 1 where their words are, 2 where the text below is too."""
        before, after = self.earlier[old], self.later[new]
        likeness = likeness_of(before.words, after.words)
        if likeness and not {_plain(before.words), _plain(after.words)}.isdisjoint(self.repeated):
            if before.text and likeness == 1 and _plain(before.text) == _plain(after.text):
                return 2.0
            return likeness if self.same_above(old, new) else 0.0
        return likeness

    def same_above(self, old: int, new: int) -> bool:
        """Whether both stand under the same heading, or under none."""
        above_old, above_new = self.above_earlier[old], self.above_later[new]
        if above_old is None or above_new is None:
            return above_old is above_new
        before, after = self.earlier[above_old], self.later[above_new]
        if after.anchor:
            return after.anchor == before.anchor
        return bool(likeness_of(before.words, after.words)) and self.same_above(above_old, above_new)

    def in_order(self, old: Sequence[int], new: Sequence[int]) -> dict[int, int]:
        """The pairs that have the most in common without crossing."""
        if len(old) * len(new) > _MANY:
            return self._equal_in_order(old, new)
        # best[i][j]: of the first i and the first j.
        best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
        for i, before in enumerate(old, start=1):
            for j, after in enumerate(new, start=1):
                paired = self.alike(before, after)
                paired = paired and best[i - 1][j - 1] + paired
                best[i][j] = max(best[i - 1][j], best[i][j - 1], paired)
        found = {}
        i, j = len(old), len(new)
        while i and j:
            if best[i][j] == best[i - 1][j]:
                i -= 1
            elif best[i][j] == best[i][j - 1]:
                j -= 1
            else:
                i, j = i - 1, j - 1
                found[new[j]] = old[i]
        return {place: found[place] for place in found if self._certain(place, found, old, new)}

    def _certain(self, place: int, found: dict[int, int], old: Sequence[int], new: Sequence[int]) -> bool:
        """Of a heading that stands several times, whether another one could not as well be meant: it is as often there
        as before, between the headings around it that are others."""
        words = _plain(self.later[place].words)
        if words not in self.repeated:
            return True
        others = [each for each in found if _plain(self.later[each].words) != words]
        before = max((each for each in others if each < place), default=-1)
        after = min((each for each in others if each > place), default=len(self.later))
        first, last = found.get(before, -1), found.get(after, len(self.earlier))
        likeness = self.alike(found[place], place)
        times_before = sum(first < each < last and self.alike(each, place) >= likeness for each in old)
        times_now = sum(before < each < after and self.alike(found[place], each) >= likeness for each in new)
        return times_before == times_now

    def _equal_in_order(self, old: Sequence[int], new: Sequence[int]) -> dict[int, int]:
        """Of very many headings, those that are equal and stand once."""
        places = {_plain(self.earlier[place].words): place for place in old}
        pairs = sorted(
            (places[words], place)
            for place in new
            if (words := _plain(self.later[place].words)) in places and words not in self.repeated
        )
        return {after: before for before, after in _rising(pairs)}

    def moved(self, old: Sequence[int], new: Sequence[int]) -> dict[int, int]:
        """Those of the same words that are the only ones left on both sides, wherever they stand now."""
        by_words = _only({place: _plain(self.earlier[place].words) for place in old})
        return {
            place: by_words[words]
            for words, place in _only({place: _plain(self.later[place].words) for place in new}).items()
            if words and words in by_words and self.alike(by_words[words], place)
        }


def _only(words_of: dict[int, str]) -> dict[str, int]:
    times = Counter(words_of.values())
    return {words: place for place, words in words_of.items() if times[words] == 1}


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs that rise on both sides; of equally long ones always the same. `pairs` rise on the
    left."""
    before: list[int] = []
    # By its length less one: the last pair of the run of that length that ends lowest.
    ends: list[int] = []
    for number, (_left, right) in enumerate(pairs):
        low, high = 0, len(ends)
        while low < high:
            middle = (low + high) // 2
            if pairs[ends[middle]][1] < right:
                low = middle + 1
            else:
                high = middle
        before.append(ends[low - 1] if low else -1)
        ends[low : low + 1] = [number]
    run = []
    number = ends[-1] if ends else -1
    while number >= 0:
        run.append(pairs[number])
        number = before[number]
    return run[::-1]


def _above(headings: Sequence[Heading]) -> list[int | None]:
    """For each heading the place of the one that it stands under."""
    found: list[int | None] = []
    opened: list[int] = []
    for place, heading in enumerate(headings):
        while opened and headings[opened[-1]].level >= heading.level:
            opened.pop()
        found.append(opened[-1] if opened else None)
        opened.append(place)
    return found


@lru_cache(maxsize=10_000)
def likeness_of(before: str, after: str) -> float:
    """How much of two headings is the same words in the same order, from 0 to 1; 0 if not recognisably the same.

    Words may come or go, or change their ending. Where a telling word stands in the place of another (“Initial
    conference”, “Review conference”) it is another heading, and so is one with a “not” more.
    """
    if _plain(before) == _plain(after):
        return 1.0
    old, new = _stems(before), _stems(after)
    common = _in_common(old, new)
    telling = sum(word not in _SMALL for word in common)
    rest_old = Counter(old) - Counter(common)
    rest_new = Counter(new) - Counter(common)
    gone = {word for word in rest_old if word not in _SMALL}
    come = {word for word in rest_new if word not in _SMALL}
    if not telling or (gone and come) or (gone | come) & _TURNING:
        return 0.0
    if any(word.isdigit() for word in gone | come):
        return 0.0
    share = 2 * _weight(common) / (_weight(old) + _weight(new))
    # Less than equal words, so that those are preferred.
    return min(share, 0.99) if share >= (ENOUGH if telling > 1 else ENOUGH_OF_ONE) else 0.0


def _plain(words: str) -> str:
    return " ".join(_WORD.findall(words.casefold()))


def _stems(words: str) -> tuple[str, ...]:
    return tuple(map(_stem, _WORD.findall(words.casefold())))


def _stem(word: str) -> str:
    """Without the ending that a plural or another form of the verb has."""
    word = re.sub(r"['’]s?$", "", word)
    if word in _SMALL or word in _TURNING:
        return word
    for ending, instead in (("ies", "y"), ("ing", ""), ("ed", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 4 and not word.endswith("ss"):
            return word.removesuffix(ending) + instead
    return word


def _in_common(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """The words that both have, in the same order: the heaviest such row."""
    best: list[list[float]] = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, before in enumerate(old, start=1):
        for j, after in enumerate(new, start=1):
            same = best[i - 1][j - 1] + _weight([before]) if before == after else 0.0
            best[i][j] = max(best[i - 1][j], best[i][j - 1], same)
    common = []
    i, j = len(old), len(new)
    while i and j:
        if best[i][j] == best[i - 1][j]:
            i -= 1
        elif best[i][j] == best[i][j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            common.append(old[i])
    return common[::-1]


def _weight(words: Sequence[str]) -> float:
    return sum(LITTLE if word in _SMALL else 1.0 for word in words)
