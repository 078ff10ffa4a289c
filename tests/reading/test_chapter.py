import pytest
from django.test import Client
from lxml.html import HtmlElement, document_fromstring

from manual import workflow
from manual.models import Manual
from tests.manual_maker import agreed


def chapter(client: Client, slug: str, address: str = "/chapters/{}/") -> HtmlElement:
    response = client.get(address.format(slug))
    assert response.status_code == 200
    return document_fromstring(response.content.decode())


def words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_it_shows_number_title_and_where_it_stands(client, sample):
    page = chapter(client, "referral")
    assert words(page.find(".//h1")) == "1.1.1 Referral"
    (crumbs,) = page.find_class("crumbs")
    assert [(words(link), link.get("href")) for link in crumbs.iter("a")] == [
        ("Contents", "/"),
        ("1 Core", "/#core"),
        ("1.1 Journey", "/#journey"),
    ]


def test_its_own_contents_lead_to_its_numbered_sections(client, sample):
    page = chapter(client, "referral")
    (own,) = page.find_class("chapter-contents")
    links = {words(link): link.get("href") for link in own.iter("a")}
    assert links == {
        "1 Who refers": "#who",
        "1.1 At night": "#night",
        "2 What a LADO does": "#what-a-lado-does",
    }
    for address in links.values():
        assert page.get_element_by_id(address[1:]) is not None
    assert words(page.get_element_by_id("1.1")).startswith("1.1 At night"), "sections are found by number too"


def test_a_section_has_a_link_that_can_be_copied(client, sample):
    section = chapter(client, "referral").get_element_by_id("who")
    (link,) = section.find("h2").find_class("section-link")
    assert link.get("href") == "#who"


def test_a_notice_says_when_it_was_last_changed_by_which_edition_and_why(client, sample):
    (notice,) = chapter(client, "referral").find_class("notice-changed")
    assert words(notice) == "Updated on 5 October 2026 (edition 3). A referral now takes one hour."


def test_a_reference_without_words_is_filled_in_with_number_and_title(client, sample):
    text = words(chapter(client, "referral").get_element_by_id("who"))
    assert "See 1.1.3 Assessment, the plan (1.1.3, section 1) and Leaflet (external link)." in text


def test_references_lead_to_the_chapters_of_the_edition_that_is_read(client, sample):
    page = chapter(client, "referral", "/editions/1/chapters/{}/")
    section = page.get_element_by_id("who")
    assert "See 1.1.2 Assessment" in words(section)
    assert "/editions/1/chapters/assessment/" in [link.get("href") for link in section.iter("a")]


def test_a_keyword_is_linked_where_a_section_first_uses_it(client, sample):
    section = chapter(client, "referral").get_element_by_id("what-a-lado-does")
    links = [(words(link), link.get("href")) for link in section.find_class("keyword")]
    assert links == [("LADO", "/keywords/lado/"), ("core group", "/keywords/core-group/")]
    assert not section.find("h2").find_class("keyword"), "headings are not linked"


def test_a_passage_written_in_another_chapter_is_shown_and_says_where_it_is_from(client, sample):
    (passage,) = chapter(client, "referral").find_class("include")
    assert words(passage) == "Ring 101. From 1.2 Contacts"
    assert not passage.xpath(".//@id"), "its anchors belong to the other chapter"


def test_a_table_has_its_header_cells(client, sample):
    headers = chapter(client, "referral").xpath("//table//th[@scope='col']")
    assert [words(header) for header in headers] == ["Who", "When"]


def test_previous_and_next_lead_through_the_chapters_in_order_and_past_links(client, sample):
    (pager,) = chapter(client, "assessment").find_class("pager")
    assert [words(link) for link in pager.iter("a")] == ["Previous 1.1.2 Bruising", "Next 1.2 Contacts"]


def test_the_foot_names_the_edition_and_the_amendment_shown(client, sample):
    (foot,) = chapter(client, "referral").find_class("edition-shown")
    assert words(foot).startswith(
        "You are reading edition 3 of the manual, in force since 5 October 2026; "
        "version 2 of this chapter, in effect since 5 October 2026. Last changed 5 October 2026."
    )
    assert foot.find(".//a").get("href") == "/editions/3/chapters/referral/"


def test_an_old_edition_shows_the_old_text_with_a_notice(client, sample):
    page = chapter(client, "referral", "/editions/1/chapters/{}/")
    assert "Within one hour" not in words(page)
    (banner,) = page.find_class("banner-dated")
    assert "Not in force." in words(banner)
    assert banner.find_class("banner-today")[0].get("href") == "/chapters/referral/"


def test_a_withdrawn_chapter_keeps_its_address_and_names_its_successor(client, sample):
    (notice,) = chapter(client, "old-ways").find_class("notice-withdrawn")
    assert words(notice) == (
        "Withdrawn on 11 May 2026. This chapter is no longer in force. Replaced by referral. "
        "Read instead 1.1.1 Referral."
    )


def test_a_chapter_that_an_edition_does_not_have_yet_is_not_found(client, sample):
    assert client.get("/editions/1/chapters/bruising/").status_code == 404
    assert client.get("/chapters/nothing-of-the-kind/").status_code == 404
    assert (
        "Edition 1 has no chapter of this name."
        in client.get("/editions/1/chapters/nothing-of-the-kind/").content.decode()
    )


def test_a_group_is_no_page_and_leads_to_its_place_in_the_contents(client, sample):
    assert client.get("/chapters/journey/").headers["Location"] == "/#journey"


def test_a_correction_stands_beside_the_last_change_and_does_not_hide_it(client, sample):
    correction = agreed(sample.chapters["referral"], significance="correction", note="A comma.")
    workflow.publish(by=None, kind="correction", amendments=[correction])
    (notice,) = chapter(client, "referral").find_class("notice-changed")
    assert words(notice).startswith(
        "Updated on 5 October 2026 (edition 3). A referral now takes one hour. Corrected on"
    )
    assert words(notice).endswith("(edition 4). A comma.")


def test_a_passage_within_a_passage_becomes_a_reference(client, sample):
    outer = "## Outer {: #outer }\n\nBefore.\n\n!!! include chapter:contacts#police\n"
    inner = "## Inner {: #inner }\n\n!!! include chapter:assessment#outer\n"
    changed = [
        agreed(sample.chapters["assessment"], text=outer),
        agreed(sample.chapters["referral"], text=inner),
    ]
    workflow.publish(by=None, amendments=changed)
    passage = chapter(client, "referral").find_class("include")[0]
    assert words(passage).startswith("Before. 1.2 Contacts, section 2 Police")
    assert passage.xpath(".//a/@href")[0] == "/chapters/contacts/#police"


def test_a_numbered_paragraph_is_referred_to_by_the_number_on_its_page(client, sample):
    changed = [
        agreed(sample.chapters["assessment"], text="One.\n\nTwo.", numbering="paragraphs"),
        agreed(sample.chapters["referral"], text="See [this](chapter:assessment#p-2)."),
    ]
    workflow.publish(by=None, amendments=changed)
    assert "See this (1.1.3, paragraph 1.1.3.2)." in words(chapter(client, "referral"))
    assert "1.1.3.2 Two." in words(chapter(client, "assessment"))


def test_the_emergency_number_stays_when_the_manual_names_no_contacts_chapter(client, sample):
    Manual.objects.update(contacts="mistyped")
    (help_line,) = chapter(client, "referral").find_class("urgent-help")
    assert words(help_line) == "If a child is in immediate danger, dial 999."


def test_the_quick_guide_lists_what_is_flagged(client, sample):
    assert client.get("/quick-guide/").headers["Location"] == "/chapters/quick-guide/"
    text = words(chapter(client, "quick-guide").find_class("chapter-text")[0])
    assert "Edition 3, 5 October 2026" in text
    assert "New 1.1.2 Bruising New because cases differed." in text
    assert "Edition 2" not in text


def test_the_list_of_all_amendments_reaches_back_to_the_first_edition(client, sample):
    text = words(chapter(client, "amendments").find_class("chapter-text")[0])
    assert text.index("Edition 3") < text.index("Edition 2") < text.index("Edition 1")
    assert "Withdrawn Old ways Replaced by referral. See instead 1.1.1 Referral." in text.replace(
        "1.2 Old", "Old"
    )


def test_an_outside_document_has_a_page_that_leads_there(client, sample):
    (link,) = chapter(client, "leaflet").find_class("outside-document")
    assert link.find("a").get("href") == "https://www.example.org/leaflet"
    assert words(link) == "Go to Leaflet (external link)"


def test_an_old_edition_still_shows_todays_urgent_numbers(client, sample):
    mended = "## Urgent help {: #urgent-help }\n\n- **Northfield, day:** 01632 960009\n"
    correction = agreed(sample.chapters["contacts"], significance="correction", text=mended)
    workflow.publish(by=None, kind="correction", amendments=[correction])
    page = chapter(client, "contacts", "/editions/1/chapters/{}/")
    (help_line,) = page.find_class("urgent-help-numbers")
    assert words(help_line) == "Urgent help Northfield, day: 01632 960009"
    assert "01632 960001" in words(page.find_class("chapter-text")[0])


@pytest.mark.parametrize(
    "address", ["/", "/chapters/referral/", "/keywords/lado/", "/search/?q=x", "/nowhere/"]
)
def test_urgent_help_from_the_contacts_chapter_is_on_every_page(client, sample, address):
    page = document_fromstring(client.get(address).content.decode())
    (help_line,) = page.find_class("urgent-help-numbers")
    assert words(help_line) == "Urgent help Immediate danger: 999 Northfield, day: 01632 960001"
