"""Editions: gathered, shown before anybody reads them, published, and taken back as long as they have no effect."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manual import drafting, manifest, search
from manual.drafting import Broken
from manual.models import (
    Amendment,
    Chapter,
    Definition,
    DocumentVersion,
    Edition,
    EditionKind,
    Entry,
    Event,
    Manual,
    Place,
    Section,
    Significance,
    Status,
    manual_lock,
)
from manual.workflow.permission import (
    PUBLISH,
    Actor,
    AnyVersion,
    Moved,
    Refused,
    V,
    about,
    hold,
    name_of,
    noun,
    permit,
    record,
    said,
)

# Nobody can check an edition that a neighbour replaces at once, so nothing is rebuilt this shortly before it.
CLOSE = timedelta(minutes=1)

# What an approver decides about an edition in preparation.
EDITION_WORDS = frozenset(
    {
        "kind",
        "name",
        "notes",
        "effective_at",
        "law_stated_as_at",
        "rearranges",
        "agreed_by",
        "agreed_on",
        "minute",
    }
)

# How the timeline names them.
SAID = {
    "name": gettext_lazy("name"),
    "kind": gettext_lazy("kind"),
    "notes": gettext_lazy("notes"),
    "minute": gettext_lazy("minute"),
    "effective_at": gettext_lazy("when it takes effect"),
    "law_stated_as_at": gettext_lazy("law stated as at"),
    "rearranges": gettext_lazy("whether it takes the arrangement"),
    "agreed_by": gettext_lazy("agreed by"),
    "agreed_on": gettext_lazy("agreed on"),
}

# More names than these say less than their count.
NAMED = 12

TWICE: dict[type[AnyVersion], Any] = {
    Amendment: gettext_lazy("Two versions of the chapter “%(title)s” are on the list. Choose one."),
    Definition: gettext_lazy("Two versions of the keyword “%(title)s” are on the list. Choose one."),
    DocumentVersion: gettext_lazy("Two versions of the document “%(title)s” are on the list. Choose one."),
}
NAMED_SO: dict[type[Any], Any] = {
    Definition: gettext_lazy("the keyword “%(title)s”"),
    DocumentVersion: gettext_lazy("the document “%(title)s”"),
}

# What was shown of an edition before it was published: names of parts to what each was.
Plan = dict[str, str]


@dataclass(frozen=True)
class Publication:
    """A published edition, and what its publication took out of scheduled ones (now returned)."""

    edition: Edition
    returned: list[AnyVersion] = field(default_factory=list)
    later: list[Edition] = field(default_factory=list)
    broken: list[tuple[Edition, Broken]] = field(default_factory=list)
    # The edition before it, and what went into it, in the order given.
    previous: Edition | None = None
    versions: list[AnyVersion] = field(default_factory=list)
    plan: Plan = field(default_factory=dict)


# --- In preparation ------------------------------------------------------------------------------------------


def prepare(*, by: Actor, **words: Any) -> Edition:
    """Begin to gather an edition."""
    permit(by, PUBLISH)
    _check_edition_words(words)
    with transaction.atomic():
        edition = Edition(**words)
        _settle_kind(edition)
        edition.save()
        record("prepare", by=by, edition=edition)
        return edition


def change_edition(edition: Edition, *, by: Actor, **words: Any) -> Edition:
    """Change the name, the notes, the kind or the moment of an edition in preparation."""
    permit(by, PUBLISH)
    _check_edition_words(words)
    with transaction.atomic():
        current = _in_preparation(edition)
        changed = [name for name, value in words.items() if getattr(current, name) != value]
        for name, value in words.items():
            setattr(current, name, value)
        _settle_kind(current)
        if changed:
            current.save()
            what = ", ".join(str(SAID[name]) for name in changed)
            record("change", by=by, edition=current, what=what[:1].upper() + what[1:])
        return current


def gather(
    edition: Edition,
    *,
    by: Actor,
    amendments: Iterable[Amendment] = (),
    definitions: Iterable[Definition] = (),
    documents: Iterable[DocumentVersion] = (),
) -> Edition:
    """Put exactly these approved versions into an edition in preparation; what was in it and is not named leaves it."""
    permit(by, PUBLISH)
    with transaction.atomic():
        current = _in_preparation(edition)
        chosen: list[AnyVersion] = [
            *_approved(Amendment, amendments),
            *_approved(Definition, definitions),
            *_approved(DocumentVersion, documents),
        ]
        for version in chosen:
            if version.edition_id not in (None, current.pk):
                raise Refused(
                    _("“%(title)s” is in another edition, %(edition)s, already.")
                    % {"title": version.title_shown, "edition": version.edition}
                )
        before = [version for gathered in _versions_in(current) for version in gathered]
        out = [version for version in before if version not in chosen]
        into = [version for version in chosen if version not in before]
        for model in (Amendment, Definition, DocumentVersion):
            versions = model._default_manager
            versions.filter(pk__in=_keys(out, model)).update(edition=None)
            versions.filter(pk__in=_keys(into, model)).update(edition=current)
        if into or out:
            what = [
                _("In: %(names)s.") % {"names": _named(into)} if into else "",
                _("Out: %(names)s.") % {"names": _named(out)} if out else "",
            ]
            record("gather", by=by, edition=current, what=" ".join(words for words in what if words))
        return current


def compose(
    edition: Edition | None,
    *,
    by: Actor,
    words: Mapping[str, Any],
    amendments: Iterable[Amendment] = (),
    definitions: Iterable[Definition] = (),
    documents: Iterable[DocumentVersion] = (),
    shown: str | None = None,
) -> Edition:
    """Save the page of an edition in preparation, its words and what goes in, or begin one with them.

    `shown` is what `edition_mark` said when the page was loaded: should somebody else have saved it meanwhile, this
    raises Moved and changes nothing. None asks no such question.
    """
    permit(by, PUBLISH)
    with transaction.atomic():
        if edition is None:
            current = prepare(by=by, **words)
        else:
            current = _in_preparation(edition)
            if shown is not None and shown != edition_mark(current):
                last = current.events.filter(amendment=None, definition=None, document_version=None).last()
                raise Moved(
                    [
                        _("This edition is not as this page had it: %(who)s saved it on %(moment)s.")
                        % {"who": name_of(last.by), "moment": said(last.at)}
                        if last
                        else _("This edition is not as this page had it: it was saved elsewhere.")
                    ]
                )
            current = change_edition(current, by=by, **words)
        gathered: Edition = gather(
            current, by=by, amendments=amendments, definitions=definitions, documents=documents
        )
        return gathered


def prepare_correction(amendment: Amendment, *, by: Actor) -> Edition:
    """The edition that brings one approved correction to readers alone; the same one however often this is asked."""
    permit(by, PUBLISH)
    with transaction.atomic():
        current = Amendment.objects.select_for_update().get(pk=amendment.pk)
        if current.edition_id and current.status == Status.APPROVED and current.edition:
            # Asked for twice, or gathered by a colleague.
            gathered: Edition = current.edition
            return gathered
        if current.significance != Significance.CORRECTION:
            raise Refused(
                _("“%(title)s” is no correction. Gather it into an edition.") % {"title": current.title_shown}
            )
        if current.status != Status.APPROVED:
            raise Refused(
                _("“%(title)s” is %(status)s; only what is approved can be published.")
                % {"title": current.title_shown, "status": current.get_status_display().lower()}
            )
        edition = prepare(by=by, kind=EditionKind.CORRECTION)
        return gather(edition, by=by, amendments=[current])


def edition_mark(edition: Edition) -> str:
    """The words of an edition in preparation and what is gathered in it, as one mark that can be compared."""
    words = [str(getattr(edition, name)) for name in sorted(EDITION_WORDS - {"effective_at"})]
    moment = edition.effective_at.timestamp() if edition.effective_at else None
    keys = [sorted(versions.values_list("pk", flat=True)) for versions in _versions_in(edition)]
    return _digest(*words, str(moment), str(keys))


def give_up(edition: Edition, *, by: Actor, why: str = "") -> Edition:
    """Give up an edition in preparation. What was gathered for it stays approved."""
    permit(by, PUBLISH)
    with transaction.atomic():
        current = _in_preparation(edition)
        for versions in _versions_in(current):
            versions.update(edition=None)
        current.given_up_at = timezone.now()
        current.save()
        record("give up", by=by, edition=current, why=why.strip())
        return current


# --- Published -----------------------------------------------------------------------------------------------


def publish(
    *,
    by: Actor,
    kind: str = EditionKind.ORDINARY,
    amendments: Iterable[Amendment] = (),
    definitions: Iterable[Definition] = (),
    documents: Iterable[DocumentVersion] = (),
    rearrange: bool = False,
    effective_at: datetime | None = None,
    name: str = "",
    notes: str = "",
    law_stated_as_at: date | None = None,
    edition: Edition | None = None,
    at: datetime | None = None,
    published_at: datetime | None = None,
    seen: Plan | None = None,
    **agreement: Any,
) -> Publication:
    """Issue an edition of exactly these versions, now or at a later moment.

    `rearrange` takes the arrangement from the tree as it stands. `edition` is one in preparation whose name, notes
    and kind are kept. With `seen`, the plan that its confirmation page showed, it is published as it is stored, what
    was gathered, its moment and its arrangement; should anything have moved since, this raises Moved with what did.
    For loading what a board published long ago, `at` is the clock and `published_at` the moment that goes on record.
    All or nothing: raises Refused with what does not fit, and, for a person, with every reference elsewhere that this
    would break.
    """
    permit(by, PUBLISH)
    with manual_lock():
        contents = Contained([*amendments], [*definitions], [*documents], rearrange, effective_at)
        if edition is not None and seen is not None:
            contents = contained(edition)
        fresh = Edition(kind=kind, name=name, notes=notes, law_stated_as_at=law_stated_as_at, **agreement)
        publication = _issue(
            fresh, contents, by=by, prepared=edition, at=at, published_at=published_at, seen=seen
        )
        if publication.broken:
            raise Refused(
                _with_sentences(_("This would leave references that lead nowhere."), publication.broken)
            )
        record("publish", by=by, edition=publication.edition, at=at)
        search.index([version for version in publication.versions if isinstance(version, Amendment)])
        return publication


def unschedule(edition: Edition, *, by: Actor, why: str = "", at: datetime | None = None) -> Edition:
    """Take back an edition that has not taken effect yet: into preparation, its versions approved as before."""
    permit(by, PUBLISH)
    with manual_lock():
        now = at or timezone.now()
        edition = Edition.objects.get(pk=edition.pk)
        if not edition.published_at or not edition.effective_at:
            raise Refused(_("%(edition)s is not published.") % {"edition": edition})
        if edition.effective_at <= now:
            raise Refused(
                _("%(edition)s took effect on %(effective_at)s. Put it right with another edition.")
                % {"edition": edition, "effective_at": said(edition.effective_at)}
            )
        later = list(Edition.objects.published().filter(effective_at__gt=edition.effective_at))
        previous = Edition.objects.published().filter(effective_at__lt=edition.effective_at).last()
        amendments = list(edition.amendments.filter(status=Status.PUBLISHED))
        _check_nothing_close([edition, *later], now)
        read: drafting.Read = {}
        broken_before = _broken_in([previous, *later], read) if by is not None else {}
        for versions in _versions_in(edition):
            for version in versions.filter(status=Status.PUBLISHED):
                _take_out(version, Status.APPROVED, by=by, now=now, why=why, keep_edition=True)
        for other in (edition, *later):
            other.entries.all().delete()
        edition.places.all().delete()
        edition.number = edition.published_at = edition.published_by = None
        edition.save()
        try:
            _check_meanings(previous, later)
            _build(previous, later)
        except Refused as refusal:
            raise Refused(
                _("A later edition goes on from this one, so take that back first. %(refusal)s")
                % {"refusal": refusal}
            ) from refusal
        if by is not None and (broken := _newly_broken(later, broken_before, read)):
            raise Refused(
                _with_sentences(
                    _("A later edition refers to what only this one brings, so take that back first."), broken
                )
            )
        for other in later:
            Edition.objects.filter(pk=other.pk).update(number=models.F("number") - 1)
        search.forget(amendments)
        record("unschedule", by=by, edition=edition, why=why, at=now)
        return edition


def broken_sentence(where: Edition, broken: Broken) -> str:
    """What a reference that an edition would break says to the person who publishes."""
    words = {"title": broken.title, "address": broken.address, "edition": where}
    if where.published_at and where.number:
        return (
            _(
                "“%(title)s” refers to “%(address)s”, which would not be there (in %(edition)s, which is scheduled)."
            )
            % words
        )
    return _("“%(title)s” refers to “%(address)s”, which would not be there.") % words


def _with_sentences(first: str, broken: Sequence[tuple[Edition, Broken]]) -> str:
    return " ".join([first, *(broken_sentence(where, each) for where, each in broken[:10])])


# --- What a confirmation page shows, and whether it is still so ----------------------------------------------


@dataclass(frozen=True)
class Contained:
    """What is to go into an edition, whether it takes the arrangement, and when it takes effect (none: at once)."""

    amendments: Sequence[Amendment]
    definitions: Sequence[Definition]
    documents: Sequence[DocumentVersion]
    rearrange: bool = False
    effective_at: datetime | None = None


def contained(edition: Edition) -> Contained:
    """All that is stored of an edition in preparation; read under the lock, where it is decided upon.

    It stays so until the transaction ends: a version that somebody returns is out of it by now, or cannot be returned
    before this has been decided.
    """
    # The edition before its versions, as whoever gathers them locks the two.
    stored = Edition.objects.select_for_update().get(pk=edition.pk)
    amendments, definitions, documents = (
        list(versions.select_for_update().filter(status=Status.APPROVED).order_by("pk"))
        for versions in _versions_in(stored)
    )
    return Contained(amendments, definitions, documents, stored.rearranges, stored.effective_at)


def plan_of(edition: Edition, contents: Contained, *, now: datetime) -> Plan:
    """All that an edition's publication depends on, in a form that can be compared: made under the lock."""
    moment = contents.effective_at or now
    until = list(Edition.objects.published().filter(effective_at__lte=moment))
    later = Edition.objects.published().filter(effective_at__gt=moment)
    plan = {
        "before": f"{until[-1].number} {until[-1].stamp}" if until else "",
        "later": json.dumps([f"{other.number} {other.stamp}" for other in later]),
        "flags": json.dumps(_shown_with(edition, until, moment)),
        "versions": json.dumps(_marks(edition, contents), sort_keys=True),
        "kind": edition.kind,
        "name": edition.name,
        "notes": _digest(edition.notes),
        "law": str(edition.law_stated_as_at),
        "agreement": _digest(edition.agreed_by, str(edition.agreed_on), edition.minute),
        "moment": contents.effective_at.astimezone(UTC).isoformat() if contents.effective_at else "now",
        "rearranges": str(contents.rearrange),
        "arrangement": "",
    }
    if contents.rearrange:
        tree = Chapter.objects.in_order().values_list("pk", "parent_id", "numbered")
        plan["arrangement"] = _digest(*(str(row) for row in tree))
    return plan


MOVED = {
    "kind": gettext_lazy("The kind of this edition was changed."),
    "name": gettext_lazy("The name of this edition was changed."),
    "notes": gettext_lazy("The notes of this edition were changed."),
    "law": gettext_lazy("The day as at which the law is stated was changed."),
    "agreement": gettext_lazy("What is said about who agreed this edition was changed."),
    "moment": gettext_lazy("The moment at which this edition takes effect was changed."),
    "rearranges": gettext_lazy("Whether this edition takes the arrangement of the contents was changed."),
    "before": gettext_lazy(
        "Another edition was published or took effect meanwhile, so that this one would follow other texts."
    ),
    "later": gettext_lazy("The editions that are scheduled after this one changed."),
    "flags": gettext_lazy("What readers will see marked New or Updated is different by now."),
    "arrangement": gettext_lazy("Somebody moved or numbered chapters in the contents."),
}


def moved_since(seen: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """What is not as it was shown any more, a sentence each."""
    sentences = []
    shown, found = (json.loads(plan.get("versions") or "{}") for plan in (seen, now))
    for key in sorted({*shown, *found}, key=lambda key: (shown.get(key) or found[key])[0]):
        if key not in found:
            sentences.append(
                _("“%(title)s” is not in this edition any more: it was returned or taken out.")
                % {"title": shown[key][0]}
            )
        elif key not in shown:
            sentences.append(_("“%(title)s” was put into this edition.") % {"title": found[key][0]})
        elif shown[key] != found[key]:
            sentences.append(_("“%(title)s” was changed, or approved again.") % {"title": found[key][0]})
    moved = {part for part in MOVED if seen.get(part) != now[part]}
    if "rearranges" in moved:
        moved.discard("arrangement")
    # What only follows from the others is not worth a sentence of its own.
    if "before" in moved:
        moved.discard("later")
    if moved & {"before", "kind", "moment"}:
        moved.discard("flags")
    return sentences + [str(sentence) for part, sentence in MOVED.items() if part in moved]


def _marks(edition: Edition, contents: Contained) -> dict[str, tuple[str, str]]:
    """Of each version that is to go in or has been gathered: what it is called, and what approval made of it."""
    marks = {}
    listed: tuple[tuple[type[AnyVersion], Sequence[AnyVersion]], ...] = (
        (Amendment, contents.amendments), (Definition, contents.definitions), (DocumentVersion, contents.documents),
    )  # fmt: skip
    for model, chosen in listed:
        wanted = models.Q(pk__in=[version.pk for version in chosen])
        if edition.pk:
            wanted |= models.Q(edition=edition.pk)
        # As stored: the objects in the caller's hand may say anything.
        for version in model._default_manager.filter(wanted, status=Status.APPROVED).defer(*_long(model)):
            marks[f"{noun(version)} {version.pk}"] = (
                version.title_shown,
                _digest(
                    str(version.revision), str(version.approved_at), str(version.approver_id),
                    str(version.self_approved), str(version.edition_id),
                ),
            )  # fmt: skip
    return marks


def _shown_with(edition: Edition, until: Sequence[Edition], moment: datetime) -> list[str]:
    """The editions before this one whose changes it still flags, which changes as time passes."""
    issues = [
        manifest.Issue(str(other.pk), other.kind, other.effective_at) for other in until if other.effective_at
    ]
    return sorted(manifest.flag_window([*issues, manifest.Issue("", edition.kind, moment)]))


# --- What the verbs are made of ------------------------------------------------------------------------------


def _issue(
    fresh: Edition,
    contents: Contained,
    *,
    by: Actor,
    prepared: Edition | None = None,
    at: datetime | None = None,
    published_at: datetime | None = None,
    seen: Plan | None = None,
    rehearsing: bool = False,
) -> Publication:
    """Everything that publication does to the manual, under the lock; what it broke is for the caller to refuse."""
    now = at or timezone.now()
    effective_at = contents.effective_at or now
    edition = fresh
    if prepared is not None and prepared.pk:
        edition = Edition.objects.select_for_update().get(pk=prepared.pk)
        if edition.published_at:
            raise Refused(_("%(edition)s is published already.") % {"edition": edition})
        if edition.given_up_at:
            raise Refused(_("%(edition)s was given up.") % {"edition": edition})
    plan = plan_of(edition, contents, now=now) if rehearsing or seen is not None else {}
    # Before anything else is refused: what moved explains why it does not fit any more.
    if seen is not None and (moved := moved_since(seen, plan)):
        raise Moved(moved)
    _check_moment(effective_at, now)
    edition.rearranges = contents.rearrange
    chosen = _approved(Amendment, contents.amendments)
    meanings = _approved(Definition, contents.definitions)
    files = _approved(DocumentVersion, contents.documents)
    versions: list[AnyVersion] = [*chosen, *meanings, *files]
    _check_kind(edition, versions)
    # Before anything is put into it: what it holds counts from this moment on, not from an earlier plan's.
    edition.effective_at = effective_at
    edition.save()
    # What was gathered for it but is not on the list that was confirmed does not travel along.
    for gathered in _versions_in(edition):
        gathered.exclude(pk__in=_keys(versions, gathered.model)).update(edition=None)

    later = list(Edition.objects.published().filter(effective_at__gt=effective_at))
    previous = Edition.objects.published().filter(effective_at__lt=effective_at).last()
    _check_nothing_close(later, now)
    look_for_broken = rehearsing or by is not None
    read: drafting.Read = {}
    broken_before = _broken_in([previous, *later], read) if look_for_broken else {}
    returned = _take_out_of(later, edition, versions, by=by, now=now)
    for other in reversed(later):
        Edition.objects.filter(pk=other.pk).update(number=models.F("number") + 1)
    if contents.rearrange:
        _store_arrangement(edition)
    _put_into(edition, Amendment, chosen, by=by, now=now)
    _put_into(edition, Definition, meanings, by=by, now=now)
    _put_into(edition, DocumentVersion, files, by=by, now=now)

    _check_meanings(previous, [edition, *later])
    _build(previous, [edition, *later])
    _check_urgent_help(previous, edition)
    broken: list[tuple[Edition, Broken]] = []
    if look_for_broken:
        broken_before[edition.pk] = broken_before[previous.pk] if previous else frozenset()
        broken = _newly_broken([edition, *later], broken_before, read)
    edition.number = previous.number + 1 if previous and previous.number else 1
    edition.published_at = published_at or now
    edition.published_by = by
    edition.save()
    return Publication(edition, returned, later, broken, previous, versions, plan)


def _broken_in(editions: Iterable[Edition | None], read: drafting.Read) -> dict[int, frozenset[Broken]]:
    return {edition.pk: drafting.broken_in(edition, read) for edition in editions if edition is not None}


def _newly_broken(
    editions: Iterable[Edition], before: Mapping[int, frozenset[Broken]], read: drafting.Read
) -> list[tuple[Edition, Broken]]:
    """The references that lead nowhere in these editions and did not before, each in the first edition it is in."""
    found: list[tuple[Edition, Broken]] = []
    known: set[tuple[int, str]] = set()
    for edition in editions:
        # By chapter and address alone: a text that gets another title breaks nothing.
        were = {(each.chapter, each.address) for each in before[edition.pk]}
        for each in sorted(drafting.broken_in(edition, read)):
            place = (each.chapter, each.address)
            if place not in were and place not in known:
                known.add(place)
                found.append((edition, each))
    return found


def _check_edition_words(words: Iterable[str]) -> None:
    if unknown := set(words) - EDITION_WORDS:
        raise TypeError(f"No words of an edition: {', '.join(sorted(unknown))}")


def _settle_kind(edition: Edition) -> None:
    if edition.kind not in EditionKind.values:
        raise Refused(
            _("An edition is ordinary, urgent or of corrections, not “%(kind)s”.") % {"kind": edition.kind}
        )
    if edition.kind != EditionKind.ORDINARY and edition.rearranges:
        raise Refused(_("Only an ordinary edition rearranges the contents."))


def _in_preparation(edition: Edition) -> Edition:
    current = Edition.objects.select_for_update().get(pk=edition.pk)
    if current.published_at:
        raise Refused(
            _("%(current)s is published; unschedule it first, or put it right with another edition.")
            % {"current": current}
        )
    if current.given_up_at:
        raise Refused(_("%(current)s was given up.") % {"current": current})
    return current


def _versions_in(edition: Edition) -> Iterator[Any]:
    """What an edition carries: its amendments, definitions and document versions."""
    for model in (Amendment, Definition, DocumentVersion):
        yield model._default_manager.filter(edition=edition)


def _keys(versions: Iterable[AnyVersion], model: type[AnyVersion]) -> list[int]:
    return [version.pk for version in versions if isinstance(version, model)]


def _long(model: type[AnyVersion]) -> tuple[str, ...]:
    """What is not read where only names and states are wanted."""
    return {Amendment: ("text", "html"), Definition: ("meaning", "html")}.get(model, ("description",))


def _named(versions: Sequence[AnyVersion]) -> str:
    names = [f"“{version.title_shown}”" for version in versions[:NAMED]]
    if len(versions) > NAMED:
        names.append(_("and %(number)s more") % {"number": len(versions) - NAMED})
    return ", ".join(names)


def _digest(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode()).hexdigest()


def _check_moment(effective_at: datetime, now: datetime) -> None:
    if effective_at < now:
        raise Refused(
            _("%(effective_at)s is past. An edition takes effect now or later.")
            % {"effective_at": said(effective_at)}
        )
    current = Edition.objects.in_force(now)
    if current and current.effective_at and effective_at <= current.effective_at:
        raise Refused(
            _("%(current)s took effect on %(effective_at)s; another has to come after it.")
            % {"current": current, "effective_at": said(current.effective_at)}
        )
    minute = effective_at.replace(second=0, microsecond=0)
    beside = (
        Edition.objects.published().filter(effective_at__gte=minute, effective_at__lt=minute + CLOSE).first()
    )
    if beside and effective_at == now:
        raise Refused(
            _("%(beside)s takes effect within this very minute. Try again in the next one.")
            % {"beside": beside}
        )
    if beside:
        raise Refused(
            _("%(beside)s takes effect within the same minute, %(minute)s. Choose another.")
            % {"beside": beside, "minute": said(minute)}
        )


def _check_urgent_help(previous: Edition | None, edition: Edition) -> None:
    """The numbers that stand on every page come from a passage of the contacts chapter: no edition loses it."""
    if _has_urgent_help(previous) and not _has_urgent_help(edition):
        manual = Manual.objects.current()
        raise Refused(
            _(
                "The chapter “%(contacts)s” would lose its section “%(urgent_help)s”, whose numbers "
                "stand on every page. Keep that section, or name another in the settings of the manual "
                "first."
            )
            % {"contacts": manual.contacts, "urgent_help": manual.urgent_help}
        )


def _has_urgent_help(edition: Edition | None) -> bool:
    manual = Manual.objects.current()
    return Section.objects.filter(
        anchor=manual.urgent_help,
        amendment__entries__edition=edition,
        amendment__entries__withdrawn_in=None,
        amendment__chapter__slug=manual.contacts,
    ).exists()


def _check_nothing_close(later: Sequence[Edition], now: datetime) -> None:
    """Nothing that is about to take effect is rebuilt: it could come into force before this is done."""
    for edition in later:
        if edition.effective_at and edition.effective_at <= now + CLOSE:
            raise Refused(
                _("%(edition)s takes effect within a minute. Try again when it has.") % {"edition": edition}
            )


def _check_kind(edition: Edition, versions: Sequence[AnyVersion]) -> None:
    _settle_kind(edition)
    if edition.kind == EditionKind.CORRECTION and any(
        not isinstance(version, Amendment) or version.significance != Significance.CORRECTION
        for version in versions
    ):
        raise Refused(_("An edition of corrections holds nothing but corrections."))
    if not (versions or edition.rearranges):
        raise Refused(_("There is nothing in this edition."))


def _approved(model: type[V], versions: Iterable[V]) -> list[V]:
    """The same versions, read again under the lock and in the order given; refused unless each is approved."""
    keys = [version.pk for version in versions]
    stored: dict[int, V] = {
        version.pk: version
        # In one order, so that two who lock the same ones wait for each other.
        for version in model._default_manager.select_for_update().filter(pk__in=keys).order_by("pk")
    }
    for version in stored.values():
        if version.status != Status.APPROVED:
            raise Refused(
                _("“%(title)s” is %(status)s; only what is approved can be published.")
                % {"title": version.title_shown, "status": version.get_status_display().lower()}
            )
    if len(stored) < len(keys):
        raise Refused(_("The list names something twice, or something that is no longer there."))
    seen: set[int] = set()
    for version in stored.values():
        if version.chain_id in seen:
            raise Refused(TWICE[model] % {"title": version.title_shown})
        seen.add(version.chain_id)
    return [stored[key] for key in keys]


def _take_out_of(
    later: Sequence[Edition], edition: Edition, versions: Sequence[AnyVersion], *, by: Actor, now: datetime
) -> list[AnyVersion]:
    """What scheduled editions do to the same chapters, keywords and documents as an urgent one goes back to be
    brought up to date."""
    if edition.kind != EditionKind.URGENT or not later:
        return []
    why = _("An urgent edition changed the same text first. Bring this up to date with it.")
    out: list[AnyVersion] = []
    for model in (Amendment, Definition, DocumentVersion):
        same = [version.chain_id for version in versions if isinstance(version, model)]
        carried = model._default_manager.filter(edition__in=later, **{f"{model.CHAIN}__in": same})
        out += carried.order_by("sequence")
    for version in reversed(out):
        # An author has one open draft of a chapter. The last one, which goes on from the others, stays open; what
        # is given up keeps its text.
        hold(version.chain)
        chain = type(version)._default_manager.filter(**{version.CHAIN: version.chain_id})
        other = version.author_id is not None and chain.open().filter(author=version.author_id).exists()
        _take_out(version, Status.ABANDONED if other else Status.RETURNED, by=by, now=now, why=why)
    search.forget([version for version in out if isinstance(version, Amendment)])
    return out


def _take_out(
    version: AnyVersion, to: str, *, by: Actor, now: datetime, why: str, keep_edition: bool = False
) -> None:
    version.status, version.sequence = to, None
    if not keep_edition:
        version.edition = None
    if to != Status.APPROVED:
        version.approved_at = version.approver = None
        version.self_approved = False
    version.save()
    record(
        "take out", by=by, at=now, from_status=Status.PUBLISHED, to_status=to, why=why,
        **about(version),
    )  # fmt: skip


def _put_into(edition: Edition, model: type[V], versions: Sequence[V], *, by: Actor, now: datetime) -> None:
    chain = f"{model.CHAIN}_id"
    published = model._default_manager.filter(**{f"{chain}__in": [version.chain_id for version in versions]})
    last = dict(published.values_list(chain).annotate(models.Max("sequence")).order_by())
    for version in versions:
        version.status, version.edition = Status.PUBLISHED, edition
        version.sequence = (last[version.chain_id] or 0) + 1
    model._default_manager.bulk_update(versions, ["status", "edition", "sequence"], batch_size=100)
    Event.objects.bulk_create(
        Event(
            verb="publish", by=by, at=now, from_status=Status.APPROVED, to_status=Status.PUBLISHED,
            edition=edition, **about(version),
        )
        for version in versions
    )  # fmt: skip


def _store_arrangement(edition: Edition) -> None:
    edition.places.all().delete()
    Place.objects.bulk_create(
        Place(
            edition=edition,
            position=position,
            chapter_id=chapter.pk,
            parent_id=chapter.parent_id,
            numbered=chapter.numbered,
        )
        for position, chapter in enumerate(Chapter.objects.in_order())
    )


def _check_meanings(previous: Edition | None, editions: Sequence[Edition]) -> None:
    """Each keyword's meaning and each document's version follows the one before it."""
    for model in (Definition, DocumentVersion):
        current: dict[Any, Any] = {}
        key = f"{model.CHAIN}_id"
        if previous:
            current = dict(model.objects.in_edition(previous).values_list(key, "pk"))
        for edition in editions:
            changed = list(
                model._default_manager.filter(edition=edition).values_list(key, "pk", "based_on_id")
            )
            try:
                manifest.check_based_on(current, changed)
            except manifest.ManifestRefused as refusal:
                named: Any = model._default_manager.filter(**{key: refusal.chapter}).order_by("pk").last()
                named_so = NAMED_SO[model] % {"title": named.title_shown}
                raise Refused(_does_not_fit(edition, named_so, refusal)) from refusal
            current.update({chain: version for chain, version, _based_on in changed})


def _build(previous: Edition | None, editions: Sequence[Edition]) -> None:
    """Make the entries of editions that are not in force, each from the one before."""
    lines = _stored_lines(previous) if previous else []
    for edition in editions:
        changes = [
            manifest.Change(
                chapter=amendment.chapter_id,
                amendment=amendment.pk,
                significance=amendment.significance,
                based_on=amendment.based_on_id,
                under=amendment.under_id,
                numbered=amendment.numbered,
            )
            for amendment in edition.amendments.defer("text", "html").order_by("pk")
        ]
        arrangement = None
        if edition.rearranges:
            arrangement = [
                manifest.Spot(place.chapter_id, place.parent_id, place.numbered)
                for place in edition.places.all()
            ]
        try:
            lines = manifest.build(edition.pk, lines, changes, arrangement)
        except manifest.ManifestRefused as refusal:
            titles = (
                Amendment.objects.filter(chapter=refusal.chapter)
                .order_by("pk")
                .values_list("title", flat=True)
            )
            raise Refused(_does_not_fit(edition, f"“{titles.last()}”", refusal)) from refusal
        edition.entries.all().delete()
        Entry.objects.bulk_create(
            (
                Entry(
                    edition=edition,
                    position=position,
                    chapter_id=line.chapter,
                    parent_id=line.parent,
                    level=line.level,
                    numbered=line.numbered,
                    number=line.number,
                    amendment_id=line.amendment,
                    introduced_in_id=line.introduced_in,
                    changed_in_id=line.changed_in,
                    withdrawn_in_id=line.withdrawn_in,
                    gone=line.gone,
                )
                for position, line in enumerate(lines)
            ),
            batch_size=500,
        )
        edition.stamp = Edition._meta.get_field("stamp").get_default()
        edition.save(update_fields=["stamp"])


def _stored_lines(edition: Edition) -> list[manifest.Line]:
    return [
        manifest.Line(
            chapter=entry.chapter_id,
            parent=entry.parent_id,
            amendment=entry.amendment_id,
            introduced_in=entry.introduced_in_id,
            changed_in=entry.changed_in_id,
            withdrawn_in=entry.withdrawn_in_id,
            numbered=entry.numbered,
            gone=entry.gone,
            number=entry.number,
            level=entry.level,
        )
        for entry in edition.entries.order_by("position")
    ]


def _does_not_fit(edition: Edition, named: str, refusal: manifest.ManifestRefused) -> str:
    """Why a version cannot go into an edition; where that one is scheduled, which it is and what can be done."""
    words = {"edition": edition, "named": named, "refusal": str(refusal)}
    if not edition.published_at:
        return _("%(named)s %(refusal)s.") % words
    return (
        _(
            "In %(edition)s, which is scheduled, %(named)s %(refusal)s. Either publish this as "
            "an urgent edition, which sends that text back to its author; or take %(edition)s "
            "back first, and schedule it anew afterwards."
        )
        % words
    )
