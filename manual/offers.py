"""What an editor is offered while writing: numbers of chapters and sections, typed as plain words, made links.

Numbers change with every edition, and a link follows them. Offers are no problems: they never hinder a submission.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manual import rendering
from manual.drafting import numbering_of
from manual.models import Amendment, Contents, Edition, Line, Manual, Section
from manual.rendering import RenderingRefused

# More than that in one text, and it is a list of something else.
MOST_OFFERS = 100
_COUNTED = gettext_lazy("Look at it again when a paragraph is added or taken out before that one.")


@dataclass(frozen=True)
class Offer:
    """A place where words could become a link: what stands from `start` to `end` of the text, and what instead."""

    line: int
    start: int
    end: int
    words: str
    instead: str
    message: str

    column: int  # of the line, as a browser's script counts

    @property
    def key(self) -> str:
        """Tells it by what it does and in which line, for a page that was made before the text was last saved."""
        told = f"{self.line}\0{self.words}\0{self.instead}"
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def offers_of(amendment: Amendment) -> list[Offer]:
    """Numbers of chapters and sections in a draft that are plain words and could be links. They hinder nothing."""
    if not amendment.html:
        return []
    text = amendment.text
    edition = Edition.objects.in_force()
    contents = Contents.of(edition) if edition else None
    found = sorted(
        [*_mentioned(amendment, text, contents), *_misnumbered(amendment, text)],
        key=lambda offer: offer.start,
    )
    return _that_hold(found[:MOST_OFFERS], amendment)


def taken_up(text: str, offers: Iterable[Offer]) -> str:
    """The text with these offers accepted."""
    for offer in sorted(offers, key=lambda offer: -offer.start):
        text = f"{text[: offer.start]}{offer.instead}{text[offer.end :]}"
    return text


def _mentioned(amendment: Amendment, text: str, contents: Contents | None) -> Iterator[Offer]:
    own = {
        (_kind_of(section), section.number): section
        for section in amendment.sections.all()
        if section.number and section.anchor
    }
    own_line = contents.by_chapter.get(amendment.chapter_id) if contents else None
    mentions = list(rendering.mentions(text))
    wanted = {
        place: target
        for place, mention in enumerate(mentions)
        if mention.chapter and contents and (target := _chapter_named(mention.chapter, contents))
    }
    there: dict[tuple[int, str, str], Section] = {}
    if wanted:
        sections = Section.objects.filter(
            amendment__in={line.amendment_id for line, _rest in wanted.values()}
        )
        for section in sections.exclude(anchor="").exclude(number="").defer("text"):
            there[section.amendment_id, _kind_of(section), section.number] = section
    for place, mention in enumerate(mentions):
        if not mention.chapter:
            # Where headings are numbered, “paragraph 3.2” can only be section 3.2.
            kinds = ("section",) if mention.kind == "section" else ("paragraph", "section")
            here = next(
                (own[kind, mention.section] for kind in kinds if (kind, mention.section) in own), None
            )
            if here is not None:
                yield _offer_within(text, mention, here)
            continue
        if place not in wanted:
            continue
        line, rest = wanted[place]
        if own_line is not None and line is own_line:
            here = own.get(("paragraph", rest or mention.section)) or own.get((mention.kind, mention.section))
            if here is not None:
                yield _offer_within(text, mention, here)
            continue
        number = rest or mention.section
        other = there.get((line.amendment_id, "paragraph", number)) or there.get(
            (line.amendment_id, "section", number)
        )
        if rest and (other is None or other.heading):
            continue
        yield _offer_elsewhere(text, mention, line, other if number else None)


def _is_counted(section: Section) -> bool:
    """Whether it has no address but its place among the paragraphs: another may have that tomorrow."""
    return not section.heading and section.anchor == f"p-{section.number}"


def _kind_of(section: Section) -> str:
    return "section" if section.heading else "paragraph"


def _chapter_named(number: str, contents: Contents) -> tuple[Line, str] | None:
    """The chapter of a number, or of the number of one of its paragraphs and which."""
    line = contents.by_number.get(number)
    if line is not None:
        return (line, "") if line.is_page and not line.withdrawn else None
    chapter, _dot, paragraph = number.rpartition(".")
    line = contents.by_number.get(chapter)
    return (line, paragraph) if line is not None and line.is_page and not line.withdrawn else None


def _offer_within(text: str, mention: rendering.Mention, section: Section) -> Offer:
    words = text[mention.start : mention.end]
    named = f"“{section.heading}”" if section.heading else f"“{_first_words(section.text)}”"
    follows = (
        [_("A link leads readers there."), str(_COUNTED)]
        if _is_counted(section)
        else [_("Numbers change when a section is added; a link still leads there.")]
    )
    today = _("“%(words)s” is %(named)s today.") % {"words": words, "named": named}
    instead = f"[{words}](#{section.anchor})"
    return _offer(text, mention.start, mention.end, instead, " ".join([today, *follows]))


def _offer_elsewhere(text: str, mention: rendering.Mention, line: Line, section: Section | None) -> Offer:
    start, end = mention.start, mention.end
    if section is None and mention.section and mention.kind != "chapter":
        # There is no such section: the chapter's number alone.
        found = re.compile(re.escape(mention.chapter)).search(text, start, end)
        start, end = found.span() if found else (start, end)
    words = text[start:end]
    # The link says number and title by itself.
    title = re.compile(rf"(?:,? )(?:\(|“)?{re.escape(line.title)}(?:\)|”)?", re.IGNORECASE).match(text, end)
    if title and title[0].count("(") == title[0].count(")") and title[0].count("“") == title[0].count("”"):
        end = title.end()
    instead = f"[](chapter:{line.slug}{f'#{section.anchor}' if section else ''})"
    follows = [_("Numbers change with every edition; a link follows them.")]
    named = line.title
    if section:
        named += ", " + (section.heading or _("paragraph %(number)s") % {"number": section.number})
    if section and _is_counted(section):
        follows = [_("A link follows the number of the chapter."), str(_COUNTED)]
    today = _("“%(words)s” is %(named)s today.") % {"words": words, "named": named}
    return _offer(text, start, end, instead, " ".join([today, *follows]))


def _misnumbered(amendment: Amendment, text: str) -> Iterator[Offer]:
    """Links whose words give a number that their section no longer has."""
    sections = {section.anchor: section for section in amendment.sections.all() if section.number}
    for link in rendering.numbered_links(text):
        section = sections.get(link.anchor)
        if section is None or section.number == link.section or _kind_of(section) != link.kind:
            continue
        word = text[link.start + 1 : link.end].partition(" ")[0]
        yield _offer(
            text, link.start, link.end, f"[{word} {section.number}](#{link.anchor})",
            (
                _("The link “%(words)s” leads to section %(number)s now.")
                if link.kind == "section"
                else _("The link “%(words)s” leads to paragraph %(number)s now.")
            )
            % {"words": f"{word} {link.section}", "number": section.number},
        )  # fmt: skip


def _offer(text: str, start: int, end: int, instead: str, message: str) -> Offer:
    before = text[text.rfind("\n", 0, start) + 1 : start]
    # Scripts count in halves of what lies beyond the commonest signs.
    column = len(before.encode("utf-16-le")) // 2
    return Offer(text.count("\n", 0, start) + 1, start, end, text[start:end], instead, message, column)


def _first_words(text: str) -> str:
    words = text.split()
    return " ".join(words[:8]) + (" …" if len(words) > 8 else "")


def _that_hold(offers: list[Offer], amendment: Amendment) -> list[Offer]:
    """Those that make a link of the words and of nothing else; what stands in code, for instance, is left alone."""
    numbering, areas = numbering_of(amendment), Manual.objects.current().areas

    def page_of(text: str) -> str:
        return rendering.render(text, numbering=numbering, areas=areas).html

    def links(html: str) -> int:
        return html.count("<a href=") + html.count('<a class="')

    def hold(some: list[Offer]) -> bool:
        new = sum(not offer.words.startswith("[") for offer in some)
        try:
            return links(page_of(taken_up(amendment.text, some))) == before + new
        except RenderingRefused:
            return False

    def become_links(some: list[Offer]) -> list[Offer]:
        """Of many, those that a page shows as links, all told by one page: each leads to a place of its own there."""
        place = next(name for n in count() if (name := f"offer-{n}-") not in amendment.text)
        tried = [replace(offer, instead=f"[{number}](#{place}{number})") for number, offer in enumerate(some)]
        try:
            html = page_of(taken_up(amendment.text, tried))
        except RenderingRefused:
            return some
        return [offer for number, offer in enumerate(some) if f'href="#{place}{number}"' in html]

    if not offers:
        return []
    before = links(page_of(amendment.text))
    if hold(offers):
        return offers
    offers = become_links(offers)
    return offers if hold(offers) else [offer for offer in offers if hold([offer])]
