"""Pictures of every kind of page, by one command."""

import os
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from manual.management import kinds, screenshots, thrown_away


def test_the_command_says_that_the_browser_is_missing(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="install Debian's package chromium"):
        call_command("screenshots", tmp_path / "pictures", chromium=tmp_path / "chromium")
    assert not (tmp_path / "pictures").exists()


@pytest.mark.parametrize("package", ["playwright", "time_machine"])
def test_the_command_says_which_package_is_missing(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thrown_away, "find_spec", lambda name: None if name == package else find_spec(name))
    with pytest.raises(CommandError, match=f"The package {package} is not installed.*requirements-test.txt"):
        call_command("screenshots", tmp_path / "pictures")


def test_a_kind_of_page_that_there_is_not_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(
        thrown_away.NotPossible, match=r"no kind of page called chaper\. There are contents, .*broken"
    ):
        screenshots.named(["contents", "chaper"])
    assert screenshots.named([]) == list(kinds.EVERY)


def test_pictures_are_taken_only_of_a_site_that_is_thrown_away(tmp_path: Path) -> None:
    with pytest.raises(thrown_away.NotPossible, match="thrown away"):
        screenshots.take_here(tmp_path, thrown_away.CHROMIUM, [], print)


@pytest.mark.long
@pytest.mark.browser
def test_a_kind_of_page_has_a_picture_of_every_display_at_both_widths(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if not thrown_away.CHROMIUM.exists():
        missing = f"There is no {thrown_away.CHROMIUM}: install Debian's package chromium."
        pytest.fail(missing) if os.environ.get("REQUIRE_BROWSER") else pytest.skip(missing)
    # What is set for a site does not reach the one that is made for the pictures.
    monkeypatch.setenv("HTTPS", "true")
    call_command("screenshots", tmp_path, only=["broken", "search-suggestions", "desk"])
    assert "index.html" in capsys.readouterr().out
    taken = {path.name for path in tmp_path.glob("*.png")}
    displays = [display.name for display in screenshots.SHOWN]
    expected = {f"{name}-{display}-{width}.png" for name in ("broken", "search-suggestions") for display in displays
                for width in (360, 1280)}  # fmt: skip
    expected |= {f"desk-{display}-{width}.png" for display in ("light", "dark") for width in (360, 1280)}
    assert taken == expected
    sheet = (tmp_path / "index.html").read_text()
    for name in taken:
        assert f'src="{name}"' in sheet
        with Image.open(tmp_path / name) as picture:
            assert picture.width == int(name.removesuffix(".png").rpartition("-")[2])
    with (
        Image.open(tmp_path / "broken-light-360.png") as light,
        Image.open(tmp_path / "broken-high-360.png") as high,
    ):
        assert light.getpixel((5, 5)) != high.getpixel((5, 5))
