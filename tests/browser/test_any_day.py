"""A case review asks what the manual said on a day, who changed it since, and how to quote it: in a browser."""

import io
import zipfile

import pytest
from playwright.sync_api import expect

from tests.browser.folds import unfold

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "javascript"), [(1280, True), (360, False)])
def test_a_reviewer_reads_the_manual_of_the_day_and_hands_it_over(reader, width, javascript):
    page = reader(width=width, javascript=javascript)
    heading = page.get_by_role("heading", level=1)

    # What it says today, and what in it has just changed.
    page.goto("/chapters/bullying/")
    expect(page.locator(".passage-changed").first).to_be_visible()
    expect(page.locator(".chapter-text")).to_contain_text("by the end of the next school day")
    page.get_by_role("link", name="Hide the marks of changes").click()
    expect(page.locator("html")).to_have_class("size-medium colours-normal marks-off")
    page.get_by_role("link", name="Show what changed").click()

    # The same page on the day of the incident.
    day = page.locator("#site-another-day")
    day.get_by_label("The same page on another day").fill("2026-06-01")
    day.get_by_role("button", name="Show").click()
    expect(page).to_have_url("/editions/8/chapters/bullying/?on=2026-06-01")
    expect(page.locator(".banner-dated")).to_contain_text("In force on 1 June 2026, not today")
    expect(heading).to_contain_text("2.2.8 Bullying")
    expect(page.locator(".chapter-text")).to_contain_text("within three school days")
    unfold(page, "Menu")
    page.get_by_role("link", name="Keywords of edition 8").click()
    expect(page).to_have_url("/editions/8/keywords/?on=2026-06-01")
    page.locator("#site-search").fill("bullying")
    page.get_by_role("button", name="Search", exact=True).click()
    page.locator(".result-title a").first.click()
    expect(page.locator(".banner-dated")).to_contain_text("edition 8")

    # The way back, its history, and two versions side by side, or in one text on a phone.
    page.goto("/editions/8/chapters/bullying/")
    page.get_by_role("link", name="Read what is in force today").click()
    expect(page).to_have_url("/chapters/bullying/")
    page.get_by_role("link", name="History of this chapter").first.click()
    expect(heading).to_contain_text("History of 2.2.9 Bullying")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("ins:visible", has_text="by the end of the").first).to_be_visible()
    expect(page.locator("del:visible", has_text="within three").first).to_be_visible()

    # Everything since a day, marked in the chapter.
    unfold(page, "Menu")
    page.get_by_role("link", name="Changes", exact=True).click()
    page.get_by_label("Changes since").fill("2026-05-20")
    page.locator("main").get_by_role("button", name="Show").click()
    expect(heading).to_have_text("Changes since 20 May 2026")
    page.get_by_role("link", name="Read it with what changed marked").first.click()
    expect(page.locator(".passage-changed").first).to_be_visible()

    # An old number says whose it was, and a section can be quoted for ever.
    page.goto("/2.2.8/")
    expect(page.locator("main")).to_contain_text("2.2.8 has been this chapter since edition 11")
    page.goto("/editions/8/chapters/bullying/")
    if javascript:
        page.locator(".cite-link").first.click()
        expect(page.get_by_role("dialog")).to_contain_text("edition 8, 2.2.8, section 1")
        page.keyboard.press("Escape")
    else:
        page.locator(".cite-link").first.click()
        expect(page.locator("main")).to_contain_text("edition 8, 2.2.8, section 1")

    # Where the child is decides what counts; the rest is dimmed and still there.
    page.goto("/chapters/contact-details/")
    unfold(page, "Menu")
    page.get_by_role("link", name="Kent", exact=True).click()
    expect(page.locator(".chapter-text .elsewhere").first).to_be_visible()
    unfold(page, "Menu")
    page.get_by_role("link", name="Both", exact=True).click()
    expect(page.locator(".elsewhere")).to_have_count(0)

    # Handed over as files that open from disk.
    page.goto("/on/2026-06-01/")
    address = page.get_by_role("link", name="Hand over as a bundle").first.get_attribute("href")
    files = zipfile.ZipFile(io.BytesIO(page.request.get(address).body()))
    cover = files.read("index.html").decode()
    assert "1 June 2026" in cover
    assert "within three school days" in files.read("manual/chapter-bullying.html").decode()
