"""Headings become numbered sections that can be linked to by name and by number."""

import pytest

from manual.rendering import RenderingRefused, render
from tests.rendering.oracle import page

CHAPTER = """\
Who this is for.

## What to do

First things.

### Tell someone

Today.

#### In writing

Tomorrow.

### Record it

Always.

## Afterwards

Later.
"""


def numbers(markdown, **options):
    return [(section.number, section.heading) for section in render(markdown, **options).sections]


def test_headings_are_numbered_by_their_place():
    assert numbers(CHAPTER) == [
        ("", ""),
        ("1", "What to do"),
        ("1.1", "Tell someone"),
        ("1.1.1", "In writing"),
        ("1.2", "Record it"),
        ("2", "Afterwards"),
    ]


def test_section_has_the_id_of_its_anchor_and_the_heading_the_id_of_its_number():
    html = render("## What to do\n\nText.").html
    assert html == (
        '<section id="what-to-do"><h2 id="1"><span class="section-number">1</span> What to do '
        '<a class="section-link" href="#what-to-do" aria-label="Link to section 1">'
        '<span aria-hidden="true">#</span></a></h2>\n<p>Text.</p>\n</section>'
    )


def test_subsections_stand_inside_their_section():
    found = page(render(CHAPTER).html)
    within = [section.getparent().get("id") for section in found.iter("section")]
    assert within == [None, "what-to-do", "tell-someone", "what-to-do", None]


def test_a_single_sign_is_a_heading_of_the_first_level_too():
    assert numbers("# One\n\n## Two") == [("1", "One"), ("2", "Two")]
    assert "<h1" not in render("# One").html


def test_underlined_headings_are_headings():
    assert numbers("One\n===\n\nTwo\n---") == [("1", "One"), ("2", "Two")]


def test_deeper_headings_have_an_anchor_and_no_number():
    section = render("## A\n\n### B\n\n#### C\n\n##### Deep").sections[-1]
    assert (section.number, section.anchor, section.level) == ("", "deep", 5)
    assert 'aria-label="Link to “Deep”"' in render("##### Deep").html


def test_a_skipped_level_leaves_no_hole_and_no_equal_numbers():
    assert numbers("## A\n\n#### B\n\n### C\n\n## D") == [("1", "A"), ("1.1", "B"), ("1.2", "C"), ("2", "D")]


def test_the_level_of_a_section_is_the_one_that_was_written():
    assert [section.level for section in render("## A\n\n#### B").sections] == [2, 4]


def test_words_before_the_first_heading_are_a_section_without_anchor():
    preamble = render(CHAPTER).sections[0]
    assert (preamble.anchor, preamble.number, preamble.text) == ("", "", "Who this is for.")


def test_there_is_no_preamble_without_words_before_the_first_heading():
    assert [section.anchor for section in render("## One").sections] == ["one"]
    assert render("").sections == ()
    assert render("").html == ""


def test_appendices_have_letters_and_their_subsections_too():
    text = "## Body\n\n## Appendix: Staff {: .appendix }\n\n### Names\n\n## Other {: .appendix }\n\n## Last"
    assert numbers(text) == [
        ("1", "Body"),
        ("A", "Appendix: Staff"),
        ("A.1", "Names"),
        ("B", "Other"),
        ("2", "Last"),
    ]
    assert '<section id="appendix-staff" class="appendix"><h2 id="A">' in render(text).html


def test_the_twenty_seventh_appendix_is_aa():
    text = "\n\n".join(f"## Appendix {count} {{: .appendix }}" for count in range(28))
    assert [section.number for section in render(text).sections][-3:] == ["Z", "AA", "AB"]


def test_only_a_heading_of_the_first_level_can_be_an_appendix():
    with pytest.raises(RenderingRefused, match="Line 3: an appendix begins") as refusal:
        render("## Body\n\n### Names {: .appendix }")
    assert refusal.value.line == 3


def test_a_status_is_shown_and_inherited():
    rendered = render("## A {: .guidance }\n\n### B\n\n### C {: .policy }\n\n## D")
    assert [section.status for section in rendered.sections] == ["guidance", "guidance", "policy", ""]
    assert rendered.html.count('<p class="status-label">Guidance</p>') == 1
    assert '<section id="a" class="guidance">' in rendered.html


def test_an_area_is_shown_in_words_and_inherited():
    rendered = render("## A {: .kent }\n\n### B\n\n### C {: .medway }")
    assert [section.areas for section in rendered.sections] == [("kent",), ("kent",), ("medway",)]
    assert '<section id="a" class="area area-kent">' in rendered.html
    assert '</h2>\n<p class="area-label">Kent only</p>' in rendered.html


def test_a_heading_can_have_status_areas_and_an_anchor_at_once():
    rendered = render("## A {: #first .guidance .kent .medway .appendix }")
    assert '<section id="first" class="guidance appendix area area-kent area-medway">' in rendered.html
    assert (
        '<p class="status-label">Guidance</p>\n<p class="area-label">Kent and Medway only</p>'
        in rendered.html
    )


def test_a_section_cannot_have_two_statuses():
    with pytest.raises(RenderingRefused, match="Line 3: a section cannot be both guidance and policy"):
        render("Words.\n\n## A {: .guidance .policy }")


def test_a_status_away_from_a_heading_is_refused_and_the_box_is_named():
    with pytest.raises(
        RenderingRefused, match=r"Line 4: “\{: .guidance }” can only follow a heading.*!!! guidance"
    ):
        render("## A {: .guidance }\n\nWords.\n{: .guidance }")


@pytest.mark.parametrize(
    "markdown",
    ["> ## Quoted", "- ## Listed", "!!! note\n    ## Boxed", "Term\n:   ## Defined"],
)
def test_headings_inside_something_become_bold_paragraphs(markdown):
    rendered = render(markdown)
    assert [section.anchor for section in rendered.sections] == [""]
    assert '<p class="heading"><strong>' in rendered.html


def test_a_heading_without_words_is_refused():
    with pytest.raises(RenderingRefused, match="Line 3: a heading has no words"):
        render("Words.\n\n## {: #empty }")


def test_a_number_sign_without_a_space_is_a_word():
    assert render("#1 priority").html == "<p>#1 priority</p>"


def test_markup_in_headings_survives_and_their_name_is_plain():
    section = render("## *Bold* & [linked](chapter:a) `code`").sections[0]
    assert section.heading == "Bold & linked code"
    assert section.anchor == "bold-linked-code"


def test_quotes_in_a_heading_do_not_cost_its_link_the_name():
    assert 'aria-label="Link to “Say yes”"' in render('##### Say "yes"').html
