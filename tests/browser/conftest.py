"""A real browser, Debian's Chromium. Skipped where there is none; in CI (REQUIRE_BROWSER) that is a failure."""

import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as settings_of_the_site
from django.contrib.auth.models import User
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import call_command
from django.http import HttpRequest, HttpResponseBase
from django.test import override_settings
from django.views.static import serve
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.browser.board import PASSWORD, sign_in
from tests.manual_maker import FAR_AHEAD
from tests.sample.loaded import load_the_sample_manual

CHROMIUM = Path("/usr/bin/chromium")
# What Playwright switches off, whose list this one takes the place of; and two pages of its own that Chromium opens
# with every window, for what drops down from an address bar that nobody sees.
OFF = [
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "TcpPortRandomizationWin",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    f"--disable-features={','.join(OFF)}",
]


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
    load_the_sample_manual()
    return live_server.url


@pytest.fixture(scope="session")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the static files as the site has them where it is in use, without their compressed copies. One
    worker makes it for all."""
    folder = tmp_path_factory.getbasetemp() / "static"
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parents[1] / "static"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            with override_settings(
                **in_use(folder), WHITENOISE_SKIP_COMPRESS_EXTENSIONS=["css", "js", "svg", "txt"]
            ):
                call_command("collectstatic", verbosity=0, interactive=False)
    return folder


def in_use(folder: Path) -> dict[str, Any]:
    hashed = {"BACKEND": settings_of_the_site.HASHED_FILES}
    return {"STATIC_ROOT": folder, "STORAGES": {**settings_of_the_site.STORAGES, "staticfiles": hashed}}


@pytest.fixture(autouse=True)
def static_files_are_as_where_the_site_is_in_use(
    settings: Any, collected: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page asks once for its style sheets, and the browser keeps them."""
    for name, value in in_use(collected).items():
        setattr(settings, name, value)

    def serve_to_keep(handler: StaticFilesHandler, request: HttpRequest) -> HttpResponseBase:
        answer = serve(request, handler.file_path(request.path), document_root=collected)
        answer["Cache-Control"] = "max-age=3600"
        return answer

    monkeypatch.setattr(StaticFilesHandler, "serve", serve_to_keep)


def is_an_error(message: ConsoleMessage) -> bool:
    """The browser says of every page that is not found that it is not."""
    answered = (
        message.text.startswith("Failed to load resource") and "/static/" not in message.location["url"]
    )
    return message.type == "error" and not answered


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
        page.on("console", lambda message: is_an_error(message) and errors.append(message.text))
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


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The clock of the site, which ticks and can be moved: `clock.shift(timedelta(days=8))`. It begins so far ahead
    that no guard of the database, which has a clock of its own, takes what these tests publish for the past."""
    with time_machine.travel(FAR_AHEAD) as coordinates:
        yield coordinates


@pytest.fixture
def board_member(in_group: Callable[..., User], settings) -> Callable[..., User]:
    """Makes somebody with a role and a password: `board_member("Editor", "erin")`."""
    # Passwords are typed in many of these tests; how long they are stirred is Django's own business.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    def make(role: str, name: str) -> User:
        return in_group(role, name, password=PASSWORD, first_name=name.capitalize(), last_name="Sample")

    return make


@pytest.fixture
def window(browser: Browser, live_server) -> Iterator[Callable[..., Page]]:
    """A page of a browser of somebody's own, who is a reader until they sign in: `window(width=360, javascript=False)`.
    Fails on any error in the console and on any request to another host."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def said(message: ConsoleMessage) -> None:
        # That a form comes back with a refusal is an answer and no error of ours.
        answered = message.text.startswith("Failed to load resource") and any(
            f"status of {status}" in message.text for status in (409, 422)
        )
        if message.type == "error" and not answered:
            errors.append(f"{message.location.get('url')}: {message.text}")

    def open_window(*, width: int = 1280, dark: bool = False, javascript: bool = True) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        context.on("console", said)
        context.on(
            "request",
            lambda request: (
                request.url.startswith((live_server.url, "data:", "blob:"))
                or errors.append(f"asked {request.url}")
            ),
        )
        return context.new_page()

    yield open_window
    for context in contexts:
        # A page that is closed saves what it still has, when there is nothing left to save it to.
        context.set_offline(True)
        context.close()
    assert errors == []


@pytest.fixture
def signed_in(window: Callable[..., Page], board_member: Callable[..., User]) -> Callable[..., Page]:
    """Somebody of the board, who signed in by the sign-in page: `signed_in("Editor", "erin")`."""

    def open_desk(role: str, name: str, **words: object) -> Page:
        board_member(role, name)
        page = window(**words)
        sign_in(page, name)
        return page

    return open_desk
