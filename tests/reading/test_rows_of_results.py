"""What was found is written as HTML by hand: nothing of it is ever taken for markup."""

import pytest

from manual.search import Group, Hit
from manual.views.page import Page
from manual.views.rows import Rows, html

HOSTILE = "<b>\"&'</b>"
ESCAPED = "&lt;b&gt;&quot;&amp;&#x27;&lt;/b&gt;"


@pytest.fixture
def page(sample, rf):
    return Page.of(rf.get("/search/"))


def write(page, group, query="plan"):
    return Rows(page, query, lambda line: f"?q={HOSTILE}&chapter={line.slug}").of([group])


def hit(line, **fields):
    known = {
        "anchor": "who", "number": "1", "heading": [], "passage": [], "title": [], "status": "", "areas": [],
    }  # fmt: skip
    return Hit(line.chapter_id, line.kind, line.amendment_id, **{**known, **fields})


def test_words_are_escaped_and_marked():
    assert html([("a ", False), (HOSTILE, True)]) == f"a <mark>{ESCAPED}</mark>"


def test_whatever_stands_in_a_result_is_text(page):
    line = page.contents.by_slug["referral"]
    pieces = [(HOSTILE, False)]
    written = write(
        page,
        Group(
            line, pieces, [hit(line, anchor=HOSTILE, number=HOSTILE, heading=pieces, passage=pieces)], more=2
        ),
        query=HOSTILE,
    )
    assert "<b>" not in written
    assert written.count(ESCAPED) >= 5


def test_the_name_of_a_chapter_and_of_what_it_stands_in_is_text(page):
    line = page.contents.by_slug["referral"]
    line.title = line.parent.title = HOSTILE
    written = write(page, Group(line, [("Referral", False)], more=1))
    assert "<b>" not in written
    assert f"› 1.1 {ESCAPED}" in written
    assert f": {ESCAPED}</span>" in written


def test_it_is_neither_a_chapter_nor_a_keyword(page):
    with pytest.raises(LookupError):
        write(page, Group(None, []))
