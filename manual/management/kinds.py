"""Every kind of page that the site has and every way to show it, once: what the tests look at and what `screenshots`
takes pictures of.

Addresses are those of the sample manual. Whoever makes a new kind of page adds it here, and it is looked at in every
display, its HTML is checked, and it has its picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Kind:
    """A kind of page, by the address of one of them."""

    name: str  # of its pictures too: small letters and hyphens
    address: str
    status: int = 200
    typed: str = ""  # into the search box, so that its suggestions are open
    for_editors: bool = False  # it needs somebody who is signed in


@dataclass(frozen=True)
class Display:
    """How a page is shown: by the class that a reader's choice gives it, and what their device asks for."""

    name: str
    classes: str = "size-medium colours-normal"
    scheme: Literal["light", "dark"] = "light"


LIGHT = Display("light")
DARK = Display("dark", scheme="dark")
HIGH = Display("high", classes="size-medium colours-high")
LARGE = Display("large", classes="size-large colours-normal")
HIGH_AND_LARGE = Display("high-large", classes="size-large colours-high")
WIDTHS = (1280, 360)
# Shows a page in another display, with nothing on its way from one colour to another. It need not be loaded anew: a
# test sees to it that nothing else is different.
SHOW = """(classes) => {
  const page = document.documentElement;
  const scheme = document.querySelector("meta[name=color-scheme]");
  // Of paper the size alone is another.
  if (page.classList.contains("paper")) {
    page.className = `${classes.split(" ")[0]} paper`;
  } else {
    page.className = classes;
    if (scheme) scheme.content = classes.includes("colours-high") ? "dark" : "light dark";
  }
  document.getAnimations().forEach((each) => each.finish());
}"""

READING = (
    Kind("contents", "/"),
    Kind("contents-narrowed", "/?title=bruis&only=changed"),
    Kind("chapter", "/chapters/bruising-protocol/"),
    Kind("chapter-with-tables", "/chapters/contact-details/"),
    Kind("chapter-with-paragraphs-numbered", "/chapters/pre-birth-procedures/"),
    Kind("chapter-updated", "/chapters/bullying/"),
    Kind("chapter-withdrawn", "/chapters/remote-visits/"),
    Kind("chapter-with-a-long-list", "/chapters/missing-children-and-families/"),
    Kind("chapter-with-marks-of-a-search", "/chapters/bullying/?marked=school"),
    Kind("link", "/chapters/sexual-exploitation/"),
    Kind("quick-guide", "/chapters/quick-guide/"),
    Kind("amendments", "/chapters/amendments/"),
    Kind("guidance-library", "/chapters/guidance-library/"),
    Kind("keywords", "/keywords/"),
    Kind("keyword", "/keywords/section-47-enquiry/"),
    Kind("keyword-with-other-forms", "/keywords/child-in-care/"),
)
SEARCH = (
    Kind("search-empty", "/search/?q="),
    Kind("search-results", "/search/?q=strategy"),
    Kind("search-narrowed", "/search/?q=strategy&status=procedure&since=2026-01-01"),
    Kind("search-nothing-found", "/search/?q=zebra"),
    Kind("search-number", "/search/?q=2.2.8"),
    Kind("search-suggestions", "/search/?q=", typed="strat"),
)
THE_PAST = (
    Kind("history", "/chapters/bullying/history/"),
    Kind("compare", "/chapters/bullying/compare/"),
    Kind("cite", "/editions/11/chapters/bullying/cite/"),
    Kind("editions", "/editions/"),
    Kind("edition", "/editions/11/"),
    Kind("edition-contents", "/editions/8/contents/"),
    Kind("edition-chapter", "/editions/1/chapters/bullying/"),
    Kind("edition-chapter-not-yet", "/editions/1/chapters/bruising-protocol/", status=404),
    Kind("edition-keyword", "/editions/8/keywords/strategy-discussion/"),
    Kind("edition-search", "/editions/8/search/?q=strategy"),
    Kind("editions-compared", "/editions/8/compare/11/"),
    Kind("changes", "/changes/"),
    Kind("changes-since", "/changes/?since=2026-05-20"),
    Kind("another-day", "/editions/8/chapters/bullying/?on=2026-06-01"),
    Kind("another-day-too-early", "/on/2020-01-01/"),
)
# For printing: always black on white, with nothing around it but a line that says how.
PAPER = (
    Kind("print-chapter", "/chapters/contact-details/print/"),
    Kind("print-numbered", "/chapters/pre-birth-procedures/print/"),
    Kind("print-part", "/chapters/complaints-and-disagreements/print/"),
    Kind("print-contents", "/print/"),
    Kind("print-edition-chapter", "/editions/8/chapters/bullying/print/"),
)
# The short addresses on it: whether a printed copy is current.
COPIES = (
    Kind("copy-asked", "/c/"),
    Kind("copy-unknown", "/c/zz/", status=404),
    Kind("copy-current", "/c/11-wh0jbse/"),
    Kind("copy-out-of-date", "/c/8-cgb15re/"),
    Kind("copy-withdrawn", "/c/7-v47gq6w/"),
    Kind("copy-of-a-part", "/c/8-svcg2tr/"),
    Kind("copy-of-contents", "/c/6-v8re2g3/"),
)
# What went wrong. Only the first has an address of its own; the others are shown where the components are.
MISTAKES = (
    Kind("not-found", "/nowhere/", status=404),
    Kind("not-understood", "/components/mistakes/400/", status=400),
    Kind("not-allowed", "/components/mistakes/403/", status=403),
    Kind("form-not-accepted", "/components/mistakes/403-form/", status=403),
    Kind("broken", "/components/mistakes/500/", status=500),
    Kind("nothing-in-force", "/components/mistakes/nothing-in-force/"),
    Kind("no-copy-now", "/components/mistakes/no-copy-now/", status=503),
)
READERS = (*READING, *SEARCH, *THE_PAST, *COPIES, *PAPER, *MISTAKES)
# The editors' other pages are looked at where they are tested, with something of everything in them.
EDITORS = (
    Kind("sign-in", "/admin/login/"),
    Kind("desk", "/admin/", for_editors=True),
    Kind("desk-chapters", "/admin/manual/chapter/", for_editors=True),
    Kind("desk-editions", "/admin/manual/edition/", for_editors=True),
    Kind("desk-searched", "/admin/manual/searched/", for_editors=True),
)
COMPONENTS = Kind("components", "/components/")
EVERY = (*READERS, COMPONENTS, *EDITORS)
