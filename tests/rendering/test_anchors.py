"""Anchors: chosen by the author, or made of the heading's words, and never two alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manual.rendering import RenderingRefused, anchors, render


def found(markdown):
    return [section.anchor for section in render(markdown).sections]


def test_an_author_chooses_an_anchor():
    assert found("## What to do when all else fails {: #when-all-else-fails }") == ["when-all-else-fails"]


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("What to do", "what-to-do"),
        ("The child’s journey", "the-childs-journey"),
        ("Café — Ærø & Straße", "cafe-aero-strasse"),
        ("Section 47 enquiries", "section-47-enquiries"),
        ("47 enquiries", "section-47-enquiries"),
        ("Site visits", "section-site-visits"),
        ("FNP nurses", "section-fnp-nurses"),
        ("P 4", "section-p-4"),
        ("P", "section-p"),
        ("中文", "section"),
    ],
)
def test_else_it_is_made_of_the_headings_words(heading, anchor):
    assert found(f"## {heading}") == [anchor]


def test_equal_headings_have_different_anchors():
    assert found("## A\n\n### A\n\n## A") == ["a", "a-2", "a-3"]


def test_a_made_anchor_gives_way_to_a_chosen_one_further_down():
    assert found("## Duties\n\n## Other {: #duties }") == ["duties-2", "duties"]


def test_an_anchor_can_stand_on_a_paragraph_and_on_a_phrase():
    html = render("Words.\n{: #here }\n\nMore *words*{: #there }.").html
    assert '<p id="here">Words.</p>' in html
    assert '<em id="there">words</em>' in html


@pytest.mark.parametrize(
    "anchor", ["1", "A", "a_b", "-a", "a.b", "é", "site-menu", "fn1", "fn", "p-4", "a" * 81]
)
def test_an_unsuitable_anchor_is_refused_with_its_line(anchor):
    with pytest.raises(RenderingRefused) as refusal:
        render(f"Words.\n\n## Heading {{: #{anchor} }}")
    assert refusal.value.line == 3
    assert f"the anchor “#{anchor[:50]}" in str(refusal.value)


def test_an_anchor_given_twice_is_refused_at_the_second_place():
    with pytest.raises(RenderingRefused, match="Line 3 gives the anchor “#a” a second time") as refusal:
        render("## One {: #a }\n\n## Two {: #a }")
    assert refusal.value.line == 3


@given(st.lists(st.text(max_size=40), max_size=8))
def test_what_is_made_could_have_been_chosen(headings):
    register = anchors.Register()
    made = [register.unique(anchors.from_words(heading)) for heading in headings]
    assert len(set(made)) == len(made)
    assert [anchors.wrong_with(anchor) for anchor in made] == [""] * len(made)
