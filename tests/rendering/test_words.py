"""The plain words of a section, as search reads them."""

from manual.rendering import render

TEXT = """\
Before.

## Duties {: .guidance }

You *must* [act](chapter:a)[^1], now.
At once.

- one
- two
    - three

| Who | When |
|---|---|
| Police | Today |

!!! kent
    Ring `999`.

!!! contact "Duty team"
    01622

### Sub

Inner.

[^1]: A note.
"""


def test_a_sections_words_are_its_own():
    before, duties, sub = render(TEXT).sections
    assert before.text == "Before."
    assert sub.text == "Inner."
    assert duties.text.split("\n") == [
        "You must act, now. At once.",
        "one",
        "two",
        "three",
        "Who; When",
        "Police; Today",
        "Ring 999.",
        "Duty team",
        "01622",
        "A note.",
    ]


def test_the_whole_text_holds_the_headings():
    text = render(TEXT).text
    assert text.startswith("Before.\nDuties\nYou must")
    assert text.endswith("Sub\nInner.")


def test_labels_numbers_and_links_to_copy_are_left_out():
    text = render(TEXT).text
    assert not any(word in text for word in ["Guidance", "Kent only", "#", "1.1", "↩"])


def test_numbers_of_paragraphs_are_left_out():
    assert [section.text for section in render("One.\n\nTwo.", numbering="paragraphs").sections] == [
        "One.",
        "Two.",
    ]


def test_a_phrase_for_one_area_keeps_its_words():
    assert render("*Here*{: .kent } only.").text == "Here (Kent only) only."


def test_pictures_are_read_by_their_words_and_code_line_by_line():
    assert render("See ![the map](document:map).").text == "See the map ."
    assert render("    one\n    two").text == "one\ntwo"


def test_signs_are_themselves():
    assert render("AT&T &copy; &lt;b&gt; “so” – it’s a&nbsp;b").text == "AT&T © <b> “so” – it’s a b"


def test_a_cell_that_ends_with_a_stop_needs_no_other():
    section = render("| a | b |\n|---|---|\n| Ring. | |\n| | Wait |\n| Ring at once. | Wait |").sections[0]
    assert section.text.split("\n") == ["a; b", "Ring.", "Wait", "Ring at once. Wait"]
