"""The tree of chapters, new chapters, keywords and documents, and the reviews that change no text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils.translation import gettext as _

from manual import drafting, manifest
from manual.models import (
    Amendment,
    Chapter,
    Definition,
    Document,
    DocumentVersion,
    Keyword,
    Significance,
    Status,
    TreeRefused,
    manual_lock,
)
from manual.models.chapter import Kind
from manual.rendering import anchor_from_words
from manual.workflow.permission import (
    APPROVE,
    ARRANGE,
    SUBMIT,
    Actor,
    Moved,
    Refused,
    day_said,
    name_of,
    permit,
    record,
)
from manual.workflow.versions import draft, draft_definition, draft_document

LONGEST_ADDRESS = 80


@dataclass(frozen=True)
class Standing:
    """Where a chapter stands for editors: under which, and after which of its neighbours there; None for under none,
    and for the first."""

    under: int | None
    after: int | None


def begin_chapter(
    *,
    by: Actor,
    title: str,
    under: Chapter | None = None,
    kind: str = Kind.CHAPTER,
    numbered: bool = True,
    **words: Any,
) -> Amendment:
    """A chapter that the manual does not have yet, with its first draft. Readers see it with an edition."""
    permit(by, SUBMIT)
    if not title.strip():
        raise Refused(_("Give the chapter a title."))
    # Under the lock, so that two clicks on one button begin one chapter.
    with manual_lock():
        if by is not None and begun_by(by, title, under).exists():
            raise Refused(_("You have begun “%(title)s” there already.") % {"title": title.strip()})
        try:
            chapter = Chapter.objects.add(
                free_address(Chapter, title), kind=kind, parent=under, numbered=numbered
            )
        except TreeRefused as refusal:
            raise Refused(str(refusal)) from refusal
        record(
            "begin",
            by=by,
            chapter=chapter,
            what=_("Under %(name)s.") % {"name": under.slug} if under else _("Among the parts."),
        )
        return draft(chapter, by=by, title=title.strip(), significance=Significance.NEW, **words)


def begun_by(person: User, title: str, under: Chapter | None) -> models.QuerySet[Amendment]:
    """The open first drafts of a chapter that somebody has begun under this title, at this place."""
    drafts: models.QuerySet[Amendment] = Amendment.objects.open().filter(
        author=person,
        title=title.strip(),
        based_on=None,
        significance=Significance.NEW,
        chapter__parent=under,
    )
    return drafts.filter(chapter__entries=None)


def begin_keyword(*, by: Actor, name: str, **words: Any) -> Definition:
    """A keyword that the glossary does not have yet, with the first draft of its meaning."""
    permit(by, SUBMIT)
    if not name.strip():
        raise Refused(_("Give the keyword a name."))
    # Under the lock, so that two clicks on one button begin one keyword.
    with manual_lock():
        _check_no_such_keyword(name, by)
        keyword = Keyword.objects.create(slug=free_address(Keyword, name))
        return draft_definition(keyword, by=by, name=name.strip(), **words)


def begin_document(*, by: Actor, title: str, **words: Any) -> DocumentVersion:
    """A form, file or picture that the board does not have here yet, with the draft of its first version."""
    permit(by, SUBMIT)
    if not title.strip():
        raise Refused(_("Give the document a title."))
    with manual_lock():
        document = Document.objects.create(slug=free_address(Document, title))
        return draft_document(document, by=by, title=title.strip(), **words)


def free_address(model: type[models.Model], words: str) -> str:
    """An address made from a title, which nothing of this kind has had before."""
    wanted = anchor_from_words(words)[:LONGEST_ADDRESS].strip("-") or "chapter"
    taken = set(model._default_manager.filter(slug__startswith=wanted).values_list("slug", flat=True))
    address, n = wanted, 1
    while address in taken:
        n += 1
        address = f"{wanted}-{n}"
    return address


def move(
    chapter: Chapter,
    *,
    by: Actor,
    under: Chapter | None = None,
    after: Chapter | None = None,
    seen: Standing | None = None,
) -> bool:
    """Change where a chapter stands for editors. Readers see it when an ordinary edition takes the arrangement.

    `seen` is where it stood on the page that the person looked at: should it, or the neighbour it is put after, have
    been moved meanwhile, this raises Moved. False if it stands there already, as after a second click.
    """
    permit(by, ARRANGE)
    with manual_lock():
        stored = Chapter.objects.get(pk=chapter.pk)
        beside = Chapter.objects.get(pk=after.pk) if after else None
        if seen is not None and beside is not None and beside.parent_id != (under.pk if under else None):
            raise Moved(
                [
                    _("“%(beside)s” was moved to another place. Nothing else was changed.")
                    % {"beside": title_of(beside)}
                ]
            )
        if beside is not None and under is not None and beside.parent_id != under.pk:
            raise Refused(
                _("“%(beside)s” does not stand under “%(under)s”.")
                % {"beside": title_of(beside), "under": title_of(under)}
            )
        parent_id = beside.parent_id if beside else under.pk if under else None
        now = standing_of(stored)
        if now == Standing(parent_id, beside.pk if beside else None):
            return False
        if seen is not None and seen != now:
            raise Moved(
                [
                    _("“%(stored)s” stands %(now)s now. Nothing else was changed.")
                    % {"stored": title_of(stored), "now": _said_place(now)}
                ]
            )
        _check_room(stored, Chapter.objects.get(pk=parent_id) if parent_id else None)
        try:
            chapter.move(under=under, after=after)
        except TreeRefused as refusal:
            raise Refused(
                _(
                    "“%(stored)s” cannot be put there. A chapter cannot stand under or beside itself, and a "
                    "neighbour has to stand where you put it."
                )
                % {"stored": title_of(stored)}
            ) from refusal
        record("move", by=by, chapter=chapter, what=_capital(_said_place(standing_of(chapter))) + ".")
        return True


def standing_of(chapter: Chapter) -> Standing:
    """Where a chapter stands now."""
    before = chapter.get_previous_sibling()
    return Standing(chapter.parent_id, before.pk if before else None)


def title_of(chapter: Chapter) -> str:
    """How editors know a chapter: the title that was published last, or else that of its newest draft."""
    titles = chapter.amendments.exclude(title="").values_list("title", flat=True)
    return titles.published().order_by("sequence").last() or titles.order_by("pk").last() or chapter.slug


def _said_place(standing: Standing) -> str:
    """“after “Referral”, under “Core procedures””."""
    titles = {
        chapter.pk: title_of(chapter)
        for chapter in Chapter.objects.filter(pk__in=[standing.under or 0, standing.after or 0])
    }
    names = {"after": titles.get(standing.after or 0), "under": titles.get(standing.under or 0)}
    if standing.after and standing.under:
        return _("after “%(after)s”, under “%(under)s”") % names
    if standing.under:
        return _("first, under “%(under)s”") % names
    return _("after “%(after)s” among the parts") % names if standing.after else _("first among the parts")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _check_room(chapter: Chapter, parent: Chapter | None) -> None:
    """Refuse a place that no edition could show: a part inside another, or contents that nobody could read."""
    if parent is None:
        return
    if chapter.kind == Kind.PART:
        raise Refused(
            _("“%(chapter)s” is a part, and parts stand beside one another, not under something.")
            % {"chapter": title_of(chapter)}
        )
    if chapter.kind == Kind.GROUP and parent.kind != Kind.PART:
        raise Refused(
            _("“%(chapter)s” is a group of chapters, which stands directly under a part.")
            % {"chapter": title_of(chapter)}
        )
    deepest = chapter.get_descendants(include_self=True).order_by("-level").values_list("level", flat=True)[0]
    if parent.level + 1 + deepest - chapter.level >= manifest.DEEPEST:
        raise Refused(
            _("“%(chapter)s” would stand deeper than %(deepest)s levels there.")
            % {"chapter": title_of(chapter), "deepest": manifest.DEEPEST}
        )


def _check_no_such_keyword(name: str, by: Actor) -> None:
    """Refuse a second keyword of the same name, be the first one published or begun."""
    for other in drafting.keywords_named(name):
        if other.status == Status.PUBLISHED:
            raise Refused(_("There is a keyword “%(name)s” already. Change that one.") % {"name": other.name})
        begun = (
            _("There is a keyword “%(name)s” already, which you have begun and nobody has published yet.")
            if by is not None and other.author_id == by.pk
            else _(
                "There is a keyword “%(name)s” already, which %(author)s has begun and nobody has published yet."
            )
        )
        raise Refused(begun % {"name": other.name, "author": name_of(other.author)})


def number(chapter: Chapter, *, by: Actor, numbered: bool) -> None:
    """Give a chapter a number among its neighbours, or none. Readers see it with an edition that rearranges."""
    permit(by, ARRANGE)
    with manual_lock():
        stored = Chapter.objects.get(pk=chapter.pk)
        if stored.numbered == numbered:
            return
        stored.numbered = numbered
        stored.save(update_fields=["numbered"])
        record(
            "number", by=by, chapter=stored, what=_("With a number.") if numbered else _("Without a number.")
        )
    chapter.numbered = numbered


def look_after(chapter: Chapter, *, by: Actor, owner: str, next_review: date | None) -> None:
    """Say which role looks after a chapter, and when it has to be reviewed."""
    permit(by, APPROVE)
    with manual_lock():
        stored = Chapter.objects.select_for_update().get(pk=chapter.pk)
        changed = []
        if stored.owner != owner.strip():
            changed.append(_("looked after by %(owner)s") % {"owner": owner.strip() or _("nobody")})
        if stored.next_review != next_review:
            changed.append(_("next review %(day)s") % {"day": _day(next_review)})
        if not changed:
            return
        stored.owner, stored.next_review = owner.strip(), next_review
        stored.save(update_fields=["owner", "next_review"])
        record("look after", by=by, chapter=stored, what="; ".join(changed))


def review(chapter: Chapter, *, by: Actor, on: date, next_review: date | None, why: str = "") -> None:
    """Record that a chapter was reviewed and needs no change. It does not count as changed."""
    permit(by, APPROVE)
    if next_review is not None and next_review <= on:
        raise Refused(_("The next review has to be after this one."))
    with transaction.atomic():
        stored = Chapter.objects.select_for_update().get(pk=chapter.pk)
        if stored.last_reviewed and on < stored.last_reviewed:
            raise Refused(
                _("It was reviewed on %(last_reviewed)s already; this one has to be later.")
                % {"last_reviewed": _day(stored.last_reviewed)}
            )
        stored.last_reviewed, stored.next_review = on, next_review
        stored.save(update_fields=["last_reviewed", "next_review"])
        record(
            "review",
            by=by,
            chapter=stored,
            why=why.strip(),
            what=_("Reviewed on %(on)s, no change needed; next review %(next_review)s.")
            % {"on": _day(on), "next_review": _day(next_review)},
        )


def _day(day: date | None) -> str:
    return day_said(day) if day else _("not set")
