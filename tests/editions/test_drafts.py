"""A draft from its first word to approval: what is saved, what is refused, and what is kept on record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone

from manual import workflow
from manual.models import Amendment, Chapter, Definition, Document, Keyword, Manual, Status, StoredFile
from manual.workflow import NotPermitted, NotReady, Overtaken, Questioned, Refused
from tests.manual_maker import DAY, LONG_AGO, agreed, first_edition, grow, meaning
from tests.remembered import remembered

pytestmark = pytest.mark.django_db

TEXT = "A discussion must be held within three working days.\n\n## Who comes\n\nThe police and health.\n"


@pytest.fixture
def author(person: Callable[..., User]) -> User:
    return person("author", "submit_amendment")


@pytest.fixture
@remembered
def chapters() -> dict[str, Chapter]:
    chapters = grow("core\n    referral\n    assessment\n")
    workflow.publish(
        by=None,
        amendments=[agreed(chapters["core"], text=""), agreed(chapters["referral"], text=TEXT),
                    agreed(chapters["assessment"])],
        definitions=[meaning("lado")],
        rearrange=True,
        at=LONG_AGO,
    )  # fmt: skip
    return chapters


@pytest.fixture
@remembered
def draft(chapters: dict[str, Chapter], author: User) -> Amendment:
    return workflow.draft(chapters["referral"], by=author, note="Who comes is said.")


# --- Saving --------------------------------------------------------------------------------------------------


def test_a_tab_that_was_opened_before_another_one_saved_overwrites_nothing(
    draft: Amendment, author: User
) -> None:
    first = workflow.revise(draft, by=author, revision=draft.revision, text="One tab.")
    with pytest.raises(Overtaken) as refusal:
        workflow.revise(draft, by=author, revision=draft.revision, text="Another tab.")
    assert refusal.value.current.text == "One tab."
    draft.refresh_from_db()
    assert (draft.text, draft.revision) == ("One tab.", first.revision)
    assert (
        workflow.revise(draft, by=author, revision=first.revision, text="Another tab.").text == "Another tab."
    )


@pytest.mark.parametrize(
    "words",
    [{"title": ""}, {"note": ""}, {"text": "## \n"}, {"text": "A note[^1] that is nowhere."}, {"text": "[" * 6000}],
)  # fmt: skip
def test_no_word_of_a_draft_is_lost_because_it_is_not_right_yet(
    draft: Amendment, author: User, words: dict[str, str]
) -> None:
    workflow.revise(draft, by=author, **words)
    draft.refresh_from_db()
    [(name, value)] = words.items()
    assert getattr(draft, name) == value
    with pytest.raises(Refused):
        workflow.submit(draft, by=author)
    draft.refresh_from_db()
    assert (getattr(draft, name), draft.status) == (value, Status.DRAFT)


def test_a_text_that_cannot_be_shown_has_no_page_until_it_is_put_right(
    draft: Amendment, author: User
) -> None:
    workflow.revise(draft, by=author, text="A note[^1] that is nowhere.")
    draft.refresh_from_db()
    assert (draft.html, draft.sections.count()) == ("", 0)
    assert draft.pk not in Amendment.objects.stale()
    workflow.revise(draft, by=author, text="Right.")
    draft.refresh_from_db()
    assert "Right." in draft.html


def test_an_hour_of_saving_by_itself_is_one_event(draft: Amendment, author: User) -> None:
    for n in range(5):
        workflow.revise(draft, by=author, text=f"Words {n}.")
    assert [event.verb for event in draft.events.all()] == ["draft", "revise"]
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        workflow.revise(draft, by=author, text="Later.")
    assert [event.verb for event in draft.events.all()] == ["draft", "revise", "revise"]


# --- Submitting ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("See [](chapter:nowhere).", "no chapter “nowhere”"),
        ("See [](keyword:nothing).", "no keyword “nothing”"),
        ("See [](document:form).", "no document “form”"),
        ("See [there](#gone).", "no section “#gone”"),
        ("See [](chapter:assessment#gone).", "no section “#gone”"),
        ("⚠⚠⚠ Both changed the words below. Your words:\n", "Two people changed the same words"),
    ],
)
def test_a_text_with_a_mistake_that_would_reach_readers_is_not_submitted(
    draft: Amendment, author: User, text: str, says: str
) -> None:
    workflow.revise(draft, by=author, text=f"Words.\n\n{text}")
    with pytest.raises(NotReady) as refusal:
        workflow.submit(draft, by=author)
    assert [says in sentence for sentence in refusal.value.problems] == [True]
    assert "Line 3" in refusal.value.problems[0]


def test_a_reference_to_what_a_colleague_is_drafting_can_be_submitted(draft: Amendment, author: User) -> None:
    workflow.begin_chapter(by=None, title="Strategy discussions")
    workflow.revise(draft, by=author, text="See [](chapter:strategy-discussions).")
    assert workflow.submit(draft, by=author).status == Status.SUBMITTED


def test_submission_gives_every_section_the_address_that_it_keeps(draft: Amendment, author: User) -> None:
    before = draft.html
    workflow.submit(draft, by=author)
    draft.refresh_from_db()
    assert "## Who comes {: #who-comes }" in draft.text
    assert draft.html == before
    assert [section.anchor for section in draft.sections.all()] == ["", "who-comes"]


def test_a_correction_that_touches_an_instruction_is_questioned_before_it_is_submitted(
    draft: Amendment, author: User
) -> None:
    text = TEXT.replace("three", "five")
    workflow.revise(draft, by=author, text=text, significance="correction")
    with pytest.raises(Questioned) as asked:
        workflow.submit(draft, by=author)
    assert any("three" in question and "five" in question for question in asked.value.questions)
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT
    assert workflow.submit(draft, by=author, sure=True).status == Status.SUBMITTED


@pytest.mark.parametrize(
    ("before", "after", "asks"),
    [
        ("!!! kent\n    Ring the line.\n", "!!! medway\n    Ring the line.\n", "for which areas"),
        ("Ring the line.\n{: .kent }\n", "Ring the line.\n{: .medway }\n", "for which areas"),
        ("## Rung {: .kent }\n\nRing.\n", "## Rung\n\nRing.\n", "for which areas"),
        (
            "!!! kent\n    Ring the line.\n\n    Then wait.\n",
            "!!! kent\n    Ring the line.\n\nThen wait.\n",
            "for which areas",
        ),
        (
            "!!! guidance\n    Ring the line.\n",
            "!!! policy\n    Ring the line.\n",
            "what a passage of the text is",
        ),
        ("## Rung {: .guidance }\n\nRing.\n", "## Rung\n\nRing.\n", "what a passage of the text is"),
        ("Ring [us](tel:01632960001).", "Ring [us](tel:01632960002).", "“01632960001” is gone"),
        (
            "See [this](https://a.example.org/).",
            "See [this](https://b.example.org/).",
            "b.example.org/” is new",
        ),
        (
            "See [this](https://a.example.org/) or [that](https://b.example.org/).",
            "See [this](https://b.example.org/) or [that](https://a.example.org/).",
            "where links lead. Is this",
        ),
    ],
)
def test_a_correction_that_changes_no_word_but_what_it_means_is_questioned(
    chapters: dict[str, Chapter], author: User, before: str, after: str, asks: str
) -> None:
    Manual.objects.update_or_create(pk=1, defaults={"areas": {"kent": "Kent", "medway": "Medway"}})
    workflow.publish(by=None, amendments=[agreed(chapters["assessment"], text=before)], at=LONG_AGO + DAY)
    draft = workflow.draft(chapters["assessment"], by=author, note="A slip.", significance="correction")
    assert draft.text == before
    draft = workflow.revise(draft, by=author, text=after)
    with pytest.raises(Questioned) as asked:
        workflow.submit(draft, by=author)
    assert any(asks in question for question in asked.value.questions), asked.value.questions


def test_a_slip_in_a_passage_with_links_is_submitted_without_a_question(
    chapters: dict[str, Chapter], author: User
) -> None:
    Manual.objects.update_or_create(pk=1, defaults={"areas": {"kent": "Kent", "medway": "Medway"}})
    text = "!!! kent\n    Ring [us](tel:01632960001), teh line of the [LADO](keyword:lado).\n"
    workflow.publish(by=None, amendments=[agreed(chapters["assessment"], text=text)], at=LONG_AGO + DAY)
    draft = workflow.draft(chapters["assessment"], by=author, note="A slip.", significance="correction")
    draft = workflow.revise(draft, by=author, text=text.replace("teh", "the"))
    assert workflow.submit(draft, by=author).status == Status.SUBMITTED


def test_a_slip_put_right_is_submitted_without_a_question(draft: Amendment, author: User) -> None:
    workflow.revise(draft, by=author, text=TEXT.replace("health", "Health"), significance="correction")
    assert workflow.submit(draft, by=author).status == Status.SUBMITTED


def test_an_amendment_that_changes_an_instruction_openly_is_not_questioned(
    draft: Amendment, author: User
) -> None:
    workflow.revise(draft, by=author, text=TEXT.replace("three", "five"))
    assert workflow.submit(draft, by=author).status == Status.SUBMITTED


# --- Bringing up to date -------------------------------------------------------------------------------------


@pytest.fixture
def overtaken(draft: Amendment, chapters: dict[str, Chapter]) -> Amendment:
    """The draft, after another amendment of its chapter came into force."""
    other = agreed(chapters["referral"], text=TEXT + "\nAnd education.\n")
    workflow.publish(by=None, amendments=[other])
    return draft


def test_a_draft_of_a_chapter_that_changed_meanwhile_is_not_submitted(
    overtaken: Amendment, author: User
) -> None:
    assert not workflow.is_up_to_date(overtaken)
    with pytest.raises(Refused, match="Bring it up to date"):
        workflow.submit(overtaken, by=author)


def test_once_it_is_brought_up_to_date_it_is(overtaken: Amendment, author: User) -> None:
    [now] = workflow.texts_to_go_on_from(overtaken)
    workflow.bring_up_to_date(
        overtaken, by=author, onto=now, revision=overtaken.revision, text=now.text + "\nAnd the school.\n"
    )
    assert workflow.submit(overtaken, by=author).status == Status.SUBMITTED
    assert [event.verb for event in overtaken.events.all()][-2:] == ["bring up to date", "submit"]


def test_what_was_submitted_before_the_chapter_changed_is_not_approved(
    draft: Amendment, author: User, approver: User, chapters: dict[str, Chapter]
) -> None:
    workflow.submit(draft, by=author)
    workflow.publish(by=None, amendments=[agreed(chapters["referral"], text="Other words.")])
    with pytest.raises(Refused, match="Bring it up to date"):
        workflow.approve(draft, by=approver)
    draft.refresh_from_db()
    assert draft.status == Status.SUBMITTED


def test_a_draft_may_go_on_from_the_text_in_force_or_from_one_that_is_scheduled(
    draft: Amendment, author: User, chapters: dict[str, Chapter]
) -> None:
    coming = agreed(chapters["referral"], text="To come.")
    workflow.publish(by=None, amendments=[coming], effective_at=timezone.now() + timedelta(days=30))
    assert workflow.is_up_to_date(draft)
    assert [text.text for text in workflow.texts_to_go_on_from(draft)] == [TEXT, "To come."]
    workflow.bring_up_to_date(draft, by=author, onto=coming)
    assert workflow.is_up_to_date(draft)


def test_a_new_chapter_that_came_by_another_way_meanwhile_is_amended_by_its_draft(
    chapters: dict[str, Chapter], author: User
) -> None:
    new = workflow.begin_chapter(by=author, title="Visits", under=chapters["core"], text="Mine.", note="New.")
    theirs = agreed(new.chapter, text="Theirs.")
    workflow.publish(by=None, amendments=[theirs])
    assert workflow.bring_up_to_date(new, by=author, onto=theirs).significance == "amended"


# --- Earlier texts, comments, decisions ----------------------------------------------------------------------


def test_an_earlier_text_is_put_back_by_a_new_amendment(chapters: dict[str, Chapter], author: User) -> None:
    earlier = chapters["referral"].amendments.get()
    workflow.publish(by=None, amendments=[agreed(chapters["referral"], text="A mistake.")])
    amendment = workflow.put_back(earlier, by=author)
    assert amendment.text == TEXT
    assert amendment.based_on is not None and amendment.based_on.text == "A mistake."
    assert (amendment.status, amendment.significance) == (Status.DRAFT, "amended")


def test_comments_are_kept_with_the_amendment(draft: Amendment, author: User, approver: User) -> None:
    workflow.comment(draft, by=approver, words="  Ask the police too. ")
    event = draft.events.last()
    assert event is not None
    assert (event.verb, event.why, event.by) == ("comment", "Ask the police too.", approver)
    with pytest.raises(Refused):
        workflow.comment(draft, by=author, words="  ")


def test_a_visitor_does_not_comment(draft: Amendment, person: Callable[..., User]) -> None:
    with pytest.raises(NotPermitted):
        workflow.comment(draft, by=person("visitor", is_staff=True), words="Hello.")


def test_nothing_is_returned_without_a_comment(draft: Amendment, author: User, approver: User) -> None:
    workflow.submit(draft, by=author)
    with pytest.raises(Refused, match="put right"):
        workflow.return_to_author(draft, by=approver, why=" ")
    draft.refresh_from_db()
    assert draft.status == Status.SUBMITTED


def test_who_agreed_it_in_a_meeting_is_recorded_with_the_approval(
    draft: Amendment, author: User, approver: User
) -> None:
    workflow.submit(draft, by=author)
    day = timezone.localdate()
    workflow.approve(draft, by=approver, agreed_by="Policy group", agreed_on=day, minute="4.2")
    draft.refresh_from_db()
    assert (draft.agreed_by, draft.agreed_on, draft.minute) == ("Policy group", day, "4.2")
    with pytest.raises(TypeError):
        workflow.approve(draft, by=approver, text="Other words.")


def test_a_board_of_one_may_allow_authors_to_approve_and_that_is_on_record(
    draft: Amendment, chapters: dict[str, Chapter], person: Callable[..., User]
) -> None:
    alone = person("alone", "submit_amendment", "approve_amendment")
    own = workflow.draft(chapters["assessment"], by=alone, note="Why.", text="Words.")
    workflow.submit(own, by=alone)
    with pytest.raises(NotPermitted):
        workflow.approve(own, by=alone)
    manual = Manual.objects.current()
    manual.self_approval = True
    manual.save()
    workflow.approve(own, by=alone)
    own.refresh_from_db()
    assert (own.status, own.self_approved) == (Status.APPROVED, True)


# --- Keywords and documents take the same way ----------------------------------------------------------------


def test_a_keyword_is_drafted_submitted_and_approved_as_a_text_is(author: User, approver: User) -> None:
    definition = workflow.begin_keyword(by=author, name="Core group", meaning="", note="New.")
    with pytest.raises(NotReady, match="what the keyword means"):
        workflow.submit(definition, by=author)
    workflow.revise(definition, by=author, revision=definition.revision, meaning="Carries the plan out.")
    workflow.submit(definition, by=author)
    with pytest.raises(NotPermitted):
        workflow.approve(definition, by=author)
    workflow.approve(definition, by=approver)
    edition = workflow.publish(by=None, definitions=[definition]).edition
    assert [each.name for each in Definition.objects.in_edition(edition)] == ["Core group"]


def test_a_changed_meaning_begins_from_the_newest_one(chapters: dict[str, Chapter], author: User) -> None:
    changed = workflow.draft_definition(Keyword.objects.get(slug="lado"), by=author)
    assert (changed.name, changed.meaning) == ("LADO", "What lado means.")
    with pytest.raises(Refused, match="open draft"):
        workflow.draft_definition(changed.keyword, by=author)


def test_a_picture_is_not_submitted_without_words_for_those_who_cannot_see_it(author: User) -> None:
    file = StoredFile.objects.keep(b"picture")
    version = workflow.begin_document(
        by=author, title="Flow chart", file=file, filename="flow.png", media_type="image/png", note="New."
    )
    with pytest.raises(NotReady, match="cannot see it"):
        workflow.submit(version, by=author)
    workflow.revise(version, by=author, description="Boxes and arrows.")
    assert workflow.submit(version, by=author).status == Status.SUBMITTED


def test_a_new_version_of_a_document_keeps_its_file_until_another_is_uploaded(author: User) -> None:
    file = StoredFile.objects.keep(b"form")
    first = workflow.begin_document(
        by=author, title="Form", file=file, filename="form.txt", media_type="text/plain", note="New."
    )
    workflow.submit(first, by=author)
    workflow.approve(first, by=None)
    workflow.publish(by=None, documents=[first], at=LONG_AGO)
    second = workflow.draft_document(first.document, by=author, title="Referral form")
    assert (second.file, second.filename, second.based_on) == (file, "form.txt", first)


def test_a_document_without_a_file_is_refused_and_leaves_nothing_behind(author: User) -> None:
    with pytest.raises(Refused, match="Choose the file"):
        workflow.begin_document(by=author, title="Form")
    assert not Document.objects.exists()


def test_equal_bytes_are_stored_once(author: User) -> None:
    assert StoredFile.objects.keep(b"same") == StoredFile.objects.keep(b"same")
    assert StoredFile.objects.get().size == 4


def test_titles_that_are_alike_get_addresses_of_their_own(author: User) -> None:
    first_edition(grow("missing-children: chapter"), at=LONG_AGO)
    assert workflow.begin_chapter(by=author, title="Missing children").chapter.slug == "missing-children-2"
