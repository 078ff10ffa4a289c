"""Tracked changes of a chapter: every change is seen, nothing else is, and either state can be read out of it."""

import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import fragment_fromstring

from manual.comparison import tracked_changes
from manual.rendering import RenderingRefused, allowlist, render
from tests.rendering.test_hostile import NUMBERINGS, TEXTS

# What the software says, and what is not of the text.
NOT_WORDS = {
    "visually-hidden", "change-note", "change-label", "change-gap", "section-number", "paragraph-number",
    "section-link", "footnote-ref", "footnote-back",
}  # fmt: skip


def tracked(before, after, **options):
    return tracked_changes(render(before).html, render(after).html, **options)


def marked(html):
    """What was taken away and put in, in order, without the words for those who do not see it."""
    root = fragment_fromstring(html, create_parent="div")
    return [(element.tag, " ".join(words(element).split())) for element in root.iter("ins", "del")]


def words(element, without=""):
    if element.tag == without or NOT_WORDS & set((element.get("class") or "").split()):
        return ""
    own = element.get("alt", "") if element.tag == "img" else element.text or ""
    return f"{own}{''.join(words(child, without) + (child.tail or '') for child in element)}"


def letters(html, without=""):
    return "".join(words(fragment_fromstring(html, create_parent="div"), without).split())


def page(html):
    return fragment_fromstring(html, create_parent="div")


CHAPTER = """\
The purpose of this chapter.

## Referral {: #referral }

Ring the police within three working days of the referral, and write it down.

The parents are told of it unless that would put the child at risk of harm.

- the social worker
- the health visitor
- the school nurse

## Meeting {: #meeting }

| Who | When |
|---|---|
| Police | within a day |
| School | within a week |

A note[^a] on this, and another[^b] on that.

[^a]: The first note of the chapter.
[^b]: The second note of the chapter, which is longer.
"""


def changed(*changes):
    text = CHAPTER
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def test_equal_texts_have_no_changes():
    result = tracked(CHAPTER, CHAPTER)
    assert (result.changed, result.added, result.removed, result.moved) == (False, 0, 0, 0)
    assert not re.search("<ins|<del|change-", result.html)
    assert letters(result.html) == letters(render(CHAPTER).html)


def test_a_reader_sees_the_words_that_changed_and_no_others():
    result = tracked(CHAPTER, changed(("three working", "five working")))
    assert marked(result.html) == [("del", "three"), ("ins", "five")]
    assert (result.added, result.removed) == (1, 1)
    assert "within <del>" in result.html and "</ins> working days" in result.html


def test_a_listener_hears_where_a_change_begins_and_ends():
    result = tracked(CHAPTER, changed(("three working", "five working")))
    heard = " ".join(page(result.html).text_content().split())
    assert "within Removed: three Added: five (end of change) working days" in heard


def test_one_new_section_changes_no_other_number():
    result = tracked(CHAPTER, changed(("## Referral", "## Aims\n\nThe aims of all this.\n\n## Referral")))
    assert marked(result.html) == [("ins", "Aims The aims of all this.")]
    assert page(result.html).xpath("//ins/section/@id") == ["aims"]
    assert '<span class="section-number">3</span> Meeting' in result.html


def test_a_section_that_is_gone_keeps_no_anchor():
    result = tracked(changed(("## Meeting", "## Aims {: #aims }\n\nThe aims of it.\n\n## Meeting")), CHAPTER)
    assert marked(result.html) == [("del", "Aims The aims of it.")]
    assert 'id="aims"' not in result.html and "#aims" not in result.html


def test_a_renamed_heading_with_its_old_anchor_is_one_heading():
    result = tracked(CHAPTER, changed(("## Referral", "## Making first contact")))
    assert page(result.html).xpath("count(//h2)") == 2
    assert marked(result.html) == [("del", "Referral"), ("ins", "Making first contact")]


def test_a_heading_of_another_level_is_a_change():
    assert tracked(CHAPTER, changed(("## Meeting", "### Meeting"))).changed


def test_a_heading_put_into_a_section_changes_only_that():
    result = tracked(CHAPTER, changed(("- the social", "### Who\n\n- the social")))
    assert marked(result.html) == [("ins", "Who")]


def test_a_moved_paragraph_is_called_moved():
    paragraph = "The parents are told of it unless that would put the child at risk of harm.\n\n"
    result = tracked(CHAPTER, changed((paragraph, "")).replace("## Referral", f"{paragraph}## Referral"))
    assert "Moved to here:" in result.html and "Moved away from here:" in result.html
    assert (result.added, result.removed, result.moved) == (0, 0, 16)


def test_a_paragraph_that_moves_past_a_changed_list_does_not_tear_it_apart():
    paragraph = "Nobody waits for a form before acting.\n\n"
    before = changed(("- the social", f"{paragraph}- the social"))
    after = changed(("school nurse\n", f"school teacher\n\n{paragraph}"))
    assert [words for _, words in marked(tracked(before, after).html)] == [
        paragraph.strip(),
        "nurse",
        "teacher",
        paragraph.strip(),
    ]


def test_a_telephone_number_is_seen_whole():
    result = tracked("Ring 01632 960123 now.", "Ring 01632 960124 now.")
    assert marked(result.html) == [("del", "01632 960123"), ("ins", "01632 960124")]


def test_a_paragraph_beyond_recognition_is_removed_and_another_added():
    new = "Nobody should ever leave out what their own agency has seen, or keep it for later."
    result = tracked(
        CHAPTER, changed(("The parents are told of it unless that would put the child at risk of harm.", new))
    )
    assert marked(result.html) == [
        ("del", "The parents are told of it unless that would put the child at risk of harm."),
        ("ins", new),
    ]


def test_cells_and_rows_of_tables():
    result = tracked(CHAPTER, changed(("within a week |", "within a month |\n| Nurse | never |")))
    assert marked(result.html) == [("del", "week"), ("ins", "month"), ("ins", "Nurse"), ("ins", "never")]
    assert page(result.html).xpath("//tr[contains(@class, 'change-added')]/td/ins")
    gone = tracked(CHAPTER, changed(("| School | within a week |\n", "")))
    assert marked(gone.html) == [("del", "School"), ("del", "within a week")]


def test_a_new_column_shows_the_old_table_and_the_new_one():
    result = tracked(
        CHAPTER,
        changed(
            ("When |", "When | How |"), ("|---|---|", "|---|---|---|"), ("a day |", "a day | by letter |")
        ),
    )
    assert result.changed
    assert (
        page(result.html).xpath("count(//del//table)") == page(result.html).xpath("count(//ins//table)") == 1
    )


def test_items_of_lists():
    result = tracked(
        CHAPTER,
        changed(("- the health visitor\n", "- the doctor of the family\n- the health visitor or midwife\n")),
    )
    assert marked(result.html) == [("ins", "the doctor of the family"), ("ins", "or midwife")]
    assert not page(result.html).xpath("//ul/*[not(self::li)]")


def test_an_address_that_changed_alone_is_seen():
    result = tracked("See [this form](chapter:forms#one) now.", "See [this form](chapter:forms#two) now.")
    assert marked(result.html) == [("del", "this form"), ("ins", "this form")]
    assert "leads to chapter “forms”, section “one”" in result.html
    assert "leads to chapter “forms”, section “two”" in result.html


def test_an_address_that_changed_in_a_paragraph_of_nothing_else_is_seen():
    result = tracked("[01632 960123](tel:01632960123)", "[01632 960123](tel:01632960124)")
    assert "leads to 01632960123" in result.html and "leads to 01632960124" in result.html


def test_what_a_box_includes_is_seen():
    result = tracked("Words.\n\n!!! include chapter:a#b", "Words.\n\n!!! include chapter:a#c")
    assert "shows chapter “a”, section “b”" in result.html and "shows chapter “a”, section “c”" in result.html


def test_pictures():
    result = tracked("Look: ![a map](document:map)", "Look: ![a map](document:plan)")
    assert "picture from document “map”" in result.html and "picture from document “plan”" in result.html
    result = tracked("Look: ![a map](document:map)", "Look: ![a plan](document:map)")
    assert "picture: a map" in result.html and "picture: a plan" in result.html


def test_a_new_footnote_changes_no_other():
    result = tracked(
        CHAPTER, changed(("The purpose", "The purpose[^c]"), ("[^a]: ", "[^c]: A third one here.\n[^a]: "))
    )
    assert [words for tag, words in marked(result.html) if words] == ["A third one here."]
    assert result.html.count("<del") == 0


def test_a_sign_that_leads_to_another_footnote_is_a_change():
    before = changed(("another[^b]", "another[^b] and yet more[^a]"))
    after = changed(("another[^b]", "another[^b] and yet more[^b]"))
    assert len(marked(tracked(before, after).html)) == 2


def test_areas_are_told_in_words_and_so_are_their_changes():
    result = tracked("It is *late*{: .kent } now.", "It is *late*{: .medway } now.")
    assert marked(result.html) == [("del", "(Kent only)"), ("ins", "(Medway only)")]
    assert marked(tracked("!!! kent\n    Ring.", "!!! medway\n    Ring.").html) == [
        ("del", "Kent"),
        ("ins", "Medway"),
    ]


def test_a_status_is_told_in_words_and_so_are_its_changes():
    result = tracked("## A\n\nWords.", "## A {: .guidance }\n\nWords.")
    assert marked(result.html) == [("ins", "Guidance")]


def test_letters_that_became_bold_are_no_new_words_but_a_change():
    result = tracked("You must ring them.", "You **must** ring them.")
    assert (result.changed, result.added, result.removed) == (True, 0, 0)
    assert "Formatting changed:" in result.html and "<strong>must</strong>" in result.html


def test_an_empty_line_between_items_is_no_change():
    assert not tracked("- one\n- two", "- one\n\n- two").changed


def test_a_way_of_numbering_is_no_change():
    before, after = (render("One.\n\nTwo.", numbering=way).html for way in ("headings", "paragraphs"))
    assert not tracked_changes(before, after).changed


def test_signs_of_markup_stay_text():
    result = tracked("Write `<b>` & so on.", "Write `<i>` & so on, <script>alert(1)</script>.")
    assert "<script" not in result.html and "<b>" not in result.html and "<i>" not in result.html
    assert "&lt;script&gt;" in result.html


def test_only_changes_shows_them_under_their_headings():
    long = "\n\n".join(f"Paragraph number {number} of a long row of them." for number in range(20))
    before = f"{long}\n\n## One\n\n{long}\n\n## Two\n\n{long}"
    changed_in_two = f"{long}\n\n## One\n\n{long}\n\n## Two\n\n{long.replace('number 9 of', 'number 99 of')}"
    result = tracked(before, changed_in_two, only_changes=True)
    assert page(result.html).xpath("count(//h2)") == 1 and "Two" in result.html
    assert [words(paragraph)[:20] for paragraph in page(result.html).xpath("//p[not(@class)]")] == [
        "Paragraph number 8 o",
        "Paragraph number 9 9",
        "Paragraph number 10 ",
    ]
    assert result.html.count("unchanged text left out") == 1


def test_only_changes_of_equal_texts_is_nothing():
    assert tracked(CHAPTER, CHAPTER, only_changes=True).html == ""


@pytest.mark.parametrize(("before", "after"), [("", ""), ("", CHAPTER), (CHAPTER, "")])
def test_texts_may_be_empty(before, after):
    result = tracked(before, after)
    assert letters(result.html, "ins") == letters(render(before).html)
    assert letters(result.html, "del") == letters(render(after).html)


BLOCKS = st.sampled_from(
    [
        "## Referral",
        "## Referral {: .guidance }",
        "### Meeting {: #meet }",
        "#### Deep {: .kent }",
        "## Staff {: .appendix }",
        "Ring the **police** within three days, and write it down.",
        "Ring the police within five days, and *never*{: .kent } write it down.",
        "Tell the [parents](chapter:parents) of it.[^1]",
        "Tell the [parents](chapter:carers) of it.[^2]",
        "- one\n- two words\n- three",
        "- one\n- two other words\n    - inner\n- three",
        "1. first\n\n    with a paragraph\n\n2. second",
        "| A | B |\n|---|---|\n| one | two |\n| three | four |",
        "| A | B |\n|---|---|\n| one | 2 |\n| new | row |\n| three | four |",
        "| A | B | C |\n|---|---|---|\n| one | two | three |",
        "!!! kent\n    Ring them.\n\n    And wait.",
        '!!! note "Mind"\n    - Ring them.',
        "!!! include chapter:a#b",
        "![a map](document:map)",
        "    code  that\n    counts spaces",
        "Term\n:   What it means.\n:   Or that.",
        "> Quoted words.\n>\n> - item",
        "---",
    ]
)
EDITS = (
    st.lists(BLOCKS, max_size=9)
    .map("\n\n".join)
    .filter(lambda text: text.count("#meet") < 2)
    .map("{}\n\n[^1]: One note.\n[^2]: Another note.".format)
)


def check(before, after):
    result = tracked_changes(before, after)
    assert letters(result.html, "ins") == letters(before)
    assert letters(result.html, "del") == letters(after)
    root = page(result.html)
    anchors = root.xpath("//@id")
    assert len(anchors) == len(set(anchors))
    assert not root.xpath("//del//@id")
    assert set(anchors) >= set(page(after).xpath("//@id"))
    for link in root.xpath("//a[starts-with(@href, '#')]/@href"):
        assert link[1:] in anchors
    assert bool(root.xpath("//ins | //del | //*[@class='change-format']")) == result.changed
    assert not root.xpath("//ul/*[not(self::li)] | //ol/*[not(self::li)] | //tr/*[not(self::td or self::th)]")
    assert not root.xpath("//p//p | //p//ul | //ins//ins | //del//del | //ins//del | //del//ins")
    for element in root.iterdescendants():
        ours = element.tag in ("ins", "del", "span", "p") or "change-" in (element.get("class") or "")
        assert ours or element.tag in allowlist.TAGS
        for name, value in element.attrib.items():
            if name == "class":
                value = " ".join(word for word in value.split() if not word.startswith("change-"))
                if value in ("", "visually-hidden"):
                    continue
            assert allowlist.allows(element.tag, name, value)
    tracked_changes(before, after, only_changes=True)


@given(EDITS, EDITS, NUMBERINGS)
def test_either_state_can_be_read_out_of_the_changes(before, after, numbering):
    check(render(before, numbering=numbering).html, render(after, numbering=numbering).html)


@settings(max_examples=40)
@given(TEXTS, TEXTS)
def test_either_state_can_be_read_out_of_the_changes_of_hostile_texts(before, after):
    try:
        pages = render(before).html, render(after).html
    except RenderingRefused:
        return
    check(*pages)


@settings(max_examples=40)
@given(EDITS)
def test_nothing_changed_shows_nothing(text):
    html = render(text).html
    result = tracked_changes(html, html)
    assert not result.changed
    assert letters(result.html) == letters(html)


def test_all_pairs_of_small_texts():
    texts = ["", "One.", "## One", "- One", "One.\n\n## One", "> One", "| One |\n|---|\n| two |"]
    for before, after in product(texts, texts):
        check(render(before).html, render(after).html)
