from __future__ import annotations

from argparse import SUPPRESS
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from manual.management import guide
from manual.management.thrown_away import CHROMIUM, NotPossible


class Command(BaseCommand):
    help = (
        "Takes the pictures of the editors' guide in README.md anew: follows the guide in a browser, on a site of its "
        "own that holds the sample manual and is thrown away afterwards. Fails where a step cannot be done as the "
        "guide says. Needs what requirements-test.txt installs, and Debian's package chromium."
    )
    # The site that the command was called on is neither read nor changed.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--into",
            type=Path,
            default=settings.BASE / ".github" / "guide",
            help="the folder for the pictures (default: .github/guide)",
        )
        parser.add_argument(
            "--chromium",
            type=Path,
            default=CHROMIUM,
            help=f"the browser (default: {CHROMIUM})",
        )
        # How the command calls itself, with the settings of the site that is thrown away.
        parser.add_argument("--walk", action="store_true", help=SUPPRESS)

    def handle(self, *args: Any, into: Path, chromium: Path, walk: bool, **options: Any) -> None:
        take = guide.walk if walk else guide.take_pictures
        try:
            taken = take(into.resolve(), chromium, lambda doing: self.stdout.write(doing))
        except NotPossible as error:
            raise CommandError(str(error)) from error
        if not walk:
            self.stdout.write(f"{len(taken)} pictures are in {into}.")
