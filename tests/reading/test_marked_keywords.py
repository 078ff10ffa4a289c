"""Keywords in the text: which are marked and where, and that the page says what they mean."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml.html import HtmlElement, document_fromstring

from manual import workflow
from manual.models import Chapter, Contents, Manual
from tests.manual_maker import agreed, grow, meaning
from tests.remembered import forget_what_was_read, remembered

FIRST, SECOND = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 5, 11, tzinfo=UTC)

TEXT = """
Before any section: a core group, and the core group again.

## The core group {: #group }

Core groups meet. The LADO may come.

### Who comes to a core group {: #who }

The local authority designated officers, then a lado by another name.

## Where it is not marked {: #nowhere }

| Core group | When |
| --- | --- |
| `core group` | See [the core group page](https://example.org/core). |

## Written by hand {: #hand }

[They](keyword:core-group) meet. A core group has members.

## By hand, later {: #later }

A core group meets. [They](keyword:core-group) decide.
"""
LONG = "First paragraph.\n\n" + "Second paragraph. " * 30 + "\n\nThird paragraph."


@pytest.fixture
@remembered
def board(db: None) -> dict[str, Chapter]:
    Manual(title="Procedures").save()
    chapters = grow(
        """
        core
            speaking
            silent
            long
            police
        """
    )
    texts = {
        "speaking": TEXT,
        "silent": "Nothing to explain.",
        "long": "The PLO is long. A map is drawn. See the [note](keyword:noted).",
        "police": "Ask about the PPO.",
    }
    workflow.publish(
        by=None,
        amendments=[agreed(chapter, text=texts.get(slug, "")) for slug, chapter in chapters.items()],
        definitions=[
            meaning(
                "lado",
                name="Local authority designated officer",
                also=["LADO"],
                meaning="Advises on **allegations**. See [](chapter:speaking#who).",
            ),
            meaning("core-group", name="Core group", meaning="Carries the <plan> out."),
            meaning("plo", name="PLO", meaning=LONG),
            meaning("map", name="Map", meaning="| a | b |\n| --- | --- |\n| 1 | 2 |"),
            meaning("noted", name="Noted", meaning="Said.[^1]\n\n[^1]: By whom."),
            meaning("unused", name="Nowhere used", meaning="Not on these pages."),
            meaning("police-protection", name="Police protection", also=["PPO"]),
            meaning("prolific", name="Prolific offender", also=["PPO"]),
        ],
        rearrange=True,
        at=FIRST,
    )
    return chapters


def page(client, address: str) -> HtmlElement:
    return document_fromstring(client.get(address).content.decode())


def marked(page: HtmlElement, section: str = "") -> list[str]:
    """The words that are marked in a section, its subsections left out; or before the first of them."""
    place = f"//section[@id='{section}']" if section else "//div[contains(@class, 'chapter-text')]"
    depth = f"count(ancestor::section) = {'count(//section[@id=$name]/ancestor-or-self::section)' if section else 0}"
    links = page.xpath(f"{place}//a[contains(@class, 'keyword')][{depth}]", name=section)
    return [link.text_content() for link in links]


def explained(page: HtmlElement, name: str) -> HtmlElement:
    (found,) = [each.getparent() for each in page.find_class("keyword-name") if each.text_content() == name]
    return found


def test_a_keyword_is_marked_where_a_section_first_uses_it(client, board):
    read = page(client, "/chapters/speaking/")
    assert marked(read) == ["core group"]
    assert marked(read, "group") == ["Core groups", "LADO"]


def test_a_subsection_is_a_section_of_its_own_and_capitals_of_an_abbreviation_count(client, board):
    assert marked(page(client, "/chapters/speaking/"), "who") == ["local authority designated officers"]


def test_headings_links_code_and_the_heads_of_tables_are_not_marked(client, board):
    assert marked(page(client, "/chapters/speaking/"), "nowhere") == []


def test_a_link_that_the_author_made_is_a_first_use(client, board):
    read = page(client, "/chapters/speaking/")
    assert marked(read, "hand") == ["They"]
    assert marked(read, "later") == ["core group", "They"]


# --- Switched off --------------------------------------------------------------------------------------------


def without(board: dict[str, Chapter], slug: str, *keywords: str) -> None:
    before = board[slug].amendments.get()
    amendment = agreed(board[slug], text=before.text, keywords_off=list(keywords))
    workflow.publish(by=None, amendments=[amendment], at=SECOND)


def test_a_keyword_that_is_switched_off_for_a_chapter_is_marked_only_where_its_author_made_a_link(
    client, board
):
    without(board, "speaking", "core-group")
    read = page(client, "/chapters/speaking/")
    assert marked(read) == []
    assert marked(read, "group") == ["LADO"]
    assert marked(read, "later") == ["They"]


def test_an_older_edition_marks_what_is_switched_off_since(client, board):
    without(board, "speaking", "core-group")
    assert marked(page(client, "/editions/1/chapters/speaking/")) == ["core group"]


@pytest.mark.parametrize(
    ("off", "words"),
    [([], ["PPO"]), (["prolific"], ["PPO"]), (["prolific", "police-protection"], [])],
)
def test_a_form_of_several_keywords_is_off_where_all_of_them_are(client, board, off, words):
    without(board, "police", *off)
    assert marked(page(client, "/chapters/police/")) == words


# --- What they mean ------------------------------------------------------------------------------------------


def test_the_page_says_once_what_each_marked_keyword_means_and_nothing_of_others(client, board):
    read = page(client, "/chapters/speaking/")
    names = [each.text_content() for each in read.find_class("keyword-name")]
    assert sorted(names) == ["Core group", "Local authority designated officer"]
    (place,) = read.find_class("keyword-meanings")
    assert "hidden" in place.attrib
    assert page(client, "/chapters/silent/").find_class("keyword-meanings") == []


def test_each_marked_keyword_is_described_by_its_meaning_and_a_short_form_by_its_name_too(client, board):
    read = page(client, "/chapters/speaking/")
    for link in read.xpath("//a[contains(@class, 'keyword') and not(ancestor::*[@hidden])]"):
        said = " ".join(
            read.get_element_by_id(each).text_content() for each in link.get("aria-describedby").split()
        )
        wanted = {
            "LADO": "Local authority designated officer Advises on allegations",
            "local authority designated officers": "Advises on allegations",
            "They": "Core group Carries the <plan> out.",
        }.get(link.text_content(), "Carries the <plan> out.")
        assert said.startswith(wanted), link.text_content()


def test_references_of_a_meaning_lead_to_the_sections_of_the_edition(client, board):
    meaning = explained(page(client, "/editions/1/chapters/speaking/"), "Local authority designated officer")
    assert meaning.xpath(".//a/@href") == ["/editions/1/chapters/speaking/#who"]
    assert "section 1.1 Who comes to a core group" in meaning.text_content()


def test_a_dated_page_shows_the_meaning_of_its_day(client, board):
    changed = meaning("core-group", name="Core group", meaning="Meets every month.")
    workflow.publish(by=None, definitions=[changed], at=SECOND)
    assert (
        "Carries the <plan> out."
        in explained(page(client, "/editions/1/chapters/speaking/"), "Core group").text_content()
    )
    assert "Meets every month." in explained(page(client, "/chapters/speaking/"), "Core group").text_content()


def test_of_a_long_meaning_the_first_paragraphs_are_shown_and_the_rest_is_one_link_away(client, board):
    read = page(client, "/chapters/long/")
    assert explained(read, "PLO").text_content() == "PLOFirst paragraph."
    assert explained(read, "PLO").get("data-more") == "Read the whole meaning"
    assert explained(page(client, "/chapters/speaking/"), "Core group").get("data-more") == (
        "All about this keyword"
    )


def test_tables_and_footnotes_of_a_meaning_stay_on_its_own_page(client, board):
    read = page(client, "/chapters/long/")
    assert explained(read, "Map").text_content() == "Map"
    assert explained(read, "Noted").text_content() == "NotedSaid."
    assert {explained(read, name).get("data-more") for name in ("Map", "Noted")} == {"Read the whole meaning"}


def test_a_form_of_several_keywords_is_explained_by_their_names(client, board):
    choice = explained(page(client, "/chapters/police/"), "PPO")
    assert choice.xpath(".//li/a/@href") == ["/keywords/police-protection/", "/keywords/prolific/"]
    assert choice.get("data-more") == "Compare the meanings"


def test_no_address_of_a_place_stands_twice_on_a_page(client, board):
    for slug in board:
        if slug != "core":
            ids = page(client, f"/chapters/{slug}/").xpath("//@id")
            assert len(ids) == len(set(ids)), slug


def test_meanings_that_lead_to_sections_cost_one_query_however_many_there_are(client, board):
    def cost(slug: str) -> int:
        forget_what_was_read()
        # What a page reads of its edition is read already.
        client.get("/chapters/silent/")
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/chapters/{slug}/")
        return len(captured)

    before = cost("police")
    leading = [
        meaning(slug, name=slug.capitalize(), meaning="See [](chapter:speaking#who).")
        for slug in ("alpha", "beta", "gamma")
    ]
    amendment = agreed(board["police"], text="Ask alpha, beta and gamma.")
    workflow.publish(by=None, amendments=[amendment], definitions=leading, at=SECOND)
    Contents.forget()
    many = cost("police")
    one = agreed(board["police"], text="Ask alpha.")
    workflow.publish(by=None, amendments=[one], at=datetime(2026, 6, 1, tzinfo=UTC))
    assert many == cost("police")
    assert many > before
