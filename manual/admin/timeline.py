"""What was decided about something, in the order in which it happened: a sentence each, for those who work on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manual.models import Chapter, Document, Edition, Event, Keyword, Status
from manual.workflow import name_of

# What was done, of each verb that is put on record.
DONE = {
    "draft": gettext_lazy("Draft begun"),
    "put back": gettext_lazy("Earlier text put back"),
    "revise": gettext_lazy("Words changed"),
    "bring up to date": gettext_lazy("Brought up to date"),
    "comment": gettext_lazy("Comment"),
    "submit": gettext_lazy("Submitted for approval"),
    "take back": gettext_lazy("Taken back by its author"),
    "return": gettext_lazy("Returned to its author"),
    "approve": gettext_lazy("Approved"),
    "abandon": gettext_lazy("Abandoned"),
    "begin": gettext_lazy("Chapter begun"),
    "move": gettext_lazy("Moved in the contents"),
    "number": gettext_lazy("Numbering changed"),
    "look after": gettext_lazy("Care of the chapter changed"),
    "review": gettext_lazy("Reviewed"),
    "prepare": gettext_lazy("Edition begun"),
    "change": gettext_lazy("Changed"),
    "gather": gettext_lazy("Contents of the edition chosen"),
    "give up": gettext_lazy("Given up"),
    "publish": gettext_lazy("Published"),
    "unschedule": gettext_lazy("Taken back before it took effect"),
    "take out": gettext_lazy("Taken out of its edition"),
    "pin": gettext_lazy("Notice put up"),
    "take down": gettext_lazy("Notice taken down"),
    "add synonym": gettext_lazy("Words that mean the same added"),
    "change synonym": gettext_lazy("Words that mean the same changed"),
    "take out synonym": gettext_lazy("Words that mean the same taken out"),
    "add person": gettext_lazy("Person added"),
    "change person": gettext_lazy("Person changed"),
    "set password": gettext_lazy("Password replaced by an administrator"),
    "change password": gettext_lazy("Own password chosen"),
    "change settings": gettext_lazy("Settings changed"),
}
VERSIONS = ("amendment", "definition", "document_version")


@dataclass(frozen=True)
class Moment:
    """One decision: what was done, by whom and when, what exactly, why, and in which state that found the thing."""

    done: str
    who: str
    at: datetime
    what: str = ""
    why: str = ""
    was: str = ""
    about: str = ""
    address: str = ""

    @property
    def when(self) -> str:
        return self.at.isoformat()


def timeline_of(subject: Any) -> list[Moment]:
    """All that is on record about an amendment, definition, document's version, edition, chapter, keyword, document,
    notice, words that mean the same or person; the first decision first. Two queries at most."""
    events = Event.objects.select_related("by", "edition", *VERSIONS).order_by("at", "pk")
    for version in VERSIONS:
        # Their texts may be long, and are not shown.
        events = events.defer(*(f"{version}__{name}" for name in _long_fields(version)))
    if isinstance(subject, Edition):
        # Each of its changes says so on its own page; here it would hide what was decided about the edition.
        found = events.filter(edition=subject, **dict.fromkeys(VERSIONS))
        return moments(found)
    if isinstance(subject, Chapter | Keyword | Document):
        # How often somebody saved is told on the page of the version.
        events = events.exclude(verb="revise")
    if isinstance(subject, Chapter):
        return moments(events.filter(Q(chapter=subject) | Q(amendment__chapter=subject)), name_versions=True)
    if isinstance(subject, Keyword):
        return moments(events.filter(definition__keyword=subject), name_versions=True)
    if isinstance(subject, Document):
        return moments(events.filter(document_version__document=subject), name_versions=True)
    return moments(events.filter(pk__in=subject.events.values("pk")))


def moments(events: Iterable[Event], *, name_versions: bool = False) -> list[Moment]:
    """Events as they are shown; with the version that each is about where several versions stand in one list."""
    return [_moment(event, name_versions) for event in events]


def _moment(event: Event, name_versions: bool) -> Moment:
    version = next((getattr(event, name) for name in VERSIONS if getattr(event, f"{name}_id")), None)
    done = str(DONE.get(event.verb, event.verb.capitalize()))
    if event.verb == "publish" and event.edition:
        later = event.edition.effective_at and event.edition.effective_at > event.at
        done = _("Scheduled") if later else _("Published")
        if version is not None:
            done = (
                _("Scheduled with %(edition)s") % {"edition": event.edition}
                if later
                else _("Published with %(edition)s") % {"edition": event.edition}
            )
    elif event.verb == "take out" and event.to_status in Status.values:
        done = _("Taken out of its edition; %(status)s again") % {
            "status": Status(event.to_status).label.lower()
        }
    about = address = ""
    if name_versions and version is not None:
        about = (
            _("%(title)s, version %(sequence)s")
            % {"title": version.title_shown, "sequence": version.sequence}
            if version.sequence
            else version.title_shown
        )
        address = reverse(f"admin:manual_{version._meta.model_name}_change", args=[version.pk])
    changed = event.from_status and event.from_status != event.to_status
    return Moment(
        done=done,
        who=name_of(event.by) if event.by else "",
        at=event.at,
        what=event.what,
        why=event.why,
        was=Status(event.from_status).label.lower() if changed and event.from_status in Status.values else "",
        about=about,
        address=address,
    )


def _long_fields(name: str) -> tuple[str, ...]:
    return {"amendment": ("text", "html"), "definition": ("meaning", "html")}.get(name, ("description",))
