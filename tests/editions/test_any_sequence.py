"""Whatever three people do, in whatever order and however stale their pages: readers see nothing but what two people
agreed to, whole editions and no half ones, and no saved word of a draft is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from random import Random
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone

from manual import workflow
from manual.models import Amendment, Chapter, Edition, Status
from manual.rendering import write_anchors
from tests.editions.test_concurrency import check_that_nothing_is_broken
from tests.manual_maker import FAR_AHEAD, first_edition, grow

pytestmark = pytest.mark.django_db

STEPS = 160


class Board:
    """Three people with pages that may be long out of date, and what has to stay true of their manual."""

    def __init__(self, seed: int, people: list[User], chapters: list[Chapter]) -> None:
        self.chance = Random(seed)
        self.people = people
        self.chapters = chapters
        # Objects as a page once had them: what they say may be stale.
        self.pages: list[Amendment] = []
        self.editions: list[Edition] = []
        self.plans: list[tuple[Edition, list[Amendment], Any]] = []
        self.saved: dict[int, str] = {}
        self.approved: dict[int, str] = {}
        self.done: list[str] = []
        self.turn: Amendment | None = None

    def step(self, n: int) -> None:
        verb = self.chance.choice(
            [self.draft, self.draft, self.revise, self.revise, self.submit, self.submit, self.submit, self.take_back,
             self.give_back, self.approve, self.approve, self.approve, self.abandon, self.gather, self.gather,
             self.look, self.look,
             self.publish, self.publish, self.publish, self.unschedule, self.catch_up]
        )  # fmt: skip
        seen_before = self.what_readers_see()
        self.turn = self.page_of_somebody()
        by = self.chance.choice(self.people)
        if self.turn and verb in (self.revise, self.submit, self.catch_up) and self.chance.random() < 0.7:
            by = next(person for person in self.people if person.pk == self.turn.author_id)
        try:
            verb(by, n)
        except workflow.Refused:
            refused = True
        else:
            refused = False
            self.done.append(verb.__name__)
        self.check(verb.__name__, refused, seen_before)

    # --- What people do ------------------------------------------------------------------------------------

    def draft(self, by: User, n: int) -> None:
        amendment = workflow.draft(self.chance.choice(self.chapters), by=by, note="Why.")
        self.pages.append(amendment)
        self.saved[amendment.pk] = amendment.text

    def revise(self, by: User, n: int) -> None:
        page = self.page()
        fresh = self.chance.random() < 0.7
        revision = Amendment.objects.get(pk=page.pk).revision if fresh else page.revision
        saved = workflow.revise(page, by=by, revision=revision, text=f"Words {n}.\n\n## Section {n}\n\nMore.")
        self.saved[saved.pk] = saved.text
        self.pages.append(saved)

    def submit(self, by: User, n: int) -> None:
        workflow.submit(self.page(), by=by)

    def take_back(self, by: User, n: int) -> None:
        workflow.take_back(self.page(), by=by)

    def give_back(self, by: User, n: int) -> None:
        workflow.return_to_author(self.page(), by=by, why="Not yet.")

    def approve(self, by: User, n: int) -> None:
        page = self.page()
        workflow.approve(page, by=by)
        self.approved[page.pk] = Amendment.objects.get(pk=page.pk).text

    def abandon(self, by: User, n: int) -> None:
        workflow.abandon(self.page(), by=by)

    def catch_up(self, by: User, n: int) -> None:
        page = self.page()
        possible = workflow.texts_to_go_on_from(page)
        workflow.bring_up_to_date(page, by=by, onto=self.chance.choice(possible) if possible else None)

    def gather(self, by: User, n: int) -> None:
        ready = list(Amendment.objects.ready())
        if not ready:
            raise workflow.Refused("Nothing is approved yet.")
        edition = workflow.prepare(by=by, kind=self.chance.choice(["ordinary", "urgent"]), name=f"Number {n}")
        workflow.gather(edition, by=by, amendments=self.chance.sample(ready, min(2, len(ready))))
        self.editions.append(edition)

    def look(self, by: User, n: int) -> None:
        edition = self.edition()
        amendments = list(edition.amendments.all())
        rehearsal = workflow.rehearse(edition, by=by)
        if rehearsal.possible:
            self.plans.append((edition, amendments, rehearsal.plan))

    def publish(self, by: User, n: int) -> None:
        if not self.plans:
            raise workflow.Refused("Nobody has looked at an edition yet.")
        edition, amendments, plan = self.chance.choice(self.plans[-2:])
        later = self.chance.choice([None, None, timezone.now() + timedelta(days=self.chance.randint(1, 9))])
        seen = plan if later is None else None
        workflow.publish(by=by, edition=edition, amendments=amendments, effective_at=later, seen=seen)

    def unschedule(self, by: User, n: int) -> None:
        workflow.unschedule(self.edition(), by=by, why="Too early.")

    def page_of_somebody(self) -> Amendment | None:
        """Mostly one that is still being worked on."""
        if not self.pages:
            return None
        now = set(Amendment.objects.open().values_list("pk", flat=True))
        at_work = [page for page in self.pages if page.pk in now]
        return self.chance.choice(at_work if at_work and self.chance.random() < 0.8 else self.pages)

    def page(self) -> Amendment:
        if not self.turn:
            raise workflow.Refused("There is no page open yet.")
        return self.turn

    def edition(self) -> Edition:
        if not self.editions:
            raise workflow.Refused("There is no edition yet.")
        return self.chance.choice(self.editions[-3:])

    # --- What has to stay true -----------------------------------------------------------------------------

    def what_readers_see(self) -> list[tuple[Any, ...]]:
        edition = Edition.objects.in_force()
        return list(
            edition.entries.values_list("edition__number", "number", "amendment__title", "amendment__html")
        )

    def check(self, verb: str, refused: bool, before: list[tuple[Any, ...]]) -> None:
        if refused or verb != "publish":
            assert self.what_readers_see() == before, f"{verb} changed what readers see"
        for amendment in Amendment.objects.published().exclude(author=None):
            assert amendment.approver is not None
            assert amendment.approver != amendment.author
            assert amendment.text == self.approved[amendment.pk]
        stored = dict(Amendment.objects.values_list("pk", "text"))
        for key, text in self.saved.items():
            assert stored[key] in (text, with_anchors(text)), f"{verb} lost words"
        opened = list(Amendment.objects.open().values_list("chapter", "author"))
        assert len(opened) == len(set(opened))
        for status, approved_at in Amendment.objects.values_list("status", "approved_at"):
            assert (status in (Status.APPROVED, Status.PUBLISHED)) == (approved_at is not None)
        if not refused:
            check_that_nothing_is_broken()


@cache
def with_anchors(text: str) -> str:
    return write_anchors(text, numbering="headings", areas={})


@pytest.mark.parametrize("seed", (3, 4))
def test_no_sequence_of_clicks_shows_an_unapproved_word_or_loses_one(
    seed: int, person: Callable[..., User]
) -> None:
    rights = ("submit_amendment", "approve_amendment", "publish_edition")
    people = [person(name, *rights) for name in ("ann", "bea", "cy")]
    chapters = grow("core\n    referral\n    assessment\n    review\n")
    first_edition(chapters, at=FAR_AHEAD - timedelta(days=1))
    board = Board(seed, people, [*chapters.values()][1:])
    with time_machine.travel(FAR_AHEAD, tick=False) as clock:
        for n in range(STEPS):
            board.step(n)
            clock.shift(timedelta(hours=board.chance.choice([0, 1, 7])))
    assert {"revise", "submit", "approve", "publish"} <= set(board.done), "nothing much happened"
