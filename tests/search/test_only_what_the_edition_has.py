"""A search is of one edition: its entries, with the amendments that it has."""

from manual import search, workflow
from manual.models import Amendment, Edition, Section
from tests.manual_maker import DAY, FAR_AHEAD, MINUTE
from tests.search.conftest import Publish, amendment_of, ask, found


def test_an_amended_text_is_found_in_its_edition_and_the_old_one_in_the_old(publish: Publish) -> None:
    first = publish({"a": {"text": "## One {: #one }\n\nA drum."}})
    second = publish({"a": {"text": "## One {: #one }\n\nA whistle."}})
    assert (found("drum", first), found("drum", second)) == (["a#one"], [])
    assert (found("whistle", first), found("whistle", second)) == ([], ["a#one"])


def test_a_new_chapter_is_not_found_before_its_edition(publish: Publish) -> None:
    first = publish({"a": {}})
    second = publish({"whistle": {"title": "Whistle"}})
    assert found("whistle", first) == []
    assert found("whistle", second) == ["whistle"]


def test_a_withdrawn_chapter_is_not_found_from_then_on(publish: Publish) -> None:
    text = "## One {: #one }\n\nA whistle."
    first = publish({"a": {"text": text}, "b": {}})
    withdrawn = publish({"a": {"text": text, "significance": "withdrawn"}}, rearrange=False)
    gone = publish({"b": {"text": "Other words."}})
    assert found("whistle", first) == ["a#one"]
    assert found("whistle", withdrawn) == found("whistle", gone) == []
    assert not search.mentions(["whistle"], withdrawn) | search.mentions(["whistle"], gone)


def test_nothing_is_found_in_an_edition_in_preparation(edition: Edition) -> None:
    """It has no contents yet that a search could be asked for; what is found without them is found in none."""
    assert search.mentions(["adoption"], edition)
    assert search.mentions(["adoption"], Edition.objects.create(name="Summer")) == set()


def test_what_is_not_published_is_not_found(edition: Edition) -> None:
    chapter = amendment_of("adoption").chapter
    workflow.draft(chapter, by=None, title="Whistle", text="## Whistle\n\nA whistle.", note="New.")
    assert found("whistle", edition) == []


def test_an_edition_that_is_taken_back_is_out_of_the_index(publish: Publish, edition: Edition) -> None:
    second = publish({"a": {"text": "## One {: #one }\n\nA whistle."}}, effective_at=FAR_AHEAD + 9 * DAY)
    assert found("whistle", second) == ["a#one"]
    workflow.unschedule(second, by=None, at=FAR_AHEAD + MINUTE)
    assert found("whistle", edition) == []
    assert search.rebuild() == 5


def test_indexing_again_changes_nothing(edition: Edition) -> None:
    before = found("adoption", edition)
    search.index(Amendment.objects.published())
    search.index(Amendment.objects.published())
    assert found("adoption", edition) == before
    assert ask("adoption", edition).whole == len(before)


def test_what_is_forgotten_is_not_found_until_it_is_indexed_again(edition: Edition) -> None:
    search.forget([amendment_of("adoption")])
    assert found("birth", edition) == []
    assert found("police", edition) != []
    search.index([amendment_of("adoption")])
    assert found("birth", edition) == ["adoption#afterwards"]


def test_nothing_can_be_indexed_and_forgotten(db: None) -> None:
    search.index([])
    search.forget([])


def test_a_text_that_is_rendered_anew_is_found_where_it_now_is(edition: Edition) -> None:
    amendment = amendment_of("adoption")
    old = set(amendment.sections.values_list("pk", flat=True))
    Amendment.objects.filter(pk=amendment.pk).update(rendered_with="older")
    workflow.rerender()
    assert not old & set(amendment.sections.values_list("pk", flat=True))
    assert found("afterwards", edition) == ["adoption#afterwards"]
    assert ask("afterwards", edition).total == 1


def test_fewer_sections_than_before_leave_nothing_behind(edition: Edition) -> None:
    amendment = amendment_of("adoption")
    Section.objects.filter(amendment=amendment, anchor="afterwards").delete()
    search.index([amendment])
    assert found("afterwards", edition) == []


def test_an_index_made_long_ago_leads_to_sections_of_its_time(edition: Edition) -> None:
    """Sections that were made anew without index() keep their old place, but nothing is found twice or breaks."""
    Section.objects.all().delete()
    assert found("afterwards", edition) == ["adoption#afterwards"]
