"""While a reader types, the search box offers places to go to at once: by keyboard, by thumb, and read aloud."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.rules import BY_DAY, LOOKS, broken_rules

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def box(page: Page):
    return page.locator("#site-search")


def options(page: Page):
    return page.locator("#site-suggestions").get_by_role("option")


def type_slowly(page: Page, words: str) -> None:
    box(page).press_sequentially(words, delay=20)


def open_list(page: Page, words: str = "strat") -> None:
    type_slowly(page, words)
    expect(page.get_by_role("listbox", name="Suggestions")).to_be_visible()


def asked(page: Page) -> list[str]:
    """What the box asks from now on."""
    found: list[str] = []
    page.on("request", lambda request: "/suggestions/" in request.url and found.append(request.url))
    return found


def test_a_reader_goes_to_a_chapter_by_keyboard_alone(reader):
    page = reader()
    expect(box(page)).to_have_attribute("role", "combobox")
    expect(box(page)).to_have_attribute("aria-expanded", "false")
    box(page).focus()
    open_list(page)
    expect(box(page)).to_have_attribute("aria-expanded", "true")
    expect(box(page)).not_to_have_attribute("aria-activedescendant", re.compile("."))
    expect(options(page).first).to_have_text("Strategy discussion Keyword")
    expect(options(page).nth(1)).to_have_text("Strategy Discussion/Meetings Chapter 2.1.4")
    expect(options(page).nth(3)).to_contain_text("Section of 2.2.2")

    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    second = options(page).nth(1)
    expect(second).to_have_attribute("aria-selected", "true")
    expect(page.locator("[role=option][aria-selected=true]")).to_have_count(1)
    expect(box(page)).to_have_attribute("aria-activedescendant", second.get_attribute("id"))
    expect(box(page)).to_be_focused()
    expect(box(page)).to_have_value("strat")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/chapters/strategy-discussions/")


def test_the_arrows_go_round_through_the_box_and_the_caret_keys_lead_back_to_it(reader):
    page = reader()
    open_list(page)
    last = options(page).count() - 1
    page.keyboard.press("ArrowUp")
    expect(options(page).nth(last)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[role=option][aria-selected=true]")).to_have_count(0)
    page.keyboard.press("ArrowDown")
    expect(options(page).first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Home")
    expect(page.locator("[role=option][aria-selected=true]")).to_have_count(0)
    assert box(page).evaluate("box => box.selectionStart") == 0
    page.keyboard.press("End")
    assert box(page).evaluate("box => box.selectionStart") == len("strat")
    expect(options(page).first).to_be_visible()


def test_escape_closes_then_clears_and_tab_leaves(reader):
    page = reader()
    open_list(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(options(page)).to_have_count(0)
    expect(box(page)).to_have_value("strat")
    expect(box(page)).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowDown")
    expect(options(page).first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Tab")
    expect(options(page)).to_have_count(0)
    expect(page.get_by_role("button", name="Search", exact=True)).to_be_focused()
    box(page).focus()
    page.keyboard.press("Escape")
    expect(box(page)).to_have_value("")


def test_enter_without_an_option_searches_and_the_box_keeps_the_words(reader):
    page = reader()
    open_list(page)
    page.keyboard.press("Enter")
    expect(page).to_have_url("/search/?q=strat")
    expect(box(page)).to_have_value("strat")
    expect(options(page)).to_have_count(0)


def test_a_thumb_goes_to_a_section_of_the_edition_that_is_read(reader):
    page = reader(width=360)
    page.goto("/editions/8/contents/?on=2026-06-01")
    open_list(page, "bully onl")
    option = options(page).filter(has_text="Bullying online")
    expect(option).to_contain_text("Section of 2.2.8 Bullying")
    assert all(each.bounding_box()["height"] >= 44 for each in options(page).all())
    option.click()
    expect(page).to_have_url("/editions/8/chapters/bullying/?on=2026-06-01#online")


def test_a_live_region_says_how_many_there_are(reader):
    page = reader()
    told = page.locator(".search-box [role=status]")
    expect(told).to_have_text("")
    open_list(page, "esaf")
    expect(told).to_have_text("1 suggestion")
    type_slowly(page, "zz")
    expect(told).to_have_text("No suggestions")
    expect(options(page)).to_have_count(0)
    box(page).fill("strat")
    expect(told).to_have_text("8 suggestions")
    box(page).fill("")
    expect(told).to_have_text("")


def test_nothing_is_asked_under_two_letters_and_once_for_words_that_are_typed_on(reader):
    page = reader()
    requests = asked(page)
    type_slowly(page, "s")
    page.wait_for_timeout(400)
    assert requests == []
    # However long a busy machine takes for it, the page sees somebody who types quickly.
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    for letter in "trat":
        box(page).press_sequentially(letter)
        page.clock.run_for(50)
    page.clock.run_for(400)
    page.clock.resume()
    expect(options(page).first).to_be_visible()
    assert [url.rpartition("?")[2] for url in requests] == ["q=strat"]
    box(page).fill("2")
    expect(options(page).first).to_contain_text("2 Core Procedures")


def test_an_answer_that_comes_late_is_not_shown(reader):
    page = reader()
    held = []
    page.route(re.compile(r"suggestions/\?q=strat$"), lambda route: held.append(route))
    type_slowly(page, "strat")
    page.wait_for_timeout(400)
    assert len(held) == 1
    box(page).fill("esaf")
    expect(options(page)).to_have_count(1)
    held[0].fulfill(json={"suggestions": [{"label": "Late", "detail": "", "address": "/", "marked": []}] * 3})
    page.wait_for_timeout(200)
    expect(options(page)).to_have_count(1)
    expect(options(page).first).to_contain_text("E-Safety")


def test_what_goes_wrong_is_not_told_and_the_search_still_works(reader):
    page = reader()
    page.route(re.compile("suggestions/"), lambda route: route.fulfill(body="<html>"))
    requests = asked(page)
    # All at once: on a busy machine there is time to ask between two letters.
    box(page).fill("strat")
    page.wait_for_timeout(400)
    assert len(requests) == 1
    expect(options(page)).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page).to_have_url("/search/?q=strat")


def test_the_keys_of_an_input_method_are_left_to_it(reader):
    page = reader()
    requests = asked(page)
    box(page).focus()
    typing = page.context.new_cdp_session(page)
    typing.send("Input.imeSetComposition", {"text": "strat", "selectionStart": 5, "selectionEnd": 5})
    page.wait_for_timeout(400)
    assert requests == []
    typing.send("Input.insertText", {"text": "strat"})
    expect(options(page).first).to_be_visible()
    page.keyboard.press("ArrowDown")
    # Enter takes a word that the input method offers, and neither goes nor searches.
    box(page).dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    page.wait_for_timeout(200)
    expect(page).to_have_url("/")
    expect(options(page).first).to_have_attribute("aria-selected", "true")


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("display", ["medium-normal", "medium-high", "large-normal"])
def test_the_open_list_is_accessible(reader, width, display):
    page = reader(width=width, display=display)
    open_list(page)
    page.keyboard.press("ArrowDown")
    found = broken_rules(page, BY_DAY if display == "medium-normal" else LOOKS)
    assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []


@pytest.mark.parametrize("display", ["medium-normal", "large-high"])
def test_the_open_list_fits_a_narrow_phone(reader, display):
    page = reader(width=320, display=display)
    open_list(page, "bruis")
    assert not page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        " || document.querySelector('.suggestions').scrollWidth > document.querySelector('.suggestions').clientWidth"
    )


def test_the_chosen_option_is_seen_where_colours_are_forced(reader):
    page = reader()
    page.emulate_media(forced_colors="active")
    open_list(page)
    page.keyboard.press("ArrowDown")
    backgrounds = options(page).evaluate_all("all => all.map(each => getComputedStyle(each).backgroundColor)")
    assert backgrounds[0] not in backgrounds[1:]


def test_without_javascript_the_box_searches_as_ever(reader):
    page = reader(javascript=False)
    expect(page.get_by_role("searchbox", name="Search the manual")).to_be_visible()
    type_slowly(page, "strat")
    expect(page.locator("[role=combobox], [role=listbox]")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page).to_have_url("/search/?q=strat")
