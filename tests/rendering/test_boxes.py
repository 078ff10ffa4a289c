"""Passages set apart, and lines that stand for something made elsewhere."""

import pytest

from manual.rendering import RenderingRefused, render


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        ("policy", "Policy"),
        ("procedure", "Procedure"),
        ("guidance", "Guidance"),
        ("protocol", "Protocol"),
        ("note", "Note"),
        ("warning", "Warning"),
    ],
)
def test_a_box_says_what_it_is(kind, label):
    assert render(f"!!! {kind}\n    Words.").html == (
        f'<div class="passage {kind}"><p class="passage-label">{label}</p>\n<p>Words.</p>\n</div>'
    )


def test_a_box_for_one_area_says_so():
    assert render("!!! kent\n    Words.").html == (
        '<div class="passage area area-kent"><p class="passage-label">Kent only</p>\n<p>Words.</p>\n</div>'
    )


def test_a_title_takes_the_labels_place_but_keeps_the_area_in_words():
    assert '<p class="passage-label">For schools</p>' in render('!!! note "For schools"\n    Words.').html
    assert '<p class="passage-label">Nights (Kent only)</p>' in render('!!! kent "Nights"\n    Words.').html
    assert '<p class="passage-label">Kent only</p>' in render('!!! kent ""\n    Words.').html


@pytest.mark.parametrize("status", ["policy", "procedure", "guidance", "protocol"])
def test_a_title_does_not_hide_whether_a_passage_is_an_instruction(status):
    html = render(f'!!! {status} "For schools"\n    Words.').html
    assert f'<p class="passage-label">{status.capitalize()}: For schools</p>' in html


def test_a_title_may_stand_in_typographic_quotation_marks_and_hold_markup():
    html = render("!!! note “For *schools*”\n    Words.").html
    assert '<p class="passage-label">For <em>schools</em></p>' in html


def test_a_contact_box_has_a_label_only_with_a_title():
    assert render("!!! contact\n    Words.").html == '<div class="passage contact">\n<p>Words.</p>\n</div>'
    assert '<p class="passage-label">Duty team</p>' in render('!!! contact "Duty team"\n    Words.').html


def test_a_box_holds_several_paragraphs_lists_and_boxes():
    html = render("!!! note\n    One.\n\n    - a\n    - b\n\n    !!! kent\n        Two.\n\nThree.").html
    box, after = html.split("</div>\n</div>")
    assert all(words in box for words in ["One.", "<li>b</li>", "Kent only", "Two."])
    assert after.strip() == "<p>Three.</p>"


def test_a_box_may_begin_after_an_empty_line_and_follow_words_at_once():
    assert "<p>One.</p>" in render("!!! note\n\n    One.").html
    assert render("Words.\n!!! note\n    One.\nMore.").html.startswith("<p>Words.</p>\n<div")


def test_a_box_can_stand_in_a_list_or_a_quotation():
    html = render("- item\n\n    !!! note\n        Words.\n\n> !!! kent\n>     Words.").html
    assert html.count('<div class="passage ') == 2


def test_a_definition_list_does_not_take_the_label():
    html = render("!!! note\n    : Words.").html
    assert '<p class="passage-label">Note</p>' in html


@pytest.mark.parametrize(
    "written", ["!!! guidnace", "!!! kent medway", '!!! note "unclosed', "!!! ???", "!!! note: x"]
)
def test_an_unknown_box_is_refused_with_its_line_and_the_known_ones(written):
    with pytest.raises(RenderingRefused) as refusal:
        render(f"Words.\n\n{written}\n    Words.")
    assert refusal.value.line == 3
    assert "policy, procedure, guidance, protocol, kent, medway, note, warning, contact" in str(refusal.value)


def test_a_box_with_nothing_in_it_is_refused():
    with pytest.raises(
        RenderingRefused, match="Line 4: “!!! note” opens a box with nothing in it"
    ) as refusal:
        render("!!! note\n    Words.\n\n!!! note\nNot indented.")
    assert refusal.value.line == 4


def test_a_box_that_cannot_begin_where_it_stands_is_refused():
    for item in ("item", "*item*", "[](chapter:a)"):
        with pytest.raises(RenderingRefused, match="Line 2: “!!! note” stands where no box can begin"):
            render(f"- {item}\n    !!! note\n        Words.")


def test_exclamation_marks_are_no_box():
    assert render("!!!! Stop").html == "<p>!!!! Stop</p>"
    assert render("Stop !!! now").html == "<p>Stop !!! now</p>"


def test_an_include_stands_for_a_passage():
    rendered = render("Ring:\n\n!!! include chapter:contact-details#out-of-hours\n\nThen write.")
    assert '<div class="include"><a href="chapter:contact-details#out-of-hours"></a></div>' in rendered.html
    reference = rendered.references[0]
    assert (reference.kind, reference.slug, reference.anchor) == (
        "include",
        "contact-details",
        "out-of-hours",
    )
    assert reference.line == 3


@pytest.mark.parametrize(
    "written",
    [
        "!!! include",
        "!!! include chapter:contact-details",
        "!!! include contact-details#a",
        "!!! include chapter:Contact#a",
        "!!! include chapter:a#b more",
        "!!! include document:a#b",
    ],
)
def test_a_malformed_include_is_refused_with_its_line(written):
    with pytest.raises(RenderingRefused, match="does not say what to include") as refusal:
        render(f"Words.\n\n{written}")
    assert refusal.value.line == 3


@pytest.mark.parametrize("which", ["newest", "all"])
def test_changes_stand_for_the_generated_list(which):
    assert render(f"!!! changes {which}").html == f'<div class="changes changes-{which}"></div>'


@pytest.mark.parametrize("written", ["!!! changes", "!!! changes some", "!!! changes newest all"])
def test_malformed_changes_are_refused_with_their_line(written):
    with pytest.raises(
        RenderingRefused, match="must be “!!! changes newest” or “!!! changes all”"
    ) as refusal:
        render(f"{written}")
    assert refusal.value.line == 1


@pytest.mark.parametrize("text", ["\\!!! note", "Words  \n\\!!! note", "**\\!!! note**"])
def test_exclamation_marks_can_be_escaped(text):
    assert "!!! note" in render(text).html
    assert "passage" not in render(text).html


CONTACT = """!!! contact "Duty team"
    Telephone: 01632 960130
    E-mail: <duty@example.org>
    Hours: Monday to Friday, 9am to 5pm
"""


def test_lines_of_a_contact_box_are_what_they_are_and_what_they_say():
    assert render(CONTACT).html == (
        '<div class="passage contact"><p class="passage-label">Duty team</p>\n<dl>\n'
        "<dt>Telephone</dt>\n<dd>01632 960130</dd>\n"
        '<dt>E-mail</dt>\n<dd><a href="mailto:duty@example.org">duty@example.org</a></dd>\n'
        "<dt>Hours</dt>\n<dd>Monday to Friday, 9am to 5pm</dd>\n</dl>\n</div>"
    )


def test_a_contact_box_may_go_on_and_stand_in_the_box_of_an_area():
    inside = CONTACT.replace("\n", "\n    ")
    html = render(f"!!! kent\n    {inside}\n        Ask for the duty officer.\n\nAfter.").html
    box, after = html.split("</div>\n</div>")
    assert box.index("Kent only") < box.index("Duty team") < box.index("<dl>") < box.index("<p>Ask for")
    assert after.strip() == "<p>After.</p>"


@pytest.mark.parametrize(
    "words",
    [
        "Ring the team.",
        "Telephone: 01632 960130\n    or come by",
        "Telephone:",
        "Note that this sentence is far too long: it is one",
    ],
)
def test_other_words_in_a_contact_box_stay_a_paragraph(words):
    html = render(f"!!! contact\n    {words}").html
    assert "<dl" not in html
    assert "<p>" in html


def test_lines_of_other_boxes_and_paragraphs_stay_lines():
    assert "<dl" not in render("!!! note\n    Telephone: 01632 960130\n\nE-mail: none").html


def test_a_library_is_a_list_of_documents_with_what_is_said_of_each():
    html = render(
        "!!! library\n\n    [The Act](https://example.org/)\n    :   What it is for.\n    :   Parliament, 1989; law\n\n"
        "    [](document:form)\n    :   What it is for."
    ).html
    assert html == (
        '<div class="passage library">\n<dl>\n<dt><a href="https://example.org/">The Act</a></dt>\n'
        "<dd>What it is for.</dd>\n<dd>Parliament, 1989; law</dd>\n"
        '<dt><a href="document:form"></a></dt>\n<dd>What it is for.</dd>\n</dl>\n</div>'
    )
