"""Every kind of page, in every display, on a phone and at a desk: for everybody."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from manual.management import kinds
from manual.management.kinds import DARK, HIGH, LARGE, LIGHT, SHOW, WIDTHS, Display, Kind
from tests.browser import rules
from tests.browser.rules import told

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SHARES = 4


@pytest.fixture
def looking(reader: Callable[..., Page], settings) -> Page:
    settings.ROOT_URLCONF = "procedures_site.urls_with_components"
    return reader()


def show(page: Page, display: Display = LIGHT, width: int = 1280) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=display.scheme)
    page.evaluate(SHOW, display.classes)


def open_kind(page: Page, kind: Kind) -> None:
    answer = page.goto(kind.address)
    assert answer is not None and answer.status == kind.status, f"{kind.address} answers {answer}"
    # What is folded is looked at too.
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true })")
    if kind.typed:
        page.locator("#site-search").press_sequentially(kind.typed)
        expect(page.get_by_role("option").first).to_be_visible()


@pytest.mark.long
@pytest.mark.parametrize("share", range(SHARES))
def test_every_kind_of_page_is_for_everybody(looking: Page, share: int) -> None:
    """In light, dark and high visibility, at a desk and on a phone, no rule of accessibility is broken; nothing has to
    be scrolled sideways on a narrow phone, also in large type. Workers share the pages."""
    page, wrong = looking, []
    for kind in (*kinds.READERS, kinds.COMPONENTS)[share::SHARES]:
        show(page)
        open_kind(page, kind)
        for width in WIDTHS:
            for display, tried in ((LIGHT, rules.BY_DAY), (DARK, rules.DARK), (HIGH, rules.HIGH)):
                show(page, display, width)
                wrong += [f"{kind.name}, {display.name}, {width}: {line}" for line in told(page, tried)]
        for display, width in ((LIGHT, 320), (LARGE, 360)):
            show(page, display, width)
            if wider := page.evaluate(WIDER):
                wrong.append(f"{kind.name}: scrolls {wider} pixels sideways at {width}, {display.name}")
    assert not wrong, "\n".join(wrong)
