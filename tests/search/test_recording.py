"""What is counted of a search: the words and the day, nothing of who; written later, and never in anybody's way."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from manual import workflow
from manual.models import Manual, Searched
from manual.search import recording

PATIENCE = 60


@pytest.fixture(autouse=True)
def nothing_waits(settings: Any) -> Iterator[None]:
    """Nobody writes unless a test says so, and nothing is left for the next."""
    settings.SEARCHES_WRITTEN_EVERY = 3_600
    recording.forget()
    yield
    recording.forget()


@pytest.fixture
def unswept(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has just begun."""
    monkeypatch.setattr(recording, "_recorder", recording._Recorder())


def counted() -> dict[str, tuple[int, bool]]:
    """Of each words, how often, and whether the last of them found anything."""
    return {
        words: (times, found)
        for words, times, found in Searched.objects.values_list("words", "times", "found")
    }


def until(true: Any) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


# --- What ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("Strategy   Meeting", "strategy meeting"),
        ("“core group” -minutes", "core group minutes"),
        ("Café", "cafe"),
        ("children’s rights", "children s rights"),
        ("s47", "s47"),
        ("2.2.8", "2 2 8"),
        ("section 47, 17 and 20", "section 47 17 and 20"),
        ("Working Together 2023", "working together 2023"),
        ("under 16 marriage", "under 16 marriage"),
        ("within 10 days or 15", "within 10 days or 15"),
        ("x" * 100, "x" * 100),
    ],
)
def test_words_are_counted_folded(query: str, words: str) -> None:
    assert recording.telling(query) == words


@pytest.mark.parametrize(
    "query",
    [
        "sam@example.org",
        "write to sam.sample＠example.org",
        "943 476 5919",
        "9434765919",
        "NHS 943-476-5919",
        "NHS 943–476–5919",
        "01632 960100",
        "+44 1632 960100",
        "(01632) 960100",
        "12/03/2010",
        "12.03.2010",
        "2010-03-12",
        "born 12 03 10",
        "120310",
        "12\u200b03\u20602010",
        "١٢٣٤٥٦",
        "12 March 2010",
        "12th of march",
        "Sample dob 3-Sept-2011",
        "March 12, 2010",
        "AB 12 34 56 C",
    ],
)
def test_what_may_tell_of_a_person_is_not_counted(query: str) -> None:
    assert recording.telling(query) == ""
    assert recording.telling(f"referral {query} urgent") == ""


@pytest.mark.parametrize("query", ["", "  ", "?!", "–", "x" * 101, "a child said " * 20])
def test_neither_is_what_says_nothing_or_was_pasted(query: str) -> None:
    assert recording.telling(query) == ""


@pytest.mark.django_db
def test_what_is_not_counted_is_never_written() -> None:
    for query in ("sam@example.org", "943 476 5919", "", "referral"):
        recording.note(query, found=True)
    recording.flush()
    assert counted() == {"referral": (1, True)}


@pytest.mark.django_db
def test_nothing_is_kept_but_words_day_times_and_found() -> None:
    assert {field.name for field in Searched._meta.get_fields()} == {"id", "words", "day", "times", "found"}


# --- How often, on which day ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_same_words_are_one_and_the_last_says_whether_they_were_found() -> None:
    recording.note("Referral", found=True)
    recording.note("referral ", found=False)
    recording.note("“referral”", found=True)
    recording.note("zebra", found=True)
    recording.note("zebra", found=False)
    recording.flush()
    assert counted() == {"referral": (3, True), "zebra": (2, False)}
    recording.note("zebra", found=True)
    recording.flush()
    assert counted() == {"referral": (3, True), "zebra": (3, True)}


@pytest.mark.django_db
def test_a_day_is_a_day_in_london(time_machine: Any) -> None:
    time_machine.move_to(datetime(2026, 7, 1, 22, 30, tzinfo=UTC), tick=False)
    recording.note("referral", found=True)
    time_machine.move_to(datetime(2026, 7, 1, 23, 30, tzinfo=UTC), tick=False)
    recording.note("referral", found=True)
    recording.flush()
    assert set(Searched.objects.values_list("day", "times")) == {(date(2026, 7, 1), 1), (date(2026, 7, 2), 1)}


@pytest.mark.django_db
def test_there_is_an_end_to_different_words_of_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MOST_A_DAY", 3)
    for words in ("one", "two", "three", "four", "two"):
        recording.note(words, found=True)
    recording.flush()
    recording.note("five", found=True)
    recording.note("one", found=True)
    recording.flush()
    assert counted() == {"one": (2, True), "two": (2, True), "three": (1, True)}


@pytest.mark.django_db
def test_after_90_days_it_is_deleted(time_machine: Any, unswept: None) -> None:
    today = timezone.localdate()
    for days in (89, 90, 91, 400):
        Searched.objects.create(words=f"{days} days", day=today - timedelta(days=days), found=True)
    assert set(recording.by_words(90).values_list("words", flat=True)) == {"89 days"}
    recording.note("today", found=True)
    recording.flush()
    assert set(counted()) == {"today", "89 days"}


@pytest.mark.django_db
def test_it_is_looked_for_what_is_old_once_an_hour(monkeypatch: pytest.MonkeyPatch, unswept: None) -> None:
    def swept() -> bool:
        old = Searched.objects.create(words="old", day=date(2020, 1, 1), found=True)
        recording.note("referral", found=True)
        recording.flush()
        gone = not Searched.objects.filter(pk=old.pk).exists()
        Searched.objects.filter(words="old").delete()
        return gone

    hours = iter([0.0, 3_599.0, 3_600.0, 3_600.0])
    now = [next(hours)]
    monkeypatch.setattr(recording.time, "monotonic", lambda: now[0])
    assert swept()
    now[0] = next(hours)
    assert not swept()
    now[0] = next(hours)
    assert swept()


# --- Counted at all ------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_turned_off_nothing_is_kept_and_nothing_follows() -> None:
    Manual().save()
    recording.note("before", found=False)
    recording.flush()
    recording.note("waiting", found=False)
    workflow.change_settings(by=None, keep_searches=False)
    assert not Searched.objects.exists()
    recording.flush()
    # As another process does, which does not know yet.
    recording.note("after", found=False)
    recording.flush()
    assert not Searched.objects.exists()
    workflow.change_settings(by=None, keep_searches=True)
    recording.note("again", found=False)
    recording.flush()
    assert counted() == {"again": (1, False)}


@pytest.mark.django_db
def test_other_settings_leave_it_be() -> None:
    Manual().save()
    recording.note("before", found=False)
    recording.flush()
    workflow.change_settings(by=None, title="Procedures of the north")
    assert set(counted()) == {"before"}


# --- When ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_noting_asks_the_database_nothing() -> None:
    with CaptureQueriesContext(connection) as queries:
        for n in range(50):
            recording.note(f"words {n}", found=True)
    assert len(queries) == 0
    assert counted() == {}


@pytest.mark.django_db(transaction=True)
def test_at_once_is_at_once(settings: Any) -> None:
    settings.SEARCHES_WRITTEN_EVERY = 0
    recording.note("referral", found=True)
    assert counted() == {"referral": (1, True)}


@pytest.mark.django_db(transaction=True)
def test_a_while_later_it_is_written_without_anybody_coming_by(settings: Any) -> None:
    settings.SEARCHES_WRITTEN_EVERY = 0.05
    recording.note("referral", found=True)
    recording.note("referral", found=True)
    until(lambda: counted() == {"referral": (2, True)})
    recording.note("referral", found=False)
    until(lambda: counted() == {"referral": (3, False)})


@pytest.mark.django_db(transaction=True)
def test_when_many_wait_they_are_written_before_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MOST_WAITING", 5)
    for n in range(4):
        recording.note(f"words {n}", found=True)
    assert not Searched.objects.exists()
    recording.note("words 4", found=True)
    until(lambda: len(counted()) == 5)


@pytest.mark.django_db
def test_as_many_queries_however_many_wait() -> None:
    def queries(words: int) -> int:
        for n in range(words):
            recording.note(f"words {n}", found=True)
        with CaptureQueriesContext(connection) as captured:
            recording.flush()
        return len([query for query in captured if "INSERT" not in query["sql"]])

    queries(1)
    few = queries(1)
    assert queries(150) == few


@pytest.mark.django_db(transaction=True)
def test_threads_lose_nothing(settings: Any) -> None:
    settings.SEARCHES_WRITTEN_EVERY = 0.01

    def searches(n: int) -> None:
        for m in range(50):
            recording.note(f"words {m % 10}", found=True)
            recording.note(f"own {n}", found=False)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(searches, range(8)))
    # Whoever writes at this moment is waited for.
    recording.flush()
    until(lambda: sum(times for times, _found in counted().values()) == 800)
    assert counted()["words 3"] == (40, True)
    assert counted()["own 5"] == (50, False)


@pytest.mark.django_db(transaction=True)
def test_two_processes_add_up() -> None:
    """Each has a recorder of its own, and both write at once."""
    recorders = [recording._Recorder() for _ in range(4)]
    barrier = threading.Barrier(len(recorders), timeout=PATIENCE)
    for recorder in recorders:
        for n in range(30):
            recorder.note(f"words {n}", True)

    def write(recorder: recording._Recorder) -> None:
        barrier.wait()
        recorder._write_and_hang_up()

    with ThreadPoolExecutor(len(recorders)) as pool:
        list(pool.map(write, recorders))
    assert set(counted().values()) == {(4, True)}
    assert len(counted()) == 30
    for recorder in recorders:
        recorder.forget()


# --- When it cannot be written -------------------------------------------------------------------------------


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Nothing can be written while there is something in the list."""
    reasons = ["attempt to write a readonly database"]
    write = recording._write

    def refuse(*args: Any, **words: Any) -> None:
        if reasons:
            raise OperationalError(reasons[0])
        write(*args, **words)

    monkeypatch.setattr(recording, "_write", refuse)
    yield reasons


@pytest.mark.django_db
def test_what_cannot_be_written_is_logged_and_written_later(
    broken: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    recording.note("referral", found=True)
    recording.flush()
    assert [(record.levelno, record.name) for record in caplog.records] == [
        (logging.WARNING, "manual.search.recording")
    ]
    assert "readonly database" in caplog.text
    recording.note("referral", found=False)
    broken.clear()
    recording.flush()
    assert counted() == {"referral": (2, False)}


@pytest.mark.django_db
def test_a_search_goes_on_although_it_cannot_be_written_at_once(broken: list[str], settings: Any) -> None:
    settings.SEARCHES_WRITTEN_EVERY = 0
    recording.note("referral", found=True)
    broken.clear()
    recording.note("zebra", found=False)
    assert counted() == {"referral": (1, True), "zebra": (1, False)}


@pytest.mark.django_db
def test_no_more_than_a_day_may_have_waits(broken: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MOST_A_DAY", 10)
    for n in range(30):
        recording.note(f"words {n}", found=True)
        recording.flush()
    recording.note("words 3", found=True)
    broken.clear()
    recording.flush()
    assert set(counted()) == {f"words {n}" for n in range(10)}
    assert counted()["words 3"] == (2, True)


@pytest.mark.django_db
def test_a_machine_without_another_thread_answers_all_the_same(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def none_left(timer: threading.Timer) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Timer, "start", none_left)
    recording.note("referral", found=True)
    assert "can't start new thread" in caplog.text
    recording.flush()
    assert counted() == {"referral": (1, True)}


@pytest.mark.django_db(transaction=True)
def test_a_search_does_not_wait_while_somebody_else_writes(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """The thread that writes is held up by a lock of the database; the words arrive when it is gone."""
    settings.SEARCHES_WRITTEN_EVERY = 0.02
    Manual().save()
    locked, free = threading.Event(), threading.Event()

    def hold() -> None:
        if connection.vendor == "sqlite":
            other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            locked.set()
            free.wait(PATIENCE)
            other.execute("ROLLBACK")
            other.close()
        else:
            with connection.cursor() as cursor:
                cursor.execute("BEGIN; LOCK TABLE manual_searched IN ACCESS EXCLUSIVE MODE")
                locked.set()
                free.wait(PATIENCE)
                cursor.execute("ROLLBACK")
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert locked.wait(PATIENCE)
        recording.note("referral", found=True)
        until(recording._recorder._writing.locked)
        for _ in range(100):
            recording.note("referral", found=True)
        assert recording._recorder._writing.locked(), "the one who writes still waits"
    finally:
        free.set()
        holder.join()
    until(lambda: counted() == {"referral": (101, True)})


@pytest.mark.django_db(transaction=True)
def test_a_database_that_nothing_can_be_written_to(caplog: pytest.LogCaptureFixture) -> None:
    if connection.vendor == "sqlite":
        begin, end = "PRAGMA query_only = ON", "PRAGMA query_only = OFF"
    else:
        begin = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"
        end = "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE"
    with connection.cursor() as cursor:
        cursor.execute(begin)
        recording.note("referral", found=True)
        recording.flush()
        cursor.execute(end)
    assert not Searched.objects.exists()
    assert "tried again later" in caplog.text
    recording.flush()
    assert counted() == {"referral": (1, True)}


# --- What is read of it --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_was_found_the_last_time_is_not_missed() -> None:
    today = timezone.localdate()
    rows = [
        ("mended", 2, 5, False), ("mended", 0, 1, True),
        ("lost", 3, 4, True), ("lost", 1, 2, False),
        ("never", 40, 9, False), ("always", 0, 7, True),
    ]  # fmt: skip
    for words, days, times, found in rows:
        Searched.objects.create(words=words, day=today - timedelta(days=days), times=times, found=found)
    assert [(row["words"], row["missed"]) for row in recording.not_found(90)] == [("never", 9), ("lost", 2)]
    assert [row["words"] for row in recording.not_found(30)] == ["lost"]
    everything = {row["words"]: (row["searches"], row["was_found"]) for row in recording.by_words(90)}
    assert everything == {
        "mended": (6, True), "lost": (6, False), "never": (9, False), "always": (7, True),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("folded", "shown"),
    [
        ("children s rights", "children’s rights"), ("section s 47", "section s 47"), ("s 47", "s 47"),
        ("47 s", "47 s"), ("the child s", "the child’s"), ("boys schools", "boys schools"),
        ("2 2 8", "2.2.8"), ("47", "47"), ("2 2 8 forms", "2 2 8 forms"),
    ],
)  # fmt: skip
def test_folded_words_are_shown_as_they_were_typed_most_likely(folded: str, shown: str) -> None:
    assert recording.written(folded) == shown
