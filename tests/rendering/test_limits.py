"""Texts that would keep the site busy are refused with a sentence before they are read; honest ones are not."""

import random
import sys
from unittest.mock import patch

import pytest

from manual.rendering import RenderingRefused, limits, render

MOST = 200_000


def filled(unit, size=MOST):
    return (unit * (size // len(unit) + 1))[:size]


def stairs(sign, steps=600):
    return "\n".join(sign * step for step in range(1, steps))


BOMBS = {
    "open brackets": filled("["),
    "open pictures": filled("!["),
    "open addresses": filled("[a]("),
    "nested brackets": "[" * 100_000 + "]" * 100_000,
    "links": filled("[a](#b) "),
    "asterisks": filled("*"),
    "open emphasis": filled("*a "),
    "emphasis": filled("*a* "),
    "nested emphasis": filled("*a ", 100_000) + filled(" a*", 100_000),
    "mixed emphasis": filled("*_"),
    "underlines": filled("_a "),
    "backticks": filled("`"),
    "backticks growing": stairs("`"),
    "less-than signs": filled("<"),
    "tags": filled("<a "),
    "ampersands": filled("&a"),
    "entities": filled("&amp;"),
    "quotations": filled("> "),
    "quotations growing": stairs(">"),
    "bars": filled("|"),
    "a wide table": filled("|a", 60_000) + "|\n" + filled("|-", 60_000) + "|\n" + filled("|b", 60_000),
    "a long table": "|a|b|\n|-|-|\n" + filled("|c|d|\n"),
    "a table of empty rows": filled("|a", 100) + "|\n" + filled("|-", 100) + "|\n" + filled("|\n"),
    "quoted tables of empty rows": (
        ("> " + "|a" * 190 + "|\n> " + "|-" * 190 + "|\n" + ">|\n" * 390 + "\n") * 20
    ),
    "many tables": filled("|a|b|\n|-|-|\n|c|d|\n\n"),
    "backslashes": filled("\\"),
    "escapes": filled("\\*"),
    "lists on one line": filled("- ") + "a",
    "numbered lists on one line": filled("1. ") + "a",
    "lists in quotations": filled("> - ") + "a",
    "deep lists": "\n".join("    " * step + "- a" for step in range(300)),
    "deep quotations": ">" * 300 + " a",
    "deep boxes": "\n".join("    " * step + "!!! note" for step in range(300)),
    "long lists": filled("- a\n"),
    "boxes": filled("!!! note\n    a\n\n"),
    "footnote references": "[^1]: x\n\n" + filled("[^1]"),
    "footnotes": "".join(f"[^{count}]: x\n\n" for count in range(10_000)),
    "definitions": "a\n" + filled(": b\n"),
    "definitions on one line": "a\n" + filled(": "),
    "headings": filled("# a\n"),
    "underlined headings": filled("a\n-\n\n"),
    "rules": filled("---\n"),
    "braces": "# a " + filled("{: "),
    "marks": filled("*a*{: .kent } "),
    "a long line": filled("a"),
    "spaces": "a" + " " * MOST + "b",
    "tabs": "a" + "\t" * MOST + "b",
    "a long passage": filled("a\n"),
    "empty lines": filled("\n") + "a",
    "too much of anything": filled("word ", 400_000),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_before_it_is_read(name):
    with (
        patch.object(
            sys.modules["manual.rendering.render"], "read", side_effect=AssertionError("it was read")
        ),
        pytest.raises(RenderingRefused) as refusal,
    ):
        render(BOMBS[name])
    sentence = str(refusal.value)
    assert sentence.endswith(".")
    assert len(sentence) < 250


@pytest.mark.parametrize("text", ["\0", "\x02b", "\x03b", "\x0bb", "\x7f", "\x85", "\ud800", "\ufffe"])
def test_control_characters_are_refused_with_line_and_place(text):
    with pytest.raises(
        RenderingRefused, match=r"Line 3 holds an invisible character \(U\+.*after “call the police”"
    ):
        render(f"One.\n\nThen call the police {text}")


def test_lines_are_named_where_one_line_is_too_much():
    for line in (
        "x" * 20_001,
        "> " * 13 + "x",
        "    " * 13 + "x",
        "[" * 1_001,
        "|" * 201,
        "`" * 11,
        " " * 501,
    ):
        with pytest.raises(RenderingRefused, match="Line 3 ") as refusal:
            render(f"One.\n\n{line}.")
        assert refusal.value.line == 3


def test_passages_are_named_by_their_first_line():
    with pytest.raises(RenderingRefused, match="The passage that begins on line 3 ") as refusal:
        render("One.\n\n" + "x\n" * 401)
    assert refusal.value.line == 3


def test_what_stays_within_the_limits_and_still_comes_to_too_much_is_refused():
    text = "\n\n".join("*a* " * 90 for _ in range(111))
    with (
        patch.object(limits, "ELEMENTS", 5_000),
        pytest.raises(RenderingRefused, match="comes to more than 5,000"),
    ):
        render(text)


def test_nesting_that_exhausts_python_is_refused():
    nested = " ".join(["*a"] * 900) + " " + " ".join(["a*"] * 900)
    with pytest.raises(RenderingRefused, match="inside one another too deeply"):
        render(nested)


def test_python_never_says_that_it_is_exhausted():
    reader = patch.object(sys.modules["manual.rendering.render"], "read", side_effect=RecursionError)
    with reader, pytest.raises(RenderingRefused, match="inside one another too deeply"):
        render("Words.")


def calls(text):
    """How many functions Python calls for a text: work, told without a clock."""
    count = 0

    def called(frame, event, argument):
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        render(text)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(
    "unit",
    [
        "[",
        "![",
        "[a](",
        "[a](#b) ",
        "[a][b] ",
        "*a ",
        "*a* ",
        "_a_ ",
        "`a` ",
        "<a ",
        "&a ",
        "\\* ",
        "[^1] ",
        "| a ",
    ],
)
def test_the_work_grows_no_faster_than_the_text(unit):
    small, large = ("[^1]: x\n\n" + filled(unit, size) for size in (200, 800))
    assert calls(large) < 6 * calls(small)


def test_an_honest_chapter_of_twenty_thousand_words_is_welcome():
    rendered = render(honest_chapter())
    assert len(rendered.text.split()) > 20_000
    assert len(rendered.references) >= 500
    assert rendered.html.count("<table>") == 21


VOCABULARY = "child family worker must refer police health school plan review written record consent agency"


def honest_chapter():
    dice = random.Random(1)
    vocabulary = VOCABULARY.split()

    def sentence(length):
        return " ".join(dice.choice(vocabulary) for _ in range(length)).capitalize() + "."

    parts = ["Who this is for."]
    for section in range(21):
        parts.append(f"## {sentence(5)} {{: #section-{section} }}")
        for _ in range(4):
            parts.append(f"### {sentence(4)}")
            parts += [
                " ".join(sentence(18) for _ in range(4))
                + " See [the form](document:form) and [](chapter:a#b), **now**."
                for _ in range(2)
            ]
            parts.append("\n".join(f"- {sentence(10)}" for _ in range(6)))
        rows = "\n".join(f"| {sentence(3)} | {sentence(9)} | [](chapter:form-{row}) |" for row in range(8))
        parts.append(f"| Who | What | Where |\n| --- | --- | --- |\n{rows}")
        parts.append(f"!!! guidance\n    {sentence(20)}[^{section}]\n\n    {sentence(20)}")
        parts.append(f"[^{section}]: {sentence(12)}")
    return "\n\n".join(parts)


def test_honest_oddities_are_welcome():
    for text in (
        "- " * 20,
        "* * * * * * * * * * * * * * * * *",
        "_" * 100,
        "=" * 100,
        "Name: " + "." * 300,
        "!" * 50,
    ):
        render(text)
