"""Stored HTML + an edition to the HTML of a page.

Cross references get the number, title and address that their chapter has in the edition that is read; keywords lead
to their meaning, documents to their file, with its kind and size; pictures are shown; passages and lists that are
written elsewhere are put in; outside links say that they are outside; telephone numbers can be rung; and tables are
told what a narrow screen needs to show their rows one under another.
Everything is built as a tree and serialised once, so that text is escaped by construction.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from django.conf import settings
from django.core.cache import cache
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from lxml import etree
from lxml.html import Element, HtmlElement, fragment_fromstring

from manual import comparison, rendering, telephones
from manual.models import (
    Amendment,
    Contents,
    Edition,
    Glossary,
    Held,
    Library,
    Line,
    Meaning,
    SharedForm,
    changes,
    covers,
)
from manual.rendering.serialise import to_html

CHAPTER_ADDRESS = re.compile(r"chapter:([\w-]+)(?:#([\w:.-]+))?")
KEYWORD_ADDRESS = re.compile(r"keyword:([\w-]+)")
DOCUMENT_ADDRESS = re.compile(r"document:([\w-]+)")
# Where a keyword is not linked: it would be a link in a link, or lost in a heading, label or number.
NOT_LINKED = {"a", "h2", "h3", "h4", "h5", "h6", "code", "pre", "thead", "caption", "sup"}
# What was taken out is no number to ring.
NOT_RUNG = {"a", "h2", "h3", "h4", "h5", "h6", "code", "pre", "thead", "sup", "del"}
# Words flow through these; anything else begins a new passage.
INLINE = {"a", "br", "code", "del", "em", "img", "ins", "mark", "span", "strong", "sup"}
# Wider ones are scrolled, narrower ones fit a phone.
COLUMNS_OF_ROWS = range(3, 7)
ROLES = {"thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}
# More than “999” with the signs and spaces around it.
LONGEST_ALONE = 12
LABELS = {
    "passage-label",
    "status-label",
    "section-number",
    "paragraph-number",
    "area-marker",
    "area-label",
    "include",
    # What the marks of changed passages say.
    "passage-gone",
    "visually-hidden",
}
# A number or an address may be in it, a link, a picture or a table.
_MAY_CHANGE = re.compile(r"\d{3}|@|href|<img|<table")
DAY = 24 * 60 * 60
# A meaning that is longer is shown in place only by its first paragraphs.
LONGEST_IN_PLACE = 400

# Of what a keyword can be found in: the text of an element or behind it, or a link that is there already.
Part = Literal["text", "tail", "link"]


@dataclass(frozen=True)
class Heading:
    """A section as the chapter's own list of contents names it."""

    anchor: str
    number: str
    title: str
    level: int
    areas: tuple[str, ...] = ()  # none where it applies wherever its chapter does


@dataclass(frozen=True)
class Explained:
    """What a keyword that a text marks means, to be shown where it stands.

    A form that several keywords have is explained by their names and addresses, and has no meaning of its own.
    """

    slug: str
    name: str
    html: str
    shortened: bool = False
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Decorated:
    """A chapter's text ready for a page, and its headings in order."""

    html: str
    headings: tuple[Heading, ...]
    marked: int = 0  # how many of its passages are marked as changed
    explained: tuple[Explained, ...] = ()  # each keyword that it marks, once

    @property
    def outline(self) -> list[tuple[Heading, list[Heading]]]:
        """Sections with their subsections; what lies deeper is left out."""
        outline: list[tuple[Heading, list[Heading]]] = []
        for heading in self.headings:
            if heading.level == 2 or (heading.level == 3 and not outline):
                outline.append((heading, []))
            elif heading.level == 3:
                outline[-1][1].append(heading)
        return outline


def decorate(
    line: Line, amendment: Amendment, contents: Contents, *, since: Amendment | None = None
) -> Decorated:
    """The text of a chapter as a reader of this edition sees it; what changed since an older one, marked.

    Cached, for none of them changes under its key; so the older text is read only where it is not.
    """
    key = ":".join(
        ("decorated", settings.RELEASE, get_language() or "", str(contents.edition.stamp), contents.addressing,
         str(amendment.pk), amendment.rendered_with, line.number,
         *((str(since.pk), since.rendered_with) if since else ()))
    )  # fmt: skip
    decorated: Decorated | None = cache.get(key)
    if decorated is None:
        decorated = _decorate(line, amendment, contents, since, citable=True, explains=True)
        cache.set(key, decorated, DAY)
    return decorated


def decorate_draft(draft: Amendment, contents: Contents, *, explains: bool = False) -> Decorated:
    """The text of a draft as readers would see it in these contents. Made anew each time: its words still change.

    `explains` is for a page that shows beside its text what keywords mean.
    """
    return _decorate(contents.by_chapter[draft.chapter_id], draft, contents, explains=explains)


def decorate_changes(html: str, contents: Contents) -> str:
    """Tracked changes of stored texts, with their references as readers of these contents see them."""
    root = _parse(html)
    _resolve_references(root, contents)
    _finish(root)
    return to_html(root)


@dataclass(frozen=True)
class Compared:
    """Two versions of a chapter held against each other, ready for a page: as one text, side by side, or both.

    What is not wanted is empty. `changed` says whether their texts differ at all.
    """

    html: str
    rows: tuple[comparison.Row, ...]
    count: comparison.Count
    changed: bool


def compare(
    before: tuple[Amendment, Line],
    after: tuple[Amendment, Line],
    texts: Callable[[], tuple[str, str]],
    *,
    inline: bool,
    beside: bool,
    only_changes: bool,
) -> Compared:
    """What changed between two versions, each with its line in the contents of the edition that it came with.

    Cached, for neither changes under its key; so the `texts` (stored HTML, the older first) are read only where it
    is not.
    """
    made_of = [settings.RELEASE, get_language(), inline, beside, only_changes]
    for amendment, line in (before, after):
        contents = line.contents
        made_of += [amendment.pk, amendment.rendered_with, str(contents.edition.stamp), contents.addressing]
    # As it stands it would be longer than the keys of some caches may be.
    key = f"compared:{hashlib.sha256(json.dumps(made_of).encode()).hexdigest()}"
    compared: Compared | None = cache.get(key)
    if compared is None:
        found = comparison.Comparison(*texts())
        html = comparison.unified(found, only_changes=only_changes).html if inline else ""
        rows = comparison.sides(found, only_changes=only_changes) if beside else []
        compared = _ready(html, rows, found, before[1], after[1])
        cache.set(key, compared, DAY)
    return compared


def _ready(
    html: str, rows: Sequence[comparison.Row], found: comparison.Comparison, before: Line, after: Line
) -> Compared:
    """Each side with its references as its own edition has them; one query for the sections that all of it names."""
    whole = _parse(html)
    old, new = (_parse("".join(f"<div>{cell}</div>" for cell in cells)) for cells in _columns(rows))
    parts = ((whole, after), (old, before), (new, after))
    named = {
        name for root, line in parts for name in _names_of_sections(_links_to_resolve(root), line.contents)
    }
    sections = after.contents.sections_of(named) if named else {}
    for root, line in parts:
        _number_paragraphs(root, line)
        _name_what_is_put_in(root)
        _resolve_references(root, line.contents, sections)
        _finish(root)
    written = [
        replace(row, old=to_html(left), new=to_html(right))
        for row, left, right in zip(rows, old, new, strict=True)
    ]
    return Compared(to_html(whole), tuple(written), found.count(), found.changed)


def _name_what_is_put_in(root: HtmlElement) -> None:
    """Passages and lists of other chapters are named and not shown: what changes in them is no change of this text."""
    for box in root.find_class("include"):
        box.text = f"{_('A passage is shown here:')} "
    for box in root.find_class("changes"):
        box.text = _("A list of changes is shown here.")


def _columns(rows: Sequence[comparison.Row]) -> tuple[list[str], list[str]]:
    return [row.old for row in rows], [row.new for row in rows]


def decorate_pieces(pieces: Sequence[str], contents: Contents) -> list[str]:
    """Tracked changes of several short texts, as `decorate_changes` makes them ready; with one query for all."""
    root = _parse("".join(f"<div>{piece}</div>" for piece in pieces))
    _resolve_references(root, contents)
    _finish(root)
    return [to_html(piece) for piece in root]


def urgent_help(contacts: Amendment | None, anchor: str, in_force: Edition) -> str:
    """The passage of the contacts chapter that stands on every page; empty where there is none."""
    if contacts is None:
        return ""
    html: str = rendering.passage(contacts.html, anchor, chapter=contacts.chapter.slug) or ""
    root = _parse(html)
    if re.search(r"\b(?:chapter|keyword|document):", html):
        _resolve_references(root, Contents.of(in_force))
    _finish(root)
    return to_html(root)


def keyword_meaning(meaning: Meaning, contents: Contents) -> str:
    """A keyword's meaning as HTML, its cross references resolved."""
    if not _MAY_CHANGE.search(meaning.html):
        return meaning.html
    root = _parse(meaning.html)
    _resolve_references(root, contents)
    _finish(root)
    return to_html(root)


def _decorate(
    line: Line,
    amendment: Amendment,
    contents: Contents,
    since: Amendment | None = None,
    *,
    citable: bool = False,
    explains: bool = False,
) -> Decorated:
    html, marked = amendment.html, 0
    if since and since != amendment:
        changed = comparison.marked_changes(since.html, amendment.html)
        html, marked = changed.html, changed.count
    root = _parse(html)
    headings = tuple(_headings(root))
    # Before passages of other chapters are put in: their numbers and sections are not this chapter's.
    _number_paragraphs(root, line)
    if citable:
        _offer_citations(root, line, contents)
    _put_in_passages(root, line, contents)
    _put_in_changes(root, contents)
    found = _link_keywords(root, contents, frozenset(amendment.keywords_off), explains=explains)
    meanings = [each for each in found if isinstance(each, Meaning)] if explains else []
    beginnings = [_beginning(meaning.html) for meaning in meanings]
    # Meanings lead to sections too: one query finds those that any of it names.
    trees = [root, *(tree for tree, _shortened in beginnings)]
    named = {name for tree in trees for name in _names_of_sections(_links_to_resolve(tree), contents)}
    sections = contents.sections_of(named) if named else {}
    for tree in trees:
        _resolve_references(tree, contents, sections)
        _finish(tree)
    explained = [
        Explained(meaning.slug, meaning.name, to_html(tree), shortened)
        for meaning, (tree, shortened) in zip(meanings, beginnings, strict=True)
    ]
    if explains:
        explained += [_choice(each, contents) for each in found if isinstance(each, SharedForm)]
    return Decorated(to_html(root), headings, marked, tuple(explained))


def _parse(html: str) -> HtmlElement:
    root: HtmlElement = fragment_fromstring(html, create_parent="div")
    return root


def _element(tag: str, text: str = "", **attributes: str) -> HtmlElement:
    element: HtmlElement = Element(tag)
    element.text = text
    for name, value in attributes.items():
        element.set(name.rstrip("_"), value)
    return element


def _classes(element: Any) -> set[str]:
    return set((element.get("class") or "").split())


def _replace(element: Any, by: Sequence[Any]) -> None:
    """Put other elements where one stood, keeping the text behind it."""
    parent, tail = element.getparent(), element.tail
    at = parent.index(element)
    parent.remove(element)
    for offset, new in enumerate(by):
        parent.insert(at + offset, new)
    if tail:
        if by:
            by[-1].tail = (by[-1].tail or "") + tail
        elif at:
            parent[at - 1].tail = (parent[at - 1].tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail


def _headings(root: HtmlElement) -> Iterator[Heading]:
    for element in root.iter("h2", "h3", "h4"):
        section = element.getparent()
        if section is None or section.tag != "section" or not section.get("id"):
            continue
        number, title = _number_and_words(element)
        areas = tuple(word[5:] for word in section.get("class", "").split() if word.startswith("area-"))
        yield Heading(section.get("id"), number, title, int(element.tag[1]), areas)


def _number_and_words(heading: HtmlElement) -> tuple[str, str]:
    """Of a section's heading, without what the software puts in for those who listen or link."""
    words = deepcopy(heading)
    words.tail = None
    number = "".join(piece.text_content() for piece in words.find_class("section-number"))
    for name in ("section-number", "section-link", "visually-hidden"):
        for piece in words.find_class(name):
            _replace(piece, [])
    return number.strip(), " ".join(words.text_content().split())


# --- Passages and lists that are written elsewhere ---------------------------------------------------------


def _put_in_passages(root: HtmlElement, into: Line, contents: Contents) -> None:
    wanted = []
    for box in root.find_class("include"):
        link = box.find("a")
        match = CHAPTER_ADDRESS.fullmatch(link.get("href") or "") if link is not None else None
        if match:
            wanted.append((box, match[1], match[2] or ""))
    lines = {slug: contents.by_slug[slug] for _box, slug, _anchor in wanted if slug in contents.by_slug}
    texts: Mapping[int, str] = {}
    if lines:
        keys = [line.amendment_id for line in lines.values()]
        texts = contents.texts_of(keys)
    for box, slug, anchor in wanted:
        line = lines.get(slug)
        passage = None
        if line and not line.withdrawn:
            html = texts[line.amendment_id]
            passage = rendering.passage(html, anchor, chapter=slug) if anchor else html
        if line is None or passage is None:
            _replace(
                box,
                [
                    _element(
                        "p", _("A passage of another chapter that is not in this edition."), class_="missing"
                    )
                ],
            )
            continue
        inner = _parse(passage)
        # A passage in a passage is not followed, for two could hold each other: it becomes a reference.
        for element in inner.iter():
            element.attrib.pop("id", None)
        box.clear()
        box.set("class", "include")
        box.text = inner.text
        box.extend(list(inner))
        _say_what_it_is(box, rendering.marks(texts[line.amendment_id], anchor), line, into)
        source = _element("p", f"{_('From')} ", class_="include-source")
        source.append(_element("a", line.name, href=line.at(anchor)))
        if len(box):
            box[-1].tail = "\n"
        box.append(source)


def _say_what_it_is(box: HtmlElement, marks: rendering.Marks, line: Line, into: Line) -> None:
    """A passage keeps the area and the status that it has where it is written, though its heading stayed behind."""
    areas = list(marks.areas or line.applies_to)
    if areas:
        box.set("class", " ".join(["include", "area", *(f"area-{area}" for area in areas)]))
    labels = []
    status = marks.status or line.status
    if status != into.status and "status" not in marks.said:
        labels.append(rendering.status_name(status))
    if areas and areas != into.applies_to and "areas" not in marks.said:
        labels.append(_("%(areas)s only") % {"areas": line.contents.manual.area_names(areas)})
    if labels:
        label = _element("p", ", ".join(labels), class_="passage-label")
        label.tail, box.text = box.text, None
        box.insert(0, label)


def _put_in_changes(root: HtmlElement, contents: Contents) -> None:
    boxes = root.find_class("changes")
    if not boxes:
        return
    listed = changes(contents)
    for box in boxes:
        newest = "changes-newest" in _classes(box)
        # The newest changes are those that the contents page flags, and their corrections and withdrawals.
        shown = [each for each in listed if each.edition.pk in contents.window] if newest else listed
        level = 2 + sum(1 for _section in box.iterancestors("section"))
        html = render_to_string(
            "manual/partials/changes.html",
            {"listed": shown or listed[:1], "heading": f"h{level}", "manual": contents.manual},
        )
        inner = _parse(html)
        box.text = inner.text
        box.extend(list(inner))


def _number_paragraphs(root: HtmlElement, line: Line) -> None:
    """Each paragraph's number goes on from the chapter's, and is the link to the paragraph."""
    for mark in root.find_class("paragraph-number"):
        number = f"{line.number}.{mark.text}" if line.number else mark.text or ""
        paragraph = mark.getparent()
        anchor = paragraph.get("id") if paragraph is not None else None
        mark.text = number
        if anchor:
            mark.text = None
            link = _element("a", number, href=f"#{anchor}")
            link.set("aria-label", _("Link to paragraph %(number)s") % {"number": number})
            mark.append(link)


def _offer_citations(root: HtmlElement, line: Line, contents: Contents) -> None:
    """Behind each heading and each numbered paragraph a link to its citation in the edition that is read."""
    page = reverse("edition-cite", args=[contents.edition.number, line.slug])
    for own in list(root.iter("a")):
        place = own.getparent()
        if "section-link" in _classes(own):
            name = _cite_section(place)
        elif "paragraph-number" in _classes(place):
            name = _("Cite paragraph %(number)s") % {"number": own.text}
            place = place.getparent()
        else:
            continue
        link = _element(
            "a", _("Cite"), class_="cite-link", href=f"{page}?section={own.get('href')[1:]}", rel="nofollow"
        )
        link.set("aria-label", name)
        if place[-1] is not own:
            place[-1].tail = f"{(place[-1].tail or '').rstrip()} "
        place.append(link)


def _cite_section(heading: HtmlElement) -> str:
    number, words = _number_and_words(heading)
    if number:
        return _("Cite section %(number)s") % {"number": number}
    return _("Cite “%(heading)s”") % {"heading": rendering.in_a_name(words)}


# --- References --------------------------------------------------------------------------------------------


def _resolve_references(
    root: HtmlElement, contents: Contents, sections: Mapping[tuple[int, str], tuple[str, str]] | None = None
) -> None:
    """`sections` that the references name, where they are read already."""
    links = _links_to_resolve(root)
    if sections is None:
        sections = _sections_named(links, contents)
    for link in links:
        href = link.get("href")
        if match := CHAPTER_ADDRESS.fullmatch(href):
            line = contents.by_slug.get(match[1])
            if line is None:
                _unresolved(link, _("not in this edition"))
                continue
            _resolve_chapter(link, line, match[2] or "", sections.get((line.amendment_id, match[2] or "")))
        elif match := KEYWORD_ADDRESS.fullmatch(href):
            meaning = Glossary.of(contents.edition).by_slug.get(match[1])
            if meaning is None:
                _unresolved(link, _("not in the glossary of this edition"))
                continue
            link.set("href", contents.keyword_address(match[1]))
            link.set("class", "keyword")
            if not _text(link):
                link.text = meaning.name
        elif match := DOCUMENT_ADDRESS.fullmatch(href):
            document, address = _document(match[1], contents)
            if document is None:
                _unresolved(link, _("document not available"))
                continue
            _resolve_document(link, document, address)
        elif href.startswith("document:"):
            _unresolved(link, _("document not available"))
        elif href.startswith(("chapter:", "keyword:")):
            _unresolved(link, _("not in this edition"))
    for image in list(root.iter("img")):
        match = DOCUMENT_ADDRESS.fullmatch(image.get("src") or "")
        document, address = _document(match[1], contents) if match else (None, "")
        if document is None:
            _replace(image, [_element("em", image.get("alt") or _("picture"), class_="missing")])
        elif document.is_picture:
            _resolve_picture(image, document, address)
        else:
            # What is no picture any more, or never was one, is still there to be read.
            link = _element("a", image.get("alt") or "")
            _replace(image, [link])
            _resolve_document(link, document, address)


def _links_to_resolve(root: HtmlElement) -> list[Any]:
    return [link for link in root.iter("a") if ":" in (link.get("href") or "")]


def _sections_named(links: Sequence[Any], contents: Contents) -> Mapping[tuple[int, str], tuple[str, str]]:
    """Number and heading of every section that a reference names; one query."""
    named = _names_of_sections(links, contents)
    return contents.sections_of(named) if named else {}


def _names_of_sections(links: Sequence[Any], contents: Contents) -> set[tuple[int, str]]:
    """Each by the amendment that an edition has of its chapter, and its anchor."""
    found = set()
    for link in links:
        match = CHAPTER_ADDRESS.fullmatch(link.get("href"))
        if match and match[2] and match[1] in contents.by_slug:
            found.add((contents.by_slug[match[1]].amendment_id, match[2]))
    return found


def _resolve_chapter(link: Any, line: Line, anchor: str, section: tuple[str, str] | None) -> None:
    outside = line.kind == "link" and line.link and not line.withdrawn
    link.set("href", line.link if outside else line.at(anchor))
    link.set("class", "reference")
    number, heading = section or ("", "")
    within = ""
    if number and not heading:
        # A numbered paragraph; its number goes on from the chapter's.
        within = _("paragraph %(number)s") % {"number": f"{line.number}.{number}" if line.number else number}
    elif number:
        within = _("section %(number)s") % {"number": number}
    place = ", ".join(words for words in (line.number, within) if words)
    if not _text(link):
        link.text = ", ".join(words for words in (line.name, f"{within} {heading}".strip()) if words)
    elif place:
        link.append(_element("span", f" ({place})", class_="reference-number"))
    if line.withdrawn:
        mark = _element("span", f" {_('(withdrawn)')}", class_="withdrawn")
        if after := line.read_instead:
            before, _name, behind = _("(withdrawn; see %(name)s)").partition("%(name)s")
            mark.text = f" {before}"
            mark.append(_element("a", after.name, href=after.url))
            mark[-1].tail = behind
        mark.tail, link.tail = link.tail, ""
        link.addnext(mark)


def _document(slug: str, contents: Contents) -> tuple[Held | None, str]:
    """A document as the edition has it, or as it is to come, and where it is shown."""
    if held := Library.of(contents.edition).by_slug.get(slug):
        return held, contents.address("document", slug)
    return contents.documents_to_come.get(slug, (None, ""))


def _resolve_document(link: Any, document: Held, address: str) -> None:
    link.set("href", address)
    link.set("class", "document")
    if not _text(link):
        link.text = document.title
    link.append(_element("span", f" ({document.label})", class_="document-label"))


def _resolve_picture(image: Any, document: Held, address: str) -> None:
    image.set("src", address)
    image.set("alt", image.get("alt") or document.description)
    if document.width and document.height:
        # So that the page does not jump when the picture arrives.
        image.set("width", str(document.width))
        image.set("height", str(document.height))
    image.set("loading", "lazy")


def _unresolved(link: Any, why: str) -> None:
    words = _text(link) or link.get("href").partition(":")[2]
    span = _element("span", f"{words} ", class_="missing")
    span.append(_element("em", f"({why})"))
    _replace(link, [span])


def _text(element: Any) -> str:
    return "".join(element.itertext()).strip()


# --- Keywords ----------------------------------------------------------------------------------------------


def _link_keywords(
    root: HtmlElement, contents: Contents, off: frozenset[str], *, explains: bool
) -> list[Meaning | SharedForm]:
    """Link each keyword where a section first uses it, and say which are linked; those that are switched off (`off`)
    are only where the author wrote a link."""
    glossary = Glossary.of(contents.edition)
    if not glossary.meanings:
        return []
    texts = _texts(root)
    # Links, headings and labels say as well what a chapter speaks of.
    spoken_of = glossary.spoken_of(root.text_content()) if glossary.shared else frozenset()
    marking = _Marking(contents, glossary, spoken_of, off, explains)
    used: dict[Any, set[str]] = {}
    for element, part, section in texts:
        marking.mark(element, part, used.setdefault(section, set()))
    return list(marking.found.values())


def _texts(root: HtmlElement) -> list[tuple[Any, Part, Any]]:
    """Every stretch of text that may hold a link, in reading order: of an element, or behind it; also every link to a
    keyword that an author wrote; each with its section."""
    found: list[tuple[Any, Part, Any]] = []
    sections: list[Any] = [root]
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "start":
            if element.tag in NOT_LINKED or _classes(element) & LABELS:
                found += [(link, "link", sections[-1]) for link in element.iter("a") if _keyword_of(link)]
                walk.skip_subtree()
                continue
            if element.tag == "section":
                sections.append(element)
            found.append((element, "text", sections[-1]))
        else:
            if element is sections[-1] and element is not root:
                sections.pop()
            if element is not root:
                found.append((element, "tail", sections[-1]))
    return found


def _keyword_of(link: Any) -> str:
    """The slug of the keyword that an author's link leads to; empty for other links."""
    match = KEYWORD_ADDRESS.fullmatch(link.get("href") or "")
    return match[1] if match else ""


@dataclass
class _Marking:
    """The marking of keywords in one text."""

    contents: Contents
    glossary: Glossary
    spoken_of: frozenset[str]
    off: frozenset[str]
    explains: bool
    # What is linked, by its slug.
    found: dict[str, Meaning | SharedForm] = field(default_factory=dict)

    def mark(self, element: Any, part: Part, used: set[str]) -> None:
        """One part of a text, in a section that has linked some keywords already."""
        if part != "link":
            self._mark_text(element, part == "tail", used)
        elif meaning := self.glossary.by_slug.get(_keyword_of(element)):
            used.add(meaning.slug)
            self._explain(element, meaning, _text(element) or meaning.name)

    def _mark_text(self, element: Any, is_tail: bool, used: set[str]) -> None:
        text = element.tail if is_tail else element.text
        if not text or not text.strip():
            return
        links: list[tuple[int, int, HtmlElement]] = []
        for start, end, found in self.glossary.found_in(text, self.spoken_of):
            if found.slug in used or self._is_off(found):
                continue
            used.add(found.slug)
            address = (
                self.contents.shared_form_address(found)
                if isinstance(found, SharedForm)
                else self.contents.keyword_address(found.slug)
            )
            link = _element("a", text[start:end], class_="keyword", href=address)
            self._explain(link, found, text[start:end])
            links.append((start, end, link))
        _put_in_links(element, is_tail, links)

    def _is_off(self, found: Meaning | SharedForm) -> bool:
        """A form that several keywords have is off if all of them are: else nobody knows which is meant."""
        meanings = found.meanings if isinstance(found, SharedForm) else (found,)
        return all(meaning.slug in self.off for meaning in meanings)

    def _explain(self, link: Any, found: Meaning | SharedForm, words: str) -> None:
        """Have the link described by what the page says beside its text."""
        self.found[found.slug] = found
        if not self.explains:
            return
        described = f"site-meaning-{found.slug}"
        # Whoever hears it need not hear the name twice.
        if isinstance(found, SharedForm) or not covers(found.name, words):
            described = f"site-name-{found.slug} {described}"
        link.set("aria-describedby", described)


def _beginning(meaning: str) -> tuple[HtmlElement, bool]:
    """The first paragraphs of a meaning, for a small box; and whether there is more of it.

    Pictures, tables, sections and footnotes are left to the keyword's own page.
    """
    root = _parse(meaning)
    length, shortened = 0, False
    for block in list(root):
        length += len(block.text_content())
        large = (
            block.tag in ("section", "pre", "hr")
            or "footnotes" in _classes(block)
            or any(True for _ in block.iter("img", "table"))
        )
        if shortened or large or (length > LONGEST_IN_PLACE and block is not root[0]):
            shortened = True
            root.remove(block)
    for element in root.iter():
        element.attrib.pop("id", None)
    for link in list(root.iter("a")):
        if (link.get("href") or "").startswith("#"):
            shortened = True
            _replace(link, [])
    return root, shortened


def _choice(shared: SharedForm, contents: Contents) -> Explained:
    choices = tuple((meaning.name, contents.keyword_address(meaning.slug)) for meaning in shared.meanings)
    return Explained(shared.slug, shared.form, "", choices=choices)


def _put_in_links(element: Any, is_tail: bool, links: Sequence[tuple[int, int, HtmlElement]]) -> None:
    """Links in place of stretches of one text, each with where that begins and ends."""
    if not links:
        return
    text = element.tail if is_tail else element.text
    if is_tail:
        parent = element.getparent()
        at = parent.index(element) + 1
        element.tail = text[: links[0][0]]
    else:
        parent, at = element, 0
        element.text = text[: links[0][0]]
    ends = [start for start, _end, _link in links[1:]] + [len(text)]
    for n, (_start, end, link) in enumerate(links):
        link.tail = text[end : ends[n]]
        parent.insert(at + n, link)


# --- What needs no edition ---------------------------------------------------------------------------------


def _finish(root: HtmlElement) -> None:
    """What is done to every text, when all that belongs to it stands there."""
    _label_outside_links(root)
    _link_numbers(root)
    _name_the_cells(root)


def _label_outside_links(root: HtmlElement) -> None:
    for link in root.iter("a"):
        if re.match(r"https?://", link.get("href") or ""):
            link.set("rel", "external noopener")
            link.append(_element("span", f" {_('(external link)')}", class_="outside"))


def _link_numbers(root: HtmlElement) -> None:
    """Telephone numbers lead to whom they ring, and e-mail addresses to whom they write to."""
    for element, is_tail, before in _spoken(root):
        text = element.tail if is_tail else element.text
        holder = element.getparent() if is_tail else element
        _put_in_links(
            element,
            is_tail,
            [
                (
                    reach.start,
                    reach.end,
                    _element("a", text[reach.start : reach.end], class_=reach.kind, href=reach.address),
                )
                for reach in telephones.found_in(text, before=before, about=_what_it_is_about(holder, text))
            ],
        )


def _spoken(root: HtmlElement) -> list[tuple[Any, bool, str]]:
    """Every stretch of text that may hold a number, of an element or behind it; and what stands before it in the same
    passage."""
    found: list[tuple[Any, bool, str]] = []
    before = ""

    def read(element: Any, is_tail: bool) -> None:
        nonlocal before
        if text := element.tail if is_tail else element.text:
            if telephones.may_hold(text):
                found.append((element, is_tail, before))
            before += text

    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if element.tag not in INLINE:
            before = ""
        if event == "end":
            if element is not root:
                read(element, True)
        elif element.tag in NOT_RUNG or _classes(element) & (LABELS - {"include"}):
            before += element.text_content() if element.tag in INLINE else ""
            walk.skip_subtree()
        else:
            read(element, False)
    return found


def _what_it_is_about(holder: Any, text: str) -> str:
    """The words around a number that stands alone: those of its passage, or of its row and the head of its column."""
    if len(text) > LONGEST_ALONE:
        return ""
    while holder.tag in INLINE:
        holder = holder.getparent()
    if holder.tag == "p" and holder.getparent().tag in ("td", "li", "dd"):
        holder = holder.getparent()
    if holder.tag == "td" and (row := holder.getparent()) is not None:
        table = next(row.iterancestors("table"), None)
        heads = table.xpath("./thead/tr[1]/*") if table is not None else []
        column = row.index(holder)
        head = heads[column].text_content() if column < len(heads) else ""
        return f"{head} {row.text_content()}"
    if holder.tag == "dd" and (term := holder.getprevious()) is not None:
        return f"{term.text_content()} {holder.text_content()}"
    return str(holder.text_content())


def _name_the_cells(root: HtmlElement) -> None:
    """The cells of a table get the name of their column, which a narrow screen shows before each of them, where the
    rows stand one under another. What they are is said as well, for not every browser goes on taking for a table what
    no longer looks like one."""
    for box in root.find_class("table"):
        table = next((each for each in box if each.tag == "table"), None)
        heads = table.xpath("./thead/tr/*") if table is not None else []
        rows = table.xpath("./tbody/tr") if table is not None else []
        names = [" ".join(head.text_content().split()) for head in heads]
        if (
            table is None
            or len(heads) not in COLUMNS_OF_ROWS
            or not all(names[1:])
            or any(len(row) != len(heads) for row in rows)
            or any(True for _ in table.iter("ins", "del"))
        ):
            continue
        box.set("class", f"{box.get('class')} table-of-rows")
        table.set("role", "table")
        for part in table.iter("thead", "tbody", "tr", "th", "td"):
            part.set(
                "role", ROLES.get(part.tag) or ("rowheader" if part.get("scope") == "row" else "columnheader")
            )
        for row in rows:
            for cell, name in list(zip(row, names, strict=True))[1:]:
                cell.set("data-column", name)
