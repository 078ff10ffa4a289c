from datetime import date

import pytest
from django.test import Client
from lxml.html import HtmlElement, document_fromstring

from manual import workflow
from manual.models import Chapter, Manual
from tests.manual_maker import DAY, FAR_AHEAD, agreed, approved
from tests.reading.conftest import THIRD


def words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def history(client: Client, slug: str) -> HtmlElement:
    response = client.get(f"/chapters/{slug}/history/")
    assert response.status_code == 200
    return document_fromstring(response.content.decode())


def steps(client: Client, slug: str) -> list[str]:
    return [words(step) for step in history(client, slug).find_class("step")]


def links(step: HtmlElement) -> dict[str, str]:
    (own,) = step.find_class("step-links")
    return {words(link): link.get("href") for link in own.iter("a")}


def test_every_version_is_listed_newest_first_with_edition_day_word_and_note(client, sample):
    assert steps(client, "referral") == [
        "5 October 2026 Edition 3 as 1.1.1 Updated Version 2 In force A referral now takes one hour. "
        "Read it as it stood on 5 October 2026 What it changed on 5 October 2026",
        "2 March 2026 Edition 1 as 1.1.1 New Version 1 What changed. Read it as it stood on 2 March 2026",
    ]


def test_each_version_leads_to_its_edition_its_text_then_and_what_it_changed(client, sample):
    newest, first = history(client, "referral").find_class("step")
    assert newest.find_class("step-when")[0].find(".//a").get("href") == "/editions/3/"
    assert links(newest) == {
        "Read it as it stood on 5 October 2026": "/editions/3/chapters/referral/",
        "What it changed on 5 October 2026": "/chapters/referral/compare/?from=1&to=2",
    }
    assert list(links(first).values()) == ["/editions/1/chapters/referral/"]


def test_any_two_versions_can_be_chosen_to_be_compared(client, sample):
    (form,) = history(client, "referral").find_class("any-two")
    assert form.get("action") == "/chapters/referral/compare/"
    choices = [
        (radio.get("name"), radio.get("value"), "checked" in radio.attrib) for radio in form.iter("input")
    ]
    assert choices == [("from", "2", False), ("to", "2", True), ("from", "1", True), ("to", "1", False)]
    labels = [words(label) for label in form.iter("label")]
    assert labels[0] == "From version 2, 5 October 2026"
    assert len(set(labels)) == 4


def test_a_chapter_that_never_changed_says_so_and_offers_nothing_to_compare(client, sample):
    page = history(client, "quick-guide")
    assert "its text has never changed" in words(page.find(".//main"))
    assert not page.find_class("any-two")
    assert len(page.find_class("step")) == 1


def test_an_edition_that_only_gave_it_another_number_is_a_small_mark_between(client, sample):
    assert steps(client, "assessment")[0] == (
        "5 October 2026 Edition 3 Renumbered. Until then: 1.1.2. Since then: 1.1.3."
    )


def test_a_new_name_says_what_it_was_until_then_beside_the_version_that_changed_it(client, sample):
    renamed = agreed(sample.chapters["assessment"], title="Assessments", note="One letter.")
    workflow.publish(by=None, amendments=[renamed], at=THIRD + DAY)
    newest = steps(client, "assessment")[0]
    assert "Updated Version 2 In force One letter. Renamed. Until then: “Assessment”." in newest


def test_a_move_names_what_it_stood_under_as_that_was_called_then(client, sample):
    group = agreed(sample.chapters["journey"], title="The way", note="Renamed.")
    workflow.publish(by=None, amendments=[group], at=THIRD + DAY)
    Chapter.objects.get(slug="bruising").move(under=sample.chapters["core"])
    workflow.publish(by=None, rearrange=True, at=THIRD + 2 * DAY)
    newest = steps(client, "bruising")[0]
    assert "Moved. Until then: under 1.1 The way. Since then: under 1 Core." in newest
    assert "Renumbered. Until then: 1.1.2." in newest


def test_a_correction_stands_in_its_place_and_is_smaller(client, sample):
    comma = agreed(sample.chapters["referral"], significance="correction", note="A comma.")
    workflow.publish(by=None, kind="correction", amendments=[comma], at=THIRD + DAY)
    newest, before, _first = history(client, "referral").find_class("step")
    assert words(newest).startswith("6 October 2026 Edition 4 as 1.1.1 Corrected Version 3 In force A comma.")
    assert "step-corrected" in newest.get("class")
    assert "In force" not in words(before)


def test_a_withdrawn_chapter_has_nothing_in_force_and_names_what_to_read_instead(client, sample):
    page = history(client, "old-ways")
    assert "This chapter is withdrawn and no longer in force." in words(page.find(".//main"))
    left, withdrawn, _first = page.find_class("step")
    assert words(left) == "5 October 2026 Edition 3 Left the contents. Until then: 1.2."
    assert "Withdrawn Version 2 Replaced by referral. See instead 1.1.1 Referral." in words(withdrawn)
    assert "In force" not in words(page.find_class("timeline")[0])


def test_a_chapter_that_comes_back_is_reinstated(client, sample):
    back = agreed(sample.chapters["old-ways"], note="Needed after all.")
    workflow.publish(by=None, kind="urgent", amendments=[back], at=THIRD + DAY)
    newest = history(client, "old-ways").find_class("step")[0]
    assert "Reinstated Version 3 In force Needed after all. Back in the contents." in words(newest)
    assert "/chapters/old-ways/compare/?from=2&to=3" in links(newest).values()


def test_an_outside_document_that_is_found_elsewhere_says_where_it_was(client, sample):
    moved = agreed(
        sample.chapters["leaflet"], link="https://www.example.org/new", label="See also", note="Moved."
    )
    workflow.publish(by=None, amendments=[moved], at=THIRD + DAY)
    page = history(client, "leaflet")
    assert "Every version of this link that took effect" in words(page.find(".//main"))
    newest = words(page.find_class("step")[0])
    assert "Led elsewhere. Until then: https://www.example.org/leaflet." in newest


@pytest.mark.parametrize("shown", [True, False])
def test_readers_see_who_approved_only_where_the_board_says_so(client, sample, editor, approver, shown):
    Manual.objects.update(approvers_shown=shown)
    approver.first_name, approver.last_name = "Ada", "Bright"
    approver.save()
    amendment = approved(sample.chapters["referral"], author=editor, approver=approver, note="Shorter.")
    workflow.publish(by=approver, amendments=[amendment])
    newest = steps(client, "referral")[0]
    assert ("Approved by Ada Bright on" in newest) == shown
    assert editor.get_username() not in newest


def test_what_nobody_but_its_author_saw_says_so(client, sample, approver):
    Manual.objects.update(self_approval=True)
    amendment = approved(sample.chapters["referral"], author=approver, approver=approver, note="Shorter.")
    workflow.publish(by=approver, amendments=[amendment])
    newest = steps(client, "referral")[0]
    assert "Nobody but its author saw it before it was published." in newest
    assert "Approved by" not in newest


def test_the_meeting_that_agreed_it_is_named_be_it_of_the_amendment_or_of_the_edition(client, sample):
    own = agreed(
        sample.chapters["referral"], agreed_by="Policy group", agreed_on=date(2026, 9, 8), minute="PG/4"
    )
    other = agreed(sample.chapters["assessment"])
    workflow.publish(
        by=None, amendments=[own, other], at=THIRD + DAY, agreed_by="The board", agreed_on=date(2026, 9, 30)
    )
    assert "Agreed by Policy group on 8 September 2026, minute PG/4." in steps(client, "referral")[0]
    assert "Agreed by The board on 30 September 2026." in steps(client, "assessment")[0]


def test_very_long_words_are_escaped_and_all_there(client, sample):
    note = "<b>Long</b> & " + "x" * 3000
    workflow.publish(
        by=None, amendments=[agreed(sample.chapters["referral"], note=note, title="R" * 300)], at=THIRD + DAY
    )
    assert note in steps(client, "referral")[0]
    assert not history(client, "referral").find_class("step")[0].findall(".//b")


def test_a_version_to_come_is_not_shown(client, sample, editor):
    secret = agreed(sample.chapters["referral"], note="Notyetpublic.", title="Notyetpublic")
    workflow.publish(by=None, amendments=[secret], effective_at=FAR_AHEAD)
    assert "Notyetpublic" not in words(history(client, "referral"))
    client.force_login(editor)
    assert "Notyetpublic" not in words(history(client, "referral"))


def test_a_part_or_group_has_no_history_and_the_page_says_why(client, sample):
    response = client.get("/chapters/journey/history/")
    assert response.status_code == 404
    assert "only chapters and links have a history" in response.content.decode()
    assert client.get("/chapters/nothing-of-the-kind/history/").status_code == 404


def test_a_chapter_leads_to_its_history_from_its_head_and_its_foot(client, sample):
    for address in ("/chapters/referral/", "/editions/1/chapters/referral/", "/chapters/old-ways/"):
        page = document_fromstring(client.get(address).content.decode())
        for place in ("chapter-head", "chapter-foot"):
            (found,) = page.find_class(place)
            assert f"/chapters/{address.split('/')[-2]}/history/" in found.xpath(".//a/@href"), (
                address,
                place,
            )


def test_search_engines_may_find_a_history_unless_the_manual_is_a_sample(client, sample):
    assert "X-Robots-Tag" not in client.get("/chapters/referral/history/")
    Manual.objects.update(sample=True)
    assert client.get("/chapters/referral/history/")["X-Robots-Tag"] == "noindex"
