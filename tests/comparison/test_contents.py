"""What became of each chapter between two contents, against a model that looks at one chapter after another."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from manual.comparison import Standing, what_became


def standing(chapter, parent=None, number="1", title="Title", text="text", version=1, state="living"):
    return Standing(chapter, parent, number, title, text, version, state)


A, B, C, D = (standing(letter, number=str(place)) for place, letter in enumerate("abcd", 1))


def test_a_contents_differs_from_itself_in_nothing():
    assert what_became([A, B, C], [A, B, C]) == {}


def test_everything_is_new_where_nothing_was_in_force():
    assert what_became([], [A, B]) == {"a": ["New"], "b": ["New"]}


def test_a_chapter_put_in_renumbers_those_after_it_and_moves_none():
    after = [A, standing("x", number="2"), B._replace(number="3"), C._replace(number="4")]
    assert what_became([A, B, C], after) == {"x": ["New"], "b": ["Renumbered"], "c": ["Renumbered"]}


def test_only_the_chapter_that_moved_is_called_moved():
    after = [standing(key, number=str(place)) for place, key in enumerate("bcda", 1)]
    assert what_became([A, B, C, D], after) == {
        "b": ["Renumbered"],
        "c": ["Renumbered"],
        "d": ["Renumbered"],
        "a": ["Moved", "Renumbered"],
    }


def test_another_parent_is_a_move():
    assert what_became([A, B], [A, B._replace(parent="a")]) == {"b": ["Moved"]}


def test_all_that_happened_to_a_chapter_is_said_at_once():
    after = [B._replace(number="1", title="Other", text="other", version=2), A._replace(number="2")]
    assert sorted(what_became([A, B], after)["b"]) in (
        ["Changed", "Moved", "Renamed", "Renumbered"],
        ["Changed", "Renamed", "Renumbered"],
    )


def test_a_correction_is_called_one():
    after = [A._replace(text="other", version=2)]
    assert what_became([A], after, corrected={"a"}) == {"a": ["Corrected"]}


def test_a_new_title_alone_is_a_renaming():
    assert what_became([A], [A._replace(title="Other", version=2)]) == {"a": ["Renamed"]}


def test_a_text_that_was_amended_and_says_the_same_again_is_still_listed():
    assert what_became([A], [A._replace(version=3)]) == {"a": ["Changed"]}


def test_withdrawn_gone_and_reinstated():
    withdrawn = A._replace(state="withdrawn", version=2)
    gone = withdrawn._replace(state="gone", number="")
    assert what_became([A], [withdrawn]) == {"a": ["Withdrawn"]}
    assert what_became([withdrawn], [gone]) == {"a": ["Moved"]}
    assert what_became([gone], [gone]) == {}
    assert what_became([gone], [A._replace(version=3)]) == {"a": ["Reinstated"]}
    assert what_became([], [gone]) == {"a": ["Withdrawn"]}


KEYS = st.lists(st.sampled_from("abcdef"), unique=True)


@st.composite
def contents(draw):
    keys = draw(KEYS)
    found = []
    for place, key in enumerate(keys):
        state = draw(st.sampled_from(["living", "living", "living", "withdrawn", "gone"]))
        found.append(
            Standing(
                key,
                draw(st.sampled_from([None, *keys[:place]])),
                "" if state == "gone" else draw(st.sampled_from("12")),
                draw(st.sampled_from(["One", "Two"])),
                draw(st.sampled_from(["text", "other"])),
                draw(st.integers(1, 2)),
                state,
            )
        )
    return found


def naive(before, after, key):
    """The words for one chapter; of Moved it is known only where nothing else could have moved."""
    was = next((each for each in before if each.chapter == key), None)
    now = next((each for each in after if each.chapter == key), None)
    if now is None:
        return {"Withdrawn"}
    if was is None:
        return {"New"} if now.state == "living" else {"Withdrawn"}
    found = set()
    if was.version != now.version:
        if now.state != "living":
            found.add("Withdrawn")
        elif was.state != "living":
            found.add("Reinstated")
        elif was.text != now.text or was.title == now.title:
            found.add("Changed")
    if was.title != now.title:
        found.add("Renamed")
    if was.state != "gone" and now.state != "gone" and was.number != now.number:
        found.add("Renumbered")
    return found


@settings(max_examples=60)
@given(contents(), contents())
def test_the_words_are_those_of_a_model_that_looks_at_each_chapter_alone(before, after):
    found = what_became(before, after)
    for key in {each.chapter for each in (*before, *after)}:
        assert set(found.get(key, [])) - {"Moved"} == naive(before, after, key)
    newer = [each.chapter for each in after]
    older = [each.chapter for each in before if each.chapter not in newer]
    assert list(found) == [key for key in (*newer, *older) if key in found]


@settings(max_examples=60)
@given(contents(), contents())
def test_as_few_chapters_as_possible_are_called_moved(before, after):
    were = {each.chapter: place for place, each in enumerate(before)}
    moved = {key for key, words in what_became(before, after).items() if "Moved" in words}
    by_key = {each.chapter: each for each in before}
    in_both = [each for each in after if each.chapter in were and by_key[each.chapter].state != "gone"]
    assert moved <= {each.chapter for each in in_both}
    for each in in_both:
        if each.state == "gone" and each.version != by_key[each.chapter].version:
            # It leaves the contents because it is withdrawn.
            assert each.chapter not in moved
            continue
        stays_under = each.state != "gone" and by_key[each.chapter].parent == each.parent
        assert stays_under or each.chapter in moved
    for parent in {each.parent for each in in_both}:
        siblings = [
            each.chapter
            for each in in_both
            if each.parent == parent == by_key[each.chapter].parent and each.state != "gone"
        ]
        stayed = [key for key in siblings if key not in moved]
        assert [were[key] for key in stayed] == sorted(were[key] for key in stayed)
        longest = max(
            len(some)
            for size in range(len(siblings) + 1)
            for some in combinations(siblings, size)
            if [were[key] for key in some] == sorted(were[key] for key in some)
        )
        assert len(stayed) == longest


@settings(max_examples=20)
@given(contents())
def test_any_contents_differs_from_itself_in_nothing(same):
    assert what_became(same, same) == {}
