"""Several people at the same moment, on connections of their own: one waits for the other, and nothing breaks."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from random import Random
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from manual import workflow
from manual.models import Amendment, Chapter, Definition, Edition, Entry, Place, Status
from manual.workflow import Refused
from tests.manual_maker import DAY, FAR_AHEAD, MINUTE, agreed, first_edition, grow, submitted

pytestmark = pytest.mark.django_db(transaction=True)

# Long enough for anything that nobody holds up; nobody waits so long when all is well.
PATIENCE = 60


def together(*verbs: Callable[[], Any]) -> list[Any]:
    """Let each be done in a thread of its own, all starting at once; what each returned, or its refusal."""
    barrier = threading.Barrier(len(verbs), timeout=PATIENCE)

    def run(verb: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait()
            return verb()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(verbs)) as pool:
        return list(pool.map(run, verbs))


@contextmanager
def held_up_at(statement: str, other: threading.Event, reached: threading.Event) -> Iterator[list[bool]]:
    """Stop before the first such statement until somebody else is done, or does not get on; which of the two."""
    overtaken: list[bool] = []

    def wait(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(statement) and not overtaken:
            reached.set()
            overtaken.append(other.wait(0.3))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wait):
        yield overtaken


def in_the_middle_of(verb: Callable[[], Any], statement: str, meanwhile: Callable[[], Any]) -> list[Any]:
    """Begin one verb, and another when the first has come as far as a statement: the second has to wait."""
    reached, done = threading.Event(), threading.Event()

    def first() -> Any:
        try:
            with held_up_at(statement, done, reached) as overtaken:
                answer = verb()
        finally:
            reached.set()
        assert overtaken == [False], "the other did not wait, or the statement never came"
        return answer

    def second() -> Any:
        assert reached.wait(PATIENCE)
        try:
            return meanwhile()
        finally:
            done.set()

    return together(first, second)


def move_or_be_refused(chapter: Chapter, **where: Chapter) -> None:
    """Which of the two depends on what the others have moved meanwhile."""
    try:
        workflow.move(chapter, by=None, **where)
    except workflow.Refused as refusal:
        assert re.search("under or beside itself|is a part|is a group|deeper than", str(refusal))


def refusals(answers: list[Any]) -> int:
    return sum(isinstance(answer, Exception) for answer in answers)


def check_that_nothing_is_broken() -> None:
    """Numbers and sequences count from 1, every edition's entries are complete, and the tree is sound."""
    assert Chapter.objects.broken() == []
    editions = list(Edition.objects.published())
    assert [edition.number for edition in editions] == list(range(1, len(editions) + 1))
    before: dict[int, int] = {}
    for edition in editions:
        entries = list(edition.entries.order_by("position"))
        assert [entry.position for entry in entries] == list(range(len(entries)))
        changed = dict(edition.amendments.values_list("chapter_id", "pk"))
        after = {entry.chapter_id: entry.amendment_id for entry in entries}
        assert after == before | changed
        counts: dict[str, int] = {}
        for entry in entries:
            if entry.number:
                parent, _, last = entry.number.rpartition(".")
                counts[parent] = counts.get(parent, 0) + 1
                assert int(last) == counts[parent]
        if edition.rearranges:
            assert edition.places.count() == len({place.chapter_id for place in edition.places.all()}) > 0
        before = after
    unpublished = Edition.objects.filter(published_at=None)
    assert not Entry.objects.filter(edition__in=unpublished).exists()
    assert not Place.objects.filter(edition__in=unpublished).exists()
    for versions, owner in ((Amendment, "chapter_id"), (Definition, "keyword_id")):
        published = versions.objects.filter(status=Status.PUBLISHED).order_by("edition__effective_at")
        assert set(published.values_list("edition", flat=True)) <= {edition.pk for edition in editions}
        sequences: dict[int, list[int]] = {}
        for key, sequence in published.values_list(owner, "sequence"):
            sequences.setdefault(key, []).append(sequence)
        assert all(found == list(range(1, len(found) + 1)) for found in sequences.values())


@pytest.fixture
def chapters() -> dict[str, Chapter]:
    chapters = grow("""
        safeguarding
            referral
            assessment
            review
        health
            bruising
    """)
    first_edition(chapters, at=FAR_AHEAD)
    return chapters


# --- Two publishers -----------------------------------------------------------------------------------------


def test_of_two_who_publish_the_same_amendment_one_wins(
    chapters: dict[str, Chapter], administrator: User
) -> None:
    def publisher(amendment: Amendment, effective_at: datetime, at: datetime) -> Callable[[], Any]:
        return lambda: workflow.publish(
            by=administrator, amendments=[amendment], effective_at=effective_at, at=at
        )

    for days in range(1, 6):
        amendment, at = agreed(chapters["referral"]), FAR_AHEAD + days * DAY
        answers = together(publisher(amendment, at, at), publisher(amendment, at + 5 * MINUTE, at))
        assert refusals(answers) == 1
        check_that_nothing_is_broken()
    assert Edition.objects.count() == 6


def test_two_who_publish_different_amendments_for_different_days_both_succeed(
    chapters: dict[str, Chapter], administrator: User
) -> None:
    for days in (10, 20, 30):
        amendments = [agreed(chapters["referral"]), agreed(chapters["bruising"])]
        answers = together(
            *(
                lambda amendment=amendment, effective_at=FAR_AHEAD + (days + n) * DAY: workflow.publish(
                    by=administrator,
                    amendments=[amendment],
                    rearrange=True,
                    effective_at=effective_at,
                    at=FAR_AHEAD + DAY,
                )
                for n, amendment in enumerate(amendments)
            )
        )
        assert refusals(answers) == 0
        check_that_nothing_is_broken()
    assert Edition.objects.count() == 7


def test_two_who_publish_at_this_moment_do_so_in_turn(
    chapters: dict[str, Chapter], administrator: User
) -> None:
    """By the real clock: the second is refused, unless the next minute has begun meanwhile."""
    Chapter.objects.add("schools")
    Chapter.objects.add("police")
    amendments = [agreed(Chapter.objects.get(slug=slug)) for slug in ("schools", "police")]
    for edition in Edition.objects.published():
        workflow.unschedule(edition, by=administrator)
    answers = together(
        *(
            lambda amendment=amendment: workflow.publish(by=administrator, amendments=[amendment])
            for amendment in amendments
        )
    )
    assert refusals(answers) <= 1
    assert Edition.objects.published().count() == 2 - refusals(answers)
    check_that_nothing_is_broken()


def test_an_urgent_edition_waits_for_the_scheduling_of_another(
    chapters: dict[str, Chapter], administrator: User
) -> None:
    """And then sees what was scheduled: its text is taken out of the later edition, not overwritten by it."""
    in_force = chapters["referral"].amendments.get()
    planned, urgent = agreed(chapters["referral"]), agreed(chapters["referral"], based_on=in_force)
    _scheduled, published = in_the_middle_of(
        lambda: workflow.publish(
            by=administrator, amendments=[planned], effective_at=FAR_AHEAD + 30 * DAY, at=FAR_AHEAD + DAY
        ),
        'INSERT INTO "manual_entry"',
        lambda: workflow.publish(
            by=administrator, kind="urgent", amendments=[urgent], at=FAR_AHEAD + 2 * DAY
        ),
    )
    assert published.returned == [planned]
    later = Edition.objects.in_force(FAR_AHEAD + 30 * DAY)
    assert (later.number, later.entries.get(chapter=chapters["referral"]).amendment) == (3, urgent)
    check_that_nothing_is_broken()


# --- Publishing and moving ----------------------------------------------------------------------------------


def test_a_move_waits_for_a_publication(chapters: dict[str, Chapter], administrator: User) -> None:
    """The arrangement of the edition is the tree as it stood when it was published, whole."""
    as_it_stood = [(chapter.slug, chapter.parent_id) for chapter in Chapter.objects.in_order()]
    publication, _ = in_the_middle_of(
        lambda: workflow.publish(by=administrator, rearrange=True, at=FAR_AHEAD + DAY),
        'INSERT INTO "manual_place"',
        lambda: workflow.move(chapters["referral"], by=administrator, under=chapters["bruising"]),
    )
    places = publication.edition.places.values_list("chapter__slug", "parent_id")
    assert list(places) == as_it_stood
    assert Chapter.objects.get(slug="referral").level == 2
    check_that_nothing_is_broken()


def test_a_publication_waits_for_a_move(chapters: dict[str, Chapter], administrator: User) -> None:
    _, publication = in_the_middle_of(
        lambda: workflow.move(chapters["referral"], by=administrator, under=chapters["bruising"]),
        'INSERT INTO "manual_event"',
        lambda: workflow.publish(by=administrator, rearrange=True, at=FAR_AHEAD + DAY),
    )
    as_it_stands = [(chapter.slug, chapter.parent_id) for chapter in Chapter.objects.in_order()]
    places = publication.edition.places.values_list("chapter__slug", "parent_id")
    assert list(places) == as_it_stands
    check_that_nothing_is_broken()


def test_moves_and_publications_at_once_leave_nothing_broken(
    chapters: dict[str, Chapter], administrator: User
) -> None:
    def move_about() -> None:
        chance = Random(7)
        for _ in range(12):
            chapter, target = chance.sample([*chapters.values()], 2)
            move_or_be_refused(chapter, **{chance.choice(["under", "after"]): target})

    def publish_often() -> None:
        for days in range(1, 7):
            workflow.publish(by=administrator, rearrange=True, at=FAR_AHEAD + days * DAY)

    together(move_about, publish_often)
    assert Edition.objects.count() == 7
    check_that_nothing_is_broken()


# --- Two who move -------------------------------------------------------------------------------------------


def test_two_who_move_chapters_all_the_time_leave_a_sound_tree() -> None:
    chapters = grow("""
        a
            a1
                a11
            a2
        b
            b1
            b2
                b21
        c
            c1
    """)

    def move_about(seed: int) -> None:
        chance = Random(seed)
        for _ in range(40):
            chapter, target = chance.sample([*chapters.values()], 2)
            move_or_be_refused(chapter, **chance.choice([{"under": target}, {"after": target}, {}]))

    together(*(lambda seed=seed: move_about(seed) for seed in (1, 2)))
    assert Chapter.objects.broken() == []
    assert Chapter.objects.count() == len(chapters)


def test_chapters_are_added_moved_and_deleted_at_once() -> None:
    chapters = grow("""
        a
            a1
            a2
        b
            b1
    """)

    def add() -> None:
        for n in range(15):
            Chapter.objects.add(f"new-{n}", parent=chapters["a1" if n % 2 else "b"])

    def move() -> None:
        for n in range(15):
            chapters["a1"].move(under=chapters["b" if n % 2 else "a2"])

    def add_and_delete() -> None:
        for n in range(15):
            Chapter.objects.add(f"brief-{n}", parent=chapters["b1"]).delete()

    together(add, move, add_and_delete)
    assert Chapter.objects.broken() == []
    assert Chapter.objects.count() == 20


# --- Publishing and taking back -----------------------------------------------------------------------------


def test_a_publisher_and_one_who_takes_an_edition_back_both_succeed(
    chapters: dict[str, Chapter], administrator: User
) -> None:
    for days in range(1, 6):
        at = FAR_AHEAD + days * DAY
        planned = agreed(chapters["referral"])
        scheduled = workflow.publish(
            by=administrator, amendments=[planned], effective_at=FAR_AHEAD + 90 * DAY, at=at
        ).edition
        other = agreed(chapters["bruising"])
        answers = together(
            lambda amendment=other, at=at + MINUTE: workflow.publish(
                by=administrator, kind="urgent", amendments=[amendment], at=at
            ),
            lambda edition=scheduled, at=at + MINUTE: workflow.unschedule(edition, by=administrator, at=at),
        )
        assert refusals(answers) == 0
        check_that_nothing_is_broken()
        planned.refresh_from_db()
        assert (planned.status, planned.edition) == (Status.APPROVED, scheduled)
        assert Edition.objects.in_force(at + MINUTE).number == 1 + days
        workflow.return_to_author(planned, by=administrator, why="To begin again.")


def test_of_two_who_take_the_same_edition_back_one_wins(
    chapters: dict[str, Chapter], administrator: User
) -> None:
    scheduled = workflow.publish(
        by=administrator, rearrange=True, effective_at=FAR_AHEAD + 90 * DAY, at=FAR_AHEAD + DAY
    ).edition
    workflow.publish(by=administrator, rearrange=True, effective_at=FAR_AHEAD + 99 * DAY, at=FAR_AHEAD + DAY)
    answers = together(
        *[lambda: workflow.unschedule(scheduled, by=administrator, at=FAR_AHEAD + 2 * DAY)] * 2
    )
    assert refusals(answers) == 1
    check_that_nothing_is_broken()


# --- Deciding -----------------------------------------------------------------------------------------------


def test_of_two_who_decide_about_an_amendment_one_wins(
    chapters: dict[str, Chapter], editor: User, approver: User
) -> None:
    for _ in range(5):
        amendment = submitted(chapters["referral"], author=editor)
        copies = [Amendment.objects.get(pk=amendment.pk) for _ in range(2)]
        answers = together(
            lambda amendment=copies[0]: workflow.approve(amendment, by=approver),
            lambda amendment=copies[1]: workflow.return_to_author(amendment, by=approver, why="Not yet."),
        )
        amendment.refresh_from_db()
        # Returning what the other has just approved is allowed; approving what was returned is not.
        assert amendment.status == Status.RETURNED
        assert amendment.events.count() == 4 - refusals(answers)
        workflow.abandon(amendment, by=editor)


def test_of_one_who_publishes_and_one_who_returns_an_amendment_one_wins(
    chapters: dict[str, Chapter], administrator: User
) -> None:
    for days in range(1, 6):
        amendment = agreed(chapters["referral"])
        copies = [Amendment.objects.get(pk=amendment.pk) for _ in range(2)]
        at = FAR_AHEAD + days * DAY
        answers = together(
            lambda amendment=copies[0], at=at: workflow.publish(
                by=administrator, amendments=[amendment], at=at
            ),
            lambda amendment=copies[1]: workflow.return_to_author(
                amendment, by=administrator, why="Not yet."
            ),
        )
        assert refusals(answers) == 1
        amendment.refresh_from_db()
        assert amendment.status == (Status.RETURNED if isinstance(answers[0], Refused) else Status.PUBLISHED)
        check_that_nothing_is_broken()
