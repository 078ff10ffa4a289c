"""An address of a section that a chapter has no longer says so, and leads to where it was last."""

from __future__ import annotations

import pytest
from lxml.html import document_fromstring

from manual import workflow
from manual.models import Chapter, Contents, Edition, Issued, LostSection, lost_sections
from manual.models.lost_section import MOST
from tests.manual_maker import DAY, LONG_AGO, agreed, grow

FIRST = "## Who refers {: #who }\n\nAnybody.\n\n## At night {: #night }\n\n## By post {: #post }\n"
SECOND = "## Who refers {: #who }\n\n## By telephone {: #telephone }\n\n## At night {: #evening }\n"
THIRD = "## By telephone {: #telephone }\n"


@pytest.fixture
def chapter(db: None) -> Chapter:
    """Edition 1 of 6 January 2020; every day another one."""
    chapters = grow("core\n    referral\n    other")
    first = [
        agreed(each, **({"text": FIRST} if slug == "referral" else {})) for slug, each in chapters.items()
    ]
    workflow.publish(by=None, amendments=first, rearrange=True, at=LONG_AGO)
    # An edition between that leaves the chapter as it is.
    workflow.publish(by=None, amendments=[agreed(chapters["other"])], at=LONG_AGO + DAY)
    return chapters["referral"]


def publish(chapter: Chapter, text: str, day: int, **words: str) -> None:
    workflow.publish(by=None, amendments=[agreed(chapter, text=text, **words)], at=LONG_AGO + day * DAY)


def lost(chapter: Chapter, number: int | None = None) -> dict[str, LostSection]:
    issued = Issued.of()
    edition = issued.by_number[number] if number else issued.in_force
    line = Contents.of(edition).by_chapter[chapter.pk]
    return {
        each.id: each for each in lost_sections(line, chapter.amendments.get(pk=line.amendment_id), issued)
    }


def sentences(client, address: str) -> dict[str, str]:
    page = document_fromstring(client.get(address).content)
    return {
        each.get("id"): " ".join(each.text_content().split())
        for each in page.find_class("lost-section")
        if each.get("id") != "site-lost-section"
    }


def test_a_chapter_that_lost_nothing_says_nothing(client, chapter):
    assert sentences(client, "/chapters/referral/") == {}
    publish(chapter, FIRST + "\n## More {: #more }\n", 2)
    assert lost(chapter) == {}


def test_a_lost_section_names_its_last_edition_and_what_has_its_heading_and_number_now(client, chapter):
    publish(chapter, SECOND, 2)
    assert sentences(client, "/chapters/referral/") == {
        "night": "The section “At night” is no longer in this chapter. It was last in edition 2 (until 8 January 2020)"
        ": read it there. A section of that heading is now 3 At night. The number 2 now belongs to 2 By telephone.",
        "post": "The section “By post” is no longer in this chapter. It was last in edition 2 (until 8 January 2020): "
        "read it there. The number 3 now belongs to 3 At night.",
    }  # fmt: skip
    page = document_fromstring(client.get("/chapters/referral/").content)
    assert page.get_element_by_id("night").xpath("a/@href") == [
        "/editions/2/chapters/referral/#night", "#evening", "#telephone"
    ]  # fmt: skip


def test_what_was_lost_long_ago_leads_to_the_newest_edition_that_had_it(chapter):
    publish(chapter, SECOND, 2)
    publish(chapter, THIRD, 3)
    found = lost(chapter)
    assert {key: each.edition for key, each in found.items()} == {
        "who": 3, "evening": 3, "2": 3, "3": 3, "night": 2, "post": 2
    }  # fmt: skip
    assert (found["2"].heading, found["2"].now.number) == ("By telephone", "1")
    assert found["3"].now is None
    assert found["who"].number_now.heading == "By telephone"


def test_a_dated_page_knows_only_what_was_lost_by_then(client, chapter):
    publish(chapter, SECOND, 2)
    publish(chapter, THIRD, 3)
    assert lost(chapter, 2) == {}
    assert set(lost(chapter, 3)) == {"night", "post"}
    assert set(sentences(client, "/editions/3/chapters/referral/")) == {"night", "post"}


def test_a_section_that_came_back_is_lost_no_longer(chapter):
    publish(chapter, THIRD, 2)
    publish(chapter, FIRST, 3)
    assert set(lost(chapter)) == {"telephone"}


def test_a_text_without_sections_between_is_no_version_that_had_them(chapter):
    publish(chapter, "", 2)
    publish(chapter, THIRD, 3)
    assert {each.edition for each in lost(chapter).values()} == {2}


def test_an_id_that_stands_on_something_else_now_is_not_given_twice(client, chapter):
    publish(chapter, "A paragraph.\n{: #night }\n\n" + THIRD, 2)
    page = client.get("/chapters/referral/").content.decode()
    assert page.count('id="night"') == 1
    assert "night" not in lost(chapter)


def test_a_numbered_paragraph_says_its_number(client, chapter):
    publish(chapter, "One.\n\nTwo.\n", 2, numbering="paragraphs")
    publish(chapter, "One.\n", 3, numbering="paragraphs")
    assert sentences(client, "/chapters/referral/")["p-2"].startswith(
        "Paragraph 2 is no longer in this chapter."
    )


def test_a_heading_is_shown_as_words_only(client, chapter):
    publish(chapter, "## <b>&amp; “x”\n", 2)
    publish(chapter, "", 3)
    assert b"<b>" not in client.get("/chapters/referral/").content


def test_very_many_are_not_all_kept(client, chapter):
    publish(chapter, "".join(f"## Old {n}\n\n" for n in range(MOST + 5)), 2)
    publish(chapter, THIRD, 3)
    assert len(lost(chapter)) == MOST


def test_no_notice_is_shown_to_whoever_asked_for_no_section(client, chapter):
    publish(chapter, THIRD, 2)
    page = document_fromstring(client.get("/chapters/referral/").content)
    assert page.get_element_by_id("site-lost-section").get("hidden") is not None
    assert Edition.objects.in_force().number == 3
