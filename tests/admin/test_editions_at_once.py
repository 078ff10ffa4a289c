"""Two approvers at the same moment, each in a browser of their own: never a half-published edition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse

from manual import workflow
from manual.models import Chapter, Edition, Status
from manual.workflow import editions
from tests.editions.test_concurrency import check_that_nothing_is_broken, in_the_middle_of, together
from tests.manual_maker import FAR_AHEAD, agreed, approved, first_edition, grow

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chapters() -> dict[str, Chapter]:
    chapters = grow("core\n    referral\n    assessment\n    review\n")
    first_edition(chapters)
    return chapters


@pytest.fixture
def desks(approver: User, administrator: User) -> list[Client]:
    """Two people who may publish, each signed in."""
    clients = [Client(), Client()]
    for client, person in zip(clients, (approver, administrator), strict=True):
        client.force_login(person)
    return clients


def page_of(name: str, edition: Edition) -> str:
    return reverse(f"admin:manual_edition_{name}", args=[edition.pk])


def presses_publish(client: Client, edition: Edition) -> Callable[[], Any]:
    """A click on the button of a page that was shown now."""
    seen = client.get(page_of("confirm", edition)).context["seen"]
    assert seen
    return lambda: client.post(page_of("confirm", edition), {"seen": seen})


def prepared(by: User, *slugs: str, chapters: dict[str, Chapter], **words: Any) -> Edition:
    amendments = [agreed(chapters[slug], text=f"Other words about {slug}.") for slug in slugs]
    return workflow.compose(None, by=by, words=words, amendments=amendments)


def test_two_who_publish_the_same_edition_publish_it_once(
    desks: list[Client], approver: User, chapters: dict[str, Chapter]
) -> None:
    edition = prepared(approver, "referral", "review", chapters=chapters, effective_at=FAR_AHEAD)
    answers = together(*(presses_publish(client, edition) for client in desks))
    assert [answer.status_code for answer in answers] == [302, 302], "both are led to its record"
    assert {answer.headers["Location"] for answer in answers} == {page_of("change", edition)}
    assert Edition.objects.published().count() == 2
    assert edition.events.filter(verb="publish", amendment=None).count() == 1
    assert edition.events.filter(verb="publish").count() == 3
    check_that_nothing_is_broken()


def test_one_person_who_clicks_twice_publishes_once(
    desks: list[Client], approver: User, chapters: dict[str, Chapter]
) -> None:
    edition = prepared(approver, "referral", chapters=chapters)
    press = presses_publish(desks[0], edition)
    answers = together(press, press)
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Edition.objects.published().count() == 2
    check_that_nothing_is_broken()


def test_of_two_editions_with_the_same_chapter_the_second_is_shown_what_happened(
    desks: list[Client], approver: User, chapters: dict[str, Chapter]
) -> None:
    both = [
        prepared(approver, "referral", chapters=chapters, effective_at=FAR_AHEAD.replace(hour=hour))
        for hour in (9, 10)
    ]
    presses = [presses_publish(client, edition) for client, edition in zip(desks, both, strict=True)]
    answers = together(*presses)
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert Edition.objects.published().count() == 2
    check_that_nothing_is_broken()


def test_what_is_returned_while_somebody_publishes_is_published_or_named(
    desks: list[Client], approver: User, editor: User, chapters: dict[str, Chapter]
) -> None:
    for _ in range(3):
        amendment = approved(chapters["referral"], author=editor, approver=approver)
        edition = workflow.compose(
            None, by=approver, words={"effective_at": FAR_AHEAD}, amendments=[amendment]
        )
        copy = type(amendment).objects.get(pk=amendment.pk)
        answer, returned = together(
            presses_publish(desks[0], edition),
            lambda copy=copy: workflow.return_to_author(copy, by=approver, why="Not yet."),
        )
        amendment.refresh_from_db()
        if answer.status_code == 302:
            assert isinstance(returned, workflow.Refused)
            assert amendment.status == Status.PUBLISHED
            workflow.unschedule(edition, by=approver)
            workflow.give_up(edition, by=approver)
            workflow.return_to_author(amendment, by=approver, why="Again.")
        else:
            assert answer.status_code == 409
            assert amendment.status == Status.RETURNED
            assert amendment.edition is None
            workflow.give_up(edition, by=approver)
        workflow.abandon(amendment, by=editor)
        check_that_nothing_is_broken()


def test_what_is_being_returned_when_somebody_publishes_is_named(
    desks: list[Client], approver: User, chapters: dict[str, Chapter]
) -> None:
    """The click waits for the return, and then says what moved instead of what does not fit any more."""
    edition = prepared(approver, "referral", "review", chapters=chapters)
    amendment = edition.amendments.get(chapter=chapters["review"])
    press = presses_publish(desks[0], edition)
    returned, answer = in_the_middle_of(
        lambda: workflow.return_to_author(amendment, by=approver, why="Not yet."),
        'INSERT INTO "manual_event"',
        press,
    )
    assert returned.status == Status.RETURNED
    assert answer.status_code == 409
    assert [
        f"“{amendment.title_shown}” is not in this edition" in words for words in answer.context["moved"]
    ] == [True]
    assert edition.amendments.get().status == Status.APPROVED
    check_that_nothing_is_broken()


def test_what_was_found_as_it_was_shown_cannot_be_returned_any_more(
    desks: list[Client], approver: User, chapters: dict[str, Chapter], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the comparison on, not only from the choice of what goes in."""
    edition = prepared(approver, "referral", chapters=chapters)
    amendment = edition.amendments.get()
    press = presses_publish(desks[0], edition)
    # Right after the comparison, a statement that stands for nothing else.
    compare = editions.moved_since

    def compare_and_go_on(seen: Any, now: Any) -> list[str]:
        moved = compare(seen, now)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 'compared'")
        return moved

    monkeypatch.setattr(editions, "moved_since", compare_and_go_on)
    answer, returned = in_the_middle_of(
        press, "SELECT 'compared'", lambda: workflow.return_to_author(amendment, by=approver, why="Not yet.")
    )
    assert answer.status_code == 302
    assert isinstance(returned, workflow.Refused)
    amendment.refresh_from_db()
    assert amendment.status == Status.PUBLISHED
    check_that_nothing_is_broken()


def test_a_change_of_the_edition_waits_for_its_publication(
    desks: list[Client], approver: User, chapters: dict[str, Chapter]
) -> None:
    """The name that was shown is the name that is published; the other is told that it came too late."""
    edition = prepared(approver, "referral", chapters=chapters, name="Autumn")
    press = presses_publish(desks[0], edition)
    mark = workflow.edition_mark(edition)
    published, saved = in_the_middle_of(
        press,
        'INSERT INTO "manual_entry"',
        lambda: desks[1].post(
            page_of("change", edition),
            {"name": "Winter", "kind": "ordinary", "when": "now", "shown": mark, "_save": ""},
        ),
    )
    assert (published.status_code, saved.status_code) == (302, 302)
    edition.refresh_from_db()
    assert (edition.name, edition.state()) == ("Autumn", "in force")
    assert edition.amendments.count() == 1
    check_that_nothing_is_broken()


def test_a_page_is_rehearsed_while_another_edition_is_published(
    desks: list[Client], approver: User, chapters: dict[str, Chapter]
) -> None:
    """Looking at one edition changes nothing of another, and neither waits for ever."""
    shown = prepared(approver, "referral", chapters=chapters, effective_at=FAR_AHEAD)
    other = prepared(approver, "review", chapters=chapters)
    press = presses_publish(desks[0], other)
    answers = together(press, *[lambda: desks[1].get(page_of("confirm", shown))] * 3)
    assert [answer.status_code for answer in answers] == [302, 200, 200, 200]
    assert [edition.pk for edition in Edition.objects.published()][1:] == [other.pk]
    check_that_nothing_is_broken()


def test_two_who_ask_for_the_same_correction_get_the_same_edition(
    desks: list[Client], chapters: dict[str, Chapter]
) -> None:
    correction = agreed(chapters["referral"], significance="correction", text="Other words.")
    quick = reverse("admin:manual_edition_publish_correction", args=[correction.pk])
    answers = together(*(lambda client=client: client.post(quick) for client in desks))
    edition = Edition.objects.in_preparation().get()
    assert [answer.headers["Location"] for answer in answers] == [page_of("confirm", edition)] * 2


def test_two_who_take_the_same_edition_back_take_it_back_once(
    desks: list[Client], approver: User, chapters: dict[str, Chapter]
) -> None:
    edition = workflow.publish(
        by=approver, amendments=[agreed(chapters["referral"])], effective_at=FAR_AHEAD
    ).edition
    answers = together(
        *(
            lambda client=client: client.post(page_of("unschedule", edition), {"why": "Late."})
            for client in desks
        )
    )
    assert all(answer.status_code in (200, 302) for answer in answers)
    assert edition.events.filter(verb="unschedule").count() == 1
    assert Edition.objects.in_preparation().get() == edition
    check_that_nothing_is_broken()
