"""A reader types words and is led straight to the section that has them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from manual import search
from manual.models import Contents, Edition
from manual.search import Filters, ranking
from tests.search.conftest import Publish, ask, found, places


def test_it_finds_a_section_by_its_heading(edition: Edition) -> None:
    assert found("afterwards", edition) == ["adoption#afterwards"]


def test_it_finds_a_section_by_its_text(edition: Edition) -> None:
    assert found("hospital", edition) == ["enquiries#strategy"]


def test_it_finds_a_subsection_and_not_the_section_around_it(edition: Edition) -> None:
    assert found("copies", edition) == ["e-safety#of-children"]


def test_it_finds_a_chapter_by_the_words_before_its_first_heading(edition: Edition) -> None:
    assert found("placing authority", edition) == ["adoption"]


def test_it_finds_a_chapter_by_its_title_once_and_not_with_every_section(edition: Edition) -> None:
    assert found("enquiries", edition) == ["enquiries"]


def test_it_finds_what_has_no_text_by_its_title(edition: Edition) -> None:
    assert found("csa medicals", edition) == ["csa-medicals"]
    assert found("core procedures", edition) == ["core-procedures"]


def test_it_says_what_a_hit_is(edition: Edition) -> None:
    (hit,) = ask("afterwards", edition).hits
    assert (hit.kind, hit.anchor, hit.number) == ("chapter", "afterwards", "2")
    (hit,) = ask("csa", edition).hits
    assert (hit.kind, hit.anchor, hit.number, hit.heading, hit.passage) == ("link", "", "", [], [])


def test_every_word_has_to_be_there(edition: Edition) -> None:
    assert found("police hospital", edition) == ["enquiries#strategy"]
    assert found("police copies", edition) == []


def test_sections_with_every_word_come_before_those_with_some(edition: Edition) -> None:
    results = ask("police hospital", edition)
    assert places(results) == ["enquiries#strategy", "e-safety#images"]
    assert not results.loose


def test_it_says_where_no_section_has_every_word(edition: Edition) -> None:
    results = ask("police copies", edition)
    assert results.loose
    assert {"e-safety#images", "e-safety#of-children"} <= set(places(results))


def test_words_may_stand_in_title_and_text(edition: Edition) -> None:
    assert found("enquiries police", edition) == ["enquiries#strategy"]


def test_other_endings_of_a_word_are_found(edition: Edition) -> None:
    assert found("visiting agencies", edition) == ["adoption#placed"]


def test_the_last_word_may_be_a_beginning(edition: Edition) -> None:
    assert found("pol", edition) == ["e-safety#images", "enquiries#strategy"]
    assert found("take hosp", edition) == ["enquiries#strategy"]
    assert found("hosp take", edition) == []


@pytest.mark.parametrize("typed", ["ad", "ado", "adopt", "adopti", "adoptio", "adoption", "adoptions"])
def test_a_word_is_found_from_every_letter_on(typed: str, edition: Edition) -> None:
    """Also between stem and ending: “adopti” is neither."""
    assert "adoption" in found(typed, edition)


def test_a_single_letter_is_no_beginning(publish: Publish) -> None:
    edition = publish(
        {
            "a": {"text": "## One {: #one }\n\nHepatitis before birth."},
            "b": {"text": "## Two {: #two }\n\nHepatitis B."},
        }
    )
    assert found("hepatitis b", edition) == ["b#two"]


def test_the_beginning_of_a_word_stands_for_no_other_word_of_the_query(edition: Edition) -> None:
    assert found("police hosq", edition) == []


def test_a_whole_word_comes_before_words_that_it_begins(publish: Publish) -> None:
    edition = publish(
        {
            "a": {"text": "## One {: #one }\n\nThe formation of a plan."},
            "b": {"text": "## Two {: #two }\n\nA form for a plan."},
        }
    )
    assert found("form", edition)[0] == "b#two"


def test_title_comes_before_heading_before_text(publish: Publish) -> None:
    edition = publish(
        {
            "text": {
                "title": "One",
                "text": "## Two {: #s }\n\nThe whistle. A whistle, whistles and the whistle.",
            },
            "heading": {"title": "Three", "text": "## Whistle {: #s }\n\nFour."},
            "title": {"title": "Whistle", "text": "## Five {: #s }\n\nSix."},
        }
    )
    assert found("whistle", edition) == ["title", "heading#s", "text#s"]


def test_sections_stand_with_their_chapter_and_a_heading_elsewhere_after_it(publish: Publish) -> None:
    edition = publish(
        {
            "own": {"title": "Whistle", "text": "## Five {: #s }\n\nThe whistle."},
            "other": {"title": "Three", "text": "## Whistle {: #s }\n\nFour."},
        }
    )
    assert found("whistle", edition) == ["own", "own#s", "other#s"]


def test_equals_stand_in_the_order_of_the_contents(publish: Publish) -> None:
    text = "## One {: #one }\n\nA whistle.\n\n## Two {: #two }\n\nA whistle."
    edition = publish({slug: {"title": "Same", "text": text} for slug in ("c", "a", "b")})
    assert found("whistle", edition) == ["c#one", "c#two", "a#one", "a#two", "b#one", "b#two"]


def test_pages_follow_one_another(publish: Publish) -> None:
    edition = publish({f"c{n}": {"text": "## One {: #one }\n\nA whistle."} for n in range(10, 35)})
    everything = found("whistle", edition, per_page=100)
    pages = [ask("whistle", edition, page=page, per_page=10) for page in (1, 2, 3, 4)]
    assert len(set(everything)) == 25
    assert [len(page.groups) for page in pages] == [10, 10, 5, 0]
    assert [(page.total, page.chapters, page.entries) for page in pages] == [(25, 25, 25)] * 4
    assert [place for page in pages for place in places(page)] == everything


def test_what_nobody_looked_at_follows_in_order(publish: Publish, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "LOOKED_AT", 25)
    text = "## One {: #one }\n\nA whistle.\n\n## Two {: #two }\n\nA whistle and a whistle."
    edition = publish({f"c{n}": {"text": text} for n in range(10, 40)})
    at_once = ask("whistle", edition, per_page=100)
    pages = [ask("whistle", edition, page=page, per_page=10) for page in (1, 2, 3)]
    groups = [group for page in pages for group in page.groups]
    assert [group.line for group in groups] == [group.line for group in at_once.groups]
    assert [(page.total, page.whole, page.chapters, page.entries) for page in pages] == [(60, 60, 30, 30)] * 3
    assert [len(group.hits) + group.more for group in groups] == [2] * 30


def test_a_chapter_shows_its_best_sections_and_all_if_asked_for(publish: Publish) -> None:
    text = "".join(f"## {n} {{: #n{n} }}\n\nA whistle.\n\n" for n in range(10, 35))
    edition = publish({"a": {"text": text}, "b": {"text": text}})
    results = ask("whistle", edition)
    shown = [len(group.hits) for group in results.groups]
    # The best ten of the page, six of a chapter at most; of two that are alike, the databases prefer one or the other.
    assert len(shown) == 2 and sum(shown) == 10 and max(shown) <= 6
    assert [group.more for group in results.groups] == [25 - n for n in shown]
    assert (results.total, results.chapters) == (50, 2)
    (group,) = ask("whistle", edition, filters=Filters(chapter="b")).groups
    assert [hit.anchor for hit in group.hits] == [f"n{n}" for n in range(10, 35)]
    assert group.more == 0


def test_numbered_paragraphs_are_found_one_by_one(publish: Publish) -> None:
    edition = publish({"a": {"text": "## One\n\nA drum.\n\nA whistle.\n", "numbering": "paragraphs"}})
    (hit,) = ask("whistle", edition).hits
    assert hit.number == "2"
    assert hit.anchor


@pytest.mark.parametrize(
    ("query", "most"), [("adoption", 6), ("adopti", 6), ("multi-agency police", 8), ("nowhere-at-all", 7)]
)
def test_a_search_takes_few_queries(query: str, most: int, edition: Edition) -> None:
    contents = Contents.of(edition)
    search.search("whistle", contents)  # the glossary is read once for an edition
    with CaptureQueriesContext(connection) as captured:
        search.search(query, contents)
    # What frames a part of a transaction reads nothing.
    framing = ("SAVEPOINT", "RELEASE", "SET LOCAL")
    assert len([read for read in captured if not read["sql"].startswith(framing)]) <= most
