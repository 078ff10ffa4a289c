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
