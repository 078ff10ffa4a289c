"""Notices: up in a minute, down by themselves, in no edition."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from manual.models import Chapter, Kind, Notice, manual_lock
from manual.workflow.chapters import title_of
from manual.workflow.permission import PIN, Actor, Refused, permit, record, said

# What stays longer belongs into a chapter.
LONGEST = timedelta(days=366)


def pin(*, by: Actor, words: str, expires_at: datetime, chapter: Chapter | None = None) -> Notice:
    """Put a notice over the site, or over one chapter; readers see it at once, until it expires."""
    permit(by, PIN)
    words = " ".join(words.split())
    if not words:
        raise Refused(_("Write what the notice says."))
    if len(words) > (most := cast(int, Notice._meta.get_field("words").max_length)):
        raise Refused(
            _("A notice has at most %(most)s characters; this one has %(words)s.")
            % {"most": most, "words": len(words)}
        )
    if chapter is not None and chapter.kind not in (Kind.CHAPTER, Kind.LINK):
        raise Refused(
            _("“%(chapter)s” has no page of its own, so nobody would see the notice there.")
            % {"chapter": title_of(chapter)}
        )
    # Under the lock, so that two clicks on one button pin one notice.
    with manual_lock():
        now = timezone.now()
        if expires_at <= now:
            raise Refused(
                _("%(expires_at)s is past: nobody would see this notice.") % {"expires_at": said(expires_at)}
            )
        if expires_at > now + LONGEST:
            raise Refused(
                _("A notice stays for a year at most. What has to stay longer belongs into a chapter.")
            )
        if Notice.objects.up(now).filter(words=words, chapter=chapter).exists():
            raise Refused(_("This notice is up already."))
        notice = Notice.objects.create(
            words=words, chapter=chapter, expires_at=expires_at, pinned_at=now, pinned_by=by
        )
        where = _("over “%(chapter)s”") % {"chapter": title_of(chapter)} if chapter else _("over every page")
        record(
            "pin",
            by=by,
            at=now,
            notice=notice,
            what=_("%(words)s (%(where)s, until %(expires_at)s)")
            % {"words": notice.words, "where": where, "expires_at": said(expires_at)},
        )
        return notice


def take_down(notice: Notice, *, by: Actor) -> None:
    """Take a notice away before it expires. What it said, and when, stays on record."""
    permit(by, PIN)
    with transaction.atomic():
        stored = Notice.objects.select_for_update().get(pk=notice.pk)
        now = timezone.now()
        if not stored.is_up(now):
            raise Refused(_("This notice is not up any more."))
        stored.taken_down_at = now
        stored.save(update_fields=["taken_down_at"])
        record("take down", by=by, at=now, notice=stored, what=stored.words)
    notice.taken_down_at = stored.taken_down_at
