"""A keyword that readers of one chapter need not have explained: from the editor's tick to the reader's page."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from lxml.html import document_fromstring

from manual import workflow
from manual.models import Amendment, AmendmentRefused, Chapter, Manual
from tests.manual_maker import DAY, LONG_AGO, agreed, grow, meaning, newest
from tests.remembered import remembered

TEXT = "The LADO leads. A core group meets, and the PPO is watched.\n"


@pytest.fixture
@remembered
def chapter(db: None) -> Chapter:
    Manual().save()
    chapters = grow("core\n    referral\n    other\n")
    texts = {"referral": TEXT, "other": "No such words."}
    workflow.publish(
        by=None,
        amendments=[agreed(chapter, text=texts.get(slug, "")) for slug, chapter in chapters.items()],
        definitions=[
            meaning("lado"),
            meaning("core-group", name="Core group"),
            meaning("unused", name="Not in the text"),
            meaning("police-protection", name="Police protection", also=["PPO"]),
            meaning("prolific", name="Prolific offender", also=["PPO"]),
        ],
        rearrange=True,
        at=LONG_AGO,
    )
    return chapters["referral"]


@pytest.fixture
@remembered
def draft(chapter: Chapter, editor: User) -> Amendment:
    return workflow.draft(chapter, by=editor, note="Everybody here knows a core group.")


@pytest.fixture
def writer(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


def address(view: str, draft: Amendment) -> str:
    return reverse(f"admin:manual_amendment_{view}", args=[draft.pk])


def form_of(draft: Amendment, **words: Any) -> dict[str, Any]:
    """The fields of the page as the browser sends them."""
    names = ("title", "text", "note", "significance", "remark", "label", "keywords_off", "revision")
    return {**{name: getattr(draft, name) for name in names}, **words}


def offered(writer: Client, draft: Amendment) -> dict[str, bool]:
    """The keywords that the writing page lists, and whether each is ticked."""
    page = document_fromstring(writer.get(address("write", draft)).content.decode())
    boxes = page.xpath("//input[@name='keywords_off']")
    return {box.get("value"): "checked" in box.attrib for box in boxes}


def marked(client: Client, chapter: str = "/chapters/referral/") -> list[str]:
    page = document_fromstring(client.get(chapter).content.decode())
    return [link.text_content() for link in page.find_class("keyword")]


def test_the_writing_page_lists_the_keywords_of_the_text_a_to_z(writer, draft):
    assert list(offered(writer, draft)) == ["core-group", "lado", "police-protection", "prolific"]


def test_a_text_without_keywords_asks_nothing(writer, chapter, editor):
    draft = workflow.draft(Chapter.objects.get(slug="other"), by=editor)
    assert offered(writer, draft) == {}
    assert writer.post(address("save", draft), form_of(draft)).json()["errors"] == {}


def test_a_keyword_is_switched_off_from_the_draft_to_the_readers_page(
    writer, draft, chapter, editor, approver
):
    assert marked(Client()) == ["LADO", "core group", "PPO"]
    answer = writer.post(address("save", draft), form_of(draft, keywords_off=["core-group"]))
    assert answer.json()["errors"] == {}
    assert offered(writer, draft)["core-group"] is True
    preview = writer.get(address("preview", draft)).content.decode()
    assert "core group" in preview and "/keywords/core-group/" not in preview

    draft.refresh_from_db()
    workflow.approve(workflow.submit(draft, by=editor), by=approver)
    workflow.publish(by=approver, amendments=[draft])
    assert marked(Client()) == ["LADO", "PPO"]
    assert marked(Client(), "/editions/1/chapters/referral/") == ["LADO", "core group", "PPO"]

    draft.refresh_from_db()
    assert workflow.draft(chapter, by=editor).keywords_off == ["core-group"]


def test_the_record_of_the_draft_names_it(writer, draft, editor):
    workflow.revise(draft, by=editor, keywords_off=["core-group"])
    page = document_fromstring(
        writer.get(reverse("admin:manual_amendment_change", args=[draft.pk])).content.decode()
    )
    assert "Keywords not explained" in page.text_content()
    assert "Core group" in page.text_content()


def test_readers_who_compare_two_versions_see_which_keywords_are_not_explained(client, chapter):
    quieter = agreed(chapter, text=TEXT, keywords_off=["lado", "core-group"])
    workflow.publish(by=None, amendments=[quieter], at=LONG_AGO + DAY)
    page = document_fromstring(client.get("/chapters/referral/compare/?from=1&to=2").content.decode())
    said = " ".join(page.find(".//main").text_content().split())
    assert "Keywords not explained" in said
    assert "LADO, Core group" in said


def test_a_tick_for_a_word_that_was_taken_out_meanwhile_is_saved_with_the_rest(writer, draft):
    writer.post(address("save", draft), form_of(draft, text="Nothing is left of it."))
    draft.refresh_from_db()
    answer = writer.post(address("save", draft), form_of(draft, keywords_off=["lado"]))
    assert answer.json()["errors"] == {}
    draft.refresh_from_db()
    assert draft.keywords_off == ["lado"]
    assert offered(writer, draft) == {"lado": True}


def test_a_tick_that_is_taken_away_switches_it_on_again(writer, draft, editor):
    workflow.revise(draft, by=editor, keywords_off=["lado"])
    draft.refresh_from_db()
    writer.post(address("save", draft), form_of(draft, keywords_off=[]))
    draft.refresh_from_db()
    assert draft.keywords_off == []


def test_what_is_no_keyword_is_not_saved(writer, draft):
    answer = writer.post(address("save", draft), form_of(draft, keywords_off=["nonsense"], title="Kept"))
    assert list(answer.json()["errors"]) == ["keywords_off"]
    draft.refresh_from_db()
    assert (draft.title, draft.keywords_off) == ("Kept", [])


def test_a_draft_that_switches_off_what_is_no_keyword_cannot_be_submitted(draft, editor):
    workflow.revise(draft, by=editor, keywords_off=["nonsense"])
    with pytest.raises(workflow.NotReady, match="There is no keyword “nonsense”"):
        workflow.submit(draft, by=editor)


def test_a_keyword_that_is_only_being_written_can_be_switched_off_already(draft, editor):
    coming = workflow.begin_keyword(by=editor, name="MASH").keyword
    workflow.revise(draft, by=editor, keywords_off=[coming.slug])
    draft.refresh_from_db()
    assert workflow.submit(draft, by=editor).keywords_off == ["mash"]


def test_a_list_of_anything_but_addresses_is_refused(draft, editor):
    for nonsense in ("lado", [1], None):
        with pytest.raises(AmendmentRefused, match="have to be a list of addresses"):
            workflow.revise(draft, by=editor, keywords_off=nonsense)


def test_bringing_a_draft_up_to_date_takes_over_what_is_switched_off_in_force(writer, draft, chapter):
    quieter = agreed(chapter, text=TEXT, keywords_off=["lado"])
    workflow.publish(by=None, kind="urgent", amendments=[quieter], at=LONG_AGO + DAY)
    place = address("up_to_date", draft)
    page = writer.get(place)
    assert "Keywords not explained: LADO, as in the text in force." in page.content.decode()
    form = page.context["form"]
    fields = {name: form[name].value() or "" for name in form.fields}
    assert writer.post(place, fields).status_code == 302
    draft.refresh_from_db()
    assert draft.based_on == newest(chapter)
    assert draft.keywords_off == ["lado"]


def test_an_earlier_text_is_put_back_with_what_was_switched_off_then(chapter, editor):
    workflow.publish(
        by=None, amendments=[agreed(chapter, text=TEXT, keywords_off=["lado"])], at=LONG_AGO + DAY
    )
    workflow.publish(by=None, amendments=[agreed(chapter, text="Other.")], at=LONG_AGO + 2 * DAY)
    earlier = chapter.amendments.get(sequence=2)
    assert workflow.put_back(earlier, by=editor).keywords_off == ["lado"]


def test_the_paper_for_a_meeting_and_the_page_before_publication_say_so(client, chapter, editor, approver):
    draft = workflow.draft(
        chapter, by=editor, note="Known.", keywords_off=["core-group"], title="Referral", text=TEXT
    )
    workflow.approve(workflow.submit(draft, by=editor), by=approver)
    client.force_login(approver)
    edition = workflow.prepare(by=approver)
    workflow.gather(edition, by=approver, amendments=[draft])
    for address_of_page in (
        f"{reverse('admin:manual_amendment_paper')}?text={draft.pk}",
        reverse("admin:manual_edition_confirm", args=[edition.pk]),
    ):
        page = client.get(address_of_page).content.decode()
        assert "Keywords not explained" in page and "Core group" in page
