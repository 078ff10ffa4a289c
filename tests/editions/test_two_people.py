"""Two people, or two tabs, at work on the same draft at the same moment, on connections of their own.

One waits for the other; what the second does is done on what the first left, or refused in a sentence. No word is
lost, and no decision is made twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from manual import workflow
from manual.models import Amendment, Chapter, Definition, Edition, Event, Keyword, Status
from manual.workflow import Overtaken, Refused
from tests.editions.test_concurrency import check_that_nothing_is_broken, refusals, together
from tests.manual_maker import LONG_AGO, agreed, first_edition, grow

pytestmark = pytest.mark.django_db(transaction=True)

# How often each is tried: a race that is won by luck once is not won so often.
TIMES = 8


@pytest.fixture
def chapters() -> dict[str, Chapter]:
    chapters = grow("core\n    referral\n    assessment\n    review\n")
    first_edition(chapters, at=LONG_AGO)
    return chapters


@pytest.fixture
def author(person: Callable[..., User]) -> User:
    return person("author", "submit_amendment")


@pytest.fixture
def checker(person: Callable[..., User]) -> User:
    return person("checker", "approve_amendment", "publish_edition")


@pytest.fixture
def other_checker(person: Callable[..., User]) -> User:
    return person("other-checker", "approve_amendment", "publish_edition")


def stored(version: Any) -> Any:
    return type(version).objects.get(pk=version.pk)


def begun(chapter: Chapter, author: User) -> Amendment:
    return workflow.draft(chapter, by=author, note="Why.")


def given_up(draft: Amendment) -> None:
    workflow.abandon(stored(draft), by=None)


def test_of_two_tabs_that_save_at_once_one_is_told(chapters: dict[str, Chapter], author: User) -> None:
    draft = begun(chapters["referral"], author)
    for n in range(TIMES):
        seen = stored(draft).revision
        answers = together(
            *(
                lambda text=f"Words {n} of tab {tab}.", seen=seen: workflow.revise(
                    draft, by=author, revision=seen, text=text
                )
                for tab in (1, 2)
            )
        )
        [told] = [answer for answer in answers if isinstance(answer, Exception)]
        [saved] = [answer for answer in answers if not isinstance(answer, Exception)]
        assert isinstance(told, Overtaken)
        assert stored(draft).text == saved.text == told.current.text
        assert stored(draft).revision == seen + 1


def test_saving_at_the_moment_of_submission_neither_loses_words_nor_changes_what_was_submitted(
    chapters: dict[str, Chapter], author: User
) -> None:
    for n in range(TIMES):
        draft = begun(chapters["referral"], author)
        saving, submitting = together(
            lambda draft=draft, n=n: workflow.revise(draft, by=author, revision=1, text=f"Last words {n}."),
            lambda draft=draft: workflow.submit(draft, by=author),
        )
        assert not isinstance(submitting, Exception)
        now = stored(draft)
        assert now.status == Status.SUBMITTED
        if isinstance(saving, Exception):
            assert "cannot be changed now" in str(saving)
        else:
            assert now.text == f"Last words {n}."
        given_up(workflow.take_back(draft, by=None))


def test_a_text_is_not_changed_while_somebody_approves_it(
    chapters: dict[str, Chapter], author: User, checker: User
) -> None:
    """What is approved is what was submitted, whoever else is quick."""
    for _ in range(TIMES):
        draft = workflow.submit(begun(chapters["referral"], author), by=author)
        submitted = stored(draft).text

        def take_back_and_write(draft: Amendment = draft) -> None:
            workflow.take_back(draft, by=author)
            workflow.revise(draft, by=author, text="Nobody has seen this.")

        together(lambda draft=draft: workflow.approve(draft, by=checker), take_back_and_write)
        now = stored(draft)
        if now.status == Status.APPROVED:
            assert now.text == submitted
            workflow.return_to_author(now, by=checker, why="Once more.")
        else:
            assert (now.status, now.approver) == (Status.DRAFT, None)
        given_up(draft)


def test_of_two_who_decide_at_once_one_is_refused(
    chapters: dict[str, Chapter], author: User, checker: User, other_checker: User
) -> None:
    for _ in range(TIMES):
        draft = workflow.submit(begun(chapters["referral"], author), by=author)
        answers = together(
            lambda draft=draft: workflow.approve(draft, by=checker),
            lambda draft=draft: workflow.approve(draft, by=other_checker),
        )
        assert refusals(answers) == 1
        assert draft.events.filter(verb="approve").count() == 1
        workflow.return_to_author(stored(draft), by=checker, why="Once more.")
        given_up(draft)


def test_a_double_click_submits_once(chapters: dict[str, Chapter], author: User) -> None:
    for _ in range(TIMES):
        draft = begun(chapters["referral"], author)
        answers = together(*[lambda draft=draft: workflow.submit(draft, by=author)] * 2)
        assert refusals(answers) == 1
        assert draft.events.filter(verb="submit").count() == 1
        given_up(workflow.take_back(draft, by=None))


def test_a_double_click_begins_one_draft(chapters: dict[str, Chapter], author: User) -> None:
    for _ in range(TIMES):
        answers = together(*[lambda: workflow.draft(chapters["referral"], by=author)] * 2)
        assert refusals(answers) == 1
        [draft] = Amendment.objects.open()
        given_up(draft)


def test_two_who_begin_a_chapter_of_one_name_get_two_addresses_and_of_a_keyword_one_is_told(
    chapters: dict[str, Chapter], author: User, person: Callable[..., User]
) -> None:
    other = person("other", "submit_amendment")
    for n in range(TIMES):
        answers = together(
            *(
                lambda by=by, n=n: workflow.begin_chapter(by=by, title=f"Visits {n}", under=chapters["core"])
                for by in (author, other)
            )
        )
        assert refusals(answers) == 0
        answers = together(
            *(lambda by=by, n=n: workflow.begin_keyword(by=by, name=f"Word {n}") for by in (author, other))
        )
        assert refusals(answers) == 1
    assert Chapter.objects.filter(slug__startswith="visits-").count() == 2 * TIMES
    assert Keyword.objects.count() == Definition.objects.count() == TIMES
    assert Chapter.objects.broken() == []


def test_a_double_click_publishes_an_edition_once(chapters: dict[str, Chapter], checker: User) -> None:
    """By the real clock; the second is refused because the edition is published, or because its text is."""
    edition = workflow.prepare(by=checker, name="Spring")
    amendment = agreed(chapters["referral"])
    workflow.gather(edition, by=checker, amendments=[amendment])
    answers = together(*[lambda: workflow.publish(by=checker, edition=edition, amendments=[amendment])] * 2)
    assert refusals(answers) == 1
    assert Edition.objects.published().count() == 2
    assert Event.objects.filter(verb="publish", edition=edition, amendment=None).count() == 1
    check_that_nothing_is_broken()


def test_what_is_returned_at_the_moment_of_publication_is_in_the_edition_or_it_is_not(
    chapters: dict[str, Chapter], author: User, checker: User, other_checker: User
) -> None:
    draft = workflow.approve(workflow.submit(begun(chapters["referral"], author), by=author), by=checker)
    beside = agreed(chapters["review"])
    publishing, returning = together(
        lambda: workflow.publish(by=checker, amendments=[draft, beside]),
        lambda: workflow.return_to_author(draft, by=other_checker, why="Stop."),
    )
    assert refusals([publishing, returning]) == 1
    if isinstance(publishing, Exception):
        assert isinstance(publishing, Refused)
        assert stored(draft).status == Status.RETURNED
        assert stored(beside).status == Status.APPROVED
        assert Edition.objects.published().count() == 1
    else:
        assert stored(draft).status == stored(beside).status == Status.PUBLISHED
    check_that_nothing_is_broken()
