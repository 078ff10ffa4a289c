"""The verbs: everything that changes what readers will read, each with a named actor. The only writer of status.

`by` is the person who decides; None stands for the command that loads content which a board agreed elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils import timezone

from manual import manifest, search
from manual.models import (
    Amendment,
    Chapter,
    Definition,
    Edition,
    EditionKind,
    Entry,
    Event,
    Keyword,
    Manual,
    Place,
    Section,
    Significance,
    Status,
    manual_lock,
)

Actor = User | None
Version = TypeVar("Version", Amendment, Definition)

# (from, to): the permission it takes. What is not here is refused.
TRANSITIONS: dict[tuple[str, str], str] = {
    (Status.DRAFT, Status.SUBMITTED): "manual.submit_amendment",
    (Status.RETURNED, Status.SUBMITTED): "manual.submit_amendment",
    (Status.DRAFT, Status.ABANDONED): "manual.submit_amendment",
    (Status.RETURNED, Status.ABANDONED): "manual.submit_amendment",
    (Status.SUBMITTED, Status.DRAFT): "manual.submit_amendment",
    (Status.SUBMITTED, Status.RETURNED): "manual.approve_amendment",
    (Status.SUBMITTED, Status.APPROVED): "manual.approve_amendment",
    (Status.APPROVED, Status.RETURNED): "manual.approve_amendment",
    (Status.APPROVED, Status.PUBLISHED): "manual.publish_edition",
    (Status.PUBLISHED, Status.APPROVED): "manual.publish_edition",
    (Status.PUBLISHED, Status.RETURNED): "manual.publish_edition",
    (Status.PUBLISHED, Status.ABANDONED): "manual.publish_edition",
}

# Nobody can check an edition that a neighbour replaces at once, so nothing is rebuilt this shortly before it.
CLOSE = timedelta(minutes=1)


# What an editor decides about an amendment; the rest is for the verbs.
WORDS = frozenset(
    {"significance", "based_on", "title", "text", "areas", "remark", "label", "link", "numbering", "passage_status",
     "under", "numbered", "successor", "note"}
)  # fmt: skip


class Refused(Exception):
    """A verb that cannot be done; a sentence for the person who asked."""


class NotPermitted(Refused):
    """The person may not do this."""


@dataclass(frozen=True)
class Publication:
    """A published edition, and what its publication took out of scheduled ones (now returned)."""

    edition: Edition
    returned: list[Amendment | Definition] = field(default_factory=list)


# --- Amendments --------------------------------------------------------------------------------------------


def draft(chapter: Chapter, *, by: Actor, **words: Any) -> Amendment:
    """Begin an amendment of a chapter, from the text in force; `words` are its fields as the editor has them."""
    _permit(by, "manual.submit_amendment")
    _check_words(words)
    with transaction.atomic():
        _check_no_open_draft(chapter, by)
        if "based_on" not in words:
            words["based_on"] = _amendment_in_force(chapter)
        based_on = words["based_on"]
        if based_on and "title" not in words:
            for name in ("title", "text", "areas", "remark", "label", "link", "numbering", "passage_status"):
                words.setdefault(name, getattr(based_on, name))
        if "significance" not in words:
            gone = based_on is None or based_on.significance == Significance.WITHDRAWN
            words["significance"] = Significance.NEW if gone else Significance.AMENDED
        if words["significance"] == Significance.NEW and "under" not in words:
            words["under"], words["numbered"] = chapter.parent, chapter.numbered
        amendment = Amendment(chapter=chapter, author=by, **words)
        amendment.save()
        _record("draft", by=by, amendment=amendment, to_status=Status.DRAFT)
        return amendment


def revise(amendment: Amendment, *, by: Actor, **words: Any) -> Amendment:
    """Change the words of an amendment that is a draft or was returned. Only its author does, so that whoever
    approves it has not written it."""
    _permit(by, "manual.submit_amendment")
    _check_words(words)
    with transaction.atomic():
        current = Amendment.objects.select_for_update().get(pk=amendment.pk)
        _take_up(current, by)
        if current.status not in (Status.DRAFT, Status.RETURNED):
            raise Refused(
                f"«{current.title}» is {current.get_status_display().lower()}; it cannot be changed now."
            )
        for name, value in words.items():
            setattr(current, name, value)
        current.save()
        _record("revise", by=by, amendment=current, from_status=current.status, to_status=current.status)
        return current


def submit(amendment: Amendment, *, by: Actor) -> Amendment:
    """Ask for approval."""
    return _move(amendment, Status.SUBMITTED, by=by, verb="submit", submitted_at=timezone.now())


def take_back(amendment: Amendment, *, by: Actor) -> Amendment:
    """Make what was submitted a draft again, to go on writing."""
    return _move(amendment, Status.DRAFT, by=by, verb="take back", submitted_at=None)


def return_to_author(amendment: Amendment, *, by: Actor, why: str) -> Amendment:
    """Send it back with a comment; also what was approved already, as long as no edition carries it."""
    return _move(
        amendment, Status.RETURNED, by=by, verb="return", why=why,
        approved_at=None, approver=None, self_approved=False, edition=None,
    )  # fmt: skip


def approve(amendment: Amendment, *, by: Actor, self_approval: bool = False) -> Amendment:
    """Agree to the text, which is frozen from now on. The author cannot, unless the board allows self-approval."""
    # As stored: the object in the caller's hand may say anything.
    author = Amendment.objects.values_list("author", flat=True).get(pk=amendment.pk)
    own = by is not None and author == by.pk
    if own and not self_approval:
        raise NotPermitted("Somebody else has to approve this: nobody publishes alone.")
    return _move(
        amendment, Status.APPROVED, by=by, verb="approve",
        approved_at=timezone.now(), approver=by, self_approved=own,
    )  # fmt: skip


def abandon(amendment: Amendment, *, by: Actor, why: str = "") -> Amendment:
    """Give a draft up: one's own, or as an approver anybody's. Its text is kept."""
    return _move(amendment, Status.ABANDONED, by=by, verb="abandon", why=why)


def record_agreed(chapter: Chapter, *, approved_at: datetime, **words: Any) -> Amendment:
    """An amendment that was agreed before it came here, ready to be published: for loading content."""
    with transaction.atomic():
        amendment = Amendment(chapter=chapter, status=Status.APPROVED, approved_at=approved_at, **words)
        amendment.save()
        return amendment


def record_agreed_definition(keyword: Keyword, *, approved_at: datetime, **words: Any) -> Definition:
    """A definition that was agreed before it came here, ready to be published."""
    definition = Definition(keyword=keyword, status=Status.APPROVED, approved_at=approved_at, **words)
    definition.save()
    return definition


def rerender(progress: Callable[[int, int], None] | None = None) -> int:
    """Make stored HTML and sections anew where an older renderer or other settings made them; how many texts.

    The text itself stays as it was approved. Readers are served throughout: an amendment at a time.
    """
    texts, meanings = Amendment.objects.stale(), Definition.objects.stale()
    total = len(texts) + len(meanings)
    for done, key in enumerate(texts, start=1):
        with transaction.atomic():
            amendment = Amendment.objects.select_for_update().get(pk=key)
            amendment.save(update_fields=["html", "rendered_with"])
            if amendment.status == Status.PUBLISHED:
                search.index([amendment])
        if progress:
            progress(done, total)
    for done, key in enumerate(meanings, start=len(texts) + 1):
        with transaction.atomic():
            Definition.objects.select_for_update().get(pk=key).save(update_fields=["html", "rendered_with"])
        if progress:
            progress(done, total)
    return total


# --- The tree ----------------------------------------------------------------------------------------------


def move(chapter: Chapter, *, by: Actor, under: Chapter | None = None, after: Chapter | None = None) -> None:
    """Change where a chapter stands for editors. Readers see it when an ordinary edition takes the arrangement."""
    _permit(by, "manual.change_chapter")
    with manual_lock():
        chapter.move(under=under, after=after)
        where = (
            f"after {after.slug}" if after else f"first under {under.slug}" if under else "first of the parts"
        )
        _record("move", by=by, chapter=chapter, why=where)


# --- Editions ----------------------------------------------------------------------------------------------


def publish(
    *,
    by: Actor,
    kind: str = EditionKind.ORDINARY,
    amendments: Iterable[Amendment] = (),
    definitions: Iterable[Definition] = (),
    rearrange: bool = False,
    effective_at: datetime | None = None,
    name: str = "",
    notes: str = "",
    law_stated_as_at: date | None = None,
    edition: Edition | None = None,
    at: datetime | None = None,
    published_at: datetime | None = None,
) -> Publication:
    """Issue an edition of exactly these amendments and definitions, now or at a later moment.

    `rearrange` takes the arrangement from the tree as it stands. `edition` is one in preparation whose name, notes
    and kind are kept. For loading what a board published long ago, `at` is the clock and `published_at` the moment
    that goes on record. All or nothing: raises Refused with what does not fit.
    """
    _permit(by, "manual.publish_edition")
    with manual_lock():
        now = at or timezone.now()
        effective_at = effective_at or now
        _check_moment(effective_at, now)
        edition = edition or Edition(kind=kind, name=name, notes=notes, law_stated_as_at=law_stated_as_at)
        if edition.pk:
            edition = Edition.objects.select_for_update().get(pk=edition.pk)
            if edition.published_at:
                raise Refused(f"{edition} is published already.")
        edition.rearranges = rearrange
        chosen = _approved(Amendment, amendments)
        meanings = _approved(Definition, definitions)
        _check_kind(edition, chosen, meanings)
        # Before anything is put into it: what it holds counts from this moment on, not from an earlier plan's.
        edition.effective_at = effective_at
        edition.save()
        # What was gathered for it but is not on the list that was confirmed does not travel along.
        edition.amendments.exclude(pk__in=[amendment.pk for amendment in chosen]).update(edition=None)
        edition.definitions.exclude(pk__in=[definition.pk for definition in meanings]).update(edition=None)

        later = list(Edition.objects.published().filter(effective_at__gt=effective_at))
        _check_nothing_close(later, now)
        returned = _take_out_of(later, edition, chosen, meanings, by=by, now=now)
        for other in reversed(later):
            Edition.objects.filter(pk=other.pk).update(number=models.F("number") + 1)
        if rearrange:
            _store_arrangement(edition)
        _put_into(edition, Amendment, chosen, by=by, now=now)
        _put_into(edition, Definition, meanings, by=by, now=now)

        previous = Edition.objects.published().filter(effective_at__lt=effective_at).last()
        _check_meanings(previous, [edition, *later])
        _build(previous, [edition, *later])
        _check_urgent_help(previous, edition)
        edition.number = previous.number + 1 if previous and previous.number else 1
        edition.published_at = published_at or now
        edition.published_by = by
        edition.save()
        _record("publish", by=by, edition=edition, at=now)
        search.index(chosen)
        return Publication(edition, returned)


def unschedule(edition: Edition, *, by: Actor, why: str = "", at: datetime | None = None) -> Edition:
    """Take back an edition that has not taken effect yet: into preparation, its amendments approved as before."""
    _permit(by, "manual.publish_edition")
    with manual_lock():
        now = at or timezone.now()
        edition = Edition.objects.get(pk=edition.pk)
        if not edition.published_at or not edition.effective_at:
            raise Refused(f"{edition} is not published.")
        if edition.effective_at <= now:
            raise Refused(
                f"{edition} took effect on {_moment(edition.effective_at)}. Put it right with another edition."
            )
        later = list(Edition.objects.published().filter(effective_at__gt=edition.effective_at))
        previous = Edition.objects.published().filter(effective_at__lt=edition.effective_at).last()
        amendments = list(edition.amendments.filter(status=Status.PUBLISHED))
        _check_nothing_close([edition, *later], now)
        for version in (*amendments, *edition.definitions.filter(status=Status.PUBLISHED)):
            _take_out(version, Status.APPROVED, by=by, now=now, why=why, keep_edition=True)
        for other in (edition, *later):
            other.entries.all().delete()
        edition.places.all().delete()
        edition.number = edition.published_at = edition.published_by = None
        edition.save()
        _check_meanings(previous, later)
        _build(previous, later)
        for other in later:
            Edition.objects.filter(pk=other.pk).update(number=models.F("number") - 1)
        search.forget(amendments)
        _record("unschedule", by=by, edition=edition, why=why, at=now)
        return edition


# --- What the verbs are made of ----------------------------------------------------------------------------


def _permit(by: Actor, permission: str) -> None:
    if by is None:
        return
    if not by.is_active or not by.has_perm(permission):
        raise NotPermitted("You do not have the permission to do this. Ask an administrator of the manual.")


def _check_words(words: Iterable[str]) -> None:
    if unknown := set(words) - WORDS:
        raise TypeError(f"No words of an amendment: {', '.join(sorted(unknown))}")


def _take_up(amendment: Amendment, by: Actor) -> None:
    """Only its author goes on with a draft; what nobody wrote here gets the first who takes it up as its author."""
    if by is None or amendment.author_id == by.pk:
        return
    if amendment.author_id is None:
        _check_no_open_draft(amendment.chapter, by)
        amendment.author = by
    else:
        raise NotPermitted(
            f"«{amendment.title}» is somebody else's draft. Ask its author, or begin one of your own."
        )


def _check_no_open_draft(chapter: Chapter, author: Actor) -> None:
    if author is not None and chapter.amendments.open().filter(author=author).exists():
        raise Refused(
            f"There is an open draft of «{chapter}» by the same author already. Finish or abandon it first."
        )


def _record(verb: str, *, by: Actor, at: datetime | None = None, **about: Any) -> None:
    Event.objects.create(verb=verb, by=by, at=at or timezone.now(), **about)


def _move(amendment: Amendment, to: str, *, by: Actor, verb: str, why: str = "", **fields: Any) -> Amendment:
    with transaction.atomic():
        current = Amendment.objects.select_for_update().get(pk=amendment.pk)
        permission = TRANSITIONS.get((current.status, to))
        if permission is None or current.status == Status.PUBLISHED or to == Status.PUBLISHED:
            raise Refused(
                f"«{current.title}» is {current.get_status_display().lower()}, so it cannot become "
                f"{Status(to).label.lower()} now."
            )
        _permit(by, permission)
        if to in (Status.SUBMITTED, Status.DRAFT):
            _take_up(current, by)
        if to == Status.ABANDONED and by is not None and current.author_id not in (None, by.pk):
            _permit(by, "manual.approve_amendment")
        if to == Status.SUBMITTED and not current.note.strip():
            raise Refused("Say what changed and why: readers see this note beside the change.")
        if current.status == Status.APPROVED:
            _check_no_open_draft(current.chapter, current.author)
        before, current.status = current.status, to
        for name, value in fields.items():
            setattr(current, name, value)
        current.save()
        _record(verb, by=by, amendment=current, from_status=before, to_status=to, why=why)
    for name in ("status", *fields):
        setattr(amendment, name, getattr(current, name))
    return amendment


def _amendment_in_force(chapter: Chapter) -> Amendment | None:
    edition = Edition.objects.in_force()
    entry = (
        edition and Entry.objects.filter(edition=edition, chapter=chapter).select_related("amendment").first()
    )
    return entry.amendment if entry else None


def _check_moment(effective_at: datetime, now: datetime) -> None:
    if effective_at < now:
        raise Refused(f"{_moment(effective_at)} is past. An edition takes effect now or later.")
    current = Edition.objects.in_force(now)
    if current and current.effective_at and effective_at <= current.effective_at:
        raise Refused(
            f"{current} took effect on {_moment(current.effective_at)}; another has to come after it."
        )
    minute = effective_at.replace(second=0, microsecond=0)
    beside = (
        Edition.objects.published().filter(effective_at__gte=minute, effective_at__lt=minute + CLOSE).first()
    )
    if beside:
        raise Refused(f"{beside} takes effect within the same minute, {_moment(minute)}. Choose another.")


def _check_urgent_help(previous: Edition | None, edition: Edition) -> None:
    """The numbers that stand on every page come from a passage of the contacts chapter: no edition loses it."""
    if _has_urgent_help(previous) and not _has_urgent_help(edition):
        manual = Manual.objects.current()
        raise Refused(
            f"The chapter «{manual.contacts}» would lose its section «{manual.urgent_help}», whose numbers stand on "
            "every page. Keep that section, or name another in the settings of the manual first."
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
            raise Refused(f"{edition} takes effect within a minute. Try again when it has.")


def _check_kind(edition: Edition, amendments: Sequence[Amendment], definitions: Sequence[Definition]) -> None:
    if edition.kind != EditionKind.ORDINARY and edition.rearranges:
        raise Refused("Only an ordinary edition rearranges the contents.")
    if edition.kind == EditionKind.CORRECTION and (
        definitions or any(amendment.significance != Significance.CORRECTION for amendment in amendments)
    ):
        raise Refused("An edition of corrections holds nothing but corrections.")
    if not (amendments or definitions or edition.rearranges):
        raise Refused("There is nothing in this edition.")


def _approved(model: type[Version], versions: Iterable[Version]) -> list[Version]:
    """The same versions, read again under the lock and in the order given; refused unless each is approved."""
    keys = [version.pk for version in versions]
    stored = {
        version.pk: version for version in model._default_manager.select_for_update().filter(pk__in=keys)
    }
    for version in stored.values():
        if version.status != Status.APPROVED:
            raise Refused(
                f"«{version}» is {version.get_status_display().lower()}; only what is approved can be published."
            )
    if len(stored) < len(keys):
        raise Refused("The list names something twice, or something that is no longer there.")
    chain = "chapter" if model is Amendment else "keyword"
    seen: set[int] = set()
    for version in stored.values():
        if getattr(version, f"{chain}_id") in seen:
            raise Refused(
                f"Two versions of the {chain} «{getattr(version, chain)}» are on the list. Choose one."
            )
        seen.add(getattr(version, f"{chain}_id"))
    return [stored[key] for key in keys]


def _take_out_of(
    later: Sequence[Edition],
    edition: Edition,
    amendments: Sequence[Amendment],
    definitions: Sequence[Definition],
    *,
    by: Actor,
    now: datetime,
) -> list[Amendment | Definition]:
    """What scheduled editions do to the chapters and keywords of an urgent one goes back to be brought up to date."""
    if edition.kind != EditionKind.URGENT or not later:
        return []
    why = "An urgent edition changed the same text first. Bring this up to date with it."
    out: list[Amendment | Definition] = [
        *Amendment.objects.filter(edition__in=later, chapter__in=[a.chapter_id for a in amendments]).order_by(
            "sequence"
        ),
        *Definition.objects.filter(edition__in=later, keyword__in=[d.keyword_id for d in definitions]),
    ]
    for version in reversed(out):
        # An author has one open draft of a chapter. The last one, which goes on from the others, stays open; what
        # is given up keeps its text.
        other = isinstance(version, Amendment) and version.author_id is not None and (
            version.chapter.amendments.open().filter(author=version.author_id).exists()
        )  # fmt: skip
        _take_out(version, Status.ABANDONED if other else Status.RETURNED, by=by, now=now, why=why)
    search.forget([version for version in out if isinstance(version, Amendment)])
    return out


def _take_out(
    version: Amendment | Definition,
    to: str,
    *,
    by: Actor,
    now: datetime,
    why: str,
    keep_edition: bool = False,
) -> None:
    version.status, version.sequence = to, None
    if not keep_edition:
        version.edition = None
    if to != Status.APPROVED:
        version.approved_at = version.approver = None
        version.self_approved = False
    version.save()
    _record(
        "take out",
        by=by,
        at=now,
        from_status=Status.PUBLISHED,
        to_status=to,
        why=why,
        **{_noun(version): version},
    )


def _put_into(
    edition: Edition, model: type[Version], versions: Sequence[Version], *, by: Actor, now: datetime
) -> None:
    chain = "chapter_id" if model is Amendment else "keyword_id"
    published = model._default_manager.filter(
        **{f"{chain}__in": [getattr(version, chain) for version in versions]}
    )
    last = dict(published.values_list(chain).annotate(models.Max("sequence")).order_by())
    for version in versions:
        version.status, version.edition = Status.PUBLISHED, edition
        version.sequence = (last[getattr(version, chain)] or 0) + 1
    model._default_manager.bulk_update(versions, ["status", "edition", "sequence"], batch_size=100)
    Event.objects.bulk_create(
        Event(
            verb="publish", by=by, at=now, from_status=Status.APPROVED, to_status=Status.PUBLISHED,
            edition=edition, **{_noun(version): version},
        )
        for version in versions
    )  # fmt: skip


def _noun(version: Amendment | Definition) -> str:
    return "amendment" if isinstance(version, Amendment) else "definition"


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
    current: dict[Any, Any] = {}
    if previous:
        current = dict(Definition.objects.in_edition(previous).values_list("keyword_id", "pk"))
    for edition in editions:
        changed = list(edition.definitions.values_list("keyword_id", "pk", "based_on_id"))
        try:
            manifest.check_based_on(current, changed)
        except manifest.ManifestRefused as refusal:
            keyword = Keyword.objects.get(pk=refusal.chapter)
            raise Refused(f"{_of(edition)}the keyword «{keyword}» {refusal}.") from refusal
        current.update({keyword: version for keyword, version, _based_on in changed})


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
            chapter = Chapter.objects.get(pk=refusal.chapter)
            raise Refused(f"{_of(edition)}«{chapter}» {refusal}.") from refusal
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


def _of(edition: Edition) -> str:
    """Says which scheduled edition a refusal is about, where it is not the one being published."""
    return f"In {edition}, which is scheduled, " if edition.published_at else ""


def _moment(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local.day} {local:%B %Y} at {local:%H:%M}"
