"""Titles and notes: what changed in a single line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manual.comparison import tracked_words
from manual.comparison.wording import count, cut

LINES = st.lists(
    st.sampled_from(["must", "not", "ring", "child,", "3", "days", "(now)", "don’t", "&", "."]), max_size=9
).map(" ".join)


def pieces(before, after):
    return [(kind, words.strip()) for kind, words in tracked_words(before, after)]


def test_an_editor_sees_the_words_that_changed():
    assert pieces("Within three working days.", "Within five working days.") == [
        ("same", "Within"),
        ("removed", "three"),
        ("added", "five"),
        ("same", "working days."),
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", []),
        ("", "New title", [("added", "New title")]),
        ("Old title", "", [("removed", "Old title")]),
        ("Same", "Same", [("same", "Same")]),
        ("Two  spaces", "Two spaces", [("same", "Two spaces")]),
        ("Neglect", "Bruising in babies", [("removed", "Neglect"), ("added", "Bruising in babies")]),
        ("Bruising", "bruising", [("removed", "Bruising"), ("added", "bruising")]),
    ],
)
def test_lines(before, after, expected):
    assert pieces(before, after) == expected


def test_a_line_beyond_recognition_is_no_salad_of_words():
    before = "What to do when a child is in hospital"
    after = "Staying in touch: the duties of a named nurse and of the ward"
    assert [kind for kind, _ in tracked_words(before, after)] == ["removed", "added"]


def test_markup_is_text_like_any_other():
    assert "".join(piece.words for piece in tracked_words("", "<b> & </b>")) == "<b> & </b>"


def test_numbers_and_compounds_are_one_word():
    assert [word for word, _ in cut("10,000 e-mails, 2.2.8 and don’t")] == [
        "10,000", "e-mails", ",", "2.2.8", "and", "don’t",
    ]  # fmt: skip
    assert count("10,000 e-mails – don’t.") == 3


def sides(before, after):
    found = tracked_words(before, after)
    return tuple(
        [word for piece in found if piece.kind != other for word, _ in cut(piece.words)]
        for other in ("added", "removed")
    )


@given(st.one_of(LINES, st.text()), st.one_of(LINES, st.text()))
def test_either_line_can_be_read_out_of_the_pieces(before, after):
    old, new = sides(before, after)
    assert "".join(old) == "".join(before.split())
    assert "".join(new) == "".join(after.split())
