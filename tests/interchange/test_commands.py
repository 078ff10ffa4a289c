"""load_content and dump_content, as an operator runs them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from manual.models import Edition, Manual
from tests.interchange.small import FIRST, ONE, files_of, front, lay

pytestmark = pytest.mark.django_db


def run(*words: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(*words, stdout=out, stderr=err, no_color=True)
    except CommandError as error:
        return out.getvalue(), f"{err.getvalue()}CommandError: {error}"
    return out.getvalue(), err.getvalue()


def test_loading_shows_each_edition_and_counts(second: Path) -> None:
    out, err = run("load_content", str(second))
    assert err == ""
    assert out.splitlines() == [
        "Checking edition 1: 6 of 6 chapters",
        "Checking edition 2: 2 of 2 chapters",
        "Loading edition 1: 6 of 6 chapters",
        "Loading edition 2: 2 of 2 chapters",
        "Loaded 2 editions: 7 new chapters, 8 amendments, 2 definitions, 0 documents, 2 synonyms.",
    ]


def test_every_mistake_is_told_and_the_database_left_alone(tmp_path: Path) -> None:
    bad = {
        f"{ONE}/chapters/guide.md": front("[a](chapter:b)", kind="chapter", title="x" * 301),
        f"{ONE}/x": "x",
    }
    out, err = run("load_content", str(lay(tmp_path, FIRST | bad)))
    assert "Loading" not in out
    assert err.splitlines() == [
        f"{ONE}/chapters/guide.md, line 2: `title`: Ensure this value has at most 300 characters (it has 301).",
        f"{ONE}/chapters/guide.md, line 8: There is no chapter “b” in this edition.",
        f"{ONE}/x: The folder of an edition holds nothing of this name. It holds edition.yaml, keywords.yaml, "
        "documents.yaml and the folders chapters and documents.",
        "CommandError: 3 mistakes. Nothing was loaded.",
    ]
    assert not Edition.objects.exists() and not Manual.objects.exists()


def test_flaws_that_are_let_pass_are_shown(tmp_path: Path) -> None:
    flawed = {f"{ONE}/chapters/guide.md": front("[a](chapter:b)", kind="chapter", title="Guide")}
    out, err = run("load_content", str(lay(tmp_path, FIRST | flawed)), "--as-published", "-v0")
    assert err == f"{ONE}/chapters/guide.md, line 8: There is no chapter “b” in this edition.\n"
    assert out == "Loaded 1 edition: 6 new chapters, 6 amendments, 2 definitions, 0 documents, 2 synonyms.\n"


def test_an_update_takes_what_is_new(first: Path, second: Path) -> None:
    run("load_content", str(second), "-v0")
    out, err = run("load_content", str(second), "--update", "-v0")
    assert (out, err) == (
        "Loaded 0 editions: 0 new chapters, 0 amendments, 0 definitions, 0 documents, 0 synonyms.\n",
        "",
    )


def test_dumping_counts_what_it_wrote(second: Path, tmp_path: Path) -> None:
    run("load_content", str(second))
    out, err = run("dump_content", str(tmp_path / "written"))
    assert err == ""
    assert out.splitlines() == [
        "Writing edition 1: 6 of 6 chapters",
        "Writing edition 2: 2 of 2 chapters",
        "Wrote 2 editions: 8 amendments, 2 definitions, 0 documents, 2 synonyms. Left out 0 that no edition has "
        "published.",
    ]
    assert run("dump_content", str(tmp_path / "written"))[1].startswith("CommandError: ")


def test_a_terminal_sees_the_chapters_counted(first: Path) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    out = Terminal()
    call_command("load_content", str(first), stdout=out, no_color=True)
    assert "Loading edition 1: 5 of 6 chapters\rLoading edition 1: 6 of 6 chapters\n" in out.getvalue()


def test_the_sample_beside_the_software_is_what_is_loaded_when_nothing_is_named(tmp_path: Path) -> None:
    out, err = run("load_content", "-v0")
    assert err == ""
    editions = list((settings.BASE / "content" / "editions").iterdir())
    assert out.startswith(f"Loaded {len(editions)} editions: ")
    run("dump_content", str(tmp_path / "written"))
    # Chapters come back byte by byte; of the other files only how YAML is written may differ.
    sample = {
        name: data for name, data in files_of(settings.BASE / "content").items() if name.endswith(".md")
    }
    written = {name: data for name, data in files_of(tmp_path / "written").items() if name.endswith(".md")}
    assert {name: text_of(data) for name, data in written.items()} == {
        name: text_of(data) for name, data in sample.items()
    }


def text_of(file: bytes) -> bytes:
    return file.split(b"\n---\n", 1)[1]
