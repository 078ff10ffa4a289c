"""Without a mouse: what is wanted is found with the Tab key, seen where it is, and never a trap."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from manual.management import kinds

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Where the keyboard is, and whether that can be seen: an outline or a shadow that is not there without it.
HERE = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  const box = here.getBoundingClientRect(), style = getComputedStyle(here);
  // A box that opens beside what has the keyboard is gone when the keyboard has moved on.
  const before = window.before?.isConnected ? window.before : here;
  window.before = here;
  return {
    words: (here.getAttribute("aria-label") || here.labels?.[0]?.textContent || here.textContent).trim().slice(0, 60),
    ringed: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none",
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    back: Boolean(here.compareDocumentPosition(before) & Node.DOCUMENT_POSITION_FOLLOWING),
    place: [...document.querySelectorAll("*")].indexOf(here),
  };
}"""


class Keyboard:
    """Somebody who has a keyboard and nothing else."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def tab(self, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press("Tab")

    def goes_to(self, role: str, name: str | None = None, *, within: str = "body") -> None:
        """Presses Tab until it is there; sees at every stop where that is, and never goes back up the page."""
        self._goes_to(self.page.locator(within).get_by_role(role, name=name), f"{role} {name!r}")

    def goes_to_fold(self, words: str) -> None:
        self._goes_to(self.page.locator("summary", has_text=words), words)

    def _goes_to(self, wanted: Locator, name: str) -> None:
        for _ in range(120):
            self.tab()
            here = self.page.evaluate(HERE)
            assert here, f"The Tab key came to the end of the page before {name}."
            assert here["ringed"] and here["inside"], f"The focus cannot be seen at {here}."
            assert not here["back"], f"The Tab key goes back up to {here}."
            if wanted.evaluate_all("all => all.includes(document.activeElement)"):
                return
        pytest.fail(f"The Tab key never came to {name}.")

    def presses(self, key: str) -> None:
        self.page.keyboard.press(key)


@pytest.fixture
def keyboard(reader: Callable[..., Page]) -> Keyboard:
    return Keyboard(reader())


@pytest.mark.parametrize("display", ["", "medium-high"])
@pytest.mark.parametrize("width", [1280, 360])
def test_a_reader_searches_opens_a_result_goes_to_a_section_and_comes_back(
    reader: Callable[..., Page], width: int, display: str
) -> None:
    page = reader(width=width, display=display)
    keyboard = Keyboard(page)
    keyboard.tab()
    expect(page.get_by_role("link", name="Skip to the text")).to_be_focused()
    assert page.evaluate(HERE)["ringed"] and page.evaluate(HERE)["inside"]

    keyboard.goes_to("combobox", "Search the manual")
    page.keyboard.type("strategy discussion")
    keyboard.presses("Enter")
    expect(page.get_by_role("heading", level=1, name="Search")).to_be_visible()
    results = page.url

    keyboard.tab()
    keyboard.presses("Enter")
    expect(page.locator("main")).to_be_focused()
    keyboard.goes_to("link", within=".results")
    keyboard.presses("Enter")
    expect(page.locator(".chapter-contents")).to_be_visible()

    # A result leads into the text; its outline is above it.
    page.goto(page.url.partition("#")[0])
    if width < 1000:
        keyboard.goes_to_fold("In this chapter")
        keyboard.presses("Enter")
    keyboard.goes_to("link", within=".chapter-contents")
    keyboard.presses("Enter")
    expect(page).to_have_url(re.compile("#."))
    anchor = page.url.partition("#")[2]
    # From there the keyboard goes on in the section.
    keyboard.tab()
    here = page.evaluate(HERE)
    top = "(id) => [...document.querySelectorAll('*')].indexOf(document.getElementById(id))"
    assert here["place"] >= page.evaluate(top, anchor)

    while page.url != results:
        page.go_back()
    expect(page.get_by_role("heading", level=1, name="Search")).to_be_visible()


def test_the_skip_link_is_the_first_stop_of_the_keyboard_and_leads_to_the_text(keyboard: Keyboard) -> None:
    page = keyboard.page
    keyboard.tab()
    expect(page.get_by_role("link", name="Skip to the text")).to_be_focused()
    keyboard.presses("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_reader_changes_how_the_pages_look_with_the_keyboard(keyboard: Keyboard) -> None:
    page = keyboard.page
    keyboard.goes_to_fold("Display")
    keyboard.presses("Enter")
    keyboard.goes_to("link", "Large", within=".masthead")
    keyboard.presses("Enter")
    expect(page.locator("html")).to_have_class("size-large colours-normal")
    keyboard.goes_to_fold("Display")
    keyboard.presses("Enter")
    keyboard.goes_to("link", "High visibility", within=".masthead")
    keyboard.presses("Enter")
    expect(page.locator("html")).to_have_class("size-large colours-high")


def test_a_reader_compares_two_versions_with_the_keyboard(keyboard: Keyboard) -> None:
    page = keyboard.page
    page.goto("/chapters/bullying/")
    keyboard.goes_to("link", "History of this chapter")
    keyboard.presses("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("History of")
    keyboard.goes_to("button", "Compare")
    keyboard.presses("Enter")
    expect(page.locator("ins").first).to_be_visible()


def test_a_reader_asks_for_another_day_with_the_keyboard(keyboard: Keyboard) -> None:
    page = keyboard.page
    page.goto("/chapters/bullying/")
    keyboard.goes_to("link", "On another day")
    keyboard.presses("Enter")
    keyboard.tab()
    expect(page.get_by_label("The same page on another day")).to_be_focused()
    # This browser writes the month before the day.
    page.keyboard.type("06012026")
    keyboard.presses("Enter")
    expect(page).to_have_url("/editions/8/chapters/bullying/?on=2026-06-01")


# Whatever can be come to is come to as the Tab key would: the browser draws the ring after a key was pressed.
UNSEEN = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
  .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.disabled && each.type !== "hidden")
  .filter((each) => {
    each.focus();
    const style = getComputedStyle(each);
    return !(style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) && style.boxShadow === "none";
  }).map((each) => each.outerHTML.slice(0, 100))"""


def test_on_every_kind_of_page_the_keyboard_is_seen_wherever_it_is_and_comes_out_at_the_end(
    reader: Callable[..., Page], settings
) -> None:
    settings.ROOT_URLCONF = "procedures_site.urls_with_components"
    page = reader()
    wrong = []
    for kind in (*kinds.READERS, kinds.COMPONENTS):
        page.goto(kind.address)
        page.keyboard.press("Tab")
        for display in (kinds.LIGHT, kinds.HIGH):
            page.evaluate(kinds.SHOW, display.classes)
            wrong += [f"{kind.name}, {display.name}: {each}" for each in page.evaluate(UNSEEN)]
        if positive := page.locator("[tabindex]:not([tabindex='0'], [tabindex='-1'])").count():
            wrong.append(f"{kind.name}: {positive} elements with an order of their own")
    assert not wrong, "\n".join(wrong)


def test_the_tab_key_goes_through_a_whole_page_and_out_at_its_end(keyboard: Keyboard) -> None:
    page = keyboard.page
    page.goto("/chapters/bullying/")
    stops = 0
    for _ in range(300):
        keyboard.tab()
        here = page.evaluate(HERE)
        if here is None:
            break
        assert here["ringed"] and here["inside"] and not here["back"], here
        stops += 1
    else:
        pytest.fail(f"The Tab key never left the page: {here}")
    assert stops > 30
