"""Load the content folder into the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from manual.interchange import ContentRefused, counted, load, shown_on


class Command(BaseCommand):
    help = "Load a content folder: every edition, as it was published. All or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder", nargs="?", type=Path, default=settings.BASE / "content",
            help="the folder with manual.yaml; that beside manage.py if none is named",
        )  # fmt: skip
        parser.add_argument(
            "--update", action="store_true", help="take only the editions that the database does not have yet"
        )
        parser.add_argument(
            "--as-published", action="store_true",
            help="let flaws of the texts pass, such as broken references, and only show them",
        )  # fmt: skip

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            loaded = load(
                options["folder"],
                update=options["update"],
                as_published=options["as_published"],
                progress=shown_on(self.stdout) if options["verbosity"] else None,
            )
        except ContentRefused as refusal:
            for mistake in refusal.mistakes:
                self.stderr.write(str(mistake))
            count = counted(len(refusal.mistakes), "mistake")
            raise CommandError(f"{count}. Nothing was loaded.") from refusal
        if connection.vendor == "postgresql":
            # Until the database has looked at so many new rows, it takes slow ways to them.
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        for flaw in loaded.flaws:
            self.stderr.write(str(flaw))
        self.stdout.write(
            f"Loaded {counted(loaded.editions, 'edition')}: {counted(loaded.chapters, 'new chapter')}, "
            f"{counted(loaded.amendments, 'amendment')}, {counted(loaded.definitions, 'definition')}, "
            f"{counted(loaded.documents, 'document')}, {counted(loaded.synonyms, 'synonym')}."
        )
