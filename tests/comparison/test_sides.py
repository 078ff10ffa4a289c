"""Side by side: the left column is the older state, the right one the newer; what belongs together is in one row."""

from itertools import product

import pytest
from hypothesis import given, settings

from manual.comparison import Comparison, side_by_side, tracked_changes
from manual.rendering import allowlist, render
from tests.comparison.test_tracked import CHAPTER, EDITS, changed, letters, marked, page
from tests.rendering.test_hostile import NUMBERINGS


def rows_of(before, after, **options):
    return side_by_side(render(before).html, render(after).html, **options)


def differing(rows):
    return [(row.kind, marked(row.old), marked(row.new)) for row in rows if row.kind not in ("same", "gap")]


def shown(html):
    return " ".join(page(html).text_content().split())


def test_equal_texts_stand_beside_each_other_unmarked():
    rows = rows_of(CHAPTER, CHAPTER)
    assert {row.kind for row in rows} == {"same"}
    assert rows_of(CHAPTER, CHAPTER, only_changes=True) == []


def test_words_are_marked_on_the_side_they_stand_on():
    rows = rows_of(CHAPTER, changed(("three working", "five working")))
    assert differing(rows) == [("changed", [("del", "three")], [("ins", "five")])]
    row = next(row for row in rows if row.kind == "changed")
    assert "within Removed: three (end of change) working days" in shown(row.old)
    assert "within Added: five (end of change) working days" in shown(row.new)


def test_a_new_section_has_nothing_beside_it():
    rows = rows_of(CHAPTER, changed(("## Referral", "## Aims\n\nThe aims of all this.\n\n## Referral")))
    assert [(row.kind, row.old) for row in rows if row.kind != "same"] == [("added", ""), ("added", "")]


def test_each_side_has_its_own_numbers():
    rows = rows_of(CHAPTER, changed(("## Referral", "## Aims\n\nThe aims of all this.\n\n## Referral")))
    meeting = next(row for row in rows if "Meeting" in row.new)
    assert (shown(meeting.old), shown(meeting.new)) == ("2 Meeting", "3 Meeting")


def test_a_rewritten_paragraph_stands_beside_the_old_one():
    old = "The parents are told of it unless that would put the child at risk of harm."
    new = "Nobody should ever leave out what their own agency has seen, or keep it for later."
    assert differing(rows_of(CHAPTER, changed((old, new)))) == [("replaced", [("del", old)], [("ins", new)])]


def test_a_moved_paragraph_says_so_on_both_sides():
    paragraph = "The parents are told of it unless that would put the child at risk of harm.\n\n"
    rows = rows_of(CHAPTER, changed((paragraph, "")).replace("## Referral", f"{paragraph}## Referral"))
    moved = [row for row in rows if row.kind == "moved"]
    assert [shown(row.new)[:14] for row in moved] == ["Moved to here:", ""]
    assert [shown(row.old)[:21] for row in moved] == ["", "Moved away from here:"]


def test_a_paragraph_that_moved_and_changed_a_little_shows_its_words():
    paragraph = "The parents are told of it unless that would put the child at risk of harm.\n\n"
    newer = paragraph.replace("The parents", "Both parents")
    after = changed((paragraph, "")).replace("## Referral", f"{newer}## Referral")
    assert differing(rows_of(CHAPTER, after)) == [
        ("moved", [], [("ins", "Both")]),
        ("moved", [("del", "The")], []),
    ]
    result = tracked_changes(render(CHAPTER).html, render(after).html)
    assert (result.added, result.removed, result.passages_moved) == (1, 1, 1)
    assert "Moved to here, and changed:" in result.html


def test_lists_are_shown_item_by_item():
    after = changed(
        ("- the health visitor\n", "- the doctor of the family\n- the health visitor or midwife\n")
    )
    rows = rows_of(CHAPTER, after)
    items = [
        (shown(row.old), shown(row.new)) for row in rows if "<li" in row.new and "footnotes" not in row.new
    ]
    assert items == [
        ("the social worker", "the social worker"),
        ("", "Added: the doctor of the family (end of change)"),
        ("the health visitor", "the health visitor Added: or midwife (end of change)"),
        ("the school nurse", "the school nurse"),
    ]


def test_items_keep_their_numbers():
    before = "1. one thing\n2. two things\n3. three things\n4. four things"
    rows = rows_of(before, before.replace("two things", "two new things").replace("4. four", "4. five"))
    assert [page(row.new).xpath("string(//ol/@start)") for row in rows] == ["", "2", "3", "4"]


def test_a_row_of_a_table_is_marked_in_its_table():
    rows = rows_of(CHAPTER, changed(("within a week |", "within a month |\n| Nurse | never |")))
    assert differing(rows) == [
        ("changed", [("del", "week")], [("ins", "month"), ("ins", "Nurse"), ("ins", "never")])
    ]


def test_only_changes_says_how_much_was_left_out():
    long = "\n\n".join(f"Paragraph number {number} of a long row of them." for number in range(20))
    before = f"{long}\n\n## One\n\n{long}\n\n## Two\n\n{long}"
    after = f"{long}\n\n## One\n\n{long}\n\n## Two\n\n{long.replace('number 9 of', 'number 99 of')}"
    rows = rows_of(before, after, only_changes=True)
    assert [row.kind for row in rows] == ["gap", "same", "gap", "same", "changed", "same", "gap"]
    assert [row.left_out for row in rows if row.kind == "gap"] == [41, 8, 9]
    assert shown(rows[1].new) == "2 Two"


@pytest.mark.parametrize("only_changes", [True, False])
def test_a_change_is_never_shown_without_the_labels_of_its_section(only_changes):
    texts = [
        f"## One {{: #one .guidance .kent }}\n\nA.\n\nB.\n\nC.\n\n### Two {{: .medway }}\n\nD.\n\nE.\n\n{word}.\n"
        for word in ("Ring", "Write")
    ]
    html = [render(text, areas={"kent": "Kent", "medway": "Medway"}).html for text in texts]
    side = " ".join(shown(row.new) for row in side_by_side(*html, only_changes=only_changes))
    for words in (side, shown(tracked_changes(*html, only_changes=only_changes).html)):
        assert "Guidance" in words and "Kent only" in words and "Medway only" in words
    assert ("A." in side) is not only_changes


def test_footnotes_are_shown_note_by_note():
    rows = rows_of(CHAPTER, changed(("The first note", "The very first note")))
    assert differing(rows) == [("changed", [], [("ins", "very")])]
    assert len([row for row in rows if "footnotes" in row.new]) == 2


@pytest.mark.parametrize(("before", "after"), [("", ""), ("", CHAPTER), (CHAPTER, "")])
def test_texts_may_be_empty(before, after):
    check(render(before).html, render(after).html)


def check(before, after):
    comparison = Comparison(before, after)
    rows = side_by_side(before, after)
    assert "".join(letters(row.old) for row in rows) == letters(before)
    assert "".join(letters(row.new) for row in rows) == letters(after)
    assert any(row.kind != "same" for row in rows) == comparison.changed
    for row in rows:
        old, new = page(row.old), page(row.new)
        assert not old.xpath("//ins") and not new.xpath("//del")
        for side in (old, new):
            assert not side.xpath("//@id | //a[starts-with(@href, '#')]")
            assert not side.xpath(
                "//ul/*[not(self::li)] | //ol/*[not(self::li)] | //tr/*[not(self::td or self::th)]"
                " | //p//p | //p//ul | //ins//ins | //del//del"
            )
            assert all(
                element.tag in {*allowlist.TAGS, "ins", "del", "span", "p"}
                for element in side.iterdescendants()
            )
        if row.kind == "same":
            assert letters(row.old) == letters(row.new) and not old.xpath("//del") and not new.xpath("//ins")
    some = side_by_side(before, after, only_changes=True)
    assert [row for row in some if row.kind not in ("same", "gap")] == [
        row for row in rows if row.kind not in ("same", "gap")
    ]


@settings(max_examples=40)
@given(EDITS, EDITS, NUMBERINGS)
def test_either_column_read_by_itself_is_its_state(before, after, numbering):
    check(render(before, numbering=numbering).html, render(after, numbering=numbering).html)


@settings(max_examples=10)
@given(EDITS)
def test_nothing_changed_shows_nothing(text):
    html = render(text).html
    assert side_by_side(html, html, only_changes=True) == []


def test_all_pairs_of_small_texts():
    texts = ["", "One.", "## One", "- One", "One.\n\n## One", "> One", "| One |\n|---|\n| two |"]
    for before, after in product(texts, texts):
        check(render(before).html, render(after).html)
