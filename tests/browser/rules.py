"""The rules of accessibility that the axe library tries on a page in the browser."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Only what is broken is told in full: the rest, told too, took longer than the rules. The pages hold no sound and no
# film, which would have to be loaded first.
BRIEFLY = {"resultTypes": ["violations"], "preload": False}
BY_DAY = {"runOnly": RULES, **BRIEFLY}
# For a page that BY_DAY has seen and that is shown in other colours or sizes: the rules that see colours and sizes.
LOOKS = {
    "runOnly": {
        "type": "rule",
        "values": ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"],
    },
    **BRIEFLY,
}


def broken_rules(page: Page, options: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = Axe().run(page, options=options).response["violations"]
    return found
