"""A picture with a line under it is a figure with a caption."""

import pytest

from manual.comparison import marked_changes, tracked_changes
from manual.rendering import render
from tests.rendering.oracle import page

PICTURE = "![Six steps, one under another](document:six-steps)"


def test_the_line_under_a_picture_is_its_caption():
    assert render(f"{PICTURE}\nThe way of a *referral*.").html == (
        '<figure>\n<img src="document:six-steps" alt="Six steps, one under another">\n'
        "<figcaption>The way of a <em>referral</em>.</figcaption>\n</figure>"
    )


def test_a_caption_can_begin_with_a_link():
    assert "<figcaption><em>Kent</em> alone</figcaption>" in render(f"{PICTURE}\n*Kent* alone").html


@pytest.mark.parametrize(
    "text", [PICTURE, f"{PICTURE} and words", f"Words {PICTURE}\nmore", f"Words\n{PICTURE}\nmore"]
)
def test_a_picture_without_one_stays_in_its_paragraph(text):
    assert "<figure" not in render(text).html


def test_a_figure_can_be_linked_to_and_apply_to_one_area():
    html = render(f"{PICTURE}\nThe way.\n{{: #way .kent }}").html
    assert '<figure id="way" class="area area-kent">' in html
    assert 'The way. <span class="area-marker">(Kent only)</span></figcaption>' in html


def test_a_figure_has_no_number_where_paragraphs_have():
    rendered = render(f"One.\n\n{PICTURE}\nThe way.\n\nTwo.", numbering="paragraphs")
    assert [section.number for section in rendered.sections] == ["1", "2"]
    assert rendered.sections[0].text == "One.\nSix steps, one under another\nThe way."


def test_a_caption_that_changed_is_tracked_inside_its_figure():
    old, new = (render(f"{PICTURE}\nThe way of a {word}.").html for word in ("referral", "worry"))
    (figure,) = page(tracked_changes(old, new).html).iter("figure")
    (caption,) = figure.iter("figcaption")
    assert [words for each in caption.iter("del") for words in each.itertext()][1] == "referral"
    assert [words for each in caption.iter("ins") for words in each.itertext()][1] == "worry"
    (caption,) = page(marked_changes(old, new).html).iter("figcaption")
    assert caption.get("class") == "passage-changed"
