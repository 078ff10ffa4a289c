"""The main job, as a practitioner does it."""

import itertools

import pytest
from playwright.sync_api import expect

from tests.browser.rules import BY_DAY, LOOKS, broken_rules

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EVERY_KIND = [
    "/", "/chapters/bruising-protocol/", "/chapters/contact-details/", "/chapters/quick-guide/",
    "/chapters/amendments/", "/chapters/sexual-exploitation/", "/chapters/remote-visits/", "/editions/",
    "/editions/11/", "/editions/8/contents/", "/editions/1/chapters/bullying/", "/keywords/",
    "/keywords/section-47-enquiry/", "/search/?q=strategy", "/search/?q=", "/search/?q=zebra",
    "/chapters/bullying/", "/chapters/bullying/history/", "/chapters/bullying/compare/", "/editions/8/compare/11/",
    "/changes/", "/changes/?since=2026-05-20", "/on/2026-06-01/chapters/bullying/", "/on/2020-01-01/",
    "/editions/8/keywords/strategy-discussion/",
    "/editions/8/search/?q=strategy", "/editions/11/chapters/bullying/cite/", "/chapters/pre-birth-procedures/",
    "/chapters/missing-children-and-families/", "/chapters/guidance-library/", "/keywords/child-in-care/",
]  # fmt: skip


@pytest.mark.parametrize(("width", "javascript"), [(1280, True), (360, False)])
def test_a_practitioner_finds_what_changed_and_what_to_do(reader, width, javascript):
    page = reader(width=width, javascript=javascript)
    expect(page.locator(".edition-line")).to_contain_text("Edition 11, in force since 5 October 2026")
    expect(page.locator(".urgent-help")).to_contain_text("999")

    page.locator(".entry", has_text="not Independently Mobile").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2.2.8 Kent and Medway Protocol")
    expect(page.locator(".notice-changed")).to_contain_text("New on 5 October 2026")

    page.locator(".chapter-contents a").first.click()
    assert "#" in page.url

    page.get_by_role("searchbox").fill("section 47")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".keyword-results")).to_contain_text("Section 47")
    page.locator(".result-title a").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    page.get_by_role("link", name="Keywords", exact=True).click()
    page.locator(".glossary dt a").first.click()
    expect(page.get_by_role("heading", name="Chapters that use it")).to_be_visible()

    page.get_by_role("link", name="Editions", exact=True).click()
    page.get_by_role("link", name="Edition 9").first.click()
    expect(page.get_by_role("main")).to_contain_text("Corrected")


def test_a_reader_makes_the_text_large_and_high_in_contrast_without_javascript(reader):
    page = reader(javascript=False)
    before = page.locator("h1").bounding_box()["height"]
    page.get_by_role("link", name="Large", exact=True).click()
    assert page.locator("h1").bounding_box()["height"] > before
    page.get_by_role("link", name="High visibility").click()
    expect(page.locator("html")).to_have_class("size-large colours-high")
    page.get_by_role("link", name="Normal colours").click()
    expect(page.locator("html")).to_have_class("size-large colours-normal")


def test_the_skip_link_is_the_first_stop_of_the_keyboard_and_leads_to_the_text(reader):
    page = reader()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the text")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("display", ["medium-normal", "medium-high", "large-normal"])
def test_every_kind_of_page_is_accessible(reader, display):
    page = reader(display=display)
    rules = BY_DAY if display == "medium-normal" else LOOKS
    found = []
    for address in EVERY_KIND:
        page.goto(address)
        for violation in broken_rules(page, rules):
            targets = [node["target"] for node in violation["nodes"]][:3]
            found.append(f"{address}: {violation['id']}: {violation['help']} {targets}")
    assert not found, "\n".join(found)


def test_no_page_scrolls_sideways_on_a_narrow_phone(reader):
    page = reader(width=320)
    wide = []
    for address in EVERY_KIND:
        page.goto(address)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(address)
    assert wide == []


def test_every_page_has_one_main_heading_and_skips_no_level(reader):
    page = reader()
    wrong = []
    for address in EVERY_KIND:
        page.goto(address)
        levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])")
        if levels.count(1) != 1 or any(b > a + 1 for a, b in itertools.pairwise(levels)):
            wrong.append(f"{address}: {levels}")
    assert wrong == []
