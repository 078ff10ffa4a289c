"""The main job, as a practitioner does it."""

import pytest
from playwright.sync_api import expect

from tests.browser.folds import unfold

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "javascript"), [(1280, True), (360, False)])
def test_a_practitioner_finds_what_changed_and_what_to_do(reader, width, javascript):
    page = reader(width=width, javascript=javascript)
    expect(page.locator(".edition-line")).to_contain_text("Edition 11, in force since 5 October 2026")
    expect(page.locator(".urgent-help")).to_contain_text("999")

    page.locator(".entry", has_text="not Independently Mobile").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2.2.8 Kent and Medway Protocol")
    expect(page.locator(".notice-changed")).to_contain_text("New on 5 October 2026")

    # On a narrow screen what the chapter holds is folded, as is the menu.
    unfold(page, "In this chapter")
    page.locator(".chapter-contents a").first.click()
    assert "#" in page.url

    page.locator("#site-search").fill("section 47")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".keyword-card")).to_contain_text("Section 47")
    page.locator(".result-title a").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    unfold(page, "Menu")
    page.get_by_role("link", name="Keywords", exact=True).click()
    page.locator(".glossary dt a").first.click()
    expect(page.get_by_role("heading", name="Chapters that use it")).to_be_visible()

    unfold(page, "Menu")
    page.get_by_role("link", name="Editions", exact=True).click()
    page.get_by_role("link", name="Edition 9").first.click()
    expect(page.get_by_role("main")).to_contain_text("Corrected")


def test_a_reader_makes_the_text_large_and_high_in_contrast_without_javascript(reader):
    page = reader(javascript=False)
    before = page.locator("h1").bounding_box()["height"]
    unfold(page, "Display")
    page.get_by_role("link", name="Large", exact=True).click()
    assert page.locator("h1").bounding_box()["height"] > before
    unfold(page, "Display")
    page.get_by_role("link", name="High visibility").click()
    expect(page.locator("html")).to_have_class("size-large colours-high")
    unfold(page, "Display")
    page.get_by_role("link", name="As on this device").click()
    expect(page.locator("html")).to_have_class("size-large colours-normal")


def test_what_stands_unfolded_on_a_wide_screen_is_reached_by_the_keyboard(reader):
    page = reader(width=1280)
    page.goto("/chapters/bullying/")
    expect(page.locator("details.folds-unless-wide")).not_to_have_attribute("open", "")
    page.locator(".chapter-head a").last.focus()
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.closest('nav')?.className"))
    assert {"nearby", "chapter-contents"} <= reached


def test_the_key_slash_leads_to_search_unless_somebody_writes_or_wants_none_of_it(reader):
    page = reader()
    page.keyboard.press("/")
    expect(page.locator("#site-search")).to_be_focused()
    page.keyboard.type("a/b")
    expect(page.locator("#site-search")).to_have_value("a/b")
    page.goto("/display/?slash=off&next=/")
    page.keyboard.press("/")
    expect(page.locator("#site-search")).not_to_be_focused()


def test_the_contents_grow_shorter_while_a_reader_types_and_come_back(reader):
    page = reader()
    every = page.locator(".entry:visible").count()
    page.locator("#site-narrow").press_sequentially("bruis")
    expect(page.locator(".entry:visible")).to_have_count(1)
    expect(page.locator(".narrowing-count")).to_have_text(f"1 of {every} chapters")
    expect(page.locator(".part:visible")).to_have_count(1)
    page.locator("#site-narrow").fill("xylophone")
    expect(page.locator(".narrowing-nothing")).to_be_visible()
    page.locator("#site-narrow").fill("")
    expect(page.locator(".entry:visible")).to_have_count(every)
    only = page.get_by_role("button", name="New or Updated")
    only.click()
    expect(only).to_have_attribute("aria-pressed", "true")
    assert page.locator(".entry:visible").count() == page.locator(".contents-list .flag:visible").count() > 0
    only.click()
    expect(page.locator(".entry:visible")).to_have_count(every)


def test_the_list_of_what_a_chapter_holds_follows_the_reader(reader):
    page = reader(width=1280)
    page.goto("/chapters/initial-conferences/")
    links = page.locator(".chapter-contents a")
    links.nth(4).click()
    expect(links.nth(4)).to_have_attribute("aria-current", "location")
    page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    expect(page.locator(".chapter-contents a[aria-current]")).to_have_count(1)
    expect(links.nth(4)).not_to_have_attribute("aria-current", "location")
