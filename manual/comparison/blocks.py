"""Stored HTML taken apart: into blocks that can be held against one another, and those into words.

What the software puts in (numbers of sections, paragraphs and footnotes, the marks that link to a place) is not the
text's and is never compared, else one new section would change every number after it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from lxml import etree
from lxml.html import HtmlElement, fragment_fromstring

from manual.comparison import wording
from manual.comparison.alignment import heaviest_rising

HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
# Of the place in the chapter and not of its text.
MARKS = frozenset({"section-number", "paragraph-number", "section-link", "footnote-back"})
_GROUPS = frozenset(
    {"section", "ul", "ol", "dl", "div", "blockquote", "figure", "table", "thead", "tbody", "tr"}
)
_BLOCKS = _GROUPS | HEADINGS | {"p", "li", "dt", "dd", "td", "th", "caption", "figcaption", "pre", "hr"}
_HOLDERS = frozenset({"li", "dt", "dd", "td", "th"})
_WHOLE = frozenset({"pre", "hr"})
STANDING_FOR = frozenset({"include", "changes"})
# Classes that change no words: where they mean something, the software also says it in words.
_SILENT = frozenset({"numbered", "area", "align-left", "align-center", "align-right"})

# So much must two blocks have in common to be the same one, changed; short ones less, for one word is half of them.
_ALIKE, _SHORT_ALIKE, _SHORT = 0.45, 0.3, 8
# Blocks that stand in different places have to be more alike, to be called one that moved and changed.
_TWINS = 0.6
# Above this many, only blocks that share a rare word are held against one another.
_MANY, _RARE = 100_000, 12


@dataclass(slots=True)
class Token:
    """A word with the phrases it stands in; or a link, picture, mark or footnote's sign, which is one piece.

    `key` says what it is; None for what is never compared. `space` is the white space behind it.
    """

    key: Hashable
    text: str
    within: tuple[HtmlElement, ...]
    piece: HtmlElement | None = None
    space: str = ""

    @property
    def looks(self) -> tuple[str, ...]:
        """How its letters are set, which can change while the word does not."""
        return tuple(element.tag for element in self.within if element.tag != "span")

    @property
    def weight(self) -> int:
        return max(
            sum(wording.weight(word) for word, _ in wording.cut(self.text)),
            1 if self.piece is not None else 0,
        )


# Right below its heading, of a section.
LABELS = frozenset({"status-label", "area-label"})


@dataclass(slots=True, eq=False)
class Block:
    """A heading, paragraph, item, row, list … `element` is where it comes from.

    `bare` are words that stand in an item or cell beside other blocks, without an element of their own.
    """

    element: HtmlElement
    kind: Literal["words", "group", "whole"]
    bare: bool = False
    tokens: list[Token] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    sort: Hashable = ()
    key: Hashable = ()
    bag: frozenset[tuple[str, int]] = frozenset()
    section: HtmlElement | None = None

    @property
    def is_heading(self) -> bool:
        return self.element.tag in HEADINGS and not self.bare

    @property
    def is_label(self) -> bool:
        """Whether it says of its section if it instructs or advises, or to whom it applies."""
        return not LABELS.isdisjoint(classes(self.element)) and not self.bare

    @property
    def anchor(self) -> str:
        """Of a heading's section. It outlives the heading's words."""
        return self.section.get("id", "") if self.is_heading and self.section is not None else ""

    def all_tokens(self) -> Iterator[Token]:
        yield from self.tokens
        for block in self.blocks:
            yield from block.all_tokens()

    def words(self) -> int:
        return sum(wording.count(token.text) for token in self.all_tokens() if token.key is not None)


class Page:
    """A chapter's blocks in a row: sections are told by their headings, so that one more of them moves no text."""

    def __init__(self, html: str) -> None:
        self.root: HtmlElement = fragment_fromstring(html, create_parent="div")
        for stray in list(self.root.iter(etree.Comment, etree.ProcessingInstruction)):
            stray.drop_tree()
        self.notes = {
            item.get("id", ""): item
            for box in self.root
            if "footnotes" in classes(box)
            for item in box.iter("li")
            if item.get("id")
        }
        self._names: dict[str, str] = {}

    def name_notes(self, names: dict[str, str]) -> None:
        """Names that both pages share: a note is known by its words, not by its number."""
        self._names = names

    def blocks(self) -> list[Block]:
        return list(self._flat(self.root, None))

    def note_blocks(self) -> dict[str, Block]:
        return {anchor: self._block(item) for anchor, item in self.notes.items()}

    def _flat(self, holder: HtmlElement, section: HtmlElement | None) -> Iterator[Block]:
        for block in self._children(holder, sections=True):
            if block.element.tag == "section" and not block.bare:
                yield from self._flat(block.element, block.element)
            else:
                block.section = section
                if block.is_heading and section is not None:
                    appendix = "appendix" in classes(section)
                    block.sort = (block.sort, appendix)
                    block.key = (block.key, appendix)
                yield block

    def _children(self, holder: HtmlElement, sections: bool = False) -> list[Block]:
        found: list[Block] = []
        run: list[HtmlElement | str] = [holder.text or ""]

        def close() -> None:
            tokens = self._tokens(run)
            if tokens:
                found.append(_settled(Block(holder, "words", bare=True, tokens=tokens)))
            run.clear()

        for child in holder:
            if child.tag in _BLOCKS:
                close()
                if sections and child.tag == "section":
                    found.append(Block(child, "group"))
                else:
                    found.append(self._block(child))
                run.append(child.tail or "")
            else:
                run += [child, child.tail or ""]
        close()
        return found

    def _block(self, element: HtmlElement) -> Block:
        if element.tag in _WHOLE or STANDING_FOR & classes(element):
            tokens = self._tokens([element.text or "", *_contents(element)])
            return _settled(Block(element, "whole", tokens=tokens))
        # An item is a group even of one line, for an empty line after it makes that line a paragraph.
        if element.tag in _GROUPS | _HOLDERS or any(child.tag in _BLOCKS for child in element):
            return _settled(Block(element, "group", blocks=self._children(element)))
        return _settled(
            Block(element, "words", tokens=self._tokens([element.text or "", *_contents(element)]))
        )

    def _tokens(self, run: Iterable[HtmlElement | str]) -> list[Token]:
        tokens: list[Token] = []
        self._read(run, (), tokens)
        return tokens

    def _read(
        self, run: Iterable[HtmlElement | str], within: tuple[HtmlElement, ...], tokens: list[Token]
    ) -> None:
        for part in run:
            if isinstance(part, str):
                if tokens and part[:1].isspace():
                    tokens[-1].space = tokens[-1].space or " "
                tokens += [
                    Token(word, word, within, space=space and " ") for word, space in wording.cut(part)
                ]
            elif (token := self._piece(part, within)) is not None:
                tokens.append(token)
            else:
                self._read([part.text or "", *_contents(part)], (*within, part), tokens)

    def _piece(self, element: HtmlElement, within: tuple[HtmlElement, ...]) -> Token | None:
        kinds = classes(element)
        text = " ".join(_text(element).split())
        if kinds & MARKS:
            return Token(None, text, within, element)
        if "footnote-ref" in kinds:
            target = next((link.get("href", "") for link in element.iter("a")), "").removeprefix("#")
            return Token(("note", self._names.get(target, target)), "", within, element)
        if element.tag == "img":
            return Token(("picture", element.get("src", ""), text), text, within, element)
        if element.tag == "br":
            return Token(("line",), "", within, element)
        if element.tag == "a":
            inside = tuple(
                (inner.tag, inner.get("src", "")) for inner in element.iter() if inner is not element
            )
            return Token(("link", element.get("href", ""), text, inside), text, within, element)
        if "area-marker" in kinds:
            return Token(("marker", text), text, within, element)
        return None


def classes(element: HtmlElement) -> set[str]:
    return set((element.get("class") or "").split())


def _contents(element: HtmlElement) -> Iterator[HtmlElement | str]:
    for child in element:
        yield child
        yield child.tail or ""


def _text(element: HtmlElement) -> str:
    """With the words that stand for pictures."""
    pieces = [f" {element.get('alt', '')} " if element.tag == "img" else element.text or ""]
    for child in element:
        pieces += [_text(child), child.tail or ""]
    return "".join(pieces)


def _settled(block: Block) -> Block:
    """Say what sort of block it is, and what it holds. Only blocks of one sort can be the same one, changed."""
    element = block.element
    tag = "p" if block.bare else element.tag
    kinds = set() if block.bare else classes(element)
    kinds = {word for word in kinds if word not in _SILENT and not word.startswith("area-")}
    columns = max((len(row) for row in element.iter("tr")), default=0) if tag in ("table", "div") else 0
    start = element.get("start", "") if tag == "ol" else ""
    block.sort = (tag, frozenset(kinds), columns, start)
    if element.tag == "pre":
        held: Hashable = _text(element)
    elif block.kind == "whole":
        held = tuple(token.key for token in block.tokens)
    else:
        tokens = tuple((token.key, token.looks) for token in block.tokens if token.key is not None)
        held = (tokens, tuple(inner.key for inner in block.blocks))
    block.key = (block.sort, held)
    seen: Counter[str] = Counter()
    bag = []
    for token in block.all_tokens():
        if token.key is None:
            continue
        if token.piece is None:
            names = [token.text.casefold()]
        else:
            names = [word.casefold() for word, _ in wording.cut(token.text)] or [repr(token.key)]
        for name in names:
            seen[name] += 1
            bag.append((name, seen[name]))
    block.bag = frozenset(bag)
    return block


def _alike(old: Block, new: Block) -> float:
    """How sure it is that the two are one block before and after a change; 0 if they are not."""
    if old.sort != new.sort:
        return 0.0
    if old.key == new.key:
        return 1.0
    if old.anchor and old.anchor == new.anchor:
        return 0.9
    if STANDING_FOR & classes(old.element):
        return _SHORT_ALIKE
    whole = len(old.bag) + len(new.bag)
    if not whole:
        return 0.0
    share = 2 * len(old.bag & new.bag) / whole
    enough = _SHORT_ALIKE if min(len(old.bag), len(new.bag)) <= _SHORT else _ALIKE
    return share if share >= enough else 0.0


def partners(old: list[Block], new: list[Block]) -> list[tuple[int, int]]:
    """Which block became which, as pairs of places that rise on both sides."""
    start = 0
    while start < min(len(old), len(new)) and old[start].key == new[start].key:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end].key == new[-1 - end].key:
        end += 1
    in_old, in_new = range(start, len(old) - end), range(start, len(new) - end)
    found = [(place, place) for place in range(start)]
    if len(in_old) * len(in_new) <= _MANY:
        found += _partners_between(old, new, in_old, in_new)
    else:
        o_from = n_from = start
        for o_at, n_at in [*_anchors(old, new, in_old, in_new), (in_old.stop, in_new.stop)]:
            found += _partners_between(old, new, range(o_from, o_at), range(n_from, n_at))
            if o_at < in_old.stop:
                found.append((o_at, n_at))
            o_from, n_from = o_at + 1, n_at + 1
    return found + [(in_old.stop + place, in_new.stop + place) for place in range(end)]


def twins(old: list[Block], new: list[Block]) -> list[tuple[int, int]]:
    """Which block is another's likeness, wherever the two stand; the surest first, each in one pair at most."""
    in_old, in_new = range(len(old)), range(len(new))
    if len(old) * len(new) <= _MANY:
        candidates: Iterable[tuple[int, int]] = ((o, n) for o in in_old for n in in_new)
    else:
        candidates = _with_a_rare_word(old, new, in_old, in_new)
    found = sorted((-likeness, o, n) for o, n in candidates if (likeness := _alike(old[o], new[n])) >= _TWINS)
    taken_old: set[int] = set()
    taken_new: set[int] = set()
    pairs = []
    for _, o, n in found:
        if o not in taken_old and n not in taken_new:
            taken_old.add(o)
            taken_new.add(n)
            pairs.append((o, n))
    return pairs


def _anchors(old: list[Block], new: list[Block], in_old: range, in_new: range) -> list[tuple[int, int]]:
    """Blocks that stand once on either side, unchanged: sure places between which the others are sought."""
    once_old, once_new = _once(old, in_old), _once(new, in_new)
    return heaviest_rising(
        (place, once_new[key], 1.0 + len(old[place].bag))
        for key, place in once_old.items()
        if key in once_new
    )


def _once(blocks: list[Block], places: range) -> dict[Hashable, int]:
    times = Counter(blocks[place].key for place in places)
    return {blocks[place].key: place for place in places if times[blocks[place].key] == 1}


def _partners_between(
    old: list[Block], new: list[Block], in_old: range, in_new: range
) -> list[tuple[int, int]]:
    if not in_old or not in_new:
        return []
    if (
        len(in_old) == 1 == len(in_new)
        and old[in_old[0]].sort == new[in_new[0]].sort
        and (old[in_old[0]].kind == "group" and old[in_old[0]].element.tag != "div")
    ):
        return [(in_old[0], in_new[0])]
    if len(in_old) * len(in_new) <= _MANY:
        candidates: Iterable[tuple[int, int]] = ((o, n) for o in in_old for n in in_new)
    else:
        candidates = _with_a_rare_word(old, new, in_old, in_new)
    weighed = (
        (o, n, likeness * _worth(old[o], new[n]))
        for o, n in candidates
        if (likeness := _alike(old[o], new[n]))
    )
    return heaviest_rising(weighed)


def _worth(old: Block, new: Block) -> int:
    """A paragraph is shown as moved past a heading, list or table sooner than that past the paragraph."""
    shared = 1 + min(len(old.bag), len(new.bag))
    return 2 * shared if new.is_heading or new.kind == "group" else shared


def _with_a_rare_word(
    old: list[Block], new: list[Block], in_old: range, in_new: range
) -> set[tuple[int, int]]:
    places: dict[object, list[int]] = {}
    for n in in_new:
        for word in (*new[n].bag, new[n].key):
            places.setdefault(word, []).append(n)
    rare = {word: found for word, found in places.items() if len(found) <= _RARE}
    return {(o, n) for o in in_old for word in (*old[o].bag, old[o].key) for n in rare.get(word, ())}
