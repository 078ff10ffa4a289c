"""The writing page offers links and makes them, and says where passages of the chapter are shown."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml.html import document_fromstring

from manual import workflow
from manual.drafting import problems_of
from manual.models import Amendment, Chapter
from tests.admin.test_writing import form_of
from tests.manual_maker import DAY, LONG_AGO, agreed, grow

CONTACTS = "## Out of hours {: #out-of-hours }\n\nRing.\n\n## Police {: #police }\n\n101\n"


@pytest.fixture
def chapters(db: None) -> dict[str, Chapter]:
    chapters = grow("core\n    referral\n    numbers\n    visits")
    texts = {
        "numbers": CONTACTS,
        "referral": "See [](chapter:numbers#police).\n\n!!! include chapter:numbers#out-of-hours\n",
    }
    first = [agreed(each, text=texts.get(slug, "Words.")) for slug, each in chapters.items()]
    workflow.publish(by=None, amendments=first, rearrange=True, at=LONG_AGO)
    return chapters


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(document_fromstring(response.content.decode()).text_content().split())


def writing(draft: Amendment) -> str:
    return reverse("admin:manual_amendment_write", args=[draft.pk])


# --- Offers ------------------------------------------------------------------------------------------------


def test_a_link_is_made_without_a_script_and_the_other_words_are_kept(client, chapters, editor):
    client.force_login(editor)
    draft = workflow.draft(chapters["visits"], by=editor, text="See 1.1.\n\nSee chapter 1.2.\n")
    shown = document_fromstring(client.get(writing(draft)).content.decode())
    [button] = shown.xpath("//button[@name='offer']")
    assert button.get("form") == "writing-form"
    assert (
        "“1.2” is Numbers today. Numbers change with every edition; a link follows them."
        in shown.text_content()
    )
    words = form_of(
        draft, text="See 1.1.\n\nSee chapter 1.2.\n\nTyped just now.\n", offer=button.get("value")
    )
    client.post(writing(draft), words)
    draft.refresh_from_db()
    assert draft.text == "See 1.1.\n\nSee chapter [](chapter:numbers).\n\nTyped just now.\n"
    assert not client.get(writing(draft)).context["offers"]


def test_an_offer_for_words_that_are_gone_changes_nothing(client, chapters, editor):
    client.force_login(editor)
    draft = workflow.draft(chapters["visits"], by=editor, text="See chapter 1.2.\n")
    response = client.post(
        writing(draft), form_of(draft, text="Nothing.\n", offer="0123456789abcdef"), follow=True
    )
    draft.refresh_from_db()
    assert draft.text == "Nothing.\n"
    assert "no link was made" in response.content.decode()


def test_what_saves_itself_brings_the_offers_along(client, chapters, editor):
    client.force_login(editor)
    draft = workflow.draft(chapters["visits"], by=editor)
    saved = client.post(
        reverse("admin:manual_amendment_save", args=[draft.pk]), form_of(draft, text="🙂 see chapter 1.2\n")
    ).json()
    [offer] = saved["offers"]
    assert (offer["line"], offer["words"], offer["instead"]) == (1, "1.2", "[](chapter:numbers)")
    assert offer["column"] == len("🙂 see chapter ") + 1, "a script counts this sign as two"


# --- Written once ------------------------------------------------------------------------------------------


def test_an_editor_sees_where_passages_are_shown(client, chapters, editor):
    client.force_login(editor)
    draft = workflow.draft(chapters["numbers"], by=editor)
    workflow.draft(chapters["visits"], by=editor, text="!!! include chapter:numbers#police\n")
    told = "Passages of this chapter are shown in 1.1 Referral (Out of hours) Visits (Police), in a draft"
    assert told in page(client, writing(draft))
    assert told in page(client, reverse("admin:manual_chapter_change", args=[chapters["numbers"].pk]))
    other = page(client, reverse("admin:manual_chapter_change", args=[chapters["referral"].pk]))
    assert "Passages of this chapter" not in other


def test_an_editor_sees_where_a_scheduled_edition_will_show_a_passage(client, chapters, editor):
    client.force_login(editor)
    to_come = agreed(chapters["visits"], text="!!! include chapter:numbers#police\n")
    workflow.publish(by=None, amendments=[to_come], effective_at=timezone.now() + 9 * DAY)
    told = page(client, reverse("admin:manual_chapter_change", args=[chapters["numbers"].pk]))
    assert "Visits (Police), in a text that is still to come" in told


def test_taking_away_what_others_show_or_link_to_is_told_and_not_forbidden(chapters, editor):
    draft = workflow.draft(chapters["numbers"], by=editor, text="Nothing.\n", note="Why.")
    assert [(each.message.split(", which")[0], each.blocking) for each in problems_of(draft)] == [
        ("“Referral” shows the section “#out-of-hours”", False), ("“Referral” leads to the section “#police”", False)
    ]  # fmt: skip
    assert workflow.submit(draft, by=editor).status == "submitted"


def test_a_section_that_gets_its_address_back_takes_nothing_away(chapters, editor):
    draft = workflow.draft(
        chapters["numbers"], by=editor, note="Why.",
        text="[Police](#police)\n\n## Out of hours, day and night\n\nRing.\n\n## The police\n\n101\n",
    )  # fmt: skip
    assert problems_of(draft) == []
    draft = workflow.submit(draft, by=editor)
    assert [section.anchor for section in draft.sections.exclude(heading="")] == ["out-of-hours", "police"]


def test_a_section_that_loses_its_address_on_submission_is_told_before(chapters, editor):
    """Of two headings of the same words nobody can say which is the one that others link to."""
    twice = "## Out of hours {: #out-of-hours }\n\nRing.\n\n" + "## Police\n\n101\n\n" * 2
    draft = workflow.draft(chapters["numbers"], by=editor, text=twice, note="Why.")
    told = [each.message.split(", which")[0] for each in problems_of(draft)]
    assert told == ["“Referral” leads to the section “#police”"]
    workflow.submit(draft, by=editor)
    draft.refresh_from_db()
    assert [each.message.split(", which")[0] for each in problems_of(draft)] == told


def test_a_withdrawn_chapter_tells_who_shows_a_passage_of_it(chapters, editor):
    draft = workflow.draft(chapters["numbers"], by=editor, significance="withdrawn", note="Why.")
    assert [each.message.split(", which")[0] for each in problems_of(draft)] == [
        "“Referral” shows the section “#out-of-hours”"
    ]


# --- Addresses of sections ---------------------------------------------------------------------------------


def test_a_draft_that_is_brought_up_to_date_keeps_the_addresses_of_both_texts(client, chapters, editor):
    client.force_login(editor)
    draft = workflow.draft(
        chapters["numbers"],
        by=editor,
        note="Why.",
        text="## Out of hours\n\nRing twice.\n\n## The police\n\n101\n",
    )
    theirs = CONTACTS.replace("101", "Ring 101.")
    workflow.publish(by=None, amendments=[agreed(chapters["numbers"], text=theirs)], at=LONG_AGO + DAY)
    address = reverse("admin:manual_amendment_up_to_date", args=[draft.pk])
    joined = client.get(address).context["form"]["text"].value()
    assert joined == (
        "## Out of hours {: #out-of-hours }\n\nRing twice.\n\n## The police {: #police }\n\nRing 101.\n"
    )
