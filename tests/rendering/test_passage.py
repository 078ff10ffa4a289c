"""A passage that is written in one chapter and shown in others."""

from manual.rendering import Marks, marks, passage, render
from tests.rendering.oracle import complaints, page, well_formed

TEXT = """\
## Contacts

### Out of hours {: #out-of-hours .kent }

Ring **01622**[^1] or see [below](#email).

| a | |
|---|---|
| | b |

#### By *e-mail* {: #email }

Write.
{: #write }

### Next

[^1]: Note.
"""


def shown(anchor, **options):
    return passage(render(TEXT).html, anchor, **options)


def test_a_passage_is_the_sections_content_without_its_heading():
    assert shown("email") == "<p>Write.</p>"


def test_a_passage_keeps_labels_and_loses_ids_numbers_and_footnotes():
    html = shown("out-of-hours")
    assert html.startswith('<p class="area-label">Kent only</p>')
    assert "Ring <strong>01622</strong> or see" in html
    assert not page(html).xpath("//@id")
    assert "section-number" not in html
    assert "footnote" not in html


def test_headings_inside_a_passage_are_bold_paragraphs():
    html = shown("out-of-hours")
    assert '<p class="heading"><strong>By <em>e-mail</em></strong></p>' in html
    assert "<section" not in html


def test_links_within_the_chapter_lead_to_it_when_it_is_named():
    assert '<a href="#email">' in shown("out-of-hours")
    assert '<a href="chapter:contacts#email">' in shown("out-of-hours", chapter="contacts")


def test_what_is_no_section_is_no_passage():
    html = render(TEXT).html
    for anchor in ("nowhere", "", "1.1", "write", "fn-1"):
        assert passage(html, anchor) is None
    assert passage("", "a") is None


def test_a_numbered_paragraph_is_a_passage():
    html = render("One.\n\nTwo *x*.\n{: .kent }\n\n## A\n\nThree.", numbering="paragraphs").html
    assert passage(html, "p-1") == "<p>One.</p>"
    assert passage(html, "p-2").startswith('<p class="area area-kent">Two')
    assert passage(html, "a") == "<p>Three.</p>"


def test_a_passage_is_well_formed_and_holds_nothing_new():
    html = shown("out-of-hours")
    assert complaints(html) == []
    assert well_formed(html) is not None


def test_what_a_passage_is_and_where_it_applies_is_told_of_it():
    html = render(
        "## Nights {: #nights .kent .guidance }\n\n### Ring {: #ring }\n\nRing.\n\n## Days {: #days }"
    ).html
    assert marks(html, "nights") == Marks("guidance", ("kent",), frozenset({"status", "areas"}))
    assert marks(html, "ring") == Marks("guidance", ("kent",), frozenset())
    assert marks(html, "days") == marks(html, "nowhere") == Marks()
