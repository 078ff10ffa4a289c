"""Each rule of DESIGN.md about an edition's contents, on made-up chapters called by letters."""

from datetime import UTC, datetime, timedelta

import pytest

from manual.manifest import (
    Change,
    Issue,
    Line,
    ManifestRefused,
    Spot,
    build,
    check_based_on,
    flag,
    flag_window,
)


def new(chapter: str, amendment: str | None = None, **words: object) -> Change:
    return Change(chapter, amendment or f"{chapter}1", "new", **words)


def change(significance: str, chapter: str, amendment: str | None = None, on: str | None = None) -> Change:
    return Change(chapter, amendment or f"{chapter}2", significance, based_on=on or f"{chapter}1")


def amended(*words: str, **more: str) -> Change:
    return change("amended", *words, **more)


def correction(*words: str, **more: str) -> Change:
    return change("correction", *words, **more)


def withdrawn(*words: str, **more: str) -> Change:
    return change("withdrawn", *words, **more)


def numbers(lines: list[Line]) -> list[str]:
    """The contents in order: “1.1 b”, “- c” without a number; withdrawn ones in brackets; gone ones left out."""
    return [
        f"{line.number or '-'} {line.chapter}" if line.living else f"{line.number or '-'} ({line.chapter})"
        for line in lines
        if not line.gone
    ]


def gone(lines: list[Line]) -> set[str]:
    return {line.chapter for line in lines if line.gone}


def of(lines: list[Line], chapter: str) -> Line:
    return next(line for line in lines if line.chapter == chapter)


@pytest.fixture
def first() -> list[Line]:
    """Part a with b and c, c with d under it; part e."""
    return build(
        1,
        [],
        [new("a"), new("b", under="a"), new("c", under="a"), new("d", under="c"), new("e")],
    )


# --- Rules 5 and 6: what a change may be made of ------------------------------------------------------------


def test_a_new_chapter_is_based_on_nothing_where_there_was_none(first):
    assert of(first, "d").amendment == "d1"
    with pytest.raises(ManifestRefused) as refusal:
        build(2, first, [new("f", based_on="f0")])
    assert refusal.value.chapter == "f"


def test_an_amendment_of_what_has_changed_meanwhile_is_refused(first):
    second = build(2, first, [amended("b")])
    with pytest.raises(ManifestRefused, match="bring it up to date") as refusal:
        build(3, second, [amended("b", "b3", on="b1")])
    assert refusal.value.chapter == "b"


def test_an_amendment_that_forgets_what_it_is_based_on_is_refused(first):
    with pytest.raises(ManifestRefused):
        build(2, first, [Change("b", "b2", "amended")])


def test_what_lives_cannot_be_new(first):
    with pytest.raises(ManifestRefused, match="cannot be new"):
        build(2, first, [new("b", "b2", based_on="b1")])


@pytest.mark.parametrize("make", [amended, correction, withdrawn])
def test_what_is_not_in_the_manual_can_only_be_new(first, make):
    with pytest.raises(ManifestRefused, match="only be new"):
        build(2, first, [Change("f", "f1", make("f").significance)])


@pytest.mark.parametrize("make", [amended, correction, withdrawn])
def test_what_was_withdrawn_can_only_be_new(first, make):
    second = build(2, first, [withdrawn("b")])
    with pytest.raises(ManifestRefused, match="only be new"):
        build(3, second, [make("b", "b3", on="b2")])


def test_an_unknown_significance_is_refused(first):
    with pytest.raises(ManifestRefused, match="unknown"):
        build(2, first, [change("improved", "b")])


def test_one_edition_changes_a_chapter_once(first):
    with pytest.raises(ManifestRefused, match="twice"):
        build(2, first, [amended("b"), amended("b", "b3", on="b2")])


def test_a_definition_is_based_on_the_one_before():
    check_based_on({"lado": 1}, [("lado", 2, 1), ("mash", 3, None)])
    for stale in [("lado", 2, None), ("lado", 2, 7), ("mash", 3, 1)]:
        with pytest.raises(ManifestRefused) as refusal:
            check_based_on({"lado": 1}, [stale])
        assert refusal.value.chapter == stale[0]


def test_one_edition_defines_a_keyword_once():
    with pytest.raises(ManifestRefused, match="twice"):
        check_based_on({}, [("lado", 1, None), ("lado", 2, None)])


# --- Rule 7: what a change sets -----------------------------------------------------------------------------


def test_a_new_chapter_was_introduced_and_changed_by_its_edition(first):
    assert (of(first, "b").introduced_in, of(first, "b").changed_in, of(first, "b").withdrawn_in) == (
        1,
        1,
        None,
    )


def test_an_amended_chapter_was_changed_by_its_edition(first):
    line = of(build(2, first, [amended("b")]), "b")
    assert (line.amendment, line.introduced_in, line.changed_in) == ("b2", 1, 2)


def test_a_corrected_chapter_has_new_text_and_was_not_changed(first):
    line = of(build(2, first, [correction("b")]), "b")
    assert (line.amendment, line.introduced_in, line.changed_in) == ("b2", 1, 1)


def test_a_withdrawn_chapter_says_which_edition_withdrew_it(first):
    line = of(build(2, first, [withdrawn("b")]), "b")
    assert (line.amendment, line.introduced_in, line.changed_in, line.withdrawn_in) == ("b2", 1, 1, 2)


def test_a_reinstated_chapter_was_introduced_anew(first):
    second = build(2, first, [withdrawn("b")])
    line = of(build(3, second, [new("b", "b3", based_on="b2", under="a")]), "b")
    assert (line.amendment, line.introduced_in, line.changed_in, line.withdrawn_in) == ("b3", 3, 3, None)


def test_a_move_changes_nothing_but_the_place(first):
    moved = build(
        2, first, [], [Spot("e", None), Spot("a", None), Spot("b", "a"), Spot("c", "a"), Spot("d", "c")]
    )
    for line in moved:
        before = of(first, line.chapter)
        assert (line.amendment, line.introduced_in, line.changed_in) == (
            before.amendment,
            before.introduced_in,
            before.changed_in,
        )


# --- Rule 8: without an arrangement -------------------------------------------------------------------------


def test_without_an_arrangement_everything_keeps_its_place(first):
    second = build(2, first, [amended("c"), correction("a"), withdrawn("b")])
    assert numbers(first) == ["1 a", "1.1 b", "1.2 c", "1.2.1 d", "2 e"]
    assert numbers(second) == ["1 a", "1.1 (b)", "1.2 c", "1.2.1 d", "2 e"]


def test_a_new_chapter_stands_last_under_its_parent(first):
    second = build(2, first, [new("f", under="a")])
    assert numbers(second) == ["1 a", "1.1 b", "1.2 c", "1.2.1 d", "1.3 f", "2 e"]


def test_a_new_part_stands_last(first):
    assert numbers(build(2, first, [new("f")]))[-1] == "3 f"


def test_two_new_chapters_stand_in_the_order_given(first):
    second = build(2, first, [new("g", under="e"), new("f", under="e")])
    assert numbers(second)[-3:] == ["2 e", "2.1 g", "2.2 f"]


def test_a_new_chapter_may_stand_under_a_new_one_given_after_it(first):
    second = build(2, first, [new("g", under="f"), new("f", under="e")])
    assert numbers(second)[-3:] == ["2 e", "2.1 f", "2.1.1 g"]


def test_a_reinstated_chapter_that_is_still_in_place_keeps_its_number(first):
    second = build(2, first, [withdrawn("b")])
    third = build(3, second, [new("b", "b3", based_on="b2", under="e", numbered=False)])
    assert numbers(third) == numbers(first)


def test_a_chapter_that_returns_from_gone_stands_last_under_its_parent(first):
    second = build(2, first, [withdrawn("b")])
    third = build(
        3, second, [], [Spot("a", None), Spot("b", "a"), Spot("c", "a"), Spot("d", "c"), Spot("e", None)]
    )
    assert gone(third) == {"b"}
    fourth = build(4, third, [new("b", "b3", based_on="b2", under="a")])
    assert numbers(fourth) == ["1 a", "1.1 c", "1.1.1 d", "1.2 b", "2 e"]
    assert gone(fourth) == set()


# --- Rule 9: with an arrangement ----------------------------------------------------------------------------


def test_entries_follow_the_arrangement(first):
    arrangement = [Spot("e", None), Spot("c", "e"), Spot("d", "c"), Spot("b", "e"), Spot("a", None)]
    assert numbers(build(2, first, [], arrangement)) == ["1 e", "1.1 c", "1.1.1 d", "1.2 b", "2 a"]


def test_a_node_without_an_amendment_is_skipped(first):
    arrangement = [
        Spot("planned", None),
        *(Spot(line.chapter, line.parent) for line in first),
        Spot("unwritten", "e"),
    ]
    assert numbers(build(2, first, [], arrangement)) == numbers(first)


def test_what_the_arrangement_does_not_know_stands_last_under_its_parent(first):
    arrangement = [Spot("e", None), Spot("a", None), Spot("c", "a")]
    assert numbers(build(2, first, [], arrangement)) == ["1 e", "2 a", "2.1 c", "2.1.1 d", "2.2 b"]


def test_a_new_chapter_stands_where_the_arrangement_has_it(first):
    arrangement = [
        Spot("e", None),
        Spot("f", "e"),
        Spot("a", None),
        Spot("b", "a"),
        Spot("c", "a"),
        Spot("d", "c"),
    ]
    second = build(2, first, [new("f", under="a")], arrangement)
    assert numbers(second) == ["1 e", "1.1 f", "2 a", "2.1 b", "2.2 c", "2.2.1 d"]


def test_what_arrives_without_the_arrangement_knowing_it_stands_in_the_order_given(first):
    """Whether it is new or returns from gone, as without an arrangement."""
    known = [Spot(line.chapter, line.parent) for line in first]
    third = build(3, build(2, first, [withdrawn("b")]), [], known)
    changes = [new("f", under="a"), new("b", "b3", based_on="b2", under="a")]
    assert numbers(build(4, third, changes))[2:5] == ["1.1.1 d", "1.2 f", "1.3 b"]
    without_b = [spot for spot in known if spot.chapter != "b"]
    assert numbers(build(4, third, changes, without_b))[2:5] == ["1.1.1 d", "1.2 f", "1.3 b"]


# --- Rule 10: what becomes of the withdrawn -----------------------------------------------------------------


def test_what_this_edition_withdraws_keeps_its_place_even_when_it_is_arranged(first):
    arrangement = [Spot(line.chapter, line.parent) for line in first]
    second = build(2, first, [withdrawn("b")], arrangement)
    assert numbers(second) == ["1 a", "1.1 (b)", "1.2 c", "1.2.1 d", "2 e"]


def test_an_arrangement_makes_gone_what_an_earlier_edition_withdrew(first):
    arrangement = [Spot(line.chapter, line.parent) for line in first]
    second = build(2, first, [withdrawn("b")])
    third = build(3, second, [], arrangement)
    assert numbers(third) == ["1 a", "1.1 c", "1.1.1 d", "2 e"]
    assert gone(third) == {"b"}
    assert (of(third, "b").number, of(third, "b").withdrawn_in, of(third, "b").amendment) == ("", 2, "b2")
    assert third[-1].chapter == "b"


def test_what_is_gone_stays_gone_through_later_editions(first):
    arrangement = [Spot(line.chapter, line.parent) for line in first]
    third = build(3, build(2, first, [withdrawn("b")]), [], arrangement)
    fourth = build(4, third, [amended("e")])
    assert gone(build(5, fourth, [], arrangement)) == {"b"}


def test_what_is_gone_can_be_new_again_and_nothing_else(first):
    arrangement = [Spot(line.chapter, line.parent) for line in first]
    third = build(3, build(2, first, [withdrawn("b")]), [], arrangement)
    with pytest.raises(ManifestRefused):
        build(4, third, [amended("b", "b3", on="b2")])
    line = of(build(4, third, [new("b", "b3", based_on="b2", under="a")], arrangement), "b")
    assert (line.introduced_in, line.withdrawn_in, line.gone, line.number) == (4, None, False, "1.1")


# --- Rule 11: numbers ---------------------------------------------------------------------------------------


def test_numbers_count_from_one_and_are_prefixed_by_the_parents(first):
    assert numbers(first) == ["1 a", "1.1 b", "1.2 c", "1.2.1 d", "2 e"]
    assert [line.level for line in first] == [0, 1, 1, 2, 0]


def test_unnumbered_entries_do_not_count(first):
    second = build(2, first, [new("f", under="a", numbered=False), new("g", under="a")])
    assert numbers(second) == ["1 a", "1.1 b", "1.2 c", "1.2.1 d", "- f", "1.3 g", "2 e"]


def test_unnumbered_entries_do_not_number_their_descendants(first):
    second = build(2, first, [new("f", numbered=False), new("g", under="f"), new("h", under="g"), new("i")])
    assert numbers(second)[-4:] == ["- f", "- g", "- h", "3 i"]


def test_withdrawn_entries_in_place_count(first):
    assert "1.2 c" in numbers(build(2, first, [withdrawn("b")]))


def test_the_tenth_neighbour_is_number_ten():
    lines = build(1, [], [new("a"), *(new(f"b{n}", under="a") for n in range(12))])
    assert numbers(lines)[-3:] == ["1.10 b9", "1.11 b10", "1.12 b11"]


def test_the_contents_are_at_most_ten_levels_deep() -> None:
    chain = [new("0"), *(new(str(n), under=str(n - 1)) for n in range(1, 11))]
    assert build(1, [], chain[:10])[-1].number == "1.1.1.1.1.1.1.1.1.1"
    with pytest.raises(ManifestRefused, match="deeper") as refusal:
        build(1, [], chain)
    assert refusal.value.chapter == "10"


# --- Rule 12: no place --------------------------------------------------------------------------------------


def test_an_entry_without_a_placed_parent_is_refused(first):
    with pytest.raises(ManifestRefused, match="no place") as refusal:
        build(2, first, [new("f", under="nowhere")])
    assert refusal.value.chapter == "f"


def test_an_entry_under_what_is_gone_is_refused(first):
    second = build(2, first, [withdrawn("b")])
    third = build(3, second, [], [Spot(line.chapter, line.parent) for line in first])
    with pytest.raises(ManifestRefused, match="no place"):
        build(4, third, [new("f", under="b")])


def test_two_entries_under_each_other_are_refused(first):
    with pytest.raises(ManifestRefused, match="no place"):
        build(2, first, [], [Spot("a", "e"), Spot("e", "a")])


def test_a_living_entry_under_a_withdrawn_one_is_refused(first):
    with pytest.raises(ManifestRefused, match="under a withdrawn") as refusal:
        build(2, first, [withdrawn("c")])
    assert refusal.value.chapter == "d"
    with pytest.raises(ManifestRefused, match="under a withdrawn"):
        build(3, build(2, first, [withdrawn("b")]), [new("f", under="b")])


def test_a_withdrawn_entry_may_take_its_withdrawn_descendants_with_it(first):
    second = build(2, first, [withdrawn("c"), withdrawn("d")])
    assert numbers(second) == ["1 a", "1.1 b", "1.2 (c)", "1.2.1 (d)", "2 e"]
    arrangement = [Spot(line.chapter, line.parent) for line in first]
    assert gone(build(3, second, [], arrangement)) == {"c", "d"}


def test_an_arrangement_cannot_leave_a_living_entry_under_what_goes(first):
    second = build(2, first, [withdrawn("b")])
    arrangement = [Spot("a", None), Spot("b", "a"), Spot("c", "b"), Spot("d", "c"), Spot("e", None)]
    with pytest.raises(ManifestRefused, match="no place"):
        build(3, second, [], arrangement)


# --- Rule 13: flags -----------------------------------------------------------------------------------------

START = datetime(2030, 1, 1, 9, tzinfo=UTC)


def issues(*facts: tuple[str, float]) -> list[Issue]:
    """Editions 1, 2, 3 …, each of a kind and so many days after the first."""
    return [Issue(key, kind, START + timedelta(days=days)) for key, (kind, days) in enumerate(facts, start=1)]


def test_the_first_edition_flags_nothing():
    assert flag_window([]) == set()
    assert flag_window(issues(("ordinary", 0))) == set()


def test_the_newest_ordinary_edition_and_those_after_it_are_flagged():
    history = issues(
        ("ordinary", 0), ("ordinary", 100), ("ordinary", 200), ("urgent", 210), ("correction", 220)
    )
    assert flag_window(history) == {3, 4, 5}


def test_the_second_edition_is_the_base_where_no_ordinary_one_follows_the_first():
    assert flag_window(issues(("ordinary", 0), ("urgent", 100), ("urgent", 200))) == {2, 3}
    assert flag_window(issues(("ordinary", 0), ("correction", 100))) == {2}


@pytest.mark.parametrize(("days", "flagged"), [(27.999, True), (28, False), (40, False)])
def test_an_urgent_edition_fewer_than_28_days_before_the_base_counts_too(days, flagged):
    history = issues(("ordinary", 0), ("urgent", 100), ("ordinary", 100 + days))
    assert flag_window(history) == ({2, 3} if flagged else {3})


def test_an_ordinary_or_correcting_edition_shortly_before_the_base_does_not_count():
    assert flag_window(issues(("ordinary", 0), ("ordinary", 99), ("correction", 100), ("ordinary", 101))) == {
        4
    }


def test_what_was_introduced_in_the_window_is_new_and_what_was_changed_is_updated():
    assert flag(3, 3, {3, 4}) == "new"
    assert flag(3, 4, {3, 4}) == "new"
    assert flag(1, 4, {3, 4}) == "updated"
    assert flag(1, 2, {3, 4}) == ""
