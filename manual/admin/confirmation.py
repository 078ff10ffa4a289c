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
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from manual import comparison, decoration
from manual.admin.composing import moment_said, record_address
from manual.admin.decisions import Changed, agreement_said, keyword_names
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
    Significance.NEW: gettext_lazy("New"),
    Significance.AMENDED: gettext_lazy("Updated"),
    Significance.CORRECTION: gettext_lazy("Corrections"),
    Significance.WITHDRAWN: gettext_lazy("Withdrawn"),
}
ABOUT = {
    Significance.NEW: gettext_lazy("These chapters were not in the manual."),
    Significance.AMENDED: gettext_lazy("What these say is different from now on."),
    Significance.CORRECTION: gettext_lazy("Slips put right. They are listed, but not marked."),
    Significance.WITHDRAWN: gettext_lazy("These keep their address, with a notice that says so."),
}
# Of an amendment beside its text: what it is called on the page.
WORDS = {
    "title": gettext_lazy("Title"),
    "areas": gettext_lazy("Applies in"),
    "counterpart_id": gettext_lazy("For other areas see"),
    "remark": gettext_lazy("Remark beside the title"),
    "label": gettext_lazy("Words before the entry"),
    "link": gettext_lazy("Address of the document"),
    "numbering": gettext_lazy("How sections are numbered"),
    "passage_status": gettext_lazy("Status of its passages"),
    "keywords_off": gettext_lazy("Keywords not explained"),
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
        return {"new": _("Readers see it marked New."), "updated": _("Readers see it marked Updated.")}.get(
            self.flag, "It is not marked."
        )


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
        return f"{self._called}: {self.edition.name}" if self.edition.name else self._called

    @property
    def _called(self) -> str:
        number = self.rehearsal.number
        return _("Edition %(number)s") % {"number": number} if number else _("This edition")

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
            EditionKind.ORDINARY: _("ordinary"),
            EditionKind.URGENT: _("urgent"),
            EditionKind.CORRECTION: _("corrections only"),
        }[EditionKind(self.edition.kind)]
        words = {"edition": self._called, "kind": kind, "moment": self.moment}
        first = (
            _("%(edition)s, %(kind)s, takes effect on %(moment)s.") % words
            if self.moment
            else _("%(edition)s, %(kind)s, takes effect when you publish it.") % words
        )
        counts = Counter(amendment.significance for amendment in self.amendments)
        found = (
            (
                counts[Significance.NEW],
                ngettext_lazy("%(n)s chapter is new", "%(n)s chapters are new", "n"),
            ),
            (
                counts[Significance.AMENDED],
                ngettext_lazy("%(n)s chapter changes", "%(n)s chapters change", "n"),
            ),
            (
                counts[Significance.CORRECTION],
                ngettext_lazy("%(n)s chapter is corrected", "%(n)s chapters are corrected", "n"),
            ),
            (
                counts[Significance.WITHDRAWN],
                ngettext_lazy("%(n)s chapter is withdrawn", "%(n)s chapters are withdrawn", "n"),
            ),
            (
                _new(self.definitions),
                ngettext_lazy("%(n)s keyword is new", "%(n)s keywords are new", "n"),
            ),
            (
                len(self.definitions) - _new(self.definitions),
                ngettext_lazy("%(n)s keyword changes", "%(n)s keywords change", "n"),
            ),
            (
                _new(self.documents),
                ngettext_lazy("%(n)s document is new", "%(n)s documents are new", "n"),
            ),
            (
                len(self.documents) - _new(self.documents),
                ngettext_lazy("%(n)s document changes", "%(n)s documents change", "n"),
            ),
            (
                len(self.rehearsal.moved),
                ngettext_lazy("%(n)s chapter moves", "%(n)s chapters move", "n"),
            ),
            (
                len(self.rehearsal.renumbered),
                ngettext_lazy("%(n)s chapter gets another number", "%(n)s chapters get another number", "n"),
            ),
        )
        sentences = [first, _listed([said % {"n": n} for n, said in found if n])]
        return [sentence for sentence in sentences if sentence]

    @property
    def follows(self) -> str:
        before = self.rehearsal.previous
        if self.rehearsal.refusal:
            return ""
        if before is None:
            return _("It is the first edition of the manual.")
        # As they are called now: only publication gives them their new numbers.
        moved_up = [
            _("%(later)s becomes Edition %(number)s") % {"later": later, "number": (later.number or 0) + 1}
            for later in self.rehearsal.later
        ]
        if not moved_up:
            return _("It follows %(before)s.") % {"before": before}
        return _("It follows %(before)s, and comes before what is scheduled: %(moved_up)s") % {
            "before": before,
            "moved_up": _listed(moved_up),
        }

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
                _("“%(title)s” refers to “%(address)s”, which would not be there.")
                % {"title": each.title, "address": each.address}
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
    def self_approved(self) -> list[str]:
        """The titles of what nobody but its author has seen."""
        return [version.title_shown for version in self.rehearsal.versions if version.self_approved]

    # --- Change by change

    @cached_property
    def groups(self) -> list[tuple[str, str, list[Shown]]]:
        """New, Updated, Corrections and Withdrawn, each with its chapters in the order of the contents."""
        order = {line.chapter_id: n for n, line in enumerate(self._after.lines)} if self._after else {}
        listed = sorted(self.amendments, key=lambda each: (order.get(each.chapter_id, len(order)), each.pk))
        shown = [self._amendment(amendment) for amendment in listed]
        groups = [
            (str(heading), str(ABOUT[significance]), [
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
                old, new = (manual.area_names(areas) or _("every area") for areas in (old, new))
            elif name == "counterpart_id":
                old, new = (self._name(each.counterpart) or _("none") for each in (before, amendment))
            elif name == "keywords_off":
                old, new = (keyword_names(slugs) or _("none") for slugs in (old, new))
            elif name in ("numbering", "passage_status"):
                old = getattr(before, f"get_{name}_display")() or _("as the rest of the manual")
                new = getattr(amendment, f"get_{name}_display")() or _("as the rest of the manual")
            shown.words.append(Changed(str(label), comparison.tracked_words(old, new)))
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
        return (
            _("Under %(name)s.") % {"name": line.parent.name}
            if line.parent
            else _("Among the parts of the manual.")
        )

    def _definition(self, definition: Definition) -> Shown:
        before = definition.based_on
        shown = Shown(definition, definition.name)
        if before is None:
            self._fill_in(shown, None, definition.html)
            return shown
        for label, old, new in (
            (_("Name"), before.name, definition.name),
            (_("Other forms"), ", ".join(before.also), ", ".join(definition.also)),
            (_("See also"), ", ".join(before.see_also), ", ".join(definition.see_also)),
        ):
            if old != new:
                shown.words.append(Changed(str(label), comparison.tracked_words(old, new)))
        self._fill_in(shown, before.html, definition.html)
        return shown

    def _document(self, version: DocumentVersion) -> Shown:
        before = version.based_on
        shown = Shown(version, version.title)
        for word, each in ((_("Until now"), before), (_("With this edition"), version)):
            if each is not None:
                size = size_in_words(self._sizes.get(each.file_id, 0))
                shown.files.append((word, each.filename, size, record_address(each)))
        if before is not None:
            shown.same = before.file_id == version.file_id
            for label, old, new in (
                (_("Title"), before.title, version.title),
                (_("Description"), before.description, version.description),
            ):
                if old != new:
                    shown.words.append(Changed(str(label), comparison.tracked_words(old, new)))
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
        counts = {"added": tracked.added, "removed": tracked.removed, "moved": tracked.moved}
        shown.counted = (
            _("Words: %(added)s added, %(removed)s taken out, %(moved)s moved.") % counts
            if tracked.moved
            else _("Words: %(added)s added, %(removed)s taken out.") % counts
        )
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
                (placed.before and placed.before.number) or _("no number"),
                (placed.after and placed.after.number) or _("no number"),
            )
            for placed in self.rehearsal.renumbered
        ]

    def _stood(self, placed: Placed) -> str:
        return _where(placed.before, self.rehearsal.before)

    def _stands(self, placed: Placed) -> str:
        if placed.after is None or placed.after.gone:
            return _("leaves the contents, because it was withdrawn before")
        return _where(placed.after, self._after)

    @cached_property
    def flagged(self) -> list[tuple[str, list[Line]]]:
        """What readers will see marked New and Updated in the contents of this edition."""
        groups = [
            (word, [line for line in self.rehearsal.flagged if line.flag == flag])
            for word, flag in ((_("New"), "new"), (_("Updated"), "updated"))
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
            sentences.append(_("Everybody who reads the manual."))
        sentences += [
            ngettext(
                "Readers in %(name)s: %(count)s change for them alone.",
                "Readers in %(name)s: %(count)s changes for them alone.",
                count,
            )
            % {"name": name, "count": count}
            for name, count in sorted(areas.items())
        ]
        marked = sum(1 for _flag, lines in self.flagged for _line in lines)
        if marked:
            sentences.append(
                ngettext(
                    "In the contents, %(n)s chapter is marked New or Updated.",
                    "In the contents, %(n)s chapters are marked New or Updated.",
                    marked,
                )
                % {"n": marked}
            )
        else:
            sentences.append(_("In the contents, nothing is marked New or Updated."))
        if self.rehearsal.versions:
            sentences.append(_("Every change stands in the list of amendments, with its note."))
        sentences.append(_("Nobody is e-mailed: this site sends no e-mail."))
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
    names = {
        "after": siblings[place - 1].name if place else "",
        "parent": line.parent.name if line.parent else "",
    }
    if line.parent:
        words = _("after %(after)s, under %(parent)s") if place else _("first, under %(parent)s")
    else:
        words = _("after %(after)s, among the parts") if place else _("first, among the parts")
    return words % names


def _new(versions: Iterable[Definition | DocumentVersion]) -> int:
    """How many of them are the first of their keyword or document."""
    return sum(1 for version in versions if version.based_on_id is None)


def _listed(words: Sequence[str]) -> str:
    """“A, B and C.”"""
    if not words:
        return ""
    if len(words) == 1:
        return f"{words[0]}."
    return _("%(first)s and %(last)s.") % {"first": ", ".join(words[:-1]), "last": words[-1]}


# --- On record -----------------------------------------------------------------------------------------------


def versions_in(edition: Edition) -> Iterator[tuple[str, list[Shown]]]:
    """What an edition changed, or has gathered, for its record: texts, keywords and documents. Three queries."""
    lists: tuple[tuple[str, Any], ...] = (
        (
            _("Texts of chapters"),
            edition.amendments.select_related("chapter", "author", "approver")
            .defer("text", "html")
            .order_by("chapter__tree_id", "chapter__lft"),
        ),
        (
            _("Keywords"),
            edition.definitions.select_related("keyword", "author", "approver")
            .defer("meaning", "html")
            .order_by("name", "pk"),
        ),
        (
            _("Documents"),
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
        Shift(title, numbers[chapter] or _("no number"), number or _("no number"))
        for chapter, number, title in lines.values_list("chapter_id", "number", "amendment__title")
        if chapter in numbers and numbers[chapter] != number
    ]
