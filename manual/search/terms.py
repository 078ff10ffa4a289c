"""What a query asks for, as the index can be asked: each term is one thing that has to be there. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from manual.search.stems import stem

# What a word is worth that only begins with what was typed.
BEGUN = 0.95

# How much of a term stands in a text, how often, and which of its phrases do.
Occurs = tuple[float, int, list[str]]


@dataclass(frozen=True)
class Term:
    """One thing that has to be there: every one of its words, in any of its spellings, or else an `others` phrase.

    `each` has for every word the phrases that stand for it; most terms have one word. Phrases are folded words with a
    space between them. `begun`: the last word may go on from this. `weights` tell how much each of the words says.
    """

    each: tuple[tuple[str, ...], ...]
    others: tuple[str, ...] = ()
    begun: str = ""
    weights: tuple[float, ...] = ()

    @property
    def phrases(self) -> Iterator[str]:
        """Whatever, where it stands, is to be marked."""
        for phrases in self.each:
            yield from phrases
        yield from self.others

    @cached_property
    def weight(self) -> float:
        return sum(self.weights) or float(len(self.each))

    @cached_property
    def looked_for(self) -> tuple[tuple[float, tuple[str, ...]], ...]:
        """For every word its weight and what of it stands in a text's stems (see `stems_of`); a beginning last."""
        looked_for = []
        for n, phrases in enumerate(self.each):
            found = dict.fromkeys(_stems(phrase) for phrase in phrases)
            if self.begun and n == len(self.each) - 1:
                found[f" {self.begun}"] = None
            looked_for.append((self.weights[n] if self.weights else 1.0, tuple(found)))
        return tuple(looked_for)

    @cached_property
    def others_looked_for(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_stems(phrase) for phrase in self.others))

    @cached_property
    def all_looked_for(self) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(
                [*(phrase for _, own in self.looked_for for phrase in own), *self.others_looked_for]
            )
        )

    def share(self, text: str) -> float:
        """How much of it stands in a text, whose stems these are: 1 if all of it does."""
        there = 0.0
        # Asked more often than anything else, so that it is written for speed.
        for weight, phrases in self.looked_for:
            for phrase in phrases:
                if phrase in text:
                    # The word itself is worth more than one that it begins.
                    there += weight if phrase[-1] == " " else weight * BEGUN
                    break
        if there < self.weight:
            for phrase in self.others_looked_for:
                if phrase in text:
                    return 1.0
        return there / self.weight

    def occurs(self, text: str) -> Occurs:
        """Its share of a text, whose stems these are; how often the rarest of its words, or another phrase for it,
        stands there; and which of its phrases do."""
        there, own, others = 0.0, -1, 0
        found = []
        # A text is read once for each phrase and not again for what is asked of it.
        for weight, phrases in self.looked_for:
            most = 0
            for phrase in phrases:
                times = text.count(phrase)
                if times:
                    found.append(phrase)
                    if not most:
                        there += weight if phrase[-1] == " " else weight * BEGUN
                    if times > most:
                        most = times
            if most < own or own < 0:
                own = most
        for phrase in self.others_looked_for:
            times = text.count(phrase)
            if times:
                found.append(phrase)
                others += times
        share = 1.0 if others and there < self.weight else there / self.weight
        return share, own + others, found

    def words_in(self, text: str) -> int:
        """How many words of a name it stands for, whose stems these are."""
        covered = 0
        for _, phrases in self.looked_for:
            covered += max((phrase.count(" ") - 1 or 1 for phrase in phrases if phrase in text), default=0)
        return max([covered, *(phrase.count(" ") - 1 for phrase in self.others_looked_for if phrase in text)])


def _stems(phrase: str) -> str:
    return f" {' '.join(stem(word) for word in phrase.split())} "
