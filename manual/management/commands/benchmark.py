"""Measure how long readers of a large manual wait."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from manual.management import benchmark
from manual.management.benchmark import BenchmarkRefused


class Command(BaseCommand):
    help = (
        "Makes a large manual in a database of its own, which is thrown away, and measures each kind of page: "
        "milliseconds, queries, bytes. The site's own database is never touched."
    )
    # They would look into the database of the site, which is no part of this.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--chapters", type=int, default=1_000, help="how many (default: 1000)")
        parser.add_argument("--editions", type=int, default=50, help="how many (default: 50)")
        parser.add_argument(
            "--database-url",
            default="",
            help="an empty PostgreSQL database to measure on, instead of an SQLite file; it keeps what is made there",
        )
        parser.add_argument(
            "--seconds",
            type=float,
            default=5,
            help="how long to read each kind of page, first and again (default: 5); at least three times each",
        )

    def handle(
        self, *, chapters: int, editions: int, database_url: str, seconds: float, **_options: Any
    ) -> None:
        _between("--chapters", chapters, benchmark.FEWEST_CHAPTERS, benchmark.MOST_CHAPTERS)
        _between("--editions", editions, benchmark.FEWEST_EDITIONS, benchmark.MOST_EDITIONS)
        _between("--seconds", seconds, 0, 3600)
        if busy := benchmark.busy():
            self.stderr.write(busy)
        try:
            with benchmark.scratch(database_url):
                benchmark.make(chapters, editions, self._say)
                self.stdout.write(f"\n{chapters:,} chapters, {editions:,} editions; milliseconds\n")
                self.stdout.write(benchmark.HEADINGS)
                for found in benchmark.measured(benchmark.kinds(editions), seconds):
                    self.stdout.write(benchmark.row(found))
                    self.stdout.flush()
        except BenchmarkRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        if database_url:
            self.stdout.write("The database still holds the manual that was made; drop it when you are done.")

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()


def _between(option: str, value: float, fewest: float, most: float) -> None:
    if not fewest <= value <= most:
        raise CommandError(f"{option} has to be between {fewest:,} and {most:,}.")
