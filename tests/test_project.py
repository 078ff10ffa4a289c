"""What is true of the whole project, whatever it does."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from django.core.management import call_command
from django.template import engines
from django.template.loader import get_template

from procedures_site.data_folder import BASE
from procedures_site.settings import RELEASE

ROOT_NAMES = {
    "manage.py", "procedures_site", "manual", "content", "templates", "static", "tests", "pyproject.toml", "README.md",
    "LICENSE", "CHANGELOG.md", "requirements.txt", "requirements-test.txt",
}  # fmt: skip
README = (BASE / "README.md").read_text(encoding="utf-8")
CI = (BASE / ".ci" / "run").read_text(encoding="utf-8")
PROJECT = tomllib.loads((BASE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


def pins(requirements: list[str]) -> dict[str, str]:
    """Names, without their extras, with the version that each is pinned to."""
    found = {}
    for requirement in requirements:
        pin = re.fullmatch(r"([\w.-]+)(?:\[[\w,-]+\])?==([\w.]+)", requirement)
        assert pin, f"{requirement} is not pinned to a version"
        found[pin[1].lower()] = pin[2]
    return found


def locked(name: str) -> dict[str, str]:
    """The packages of a lock file; every one has a version and the hash of at least one file."""
    found = {}
    text = (BASE / name).read_text(encoding="utf-8")
    for block in re.split(r"\n(?=\S)", re.sub(r"^ +#.*\n?", "", text, flags=re.MULTILINE).strip()):
        pin = re.match(r"([\w.-]+)==([\w.]+)(?: ; [^\\]+)? \\\n", block)
        assert pin, block
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", block), f"{pin[1]} has no hash"
        found[pin[1].lower()] = pin[2]
    return found


def templates() -> list[str]:
    folders = [BASE / "templates", *BASE.glob("manual/**/templates")]
    return sorted(
        str(file.relative_to(folder)) for folder in folders for file in folder.rglob("*") if file.is_file()
    )


def commands(block: str) -> list[str]:
    """The lines of the README's code blocks of one language."""
    found = re.findall(rf"^```{block}\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)
    return [line for text in found for line in text.splitlines() if line.strip()]


# --- Files -------------------------------------------------------------------------------------------------


def test_nothing_stands_at_the_root_that_the_design_does_not_name() -> None:
    # `var` is what the quick start makes; it is never committed.
    there = {path.name for path in BASE.iterdir() if not path.name.startswith(".")}
    assert there - {"var", "__pycache__"} <= ROOT_NAMES


@pytest.mark.django_db
def test_no_migration_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("makemigrations", check=True, dry_run=True, interactive=False)
    assert "No changes detected" in capsys.readouterr().out


@pytest.mark.parametrize("name", templates())
def test_every_template_compiles(name: str) -> None:
    get_template(name)


def test_every_template_is_found_where_django_looks_for_it() -> None:
    looked_in = {Path(folder) for folder in engines["django"].template_dirs}
    assert {BASE / "templates", *BASE.glob("manual/**/templates")} <= looked_in


# --- Packages ----------------------------------------------------------------------------------------------


def test_the_locks_hold_what_the_project_asks_for() -> None:
    lock, lock_for_tests = locked("requirements.txt"), locked("requirements-test.txt")
    assert pins(PROJECT["dependencies"]).items() <= lock.items()
    everything = [*PROJECT["dependencies"], *EXTRAS["test"], *EXTRAS["postgres"]]
    assert pins(everything).items() <= lock_for_tests.items()
    assert lock.items() <= lock_for_tests.items(), "the tests run on what is installed elsewhere"


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_a_lock_says_what_and_not_from_where(name: str) -> None:
    assert "://" not in (BASE / name).read_text(encoding="utf-8")
    assert "-index-url" not in (BASE / name).read_text(encoding="utf-8")


# --- The README and CI -------------------------------------------------------------------------------------


def test_the_readme_begins_with_the_command_that_starts_the_site_and_the_one_that_tests_it() -> None:
    assert commands("sh")[:2] == [
        "python3 -m venv .venv && .venv/bin/python -m pip install -q -r requirements.txt "
        "&& .venv/bin/python manage.py quickstart",
        "python3 -m venv .venv && .venv/bin/python -m pip install -q -r requirements-test.txt "
        "&& .venv/bin/python -m pytest",
    ]


def test_ci_runs_the_tests_as_the_readme_says() -> None:
    assert f"\n    {commands('sh')[1]}\n" in CI
    assert "suite as_the_readme_says\n" in CI


def test_ci_can_be_run() -> None:
    assert (BASE / ".ci" / "run").stat().st_mode & 0o100
    subprocess.run(["bash", "-n", BASE / ".ci" / "run"], check=True)


def test_the_readme_has_every_variable_and_ci_sets_none_by_chance() -> None:
    settings = (BASE / "procedures_site" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'environment\.\w+\(\s*"([A-Z_]+)"', settings))
    in_readme = set(re.findall(r"^\| `([A-Z_]+)` \|", README, flags=re.MULTILINE))
    assert in_readme == read | {"PROCEDURES_DATA"}
    unset = {name for line in re.findall(r"^unset (.*)$", CI, flags=re.MULTILINE) for name in line.split()}
    assert read <= unset


def test_the_readme_installs_the_driver_that_the_tests_run_on() -> None:
    [driver] = EXTRAS["postgres"]
    assert any(f'"{driver}"' in line for line in commands("sh"))


def test_the_readme_names_the_commands_that_there_are() -> None:
    there = {path.stem for path in (BASE / "manual/management/commands").glob("[!_]*.py")}
    assert there == set(re.findall(r"^\| `python manage\.py (\w+)", README, flags=re.MULTILINE))


def test_the_release_is_the_version_of_the_project() -> None:
    assert PROJECT["version"] == RELEASE
