"""A draft of a chapter that changed meanwhile: both changes are shown, joined, and settled by its author."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from manual import comparison, workflow
from manual.admin.up_to_date import places_in, settled
from manual.models import Amendment, Chapter, Edition, Status
from tests.brackets import bracket_every_translation
from tests.manual_maker import DAY, LONG_AGO, agreed, first_edition, grow
from tests.remembered import remembered

pytestmark = pytest.mark.django_db

BEFORE = "The first paragraph.\n\nThe second paragraph.\n\nThe third paragraph.\n"
MINE = BEFORE.replace("third", "very last")
THEIRS = BEFORE.replace("first", "opening")
CLASHING = BEFORE.replace("third", "final")


@pytest.fixture
@remembered
def chapter(db: None) -> Chapter:
    chapters = grow("core\n    referral\n")
    first_edition(chapters)
    workflow.publish(by=None, amendments=[agreed(chapters["referral"], text=BEFORE)], at=LONG_AGO + DAY)
    return chapters["referral"]


@pytest.fixture
@remembered
def draft(chapter: Chapter, editor: User) -> Amendment:
    return workflow.draft(chapter, by=editor, text=MINE, note="Mine.")


def changed(chapter: Chapter, text: str, **words: Any) -> Amendment:
    """Meanwhile readers have another text."""
    theirs = agreed(chapter, text=text, note="Theirs.", **words)
    # One a day: two editions do not take effect within a minute.
    days = Edition.objects.published().count()
    workflow.publish(by=None, kind="urgent", amendments=[theirs], at=LONG_AGO + days * DAY)
    theirs.refresh_from_db()
    return theirs


def address(draft: Amendment) -> str:
    return f"/admin/manual/amendment/{draft.pk}/up-to-date/"


def form_of(answer: Any) -> dict[str, Any]:
    form = answer.context["form"]
    return {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}


def test_the_record_says_so_and_leads_there(
    client: Any, draft: Amendment, chapter: Chapter, editor: User
) -> None:
    changed(chapter, THEIRS)
    client.force_login(editor)
    page = client.get(f"/admin/manual/amendment/{draft.pk}/change/").content.decode()
    assert "The text in force has changed since this was begun" in page
    assert f'href="{address(draft)}"' in page


def test_both_changes_are_shown_and_joined(
    client: Any, draft: Amendment, chapter: Chapter, editor: User
) -> None:
    theirs = changed(chapter, THEIRS)
    client.force_login(editor)
    answer = client.get(address(draft))
    page = answer.content.decode()
    assert "What changed in force since you began" in page
    assert "What your draft changes" in page
    assert "Both changed the same words" not in page
    words = form_of(answer)
    assert "opening" in words["text"]
    assert "very last" in words["text"]
    saved = client.post(address(draft), words)
    assert saved["Location"] == f"/admin/manual/amendment/{draft.pk}/write/"
    draft.refresh_from_db()
    assert draft.based_on == theirs
    assert draft.text == words["text"]
    assert workflow.is_up_to_date(draft)
    assert workflow.submit(draft, by=editor).status == Status.SUBMITTED


@pytest.mark.parametrize(
    ("choice", "kept", "gone"), [("mine", "very last", "final"), ("theirs", "final", "very last")]
)
def test_the_author_chooses_where_both_changed_the_same_words(
    client: Any, draft: Amendment, chapter: Chapter, editor: User, choice: str, kept: str, gone: str
) -> None:
    changed(chapter, CLASHING)
    client.force_login(editor)
    answer = client.get(address(draft))
    [place] = answer.context["places"]
    assert "very last" in place.mine
    assert "final" in place.theirs
    assert client.post(address(draft), {**form_of(answer), place.name: choice}).status_code == 302
    draft.refresh_from_db()
    assert kept in draft.text
    assert gone not in draft.text
    assert comparison.MARKER not in draft.text


def test_the_author_puts_it_right_by_hand(
    client: Any, draft: Amendment, chapter: Chapter, editor: User
) -> None:
    changed(chapter, CLASHING)
    client.force_login(editor)
    words = form_of(client.get(address(draft)))
    words["text"] = BEFORE.replace("third", "last and final")
    assert client.post(address(draft), words).status_code == 302
    draft.refresh_from_db()
    assert draft.text == words["text"]


def test_what_is_not_settled_is_not_saved_and_no_word_is_lost(
    client: Any, draft: Amendment, chapter: Chapter, editor: User
) -> None:
    changed(chapter, CLASHING)
    client.force_login(editor)
    words = form_of(client.get(address(draft)))
    words["text"] += "\nWords that I typed here.\n"
    answer = client.post(address(draft), words)
    assert answer.status_code == 422
    assert "Both changed the same words here" in answer.content.decode()
    assert "Words that I typed here." in answer.content.decode()
    draft.refresh_from_db()
    assert draft.text == MINE


def test_of_two_places_each_is_settled_by_itself() -> None:
    texts = [f"a {words}\n\nmiddle\n\nb {words}\n" for words in ("one", "two", "3")]
    joined = comparison.merged(*texts).text
    first, second = places_in(joined)
    assert first.line < second.line
    assert settled(joined, {first.name: "mine", second.name: "theirs"}) == "a 3\n\nmiddle\n\nb two\n"
    half = settled(joined, {second.name: "both"})
    assert [place.name for place in places_in(half)] == [first.name]
    assert "b 3\nb two\n" in half
    assert settled(joined, {"place-nonsense": "mine", first.name: "everything"}) == joined


def test_a_clash_is_told_and_settled_in_the_language_of_the_site(monkeypatch):
    bracket_every_translation(monkeypatch)
    joined = comparison.merged("Old.", "New.", "Other.").text
    told = [line for line in joined.splitlines() if line.startswith(comparison.MARKER)]
    assert len(told) == 3 and all("⟦" in line for line in told)
    [place] = places_in(joined)
    assert (place.mine, place.theirs) == ("Other.\n", "New.\n")
    assert settled(joined, {place.name: "theirs"}) == "New.\n"


def test_a_place_where_one_took_the_words_out_is_settled_by_nothing_or_the_words() -> None:
    joined = comparison.merged(
        "keep\n\ngone soon\n\nend\n", "keep\n\ngone later\n\nend\n", "keep\n\nend\n"
    ).text
    [place] = places_in(joined)
    assert comparison.MARKER not in settled(joined, {place.name: "mine"})
    assert "gone later" in settled(joined, {place.name: "theirs"})
    assert "gone later" not in settled(joined, {place.name: "mine"})


def test_what_the_draft_did_not_touch_is_taken_over(
    client: Any, draft: Amendment, chapter: Chapter, editor: User
) -> None:
    changed(chapter, THEIRS, title="Referrals", remark="under review", areas=["kent"])
    client.force_login(editor)
    answer = client.get(address(draft))
    assert form_of(answer)["title"] == "Referrals"
    client.post(address(draft), form_of(answer))
    draft.refresh_from_db()
    assert (draft.title, draft.remark, draft.areas) == ("Referrals", "under review", ["kent"])


def test_the_author_chooses_which_of_two_texts_to_follow(
    client: Any, draft: Amendment, chapter: Chapter, editor: User
) -> None:
    now = changed(chapter, THEIRS)
    later = agreed(chapter, text=THEIRS.replace("second", "middle"))
    workflow.publish(by=None, amendments=[later], effective_at=timezone.now() + 9 * DAY)
    client.force_login(editor)
    page = client.get(address(draft))
    assert "Which text is your draft to follow?" in page.content.decode()
    assert "middle" in form_of(page)["text"], "the newest, unless the author says otherwise"
    answer = client.get(f"{address(draft)}?onto={now.pk}")
    assert "middle" not in form_of(answer)["text"]
    client.post(address(draft), form_of(answer))
    draft.refresh_from_db()
    assert draft.based_on == now


def test_a_chapter_that_was_withdrawn_meanwhile_goes_on_as_a_new_one(
    client: Any, draft: Amendment, chapter: Chapter, editor: User
) -> None:
    gone = changed(chapter, BEFORE, significance="withdrawn")
    client.force_login(editor)
    answer = client.get(address(draft))
    assert "The chapter was withdrawn since you began" in answer.content.decode()
    assert form_of(answer)["text"] == MINE
    assert client.post(address(draft), form_of(answer)).status_code == 302
    draft.refresh_from_db()
    assert (draft.based_on, draft.significance, draft.under) == (gone, "new", chapter.parent)


def test_a_withdrawal_of_what_was_withdrawn_meanwhile_keeps_no_successor(
    client: Any, chapter: Chapter, editor: User
) -> None:
    other = Chapter.objects.add("other")
    draft = workflow.draft(chapter, by=editor, significance="withdrawn", successor=other, note="Mine.")
    changed(chapter, BEFORE, significance="withdrawn")
    client.force_login(editor)
    assert client.post(address(draft), form_of(client.get(address(draft)))).status_code == 302
    draft.refresh_from_db()
    assert (draft.significance, draft.successor) == ("new", None)


def test_a_text_that_changes_again_while_the_page_is_open_is_shown_before_anything_is_saved(
    client: Any, draft: Amendment, chapter: Chapter, editor: User
) -> None:
    changed(chapter, THEIRS)
    client.force_login(editor)
    words = form_of(client.get(address(draft)))
    words["text"] += "\nWords that I typed here.\n"
    newest = changed(chapter, THEIRS + "\nOnce more.\n")
    # The first one is no longer in force, so it cannot be followed.
    answer = client.post(address(draft), words)
    assert answer.status_code == 409
    assert "changed again while this page was open" in answer.content.decode()
    assert "Words that I typed here." in answer.content.decode()
    draft.refresh_from_db()
    assert draft.text == MINE
    assert client.post(address(draft), form_of(answer)).status_code == 302
    draft.refresh_from_db()
    assert draft.based_on == newest
    # Nobody took the newest change out again by saving twice.
    for words_of_somebody in ("Once more.", "Words that I typed here.", "opening", "very last"):
        assert words_of_somebody in draft.text


def test_a_title_that_changes_again_while_the_page_is_open_is_kept(
    client: Any, draft: Amendment, chapter: Chapter, editor: User
) -> None:
    changed(chapter, THEIRS)
    client.force_login(editor)
    words = form_of(client.get(address(draft)))
    changed(chapter, THEIRS, title="Making a referral")
    answer = client.post(address(draft), words)
    assert answer.status_code == 409
    assert client.post(address(draft), form_of(answer)).status_code == 302
    draft.refresh_from_db()
    assert draft.title == "Making a referral"


def test_words_that_were_typed_where_the_text_changes_again_are_both_left_to_the_author(
    client: Any, draft: Amendment, chapter: Chapter, editor: User
) -> None:
    changed(chapter, THEIRS)
    client.force_login(editor)
    words = form_of(client.get(address(draft)))
    changed(chapter, THEIRS.replace("third", "final"))
    answer = client.post(address(draft), words)
    assert answer.status_code == 409
    [place] = answer.context["places"]
    assert ("very last" in place.mine, "final" in place.theirs) == (True, True)
    assert client.post(address(draft), form_of(answer)).status_code == 422
    draft.refresh_from_db()
    assert draft.text == MINE


def test_what_another_tab_saved_meanwhile_is_not_overwritten(
    client: Any, draft: Amendment, chapter: Chapter, editor: User
) -> None:
    changed(chapter, THEIRS)
    client.force_login(editor)
    words = form_of(client.get(address(draft)))
    workflow.revise(draft, by=editor, text=MINE + "\nSaved in another tab.\n")
    answer = client.post(address(draft), words)
    assert answer.status_code == 409
    assert "was saved elsewhere" in answer.content.decode()
    draft.refresh_from_db()
    assert "Saved in another tab." in draft.text


def test_a_second_click_loses_nothing(client: Any, draft: Amendment, chapter: Chapter, editor: User) -> None:
    changed(chapter, THEIRS)
    client.force_login(editor)
    words = form_of(client.get(address(draft)))
    assert client.post(address(draft), words).status_code == 302
    assert client.post(address(draft), words).status_code == 409
    draft.refresh_from_db()
    assert draft.text == words["text"]
    assert draft.events.filter(verb="bring up to date").count() == 1


def test_what_is_up_to_date_has_nothing_to_be_done(client: Any, draft: Amendment, editor: User) -> None:
    client.force_login(editor)
    assert client.get(address(draft))["Location"] == f"/admin/manual/amendment/{draft.pk}/change/"


def test_nobody_but_the_author_brings_it_up_to_date(
    client: Any, draft: Amendment, chapter: Chapter, second_editor: User, approver: User, person: Any
) -> None:
    changed(chapter, THEIRS)
    for someone in (second_editor, approver, person("visitor", "view_amendment", is_staff=True)):
        client.force_login(someone)
        for ask in (client.get, client.post):
            answer = ask(address(draft))
            assert answer.status_code == 403
            assert "Only its author" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.text == MINE


def test_what_was_submitted_has_to_be_taken_back_first(
    client: Any, draft: Amendment, chapter: Chapter, editor: User
) -> None:
    workflow.submit(draft, by=editor)
    changed(chapter, THEIRS)
    client.force_login(editor)
    assert (
        client.post(address(draft), {"text": "x"})["Location"]
        == f"/admin/manual/amendment/{draft.pk}/change/"
    )


@pytest.mark.parametrize(
    "words",
    [{"title": ""}, {"title": "x" * 301}, {"revision": "many"}, {"remark": "x" * 201}, {"onto": "abc"}],
)
def test_words_without_sense_are_refused_and_kept(
    client: Any, draft: Amendment, chapter: Chapter, editor: User, words: dict[str, str]
) -> None:
    changed(chapter, THEIRS)
    client.force_login(editor)
    typed = form_of(client.get(address(draft))) | words
    assert client.post(address(draft), typed).status_code == 422
    draft.refresh_from_db()
    assert draft.text == MINE


def test_a_draft_that_is_not_there_is_not_found(client: Any, editor: User) -> None:
    client.force_login(editor)
    assert client.get("/admin/manual/amendment/999999/up-to-date/").status_code == 404


def test_the_counterpart_is_taken_over_unless_the_draft_names_its_own(
    client: Any, chapter: Chapter, draft: Amendment, editor: User
) -> None:
    other = Chapter.objects.add("thresholds")
    changed(chapter, THEIRS, areas=["north"], counterpart=other)
    client.force_login(editor)
    answer = client.get(address(draft))
    assert "For other areas see:" in answer.content.decode()
    assert client.post(address(draft), form_of(answer)).status_code == 302
    draft.refresh_from_db()
    assert (draft.areas, draft.counterpart) == (["north"], other)
