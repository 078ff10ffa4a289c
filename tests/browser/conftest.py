"""A real browser, Debian's Chromium. Skipped where there is none; in CI (REQUIRE_BROWSER) that is a failure."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from manual.interchange import load

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
CONTENT = Path(__file__).resolve().parents[2] / "content"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(f"There is no {CHROMIUM}: install Debian's package chromium.")
        pytest.skip(f"There is no {CHROMIUM}: install Debian's package chromium to run the browser tests.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def site(live_server) -> str:
    """The address of a running site with the sample manual."""
    load(CONTENT)
    cache.clear()
    return live_server.url


@pytest.fixture
def reader(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Opens the site as a new reader: `reader(width=360, javascript=False)`. Fails on any error in the console."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_site(*, width: int = 1280, javascript: bool = True, display: str = "") -> Page:
        context = browser.new_context(
            base_url=site, viewport={"width": width, "height": 900}, java_script_enabled=javascript
        )
        contexts.append(context)
        if display:
            context.add_cookies([{"name": "display", "value": display, "url": site}])
        page = context.new_page()
        page.on("console", lambda message: message.type == "error" and errors.append(message.text))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "request",
            lambda request: request.url.startswith((site, "data:")) or errors.append(f"asked {request.url}"),
        )
        page.goto("/")
        return page

    yield open_site
    for context in contexts:
        context.close()
    assert errors == []
