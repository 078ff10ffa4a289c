"""What was typed is understood: slips, other names, phrases, what is to be left out, and what answers at once."""

import pytest

from manual import search, workflow
from manual.models import Chapter, Contents, Edition, Synonym
from manual.search import Filters, postgres, sqlite
from tests.manual_maker import meaning
from tests.remembered import remembered
from tests.search.conftest import Publish, ask, found, places, publish_next


@pytest.fixture
@remembered
def care(db: None) -> Edition:
    """A manual that writes of the same things under different names."""
    return publish_next(
        {
            "visits": {"text": "## Visits {: #visits }\n\nA looked after child is visited every week."},
            "records": {"text": "## Records {: #records }\n\nThe file of a LAC names the carer."},
            "care": {"text": "## Health {: #health }\n\nA child in care sees a doctor. Nobody else decides."},
            "dogs": {"text": "## Dogs {: #dogs }\n\nA dog bite needs a surgeon."},
        },
        definitions=[meaning("looked-after-child", name="Looked after child", also=["LAC", "child in care"])],
    )


# --- Slips of the keyboard ----------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["hosptal", "hopsital", "hospittal", "hospitol"])
def test_a_slip_is_put_right_from_the_words_of_the_manual(typed: str, edition: Edition) -> None:
    results = ask(typed, edition)
    assert results.corrected == "hospital"
    assert places(results) == ["enquiries#strategy"]


def test_only_the_wrong_word_is_put_right(edition: Edition) -> None:
    results = ask("police hosptal", edition)
    assert results.corrected == "police hospital"
    assert places(results)[0] == "enquiries#strategy"


def test_two_words_that_were_written_as_one_are_parted(edition: Edition) -> None:
    results = ask("birthfamily", edition)
    assert results.corrected == "birth family"
    assert "adoption#afterwards" in places(results)


def test_nothing_is_put_right_where_the_reader_says_so(edition: Edition) -> None:
    results = ask("hosptal", edition, correct=False)
    assert (results.corrected, results.total) == ("", 0)


@pytest.mark.parametrize("typed", ["xylophone", "47", "hospital", "hosp"])
def test_what_is_like_no_word_or_is_right_is_left_alone(typed: str, edition: Edition) -> None:
    assert ask(typed, edition).corrected == ""


def test_a_word_of_another_edition_corrects_nothing(publish: Publish) -> None:
    first = publish({"a": {"text": "## One {: #one }\n\nA trumpet."}})
    second = publish({"a": {"text": "## One {: #one }\n\nA whistle."}})
    assert ask("trumpett", first).corrected == "trumpet"
    assert ask("trumpett", second).corrected == ""


# --- Other names --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["LAC", "lac", "looked after child", "looked after children", "child in care"]
)
def test_every_form_of_a_keyword_finds_what_has_another(typed: str, care: Edition) -> None:
    assert set(found(typed, care)) == {"visits#visits", "records#records", "care#health"}


def test_what_editors_say_means_the_same_is_found_at_once_and_no_longer_when_it_is_taken_out(
    care: Edition,
) -> None:
    assert found("canine bite", care) == []
    synonym = workflow.add_synonym(by=None, forms=["canine", "dog"])
    assert found("canine bite", care) == ["dogs#dogs"]
    assert Synonym.objects.live().count() == 1
    workflow.take_out_synonym(synonym, by=None)
    assert found("canine bite", care) == []


def test_synonyms_work_both_ways_and_reach_what_the_glossary_says(care: Edition) -> None:
    workflow.add_synonym(by=None, forms=["foster kid", "LAC"])
    assert set(found("foster kid", care)) == {"visits#visits", "records#records", "care#health"}


# --- Phrases, and what is to be left out --------------------------------------------------------------------


@pytest.mark.parametrize("query", ['"sees a doctor"', "“sees a doctor”", '"SEES, a doctor"'])
def test_a_phrase_stands_together(query: str, care: Edition) -> None:
    assert found(query, care) == ["care#health"]


def test_a_phrase_in_another_order_is_not_found(care: Edition) -> None:
    assert found('"doctor sees"', care) == []


def test_a_minus_leaves_out(edition: Edition) -> None:
    assert set(found("police", edition)) == {"enquiries#strategy", "e-safety#images"}
    assert found("police -hospital", edition) == ["e-safety#images"]
    assert found('police -"take the telephone"', edition) == ["enquiries#strategy"]


@pytest.mark.parametrize("many", [1, 100])
def test_a_minus_leaves_out_what_is_called_by_the_words(
    many: int, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where far more have the words than are looked at, those that are called by them are asked for besides."""
    monkeypatch.setattr(sqlite, "MOST_FOUND", many)
    monkeypatch.setattr(postgres, "MOST_FOUND", many)
    edition = publish(
        {
            "drums": {
                "title": "Music",
                "text": "## Drums {: #drums }\n\nOne is loud.\n\n## Drums in rooms {: #rooms }\n\nA whistle is not.",
            },
        }
    )
    assert set(found("drums", edition)) == {"drums#drums", "drums#rooms"}
    assert found("drums -whistle", edition) == ["drums#drums"]


def test_what_is_called_by_a_word_comes_first_however_many_have_it(
    publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "MOST_FOUND", 60)
    monkeypatch.setattr(sqlite, "AT_ONCE", 30)
    monkeypatch.setattr(postgres, "MOST_FOUND", 60)
    sections = "".join(
        f"## Step {n} {{: #step-{n} }}\n\nBring drums and a flute. Drums.\n\n" for n in range(30)
    )
    edition = publish(
        {
            **{f"alike-{n}": {"title": "Music", "text": sections} for n in range(3)},
            "late": {"title": "Late", "text": "## What drums are {: #what }\n\nThey are hollow."},
            "last": {"title": "Drums", "text": "They are loud."},
        }
    )
    assert found("drums", edition)[:2] == ["last", "late#what"]


def test_a_minus_alone_finds_nothing(edition: Edition) -> None:
    results = ask("-police", edition)
    assert (results.total, results.words) == (0, [])


def test_a_minus_inside_a_word_is_a_hyphen(edition: Edition) -> None:
    assert "e-safety" in found("e-safety", edition)


# --- What answers at once -----------------------------------------------------------------------------------


def answered(query: str, edition: Edition) -> search.Answers:
    return search.answer(query, Contents.of(edition))


def test_a_number_is_a_chapter_and_with_more_a_section_of_it(edition: Edition) -> None:
    line = Contents.of(edition).by_slug["adoption"]
    assert answered(line.number, edition).number_of is line
    inside = answered(f"{line.number}.2", edition)
    assert (inside.number_of, inside.section, inside.address) == (line, "2", "/chapters/adoption/#2")
    assert answered(f"{line.number}.99", edition).number_of is None
    assert answered("99", edition).number_of is None


def test_an_exact_title_and_an_exact_keyword_answer(care: Edition, edition: Edition) -> None:
    titled = answered("child protection section 47 enquiries", edition).titled
    assert titled is not None
    assert titled.slug == "enquiries"
    assert [card.slug for card in answered("lac", care).cards] == ["looked-after-child"]
    assert answered("lac visits", care).cards == []


def test_a_keyword_that_has_some_of_the_words_stands_among_the_results(care: Edition) -> None:
    named = [group.meaning.slug for group in ask("looked after child visited", care).groups if group.meaning]
    assert named == ["looked-after-child"]


def test_a_keyword_is_shown_as_a_reader_has_it(publish: Publish) -> None:
    words = "Those who **meet** & plan.\n\nRead [](chapter:plans) or [that](chapter:plans#who)."
    edition = publish(
        {"plans": {"title": "Safety plans", "text": "## Who {: #who }\n\nThe core group."}},
        definitions=[meaning("core-group", name="Core group", meaning=words)],
    )
    [group] = [group for group in ask("core", edition).groups if group.meaning]
    assert (
        "".join(part for part, _marked in group.passage)
        == "Those who meet & plan. Read 1 Safety plans or that (1, section 1)."
    )


def test_a_keyword_that_answers_at_once_is_not_found_again(care: Edition) -> None:
    assert not [group for group in ask("LAC", care).groups if group.meaning]


@pytest.mark.parametrize("query", ["s47", "s 47", "s.47", "sec 47", "Sec. 47", "section 47", "S47"])
def test_a_section_of_an_act_is_found_however_it_is_cited(query: str, edition: Edition) -> None:
    assert found(query, edition) == ["enquiries"]


@pytest.mark.parametrize(
    "query", ["01632 960111", "01632960111", "01632 960 111", "+44 1632 960111", "01632-960111"]
)
def test_a_telephone_number_is_found_however_it_is_spaced(query: str, publish: Publish) -> None:
    edition = publish(
        {"a": {"text": "## One {: #one }\n\nRing 01632 960111."}, "b": {"text": "Ring 01632 960112."}}
    )
    assert found(query, edition) == ["a#one"]


# --- Groups and filters -------------------------------------------------------------------------------------


def test_a_chapter_stands_once_with_six_sections_at_most(publish: Publish) -> None:
    many = "".join(f"## Whistle {n} {{: #w{n} }}\n\nA whistle.\n\n" for n in range(8))
    edition = publish({"a": {"text": many}, "b": {"text": "## One {: #one }\n\nA whistle."}})
    results = ask("whistle", edition)
    assert [(group.line.slug, len(group.hits), group.more) for group in results.groups if group.line] == [
        ("a", 6, 2),
        ("b", 1, 0),
    ]
    assert (results.total, results.whole, results.chapters) == (9, 9, 2)
    (all_of_it,) = ask("whistle", edition, filters=Filters(chapter="a")).groups
    assert (len(all_of_it.hits), all_of_it.more) == (8, 0)


def test_those_with_every_word_come_before_those_with_some(care: Edition) -> None:
    results = ask("dog bite doctor", care)
    assert results.loose
    assert {"dogs#dogs", "care#health"} <= set(places(results))
    results = ask("dog bite", care)
    assert (results.loose, results.whole, places(results)[0]) == (False, 1, "dogs#dogs")


def test_a_withdrawn_chapter_is_found_only_on_request_and_last(publish: Publish) -> None:
    text = "## Whistle {: #w }\n\nA whistle."
    publish({"a": {"text": text}, "b": {"text": "## One {: #one }\n\nOf a whistle."}})
    edition = publish({"a": {"text": text, "significance": "withdrawn"}}, rearrange=False)
    assert found("whistle", edition) == ["b#one"]
    assert found("whistle", edition, filters=Filters(withdrawn=True)) == ["b#one", "a#w"]


def test_filters_narrow_to_a_part_to_what_changed_and_to_a_kind_of_passage(publish: Publish) -> None:
    first = publish(
        {
            "part": {"kind": "part", "title": "Part"},
            "a": {"text": "## One {: #one }\n\nA whistle.\n\n## Two {: #two .guidance }\n\nA whistle."},
            "b": {"text": "## One {: #one }\n\nA whistle."},
        }
    )
    second = publish({"b": {"text": "## One {: #one }\n\nA whistle and a drum."}})
    assert set(found("whistle", second)) == {"a#one", "a#two", "b#one"}
    assert found("whistle", second, filters=Filters(changed_in={second.pk})) == ["b#one"]
    assert found("whistle", second, filters=Filters(changed_in={first.pk, second.pk}, chapter="b")) == [
        "b#one"
    ]
    assert set(found("whistle", second, filters=Filters(status="procedure"))) == {"a#one", "b#one"}
    assert found("whistle", second, filters=Filters(status="guidance")) == ["a#two"]
    assert found("whistle", second, filters=Filters(part="part")) == []


def test_a_part_has_what_stands_in_it_however_deep(publish: Publish) -> None:
    part = Chapter.objects.add("part", kind="part")
    group = Chapter.objects.add("group", kind="group", parent=part)
    Chapter.objects.add("inside", parent=group)
    edition = publish(
        {
            "part": {"kind": "part", "title": "Part"},
            "group": {"kind": "group", "title": "Group"},
            "inside": {"text": "## One {: #one }\n\nA whistle."},
            "outside": {"text": "## One {: #one }\n\nA whistle."},
        }
    )
    assert set(found("whistle", edition)) == {"inside#one", "outside#one"}
    assert found("whistle", edition, filters=Filters(part="part")) == ["inside#one"]
