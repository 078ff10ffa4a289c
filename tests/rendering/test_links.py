"""Where links and pictures may lead, and what is written down about those inside the manual."""

import pytest

from manual.rendering import Reference, render
from tests.rendering.oracle import page


def link(address):
    return page(render(f"[words]({address})").html)[0][0]


@pytest.mark.parametrize(
    "address",
    [
        "chapter:bullying",
        "chapter:bullying#when-to-refer",
        "chapter:bullying#1.2",
        "keyword:section-47",
        "document:referral-form",
        "https://www.example.org/a?b=1&c=2#d",
        "http://192.168.0.1:8080/",
        "https://example.org/wiki/Care_(law)",
        "mailto:lado@example.org?subject=Referral",
        "tel:+441622000000",
        "#when",
        "#3.2",
    ],
)
def test_allowed_addresses_are_kept(address):
    assert link(address).get("href") == address


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java&#115;cript:alert(1)",
        "&#1;javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org",
        "/admin/",
        "other.html",
        "../up",
        "https:example.org",
        "https://",
        "https://user:secret@example.org",
        "https://exa mple.org:99999/",
        "https://1.2.3.4.5/",
        "https://[::1]/",
        "mailto:",
        "tel:ring-me",
        "#",
        "",
    ],
)
def test_other_links_lose_their_address_and_keep_their_words(address):
    found = link(address)
    assert (found.tag, found.text, dict(found.attrib)) == ("a", "words", {})


def test_telephone_numbers_and_file_names_may_be_written_with_spaces():
    assert link("tel:03000 41 41 41").get("href") == "tel:03000414141"
    assert link("https://example.org/a file.pdf").get("href") == "https://example.org/a%20file.pdf"
    assert link("Chapter:bullying").get("href") == "chapter:bullying"


def test_empty_words_are_left_to_be_filled_in_and_outside_ones_show_the_address():
    assert link("chapter:bullying").getparent() is not None
    assert '<a href="chapter:bullying"></a>' in render("[](chapter:bullying)").html
    assert '<a href="https://example.org">https://example.org</a>' in render("[](https://example.org)").html


def test_bare_addresses_in_angle_brackets_are_links():
    html = render("<https://example.org/a> <duty@example.org> <script>").html
    assert '<a href="https://example.org/a">https://example.org/a</a>' in html
    assert '<a href="mailto:duty@example.org">duty@example.org</a> &lt;script&gt;' in html


def test_named_links_are_links():
    html = render('See [the law][act] and [act].\n\n[act]: https://example.org/act "Title"').html
    assert html.count('<a href="https://example.org/act">') == 2
    assert "Title" not in html


def test_a_link_in_a_link_is_none():
    html = render("[a <https://b.example> [c](#c)](#d)\n\n[e]: #e\n\n[a [e] b](#f)").html
    assert not page(html).xpath("//a//a")


def test_pictures_come_from_the_manuals_own_documents():
    assert '<img src="document:map" alt="A map">' in render("![A map](document:map)").html
    assert render("![A map](https://example.org/map.png)").html == "<p><span>A map</span></p>"
    assert render("![A map](chapter:map)").html == "<p><span>A map</span></p>"


def test_every_reference_is_listed_with_its_line_and_kind():
    text = (
        "See [](chapter:a#b) and [x](keyword:k).\n\n![m](document:map)\n\n!!! include chapter:c#d\n\n"
        "Again [](chapter:a#b), [web](https://example.org), `[](chapter:code)`."
    )
    assert render(text).references == (
        Reference("chapter", "a", "b", 1, "link"),
        Reference("keyword", "k", "", 1, "link"),
        Reference("document", "map", "", 3, "image"),
        Reference("chapter", "c", "d", 5, "include"),
        Reference("chapter", "a", "b", 7, "link"),
    )


def test_references_in_footnotes_boxes_and_tables_are_listed_too():
    text = (
        "Words.[^1]\n\n[^1]: [](chapter:a)\n\n!!! note\n    [](chapter:b)\n\n"
        "| x | y |\n|---|---|\n| [](chapter:c) | z |"
    )
    assert {(found.slug, found.line) for found in render(text).references} == {("a", 3), ("b", 6), ("c", 10)}


def test_entities_in_addresses_are_read_before_they_are_judged():
    assert link("https://example.org/?a=1&amp;b=2").get("href") == "https://example.org/?a=1&b=2"
