"""The colours of the pages, each against what it stands on: told apart by whoever sees little, in every display."""

from __future__ import annotations

import re

import pytest

from procedures_site.data_folder import BASE

CSS = BASE / "static" / "css"
# Words, and what they stand on: by 4.5 to 1, and by 7 to 1 in high visibility.
WORDS = {
    "ink": ("paper", "paper-tint"),
    "ink-soft": ("paper", "paper-tint"),
    "link": ("paper", "paper-tint"),
    "link-visited": ("paper", "paper-tint"),
    "ink-elsewhere": ("paper",),
    "link-elsewhere": ("paper",),
    "link-elsewhere-visited": ("paper",),
    "area": ("paper",),
    "guidance": ("paper",),
    "policy": ("paper",),
    "protocol": ("paper",),
    "warning": ("paper",),
    "on-brand": ("brand",),
    "on-brand-soft": ("brand",),
    "on-button": ("button",),
    "on-urgent": ("urgent",),
    "on-sample": ("sample",),
    "on-notice": ("notice",),
    "on-flag": ("flag-new", "flag-updated", "flag-quiet"),
    "on-mark": ("mark",),
    "focus-ink": ("focus",),
}
# The edges of what can be pressed or filled in, and signs that mean something: by 3 to 1.
CONTROLS = {
    "rule-strong": ("paper", "paper-tint"),
    "button": ("paper", "paper-tint"),
    "notice-edge": ("notice", "paper"),
    "flag-new": ("paper",),
    "flag-updated": ("paper",),
    "flag-quiet": ("paper",),
}
# Lines that only divide.
DECORATION = {"rule", "brand-rule"}
GROUNDS_OF_THE_KEYBOARD = ("paper", "paper-tint", "brand", "urgent", "sample", "notice")


def declared(file: str, selector: str) -> dict[str, str]:
    """The colours that a rule declares, by their names."""
    text = re.sub(r"/\*.*?\*/", "", (CSS / file).read_text(encoding="utf-8"), flags=re.DOTALL)
    found: dict[str, str] = {}
    for block in re.findall(rf"(?:^|\n)\s*{re.escape(selector)} {{(.*?)}}", text, flags=re.DOTALL):
        found |= re.findall(r"--([\w-]+): *(#[0-9a-f]{6}) *;", block)
    assert found, f"{file} declares no colours for {selector}"
    return found


LIGHT = declared("tokens.css", ":root")
DISPLAYS = {
    "light": LIGHT,
    "dark": LIGHT | declared("dark.css", "html:not(.colours-high)"),
    "high visibility": LIGHT | declared("tokens.css", "html.colours-high"),
}


def luminance(colour: str) -> float:
    """As WCAG 2.2 defines it: 0 for black to 1 for white."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted(map(luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def too_close(colours: dict[str, str], pairs: dict[str, tuple[str, ...]], least: float) -> list[str]:
    return [
        f"{name} on {ground}: {found:.2f}"
        for name, grounds in pairs.items()
        for ground in grounds
        if (found := contrast(colours[name], colours[ground])) < least
    ]


def test_contrast_is_what_is_known_of_some_colours() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1


@pytest.mark.parametrize(("display", "least"), [("light", 4.5), ("dark", 4.5), ("high visibility", 7)])
def test_words_stand_out_from_what_they_stand_on(display: str, least: float) -> None:
    assert too_close(DISPLAYS[display], WORDS, least) == []


@pytest.mark.parametrize("display", DISPLAYS)
def test_what_can_be_pressed_is_seen(display: str) -> None:
    assert too_close(DISPLAYS[display], CONTROLS, 3) == []


@pytest.mark.parametrize("display", DISPLAYS)
@pytest.mark.parametrize("ground", GROUNDS_OF_THE_KEYBOARD)
def test_one_of_the_two_rings_around_what_has_the_keyboard_is_seen_wherever_it_is(
    display: str, ground: str
) -> None:
    colours = DISPLAYS[display]
    assert max(contrast(colours[ring], colours[ground]) for ring in ("focus", "focus-ink")) >= 3


def test_every_colour_is_looked_at_and_has_its_own_in_every_display() -> None:
    named = {*WORDS, *CONTROLS, *DECORATION}
    named |= {ground for pairs in (WORDS, CONTROLS) for grounds in pairs.values() for ground in grounds}
    assert set(LIGHT) == named
    assert set(declared("dark.css", "html:not(.colours-high)")) == named
    assert set(declared("tokens.css", "html.colours-high")) == named
