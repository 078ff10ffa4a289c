"""Who asks, what they may do, and how a refusal and a decision are put on record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.db import models
from django.utils import dateformat, timezone
from django.utils.translation import gettext as _

from manual.models import Amendment, Definition, DocumentVersion, Event

Actor = User | None
AnyVersion = Amendment | Definition | DocumentVersion
V = TypeVar("V", Amendment, Definition, DocumentVersion)

SUBMIT = "manual.submit_amendment"
APPROVE = "manual.approve_amendment"
PUBLISH = "manual.publish_edition"
ARRANGE = "manual.change_chapter"
PIN = "manual.pin_notice"
SAY_SAME = "manual.change_synonym"

# Of each kind of version, the field of Event that names it.
NOUNS: dict[type[Any], str] = {
    Amendment: "amendment",
    Definition: "definition",
    DocumentVersion: "document_version",
}


class Refused(Exception):
    """A verb that cannot be done; a sentence for the person who asked."""


class NotPermitted(Refused):
    """The person may not do this."""


class Overtaken(Refused):
    """Somebody else, or another tab, saved the same draft meanwhile; `current` is what is stored now."""

    def __init__(self, sentence: str, current: AnyVersion) -> None:
        super().__init__(sentence)
        self.current = current


class NotReady(Refused):
    """A draft with mistakes that would reach readers; `problems` are sentences, each with its line where known."""

    def __init__(self, sentence: str, problems: Sequence[str]) -> None:
        super().__init__(sentence)
        self.problems = list(problems)


class Questioned(Refused):
    """A so-called correction that could change an instruction: the author has to say that it is none."""

    def __init__(self, sentence: str, questions: Sequence[str]) -> None:
        super().__init__(sentence)
        self.questions = list(questions)


class Moved(Refused):
    """What a confirmation page showed is no longer so; `what` says what changed meanwhile, a sentence each."""

    def __init__(self, what: Sequence[str]) -> None:
        super().__init__(" ".join([_("Something changed since this page was shown."), *what]))
        self.what = list(what)


def permit(by: Actor, permission: str) -> None:
    """Raises NotPermitted unless the person may do this; None is the command that loads content."""
    if by is None:
        return
    if not by.is_active or not by.has_perm(permission):
        raise NotPermitted(
            _("You do not have the permission to do this. Ask an administrator of the manual.")
        )


def noun(version: AnyVersion) -> str:
    return NOUNS[type(version)]


def about(version: AnyVersion) -> dict[str, Any]:
    """The version as the subject of an event."""
    return {noun(version): version}


def record(verb: str, *, by: Actor, at: datetime | None = None, **subject: Any) -> Event:
    """Put a decision on record, for ever."""
    return Event.objects.create(verb=verb, by=by, at=at or timezone.now(), **subject)


def hold(chain: models.Model) -> None:
    """Nobody else begins or reopens a draft of this chapter, keyword or document until the transaction ends: two would
    be open at once."""
    type(chain)._default_manager.select_for_update().get(pk=chain.pk)


def said(moment: datetime) -> str:
    """“1 June 2026 at 14:05”, in London."""
    local = timezone.localtime(moment)
    return _("%(day)s at %(hour)s") % {"day": day_said(local), "hour": f"{local:%H:%M}"}


def day_said(day: date) -> str:
    """“1 June 2026”."""
    return dateformat.format(day, "j F Y")


def name_of(person: User | None) -> str:
    """How a person is named to colleagues."""
    return (person.get_full_name() or person.get_username()) if person else _("nobody")
