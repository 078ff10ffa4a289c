"""Every pair of statuses, for everybody: what TRANSITIONS allows succeeds, and nothing else does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone

from manual import workflow
from manual.models import (
    Amendment,
    Chapter,
    Document,
    Edition,
    Event,
    Keyword,
    Manual,
    Notice,
    Status,
    StoredFile,
)
from manual.workflow import TRANSITIONS, NotPermitted, Refused
from tests.manual_maker import DAY, FAR_AHEAD, LONG_AGO, agreed, meaning, words_of

pytestmark = pytest.mark.django_db

# Nobody, somebody without a role, the three roles of a board as the migration makes them, and a superuser.
ROLES = ("nobody", "signed-in", "Editor", "Approver", "Administrator", "superuser")
SUBMIT, APPROVE, PUBLISH = "manual.submit_amendment", "manual.approve_amendment", "manual.publish_edition"
ARRANGE, PIN = "manual.change_chapter", "manual.pin_notice"
# What each role may, written down here once more.
MAY = {
    "nobody": set(),
    "signed-in": set(),
    "Editor": {SUBMIT},
    "Approver": {SUBMIT, APPROVE, PUBLISH, ARRANGE, PIN},
    "Administrator": {SUBMIT, APPROVE, PUBLISH, ARRANGE, PIN},
    "superuser": {SUBMIT, APPROVE, PUBLISH, ARRANGE, PIN},
}


@pytest.fixture
def roles(
    person: Callable[..., User], in_group: Callable[..., User], request: pytest.FixtureRequest
) -> dict[str, Any]:
    """Somebody of each role, made when a test asks for them."""
    makers: dict[str, Callable[[], Any]] = {
        "nobody": AnonymousUser,
        "signed-in": lambda: person("signed-in"),
        "superuser": lambda: request.getfixturevalue("administrator"),
        **{
            role: lambda role=role: in_group(role, role.lower())
            for role in ("Editor", "Approver", "Administrator")
        },
    }

    class Roles(dict[str, Any]):
        def __missing__(self, role: str) -> Any:
            self[role] = makers[role]()
            return self[role]

    return Roles()


@pytest.fixture
def chapter() -> Chapter:
    return Chapter.objects.add("referral")


@pytest.fixture
def author(person: Callable[..., User]) -> User:
    """Somebody else than those who try."""
    return person("author", "submit_amendment")


# --- What has versions: a chapter, a keyword, a document ------------------------------------------------------


@dataclass(frozen=True)
class Noun:
    """How a version of something is begun and agreed, and how an edition is told to carry it."""

    chain: Any
    carried_as: str
    draft: Callable[[User], Any]
    agreed: Callable[[], Any]


def a_chapter() -> Noun:
    chapter = Chapter.objects.add("referral")
    return Noun(
        chapter,
        "amendments",
        lambda author: workflow.draft(chapter, by=author, **words_of(chapter)),
        lambda: agreed(chapter, based_on=None),
    )


def a_keyword() -> Noun:
    keyword = Keyword.objects.create(slug="lado")
    words = {"name": "LADO", "meaning": "An officer.", "note": "What changed."}
    return Noun(
        keyword,
        "definitions",
        lambda author: workflow.draft_definition(keyword, by=author, **words),
        lambda: meaning("lado", based_on=None),
    )


def a_document() -> Noun:
    document = Document.objects.create(slug="form")
    words = {
        "title": "Form",
        "filename": "form.txt",
        "media_type": "text/plain",
        "file": StoredFile.objects.keep(b"Name and address."),
        "note": "What changed.",
    }
    return Noun(
        document,
        "documents",
        lambda author: workflow.draft_document(document, by=author, **words),
        lambda: workflow.record_agreed_document(document, approved_at=LONG_AGO, based_on=None, **words),
    )


NOUNS = {"chapter": a_chapter, "keyword": a_keyword, "document": a_document}


# --- To bring a version into a status, by the verbs and by those who may -------------------------------------


def bring(noun: Noun, status: str, author: User) -> Any:
    version = noun.draft(author)
    if status == Status.ABANDONED:
        workflow.abandon(version, by=author)
    if status in (Status.SUBMITTED, Status.RETURNED, Status.APPROVED, Status.PUBLISHED):
        workflow.submit(version, by=author)
    if status == Status.RETURNED:
        workflow.return_to_author(version, by=None, why="Not yet.")
    if status in (Status.APPROVED, Status.PUBLISHED):
        workflow.approve(version, by=None)
    if status == Status.PUBLISHED:
        carried = {noun.carried_as: [version]}
        workflow.publish(by=None, effective_at=FAR_AHEAD, at=FAR_AHEAD - DAY, **carried)
    version.refresh_from_db()
    assert version.status == status
    return version


def in_status(status: str, chapter: Chapter, author: User) -> Amendment:
    noun = Noun(
        chapter,
        "amendments",
        lambda author: workflow.draft(chapter, by=author, **words_of(chapter)),
        lambda: agreed(chapter, based_on=None),
    )
    amendment: Amendment = bring(noun, status, author)
    return amendment


# --- The verb that leads to each status ----------------------------------------------------------------------


def publish(noun: Noun, version: Any, by: Any) -> None:
    carried = {noun.carried_as: [version]}
    workflow.publish(by=by, effective_at=FAR_AHEAD + DAY, at=FAR_AHEAD - DAY / 2, **carried)


def approve(noun: Noun, version: Any, by: Any) -> None:
    """What is published becomes approved again when its edition is taken back."""
    if version.status == Status.PUBLISHED:
        workflow.unschedule(version.edition, by=by, at=FAR_AHEAD - DAY / 2)
    else:
        workflow.approve(version, by=by)


def return_to_author(noun: Noun, version: Any, by: Any) -> None:
    """What is published comes back when an urgent edition changes the same thing first."""
    if version.status == Status.PUBLISHED:
        urgent = {noun.carried_as: [noun.agreed()]}
        workflow.publish(by=by, kind="urgent", at=FAR_AHEAD - DAY / 2, **urgent)
    else:
        workflow.return_to_author(version, by=by, why="Not yet.")


def abandon(noun: Noun, version: Any, by: Any) -> None:
    """What is published is given up when it would come back to an author who has begun another draft."""
    if version.status == Status.PUBLISHED:
        noun.draft(version.author)
        return_to_author(noun, version, by)
    else:
        workflow.abandon(version, by=by)


VERBS: dict[str, Callable[[Noun, Any, Any], Any]] = {
    Status.DRAFT: lambda noun, version, by: workflow.take_back(version, by=by),
    Status.SUBMITTED: lambda noun, version, by: workflow.submit(version, by=by),
    Status.RETURNED: return_to_author,
    Status.APPROVED: approve,
    Status.PUBLISHED: publish,
    Status.ABANDONED: abandon,
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("after", Status.values)
@pytest.mark.parametrize("before", Status.values)
@pytest.mark.parametrize("of", NOUNS)
def test_exactly_the_allowed_transitions_succeed(
    of: str, before: str, after: str, role: str, roles: dict[str, Any], author: User
) -> None:
    permission, by = TRANSITIONS.get((before, after)), roles[role]
    if permission == SUBMIT and permission in MAY[role]:
        author = by  # these are the author's own
    noun = NOUNS[of]()
    version = bring(noun, before, author)
    stored = type(version).objects.filter(pk=version.pk)
    was = stored.values().get()
    events = version.events.count()
    if permission in MAY[role]:
        VERBS[after](noun, version, by)
        version.refresh_from_db()
        assert version.status == after
        event = version.events.last()
        assert (event.from_status, event.to_status, event.by) == (before, after, by)
        assert version.events.count() == events + 1
    else:
        with pytest.raises(NotPermitted if permission else Refused):
            VERBS[after](noun, version, by)
        assert stored.values().get() == was
        assert version.events.count() == events


@pytest.mark.parametrize("role", ["Editor", "Approver", "Administrator", "superuser"])
@pytest.mark.parametrize("of", NOUNS)
def test_nobody_decides_alone_whatever_their_role(of: str, role: str, roles: dict[str, Any]) -> None:
    by = roles[role]
    version = bring(NOUNS[of](), Status.SUBMITTED, by)
    with pytest.raises(NotPermitted):
        workflow.approve(version, by=by)
    version.refresh_from_db()
    assert (version.status, version.approver) == (Status.SUBMITTED, None)


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
    if SUBMIT in MAY[role]:
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
    may = SUBMIT in MAY[role]
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
    if ARRANGE in MAY[role]:
        workflow.move(other, by=roles[role], after=None)
        assert Event.objects.get().verb == "move"
    else:
        with pytest.raises(NotPermitted):
            workflow.move(other, by=roles[role], after=None)
        assert [chapter.slug for chapter in Chapter.objects.in_order()] == ["referral", "assessment"]


@pytest.mark.parametrize("role", ROLES)
def test_who_may_rearrange_the_contents(role: str, roles: dict[str, Any], chapter: Chapter) -> None:
    workflow.publish(by=None, amendments=[agreed(chapter)], at=FAR_AHEAD)
    if PUBLISH in MAY[role]:
        assert workflow.publish(by=roles[role], rearrange=True, at=FAR_AHEAD + DAY).edition.number == 2
    else:
        with pytest.raises(NotPermitted):
            workflow.publish(by=roles[role], rearrange=True, at=FAR_AHEAD + DAY)
        assert Edition.objects.count() == 1


@pytest.mark.parametrize("role", ROLES)
def test_who_may_pin_a_notice(role: str, roles: dict[str, Any]) -> None:
    if PIN in MAY[role]:
        assert workflow.pin(
            by=roles[role], words="The duty line is down.", expires_at=timezone.now() + DAY
        ).pk
    else:
        with pytest.raises(NotPermitted):
            workflow.pin(by=roles[role], words="The duty line is down.", expires_at=timezone.now() + DAY)
        assert not Notice.objects.exists()


@pytest.mark.parametrize("role", ROLES)
def test_who_may_say_that_a_chapter_was_reviewed(role: str, roles: dict[str, Any], chapter: Chapter) -> None:
    if APPROVE in MAY[role]:
        workflow.review(chapter, by=roles[role], on=LONG_AGO.date(), next_review=None)
        assert Event.objects.get().verb == "review"
    else:
        with pytest.raises(NotPermitted):
            workflow.review(chapter, by=roles[role], on=LONG_AGO.date(), next_review=None)
        assert not Event.objects.exists()


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
    Manual(self_approval=True).save()
    amendment = in_status(Status.SUBMITTED, chapter, administrator)
    workflow.approve(amendment, by=administrator)
    amendment.refresh_from_db()
    assert (amendment.status, amendment.self_approved) == (Status.APPROVED, True)


def test_where_the_board_allows_it_what_two_people_saw_does_not_count_as_self_approved(
    administrator: User, author: User, chapter: Chapter
) -> None:
    Manual(self_approval=True).save()
    amendment = in_status(Status.SUBMITTED, chapter, author)
    workflow.approve(amendment, by=administrator)
    amendment.refresh_from_db()
    assert (amendment.approver, amendment.self_approved) == (administrator, False)


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
