"""What a query asks for, as the index can be asked: each term is one thing that has to be there. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from manual.search.stems import stem

# What a word is worth that only begins with what was typed.
BEGUN = 0.95

# Of a term in a text: how much of it is there, and how much in a part of the text; how often the rarest of its words,
# or another phrase for it, stands there; and where each of its phrases does.
Occurs = tuple[float, float, int, list[int]]


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

    @cached_property
    def _weighed(self) -> tuple[tuple[tuple[str, float, int], ...], ...]:
        """For every word the phrases that stand for it, each with what it is worth and its length."""
        return tuple(
            # The word itself is worth more than one that it begins.
            tuple(
                (phrase, weight if phrase[-1] == " " else weight * BEGUN, len(phrase)) for phrase in phrases
            )
            for weight, phrases in self.looked_for
        )

    def share(self, text: str) -> float:
        """How much of it stands in a text, whose stems these are: 1 if all of it does."""
        there = 0.0
        # Asked more often than anything else, so that it is written for speed.
        for phrases in self._weighed:
            for phrase, worth, _length in phrases:
                if phrase in text:
                    there += worth
                    break
        if there < self.weight:
            for phrase in self.others_looked_for:
                if phrase in text:
                    return 1.0
        return there / self.weight

    def occurs(self, text: str, begin: int, end: int) -> Occurs:
        """Where it stands in a text, whose stems these are, and how much of it between two places of the text."""
        # A text is read once for each phrase and not again for what is asked of it.
        whole, part, own, others = 0.0, 0.0, -1, 0
        places: list[int] = []
        for phrases in self._weighed:
            most = 0
            waiting = True
            for phrase, worth, letters in phrases:
                at = text.find(phrase)
                if at < 0:
                    continue
                if not most:
                    whole += worth
                before = len(places)
                last = end - letters
                while at >= 0:
                    places.append(at)
                    if waiting and begin <= at <= last:
                        part += worth
                        waiting = False
                    at = text.find(phrase, at + 1)
                most = max(most, len(places) - before)
            if most < own or own < 0:
                own = most
        inside = False
        for phrase in self.others_looked_for:
            at = text.find(phrase)
            last = end - len(phrase)
            while at >= 0:
                places.append(at)
                others += 1
                inside = inside or begin <= at <= last
                at = text.find(phrase, at + 1)
        share = 1.0 if others and whole < self.weight else whole / self.weight
        share_of_part = 1.0 if inside and part < self.weight else part / self.weight
        return share, share_of_part, own + others, places

    def words_in(self, text: str) -> int:
        """How many words of a name it stands for, whose stems these are."""
        covered = 0
        for _, phrases in self.looked_for:
            covered += max((phrase.count(" ") - 1 or 1 for phrase in phrases if phrase in text), default=0)
        return max([covered, *(phrase.count(" ") - 1 for phrase in self.others_looked_for if phrase in text)])


def _stems(phrase: str) -> str:
    return f" {' '.join(stem(word) for word in phrase.split())} "
