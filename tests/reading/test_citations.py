"""Every chapter, section and numbered paragraph can be cited so that the words are found again years later."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib.auth.models import User
from lxml.html import HtmlElement, document_fromstring

from manual import workflow
from tests.manual_maker import DAY, agreed
from tests.reading.conftest import THIRD


def page(client, address: str) -> HtmlElement:
    response = client.get(address)
    assert response.status_code == 200, address
    return document_fromstring(response.content)


def cited(page: HtmlElement) -> list[tuple[str, str]]:
    """The words and the address of each citation."""
    return [
        tuple(" ".join(words.text_content().split()) for words in each.find_class("citation-words"))
        for each in page.find_class("citation")
    ]


def test_a_chapter_and_all_its_sections_have_words_and_an_address_for_ever(client, sample):
    found = cited(page(client, "/editions/3/chapters/referral/cite/"))
    permanent = "http://testserver/editions/3/chapters/referral/"
    start = "Northfield procedures, edition 3, 1.1.1"
    assert found == [
        (f"{start} Referral, in force 5 October 2026", permanent),
        (f"{start}, section 1 (Who refers), in force 5 October 2026", f"{permanent}#who"),
        (f"{start}, section 1.1 (At night), in force 5 October 2026", f"{permanent}#night"),
        (
            f"{start}, section 2 (What a LADO does), in force 5 October 2026",
            f"{permanent}#what-a-lado-does",
        ),
    ]
    assert client.get("/editions/3/chapters/referral/cite/")["X-Robots-Tag"] == "noindex"


def test_one_section_is_shown_alone(client, sample):
    shown = page(client, "/editions/3/chapters/referral/cite/?section=night")
    assert [address for _words, address in cited(shown)] == [
        "http://testserver/editions/3/chapters/referral/#night"
    ]
    shown = page(client, "/editions/3/chapters/referral/cite/?section=nowhere")
    assert "no such section" in shown.text_content()
    assert len(cited(shown)) == 4


def test_a_superseded_edition_says_until_when_it_applied(client, sample):
    # It gave way in the middle of a day, on which both applied.
    assert cited(page(client, "/editions/1/chapters/referral/cite/"))[0][0].endswith(
        "in force from 2 March 2026 to 11 May 2026, 10:30"
    )
    assert cited(page(client, "/editions/2/chapters/referral/cite/"))[0][0].endswith(
        "in force from 11 May 2026 to 5 October 2026, 01:00"
    )
    again = agreed(sample.chapters["bruising"])
    workflow.publish(by=None, amendments=[again], at=datetime(2026, 10, 11, 23, tzinfo=UTC))
    assert cited(page(client, "/editions/3/chapters/referral/cite/"))[0][0].endswith(
        "in force from 5 October 2026 to 11 October 2026"
    )


def test_an_edition_of_a_few_hours_says_so(client, sample):
    again = agreed(sample.chapters["bruising"])
    workflow.publish(by=None, amendments=[again], at=datetime(2026, 10, 5, 12, tzinfo=UTC))
    assert cited(page(client, "/editions/3/chapters/referral/cite/"))[0][0].endswith(
        "in force on 5 October 2026 until 13:00"
    )


def test_a_withdrawn_chapter_is_not_said_to_be_in_force(client, sample):
    assert cited(page(client, "/editions/2/chapters/old-ways/cite/"))[0][0].endswith(
        "withdrawn on 11 May 2026"
    )
    assert "in force from 2 March" in cited(page(client, "/editions/1/chapters/old-ways/cite/"))[0][0]


def test_an_edition_to_come_is_for_editors_and_says_so(client, sample):
    at = datetime(2100, 1, 4, tzinfo=UTC)
    workflow.publish(by=None, amendments=[agreed(sample.chapters["referral"])], at=at)
    assert client.get("/editions/4/chapters/referral/cite/").status_code == 404
    client.force_login(User.objects.create_user("editor", is_staff=True))
    assert cited(page(client, "/editions/4/chapters/referral/cite/"))[0][0].endswith(
        "to take effect on 4 January 2100"
    )


def test_what_has_no_page_cannot_be_cited(client, sample):
    for address in (
        "/editions/3/chapters/core/cite/",
        "/editions/1/chapters/bruising/cite/",
        "/editions/9/chapters/x/cite/",
    ):
        assert client.get(address).status_code == 404


def test_each_section_of_a_chapter_has_a_link_to_its_citation_in_the_edition_read(client, sample):
    shown = page(client, "/chapters/referral/")
    links = shown.find_class("cite-link")
    assert [(link.get("aria-label"), link.get("href")) for link in links] == [
        ("Cite section 1", "/editions/3/chapters/referral/cite/?section=who"),
        ("Cite section 1.1", "/editions/3/chapters/referral/cite/?section=night"),
        ("Cite section 2", "/editions/3/chapters/referral/cite/?section=what-a-lado-does"),
    ]
    assert shown.find_class("cite-chapter")[0].xpath("a/@href") == ["/editions/3/chapters/referral/cite/"]
    assert (
        page(client, "/editions/1/chapters/referral/")
        .find_class("cite-link")[0]
        .get("href")
        .startswith("/editions/1/")
    )
    # The list of the chapter's sections names them without it.
    assert "Cite" not in shown.find_class("chapter-contents")[0].text_content()
    assert not page(client, "/search/?q=cite").find_class("result")


def test_the_number_of_a_paragraph_is_the_link_to_it_and_it_can_be_cited(client, sample):
    text = "One.\n\n## Part\n\n- a list\n\nTwo.\n"
    workflow.publish(
        by=None,
        amendments=[agreed(sample.chapters["assessment"], text=text, numbering="paragraphs")],
        at=THIRD + DAY,
    )
    shown = page(client, "/chapters/assessment/")
    own = shown.xpath("//span[@class='paragraph-number']/a")
    assert [(link.text, link.get("href"), link.get("aria-label")) for link in own] == [
        ("1.1.3.1", "#p-1", "Link to paragraph 1.1.3.1"), ("1.1.3.2", "#p-2", "Link to paragraph 1.1.3.2")
    ]  # fmt: skip
    assert [link.get("aria-label") for link in shown.find_class("cite-link")] == [
        "Cite paragraph 1.1.3.1", "Cite “Part”", "Cite paragraph 1.1.3.2"
    ]  # fmt: skip
    words = [words for words, _address in cited(page(client, "/editions/4/chapters/assessment/cite/"))]
    assert [each.split(", ", 2)[2].rpartition(", ")[0] for each in words] == [
        "1.1.3 Assessment", "1.1.3, paragraph 1.1.3.1", "1.1.3, section “Part”", "1.1.3, paragraph 1.1.3.2"
    ]  # fmt: skip


def test_a_passage_of_another_chapter_is_cited_where_it_is_written(client, sample):
    box = page(client, "/chapters/referral/").find_class("include")[0]
    assert not box.find_class("cite-link")
