from lxml.html import document_fromstring

from manual import workflow
from tests.manual_maker import FAR_AHEAD, agreed


def words(element) -> str:
    return " ".join(element.text_content().split())


def test_every_edition_is_listed_by_year_newest_first(client, sample):
    page = document_fromstring(client.get("/editions/").content.decode())
    assert [words(year) for year in page.xpath("//h2[starts-with(@id, 'year-')]")] == ["2026"]
    headings = [words(heading) for heading in page.find_class("edition-changes-heading")]
    assert headings == ["Edition 3", "Edition 2", "Edition 1: First"]


def test_an_edition_lists_what_it_changed_with_the_notes(client, sample):
    page = document_fromstring(client.get("/editions/3/").content.decode())
    groups = [words(group) for group in page.find_class("changes-group")]
    assert groups == [
        "New 1 1.1.2 Bruising New because cases differed.",
        "Updated 1 1.1.1 Referral A referral now takes one hour.",
    ]


def test_a_withdrawal_names_the_successor(client, sample):
    text = words(document_fromstring(client.get("/editions/2/").content.decode()).find(".//main"))
    assert "1.2 Old ways Replaced by referral. See instead 1.1.1 Referral." in text
    assert "Urgent edition, in effect from 11 May 2026; superseded on 5 October 2026 by edition 3." in text


def test_a_scheduled_edition_is_not_shown_to_readers(client, sample):
    later = workflow.publish(
        by=None, amendments=[agreed(sample.chapters["assessment"], text="Later.")], effective_at=FAR_AHEAD
    ).edition
    assert later.number == 4
    assert client.get("/editions/4/").status_code == 404
    assert client.get("/editions/4/contents/").status_code == 404
    assert "Later." not in client.get("/chapters/assessment/").content.decode()
    assert "Edition 4" not in client.get("/editions/").content.decode()


def test_an_old_number_is_named_with_the_number_of_today(client, sample):
    text = words(document_fromstring(client.get("/editions/1/").content.decode()).find(".//main"))
    assert "1.1.2 Assessment (now 1.1.3)" in text


def test_an_edition_that_only_rearranges_says_so(client, sample):
    sample.chapters["referral"].refresh_from_db()
    sample.chapters["assessment"].move(under=sample.chapters["journey"])
    workflow.publish(by=None, rearrange=True)
    text = words(document_fromstring(client.get("/editions/4/").content.decode()).find(".//main"))
    assert "This edition rearranged the contents and changed no text." in text


def test_a_renamed_part_is_listed(client, sample):
    workflow.publish(by=None, amendments=[agreed(sample.chapters["core"], title="Main", note="Renamed.")])
    text = words(document_fromstring(client.get("/editions/4/").content.decode()).find(".//main"))
    assert "1 Main Renamed." in text
