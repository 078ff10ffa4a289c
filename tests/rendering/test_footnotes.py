"""Footnotes are numbered as readers meet them and linked both ways."""

import pytest

from manual.rendering import RenderingRefused, render
from tests.rendering.oracle import complaints, page


def test_a_footnote_is_linked_both_ways_and_named():
    assert render("Words.[^a]\n\n[^a]: A note.").html == (
        '<p>Words.<sup class="footnote-ref"><a id="fnref-1" href="#fn-1" aria-label="Footnote 1" '
        'role="doc-noteref">1</a></sup></p>\n'
        '<div class="footnotes" aria-label="Footnotes" role="doc-endnotes">\n<ol>\n<li id="fn-1">\n'
        '<p>A note. <a class="footnote-back" href="#fnref-1" aria-label="Back to the text of footnote 1" '
        'role="doc-backlink">↩</a></p>\n</li>\n</ol>\n</div>'
    )


def test_footnotes_are_numbered_in_the_order_of_the_page():
    html = render("- x[^b]\n\nWords[^a].\n\n[^a]: Note a.\n[^b]: Note b.").html
    assert html.index("Note b.") < html.index("Note a.")
    assert [note.get("id") for note in page(html).xpath("//li[@id]")] == ["fn-1", "fn-2"]


def test_a_footnote_referred_to_twice_has_two_ways_back():
    html = render("One[^a] two[^a].\n\n[^a]: Note.").html
    assert page(html).xpath("//sup/a/@id") == ["fnref-1", "fnref-1-2"]
    assert page(html).xpath("//li//a/@href") == ["#fnref-1", "#fnref-1-2"]
    assert "Back to the text of footnote 1, place 2" in html
    assert complaints(html) == []


def test_a_footnote_without_reference_stays_on_the_page():
    html = render("One[^a].\n\n[^b]: Lonely.\n[^a]: Note.").html
    assert "<p>Lonely.</p>" in html
    assert html.index("Note.") < html.index("Lonely.")


def test_a_footnote_may_hold_lists_and_refer_to_another():
    html = render("One[^a].\n\n[^a]: Note[^b].\n\n    - item\n\n[^b]: Second.").html
    assert "<li>item</li>" in html
    assert page(html).xpath("//sup/a/@href") == ["#fn-1", "#fn-2"]
    assert complaints(html) == []


def test_footnotes_stand_after_all_sections():
    found = page(render("## A\n\nWords[^a].\n\n[^a]: Note.\n\n## B\n\nMore.").html)
    assert [child.tag for child in found] == ["section", "section", "div"]


def test_a_reference_inside_a_link_goes_behind_it():
    html = render("[words[^a] more](chapter:b) end.\n\n[^a]: Note.").html
    assert '<a href="chapter:b">words more</a><sup class="footnote-ref">' in html
    assert html.index("</sup>") < html.index(" end.")


def test_a_reference_to_no_footnote_is_refused_with_its_line():
    with pytest.raises(
        RenderingRefused, match=r"Line 3 refers to a footnote \[\^b\] that the text does not have"
    ):
        render("Words.\n\nMore[^b].")


def test_square_brackets_with_a_roof_can_be_escaped():
    assert render(r"Words \[^b] and `[^c]`.").html == "<p>Words [^b] and <code>[^c]</code>.</p>"


def test_a_footnote_given_twice_is_refused_at_the_second_place():
    with pytest.raises(RenderingRefused, match=r"Line 4 gives footnote \[\^a\] a second time"):
        render("Words[^a].\n\n[^a]: One.\n[^a]: Two.")


def test_labels_do_not_reach_the_page():
    html = render('W[^" onclick=x].\n\n[^" onclick=x]: Note.').html
    assert "onclick" not in html


def test_headings_do_not_carry_footnotes_into_their_name():
    section = render("## Duties[^a]\n\n[^a]: Note.").sections[0]
    assert (section.heading, section.anchor) == ("Duties", "duties")
