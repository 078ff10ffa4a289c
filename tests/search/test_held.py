"""What is told of the rows of the index is held in memory, for as long as the index is the same and no longer."""

import threading
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from manual import search
from manual.models import Contents, Edition, Section
from manual.search import held
from manual.search.rows import Key, Stored, key_of
from tests.search.conftest import Publish, amendment_of, found


def stamps() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT stamp FROM manual_search_written")
        return {stamp for (stamp,) in cursor.fetchall()}


@pytest.fixture
def index() -> tuple[Callable[[Sequence[held.Span]], dict[Key, Stored]], list[held.Span]]:
    """An index of two amendments with three rows each, and what it was asked for."""
    rows = {
        key_of(amendment, position): Stored(
            key_of(amendment, position),
            f"a{position}",
            "",
            f"Row {position}",
            f" row {position} ",
            "",
            "",
            None,
        )
        for amendment in (1, 2)
        for position in range(3)
    }
    asked: list[held.Span] = []

    def read(spans: Sequence[held.Span]) -> dict[Key, Stored]:
        asked.extend(spans)
        return {key: row for key, row in rows.items() if any(first <= key <= last for first, last in spans)}

    return read, asked


def test_what_is_held_is_not_read_again(index) -> None:
    read, asked = index
    one, whole = (key_of(1, 1), key_of(1, 1)), (key_of(1), key_of(1, 9))
    assert list(held.rows([one], "a stamp", read)) == [key_of(1, 1)]
    assert held.rows([one, whole], "a stamp", read).keys() == {key_of(1, n) for n in range(3)}
    assert asked == [one, whole]
    assert held.rows([one, whole], "a stamp", read).keys() == {key_of(1, n) for n in range(3)}
    # Rows of a span are rows like others.
    assert list(held.rows([(key_of(1, 2), key_of(1, 2))], "a stamp", read)) == [key_of(1, 2)]
    assert asked == [one, whole]
    other = (key_of(2), key_of(2, 9))
    assert held.rows([other, whole], "a stamp", read).keys() == {
        key_of(n, m) for n in (1, 2) for m in range(3)
    }
    assert asked == [one, whole, other]


def test_under_another_stamp_everything_is_read_anew(index) -> None:
    read, asked = index
    one = (key_of(1, 1), key_of(1, 1))
    for stamp in ("one", "two", "one"):
        held.rows([one], stamp, read)
    assert asked == [one] * 3


def test_without_a_stamp_nothing_is_held(index) -> None:
    read, asked = index
    one = (key_of(1, 1), key_of(1, 1))
    held.rows([one], "", read)
    held.rows([one], "", read)
    assert asked == [one] * 2


def test_there_is_room_for_so_many(index, monkeypatch: pytest.MonkeyPatch) -> None:
    read, asked = index
    monkeypatch.setattr(held, "MOST", 2)
    whole = (key_of(1), key_of(1, 9))
    for _ in range(2):
        assert held.rows([whole], "small", read).keys() == {key_of(1, n) for n in range(3)}
    assert asked == [whole] * 2


def test_a_row_that_is_not_there_is_none_and_is_asked_for_again(index) -> None:
    read, asked = index
    gone = (key_of(7, 1), key_of(7, 1))
    assert held.rows([gone], "a stamp of its own", read) == {}
    assert held.rows([gone], "a stamp of its own", read) == {}
    assert asked == [gone] * 2


def test_the_same_search_reads_the_rows_once(edition: Edition) -> None:
    contents = Contents.of(edition)

    def read() -> int:
        with CaptureQueriesContext(connection) as captured:
            search.search("adoption plan", contents)
        return len(captured)

    assert read() > read() == read()


def test_every_writing_leaves_a_stamp(publish: Publish) -> None:
    publish({"a": {"text": "## One {: #one }\n\nA drum."}})
    seen = [stamps()]
    publish({"a": {"text": "## One {: #one }\n\nA whistle."}})
    seen.append(stamps())
    search.forget([amendment_of("a")])
    seen.append(stamps())
    search.rebuild()
    seen.append(stamps())
    assert all(before < after for before, after in pairwise(seen))


def test_there_are_never_many_stamps_and_none_comes_again(publish: Publish) -> None:
    publish({"a": {}})
    seen = [stamps()]
    for _ in range(3 * held.MOST_STAMPS):
        search.index([amendment_of("a")])
        seen.append(stamps())
    assert max(map(len, seen)) == held.MOST_STAMPS
    assert len(set(map(frozenset, seen))) == len(seen)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_write_at_once_neither_is_overlooked(publish: Publish) -> None:
    """Whoever looks between the two, and after both, is told of each."""
    publish({"a": {}, "b": {}})
    seen = [stamps()]
    written, may_end = threading.Event(), threading.Event()

    def write_slowly() -> None:
        try:
            with transaction.atomic():
                held.write_stamp()
                written.set()
                may_end.wait(20)
        finally:
            connection.close()

    other = threading.Thread(target=write_slowly)
    other.start()
    assert written.wait(20)
    if connection.vendor == "sqlite":
        may_end.set()  # there, who writes waits for whoever does
    held.write_stamp()
    seen.append(stamps())
    may_end.set()
    other.join()
    seen.append(stamps())
    assert seen[0] < seen[1] <= seen[2]
    assert len(seen[2]) == len(seen[0]) + 2


def test_what_is_written_anew_is_told_anew(publish: Publish) -> None:
    text = "## Bells {: #one }\n\nA sound.\n\n## Drums {: #other }\n\nA sound.\n"
    edition = publish({"a": {"text": text}})
    assert found("drum sound", edition)[0] == "a#other"
    # As if a newer release rendered the text otherwise.
    sections = Section.objects.filter(amendment=amendment_of("a"))
    sections.filter(anchor="one").update(heading="Drums")
    sections.filter(anchor="other").update(heading="Bells")
    search.index([amendment_of("a")])
    assert found("drum sound", edition)[0] == "a#one"
