"""A site of its own with the sample manual, for a browser to walk through, that is thrown away afterwards.

A command that needs one calls itself there: `run` in the site that it was called on, and in the new one `fill` and
`served`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application

from manual import interchange

Say = Callable[[str], None]

CHROMIUM = Path("/usr/bin/chromium")
# How the data folder of such a site begins.
PREFIX = "procedures-thrown-away-"
# A Monday morning after the last edition of the sample manual, so that no picture changes only because time went by.
WHEN = datetime(2026, 11, 9, 10, 0, tzinfo=ZoneInfo("Europe/London"))


class NotPossible(Exception):
    """It cannot be done here; the sentence says what is missing, or what went wrong."""


def require(chromium: Path, *packages: str) -> None:
    """Refuse where a package of the tests or the browser is missing."""
    for package in packages:
        if find_spec(package) is None:
            raise NotPossible(
                f"The package {package} is not installed: it is among those for the tests. "
                "`.venv/bin/python -m pip install -r requirements-test.txt` installs them."
            )
    if not os.access(chromium, os.X_OK):
        raise NotPossible(
            f"There is no browser {chromium}: install Debian's package chromium, or name another with --chromium."
        )


def run(*command: str, say: Say) -> None:
    """Call a command with the settings of a site that is thrown away when it is over; repeats what it says."""
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        # Nothing that is set for the site itself counts: not its database, its cache nor its folder.
        environment = {
            name: value for name in ("PATH", "HOME", "LANG", "TMPDIR") if (value := os.environ.get(name))
        } | {
            "PROCEDURES_DATA": folder,
            "SECRET_KEY": "only-for-a-site-that-is-thrown-away-" + "x" * 30,
            "STATIC_STORAGE": settings.PLAIN_FILES,
            "PYTHONUNBUFFERED": "1",
        }
        running = subprocess.Popen(  # noqa: S603 # our own words, no shell
            [sys.executable, str(settings.BASE / "manage.py"), *command, "--no-color"],
            env=environment,
            cwd=settings.BASE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        errors: list[str] = []
        listening = threading.Thread(target=lambda: errors.extend(running.stderr or ()), daemon=True)
        listening.start()
        try:
            for line in running.stdout or ():
                say(line.rstrip("\n"))
            code = running.wait()
        finally:
            running.kill()
            running.wait()
        listening.join(timeout=10)
        if code:
            raise NotPossible("".join(errors).strip().removeprefix("CommandError: "))


def fill() -> None:
    """Make the database of this site, and load the sample manual into it."""
    if not settings.DATA.name.startswith(PREFIX):
        raise NotPossible("This is done only on a site that is thrown away.")
    call_command("migrate", verbosity=0, interactive=False)
    interchange.load(settings.BASE / "content")


@contextmanager
def served() -> Iterator[str]:
    """The address of this site, served for as long as it is needed."""

    class Quiet(WSGIRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """What is asked for is no news."""

    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(get_wsgi_application())
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        serving.join(timeout=10)


def arguments() -> list[str]:
    """Of the browser: nothing but the pages themselves."""
    quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    quiet += ["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]
    # The browser refuses to run as root otherwise.
    return [*quiet, "--no-sandbox"] if os.geteuid() == 0 else quiet
