"""A text that is checked before it is stored is rendered once."""

import pytest

from manual import rendering
from manual.rendering import RenderingRefused, render


def test_the_same_text_comes_back_as_it_was_made():
    with rendering.each_once():
        first = render("## One\n\nTwo.\n")
        assert render("## One\n\nTwo.\n") is first
    assert render("## One\n\nTwo.\n") == first
    assert render("## One\n\nTwo.\n") is not first, "outside nothing is kept"


def test_another_numbering_or_area_is_another_text():
    text = "## One\n\n!!! north\n    Two.\n"
    with rendering.each_once():
        assert render(text, areas={"north": "North"}).html != render(text, areas={"north": "The North"}).html
        assert render("Two.\n").html != render("Two.\n", numbering="paragraphs").html


def test_what_is_refused_is_refused_again():
    with rendering.each_once():
        for _time in range(2):
            with pytest.raises(RenderingRefused):
                render("!!! include chapter\n")
