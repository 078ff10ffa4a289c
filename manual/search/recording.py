"""What readers search for, counted in memory and written down now and then: words, day, how often, and nothing of who.

A thread of its own writes some seconds after the first of the words was noted, on a connection of its own. So nobody
who searches waits for the database, and what waits is written although nobody else comes by.
"""

from __future__ import annotations

import logging
import re
import threading
import time
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from multiprocessing.util import Finalize
from typing import Any

from django.conf import settings
from django.db import connection, connections, transaction
from django.db.models import Case, F, Max, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from manual.models import Manual, Searched
from manual.models.searched import LONGEST
from manual.search.words import folded

logger = logging.getLogger(__name__)

MOST_WAITING = 200  # different words; more are written without waiting for the time
MOST_A_DAY = 5_000  # different words, and so many at most wait while they cannot be written
SWEPT_EVERY = 60 * 60  # seconds
# While it fails, it is tried after twice the time, then four times it, and so on.
MOST_DOUBLED = 5

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
# An e-mail address; six digits with nothing but signs between them, as telephone and NHS numbers and days of birth
# have; a day with its month in words.
_OF_A_PERSON = re.compile(
    rf"@|\d(?:[\W_]*\d){{5}}|\b\d{{1,2}}(?:st|nd|rd|th)?\W+(?:of\W+)?{_MONTH}\b|\b{_MONTH}\W+\d{{1,2}}(?:st|nd|rd|th)?\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d{1,3}(?: \d{1,3})+", re.ASCII)
_POSSESSIVE = re.compile(r"(?<=[^\W\d_]) s(?![^\W_]| \d)")

_UPSERT = (
    "INSERT INTO manual_searched (words, day, times, found) VALUES (%s, %s, %s, %s) "
    "ON CONFLICT (words, day) DO UPDATE "
    "SET times = manual_searched.times + excluded.times, found = excluded.found"
)

# Of words and a day: how often, and whether the last of these searches found anything.
Counts = dict[tuple[str, date], tuple[int, bool]]


def note(query: str, *, found: bool) -> None:
    """Count one search. Never fails and never waits; what may tell of a person is not counted at all."""
    try:
        if words := telling(query):
            _recorder.note(words, found)
    except Exception as error:
        # Such as a machine that lets no more threads begin. A search is answered whatever becomes of its count.
        logger.warning("A search was not counted: %s", error)


def flush() -> None:
    """Write down now what was noted in this process. What cannot be written waits for the next time."""
    _recorder.flush()


def forget() -> None:
    """Throw away what was noted in this process and is not written yet."""
    _recorder.forget()


def by_words(days: int) -> QuerySet[Any, Any]:
    """What was searched for in the last so many days, a row for each words: how many `searches` there were and the
    `last` day; whether the newest was `was_found`, and how many were `missed`, which found nothing."""
    since = timezone.localdate() - timedelta(days=days)
    return (
        Searched.objects.kept()
        .filter(day__gt=since)
        .values("words")
        .annotate(
            searches=Sum("times"),
            missed=Coalesce(Sum("times", filter=Q(found=False)), 0),
            last=Max("day"),
            missed_last=Max("day", filter=Q(found=False)),
        )
        # Of one day there is one row, so the newest is either.
        .annotate(was_found=Case(When(last=F("missed_last"), then=False), default=True))
    )


def not_found(days: int) -> QuerySet[Any, Any]:
    """What found nothing when it was last searched for, most often first."""
    return by_words(days).filter(last=F("missed_last")).order_by("-missed", "-last", "words")


def written(words: str) -> str:
    """Folded words as they were most likely typed: with an apostrophe, or as the number of a chapter."""
    return words.replace(" ", ".") if _NUMBER.fullmatch(words) else _POSSESSIVE.sub("’s", words)


def telling(query: str) -> str:
    """The words of a query as they are counted, folded; empty if it says nothing, may tell of a person, or is longer
    than anybody types who looks for something: then it was pasted, who knows from where."""
    plain = "".join(
        sign for sign in unicodedata.normalize("NFKC", query) if unicodedata.category(sign) != "Cf"
    )
    words = folded(query)
    return "" if len(words) > LONGEST or _OF_A_PERSON.search(plain) else words


class _Recorder:
    """What waits to be written in this process, and the timer after which it is."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # held for a moment only
        self._writing = threading.Lock()  # held by the one who writes
        self._waiting: Counts = {}
        self._timer: threading.Timer | None = None
        self._hurried = False
        self._failures = 0
        self._swept_at: float | None = None
        self._ends: Finalize | None = None

    def note(self, words: str, found: bool) -> None:
        key = (words, timezone.localdate())
        with self._lock:
            times = self._waiting.get(key, (0, found))[0]
            if not times and len(self._waiting) >= MOST_A_DAY:
                return
            self._waiting[key] = (times + 1, found)
            if self._ends is None:
                # Runs at the end of a web server's worker process too, where functions of atexit do not.
                self._ends = Finalize(None, self._write_and_hang_up, exitpriority=1)
            if settings.SEARCHES_WRITTEN_EVERY > 0:
                self._set_the_timer()
                return
        self.flush()

    def flush(self) -> None:
        with self._writing:
            with self._lock:
                taken, self._waiting = self._waiting, {}
                self._stop_the_timer()
            if not taken:
                return
            swept_at = self._swept_at
            sweeps = swept_at is None or time.monotonic() - swept_at >= SWEPT_EVERY
            try:
                _write(taken, sweeps=sweeps)
            except Exception as error:
                # Whatever it is, it must not end a thread of the web server. Locked, read-only, gone: later, then.
                logger.warning(
                    "What was searched for could not be written, and is tried again later: %s", error
                )
                with self._lock:
                    self._failures += 1
                    self._put_back(taken)
                return
            self._failures = 0
            if sweeps:
                self._swept_at = time.monotonic()

    def forget(self) -> None:
        # Whoever writes has done so before: nothing appears again afterwards.
        with self._writing, self._lock:
            self._waiting = {}
            self._failures = 0
            self._stop_the_timer()

    def _put_back(self, taken: Counts) -> None:
        for key, (times, found) in taken.items():
            if key in self._waiting:
                newer_times, newer_found = self._waiting[key]
                self._waiting[key] = (times + newer_times, newer_found)
            elif len(self._waiting) < MOST_A_DAY:
                self._waiting[key] = (times, found)

    def _set_the_timer(self) -> None:
        hurries = len(self._waiting) >= MOST_WAITING and not self._failures
        # Threads do not outlive a fork; what the timer of another process would write, this one has to.
        if self._timer and self._timer.is_alive() and (self._hurried or not hurries):
            return
        self._stop_the_timer()
        seconds = 0 if hurries else settings.SEARCHES_WRITTEN_EVERY * 2 ** min(self._failures, MOST_DOUBLED)
        timer = threading.Timer(seconds, self._in_the_thread)
        timer.daemon = True
        timer.start()
        self._timer, self._hurried = timer, hurries

    def _stop_the_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer, self._hurried = None, False

    def _in_the_thread(self) -> None:
        self._write_and_hang_up()
        with self._lock:
            if self._waiting:
                self._set_the_timer()

    def _write_and_hang_up(self) -> None:
        try:
            self.flush()
        finally:
            connections.close_all()


def _write(taken: Counts, *, sweeps: bool) -> None:
    with _counting() as counted:
        if not counted:
            return
        by_day: dict[date, dict[str, tuple[int, bool]]] = {}
        for (words, day), count in taken.items():
            by_day.setdefault(day, {})[words] = count
        for day, counts in by_day.items():
            _write_day(day, counts)
        if sweeps:
            Searched.objects.expired().delete()


@contextmanager
def _counting() -> Iterator[bool]:
    """Whether searches are counted, which nobody changes before all is written; and nobody else writes meanwhile."""
    with transaction.atomic():
        manual = Manual.objects.select_for_update().filter(pk=1).first()
        yield manual is None or manual.keep_searches


def _write_day(day: date, counts: Mapping[str, tuple[int, bool]]) -> None:
    of_the_day = Searched.objects.filter(day=day)
    known = set(of_the_day.filter(words__in=counts).values_list("words", flat=True))
    room = MOST_A_DAY - of_the_day.count()
    new = [words for words in counts if words not in known][: max(0, room)]
    stored_day = connection.ops.adapt_datefield_value(day)
    with connection.cursor() as cursor:
        cursor.executemany(_UPSERT, [(words, stored_day, *counts[words]) for words in sorted({*known, *new})])


_recorder = _Recorder()
