"""Blocks put down as HTML again, word by word, with their phrases, links and pictures: what every comparison writes
with."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement

from lxml.html import HtmlElement

from manual.comparison.blocks import Block, Token, classes
from manual.rendering.addresses import in_manual
from manual.rendering.language import gettext as _
from manual.rendering.language import gettext_noop

TAGS = {"removed": "del", "added": "ins"}
OPENING = {
    ("removed", False): gettext_noop("Removed:"),
    ("added", False): gettext_noop("Added:"),
    ("removed", True): gettext_noop("Moved away from here:"),
    ("added", True): gettext_noop("Moved to here:"),
}
TWIN_OPENING = {
    "removed": gettext_noop("Moved away from here, and changed:"),
    "added": gettext_noop("Moved to here, and changed:"),
}
# These cannot stand in `ins` and `del`, nor these be filled with anything but such.
ITEMS = frozenset({"ul", "ol", "dl", "table", "thead", "tbody", "tr"})


def opening(kind: str, *, moved: bool = False, changed: bool = False) -> str:
    """What is said where words begin that were removed or added, or only moved, perhaps `changed` on the way."""
    return f"{_(TWIN_OPENING[kind] if changed else OPENING[kind, moved])} "


def closing() -> str:
    """What is said where they end."""
    return f" {_('(end of change)')} "


class Writing:
    """What is written is as safe as what it is copied from: text is escaped when the tree is made HTML."""

    def __init__(self, *, anchors: bool = True) -> None:
        self.anchors = anchors
        self.ids: set[str] = set()

    # Words.

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
                add_text(_common(tokens[number - 1], token, around, holder), tokens[number - 1].space)
            for phrase in token.within[shared:]:
                inner = self._shell(inner, phrase, removed=removed)
                around.append((phrase, inner))
            if token.piece is None:
                add_text(inner, token.text)
            else:
                self._copy(inner, token.piece, removed=removed)
            if others is not None and (note := _note(token, others)):
                SubElement(inner, "span", {"class": "change-note"}).text = note
        # A mark's space does belong to it.
        if tokens and tokens[-1].key is None:
            add_text(holder, tokens[-1].space)

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
                hidden(wrapper, f"{_('Formatting changed:')} ")
            self._run(wrapper, tokens, removed=False)
            if changed:
                hidden(wrapper, closing())
            add_text(holder, tokens[-1].space)

    def _inside(self, holder: Element, tokens: list[Token], spans: list[tuple[int, int]], kind: str) -> None:
        """Words that are marked as a whole, with those of them that changed marked once more."""
        line, marks = without_marks(tokens)
        ends = {start: end for start, end in spans if start < end}
        place = 0
        while place < len(line):
            end = ends.get(place) or min((start for start in ends if start > place), default=len(line))
            changed = place in ends
            run: list[Token] = []
            for at in range(place, end):
                run += [*marks.get(at, []), line[at]]
            inner = SubElement(holder, "span", {"class": "change-inside"}) if changed else holder
            if changed:
                hidden(inner, opening(kind))
            self._run(inner, run, removed=kind == "removed")
            if changed:
                hidden(inner, closing())
            add_text(holder, line[end - 1].space)
            place = end
        self._run(holder, marks.get(len(line), []), removed=False)

    # Copies.

    def _copy_block(self, holder: Element, block: Block, *, removed: bool) -> None:
        if block.bare:
            self._run(holder, block.tokens, removed=removed)
            add_text(holder, " ")
            return
        copy = self._copy(holder, block.element, removed=removed)
        if copy is not None and "include" in classes(block.element) and holder.tag in TAGS.values():
            for link in copy.iter("a"):
                note = SubElement(holder, "p", {"class": "change-note"})
                note.text = _("(shows %(place)s)") % {"place": _in_words(link.get("href", ""))}
        add_text(holder, "\n")

    def _copy(self, holder: Element, source: HtmlElement, *, removed: bool) -> Element | None:
        if (removed or not self.anchors) and classes(source) & {"section-link", "footnote-back"}:
            return None
        element = self._shell(holder, source, removed=removed)
        self._copy_contents(element, source, removed=removed)
        return element

    def _copy_contents(self, holder: Element, source: HtmlElement, *, removed: bool) -> None:
        add_text(holder, source.text)
        for child in source:
            self._copy(holder, child, removed=removed)
            add_text(holder, child.tail)

    def _shell(self, holder: Element, source: HtmlElement, *, removed: bool = False) -> Element:
        """The element without what it holds. An anchor stands once on the page, and in the newer state only."""
        removed = removed or not self.anchors
        attributes = {str(name): str(value) for name, value in source.attrib.items()}
        anchor = attributes.pop("id", None)
        if anchor is not None and not removed and anchor not in self.ids:
            self.ids.add(anchor)
            attributes["id"] = anchor
        if removed and attributes.get("href", "").startswith("#"):
            unlink(attributes)
        return SubElement(holder, str(source.tag), attributes)


def unlink(attributes: dict[str, str]) -> None:
    for name in ("href", "role", "aria-label"):
        attributes.pop(name, None)


def without_marks(tokens: list[Token]) -> tuple[list[Token], dict[int, list[Token]]]:
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
        if address and (elsewhere or not token.text):
            return f" {_('(leads to %(place)s)') % {'place': _in_words(address)}}"
        return ""
    if kind == "picture":
        same_words = any(other.text == token.text for other in twins)
        if same_words:
            return f" {_('(picture from %(place)s)') % {'place': _in_words(token.key[1])}}"
        if token.text:
            return f" {_('(picture: %(words)s)') % {'words': token.text}}"
        return f" {_('(picture without a description)')}"
    return ""


def _in_words(address: str) -> str:
    if found := in_manual(address):
        names = {"slug": found["slug"], "anchor": found["anchor"]}
        if found["scheme"] == "keyword":
            return _("keyword “%(slug)s”") % names
        if found["scheme"] == "document":
            return _("document “%(slug)s”") % names
        if found["anchor"]:
            return _("chapter “%(slug)s”, section “%(anchor)s”") % names
        return _("chapter “%(slug)s”") % names
    if address.startswith("#"):
        return _("section “%(anchor)s”") % {"anchor": address[1:]}
    return address.removeprefix("mailto:").removeprefix("tel:")


def hidden(holder: Element, words: str) -> None:
    SubElement(holder, "span", {"class": "visually-hidden"}).text = words


def add_text(element: Element, text: str | None) -> None:
    if not text:
        return
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text
