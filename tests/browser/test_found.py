"""In a real browser: the words that a reader searched for, marked in the chapter."""

import pytest
from playwright.sync_api import expect

from tests.browser.rules import BY_DAY, LOOKS, broken_rules

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CHAPTER = "/chapters/child-protection-enquiries/"
MARKED = f"{CHAPTER}?marked=strategy+discussion"


@pytest.mark.parametrize("display", ["medium-normal", "medium-high", "large-normal"])
def test_a_page_with_marks_is_accessible_and_as_wide_as_the_phone(reader, display):
    page = reader(display=display)
    found = []
    for address in (MARKED, f"{CHAPTER}?marked=zebra", "/keywords/strategy-discussion/?marked=enquiry"):
        page.goto(address)
        found += [
            f"{address}: {violation['id']}: {[node['target'] for node in violation['nodes']][:3]}"
            for violation in broken_rules(page, BY_DAY if display == "medium-normal" else LOOKS)
        ]
        page.set_viewport_size({"width": 320, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        page.set_viewport_size({"width": 1280, "height": 900})
    assert not found, "\n".join(found)


# How light a colour is, and how far two of them are apart.
CONTRAST = """([one, other]) => {
    const light = (colour) => {
        const [r, g, b] = colour.match(/[\\d.]+/g).map((n) => n / 255)
            .map((n) => (n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
}"""
COLOURS = """(mark) => {
    const [style, page] = [getComputedStyle(mark), getComputedStyle(document.body)];
    return [style.color, style.backgroundColor, style.borderBottomColor, page.backgroundColor];
}"""


@pytest.mark.parametrize("display", ["medium-normal", "medium-high"])
def test_marks_are_told_from_the_page_and_words_on_them_can_be_read(reader, display):
    page = reader(display=display)
    page.goto(MARKED)
    marks = page.locator(".chapter-text .found")
    assert marks.count() > 2
    for mark in marks.all():
        ink, ground, edge, paper = mark.evaluate(COLOURS)
        assert page.evaluate(CONTRAST, [ink, ground]) >= 4.5
        assert page.evaluate(CONTRAST, [edge, paper]) >= 3


def test_marks_are_not_printed_and_are_seen_in_forced_colours(reader):
    page = reader()
    page.goto(MARKED)
    mark = page.locator(".chapter-text .found").first
    page.emulate_media(media="print")
    assert mark.evaluate("mark => getComputedStyle(mark).backgroundColor") == "rgba(0, 0, 0, 0)"
    assert mark.evaluate("mark => getComputedStyle(mark).borderBottomWidth") == "0px"
    assert not page.locator(".found-line").is_visible()
    assert not page.locator(".found-steps").is_visible()
    page.emulate_media(media="screen", forced_colors="active")
    ink, ground, _edge, paper = mark.evaluate(COLOURS)
    assert ground != paper
    assert page.evaluate(CONTRAST, [ink, ground]) >= 4.5


def test_without_a_script_the_line_leads_to_the_first_place_and_takes_the_marks_away(reader):
    page = reader(width=360, javascript=False)
    page.goto(MARKED)
    page.get_by_role("link", name="Go to the first").click()
    box = page.locator("#site-found-1").bounding_box()
    assert 0 <= box["y"] < 900
    page.get_by_role("link", name="Remove the marks").click()
    assert page.url.endswith(CHAPTER)
    expect(page.locator(".found")).to_have_count(0)


def test_next_leads_from_place_to_place_and_the_section_is_kept_without_marks(reader):
    page = reader(width=360)
    page.goto(f"{MARKED}#seeing-the-child")
    places = page.locator(".found[id]")
    count = places.count()
    told = page.locator(".found-steps [role=status]")
    expect(told).to_have_text(f"{count} marked")
    page.get_by_role("button", name="Next").click()
    here = page.locator(".found-here")
    expect(here).to_have_count(1)
    # From where the reader came to, not from the beginning of the chapter.
    first = int(here.get_attribute("id").removeprefix("site-found-"))
    assert first > 1
    expect(told).to_have_text(f"{first} of {count}")
    for _ in range(count - first + 2):
        page.get_by_role("button", name="Next").click()
        box = here.bounding_box()
        assert 0 <= box["y"] < page.locator(".found-steps").bounding_box()["y"]
    expect(told).to_have_text(f"2 of {count}")
    page.get_by_role("button", name="Previous").click()
    expect(told).to_have_text(f"1 of {count}")

    page.reload()
    page.get_by_role("link", name="Remove the marks").click()
    expect(page).to_have_url(f"{page.url.partition('?')[0].partition('#')[0]}#seeing-the-child")
    expect(page.locator(".found")).to_have_count(0)


def test_no_link_that_the_keyboard_comes_to_lies_under_the_steps(reader):
    page = reader(width=360)
    page.goto(f"{MARKED}#seeing-the-child")
    page.get_by_role("button", name="Next").wait_for()
    page.locator("#seeing-the-child .section-link").first.focus()
    for _ in range(30):
        page.keyboard.press("Tab")
        bottom = page.evaluate("document.activeElement.getBoundingClientRect().bottom")
        assert bottom <= page.locator(".found-steps").bounding_box()["y"] + 1
