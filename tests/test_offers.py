"""An editor is offered links for numbers typed as plain words, and for nothing else."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from hypothesis import given, settings
from hypothesis import strategies as st

from manual import workflow
from manual.drafting import problems_of
from manual.models import Amendment, Chapter
from manual.offers import Offer, offers_of, taken_up
from manual.rendering import mentions, render
from tests.manual_maker import LONG_AGO, agreed, grow, words_of

HEADINGS = "\n".join(
    f"## Section {word}\n"
    for word in ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
)


@pytest.mark.parametrize(
    "text",
    [
        "see 2.1.5", "See chapter 2.1.5.", "(2.1.5)", "as 2.1.5, section 4.1, says",
        "section 4.1 of 2.1.5",
        "section 9", "Section 9 says so.", "paragraph 3.2", "in chapter 2.1",
        "- section 3.2 above", "| section 3 | x |",
        "As in section 9 of this chapter", "paragraph 12 below",
    ],
)  # fmt: skip
def test_a_number_of_a_chapter_or_section_is_seen(text: str) -> None:
    assert len(list(mentions(text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "section 47 of the Children Act 1989", "section 17", "a section 47 enquiry", "Section 20 accommodation",
        "section 11 audit", "£2.50", "3.5 metres", "2.1.2026 was a Friday", "on 2.1.24", "since 1.2.24",
        "at 10.30", "ring 01632 960001", "0.5.1.2.3.4", "v2.1.5", "version 2.1.5", "table 2.1.5",
        "section 9(1)", "section 9A", "section 9 (2)", "Under section 9 of the Act", "section 8 order",
        "section 7 report",
        "section 9 of the Mental Health Act", "The Children Act 2004, in section 10, asks for it.",
        "paragraph 3.2 of Working Together", "Working Together 2023 paragraph 3.2 says", "paragraph 4 of Schedule 2",
        "Article 3, paragraph 1", "`see 2.1.5`", "[2.1.5](chapter:x)", "[see section 9](#nine)",
        "https://example.org/2.1.5/", "## See 2.1.5", "~~~\nsection 9\n~~~", "rule 2.1.5", "regulation 4.1.2",
        "2.1.5 metres", "£2.1.5", "a.2.1.5", "2.1.5%", "3.2", "sections 3 and 4",
        "2.1.5 of the London procedures", "see 2.1.5 of “Keeping safe”", "!!! include chapter:x#2.1.5",
        "<see@2.1.5>", "chapter 2 of Working Together", "Chapter 4", "s47", "s.17", "section four", "intersection 9",
        "[x]: https://example.org/ 'section 9'", "{: #section 9 }", "step 2.1.5", "ratio 1.2.3",
        "a young person detained under section 3", "section 2 MHA",
    ],
)  # fmt: skip
def test_a_date_a_law_an_amount_or_what_is_a_link_already_is_let_be(text: str) -> None:
    assert list(mentions(text)) == []


@given(st.text(alphabet="section 92.1()[]`#£\n", max_size=60))
@settings(max_examples=60)
def test_what_is_seen_stands_in_the_text_in_order(text: str) -> None:
    end = 0
    for mention in mentions(text):
        assert end <= mention.start < mention.end
        end = mention.end
        assert mention.chapter in text[mention.start : mention.end]
        assert mention.section in text[mention.start : mention.end]


@pytest.fixture
def chapters(db: None) -> dict[str, Chapter]:
    """1.1.1 Referral, 1.1.2 Enquiries with two sections, 1.1.3 Old ways, withdrawn."""
    chapters = grow(
        """
        core
            journey: group
                referral
                enquiries
                old-ways
        """
    )
    texts = {"enquiries": {"text": "## Who decides {: #who }\n\nx\n\n## When\n\ny", "title": "Enquiries"}}
    amendments = [agreed(chapter, **texts.get(slug, {})) for slug, chapter in chapters.items()]
    workflow.publish(by=None, amendments=amendments, rearrange=True, at=LONG_AGO)
    gone = agreed(chapters["old-ways"], significance="withdrawn")
    workflow.publish(by=None, amendments=[gone], at=LONG_AGO.replace(year=2021))
    return chapters


@pytest.fixture
def author(db: None) -> User:
    return User.objects.create_user("editor", is_staff=True, is_superuser=True)


def draft(chapters: dict[str, Chapter], author: User, text: str, **words: str) -> Amendment:
    return workflow.draft(
        chapters["referral"], by=author, **words_of(chapters["referral"], text=text, **words)
    )


def told(offers: list[Offer]) -> list[tuple[str, str]]:
    return [(offer.words, offer.instead) for offer in offers]


def test_a_link_to_a_chapter_says_number_and_title_by_itself(chapters, author):
    text = "See 1.1.2, then chapter 1.1.2 Enquiries (1.1.3, 1.1.9 and 7.7.7 are nothing).\n\nThen 1.1.2, section 1.\n"
    offers = offers_of(draft(chapters, author, text))
    assert told(offers) == [
        ("1.1.2", "[](chapter:enquiries)"),
        ("1.1.2 Enquiries", "[](chapter:enquiries)"),
        ("1.1.2, section 1", "[](chapter:enquiries#who)"),
    ]
    assert offers[0].message == (
        "“1.1.2” is Enquiries today. Numbers change with every edition; a link follows them."
    )
    assert [offer.line for offer in offers] == [1, 1, 3]


def test_a_section_of_the_text_itself_is_a_link_to_its_address(chapters, author):
    text = f"Read section 9, section 10 and section 9.1.\n\n{HEADINGS}"
    [offer] = offers_of(draft(chapters, author, text))
    assert (offer.words, offer.instead) == ("section 9", "[section 9](#section-nine)")
    assert "“Section nine”" in offer.message


def test_a_numbered_paragraph_is_found_with_and_without_the_number_of_its_chapter(chapters, author):
    text = "One.\n\nTwo, see paragraph 1.\n\nThree, see 1.1.1.2.\n"
    offers = offers_of(draft(chapters, author, text, numbering="paragraphs"))
    assert told(offers) == [("paragraph 1", "[paragraph 1](#p-1)"), ("1.1.1.2", "[1.1.1.2](#p-2)")]


def test_no_offer_says_that_a_link_follows_what_is_only_counted(chapters, author):
    """A paragraph without an address of its own is found by its place: with one more before it, that is another."""
    own, counted, elsewhere = "paragraph 1", "paragraph 2", "1.1.2.1"
    text = f"One.\n{{: #one }}\n\nTwo.\n\nSee {own}. See {counted}. See {elsewhere}.\n"
    agreed_then = agreed(chapters["enquiries"], text="One.\n", numbering="paragraphs")
    workflow.publish(by=None, amendments=[agreed_then], at=LONG_AGO.replace(year=2022))
    offers = offers_of(draft(chapters, author, text, numbering="paragraphs"))
    assert [(offer.words, "Look at it again" in offer.message) for offer in offers] == [
        (own, False), (counted, True), (elsewhere, True)
    ]  # fmt: skip
    assert not any(
        promise in offer.message for offer in offers[1:] for promise in ("still leads", "follows them")
    )


def test_words_that_name_a_number_which_the_section_no_longer_has_are_put_right(chapters, author):
    text = "See [section 2](#a) and [section 1](#b).\n\n## A {: #a }\n\n## B {: #b }\n"
    assert told(offers_of(draft(chapters, author, text))) == [
        ("[section 2](#a)", "[section 1](#a)"), ("[section 1](#b)", "[section 2](#b)")
    ]  # fmt: skip


def test_what_would_be_no_link_on_the_page_is_not_offered(chapters, author):
    text = "A list:\n\n    see 1.1.2 in code\n\nand see 1.1.2.\n"
    [offer] = offers_of(draft(chapters, author, text))
    assert offer.line == 5


def test_many_offers_in_a_text_with_code_make_few_pages(chapters, author, monkeypatch):
    """A draft saves itself every few seconds, and an offer is no reason to wait."""
    one = draft(chapters, author, "See 1.1.2.\n\n" * 40 + "    see 1.1.2 in code\n")
    made = []
    monkeypatch.setattr("manual.rendering.render", lambda *a, **b: made.append(a) or render(*a, **b))
    assert [offer.line for offer in offers_of(one)] == list(range(1, 81, 2))
    assert len(made) <= 4


def test_offers_are_taken_up_together_and_hinder_no_submission(chapters, author):
    one = draft(chapters, author, "See 1.1.2 and section 1.\n\n## First\n")
    offers = offers_of(one)
    text = taken_up(one.text, offers)
    assert text == "See [](chapter:enquiries) and [section 1](#first).\n\n## First\n"
    assert problems_of(one) == []
    assert workflow.submit(one, by=author).status == "submitted"
