"""A keyword shows its meaning in place, and goes away again, for mouse, keyboard and finger."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.rules import BY_DAY, LOOKS, broken_rules

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CHAPTER = "/chapters/child-protection-enquiries/"
OWN_PAGE = re.compile("/keywords/[a-z0-9-]+/$")
COVERS = """([word, box]) => {
  const over = box.getBoundingClientRect();
  return [...word.getClientRects()].some((line) =>
    line.left < over.right && line.right > over.left && line.top < over.bottom && line.bottom > over.top);
}"""
BESIDE = """([word, box]) => box.getBoundingClientRect().top - word.getBoundingClientRect().bottom"""
HOLDS = """(box) => {
  const { left, top, right, bottom } = box.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  return left >= 0 && top >= 0 && right <= clientWidth && bottom <= clientHeight;
}"""


@pytest.fixture
def finger(browser: Browser, site: str) -> Iterator[Callable[[], Page]]:
    """A page on a telephone."""
    contexts = []

    def open_page() -> Page:
        contexts.append(
            browser.new_context(base_url=site, viewport={"width": 360, "height": 740}, has_touch=True)
        )
        return contexts[-1].new_page()

    yield open_page
    for context in contexts:
        context.close()


def keywords(page: Page) -> Locator:
    return page.locator(".chapter-text a.keyword[aria-describedby]")


def keyword(page: Page, nth: int = 0) -> Locator:
    found = keywords(page).nth(nth)
    found.scroll_into_view_if_needed()
    return found


def box(page: Page) -> Locator:
    return page.locator(".keyword-popup")


def meaning_of(page: Page, word: Locator) -> str:
    """As the page has it beside its text."""
    last = (word.get_attribute("aria-describedby") or "").split()[-1]
    return str(page.evaluate("(id) => document.getElementById(id).textContent", last))


def test_a_mouse_shows_the_meaning_moves_onto_it_and_leaves(reader):
    page = reader()
    page.goto(CHAPTER)
    word = keyword(page)
    word.hover()
    expect(box(page)).to_be_visible()
    expect(box(page)).to_contain_text(meaning_of(page, word))
    assert not page.evaluate(COVERS, [word.element_handle(), box(page).element_handle()])
    box(page).hover()
    box(page).get_by_role("link").last.hover()
    # Longer than one has to get there.
    page.wait_for_timeout(600)
    expect(box(page)).to_be_visible()
    page.mouse.move(2, 2)
    expect(box(page)).to_have_count(0)


def test_a_click_of_the_mouse_follows_the_link(reader):
    page = reader()
    page.goto(CHAPTER)
    keyword(page).click()
    expect(page).to_have_url(OWN_PAGE)


def test_escape_puts_the_meaning_away_and_moves_neither_focus_nor_pointer(reader):
    page = reader()
    page.goto(CHAPTER)
    word = keyword(page)
    word.hover()
    expect(box(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(box(page)).to_have_count(0)
    page.wait_for_timeout(600)
    expect(box(page)).to_have_count(0)
    word.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(word).to_be_focused()
    expect(box(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(box(page)).to_have_count(0)
    expect(word).to_be_focused()


def test_the_keyboard_shows_the_meaning_goes_through_its_links_and_on(reader):
    page = reader()
    page.goto(CHAPTER)
    word = keyword(page)
    word.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(box(page)).to_be_visible()
    links = box(page).get_by_role("link")
    for n in range(links.count()):
        page.keyboard.press("Tab")
        expect(links.nth(n)).to_be_focused()
    expect(box(page).get_by_role("link", name="All about this keyword")).to_be_focused()
    page.keyboard.press("Tab")
    expect(box(page).filter(has_text=meaning_of(page, word))).to_have_count(0)
    page.keyboard.press("Shift+Tab")
    expect(word).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(OWN_PAGE)


def test_one_meaning_is_shown_at_a_time(reader):
    page = reader()
    page.goto(CHAPTER)
    first, second = keyword(page, 0), keyword(page, 1)
    first.focus()
    expect(box(page)).to_contain_text(meaning_of(page, first))
    second.hover(force=True)
    expect(box(page)).to_contain_text(meaning_of(page, second))
    expect(box(page)).to_have_count(1)


def test_a_tap_shows_the_meaning_and_a_link_in_it_leads_on(finger):
    page = finger()
    page.goto(CHAPTER)
    word = keyword(page)
    word.tap()
    expect(box(page)).to_be_visible()
    expect(page).to_have_url(re.compile(CHAPTER))
    page.touchscreen.tap(3, 3)
    expect(box(page)).to_have_count(0)
    word.tap()
    expect(box(page)).to_be_visible()
    word.tap()
    expect(box(page)).to_have_count(0)
    word.tap()
    box(page).get_by_role("link", name="All about this keyword").tap()
    expect(page).to_have_url(OWN_PAGE)


def test_it_stays_in_a_small_window_beside_its_keyword_also_when_the_page_moves(reader):
    page = reader()
    # What 1280 by 1024 pixels are at 400 %.
    page.set_viewport_size({"width": 320, "height": 256})
    page.goto(CHAPTER)
    for n in range(keywords(page).count())[:6]:
        word = keyword(page, n)
        word.focus()
        expect(box(page)).to_contain_text(meaning_of(page, word))
        assert page.evaluate(HOLDS, box(page).element_handle())
        assert not page.evaluate(COVERS, [word.element_handle(), box(page).element_handle()])
    page.set_viewport_size({"width": 320, "height": 900})
    stands = page.evaluate(BESIDE, [word.element_handle(), box(page).element_handle()])
    page.evaluate("scrollBy(0, 40)")
    page.wait_for_function(
        f"([word, box]) => Math.abs(({BESIDE})([word, box]) - {stands}) < 1",
        arg=[word.element_handle(), box(page).element_handle()],
    )


def test_without_javascript_a_keyword_is_a_link_whose_meaning_is_announced(reader):
    page = reader(javascript=False)
    page.goto(CHAPTER)
    word = keyword(page)
    expect(word).to_have_accessible_description(re.compile(r"\w+"))
    word.click()
    expect(page).to_have_url(OWN_PAGE)


def test_a_dated_page_shows_the_dated_meaning_and_leads_to_its_page(reader):
    page = reader()
    page.goto("/editions/1/chapters/bullying/")
    keyword(page).hover()
    leads = box(page).locator(".keyword-more a")
    expect(leads).to_have_attribute("href", re.compile("/editions/1/keywords/"))


def test_a_printed_page_does_not_show_it(reader):
    page = reader()
    page.goto(CHAPTER)
    keyword(page).hover()
    expect(box(page)).to_be_visible()
    page.emulate_media(media="print")
    expect(box(page)).to_be_hidden()


@pytest.mark.parametrize(
    ("display", "scheme"), [("", "light"), ("", "dark"), ("medium-high", "light"), ("large-normal", "light")]
)
def test_an_open_meaning_breaks_no_rule_of_accessibility(reader, display, scheme):
    page = reader(width=360, display=display)
    page.emulate_media(color_scheme=scheme)
    page.goto(CHAPTER)
    keyword(page).hover()
    expect(box(page)).to_be_visible()
    rules = BY_DAY if scheme == "light" and not display else LOOKS
    assert broken_rules(page, rules) == []
    expect(box(page)).to_be_visible()
