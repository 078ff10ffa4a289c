"""The meeting paper: what a board sees, printed, before it agrees."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from manual import workflow
from manual.admin import paper
from manual.models import Amendment, Chapter, Document, Manual, StoredFile
from tests.manual_maker import agreed, approved, first_edition, grow, words_of
from tests.remembered import remembered

pytestmark = pytest.mark.django_db

TEXT = """Whoever is worried rings the duty line.

## Who refers

Anyone may refer a child within 24 hours. See [the next one](#after).

## What follows {: #after }

Nothing here changes, and the meeting need not read it again.

## And then

This passage stays as it is, too.
"""


@pytest.fixture
@remembered
def chapters(db: None) -> dict[str, Chapter]:
    Manual(title="Northfield procedures", board="Northfield board").save()
    chapters = grow("core\n    referral\n    assessment\n")
    first_edition(chapters)
    workflow.publish(by=None, amendments=[agreed(chapters["referral"], text=TEXT)])
    return chapters


@pytest.fixture
@remembered
def draft(chapters: dict[str, Chapter], editor: User) -> Amendment:
    text = TEXT.replace("24 hours", "one day")
    return workflow.draft(chapters["referral"], by=editor, text=text, note="The time is clearer.")


def paper_of(*drafts: Amendment) -> str:
    return "/admin/manual/amendment/paper/?" + "&".join(f"text={draft.pk}" for draft in drafts)


def test_it_says_whose_it_is_and_that_it_is_not_in_force(client: Any, draft: Amendment, editor: User) -> None:
    client.force_login(editor)
    page = client.get(paper_of(draft)).content.decode()
    assert "Northfield board" in page
    assert "Draft for discussion, not in force." in page
    assert "1.1 Referral" in page
    assert "The time is clearer." in page
    assert "flagged Updated in the contents" in page


def test_it_shows_only_what_changes_and_then_the_whole_text(
    client: Any, draft: Amendment, editor: User
) -> None:
    client.force_login(editor)
    page = client.get(paper_of(draft)).content.decode()
    changes, full = page.split("The full text as it would be")
    assert "one day" in changes
    assert "24 hours" in changes
    assert "This passage stays as it is" not in changes
    assert "This passage stays as it is" in full
    assert "24 hours" not in full


def test_no_two_places_of_it_have_one_address_and_links_stay_on_it(
    client: Any, draft: Amendment, chapters: dict[str, Chapter], editor: User, second_editor: User
) -> None:
    from lxml.html import document_fromstring

    other = workflow.draft(chapters["referral"], by=second_editor, text=TEXT + "\nMore.\n", note="More.")
    client.force_login(editor)
    root = document_fromstring(client.get(paper_of(draft, other)).content.decode())
    places = root.xpath("//@id")
    assert len(places) == len(set(places))
    inside = [address[1:] for address in root.xpath("//a/@href") if address.startswith("#")]
    assert any(address.endswith("-after") for address in inside)
    assert set(inside) <= set(places)
    assert len(root.xpath("//h1")) == 1


def test_texts_stand_in_the_order_of_the_contents(
    client: Any, draft: Amendment, chapters: dict[str, Chapter], editor: User
) -> None:
    other = workflow.draft(chapters["assessment"], by=editor, note="Also.")
    client.force_login(editor)
    page = client.get(paper_of(other, draft)).content.decode()
    assert page.index("1.1 Referral") < page.index("1.2 Assessment")


def test_the_chosen_texts_of_the_list_become_a_paper(
    client: Any, draft: Amendment, chapters: dict[str, Chapter], editor: User
) -> None:
    other = workflow.draft(chapters["assessment"], by=editor, note="Also.")
    client.force_login(editor)
    answer = client.post(
        "/admin/manual/amendment/",
        {"action": "make_paper", "_selected_action": [draft.pk, other.pk]},
        follow=True,
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "2 of 2" in page


def test_what_is_published_already_is_left_out_and_said(client: Any, draft: Amendment, editor: User) -> None:
    published = Amendment.objects.published().first()
    client.force_login(editor)
    page = client.get(paper_of(draft, published)).content.decode()
    assert "1 of the chosen texts is left out" in page
    assert client.get(paper_of(published)).status_code == 404


def test_a_paper_of_an_edition_has_all_that_it_is_to_carry(
    client: Any, chapters: dict[str, Chapter], editor: User, approver: User
) -> None:
    text = approved(chapters["assessment"], author=editor, approver=approver, text="Other words.")
    keyword = workflow.begin_keyword(
        by=editor, name="Core group", meaning="Carries the plan out.", note="New."
    )
    file = StoredFile.objects.keep(b"Name:")
    form = workflow.draft_document(
        Document.objects.create(slug="form"), by=editor, title="Referral form", filename="form.txt",
        media_type="text/plain", file=file, note="New form.",
    )  # fmt: skip
    for version in (keyword, form):
        workflow.approve(workflow.submit(version, by=editor), by=approver)
    edition = workflow.prepare(by=approver, name="June changes", notes="About time.")
    workflow.gather(edition, by=approver, amendments=[text], definitions=[keyword], documents=[form])
    client.force_login(approver)
    page = client.get(f"/admin/manual/amendment/paper/?edition={edition.pk}").content.decode()
    for words in ("June changes", "About time.", "1.2 Assessment", "Core group", "Referral form", "form.txt"):
        assert words in page
    assert "Carries the plan out." in page


def test_a_new_chapter_has_its_text_once_and_no_changes(client: Any, editor: User, chapters: Any) -> None:
    new = workflow.begin_chapter(
        by=editor, title="Bruising", under=chapters["core"], text="Act today.", note="New."
    )
    client.force_login(editor)
    page = client.get(paper_of(new)).content.decode()
    assert "1.3 Bruising" in page
    assert page.count("Act today.") == 1
    assert "What changes in the text" not in page


def test_a_withdrawal_says_what_to_read_instead(
    client: Any, chapters: dict[str, Chapter], editor: User
) -> None:
    draft = workflow.draft(
        chapters["assessment"],
        by=editor,
        significance="withdrawn",
        successor=chapters["referral"],
        note="Merged.",
    )
    client.force_login(editor)
    assert "Read instead: 1.1 Referral." in client.get(paper_of(draft)).content.decode()


def test_a_text_that_cannot_be_shown_says_why(client: Any, draft: Amendment, editor: User) -> None:
    workflow.revise(draft, by=editor, text="!!! include chapter:")
    draft.refresh_from_db()
    client.force_login(editor)
    answer = client.get(paper_of(draft))
    assert answer.status_code == 200
    if not draft.html:
        assert "The text cannot be shown yet." in answer.content.decode()


@pytest.mark.parametrize(
    "query",
    ["", "text=", "text=abc", "text=999999", "text=" + "9" * 30, "edition=abc", "edition=999", "edition=1"],
)
def test_a_paper_of_nothing_is_not_there(client: Any, draft: Amendment, editor: User, query: str) -> None:
    client.force_login(editor)
    assert client.get(f"/admin/manual/amendment/paper/?{query}").status_code == 404


def test_more_than_a_meeting_can_read_is_refused(client: Any, draft: Amendment, editor: User) -> None:
    client.force_login(editor)
    query = "&".join(f"text={n}" for n in range(paper.MOST + 1))
    assert client.get(f"/admin/manual/amendment/paper/?{query}").status_code == 404


def test_only_those_who_may_see_texts_make_a_paper(client: Any, draft: Amendment, person: Any) -> None:
    assert client.get(paper_of(draft)).status_code == 302
    client.force_login(person("visitor", is_staff=True))
    assert client.get(paper_of(draft)).status_code == 403


def test_it_is_made_without_any_script_or_style_in_it(client: Any, draft: Amendment, editor: User) -> None:
    client.force_login(editor)
    page = client.get(paper_of(draft)).content.decode()
    assert "<script" not in page
    assert "<style" not in page
    assert "style=" not in page
    assert words_of(draft.chapter)["title"] in page
