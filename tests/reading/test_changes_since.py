from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from lxml.html import HtmlElement, document_fromstring

from manual import workflow
from manual.models import Chapter
from tests.manual_maker import DAY, FAR_AHEAD, agreed, filed, meaning
from tests.reading.conftest import REFERRAL, THIRD


def words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def changes(client: Client, query: str = "") -> HtmlElement:
    response = client.get(f"/changes/{query}")
    assert response.status_code == 200
    return document_fromstring(response.content.decode())


def main(client: Client, query: str = "") -> str:
    return words(changes(client, query).find(".//main"))


def groups(client: Client, query: str) -> dict[str, list[str]]:
    """What stands under each heading."""
    found = {}
    for group in changes(client, query).find_class("changes-group"):
        found[words(group.find("h2"))] = [words(item) for item in group.xpath("./ul/li")] or [
            " ".join(words(cell) for cell in row.iter("td")) for row in group.xpath(".//tbody/tr")
        ]
    return found


def field(client: Client, query: str) -> HtmlElement:
    (form,) = changes(client, query).find_class("since-form")
    return form.find(".//input[@name='since']")


def test_without_a_day_it_explains_itself_and_asks_for_one(client, sample):
    text = main(client)
    assert "The day of your last training, of an incident" in text
    assert "Any day from 2 March 2026 to today." in text
    box = field(client, "")
    assert (box.get("type"), box.get("value")) == ("date", "")
    assert not changes(client).find_class("changes-group")


def test_everything_that_changed_since_that_day_is_listed_with_note_and_day(client, sample):
    assert groups(client, "?since=2026-03-02") == {
        "New 1": ["1.1.2 Bruising 5 October 2026 (edition 3): New because cases differed."],
        "Updated 1": [
            "1.1.1 Referral 5 October 2026 (edition 3): A referral now takes one hour. "
            "Read it with what changed marked: Referral Every word that changed: Referral"
        ],
        "Withdrawn 1": [
            "Old ways 11 May 2026 (edition 2): Replaced by referral. Read instead 1.1.1 Referral. "
            "Left the contents. Until then: 1.2."
        ],
        "Renumbered 3": ["1.1.2 1.1.3 Assessment North only", "1.3 1.2 Contacts", "1.4 1.3 Amendments"],
    }
    assert (
        "From edition 1 (in force when that day ended) to edition 3, in force since 5 October 2026."
        in main(client, "?since=2026-03-02")
    )


def test_each_chapter_leads_to_its_marked_text_and_to_every_word_that_changed(client, sample):
    hrefs = changes(client, "?since=2026-03-02").xpath("//main//a/@href")
    for address in (
        "/chapters/referral/",
        "/chapters/referral/?since=2026-03-02",
        "/chapters/referral/compare/?from=1&to=2",
        "/editions/3/",
        "/editions/1/compare/3/",
        "/changes/bundle.zip?since=2026-03-02",
    ):
        assert address in hrefs, address


def test_every_amendment_since_is_named_and_corrections_say_that_they_are(client, sample):
    first = agreed(sample.chapters["referral"], text=REFERRAL + "\nWithin two hours.\n", note="Two hours.")
    workflow.publish(by=None, amendments=[first], at=THIRD + DAY)
    mended = agreed(
        sample.chapters["referral"],
        text=REFERRAL + "\nWithin 2 hours.\n",
        significance="correction",
        note="Slip.",
    )
    workflow.publish(by=None, kind="correction", amendments=[mended], at=THIRD + 2 * DAY)
    (listed,) = groups(client, "?since=2026-10-05")["Updated 1"]
    assert "6 October 2026 (edition 4): Two hours. 7 October 2026 (edition 5), corrected: Slip." in listed
    assert list(groups(client, "?since=2026-10-06")) == ["Corrected 1"]


def test_names_and_places_say_what_they_were(client, sample):
    same = {
        name: getattr(sample.chapters["assessment"].amendments.get(), name)
        for name in ("text", "areas", "remark")
    }
    renamed = agreed(sample.chapters["assessment"], title="Assessments", note="One letter.", **same)
    workflow.publish(by=None, amendments=[renamed], at=THIRD + DAY)
    Chapter.objects.get(slug="bruising").move(under=sample.chapters["core"])
    workflow.publish(by=None, rearrange=True, at=THIRD + 2 * DAY)
    listed = groups(client, "?since=2026-10-05")["Renamed, moved or left 2"]
    assert listed[0].startswith(
        "1.1 Bruising Moved. Until then: under 1.1 Journey. Renumbered. Until then: 1.1.2."
    )
    assert "Renamed. Until then: “Assessment”. Renumbered. Until then: 1.1.3." in listed[1]


def test_a_chapter_that_came_back_says_so(client, sample):
    back = agreed(sample.chapters["old-ways"], note="Needed after all.")
    workflow.publish(by=None, kind="urgent", amendments=[back], at=THIRD + DAY)
    (listed,) = groups(client, "?since=2026-10-05")["New 1"]
    assert "Old ways Reinstated 6 October 2026 (edition 4): Needed after all." in listed


def test_keywords_and_documents_are_listed_too(client, sample):
    workflow.publish(
        by=None,
        definitions=[meaning("lado", name="LADO", meaning="Decides alone.", note="Clearer.")],
        documents=[filed("referral-form", note="The form.")],
        at=THIRD + DAY,
    )
    found = groups(client, "?since=2026-10-05")
    assert found["Keywords 1"] == ["LADO 6 October 2026 (edition 4): Clearer."]
    (form,) = found["Forms, files and pictures 1"]
    assert form.startswith("Referral form (") and "New" in form


@pytest.mark.parametrize("written", ["2 March 2026", "02/03/2026", "2.3.2026", " 2026-3-2 "])
def test_a_day_can_be_written_as_people_write_it_and_gets_one_address(client, sample, written):
    response = client.get("/changes/", {"since": written})
    assert response.status_code == 302
    assert response["Location"] == "/changes/?since=2026-03-02"


def test_before_the_first_edition_everything_is_new_and_the_first_day_is_offered(client, sample):
    text = main(client, "?since=2026-03-01")
    assert "Everything in the manual is new since 1 March 2026. No edition was in force then" in text
    assert "/changes/?since=2026-03-02" in changes(client, "?since=2026-03-01").xpath("//main//a/@href")
    assert field(client, "?since=2026-03-01").get("value") == "2026-03-01"


def test_a_day_to_come_is_refused_kindly_with_the_form_filled_in(client, sample):
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert "That day is still to come. Choose today or an earlier day." in main(client, f"?since={tomorrow}")
    assert field(client, f"?since={tomorrow}").get("value") == tomorrow


@pytest.mark.parametrize("written", ["yesterday", "2026-02-30", "06/31/2026", "<b>", "9" * 500])
def test_what_is_no_day_is_explained_with_the_form_filled_in(client, sample, written):
    text = main(client, f"?since={written}")
    assert "is not a day. Write the day before the month: 1 June 2026, 01/06/2026 or 2026-06-01." in text
    box = field(client, f"?since={written}")
    assert (box.get("type"), box.get("value")) == ("text", written[:60])
    assert not changes(client, f"?since={written}").find_class("changes-group")


def test_where_nothing_has_changed_it_says_so_plainly(client, sample):
    text = main(client, "?since=2026-10-05")
    assert (
        "Nothing has changed. Edition 3, in force since 5 October 2026, was in force when that day ended"
        in text
    )
    assert "Nothing has changed." in main(client, f"?since={timezone.localdate().isoformat()}")


def test_a_day_on_which_the_edition_changed_offers_to_count_from_the_one_before(client, sample):
    page = changes(client, "?since=2026-05-11")
    assert "Edition 1 was still in force earlier that day." in words(page.find(".//main"))
    assert "/changes/?since_edition=1" in page.xpath("//main//a/@href")
    assert list(groups(client, "?since_edition=1")) == list(groups(client, "?since=2026-03-02"))
    assert "Withdrawn 1" not in groups(client, "?since=2026-05-11")


def test_since_an_edition_the_addresses_name_it_too(client, sample):
    page = changes(client, "?since_edition=2")
    assert words(page.find(".//h1")) == "Changes since edition 2"
    hrefs = page.xpath("//main//a/@href")
    assert "/chapters/referral/?since_edition=2" in hrefs
    assert not [address for address in hrefs if "bundle" in address], "a bundle is made since a day"


@pytest.mark.parametrize("number", ["9", "x", "0", "-1", "9" * 50])
def test_an_edition_that_never_was_leads_to_the_form(client, sample, number):
    assert words(changes(client, f"?since_edition={number}").find(".//h1")) == "Changes since a day"


def test_what_is_to_come_is_told_to_nobody(client, sample, editor):
    secret = agreed(sample.chapters["assessment"], note="Notyetpublic.", title="Notyetpublic")
    workflow.publish(by=None, amendments=[secret], effective_at=FAR_AHEAD)
    for _turn in range(2):
        assert "Notyetpublic" not in main(client, "?since=2026-03-02")
        assert "Changes since a day" in main(client, "?since_edition=4")
        client.force_login(editor)


def test_it_is_found_from_every_page_and_kept_out_of_search_engines(client, sample):
    for address in ("/", "/chapters/referral/", "/editions/"):
        assert 'href="/changes/"' in client.get(address).content.decode()
    for query in ("", "?since=2026-03-02", "?since=x"):
        assert client.get(f"/changes/{query}")["X-Robots-Tag"] == "noindex"


def test_before_any_edition_there_is_nothing_to_ask(client, db):
    response = client.get("/changes/?since=2026-03-02")
    assert "No edition of the manual is in force yet." in response.content.decode()
