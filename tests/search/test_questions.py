"""What is asked in whole sentences, or in other words than the manual's, leads to the section that answers it."""

import pytest

from manual.models import Edition, Synonym
from manual.search import ranking
from manual.search.leads import leads_of
from manual.search.questions import carries, hoped_for
from tests.manual_maker import meaning
from tests.remembered import remembered
from tests.search.conftest import Publish, ask, places, publish_next


@pytest.fixture
@remembered
def dogs(db: None) -> Edition:
    return publish_next(
        {
            "dogs": {
                "title": "Dangerous dogs",
                "text": "## Bites {: #bites }\n\nA dog bite needs a surgeon; see [](chapter:wounds#clean).\n\n"
                "## What to do {: #do }\n\nRing for help at once.\n\n"
                "## Timescales {: #times }\n\nA bite is reported within a day.",
            },
            "wounds": {
                "title": "Wounds",
                "text": "## Cleaning {: #clean }\n\nA wound from a bite is washed.\n\n"
                "## Dressing {: #dress }\n\nA wound from a bite is dressed.",
            },
        }
    )


# --- Questions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("How long have we got to hold it?", " timescal "),
        ("Who should I tell?", " who "),
        ("can I refer without the parents’ consent", " consent "),
        ("what happens next", " next "),
    ],
)
def test_a_question_hopes_for_a_kind_of_section(question: str, heading: str) -> None:
    assert any(heading in headings for headings in hoped_for(question))


def test_a_name_hopes_for_no_kind_of_section() -> None:
    assert hoped_for("core group") == ()


def test_some_words_only_carry_a_question() -> None:
    assert carries("need")
    assert not carries("bruise")


def test_a_question_about_time_finds_the_section_on_timescales(dogs: Edition) -> None:
    assert places(ask("how soon must I report a dog bite", dogs))[0] == "dogs#times"


# --- Other words --------------------------------------------------------------------------------------------


def test_another_ending_of_a_word_of_the_manual_is_no_slip(dogs: Edition) -> None:
    assert ask("who washes biting", dogs).corrected == ""


def test_a_word_that_editors_know_is_no_slip(dogs: Edition) -> None:
    assert ask("surgoen", dogs).corrected == "surgeon"
    Synonym.objects.create(forms=["surgoen", "bite"])
    assert ask("surgoen", dogs).corrected == ""


def test_a_short_word_that_begins_otherwise_is_not_meant(dogs: Edition) -> None:
    assert ask("lite", dogs).corrected == ""


def test_the_best_chapter_answers_in_other_words_too(dogs: Edition) -> None:
    assert "dogs#do" in places(ask("dog toddler", dogs))


def test_what_is_left_out_stays_out_of_the_best_chapter(dogs: Edition) -> None:
    assert "dogs#do" not in places(ask("dog toddler -ring", dogs))


# --- Where sections lead ------------------------------------------------------------------------------------


def test_what_a_good_section_leads_to_stands_before_what_it_does_not(dogs: Edition) -> None:
    found = places(ask("bite surgeon", dogs))
    assert found.index("wounds#clean") < found.index("wounds#dress")
    assert ranking.Worth.section_led_to > 0


def test_each_section_tells_where_it_leads() -> None:
    text = "See [](chapter:a).\n\n## B {: #b }\n\n[x](chapter:c#d), [](chapter:c#d)\n\n## E {: #e .guidance }\n\nNo.\n"
    assert leads_of(text) == {"": "a", "b": "c#d"}


def test_an_abbreviation_leads_to_the_chapter_that_its_meaning_names(publish: Publish) -> None:
    edition = publish(
        {"deaths": {"title": "When a child dies", "text": "Ring the police."}, "b": {"text": "Zebras."}},
        definitions=[
            meaning(
                "panel", name="Panel", also=["CDOP"], meaning="It meets monthly. Read [](chapter:deaths)."
            )
        ],
    )
    assert places(ask("CDOP", edition)) == ["deaths"]
