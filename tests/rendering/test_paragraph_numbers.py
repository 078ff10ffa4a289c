"""Manuals that cite by paragraph: every paragraph of the chapter has its number."""

from manual.rendering import render
from tests.rendering.oracle import page

TEXT = """\
One.

## Heading {: .guidance }

Two.

- not this

> nor this

### Sub

!!! note
    nor this

Three.
{: #three }
"""


def rendered(markdown=TEXT):
    return render(markdown, numbering="paragraphs")


def test_paragraphs_are_counted_through_the_chapter():
    html = rendered().html
    assert '<p id="p-1" class="numbered"><span class="paragraph-number">1</span> One.</p>' in html
    assert '<p id="p-2" class="numbered"><span class="paragraph-number">2</span> Two.</p>' in html
    assert '<p id="three" class="numbered"><span class="paragraph-number">3</span> Three.</p>' in html
    assert html.count("paragraph-number") == 3


def test_headings_keep_no_number():
    html = rendered().html
    assert "section-number" not in html
    assert "<h2>Heading" in html
    assert 'aria-label="Link to “Heading”"' in html


def test_every_numbered_paragraph_is_a_section_in_the_order_of_the_page():
    found = [(section.anchor, section.number, section.level) for section in rendered().sections]
    assert found == [
        ("p-1", "1", 4),
        ("heading", "", 2),
        ("p-2", "2", 4),
        ("sub", "", 3),
        ("three", "3", 4),
    ]


def test_paragraphs_inherit_the_status_of_their_section():
    assert [section.status for section in rendered().sections] == ["", *["guidance"] * 4]


def test_what_follows_a_paragraph_is_found_under_its_number():
    texts = {section.anchor: section.text for section in rendered().sections}
    assert texts["p-2"] == "Two.\nnot this\nnor this"
    assert texts["sub"] == "nor this"


def test_labels_are_no_paragraphs():
    assert "numbered" not in rendered("## A {: .kent .guidance }").html


def test_a_paragraph_for_one_area_says_so():
    paragraph = rendered("Words.\n{: .kent }")
    assert paragraph.sections[0].areas == ("kent",)
    assert page(paragraph.html)[0].get("class") == "numbered area area-kent"
