from __future__ import annotations

from argparse import SUPPRESS
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from manual.management import screenshots
from manual.management.thrown_away import CHROMIUM, NotPossible


class Command(BaseCommand):
    help = (
        "Takes pictures of every kind of page: light, dark and in high visibility, on a phone and at a desk; and makes "
        "a page index.html that shows them all. Of a site of its own that holds the sample manual and is thrown away "
        "afterwards, or with --address of one that runs. Needs what requirements-test.txt installs, and Debian's "
        "package chromium."
    )
    # The site that the command was called on is neither read nor changed.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder for the pictures")
        parser.add_argument(
            "--only",
            action="append",
            default=[],
            metavar="NAME",
            help="only this kind of page; may be given several times",
        )
        parser.add_argument(
            "--address",
            default="",
            help="a running site with the sample manual, such as http://127.0.0.1:8000; without the editors' pages",
        )
        parser.add_argument(
            "--chromium", type=Path, default=CHROMIUM, help=f"the browser (default: {CHROMIUM})"
        )
        # How the command calls itself, with the settings of the site that is thrown away.
        parser.add_argument("--take", action="store_true", help=SUPPRESS)

    def handle(
        self,
        *args: Any,
        folder: Path,
        only: list[str],
        address: str,
        chromium: Path,
        take: bool,
        **options: Any,
    ) -> None:
        into, say = folder.resolve(), lambda doing: self.stdout.write(doing)
        try:
            if take:
                screenshots.take_here(into, chromium, only, say)
                return
            screenshots.take(into, chromium, only, address.rstrip("/"), say)
        except NotPossible as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Open {into / 'index.html'} to see them.")
