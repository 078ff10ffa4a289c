"""Found words are marked in the HTML of a text, and nothing else about it is changed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import HtmlElement, fragment_fromstring, tostring

from manual.rendering import render
from manual.search.in_text import mark_found

MARK = re.compile(r'<mark class="found"(?: id="site-found-[0-9]+")?>|</mark>')


@dataclass
class Words:
    """Finds these words and phrases, as a marker would; remembers what it was asked to look through."""

    wanted: str
    texts: list[str] = field(default_factory=list)

    def spans(self, text: str) -> list[tuple[int, int]]:
        self.texts.append(text)
        return [match.span() for match in re.finditer(self.wanted, text, re.IGNORECASE)]


def marked(html: str, wanted: str) -> str:
    """The HTML with short marks, to be read easily: [1:first piece of a place] and [more of it]."""
    found, count = mark_found(html, Words(wanted))
    assert MARK.sub("", found) == html
    assert [int(n) for n in re.findall(r'id="site-found-([0-9]+)"', found)] == list(range(1, count + 1))
    found = re.sub(r'<mark class="found" id="site-found-([0-9]+)">', r"[\1:", found)
    return found.replace('<mark class="found">', "[").replace("</mark>", "]")


def test_each_place_is_marked_and_has_an_address():
    assert marked("<p>Plan a plan.</p><h2>A plan</h2>", "plan") == (
        "<p>[1:Plan] a [2:plan].</p><h2>A [3:plan]</h2>"
    )


def test_a_text_without_the_words_is_as_it_was():
    assert mark_found("<p>A plan.</p>", Words("zebra")) == ("<p>A plan.</p>", 0)


def test_a_phrase_that_runs_over_an_element_is_one_place_in_pieces():
    html = '<p>A <em>strategy</em> meeting, a <a href="/x/">strategy meeting</a>.</p>'
    assert marked(html, "strategy meeting") == (
        '<p>A <em>[1:strategy]</em>[ meeting], a <a href="/x/">[2:strategy meeting]</a>.</p>'
    )


def test_words_that_stand_side_by_side_are_one_place():
    assert marked("<p>A strategy-meeting, strategy\nmeeting; meeting. Strategy</p>", "strategy|meeting") == (
        "<p>A [1:strategy-meeting], [2:strategy\nmeeting]; [3:meeting]. [4:Strategy]</p>"
    )


def test_a_phrase_ends_with_its_paragraph_cell_or_item():
    html = "<ul><li>strategy</li><li>meeting</li></ul><p>strategy<br>meeting</p>"
    assert marked(html, r"strategy\s*meeting") == (
        "<ul><li>strategy</li><li>meeting</li></ul><p>[1:strategy]<br>[meeting]</p>"
    )


def test_links_of_keywords_footnotes_tables_and_passages_of_other_chapters_are_marked():
    html = (
        '<p><a class="keyword" href="/k/">Plan</a></p><div class="include"><p>plan</p></div>'
        '<div class="table"><table><tr><th scope="col">plan</th></tr></table></div>'
        '<div class="footnotes"><ol><li id="fn-1">plan</li></ol></div>'
    )
    assert marked(html, "plan").count("]") == 4


@pytest.mark.parametrize(
    "html",
    [
        '<p id="plan" class="plan"><a href="/plan/" aria-label="plan">x</a><img src="/plan" alt="plan"></p>',
        "<p><code>plan <em>plan</em><br>plan</code></p><pre>plan</pre>",
        '<h2 id="plan"><span class="section-number">plan</span> x <a class="section-link">plan</a></h2>',
        '<p><a href="https://x">x<span class="outside"> (plan)</span></a></p>',
        '<p><sup class="footnote-ref"><a href="#fn-1">plan</a></sup></p>',
        '<p><span class="visually-hidden">plan: </span>x <span class="area-marker">(plan only)</span></p>',
        '<p class="passage-gone">plan</p><div class="changes changes-all"><section><p>plan</p></section></div>',
        '<p class="include-source">From <a href="/x/">plan</a></p>',
    ],
)
def test_attributes_code_and_what_the_page_says_itself_are_not_marked(html):
    assert marked(html, "plan") == html
    # The other way round: the words behind it are.
    assert marked(f"{html}<p>plan</p>", "plan") == f"{html}<p>[1:plan]</p>"


def test_a_phrase_goes_on_behind_the_mark_of_a_footnote():
    html = '<p>strategy<sup class="footnote-ref"><a href="#fn-1">1</a></sup> meeting</p>'
    assert marked(html, "strategy meeting") == html.replace("strategy", "[1:strategy]").replace(
        " meeting", "[ meeting]"
    )


@pytest.mark.parametrize(
    ("label", "wanted", "shown"),
    [
        ("Guidance", "guidance", "Guidance"),
        ("Guidance: Written guidance", "guidance", "Guidance: Written [1:guidance]"),
        ("Note", "note", "Note"),
        ("Note what you see", "note", "[1:Note] what you see"),
        ("Kent only", "kent", "Kent only"),
        ("Who rings in Kent (Kent only)", "kent", "Who rings in [1:Kent] (Kent only)"),
        ("Guidance, Kent only", "guidance|kent", "Guidance, Kent only"),
    ],
)
def test_of_the_label_of_a_box_only_its_title_is_marked(label, wanted, shown):
    html = '<div class="passage guidance"><p class="passage-label">{}</p><p>x</p></div>'
    assert marked(html.format(label), wanted) == html.format(shown)


def test_labels_are_those_that_the_renderer_writes():
    boxes = "".join(f"!!! {box}\n    x\n\n" for box in ("guidance", "policy", "note", "warning", "kent"))
    text = f"{boxes}## Heading {{: .kent }}\n\nText[^1].\n{{: .medway }}\n\n[^1]: Foot.\n"
    html = render(text, areas={"kent": "Kent", "medway": "Medway"}).html
    own = "guidance|policy|note|warning|kent|medway|only|1"
    assert marked(html, own) == html
    assert marked(html, "heading|text|foot").count("]") == 3


def test_signs_that_html_writes_as_references_are_looked_for_as_signs():
    assert marked("<p>R&amp;D &lt;plan&gt; &#82;&amp;D</p>", "r&d|<plan>") == (
        "<p>[1:R&amp;D &lt;plan&gt; &#82;&amp;D]</p>"
    )
    assert marked("<p>a &amp; b; &unknown; &nbsp</p>", "amp|unknown") == (
        "<p>a &amp; b; &[1:unknown]; &nbsp</p>"
    )


@pytest.mark.parametrize(
    "html",
    ["<", "plan <", "<!-- plan -->", "<p title='>'>plan</p>", "</p></p>plan", "<a <b>plan", "<p>plan", "&#0;plan",
     "&#x110000;plan", '<p class="outside">plan', "<p a=\"plan", "<>plan", "plan</code>"],
)  # fmt: skip
def test_what_is_hardly_html_does_no_harm(html):
    marked(html, "plan")


def test_what_is_not_html_as_it_is_written_here_stays_unmarked_with_all_behind_it():
    html = "<p>plan</p><!-- plan --><p>plan</p>"
    assert marked(html, "plan") == "<p>[1:plan]</p><!-- plan --><p>plan</p>"


def test_what_only_begins_like_a_reference_is_marked_once():
    assert marked("<p>&notit; x &NotEqualTilde;</p>", "¬|;|\u2242") == (
        "<p>[1:&notit;] x [2:&NotEqualTilde;]</p>"
    )


def test_long_nonsense_is_read_through_once():
    for html in ("<a " * 40_000, "<a href='" * 40_000, "<p>" * 40_000, "&amp;" * 40_000, "<code>" * 40_000):
        marker = Words("zebra")
        assert mark_found(html, marker) == (html, 0)
        assert sum(len(text) for text in marker.texts) <= len(html)


def test_many_places_over_many_elements_are_each_marked_once():
    html = "<p>" + "<em>strategy</em> meeting, " * 5_000 + "</p>"
    assert mark_found(html, Words("strategy meeting"))[1] == 5_000


# --- Any text, any words -----------------------------------------------------------------------------------

LETTERS = st.text(alphabet="ab &<>é\u00ad\n'-\U0001f600", max_size=8)
CLASSES = st.sampled_from(["", "outside", "area", "section-number", "keyword", "changes", "x outside"])


def _element(name: str, classes: str, value: str, inside: list[str]) -> str:
    return f'<{name} class="{classes}" data-x="{escape(value)}">{"".join(inside)}</{name}>'


def _elements(names: str, inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(_element, st.sampled_from(names.split()), CLASSES, LETTERS, st.lists(inside, max_size=4))


# As the renderer nests them: a parser would put right what is nested otherwise.
WORDS = LETTERS.map(lambda words: escape(words, quote=False))
PHRASES = st.recursive(
    WORDS | st.just("<br>") | _elements("a code", WORDS),
    lambda inside: _elements("em span code strong sup", inside),
    max_leaves=6,
)
BLOCKS = st.recursive(
    _elements("p h2 pre", PHRASES), lambda inside: _elements("section div blockquote", inside), max_leaves=6
)
STORED = st.lists(BLOCKS, max_size=4).map("".join)
ANY_SPANS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=6)


@dataclass
class Anywhere:
    """A marker that says whatever it likes of every text."""

    said: list[tuple[int, int]]

    def spans(self, text: str) -> list[tuple[int, int]]:
        return [(start, stop) for start, stop in self.said if stop <= len(text)]


@given(st.text(alphabet="<>/\"'=& ;#x1pab!-\n") | STORED, ANY_SPANS)
def test_without_its_marks_any_html_is_what_it_was(html, said):
    found, count = mark_found(html, Anywhere(said))
    assert MARK.sub("", found) == html
    assert re.findall(r'id="site-found-([0-9]+)"', found) == [str(n + 1) for n in range(count)]


def _parsed(html: str) -> HtmlElement:
    return fragment_fromstring(html, create_parent="div")


@given(STORED, ANY_SPANS)
def test_marks_are_closed_where_they_are_opened_and_hold_nothing_but_words(html, said):
    root = _parsed(mark_found(html, Anywhere(said))[0])
    for mark in list(root.iter("mark")):
        assert not len(mark)
        assert mark.text
        assert mark.text.strip()
        mark.drop_tag()
    assert tostring(root) == tostring(_parsed(html))


@given(STORED)
def test_every_letter_is_found_but_those_in_code_and_labels(html):
    found = _parsed(mark_found(html, Words("[ab]"))[0])
    for mark in found.iter("mark"):
        for above in mark.iterancestors():
            assert above.tag not in ("code", "pre")
            assert not {"outside", "section-number", "changes"} & set((above.get("class") or "").split())
    for hidden in found.xpath(
        "//code|//pre|//*[contains(@class, 'outside') or @class='section-number' or @class='changes']"
    ):
        if hidden.getparent() is not None:
            hidden.drop_tree()
    for mark in list(found.iter("mark")):
        mark.drop_tree()
    assert not re.search("[ab]", found.text_content())
