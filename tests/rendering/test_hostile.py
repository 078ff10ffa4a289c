"""Whatever anyone writes, the page holds only what is on the list, is well formed, and stays as it is."""

import sys
from unittest.mock import patch

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from manual.rendering import RenderingRefused, passage, render, sanitise
from tests.rendering.oracle import complaints, page, second_opinion, shape, well_formed

WORDS = """
* ** _ __ ` `` [ ] ( ) ![ ! > | # - + = : \\ \\* \\[ < & " ' {: } a Kent &amp; &lt;script&gt; &#60; &copy &#0;
<b> </p> <script>alert(1)</script> <svg/onload=x> <!-- --> <![CDATA[ <http://a.example> <a@b.example> é 中 😀
[^1] [a] [a][a] !!! {:.kent} *b*{:.kent} *b*{:onclick=x} ](#a) [[ ]] [](keyword:k) [x](chapter:a#b) [x](tel:01)
[x](javascript:x) [x](JAVASCRIPT:x) [x](data:x) [x](http://a.example/?b=1&c=2) ![p](document:d) ![p](http://a.example/x)
"""
SPACES = [" ", " ", "  \n", "\n", "\t", "\u200d", "\u00a0"]
PHRASES = st.sampled_from(
    [*WORDS.split(), *SPACES, ' "t")', "*c*{: style=x .evil #e }", "{: .kent .medway }"]
)
# Control characters are refused at once, which test_limits tells.
SIGNS = st.characters(exclude_categories=["Cc", "Cs", "Cn"])
INLINE = st.lists(PHRASES | st.text(SIGNS, max_size=4), min_size=1, max_size=12).map("".join)
LINE = INLINE.map(lambda words: " ".join(words.split()) or "x")


def block(before, after=""):
    return LINE.map(lambda line: f"{before}{line}{after}")


BLOCKS = st.one_of(
    INLINE,
    block("## "),
    block("### ", " {: .guidance }"),
    block("#### ", " {: .kent }"),
    block("## ", " {: .appendix }"),
    block("", "\n---"),
    block("- "),
    block("- item\n    - "),
    block("2. "),
    block("> "),
    block("> - > "),
    block("    "),
    block("!!! note\n    "),
    block("!!! kent “", "”\n    words"),
    block("!!! guidance\n\n    ## "),
    block("Term\n:   "),
    block("| ", " | b |\n|:--|--:|\n| c | d |"),
    block("| a | b |\n|---|---|\n| ", " | d |"),
    block("[^2]: "),
    block("[a]: "),
    block("words\n", "\n{: .kent }"),
    st.just("!!! include chapter:a#b"),
    st.just("!!! changes all"),
)
TEXTS = st.lists(BLOCKS, min_size=1, max_size=8).map("\n\n".join).map("{}\n\n[^1]: Note.".format)
NUMBERINGS = st.sampled_from(["headings", "paragraphs"])


def rendered(text, numbering):
    try:
        return render(text, numbering=numbering)
    except RenderingRefused as refusal:
        event("refused")
        assert str(refusal).endswith((".", "changes", "”."))
        assume(False)
        raise


@settings(max_examples=75)
@given(TEXTS, NUMBERINGS)
def test_a_page_holds_only_what_is_on_the_list(text, numbering):
    html = rendered(text, numbering).html
    assert complaints(html) == []
    assert shape(page(second_opinion(html))) == shape(page(html))


@settings(max_examples=75)
@given(TEXTS, NUMBERINGS)
def test_a_page_is_well_formed_and_cleaning_it_again_changes_nothing(text, numbering):
    html = rendered(text, numbering).html
    assert well_formed(html) == shape(page(html))
    assert sanitise(html) == html


@settings(max_examples=60)
@given(TEXTS, NUMBERINGS)
def test_the_sanitiser_finds_nothing_to_take_away(text, numbering):
    with patch.object(sys.modules["manual.rendering.render"], "sanitise", lambda html: html):
        uncleaned = rendered(text, numbering).html
    assert shape(page(sanitise(uncleaned))) == shape(page(uncleaned))


@settings(max_examples=60)
@given(TEXTS, NUMBERINGS)
def test_every_section_can_be_found_and_shown_elsewhere(text, numbering):
    found = rendered(text, numbering)
    ids = page(found.html).xpath("//@id")
    anchors = [section.anchor for section in found.sections if section.anchor]
    numbers = [section.number for section in found.sections if section.number]
    assert set(anchors) <= set(ids)
    assert len(anchors) == len(set(anchors))
    assert len(numbers) == len(set(numbers))
    if numbering == "headings":
        assert set(numbers) <= set(ids)
    for anchor in anchors:
        assert complaints(passage(found.html, anchor)) == []


@settings(max_examples=60)
@given(st.text() | TEXTS, NUMBERINGS)
def test_the_same_text_gives_the_same_page(text, numbering):
    assert rendered(text, numbering) == rendered(text, numbering)
