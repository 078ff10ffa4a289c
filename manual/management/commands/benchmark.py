"""Measure how long readers of a large manual wait."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.servers.basehttp import get_internal_wsgi_application
from django.templatetags.static import static

from manual.management import benchmark, benchmark_of_search
from manual.management.benchmark import BenchmarkRefused


class Command(BaseCommand):
    help = (
        "Makes a large manual in a database of its own, which is thrown away, and measures each kind of page: "
        "milliseconds, queries, bytes; or, with --search, how long a search and the suggestions while typing take. The "
        "site's own database is never touched."
    )
    # They would look into the database of the site, which is no part of this.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--chapters", type=int, default=1_000, help="how many (default: 1000)")
        parser.add_argument("--editions", type=int, help="how many (default: 50; with --search: 2)")
        parser.add_argument(
            "--search",
            action="store_true",
            help="ask a fixed list of queries instead, of a manual with about ten sections a chapter",
        )
        parser.add_argument(
            "--database-url",
            default="",
            help="an empty PostgreSQL database to measure on, instead of an SQLite file; it keeps what is made there",
        )
        parser.add_argument(
            "--seconds",
            type=float,
            default=5,
            help="how long to read each kind of page, first and again, or to ask each kind of query (default: 5); at "
            "least three times each",
        )

    def handle(
        self,
        *,
        chapters: int,
        editions: int | None,
        search: bool,
        database_url: str,
        seconds: float,
        **_options: Any,
    ) -> None:
        if editions is None:
            editions = 2 if search else 50
        _between("--chapters", chapters, benchmark.FEWEST_CHAPTERS, benchmark.MOST_CHAPTERS)
        _between("--editions", editions, benchmark.FEWEST_EDITIONS, benchmark.MOST_EDITIONS)
        _between("--seconds", seconds, 0, 3600)
        try:
            static("css/tokens.css")
        except ValueError as error:
            raise CommandError(
                "No page can be made before its style sheets are in their place: run `python manage.py collectstatic` "
                "first."
            ) from error
        if busy := benchmark.busy():
            self.stderr.write(busy)
        # What a web server makes of the memory of its process is made of this one's.
        get_internal_wsgi_application()
        try:
            with benchmark.scratch(database_url):
                if search:
                    benchmark.make(chapters, editions, self._say, sections=benchmark_of_search.SECTIONS)
                    self._show_search(chapters, seconds)
                else:
                    benchmark.make(chapters, editions, self._say)
                    self._show_pages(chapters, editions, seconds)
        except BenchmarkRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        if database_url:
            self.stdout.write("The database still holds the manual that was made; drop it when you are done.")

    def _show_pages(self, chapters: int, editions: int, seconds: float) -> None:
        self._say(f"\n{benchmark.database()}: {chapters:,} chapters, {editions:,} editions; milliseconds")
        self._say(benchmark.HEADINGS)
        for found in benchmark.measured(benchmark.kinds(editions), seconds):
            self._say(benchmark.row(found))

    def _show_search(self, chapters: int, seconds: float) -> None:
        sections = benchmark_of_search.sections()
        self._say(f"\n{benchmark.database()}: {chapters:,} chapters, {sections:,} sections; milliseconds")
        self._say(benchmark_of_search.HEADINGS)
        for found in benchmark_of_search.measured(seconds):
            self._say(benchmark_of_search.row(found))

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()


def _between(option: str, value: float, fewest: float, most: float) -> None:
    if not fewest <= value <= most:
        raise CommandError(f"{option} has to be between {fewest:,} and {most:,}.")
