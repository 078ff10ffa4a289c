"""Pictures of every kind of page in every display, with a sheet that shows them all side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from django.contrib.auth.models import User
from django.test import Client, override_settings

from manual.management import kinds
from manual.management.kinds import Display, Kind
from manual.management.thrown_away import WHEN, NotPossible, Say, arguments, fill, require, run, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SHOWN = (kinds.LIGHT, kinds.DARK, kinds.HIGH, kinds.HIGH_AND_LARGE)
WINDOW = 900
# A browser cannot take a picture of any height, and nobody looks at one that is longer.
TALLEST = 8_000
# Those of a page that would come when somebody reads on.
PICTURES = """() => Promise.all([...document.images].map((image) => {
  image.loading = "eager";
  return image.decode().catch(() => null);
}))"""
HEIGHT = "document.documentElement.scrollHeight"


def named(names: Sequence[str]) -> list[Kind]:
    """The kinds of page of these names; all, where none is named."""
    known = {kind.name: kind for kind in kinds.EVERY}
    if unknown := [name for name in names if name not in known]:
        raise NotPossible(f"There is no kind of page called {unknown[0]}. There are {', '.join(known)}.")
    return [known[name] for name in names] or list(kinds.EVERY)


def take(into: Path, chromium: Path, names: Sequence[str], address: str, say: Say) -> None:
    """Of a running site, or else of one with the sample manual that is thrown away."""
    require(chromium, "playwright", "time_machine")
    wanted = named(names)
    if address:
        _pictures(into, chromium, wanted, address, {}, say)
        return
    only = [word for kind in wanted for word in ("--only", kind.name)] if names else []
    run("screenshots", str(into), "--take", "--chromium", str(chromium), *only, say=say)


def take_here(into: Path, chromium: Path, names: Sequence[str], say: Say) -> None:
    """Of this site, which is to be thrown away."""
    import time_machine

    say("Loading the sample manual …")
    fill()
    User.objects.create_superuser("ann.weaver", first_name="Ann", last_name="Weaver")
    with (
        time_machine.travel(WHEN),
        override_settings(ROOT_URLCONF="procedures_site.urls_with_components"),
        served() as address,
    ):
        desk = Client()
        desk.force_login(User.objects.get())
        cookies = {name: cookie.value for name, cookie in desk.cookies.items()}
        _pictures(into, chromium, named(names), address, cookies, say)


def _pictures(
    into: Path, chromium: Path, wanted: Iterable[Kind], address: str, desk: dict[str, str], say: Say
) -> None:
    from playwright.sync_api import Error, sync_playwright

    taken: dict[Kind, list[str]] = {}
    try:
        into.mkdir(parents=True, exist_ok=True)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(chromium), args=arguments())
            reader, editor = (_sit_down(browser, address, cookies) for cookies in ({}, desk))
            for kind in wanted:
                if kind.for_editors and not desk:
                    say(f"{kind.name}: left out, since nobody is signed in at {address}.")
                    continue
                page = editor if kind.for_editors else reader
                page.set_viewport_size({"width": kinds.WIDTHS[0], "height": WINDOW})
                answer = page.goto(kind.address)
                if answer is None or answer.status != kind.status:
                    say(f"{kind.name}: left out, since {address}{kind.address} does not show it.")
                    continue
                if kind.typed:
                    page.locator("#site-search").press_sequentially(kind.typed)
                    page.get_by_role("option").first.wait_for()
                page.evaluate(PICTURES)
                # The editors' pages know the device's choice alone.
                displays = SHOWN[:2] if kind in kinds.EDITORS else SHOWN
                taken[kind] = [
                    _picture(page, into, kind, display, width)
                    for display in displays
                    for width in kinds.WIDTHS
                ]
                say(f"{kind.name}: {len(taken[kind])} pictures")
            browser.close()
        (into / "index.html").write_text(_sheet(taken), encoding="utf-8")
    except Error as error:
        raise NotPossible(f"The browser stopped: {' '.join(str(error).split())[:300]}") from error
    except OSError as error:
        raise NotPossible(f"The pictures cannot be put into {into}: {error.strerror}.") from error


def _sit_down(browser: Browser, address: str, cookies: dict[str, str]) -> Page:
    context = browser.new_context(base_url=address, locale="en-GB", timezone_id="Europe/London")
    context.set_default_timeout(30_000)
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    return context.new_page()


def _picture(page: Page, into: Path, kind: Kind, display: Display, width: int) -> str:
    page.set_viewport_size({"width": width, "height": WINDOW})
    page.emulate_media(color_scheme=display.scheme)
    if kind not in kinds.EDITORS:
        page.evaluate(kinds.SHOW, display.classes)
    name = f"{kind.name}-{display.name}-{width}.png"
    height = min(int(page.evaluate(HEIGHT)), TALLEST)
    page.screenshot(
        path=into / name,
        full_page=True,
        clip={"x": 0, "y": 0, "width": width, "height": max(height, WINDOW)},
        animations="disabled",
        caret="hide",
    )
    return name


def _sheet(taken: dict[Kind, list[str]]) -> str:
    """A page with all pictures, a row a kind; each leads to the picture itself."""
    rows = []
    for kind, pictures in taken.items():
        shown = "".join(
            f'<a href="{escape(name)}"><img src="{escape(name)}" alt="" loading="lazy"><br>{escape(name)}</a>'
            for name in pictures
        )
        rows.append(f"<h2>{escape(kind.name)}</h2><p>{escape(kind.address)}</p><div>{shown}</div>")
    return (
        '<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>Every kind of page</title>'
        "<style>body{font:1rem sans-serif;margin:1rem}div{display:flex;gap:1rem;overflow:auto}"
        "a{flex:none;font-size:.75rem}img{height:24rem;max-width:30rem;object-fit:cover;object-position:top;"
        "border:1px solid #888}</style>"
        f"<h1>Every kind of page, {datetime.now(tz=WHEN.tzinfo):%-d %B %Y}</h1>{''.join(rows)}</html>\n"
    )
