"""Every pair of statuses, for everybody: what TRANSITIONS allows succeeds, and nothing else does."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User

from manual import workflow
from manual.models import Amendment, Chapter, Edition, Event, Status
from manual.workflow import TRANSITIONS, NotPermitted, Refused
from tests.manual_maker import DAY, FAR_AHEAD, LONG_AGO, agreed, words_of

pytestmark = pytest.mark.django_db

ROLES = ("nobody", "signed-in", "editor", "approver", "administrator")
# What each role may, written down here once more.
MAY = {
    "nobody": set(),
    "signed-in": set(),
    "editor": {"manual.submit_amendment"},
    "approver": {"manual.approve_amendment", "manual.publish_edition"},
    "administrator": {"manual.submit_amendment", "manual.approve_amendment", "manual.publish_edition"},
}


@pytest.fixture
def roles(person: Callable[..., User], editor: User, approver: User, administrator: User) -> dict[str, Any]:
    people = [AnonymousUser(), person("signed-in"), editor, approver, administrator]
    return dict(zip(ROLES, people, strict=True))


@pytest.fixture
def chapter() -> Chapter:
    return Chapter.objects.add("referral")


@pytest.fixture
def author(person: Callable[..., User]) -> User:
    """Somebody else than those who try."""
    return person("author", "submit_amendment")


# --- To bring an amendment into a status, by the verbs and by those who may ----------------------------------


def in_status(status: str, chapter: Chapter, author: User) -> Amendment:
    amendment = workflow.draft(chapter, by=author, **words_of(chapter))
    if status == Status.ABANDONED:
        workflow.abandon(amendment, by=author)
    if status in (Status.SUBMITTED, Status.RETURNED, Status.APPROVED, Status.PUBLISHED):
        workflow.submit(amendment, by=author)
    if status == Status.RETURNED:
        workflow.return_to_author(amendment, by=None, why="Not yet.")
    if status in (Status.APPROVED, Status.PUBLISHED):
        workflow.approve(amendment, by=None)
    if status == Status.PUBLISHED:
        workflow.publish(by=None, amendments=[amendment], effective_at=FAR_AHEAD, at=FAR_AHEAD - DAY)
    amendment.refresh_from_db()
    assert amendment.status == status
    return amendment


# --- The verb that leads to each status ----------------------------------------------------------------------


def publish(amendment: Amendment, by: Any) -> None:
    workflow.publish(by=by, amendments=[amendment], effective_at=FAR_AHEAD + DAY, at=FAR_AHEAD - DAY / 2)


def approve(amendment: Amendment, by: Any) -> None:
    """What is published becomes approved again when its edition is taken back."""
    if amendment.status == Status.PUBLISHED:
        workflow.unschedule(amendment.edition, by=by, at=FAR_AHEAD - DAY / 2)
    else:
        workflow.approve(amendment, by=by)


def return_to_author(amendment: Amendment, by: Any) -> None:
    """What is published comes back when an urgent edition amends the same chapter first."""
    if amendment.status == Status.PUBLISHED:
        urgent = agreed(amendment.chapter, based_on=None)
        workflow.publish(by=by, kind="urgent", amendments=[urgent], at=FAR_AHEAD - DAY / 2)
    else:
        workflow.return_to_author(amendment, by=by, why="Not yet.")


def abandon(amendment: Amendment, by: Any) -> None:
    """What is published is given up when it would come back to an author who has begun another draft."""
    if amendment.status == Status.PUBLISHED:
        workflow.draft(amendment.chapter, by=amendment.author, **words_of(amendment.chapter))
        return_to_author(amendment, by)
    else:
        workflow.abandon(amendment, by=by)


VERBS: dict[str, Callable[[Amendment, Any], Any]] = {
    Status.DRAFT: lambda amendment, by: workflow.take_back(amendment, by=by),
    Status.SUBMITTED: lambda amendment, by: workflow.submit(amendment, by=by),
    Status.RETURNED: return_to_author,
    Status.APPROVED: approve,
    Status.PUBLISHED: publish,
    Status.ABANDONED: abandon,
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("after", Status.values)
@pytest.mark.parametrize("before", Status.values)
def test_exactly_the_allowed_transitions_succeed(
    before: str, after: str, role: str, roles: dict[str, Any], chapter: Chapter, author: User
) -> None:
    permission, by = TRANSITIONS.get((before, after)), roles[role]
    if permission == "manual.submit_amendment" and permission in MAY[role]:
        author = by  # these are the author's own
    amendment = in_status(before, chapter, author)
    was = Amendment.objects.filter(pk=amendment.pk).values().get()
    events = amendment.events.count()
    if permission in MAY[role]:
        VERBS[after](amendment, by)
        amendment.refresh_from_db()
        assert amendment.status == after
        event = amendment.events.last()
        assert (event.from_status, event.to_status, event.by) == (before, after, by)
        assert amendment.events.count() == events + 1
    else:
        with pytest.raises(NotPermitted if permission else Refused):
            VERBS[after](amendment, by)
        assert Amendment.objects.filter(pk=amendment.pk).values().get() == was
        assert amendment.events.count() == events


def test_the_table_of_transitions_is_the_one_in_the_design() -> None:
    """A pair that is added or taken away is a decision, which changes this test as well."""
    assert {(before.value, after.value) for before, after in TRANSITIONS} == {
        ("draft", "submitted"),
        ("draft", "abandoned"),
        ("submitted", "draft"),
        ("submitted", "returned"),
        ("submitted", "approved"),
        ("returned", "submitted"),
        ("returned", "abandoned"),
        ("approved", "returned"),
        ("approved", "published"),
        ("published", "approved"),
        ("published", "returned"),
        ("published", "abandoned"),
    }


# --- The verbs that are not transitions ----------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_who_may_draft(role: str, roles: dict[str, Any], chapter: Chapter) -> None:
    if "manual.submit_amendment" in MAY[role]:
        assert workflow.draft(chapter, by=roles[role], title="Referral").status == Status.DRAFT
    else:
        with pytest.raises(NotPermitted):
            workflow.draft(chapter, by=roles[role], title="Referral")
        assert not Amendment.objects.exists()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("status", Status.values)
def test_authors_revise_their_drafts_and_what_was_returned(
    status: str, role: str, roles: dict[str, Any], chapter: Chapter, author: User
) -> None:
    by = roles[role]
    may = "manual.submit_amendment" in MAY[role]
    amendment = in_status(status, chapter, by if may else author)
    if may and status in (Status.DRAFT, Status.RETURNED):
        assert workflow.revise(amendment, by=by, text="Other words.").text == "Other words."
        assert amendment.events.last().verb == "revise"
    else:
        with pytest.raises(Refused):
            workflow.revise(amendment, by=by, text="Other words.")
        amendment.refresh_from_db()
        assert amendment.text != "Other words."


@pytest.mark.parametrize("role", ROLES)
def test_nobody_revises_or_submits_what_somebody_else_wrote(
    role: str, roles: dict[str, Any], chapter: Chapter, author: User
) -> None:
    amendment = in_status(Status.DRAFT, chapter, author)
    for verb in (workflow.submit, workflow.revise):
        with pytest.raises(NotPermitted):
            verb(amendment, by=roles[role])


def test_only_words_are_revised(chapter: Chapter, author: User) -> None:
    amendment = in_status(Status.DRAFT, chapter, author)
    for words in ({"status": "approved"}, {"author": None}, {"approver": author}, {"sequence": 1}):
        with pytest.raises(TypeError):
            workflow.revise(amendment, by=author, **words)
        with pytest.raises(TypeError):
            workflow.draft(chapter, by=author, **words)


@pytest.mark.parametrize("role", ROLES)
def test_who_may_move_a_chapter(role: str, roles: dict[str, Any], chapter: Chapter) -> None:
    other = Chapter.objects.add("assessment")
    if role in ("editor", "administrator"):
        workflow.move(other, by=roles[role], after=None)
        assert Event.objects.get().verb == "move"
    else:
        with pytest.raises(NotPermitted):
            workflow.move(other, by=roles[role], after=None)
        assert [chapter.slug for chapter in Chapter.objects.in_order()] == ["referral", "assessment"]


@pytest.mark.parametrize("role", ROLES)
def test_who_may_rearrange_the_contents(role: str, roles: dict[str, Any], chapter: Chapter) -> None:
    workflow.publish(by=None, amendments=[agreed(chapter)], at=FAR_AHEAD)
    if "manual.publish_edition" in MAY[role]:
        assert workflow.publish(by=roles[role], rearrange=True, at=FAR_AHEAD + DAY).edition.number == 2
    else:
        with pytest.raises(NotPermitted):
            workflow.publish(by=roles[role], rearrange=True, at=FAR_AHEAD + DAY)
        assert Edition.objects.count() == 1


def test_somebody_who_has_left_may_do_nothing(administrator: User, chapter: Chapter) -> None:
    administrator.is_active = False
    administrator.save()
    with pytest.raises(NotPermitted):
        workflow.draft(chapter, by=administrator, title="Referral")
    with pytest.raises(NotPermitted):
        workflow.publish(by=administrator, rearrange=True)


# --- Two people ----------------------------------------------------------------------------------------------


def test_nobody_approves_their_own_amendment(administrator: User, chapter: Chapter) -> None:
    amendment = in_status(Status.SUBMITTED, chapter, administrator)
    with pytest.raises(NotPermitted):
        workflow.approve(amendment, by=administrator)
    amendment.refresh_from_db()
    assert amendment.status == Status.SUBMITTED


def test_where_the_board_allows_it_self_approval_is_put_on_record(
    administrator: User, chapter: Chapter
) -> None:
    amendment = in_status(Status.SUBMITTED, chapter, administrator)
    workflow.approve(amendment, by=administrator, self_approval=True)
    amendment.refresh_from_db()
    assert (amendment.status, amendment.self_approved) == (Status.APPROVED, True)


def test_who_is_the_author_is_read_from_what_is_stored(administrator: User, chapter: Chapter) -> None:
    """Not from the object that the caller holds, which may say anything."""
    amendment = in_status(Status.SUBMITTED, chapter, administrator)
    amendment.author = None
    with pytest.raises(NotPermitted):
        workflow.approve(amendment, by=administrator)


def test_whoever_takes_up_what_nobody_wrote_here_becomes_its_author(
    person: Callable[..., User], chapter: Chapter
) -> None:
    """Otherwise one person rewrites and approves what was loaded, and nobody else has seen the words."""
    both = person("both", "submit_amendment", "approve_amendment")
    amendment = agreed(chapter)
    workflow.return_to_author(amendment, by=both, why="To be rewritten.")
    workflow.revise(amendment, by=both, text="Words that only one person has seen.")
    workflow.submit(amendment, by=both)
    with pytest.raises(Refused):
        workflow.approve(amendment, by=both)


def test_approval_records_who_and_when_and_returning_takes_that_back(
    approver: User, author: User, chapter: Chapter
) -> None:
    amendment = in_status(Status.SUBMITTED, chapter, author)
    workflow.approve(amendment, by=approver)
    amendment.refresh_from_db()
    assert amendment.approver == approver
    assert amendment.approved_at - amendment.submitted_at >= timedelta(0)
    workflow.return_to_author(amendment, by=approver, why="The number is wrong.")
    amendment.refresh_from_db()
    assert (amendment.approver, amendment.approved_at) == (None, None)
    assert Event.objects.filter(amendment=amendment).last().why == "The number is wrong."


# --- What the author has to say --------------------------------------------------------------------------------


@pytest.mark.parametrize("note", ["", "   ", "\n"])
def test_an_amendment_without_a_note_is_not_submitted(author: User, chapter: Chapter, note: str) -> None:
    amendment = workflow.draft(chapter, by=author, title="Referral", note=note)
    with pytest.raises(Refused, match="what changed and why"):
        workflow.submit(amendment, by=author)


def test_the_note_that_counts_is_the_stored_one(author: User, chapter: Chapter) -> None:
    amendment = workflow.draft(chapter, by=author, title="Referral")
    amendment.note = "Typed, but never saved."
    with pytest.raises(Refused, match="what changed and why"):
        workflow.submit(amendment, by=author)


def test_a_second_open_draft_of_a_chapter_is_refused_in_a_sentence(author: User, chapter: Chapter) -> None:
    workflow.draft(chapter, by=author, title="Referral")
    with pytest.raises(Refused):
        workflow.draft(chapter, by=author, title="Referral")


def test_returning_an_approved_amendment_whose_author_has_begun_another_is_refused_in_a_sentence(
    author: User, approver: User, chapter: Chapter
) -> None:
    amendment = in_status(Status.APPROVED, chapter, author)
    workflow.draft(chapter, by=author, **words_of(chapter))
    with pytest.raises(Refused):
        workflow.return_to_author(amendment, by=approver, why="Not yet.")


def test_taking_up_what_nobody_wrote_here_beside_an_open_draft_is_refused_in_a_sentence(
    author: User, approver: User, chapter: Chapter
) -> None:
    loaded = agreed(chapter)
    workflow.return_to_author(loaded, by=approver, why="To be rewritten.")
    workflow.draft(chapter, by=author, **words_of(chapter))
    for verb in (workflow.revise, workflow.submit):
        with pytest.raises(Refused):
            verb(loaded, by=author)


def test_a_draft_begins_with_the_words_in_force(author: User, chapter: Chapter) -> None:
    first = agreed(chapter, text="Ring the duty officer.", remark="under review", areas=["kent"])
    workflow.publish(by=None, amendments=[first])
    draft = workflow.draft(chapter, by=author)
    assert (draft.based_on, draft.significance) == (first, "amended")
    assert (draft.text, draft.remark, draft.areas) == (first.text, first.remark, first.areas)
    assert draft.note == ""


def test_a_draft_of_a_withdrawn_chapter_begins_as_a_new_one(author: User, chapter: Chapter) -> None:
    """Nothing else could ever be published (rule 6)."""
    workflow.publish(by=None, amendments=[agreed(chapter)], at=LONG_AGO)
    workflow.publish(by=None, amendments=[agreed(chapter, significance="withdrawn")])
    draft = workflow.draft(chapter, by=author)
    assert (draft.based_on.significance, draft.significance) == ("withdrawn", "new")


def test_an_editor_does_not_abandon_what_somebody_else_wrote_but_an_administrator_may(
    editor: User, author: User, administrator: User, chapter: Chapter
) -> None:
    amendment = in_status(Status.DRAFT, chapter, author)
    with pytest.raises(NotPermitted):
        workflow.abandon(amendment, by=editor)
    assert workflow.abandon(amendment, by=administrator).status == Status.ABANDONED
