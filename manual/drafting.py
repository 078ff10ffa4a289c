"""What is wrong with a draft, for the editor who writes it: broken references, skipped headings, tables without header.

None of this keeps a text from being shown; what does is refused when it is rendered.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from lxml.html import fragment_fromstring

from manual import rendering
from manual.models import Amendment, Definition, Edition, Entry, Section
from manual.rendering import Reference, Rendered, RenderingRefused
from manual.rendering.vocabulary import AREAS

if TYPE_CHECKING:
    from manual.rendering.sections import Numbering

_HEADING = re.compile(r"(#{1,6})[ ]")
_DELIMITER_ROW = re.compile(r"[ ]*\|?[ ]*:?-+:?[ ]*(?:\|[ ]*:?-+:?[ ]*)*\|?[ ]*")
# A name such as GOV.UK or nhs.uk says where a link leads; with a path behind it, it is an address.
_BARE = re.compile(r"(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)+/\S*", re.IGNORECASE)


@dataclass(frozen=True)
class Problem:
    """Something to put right before the text is submitted: the line of the text, where it is known, and a sentence."""

    line: int | None
    message: str


@dataclass(frozen=True)
class Known:
    """What a text may point at in an edition: chapters with the anchors of their sections, keywords, documents.

    A withdrawn chapter can still be referred to, but not included.
    """

    anchors: Mapping[str, Collection[str]] = field(default_factory=dict)
    keywords: Collection[str] = frozenset()
    documents: Collection[str] = frozenset()
    withdrawn: Collection[str] = frozenset()


def known_in(edition: Edition | None, *, also: Iterable[Amendment] = ()) -> Known:
    """What there is in an edition, with the amendments that are to come with the draft. Three queries, or four."""
    anchors: dict[str, set[str]] = {}
    keywords: set[str] = set()
    withdrawn: set[str] = set()
    if edition is not None:
        entries = Entry.objects.filter(edition=edition).values_list("chapter__slug", "withdrawn_in")
        for slug, withdrawn_in in entries:
            anchors[slug] = set()
            if withdrawn_in:
                withdrawn.add(slug)
        in_edition = Section.objects.filter(amendment__entries__edition=edition).exclude(anchor="")
        for slug, anchor in in_edition.values_list("amendment__chapter__slug", "anchor"):
            anchors[slug].add(anchor)
        keywords = set(Definition.objects.in_edition(edition).values_list("keyword__slug", flat=True))
    coming = {amendment.pk: amendment for amendment in also}
    slugs = dict(Amendment.objects.filter(pk__in=coming).values_list("pk", "chapter__slug")) if coming else {}
    for slug in slugs.values():
        anchors[slug] = set()
        withdrawn.discard(slug)
    for pk, anchor in (
        Section.objects.filter(amendment__in=coming).values_list("amendment_id", "anchor") if coming else ()
    ):
        anchors[slugs[pk]].add(anchor)
    return Known(anchors, keywords, withdrawn=withdrawn)


def problems(
    text: str,
    *,
    slug: str,
    title: str,
    known: Known,
    numbering: str = "headings",
    areas: Mapping[str, str] = AREAS,
    rendered: Rendered | None = None,
) -> list[Problem]:
    """All that is wrong with a draft of the chapter `slug`, in the order of its lines; a text that cannot be rendered
    has that one problem. `rendered` saves rendering it again.
    """
    if rendered is None:
        try:
            rendered = rendering.render(text, numbering=cast("Numbering", numbering), areas=areas)
        except RenderingRefused as refusal:
            return [Problem(refusal.line, str(refusal))]
    found = [] if title.strip() else [Problem(None, "It has no title.")]
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    root = fragment_fromstring(rendered.html, create_parent="div")
    found += _headings(rendered, lines)
    found += _tables(root, lines)
    found += _images(root, rendered.references)
    found += _links(root, lines)
    found += broken(rendered.references, slug=slug, known=known)
    return sorted(found, key=lambda problem: problem.line or 0)


def broken(references: Iterable[Reference], *, slug: str, known: Known) -> Iterator[Problem]:
    """The references of a chapter's text that lead nowhere, or to the chapter itself."""
    for reference in references:
        wrong = ""
        if reference.scheme == "chapter":
            wrong = _wrong_with_chapter(reference, slug, known)
        elif reference.scheme == "keyword" and reference.slug not in known.keywords:
            wrong = f"There is no keyword “{reference.slug}” in this edition."
        elif reference.scheme == "document" and reference.slug not in known.documents:
            wrong = f"There is no document “{reference.slug}”."
        if wrong:
            yield Problem(reference.line, wrong)


def _wrong_with_chapter(reference: Reference, slug: str, known: Known) -> str:
    to, anchor = reference.slug, reference.anchor
    if to == slug:
        inside = f" To lead to a place in this text, write “(#{anchor})”." if anchor else ""
        return f"The chapter refers to itself, “chapter:{to}”.{inside}"
    if to not in known.anchors:
        return f"There is no chapter “{to}” in this edition."
    if reference.kind == "include" and to in known.withdrawn:
        return f"“{to}” is withdrawn, so nothing can be included from it."
    if anchor and anchor not in known.anchors[to]:
        return f"The chapter “{to}” has no section “#{anchor}” in this edition."
    return ""


def _headings(rendered: Rendered, lines: Sequence[str]) -> Iterator[Problem]:
    headings = [section for section in rendered.sections if section.heading]
    written = [(n, len(found[1])) for n, line in enumerate(lines, start=1) if (found := _HEADING.match(line))]
    # Headings can be written in other ways too; then the line is not known.
    matched = [max(2, level) for _n, level in written] == [section.level for section in headings]
    before = 1
    for place, section in enumerate(headings):
        line = written[place][0] if matched else None
        if matched and written[place][1] == 1:
            yield Problem(
                line, f"“{section.heading}” has one sign; the title is the only heading so high. Write “##”."
            )
        elif section.level > before + 1:
            yield Problem(
                line, f"“{section.heading}” skips a level of headings. Write it with “{'#' * (before + 1)}”."
            )
        before = section.level


def _tables(root: Any, lines: Sequence[str]) -> Iterator[Problem]:
    tables = list(root.iter("table"))
    rows = [n for n, line in enumerate(lines) if "|" in line and _DELIMITER_ROW.fullmatch(line)]
    for place, table in enumerate(tables):
        if table.find("thead") is None:
            line = rows[place] if len(rows) == len(tables) else None
            yield Problem(
                line, "A table has no words in its first row, which should say what the columns are."
            )
    for paragraph in root.iter("p"):
        words = (paragraph.text or "").strip()
        if words.startswith("|") and words.count("|") > 1:
            yield Problem(
                _line_with(lines, words.split("\n")[0].strip()),
                "A table without a header is not shown as one. Begin it with a row that says what the columns are, "
                "and under that a row of “| --- |”.",
            )


def _images(root: Any, references: Iterable[Reference]) -> Iterator[Problem]:
    described = [(image.get("alt") or "").strip() for image in root.iter("img")]
    pictures = [reference for reference in references if reference.kind == "image"]
    for words, picture in zip(described, pictures, strict=False):
        if not words:
            yield Problem(
                picture.line,
                f"The picture “{picture.slug}” has no description. Write what it shows between the square brackets.",
            )


def _links(root: Any, lines: Sequence[str]) -> Iterator[Problem]:
    ids = {element.get("id") for element in root.iter() if element.get("id")}
    for link in root.iter("a"):
        words, href = link.text_content().strip(), link.get("href")
        if href is None:
            yield Problem(
                _line_with(lines, f"[{words}]"),
                f"The link “{words}” leads nowhere. An address begins with https:, mailto:, tel:, chapter:, keyword: "
                "or document:, and holds no spaces.",
            )
        elif href.startswith("#") and href[1:] not in ids:
            yield Problem(_line_with(lines, f"({href})"), f"There is no section “{href}” in this text.")
        elif _BARE.fullmatch(words):
            yield Problem(
                _line_with(lines, words),
                f"The link “{words}” shows its bare address. Say in words where it leads: [words]({href}).",
            )


def _line_with(lines: Sequence[str], words: str) -> int | None:
    return next((n for n, line in enumerate(lines, start=1) if words in line), None)
