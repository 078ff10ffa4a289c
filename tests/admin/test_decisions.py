"""What an editor and an approver decide on the page of a text: every button, for everybody, whatever they clicked."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from manual import workflow
from manual.admin.timeline import DONE
from manual.models import Amendment, Chapter, Event, Manual, Status
from tests.manual_maker import DAY, FAR_AHEAD, agreed, first_edition, grow, words_of
from tests.remembered import remembered

pytestmark = pytest.mark.django_db

WHO = (
    "visitor",
    "author",
    "another editor",
    "approver",
    "approver, author",
    "administrator",
    "administrator, author",
)
OWN = {"author", "approver, author", "administrator, author"}
APPROVES = {"approver", "approver, author", "administrator", "administrator, author"}
WRITES = {"author", "another editor", *APPROVES}
# Who may click what, and to which status it leads; written down here once more.
BUTTONS: dict[str, dict[str, tuple[str, set[str]]]] = {
    "submit": {"draft": ("submitted", OWN), "returned": ("submitted", OWN)},
    "take-back": {"submitted": ("draft", OWN)},
    "approve": {"submitted": ("approved", APPROVES - OWN)},
    "return": {"submitted": ("returned", APPROVES), "approved": ("returned", APPROVES)},
    "abandon": {"draft": ("abandoned", OWN | APPROVES), "returned": ("abandoned", OWN | APPROVES)},
    "comment": {status: (status, WRITES) for status in Status.values},
}


@pytest.fixture
def people(
    person: Callable[..., User],
    in_group: Callable[..., User],
    editor: User,
    second_editor: User,
    approver: User,
) -> dict[str, User]:
    administrator = in_group("Administrator", "looks-after")
    return {
        "visitor": person("visitor", "view_amendment", is_staff=True),
        "author": editor,
        "another editor": second_editor,
        "approver": approver,
        "approver, author": approver,
        "administrator": administrator,
        "administrator, author": administrator,
    }


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
        days = Event.objects.filter(verb="publish").count()
        workflow.publish(
            by=None, amendments=[amendment], effective_at=FAR_AHEAD + days * DAY, at=FAR_AHEAD - DAY
        )
    amendment.refresh_from_db()
    assert amendment.status == status
    return amendment


@remembered
def one_in_every_status(author: User) -> dict[str, Amendment]:
    chapters = grow("".join(f"in-{status}: chapter\n" for status in Status.values))
    return {status: in_status(status, chapters[f"in-{status}"], author) for status in Status.values}


def page_of(amendment: Amendment) -> str:
    return f"/admin/manual/amendment/{amendment.pk}/change/"


def click(client: Any, amendment: Amendment, decision: str, **typed: Any) -> Any:
    """A click on a page that shows the text as it is in the hand of the test."""
    words = {"decision": decision, "status": amendment.status, "revision": amendment.revision, **typed}
    return client.post(f"/admin/manual/amendment/{amendment.pk}/decide/", words)


def stored(amendment: Amendment) -> dict[str, Any]:
    return Amendment.objects.filter(pk=amendment.pk).values().get()


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("decision", BUTTONS)
def test_a_button_is_there_for_those_who_may_and_does_nothing_for_others(
    client: Any, decision: str, who: str, people: dict[str, User], person: Callable[..., User]
) -> None:
    author = people[who] if who in OWN else person("somebody", "submit_amendment", first_name="Ann")
    client.force_login(people[who])
    for status, amendment in one_in_every_status(author).items():
        to, may = BUTTONS[decision].get(status, ("", set()))
        was, events = stored(amendment), amendment.events.count()
        page = client.get(page_of(amendment))
        assert page.status_code == 200
        assert (f'value="{decision}"' in page.content.decode()) == (who in may), f"the button for {status}"
        answer = click(client, amendment, decision, why="Because of this.")
        amendment.refresh_from_db()
        if who in may:
            assert (answer.status_code, answer["Location"]) == (302, page_of(amendment))
            assert amendment.status == to
            event = amendment.events.order_by("pk").last()
            assert (event.by, event.from_status, event.to_status) == (people[who], status, to)
            assert amendment.events.count() == events + 1
        else:
            assert answer.status_code in (403, 409)
            assert stored(amendment) == was
            assert amendment.events.count() == events


@pytest.fixture
@remembered
def chapter(db: None) -> Chapter:
    chapters = grow("core\n    referral\n")
    first_edition(chapters)
    return chapters["referral"]


@pytest.fixture
@remembered
def draft(chapter: Chapter, editor: User) -> Amendment:
    return workflow.draft(chapter, by=editor, **words_of(chapter, text="Ring within 24 hours."))


@pytest.fixture
def waiting(draft: Amendment, editor: User) -> Amendment:
    workflow.submit(draft, by=editor)
    draft.refresh_from_db()
    return draft


# --- What the page says ----------------------------------------------------------------------------------------


def test_the_author_reads_that_somebody_else_has_to_approve_it(
    client: Any, chapter: Chapter, approver: User
) -> None:
    amendment = workflow.draft(chapter, by=approver, **words_of(chapter))
    workflow.submit(amendment, by=approver)
    client.force_login(approver)
    page = client.get(page_of(amendment)).content.decode()
    assert "waits for somebody else’s approval" in page
    assert "You wrote it, so you cannot approve it: nobody publishes alone." in page


def test_where_the_board_allows_it_the_author_has_the_button(
    client: Any, chapter: Chapter, approver: User
) -> None:
    Manual(self_approval=True).save()
    amendment = workflow.draft(chapter, by=approver, **words_of(chapter))
    workflow.submit(amendment, by=approver)
    amendment.refresh_from_db()
    client.force_login(approver)
    assert 'value="approve"' in client.get(page_of(amendment)).content.decode()
    assert click(client, amendment, "approve").status_code == 302
    amendment.refresh_from_db()
    assert amendment.self_approved
    assert "who also wrote it" in client.get(page_of(amendment)).content.decode()


def test_the_page_says_who_submitted_it_and_when(client: Any, waiting: Amendment, approver: User) -> None:
    client.force_login(approver)
    today = timezone.localdate()
    page = client.get(page_of(waiting)).content.decode()
    assert f"Submitted by editor on {today.day} {today:%B %Y}" in page


def test_the_page_shows_what_changes_and_the_note_as_readers_see_it(
    client: Any, waiting: Amendment, approver: User
) -> None:
    client.force_login(approver)
    page = client.get(page_of(waiting)).content.decode()
    assert re.search(r"<ins[^>]*>.*24 hours", page, re.DOTALL)
    assert "Updated on the day it takes effect." in page
    assert "What changed." in page


def test_the_whole_text_is_shown_when_asked_for(client: Any, chapter: Chapter, editor: User) -> None:
    text = "".join(f"Paragraph number {n} of a long chapter.\n\n" for n in range(20))
    workflow.publish(by=None, amendments=[agreed(chapter, text=text)])
    amendment = workflow.draft(chapter, by=editor, text=text.replace("number 1 ", "one "), note="A word.")
    client.force_login(editor)
    assert "number 15" not in client.get(page_of(amendment)).content.decode()
    assert "number 15" in client.get(page_of(amendment) + "?show=all").content.decode()


def test_what_a_person_typed_is_never_taken_for_more_than_words(
    client: Any, draft: Amendment, editor: User
) -> None:
    hostile = "<script>alert(1)</script>"
    workflow.revise(draft, by=editor, title=hostile, note=hostile, remark=hostile)
    workflow.comment(draft, by=editor, words=hostile)
    client.force_login(editor)
    for address in (page_of(draft), f"/admin/manual/amendment/paper/?text={draft.pk}"):
        page = client.get(address).content.decode()
        assert hostile not in page
        assert "&lt;script&gt;" in page


def test_what_is_wrong_is_listed_before_it_is_submitted(client: Any, draft: Amendment, editor: User) -> None:
    workflow.revise(draft, by=editor, text="See [](chapter:nowhere).")
    draft.refresh_from_db()
    client.force_login(editor)
    assert "What is wrong with it" in client.get(page_of(draft)).content.decode()
    answer = click(client, draft, "submit")
    assert answer.status_code == 409
    assert "Line 1" in answer.content.decode()
    assert stored(draft)["status"] == "draft"


@pytest.mark.parametrize(
    ("words", "dark"),
    [
        ({}, "Submit for approval"),
        ({"text": ""}, "Submit for approval"),  # advice alone
        ({"note": ""}, "Go on writing"),
        ({"title": ""}, "Go on writing"),
    ],
)
def test_the_one_dark_button_is_what_comes_next(
    client: Any, chapter: Chapter, editor: User, words: dict[str, str], dark: str
) -> None:
    draft = workflow.draft(chapter, by=editor, **words_of(chapter, **words))
    client.force_login(editor)
    page = client.get(page_of(draft)).content.decode()
    assert ("What is wrong with it" in page) is bool({"text", "title"} & set(words))
    assert re.findall(r'class="button default"[^>]*>([^<]*)<', page) == [dark]


def test_without_a_note_nothing_is_submitted(client: Any, chapter: Chapter, editor: User) -> None:
    amendment = workflow.draft(chapter, by=editor)
    client.force_login(editor)
    answer = click(client, amendment, "submit")
    assert answer.status_code == 409
    assert "Say what changed and why" in answer.content.decode()


def test_a_correction_that_touches_a_number_is_questioned_and_submitted_after_the_answer(
    client: Any, chapter: Chapter, editor: User, approver: User
) -> None:
    workflow.publish(by=None, amendments=[agreed(chapter, text="You must ring within 24 hours.")])
    text = "You must ring within 48 hours."
    amendment = workflow.draft(chapter, by=editor)
    workflow.revise(amendment, by=editor, text=text, significance="correction", note="A slip.")
    amendment.refresh_from_db()
    client.force_login(editor)
    answer = click(client, amendment, "submit")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "These are only slips" in page
    assert "Is this really only a slip?" in page
    assert stored(amendment)["status"] == "draft"
    assert click(client, amendment, "submit", sure="on").status_code == 302
    assert stored(amendment)["status"] == "submitted"
    client.force_login(approver)
    assert "Its author says that these are only slips" in client.get(page_of(amendment)).content.decode()


def test_comments_are_kept_and_shown_in_order(
    client: Any, waiting: Amendment, editor: User, approver: User
) -> None:
    for who, words in ((approver, "Is the number right?"), (editor, "Yes, I rang it.")):
        client.force_login(who)
        assert click(client, waiting, "comment", why=words).status_code == 302
    page = client.get(page_of(waiting)).content.decode()
    assert 0 < page.index("Is the number right?") < page.index("Yes, I rang it.")


def test_an_author_sees_at_the_top_of_the_page_what_has_to_be_put_right(
    client: Any, waiting: Amendment, approver: User
) -> None:
    workflow.return_to_author(waiting, by=approver, why="It ends in 112.\n\nI rang it.")
    client.force_login(waiting.author)
    top = client.get(page_of(waiting)).content.decode().partition("What you can do now")[0]
    assert "What has to be put right" in top
    assert "<p>It ends in 112.</p>" in top and "<p>I rang it.</p>" in top
    workflow.submit(waiting, by=waiting.author, sure=True)
    assert "What has to be put right" not in client.get(page_of(waiting)).content.decode()


def test_an_approver_goes_on_from_an_approved_text_to_an_edition(
    client: Any, waiting: Amendment, approver: User, second_editor: User
) -> None:
    workflow.approve(waiting, by=approver)
    onward = f'href="{reverse("admin:manual_edition_changelist")}">Go on to an edition<'
    client.force_login(approver)
    assert onward in client.get(page_of(waiting)).content.decode()
    client.force_login(second_editor)
    assert onward not in client.get(page_of(waiting)).content.decode()


def test_a_return_without_a_comment_is_refused(client: Any, waiting: Amendment, approver: User) -> None:
    client.force_login(approver)
    for nothing in ("", "   \n"):
        answer = click(client, waiting, "return", why=nothing)
        assert answer.status_code == 409
        assert "Say what has to be put right" in answer.content.decode()
    assert stored(waiting)["status"] == "submitted"


def test_an_approver_records_the_meeting_that_agreed_it(
    client: Any, waiting: Amendment, approver: User
) -> None:
    client.force_login(approver)
    agreement = {"agreed_by": "Executive group", "agreed_on": "2026-05-03", "minute": "4.2"}
    assert click(client, waiting, "approve", **agreement).status_code == 302
    page = client.get(page_of(waiting)).content.decode()
    assert "Executive group on 3 May 2026, minute 4.2" in page


def test_a_meeting_on_an_impossible_day_approves_nothing_and_loses_no_word(
    client: Any, waiting: Amendment, approver: User
) -> None:
    client.force_login(approver)
    answer = click(client, waiting, "approve", agreed_by="Executive group", agreed_on="31 February")
    assert answer.status_code == 422
    assert "Executive group" in answer.content.decode()
    assert stored(waiting)["status"] == "submitted"


# --- Stale pages, double clicks, and posts that no page of ours makes --------------------------------------------


def test_a_second_click_on_submit_says_that_it_is_done(client: Any, draft: Amendment, editor: User) -> None:
    client.force_login(editor)
    assert click(client, draft, "submit").status_code == 302
    answer = client.post(
        f"/admin/manual/amendment/{draft.pk}/decide/",
        {"decision": "submit", "status": "draft", "revision": draft.revision}, follow=True,
    )  # fmt: skip
    assert answer.status_code == 200
    assert "is submitted now by editor" in answer.content.decode()
    assert draft.events.filter(verb="submit").count() == 1


def test_a_text_that_was_approved_meanwhile_is_not_returned_by_a_page_that_showed_it_waiting(
    client: Any, waiting: Amendment, approver: User, in_group: Callable[..., User]
) -> None:
    workflow.approve(waiting, by=in_group("Approver", "quicker"))
    waiting.status = Status.SUBMITTED  # as the page has it
    client.force_login(approver)
    answer = click(client, waiting, "return", why="The number is wrong.")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "is approved now by quicker" in page
    assert "The number is wrong." in page, "what was typed is still there"
    assert stored(waiting)["status"] == "approved"


def test_nobody_approves_words_that_they_have_not_seen(
    client: Any, waiting: Amendment, editor: User, approver: User
) -> None:
    client.force_login(approver)
    seen = {"decision": "approve", "status": waiting.status, "revision": waiting.revision}
    workflow.take_back(waiting, by=editor)
    workflow.revise(waiting, by=editor, text="Other words, of which the approver knows nothing.")
    workflow.submit(waiting, by=editor)
    answer = client.post(f"/admin/manual/amendment/{waiting.pk}/decide/", seen)
    assert answer.status_code == 409
    assert "saved again" in answer.content.decode()
    assert stored(waiting)["status"] == "submitted"


@pytest.mark.parametrize("status", Status.values)
def test_a_page_that_showed_another_status_decides_nothing(
    client: Any, waiting: Amendment, approver: User, status: str
) -> None:
    if status == Status.SUBMITTED:
        return
    client.force_login(approver)
    answer = click(client, waiting, "approve", status=status)
    assert stored(waiting)["status"] == "submitted"
    assert answer.status_code == 409


@pytest.mark.parametrize(
    "typed",
    [
        {"decision": "publish"}, {"decision": ""}, {"decision": "approve\x00"}, {"decision": "draft"},
        {"decision": "approve", "revision": "many"}, {"decision": "approve", "revision": "9" * 40},
        {"decision": "return", "why": "x" * 5000}, {"decision": "return", "why": "\x00"},
        {"decision": "approve", "agreed_by": "x" * 201}, {"decision": "approve", "status": "x" * 90},
    ],
)  # fmt: skip
def test_what_no_button_says_changes_nothing(
    client: Any, waiting: Amendment, approver: User, typed: dict[str, str]
) -> None:
    client.force_login(approver)
    was = stored(waiting)
    answer = client.post(f"/admin/manual/amendment/{waiting.pk}/decide/", typed)
    assert answer.status_code == 422
    assert stored(waiting) == was


def test_looking_at_the_address_of_a_decision_decides_nothing(
    client: Any, waiting: Amendment, approver: User
) -> None:
    """As after signing in again on the way."""
    client.force_login(approver)
    answer = client.get(f"/admin/manual/amendment/{waiting.pk}/decide/?decision=approve")
    assert (answer.status_code, answer["Location"]) == (302, page_of(waiting))
    assert stored(waiting)["status"] == "submitted"


@pytest.mark.parametrize("key", ["999999", "abc", "1_2F"])
def test_what_is_not_there_leads_back_with_a_sentence(client: Any, approver: User, key: str) -> None:
    client.force_login(approver)
    for address in (f"/admin/manual/amendment/{key}/change/", f"/admin/manual/amendment/{key}/decide/"):
        assert client.get(address).status_code in (302, 404)


def test_nobody_without_an_account_sees_or_decides(client: Any, waiting: Amendment) -> None:
    assert client.get(page_of(waiting))["Location"].startswith("/admin/login/")
    assert click(client, waiting, "approve")["Location"].startswith("/admin/login/")
    assert stored(waiting)["status"] == "submitted"


def test_a_decision_without_the_token_of_the_page_is_refused(waiting: Amendment, approver: User) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(approver)
    assert click(careful, waiting, "approve").status_code == 403
    assert stored(waiting)["status"] == "submitted"


def test_who_may_not_reads_why_not(client: Any, waiting: Amendment, second_editor: User) -> None:
    client.force_login(second_editor)
    answer = click(client, waiting, "approve")
    assert answer.status_code == 403
    assert "You do not have the permission" in answer.content.decode()


def test_every_verb_on_record_has_its_words() -> None:
    """A new verb without words would be shown to editors by the name that it has in the code."""
    code = "".join(file.read_text() for file in Path("manual/workflow").glob("*.py"))
    verbs = set(re.findall(r'record\(\s*"([a-z ]+)"', code)) | set(re.findall(r'verb="([a-z ]+)"', code))
    assert len(verbs) > 20
    assert verbs <= set(DONE), verbs - set(DONE)


def test_a_page_of_one_text_makes_as_many_queries_however_much_was_said(
    client: Any, waiting: Amendment, approver: User, editor: User
) -> None:
    client.force_login(approver)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page_of(waiting)).status_code == 200
        return len(captured)

    queries()
    before = queries()
    for n in range(30):
        workflow.comment(waiting, by=editor, words=f"Comment {n}")
    assert queries() == before < 40
