"""What the people of a board and their readers do in a browser, so that a journey reads as it would be told."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from playwright.sync_api import FrameLocator, Locator, Page, expect

PASSWORD = "quiet-river-lamp-42"
CLIPBOARD = Path(__file__).resolve().parents[1] / "interchange" / "clipboard"
# Signs that mean something to whoever knows them. No editor has to type one.
MARK_UP = set("#*_`[]{}<>|!\\~^")
SAVED = re.compile("Saved at")
PASTE = """(area, [html, plain]) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  data.setData("text/plain", plain);
  area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""

expect.set_options(timeout=30_000)


def sign_in(page: Page, name: str) -> None:
    """By the sign-in page, at which whoever has no session arrives."""
    page.goto("/admin/")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    arrives_at_the_desk(page)


def arrives_at_the_desk(page: Page) -> None:
    # The address of the sign-in page ends with that of the desk.
    expect(page.get_by_role("heading", level=1, name="Desk")).to_be_visible()


class Member:
    """Somebody of the board, at a page of theirs."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def signs_in_again(self, name: str) -> None:
        sign_in(self.page, name)

    def clicks(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def follows(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).click()

    def is_told(self, words: str) -> None:
        expect(self.page.get_by_role("main").get_by_text(words).first).to_be_visible()

    def goes_to_the_desk(self) -> None:
        self.page.goto("/admin/")

    def section_of_the_desk(self, heading: str) -> Locator:
        return self.page.get_by_role("region", name=heading)

    def opens_from_the_desk(self, heading: str, title: str) -> None:
        self.goes_to_the_desk()
        self.section_of_the_desk(heading).get_by_role("link", name=title, exact=True).click()


class Editor(Member):
    """Writes. Whatever is typed is looked at: an editor types words, and nothing else."""

    def types(self, words: str) -> None:
        assert not MARK_UP & set(words), f"an editor types words, not {MARK_UP & set(words)}"
        self.page.keyboard.type(words)

    def begins_to_amend(self, slug: str) -> None:
        """From the page that readers have, by the link that only editors see."""
        self.page.goto(f"/chapters/{slug}/")
        self.follows("Amend this chapter")
        self.clicks("Begin a draft")
        self.is_at_the_writing_page()

    def is_at_the_writing_page(self) -> None:
        self.page.wait_for_url("**/write/")
        self.page.wait_for_function("document.documentElement.classList.contains('writing-has-tabs')")

    @property
    def text(self) -> Locator:
        return self.page.get_by_label("Text", exact=True)

    @property
    def preview(self) -> FrameLocator:
        return self.page.frame_locator("#writing-frame")

    def goes_to_the_end(self) -> None:
        self.text.click()
        self.page.keyboard.press("Control+End")

    def presses(self, button: str) -> None:
        self.page.get_by_role("toolbar").get_by_role("button", name=button, exact=True).click()

    def chooses(self, menu: str, item: str) -> None:
        self.presses(menu)
        self.page.get_by_role("menuitem", name=item, exact=True).click()

    def picks(self, picker: str, search: str, option: str) -> None:
        self.presses(picker)
        self.types(search)
        self.page.get_by_role("dialog").get_by_role("option").filter(has_text=option).first.click()
        expect(self.page.get_by_role("dialog")).to_have_count(0)
        # Nobody types so fast that the cursor is not back in the text yet.
        expect(self.text).to_be_focused()

    def pastes(self, sample: str) -> None:
        html = (CLIPBOARD / sample).read_text()
        before = self.text.input_value()
        self.text.evaluate(PASTE, [html, re.sub(r"<[^>]*>", "", html)])
        expect(self.text).not_to_have_value(before)
        expect(self.page.locator("#writing-told")).not_to_have_class(re.compile("busy"))

    def marks(self, words: str) -> None:
        """Selects words of the text, as with the mouse."""
        start = self.text.input_value().index(words)
        self.text.focus()
        self.text.evaluate("(area, at) => area.setSelectionRange(...at)", [start, start + len(words)])

    def replaces(self, words: str, by: str) -> None:
        self.marks(words)
        self.types(by)

    def says_what_changed(self, note: str) -> None:
        self.page.get_by_label("What changed and why").click()
        self.page.keyboard.press("Control+A")
        self.types(note)

    def waits_until_it_is_saved(self) -> None:
        expect(self.page.locator("#writing-status")).to_have_text(SAVED)

    def goes_on_to_submit(self) -> None:
        self.clicks("Go on to submit")
        self.page.wait_for_url("**/change/")

    def submits(self) -> None:
        self.goes_on_to_submit()
        self.clicks("Submit for approval")
        self.is_told("Submitted for approval.")


class Approver(Member):
    """Reads what others wrote, decides, and publishes."""

    def reads(self, title: str) -> None:
        self.opens_from_the_desk("Waiting for my approval", title)

    def returns_it(self, why: str) -> None:
        self.page.get_by_label("Comment, or what has to be put right").fill(why)
        self.clicks("Return to its author with this comment")
        self.is_told("Returned to its author with your comment.")

    def approves(self) -> None:
        self.clicks("Approve")
        self.is_told("Approved. It takes effect with an edition.")

    def begins_an_edition(
        self, *titles: str, name: str = "", notes: str = "", kind: str = "Ordinary"
    ) -> None:
        self.goes_to_the_desk()
        self.follows("Begin an edition")
        self.words_of_the_edition(name=name, notes=notes, kind=kind)
        self.gathers(*titles)

    def words_of_the_edition(self, *, name: str = "", notes: str = "", kind: str = "Ordinary") -> None:
        self.page.get_by_label("Name", exact=True).fill(name)
        self.page.get_by_label("Notes for readers").fill(notes)
        self.page.get_by_role("radio", name=re.compile(f"^{kind}")).check()

    def gathers(self, *titles: str) -> None:
        for title in titles:
            self.page.get_by_role("checkbox", name=re.compile(re.escape(title))).check()

    def sets_the_moment(self, day: date, clock: str) -> None:
        self.page.get_by_role("radio", name="On a date, at a time").check()
        self.page.get_by_label("Date", exact=True).fill(day.isoformat())
        self.page.get_by_label("Time in London").fill(clock)

    def checks(self) -> None:
        self.clicks("Check and confirm")
        expect(self.page.get_by_role("heading", level=1, name="Check and publish")).to_be_visible()

    def schedules(self) -> None:
        self.clicks("Schedule this edition")

    def publishes(self) -> None:
        self.clicks("Publish this edition now")


class Reader:
    """Reads the manual, without an account."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def opens(self, slug: str) -> Locator:
        self.page.goto(f"/chapters/{slug}/")
        return self.page.get_by_role("main")

    def flag_of(self, title: str) -> Locator:
        """What stands beside a chapter in the contents."""
        self.page.goto("/")
        return self.page.locator(".entry").filter(has=self.page.get_by_role("link", name=title)).last

    def list_of_changes(self, edition: int) -> Locator:
        self.page.goto(f"/editions/{edition}/")
        return self.page.get_by_role("main")
