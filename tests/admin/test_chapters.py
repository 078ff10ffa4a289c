"""A chapter's page for editors, and how a change of it begins: from the admin, and from the page that readers have."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from manual import workflow
from manual.models import Amendment, Chapter, Kind, Status
from tests.manual_maker import DAY, LONG_AGO, agreed, first_edition, grow
from tests.remembered import remembered

pytestmark = pytest.mark.django_db


@pytest.fixture
@remembered
def chapters(db: None) -> dict[str, Chapter]:
    chapters = grow("core\n    referral\n    assessment\n    old-ways\n")
    first_edition(chapters)
    return chapters


@pytest.fixture
def referral(chapters: dict[str, Chapter]) -> Chapter:
    return chapters["referral"]


def page_of(chapter: Chapter) -> str:
    return f"/admin/manual/chapter/{chapter.pk}/change/"


def amend(chapter: Chapter) -> str:
    return f"/admin/manual/chapter/{chapter.pk}/amend/"


def scheduled(chapter: Chapter, text: str) -> Amendment:
    words = agreed(chapter, text=text)
    workflow.publish(by=None, amendments=[words], effective_at=timezone.now() + 9 * DAY)
    words.refresh_from_db()
    return words


# --- Amend this chapter ----------------------------------------------------------------------------------------


def test_an_editor_begins_a_draft_with_one_click(client: Any, referral: Chapter, editor: User) -> None:
    client.force_login(editor)
    assert "Amend this chapter" in client.get(page_of(referral)).content.decode()
    answer = client.post(amend(referral))
    draft = Amendment.objects.get(author=editor)
    assert answer["Location"] == f"/admin/manual/amendment/{draft.pk}/write/"
    assert (draft.text, draft.based_on) == (
        "What to do about referral.",
        workflow.amendment_in_force(referral),
    )


def test_a_second_click_leads_to_the_draft_that_the_first_began(
    client: Any, referral: Chapter, editor: User
) -> None:
    client.force_login(editor)
    first, second = client.post(amend(referral)), client.post(amend(referral))
    assert first["Location"] == second["Location"]
    assert Amendment.objects.filter(author=editor).count() == 1
    assert client.get(amend(referral))["Location"] == first["Location"]


def test_what_was_submitted_already_leads_to_where_it_stands(
    client: Any, referral: Chapter, editor: User
) -> None:
    draft = workflow.draft(referral, by=editor, note="Because.")
    workflow.submit(draft, by=editor)
    client.force_login(editor)
    assert client.get(amend(referral))["Location"] == f"/admin/manual/amendment/{draft.pk}/change/"


def test_looking_at_the_address_begins_nothing(client: Any, referral: Chapter, editor: User) -> None:
    client.force_login(editor)
    page = client.get(amend(referral))
    assert page.status_code == 200
    assert "Begin a draft" in page.content.decode()
    assert not Amendment.objects.filter(author=editor).exists()


def test_a_second_editor_is_told_who_is_writing_and_since_when_and_can_read_it_and_go_on(
    client: Any, referral: Chapter, editor: User, second_editor: User
) -> None:
    editor.first_name, editor.last_name = "Ann", "Example"
    editor.save()
    theirs = workflow.draft(referral, by=editor)
    client.force_login(second_editor)
    answer = client.post(amend(referral))
    page = answer.content.decode()
    assert answer.status_code == 200
    today = timezone.localdate()
    assert f"Ann Example has an open draft (draft), begun on {today.day} {today:%B %Y}" in page
    assert f'href="/admin/manual/amendment/{theirs.pk}/change/"' in page
    assert not Amendment.objects.filter(author=second_editor).exists()
    assert client.get(f"/admin/manual/amendment/{theirs.pk}/change/").status_code == 200
    assert client.post(amend(referral), {"all_the_same": "yes"}).status_code == 302
    assert Amendment.objects.filter(author=second_editor).count() == 1


def test_where_a_scheduled_edition_has_another_text_the_editor_says_which_to_start_from(
    client: Any, referral: Chapter, editor: User
) -> None:
    later = scheduled(referral, "The text of next week.")
    client.force_login(editor)
    answer = client.post(amend(referral))
    assert answer.status_code == 200
    assert "The text that is scheduled" in answer.content.decode()
    for nonsense in ("", "0", "abc", str(10**30)):
        assert client.post(amend(referral), {"from": nonsense}).status_code == 200
    assert not Amendment.objects.filter(author=editor).exists()
    client.post(amend(referral), {"from": later.pk})
    assert Amendment.objects.get(author=editor).text == "The text of next week."


def test_nobody_starts_from_a_text_of_another_chapter(
    client: Any, chapters: dict[str, Chapter], editor: User
) -> None:
    scheduled(chapters["referral"], "The text of next week.")
    other = workflow.amendment_in_force(chapters["assessment"])
    client.force_login(editor)
    assert client.post(amend(chapters["referral"]), {"from": other.pk}).status_code == 200  # type: ignore[union-attr]
    assert not Amendment.objects.filter(author=editor).exists()


def test_who_may_not_write_begins_nothing_and_reads_why(client: Any, referral: Chapter, person: Any) -> None:
    client.force_login(person("visitor", "view_chapter", "view_amendment", is_staff=True))
    assert "Amend this chapter" not in client.get(page_of(referral)).content.decode()
    earlier = workflow.amendment_in_force(referral)
    for address in (
        amend(referral),
        f"/admin/manual/chapter/{referral.pk}/withdraw/",
        f"/admin/manual/chapter/{referral.pk}/put-back/{earlier.pk}/",  # type: ignore[union-attr]
        "/admin/manual/chapter/begin/",
    ):
        answer = client.post(address, {"title": "New", "kind": "chapter"})
        assert answer.status_code == 403
        assert "Only editors begin changes" in answer.content.decode()
    assert not Amendment.objects.open().exists()


# --- Withdraw, put back, new -------------------------------------------------------------------------------------


def test_an_editor_proposes_to_withdraw_a_chapter_and_names_its_successor(
    client: Any, chapters: dict[str, Chapter], editor: User, approver: User
) -> None:
    old = chapters["old-ways"]
    client.force_login(editor)
    words = {"successor": chapters["referral"].pk, "note": "Referral covers it."}
    answer = client.post(f"/admin/manual/chapter/{old.pk}/withdraw/", words)
    draft = Amendment.objects.get(author=editor)
    assert answer["Location"] == f"/admin/manual/amendment/{draft.pk}/change/"
    assert (draft.significance, draft.successor) == ("withdrawn", chapters["referral"])
    workflow.approve(workflow.submit(draft, by=editor), by=approver)
    workflow.publish(by=None, amendments=[draft])
    assert "Referral covers it." in client.get("/chapters/old-ways/").content.decode()


@pytest.mark.parametrize("successor", ["", "999999", "abc", "self"])
def test_a_withdrawal_needs_its_reason_and_a_successor_that_is_there(
    client: Any, chapters: dict[str, Chapter], editor: User, successor: str
) -> None:
    old = chapters["old-ways"]
    client.force_login(editor)
    words = {
        "successor": str(old.pk) if successor == "self" else successor,
        "note": "" if not successor else "So.",
    }
    assert client.post(f"/admin/manual/chapter/{old.pk}/withdraw/", words).status_code == 422
    assert not Amendment.objects.open().exists()


def test_what_is_withdrawn_is_not_withdrawn_again(
    client: Any, chapters: dict[str, Chapter], editor: User
) -> None:
    workflow.publish(by=None, amendments=[agreed(chapters["old-ways"], significance="withdrawn")])
    client.force_login(editor)
    answer = client.post(f"/admin/manual/chapter/{chapters['old-ways'].pk}/withdraw/", {"note": "So."})
    assert answer.status_code == 302
    assert not Amendment.objects.open().exists()


def test_an_earlier_text_is_put_back_with_one_click(client: Any, referral: Chapter, editor: User) -> None:
    first = workflow.amendment_in_force(referral)
    workflow.publish(by=None, amendments=[agreed(referral, text="A mistake.")])
    client.force_login(editor)
    assert "Put back the earlier text" in client.get(page_of(referral)).content.decode()
    address = f"/admin/manual/chapter/{referral.pk}/put-back/{first.pk}/"  # type: ignore[union-attr]
    answer = client.post(address)
    draft = Amendment.objects.get(author=editor)
    assert answer["Location"] == f"/admin/manual/amendment/{draft.pk}/write/"
    assert draft.text == "What to do about referral."
    assert draft.events.filter(what="Begun from version 1.").exists()
    assert client.post(address)["Location"] == answer["Location"], "a second click begins no second draft"
    assert Amendment.objects.filter(author=editor).count() == 1


def test_only_a_published_text_of_this_chapter_is_put_back(
    client: Any, chapters: dict[str, Chapter], editor: User, second_editor: User
) -> None:
    draft = workflow.draft(chapters["referral"], by=second_editor)
    other = workflow.amendment_in_force(chapters["assessment"])
    client.force_login(editor)
    for key in (draft.pk, other.pk, 999999):  # type: ignore[union-attr]
        client.post(f"/admin/manual/chapter/{chapters['referral'].pk}/put-back/{key}/")
    assert not Amendment.objects.filter(author=editor).exists()


def test_a_new_chapter_is_begun_where_it_is_to_stand(
    client: Any, chapters: dict[str, Chapter], editor: User
) -> None:
    client.force_login(editor)
    page = client.get(f"/admin/manual/chapter/begin/?under={chapters['core'].pk}").content.decode()
    assert f'<option value="{chapters["core"].pk}" selected>' in page
    words = {"title": "Bruising in babies", "kind": "chapter", "under": chapters["core"].pk, "numbered": "on"}
    answer = client.post("/admin/manual/chapter/begin/", words)
    draft = Amendment.objects.get(author=editor)
    assert answer["Location"] == f"/admin/manual/amendment/{draft.pk}/write/"
    assert (draft.chapter.slug, draft.chapter.parent, draft.under) == (
        "bruising-in-babies", chapters["core"], chapters["core"],
    )  # fmt: skip
    assert "Bruising" not in client.get("/").content.decode()
    again = client.post("/admin/manual/chapter/begin/", words)
    assert again["Location"] == answer["Location"], "a second click begins no second chapter"
    assert Chapter.objects.count() == len(chapters) + 1
    # Elsewhere there may be one of the same name.
    elsewhere = client.post("/admin/manual/chapter/begin/", {**words, "under": chapters["referral"].pk})
    assert elsewhere.status_code == 302
    assert Chapter.objects.count() == len(chapters) + 2


@pytest.mark.parametrize(
    "words",
    [
        {"title": "", "kind": "chapter"}, {"title": "New"}, {"title": "New", "kind": "book"},
        {"title": "x" * 301, "kind": "chapter"}, {"title": "New", "kind": "chapter", "under": "999999"},
        {"title": "New", "kind": "chapter", "under": "abc"}, {"title": "\x00", "kind": "chapter"},
    ],
)  # fmt: skip
def test_a_new_chapter_without_sense_is_refused_in_words(
    client: Any, chapters: dict[str, Chapter], editor: User, words: dict[str, str]
) -> None:
    client.force_login(editor)
    assert client.post("/admin/manual/chapter/begin/", {"under": "parts", **words}).status_code == 422
    assert Chapter.objects.count() == len(chapters)


def test_a_new_chapter_stands_nowhere_until_its_place_is_chosen(
    client: Any, chapters: dict[str, Chapter], editor: User
) -> None:
    client.force_login(editor)
    answer = client.post("/admin/manual/chapter/begin/", {"title": "One", "kind": "chapter", "under": ""})
    assert answer.status_code == 422
    assert (
        "Choose the heading that it stands under, or that it stands among the parts."
        in answer.content.decode()
    )
    assert Chapter.objects.count() == len(chapters)
    client.post("/admin/manual/chapter/begin/", {"title": "One", "kind": "chapter", "under": "parts"})
    assert Chapter.objects.get(amendments__title="One").parent is None


@pytest.mark.parametrize("kind", Kind.values)
def test_every_kind_of_chapter_can_be_begun_and_has_a_page(client: Any, editor: User, kind: str) -> None:
    client.force_login(editor)
    client.post("/admin/manual/chapter/begin/", {"title": "One", "kind": kind, "under": "parts"})
    chapter = Chapter.objects.get()
    page = client.get(page_of(chapter)).content.decode()
    assert "Not in force yet" in page
    assert "One" in page


# --- The page and the list ---------------------------------------------------------------------------------------


def test_the_page_shows_where_it_stands_and_what_was_decided(
    client: Any, referral: Chapter, editor: User, approver: User
) -> None:
    later = scheduled(referral, "The text of next week.")
    workflow.draft(referral, by=editor)
    client.force_login(approver)
    page = client.get(page_of(referral)).content.decode()
    assert "It stands under 1 Core" in page
    assert f"/admin/manual/amendment/{later.pk}/change/" in page
    assert 'href="/chapters/referral/"' in page
    assert "Draft begun" in page
    assert "Published with Edition 1" in page


def test_an_approver_records_a_review_that_changes_nothing(
    client: Any, referral: Chapter, approver: User
) -> None:
    client.force_login(approver)
    today = timezone.localdate()
    words = {"review-on": today.isoformat(), "review-next_review": (today + timedelta(days=365)).isoformat()}
    assert client.post(f"/admin/manual/chapter/{referral.pk}/review/", words).status_code == 302
    referral.refresh_from_db()
    assert referral.last_reviewed == today
    shown = client.get("/chapters/referral/").content.decode()
    assert f"Last reviewed {today.day} {today:%B %Y}" in shown
    assert f"Last changed {LONG_AGO.day} January 2020" in shown


def test_an_approver_says_who_looks_after_a_chapter_and_readers_see_it(
    client: Any, referral: Chapter, approver: User
) -> None:
    client.force_login(approver)
    words = {"care-owner": "Designated nurse", "care-next_review": "2027-03-01"}
    assert client.post(f"/admin/manual/chapter/{referral.pk}/look-after/", words).status_code == 302
    client.logout()
    page = client.get("/chapters/referral/").content.decode()
    assert "Looked after by Designated nurse." in page
    assert "Next review 1 March 2027." in page
    assert "Looked after" not in client.get("/editions/1/chapters/referral/").content.decode()


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("review", {"review-on": ""}), ("review", {"review-on": "yesterday"}),
        ("review", {"review-on": "2026-05-01", "review-next_review": "2026-04-01"}),
        ("look-after", {"care-owner": "x" * 101}), ("look-after", {"care-next_review": "31/31/31"}),
    ],
)  # fmt: skip
def test_care_that_makes_no_sense_is_refused_in_words(
    client: Any, referral: Chapter, approver: User, what: str, words: dict[str, str]
) -> None:
    client.force_login(approver)
    answer = client.post(f"/admin/manual/chapter/{referral.pk}/{what}/", words)
    assert answer.status_code == 422
    stored = Chapter.objects.get(pk=referral.pk)
    assert (stored.owner, stored.last_reviewed, stored.next_review) == ("", None, None)


def test_an_editor_does_not_say_who_looks_after_a_chapter(
    client: Any, referral: Chapter, editor: User
) -> None:
    client.force_login(editor)
    assert (
        client.post(f"/admin/manual/chapter/{referral.pk}/look-after/", {"care-owner": "Me"}).status_code
        == 403
    )
    answer = client.post(f"/admin/manual/chapter/{referral.pk}/review/", {"review-on": "2026-05-01"})
    assert answer.status_code == 403
    assert Chapter.objects.get(pk=referral.pk).owner == ""


def test_the_list_stands_in_the_order_of_the_tree_with_numbers_in_force(
    client: Any, chapters: dict[str, Chapter], editor: User
) -> None:
    workflow.draft(chapters["assessment"], by=editor)
    client.force_login(editor)
    page = client.get("/admin/manual/chapter/").content.decode()
    assert page.index("— Referral") < page.index("— Assessment") < page.index("— Old ways")
    assert ">1.2<" in page
    assert "1 open draft" in page
    assert "— Assessment" in client.get("/admin/manual/chapter/?open=drafts").content.decode()
    assert "— Referral" not in client.get("/admin/manual/chapter/?open=drafts").content.decode()


def test_the_list_finds_chapters_whose_review_is_due(
    client: Any, chapters: dict[str, Chapter], approver: User
) -> None:
    yesterday = timezone.localdate() - DAY
    workflow.look_after(chapters["referral"], by=approver, owner="Designated nurse", next_review=yesterday)
    client.force_login(approver)
    for query in ("open=due", "owner=Designated+nurse"):
        page = client.get(f"/admin/manual/chapter/?{query}").content.decode()
        assert "— Referral" in page
        assert "— Assessment" not in page
    assert "— Assessment" in client.get("/admin/manual/chapter/?owner=-").content.decode()


# --- The page that readers have ----------------------------------------------------------------------------------


def test_a_reader_is_shown_nothing_of_editing(
    client: Any, chapters: dict[str, Chapter], editor: User
) -> None:
    workflow.draft(chapters["referral"], by=editor)
    answer = client.get("/chapters/referral/")
    page = answer.content.decode()
    assert "Amend this chapter" not in page
    assert "Editors’ desk" not in page
    assert "editor" not in page.replace("Sign in (editors)", "")
    assert "csrf" not in page
    assert "private" not in answer["Cache-Control"]
    assert not answer.cookies


def test_a_signed_in_editor_has_the_link_and_is_told_who_is_writing(
    client: Any, chapters: dict[str, Chapter], editor: User, second_editor: User
) -> None:
    workflow.draft(chapters["referral"], by=second_editor)
    client.force_login(editor)
    answer = client.get("/chapters/referral/")
    page = answer.content.decode()
    assert f'href="{amend(chapters["referral"])}">Amend this chapter' in page
    assert "second-editor has an open draft" in page
    assert "csrf" not in page
    assert "private" in answer["Cache-Control"]
    assert "Cookie" in answer["Vary"]
    workflow.draft(chapters["referral"], by=editor)
    assert "Go on with your draft" in client.get("/chapters/referral/").content.decode()
    assert "Amend this chapter" not in client.get("/editions/1/chapters/referral/").content.decode()


def test_who_is_signed_in_without_the_permission_has_no_link(
    client: Any, chapters: dict[str, Chapter], person: Any
) -> None:
    for someone in (person("visitor", is_staff=True), person("outside", "submit_amendment")):
        client.force_login(someone)
        assert "Amend this chapter" not in client.get("/chapters/referral/").content.decode()


def test_every_status_of_a_draft_can_be_read_from_the_chapters_page(
    client: Any, referral: Chapter, editor: User, approver: User
) -> None:
    draft = workflow.draft(referral, by=editor, note="Because.")
    client.force_login(approver)
    assert f"/admin/manual/amendment/{draft.pk}/change/" in client.get(page_of(referral)).content.decode()
    workflow.submit(draft, by=editor)
    assert "Submitted" in client.get(page_of(referral)).content.decode()
    workflow.approve(draft, by=approver)
    assert "Approved, waiting for an edition" in client.get(page_of(referral)).content.decode()
    assert Amendment.objects.get(pk=draft.pk).status == Status.APPROVED
