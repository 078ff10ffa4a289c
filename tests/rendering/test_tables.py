"""Tables can be scrolled, and their header cells are told apart."""

from manual.rendering import render
from tests.rendering.oracle import page

TABLE = "| Who | When |\n| :-- | --: |\n| Police | At once |"


def test_a_table_stands_in_a_box_that_scrolls_and_takes_the_focus():
    html = render(TABLE).html
    assert html.startswith('<div class="table" aria-label="Table" role="group" tabindex="0"><table>')


def test_header_cells_name_their_column_and_alignment_is_a_class():
    html = render(TABLE).html
    assert '<th class="align-left" scope="col">Who</th>' in html
    assert '<td class="align-right">At once</td>' in html
    assert "style" not in html
    assert ' align="' not in html


def test_centred_columns():
    assert '<td class="align-center">1</td>' in render("| a | b |\n|:-:|---|\n| 1 | 2 |").html


def test_a_table_with_an_empty_header_has_none():
    html = render("| | |\n|---|---|\n| a | b |").html
    assert "<th" not in html
    assert page(html).xpath("count(//tr)") == 1


def test_an_empty_cell_in_a_header_is_no_header():
    html = render("| | When |\n|---|---|\n| a | b |").html
    assert html.count('scope="col"') == 1


def test_a_table_of_a_header_alone_has_no_empty_row():
    assert page(render("| a | b |\n|---|---|").html).xpath("count(//tr)") == 1


def test_links_and_code_with_bars_in_cells():
    html = render("| a | b |\n|---|---|\n| `x|y` | [z](chapter:z) |").html
    assert '<td><code>x|y</code></td>\n<td><a href="chapter:z">z</a></td>' in html


def test_what_the_first_cell_applies_to_its_row_does():
    html = render("| Who | When |\n| :-- | --- |\n| Front Door {: .kent } | At once |\n| Both | Today |").html
    assert html.count("<tr>") == 2
    row = '<tr class="area area-kent">\n<td class="align-left">Front Door <span class="area-marker">(Kent only)</span>'
    assert row in html


def test_a_row_whose_cells_apply_to_different_areas_applies_to_none_itself():
    html = render("| a | b |\n|---|---|\n| c {: .kent } | d {: .medway } |").html
    assert '<td class="area area-kent">c' in html
    assert '<td class="area area-medway">d' in html
    assert "<tr class" not in html


def test_a_line_of_its_own_above_or_below_is_the_caption():
    for text in (f"Table: Who is *told*\n\n{TABLE}", f"{TABLE}\n\nTable: Who is *told*"):
        html = render(f"Before.\n\n{text}\n\nAfter.").html
        assert "<table>\n<caption>Who is <em>told</em></caption>\n<thead>" in html.replace(
            "<table><", "<table>\n<"
        )
        assert html.startswith("<p>Before.</p>")
        assert html.endswith("<p>After.</p>")
        assert "Table:" not in html


def test_a_line_that_is_no_caption_stays_a_paragraph():
    assert "<p>Table: loose words</p>" in render("Table: loose words\n\nMore.").html
    assert "<p>The table: below</p>" in render(f"The table: below\n\n{TABLE}").html


def test_a_caption_takes_no_number_where_paragraphs_have_them():
    rendered = render(f"One.\n\nTable: Who is told\n\n{TABLE}\n\nTwo.", numbering="paragraphs")
    assert [section.number for section in rendered.sections] == ["1", "2"]


def test_a_first_cell_in_bold_heads_its_row():
    html = render(
        "| Who | When |\n| --- | --- |\n| **Police** {: .kent } | At once |\n| **Both** today | Later |"
    ).html
    assert '<th scope="row"><strong>Police</strong> <span class="area-marker">(Kent only)</span></th>' in html
    assert "<td><strong>Both</strong> today</td>" in html


def test_first_cells_head_their_rows_where_the_corner_is_empty():
    html = render("| | When |\n| --- | --- |\n| Police | At once |\n| | Later |").html
    assert '<th scope="row">Police</th>' in html
    assert "<td></td>\n<td>Later</td>" in html


def test_rows_have_no_heads_where_the_columns_have_none():
    assert "<th" not in render("| | |\n|---|---|\n| a | b |").html
