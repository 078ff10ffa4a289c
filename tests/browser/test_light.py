"""A page comes once and stays where it is: nothing moves under a reader's finger while it loads."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WATCH = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) if (!each.hadRecentInput) window.shifted += each.value;
}).observe({ type: "layout-shift", buffered: true });
"""
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(window.shifted))))"
PAGES = ["/", "/chapters/bullying/", "/chapters/contact-details/", "/search/?q=strategy", "/keywords/"]


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_while_a_page_loads_and_no_font_is_fetched(
    reader: Callable[..., Page], width: int
) -> None:
    page = reader(width=width)
    kinds: set[str] = set()
    page.on("request", lambda request: kinds.add(request.resource_type))
    page.add_init_script(WATCH)
    for address in PAGES:
        page.goto(address, wait_until="networkidle")
        assert page.evaluate(SETTLED) < 0.01, address
    assert {"document", "stylesheet", "script"} <= kinds
    assert kinds <= {"document", "stylesheet", "script", "image", "fetch", "other"}


def test_the_watch_sees_what_moves(reader: Callable[..., Page]) -> None:
    page = reader(width=360)
    page.add_init_script(WATCH)
    page.goto("/")
    page.evaluate(
        "document.body.prepend(Object.assign(document.createElement('p'), {textContent: 'Late. '.repeat(99)}))"
    )
    assert page.wait_for_function("() => window.shifted > 0.01")
