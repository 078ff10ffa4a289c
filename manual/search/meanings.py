"""What else a thing is called: the forms of keywords, and the words that editors say mean the same."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from weakref import WeakKeyDictionary

from django.db import connection

from manual.models import Glossary
from manual.search.stems import stem
from manual.search.words import folded

Form = tuple[str, ...]  # the stems of its words

LONGEST_FORM = 16  # words
MOST_OTHERS = 30


class Meanings:
    """Finds, for words of a query, other words for the same thing."""

    def __init__(self, sets: Iterable[Iterable[str]]) -> None:
        self._phrases: dict[Form, list[list[str]]] = {}
        for forms in sets:
            phrases = list(dict.fromkeys(phrase for form in forms if (phrase := folded(form))))
            for phrase in phrases:
                self._phrases.setdefault(_form(phrase), []).append(phrases)
        self.words = frozenset(word for form in self._phrases for word in form)
        self.longest = min(LONGEST_FORM, max((len(form) for form in self._phrases), default=0))

    def __contains__(self, form: Form) -> bool:
        return form in self._phrases

    def of(self, form: Form) -> list[str]:
        """Every phrase that means what this one means, itself among them; none where nothing is said of it."""
        return list(dict.fromkeys(phrase for phrases in self._phrases.get(form, ()) for phrase in phrases))


class Others:
    """The meanings of a glossary and those of editors together."""

    def __init__(self, glossary: Meanings, editors: Meanings) -> None:
        self._kinds = (glossary, editors)
        self.longest = max(glossary.longest, editors.longest)

    def has(self, word: str) -> bool:
        """Whether any phrase has a folded word, whatever its ending."""
        return any(stem(word) in kind.words for kind in self._kinds)

    def of(self, words: Sequence[str]) -> list[str]:
        """Other phrases for the thing that these folded words are a name of; the words themselves are not among them.

        An editor's word for an abbreviation leads to what the glossary says it stands for, and the other way round; but
        what two keywords share leads from neither of them to the other.
        """
        asked = _form(" ".join(words))
        found: dict[str, None] = {}
        for one, other in (self._kinds, self._kinds[::-1]):
            for phrase in one.of(asked):
                found[phrase] = None
                found.update(dict.fromkeys(other.of(_form(phrase))))
        return [phrase for phrase in found if _form(phrase) != asked][:MOST_OTHERS]


_of_glossaries: WeakKeyDictionary[Glossary, Meanings] = WeakKeyDictionary()
# What the database had when these were made.
_of_editors: tuple[list[object], Meanings] = ([], Meanings(()))


def others(glossary: Glossary) -> Others:
    """As the glossary of an edition and the editors have it at this moment. One query."""
    known = _of_glossaries.get(glossary)
    if known is None:
        known = _of_glossaries[glossary] = Meanings(meaning.forms for meaning in glossary.meanings)
    return Others(known, _editors())


def _editors() -> Meanings:
    global _of_editors
    with connection.cursor() as cursor:
        # Every search asks this, always in the same words.
        cursor.execute("SELECT forms FROM manual_synonym WHERE taken_out_at IS NULL ORDER BY id")
        stored = [forms for (forms,) in cursor.fetchall()]
    if stored != _of_editors[0]:
        sets = [json.loads(forms) if isinstance(forms, str) else forms for forms in stored]
        _of_editors = (stored, Meanings(sets))
    return _of_editors[1]


def form_of(words: str) -> Form:
    """Any words, as it is told whether they are the same as others."""
    return _form(folded(words))


def _form(phrase: str) -> Form:
    """Whether “children’s services” is typed with its ’s or without makes no difference."""
    return tuple(stem(word) for word in phrase.split() if word != "s")
