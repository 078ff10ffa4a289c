"""The same text gives the same page, and what looks like HTML is text."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from manual.rendering import VERSION, render

TEXT = (
    "## A\n\nWords[^1] *x*{: .kent } [a]\n\n[a]: #a\n\n[^1]: Note.\n\n"
    "!!! note\n    Box.\n\n| a | b |\n|--|--|\n| 1 | 2 |"
)


def test_equal_texts_give_equal_pages():
    first = render(TEXT)
    render("## Other\n\n[^1]: Other.\n\n[a]: #other")
    assert render(TEXT) == first


def test_nothing_is_remembered_from_one_text_to_the_next():
    render("[a]: https://example.org\n\n[^1]: Note.\n\n## A {: #a }")
    assert render("[a]\n\n## A {: #a }").html.startswith("<p>[a]</p>")


def test_texts_can_be_rendered_side_by_side():
    with ThreadPoolExecutor(4) as pool:
        assert len({rendered.html for rendered in pool.map(render, [TEXT] * 40)}) == 1


def test_line_ends_of_other_systems_make_no_difference():
    assert render(TEXT.replace("\n", "\r\n")) == render(TEXT) == render("\ufeff" + TEXT.replace("\n", "\r"))


@pytest.mark.parametrize(
    "markup",
    [
        "<b>bold</b>",
        "<script>alert(1)</script>",
        "<!-- hidden -->",
        "<div onclick=x>",
        "<img src=x onerror=y>",
        "<br>",
    ],
)
def test_html_is_shown_as_text(markup):
    escaped = markup.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert render(f"Words {markup} words.").html == f"<p>Words {escaped} words.</p>"
    assert render(markup).html == f"<p>{escaped}</p>"


def test_entities_are_characters_and_escape_from_nothing():
    assert render("&lt;b&gt; &#60;i&#62; &copy; &amp;copy; &nosuch; AT&T").html == (
        "<p>&lt;b&gt; &lt;i&gt; © &amp;copy; &amp;nosuch; AT&amp;T</p>"
    )


def test_control_characters_do_not_come_back_as_entities():
    assert render("a&#2;b&#0;c&#13;d&#xFFFE;e").html == "<p>ab\ufffdcde</p>"


def test_code_is_shown_as_it_is_written():
    assert render("`<b> &amp; *x*`").html == "<p><code>&lt;b&gt; &amp;amp; *x*</code></p>"


def test_typographic_signs_stay_as_they_are_written():
    assert render("“So” – it's 'here' ... (c) -- 1/2").html == "<p>“So” – it's 'here' ... (c) -- 1/2</p>"


def test_lists_keep_their_first_number_and_kinds_do_not_mix():
    html = render("3. three\n4. four\n\n* star").html
    assert html == '<ol start="3">\n<li>three</li>\n<li>four</li>\n</ol>\n<ul>\n<li>star</li>\n</ul>'


def test_an_unknown_way_of_numbering_is_an_error_of_the_caller():
    with pytest.raises(ValueError, match="no way to number"):
        render("Words.", numbering="pages")


def test_there_is_a_version():
    assert VERSION
