"""An anchor is written into the text once, and the page stays as it was, byte for byte."""

from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from manual.rendering import RenderingRefused, render, write_anchors
from tests.rendering.test_hostile import BLOCKS, LINE, NUMBERINGS, TEXTS, block

CHAPTERS = sorted((Path(__file__).parents[2] / "content" / "editions").glob("*/chapters/*.md"))

HEADINGS = st.one_of(
    BLOCKS,
    block("# "),
    block("## ", " ##"),
    block("## ", "# "),
    block("##\t"),
    block("## ", " {: .guidance }"),
    block("## ", " {: .guidance } ##"),
    block("", "\n==="),
    block("", " {: .policy }\n--- "),
    block("- item\n"),
    block("- item\n\n    words\n## "),
    block("> ## "),
    block("> words\n## "),
    block("!!! note\n    words\n## "),
    block("| a | b |\n|---|---|\n## "),
    block("words\n## ", "\nwords"),
    LINE.map(lambda line: f"## {line}\n### {line}"),
)
MANY_HEADINGS = st.lists(HEADINGS, min_size=1, max_size=8).map("\n\n".join).map("{}\n\n[^1]: Note.".format)


def holds(text, numbering="headings"):
    """What is promised of every text: the same page, nothing left to write, the old text but for anchors."""
    before = render(text, numbering=numbering)
    written = write_anchors(text, numbering=numbering)
    assert render(written, numbering=numbering) == before
    assert write_anchors(written, numbering=numbering) == written
    return written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("## What to do", "## What to do {: #what-to-do }"),
        ("# What to do", "# What to do {: #what-to-do }"),
        ("##\tWhat to do", "##\tWhat to do {: #what-to-do }"),
        ("## Do  \n\nWords.", "## Do {: #do }\n\nWords."),
        ("## Do ##", "## Do {: #do } ##"),
        ("## C#\n\nWords", "## C {: #c } #\n\nWords"),
        ("## C\\#", "## C\\# {: #c }"),
        ("## C ## ", "## C #\\# {: #c }"),
        ("## Do {: .guidance }", "## Do {: #do .guidance }"),
        ("## Do {: .guidance } ##", "## Do {: #do .guidance } ##"),
        ("## Do {:.kent}", "## Do {: #do .kent }"),
        ("## Do {: }", "## Do {: #do }"),
        ("## Do {: #chosen .kent }", "## Do {: #chosen .kent }"),
        ("Do\n---\n\nWords.", "Do {: #do }\n---\n\nWords."),
        ("Do {: .policy }\n===", "Do {: #do .policy }\n==="),
        ("## A\n\n### A\n\n## A", "## A {: #a }\n\n### A {: #a-2 }\n\n## A {: #a-3 }"),
        ("## Duties\n\n## Other {: #duties }", "## Duties {: #duties-2 }\n\n## Other {: #duties }"),
        (
            "\ufeff## A\r\n\r\nWords.\r\n\r\n## B\r\n",
            "\ufeff## A {: #a }\r\n\r\nWords.\r\n\r\n## B {: #b }\r\n",
        ),
        ("## *Must* `x` [y](chapter:z)", "## *Must* `x` [y](chapter:z) {: #must-x-y }"),
        ("##### Deep", "##### Deep {: #deep }"),
        ("Words\n## A\nmore", "Words\n## A {: #a }\nmore"),
    ],
)
def test_an_anchor_stands_at_the_end_of_its_headings_line(text, written):
    assert holds(text) == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Words.",
        "- ## In a list",
        "- item\n\n    words\n## In a list too",
        "> ## In a quotation",
        "!!! note\n    ## In a box",
        "    ## In code",
        "[^1]: Note\n\n    ## In a note\n\nWords[^1].",
        "| a | b |\n|---|---|\n## In a table | c",
        "Words.\n\n---\n\nMore.",
        "#NoHeading",
    ],
)
def test_what_is_no_section_is_left_alone(text):
    assert holds(text) == text


def test_an_address_survives_rewording():
    written = write_anchors("## What to do")
    reworded = written.replace("What to do", "Your next steps")
    assert [section.anchor for section in render(reworded).sections] == ["what-to-do"]


def test_numbered_paragraphs_keep_their_own_anchors():
    assert holds("Words.\n\n## A\n\nMore.", "paragraphs") == "Words.\n\n## A {: #a }\n\nMore."


def test_areas_of_another_manual_are_known():
    areas = {"essex": "Essex"}
    written = write_anchors("## A {: .essex }\n\n!!! essex\n    Words.", areas=areas)
    assert written.startswith("## A {: #a .essex }\n")
    assert render(written, areas=areas) == render("## A {: .essex }\n\n!!! essex\n    Words.", areas=areas)


def test_a_text_that_has_no_page_is_refused_as_ever():
    with pytest.raises(RenderingRefused, match=r"Line 3 refers to a footnote \[\^x\]"):
        write_anchors("## A\n\nWords[^x].")


def test_a_text_that_is_full_already_is_left_as_it_is():
    text = "## A\n\n" + "\n\n".join(["w" * 14_998] * 20)
    text = text[:299_995]
    assert write_anchors(text) == text


def test_the_mark_that_finds_a_heading_is_not_mistaken_for_words():
    assert holds("## \ue0001\ue000 A\n\n## B") == "## \ue0001\ue000 A {: #section-1-a }\n\n## B {: #b }"


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: f"{path.parts[-3][:4]}-{path.stem}")
def test_every_chapter_of_the_manual_keeps_its_page(chapter):
    text = chapter.read_text(encoding="utf-8").split("\n---\n", 1)[1]
    written = holds(text)
    assert all(
        section.anchor in written or f"#{section.anchor}" in written
        for section in render(text).sections
        if section.heading
    )


@settings(max_examples=120)
@given(TEXTS | MANY_HEADINGS, NUMBERINGS)
def test_no_text_whatever_changes_its_page(text, numbering):
    try:
        render(text, numbering=numbering)
    except RenderingRefused:
        assume(False)
    holds(text, numbering)
