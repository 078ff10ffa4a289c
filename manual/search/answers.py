"""What answers a query at once, before anything is searched: a number, an exact title, a keyword."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from manual.models import Contents, Glossary, Line, Meaning
from manual.search.meanings import Form, form_of
from manual.search.stems import stems_of
from manual.search.terms import Term
from manual.search.words import clean

MOST_CARDS = 3

# “Section 2” is more likely one of an Act; “section 2.1.5” is not.
_NUMBER = re.compile(
    r"(?:(?:chapter|no\.?|number)?\s*|(?:section|paragraph)\s*(?=\d+\.\d))(\d{1,6}(?:\.\d{1,6}){0,9})\.?",
    re.ASCII | re.IGNORECASE,
)

# Of contents the keys of chapters: lines would hold the contents that they are kept for.
_names: WeakKeyDictionary[Contents, dict[Form, int]] = WeakKeyDictionary()
_called: WeakKeyDictionary[Glossary, dict[Form, list[Meaning]]] = WeakKeyDictionary()
_stems: WeakKeyDictionary[Glossary, dict[str, list[tuple[Meaning, tuple[str, ...], str]]]] = (
    WeakKeyDictionary()
)


@dataclass(frozen=True)
class Answers:
    """`cards`: the keywords that the query is a name of.

    `number_of` has the number that was typed; `section` is the number of a section inside it, where more was typed than
    the chapter's own. `titled` is called exactly what was typed.
    """

    number_of: Line | None = None
    section: str = ""
    titled: Line | None = None
    cards: list[Meaning] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.number_of or self.titled or self.cards)

    @property
    def address(self) -> str:
        """Where a number leads."""
        return self.number_of.at(self.section) if self.number_of else ""


def answers(query: str, contents: Contents, glossary: Glossary) -> Answers:
    """What a query is the number, the title or the keyword of."""
    line, section = _numbered(query, contents)
    form = form_of(query)
    if not form:
        return Answers(line, section)
    return Answers(line, section, _titled(form, contents), cards_of(query, glossary))


def cards_of(query: str, glossary: Glossary) -> list[Meaning]:
    """The keywords that a query is a name of."""
    return called(glossary).get(form_of(query), [])[:MOST_CARDS]


def called(glossary: Glossary) -> dict[Form, list[Meaning]]:
    """The keywords by each of their forms."""
    known = _called.get(glossary)
    if known is None:
        known = {}
        for meaning in glossary.meanings:
            for form in dict.fromkeys(form_of(form) for form in meaning.forms):
                known.setdefault(form, []).append(meaning)
        # Kept once it is whole, for another thread may look into it at once.
        _called[glossary] = known
    return known


def speaking_of(terms: Iterable[Term], glossary: Glossary) -> list[tuple[Meaning, tuple[str, ...], str]]:
    """The keywords whose name, or another form, has any of the words: each with the stems of its forms and meaning."""
    known = _stems.get(glossary)
    if known is None:
        names = called(glossary)
        known = {}
        for meaning in glossary.meanings:
            # “LAC” is more than one thing: who asks for one of them by its name does not ask for the others.
            own = [form for form in meaning.forms if form == meaning.name or len(names[form_of(form)]) == 1]
            forms = tuple(dict.fromkeys(stems_of(clean(form)) for form in own))
            row = (meaning, forms, stems_of(clean(meaning.meaning)))
            for word in dict.fromkeys(word for form in forms for word in form.split()):
                known.setdefault(word, []).append(row)
        _stems[glossary] = known
    wanted = {word for term in terms for phrase in term.all_looked_for for word in phrase.split()}
    begun = tuple(word for term in terms for word in term.begun.split()[-1:])
    if begun:
        wanted.update(word for word in known if word.startswith(begun))
    return list({row[0].slug: row for word in sorted(wanted) for row in known.get(word, ())}.values())


def _numbered(query: str, contents: Contents) -> tuple[Line | None, str]:
    """The chapter with a number, or with the beginning of it: “2.1.5.3” is section 3 of chapter 2.1.5."""
    match = _NUMBER.fullmatch(query.strip())
    number = match[1] if match else ""
    section: list[str] = []
    while number:
        line = contents.by_number.get(number)
        if line:
            return line, ".".join(section) if line.is_page else ""
        number, _, last = number.rpartition(".")
        section.insert(0, last)
    return None, ""


def _titled(form: Form, contents: Contents) -> Line | None:
    known = _names.get(contents)
    if known is None:
        known = {}
        for line in contents.lines:
            if not line.withdrawn:
                known.setdefault(form_of(line.title), line.chapter_id)
        _names[contents] = known
    chapter = known.get(form)
    return None if chapter is None else contents.by_chapter[chapter]
