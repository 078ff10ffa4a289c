"""What editors copy from Word, Google Docs, LibreOffice, an e-mail or a web page, in the manual's own dialect.

Read by lxml and turned into passages here, written by `dialect`. markdownify was tried for the second half: it escapes
for another dialect (not `!!!`, `{:` or `[^1]`), knows neither footnotes nor merged cells nor Word's lists, which are
paragraphs, and calls itself for each level of nesting. What would have been left of it was the asterisks.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from urllib.parse import parse_qs, urlsplit

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from manual.interchange import dialect
from manual.interchange.dialect import BREAK, PLAIN, Holder, Passage, Run, Style
from manual.rendering import addresses
from manual.rendering.characters import CONTROL
from manual.rendering.limits import CHARACTERS as WORDS
from manual.rendering.links import LONGEST_ADDRESS, LONGEST_WORDS
from manual.rendering.vocabulary import AREAS, BOXES, STATUSES

CHARACTERS = 2_000_000
# A chapter that came of more could not be shown either: manual.rendering.limits.
ELEMENTS = 20_000
DEPTH = 200
COLUMNS = 60
CELLS = 10_000
LIST_DEPTH = 6


class PastingRefused(ValueError):
    """Why what was copied cannot be taken over, as a sentence for an editor."""


@dataclass(frozen=True)
class Pasted:
    """The text, and what the editor should know or see to, a sentence each."""

    text: str
    remarks: tuple[str, ...] = ()

    def beside(self, text: str) -> str:
        """The text with its footnotes named so that none is a footnote of the text that it is pasted into."""
        taken = [int(label) for label in _NUMBERED_NOTE.findall(text)]
        if not taken:
            return self.text
        last = max(taken)
        return _NUMBERED_NOTE.sub(lambda found: f"[^{last + int(found[1])}]", self.text)


# A footnote as this module and editors name it; signs behind a backslash are words.
_NUMBERED_NOTE = re.compile(r"(?<!\\)\[\^(\d{1,6})\]")


def from_clipboard(html: str, *, areas: Mapping[str, str] = AREAS, hosts: Collection[str] = ()) -> Pasted:
    """The words of what was copied, with its headings, lists, tables, links and footnotes.

    `hosts` are the names under which this site is reached: its own addresses become references to chapters and
    keywords. `areas` as for `render`. Raises PastingRefused where there is too much of it.
    """
    if len(html) > CHARACTERS:
        raise PastingRefused(
            f"What was copied is too long: with its formatting it has {len(html):,} characters, and {CHARACTERS:,} "
            "can be pasted at once. Copy it a part at a time."
        )
    html = CONTROL.sub(" ", html.replace("\r", "\n"))
    if not html.strip():
        return Pasted("")
    # Bytes, for lxml takes no text that says which encoding it once had.
    source = html.encode("utf-8")
    try:
        page = document_fromstring(source, parser=HTMLParser(encoding="utf-8", huge_tree=True))
    except etree.ParserError:
        return Pasted("")
    if sum(1 for _ in page.iter()) > ELEMENTS:
        raise PastingRefused(
            "What was copied has too much formatting to be taken over at once. Copy it a part at a time."
        )
    return _Reader(page, areas, hosts).pasted()


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


_LEFT_OUT = _tags("""
    applet audio base button canvas col colgroup datalist embed frame frameset head hr iframe input link map
    math meta noscript object option script select style svg template textarea title video xml
""")
_BLOCKS = _tags("""
    address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption
    figure footer form h1 h2 h3 h4 h5 h6 header html legend li main menu nav ol p pre section summary table
    tbody td tfoot th thead tr ul
""")
_LISTS = frozenset({"ul", "ol", "menu", "dir"})
_OUT_OF_SIGHT = re.compile(r"(?:^|[\s-])visually-?hidden(?:$|\s)|(?:^|\s)sr-only(?:$|\s)")
# What this site's own pages put in, when a chapter is copied from one of them.
_OWN = frozenset(
    {"section-number", "paragraph-number", "section-link", "footnote-back", "area-marker", "status-label"}
)

_SPACE = re.compile(r"\s+")
_GONE = dict.fromkeys([0x00AD, 0x200B, 0x2060, 0xFEFF, 0x200E, 0x200F])
_CHARACTERS = str.maketrans({"\u2011": "-"}) | _GONE
_JOINERS = re.compile("(?<![^\x00-\x7f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f])")
_SYMBOLS = {
    "wingdings": {"à": "→", "ß": "←", "á": "↑", "â": "↓", "ü": "✓", "û": "✗", "q": "☐", "o": "☐", "¨": "☐"}
    | {"þ": "☑", "ý": "☒", "Ø": "➢", "§": "▪", "l": "●", "n": "■", "J": "☺", "L": "☹"},
    "symbol": {"®": "→", "¬": "←", "³": "≥", "£": "≤", "·": "•", "±": "±", "¹": "≠", "Þ": "⇒"},
}
_PRIVATE = {
    "\uf0b7": "•",
    "\uf0a7": "▪",
    "\uf0d8": "➢",
    "\uf0e0": "→",
    "\uf0fc": "✓",
    "\uf0a8": "☐",
    "\uf06f": "☐",
}
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")
_SUPERSCRIPT = dict(zip("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True))
_SUBSCRIPT = dict(zip("0123456789", "₀₁₂₃₄₅₆₇₈₉", strict=True))

_WORD_LIST = re.compile(r"\bl\d+ level(\d)")
_BULLET = re.compile(r"[•·▪●◦‣§]\s*")
_MARK = re.compile(
    r"\(?(?:[\d.]*?(?P<number>\d{1,6})|(?P<roman>[ivxlcdm]{1,7})|(?P<letter>[a-z]))[.):]+|(?P<bare>\d{1,6})",
    re.IGNORECASE,
)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}

_NOTE = re.compile(r"#(?:_(ftn|edn)(\d+)|(ftnt)(\d+)|sd(footnote|endnote)(\d+)sym)$")
_BACK = re.compile(r"#(?:_(ftn|edn)ref(\d+)|(ftnt)_ref(\d+)|sd(footnote|endnote)(\d+)anc)$")
_NOTE_BOX = re.compile(r"(?:ftn|edn|sdfootnote|sdendnote)\d+$")

_CHAPTER = re.compile(r"/(?P<kind>chapter|keyword)s/(?P<slug>[a-z0-9][a-z0-9-]*)/?$")
_FRAGMENT = re.compile(r"[a-z][a-z0-9-]*")


@lru_cache(maxsize=4096)
def _style_of(written: str) -> Mapping[str, str]:
    pairs = (declaration.partition(":") for declaration in written.lower().split(";"))
    return {name.strip(): value.strip() for name, colon, value in pairs if colon}


@dataclass
class _Cell:
    runs: list[Run]
    columns: int
    rows: int


@dataclass
class _List:
    kind: str
    next: int | None


@dataclass
class _Place:
    """Where words are going: the text, a footnote or a cell. Lists are told by levels, as Word tells them."""

    passages: list[Passage] = field(default_factory=list)
    items: list[Holder] = field(default_factory=list)
    lists: list[_List] = field(default_factory=list)
    open_items: int = 0
    quotes: int = 0
    outer: tuple[Holder, ...] = ()
    definition: Holder | None = None
    kind: str = "text"
    rows: list[list[_Cell]] | None = None
    head: int = 0


@dataclass(frozen=True)
class _Paragraph:
    """What the block around the words says of them."""

    tag: str = ""
    level: int = 0
    list_level: int = 0
    continued: bool = False
    quoted: bool = False
    term: bool = False


class _Reader:
    def __init__(self, page: HtmlElement, areas: Mapping[str, str], hosts: Collection[str]) -> None:
        self.page = page
        self.boxes = {*STATUSES, *BOXES, *areas}
        self.hosts = {host.lower() for host in hosts}
        self.runs: list[Run] = []
        self.place = _Place()
        self.places: list[_Place] = []
        self.styles = [PLAIN]
        self.paragraphs = [_Paragraph()]
        self.mark = ""
        self.marking = 0
        self.item_of: _Paragraph | None = None
        # How signs are to be read: of a font of symbols, or set high or low.
        self.readings: list[Mapping[str, str] | None] = [None]
        self.straight = 0
        self.in_mark_comment = False
        # Word's fields: of `code ‹separator› result`, only the result is words.
        self.fields: list[bool] = []
        self.notes: dict[str, list[Passage]] = {}
        self.labels: dict[HtmlElement, str] = {}
        self.backs: set[HtmlElement] = set()
        self.layout: set[HtmlElement] = set()
        self.headings: list[int] = []
        self.words = 0
        self.counts: dict[str, int] = {}

    def pasted(self) -> Pasted:
        self._find_notes()
        self._walk()
        self._drop_lost_notes()
        passages = _with_terms(self.place.passages)
        writer = dialect.Writer(self.notes)
        writer.write(passages)
        for label, note in self.notes.items():
            holder = Holder("note", label=label)
            for passage in note:
                passage.within = (holder, *(item for item in passage.within if item.kind in ("ul", "ol")))
                if passage.kind == "term":
                    passage.kind = "text"
            writer.write(note)
        text = "\n".join(writer.lines).strip("\n")
        if writer.renumbered:
            self._count("renumbered")
        return Pasted(text, self._remarks())

    def _drop_lost_notes(self) -> None:
        """A reference whose footnote was not copied goes, and with it what holds nothing else."""
        before = -1
        while before != len(self.notes):
            before = len(self.notes)
            for passages in (self.place.passages, *self.notes.values()):
                for passage in passages:
                    passage.runs = self._kept(passage.runs)
                    passage.rows = [[self._kept(cell) for cell in row] for row in passage.rows]
                passages[:] = [passage for passage in passages if passage.runs or passage.rows]
            self.notes = {label: passages for label, passages in self.notes.items() if passages}

    def _kept(self, runs: list[Run]) -> list[Run]:
        kept = [run for run in runs if not run[1].note or run[1] == BREAK or run[1].note in self.notes]
        if len(kept) == len(runs):
            return runs
        for _ in range(len(runs) - len(kept)):
            self._count("lost notes")
        return dialect.settled(kept)

    # Before the walk

    def _find_notes(self) -> None:
        given: set[str] = set()
        for link in self.page.iter("a"):
            found = _BACK.search(link.get("href", ""))
            label = _label(found) if found else ""
            if not label or label in given:
                continue
            given.add(label)
            box = next((above for above in link.iterancestors() if _is_note_box(above)), None)
            if box is None:
                box = next((above for above in link.iterancestors("p", "li", "div", "dd", "td")), None)
            if box is not None and box not in self.labels:
                self.labels[box] = label
                self.backs.add(link)

    # The walk: not recursive, so that nesting cannot exhaust the stack

    def _walk(self) -> None:
        depth = 0
        passed_over: HtmlElement | None = None
        events = etree.iterwalk(self.page, events=("start", "end", "comment", "pi"))
        for event, element in events:
            if event in ("comment", "pi"):
                if event == "comment":
                    self._comment(element.text or "")
                self._words(element.tail)
                continue
            if event == "start":
                depth += 1
                if depth > DEPTH:
                    raise PastingRefused(
                        "What was copied has tables, lists or boxes inside one another too deeply to be taken over. "
                        "Copy a smaller part, or paste it as plain words."
                    )
                if self._is_left_out(element):
                    events.skip_subtree()
                    passed_over = element
                else:
                    self._start(element)
                    self._words(element.text)
            else:
                depth -= 1
                if element is not passed_over:
                    self._end(element)
                self._words(element.tail)
        self._flush()

    def _comment(self, text: str) -> None:
        condition = text.strip().lower()
        if condition.startswith("[if !supportlists]"):
            self.in_mark_comment = True
        elif condition.endswith("[endif]"):
            self.in_mark_comment = False

    def _is_left_out(self, element: HtmlElement) -> bool:
        tag, looks = element.tag, _style_of(element.get("style", ""))
        classes = element.get("class", "")
        if tag in ("img", "v:imagedata", "image"):
            if element.get("width") not in ("0", "1"):
                self._count("pictures")
            return True
        if tag == "del" or looks.get("mso-element") == "comment-list" or "MsoCommentReference" in classes:
            if tag != "del" and looks.get("mso-element") != "comment-list":
                self._count("comments")
            return True
        return (
            tag in _LEFT_OUT
            or element in self.backs
            or looks.get("display") == "none"
            or looks.get("mso-hide") in ("all", "screen")
            or looks.get("visibility") == "hidden"
            or element.get("hidden") is not None
            or (
                bool(classes)
                and (bool(_OUT_OF_SIGHT.search(classes)) or not _OWN.isdisjoint(classes.split()))
            )
        )

    def _start(self, element: HtmlElement) -> None:
        tag, looks = element.tag, _style_of(element.get("style", ""))
        if tag == "br":
            self.runs.append(("\n", BREAK))
        if tag == "q":
            self._words("“")
        if tag in _BLOCKS or element in self.labels:
            self._flush()
            self.paragraphs.append(self._paragraph(element, looks))
            if element in self.labels:
                self._go_to(_Place(kind="note"))
            self._open(element)
        self.styles.append(self._style(element, looks))
        self.readings.append(self._reading(tag, looks))
        self.straight += tag == "pre"
        if tag in ("s", "strike") or "line-through" in looks.get("text-decoration", ""):
            self._count("struck")
        if looks.get("mso-list") == "ignore":
            self.marking += 1
        field_part = looks.get("mso-element", "")
        if field_part == "field-begin":
            self.fields.append(False)
        elif field_part == "field-separator" and self.fields:
            self.fields[-1] = True
        elif field_part == "field-end" and self.fields:
            self.fields.pop()
        if tag == "a" and (found := _NOTE.search(element.get("href", ""))):
            # The number in it is not wanted: the site counts for itself.
            self.styles[-1] = Style(note=_label(found))
            self.runs.append(("", self.styles[-1]))

    def _end(self, element: HtmlElement) -> None:
        tag = element.tag
        self.styles.pop()
        self.readings.pop()
        self.straight -= tag == "pre"
        if tag == "q":
            self._words("”")
        if _style_of(element.get("style", "")).get("mso-list") == "ignore":
            self.marking -= 1
        if tag in _BLOCKS or element in self.labels:
            self._flush()
            self._close(element)
            self.paragraphs.pop()
            if label := self.labels.get(element):
                note, self.place = self.place, self.places.pop()
                if note.passages:
                    self.notes[label] = note.passages

    def _style(self, element: HtmlElement, looks: Mapping[str, str]) -> Style:
        tag, style = element.tag, self.styles[-1]
        if style.note:
            return style
        bold, italic, href = style.bold, style.italic, style.href
        if tag in ("b", "strong"):
            bold = True
        elif tag in ("em", "i", "cite", "dfn"):
            italic = True
        if weight := looks.get("font-weight"):
            bold = weight in ("bold", "bolder") or (weight.isdigit() and int(weight[:4]) >= 600)
        if slant := looks.get("font-style"):
            italic = slant.startswith(("italic", "oblique"))
        if tag == "a" and element.get("href") and not _NOTE.search(element.get("href", "")):
            href = self._link(element)
        return Style(bold, italic, href)

    def _words(self, text: str | None) -> None:
        style = self.styles[-1]
        if not text or style.note or (self.fields and not all(self.fields)):
            return
        if self.marking or self.in_mark_comment:
            self.mark += text
            return
        self.words += len(text)
        if self.words > WORDS:
            raise PastingRefused(
                f"What was copied has more than {WORDS:,} characters, which is the most that a chapter can have. Copy "
                "it a part at a time, and make several chapters of it."
            )
        reading = self.readings[-1]
        if reading and (reading not in (_SUPERSCRIPT, _SUBSCRIPT) or text.strip().isdecimal()):
            text = "".join(reading.get(sign, sign) for sign in text)
        if not self.straight:
            self.runs.append((text, style))
            return
        for number, written in enumerate(text.split("\n")):
            if number:
                self.runs.append(("\n", BREAK))
            self.runs.append((written, style))

    def _reading(self, tag: str, looks: Mapping[str, str]) -> Mapping[str, str] | None:
        if tag in ("sup", "sub"):
            return _SUPERSCRIPT if tag == "sup" else _SUBSCRIPT
        if looks.get("mso-char-type") == "symbol":
            font = looks.get("mso-symbol-font-family") or looks.get("font-family", "")
            return _SYMBOLS.get(font.strip("'\" "))
        return self.readings[-1]

    # Blocks

    def _paragraph(self, element: HtmlElement, looks: Mapping[str, str]) -> _Paragraph:
        tag, classes = element.tag, element.get("class", "").split()
        above = self.paragraphs[-1]
        level = above.level
        if re.fullmatch(r"h[1-6]", tag):
            level = int(tag[1])
        elif element.get("role") == "heading":
            level = _number(element.get("aria-level"), 2) or 2
        elif "MsoTitle" in classes:
            level = 1
        in_list = _WORD_LIST.search(looks.get("mso-list", ""))
        word_item = any(name.startswith(("MsoListParagraph", "MsoListContinue")) for name in classes)
        return _Paragraph(
            tag=tag,
            level=min(level, 9),
            list_level=int(in_list[1]) if in_list and not level else 0,
            continued=word_item and not in_list,
            quoted=any(name in ("MsoQuote", "MsoIntenseQuote") for name in classes),
            term=tag == "dt" or (above.term and tag not in ("dd", "dl")),
        )

    def _open(self, element: HtmlElement) -> None:
        tag, place = element.tag, self.place
        if tag in _LISTS:
            self._letters(
                element.get("type", ""), _style_of(element.get("style", "")).get("list-style-type", "")
            )
            place.lists.append(_List("ol" if tag == "ol" else "ul", _number(element.get("start"), None)))
        elif tag == "li":
            self._item(element)
        elif tag == "blockquote":
            self._quote(1)
        elif tag == "dd":
            place.definition = Holder("dd")
        elif tag == "table":
            if self._is_layout(element):
                self.layout.add(element)
            else:
                self._go_to(_Place(kind="table", rows=[]))
        elif tag in ("tr", "thead") and place.rows is not None:
            if tag == "tr":
                place.rows.append([])
                above = element.getparent()
                place.head += above is not None and above.tag == "thead"
        elif tag in ("td", "th") and place.rows:
            self._go_to(_Place(kind="cell"))
        elif tag == "caption" and place.kind == "table":
            self._go_to(_Place(kind="caption"))
        elif tag == "div" and "passage" in element.get("class", "").split():
            self._box(element)

    def _close(self, element: HtmlElement) -> None:
        tag, place = element.tag, self.place
        if tag in _LISTS and place.lists:
            place.lists.pop()
            if place.lists:
                while place.items and place.items[-1].structural and place.items[-1].level > len(place.lists):
                    place.items.pop()
        elif tag == "li":
            place.open_items = max(0, place.open_items - 1)
        elif tag == "blockquote":
            self._quote(-1)
        elif tag == "dd":
            place.definition = None
        elif tag in ("td", "th") and place.kind == "cell":
            self.place = self.places.pop()
            if self.place.rows:
                self.place.rows[-1].append(self._cell(element, place.passages))
        elif tag == "caption" and place.kind == "caption":
            self.place = self.places.pop()
            self.places[-1].passages += place.passages
        elif tag == "table" and element not in self.layout:
            self.place = self.places.pop()
            self._table(place)
        elif tag == "div" and place.kind == "box" and "passage" in element.get("class", "").split():
            self.place = self.places.pop()
            self.place.passages += place.passages
            self.place.items = []

    def _go_to(self, place: _Place) -> None:
        self.places.append(self.place)
        self.place = place

    def _quote(self, step: int) -> None:
        place = self.place
        if place.open_items or place.definition or place.kind != "text":
            return
        place.quotes = max(0, place.quotes + step)
        place.items = []
        place.outer = (place.outer or (Holder("quote"),)) if place.quotes else ()

    def _box(self, element: HtmlElement) -> None:
        classes = element.get("class", "").split()
        named = [word.removeprefix("area-") for word in classes]
        kind = next((word for word in named if word in self.boxes), "")
        place = self.place
        plain = place.kind == "text" and not (place.open_items or place.definition or place.outer)
        label = element.find("p")
        if label is not None and label.get("class") == "passage-label":
            label.getparent().remove(label)
        # A box that cannot stand where it was copied to is only its words.
        boxed = Holder("box", label=kind)
        self._go_to(_Place(kind="box", outer=(boxed,) if kind and plain else place.outer))

    def _item(self, element: HtmlElement) -> None:
        place = self.place
        place.open_items += 1
        told = element.get("data-aria-level") or element.get("aria-level")
        depth = len(place.lists) or 1
        level = max(1, _number(told, depth) or depth)
        kind, number = "ul", None
        if place.lists:
            current = place.lists[-1]
            kind, number = current.kind, _number(element.get("value"), current.next)
            if kind == "ol":
                number = 1 if number is None else number
                current.next = number + 1
        self._push(Holder("ol" if kind == "ol" else "ul", level, number, structural=not told))

    def _push(self, item: Holder) -> None:
        items = self.place.items
        while items and items[-1].level >= item.level:
            items.pop()
        items.append(item)

    def _flush(self) -> None:
        """The words that have come together are a paragraph."""
        runs, self.runs = self.runs, []
        mark, self.mark = self.mark.strip(), ""
        self.in_mark_comment = False
        self.fields.clear()
        if not runs:
            return
        runs = dialect.settled([(self._clean(text, style), style) for text, style in runs])
        if not any(text.strip() or (style.note and style != BREAK) for text, style in runs):
            return
        for part in _parts(runs):
            self._passage(part, mark)
            mark = ""

    def _passage(self, runs: list[Run], mark: str) -> None:
        place, about = self.place, self.paragraphs[-1]
        in_item = bool(place.open_items) or about.continued
        if about.list_level and not place.open_items:
            # A paragraph that empty lines divide is one item still.
            if self.item_of is not about:
                self._push(self._word_item(about.list_level, mark))
            self.item_of = about
            in_item = True
        elif not in_item and not about.level and (bullet := _typed_bullet(runs)):
            runs = dialect.settled([(runs[0][0][bullet.end() :], runs[0][1]), *runs[1:]])
            self._push(Holder("ul", 1))
            in_item = True
        if not in_item:
            place.items = []
        if about.level and not in_item and not place.outer and place.kind == "text" and not place.definition:
            self._heading(runs, about.level)
            return
        if about.level:
            runs = [(text, replace(style, bold=not style.note)) for text, style in runs]
        within = self._within(about)
        kind = "term" if about.term and not within else "text"
        if about.term and kind == "term":
            runs = [run if run[1] != BREAK else (" ", PLAIN) for run in runs]
        place.passages.append(Passage("term" if kind == "term" else "text", runs, within))

    def _within(self, about: _Paragraph) -> tuple[Holder, ...]:
        place = self.place
        outer = place.outer
        items = [*place.items[: LIST_DEPTH - 1], *place.items[LIST_DEPTH - 1 :][-1:]]
        if place.definition and not outer and place.kind == "text" and _may_define(place, place.definition):
            outer = (place.definition,)
        elif about.quoted and not outer and not items:
            outer = (Holder("quote"),)
        return (*outer, *items)

    def _heading(self, runs: list[Run], level: int) -> None:
        while self.headings and self.headings[-1] >= level:
            self.headings.pop()
        self.headings.append(level)
        runs = [(" ", PLAIN) if style == BREAK else (text, style) for text, style in runs]
        runs = dialect.settled(dialect.without_emphasis_of_all(runs))
        if not dialect.words_of(runs).strip():
            return
        self.place.passages.append(Passage("heading", runs, level=min(6, len(self.headings) + 1)))

    def _word_item(self, level: int, mark: str) -> Holder:
        found = _MARK.fullmatch(mark)
        if not found:
            return Holder("ul", level)
        if number := found["number"] or found["bare"]:
            return Holder("ol", level, int(number))
        self._count("letters")
        if found["roman"] and (len(found["roman"]) > 1 or found["roman"].lower() in "ivx"):
            return Holder("ol", level, _from_roman(found["roman"].lower()))
        return Holder("ol", level, ord((found["letter"] or found["roman"]).lower()[0]) - ord("a") + 1)

    def _letters(self, kind: str, style: str) -> None:
        if kind in ("a", "A", "i", "I") or style.endswith(("alpha", "latin", "roman")):
            self._count("letters")

    # Tables

    def _is_layout(self, table: HtmlElement) -> bool:
        """Tables that only set out a page, and those that the dialect has no room for."""
        if self.place.kind in ("cell", "note", "table", "caption") or table.get("role") in (
            "presentation",
            "none",
        ):
            return True
        cells = 0
        for inner in table.iter("td", "th", "table"):
            if inner.tag == "table" and inner is not table:
                return True
            cells += inner.tag != "table"
        return cells < 2

    def _cell(self, element: HtmlElement, passages: list[Passage]) -> _Cell:
        runs: list[Run] = []
        for passage in passages:
            if runs:
                self._count("joined")
                runs.append((" " if runs[-1][0][-1:] in (*".,;:!?…", "") else "; ", PLAIN))
            item = passage.within[-1] if passage.within else None
            if item and item.kind == "ol" and not item.used:
                runs.append((f"({item.number or 1}) ", PLAIN))
                item.used = True
            for place, (text, style) in enumerate(passage.runs):
                if style == BREAK:
                    self._count("joined")
                    before, after = passage.runs[place - 1][0][-1:], passage.runs[place + 1][0][:1]
                    # Two telephone numbers on two lines must not become one.
                    apart = before.isdigit() and (after.isdigit() or after == "+")
                    runs.append((", " if apart else " ", PLAIN))
                else:
                    runs.append((text, style))
        across = min(max(1, _number(element.get("colspan"), 1) or 1), COLUMNS)
        down = _number(element.get("rowspan"), 1)
        return _Cell(dialect.settled(runs), across, 65_534 if down == 0 else max(1, down or 1))

    def _table(self, table: _Place) -> None:
        grid, origins, merged = self._grid(table.rows or [])
        columns = sorted({column for _, column in origins})
        head = table.head if 0 < table.head < len(grid) else 1
        if not table.head and grid:
            spans = [cell for cell in (table.rows or [[]])[0]]
            if any(cell.rows > 1 for cell in spans) and any(cell.columns > 1 for cell in spans):
                head = min(max(min(cell.rows, len(grid)) for cell in spans), max(1, len(grid) - 1))
        rows = []
        for number, row in enumerate(grid):
            if number < head:
                rows.append([row.get(column) for column in columns])
            else:
                # A cell across several columns is said once, one down several rows in each of them.
                rows.append([row.get(c) if self._starts(row, c) else None for c in columns])
        heading = [_joined_down([row[place] for row in rows[:head]]) for place in range(len(columns))]
        body = [[cell.runs if cell else [] for cell in row] for row in rows[head:]]
        filled = [heading, *(row for row in body if any(dialect.words_of(cell).strip() for cell in row))]
        if not any(dialect.words_of(cell).strip() for row in filled for cell in row):
            return
        if merged:
            self._count("merged")
        place = self.place
        place.items = []
        within = place.outer if place.outer and place.outer[0].kind == "box" else ()
        place.passages.append(Passage("table", within=within, rows=filled))

    @staticmethod
    def _starts(row: Mapping[int, _Cell], column: int) -> bool:
        return row.get(column - 1) is not row.get(column)

    def _grid(self, rows: list[list[_Cell]]) -> tuple[list[dict[int, _Cell]], set[tuple[int, int]], bool]:
        grid: list[dict[int, _Cell]] = [{} for _ in rows]
        origins: set[tuple[int, int]] = set()
        merged, filled = False, 0
        for number, row in enumerate(rows):
            column = 0
            for cell in row:
                while column in grid[number]:
                    column += 1
                if column >= COLUMNS * 3:
                    raise PastingRefused(
                        "A table in what was copied has too many columns. Copy it without that table, and offer the "
                        "table as a document."
                    )
                origins.add((number, column))
                down = min(cell.rows, len(rows) - number)
                merged |= down > 1 or cell.columns > 1
                filled += down * cell.columns
                if filled > CELLS * 6 or len(origins) > CELLS:
                    raise PastingRefused(
                        f"A table in what was copied has more than {CELLS:,} cells, which is the most. Copy it "
                        "without that table, and offer the table as a document."
                    )
                for below in range(number, number + down):
                    for beside in range(column, column + cell.columns):
                        grid[below].setdefault(beside, cell)
                column += cell.columns
        return grid, origins, merged

    # Words and links

    def _clean(self, text: str, style: Style) -> str:
        if style.note:
            return text
        text = _SPACE.sub(" ", text.translate(_CHARACTERS))
        text = CONTROL.sub("", text)
        if "\u200c" in text or "\u200d" in text:
            text = _JOINERS.sub("", text)
        if _PRIVATE_USE.search(text):
            text = "".join(_PRIVATE.get(sign, sign) for sign in text)
            if _PRIVATE_USE.search(text):
                self._count("signs")
                text = _PRIVATE_USE.sub("", text)
        return text

    def _link(self, element: HtmlElement) -> str:
        """The address in the dialect, or none: then the words stay and the link goes."""
        href = _unwrapped(addresses.tidy(element.get("href", "")))
        try:
            parts = urlsplit(href)
            host = (parts.hostname or "").lower()
        except ValueError:
            self._count("links")
            return ""
        if href.startswith("#") or (parts.scheme == "file"):
            self._count("inner links")
            return ""
        ours = host in self.hosts or not (parts.scheme or parts.netloc)
        if ours and (own := _CHAPTER.match(parts.path)):
            anchor = f"#{parts.fragment}" if _FRAGMENT.fullmatch(parts.fragment) else ""
            return f"{own['kind']}:{own['slug']}{anchor if own['kind'] == 'chapter' else ''}"
        words = sum(len(text) for text in element.itertext())
        if len(href) <= LONGEST_ADDRESS - 10 and words < LONGEST_WORDS // 2 and addresses.may_link(href):
            return href
        if href and not element.get("name"):
            self._count("links")
        return ""

    # Remarks

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    def _remarks(self) -> tuple[str, ...]:
        return tuple(
            one if self.counts[what] == 1 else many.format(_spelled(self.counts[what]))
            for what, (one, many) in _REMARKS.items()
            if what in self.counts
        )


_REMARKS = {
    "pictures": (
        "A picture was left out: upload it as a document first.",
        "{} pictures were left out: upload them as documents first.",
    ),
    "comments": ("A comment was left out.", "{} comments were left out."),
    "struck": ("Words that were struck through came along without the line through them: read them through.",)
    * 2,
    "links": (
        "A link was left out, for its address is not one that the manual can lead to; its words stayed.",
        "{} links were left out, for their addresses are not ones that the manual can lead to; their words stayed.",
    ),
    "inner links": (
        "A link to another place of the same document was left out; its words stayed.",
        "{} links to other places of the same document were left out; their words stayed.",
    ),
    "lost notes": (
        "A footnote was not copied along with the place that refers to it.",
        "{} footnotes were not copied along with the places that refer to them.",
    ),
    "letters": ("Letters before the items of a list became numbers: check sentences that refer to them.",)
    * 2,
    "renumbered": ("Numbered lists that followed one another became one: check their numbers.",) * 2,
    "merged": (
        "Merged cells of a table were divided: check that each row can be read by itself.",
        "Merged cells of {} tables were divided: check that each row can be read by itself.",
    ),
    "joined": ("Cells of tables that had several lines were written on one line: read them through.",) * 2,
    "signs": ("Signs of a special font were left out: compare with what you copied.",) * 2,
}
_NUMERALS = ("Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


def _spelled(count: int) -> str:
    return _NUMERALS[count - 2] if count < 10 else f"{count:,}"


def _typed_bullet(runs: list[Run]) -> re.Match[str] | None:
    found = _BULLET.match(runs[0][0])
    return found if found and len(dialect.words_of(runs)) > found.end() else None


def _label(found: re.Match[str]) -> str:
    kind, number = [group for group in found.groups() if group]
    # Word counts footnotes and endnotes apart.
    return f"e{int(number)}" if kind in ("edn", "endnote") else str(int(number))


def _is_note_box(element: HtmlElement) -> bool:
    kind = _style_of(element.get("style", "")).get("mso-element", "")
    return kind in ("footnote", "endnote") or bool(_NOTE_BOX.fullmatch(element.get("id", "")))


def _number(written: str | None, otherwise: int | None) -> int | None:
    return int(written) if written and re.fullmatch(r"[0-9]{1,6}", written) else otherwise


def _parts(runs: list[Run]) -> list[list[Run]]:
    """What empty lines divide is several paragraphs."""
    parts: list[list[Run]] = [[]]
    for text, style in runs:
        if style == BREAK and len(text) > 1:
            parts.append([])
        else:
            parts[-1].append((text, style))
    return [part for part in parts if part]


def _may_define(place: _Place, definition: Holder) -> bool:
    """Only right after its term: else the paragraph before would be taken for the term."""
    last = place.passages[-1] if place.passages else None
    return bool(last and (last.kind == "term" or (last.within and last.within[0].kind == "dd")))


def _with_terms(passages: list[Passage]) -> list[Passage]:
    """A term that nothing defines is a paragraph."""
    defined = False
    for passage in reversed(passages):
        if passage.kind == "term" and not defined:
            passage.kind = "text"
        defined = passage.kind == "term" or bool(passage.within and passage.within[0].kind == "dd")
    return passages


def _joined_down(cells: list[_Cell | None]) -> list[Run]:
    """The heading of a column from several rows of headings: “Contact: Telephone”."""
    runs: list[Run] = []
    for cell in dict.fromkeys(id(cell) for cell in cells if cell):
        found = next(one for one in cells if one and id(one) == cell)
        if dialect.words_of(found.runs).strip():
            runs += [(": ", PLAIN)] if runs else []
            runs += dialect.without_emphasis_of_all(found.runs)
    return dialect.settled(runs)


def _from_roman(letters: str) -> int:
    values = [_ROMAN[letter] for letter in letters]
    return sum(
        -value if any(value < later for later in values[place + 1 : place + 2]) else value
        for place, value in enumerate(values)
    )


def _unwrapped(href: str) -> str:
    """The address itself where an e-mail program or a search engine has put its own before it."""
    try:
        parts = urlsplit(href)
        host = parts.hostname or ""
        inside = parse_qs(parts.query)
    except ValueError:
        return href
    if host.endswith(".safelinks.protection.outlook.com") and inside.get("url"):
        return inside["url"][0]
    if host in ("www.google.com", "google.com") and parts.path == "/url":
        return (inside.get("q") or inside.get("url") or [href])[0]
    return href
