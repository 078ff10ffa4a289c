"""Whatever a template or a script says to readers can be translated, on pages that are seldom met too."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Editors have pages of their own, and the components are for those who work on the code.
OTHERS = ("admin", "registration", "manual/components.html")
READERS = [
    str(path.relative_to(ROOT / "templates"))
    for path in sorted((ROOT / "templates").rglob("*.html"))
    if not str(path.relative_to(ROOT / "templates")).startswith(OTHERS)
]
# Names, the same in every language.
NAMES = {"SHA-256", "index.html"}

TRANSLATED = re.compile(r"{% blocktranslate .*?{% endblocktranslate %}", re.DOTALL)
NO_WORDS = re.compile(r"{% block (?:layout|style) %}.*?{% endblock %}", re.DOTALL)
OF_DJANGO = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
# What `data-copy` tells apart is for the script and not for readers.
SHOWN = re.compile(r'\b(?:aria-label|title|alt|placeholder|label|(?!data-copy=)data-[a-z-]+)="([^"]*)"')
PLURALS_OF_ENGLISH = re.compile(r"{{[^}]*\|(?:pluralize|default:\")")


def words_left(template: str) -> list[str]:
    """What stands in the text or in an attribute that is shown or heard, and is no message."""
    rest = OF_DJANGO.sub("", NO_WORDS.sub("", TRANSLATED.sub("", template)))
    said = [*SHOWN.findall(rest), *re.split(r"<[^>]*>", rest)]
    return [words for each in said if re.search("[A-Za-z]", words := each.strip()) and words not in NAMES]


@pytest.mark.parametrize("name", READERS)
def test_a_template_says_nothing_that_cannot_be_translated(name):
    template = (ROOT / "templates" / name).read_text()
    assert words_left(template) == []
    assert PLURALS_OF_ENGLISH.findall(template) == []


@pytest.mark.parametrize(
    ("template", "left"),
    [
        ("<p>Words</p>", ["Words"]),
        ('<p aria-label="Words">{{ number }}</p>', ["Words"]),
        ('<p data-none="No words"></p>', ["No words"]),
        ("<p>{% if one %}A word{% else %}{% translate 'Words' %}{% endif %}</p>", ["A word"]),
        ('<p class="word" aria-label="{% translate "Words" %}">{% translate "Words" %}: {{ words }}</p>', []),
        ("<p>{% blocktranslate with n=n %}{{ n }} <b>words</b>{% endblocktranslate %}, {{ n }}</p>", []),
    ],
)
def test_words_that_are_no_message_are_found(template, left):
    assert words_left(template) == left


COMMENT = re.compile(r"^\s*(?://|/?\*).*$|\s// .*$", re.MULTILINE)
SAID = re.compile(r"""\.textContent = ["'`](?=[^"'`]*[A-Za-z])|(?<=["'`])[A-Z][a-z]+[^"'`]*(?=["'`])""")
# What the browser calls things.
KEYS = {"ArrowLeft", "ArrowRight", "End", "Escape", "Home"}


def words_of_script(script: str) -> list[str]:
    return [words for words in SAID.findall(COMMENT.sub("", script)) if words not in KEYS]


@pytest.mark.parametrize("script", sorted((ROOT / "static/js").glob("*.js")), ids=lambda path: path.name)
def test_a_script_takes_its_words_from_the_page(script):
    assert words_of_script(script.read_text()) == []


@pytest.mark.parametrize(
    ("script", "left"),
    [
        ("button.textContent = says.copy; // Words", []),
        ("told.textContent = `${here} of ${all}`;", [".textContent = `"]),
        ('const LABELS = { copy: "Copy the words" };', ["Copy the words"]),
        ('button("Previous", -1)', ["Previous"]),
        ('if (event.key === "Escape") close();', []),
    ],
)
def test_words_in_a_script_are_found(script, left):
    assert words_of_script(script) == left
