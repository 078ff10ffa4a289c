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
    assert html.count("<th ") == 1


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
