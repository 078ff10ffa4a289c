"""A correction is questioned before it is submitted, if it touches what people act on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manual.comparison import touched
from manual.comparison.touches import CONDITION, MAIL, MODAL, MOVED, NUMBER, TELEPHONE, TIMESCALE, WEB


def kinds(before, after):
    return [touch.kind for touch in touched(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "kind", "removed", "added"),
    [
        ("You may ring.", "You must ring.", MODAL, "may", "must"),
        ("You should ring.", "You must ring.", MODAL, "should", "must"),
        ("You must ring.", "You must not ring.", MODAL, "must", "must not"),
        ("You must ring.", "You mustn’t ring.", MODAL, "must", "mustn’t"),
        ("You cannot go.", "You can go.", MODAL, "cannot", "can"),
        ("You need not go.", "You need go.", MODAL, "need not", "need"),
        ("She will not go.", "She will go.", MODAL, "will not", "will"),
        ("Never leave.", "Leave.", MODAL, "Never", ""),
        ("You shall go.", "You go.", MODAL, "shall", ""),
        ("Police or carers go.", "Police and carers go.", CONDITION, "or", ""),
        ("Go unless told.", "Go if told.", CONDITION, "unless", "if"),
        ("Act within three working days.", "Act within five working days.", TIMESCALE,
         "within three working days", "within five working days"),
        ("Act in 3 working days.", "Act in 3 days.", TIMESCALE, "in 3 working days", "in 3 days"),
        ("Act in 24 hours.", "Act in 24 days.", TIMESCALE, "in 24 hours", "in 24 days"),
        ("Act immediately.", "Act.", TIMESCALE, "immediately", ""),
        ("Act the same day.", "Act the next day.", TIMESCALE, "same day", "next day"),
        ("Act before a visit.", "Act after a visit.", TIMESCALE, "before", "after"),
        ("Act by 5pm.", "Act by 6pm.", TIMESCALE, "by 5pm", "by 6pm"),
        ("From 1 May 2026.", "From 1 May 2027.", TIMESCALE, "1 May 2026", "1 May 2027"),
        ("Ring two people.", "Ring three people.", NUMBER, "two", "three"),
        ("Under section 47.", "Under section 17.", NUMBER, "47", "17"),
        ("Form s47.", "Form s17.", NUMBER, "s47", "s17"),
        ("At least two.", "Two.", NUMBER, "At least two", "Two"),
        ("Half of them.", "All half of them.", CONDITION, "", "All"),
        ("Pay £50.", "Pay $50.", NUMBER, "£50", "$50"),
        ("Take 50%.", "Take 50.", NUMBER, "50%", "50"),
        ("Take ½ of it.", "Take ¾ of it.", NUMBER, "½", "¾"),
        ("Ring 01632 960123.", "Ring 01632 960124.", TELEPHONE, "01632 960123", "01632 960124"),
        ("Ring (01632) 960 123.", "Ring.", TELEPHONE, "(01632) 960 123", ""),
        ("Ring +44 1632 960123.", "Ring +44 1632 960321.", TELEPHONE, "+44 1632 960123", "+44 1632 960321"),
        ("In 3–5 days.", "In 35 days.", TIMESCALE, "In 3–5 days", "In 35 days"),
        ("In 3-5 days.", "In 3 5 days.", TIMESCALE, "In 3-5 days", "In 3 5 days"),
        ("Ring 999.", "Ring 101.", NUMBER, "999", "101"),
        ("Write to a@example.org.", "Write to b@example.org.", MAIL, "a@example.org", "b@example.org"),
        ("See https://example.org/a.", "See https://example.org/b.", WEB,
         "https://example.org/a", "https://example.org/b"),
    ],
)  # fmt: skip
def test_an_editor_is_asked_about_words_that_people_act_on(before, after, kind, removed, added):
    [touch] = touched(before, after)
    assert touch[:3] == (kind, removed, added)
    assert touched(after, before)[0][:3] == (kind, added, removed)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("We recieve it.", "We receive it."),
        ("The the child.", "The child."),
        ("The child is seen", "The child is seen."),
        ("YOU MUST RING.", "You must ring."),
        ("You can’t go.", "You cannot go."),
        ("You can't go.", "You can not go."),
        ("You mustnt go.", "You mustn’t go."),
        ("Ring 01632 960123.", "Ring 01632960123."),
        ("Ring +44 (0)1632 960123.", "Ring 01632 960123."),
        ("three days", "3 days"),
        ("10000 people", "10,000 people"),
        ("by 5 p.m. today", "by 5pm today"),
        ("In may 2026.", "In May 2026."),
        ("Three-day rule.", "Three day rule."),
        ("In 3-5 days.", "In 3–5 days."),
        ("Write to A@example.org.", "Write to a@example.org."),
        ("You must ring her mother.", "You must ring her mum."),
        ("You must\nring.", "You must ring."),
        ("", ""),
    ],
)
def test_a_mere_slip_asks_nothing(before, after):
    assert touched(before, after) == []


def test_may_the_month_is_not_may_the_word():
    assert MODAL in kinds("It may apply.", "It must apply.")
    assert kinds("By 3 May it ends.", "By 3 June it ends.") == [TIMESCALE]
    assert kinds("Section 3 may apply.", "Section 3 must apply.") == [MODAL]
    assert kinds("May I ring?", "Must I ring?") == [MODAL]


def test_a_not_that_moves_within_its_sentence_is_asked_about():
    found = touched("Do not ring and wait.", "Do ring and not wait.")
    assert [(touch.removed, touch.added) for touch in found] == [("not", ""), ("", "not")]


def test_a_sentence_that_moved_as_a_whole_is_one_question():
    before = "You must ring within three days.\nOne. Two, as ever. Three is a crowd.\nThe child is seen."
    after = "One. Two, as ever. Three is a crowd.\nThe child is seen.\nYou must ring within three days."
    assert kinds(before, after) == [MOVED]


def test_a_sentence_that_moved_and_holds_nothing_to_act_on_asks_nothing():
    assert (
        kinds("The child is seen.\nHere we are. So it is.", "Here we are. So it is.\nThe child is seen.")
        == []
    )


def test_a_sentence_that_moved_and_changed_is_asked_about():
    before = "You must ring within three days.\nOne.\nThe child is seen.\nThe end."
    after = "One.\nThe child is seen.\nThe end.\nYou must ring within five days."
    assert {TIMESCALE, MODAL} <= set(kinds(before, after))


def test_a_touch_comes_with_its_passage():
    [touch] = touched(
        "First things first. The social worker who has the case must ring the police before the visit is made.",
        "First things first. The social worker who has the case should ring the police before the visit is made.",
    )
    assert touch.context == "… social worker who has the case should ring the police before the visit …"


def test_what_vanished_altogether_is_shown_where_it_stood():
    [touch] = touched("Keep this. You must ring.", "Keep this.")
    assert touch.context == "You must ring."


WORDS = st.sampled_from(
    [
        "the",
        "child",
        "must",
        "not",
        "be",
        "seen",
        "within",
        "three",
        "days",
        "may",
        "01632",
        "960123",
        "or",
        "police",
    ]
)
LINES = st.lists(st.lists(WORDS, min_size=1, max_size=6).map(" ".join), max_size=5).map(".\n".join)


@given(LINES)
def test_nothing_changed_asks_nothing(text):
    assert touched(text, text) == []


@given(LINES, st.data())
def test_taking_a_not_away_is_never_overlooked(text, data):
    words = text.split(" ")
    place = data.draw(st.integers(0, len(words)))
    with_it = " ".join([*words[:place], "not", *words[place:]])
    assert touched(with_it, text) and touched(text, with_it)


@given(st.text(), st.text())
def test_any_text_can_be_read(before, after):
    touched(before, after)
