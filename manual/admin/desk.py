"""The desk: what waits for a person, what is on its way to readers, and what has gone wrong. For texts, keywords and
documents alike, in a fixed number of queries whatever the size of the manual."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.core.cache import cache
from django.db.models import Case, Count, F, Max, OuterRef, Q, Subquery, TextField, Value, When, Window
from django.db.models.functions import Coalesce, RowNumber
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from manual import drafting
from manual.models import (
    Amendment,
    Definition,
    DocumentVersion,
    Edition,
    Entry,
    Event,
    Kind,
    Manual,
    Notice,
    OutsideLink,
    Status,
    Synonym,
)
from manual.models.edition import STATES
from manual.models.version import WRITABLE
from manual.search import recording
from manual.search.words import folded
from manual.workflow import day_said
from manual.workflow.permission import APPROVE, PIN, PUBLISH, SAY_SAME, SUBMIT

SHOWN = 10  # of each section; the rest is behind a link
RECENT = 5
LATELY = 30  # days, of what readers search for
LOOKED_THROUGH = 100  # of that, for what is not settled yet
SOON = timedelta(days=30)
BROKEN_FOR = 24 * 60 * 60  # seconds; what an edition holds never changes under one stamp

KINDS: dict[type[Any], Any] = {
    Amendment: gettext_lazy("Text"), Definition: gettext_lazy("Keyword"), DocumentVersion: gettext_lazy("Document"),
}  # fmt: skip
PLURALS = {Amendment: "texts", Definition: "keywords", DocumentVersion: "documents"}
MORE = {
    "texts": gettext_lazy("%(number)s more texts"),
    "keywords": gettext_lazy("%(number)s more keywords"),
    "documents": gettext_lazy("%(number)s more documents"),
    "editions": gettext_lazy("%(number)s more editions"),
    "chapters": gettext_lazy("%(number)s more chapters"),
    "notices": gettext_lazy("%(number)s more notices"),
    "references": gettext_lazy("%(number)s more references"),
    "links": gettext_lazy("%(number)s more links"),
    "searches": gettext_lazy("%(number)s more searches"),
}
EVENT_OF = {Amendment: "amendment", Definition: "definition", DocumentVersion: "document_version"}


@dataclass(frozen=True)
class Item:
    """A line of a section: what it is, whose, since when, and what can be done with it."""

    title: str
    address: str = ""
    kind: str = ""
    state: str = ""  # the word of its badge, and the class that gives it its sign
    state_class: str = ""
    facts: tuple[str, ...] = ()
    since: datetime | date | None = None
    since_words: str = ""
    quote: str = ""
    action: str = ""
    action_address: str = ""


@dataclass
class Section:
    """A heading of the desk with what stands under it; `empty` is what it says when there is nothing."""

    key: str
    title: str
    empty: str
    items: list[Item] = field(default_factory=list)
    total: int = 0
    lead: str = ""
    action: str = ""
    action_address: str = ""
    # The rest: (how many of what, where).
    rest: list[tuple[str, str]] = field(default_factory=list)
    warns: bool = False

    @property
    def more(self) -> int:
        return self.total - len(self.items)


@dataclass
class Desk:
    """What one person sees: `work` is for them to do, `ahead` is on its way, `problems` have to be put right."""

    work: list[Section]
    ahead: list[Section]
    problems: list[Section]
    may_do_something: bool

    @property
    def nothing_to_do(self) -> bool:
        return not any(section.total for section in self.work)

    @classmethod
    def of(cls, person: User) -> Desk:
        may = {right: person.has_perm(right) for right in (SUBMIT, APPROVE, PUBLISH, PIN)}
        sees = {noun for noun in SEES if person.has_perm(f"manual.view_{noun}")}
        now = timezone.now()
        in_force = Edition.objects.in_force(now)
        waiting = _versions(person, may)
        work: list[Section] = []
        if may[APPROVE]:
            work.append(waiting["approve"])
        if may[SUBMIT]:
            work += [waiting["returned"], waiting["drafts"]]
            if waiting["submitted"].total:
                work.append(waiting["submitted"])
        if may[APPROVE]:
            work.append(_reviews(in_force, may[APPROVE]))
        ahead: list[Section] = []
        if "edition" in sees:
            ready = waiting["ready"]
            if may[PUBLISH]:
                ready.action, ready.action_address = _first(
                    (_("Begin an edition"), "admin:manual_edition_add"),
                )
            ahead += [ready, *_editions(now)]
        if "notice" in sees:
            ahead.append(_notices(now, may[PIN]))
        problems: list[Section] = []
        if in_force and "chapter" in sees:
            problems.append(_broken(in_force))
        if "outsidelink" in sees:
            problems.append(_outside_links())
        if "searched" in sees:
            problems.append(_not_found(person.has_perm(SAY_SAME)))
        return cls(work, ahead, problems, any(may.values()) or bool(sees))


SEES = ("edition", "notice", "outsidelink", "chapter", "searched")


# --- Texts, keywords and documents ---------------------------------------------------------------------------


def _versions(person: User, may: dict[str, bool]) -> dict[str, Section]:
    """Where each open or approved version stands for this person. Four queries."""
    self_approval = Manual.objects.current().self_approval
    sections = {
        "approve": Section(
            "approve",
            _("Waiting for my approval"),
            _("Nothing waits for your approval."),
            lead=_("Written by others. Read what changed, then approve it or return it with a comment."),
        ),
        "returned": Section(
            "returned",
            _("Returned to me"),
            _("Nothing was returned to you."),
            lead=_("Somebody asks you to put something right. Change it, and submit it again."),
        ),
        "drafts": Section(
            "drafts",
            _("My drafts"),
            _("You have no drafts. Open a chapter and choose “Amend this chapter” to begin one."),
        ),
        "submitted": Section(
            "submitted",
            _("Sent for approval by me"),
            "",
            lead=_("Somebody else has to approve these."),
        ),
        "ready": Section(
            "ready",
            _("Approved, not in an edition yet"),
            _("Everything that was approved is in an edition."),
        ),
    }
    if self_approval:
        sections["approve"].lead = _("Read what changed, then approve it or return it with a comment.")
    found: dict[str, list[tuple[Any, Item]]] = {key: [] for key in sections}
    # Of each section: how many there are of each kind, and where all of them are.
    listed: dict[str, list[tuple[int, type[Any], str]]] = {key: [] for key in sections}
    for model in KINDS:
        totals: dict[str, int] = {}
        for row in _rows(model, person, may[APPROVE], self_approval):
            totals[row["section"]] = row["total"]
            item = _version_item(model, row, mine=row["author"] == person.pk, writes=may[SUBMIT])
            found[row["section"]].append((row["since"], item))
        for key, total in totals.items():
            sections[key].total += total
            listed[key].append((total, model, _list(model, key, person)))
    for key, section in sections.items():
        newest_first = key in ("drafts", "returned")
        lines = sorted(found[key], key=lambda pair: pair[0], reverse=newest_first)
        section.items = [item for _since, item in lines[:SHOWN]]
        shown = Counter(item.kind for item in section.items)
        section.rest = [
            _more(total - shown[str(KINDS[model])], PLURALS[model], address)
            for total, model, address in listed[key]
            if total > shown[str(KINDS[model])]
        ]
    return sections


def _rows(model: type[Any], person: User, approves: bool, self_approval: bool) -> Iterable[dict[str, Any]]:
    """The first few versions of every section, each with how many there are. One query."""
    waits, mine = Q(status=Status.SUBMITTED), Q(author=person)
    if approves and self_approval:
        waiting = [When(waits, then=Value("approve"))]
    elif approves:
        waiting = [When(waits & mine, then=Value("submitted")), When(waits, then=Value("approve"))]
    else:
        waiting = [When(waits & mine, then=Value("submitted"))]
    last_return = Event.objects.filter(**{EVENT_OF[model]: OuterRef("pk")}, to_status=Status.RETURNED)
    last_return = last_return.order_by("-at", "-pk")
    name = F("name") if model is Definition else F("title")
    section, writable = F("section"), Q(status__in=WRITABLE)
    rows: Iterable[dict[str, Any]] = (
        model._default_manager.order_by()
        .filter(status__in=(*WRITABLE, Status.SUBMITTED, Status.APPROVED))
        .annotate(
            section=Case(
                When(mine & Q(status=Status.RETURNED), then=Value("returned")),
                When(mine & Q(status=Status.DRAFT), then=Value("drafts")),
                When(Q(status=Status.APPROVED, edition=None), then=Value("ready")),
                *waiting,
            ),
            since=Case(
                When(
                    status=Status.RETURNED,
                    then=Coalesce(Subquery(last_return.values("at")[:1]), F("changed_at")),
                ),
                When(status=Status.SUBMITTED, then=Coalesce(F("submitted_at"), F("changed_at"))),
                When(status=Status.APPROVED, then=F("approved_at")),
                default=F("changed_at"),
            ),
            comment=Case(
                When(status=Status.RETURNED, then=Subquery(last_return.values("why")[:1])),
                default=Value("", output_field=TextField()),
            ),
        )
        .filter(section__isnull=False)
        .annotate(
            total=Window(Count("pk"), partition_by=[section]),
            place=Window(
                RowNumber(),
                partition_by=[section],
                # What one writes oneself, the last touched first; what waits for a decision, the longest first.
                order_by=[
                    Case(When(writable, then=F("since"))).desc(nulls_last=True),
                    F("since").asc(),
                    F("pk").asc(),
                ],
            ),
        )
        .filter(place__lte=SHOWN)
        .values(
            "pk", "author", "section", "since", "comment", "total", "status",
            shown=name, slug=F(f"{model.CHAIN}__slug"),
            author_first=F("author__first_name"), author_last=F("author__last_name"), author_name=F("author__username"),
            approver_first=F("approver__first_name"), approver_last=F("approver__last_name"),
            approver_name=F("approver__username"),
        )
    )  # fmt: skip
    return rows


SINCE = {
    Status.DRAFT: gettext_lazy("last changed"), Status.RETURNED: gettext_lazy("returned"),
    Status.SUBMITTED: gettext_lazy("waiting since"), Status.APPROVED: gettext_lazy("approved"),
}  # fmt: skip


def _version_item(model: type[Any], row: dict[str, Any], *, mine: bool, writes: bool) -> Item:
    record = f"admin:manual_{model._meta.model_name}"
    author = _name(row["author_first"], row["author_last"], row["author_name"])
    facts = [] if mine or not author else [_("by %(author)s") % {"author": author}]
    approver = _name(row["approver_first"], row["approver_last"], row["approver_name"])
    if approver:
        facts.append(_("approved by %(approver)s") % {"approver": approver})
    action = action_address = ""
    if mine and writes and row["status"] in WRITABLE:
        action = _("Go on writing")
        action_address = _address(f"{record}_write", row["pk"])
    status = Status(row["status"])
    return Item(
        title=row["shown"] or row["slug"],
        address=_address(f"{record}_change", row["pk"]),
        kind=str(KINDS[model]),
        facts=tuple(facts),
        since=row["since"],
        since_words=str(SINCE[status]),
        quote=row["comment"] or "",
        action=action if action_address else "",
        action_address=action_address,
    )


def _list(model: type[Any], section: str, person: User) -> str:
    """The admin's own list of what a section holds, for those that it does not show."""
    status = {"approve": Status.SUBMITTED, "ready": Status.APPROVED, "drafts": Status.DRAFT}.get(
        section, Status.RETURNED if section == "returned" else Status.SUBMITTED
    )
    address = _address(f"admin:manual_{model._meta.model_name}_changelist")
    own = f"&author__exact={person.pk}" if section in ("drafts", "returned", "submitted") else ""
    return f"{address}?status__exact={status.value}{own}" if address else ""


# --- Editions ------------------------------------------------------------------------------------------------


def _editions(now: datetime) -> list[Section]:
    """In preparation, scheduled, and the last that were published. Three queries."""
    prepared = _first_of(_counted(Edition.objects.in_preparation()))
    scheduled = _first_of(_counted(Edition.objects.scheduled(now)).order_by("effective_at"))
    recent = list(_counted(Edition.objects.effective(now)).order_by("-effective_at")[:RECENT])
    return [
        _edition_section(
            "preparation", _("Editions in preparation"), _("No edition is in preparation."), *prepared, now
        ),
        _edition_section("scheduled", _("Scheduled"), _("Nothing is scheduled."), *scheduled, now),
        _edition_section(
            "recent", _("Recently published"), _("Nothing has been published yet."), recent, len(recent), now
        ),
    ]


def _counted(editions: Any) -> Any:
    """With how many texts, keywords and documents each carries."""

    def count(model: type[Any]) -> Any:
        carried = model._default_manager.order_by().filter(edition=OuterRef("pk")).values("edition")
        return Coalesce(Subquery(carried.annotate(n=Count("pk")).values("n")), 0)

    counts = {plural: count(model) for model, plural in PLURALS.items()}
    return editions.select_related("published_by").annotate(**counts)


def _edition_section(
    key: str, title: str, empty: str, editions: Sequence[Any], total: int, now: datetime
) -> Section:
    section = Section(key, title, empty, total=total)
    newest = True
    for edition in editions:
        state, words = ("in preparation", "") if key == "preparation" else ("scheduled", _("takes effect"))
        if key == "recent":
            state = "in force" if newest else "superseded"
            words = _("in force since") if newest else _("took effect")
            newest = False
        facts = [_carries(edition), edition.get_kind_display().lower()]
        if edition.published_by:
            facts.append(_("published by %(published_by)s") % {"published_by": _person(edition.published_by)})
        name = (
            _("Edition %(number)s") % {"number": edition.number}
            if edition.number
            else edition.name or _("Without a name")
        )
        if edition.number and edition.name:
            name += f": {edition.name}"
        section.items.append(
            Item(
                title=name,
                address=_address("admin:manual_edition_change", edition.pk),
                state=str(STATES[state]),
                state_class={"in preparation": "preparation", "in force": "in-force"}.get(state, state),
                facts=tuple(facts),
                since=edition.effective_at if key != "preparation" else None,
                since_words=words,
                action=_("What readers see") if key == "recent" else "",
                action_address=edition.get_absolute_url() if key == "recent" else "",
            )
        )
    if section.more:
        section.rest = [_more(section.more, "editions", _address("admin:manual_edition_changelist"))]
    return section


def _carries(edition: Any) -> str:
    texts, keywords, documents = (getattr(edition, plural) for plural in PLURALS.values())
    counts = (
        (texts, ngettext("%(number)s text", "%(number)s texts", texts)),
        (keywords, ngettext("%(number)s keyword", "%(number)s keywords", keywords)),
        (documents, ngettext("%(number)s document", "%(number)s documents", documents)),
    )
    words = [said % {"number": f"{n:,}"} for n, said in counts if n]
    return ", ".join(words) or _("nothing in it yet")


# --- Reviews, notices ----------------------------------------------------------------------------------------


def _reviews(in_force: Edition | None, may_review: bool) -> Section:
    """Chapters that readers have, whose next review is past or near. One query."""
    section = Section(
        "reviews",
        _("Chapters whose review is due"),
        _("No review is due within 30 days."),
        lead=_(
            "Past, or within 30 days. Open a chapter to record that it was reviewed and needs no change, or amend it."
        ),
    )
    if in_force is None:
        return section
    today = timezone.localdate()
    due = (
        Entry.objects.filter(
            edition=in_force, gone=False, withdrawn_in=None, chapter__next_review__lte=today + SOON
        )
        .filter(chapter__kind__in=(Kind.CHAPTER, Kind.LINK))
        .select_related("chapter")
        .annotate(title=F("amendment__title"))
        .order_by("chapter__next_review", "position")
    )
    entries, section.total = _first_of(due)
    for entry in entries:
        chapter = entry.chapter
        overdue = chapter.next_review < today
        reviewed = (
            _("last reviewed %(last_reviewed)s") % {"last_reviewed": day_said(chapter.last_reviewed)}
            if chapter.last_reviewed
            else _("never reviewed")
        )
        section.items.append(
            Item(
                title=f"{entry.number} {entry.title}".strip(),
                address=_address("admin:manual_chapter_change", chapter.pk),
                state=_("Overdue") if overdue else _("Due soon"),
                state_class="problem" if overdue else "scheduled",
                facts=(
                    _("looked after by %(owner)s") % {"owner": chapter.owner}
                    if chapter.owner
                    else _("nobody looks after it"),
                    reviewed,
                ),
                since=chapter.next_review,
                since_words=_("review due"),
            )
        )
    if section.more:
        section.rest = [_more(section.more, "chapters", _address("admin:manual_chapter_changelist"))]
    return section


def _notices(now: datetime, may_pin: bool) -> Section:
    """What is pinned over pages at this moment. One query."""
    titles = Amendment.objects.filter(chapter=OuterRef("chapter"), status=Status.PUBLISHED)
    up = Notice.objects.up(now).select_related("pinned_by", "chapter")
    up = up.annotate(over=Subquery(titles.order_by("-sequence").values("title")[:1]))
    notices, total = _first_of(up)
    section = Section("notices", _("Notices that are up"), _("No notice is up."), total=total)
    for notice in notices:
        where = (
            _("over “%(chapter)s”") % {"chapter": notice.over or notice.chapter}
            if notice.chapter
            else _("over every page")
        )
        facts = [where] + (
            [_("put up by %(pinned_by)s") % {"pinned_by": _person(notice.pinned_by)}]
            if notice.pinned_by
            else []
        )
        section.items.append(
            Item(
                title=notice.words,
                address=_address("admin:manual_notice_change", notice.pk),
                facts=tuple(facts),
                since=notice.expires_at,
                since_words=_("until"),
            )
        )
    if may_pin:
        section.action, section.action_address = _first((_("Pin a notice"), "admin:manual_notice_add"))
    if section.more:
        section.rest = [_more(section.more, "notices", _address("admin:manual_notice_changelist"))]
    return section


# --- Problems ------------------------------------------------------------------------------------------------


def broken_references(edition: Edition) -> list[drafting.Broken]:
    """What leads nowhere in an edition, kept by its stamp: no query the second time, six the first."""
    key = f"broken-references:{edition.stamp}"
    found: list[drafting.Broken] | None = cache.get(key)
    if found is None:
        found = sorted(drafting.broken_in(edition), key=attrgetter("title", "address"))
        cache.set(key, found, BROKEN_FOR)
    return found


def _broken(in_force: Edition) -> Section:
    found = broken_references(in_force)
    section = Section(
        "broken", _("References that lead nowhere"), _("Every reference in the edition in force leads somewhere."),
        total=len(found), lead=_("Amend the text: readers who follow these find nothing."), warns=bool(found),
    )  # fmt: skip
    for broken in found[:SHOWN]:
        # A keyword is told from a chapter by its sign.
        record = "chapter" if broken.chapter > 0 else "keyword"
        section.items.append(
            Item(
                title=broken.title,
                address=_address(f"admin:manual_{record}_change", abs(broken.chapter)),
                facts=(where_to(broken.address),),
            )
        )
    if section.more:
        section.rest = [_more(section.more, "references", "")]
    return section


def where_to(address: str) -> str:
    """“refers to the section “who” of the chapter “referral”, which is not there”."""
    scheme, _colon, rest = address.partition(":")
    slug, _hash, anchor = rest.partition("#")
    words = {"name": slug, "anchor": anchor}
    if scheme == "keyword":
        return _("refers to the keyword “%(name)s”, which is not there") % words
    if scheme == "document":
        return _("refers to the document “%(name)s”, which is not there") % words
    if anchor:
        return _("refers to the section “%(anchor)s” of the chapter “%(name)s”, which is not there") % words
    return _("refers to the chapter “%(name)s”, which is not there") % words


def _outside_links() -> Section:
    """Addresses outside the manual that no longer answer. Two queries."""
    failing, total = _first_of(OutsideLink.objects.failing())
    checked_at = OutsideLink.objects.aggregate(at=Max("checked_at"))["at"]
    empty = _("Every outside link answered when it was last asked.")
    if checked_at is None:
        empty = _(
            "Outside links have not been checked yet. Whoever runs the site can have them checked every night."
        )
    section = Section(
        "outside", _("Outside links that do not answer"), empty, total=total, warns=bool(total),
        lead=_("Look whether the page has moved, and amend the texts that lead there."),
    )  # fmt: skip
    for link in failing:
        section.items.append(
            Item(
                title=link.address,
                address=_address("admin:manual_outsidelink_change", link.pk),
                facts=(link.problem.rstrip("."),),
                since=link.failing_since,
                since_words=_("since"),
            )
        )
    if section.more:
        section.rest = [_more(section.more, "links", _address("admin:manual_outsidelink_changelist"))]
    return section


def _not_found(may_say_same: bool) -> Section:
    """What readers searched for in vain of late, without what editors have found other words for. Three queries."""
    not_found = recording.not_found(LATELY)
    section = Section(
        "not-found", _("Searched for and not found"), _("Whatever readers searched for in the last 30 days was found."),
        lead=_("By readers, in the last 30 days. Perhaps the manual has it under another name."),
        action=_("What readers look for"), action_address=_address("admin:manual_searched_changelist"),
    )  # fmt: skip
    first = list(not_found[:LOOKED_THROUGH])
    if not first:
        if not Manual.objects.current().keep_searches:
            section.empty = _("Searches are not counted. An administrator can change that in the settings.")
        return section
    said = {
        folded(form) for forms in Synonym.objects.live().values_list("forms", flat=True) for form in forms
    }
    rows = [row for row in first if row["words"] not in said]
    section.total = not_found.count() - (len(first) - len(rows))
    add = _address("admin:manual_synonym_add") if may_say_same else ""
    for row in rows[:RECENT]:
        words, times = recording.written(row["words"]), row["missed"]
        section.items.append(
            Item(
                title=words,
                facts=(ngettext("%(number)s time", "%(number)s times", times) % {"number": f"{times:,}"},),
                since=row["last"],
                since_words=_("last on"),
                action=_("Make a synonym") if add else "",
                action_address=f"{add}?{urlencode({'words': words})}" if add else "",
            )
        )
    if not rows:
        section.empty = _(
            "For whatever was searched for in vain in the last 30 days there are other words by now."
        )
    if section.items and section.more:
        address = f"{section.action_address}?days={LATELY}" if section.action_address else ""
        section.rest = [_more(section.more, "searches", address)]
    return section


# --- Words ---------------------------------------------------------------------------------------------------


def _first_of(queryset: Any) -> tuple[list[Any], int]:
    """The first few, and how many there are. One query."""
    found = list(queryset.annotate(counted=Window(Count("pk")))[:SHOWN])
    return found, found[0].counted if found else 0


def _more(number: int, of: str, address: str) -> tuple[str, str]:
    """“1,204 more texts”, and where they are."""
    return MORE[of] % {"number": f"{number:,}"}, address


def _address(name: str, *args: Any) -> str:
    """Empty where there is no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def _first(*named: tuple[str, str]) -> tuple[str, str]:
    """The first action whose page there is."""
    return next(((words, address) for words, name in named if (address := _address(name))), ("", ""))


def _name(first: str | None, last: str | None, username: str | None) -> str:
    return f"{first or ''} {last or ''}".strip() or username or ""


def _person(person: User) -> str:
    return _name(person.first_name, person.last_name, person.username)
