"""The quick start, run as somebody runs it who has just got a copy."""

import contextlib
import http.client
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.hashers import check_password

from procedures_site.data_folder import BASE

CONTENT = {
    "manual.yaml": "title: The Little Manual\nboard: A small board\n",
    "editions/0001-2020-01-06/edition.yaml": (
        "kind: ordinary\n"
        "effective: 2020-01-06T00:00:00+00:00\n"
        "published: 2019-12-16T09:00:00+00:00\n"
        "contents:\n"
        "  - first-steps:\n"
        "    - referral\n"
    ),
    "editions/0001-2020-01-06/chapters/first-steps.md": (
        '---\nkind: part\ntitle: "First Steps"\nsignificance: new\nnote: First published.\n---\n'
    ),
    "editions/0001-2020-01-06/chapters/referral.md": (
        '---\nkind: chapter\ntitle: "Making a Referral"\nsignificance: new\nnote: First published.\n---\n\n'
        "## Whom to ring {: #whom }\n\nRing the duty team on the same day.\n"
    ),
}
BROKEN = "editions/0001-2020-01-06/chapters/referral.md"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    folder = tmp_path / "small content"
    for name, text in CONTENT.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "the manual's data"


@pytest.fixture
def port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command(content: Path, port: int | str) -> list[str]:
    quickstart = [sys.executable, str(BASE / "manage.py"), "quickstart"]
    return [*quickstart, "--port", str(port), "--content", str(content)]


def environment(data: Path, **variables: str) -> dict[str, str]:
    """A shell in which nothing is set for the manual but its data folder."""
    plain = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**plain, "PROCEDURES_DATA": str(data), **variables}


@contextlib.contextmanager
def served(content: Path, data: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The running site and what the quick start had printed when it began to serve."""
    elsewhere = data.parent
    process = subprocess.Popen(
        command(content, port),
        cwd=elsewhere,
        env=environment(data),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    try:
        printed = []
        for line in process.stdout:
            printed.append(line)
            if "Ctrl-C" in line:
                break
        else:
            pytest.fail(f"It ended with {process.wait()}:\n{''.join(printed)}")
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if fetch(port, "/health/live").status == 200:
                    break
            assert process.poll() is None and time.monotonic() < deadline, "it does not answer"
            time.sleep(0.1)
        yield process, "".join(printed)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def refused(content: Path, port: int | str, env: dict[str, str]) -> str:
    """What it says when it ends at once; a sentence, and never a traceback."""
    done = subprocess.run(
        command(content, port), env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120
    )
    assert done.returncode not in (0, -signal.SIGKILL), done.stdout
    assert "Traceback" not in done.stderr
    assert "password" not in done.stdout
    return done.stderr


def fetch(port: int, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(
        "GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    return connection.getresponse()


def rows(database: Path, query: str) -> list[tuple[str, ...]]:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.long
def test_the_first_run_serves_the_manual_and_the_second_keeps_it(
    content: Path, data: Path, port: int
) -> None:
    with served(content, data, port) as (process, printed):
        assert "Loaded 1 edition with 2 chapters." in printed
        assert f"The manual is at http://127.0.0.1:{port}/" in printed
        password = re.findall(r"password  (\S+)\n", printed)
        assert len(password) == 1

        contents = fetch(port, "/").read().decode()
        assert "The Little Manual" in contents
        assert "Making a Referral" in contents

        style = re.search(r'"(/static/[^"]+\.[0-9a-f]{12}\.css)"', contents)
        assert style, "style sheets are addressed by the hash of what they hold"
        answer = fetch(port, style[1], Accept_Encoding="gzip, deflate, br")
        assert answer.status == 200
        assert answer.headers["Content-Encoding"] == "br"
        assert "immutable" in answer.headers["Cache-Control"]

        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0

    database = data / "manual.sqlite3"
    kept = (data / "secret-key").read_text()
    assert (data / "secret-key").stat().st_mode & 0o077 == 0
    [(name, hashed)] = rows(database, "SELECT username, password FROM auth_user")
    assert name == "admin"
    assert check_password(password[0], hashed)

    # As an older release left them.
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "UPDATE manual_amendment SET html = '<p>As it was once made.</p>', rendered_with = '1'"
        )

    with served(content, data, port) as (process, printed):
        assert "The manual is there already" in printed
        assert "The administrator and the password are as they were." in printed
        assert not re.search(r"password  \S", printed)
        assert "Making a Referral" in fetch(port, "/").read().decode()
        chapter = fetch(port, "/chapters/referral/").read().decode()
        assert "Ring the duty team" in chapter
        assert "As it was once made" not in chapter

        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0

    assert (data / "secret-key").read_text() == kept
    assert rows(database, "SELECT username, password FROM auth_user") == [(name, hashed)]
    assert rows(database, "SELECT COUNT(*) FROM manual_edition") == [(1,)]


def test_a_port_in_use_is_found_before_anything_is_done(content: Path, data: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        said = refused(content, taken, environment(data))
    assert said == f"Port {taken} is in use by another program. Choose another with --port.\n"
    assert not (data / "manual.sqlite3").exists()


@pytest.mark.parametrize("number", ["0", "65536", "-1"])
def test_a_port_is_a_number_that_there_is(content: Path, data: Path, number: str) -> None:
    said = refused(content, number, environment(data))
    assert said == f"{number} is no port: a port is a number from 1 to 65535.\n"


def test_a_data_folder_that_cannot_be_written_is_named(content: Path, tmp_path: Path, port: int) -> None:
    (tmp_path / "file").touch()
    said = refused(content, port, environment(tmp_path / "file" / "data"))
    assert said.startswith(
        f"The data folder {tmp_path / 'file' / 'data'} cannot be written (Not a directory)."
    )


def test_a_database_that_cannot_be_opened_is_named(content: Path, data: Path, port: int) -> None:
    data.mkdir()
    (data / "manual.sqlite3").write_text("These are not the rows you are looking for. " * 100)
    said = refused(content, port, environment(data))
    assert said == f"The database {data / 'manual.sqlite3'} cannot be used: file is not a database.\n"


def test_broken_content_is_named_and_none_of_it_loaded(content: Path, data: Path, port: int) -> None:
    text = CONTENT[BROKEN].replace("significance: new", "significance: splendid")
    (content / BROKEN).write_text(text, encoding="utf-8")
    database = data.parent / "another.sqlite3"
    said = refused(content, port, environment(data, DATABASE_URL=f"sqlite:///{database}"))
    assert said.startswith(f"The content in {content} has mistakes, and nothing of it was loaded:\n")
    assert f"{BROKEN}, line 4: " in said
    assert not (data / "manual.sqlite3").exists(), "DATABASE_URL names the database"
    for table in ("manual_edition", "manual_chapter", "manual_amendment", "auth_user"):
        assert rows(database, f"SELECT COUNT(*) FROM {table}") == [(0,)]


def test_a_content_folder_that_is_not_there_is_named(data: Path, tmp_path: Path, port: int) -> None:
    said = refused(tmp_path / "nowhere", port, environment(data))
    assert said == f"The content folder {tmp_path / 'nowhere'} is not there. Name another with --content.\n"


def test_a_broken_setting_is_named(content: Path, data: Path, port: int) -> None:
    assert refused(content, port, environment(data, DEBUG="perhaps")) == (
        "DEBUG is “perhaps”; it has to be true or false.\n"
    )
