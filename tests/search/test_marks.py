"""The words that were asked for are marked in title, heading and passage."""

import re

import pytest

from manual.models import Edition
from manual.search.marking import Marker
from manual.search.marks import PASSAGE, Span, passage, pieces
from manual.search.terms import Term
from tests.search.conftest import Publish, ask, marked, text_of


def spanned(written: str) -> tuple[str, list[Span]]:
    """A text without its brackets, and where they stood: “a [b]” is “a b” with one mark."""
    spans: list[Span] = []
    text = ""
    for piece in re.split(r"(\[[^]]*\])", written):
        if piece.startswith("["):
            spans.append((len(text), len(text) + len(piece) - 2))
        text += piece.strip("[]")
    return text, spans


def test_words_are_marked_in_title_heading_and_passage(publish: Publish) -> None:
    edition = publish(
        {"a": {"title": "Bruises in babies", "text": "## A bruise {: #one }\n\nBruising is rare in a baby."}}
    )
    hits = {hit.anchor: hit for hit in ask("bruise baby", edition).hits}
    assert hits.keys() == {"", "one"}
    hit = hits["one"]
    assert hit.title == [("Bruises", True), (" in ", False), ("babies", True)]
    assert hit.heading == [("A ", False), ("bruise", True)]
    assert hit.passage == [("Bruising", True), (" is rare in a ", False), ("baby", True), (".", False)]


def test_marks_keep_accents_case_and_signs(publish: Publish) -> None:
    edition = publish(
        {"a": {"text": "## One {: #one }\n\nAt the Café’s table: “E‑Safety” & <b>naïveté</b>."}}
    )
    for query, words in {"cafe": ["Café"], "naivete": ["naïveté"]}.items():
        hit = ask(query, edition).hits[0]
        assert marked(hit.passage) == words
        assert text_of(hit.passage) == "At the Café’s table: “E‑Safety” & <b>naïveté</b>."


@pytest.mark.parametrize("query", ["e-safety", "e safety", "esafety", "E‑SAFETY"])
def test_a_word_with_a_hyphen_is_marked_in_one(query: str, edition: Edition) -> None:
    assert marked(ask(query, edition).hits[0].title) == ["E-Safety"]


def test_neighbouring_words_are_marked_in_one(edition: Edition) -> None:
    hit = ask("child protection section 47", edition).hits[0]
    assert marked(hit.title) == ["Child Protection", "Section 47"]


def test_a_word_that_was_only_begun_is_marked_whole(edition: Edition) -> None:
    assert marked(ask("adopti", edition).hits[0].title) == ["Adoption"]
    assert marked(ask("hosp", edition).hits[0].passage) == ["hospital"]


def test_words_with_a_stroke_between_them_are_marked(edition: Edition) -> None:
    assert marked(ask("meetings", edition).hits[0].heading) == ["meetings"]


def test_html_in_a_text_stays_text(publish: Publish) -> None:
    edition = publish(
        {"a": {"title": "<b>Bold</b> & <mark>", "text": "## <i>One</i> {: #one }\n\nA `<p>` whistle."}}
    )
    hit = ask("whistle", edition).hits[0]
    assert text_of(hit.title) == "<b>Bold</b> & <mark>"
    assert ("whistle", True) in hit.passage


def test_a_passage_of_a_long_text_shows_where_the_words_are(publish: Publish) -> None:
    around = "Nothing of note stands in this sentence. " * 40
    edition = publish({"a": {"text": f"## One {{: #one }}\n\n{around}Then a whistle and a drum. {around}"}})
    (hit,) = ask("whistle drum", edition).hits
    shown = text_of(hit.passage)
    assert marked(hit.passage) == ["whistle", "drum"]
    assert shown.startswith("… Nothing of note")
    assert shown.endswith(" …")
    assert len(shown) <= PASSAGE + 4


def test_list_items_do_not_run_into_one_another(publish: Publish) -> None:
    edition = publish({"a": {"text": "## One {: #one }\n\nSay:\n\n- a drum\n- a whistle\n\nNo more."}})
    (hit,) = ask("drum", edition).hits
    assert text_of(hit.passage) == "Say: a drum · a whistle · No more."


def test_pieces_of_a_marked_text() -> None:
    assert pieces("", []) == []
    assert pieces(*spanned("a [b]")) == [("a ", False), ("b", True)]
    assert pieces(*spanned("[a] [b]-[c], [d]")) == [("a b-c", True), (", ", False), ("d", True)]


def test_a_passage_prefers_different_words_to_the_same_again() -> None:
    gap = "and so on " * 60
    shown = passage(*spanned(f"{gap}[drum] and [drum] {gap}[drum] or [whistle] {gap}"))
    assert marked(shown) == ["drum", "whistle"]


def test_a_passage_without_marks_is_the_beginning() -> None:
    shown = passage("word " * 200, [])
    assert text_of(shown).startswith("word word")
    assert text_of(shown).endswith("word …")


def test_a_passage_of_one_endless_word_is_cut() -> None:
    assert len(text_of(passage("a" * 5000, []))) <= PASSAGE + 4
    assert len(text_of(passage(*spanned("a" * 2000 + " [b]" + "a" * 2000)))) <= 2 * PASSAGE


def test_marks_are_laid_over_the_text_as_written() -> None:
    marker = Marker([Term((("cafe",),))])
    assert pieces("Café’s", marker.spans("Café’s")) == [("Café", True), ("’s", False)]
    assert pieces("Cafeteria", marker.spans("Cafeteria")) == [("Cafeteria", False)]
