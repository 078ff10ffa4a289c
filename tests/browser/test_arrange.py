"""The contents are arranged in a real browser: with the mouse, with the keyboard alone, and without JavaScript."""

import pytest
from playwright.sync_api import Locator, Page, expect

from manual import workflow
from manual.models import Chapter, Edition, Event
from tests.browser.rules import BY_DAY, broken_rules
from tests.manual_maker import LONG_AGO, agreed, grow, meaning
from tests.remembered import remembered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TREE = "/admin/manual/chapter/arrange/"


@pytest.fixture
@remembered
def chapters(db) -> dict[str, Chapter]:
    return grow("""
        safeguarding
            referral
                leaflet
            assessment
        health
            bruising
    """)


@pytest.fixture
@remembered
def edition(chapters) -> Edition:
    texts = [agreed(chapter) for chapter in chapters.values()]
    return workflow.publish(
        by=None, amendments=texts, definitions=[meaning("lado")], rearrange=True, at=LONG_AGO
    ).edition


def tree() -> list[str]:
    assert Chapter.objects.broken() == []
    return ["." * chapter.level + chapter.slug for chapter in Chapter.objects.in_order()]


def row(page: Page, chapter: Chapter) -> Locator:
    return page.locator(f"#row-{chapter.pk} > .tree-row")


def said(page: Page) -> Locator:
    return page.locator("#tree-said")


def drag(page: Page, chapter: Chapter, onto: Locator, height: float) -> None:
    """Takes a row by its handle and holds it over another, so far down; the button stays pressed."""
    handle = row(page, chapter).locator(".tree-handle").bounding_box()
    box = onto.bounding_box()
    page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 80, box["y"] + box["height"] * height, steps=8)


@pytest.mark.parametrize(
    ("height", "line", "after"),
    [
        (
            0.1,
            "drop-before",
            ["safeguarding", ".referral", "..leaflet", "health", ".assessment", ".bruising"],
        ),
        (0.5, "drop-into", ["safeguarding", ".referral", "..leaflet", "health", ".bruising", "..assessment"]),
        (0.9, "drop-after", ["safeguarding", ".referral", "..leaflet", "health", ".bruising", ".assessment"]),
    ],
)
def test_an_approver_drags_a_chapter_and_sees_where_it_falls(
    signed_in, edition, chapters, height, line, after
):
    page = signed_in("Approver", "bea")
    page.goto(TREE)
    target = row(page, chapters["bruising"])
    drag(page, chapters["assessment"], target, height)
    expect(target).to_have_class(f"tree-row {line}")
    expect(said(page)).to_contain_text("Assessment: ")
    page.mouse.up()
    expect(said(page)).to_contain_text("“Assessment” stands")
    expect(row(page, chapters["assessment"]).locator(".tree-today")).to_have_text("1.2 today")
    expect(page.locator("#outlook")).to_contain_text("1 chapter moved")
    expect(row(page, chapters["assessment"]).locator(".tree-title")).to_be_focused()
    assert tree() == after
    event = Event.objects.get(verb="move")
    assert (event.chapter, event.by.username) == (chapters["assessment"], "bea")
    # What the server answered can be arranged further.
    drag(page, chapters["assessment"], row(page, chapters["referral"]), 0.1)
    page.mouse.up()
    expect(said(page)).to_contain_text("stands first under “Safeguarding” now")
    assert tree()[:2] == ["safeguarding", ".assessment"]


def test_a_drag_can_be_given_up_and_never_ends_inside_itself(signed_in, edition, chapters):
    page = signed_in("Approver", "bea")
    page.goto(TREE)
    before = tree()
    drag(page, chapters["assessment"], row(page, chapters["bruising"]), 0.5)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(said(page)).to_have_text("Nothing was moved.")
    drag(page, chapters["referral"], row(page, chapters["leaflet"]), 0.5)
    expect(page.locator(".drop-into")).to_have_count(0)
    page.mouse.up()
    page.reload()
    assert tree() == before


def test_an_approver_arranges_with_the_keyboard_alone(signed_in, edition, chapters):
    page = signed_in("Approver", "bea")
    page.goto(TREE)
    title = row(page, chapters["assessment"]).locator(".tree-title")
    title.focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(said(page)).to_contain_text("“Assessment” stands first under “Safeguarding” now")
    expect(title).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(said(page)).to_contain_text("It is the first here already.")
    page.keyboard.press("Alt+ArrowDown")
    expect(said(page)).to_contain_text("stands after “Referral” under “Safeguarding” now")
    page.keyboard.press("Alt+ArrowRight")
    expect(said(page)).to_contain_text("stands after “Leaflet” under “Referral” now")
    page.keyboard.press("Alt+ArrowLeft")
    expect(said(page)).to_contain_text("stands after “Referral” under “Safeguarding” now")
    expect(title).to_be_focused()
    assert page.url.endswith(TREE)
    up = page.get_by_role("button", name="Up: Assessment")
    up.focus()
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("stands first")
    expect(title).to_be_focused()
    switch = page.get_by_role("button", name="Numbered: Assessment")
    switch.focus()
    page.keyboard.press("Space")
    expect(said(page)).to_contain_text("takes no number now")
    expect(switch).to_be_focused()
    expect(switch).to_have_attribute("aria-pressed", "false")
    assert tree()[:3] == ["safeguarding", ".assessment", ".referral"]


def test_a_page_that_is_out_of_date_says_so_and_shows_the_tree_as_it_is(signed_in, edition, chapters):
    page = signed_in("Approver", "bea")
    page.goto(TREE)
    workflow.move(chapters["assessment"], by=None, under=chapters["health"])
    page.get_by_role("button", name="Up: Assessment").click()
    expect(said(page)).to_contain_text("Something changed since this page was shown")
    expect(said(page)).to_have_class("tree-said tree-said-wrong")
    expect(row(page, chapters["assessment"]).locator(".tree-number")).to_have_text("2.1")
    page.get_by_role("button", name="Down: Assessment").click()
    expect(said(page)).to_contain_text("stands after “Bruising” under “Health” now")


def test_a_closed_part_stays_closed_and_an_open_one_open(signed_in, edition, chapters):
    page = signed_in("Approver", "bea")
    page.goto(TREE)
    # A long tree comes closed; here the reader closes one by hand.
    page.locator(f"#row-{chapters['health'].pk} > details > summary").click()
    page.get_by_role("button", name="Up: Assessment").click()
    expect(said(page)).to_contain_text("stands first")
    expect(page.locator(f"#row-{chapters['health'].pk} > details")).not_to_have_attribute("open", "")
    expect(page.locator(f"#row-{chapters['safeguarding'].pk} > details")).to_have_attribute("open", "")


def test_whoever_was_signed_out_is_told_so_and_nothing_is_moved(signed_in, edition, chapters):
    page = signed_in("Approver", "bea")
    page.goto(TREE)
    before = tree()
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Up: Assessment").click()
    expect(said(page)).to_contain_text("You may have been signed out")
    assert tree() == before


def test_without_javascript_the_buttons_and_the_list_do_the_same(signed_in, edition, chapters):
    page = signed_in("Approver", "bea", width=360, javascript=False)
    page.goto(TREE)
    page.get_by_role("button", name="Up: Assessment").click()
    expect(page.locator(".messagelist")).to_contain_text("“Assessment” stands first under “Safeguarding” now")
    page.get_by_role("link", name="Move …: Assessment").click()
    page.get_by_label("Which chapter").select_option(str(chapters["health"].pk))
    page.get_by_label("Under it, as the first").check()
    page.get_by_role("button", name="Move it").click()
    expect(page.locator(".messagelist")).to_contain_text("stands first under “Health” now")
    assert tree()[-3:] == ["health", ".assessment", ".bruising"]


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, True)])
def test_the_pages_of_tree_keywords_and_notices_are_accessible(signed_in, edition, chapters, width, dark):
    page = signed_in("Approver", "bea", width=width, dark=dark)
    workflow.move(chapters["assessment"], by=None, under=chapters["safeguarding"])
    keyword = edition.definitions.get().keyword
    page.goto(f"/admin/manual/keyword/{keyword.pk}/change/")
    page.get_by_role("button", name="Change this keyword").click()
    writing = page.url
    page.goto("/admin/manual/notice/add/")
    page.get_by_label("What it says").fill("The duty line is down. Ring 01632 960100.")
    page.get_by_role("button", name="Pin it now").click()
    found = []
    for address in (
        TREE, f"/admin/manual/chapter/{chapters['referral'].pk}/move/", "/admin/manual/keyword/",
        "/admin/manual/keyword/add/", f"/admin/manual/keyword/{keyword.pk}/change/", writing,
        writing.replace("write", "change"), "/admin/manual/notice/", "/admin/manual/notice/add/",
        "/admin/manual/notice/1/change/", "/", "/chapters/referral/",
    ):  # fmt: skip
        page.goto(address)
        assert page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        ), address
        for violation in broken_rules(page, BY_DAY):
            targets = [node["target"] for node in violation["nodes"]][:3]
            found.append(f"{address}: {violation['id']}: {violation['help']} {targets}")
    assert not found, "\n".join(found)
