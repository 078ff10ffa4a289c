"""The glossary of an edition: what each keyword meant, and how to find keywords in a text."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from manual.models.edition import Edition
from manual.models.keyword import Definition

KEPT = 8
_kept: OrderedDict[object, Glossary] = OrderedDict()
_keeping = threading.Lock()

WORD = re.compile(r"[^\W_]+")
# Signs that writers use for one another.
SAME = {"'": "['’‘]", "’": "['’‘]", "‘": "['’‘]", "-": "[-‐‑–]", "‐": "[-‐‑–]", "–": "[-‐‑–]"}


@dataclass(frozen=True)
class Meaning:
    """A keyword as an edition has it."""

    slug: str
    name: str
    also: tuple[str, ...]
    meaning: str
    html: str
    see_also: tuple[str, ...]
    definition_id: int

    @classmethod
    def of(cls, definition: Definition) -> Meaning:
        """One version of it, whose keyword is read already."""
        return cls(
            definition.keyword.slug,
            definition.name,
            tuple(definition.also),
            definition.meaning,
            definition.html,
            tuple(definition.see_also),
            definition.pk,
        )

    @property
    def forms(self) -> tuple[str, ...]:
        """Every way of writing it that counts."""
        return (self.name, *self.also)

    @property
    def initial(self) -> str:
        """The letter under which it stands, A to Z; other signs stand under #."""
        first = self.name[:1].upper()
        return first if "A" <= first <= "Z" else "#"


@dataclass(frozen=True)
class SharedForm:
    """A form, such as an abbreviation, that several keywords have: only the words around it tell which is meant."""

    form: str
    meanings: tuple[Meaning, ...]

    @property
    def slug(self) -> str:
        """The place in the list of keywords where the meanings stand side by side; no keyword has it as its own."""
        return f"site-means-{'-'.join(WORD.findall(self.form.casefold()))}"


def plain(form: str) -> str:
    """A form as it counts where two are compared: capitals and spaces make no difference."""
    return " ".join(form.split()).casefold()


def _pattern(form: str) -> re.Pattern[str]:
    """Finds a form: a plural counts, and capitals only where the form has a word all in capitals."""
    escaped = "".join(
        SAME.get(sign) or (r"\s+" if sign.isspace() else re.escape(sign)) for sign in form.strip()
    )
    exact = any(len(word) > 1 and word.isupper() for word in WORD.findall(form))
    return re.compile(rf"(?<!\w){escaped}(?:s|es)?(?!\w)", 0 if exact else re.IGNORECASE)


def covers(form: str, words: str) -> bool:
    """Whether one form of a keyword is found wherever another stands, as a plural is where there is the singular."""
    return bool(_pattern(form).fullmatch(words.strip()))


def appears(form: str, text: str) -> bool:
    """Whether a form of a keyword stands anywhere in a text."""
    return bool(_pattern(form).search(text))


class Glossary:
    """The keywords of an edition, A to Z. One query, once for each stamp of an edition."""

    def __init__(self, edition: Edition) -> None:
        definitions = Definition.objects.in_edition(edition)
        self.meanings = sorted(
            (Meaning.of(definition) for definition in definitions),
            key=lambda meaning: (meaning.name.casefold(), meaning.slug),
        )
        self.by_slug = {meaning.slug: meaning for meaning in self.meanings}
        # By first word, so that a text is walked through once however many keywords there are. Longest first.
        self._starting: dict[str, list[tuple[re.Pattern[str], Meaning | SharedForm]]] = {}
        having: dict[str, dict[Meaning, str]] = {}
        for meaning in self.meanings:
            for form in meaning.forms:
                having.setdefault(plain(form), {}).setdefault(meaning, form)
        self.shared = sorted(
            (SharedForm(next(iter(of.values())), tuple(of)) for of in having.values() if len(of) > 1),
            key=lambda shared: shared.form.casefold(),
        )
        shared_forms = {plain(shared.form) for shared in self.shared}
        forms: list[tuple[str, Meaning | SharedForm]] = [
            (form, meaning)
            for meaning in self.meanings
            for form in meaning.forms
            if plain(form) not in shared_forms
        ]
        forms += [(shared.form, shared) for shared in self.shared]
        for form, found in sorted(forms, key=lambda pair: (-len(pair[0]), pair[1].slug)):
            first = WORD.search(form)
            if first:
                self._starting.setdefault(first[0].casefold(), []).append((_pattern(form), found))
        self._have_shared = frozenset(meaning.slug for shared in self.shared for meaning in shared.meanings)

    @classmethod
    def of(cls, edition: Edition) -> Glossary:
        with _keeping:
            if edition.stamp in _kept:
                _kept.move_to_end(edition.stamp)
                return _kept[edition.stamp]
        glossary = cls(edition)
        with _keeping:
            _kept[edition.stamp] = glossary
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
        return glossary

    @classmethod
    def forget(cls) -> None:
        """Read anew next time: for tests that count queries."""
        with _keeping:
            _kept.clear()

    def spoken_of(self, text: str) -> frozenset[str]:
        """The slugs of keywords that a text speaks of in words of their own, among those that share a form."""
        if not self._have_shared:
            return frozenset()
        found = (meaning for _start, _end, meaning in self._walk(text))
        return frozenset(
            meaning.slug
            for meaning in found
            if isinstance(meaning, Meaning) and meaning.slug in self._have_shared
        )

    def found_in(
        self, text: str, spoken_of: frozenset[str] | None = None
    ) -> Iterator[tuple[int, int, Meaning | SharedForm]]:
        """Where keywords stand in a text: start, end and which; in order, the longest where two begin together.

        A form that several keywords have means the one that the chapter speaks of in other words (`spoken_of`; in
        this text, if nothing is given). If it speaks of none of them or of more than one, nobody guesses: it comes as
        what it is, shared.
        """
        if spoken_of is None:
            spoken_of = self.spoken_of(text)
        for start, end, found in self._walk(text):
            if isinstance(found, SharedForm):
                meant = [meaning for meaning in found.meanings if meaning.slug in spoken_of]
                yield start, end, meant[0] if len(meant) == 1 else found
            else:
                yield start, end, found

    def others_with(self, meaning: Meaning) -> list[tuple[str, list[Meaning]]]:
        """The forms that a keyword shares, each with the other keywords that have it."""
        return [
            (shared.form, [other for other in shared.meanings if other != meaning])
            for shared in self.shared
            if meaning in shared.meanings
        ]

    def names_of(self, slugs: Iterable[str]) -> str:
        """“Core group, LADO”: some keywords as this edition calls them; empty if there are none."""
        return ", ".join(self.by_slug[slug].name if slug in self.by_slug else slug for slug in slugs)

    def _walk(self, text: str) -> Iterator[tuple[int, int, Meaning | SharedForm]]:
        end = 0
        for word in WORD.finditer(text):
            if word.start() < end:
                continue
            lowered = word[0].casefold()
            candidates = self._starting.get(lowered, [])
            for stem in (lowered[:-1], lowered[:-2]):
                # A form of one word may stand here in the plural.
                if lowered.endswith("s") and stem in self._starting:
                    candidates = [*candidates, *self._starting[stem]]
            for pattern, found in candidates:
                if match := pattern.match(text, word.start()):
                    end = match.end()
                    yield match.start(), end, found
                    break

    def matching(self, words: list[str]) -> list[Meaning]:
        """Those whose name, other forms or meaning have all the words; names first."""
        wanted = [word.casefold() for word in words]
        if not wanted:
            return []
        in_name, in_meaning = [], []
        for meaning in self.meanings:
            forms = " ".join(meaning.forms).casefold()
            if all(word in forms for word in wanted):
                in_name.append(meaning)
            elif all(word in f"{forms} {meaning.meaning.casefold()}" for word in wanted):
                in_meaning.append(meaning)
        return in_name + in_meaning
