"""An edition is gathered, checked and published in a real browser: by keyboard, without JavaScript, clicked twice."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from manual import workflow
from manual.models import Amendment, Chapter, Edition
from tests.browser.rules import BY_DAY, LOOKS, broken_rules
from tests.manual_maker import LONG_AGO, agreed, first_edition, grow
from tests.remembered import remembered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST = "/admin/manual/edition/"


@pytest.fixture
@remembered
def chapters(db) -> dict[str, Chapter]:
    chapters = grow("core\n    referral\n    assessment\nhealth\n    bruising\n")
    first_edition(chapters, at=LONG_AGO)
    return chapters


@pytest.fixture
def referral(chapters) -> Amendment:
    return agreed(
        chapters["referral"],
        text="## How\n\nRing at once. Then write.\n",
        note="At once, and not within a day.",
    )


def press(page: Page, button: str) -> None:
    """Finds a button or box with the Tab key alone, and presses it."""
    target = page.get_by_role("button", name=button).or_(page.get_by_role("checkbox", name=button))
    for _ in range(80):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            page.keyboard.press("Space")
            return
    pytest.fail(f"The Tab key never came to {button!r}.")


def check(page: Page) -> None:
    """No rule of accessibility is broken and nothing has to be scrolled sideways: at a desk and on a phone, by day and
    by night."""
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        for colours, rules in (("light", BY_DAY), ("dark", LOOKS)):
            page.emulate_media(color_scheme=colours)
            # Colours that are on their way from light to dark are neither.
            page.evaluate("document.getAnimations().forEach((each) => each.finish())")
            found = broken_rules(page, rules)
            assert [(each["id"], each["nodes"][0]["target"]) for each in found] == [], f"{width}, {colours}"
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{width}, {colours}"
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("javascript", [True, False])
def test_an_edition_is_published_with_the_keyboard_alone(signed_in, referral, javascript):
    page = signed_in("Approver", "alex", javascript=javascript)
    page.goto(f"{LIST}add/")
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.type("Autumn")
    press(page, "1.1 Referral")
    press(page, "Check and confirm")
    expect(page.get_by_role("heading", name="Edition 2: Autumn")).to_be_visible()
    expect(page.get_by_text("Ring at once.")).to_be_visible()
    assert Edition.objects.published().count() == 1
    press(page, "Publish this edition now")
    expect(page.get_by_text("Edition 2 is published and in force")).to_be_visible()
    page.goto("/chapters/referral/")
    expect(page.get_by_text("Ring at once. Then write.")).to_be_visible()


@pytest.mark.long
def test_the_pages_of_an_edition_are_accessible(signed_in, referral, chapters):
    page = signed_in("Approver", "alex")
    workflow.move(chapters["assessment"], by=None, under=chapters["health"])
    edition = workflow.compose(None, by=None, words={"rearranges": True}, amendments=[referral])
    for name in ("change", "confirm"):
        page.goto(reverse(f"admin:manual_edition_{name}", args=[edition.pk]))
        check(page)
    page.goto(reverse("admin:manual_edition_change", args=[edition.pk]))
    page.get_by_role("radio", name="On a date, at a time").check()
    page.get_by_role("button", name="Check and confirm").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose the date on which it takes effect.")
    check(page)
    page.goto(LIST)
    check(page)


def test_two_quick_clicks_publish_once_and_the_back_button_says_so(signed_in, referral):
    page = signed_in("Approver", "alex")
    edition = workflow.compose(None, by=None, words={}, amendments=[referral])
    page.goto(reverse("admin:manual_edition_confirm", args=[edition.pk]))
    page.get_by_role("button", name="Publish this edition now").dblclick(no_wait_after=True)
    expect(page.get_by_text("Edition 2 is published and in force")).to_be_visible()
    assert Edition.objects.published().count() == 2
    page.go_back()
    expect(page.get_by_text("Nothing more was done. Edition 2 was published by Alex Sample")).to_be_visible()
