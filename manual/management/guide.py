"""The editors' guide of README.md, followed in a browser step by step, with a picture of each step that has one.

What is pressed here is called as the guide calls it: where a page no longer says so, the walk stops there, and the
guide or the page has to be put right.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import connections
from PIL import Image

from manual.management.thrown_away import WHEN, NotPossible, Say, arguments, fill, require, run, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FloatRect, Locator, Page

TITLE = "For editors: publish a correction"
# In the order in which the guide shows them.
PICTURES = ("amend", "write", "kind", "submit", "desk", "approve", "publish", "reader")
WIDTH, TALL = 1200, 900
PASSWORD = "quiet-harbour-42-lantern"  # noqa: S105 # of people who are gone when the walk is over
EDITOR = ("ann.weaver", "Ann", "Weaver", "Editor")
APPROVER = ("ben.carter", "Ben", "Carter", "Approver")

CHAPTER = "Dangerous Dogs and Safeguarding Children"
BEFORE, MISSING = "as routinely as ", "they ask "
NOTE = "Two words were missing in the first paragraph."


class GuideBroken(NotPossible):
    """The pictures could not be taken; the sentence says at which step of the guide."""


def read_guide(readme: str) -> str:
    """The steps of the guide in a line, as README.md has them; empty where it has none."""
    return " ".join(readme.partition(f"\n## {TITLE}\n")[2].partition("\n### Who may do what\n")[0].split())


# --- A site that is thrown away ------------------------------------------------------------------------------


def take_pictures(into: Path, chromium: Path, say: Say) -> list[Path]:
    """Follow the guide on a site of its own, and put its pictures into a folder, all of them or none."""
    require(chromium, "playwright", "time_machine")
    with tempfile.TemporaryDirectory(prefix="procedures-guide-") as folder:
        taken = Path(folder)
        run("guide_pictures", "--walk", "--into", str(taken), "--chromium", str(chromium), say=say)
        return _put(taken, into)


def _put(taken: Path, into: Path) -> list[Path]:
    """Every picture, in place of those that were there."""
    try:
        into.mkdir(parents=True, exist_ok=True)
        return [Path(shutil.copyfile(taken / f"{name}.png", into / f"{name}.png")) for name in PICTURES]
    except OSError as error:
        raise GuideBroken(f"The pictures cannot be put into {into}: {error.strerror}.") from error


# --- The walk ------------------------------------------------------------------------------------------------


def walk(into: Path, chromium: Path, say: Say) -> list[Path]:
    """Fill the database of this site, which has to be one to throw away, and follow the guide on it."""
    import time_machine
    from playwright.sync_api import Error, sync_playwright

    say("Loading the sample manual …")
    fill()
    for username, first, last, role in (EDITOR, APPROVER):
        person = User.objects.create_user(
            username, password=PASSWORD, is_staff=True, first_name=first, last_name=last
        )
        person.groups.add(Group.objects.get(name=role))
    connections.close_all()

    with time_machine.travel(WHEN) as clock, served() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=arguments())
        walking = _Walk(browser, site, into, lambda: clock.move_to(WHEN))
        step = "beginning"
        try:
            for step, follow in (
                ("the editor opens the chapter and begins a draft", walking.amend),
                ("the editor writes", walking.write),
                ("the editor submits", walking.submit),
                ("the approver opens what waits", walking.open),
                ("the approver approves", walking.approve),
                ("the approver publishes", walking.publish),
                ("a reader opens the chapter", walking.read),
            ):
                clock.move_to(WHEN)
                say(f"{step[0].upper()}{step[1:]} …")
                follow()
        except Error as error:
            words = str(error).strip().splitlines()
            raise GuideBroken(
                f"The guide cannot be followed where {step}: {' '.join(' '.join(words[:12]).split())}"
            ) from error
        finally:
            browser.close()
    return [into / f"{name}.png" for name in PICTURES]


class _Walk:
    """Two people at their browsers, and a reader at a third."""

    def __init__(self, browser: Browser, site: str, into: Path, on_time: Callable[[], None]) -> None:
        self.browser = browser
        self.site = site
        self.into = into
        self.on_time = on_time
        self.guide = read_guide((settings.BASE / "README.md").read_text(encoding="utf-8"))
        self.editor = self._sit_down()
        self.approver = self._sit_down()

    # --- The editor

    def amend(self) -> None:
        page = self.editor
        self._sign_in(page, EDITOR[0])
        page.get_by_role("link", name=self.told("View the manual")).click()
        page.get_by_label("Search the manual").fill("dangerous dogs")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("main").get_by_role("link", name=CHAPTER).first.click()
        amend = page.get_by_role("link", name=self.told("Amend this chapter"))
        self._picture("amend", page, amend, top=page.locator("main"), height=520)
        amend.click()
        page.get_by_role("button", name=self.told("Begin a draft")).click()

    def write(self) -> None:
        page = self.editor
        text = page.get_by_label(self.told("Text"), exact=True)
        page.locator("html.writing-has-tabs").wait_for()
        words = text.input_value()
        if words.count(BEFORE) != 1:
            raise GuideBroken(f"The sample chapter does not say “{BEFORE.strip()}” once.")
        at = words.index(BEFORE) + len(BEFORE)
        text.evaluate("(area, at) => { area.focus(); area.setSelectionRange(at, at); }", at)
        page.keyboard.type(MISSING)
        page.get_by_label(self.told("What changed and why")).fill(NOTE)
        page.get_by_label(self.told("Correction")).check()
        page.locator("#writing-status").get_by_text("Saved at").wait_for()
        preview = page.frame_locator("#writing-frame").get_by_role("main")
        preview.get_by_text(f"{BEFORE}{MISSING}".strip()).wait_for()
        preview.get_by_text(NOTE).wait_for()
        page.get_by_role("tab", name=self.told("Changes")).click()
        page.get_by_role("tabpanel", name=self.told("Changes")).locator("ins").get_by_text(
            MISSING.strip()
        ).wait_for()
        self._picture("write", page, None, top=page.locator("body"), height=TALL)
        kind = page.get_by_label(self.told("Correction"))
        note = page.locator(".writing-field").filter(has=page.get_by_label(self.told("What changed and why")))
        self._picture("kind", page, kind, top=note, until=page.locator(".writing-bar"))
        page.get_by_role("button", name=self.told("Go on to submit")).click()

    def submit(self) -> None:
        page = self.editor
        submit = page.get_by_role("button", name=self.told("Submit for approval"))
        self._picture("submit", page, submit, top=page.locator("#content"), height=560)
        submit.click()
        page.get_by_text("waits for somebody else’s approval").wait_for()

    # --- The approver

    def open(self) -> None:
        page = self.approver
        self._sign_in(page, APPROVER[0])
        waiting = page.get_by_role("region", name=self.told("Waiting for my approval")).get_by_role(
            "link", name=CHAPTER
        )
        self._picture("desk", page, waiting, top=page.locator("body"), height=520)
        waiting.click()

    def approve(self) -> None:
        page = self.approver
        page.get_by_role("heading", name=self.told("What changes")).wait_for()
        page.get_by_role("button", name=self.told("Return to its author with this comment")).wait_for()
        approve = page.get_by_role("button", name=self.told("Approve"), exact=True)
        self._picture("approve", page, approve, top=page.locator("#content"), height=1010)
        approve.click()
        page.get_by_role("button", name=self.told("Publish this correction now")).click()

    def publish(self) -> None:
        page = self.approver
        page.get_by_role("heading", name="Every change").wait_for()
        top, below = page.locator("#content"), page.get_by_role("heading", name="The contents", exact=True)
        self._picture("publish", page, None, top=top, height=_box(below)["y"] - _box(top)["y"] - 28)
        page.get_by_role("button", name=self.told("Publish this edition now")).click()
        page.get_by_text("is published and in force").wait_for()

    # --- The reader

    def read(self) -> None:
        page = self._sit_down()
        page.goto("/")
        page.get_by_role("main").get_by_role("link", name=CHAPTER).first.click()
        page.get_by_text(f"{BEFORE}{MISSING}".strip()).wait_for()
        corrected = page.locator(".notice-changed").get_by_text(NOTE)
        corrected.wait_for()
        self._picture("reader", page, None, top=page.locator("main"), height=420)

    # --- What they do

    def told(self, name: str) -> str:
        """What is called so on the page, if the guide says so too."""
        if f"**{name}**" not in self.guide:
            raise GuideBroken(
                f"The guide in README.md does not say “{name}”, which has to be chosen or read."
            )
        return name

    def _sit_down(self) -> Page:
        context = self.browser.new_context(
            base_url=self.site, viewport={"width": WIDTH, "height": TALL}, locale="en-GB"
        )
        # Under load a page may take its time; a button that is not there is not worth a minute.
        context.set_default_timeout(30_000)
        context.clock.set_fixed_time(WHEN)
        return context.new_page()

    def _sign_in(self, page: Page, username: str) -> None:
        page.goto("/admin/")
        page.get_by_label("User name").fill(username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()

    def _picture(
        self,
        name: str,
        page: Page,
        press: Locator | None,
        *,
        top: Locator,
        height: float = 0,
        until: Locator | None = None,
    ) -> None:
        """What is to be seen from where `top` begins, with a ring around what is to be pressed."""
        if press is not None:
            press.wait_for()
            press.evaluate(
                "each => Object.assign((each.closest('label') ?? each).style, "
                "{outline: '3px solid #d4351c', outlineOffset: '1px', borderRadius: '4px'})"
            )
        page.mouse.move(0, 0)
        # What sticks to the lower edge of the window comes to rest where the page ends.
        end = "document.documentElement.scrollHeight" if until else "0"
        page.evaluate(f"document.activeElement?.blur(); scrollTo({{top: {end}, behavior: 'instant'}})")
        page.evaluate("document.fonts.ready")
        scrolled = page.evaluate("scrollY")
        box, last = _box(top), _box(until) if until else None
        begins, ends = box["y"], box["y"] + height
        if last:
            begins, ends = begins - 16, last["y"] + last["height"] + 16
        file = self.into / f"{name}.png"
        page.screenshot(
            path=file,
            full_page=True,
            clip={
                "x": max(box["x"] - (16 if last else 0), 0),
                "y": scrolled + begins,
                "width": box["width"] + (32 if last else 0),
                "height": min(ends, page.evaluate("document.documentElement.scrollHeight") - scrolled)
                - begins,
            },
            animations="disabled",
            caret="hide",
        )
        _make_smaller(file)
        if press is not None:
            press.evaluate("each => (each.closest('label') ?? each).removeAttribute('style')")
        self.on_time()


def _box(place: Locator) -> FloatRect:
    """Where something stands in the window."""
    place.wait_for()
    box = place.bounding_box()
    if box is None:
        raise GuideBroken(f"{place} is not to be seen.")
    return box


def _make_smaller(picture: Path) -> None:
    """Fewer colours, which nobody sees on such pages."""
    with Image.open(picture) as whole:
        fewer = whole.convert("RGB").quantize(
            colors=128, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
        )
    fewer.save(picture, optimize=True)
