"""What the confirmation page of an edition shows: all that readers would see of it, before anybody does."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, cast

from django.core import signing
from django.core.cache import cache
from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.safestring import SafeString

from manual import comparison, decoration
from manual.admin.composing import moment_said, record_address
from manual.admin.decisions import Changed, keyword_names
from manual.admin.paper import _apart
from manual.models import (
    Amendment,
    Chapter,
    Contents,
    Definition,
    DocumentVersion,
    Edition,
    EditionKind,
    Line,
    Manual,
    Significance,
    StoredFile,
)
from manual.models.file_kind import size_in_words
from manual.workflow import AnyVersion, Placed, Plan, Rehearsal, broken_sentence, name_of

SALT = "manual.edition.confirmation"

# Comparing texts takes a second for some ten long chapters: beyond these many characters a change is shown on its own
# page, so that the confirmation page of a big edition does not take minutes.
MOST_COMPARED = 300_000
# Tracked changes longer than this are folded.
SHORT = 6_000
HOUR = 3600

SIGNIFICANCES = {
    Significance.NEW: "New",
    Significance.AMENDED: "Updated",
    Significance.CORRECTION: "Corrections",
    Significance.WITHDRAWN: "Withdrawn",
}
ABOUT = {
    Significance.NEW: "These chapters were not in the manual.",
    Significance.AMENDED: "What these say is different from now on.",
    Significance.CORRECTION: "Slips put right. They are listed, but not marked.",
    Significance.WITHDRAWN: "These keep their address, with a notice that says so.",
}
# Of an amendment beside its text: what it is called on the page.
WORDS = {
    "title": "Title",
    "areas": "Applies in",
    "counterpart_id": "For other areas see",
    "remark": "Remark beside the title",
    "label": "Words before the entry",
    "link": "Address of the document",
    "numbering": "How sections are numbered",
    "passage_status": "Status of its passages",
    "keywords_off": "Keywords not explained",
}


# --- What was shown, in the form -----------------------------------------------------------------------------


def sealed(edition: Edition, rehearsal: Rehearsal, person: Any) -> str:
    """The plan of the page, signed: it comes back with the click on Publish, and nobody has changed it."""
    return signing.dumps(
        {"edition": edition.pk, "person": person.pk, "plan": rehearsal.plan}, salt=SALT, compress=True
    )


def opened(seal: str, edition: Edition, person: Any) -> Plan | None:
    """The plan that this person was shown of this edition; none where the form holds no such thing."""
    try:
        held = signing.loads(seal, salt=SALT)
        if held["edition"] != edition.pk or held["person"] != person.pk:
            return None
        return cast("Plan", held["plan"])
    except (signing.BadSignature, ValueError, KeyError, TypeError):
        return None


# --- One change ----------------------------------------------------------------------------------------------


@dataclass
class Shown:
    """One change of an edition, as the confirmation page shows it."""

    version: AnyVersion
    title: str
    number: str = ""
    flag: str = ""
    place: str = ""
    successor: str = ""
    words: list[Changed] = field(default_factory=list)
    counted: str = ""
    tracked: SafeString | None = None
    full: SafeString | None = None
    folded: bool = False
    elsewhere: bool = False
    same: bool = False
    files: list[tuple[str, str, str, str]] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"{self.version._meta.model_name}-{self.version.pk}"

    @property
    def name(self) -> str:
        return f"{self.number} {self.title}".strip()

    @property
    def address(self) -> str:
        return record_address(self.version)

    @property
    def whole(self) -> str:
        """Where the whole text is shown with its tracked changes."""
        return f"{self.address}?show=all#changes"

    @property
    def author(self) -> str:
        return name_of(self.version.author) if self.version.author_id else ""

    @property
    def approver(self) -> str:
        return name_of(self.version.approver) if self.version.approver_id else ""

    @property
    def agreed(self) -> str:
        return agreement_said(self.version)

    @property
    def marked(self) -> str:
        return {"new": "Readers see it marked New.", "updated": "Readers see it marked Updated."}.get(
            self.flag, "It is not marked."
        )


def agreement_said(subject: Any) -> str:
    """“Agreed by the Procedures Group on 1 June 2026, minute 7.2”; empty where nothing of it is recorded."""
    if not (subject.agreed_by or subject.agreed_on or subject.minute):
        return ""
    on = f" on {subject.agreed_on.day} {subject.agreed_on:%B %Y}" if subject.agreed_on else ""
    minute = f", minute {subject.minute}" if subject.minute else ""
    return f"Agreed by {subject.agreed_by or 'a meeting'}{on}{minute}."


@dataclass(frozen=True)
class Shift:
    """A chapter that stands elsewhere, or gets another number, in words."""

    title: str
    before: str
    after: str


# --- The page ------------------------------------------------------------------------------------------------


class Confirmation:
    """All that the page shows of a rehearsed edition."""

    def __init__(self, stored: Edition, rehearsal: Rehearsal) -> None:
        self.stored = stored
        self.rehearsal = rehearsal
        # As it was read under the lock, so that what is shown is what the plan holds.
        self.edition = rehearsal.edition
        self.left = MOST_COMPARED
        of_kind = {model: [v for v in rehearsal.versions if isinstance(v, model)] for model in KINDS}
        for model, versions in of_kind.items():
            prefetch_related_objects(versions, *KINDS[model])
        self.amendments = cast("list[Amendment]", of_kind[Amendment])
        self.definitions = cast("list[Definition]", of_kind[Definition])
        self.documents = cast("list[DocumentVersion]", of_kind[DocumentVersion])

    # --- First of all

    @property
    def title(self) -> str:
        number = f"Edition {self.rehearsal.number}" if self.rehearsal.number else "This edition"
        return f"{number}: {self.edition.name}" if self.edition.name else number

    @property
    def moment(self) -> str:
        """When it takes effect; empty for at once."""
        # The plan holds it as it was read under the lock; without one there is nothing to publish.
        planned = self.rehearsal.plan.get("moment")
        if planned is None:
            return moment_said(self.stored.effective_at) if self.stored.effective_at else ""
        return "" if planned == "now" else moment_said(datetime.fromisoformat(planned))

    @cached_property
    def summary(self) -> list[str]:
        """The edition in a few sentences."""
        kind = {
            EditionKind.ORDINARY: "ordinary",
            EditionKind.URGENT: "urgent",
            EditionKind.CORRECTION: "corrections only",
        }[EditionKind(self.edition.kind)]
        when = f"takes effect on {self.moment}" if self.moment else "takes effect when you publish it"
        number = f"Edition {self.rehearsal.number}" if self.rehearsal.number else "This edition"
        counts = Counter(amendment.significance for amendment in self.amendments)
        found = [
            _count(counts[Significance.NEW], "chapter is new", "chapters are new"),
            _count(counts[Significance.AMENDED], "chapter changes", "chapters change"),
            _count(counts[Significance.CORRECTION], "chapter is corrected", "chapters are corrected"),
            _count(counts[Significance.WITHDRAWN], "chapter is withdrawn", "chapters are withdrawn"),
            _count(_new(self.definitions), "keyword is new", "keywords are new"),
            _count(len(self.definitions) - _new(self.definitions), "keyword changes", "keywords change"),
            _count(_new(self.documents), "document is new", "documents are new"),
            _count(len(self.documents) - _new(self.documents), "document changes", "documents change"),
            _count(len(self.rehearsal.moved), "chapter moves", "chapters move"),
            _count(
                len(self.rehearsal.renumbered), "chapter gets another number", "chapters get another number"
            ),
        ]
        sentences = [f"{number}, {kind}, {when}.", _listed([words for words in found if words])]
        return [sentence for sentence in sentences if sentence]

    @property
    def follows(self) -> str:
        before = self.rehearsal.previous
        if self.rehearsal.refusal:
            return ""
        if before is None:
            return "It is the first edition of the manual."
        # As they are called now: only publication gives them their new numbers.
        moved_up = [f"{later} becomes Edition {(later.number or 0) + 1}" for later in self.rehearsal.later]
        if not moved_up:
            return f"It follows {before}."
        return f"It follows {before}, and comes before what is scheduled: {_listed(moved_up)}"

    # --- What keeps it from being published

    @cached_property
    def broken(self) -> list[tuple[str, str]]:
        """The references that it would break, a sentence each, with the page on which to see to it."""
        mine = {amendment.chapter_id: amendment for amendment in self.amendments}
        meanings = {-definition.keyword_id: definition for definition in self.definitions}
        listed = []
        for where, each in self.rehearsal.broken:
            version = mine.get(each.chapter) or meanings.get(each.chapter)
            if where == self.edition and version is not None:
                address = record_address(version)
            elif each.chapter > 0:
                address = reverse("admin:manual_chapter_change", args=[each.chapter])
            else:
                address = reverse("admin:manual_keyword_change", args=[-each.chapter])
            # As long as it is only rehearsed, the edition itself has a number that nobody knows.
            sentence = (
                f"“{each.title}” refers to “{each.address}”, which would not be there."
                if where == self.edition
                else broken_sentence(where, each)
            )
            listed.append((sentence, address))
        return listed

    # --- What would happen beside it

    @property
    def taken_out(self) -> list[tuple[str, str, str]]:
        """What goes back to its author from scheduled editions: name, who, and where it is."""
        return [
            (
                version.title_shown,
                name_of(version.author) if version.author_id else "",
                record_address(version),
            )
            for version in self.rehearsal.returned
        ]

    @cached_property
    def self_approved(self) -> list[AnyVersion]:
        return [version for version in self.rehearsal.versions if version.self_approved]

    # --- Change by change

    @cached_property
    def groups(self) -> list[tuple[str, str, list[Shown]]]:
        """New, Updated, Corrections and Withdrawn, each with its chapters in the order of the contents."""
        order = {line.chapter_id: n for n, line in enumerate(self._after.lines)} if self._after else {}
        listed = sorted(self.amendments, key=lambda each: (order.get(each.chapter_id, len(order)), each.pk))
        shown = [self._amendment(amendment) for amendment in listed]
        groups = [
            (heading, ABOUT[significance], [
                each for each in shown if cast("Amendment", each.version).significance == significance
            ])
            for significance, heading in SIGNIFICANCES.items()
        ]  # fmt: skip
        return [group for group in groups if group[2]]

    @cached_property
    def keywords(self) -> list[Shown]:
        return [
            self._definition(each) for each in sorted(self.definitions, key=lambda each: each.name.casefold())
        ]

    @cached_property
    def files(self) -> list[Shown]:
        return [
            self._document(each) for each in sorted(self.documents, key=lambda each: each.title.casefold())
        ]

    @property
    def _after(self) -> Contents | None:
        return self.rehearsal.after

    def _line(self, chapter: int | None) -> Line | None:
        return self._after.by_chapter.get(chapter) if self._after and chapter else None

    def _amendment(self, amendment: Amendment) -> Shown:
        line = self._line(amendment.chapter_id)
        before = amendment.based_on
        shown = Shown(
            amendment, amendment.title, line.number if line else "", line.flag if line else "",
            successor=self._name(amendment.successor),
        )  # fmt: skip
        if amendment.significance == Significance.NEW:
            shown.place = self._place(line)
        if before is None or amendment.significance == Significance.NEW:
            self._fill_in(shown, None, amendment.html)
            return shown
        manual = Manual.objects.current() if before.areas != amendment.areas else None
        for name, label in WORDS.items():
            old, new = getattr(before, name), getattr(amendment, name)
            if old == new:
                continue
            if name == "areas" and manual:
                old, new = (manual.area_names(areas) or "every area" for areas in (old, new))
            elif name == "counterpart_id":
                old, new = (self._name(each.counterpart) or "none" for each in (before, amendment))
            elif name == "keywords_off":
                old, new = (keyword_names(slugs) or "none" for slugs in (old, new))
            elif name in ("numbering", "passage_status"):
                old = getattr(before, f"get_{name}_display")() or "as the rest of the manual"
                new = getattr(amendment, f"get_{name}_display")() or "as the rest of the manual"
            shown.words.append(Changed(label, comparison.tracked_words(old, new)))
        self._fill_in(shown, before.html, amendment.html)
        return shown

    def _name(self, chapter: Chapter | None) -> str:
        """A chapter as the edition will name it."""
        if chapter is None:
            return ""
        line = self._line(chapter.pk)
        return line.name if line else str(chapter)

    def _place(self, line: Line | None) -> str:
        if line is None:
            return ""
        return f"Under {line.parent.name}." if line.parent else "Among the parts of the manual."

    def _definition(self, definition: Definition) -> Shown:
        before = definition.based_on
        shown = Shown(definition, definition.name)
        if before is None:
            self._fill_in(shown, None, definition.html)
            return shown
        for label, old, new in (
            ("Name", before.name, definition.name),
            ("Other forms", ", ".join(before.also), ", ".join(definition.also)),
            ("See also", ", ".join(before.see_also), ", ".join(definition.see_also)),
        ):
            if old != new:
                shown.words.append(Changed(label, comparison.tracked_words(old, new)))
        self._fill_in(shown, before.html, definition.html)
        return shown

    def _document(self, version: DocumentVersion) -> Shown:
        before = version.based_on
        shown = Shown(version, version.title)
        for word, each in (("Until now", before), ("With this edition", version)):
            if each is not None:
                size = size_in_words(self._sizes.get(each.file_id, 0))
                shown.files.append((word, each.filename, size, record_address(each)))
        if before is not None:
            shown.same = before.file_id == version.file_id
            for label, old, new in (
                ("Title", before.title, version.title),
                ("Description", before.description, version.description),
            ):
                if old != new:
                    shown.words.append(Changed(label, comparison.tracked_words(old, new)))
        return shown

    @cached_property
    def _sizes(self) -> dict[str, int]:
        """Of the files, without reading their bytes."""
        files = [each.file_id for version in self.documents for each in (version, version.based_on) if each]
        return dict(StoredFile.objects.filter(pk__in=files).values_list("pk", "size"))

    def _fill_in(self, shown: Shown, before: str | None, html: str) -> None:
        """The text of a change, as far as the page has room for it."""
        size = len(before or "") + len(html)
        if before == html:
            shown.same = True
            return
        if size > self.left:
            shown.elsewhere = True
            return
        self.left -= size
        if before is None:
            shown.full = self._ready(html, shown.anchor)
            shown.folded = len(html) > SHORT
            return
        tracked = _tracked(before, html)
        if not tracked.changed:
            shown.same = True
            return
        moved = f", {tracked.moved} moved" if tracked.moved else ""
        shown.counted = f"Words: {tracked.added} added, {tracked.removed} taken out{moved}."
        shown.tracked = self._ready(tracked.html, shown.anchor)
        shown.folded = len(tracked.html) > SHORT

    def _ready(self, html: str, anchor: str) -> SafeString:
        if self._after is not None:
            html = decoration.decorate_changes(html, self._after)
        return _apart(html, anchor)

    # --- Contents

    @cached_property
    def moved(self) -> list[Shift]:
        return [
            Shift(placed.line.title, self._stood(placed), self._stands(placed))
            for placed in self.rehearsal.moved
        ]

    @cached_property
    def renumbered(self) -> list[Shift]:
        return [
            Shift(
                placed.line.title,
                (placed.before and placed.before.number) or "no number",
                (placed.after and placed.after.number) or "no number",
            )
            for placed in self.rehearsal.renumbered
        ]

    def _stood(self, placed: Placed) -> str:
        return _where(placed.before, self.rehearsal.before)

    def _stands(self, placed: Placed) -> str:
        if placed.after is None or placed.after.gone:
            return "leaves the contents, because it was withdrawn before"
        return _where(placed.after, self._after)

    @cached_property
    def flagged(self) -> list[tuple[str, list[Line]]]:
        """What readers will see marked New and Updated in the contents of this edition."""
        groups = [
            (word, [line for line in self.rehearsal.flagged if line.flag == flag])
            for word, flag in (("New", "new"), ("Updated", "updated"))
        ]
        return [group for group in groups if group[1]]

    # --- Whom it reaches

    @cached_property
    def reaches(self) -> list[str]:
        """A sentence for each kind of reader and each place where they are told."""
        sentences = []
        manual = Manual.objects.current()
        areas: Counter[str] = Counter(manual.area_names(amendment.areas) for amendment in self.amendments)
        everywhere = areas.pop("", 0) + len(self.definitions) + len(self.documents)
        if everywhere or not areas:
            sentences.append("Everybody who reads the manual.")
        sentences += [
            f"Readers in {name}: {count} {'change' if count == 1 else 'changes'} for them alone."
            for name, count in sorted(areas.items())
        ]
        marked = sum(1 for _flag, lines in self.flagged for _line in lines)
        if marked:
            sentences.append(
                f"In the contents, {_count(marked, 'chapter is', 'chapters are')} marked New or Updated."
            )
        else:
            sentences.append("In the contents, nothing is marked New or Updated.")
        if self.rehearsal.versions:
            sentences.append("Every change stands in the list of amendments, with its note.")
        sentences.append("Nobody is e-mailed: this site sends no e-mail.")
        return sentences


KINDS: dict[type[Any], tuple[str, ...]] = {
    Amendment: ("based_on", "based_on__counterpart", "author", "approver", "successor", "counterpart"),
    Definition: ("based_on", "author", "approver"),
    DocumentVersion: ("based_on", "author", "approver", "document"),
}


def _tracked(before: str, after: str) -> comparison.Tracked:
    """Tracked changes of two frozen texts: kept for a while, as the page is shown again when something moved."""
    digest = hashlib.sha256(f"{before}\0{after}".encode()).hexdigest()
    key = f"tracked:{digest}"
    found: comparison.Tracked | None = cache.get(key)
    if found is None:
        found = comparison.tracked_changes(before, after, only_changes=True)
        cache.set(key, found, HOUR)
    return found


def _where(line: Line | None, contents: Contents | None) -> str:
    """“after 2.1 Referral, under 2 Core procedures”."""
    if line is None or contents is None:
        return ""
    siblings = line.parent.children if line.parent else contents.roots
    place = siblings.index(line)
    after = f"after {siblings[place - 1].name}" if place else "first"
    return f"{after}, under {line.parent.name}" if line.parent else f"{after}, among the parts"


def _count(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}" if n else ""


def _new(versions: Iterable[Definition | DocumentVersion]) -> int:
    """How many of them are the first of their keyword or document."""
    return sum(1 for version in versions if version.based_on_id is None)


def _listed(words: Sequence[str]) -> str:
    """“A, B and C.”"""
    if not words:
        return ""
    return f"{', '.join(words[:-1])} and {words[-1]}." if len(words) > 1 else f"{words[0]}."


# --- On record -----------------------------------------------------------------------------------------------


def versions_in(edition: Edition) -> Iterator[tuple[str, list[Shown]]]:
    """What an edition changed, or has gathered, for its record: texts, keywords and documents. Three queries."""
    lists: tuple[tuple[str, Any], ...] = (
        (
            "Texts of chapters",
            edition.amendments.select_related("chapter", "author", "approver")
            .defer("text", "html")
            .order_by("chapter__tree_id", "chapter__lft"),
        ),
        (
            "Keywords",
            edition.definitions.select_related("keyword", "author", "approver")
            .defer("meaning", "html")
            .order_by("name", "pk"),
        ),
        (
            "Documents",
            edition.documentversions.select_related("document", "author", "approver").order_by("title", "pk"),
        ),
    )
    for heading, versions in lists:
        if found := [Shown(version, version.title_shown) for version in versions]:
            yield heading, found


def numbers_changed(edition: Edition) -> list[Shift]:
    """The chapters that a published edition gave another number than the one before it. Three queries."""
    before = Edition.objects.published().filter(effective_at__lt=edition.effective_at).last()
    if before is None:
        return []
    numbers = dict(before.entries.filter(gone=False).values_list("chapter_id", "number"))
    lines = edition.entries.filter(gone=False).order_by("position")
    return [
        Shift(title, numbers[chapter] or "no number", number or "no number")
        for chapter, number, title in lines.values_list("chapter_id", "number", "amendment__title")
        if chapter in numbers and numbers[chapter] != number
    ]
