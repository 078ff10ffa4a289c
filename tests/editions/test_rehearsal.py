"""An edition in preparation: gathered, rehearsed without a trace, and published only as it was shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st

from manual import workflow
from manual.models import Amendment, Chapter, Contents, Edition, Event, Status
from manual.workflow import Contained, Moved, NotPermitted, Refused, Rehearsal
from tests.editions.test_histories import MOST_STEPS, Office, every_row
from tests.manual_maker import (
    DAY,
    FAR_AHEAD,
    LONG_AGO,
    MINUTE,
    agreed,
    approved,
    first_edition,
    grow,
    meaning,
    outline_of,
    words_of,
)
from tests.remembered import remembered

pytestmark = pytest.mark.django_db


@pytest.fixture
@remembered
def chapters() -> dict[str, Chapter]:
    chapters = grow("""
        core
            referral
            assessment
            review
        health
            bruising
    """)
    first_edition(chapters)
    return chapters


@pytest.fixture
def edition(approver: User) -> Edition:
    return workflow.prepare(by=approver, name="Autumn")


def stored(edition: Edition) -> Edition:
    return Edition.objects.get(pk=edition.pk)


def events_of(edition: Edition) -> list[tuple[str, str]]:
    return list(edition.events.values_list("verb", "what"))


# --- Gathering ----------------------------------------------------------------------------------------------


def test_exactly_what_is_named_is_in_the_edition(
    chapters: dict[str, Chapter], edition: Edition, approver: User
) -> None:
    referral, review, lado = agreed(chapters["referral"]), agreed(chapters["review"]), meaning("lado")
    workflow.gather(edition, by=approver, amendments=[referral], definitions=[lado])
    workflow.gather(edition, by=approver, amendments=[review])
    assert [*edition.amendments.all()] == [review]
    assert not edition.definitions.exists()
    referral.refresh_from_db()
    assert (referral.status, referral.edition) == (Status.APPROVED, None)
    assert events_of(edition) == [
        ("prepare", ""),
        ("gather", "In: “Referral”, “LADO”."),
        ("gather", "In: “Review”. Out: “Referral”, “LADO”."),
    ]


def test_gathering_the_same_again_is_no_event(
    chapters: dict[str, Chapter], edition: Edition, approver: User
) -> None:
    referral = agreed(chapters["referral"])
    for _ in range(2):
        workflow.gather(edition, by=approver, amendments=[referral])
    assert len(events_of(edition)) == 2


def test_another_version_of_the_same_chapter_takes_the_place_of_the_one_gathered(
    chapters: dict[str, Chapter], edition: Edition, approver: User
) -> None:
    first, second = agreed(chapters["referral"]), agreed(chapters["referral"])
    workflow.gather(edition, by=approver, amendments=[first])
    workflow.gather(edition, by=approver, amendments=[second])
    assert [*edition.amendments.all()] == [second]


def test_what_is_in_another_edition_is_named_and_stays_there(
    chapters: dict[str, Chapter], edition: Edition, approver: User
) -> None:
    referral = agreed(chapters["referral"])
    workflow.gather(edition, by=approver, amendments=[referral])
    other = workflow.prepare(by=approver)
    with pytest.raises(Refused, match="“Referral” is in another edition, Autumn"):
        workflow.gather(other, by=approver, amendments=[referral])
    assert [*edition.amendments.all()] == [referral]


def test_a_draft_cannot_be_gathered(
    chapters: dict[str, Chapter], edition: Edition, approver: User, editor: User
) -> None:
    draft = workflow.draft(chapters["referral"], by=editor, **words_of(chapters["referral"]))
    with pytest.raises(Refused, match="“Referral” is draft; only what is approved"):
        workflow.gather(edition, by=approver, amendments=[draft])


def test_two_versions_of_a_chapter_cannot_be_gathered(
    chapters: dict[str, Chapter], edition: Edition, approver: User
) -> None:
    with pytest.raises(Refused, match="Two versions of the chapter “Referral”"):
        workflow.gather(edition, by=approver, amendments=[agreed(chapters["referral"]) for _ in range(2)])


def test_what_is_gathered_can_still_be_returned_and_leaves_the_edition(
    chapters: dict[str, Chapter], edition: Edition, approver: User, editor: User
) -> None:
    referral = approved(chapters["referral"], author=editor, approver=approver)
    workflow.gather(edition, by=approver, amendments=[referral])
    workflow.return_to_author(referral, by=approver, why="A slip.")
    assert not edition.amendments.exists()


def test_an_edition_given_up_frees_what_was_gathered(
    chapters: dict[str, Chapter], edition: Edition, approver: User
) -> None:
    referral = agreed(chapters["referral"])
    workflow.gather(edition, by=approver, amendments=[referral])
    workflow.give_up(edition, by=approver, why="Not needed.")
    referral.refresh_from_db()
    assert (referral.status, referral.edition) == (Status.APPROVED, None)
    assert stored(edition).state() == "given up"
    assert edition.events.last().why == "Not needed."
    for verb in (workflow.give_up, workflow.gather, workflow.change_edition):
        with pytest.raises(Refused, match="was given up"):
            verb(edition, by=approver)
    with pytest.raises(Refused, match="was given up"):
        workflow.publish(by=approver, edition=edition, amendments=[referral])


def test_the_words_of_an_edition_are_changed_and_the_timeline_says_which(
    edition: Edition, approver: User
) -> None:
    changed = workflow.change_edition(
        edition, by=approver, name="Autumn", kind="urgent", effective_at=FAR_AHEAD, agreed_by="The board"
    )
    assert (stored(edition).kind, stored(edition).agreed_by) == ("urgent", "The board")
    assert events_of(changed)[-1] == ("change", "Kind, when it takes effect, agreed by")
    workflow.change_edition(edition, by=approver, kind="urgent")
    assert len(events_of(edition)) == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"kind": "monthly"}, "ordinary, urgent or of corrections"),
        ({"kind": "urgent", "rearranges": True}, "Only an ordinary edition rearranges"),
    ],
)
def test_it_refuses_an_edition_that_cannot_be(
    edition: Edition, approver: User, words: dict[str, Any], says: str
) -> None:
    for verb in (
        lambda: workflow.prepare(by=approver, **words),
        lambda: workflow.change_edition(edition, by=approver, **words),
    ):
        with pytest.raises(Refused, match=says):
            verb()
    assert Edition.objects.in_preparation().get() == edition


def test_it_refuses_words_that_no_edition_has(edition: Edition, approver: User) -> None:
    with pytest.raises(TypeError, match="number"):
        workflow.prepare(by=approver, number=7)
    with pytest.raises(TypeError, match="published_at"):
        workflow.change_edition(edition, by=approver, published_at=FAR_AHEAD)


VERBS: dict[str, Callable[[Edition, User, Amendment], Any]] = {
    "prepare": lambda edition, by, amendment: workflow.prepare(by=by),
    "change": lambda edition, by, amendment: workflow.change_edition(edition, by=by, name="Mine"),
    "gather": lambda edition, by, amendment: workflow.gather(edition, by=by),
    "compose": lambda edition, by, amendment: workflow.compose(edition, by=by, words={}),
    "begin": lambda edition, by, amendment: workflow.compose(None, by=by, words={}),
    "give up": lambda edition, by, amendment: workflow.give_up(edition, by=by),
    "rehearse": lambda edition, by, amendment: workflow.rehearse(edition, by=by),
    "publish": lambda edition, by, amendment: workflow.publish(edition=edition, by=by, seen={}),
    "correction": lambda edition, by, amendment: workflow.prepare_correction(amendment, by=by),
}


@pytest.mark.parametrize("verb", VERBS)
def test_an_editor_does_nothing_to_an_edition(
    chapters: dict[str, Chapter], edition: Edition, editor: User, verb: str
) -> None:
    correction = agreed(chapters["referral"], significance="correction")
    before = every_row()
    with pytest.raises(NotPermitted):
        VERBS[verb](edition, editor, correction)
    assert every_row() == before


# --- The page of an edition in preparation, saved at once ----------------------------------------------------


def test_a_page_that_somebody_else_saved_meanwhile_is_not_overwritten(
    chapters: dict[str, Chapter], edition: Edition, approver: User, administrator: User
) -> None:
    shown = workflow.edition_mark(edition)
    referral = agreed(chapters["referral"])
    workflow.compose(edition, by=administrator, words={"name": "Winter"}, shown=shown)
    with pytest.raises(Moved, match="administrator saved it on"):
        workflow.compose(edition, by=approver, words={}, amendments=[referral], shown=shown)
    assert stored(edition).name == "Winter"
    assert not edition.amendments.exists()


def test_what_was_gathered_meanwhile_counts_as_well(
    chapters: dict[str, Chapter], edition: Edition, approver: User
) -> None:
    shown = workflow.edition_mark(edition)
    workflow.gather(edition, by=approver, amendments=[agreed(chapters["referral"])])
    with pytest.raises(Moved):
        workflow.compose(edition, by=approver, words={"name": "Winter"}, shown=shown)


def test_nothing_is_saved_where_one_part_is_refused(
    chapters: dict[str, Chapter], edition: Edition, approver: User, editor: User
) -> None:
    draft = workflow.draft(chapters["referral"], by=editor, **words_of(chapters["referral"]))
    before = every_row()
    for which in (edition, None):
        with pytest.raises(Refused):
            workflow.compose(which, by=approver, words={"name": "Winter"}, amendments=[draft])
    assert every_row() == before


# --- One correction alone -----------------------------------------------------------------------------------


def test_a_correction_gets_one_edition_of_its_own_however_often_it_is_asked_for(
    chapters: dict[str, Chapter], approver: User
) -> None:
    correction = agreed(chapters["referral"], significance="correction", text="What to do about referrals.")
    first = workflow.prepare_correction(correction, by=approver)
    assert workflow.prepare_correction(correction, by=approver) == first
    assert Edition.objects.in_preparation().get() == first
    rehearsal = workflow.rehearse(first, by=approver)
    assert rehearsal.possible
    publication = workflow.publish(by=approver, edition=first, seen=rehearsal.plan)
    assert [*publication.edition.amendments.all()] == [correction]
    assert (publication.edition.kind, publication.edition.state()) == ("correction", "in force")
    with pytest.raises(Refused, match="is published"):
        workflow.prepare_correction(correction, by=approver)


def test_what_changes_an_instruction_has_no_such_short_way(
    chapters: dict[str, Chapter], approver: User, editor: User
) -> None:
    with pytest.raises(Refused, match="is no correction"):
        workflow.prepare_correction(agreed(chapters["referral"]), by=approver)
    draft = workflow.draft(chapters["review"], by=editor, significance="correction")
    with pytest.raises(Refused, match="is draft"):
        workflow.prepare_correction(draft, by=approver)
    assert not Edition.objects.in_preparation().exists()


# --- Rehearsal ----------------------------------------------------------------------------------------------


def ready(edition: Edition, by: User, *amendments: Amendment, **words: Any) -> Rehearsal:
    """What is to be shown of an edition with these amendments."""
    workflow.gather(edition, by=by, amendments=amendments)
    if words:
        workflow.change_edition(edition, by=by, **words)
    return workflow.rehearse(edition, by=by)


def test_a_rehearsal_shows_what_publication_does_and_leaves_every_row_as_it_was(
    chapters: dict[str, Chapter], edition: Edition, approver: User
) -> None:
    schools = Chapter.objects.add("schools", parent=chapters["core"])
    workflow.move(schools, by=approver, under=chapters["core"])
    workflow.move(chapters["review"], by=approver, under=chapters["health"], after=chapters["bruising"])
    amendments = [agreed(schools), agreed(chapters["bruising"], title="Bruises")]
    workflow.gather(edition, by=approver, amendments=amendments)
    workflow.change_edition(edition, by=approver, rearranges=True)
    before = every_row()
    rehearsal = workflow.rehearse(edition, by=approver)
    assert every_row() == before

    assert rehearsal.possible
    assert (rehearsal.number, rehearsal.previous.number) == (2, 1)
    assert [line.name for line in rehearsal.flagged] == ["1.1 Schools", "2.1 Bruises"]
    moved = [(each.line.title, each.before.number, each.after.number) for each in rehearsal.moved]
    assert moved == [("Review", "1.3", "2.2")]
    renumbered = [(each.before.number, each.after.number) for each in rehearsal.renumbered]
    assert renumbered == [("1.1", "1.2"), ("1.2", "1.3"), ("1.3", "2.2")]

    published = workflow.publish(by=approver, edition=edition, seen=rehearsal.plan).edition
    assert outline_of(published) == [
        "1 Core",
        "1.1 Schools (new)",
        "1.2 Referral",
        "1.3 Assessment",
        "2 Health",
        "2.1 Bruises (updated)",
        "2.2 Review",
    ]


def test_an_edition_that_is_not_stored_yet_can_be_rehearsed_and_gets_no_key(
    chapters: dict[str, Chapter], approver: User
) -> None:
    fresh = Edition(name="Only a thought")
    rehearsal = workflow.rehearse(fresh, Contained([agreed(chapters["referral"])], [], []), by=approver)
    assert rehearsal.possible
    assert fresh.pk is None
    assert not Edition.objects.in_preparation().exists()


def test_what_is_refused_is_said_and_leaves_no_trace(
    chapters: dict[str, Chapter], edition: Edition, approver: User
) -> None:
    amendment = agreed(chapters["referral"])
    agreed_later = agreed(chapters["referral"], text="Something else.")
    workflow.publish(by=None, amendments=[amendment])
    workflow.gather(edition, by=approver, amendments=[agreed_later])
    before = every_row()
    rehearsal = workflow.rehearse(edition, by=approver)
    assert not rehearsal.possible
    assert "has changed since" in rehearsal.refusal or "within this very minute" in rehearsal.refusal
    assert every_row() == before


def test_an_empty_edition_is_refused(edition: Edition, approver: User, chapters: dict[str, Chapter]) -> None:
    assert workflow.rehearse(edition, by=approver).refusal == "There is nothing in this edition."


# --- Broken references --------------------------------------------------------------------------------------


@pytest.fixture
def referring(chapters: dict[str, Chapter]) -> Amendment:
    """A text in force that refers to a section of another chapter."""
    target = agreed(chapters["referral"], text="## How {: #how }\n\nBy telephone.\n")
    text = "See [](chapter:referral#how)."
    referring = agreed(chapters["review"], text=text)
    workflow.publish(by=None, amendments=[target, referring], at=LONG_AGO + DAY)
    return referring


def broken(rehearsal: Rehearsal) -> list[tuple[str, str]]:
    return [(each.title, each.address) for _where, each in rehearsal.broken]


def test_a_reference_elsewhere_that_would_lead_nowhere_keeps_the_edition_back(
    chapters: dict[str, Chapter], edition: Edition, approver: User, referring: Amendment
) -> None:
    rehearsal = ready(edition, approver, agreed(chapters["referral"], text="## Other words\n\nBy letter.\n"))
    assert not rehearsal.possible
    assert broken(rehearsal) == [("Review", "chapter:referral#how")]
    before = every_row()
    with pytest.raises(Refused, match="“Review” refers to “chapter:referral#how”"):
        workflow.publish(by=approver, edition=edition, seen=rehearsal.plan)
    assert every_row() == before


def test_it_may_go_when_the_reference_is_put_right_with_it(
    chapters: dict[str, Chapter], edition: Edition, approver: User, referring: Amendment
) -> None:
    target = agreed(chapters["referral"], text="## Other words\n\nBy letter.\n")
    assert ready(
        edition, approver, target, agreed(chapters["review"], text="See [](chapter:referral).")
    ).possible


def test_a_reference_that_is_broken_already_keeps_nobody_back_even_when_its_chapter_gets_another_title(
    chapters: dict[str, Chapter], edition: Edition, approver: User, referring: Amendment
) -> None:
    away = agreed(chapters["referral"], text="## Other words\n\nBy letter.\n")
    workflow.publish(by=None, amendments=[away], at=LONG_AGO + 2 * DAY)
    renamed = agreed(chapters["review"], title="Review conferences", text=referring.text)
    assert ready(edition, approver, renamed).possible


def test_a_reference_in_a_scheduled_edition_counts(
    chapters: dict[str, Chapter], edition: Edition, approver: User
) -> None:
    target = agreed(chapters["referral"], text="## How {: #how }\n\nBy telephone.\n")
    workflow.publish(by=None, amendments=[target], at=LONG_AGO + DAY)
    planned = agreed(chapters["review"], text="See [](chapter:referral#how).")
    workflow.publish(by=approver, amendments=[planned], effective_at=FAR_AHEAD)
    rehearsal = ready(
        edition, approver, agreed(chapters["referral"], text="Nothing.", based_on=target), kind="urgent"
    )
    assert [(where.number, each.title) for where, each in rehearsal.broken] == [(3, "Review")]
    with pytest.raises(Refused, match="which is scheduled"):
        workflow.publish(by=approver, edition=edition, seen=rehearsal.plan)


def test_an_edition_is_not_taken_back_while_a_later_one_refers_to_what_it_brings(
    chapters: dict[str, Chapter], approver: User
) -> None:
    target = agreed(chapters["referral"], text="## How {: #how }\n\nBy telephone.\n")
    first = workflow.publish(by=approver, amendments=[target], effective_at=FAR_AHEAD).edition
    planned = agreed(chapters["review"], text="See [](chapter:referral#how).")
    second = workflow.publish(by=approver, amendments=[planned], effective_at=FAR_AHEAD + DAY).edition
    before = every_row()
    with pytest.raises(Refused, match=r"take that back first\. “Review” refers to “chapter:referral#how”"):
        workflow.unschedule(first, by=approver)
    assert every_row() == before
    workflow.unschedule(second, by=approver)
    assert workflow.unschedule(first, by=approver).state() == "in preparation"


def test_an_edition_is_not_taken_back_while_a_later_one_goes_on_from_it(
    chapters: dict[str, Chapter], approver: User
) -> None:
    first = workflow.publish(
        by=approver, amendments=[agreed(chapters["referral"])], effective_at=FAR_AHEAD
    ).edition
    workflow.publish(by=approver, amendments=[agreed(chapters["referral"])], effective_at=FAR_AHEAD + DAY)
    with pytest.raises(Refused, match=r"A later edition goes on from this one, so take that back first\."):
        workflow.unschedule(first, by=approver)


# --- Only as it was shown -----------------------------------------------------------------------------------


def test_everything_that_can_move_is_named(
    chapters: dict[str, Chapter], edition: Edition, approver: User, editor: User
) -> None:
    """One move after the other; each alone keeps the edition back, and says what it was."""
    people = {"author": editor, "approver": approver}
    referral, review = (approved(chapters[slug], **people) for slug in ("referral", "review"))
    assessment = approved(chapters["assessment"], **people)
    workflow.gather(edition, by=approver, amendments=[referral, review])
    workflow.change_edition(edition, by=approver, rearranges=True, effective_at=FAR_AHEAD)

    def change(**words: Any) -> Callable[[], Any]:
        return lambda: workflow.change_edition(edition, by=approver, **words)

    def again() -> None:
        workflow.return_to_author(review, by=approver, why="A slip.")
        workflow.submit(review, by=editor)
        workflow.approve(review, by=approver)
        workflow.gather(edition, by=approver, amendments=[referral, assessment, review])

    def publish_another(slug: str, effective_at: Any) -> Callable[[], Any]:
        return lambda: workflow.publish(
            by=approver, amendments=[agreed(chapters[slug])], effective_at=effective_at
        )

    moves: list[tuple[Callable[[], Any], list[str]]] = [
        (change(name="Winter"), ["The name"]),
        (change(notes="Cold."), ["The notes"]),
        (change(law_stated_as_at=date(2099, 1, 1)), ["The day as at which"]),
        (change(agreed_by="The board"), ["What is said about who agreed"]),
        (change(minute="7.2"), ["What is said about who agreed"]),
        (change(effective_at=FAR_AHEAD + DAY), ["The moment"]),
        (
            lambda: workflow.gather(edition, by=approver, amendments=[referral, review, assessment]),
            ["“Assessment” was put into"],
        ),
        (again, ["“Review” was changed, or approved again"]),
        (
            lambda: workflow.return_to_author(review, by=approver, why="Not yet."),
            ["“Review” is not in this edition any more"],
        ),
        (
            lambda: workflow.gather(edition, by=approver, amendments=[referral]),
            ["“Assessment” is not in this edition any more"],
        ),
        (lambda: workflow.move(chapters["health"], by=approver), ["Somebody moved"]),
        (lambda: workflow.number(chapters["bruising"], by=approver, numbered=False), ["Somebody moved"]),
        (change(rearranges=False), ["Whether this edition takes the arrangement"]),
        (publish_another("bruising", FAR_AHEAD + 2 * DAY), ["scheduled after this one"]),
        (publish_another("health", FAR_AHEAD - DAY), ["Another edition was published or took effect"]),
        (change(kind="urgent"), ["The kind"]),
    ]
    for move, says in moves:
        seen = workflow.rehearse(edition, by=approver).plan
        assert seen
        move()
        before = every_row()
        with pytest.raises(Moved) as moved:
            workflow.publish(by=approver, edition=edition, seen=seen)
        assert every_row() == before
        assert len(moved.value.what) == len(says), moved.value.what
        for sentence, beginning in zip(moved.value.what, says, strict=True):
            assert beginning in sentence
    # And when nothing moved, it goes.
    rehearsal = workflow.rehearse(edition, by=approver)
    published = workflow.publish(by=approver, edition=edition, seen=rehearsal.plan).edition
    assert (published.name, published.kind, published.effective_at) == ("Winter", "urgent", FAR_AHEAD + DAY)
    assert [*published.amendments.all()] == [referral]


def test_flags_that_changed_while_time_passed_are_named(chapters: dict[str, Chapter], approver: User) -> None:
    """An urgent change is marked by the ordinary edition after it for 28 days."""
    urgent = agreed(chapters["referral"])
    workflow.publish(by=None, kind="urgent", amendments=[urgent], at=FAR_AHEAD)
    edition = workflow.prepare(by=approver)
    workflow.gather(edition, by=approver, amendments=[agreed(chapters["review"])])
    seen = workflow.rehearse(edition, by=approver, at=FAR_AHEAD + 27 * DAY).plan
    with pytest.raises(Moved, match="marked New or Updated is different"):
        workflow.publish(by=approver, edition=edition, seen=seen, at=FAR_AHEAD + 29 * DAY)
    workflow.publish(by=approver, edition=edition, seen=seen, at=FAR_AHEAD + 27 * DAY + MINUTE)


def test_an_empty_plan_is_no_plan(chapters: dict[str, Chapter], edition: Edition, approver: User) -> None:
    workflow.gather(edition, by=approver, amendments=[agreed(chapters["referral"])])
    with pytest.raises(Moved):
        workflow.publish(by=approver, edition=edition, seen={})
    assert stored(edition).state() == "in preparation"


def test_a_second_click_changes_nothing(
    chapters: dict[str, Chapter], edition: Edition, approver: User
) -> None:
    rehearsal = ready(edition, approver, agreed(chapters["referral"]))
    workflow.publish(by=approver, edition=edition, seen=rehearsal.plan)
    before = every_row()
    with pytest.raises(Refused, match="Edition 2 is published already"):
        workflow.publish(by=approver, edition=edition, seen=rehearsal.plan)
    assert workflow.rehearse(edition, by=approver).refusal == "Edition 2 is published already."
    assert every_row() == before


def test_what_a_scheduled_edition_loses_and_which_are_left_empty_is_foretold(
    chapters: dict[str, Chapter], edition: Edition, approver: User, editor: User
) -> None:
    people = {"author": editor, "approver": approver}
    in_force = chapters["referral"].amendments.get()
    planned = approved(chapters["referral"], **people)
    spring = workflow.publish(by=approver, amendments=[planned], effective_at=FAR_AHEAD).edition
    rehearsal = ready(edition, approver, agreed(chapters["referral"], based_on=in_force), kind="urgent")
    assert rehearsal.returned == [planned]
    assert rehearsal.emptied == [spring]
    planned.refresh_from_db()
    assert planned.status == Status.PUBLISHED, "it was only rehearsed"
    assert not Event.objects.filter(verb="take out").exists()


# --- Whatever editors did ----------------------------------------------------------------------------------


def lines_of(contents: Contents) -> list[tuple[Any, ...]]:
    return [
        (line.slug, line.number, line.level, line.title, line.flag, line.withdrawn, line.gone, line.parent_id)
        for line in (*contents.lines, *contents.gone)
    ]


def rehearsed_first(publish: Callable[..., Any]) -> Callable[..., Any]:
    """Publication that is rehearsed before, and must then do just that."""

    def verb(**words: Any) -> Any:
        edition = words.get("edition") or Edition(kind=words["kind"], name=words["name"])
        contents = Contained(
            words["amendments"], words["definitions"], [], words["rearrange"], words["effective_at"]
        )
        before = every_row()
        rehearsal = workflow.rehearse(edition, contents, by=words["by"], at=words["at"])
        assert every_row() == before
        if not words["edition"]:
            words["seen"] = rehearsal.plan or None
        try:
            publication = publish(**words)
        except Refused as refusal:
            assert not rehearsal.possible
            assert rehearsal.refusal == str(refusal)
            event("rehearsed and refused")
            raise
        assert rehearsal.possible, rehearsal.refusal
        published = Edition.objects.get(pk=publication.edition.pk)
        assert rehearsal.number == published.number
        assert rehearsal.effective_at == published.effective_at
        assert lines_of(rehearsal.after) == lines_of(Contents(published))
        assert rehearsal.returned == publication.returned
        assert [other.pk for other in rehearsal.later] == [other.pk for other in publication.later]
        numbers = (
            {line.chapter_id: line.number for line in rehearsal.before.lines} if rehearsal.before else {}
        )
        changed = [
            line.slug
            for line in rehearsal.after.lines
            if line.chapter_id in numbers and numbers[line.chapter_id] != line.number
        ]
        assert [each.line.slug for each in rehearsal.renumbered] == changed
        event(f"rehearsed and published, moving {'some' if rehearsal.moved else 'none'}")
        return publication

    return verb


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@settings(max_examples=8, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(st.integers(0, 2**32 - 1), min_size=25, max_size=MOST_STEPS, unique=True))
def test_publication_does_what_was_rehearsed_whatever_editors_did(seeds: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(workflow, "publish", rehearsed_first(workflow.publish))
        Contents.forget()
        office = Office()
        office.begin(seeds[0])
        for seed in seeds[1:]:
            office.take_a_step(seed)
        transaction.set_rollback(True)
