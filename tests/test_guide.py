"""The editors' guide of README.md: its pictures are there, and whoever follows it publishes a correction."""

import os
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from manual.management import guide, thrown_away
from procedures_site.data_folder import BASE

FOLDER = BASE / ".github" / "guide"
README = (BASE / "README.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"!\[([^\]]*)\]\(\.github/guide/([^)]*)\)", README)


def test_the_guide_shows_every_picture_that_there_is_and_no_other() -> None:
    there = {path.name for path in FOLDER.iterdir()}
    assert [file for _words, file in SHOWN] == [f"{name}.png" for name in guide.PICTURES]
    assert there == {file for _words, file in SHOWN}


@pytest.mark.parametrize(("words", "file"), SHOWN)
def test_a_picture_of_the_guide_has_words_and_is_small(words: str, file: str) -> None:
    assert len(words.split()) >= 8
    assert (FOLDER / file).stat().st_size < 120_000
    with Image.open(FOLDER / file) as picture:
        assert picture.format == "PNG"
        assert 500 <= picture.width <= 1280 and picture.height <= 1200


def test_the_guide_has_no_word_that_an_editor_would_not_use() -> None:
    words = guide.read_guide(README)
    assert words.startswith("A correction puts a slip right")
    assert not re.search(
        r"markdown|manifest|redline|rebase|render|\bslug|\bdiff\b|\bmerge|html", words, re.IGNORECASE
    )


def test_the_command_says_that_the_browser_is_missing(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="install Debian's package chromium"):
        call_command("guide_pictures", into=tmp_path / "pictures", chromium=tmp_path / "chromium")
    assert not (tmp_path / "pictures").exists()


@pytest.mark.parametrize("package", ["playwright", "time_machine"])
def test_the_command_says_which_package_is_missing(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thrown_away, "find_spec", lambda name: None if name == package else find_spec(name))
    with pytest.raises(CommandError, match=f"The package {package} is not installed.*requirements-test.txt"):
        call_command("guide_pictures", into=tmp_path / "pictures")


def test_the_guide_is_never_followed_on_a_site_that_is_in_use(tmp_path: Path) -> None:
    with pytest.raises(thrown_away.NotPossible, match="thrown away"):
        guide.walk(tmp_path, thrown_away.CHROMIUM, print)


@pytest.mark.long
@pytest.mark.browser
def test_an_editor_and_an_approver_who_follow_the_guide_publish_a_correction(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if not thrown_away.CHROMIUM.exists():
        missing = f"There is no {thrown_away.CHROMIUM}: install Debian's package chromium."
        pytest.fail(missing) if os.environ.get("REQUIRE_BROWSER") else pytest.skip(missing)
    # What is set for a site does not reach the one that is made for the walk.
    monkeypatch.setenv("HTTPS", "true")
    monkeypatch.setenv("DATABASE_URL", "postgres://nobody@nowhere.invalid/nothing")
    call_command("guide_pictures", into=tmp_path / "pictures")
    assert {path.name for path in (tmp_path / "pictures").iterdir()} == {
        f"{name}.png" for name in guide.PICTURES
    }
    said = capsys.readouterr().out
    assert "A reader opens the chapter" in said and f"{len(guide.PICTURES)} pictures" in said
    for name in guide.PICTURES:
        with (
            Image.open(tmp_path / "pictures" / f"{name}.png") as made,
            Image.open(FOLDER / f"{name}.png") as kept,
        ):
            # Fonts may differ a little from machine to machine; a page that has changed a lot needs a new picture.
            assert abs(made.width - kept.width) < 60 and abs(made.height - kept.height) < 120, name
