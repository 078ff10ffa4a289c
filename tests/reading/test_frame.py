"""What stands around pages is rendered once for all for which it is the same, and is right for each of them."""

import pytest
from django.template import Context, Template
from django.utils.html import escape

from manual.models import Manual
from manual.templatetags.kept import Frame, NotInTheKey, Seen, gap


def within(words):
    return Template(f"{{% load kept %}}{{% kept frame %}}{words}{{% endkept %}}")


def frame(key, shown, **filled_in):
    return Context({"frame": Frame(key, lambda: shown, filled_in), "outside": "out"})


def test_it_is_rendered_once_for_a_key():
    template = within("{{ word }}")
    assert template.render(frame(1, {"word": "one"})) == "one"
    assert template.render(frame(1, {"word": "another"})) == "one"
    assert template.render(frame(2, {"word": "another"})) == "another"


def test_each_page_fills_in_what_is_its_own():
    template = within('<a href="{{ here }}b">{{ word }}</a>')
    shown = {"here": gap("here"), "word": gap("word")}
    assert template.render(frame(1, shown, here="/a/", word="&lt;")) == '<a href="/a/b">&lt;</a>'
    assert template.render(frame(1, shown, here="/c/", word="w")) == '<a href="/c/b">w</a>'


def test_what_the_key_does_not_tell_cannot_be_shown():
    with pytest.raises(NotInTheKey, match="imag"):
        within("{{ number.imag }}").render(frame(1, {"number": Seen(1, frozenset({"real"}))}))


def test_nothing_from_around_it_is_seen_inside():
    assert within("{{ outside }}").render(frame(1, {})) == ""


def test_without_a_key_nothing_is_kept():
    template = within("{{ word }}")
    assert template.render(frame(None, {"word": "one"})) == "one"
    assert template.render(frame(None, {"word": "another"})) == "another"


def test_while_somebody_works_on_the_templates_nothing_is_kept(settings):
    settings.DEBUG = True
    template = within("{{ word }}")
    assert template.render(frame(1, {"word": "one"})) == "one"
    assert template.render(frame(1, {"word": "another"})) == "another"


@pytest.mark.parametrize("looks", ["", "large-high"])
def test_pages_one_after_another_have_each_their_own_words_addresses_and_looks(client, sample, looks):
    client.cookies["display"] = looks
    for query in ("one", "two & <b>three</b>", "", "one"):
        html = client.get("/search/", {"q": query, "x": "1"}).content.decode()
        assert f'type="search" value="{escape(query)}"' in html
        # Of the search in the filters, and on another day.
        assert html.count(f'<input name="q" type="hidden" value="{escape(query)}">') == (2 if query else 0)
        # With every choice of size, colours, area, and of what a key does.
        assert html.count("x%3D1") == 10
        assert ('class="size-large colours-high"' in html) is bool(looks)
    assert 'name="page" type="hidden" value="/keywords/"' in client.get("/keywords/").content.decode()
    assert 'name="page" type="hidden" value="/search/"' in client.get("/search/").content.decode()


def test_an_edition_has_its_own_frame(client, sample):
    first = client.get("/editions/1/search/?q=plan").content.decode()
    second = client.get("/editions/2/search/?q=plan").content.decode()
    assert 'action="/editions/1/search/"' in first
    assert 'action="/editions/2/search/"' in second
    assert 'action="/search/"' in client.get("/search/?q=plan").content.decode()
    on_a_day = client.get("/editions/1/search/?q=plan&on=2026-04-01").content.decode()
    assert 'name="on" type="hidden" value="2026-04-01"' in on_a_day
    assert 'name="on"' not in first


def test_what_is_said_of_the_manual_is_said_at_once(client, sample):
    assert "Southfield board" not in client.get("/").content.decode()
    Manual.objects.update(board="Southfield board")
    assert client.get("/").content.decode().count("Southfield board") == 2


def templates_of(response):
    return {template.name for template in response.templates}


def test_a_page_of_results_is_rendered_once_and_each_search_has_its_own_words(client, sample):
    first = client.get("/search/?q=plan")
    second = client.get("/search/?q=bruising")
    assert "manual/search.html" not in templates_of(second)
    for response, query in ((first, "plan"), (second, "bruising")):
        html = response.content.decode()
        assert f"<title>“{query}” – Search – Northfield procedures</title>" in html
        assert html.count(f'name="q" type="hidden" value="{query}"') == 2
        assert f"“{query}”</p>" in html
    assert first.headers["Cache-Control"] == second.headers["Cache-Control"] == "no-cache"
    assert "Cookie" in first.headers["Vary"]
    assert "Cookie" in second.headers["Vary"]


def test_words_of_a_search_are_never_taken_for_html(client, sample):
    client.get("/search/?q=plan")
    html = client.get("/search/", {"q": "<i>plan</i> & “x”"}).content.decode()
    assert "<i>" not in html
    assert "<title>“&lt;i&gt;plan&lt;/i&gt; &amp; “x””" in html


def test_what_changes_around_results_is_seen_at_once(client, sample):
    def banners():
        return client.get("/search/?q=plan").content.decode().count('class="banner banner-sample"')

    assert banners() == 0
    Manual.objects.update(sample=True)
    assert banners() == 1
    assert client.get("/search/?q=plan").headers["X-Robots-Tag"] == "noindex"
    Manual.objects.update(sample=False)
    assert banners() == 0
    assert "X-Robots-Tag" not in client.get("/search/?q=plan").headers


def test_who_reads_otherwise_than_most_has_a_page_of_their_own(client, admin_client, sample):
    plain = client.get("/search/?q=plan").content.decode()
    assert "staff-bar" not in plain
    assert "staff-bar" in admin_client.get("/search/?q=plan").content.decode()
    assert 'banner-area"' not in plain
    client.cookies["area"] = "north"
    assert 'banner-area"' in client.get("/search/?q=plan").content.decode()
    del client.cookies["area"]
    client.cookies["last-seen"] = "1"
    assert "banner-last-seen" in client.get("/search/?q=plan").content.decode()
    client.cookies["last-seen"] = "3"
    assert "banner-last-seen" not in client.get("/search/?q=plan").content.decode()
    del client.cookies["last-seen"]
    assert client.get("/search/?q=plan").content.decode() == plain


def test_a_narrowed_search_opens_its_form_and_another_does_not(client, sample):
    plain = client.get("/search/?q=plan").content.decode()
    assert '<details class="search-filters" open' in client.get("/search/?q=plan&area=north").content.decode()
    assert '<details class="search-filters">' in plain
    assert client.get("/search/?q=plan").content.decode() == plain
