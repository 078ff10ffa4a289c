"""One command from a fresh copy to a manual in the browser; run again, it keeps what is there."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, TextIO

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, connection
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.http.request import validate_host

from manual import interchange, workflow
from manual.models import Edition

ADMINISTRATOR = "admin"
# Signs that nobody mistakes for each other when they copy a password from a screen.
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
WORKERS = 2
THREADS = 3  # of each worker, with a database connection each; granian advises against more on one core
SECONDS_BETWEEN_LINES = 5  # of progress, where no terminal could update one


class Command(BaseCommand):
    help = "Sets up the manual with its content, makes an administrator, and serves it. Repeatable."
    # They look into the database, which may not open; they run once it is known to.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="where to serve (default: 8000)")
        parser.add_argument(
            "--host",
            default="127.0.0.1",
            help="the address to serve on (default: 127.0.0.1, for this machine only)",
        )
        parser.add_argument(
            "--content",
            type=Path,
            default=settings.BASE / "content",
            help="the folder of content files to begin with (default: content)",
        )

    def handle(self, *, host: str, port: int, content: Path, **options: Any) -> None:
        try:
            address = _free_address(host, port)
            steps = Steps(sys.stdout)
            self._open_database(steps)
            self._load(content.resolve(), steps)
            _collect_static_files(steps)
            self._administrator()
        except KeyboardInterrupt:
            _stop("Stopped. Run the same command to go on.", code=130)
        self._say_where(host, port)
        _serve(address, port)

    def _open_database(self, steps: Steps) -> None:
        """Bring the database to this release."""
        try:
            connection.ensure_connection()
            self.check(databases=["default"])
            with steps.step("Preparing the database", "The database is ready."):
                call_command("migrate", verbosity=0, interactive=False)
        except (DatabaseError, InconsistentMigrationHistory) as error:
            where = connection.settings_dict["NAME"]
            _stop(f"The database {where} cannot be used: {_sentence(error)}")

    def _load(self, folder: Path, steps: Steps) -> None:
        """Publish the content files, unless the manual has editions already."""
        try:
            if Edition.objects.exists():
                self.stdout.write(f"The manual is there already; {folder.name}/ was not read again.")
                with steps.step("Looking after its pages") as note:
                    # An older release may have made them.
                    workflow.rerender(lambda done, total: note(f"{done} of {total}"))
                return
            if not folder.is_dir():
                _stop(f"The content folder {folder} is not there. Name another with --content.")
            with steps.step("Loading the manual") as note:
                loaded = interchange.load(folder, progress=lambda step: note(_so_far(step)))
            self.stdout.write(
                f"Loaded {_count(loaded.editions, 'edition')} with {_count(loaded.chapters, 'chapter')}."
            )
        except interchange.ContentRefused as error:
            _stop(f"The content in {folder} has mistakes, and nothing of it was loaded:\n{error}")
        except (OSError, DatabaseError) as error:
            _stop(f"The content in {folder} could not be loaded: {_sentence(error)}")

    def _administrator(self) -> None:
        """Make somebody who may do everything, with a password that is shown once."""
        users = get_user_model().objects
        try:
            if users.filter(is_superuser=True).exists():
                self.stdout.write("The administrator and the password are as they were.")
                return
            if users.filter(username=ADMINISTRATOR).exists():
                self.stdout.write(
                    f"No administrator was made: {ADMINISTRATOR} is the name of a user without that right. "
                    "`python manage.py createsuperuser` makes one."
                )
                return
            password = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
            users.create_superuser(username=ADMINISTRATOR, password=password)
        except DatabaseError as error:
            _stop(f"The administrator could not be made: {_sentence(error)}")
        self.stdout.write(
            "\nMade an administrator. This password is shown only now:\n\n"
            f"    name      {ADMINISTRATOR}\n    password  {password}\n\n"
        )

    def _say_where(self, host: str, port: int) -> None:
        name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 # what was asked for
        if ":" in name and not name.startswith("["):
            name = f"[{name}]"
        address = f"http://{name}:{port}/"
        if not validate_host(name, settings.ALLOWED_HOSTS) and not settings.DEBUG:
            self.stdout.write(
                f"Only requests for {', '.join(settings.ALLOWED_HOSTS)} are answered: "
                "set ALLOWED_HOSTS to the names under which readers reach the site."
            )
        if settings.HTTPS:
            self.stdout.write("HTTPS is set: a proxy that speaks https has to stand before this address.")
        self.stdout.write(f"The manual is at {address} and its editors' pages at {address}admin/")
        self.stdout.write("Ctrl-C stops it.")


class Steps:
    """What is being done: on a terminal one line that updates, elsewhere a plain line now and then."""

    def __init__(self, out: TextIO) -> None:
        self.out = out
        self.terminal = out.isatty()
        self.said_at = 0.0

    @contextmanager
    def step(self, doing: str, done: str = "") -> Iterator[Callable[[str], None]]:
        """Say what begins; yields what takes a note on how far it is; `done` stands when it is over."""
        self._show(f"{doing} …")
        self.said_at = time.monotonic()
        try:
            yield lambda note: self._note(doing, note)
        finally:
            if self.terminal:
                self.out.write("\r\x1b[K")
                self.out.flush()
        if done:
            self.out.write(f"{done}\n")
            self.out.flush()

    def _note(self, doing: str, note: str) -> None:
        if self.terminal or time.monotonic() - self.said_at >= SECONDS_BETWEEN_LINES:
            self.said_at = time.monotonic()
            self._show(f"{doing}: {note}")

    def _show(self, line: str) -> None:
        if self.terminal:
            # A line that wraps could not be taken back.
            line = line[: shutil.get_terminal_size().columns - 1]
            self.out.write(f"\r\x1b[K{line}")
        else:
            self.out.write(f"{line}\n")
        self.out.flush()


def _free_address(host: str, port: int) -> str:
    """The numeric address of a host on which nobody serves yet."""
    if not 1 <= port <= 65535:
        _stop(f"{port} is no port: a port is a number from 1 to 65535.")
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        # localhost is both; more programs still look for it at its older address.
        family, _, _, _, where = min(found, key=lambda one: one[0] != socket.AF_INET)
    except (OSError, UnicodeError):
        _stop(f"There is no address called {host}. --host takes one of this machine, such as 127.0.0.1.")
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # A server that has just stopped leaves connections behind that do not matter.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(where)
        except PermissionError:
            _stop(f"Port {port} is kept for the administrator of this machine. Choose one with --port 8080.")
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                _stop(f"Port {port} is in use by another program. Choose another with --port.")
            _stop(f"Nothing can be served at {host}: {_sentence(error)}")
    return str(where[0])


def _collect_static_files(steps: Steps) -> None:
    """Put style sheets and scripts, compressed, where the server takes them from."""
    try:
        with steps.step("Compressing style sheets and scripts", "Style sheets and scripts are ready."):
            call_command("collectstatic", verbosity=0, interactive=False)
    except (OSError, ValueError) as error:
        _stop(f"Style sheets and scripts could not be put into {settings.STATIC_ROOT}: {_sentence(error)}")


def _serve(address: str, port: int) -> NoReturn:
    """Become the web server, which then gets Ctrl-C and other signals itself."""
    connection.close()
    sys.stdout.flush()
    sys.stderr.flush()
    os.chdir(settings.BASE)
    command = [
        *(sys.executable, "-m", "granian", "procedures_site.wsgi:application", "--interface", "wsgi"),
        *("--host", address, "--port", str(port), "--no-ws", "--no-access-log", "--log-level", "error"),
        *("--workers", str(WORKERS), "--blocking-threads", str(THREADS)),
        # Ctrl-C reaches the workers twice, from the terminal and from the server, and some of them then hang.
        *("--respawn-failed-workers", "--workers-kill-timeout", "2"),
        *("--working-dir", str(settings.BASE)),
    ]
    os.execv(sys.executable, command)  # noqa: S606 # our own words, no shell


def _stop(sentence: str, code: int = 1) -> NoReturn:
    """End with a sentence for whoever ran the command, and without a traceback."""
    sys.stdout.flush()
    print(sentence, file=sys.stderr)
    raise SystemExit(code)


def _sentence(error: Exception) -> str:
    words = " ".join(str(getattr(error, "strerror", None) or error).split()) or type(error).__name__
    return words if words.endswith((".", "?")) else f"{words}."


def _so_far(step: interchange.Step) -> str:
    return f"{step.doing.lower()} {step.edition}, {step.done} of {step.total} chapters"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
