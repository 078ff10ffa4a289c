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


def only(*rules: str) -> dict[str, Any]:
    return {"runOnly": {"type": "rule", "values": list(rules)}, **BRIEFLY}


# For a page that BY_DAY has seen and that is shown in other colours or sizes: the rules that see colours and sizes.
COLOURS = ("color-contrast", "link-in-text-block")
SIZES = ("target-size", "scrollable-region-focusable")
DARK = only(*COLOURS)
LOOKS = only(*COLOURS, *SIZES)
# In high visibility, text stands out from its ground by 7 to 1.
HIGH = only("color-contrast-enhanced", "link-in-text-block", *SIZES)

AXE = Axe().axe_script
# Of each piece of text, axe would keep the HTML and read the colours of all that lies under it, a quarter of its time.
# Nobody asks for the HTML, and the colours of a page are few: each is read once.
QUICKLY = """() => {
  axe.configure({ noHtml: true });
  const { prototype } = axe.commons.color.Color;
  const read = prototype.parseString;
  const known = new Map();
  prototype.parseString = function (words) {
    if (!known.has(words)) {
      read.call(this, words);
      const { r, g, b, alpha } = this;
      known.set(words, { r, g, b, alpha });
    }
    return Object.assign(this, known.get(words));
  };
}"""
# What stands unfolded because the screen is wide, axe takes for hidden, as it is closed: opened, it looks the same.
RUN = """(options) => {
  for (const fold of document.querySelectorAll("details[class*=folds-]:not([open])")) {
    if (getComputedStyle(fold.querySelector("summary")).display === "none") fold.open = true;
  }
  return axe.run(options).then((found) => found.violations);
}"""


def broken_rules(page: Page, options: dict[str, Any]) -> list[dict[str, Any]]:
    # It is long, and is read once for each page.
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE)
        page.evaluate(QUICKLY)
    found: list[dict[str, Any]] = page.evaluate(RUN, options)
    return found


def told(page: Page, options: dict[str, Any]) -> list[str]:
    """What is broken, and where, a line each."""
    return [
        f"{each['id']}: {each['help']} {[node['target'] for node in each['nodes']][:3]}"
        for each in broken_rules(page, options)
    ]
