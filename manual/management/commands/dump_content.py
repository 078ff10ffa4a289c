"""Write the manual into a content folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from manual.interchange import DumpRefused, counted, dump, shown_on


class Command(BaseCommand):
    help = "Write every published edition into a content folder, which load_content reads again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder that is empty or does not exist yet")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            dumped = dump(options["folder"], progress=shown_on(self.stdout) if options["verbosity"] else None)
        except DumpRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"Wrote {counted(dumped.editions, 'edition')}: {counted(dumped.amendments, 'amendment')}, "
            f"{counted(dumped.definitions, 'definition')}, {counted(dumped.documents, 'document')}, "
            f"{counted(dumped.synonyms, 'synonym')}. "
            f"Left out {dumped.left_out:,} that no edition has published."
        )
