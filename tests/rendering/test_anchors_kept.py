"""The address of a section survives a new wording of its heading, and a whole new text pasted over the old one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manual.rendering import render, write_anchors
from manual.rendering.same_heading import likeness_of


def kept(before: str, after: str) -> str:
    earlier = [
        (each.anchor, each.heading, each.level, each.text) for each in render(before).sections if each.heading
    ]
    return write_anchors(after, earlier=earlier)


def anchors(text: str) -> list[str]:
    return [section.anchor for section in render(text).sections if section.heading]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Who refers", "Who refers a child"), ("What a LADO does", "What the LADO does"),
        ("The plan", "The child’s plan"),
        ("Visit in the first week", "Visiting in the first week"), ("MEETINGS", "Meetings"),
        ("Core group meetings", "Core group meetings: when and where"),
        ("Sharing information", "Information sharing: sharing information"),
    ],
)  # fmt: skip
def test_a_heading_is_recognised_in_other_words(before: str, after: str) -> None:
    assert likeness_of(before, after) > 0
    assert anchors(kept(f"## {before} {{: #first-name }}\n", f"## {after}\n")) == ["first-name"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Initial conference", "Review conference"), ("Making a referral", "Making a complaint"),
        ("When to share", "When not to share"), ("Stage 1", "Stage 2"), ("The plan", "The referral"),
        ("Child protection conference", "Child protection plan"), ("Of the and", "To the and"), ("Kent", "Medway"),
        ("Police", "Policy"), ("Contacts for Kent", "Contacts for Medway"), ("Step 1 of the plan", "Step of the plan"),
    ],
)  # fmt: skip
def test_another_heading_never_gets_the_address(before: str, after: str) -> None:
    assert likeness_of(before, after) == 0
    assert anchors(kept(f"## {before} {{: #first-name }}\n", f"## {after}\n")) != ["first-name"]


def test_a_text_that_was_pasted_over_keeps_every_address():
    before = "## Who {: #a }\n\n### Time limits {: #b }\n\n## Police {: #c }\n\n### Time limits {: #d }\n"
    after = "## New first\n\n## Who\n\n### Time limits\n\n## The police\n\n### Time limits\n"
    assert anchors(kept(before, after)) == ["new-first", "a", "b", "c", "d"]


def test_the_same_heading_in_two_places_is_told_apart_by_what_stands_above_or_below_it():
    before = "## One {: #o }\n\n### When {: #w1 }\n\nEarly.\n\n## Two {: #t }\n\n### When {: #w2 }\n\nLate.\n"
    assert anchors(kept(before, "## Two\n\n### When\n\nOther.\n")) == ["t", "w2"]
    assert anchors(kept(before, "## Something else\n\n### When\n\nLate.\n")) == ["something-else", "w2"]
    # Neither says which it is, so it is nobody's.
    assert anchors(kept(before, "## Something else\n\n### When\n\nOther.\n")) == ["something-else", "when"]


def test_headings_that_cannot_be_told_apart_keep_their_addresses_only_where_none_is_gone():
    before = "## When {: #w1 }\n\n## When {: #w2 }\n\n## When {: #w3 }\n"
    assert anchors(kept(before, "## When\n\n## When\n\n## When\n")) == ["w1", "w2", "w3"]
    assert not {"w1", "w2", "w3"} & set(anchors(kept(before, "## When\n\n## When\n")))


def test_an_address_by_the_heading_alone_is_not_taken_from_a_section_that_is_gone():
    before = "## Contact\n\nOf one.\n\n## Contact\n\nOf the other.\n"
    assert anchors(before) == ["contact", "contact-2"]
    assert anchors(kept(before, "## Contact\n\nOf the other.\n")) == ["contact-2"]
    assert anchors(kept(before, "## Contact\n\nOf a third.\n")) == ["contact-3"]
    assert anchors(kept("## Stage one {: #stage-two }\n", "## Stage two\n")) == ["stage-two-2"]


def test_a_section_that_moved_is_known_again():
    before = "## One {: #a }\n\n## Two {: #b }\n\n## Three {: #c }\n"
    assert anchors(kept(before, "## Three\n\n## One\n\n## Two\n")) == ["c", "a", "b"]


def test_what_the_author_wrote_stays_and_is_given_to_nobody_else():
    before = "## Plan {: #plan }\n\n## Who {: #who }\n"
    after = "Words.\n{: #who }\n\n## The plan {: #mine }\n\n## Plan\n\n## Who\n"
    assert anchors(kept(before, after)) == ["mine", "plan", "who-2"]


def test_links_within_the_text_follow():
    before = "## Contact {: #ring }\n\n## Contact {: #write }\n\nPost.\n"
    after = "[a](#contact), [b](#write) and [c][x].\n\n## Contact\n\nPost.\n\n[x]: #contact\n"
    written = kept(before, after)
    assert "[a](#write), [b](#write)" in written
    assert 'href="#contact"' not in render(written).html


def test_a_text_whose_links_cannot_follow_keeps_its_page():
    after = "`](#the-plan)`\n\n## The plan\n"
    assert kept("## Plan {: #plan }\n", after) == "`](#the-plan)`\n\n## The plan {: #the-plan }\n"


WORDS = ["Plan", "The plan", "Police", "Plans", "Initial plan", "Police plan"]
TEXTS = st.lists(
    st.tuples(st.sampled_from(["##", "###"]), st.sampled_from(WORDS), st.sampled_from(["", "", " {: #%s }"])),
    max_size=6,
)


def written(headings: list[tuple[str, str, str]]) -> str:
    return "".join(
        f"{signs} {words}{own % f'own-{place}' if own else ''}\n\nText.\n\n"
        for place, (signs, words, own) in enumerate(headings)
    )


@given(TEXTS, TEXTS)
@settings(max_examples=50, deadline=None)
def test_every_section_has_one_address_and_none_that_belonged_to_another(before, after):
    old, new = written(before), written(after)
    text = kept(old, new)
    assert text == kept(old, new)
    assert kept(old, text) == text
    had = {section.anchor: section.heading for section in render(old).sections}
    sections = [section for section in render(text).sections if section.heading]
    assert len({section.anchor for section in sections}) == len(sections)
    for (_signs, _words, own), section in zip(after, sections, strict=True):
        if not own and section.anchor in had:
            assert likeness_of(had[section.anchor], section.heading) > 0
    assert render(text).text == render(new).text


@given(TEXTS)
@settings(max_examples=30, deadline=None)
def test_the_same_text_without_its_addresses_gets_them_all_back_where_its_headings_differ(headings):
    headings = list({words: (signs, words, own) for signs, words, own in headings}.values())
    before = written(headings)
    bare = written([(signs, words, "") for signs, words, _own in headings])
    assert anchors(kept(before, bare)) == anchors(before)
