"""A text as it is printed."""

from manual.rendering import apart, on_paper
from manual.rendering.paper import SHORT


def test_a_link_to_another_site_has_its_address_behind_it():
    html = '<p><a href="https://www.example.org/form">The form<span class="outside"> (external link)</span></a>.</p>'
    assert on_paper(html) == (
        '<p><a href="https://www.example.org/form">The form'
        '<span class="printed-address"> (https://www.example.org/form)</span></a>.</p>'
    )
    assert "(team@example.org)" in on_paper('<p><a href="mailto:team@example.org">Write to the team</a></p>')


def test_words_that_are_the_address_already_are_left_alone():
    for href, words in (
        ("https://www.example.org/form/", "https://www.example.org/form"),
        ("https://www.example.org/form", "example.org/form"),
        ("https://example.org/", "www.Example.org"),
        ("mailto:team@example.org", "team@example.org"),
    ):
        html = f'<p><a href="{href}">{words}</a></p>'
        assert on_paper(html) == html


def test_telephones_references_and_keywords_have_no_address_behind_them():
    html = (
        '<p><a href="tel:01632960001">01632 960001</a> <a class="reference" href="/chapters/x/">2.1 X</a> '
        '<a class="keyword" href="/keywords/lado/">LADO</a> <a href="#who">below</a></p>'
    )
    assert on_paper(html) == html


def test_a_keyword_names_no_meaning_that_is_not_printed():
    html = '<p><a class="keyword" href="/keywords/lado/" aria-describedby="site-meaning-lado">LADO</a></p>'
    assert on_paper(html) == '<p><a class="keyword" href="/keywords/lado/">LADO</a></p>'


def test_an_address_is_escaped_as_words_and_as_a_link():
    html = '<p><a href="https://example.org/?a=1&amp;b=&quot;&lt;">Go</a></p>'
    assert '(https://example.org/?a=1&amp;b="&lt;)</span>' in on_paper(html)


def test_nothing_is_left_that_is_there_to_be_pressed():
    html = (
        '<section id="who"><h2><span class="section-number">1</span> Who <a class="section-link" href="#who">#</a> '
        '<a class="cite-link" href="/cite/">Cite</a></h2><p>Words.</p></section>'
    )
    printed = on_paper(html)
    assert "section-link" not in printed and "cite-link" not in printed
    assert '<span class="section-number">1</span> Who' in printed
    assert "Words." in printed


def test_pictures_do_not_wait_until_they_are_scrolled_to():
    assert "loading" not in on_paper('<p><img alt="A" loading="lazy" src="/documents/a/"></p>')


def test_short_rows_and_boxes_stay_whole_and_long_ones_may_be_parted():
    row = "<tr><td>{}</td></tr>"
    html = f"<table><tbody>{row.format('Short.')}{row.format('x' * (SHORT + 1))}</tbody></table>"
    assert on_paper(html).count('<tr class="paper-whole">') == 1
    box = '<div class="passage guidance">{}</div>'
    assert 'class="passage guidance paper-whole"' in on_paper(box.format("Short."))
    assert "paper-whole" not in on_paper(box.format("x" * (SHORT + 1)))


def test_texts_on_one_page_keep_places_of_their_own_below_the_page_headings():
    html = (
        '<section id="who" aria-labelledby="h"><h2 id="h">Who</h2><h6>Small</h6></section>'
        '<p><a href="#who">above</a> <a href="/chapters/x/#who">elsewhere</a></p>'
    )
    assert apart(html, "text-3", lower=1) == (
        '<section id="text-3-who" aria-labelledby="text-3-h"><h3 id="text-3-h">Who</h3><h6>Small</h6></section>'
        '<p><a href="#text-3-who">above</a> <a href="/chapters/x/#who">elsewhere</a></p>'
    )
