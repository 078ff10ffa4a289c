"""From a draft to what is approved: the verbs of amendments, definitions and document versions alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manual import drafting, search
from manual.models import (
    Amendment,
    Chapter,
    Definition,
    Document,
    DocumentVersion,
    Edition,
    Entry,
    Keyword,
    Manual,
    Significance,
    Status,
)
from manual.workflow.permission import (
    APPROVE,
    PUBLISH,
    SUBMIT,
    Actor,
    AnyVersion,
    NotPermitted,
    NotReady,
    Overtaken,
    Questioned,
    Refused,
    V,
    about,
    hold,
    name_of,
    permit,
    record,
    said,
)

# (from, to): the permission it takes. What is not here is refused.
NOT_FROM: dict[type[AnyVersion], Any] = {
    Amendment: gettext_lazy(
        "A draft is brought up to date with the version of its chapter that is in force, or that is scheduled."
    ),
    Definition: gettext_lazy(
        "A draft is brought up to date with the version of its keyword that is in force, or that is scheduled."
    ),
    DocumentVersion: gettext_lazy(
        "A draft is brought up to date with the version of its document that is in force, or that is scheduled."
    ),
}
TRANSITIONS: dict[tuple[str, str], str] = {
    (Status.DRAFT, Status.SUBMITTED): SUBMIT,
    (Status.RETURNED, Status.SUBMITTED): SUBMIT,
    (Status.DRAFT, Status.ABANDONED): SUBMIT,
    (Status.RETURNED, Status.ABANDONED): SUBMIT,
    (Status.SUBMITTED, Status.DRAFT): SUBMIT,
    (Status.SUBMITTED, Status.RETURNED): APPROVE,
    (Status.SUBMITTED, Status.APPROVED): APPROVE,
    (Status.APPROVED, Status.RETURNED): APPROVE,
    (Status.APPROVED, Status.PUBLISHED): PUBLISH,
    (Status.PUBLISHED, Status.APPROVED): PUBLISH,
    (Status.PUBLISHED, Status.RETURNED): PUBLISH,
    (Status.PUBLISHED, Status.ABANDONED): PUBLISH,
}

# Of a version that an earlier text is taken from.
KEPT_WORDS = (
    "title", "text", "areas", "remark", "label", "link", "numbering", "keywords_off", "passage_status",
    "counterpart",
)  # fmt: skip

# A draft saves itself every few seconds: one event stands for an hour of writing.
ONE_SITTING = timedelta(hours=1)


# --- Drafting ------------------------------------------------------------------------------------------------


def draft(chapter: Chapter, *, by: Actor, **words: Any) -> Amendment:
    """Begin an amendment of a chapter, from the text in force; `words` are its fields as the editor has them."""
    permit(by, SUBMIT)
    _check_words(Amendment, words)
    with transaction.atomic():
        hold(chapter)
        _check_no_open_draft(chapter.amendments, by, str(chapter))
        if "based_on" not in words:
            words["based_on"] = amendment_in_force(chapter)
        based_on = words["based_on"]
        if based_on and "title" not in words:
            for name in KEPT_WORDS:
                words.setdefault(name, getattr(based_on, name))
        if "significance" not in words:
            gone = based_on is None or based_on.significance == Significance.WITHDRAWN
            words["significance"] = Significance.NEW if gone else Significance.AMENDED
        if words["significance"] == Significance.NEW and "under" not in words:
            words["under"], words["numbered"] = chapter.parent, chapter.numbered
        amendment = Amendment(chapter=chapter, author=by, **words)
        amendment.save()
        record("draft", by=by, amendment=amendment, to_status=Status.DRAFT)
        return amendment


def put_back(earlier: Amendment, *, by: Actor) -> Amendment:
    """Begin an amendment with the text that a chapter had earlier, to be put in the place of the one in force."""
    words = {name: getattr(earlier, name) for name in KEPT_WORDS}
    with transaction.atomic():
        amendment = draft(earlier.chapter, by=by, **words)
        record(
            "put back",
            by=by,
            amendment=amendment,
            to_status=Status.DRAFT,
            what=_("Begun from version %(sequence)s.") % {"sequence": earlier.sequence}
            if earlier.sequence
            else _("Begun from an earlier draft."),
        )
        return amendment


def draft_definition(keyword: Keyword, *, by: Actor, **words: Any) -> Definition:
    """Begin a new version of a keyword's name and meaning, from the newest one."""
    permit(by, SUBMIT)
    _check_words(Definition, words)
    with transaction.atomic():
        hold(keyword)
        _check_no_open_draft(keyword.definitions, by, keyword.slug)
        before = words.setdefault("based_on", _newest(keyword.definitions))
        if before and "name" not in words:
            for name in ("name", "also", "meaning", "see_also"):
                words.setdefault(name, getattr(before, name))
        definition = Definition(keyword=keyword, author=by, **words)
        definition.save()
        record("draft", by=by, definition=definition, to_status=Status.DRAFT)
        return definition


def draft_document(document: Document, *, by: Actor, **words: Any) -> DocumentVersion:
    """Begin a new version of a form, file or picture. A new version has to bring a file, or keeps the one there is."""
    permit(by, SUBMIT)
    _check_words(DocumentVersion, words)
    with transaction.atomic():
        hold(document)
        _check_no_open_draft(document.versions, by, document.slug)
        before = words.setdefault("based_on", _newest(document.versions))
        if before:
            for name in ("title", "description"):
                words.setdefault(name, getattr(before, name))
            if "file" not in words:
                for name in ("file", "filename", "media_type", "width", "height"):
                    words[name] = getattr(before, name)
        if "file" not in words:
            raise Refused(_("Choose the file to be uploaded."))
        version = DocumentVersion(document=document, author=by, **words)
        version.save()
        record("draft", by=by, document_version=version, to_status=Status.DRAFT)
        return version


def revise(version: V, *, by: Actor, revision: int | None = None, **words: Any) -> V:
    """Change the words of what is a draft or was returned. Only its author does, so that whoever approves it has not
    written it.

    `revision` is the one that the author's page was loaded with: should another tab have saved meanwhile, this raises
    Overtaken and changes nothing. None asks no such question.
    """
    permit(by, SUBMIT)
    _check_words(type(version), words)
    with transaction.atomic():
        current = _locked(version)
        _take_up(current, by)
        if not current.writable:
            raise Refused(
                _("“%(title)s” is %(status)s; it cannot be changed now.")
                % {"title": current.title_shown, "status": current.get_status_display().lower()}
            )
        if revision is not None and revision != current.revision:
            raise Overtaken(
                _("“%(title)s” was saved elsewhere on %(changed_at)s, after this page was opened.")
                % {"title": current.title_shown, "changed_at": said(current.changed_at)},
                current,
            )
        for name, value in words.items():
            setattr(current, name, value)
        current.revision += 1
        current.changed_at = timezone.now()
        current.save()
        if not _same_sitting(current, by):
            record(
                "revise",
                by=by,
                from_status=current.status,
                to_status=current.status,
                **about(current),
            )
        return current


def bring_up_to_date(
    version: V, *, by: Actor, onto: V | None, revision: int | None = None, **words: Any
) -> V:
    """Go on with a draft from a text that took effect, or was scheduled, after it was begun; `words` hold both."""
    with transaction.atomic():
        # As stored: the object in the caller's hand may be of yesterday.
        possible: list[V] = texts_to_go_on_from(version)
        onto = next((each for each in possible if onto is not None and each == onto), None)
        if onto is None and possible:
            raise Refused(NOT_FROM[type(version)])
        if isinstance(version, Amendment):
            living = onto is not None and onto.significance != Significance.WITHDRAWN
            significance = words.get("significance", version.significance)
            if not living:
                words["significance"] = Significance.NEW
            elif significance == Significance.NEW:
                words["significance"] = Significance.AMENDED
        current = revise(version, by=by, revision=revision, based_on=onto, **words)
        record(
            "bring up to date", by=by, from_status=current.status, to_status=current.status,
            what=_("With version %(sequence)s.") % {"sequence": onto.sequence} if onto else "", **about(current),
        )  # fmt: skip
        return current


def comment(version: AnyVersion, *, by: User, words: str) -> None:
    """Say something about a text to those who work on it; kept with it for ever."""
    permit(by, APPROVE if by.has_perm(APPROVE) else SUBMIT)
    if not words.strip():
        raise Refused(_("Write a comment first."))
    record(
        "comment", by=by, why=words.strip(), from_status=version.status, to_status=version.status,
        **about(version),
    )  # fmt: skip


# --- Decisions -----------------------------------------------------------------------------------------------


def submit(version: V, *, by: Actor, sure: bool = False) -> V:
    """Ask for approval. `sure` answers the questions about a correction that could change an instruction."""
    with transaction.atomic():
        current = _locked(version)
        if (current.status, Status.SUBMITTED) in TRANSITIONS:
            # Asked before anything is looked at, so that nobody learns of what they may not see.
            permit(by, SUBMIT)
            _check_complete(current, sure)
        return _move(version, Status.SUBMITTED, by=by, verb="submit", submitted_at=timezone.now())


def take_back(version: V, *, by: Actor) -> V:
    """Make what was submitted a draft again, to go on writing."""
    return _move(version, Status.DRAFT, by=by, verb="take back", submitted_at=None)


def return_to_author(version: V, *, by: Actor, why: str) -> V:
    """Send it back with a comment; also what was approved already, as long as no edition carries it."""
    if by is not None and not why.strip():
        raise Refused(_("Say what has to be put right: the author reads this comment."))
    return _move(
        version, Status.RETURNED, by=by, verb="return", why=why.strip(),
        approved_at=None, approver=None, self_approved=False, edition=None,
    )  # fmt: skip


def approve(version: V, *, by: Actor, **agreement: Any) -> V:
    """Agree to the text, which is frozen from now on. The author cannot, unless the board allows self-approval.

    `agreement` says, where the board agreed it in a meeting, which (`agreed_by`), when (`agreed_on`), and where the
    minutes say so (`minute`).
    """
    if unknown := set(agreement) - {"agreed_by", "agreed_on", "minute"}:
        raise TypeError(f"No words of an agreement: {', '.join(sorted(unknown))}")
    # As stored: the object in the caller's hand may say anything.
    author = type(version)._default_manager.values_list("author", flat=True).get(pk=version.pk)
    own = by is not None and author == by.pk
    if own and not Manual.objects.current().self_approval:
        raise NotPermitted(_("Somebody else has to approve this: nobody publishes alone."))
    return _move(
        version, Status.APPROVED, by=by, verb="approve",
        approved_at=timezone.now(), approver=by, self_approved=own, **agreement,
    )  # fmt: skip


def abandon(version: V, *, by: Actor, why: str = "") -> V:
    """Give a draft up: one's own, or as an approver anybody's. Its text is kept."""
    return _move(version, Status.ABANDONED, by=by, verb="abandon", why=why.strip())


# --- What was agreed elsewhere -------------------------------------------------------------------------------


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


def record_agreed_document(document: Document, *, approved_at: datetime, **words: Any) -> DocumentVersion:
    """A document's version that was agreed before it came here, ready to be published."""
    version = DocumentVersion(document=document, status=Status.APPROVED, approved_at=approved_at, **words)
    version.save()
    return version


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


# --- What is so now ------------------------------------------------------------------------------------------


def amendment_in_force(chapter: Chapter) -> Amendment | None:
    """The text of a chapter that readers have today; None where the edition in force has none."""
    edition = Edition.objects.in_force()
    entry = (
        edition and Entry.objects.filter(edition=edition, chapter=chapter).select_related("amendment").first()
    )
    return entry.amendment if entry else None


def texts_to_go_on_from(version: AnyVersion) -> list[Any]:
    """What a draft may be based on: the version in force, and those that are scheduled after it, in their order."""
    published = _versions_of(version).published().select_related("edition").order_by("sequence")
    now = timezone.now()
    in_force: list[Any] = [each for each in published if each.edition.effective_at <= now]
    return in_force[-1:] + [each for each in published if each.edition.effective_at > now]


def is_up_to_date(version: AnyVersion) -> bool:
    """Whether it was written from a text that is in force or scheduled; a new one, from none."""
    possible = [each.pk for each in texts_to_go_on_from(version)]
    return version.based_on_id in possible if possible else version.based_on_id is None


# --- What the verbs are made of ------------------------------------------------------------------------------


def _check_words(model: type[AnyVersion], words: Iterable[str]) -> None:
    if unknown := set(words) - set(model.WORDS):
        raise TypeError(f"No words of {model._meta.verbose_name}: {', '.join(sorted(unknown))}")


def _locked(version: V) -> V:
    """As it is stored, and nobody else changes it until the transaction ends."""
    stored: V = type(version)._default_manager.select_for_update().get(pk=version.pk)
    return stored


def _newest(versions: Any) -> Any:
    """The newest published version, be it scheduled."""
    return versions.filter(status=Status.PUBLISHED).order_by("sequence").last()


def _same_sitting(version: AnyVersion, by: Actor) -> bool:
    last = version.events.last()
    return bool(last and last.by == by and last.verb == "revise" and timezone.now() - last.at < ONE_SITTING)


def _check_complete(version: AnyVersion, sure: bool) -> None:
    """Nothing is submitted that could not be approved: it is complete, without mistakes, and written from the text
    that it replaces."""
    if not version.note.strip():
        raise Refused(_("Say what changed and why: readers see this note beside the change."))
    _check_up_to_date(version)
    if not isinstance(version, Amendment):
        if missing := drafting.missing_from(version):
            raise NotReady(" ".join(missing), missing)
        return
    wrong = [problem for problem in drafting.problems_of(version) if problem.blocking]
    if wrong:
        sentences = [
            problem.message
            if problem.line is None or problem.message.startswith(_("Line %(line)s") % {"line": problem.line})
            else _("Line %(line)s: %(message)s") % {"line": problem.line, "message": problem.message}
            for problem in wrong
        ]
        raise NotReady(" ".join([_("This has to be put right first."), *sentences]), sentences)
    if not sure and (questions := drafting.questions(version)):
        first = _("A correction puts a slip right and changes no instruction. Look at what this one touches:")
        raise Questioned(" ".join([first, *questions]), questions)
    anchored = drafting.anchored(version)
    if anchored != version.text:
        # The address of a section survives a change of its heading, and the pasting of a whole new text over it.
        version.text = anchored
        version.revision += 1
        version.save()


def _check_up_to_date(version: AnyVersion) -> None:
    if not is_up_to_date(version):
        raise Refused(
            _(
                "“%(title)s” has changed since this was begun. Bring it up to date first: both changes "
                "are shown side by side."
            )
            % {"title": version.title_shown}
        )


def _take_up(version: AnyVersion, by: Actor) -> None:
    """Only its author goes on with a draft; what nobody wrote here gets the first who takes it up as its author."""
    if by is None or version.author_id == by.pk:
        return
    if version.author_id is None:
        _check_no_open_draft(_versions_of(version), by, str(version.chain))
        version.author = by
    else:
        raise NotPermitted(
            _("“%(title)s” is a draft by %(author)s. Ask them, or begin one of your own.")
            % {"title": version.title_shown, "author": name_of(version.author)}
        )


def _versions_of(version: AnyVersion) -> Any:
    return type(version)._default_manager.filter(**{version.CHAIN: version.chain})


def _check_no_open_draft(versions: Any, author: Actor, of: str) -> None:
    if author is not None and versions.open().filter(author=author).exists():
        raise Refused(
            _("There is an open draft of “%(of)s” by the same author already. Finish or abandon it first.")
            % {"of": of}
        )


def _move(version: V, to: str, *, by: Actor, verb: str, why: str = "", **fields: Any) -> V:
    with transaction.atomic():
        current = _locked(version)
        permission = TRANSITIONS.get((current.status, to))
        if permission is None or current.status == Status.PUBLISHED or to == Status.PUBLISHED:
            raise Refused(
                _("“%(title)s” is %(status)s, so it cannot become %(wanted)s now.")
                % {
                    "title": current.title_shown,
                    "status": current.get_status_display().lower(),
                    "wanted": Status(to).label.lower(),
                }
            )
        permit(by, permission)
        if to in (Status.SUBMITTED, Status.DRAFT):
            _take_up(current, by)
        if to == Status.ABANDONED and by is not None and current.author_id not in (None, by.pk):
            permit(by, APPROVE)
        if to == Status.APPROVED:
            _check_up_to_date(current)
            # Another keyword may have taken its name since it was submitted.
            missing: list[str] = drafting.missing_from(current) if isinstance(current, Definition) else []
            if missing:
                raise NotReady(" ".join(missing), missing)
        if current.status == Status.APPROVED and current.author is not None:
            hold(current.chain)
            _check_no_open_draft(_versions_of(current), current.author, str(current.chain))
        before, current.status = current.status, to
        for name, value in fields.items():
            setattr(current, name, value)
        current.save()
        record(verb, by=by, from_status=before, to_status=to, why=why, **about(current))
    for name in ("status", *fields):
        setattr(version, name, getattr(current, name))
    return version
