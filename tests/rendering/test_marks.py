"""Words in braces and stars: which area a phrase, a paragraph or a cell applies to."""

import pytest

from manual.rendering import RenderingRefused, render
from tests.rendering.oracle import complaints


def test_a_phrase_for_one_area_says_so_in_words():
    assert render("In *Kent words*{: .kent }, yes.").html == (
        '<p>In <em class="area area-kent">Kent words</em> <span class="area-marker">(Kent only)</span>, yes.</p>'
    )


def test_a_phrase_can_be_for_two_areas():
    assert "(Kent and Medway only)" in render("*Words*{: .kent .medway }").html


def test_a_paragraph_a_list_item_and_a_cell_can_be_for_one_area():
    html = render(
        "Words.\n{: .kent }\n\n- item\n{: .medway }\n\n| a | b |\n|---|---|\n| d | c {: .kent } |"
    ).html
    assert '<p class="area area-kent">Words. <span class="area-marker">(Kent only)</span></p>' in html
    assert '<li class="area area-medway">item <span class="area-marker">(Medway only)</span></li>' in html
    assert '<td class="area area-kent">c <span class="area-marker">(Kent only)</span></td>' in html


def test_the_mark_of_an_item_stands_before_the_list_inside_it():
    html = render("- item\n{: .kent }\n    - inner").html
    assert "(Kent only)</span><ul>" in html.replace("\n", "")


def test_a_manual_can_have_other_areas():
    html = render("*There*{: .isle } *here*{: .kent }", areas={"isle": "Isle of Sheppey"}).html
    assert (
        '<em class="area area-isle">There</em> <span class="area-marker">(Isle of Sheppey only)</span>'
        in html
    )
    assert "<em>here</em>" in html


@pytest.mark.parametrize("area", ["guidance", "include", "note", "Kent", "a b", "área"])
def test_a_word_with_another_meaning_cannot_be_an_area(area):
    with pytest.raises(ValueError, match="cannot be the word for an area"):
        render("Words.", areas={area: "Somewhere"})


def test_unknown_words_and_attributes_are_dropped():
    html = render('*Words*{: .section-link .evil onclick=alert(1) style="x" data-x=1 title=t }').html
    assert html == "<p><em>Words</em></p>"


@pytest.mark.parametrize(
    "kind", ["section-link", "footnotes", "include", "changes changes-all", "paragraph-number"]
)
def test_an_author_cannot_pass_a_passage_off_as_the_softwares(kind):
    classes = " ".join(f".{word}" for word in kind.split())
    assert "class" not in render(f"Words.\n{{: {classes} }}").html


@pytest.mark.parametrize(
    "markdown",
    [
        "*Words* {: .kent }",
        "Words {: .kent }",
        "Words.\n\n{: .kent }",
        "## Heading\n{: .guidance }",
        "{: .kent }",
    ],
)
def test_a_mark_that_marks_nothing_is_refused(markdown):
    with pytest.raises(RenderingRefused, match="marks nothing where it stands") as refusal:
        render(markdown)
    assert refusal.value.line == markdown.count("\n") + 1


def test_braces_without_a_colon_are_words():
    assert render("## Form {draft}\n\nUse {name} and *x*{y}.").html.endswith(
        "<p>Use {name} and <em>x</em>{y}.</p>\n</section>"
    )


def test_marks_in_code_are_code():
    assert render("Write `{: .kent }` so.").html == "<p>Write <code>{: .kent }</code> so.</p>"


def test_a_mark_can_be_escaped():
    assert render(r"Write \{: .kent } so.").html == "<p>Write {: .kent } so.</p>"


def test_an_appendix_away_from_a_heading_is_refused():
    with pytest.raises(RenderingRefused, match="Line 2: only a heading that stands by itself"):
        render("Words.\n{: .appendix }")


def test_marks_on_pictures_and_links():
    html = render("![Form](document:form){: .kent } [x](#a){: #here .medway }").html
    assert complaints(html) == []
    assert '<img class="area area-kent" src="document:form" alt="Form"> <span' in html
    assert '<a id="here" class="area area-medway" href="#a">x</a> <span' in html
