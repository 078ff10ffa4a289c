"""A chapter with its changed passages marked: no word of it is another, and every change has its mark."""

from itertools import product

from hypothesis import given, settings
from lxml.html import fragment_fromstring

from manual.comparison import marked_changes, tracked_changes
from manual.rendering import render
from tests.comparison.test_tracked import CHAPTER, EDITS, changed, page
from tests.rendering.test_hostile import NUMBERINGS


def marked(before, after):
    return marked_changes(render(before).html, render(after).html)


def marks(html):
    """What each mark says, with the words it stands on."""
    found = page(html).xpath("//*[contains(@class, 'passage-changed')] | //*[@class='passage-gone']")
    return [(element.tag, " ".join(element.text_content().split())) for element in found]


def without_marks(html):
    """The page as it was before it was marked."""
    root = fragment_fromstring(html, create_parent="div")
    for hidden in root.xpath("//span[@class='visually-hidden'] | //p[@class='passage-gone']"):
        hidden.drop_tree()
    for element in root.xpath("//*[contains(@class, 'passage-changed')]"):
        kinds = [word for word in element.get("class").split() if word != "passage-changed"]
        element.set("class", " ".join(kinds))
        if not kinds:
            element.attrib.pop("class")
            if element.tag == "div":
                element.drop_tag()
    return fragment(root)


def fragment(root):
    """Its elements with their attributes, and all its text."""
    return [(element.tag, dict(element.attrib)) for element in root.iterdescendants()], root.text_content()


def test_an_unchanged_text_has_no_marks():
    html = render(CHAPTER).html
    assert (marked_changes(html, html).html, marked_changes(html, html).count) == (html, 0)


def test_the_passages_that_changed_are_marked_and_no_others():
    result = marked(CHAPTER, changed(("three working", "five working"), ("- the school nurse", "- a nurse")))
    assert marks(result.html) == [
        ("p", "Changed: Ring the police within five working days of the referral, and write it down."),
        ("li", "Changed: a nurse"),
    ]
    assert result.count == 2


def test_a_new_section_is_marked_passage_by_passage():
    result = marked(
        CHAPTER, changed(("## Meeting", "## Aims\n\nThe aims of it.\n\n- one\n- two\n\n## Meeting"))
    )
    assert marks(result.html) == [
        ("h2", "New: 2 Aims #"),
        ("p", "New: The aims of it."),
        ("li", "New: one"),
        ("li", "New: two"),
    ]


def test_a_place_where_something_was_taken_out_says_so():
    paragraph = "The parents are told of it unless that would put the child at risk of harm.\n\n"
    result = marked(CHAPTER, changed((paragraph, "")))
    assert marks(result.html) == [("p", "A passage was taken out here.")]
    assert page(result.html).xpath("//p[@class='passage-gone']/following-sibling::*[1][self::ul]")


def test_a_section_that_was_taken_out_is_named():
    before = changed(("## Meeting", "## Aims\n\nThe aims of it.\n\n## Meeting"))
    assert marks(marked(before, CHAPTER).html) == [("p", "The section “Aims” was taken out here.")]


def test_an_item_that_was_taken_out_changes_no_number_of_the_others():
    before, after = "1. one thing\n2. two things\n3. three things", "1. one thing\n2. three things"
    result = marked(before, after)
    assert marks(result.html) == [("p", "An item was taken out here.")]
    assert page(result.html).xpath("count(//ol/*)") == page(result.html).xpath("count(//ol/li)") == 2


def test_rows_of_tables():
    result = marked(CHAPTER, changed(("within a week |", "within a month |\n| Nurse | never |")))
    assert marks(result.html) == [("tr", "Changed: School within a month"), ("tr", "New: Nurse never")]
    gone = marked(CHAPTER, changed(("| School | within a week |\n", "")))
    assert marks(gone.html) == [("p", "A row of this table was taken out here.")]
    assert page(gone.html).xpath("//div[@class='table']/following-sibling::p[@class='passage-gone']")


def test_a_rewritten_paragraph_is_changed_and_nothing_is_gone():
    new = "Nobody should ever leave out what their own agency has seen, or keep it for later."
    old = "The parents are told of it unless that would put the child at risk of harm."
    assert marks(marked(CHAPTER, changed((old, new))).html) == [("p", f"Changed: {new}")]


def test_a_moved_paragraph_is_marked_where_it_stands_now():
    paragraph = "The parents are told of it unless that would put the child at risk of harm.\n\n"
    result = marked(CHAPTER, changed((paragraph, "")).replace("## Referral", f"{paragraph}## Referral"))
    assert marks(result.html) == [("p", f"Moved to here: {paragraph.strip()}")]


def test_a_passage_shown_from_elsewhere_keeps_its_box():
    result = marked("Words.\n\n!!! include chapter:a#b", "Words.\n\n!!! include chapter:a#c")
    assert page(result.html).xpath("//div[@class='passage-changed']/div[@class='include']/a/@href") == [
        "chapter:a#c"
    ]


def check(before, after):
    result = marked_changes(before, after)
    assert without_marks(result.html) == fragment(page(after))
    assert result.count == len(marks(result.html))
    assert (result.count > 0) == tracked_changes(before, after).changed
    anchors = page(result.html).xpath("//@id")
    assert len(anchors) == len(set(anchors))
    assert not page(result.html).xpath(
        "//ul/*[not(self::li)] | //ol/*[not(self::li)] | //tr/*[not(self::td or self::th)] | //p//p"
    )


@settings(max_examples=40)
@given(EDITS, EDITS, NUMBERINGS)
def test_marks_change_no_word_and_no_element(before, after, numbering):
    check(render(before, numbering=numbering).html, render(after, numbering=numbering).html)


def test_all_pairs_of_small_texts():
    texts = [
        "",
        "One.",
        "## One",
        "- One",
        "One.\n\n## One",
        "> One",
        "| One |\n|---|\n| two |",
        "- One\n\n    - Two",
    ]
    for before, after in product(texts, texts):
        check(render(before).html, render(after).html)
