"""Two states of a chapter as one page on which every change can be seen, heard and counted.

The page is made of the newer state; what is gone stands where it stood. `ins` and `del` hold all that was put in or
taken away, and hidden words say so where a change begins and ends. Blocks that cannot stand in them (items, rows) have
a class besides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal
from xml.etree.ElementTree import Element, SubElement

from lxml.html import HtmlElement

from manual.comparison import wording
from manual.comparison.alignment import Step
from manual.comparison.blocks import HEADINGS, Block, Page, Token, classes, partners
from manual.rendering.addresses import in_manual
from manual.rendering.serialise import to_html

Kind = Literal["same", "changed", "removed", "added"]

TAGS = {"removed": "del", "added": "ins"}
_OPENING = {
    ("removed", False): "Removed: ",
    ("added", False): "Added: ",
    ("removed", True): "Moved away from here: ",
    ("added", True): "Moved to here: ",
}
_CLOSING = " (end of change) "
_FORMATTING = "Formatting changed: "
# These cannot stand in `ins` and `del`, nor these be filled with anything but such.
_ITEMS = frozenset({"ul", "ol", "dl", "table", "thead", "tbody", "tr"})
# Short blocks are equal by chance.
_WORDS_THAT_MOVE = 4
_CONTEXT = 1


@dataclass(frozen=True)
class Tracked:
    """`html` is as safe as the two states were. Words that only moved count as moved, not as removed and added."""

    html: str
    added: int
    removed: int
    moved: int
    changed: bool


def tracked_changes(before_html: str, after_html: str, *, only_changes: bool = False) -> Tracked:
    """What a reader of the one state has to know of the other; both as `render` made them.

    With `only_changes`, the changed blocks alone, with a neighbour on either side, under their sections' headings.
    Numbers and anchors are the newer state's, and their changes are none.
    """
    before, after = Page(before_html), Page(after_html)
    _name_notes(before, after)
    changes = _compared(before.blocks(), after.blocks())
    return _Writing(after.root, _moved(changes)).write(changes, only_changes)


@dataclass(slots=True)
class _Change:
    """What became of a block. `inner` are the changes in a group, `steps` those of the words of a paragraph."""

    kind: Kind
    old: Block | None = None
    new: Block | None = None
    inner: list[_Change] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    @property
    def block(self) -> Block:
        block = self.new or self.old
        if block is None:
            raise ValueError("A change is of an old block, a new one, or both.")
        return block

    @property
    def is_paired(self) -> bool:
        return self.kind in ("same", "changed")


def _name_notes(before: Page, after: Page) -> None:
    """A footnote's sign is compared by the note it leads to: numbers follow from where the sign stands."""
    old, new = before.note_blocks(), after.note_blocks()
    old_names = {anchor: f"old {anchor}" for anchor in old}
    new_names = {anchor: f"new {anchor}" for anchor in new}
    old_anchors, new_anchors = list(old), list(new)
    for o, n in partners(list(old.values()), list(new.values())):
        old_names[old_anchors[o]] = new_names[new_anchors[n]]
    before.name_notes(old_names)
    after.name_notes(new_names)


def _compared(old: list[Block], new: list[Block]) -> list[_Change]:
    changes: list[_Change] = []
    o_from = n_from = 0
    for o_at, n_at in [*partners(old, new), (len(old), len(new))]:
        changes += [_Change("removed", old=block) for block in old[o_from:o_at]]
        changes += [_Change("added", new=block) for block in new[n_from:n_at]]
        if o_at < len(old):
            changes += _pair(old[o_at], new[n_at])
        o_from, n_from = o_at + 1, n_at + 1
    return changes


def _pair(old: Block, new: Block) -> list[_Change]:
    if old.key == new.key:
        return [_Change("same", old, new)]
    if old.kind == "words":
        return _pair_of_words(old, new)
    if old.kind == "whole":
        return [_Change("removed", old=old), _Change("added", new=new)]
    if new.element.tag == "tr" and len(old.blocks) == len(new.blocks):
        inner = [_cell(old_cell, new_cell) for old_cell, new_cell in zip(old.blocks, new.blocks, strict=True)]
    else:
        inner = _compared(old.blocks, new.blocks)
    if all(change.kind == "same" for change in inner):
        return [_Change("same", old, new)]
    return [_Change("changed", old, new, inner)]


def _cell(old: Block, new: Block) -> _Change:
    """Cells stay in their columns, whatever stands in them."""
    inner = _compared(old.blocks, new.blocks)
    return _Change("same" if all(change.kind == "same" for change in inner) else "changed", old, new, inner)


def _pair_of_words(old: Block, new: Block) -> list[_Change]:
    old_words = [token for token in old.tokens if token.key is not None]
    new_words = [token for token in new.tokens if token.key is not None]
    weights = [token.weight for token in old_words], [token.weight for token in new_words]
    keys = [token.key for token in old_words], [token.key for token in new_words]
    steps = wording.readable_steps(*keys, weights)
    # Held against each other without addresses: a link that leads elsewhere has the same words.
    plain = [token.text or token.key for token in old_words], [token.text or token.key for token in new_words]
    rewritten = wording.is_rewritten(steps, *weights) and wording.is_rewritten(
        wording.readable_steps(*plain, weights), *weights
    )
    if rewritten and new.is_heading:
        steps = [Step(False, 0, len(old_words), 0, len(new_words))]
    elif rewritten:
        return [_Change("removed", old=old), _Change("added", new=new)]
    return [_Change("changed", old, new, steps=steps)]


def _moved(changes: list[_Change]) -> frozenset[Hashable]:
    """What was taken away in one place and put in, unchanged, in another."""
    gone: Counter[Hashable] = Counter()
    come: Counter[Hashable] = Counter()
    todo = list(changes)
    while todo:
        change = todo.pop()
        todo += change.inner
        if not change.is_paired and (change.block.is_heading or change.block.words() >= _WORDS_THAT_MOVE):
            (gone if change.kind == "removed" else come)[change.block.key] += 1
    return frozenset(key for key, times in gone.items() if come[key] == times)


class _Writing:
    def __init__(self, root: HtmlElement, moved: frozenset[Hashable]) -> None:
        self.moved_keys = moved
        self.ids: set[str] = set()
        self.count: Counter[str] = Counter()
        self.page = Element("div")
        # The sections of the newer state that have been begun, from the outermost to the one in hand.
        self.sections: dict[HtmlElement | None, Element] = {None: self.page, root: self.page}
        self.open: list[HtmlElement] = []

    def write(self, changes: list[_Change], only_changes: bool) -> Tracked:
        changes = _removed_before_new_headings(changes)
        kept = _kept(changes) if only_changes else [True] * len(changes)
        wholly_new = _wholly_new(changes)
        left_out = False
        place = 0
        while place < len(changes):
            change = changes[place]
            if not kept[place]:
                left_out = True
                place += 1
                continue
            end = place + 1
            if change.is_paired or (change.kind == "added" and self._begins(change, wholly_new)):
                holder = self._holder(change)
                if left_out and not change.block.is_heading:
                    _left_out(holder)
                self._pair(holder, change) if change.is_paired else self._new_heading(
                    holder, change, changes, place
                )
            else:
                # A run of blocks that were put in, or taken away, is one change to whoever listens.
                run = self._run_from(changes, place, wholly_new)
                end = place + len(run)
                holder = self._holder(change, wholly_new, following=changes[end:])
                if left_out and not change.block.is_heading:
                    _left_out(holder)
                self._wrapped(
                    holder, run, closes=end == len(changes) or changes[end].is_paired, whole=wholly_new
                )
            left_out = False
            place = end
        self._mend_links()
        return Tracked(
            html=to_html(self.page),
            added=self.count["added"],
            removed=self.count["removed"],
            moved=self.count["moved"],
            changed=any(change.kind != "same" for change in changes),
        )

    # Where a block goes.

    def _holder(
        self,
        change: _Change,
        wholly_new: frozenset[HtmlElement] = frozenset(),
        following: Sequence[_Change] = (),
    ) -> Element:
        if change.new is not None:
            section = change.new.section
            outermost = [holder for holder in _chain(section) if holder in wholly_new]
            if outermost:
                section = outermost[-1].getparent()
            return self._section(section)
        return self._holder_of_removed(change.block, following)

    def _section(self, section: HtmlElement | None) -> Element:
        if section not in self.sections and section is not None:
            holder = self._section(section.getparent())
            self.sections[section] = self._shell(holder, section)
        self.open = _chain(section)[::-1]
        return self.sections[section]

    def _holder_of_removed(self, block: Block, following: Sequence[_Change]) -> Element:
        """In the section in hand. A heading that is gone ends sections below it, if nothing more stands in them."""
        still = next((change.new for change in following if change.new is not None), None)
        needed = set(_chain(still.section)) if still is not None else set()
        if block.is_heading:
            level = block.element.tag
            while self.open and self.open[-1] not in needed and _level(self.open[-1]) >= level:
                self.open.pop()
        return self.sections[self.open[-1] if self.open else None]

    # Runs of blocks that are new or gone.

    def _begins(self, change: _Change, wholly_new: frozenset[HtmlElement]) -> bool:
        """Whether it is a heading that is new over blocks that are not."""
        return change.block.is_heading and change.block.section not in wholly_new

    def _run_from(
        self, changes: list[_Change], place: int, wholly_new: frozenset[HtmlElement]
    ) -> list[_Change]:
        first = changes[place]
        run = []
        holder = _outside(first, wholly_new)
        for change in changes[place:]:
            if change.kind != first.kind or self._is_moved(change) != self._is_moved(first):
                break
            if change.kind == "added" and (
                self._begins(change, wholly_new) or _outside(change, wholly_new) is not holder
            ):
                break
            run.append(change)
        # A new section is not torn apart by what in it has moved there.
        if first.kind == "added":
            section = _outermost(run[-1], wholly_new)
            for change in changes[place + len(run) :]:
                if section is None or change.new is None or section not in _chain(change.new.section):
                    break
                run.append(change)
        return run

    def _is_moved(self, change: _Change) -> bool:
        return change.block.key in self.moved_keys

    def _wrapped(
        self,
        holder: Element,
        run: list[_Change],
        *,
        closes: bool,
        whole: frozenset[HtmlElement] = frozenset(),
    ) -> None:
        kind, moved = run[0].kind, all(self._is_moved(change) for change in run)
        inline = all(change.block.bare for change in run)
        wrapper = SubElement(holder, TAGS[kind])
        if not inline:
            wrapper.set("class", "change-block change-moved" if moved else "change-block")
        if moved and not inline:
            SubElement(wrapper, "p", {"class": "change-label"}).text = _OPENING[kind, True].strip()
        else:
            _hidden(wrapper, _OPENING[kind, moved])
        written: set[HtmlElement] = set()
        for change in run:
            self._tally(change)
            section = _outermost(change, whole)
            if section is None:
                self._copy_block(wrapper, change.block, removed=kind == "removed")
            elif section not in written:
                written.add(section)
                self._copy(wrapper, section, removed=False)
        if closes:
            _hidden(wrapper, _CLOSING)
        _add_text(holder, " " if inline else "\n")

    def _tally(self, change: _Change) -> None:
        self.count["moved" if self._is_moved(change) else change.kind] += (
            0 if self._is_moved(change) and change.kind == "removed" else change.block.words()
        )

    def _new_heading(self, holder: Element, change: _Change, changes: list[_Change], place: int) -> None:
        block = change.block
        self._tally(change)
        following = changes[place + 1] if place + 1 < len(changes) else None
        element = self._shell(holder, block.element)
        words = [token for token in block.tokens if token.key is not None]
        opening = _OPENING["added", self._is_moved(change)]
        closes = following is None or following.kind != "added"
        self._words(
            element, [], block.tokens, [Step(False, 0, 0, 0, len(words))], opening, closes, tally=False
        )

    # Blocks that stand on both sides.

    def _pair(self, holder: Element, change: _Change) -> None:
        new = change.block
        if change.kind == "same":
            self._copy_block(holder, new, removed=False)
        elif new.kind == "words":
            element = holder if new.bare else self._shell(holder, new.element)
            old = change.old.tokens if change.old else []
            self._words(element, old, new.tokens, change.steps)
            _add_text(holder, " " if new.bare else "\n")
        else:
            self._inner(self._shell(holder, new.element), change.inner)
            _add_text(holder, "\n")

    def _inner(self, holder: Element, changes: list[_Change]) -> None:
        runs = [
            list(run) for _, run in groupby(changes, lambda change: (change.kind, self._is_moved(change)))
        ]
        for place, run in enumerate(runs):
            if run[0].is_paired:
                for change in run:
                    self._pair(holder, change)
                continue
            closes = place + 1 == len(runs) or runs[place + 1][0].is_paired
            if holder.tag not in _ITEMS:
                self._wrapped(holder, run, closes=closes)
                continue
            for number, change in enumerate(run):
                self._tally(change)
                moved = self._is_moved(change)
                opening = _OPENING[change.kind, moved] if not number else ""
                self._item(holder, change.block, change.kind, opening, closes and number + 1 == len(run))

    def _item(self, holder: Element, block: Block, kind: Kind, opening: str, closes: bool) -> None:
        """An item, row or cell that is new or gone: the mark is on it, and around all that it holds."""
        element = self._shell(holder, block.element, removed=kind == "removed")
        element.set("class", f"{element.get('class', '')} change-{kind}".strip())
        if element.tag in _ITEMS:
            for number, inner in enumerate(block.blocks):
                last = closes and number + 1 == len(block.blocks)
                self._item(element, inner, kind, "" if number else opening, last)
            return
        if not (block.blocks or block.tokens or opening or closes):
            return
        wrapper = SubElement(element, TAGS[kind])
        if not all(inner.bare for inner in block.blocks):
            wrapper.set("class", "change-block")
        if opening:
            _hidden(wrapper, opening)
        self._copy_contents(wrapper, block.element, removed=kind == "removed")
        if closes:
            _hidden(wrapper, _CLOSING)

    # Words.

    def _words(
        self,
        holder: Element,
        old: list[Token],
        new: list[Token],
        steps: list[Step],
        opening: str = "",
        closes: bool = True,
        *,
        tally: bool = True,
    ) -> None:
        old = [token for token in old if token.key is not None]
        # Each word of the newer state with the marks that stand before it.
        line, marks = _without_marks(new)
        for step in steps:
            if step.same:
                self._same(holder, old[step.b1 : step.b2], line[step.a1 : step.a2], marks, step.a1)
                continue
            gone, come = old[step.b1 : step.b2], line[step.a1 : step.a2]
            for place in range(step.a1, step.a2):
                self._run(holder, marks.get(place, []), removed=False)
            parts: list[tuple[Kind, list[Token], list[Token]]] = [
                ("removed", gone, come),
                ("added", come, gone),
            ]
            shown = [part for part in parts if part[1]]
            for number, (kind, tokens, others) in enumerate(shown):
                wrapper = SubElement(holder, TAGS[kind])
                _hidden(wrapper, opening or _OPENING[kind, False])
                self._run(wrapper, tokens, removed=kind == "removed", others=others)
                is_last = number + 1 == len(shown)
                if closes and is_last:
                    _hidden(wrapper, _CLOSING)
                _add_text(holder, tokens[-1].space if is_last else " ")
                if tally:
                    self.count[kind] += sum(wording.count(token.text) for token in tokens)
        self._run(holder, marks.get(len(line), []), removed=False)

    def _same(
        self, holder: Element, old: list[Token], new: list[Token], marks: dict[int, list[Token]], place: int
    ) -> None:
        """Equal words, some of which may have become bold."""
        paired = list(zip(old, new, range(place, place + len(new)), strict=True))
        for changed, run in groupby(paired, lambda trio: trio[0].looks != trio[1].looks):
            wrapper = holder
            tokens: list[Token] = []
            for old_token, token, number in run:
                if number in marks:
                    tokens += marks[number]
                # Behind it may have stood words that are gone.
                token.space = (
                    token.space or old_token.space if number + 1 == place + len(new) else token.space
                )
                tokens.append(token)
            if changed:
                wrapper = SubElement(holder, "span", {"class": "change-format"})
                _hidden(wrapper, _FORMATTING)
            self._run(wrapper, tokens, removed=False)
            if changed:
                _hidden(wrapper, _CLOSING)
            _add_text(holder, tokens[-1].space)

    def _run(
        self, holder: Element, tokens: list[Token], *, removed: bool, others: Sequence[Token] | None = None
    ) -> None:
        """Words with the phrases around them; without the space behind the last one, which changes with nothing."""
        around: list[tuple[HtmlElement, Element]] = []
        for number, token in enumerate(tokens):
            shared = 0
            while shared < min(len(around), len(token.within)) and around[shared][0] is token.within[shared]:
                shared += 1
            del around[shared:]
            inner = around[-1][1] if around else holder
            if number:
                _add_text(_common(tokens[number - 1], token, around, holder), tokens[number - 1].space)
            for phrase in token.within[shared:]:
                inner = self._shell(inner, phrase, removed=removed)
                around.append((phrase, inner))
            if token.piece is None:
                _add_text(inner, token.text)
            else:
                self._copy(inner, token.piece, removed=removed)
            if others is not None and (note := _note(token, others)):
                SubElement(inner, "span", {"class": "change-note"}).text = note
        # A mark's space does belong to it.
        if tokens and tokens[-1].key is None:
            _add_text(holder, tokens[-1].space)

    # Copies.

    def _copy_block(self, holder: Element, block: Block, *, removed: bool) -> None:
        if block.bare:
            self._run(holder, block.tokens, removed=removed)
            _add_text(holder, " ")
            return
        copy = self._copy(holder, block.element, removed=removed)
        if copy is not None and "include" in classes(block.element) and holder.tag in TAGS.values():
            for link in copy.iter("a"):
                note = SubElement(holder, "p", {"class": "change-note"})
                note.text = f"(shows {_in_words(link.get('href', ''))})"
        _add_text(holder, "\n")

    def _copy(self, holder: Element, source: HtmlElement, *, removed: bool) -> Element | None:
        if removed and classes(source) & {"section-link", "footnote-back"}:
            return None
        element = self._shell(holder, source, removed=removed)
        self._copy_contents(element, source, removed=removed)
        return element

    def _copy_contents(self, holder: Element, source: HtmlElement, *, removed: bool) -> None:
        _add_text(holder, source.text)
        for child in source:
            self._copy(holder, child, removed=removed)
            _add_text(holder, child.tail)

    def _shell(self, holder: Element, source: HtmlElement, *, removed: bool = False) -> Element:
        """The element without what it holds. An anchor stands once on the page, and in the newer state only."""
        attributes = {str(name): str(value) for name, value in source.attrib.items()}
        anchor = attributes.pop("id", None)
        if anchor is not None and not removed and anchor not in self.ids:
            self.ids.add(anchor)
            attributes["id"] = anchor
        if removed and attributes.get("href", "").startswith("#"):
            _unlink(attributes)
        return SubElement(holder, str(source.tag), attributes)

    def _mend_links(self) -> None:
        """No link may lead to a place that is gone or was left out."""
        for link in self.page.iter("a"):
            target = link.get("href", "")
            if target.startswith("#") and target[1:] not in self.ids:
                _unlink(link.attrib)


def _unlink(attributes: dict[str, str]) -> None:
    for name in ("href", "role", "aria-label"):
        attributes.pop(name, None)


def _without_marks(tokens: list[Token]) -> tuple[list[Token], dict[int, list[Token]]]:
    words: list[Token] = []
    marks: dict[int, list[Token]] = {}
    for token in tokens:
        if token.key is None:
            marks.setdefault(len(words), []).append(token)
        else:
            words.append(token)
    return words, marks


def _common(
    before: Token, token: Token, around: list[tuple[HtmlElement, Element]], holder: Element
) -> Element:
    """The innermost phrase that both words stand in."""
    shared = 0
    while (
        shared < min(len(before.within), len(token.within), len(around))
        and before.within[shared] is token.within[shared]
    ):
        shared += 1
    return around[shared - 1][1] if shared else holder


def _note(token: Token, others: Sequence[Token]) -> str:
    """What cannot be seen of a changed link or picture: where it leads, or the words that stand for it."""
    if not isinstance(token.key, tuple):
        return ""
    kind = token.key[0]
    twins = [other for other in others if isinstance(other.key, tuple) and other.key[0] == kind]
    if kind == "link":
        address = token.key[1]
        elsewhere = any(
            other.text == token.text and other.key[1] != address
            for other in twins
            if isinstance(other.key, tuple)
        )
        return f" (leads to {_in_words(address)})" if address and (elsewhere or not token.text) else ""
    if kind == "picture":
        same_words = any(other.text == token.text for other in twins)
        if same_words:
            return f" (picture from {_in_words(token.key[1])})"
        return f" (picture: {token.text})" if token.text else " (picture without a description)"
    return ""


def _in_words(address: str) -> str:
    if found := in_manual(address):
        section = f", section “{found['anchor']}”" if found["anchor"] else ""
        return f"{found['scheme']} “{found['slug']}”{section}"
    if address.startswith("#"):
        return f"section “{address[1:]}”"
    return address.removeprefix("mailto:").removeprefix("tel:")


def _hidden(holder: Element, words: str) -> None:
    SubElement(holder, "span", {"class": "visually-hidden"}).text = words


def _left_out(holder: Element) -> None:
    SubElement(holder, "p", {"class": "change-gap"}).text = "… unchanged text left out …"


def _add_text(element: Element, text: str | None) -> None:
    if not text:
        return
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _chain(section: HtmlElement | None) -> list[HtmlElement]:
    """A section and those that it stands in, from the inside."""
    chain = []
    while section is not None and section.tag == "section":
        chain.append(section)
        section = section.getparent()
    return chain


def _level(section: HtmlElement) -> str:
    """Of its heading: h2, h3 …"""
    return next((str(child.tag) for child in section if child.tag in HEADINGS), "h2")


def _outermost(change: _Change, wholly_new: Iterable[HtmlElement]) -> HtmlElement | None:
    if change.kind != "added" or change.new is None:
        return None
    found = [section for section in _chain(change.new.section) if section in wholly_new]
    return found[-1] if found else None


def _outside(change: _Change, wholly_new: frozenset[HtmlElement]) -> HtmlElement | None:
    """The section that a block is put into, be it by itself or with a whole section around it."""
    if change.new is None:
        return None
    section = _outermost(change, wholly_new)
    return change.new.section if section is None else section.getparent()


def _wholly_new(changes: list[_Change]) -> frozenset[HtmlElement]:
    found: set[HtmlElement] = set()
    not_new: set[HtmlElement] = set()
    for change in changes:
        if change.new is not None:
            (found if change.kind == "added" else not_new).update(_chain(change.new.section))
    return frozenset(found - not_new)


def _removed_before_new_headings(changes: list[_Change]) -> list[_Change]:
    """What is gone stands before a section that is new, and not in the middle of it."""
    ordered: list[_Change] = []
    for paired, stretch in groupby(changes, lambda change: change.is_paired):
        run = list(stretch)
        if not paired and any(change.kind == "added" and change.block.is_heading for change in run):
            run.sort(key=lambda change: change.kind != "removed")
        ordered += run
    return ordered


def _kept(changes: list[_Change]) -> list[bool]:
    """What is shown when only changes are: they, their neighbours in the same section, and the headings above."""
    kept = [change.kind != "same" for change in changes]
    for place, change in enumerate(changes):
        if change.kind == "same":
            continue
        for near in range(max(place - _CONTEXT, 0), min(place + _CONTEXT + 1, len(changes))):
            neighbour = changes[near].new
            if (
                neighbour is not None
                and not neighbour.is_heading
                and (change.new is None or neighbour.section is change.new.section)
            ):
                kept[near] = True
    sections: set[HtmlElement] = set()
    above: HtmlElement | None = None
    for change, keep in zip(changes, kept, strict=True):
        if change.new is not None:
            above = change.new.section
        if keep:
            sections.update(_chain(above))
    return [
        keep or (change.new is not None and change.new.is_heading and change.new.section in sections)
        for change, keep in zip(changes, kept, strict=True)
    ]
