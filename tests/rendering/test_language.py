"""What the software says in a text, in another language: made-up Welsh, by a dictionary."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from manual.comparison import tracked_changes
from manual.rendering import language, render, sanitise

WELSH = {
    "Link to section %(number)s": "Dolen i adran %(number)s",
    "Link to “%(heading)s”": "Dolen i “%(heading)s”",
    "Footnote %(note)s": "Troednodyn %(note)s",
    "Table": "Tabl",
    "Guidance": "Canllawiau",
    "%(areas)s only": "%(areas)s yn unig",
    " and ": " a ",
    "Added:": "Ychwanegwyd:",
}


@pytest.fixture
def welsh() -> Iterator[None]:
    language.speak(lambda message: WELSH.get(message, message))
    yield
    language.speak(translation.gettext, translation.ngettext)


def test_labels_and_names_of_links_are_in_the_language_of_the_site(welsh):
    html = render(
        "## Who refers {: .guidance .kent }\n\nYou.[^1]\n\n| a |\n| --- |\n| b |\n\n[^1]: Me.\n"
    ).html
    for said in (
        'aria-label="Dolen i adran 1"',
        'aria-label="Troednodyn 1"',
        'aria-label="Tabl"',
        ">Canllawiau<",
        ">Kent yn unig<",
    ):
        assert said in html


def test_a_heading_without_a_number_names_its_link(welsh):
    assert 'aria-label="Dolen i “Who”"' in render("## Who\n\nYou.\n", numbering="paragraphs").html


def test_no_name_of_a_link_is_let_in_that_the_language_does_not_have(welsh):
    link = '<a class="section-link" href="#who" aria-label="{}">#</a>'
    assert "aria-label" not in sanitise(link.format("Link to section 1"))
    assert "aria-label" not in sanitise(link.format("Dolen i adran &lt;b&gt;"))
    assert "aria-label" in sanitise(link.format("Dolen i adran 1.2"))


def test_changes_are_told_in_the_language_of_the_site(welsh):
    assert "Ychwanegwyd: " in tracked_changes("<p>One.</p>", "<p>One. Two.</p>").html


def test_without_another_language_it_is_english():
    language.speak()
    try:
        assert 'aria-label="Link to section 1"' in render("## Who\n\nYou.\n").html
        assert language.ngettext("one", "many", 1) == "one"
    finally:
        language.speak(translation.gettext, translation.ngettext)
