"""What an editor hears about a draft before it is submitted."""

from __future__ import annotations

import pytest

from manual import workflow
from manual.drafting import Known, Problem, broken, known_in, problems, problems_of, questions
from manual.models import AmendmentRefused, Edition
from manual.rendering import render
from tests.manual_maker import DAY, FAR_AHEAD, LONG_AGO, agreed, first_edition, grow, meaning

KNOWN = Known(
    anchors={"contacts": {"urgent", "later"}, "old-ways": {"how"}, "core": set(), "visits": set()},
    keywords={"lado"},
    documents={"form"},
    withdrawn={"old-ways"},
)

SAY_IT = "Say in words where it leads: [words](https://www.gov.uk)."


def found(text: str, **words: str) -> list[tuple[int | None, str]]:
    words = {"slug": "visits", "title": "Visits"} | words
    return [(problem.line, problem.message) for problem in problems(text, known=KNOWN, **words)]


def test_a_sound_draft_has_no_problem() -> None:
    text = """
Ring [them](chapter:contacts#urgent), or read [](chapter:core). The [LADO](keyword:lado) has a [form](document:form).
Until now it was [otherwise](chapter:old-ways#how). Write to [the office](mailto:office@example.org) or
<office@example.org>; the law is at [GOV.UK](https://www.gov.uk/). See [below](#deep) and the note.[^1]

!!! include chapter:contacts#later

## First {: #first }

### Deep {: #deep }

|     | Kent | Medway |
| --- | --- | --- |
| Who | a | b |

## Second

![How the form is folded](document:form)

[^1]: A note with a | in it.
"""
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("One.\n\n[a](chapter:never)", 3, "There is no chapter “never” in this edition."),
        ("[](chapter:contacts#never)", 1, "The chapter “contacts” has no section “#never” in this edition."),
        ("[](chapter:core#any)", 1, "The chapter “core” has no section “#any” in this edition."),
        ("[a](keyword:never)", 1, "There is no keyword “never” in this edition."),
        ("[a](document:never)", 1, "There is no document “never”."),
        ("![a](document:never)", 1, "There is no document “never”."),
        ("\n!!! include chapter:never#a", 2, "There is no chapter “never” in this edition."),
        (
            "!!! include chapter:old-ways#how",
            1,
            "“old-ways” is withdrawn, so nothing can be included from it.",
        ),
        ("[a](chapter:visits)", 1, "The chapter refers to itself, “chapter:visits”."),
        (
            "## A {: #a }\n\n[a](chapter:visits#a)",
            3,
            "The chapter refers to itself, “chapter:visits”. To lead to a place in this text, write “(#a)”.",
        ),
        ("[a](#never)", 1, "There is no section “#never” in this text."),
        ("### Deep", 1, "“Deep” skips a level of headings. Write it with “##”."),
        ("## A\n\n### B\n\n## C\n\n#### D", 7, "“D” skips a level of headings. Write it with “###”."),
        ("## A\n\n# B", 3, "“B” has one sign; the title is the only heading so high. Write “##”."),
        (
            "A\n\n|  |  |\n| --- | --- |\n| a | b |",
            3,
            "A table has no words in its first row, which should say what the columns are.",
        ),
        (
            "| a | b |\n| c | d |",
            1,
            "A table without a header is not shown as one. Begin it with a row that says what the columns are, and "
            "under that a row of “| --- |”.",
        ),
        (
            "![ ](document:form)",
            1,
            "The picture “form” has no description. Write what it shows between the square brackets.",
        ),
        ("A\n<https://www.gov.uk>", 2, "The link “https://www.gov.uk” shows its bare address. " + SAY_IT),
        (
            "[https://gov.uk/x](https://www.gov.uk)",
            1,
            "The link “https://gov.uk/x” shows its bare address. " + SAY_IT,
        ),
        ("[www.gov.uk](https://www.gov.uk)", 1, "The link “www.gov.uk” shows its bare address. " + SAY_IT),
        ("[gov.uk/x](https://www.gov.uk)", 1, "The link “gov.uk/x” shows its bare address. " + SAY_IT),
        (
            "[the form](chaptr:form)",
            1,
            "The link “the form” leads nowhere. An address begins with https:, mailto:, tel:, chapter:, keyword: or "
            "document:, and holds no spaces.",
        ),
    ],
)
def test_a_problem_is_told_with_its_line(text: str, line: int, says: str) -> None:
    assert found(text) == [(line, says)]


def test_a_text_that_cannot_be_rendered_has_that_problem() -> None:
    ((line, says),) = found("One.\n\n!!! nonsense\n")
    assert line == 3
    assert "“!!! nonsense” is not a box that the manual knows" in says


def test_problems_come_in_the_order_of_the_lines() -> None:
    text = "[a](chapter:never)\n\n#### Deep\n\n[b](keyword:never)\n\n![](document:form)"
    assert [line for line, _says in found(text, title=" ")] == [None, 1, 3, 5, 7]
    assert found(text, title=" ")[0] == (None, "It has no title.")


def test_lines_of_windows_count_as_one() -> None:
    assert found("One.\r\n\r\n### Deep\r\n\r\n[a](chapter:never)\r\n") == [
        (3, "“Deep” skips a level of headings. Write it with “##”."),
        (5, "There is no chapter “never” in this edition."),
    ]


def test_paragraphs_that_are_numbered_are_no_headings() -> None:
    assert found("One.\n\n## A\n\nTwo.\n\n### B\n\nThree.", numbering="paragraphs") == []


def test_the_areas_of_the_manual_count() -> None:
    assert problems("!!! west\n\n    A.", slug="a", title="A", known=KNOWN, areas={"west": "West"}) == []
    assert len(problems("!!! kent\n\n    A.", slug="a", title="A", known=KNOWN, areas={"west": "West"})) == 1


def test_a_heading_written_otherwise_is_told_without_a_line() -> None:
    assert found("A\n---\n\n#### Deep") == [(None, "“Deep” skips a level of headings. Write it with “###”.")]


def test_references_can_be_checked_by_themselves() -> None:
    references = render("[a](chapter:never)\n\n[b](keyword:lado)").references
    assert list(broken(references, slug="x", known=KNOWN)) == [
        Problem(1, "There is no chapter “never” in this edition.", blocking=True)
    ]


@pytest.mark.django_db
def test_what_an_edition_has_can_be_pointed_at(django_assert_num_queries) -> None:
    chapters = grow("core\n    referral\n    visits\n    later")
    texts = {"referral": "Go.\n\n## A {: #a }\n\n## B {: #b }", "visits": "## C {: #c }"}
    edition = first_edition(
        {slug: chapters[slug] for slug in ("core", "referral", "visits")}, at=FAR_AHEAD, name="First"
    )
    workflow.publish(
        by=None,
        amendments=[
            agreed(chapters["referral"], text=texts["referral"]),
            agreed(chapters["visits"], text=texts["visits"], significance="withdrawn"),
        ],
        definitions=[meaning("lado")],
        at=FAR_AHEAD + DAY,
    )
    second = Edition.objects.get(number=2)
    with django_assert_num_queries(4):
        known = known_in(second)
    assert known == Known(
        {"core": set(), "referral": {"a", "b"}, "visits": {"c"}}, {"lado"}, set(), {"visits"}
    )
    assert known_in(edition) == Known(
        {"core": set(), "referral": set(), "visits": set()}, set(), set(), set()
    )

    coming = [agreed(chapters["later"], text="## D {: #d }"), agreed(chapters["visits"], text="## E {: #e }")]
    known = known_in(second, also=coming)
    assert known.anchors == {"core": set(), "referral": {"a", "b"}, "visits": {"e"}, "later": {"d"}}
    assert known.withdrawn == set()
    assert known_in(None) == Known({}, set(), set(), set())


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Ring the MARAC.", ["MARAC"]),
        ("Ring the LADO and the NHS.", []),
        ("The multi-agency risk conference (MARAC) meets. Ring the MARAC.", []),
        ("MARAC (the risk conference) meets.", []),
        ("Part IV and XII; a CD-ROM; https://example.org/ABC; a@EXAMPLE.ORG", []),
        ("The MARAC and the MAPPA. The MARAC again.", ["MARAC", "MAPPA"]),
    ],
)
def test_an_abbreviation_that_nobody_can_look_up_is_pointed_out(text: str, unknown: list[str]) -> None:
    known = Known(forms={"lado"})
    told = [
        problem
        for problem in problems(text, slug="x", title="X", known=known)
        if "no keyword" in problem.message
    ]
    assert [problem.message.split("”")[0].strip("“") for problem in told] == unknown
    assert not any(problem.blocking for problem in told)


def test_a_counterpart_that_says_nothing_for_another_area_is_told(db):
    chapters = grow("core\n    levels\n    thresholds\n    old")
    texts = {"levels": {"areas": ["kent"]}, "thresholds": {"areas": ["medway"]}, "old": {"areas": ["medway"]}}
    first = [agreed(chapter, **texts.get(slug, {})) for slug, chapter in chapters.items()]
    workflow.publish(by=None, amendments=first, rearrange=True, at=LONG_AGO)
    gone = agreed(chapters["old"], significance="withdrawn", areas=["medway"])
    workflow.publish(by=None, amendments=[gone], at=LONG_AGO + DAY)

    def said_of(areas, other):
        amendment = agreed(chapters["levels"], areas=areas, counterpart=chapters[other])
        return [problem.message for problem in problems_of(amendment)]

    assert said_of(["kent"], "thresholds") == []
    assert said_of(["medway"], "thresholds") == [
        "Its counterpart “Thresholds” is for no other area than this chapter."
    ]
    assert said_of(["kent"], "old") == ["Its counterpart “Old” has been withdrawn. Name another, or none."]


@pytest.mark.parametrize(
    ("words", "refusal"), [({"areas": []}, "for some of the areas"), ({"own": True}, "its own")]
)
def test_a_counterpart_that_makes_no_sense_is_refused(db, words, refusal):
    chapters = grow("core\n    levels\n    thresholds")
    other = chapters["levels" if words.pop("own", False) else "thresholds"]
    with pytest.raises(AmendmentRefused, match=refusal):
        agreed(chapters["levels"], **{"areas": ["kent"], "counterpart": other, **words})


def test_a_correction_that_leads_readers_elsewhere_is_asked_after(db):
    chapters = grow("core\n    levels\n    thresholds")
    both = [agreed(chapter, areas=["kent"]) for chapter in chapters.values()]
    workflow.publish(by=None, amendments=both, rearrange=True, at=LONG_AGO)
    draft = agreed(
        chapters["levels"], areas=["kent"], counterpart=chapters["thresholds"], significance="correction"
    )
    assert "You changed the counterpart of the chapter. Is this really only a slip?" in questions(draft)
