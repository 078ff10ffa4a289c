"""What is wrong with a draft, for the editor who writes it: broken references, skipped headings, tables without header.

What is blocking keeps a draft from being submitted. The rest is for the editor to decide.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, cast

from django.db.models import Q
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from lxml.html import fragment_fromstring

from manual import comparison, rendering
from manual.models import (
    Amendment,
    Chapter,
    Contents,
    Definition,
    DocumentVersion,
    Edition,
    Entry,
    Glossary,
    Kind,
    Manual,
    Section,
    SharedForm,
    Significance,
    Status,
    covers,
)
from manual.models.glossary import plain
from manual.models.reference import Reference as StoredReference
from manual.models.version import AGREED, OPEN
from manual.rendering import Reference, Rendered, RenderingRefused
from manual.rendering.vocabulary import APPENDIX, AREAS, BOXES, STATUSES

if TYPE_CHECKING:
    from manual.rendering.sections import Numbering

_HEADING = re.compile(r"(#{1,6})[ ]")
_DELIMITER_ROW = re.compile(r"[ ]*\|?[ ]*:?-+:?[ ]*(?:\|[ ]*:?-+:?[ ]*)*\|?[ ]*")
# A name such as GOV.UK or nhs.uk says where a link leads; with a path behind it, it is an address.
_BARE = re.compile(r"(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)+/\S*", re.IGNORECASE)

# References in stored HTML, in the order of attributes that the renderer writes; a passage taken in has a box around.
# So many keys a database takes in one question.
FEW = 500
_STORED = re.compile(
    r'(?P<include><div class="include">)?<(?:a|img)\b[^>]*? (?:href|src)='
    r'"(?P<address>(?:chapter|keyword|document):[^"]+)"'
)
_ABBREVIATION = re.compile(r"(?<![\w.@/-])(?=[A-Z]*[B-HJ-UWYZ])[A-Z]{2,6}(?![\w@-]|\.\w)")
# What nobody in the field would look up.
_KNOWN_TO_ALL = frozenset(
    {"AM", "CCTV", "DNA", "EU", "GCSE", "GP", "HM", "ID", "IT", "NHS", "OK", "PDF", "PM", "TV", "UK"}
)
# Of elements that tell in words to whom a passage applies.
_AREA_WORDS = frozenset({"area-label", "area-marker"})
_KINDS = frozenset({*STATUSES, *BOXES, APPENDIX})
_ID = re.compile(r' id="([^"]*)"')
UNSETTLED = gettext_lazy(
    "Two people changed the same words here. Keep one of the two, and take this line away."
)


@dataclass(frozen=True)
class Problem:
    """Something to put right: the line of the text, where it is known, and a sentence. What is blocking would reach
    readers as a mistake, so that the draft cannot be submitted with it."""

    line: int | None
    message: str
    blocking: bool = False
    no_section: bool = False  # a link within the text leads to none


@dataclass(frozen=True)
class Shown:
    """A passage of a chapter that another chapter shows: which, and where; with the text, if it is not in force yet."""

    chapter: int
    name: str
    passage: str
    draft: Amendment | None = None


@dataclass(frozen=True)
class Known:
    """What a text may point at in an edition: chapters with the anchors of their sections, keywords, documents.

    A withdrawn chapter can still be referred to, but not included. `coming` are chapters, keywords and documents that
    somebody is drafting: a reference to one is right as soon as they are published together.
    """

    anchors: Mapping[str, Collection[str]] = field(default_factory=dict)
    keywords: Collection[str] = frozenset()
    documents: Collection[str] = frozenset()
    withdrawn: Collection[str] = frozenset()
    coming: Collection[str] = frozenset()
    # Every form of every keyword; None where nobody asks whether abbreviations are defined.
    forms: Collection[str] | None = None


@dataclass(frozen=True, order=True)
class Broken:
    """A reference in the text of an edition that leads nowhere: of which chapter, and to what."""

    chapter: int
    title: str
    address: str


def known_in(edition: Edition | None, *, also: Iterable[Amendment] = ()) -> Known:
    """What there is in an edition, with the amendments that are to come with the draft. Four queries, or six."""
    anchors: dict[str, set[str]] = {}
    keywords: set[str] = set()
    documents: set[str] = set()
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
        documents = set(DocumentVersion.objects.in_edition(edition).values_list("document__slug", flat=True))
    coming = {amendment.pk: amendment for amendment in also}
    slugs = dict(Amendment.objects.filter(pk__in=coming).values_list("pk", "chapter__slug")) if coming else {}
    for slug in slugs.values():
        anchors[slug] = set()
        withdrawn.discard(slug)
    for pk, anchor in (
        Section.objects.filter(amendment__in=coming).values_list("amendment_id", "anchor") if coming else ()
    ):
        anchors[slugs[pk]].add(anchor)
    return Known(anchors, keywords, documents, withdrawn)


def known_to_drafts() -> Known:
    """What a draft may point at today: what is in force, and, though not yet, what others are drafting."""
    known = known_in(Edition.objects.in_force())
    begun = (*OPEN, Status.APPROVED, Status.PUBLISHED)
    coming = {
        f"{scheme}:{slug}"
        for scheme, model, chain in (
            ("chapter", Amendment, "chapter"), ("keyword", Definition, "keyword"),
            ("document", DocumentVersion, "document"),
        )
        for slug in model._default_manager.filter(status__in=begun).values_list(f"{chain}__slug", flat=True)
    }  # fmt: skip
    meanings = Definition.objects.filter(status__in=begun).values_list("name", "also")
    forms = {form.casefold() for name, also in meanings for form in (name, *also)}
    return replace(known, coming=coming, forms=forms)


def shown_in(chapter: Chapter) -> list[Shown]:
    """Where passages of a chapter are shown: by the chapters in force, in their order, then by what is to come."""
    edition = Edition.objects.in_force()
    contents = Contents.of(edition) if edition else None
    included = StoredReference.objects.to_chapter(chapter.slug).filter(kind="include")
    headings = (
        dict(
            Section.objects.filter(amendment__entries__edition=edition, amendment__chapter=chapter)
            .exclude(anchor="")
            .values_list("anchor", "heading")
        )
        if edition
        else {}
    )

    def passage(anchor: str) -> str:
        return headings.get(anchor) or anchor or _("the whole chapter")

    found: list[Shown] = []
    if edition and contents:
        rows = (
            included.in_edition(edition).order_by("position").values_list("amendment__chapter_id", "anchor")
        )
        shown: dict[int, list[str]] = {}
        for key, anchor in rows:
            if passage(anchor) not in shown.setdefault(key, []):
                shown[key].append(passage(anchor))
        found += [
            Shown(line.chapter_id, line.name, name)
            for line in contents.lines
            for name in shown.get(line.chapter_id, ())
        ]
    still_to_come = Q(amendment__status__in=(*OPEN, Status.APPROVED)) | Q(
        amendment__edition__in=Edition.objects.scheduled()
    )
    drafts = included.filter(still_to_come).select_related("amendment__author")
    known = {(each.chapter, each.passage) for each in found}
    for reference in drafts.order_by("amendment", "position"):
        draft = reference.amendment
        place = (draft.chapter_id, passage(reference.anchor))
        if place not in known:
            known.add(place)
            found.append(Shown(draft.chapter_id, draft.title_shown, place[1], draft))
    return found


def _taken_away(amendment: Amendment) -> Iterator[Problem]:
    """Sections of the text in force that other chapters show or link to, and the draft has no longer."""
    edition = Edition.objects.in_force()
    if edition is None or amendment.based_on_id is None or not amendment.html:
        return
    slug = amendment.chapter.slug
    gone = amendment.significance == Significance.WITHDRAWN
    here = set(_ID.findall(amendment.html))
    pointing = list(
        StoredReference.objects.in_edition(edition)
        .to_chapter(slug)
        .exclude(amendment__chapter=amendment.chapter_id)
        .order_by("amendment__title", "anchor")
        .values_list("amendment__title", "anchor", "kind")
    )
    if amendment.writable and any(anchor for _title, anchor, _kind in pointing):
        # As they will be once the draft is submitted: one address may come back, another may be nobody's.
        here = set(_ID.findall(_html_of(anchored(amendment), amendment)))
    lost: dict[tuple[str, str], set[str]] = {}
    for title, anchor, kind in pointing:
        if (anchor and anchor not in here and not gone) or (gone and kind == "include"):
            lost.setdefault((anchor, kind), set()).add(f"“{title}”")
    for (anchor, kind), titles in lost.items():
        words = {"named": _(" and ").join(sorted(titles)), "anchor": anchor}
        if kind != "include":
            lead = ngettext(
                "%(named)s leads to the section “#%(anchor)s”, which readers would no longer find here. Keep it, or "
                "have what points at it changed in the same edition.",
                "%(named)s lead to the section “#%(anchor)s”, which readers would no longer find here. Keep it, or "
                "have what points at it changed in the same edition.",
                len(titles),
            )
        elif anchor:
            lead = ngettext(
                "%(named)s shows the section “#%(anchor)s”, which readers would no longer find here. Keep it, or have "
                "what points at it changed in the same edition.",
                "%(named)s show the section “#%(anchor)s”, which readers would no longer find here. Keep it, or have "
                "what points at it changed in the same edition.",
                len(titles),
            )
        else:
            lead = ngettext(
                "%(named)s shows this chapter, which readers would no longer find here. Keep it, or have what points "
                "at it changed in the same edition.",
                "%(named)s show this chapter, which readers would no longer find here. Keep it, or have what points at "
                "it changed in the same edition.",
                len(titles),
            )
        yield Problem(None, lead % words)


def _html_of(text: str, amendment: Amendment) -> str:
    try:
        return rendering.render(
            text, numbering=numbering_of(amendment), areas=Manual.objects.current().areas
        ).html
    except RenderingRefused:
        return ""


def numbering_of(amendment: Amendment) -> Literal["headings", "paragraphs"]:
    """How the sections of a draft are numbered: as it says, or else as the manual does."""
    return cast(
        "Literal['headings', 'paragraphs']", amendment.numbering or Manual.objects.current().numbering
    )


def anchored(amendment: Amendment) -> str:
    """The text of a draft with the addresses of its sections written into it, as it is submitted.

    A section whose heading is recognisably that of the text it is based on keeps the address it had there; what is
    agreed already has those that it has. A text that cannot be shown stays as it is.
    """
    before = amendment.based_on if amendment.open else None
    sections = before.sections.exclude(anchor="").exclude(heading="") if before else Section.objects.none()
    try:
        return rendering.write_anchors(
            amendment.text,
            numbering=numbering_of(amendment),
            areas=Manual.objects.current().areas,
            earlier=list(sections.order_by("position").values_list("anchor", "heading", "level", "text")),
        )
    except RenderingRefused:
        return amendment.text


def problems_of(amendment: Amendment, known: Known | None = None) -> list[Problem]:
    """All that is wrong with a draft as it is stored, against what is in force and what is being drafted."""
    known = known or known_to_drafts()

    def found_in(text: str) -> list[Problem]:
        return problems(
            text,
            slug=amendment.chapter.slug,
            title=amendment.title,
            known=known,
            numbering=numbering_of(amendment),
            areas=Manual.objects.current().areas,
        )

    found = found_in(amendment.text)
    if amendment.based_on_id and any(problem.no_section for problem in found):
        # The section may be there under the address that it gets back when the draft is submitted.
        found = found_in(anchored(amendment))
    found += _taken_away(amendment)
    found += _wrong_counterpart(amendment)
    found += _unknown_keywords(amendment, known)
    kind = amendment.chapter.kind
    if kind == Kind.LINK and not amendment.link and amendment.significance != Significance.WITHDRAWN:
        found.insert(0, Problem(None, _("It leads to an outside document, but has no address of one."), True))
    if kind == Kind.CHAPTER and not amendment.text.strip():
        found.insert(0, Problem(None, _("It has no text yet.")))
    return found


def _wrong_counterpart(amendment: Amendment) -> list[Problem]:
    """Where readers for another area are led to what says nothing for them."""
    if amendment.counterpart_id is None:
        return []
    entries = Entry.objects.filter(edition=Edition.objects.in_force(), chapter=amendment.counterpart_id)
    found = entries.values_list("amendment__title", "amendment__areas", "withdrawn_in").first()
    if found is None:
        return []
    title, areas, withdrawn_in = found
    if withdrawn_in:
        return [
            Problem(
                None,
                _("Its counterpart “%(title)s” has been withdrawn. Name another, or none.")
                % {"title": title},
            )
        ]
    if areas and not set(areas) - set(amendment.areas):
        return [
            Problem(
                None,
                _("Its counterpart “%(title)s” is for no other area than this chapter.") % {"title": title},
            )
        ]
    return []


def keywords_in(amendment: Amendment, glossary: Glossary) -> set[str]:
    """The slugs of the keywords that stand in a text as it is stored; of a form that several have, all of them."""
    pieces = amendment.sections.values_list("text", flat=True) if amendment.html else [amendment.text]
    found: set[str] = set()
    for _start, _end, each in glossary.found_in("\n".join(pieces)):
        found |= {one.slug for one in (each.meanings if isinstance(each, SharedForm) else (each,))}
    return found


def _unknown_keywords(amendment: Amendment, known: Known) -> list[Problem]:
    """What is switched off for the chapter though nobody has it in a glossary, or is writing it."""
    return [
        Problem(
            None,
            _(
                "There is no keyword “%(name)s” that could be left unexplained. Choose among those of the text again."
            )
            % {"name": slug},
            True,
        )
        for slug in amendment.keywords_off
        if slug not in known.keywords and f"keyword:{slug}" not in known.coming
    ]


def missing_from(version: Definition | DocumentVersion) -> list[str]:
    """What a keyword or a document lacks before it can be submitted, a sentence each."""
    missing = []
    if isinstance(version, Definition):
        if not version.name.strip():
            missing.append(_("The keyword has no name."))
        for other in keywords_named(version.name, besides=version.keyword_id):
            if other.status in AGREED:
                missing.append(
                    _("Another keyword is called “%(name)s” already. Give this one another name.")
                    % {"name": other.name}
                )
        if not version.meaning.strip():
            missing.append(_("Say what the keyword means."))
        elif not version.html:
            missing.append(_("The meaning cannot be shown as it is written."))
        else:
            rendered = rendering.render(version.meaning, areas=Manual.objects.current().areas)
            found = broken(rendered.references, slug="", known=known_to_drafts())
            missing += [problem.message for problem in found if problem.blocking]
    else:
        if not version.title.strip():
            missing.append(_("The document has no title."))
        if version.is_picture and not version.description.strip():
            missing.append(_("Say what the picture shows, for those who cannot see it."))
    return missing


def keywords_named(name: str, *, besides: int | None = None) -> list[Definition]:
    """Other keywords of the same name, capitals aside, as each was last published, approved or begun."""
    wanted = plain(name)
    return [other for other in _last_of_each_keyword(besides) if wanted and plain(other.name) == wanted]


def doubts(definition: Definition) -> list[str]:
    """What an editor should look at in a keyword and may leave as it is, a sentence each."""
    found = []
    others = [other for other in _last_of_each_keyword(definition.keyword_id) if other.status in AGREED]
    owners = {plain(form): other.name for other in others for form in (*other.also, other.name)}
    forms: set[str] = set()
    for form in definition.also:
        counted = plain(form)
        if counted in forms:
            found.append(_("“%(form)s” stands twice among the other forms.") % {"form": form})
        elif definition.name and covers(definition.name, form):
            found.append(
                _("“%(form)s” need not be listed: capitals and plurals of the name are found by themselves.")
                % {"form": form}
            )
        elif counted in owners:
            found.append(
                _(
                    "“%(form)s” also stands for the keyword “%(keyword)s”. Where a chapter does not write "
                    "either of the two out, readers are asked which is meant."
                )
                % {"form": form, "keyword": owners[counted]}
            )
        forms.add(counted)
    if (counted := plain(definition.name)) in owners and plain(owners[counted]) != counted:
        found.append(
            _(
                "“%(name)s” is also a form of the keyword “%(keyword)s”. Where a chapter does not write "
                "either of the two out in other words, readers are asked which is meant."
            )
            % {"name": definition.name, "keyword": owners[counted]}
        )
    return found


def _last_of_each_keyword(besides: int | None) -> list[Definition]:
    """The newest version of every other keyword that was not given up: what is published or approved counts first."""
    versions = Definition.objects.exclude(status=Status.ABANDONED).exclude(keyword=besides or 0)
    newest: dict[int, Definition] = {}
    for version in versions.defer("meaning", "html").order_by("pk"):
        before = newest.get(version.keyword_id)
        if before is None or version.status in AGREED or before.status not in AGREED:
            newest[version.keyword_id] = version
    return list(newest.values())


def questions(amendment: Amendment) -> list[str]:
    """What a so-called correction touches that could change an instruction, a question each; none for other changes."""
    before = amendment.based_on
    if amendment.significance != Significance.CORRECTION or before is None:
        return []
    asked = [_told(touch) for touch in comparison.touched(_all_words(before), _all_words(amendment))]
    for name, question in (
        ("areas", _("You changed the areas of the chapter. Is this really only a slip?")),
        ("passage_status", _("You changed the status of the chapter. Is this really only a slip?")),
        ("link", _("You changed the address of the chapter. Is this really only a slip?")),
        ("counterpart_id", _("You changed the counterpart of the chapter. Is this really only a slip?")),
    ):
        if getattr(before, name) != getattr(amendment, name):
            asked.append(question)
    return asked + _questions_beside_words(before.html, amendment.html)


def _questions_beside_words(before: str, after: str) -> list[str]:
    """What changes for a reader though no word does: where a passage applies, its force, where a link leads."""
    if not (before and after):
        return []
    old, new = _beside_words(before), _beside_words(after)
    asked = []
    for part, question in (
        (
            "areas",
            _(
                "You changed for which areas a passage of the text applies, or what belongs to such a passage. Is this "
                "really only a slip?"
            ),
        ),
        (
            "kinds",
            _(
                "You changed what a passage of the text is, such as policy or guidance, or what belongs to such a "
                "passage. Is this really only a slip?"
            ),
        ),
        (
            "included",
            _("You changed which passage of another chapter the text shows. Is this really only a slip?"),
        ),
    ):
        if old[part] != new[part]:
            asked.append(question)
    if old["links"] != new["links"]:
        gone, come = (
            Counter(one["links"]) - Counter(other["links"]) for one, other in ((old, new), (new, old))
        )
        changed = [_("“%(address)s” is gone") % {"address": address} for address in gone]
        changed += [_("“%(address)s” is new") % {"address": address} for address in come]
        asked.append(
            _("You changed where links lead: %(changed)s. Is this really only a slip?")
            % {"changed": "; ".join(changed)}
            if changed
            else _("You changed where links lead. Is this really only a slip?")
        )
    return asked


def _beside_words(html: str) -> dict[str, list[Any]]:
    """What stored HTML says beside its words, each in its order. A passage counts with how much stands in it."""
    found: dict[str, list[Any]] = {"areas": [], "kinds": [], "included": [], "links": []}
    for element in fragment_fromstring(html, create_parent="div").iter():
        classes = set((element.get("class") or "").split())
        size = sum(1 for _each in element.iter("p", "li", "dt", "dd", "tr", "pre", "figure"))
        if areas := sorted(word for word in classes if word.startswith("area-") and word not in _AREA_WORDS):
            found["areas"].append((element.tag, areas, size))
        if kinds := sorted(classes & _KINDS):
            found["kinds"].append((element.tag, kinds, size))
        address = element.get("href") or ""
        if element.tag == "a" and address and not address.startswith(("#", "keyword:")):
            parent = element.getparent()
            included = parent is not None and parent.get("class") == "include"
            found["included" if included else "links"].append(
                address.removeprefix("tel:").removeprefix("mailto:")
            )
    return found


def _told(touch: comparison.Touch) -> str:
    """“You changed “three working days” to “five working days” (timescale) … Is this really only a slip?”"""
    if touch.removed and touch.added:
        sentence = _(
            "You changed “%(removed)s” to “%(added)s” (%(kind)s), in “%(context)s”. Is this really only a slip?"
        )
    elif touch.removed:
        sentence = _("You took out “%(removed)s” (%(kind)s), in “%(context)s”. Is this really only a slip?")
    else:
        sentence = _("You put in “%(added)s” (%(kind)s), in “%(context)s”. Is this really only a slip?")
    return sentence % {
        "removed": touch.removed,
        "added": touch.added,
        "kind": gettext(touch.kind),
        "context": touch.context,
    }


# The references in texts that were read before, by kind and key of the text: each with whether it includes a passage.
Read = dict[tuple[str, int], tuple[tuple[str, bool], ...]]


def broken_in(edition: Edition, read: Read | None = None) -> frozenset[Broken]:
    """Every reference in the living text of an edition, and in its keywords, that leads nowhere. Seven queries.

    Most texts of an edition are those of the edition before: `read` carries what was read from one to the next.
    """
    read = {} if read is None else read
    known = known_in(edition)
    entries = Entry.objects.filter(edition=edition, withdrawn_in=None)
    texts = [
        (("text", amendment), chapter, title)
        for chapter, title, amendment in entries.values_list("chapter_id", "amendment__title", "amendment_id")
    ]
    unread = [key for (_kind, key), _chapter, _title in texts if ("text", key) not in read]
    if len(unread) < FEW:
        entries = entries.filter(amendment__in=unread)
    for amendment, html in entries.values_list("amendment_id", "amendment__html") if unread else ():
        read["text", amendment] = tuple(_addresses_in(html))
    for definition in Definition.objects.in_edition(edition):
        key = ("meaning", definition.pk)
        texts.append((key, -definition.keyword_id, definition.name))
        if key not in read:
            read[key] = tuple(_addresses_in(definition.html))
    return frozenset(
        Broken(chapter, title, address)
        for key, chapter, title in texts
        for address, included in read[key]
        if _leads_nowhere(address, included, known)
    )


def _addresses_in(html: str) -> Iterator[tuple[str, bool]]:
    """The references in stored HTML, which this software wrote, and whether each includes a passage."""
    for found in _STORED.finditer(html):
        yield found["address"], bool(found["include"])


def _leads_nowhere(address: str, included: bool, known: Known) -> bool:
    scheme, _colon, rest = address.partition(":")
    slug, _hash, anchor = rest.partition("#")
    if scheme == "keyword":
        return slug not in known.keywords
    if scheme == "document":
        return slug not in known.documents
    if slug not in known.anchors or (included and slug in known.withdrawn):
        return True
    return bool(anchor) and anchor not in known.anchors[slug]


def _all_words(amendment: Amendment) -> str:
    """Title and text as a reader reads them, without numbers that the software counts."""
    sections = amendment.sections.all()
    return "\n".join(
        [
            amendment.title,
            *(words for section in sections for words in (section.heading, section.text) if words),
        ]
    )


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
            return [Problem(refusal.line, str(refusal), True)]
    found = [] if title.strip() else [Problem(None, _("It has no title."), True)]
    found += [Problem(line, str(UNSETTLED), True) for line in comparison.unsettled(text)]
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    root = fragment_fromstring(rendered.html, create_parent="div")
    found += _headings(rendered, lines)
    found += _tables(root, lines)
    found += _images(root, rendered.references, known)
    found += _links(root, lines)
    found += broken(rendered.references, slug=slug, known=known)
    if known.forms is not None:
        found += _abbreviations(rendered.text, lines, known.forms)
    return sorted(found, key=lambda problem: problem.line or 0)


def broken(references: Iterable[Reference], *, slug: str, known: Known) -> Iterator[Problem]:
    """The references of a chapter's text that lead nowhere, or to the chapter itself."""
    for reference in references:
        wrong = ""
        if reference.scheme == "chapter":
            wrong = _wrong_with_chapter(reference, slug, known)
        elif reference.scheme == "keyword" and reference.slug not in known.keywords:
            wrong = _("There is no keyword “%(name)s” in this edition.") % {"name": reference.slug}
        elif reference.scheme == "document" and reference.slug not in known.documents:
            wrong = _("There is no document “%(name)s”.") % {"name": reference.slug}
        address = f"{reference.scheme}:{reference.slug}"
        if (
            wrong
            and reference.slug != slug
            and address in known.coming
            and reference.slug not in known.anchors
        ):
            yield Problem(
                reference.line,
                _(
                    "“%(name)s” is not in the manual yet. It has to be published together with this, or "
                    "before."
                )
                % {"name": reference.slug},
            )
        elif wrong:
            yield Problem(reference.line, wrong, True)


def _wrong_with_chapter(reference: Reference, slug: str, known: Known) -> str:
    to, anchor = reference.slug, reference.anchor
    if to == slug:
        words = {"to": to, "anchor": anchor}
        if anchor:
            return (
                _(
                    "The chapter refers to itself, “chapter:%(to)s”. To lead to a place in this text, write "
                    "“(#%(anchor)s)”."
                )
                % words
            )
        return _("The chapter refers to itself, “chapter:%(to)s”.") % words
    if to not in known.anchors:
        return _("There is no chapter “%(to)s” in this edition.") % {"to": to}
    if reference.kind == "include" and to in known.withdrawn:
        return _("“%(to)s” is withdrawn, so nothing can be included from it.") % {"to": to}
    if anchor and anchor not in known.anchors[to]:
        return _("The chapter “%(to)s” has no section “#%(anchor)s” in this edition.") % {
            "to": to,
            "anchor": anchor,
        }
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
                line,
                _("“%(heading)s” has one sign; the title is the only heading so high. Write “##”.")
                % {"heading": section.heading},
            )
        elif section.level > before + 1:
            yield Problem(
                line,
                _("“%(heading)s” skips a level of headings. Write it with “%(signs)s”.")
                % {"heading": section.heading, "signs": "#" * (before + 1)},
            )
        before = section.level


def _tables(root: Any, lines: Sequence[str]) -> Iterator[Problem]:
    tables = list(root.iter("table"))
    rows = [n for n, line in enumerate(lines) if "|" in line and _DELIMITER_ROW.fullmatch(line)]
    for place, table in enumerate(tables):
        if table.find("thead") is None:
            line = rows[place] if len(rows) == len(tables) else None
            yield Problem(
                line, _("A table has no words in its first row, which should say what the columns are.")
            )
    for paragraph in root.iter("p"):
        words = (paragraph.text or "").strip()
        if words.startswith("|") and words.count("|") > 1:
            yield Problem(
                _line_with(lines, words.split("\n")[0].strip()),
                _(
                    "A table without a header is not shown as one. Begin it with a row that says what the columns are, "
                    "and under that a row of “| --- |”."
                ),
            )


def _images(root: Any, references: Iterable[Reference], known: Known) -> Iterator[Problem]:
    """Where a picture has no words of its own, those of the document stand in; here others may be better."""
    described = [(image.get("alt") or "").strip() for image in root.iter("img")]
    pictures = [reference for reference in references if reference.kind == "image"]
    for words, picture in zip(described, pictures, strict=False):
        if not words:
            yield Problem(
                picture.line,
                _(
                    "The picture “%(name)s” has no description. Write what it shows between the square "
                    "brackets."
                )
                % {"name": picture.slug},
                blocking=picture.slug not in known.documents,
            )


def _links(root: Any, lines: Sequence[str]) -> Iterator[Problem]:
    ids = {element.get("id") for element in root.iter() if element.get("id")}
    for link in root.iter("a"):
        words, href = link.text_content().strip(), link.get("href")
        if href is None:
            yield Problem(
                _line_with(lines, f"[{words}]"),
                _(
                    "The link “%(words)s” leads nowhere. An address begins with https:, mailto:, tel:, "
                    "chapter:, keyword: or document:, and holds no spaces."
                )
                % {"words": words},
                True,
            )
        elif href.startswith("#") and href[1:] not in ids:
            yield Problem(
                _line_with(lines, f"({href})"),
                _("There is no section “%(href)s” in this text.") % {"href": href},
                True,
                no_section=True,
            )
        elif _BARE.fullmatch(words):
            yield Problem(
                _line_with(lines, words),
                _(
                    "The link “%(words)s” shows its bare address. Say in words where it leads: "
                    "[words](%(href)s)."
                )
                % {"words": words, "href": href},
            )


def _abbreviations(text: str, lines: Sequence[str], forms: Collection[str]) -> Iterator[Problem]:
    """Abbreviations that a reader cannot look up: no keyword has them, and no bracket here explains them."""
    for word in dict.fromkeys(_ABBREVIATION.findall(text)):
        explained = f"({word})" in text or f"{word} (" in text
        if word in _KNOWN_TO_ALL or word.casefold() in forms or explained:
            continue
        yield Problem(
            _line_with(lines, word),
            _(
                "“%(word)s” is used, but it is no keyword and is not explained. Write it out, explain it "
                "in brackets, or draft a keyword for it."
            )
            % {"word": word},
        )


def _line_with(lines: Sequence[str], words: str) -> int | None:
    return next((n for n, line in enumerate(lines, start=1) if words in line), None)
