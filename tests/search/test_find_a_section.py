"""A reader types words and is led straight to the section that has them."""

import pytest
from django.test.utils import CaptureQueriesContext

from manual import search
from manual.models import Edition
from tests.search.conftest import Publish, found, places


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
    (hit,) = search.search("afterwards", edition).hits
    assert (hit.kind, hit.anchor, hit.number) == ("chapter", "afterwards", "2")
    (hit,) = search.search("csa", edition).hits
    assert (hit.kind, hit.anchor, hit.number, hit.heading, hit.passage) == ("link", "", "", [], [])


def test_every_word_has_to_be_there(edition: Edition) -> None:
    assert found("police hospital", edition) == ["enquiries#strategy"]
    assert found("police copies", edition) == []


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


def test_a_heading_elsewhere_comes_before_the_sections_of_a_chapter_so_titled(publish: Publish) -> None:
    edition = publish(
        {
            "own": {"title": "Whistle", "text": "## Five {: #s }\n\nThe whistle."},
            "other": {"title": "Three", "text": "## Whistle {: #s }\n\nFour."},
        }
    )
    assert found("whistle", edition) == ["own", "other#s", "own#s"]


def test_equals_stand_in_the_order_of_the_contents(publish: Publish) -> None:
    text = "## One {: #one }\n\nA whistle.\n\n## Two {: #two }\n\nA whistle."
    edition = publish({slug: {"title": "Same", "text": text} for slug in ("c", "a", "b")})
    assert found("whistle", edition) == ["c#one", "c#two", "a#one", "a#two", "b#one", "b#two"]


def test_pages_follow_one_another(publish: Publish) -> None:
    edition = publish(
        {"a": {"text": "".join(f"## {n} {{: #n{n} }}\n\nA whistle.\n\n" for n in range(10, 35))}}
    )
    everything = found("whistle", edition, limit=100)
    pages = [search.search("whistle", edition, limit=10, offset=offset) for offset in (0, 10, 20, 30)]
    assert len(everything) == 25
    assert [len(page.hits) for page in pages] == [10, 10, 5, 0]
    assert [page.total for page in pages] == [25, 25, 25, 25]
    assert [place for page in pages for place in places(page)] == everything


def test_numbered_paragraphs_are_found_one_by_one(publish: Publish) -> None:
    edition = publish({"a": {"text": "## One\n\nA drum.\n\nA whistle.\n", "numbering": "paragraphs"}})
    (hit,) = search.search("whistle", edition).hits
    assert hit.number == "2"
    assert hit.anchor


@pytest.mark.parametrize("query", ["adoption", "adopti", "multi-agency police", "nowhere-at-all"])
def test_a_search_takes_three_queries_at_most(
    query: str, edition: Edition, django_assert_max_num_queries: CaptureQueriesContext
) -> None:
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        search.search(query, edition)
