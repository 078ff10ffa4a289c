"""What of one row of things stands in another row too, in the same order. The things are words, lines or blocks."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

# Above this many comparisons difflib may take seconds; frequent words are then no longer places to hold on to.
_MANY = 400_000


class Step(NamedTuple):
    """`before[b1:b2]` became `after[a1:a2]`; the two are equal if `same`."""

    same: bool
    b1: int
    b2: int
    a1: int
    a2: int


def steps(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[Step]:
    """The way from one row to the other, from beginning to end; what is equal and what is not take turns."""
    start = 0
    shorter = min(len(before), len(after))
    while start < shorter and before[start] == after[start]:
        start += 1
    end = 0
    while end < shorter - start and before[-1 - end] == after[-1 - end]:
        end += 1
    b_end, a_end = len(before) - end, len(after) - end
    found = [Step(True, 0, start, 0, start)]
    if b_end > start and a_end > start:
        middle = before[start:b_end], after[start:a_end]
        frequent = len(middle[0]) * len(middle[1]) > _MANY
        for tag, b1, b2, a1, a2 in SequenceMatcher(None, *middle, autojunk=frequent).get_opcodes():
            found.append(Step(tag == "equal", b1 + start, b2 + start, a1 + start, a2 + start))
    else:
        found.append(Step(False, start, b_end, start, a_end))
    found.append(Step(True, b_end, len(before), a_end, len(after)))
    return joined(found)


def joined(found: Iterable[Step]) -> list[Step]:
    """The same without empty steps, and with neighbours of one kind made one."""
    result: list[Step] = []
    for step in found:
        if step.b1 == step.b2 and step.a1 == step.a2:
            continue
        if result and result[-1].same == step.same:
            last = result.pop()
            step = Step(step.same, last.b1, step.b2, last.a1, step.a2)
        result.append(step)
    return result


def without_islands(found: list[Step], before: Sequence[int], after: Sequence[int]) -> list[Step]:
    """Words that happen to be equal in the middle of rewritten ones are no help to a reader: they change too.

    `before` and `after` are the weights of the words. An equal stretch goes under when it weighs no more than what
    was taken away and put in on both of its sides.
    """
    while True:
        for place in range(1, len(found) - 1):
            island = found[place]
            if not island.same:
                continue
            weight = sum(before[island.b1 : island.b2])
            shores = [
                max(sum(before[shore.b1 : shore.b2]), sum(after[shore.a1 : shore.a2]))
                for shore in (found[place - 1], found[place + 1])
            ]
            if weight <= min(shores):
                found = joined(Step(False, *step[1:]) if step is island else step for step in found)
                break
        else:
            return found


def heaviest_rising(candidates: Iterable[tuple[int, int, float]]) -> list[tuple[int, int]]:
    """Of pairs of places with their weights, those that rise on both sides and weigh the most together."""
    ordered = sorted(candidates, key=lambda pair: (pair[0], -pair[1]))
    places = sorted({after for _, after, _ in ordered})
    # A tree of the best chain that ends at or before each place.
    best: list[tuple[float, int]] = [(0.0, -1)] * (len(places) + 1)
    before_it: list[int] = []
    for number, (_, after, weight) in enumerate(ordered):
        place = bisect_left(places, after)
        total, chain = 0.0, -1
        look = place
        while look > 0:
            if best[look][0] > total:
                total, chain = best[look]
            look -= look & -look
        before_it.append(chain)
        look = place + 1
        while look <= len(places):
            if total + weight > best[look][0]:
                best[look] = (total + weight, number)
            look += look & -look
    total, chain = 0.0, -1
    look = len(places)
    while look > 0:
        if best[look][0] > total:
            total, chain = best[look]
        look -= look & -look
    found = []
    while chain >= 0:
        found.append(ordered[chain][:2])
        chain = before_it[chain]
    return found[::-1]
