"""A draft is brought up to date: what two people wrote is joined, and what they both changed is left to an editor."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manual.comparison import MARKER, merged, unsettled
from manual.rendering import render

BASE = """\
A strategy discussion is held within three working days. The police are told. The parents are asked.

## Who comes

- the social worker
- the health visitor
- the school

It is minuted.
"""

SENTENCES = st.sampled_from(
    ["Ring the police.", "Wait.", "Tell the parents.", "It must be minuted!", "Why?", "- item"]
)
TEXTS = st.lists(st.lists(SENTENCES, max_size=4).map(" ".join), max_size=6).map("\n".join)


def changed(*changes):
    text = BASE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def test_changes_in_different_lines_join():
    joined = merged(BASE, changed(("- the school", "- the head teacher")), changed(("minuted", "recorded")))
    assert joined.is_settled
    assert joined.text == changed(("- the school", "- the head teacher"), ("minuted", "recorded"))


def test_changes_in_lines_next_to_each_other_join():
    joined = merged(BASE, changed(("- the school", "- a teacher")), changed(("- the health", "- a health")))
    assert joined.text == changed(("- the school", "- a teacher"), ("- the health", "- a health"))
    assert joined.is_settled


@pytest.mark.parametrize(
    ("theirs", "mine"),
    [
        (("three", "five"), ("parents are", "mother is")),
        (("three", "five"), ("police are", "constable is")),
        (("are asked.", "are asked. So is the child."), ("three", "five")),
        (("The police are told. ", ""), ("parents", "carers")),
    ],
)
def test_changes_in_different_sentences_of_one_long_line_join(theirs, mine):
    joined = merged(BASE, changed(theirs), changed(mine))
    assert joined.text == changed(theirs, mine)
    assert joined.is_settled


def test_two_changes_of_one_sentence_are_never_joined_to_what_nobody_wrote():
    joined = merged(
        BASE, changed(("three working", "five working")), changed(("working days", "calendar days"))
    )
    assert not joined.is_settled
    assert "five calendar days" not in joined.text
    [clash] = joined.clashes
    assert "three working days" in clash.base
    assert "five working days" in clash.theirs
    assert "three calendar days" in clash.mine
    assert clash.theirs in joined.text and clash.mine in joined.text


def test_an_editor_sees_where_both_changed_the_same_words():
    joined = merged(BASE, changed(("minuted", "recorded")), changed(("minuted", "written down")))
    lines = joined.text.split("\n")
    assert unsettled(joined.text) == [9, 11, 13]
    assert joined.clashes[0].line == 9
    assert lines[9] == "It is written down." and lines[11] == "It is recorded."
    assert lines[8].startswith(MARKER) and "Your words" in lines[8]


def test_what_one_deleted_and_the_other_changed_is_a_clash_that_says_so():
    joined = merged(BASE, changed(("It is minuted.\n", "")), changed(("minuted", "recorded")))
    assert not joined.is_settled
    assert "the words were taken out" in joined.text
    assert "It is recorded." in joined.text


def test_two_different_additions_at_one_place_are_a_clash():
    joined = merged(BASE, BASE + "One.\n", BASE + "Two.\n")
    assert [clash.base for clash in joined.clashes] == [""]
    assert "One.\n" in joined.text and "Two.\n" in joined.text


def test_sentences_are_never_glued_together():
    joined = merged("\n", "Ring the police.", "\nWait.")
    assert not joined.is_settled
    assert {"police.", "Wait."} <= set(joined.text.split())
    # Also where the sentences of a line were joined, and what comes after it is a line of its own.
    line = "Ring the police. " * 3
    joined = merged(f"\n{line}\n", "", f"Wait.\n{line}\nRing the police.")
    assert not joined.is_settled
    assert {"police.", "Wait."} <= set(joined.text.split())


def test_the_same_change_by_both_is_made_once():
    both = changed(("three", "five"))
    assert merged(BASE, both, both) == merged(BASE, both, BASE)
    assert merged(BASE, both, changed(("three", "five"), ("minuted", "recorded"))).text.count("five") == 1


def test_ends_of_lines_are_no_change():
    joined = merged(
        BASE.replace("\n", "\r\n"),
        changed(("three", "five")),
        changed(("minuted", "recorded")).replace("\n", "\r"),
    )
    assert joined.text == changed(("three", "five"), ("minuted", "recorded"))


def test_a_text_without_a_last_line_end_keeps_its_markers_on_lines_of_their_own():
    joined = merged("Old", "New", "Other")
    assert all(line.startswith(MARKER) or line in ("New", "Other", "") for line in joined.text.split("\n"))


def test_a_marker_is_found_wherever_an_editor_moved_it():
    assert unsettled(f"Words.\n    {MARKER} rest\nwords {MARKER}") == [2, 3]
    assert unsettled(BASE) == []


def test_markers_are_seen_in_the_preview():
    joined = merged("Old.", "New.", "Other.")
    assert render(joined.text).html.count(MARKER) >= 3


@given(TEXTS, TEXTS)
def test_where_one_side_changed_nothing_the_other_is_the_result(base, other):
    assert merged(base, base, other).text == other
    assert merged(base, other, base).text == other
    assert merged(base, other, other).text == other
    assert merged(base, base, other).is_settled


@given(TEXTS, TEXTS, TEXTS)
def test_no_words_are_lost_and_it_does_not_matter_who_came_first(base, theirs, mine):
    one, other = merged(base, theirs, mine), merged(base, mine, theirs)
    assert one.is_settled == other.is_settled
    if one.is_settled:
        assert one.text == other.text
        assert not unsettled(one.text)
    else:
        assert len(unsettled(one.text)) >= 3 * len(one.clashes)
    for clash in one.clashes:
        assert clash.mine.strip() in one.text and clash.theirs.strip() in one.text
        assert one.text.split("\n")[clash.line - 1].startswith(MARKER)


@given(TEXTS, TEXTS, TEXTS)
def test_what_either_wrote_newly_stands_in_the_result(base, theirs, mine):
    result = merged(base, theirs, mine).text
    new = (set(theirs.split()) | set(mine.split())) - set(base.split())
    assert new <= set(result.split())


@given(
    st.lists(st.integers(0, 50).map("Sentence {}.".format), min_size=2, max_size=8, unique=True), st.data()
)
def test_changes_of_different_sentences_always_join(sentences, data):
    places = st.integers(0, len(sentences) - 1)
    first, second = data.draw(st.lists(places, min_size=2, max_size=2, unique=True))
    theirs, mine, both = list(sentences), list(sentences), list(sentences)
    theirs[first] = both[first] = "Theirs."
    mine[second] = both[second] = "Mine."
    joined = merged(" ".join(sentences), " ".join(theirs), " ".join(mine))
    assert (joined.text, joined.clashes) == (" ".join(both), ())
