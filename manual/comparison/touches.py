"""What in a so-called correction could change an instruction: words, numbers and times that people act on.

When in doubt it asks: a question too many costs an editor a click, one too few may cost a child a day.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from manual.comparison.alignment import Step, steps
from manual.rendering.language import gettext_noop

# Kinds of what is touched, before they are translated.
MODAL = gettext_noop("must, should, may or not")
CONDITION = gettext_noop("if, unless, only or or")
NUMBER = gettext_noop("number")
TIMESCALE = gettext_noop("timescale")
TELEPHONE = gettext_noop("telephone number")
MAIL = gettext_noop("e-mail address")
WEB = gettext_noop("web address")
MOVED = gettext_noop("moved sentence")

# Nothing here changes the length of a text, so that places stay places.
_PLAIN = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "‐": "-", "‑": "-", "\u00a0": " "})

_MAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_WEB = r"(?:https?://|\bwww\.)[^\s<>\"“”]*[^\s<>\"“”.,;:!?)\]]"
_DATE = r"(?!\d{1,2}-\d{1,2}-\d{2,4}\b)"
_TELEPHONE = (
    rf"{_DATE}(?:(?<![\w+])\+\d(?:[ ()-]{{0,2}}\d){{8,14}}|(?<![\w.,/-])\(?0\d(?:[ ()-]{{0,2}}\d){{6,9}})\b"
)
_WORD = r"(?<![^\W\d_])[ap]\.m\b\.?|[^\W_]+(?:'[^\W_]+|(?<=\d)[.,:/](?=\d)[^\W_]+)*"
_PIECE = re.compile(
    rf"(?P<mail>{_MAIL})|(?P<web>{_WEB})|(?P<telephone>{_TELEPHONE})|(?P<word>{_WORD})|(?P<sign>[^\w\s]|_)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^\n]+?(?:[.!?]+(?=[\s”\"’)]|$)[”\"’)]*|(?=\n)|$)")


def _words(line: str) -> list[str]:
    return line.split()


_NEGATED = _words(
    "must should may might shall can could would will need do does did is are was were has have had ought "
    "dare"
)
_CONTRACTED = {
    "won't": "will", "shan't": "shall", "can't": "can", "cannot": "can",
    **{f"{word}n't": word for word in _NEGATED},
}  # fmt: skip
# An apostrophe that was forgotten leaves the meaning as it is.
_CONTRACTED |= {word.replace("'", ""): whole for word, whole in _CONTRACTED.items()}

_MODALS = frozenset(
    _words(
        "must should may might shall can could would will ought need needs needed require requires required "
        "requirement permitted allowed forbidden prohibited mandatory compulsory optional not no never none "
        "nor neither nobody nothing without"
    )
)
_CONDITIONS = frozenset(_words("if unless except only or either always all any every both"))

_VALUES = {
    word: str(value)
    for value, word in enumerate(
        _words(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
            "sixteen seventeen eighteen nineteen twenty"
        )
    )
} | {
    word: str(value)
    for value, word in zip(
        range(30, 101, 10), _words("thirty forty fifty sixty seventy eighty ninety hundred"), strict=True
    )
}
_NUMBERS = frozenset(
    _words(
        "hundred hundreds thousand thousands million dozen half halves quarter quarters third thirds once "
        "twice thrice single double first second fourth fifth sixth seventh eighth ninth tenth eleventh "
        "twelfth"
    )
)
_ROMAN = re.compile(r"[ivx]{2,}")
_WITH_UNIT = re.compile(r"(\d[\d.:,]*)([ap]m|hrs?|mins?)")
_SIGNS = frozenset("%£€$<>≤≥½¼¾")
_TIMES = frozenset(
    _words(
        "seconds minute minutes hour hours hourly hr hrs min mins day days daily night nights overnight week "
        "weeks weekly weekend weekends weekday weekdays fortnight fortnights fortnightly month months monthly "
        "quarterly year years yearly annual annually immediate immediately instantly urgent urgently promptly "
        "forthwith straightaway now soon sooner soonest today tomorrow tonight midnight noon midday am pm "
        "deadline before after within until later earlier latest earliest january february march april june "
        "july august september october november december monday tuesday wednesday thursday friday saturday "
        "sunday"
    )
)
# These mean something beside a number or a time only.
_BESIDE = frozenset(
    _words(
        "working calendar school term bank public holiday same next following clear consecutive per each "
        "every least most more less fewer than minimum maximum under over up at by in"
    )
)
_MAY = "May, the month"
_YEAR = re.compile(r"(?:19|20)\d\d")
_DAY = re.compile(r"[0-3]?\d(?:st|nd|rd|th)?")

# Words on either side, to know the place again.
_CONTEXT = 6


class Touch(NamedTuple):
    """Words that people act on, as they stood and as they stand; one of the two may be empty.

    `context` is the passage as it stands now, or as it stood if nothing is left there.
    """

    kind: str
    removed: str
    added: str
    context: str


class _Piece(NamedTuple):
    """A word by what it means: `name` is equal for “can’t” and “can not”, for “three” and “3”."""

    start: int
    end: int
    name: str
    family: str


class _Phrase(NamedTuple):
    first: int
    end: int
    kind: str
    family: str
    names: tuple[str, ...]


class _Text:
    """A text in pieces, sentences of pieces, and phrases that people act on."""

    def __init__(self, text: str) -> None:
        self.text = text
        plain = text.translate(_PLAIN)
        self.pieces: list[_Piece] = []
        self.sentences: list[tuple[int, int]] = []
        for sentence in _SENTENCE.finditer(plain):
            first = len(self.pieces)
            self.pieces += _pieces(plain, sentence.start(), sentence.end())
            if len(self.pieces) > first:
                self.sentences.append((first, len(self.pieces)))

    def names(self, first: int, end: int) -> tuple[str, ...]:
        return tuple(piece.name for piece in self.pieces[first:end])

    def words(self, first: int, end: int) -> str:
        if first >= end:
            return ""
        return " ".join(self.text[self.pieces[first].start : self.pieces[end - 1].end].split())


def touched(before_text: str, after_text: str) -> list[Touch]:
    """The changes between two plain texts that an editor has to confirm to be slips, in the order of the newer text.

    A sentence that moved as a whole is one question, and only if it holds words that people act on. Capitals and
    small letters are alike, but May is a month where it is written so. Spelling, spaces, other signs ask nothing.
    """
    old, new = _Text(before_text), _Text(after_text)
    old_keys = [old.names(*span) for span in old.sentences]
    new_keys = [new.names(*span) for span in new.sentences]
    changed = [step for step in steps(old_keys, new_keys) if not step.same]
    gone = Counter(key for step in changed for key in old_keys[step.b1 : step.b2])
    come = Counter(key for step in changed for key in new_keys[step.a1 : step.a2])
    moved = gone & come
    gone, come = moved.copy(), moved.copy()
    found: list[Touch] = []
    for step in changed:
        left = _staying(old, step.b1, step.b2, gone)
        for number in range(step.a1, step.a2):
            if come[new_keys[number]] and _phrases(new, *new.sentences[number]):
                words = new.words(*new.sentences[number])
                found.append(Touch(MOVED, words, words, words))
        right = _staying(new, step.a1, step.a2, come)
        found += _touches(old, left, new, right)
    return found


def _staying(text: _Text, first: int, end: int, moved: Counter[tuple[str, ...]]) -> list[int]:
    """The places of the pieces of sentences that did not simply move."""
    places: list[int] = []
    for span in text.sentences[first:end]:
        key = text.names(*span)
        if moved[key]:
            moved[key] -= 1
        else:
            places += range(*span)
    return places


def _touches(old: _Text, left: list[int], new: _Text, right: list[int]) -> Iterator[Touch]:
    """`left` and `right` are places of pieces. Neighbours among them may have had a moved sentence between them."""
    old_pieces, new_pieces = [old.pieces[place] for place in left], [new.pieces[place] for place in right]
    old_phrases, new_phrases = _found_phrases(old_pieces), _found_phrases(new_pieces)
    found = steps([piece.name for piece in old_pieces], [piece.name for piece in new_pieces])
    seen: set[object] = set()
    for number, step in enumerate(found):
        if step.same:
            continue
        room = (
            found[number - 1].b2 - found[number - 1].b1 if number else 0,
            found[number + 1].b2 - found[number + 1].b1 if number + 1 < len(found) else 0,
        )
        wide = _widened(step, old_phrases, new_phrases, room)
        were = [phrase for phrase in old_phrases if phrase.first < wide.b2 and phrase.end > wide.b1]
        are = [phrase for phrase in new_phrases if phrase.first < wide.a2 and phrase.end > wide.a1]
        for family in dict.fromkeys(phrase.family for phrase in (*were, *are)):
            removed = [phrase for phrase in were if phrase.family == family]
            added = [phrase for phrase in are if phrase.family == family]
            if _names(removed) == _names(added):
                continue
            if (place := (tuple(removed), tuple(added))) in seen:
                continue
            seen.add(place)
            kinds = {phrase.kind for phrase in (*removed, *added)}
            if right[wide.a1 : wide.a2]:
                context = _context(new, right[wide.a1], right[wide.a2 - 1] + 1)
            elif left[wide.b1 : wide.b2]:
                context = _context(old, left[wide.b1], left[wide.b2 - 1] + 1)
            else:
                context = ""
            yield Touch(
                TIMESCALE if TIMESCALE in kinds else next(iter(kinds)),
                _together(old, left, removed),
                _together(new, right, added),
                context,
            )


def _names(phrases: Sequence[_Phrase]) -> list[str]:
    """In one row: a hyphen between them makes no difference."""
    return [name for phrase in phrases for name in phrase.names]


def _widened(step: Step, old: Sequence[_Phrase], new: Sequence[_Phrase], room: tuple[int, int]) -> Step:
    """To the whole of the phrases that it touches: “three working days”, where only “three” changed."""
    before = after = 0
    for phrases, start, end in ((old, step.b1, step.b2), (new, step.a1, step.a2)):
        for phrase in phrases:
            # Where nothing stood, a phrase around that place.
            if phrase.first < max(end, start) and phrase.end > start:
                before, after = max(before, start - phrase.first), max(after, phrase.end - end)
    before, after = min(before, room[0]), min(after, room[1])
    return Step(False, step.b1 - before, step.b2 + after, step.a1 - before, step.a2 + after)


def _together(text: _Text, places: list[int], phrases: list[_Phrase]) -> str:
    return " … ".join(text.words(places[phrase.first], places[phrase.end - 1] + 1) for phrase in phrases)


def _context(text: _Text, first: int, end: int) -> str:
    start = max((span[0] for span in text.sentences if span[0] <= first), default=first)
    stop = min((span[1] for span in text.sentences if span[1] >= end), default=end)
    before, after = max(start, first - _CONTEXT), min(stop, end + _CONTEXT)
    words = text.words(before, after)
    return f"{'… ' if before > start else ''}{words}{' …' if after < stop else ''}"


def _phrases(text: _Text, first: int, end: int) -> list[_Phrase]:
    return _found_phrases(text.pieces[first:end])


def _found_phrases(pieces: Sequence[_Piece]) -> list[_Phrase]:
    """Runs of pieces of one family; words that mean something only beside others need another beside them."""
    found: list[_Phrase] = []
    place = 0
    for family, run in groupby(pieces, lambda piece: piece.family.removesuffix("?")):
        length = sum(1 for _ in run)
        members = pieces[place : place + length]
        if family and any(piece.family == family for piece in members):
            names = tuple(piece.name for piece in members)
            kind = TIMESCALE if family == NUMBER and _tells_time(names) else family
            found.append(_Phrase(place, place + length, kind, family, names))
        place += length
    return found


def _tells_time(names: tuple[str, ...]) -> bool:
    return any(name in _TIMES or name == _MAY for name in names)


def _pieces(text: str, start: int, end: int) -> list[_Piece]:
    matches = list(_PIECE.finditer(text, start, end))
    pieces: list[_Piece] = []
    for number, match in enumerate(matches):
        word, where = match[0], match.span()
        if match.lastgroup == "mail":
            pieces.append(_Piece(*where, word.casefold(), MAIL))
        elif match.lastgroup == "web":
            pieces.append(_Piece(*where, word, WEB))
        elif match.lastgroup == "telephone":
            pieces.append(_Piece(*where, _dialled(word), TELEPHONE))
        elif match.lastgroup == "sign":
            word = "-" if word == "–" else word
            between = (
                text[max(where[0] - 1, start) : where[0]].isdigit()
                and text[where[1] : where[1] + 1].isdigit()
            )
            counts = word in _SIGNS or (word == "-" and between)
            pieces.append(_Piece(*where, word, NUMBER if counts else ""))
        elif word.casefold() == "may":
            before = matches[number - 1][0] if number else ""
            after = matches[number + 1][0] if number + 1 < len(matches) else ""
            month = _is_month(word, before, after)
            pieces.append(_Piece(*where, _MAY if month else "may", NUMBER if month else MODAL))
        elif word.casefold() in _CONTRACTED:
            pieces.append(_Piece(*where, _CONTRACTED[word.casefold()], MODAL))
            pieces.append(_Piece(*where, "not", MODAL))
        elif joined := _WITH_UNIT.fullmatch(word.casefold()):
            pieces += [_Piece(*where, *_meaning(part)) for part in joined.groups()]
        else:
            pieces.append(_Piece(*where, *_meaning(word.casefold())))
    return pieces


def _is_month(word: str, before: str, after: str) -> bool:
    """“1 May”, “May 2026”, “in May”, “may 2026”; but not “May I?”, nor “section 3 may apply”."""
    if _YEAR.fullmatch(after):
        return True
    return word == "May" and bool(before and (before[0].isalpha() or _DAY.fullmatch(before)))


def _dialled(number: str) -> str:
    return (
        re.sub(r"^44\(?0?", "0", re.sub(r"[^\d]", "", number))
        if "+" in number
        else re.sub(r"[^\d]", "", number)
    )


def _meaning(word: str) -> tuple[str, str]:
    if word in _MODALS:
        return word, MODAL
    if word in _CONDITIONS:
        return word, CONDITION
    if word in _VALUES:
        return _VALUES[word], NUMBER
    if any(sign.isnumeric() for sign in word) or _ROMAN.fullmatch(word):
        return re.sub(r"(?<=\d),(?=\d{3})", "", word), NUMBER
    if word.replace(".", "") in ("am", "pm"):
        return word.replace(".", ""), NUMBER
    if word in _NUMBERS or word in _TIMES:
        return word, NUMBER
    if word in _BESIDE:
        return word, f"{NUMBER}?"
    return word, ""
