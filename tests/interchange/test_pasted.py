"""What is copied from elsewhere arrives as an editor would have written it, and no word is lost or changed."""

import html as entities
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml.html import fragment_fromstring

from manual.interchange import pasted
from manual.interchange.pasted import Pasted, PastingRefused, from_clipboard
from manual.rendering import render

SAMPLES = Path(__file__).parent / "clipboard"


def text(html, **more):
    return from_clipboard(html, **more).text


def sample(name):
    return from_clipboard((SAMPLES / name).read_text(encoding="utf-8"), hosts=["procedures.example.org"])


def words_on_page(markdown):
    """All that a reader sees of it, but for the numbers and marks that the site puts in; without spaces."""
    page = fragment_fromstring(render(markdown).html, create_parent="div")
    for mark in page.xpath('//*[contains(@class, "section-number") or contains(@class, "section-link")]'):
        mark.drop_tree()
    return "".join(page.text_content().split())


# Whole documents


def test_word_arrives_with_headings_lists_tables_and_footnotes():
    assert sample("word.html").text == (
        "## Unexplained injuries\n\n"
        "This guidance applies to **every professional** who finds an *unexplained* injury[^1]. See "
        "[the policy](https://example.org/policy_%282026%29?a=1&b=2) in Kent.\n\n"
        "### What to do first\n\n"
        "1. Make sure that the child is safe.\n"
        "    1. Stay with the child.\n"
        "    2. Call 999 if the child is in immediate danger.\n"
        "2. Write down what you saw.\n\n"
        "If the injury is to a baby:\n\n"
        "- refer at once;\n"
        "    - by telephone, on 01632 960001\n"
        "- ask for a paediatrician → same day.\n\n"
        "Then go on:\n\n"
        "3. Tell your manager.\n\n"
        "### Who does what\n\n"
        "| Who | Contact | Contact |\n"
        "| --- | --- | --- |\n"
        "| Police \\| Kent | Telephone | 01632 960002, 01632 960003 |\n"
        "| Police \\| Kent | By post | Headquarters; Maidstone |\n"
        "| Health | Call one of: ward; clinic |  |\n\n"
        "see above\n\n"
        "the register is kept.\n\n"
        "> A child said so.\n\n"
        "[^1]: An injury that the history does not explain."
    )


def test_the_editor_is_told_what_to_see_to():
    assert sample("word.html").remarks == (
        "A picture was left out: upload it as a document first.",
        "A comment was left out.",
        "Letters before the items of a list became numbers: check sentences that refer to them.",
        "Merged cells of a table were divided: check that each row can be read by itself.",
        "Cells of tables that had several lines were written on one line: read them through.",
    )


def test_word_online_tells_the_levels_of_its_lists_by_attributes():
    found = sample("word_online.html")
    assert found.text == (
        "## Private fostering\n\nTell the council **six weeks** before.\n\n"
        "- The child is under 16.\n    - Or under 18, if disabled.\n- The stay is 28 days or longer.\n\n"
        "Steps:\n\n1. Visit.\n2. Assess."
    )
    assert found.remarks == ()


def test_libreoffice_arrives_with_its_footnote_and_the_numbers_of_its_list():
    found = sample("libreoffice.html")
    assert found.text == (
        "## Bruising in babies\n\nBruises in babies who cannot move by themselves are **never** normal[^1].\n\n"
        "### Numbers\n\n4. Fourth\n    - under it\n5. Fifth\n\n"
        "| Age | Action |\n| --- | --- |\n| 0 to 6 months | Refer |\n\n[^1]: Unless a birthmark."
    )
    assert found.remarks == ()


def test_google_docs_is_not_bold_from_beginning_to_end():
    assert sample("google_docs.html").text == (
        "## Online safety\n\nAsk about **every** *device*. Read [the leaflet](https://example.org/online).\n\n"
        "- Telephones\n    - old ones too\n- Consoles\n\n"
        "| Sign | Step |\n| --- | --- |\n| Secrecy | Talk |"
    )


def test_a_web_page_arrives_without_its_machinery_and_with_our_own_addresses_as_references():
    assert sample("web_page.html").text == (
        "## Report a concern\n\nAnyone can report.\n\n- Who\n\n> Do not wait.\n>\n> - Call first\n\n"
        "### Who to call\n\nCall [01632 960004](tel:01632960004), write to "
        "[help@example.org](mailto:help@example.org) or see [out of hours](chapter:contact-details#out-of-hours) "
        "and [significant harm](keyword:significant-harm). Print\n\n"
        "LADO\n:   The designated officer.\n\nMASH\n:   The hub.\n\n    - Kent\n    - Medway\n\n"
        "More\n\nArea of 5 km², 1st floor.  \nSecond line"
    )


@pytest.mark.parametrize("name", [path.name for path in SAMPLES.glob("*.html")])
def test_every_sample_can_be_shown(name):
    assert render(sample(name).text).html


# Piece by piece


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("", ""),
        ("<p>&nbsp;</p>", ""),
        ("plain words", "plain words"),
        ("<h2>A</h2><h4>B</h4><h4>C</h4><h2>D</h2>", "## A\n\n### B\n\n### C\n\n## D"),
        ("<h1>A</h1><h3>B</h3><h2>C</h2>", "## A\n\n### B\n\n### C"),
        ("<h2><b>All <i>of</i> it</b></h2>", "## All *of* it"),
        ("<h2>C##</h2>", "## C\\#\\#"),
        ("<h2> </h2><p>a</p>", "a"),
        ("<p>un<b> bold </b>un</p>", "un **bold** un"),
        ("<p><b>a</b><b>b</b></p>", "**ab**"),
        ("<p><i>a</i><b><i>b</i></b></p>", "*a*b"),
        ("<p>a<span style='FONT-WEIGHT:700'>b</span></p>", "a**b**"),
        ("<p style='mso-bidi-font-weight:bold'>a</p>", "a"),
        ("<p>a<br>b<br><br>c</p>", "a  \nb\n\nc"),
        ("<ol type=1><li>a<p>b</p></li><li>c</li></ol>", "1. a\n\n    b\n\n2. c"),
        ("<ol start=3><li>a</ol>", "3. a"),
        ("<ul><li>a<ol><li>b</ol>c<li>d</ul>", "- a\n\n    1. b\n\n    c\n\n- d"),
        ("<ul><li><ul><li>a</ul></ul>", "- a"),
        ("<p>• a</p><p>•&nbsp;b</p>", "- a\n- b"),
        ("<table><tr><td>only</td></tr></table>", "only"),
        (
            "<table><tr><td>a<td>b<tr><td><table><tr><td>c<td>d</table></table>",
            "a\n\nb\n\n| c | d |\n| --- | --- |",
        ),
        ("<table><tr><th>a<th>b<tr><td>`|<td>\\</table>", "| a | b |\n| --- | --- |\n| &#96;\\| | \\\\ |"),
        (
            "<table><tr><th rowspan=2>A<th colspan=2>B<tr><th>C<th>D<tr><td>1<td>2<td>3</table>",
            "| A | B: C | B: D |\n| --- | --- | --- |\n| 1 | 2 | 3 |",
        ),
        ("<table><tr><td colspan=50>a<tr><td>b<td>c</table>", "| a | a |\n| --- | --- |\n| b | c |"),
        (
            "<table><tr><td>a<td>b<tr><td><ol><li>x<li>y</ol><td></table>",
            "| a | b |\n| --- | --- |\n| (1) x; (2) y |  |",
        ),
        ("<p><a href='/chapters/x/'>y</a></p>", "[y](chapter:x)"),
        ("<p><a href='/chapters/x/#1.2'>y</a></p>", "[y](chapter:x)"),
        ("<p><a href='javascript:x'>y</a> <a href='/else'>z</a></p>", "y z"),
        ("<p>Stop!<a href='https://example.org'>y</a></p>", "Stop\\![y](https://example.org)"),
        (
            "<p><a href='https://eur1.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Fa&data=1'>y</a>",
            "[y](https://example.org/a)",
        ),
        ("<p>a\u00adb\u200bc\u2011d</p>", "abc-d"),
        ("<p>a<a href='#_ftn1'>[1]</a></p><p><a href='#_ftn2'>[2]</a></p>", "a"),
        ("<dl><dd>a</dd></dl>", "a"),
        ("<dl><dt>a</dt></dl>", "a"),
        ("<p>a <s>b</s> <del>c</del></p>", "a b"),
        ("<pre>a\n1. b</pre>", "a  \n1\\. b"),
        ("<div class='passage area area-kent'><p class='passage-label'>Kent only</p><p>a</p><p>b</p></div>",)
        * 1
        + ("!!! kent\n    a\n\n    b",),
    ],
)
def test_it_is_written_as_an_editor_would(html, expected):
    assert text(html) == expected
    render(expected)


def test_an_area_of_another_manual_is_known():
    html = "<div class='passage area area-essex'><p>a</p></div>"
    assert text(html, areas={"essex": "Essex"}) == "!!! essex\n    a"
    assert text(html) == "a"


def test_two_numbered_lists_that_become_one_are_told_of():
    found = from_clipboard("<ol><li>a</ol><ol><li>b</ol>")
    assert found.text == "1. a\n2. b"
    assert found.remarks == ("Numbered lists that followed one another became one: check their numbers.",)


def test_pictures_are_counted():
    assert from_clipboard("<p>a<img src=x><img src=y></p>").remarks == (
        "Two pictures were left out: upload them as documents first.",
    )


def test_a_footnote_that_was_not_copied_is_told_of():
    assert from_clipboard("<p>a<a href='#_ftn1'>[1]</a> b<a href='#_ftn2'>[2]</a></p>").remarks == (
        "Two footnotes were not copied along with the places that refer to them.",
    )


def test_a_footnote_of_several_paragraphs_stays_together():
    html = (
        "<p>a<a href='#_ftn1'>[1]</a> b<a href='#_edn1'>[i]</a></p><div id=ftn1><p><a href='#_ftnref1'>[1]</a> One</p>"
        "<p>Two</p></div><div id=edn1><p><a href='#_ednref1'>[i]</a> End</p></div>"
    )
    assert text(html) == "a[^1] b[^e1]\n\n[^1]: One\n\n    Two\n\n[^e1]: End"
    assert render(text(html)).html.count("doc-backlink") == 2


# Signs

# fmt: off
SIGNS = [
    *["*a*", "**", "_a_", "a_b", "__a__", "[a](b)", "[^1]", "#", "12.", "---", "===", ">a", "|---|---||", ":--|"],
    *["!!!note", "![a](b)", "{", "{:", "`a`", "``", "\\", "\\*", "\\\\", "<b>", "<5", "&", "&lt", "<a@b.example>"],
    *["<http://a.example>", "&amp;", "&#42;", "AT&T", ":a", "~~a~~", "a:b", "\\`", "\\|", "***", "*", "_", "^"],
    *["$", "1.", "“”", "^a", "!!!!", "|", "a *b", "b* a"],
    *[
        "[^1]: a",
        "[a]: b",
        "# a",
        "## ",
        "1. a",
        "1) a",
        "- a",
        "+ a",
        "* a",
        "- - -",
        "> a",
        "| a |",
        "!!! note",
    ],
    *["{: .kent }", "< 5", ": a"],
]
# fmt: on


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize(
    "around",
    [
        "<p>{}</p>",
        "<p>x<br>{}</p>",
        "<p>a {} b</p>",
        "<p>{}<b>x</b>{}</p>",
        "<h2>x {}</h2>",
        "<ul><li>{}<li>{}</ul>",
        "<table><tr><td>{}<td>x<tr><td>y<td>{}</table>",
        "<blockquote>{}</blockquote>",
        "<dl><dt>{}<dd>{}</dl>",
        "<p><a href='https://example.org'>{}</a>{}</p>",
        "<p>{}</p><p>{}</p>",
        "<p>{}<br>{}</p>",
    ],
)
def test_every_sign_comes_out_as_it_was(around, sign):
    html = around.replace("{}", entities.escape(sign))
    expected = "".join(fragment_fromstring(html, create_parent="div").text_content().split())
    assert words_on_page(text(html)) == expected


# No sign that the manual leaves out on purpose (invisible ones, private ones) nor bullets, which become lists.
LETTERS = st.characters(
    exclude_categories=["Cc", "Cs", "Cn", "Cf", "Co", "Zl", "Zp"], exclude_characters="•·▪●◦‣§‑"
)
SOME = st.lists(
    st.sampled_from([*SIGNS, "a", "word", " ", " "]) | st.text(LETTERS, max_size=5), min_size=1, max_size=6
)
WORDS = SOME.map("".join).map(entities.escape)


def wrapped(*tags):
    return st.tuples(st.sampled_from(tags), WORDS).map(
        lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0].split()[0]}>"
    )


PHRASES = st.lists(
    WORDS
    | wrapped("b", "i", "em", "span", "a href='https://example.org/?a=1'")
    | wrapped("b").map("<i>{}</i>".format),
    min_size=1,
    max_size=5,
).map("".join)
ITEMS = st.recursive(
    PHRASES,
    lambda inner: st.tuples(
        st.sampled_from(["ul", "ol"]), st.lists(inner, min_size=1, max_size=3), PHRASES
    ).map(lambda it: f"{it[2]}<{it[0]}>{''.join(f'<li>{item}</li>' for item in it[1])}</{it[0]}>"),
    max_leaves=6,
)
BLOCKS = st.one_of(
    PHRASES.map("<p>{}</p>".format),
    st.tuples(PHRASES, PHRASES).map(lambda pair: f"<p>{pair[0]}<br>{pair[1]}</p>"),
    st.tuples(st.integers(1, 6), PHRASES).map(lambda it: f"<h{it[0]}>{it[1]}</h{it[0]}>"),
    ITEMS.map("<ul><li>{}</li></ul>".format),
    ITEMS.map("<ol start=7><li>{}</li></ol>".format),
    ITEMS.map("<blockquote>{}</blockquote>".format),
    st.lists(PHRASES, min_size=4, max_size=4).map(
        lambda it: f"<table><tr><td>{it[0]}<td>{it[1]}<tr><td>{it[2]}<td>{it[3]}</table>"
    ),
    st.tuples(PHRASES, ITEMS).map(lambda it: f"<dl><dt>{it[0]}</dt><dd>{it[1]}</dd></dl>"),
)


@settings(max_examples=75, deadline=None)
@given(st.lists(BLOCKS, min_size=1, max_size=5).map("".join))
@example("<p><b>a</b><i>b</i></p>")
@example("<p>*a*<b>&lt;5</b>&lt;a@b.example&gt;</p>")
@example("<p>&lt;5<b>a</b>!<i>@b.example</i>&gt;</p>")
def test_any_words_survive(html):
    expected = "".join(fragment_fromstring(html, create_parent="div").text_content().split())
    assert words_on_page(text(html)) == expected


# fmt: off
TANGLE = [
    *["<p>", "</p>", "<td>", "<table>", "</table>", "<tr>", "<li>", "</ul>", "<ul>", "<b>", "</b>", "a", "<dt>"],
    *["<dd>", "<caption>", "<blockquote>", "<h3>", "</div>", "</span>", "<q>", "<pre>", "<br>", "<!--", "-->", "\x00"],
    "<!--[if !supportLists]-->",
    "<span style='mso-list:Ignore'>",
    "<p style='mso-list:l0 level3 lfo1'>",
    "<div class=passage>",
    "<div class='passage note'>",
    "<a href='#_ftnref1'>",
    "<a href='#_ftn1'>",
    "<td rowspan=0 colspan=9>",
    "<span style='mso-element:field-begin'>",
]
# fmt: on


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200) | st.lists(st.sampled_from(TANGLE), max_size=30).map("".join))
def test_no_tangle_is_too_much(html):
    render(text(html))


# Bounds


@pytest.mark.parametrize(
    "html",
    [
        "<b>" * 150_000 + "x",
        "<div>" * 300_000 + "x",
        "<span>x</span>" * 99_000,
        "<p>x</p>" * 19_000,
        "<li>x" * 19_000,
        "<dl>" + "<dt>x<dd>y" * 9_000,
        "<p><b>x</b><i>y</i>" * 6_000,
        "<p>" + "x<br>" * 19_000,
        "<table>" + "<tr><td>x<td>y" * 4_900,
        "<a href='#_ftnref1'>x</a>" * 19_000,
        "<p>x<a href='#_ftn1'>x</a>" * 9_000,
        "<div id=ftn1><a href='#_ftnref1'>x</a></div>" * 9_000,
        "<p>x</p>" * 90_000,
        "<p>" + "word " * 390_000,
        "<p>" + "x<br>" * 90_000,
        "<table><tr>" + "<td rowspan=9999 colspan=60>x" * 50 + "<tr>" * 20_000,
        "<table>" * 50_000,
        "<ul><li>" * 100_000,
        "<table><tr><td>" + "<p>x</p>" * 90_000 + "<td>y",
        "<a href='#_ftnref1'>x</a>" * 70_000,
        "<p style='" + "a:b;" * 400_000 + "'>x</p>",
        "<td>" * 90_000,
        "*" * 1_900_000,
        "<p>" + "<b>x</b><i>y</i>" * 45_000,
        "<dl>" + "<dt>x<dd>y" * 45_000,
    ],
    ids=lambda html: html[:12],
)
def test_no_clipboard_keeps_the_site_busy(html):
    before = time.process_time()
    try:
        from_clipboard(html)
    except PastingRefused as refusal:
        assert str(refusal).endswith(".")
    # Far above what it takes, far below what anything that grows with the square would.
    assert time.process_time() - before < 10


def test_too_much_is_refused_with_a_sentence():
    with pytest.raises(PastingRefused, match="What was copied is too long"):
        from_clipboard("x" * (pasted.CHARACTERS + 1))
    with pytest.raises(PastingRefused, match="inside one another too deeply"):
        from_clipboard("<div>" * 300 + "x")
    with pytest.raises(PastingRefused, match="too much formatting"):
        from_clipboard("<b>x</b>" * (pasted.ELEMENTS + 1))
    with pytest.raises(PastingRefused, match="too many columns"):
        from_clipboard("<table><tr>" + "<td>x" * 200)


def test_pasted_footnotes_take_names_that_the_text_has_not_given_away() -> None:
    pasted = Pasted("Words.[^1] Not a note: \\[^1].\n\n[^1]: A note.", ())
    assert pasted.beside("No note.") == pasted.text
    beside = "Older.[^2]\n\n[^2]: An older note."
    joined = f"{beside}\n\n{pasted.beside(beside)}"
    assert "[^3]: A note." in joined and "\\[^1]" in joined
    assert render(joined).html.count('role="doc-noteref"') == 2
