from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from manual.models import Contents, Edition
from manual.search import measuring


class Command(BaseCommand):
    help = "Measures search on judged queries: nDCG@10, mean reciprocal rank and how often the right place is first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "judgements", type=Path, help="a YAML file of queries and the places that answer them"
        )
        parser.add_argument("--plain", action="store_true", help="what the database's own ranking would show")
        parser.add_argument(
            "--half",
            choices=["seen", "held-out"],
            help="only every second query: those that are looked at while search is improved, or the others",
        )
        parser.add_argument(
            "--below", type=float, metavar="NDCG", help="also name the queries below this figure"
        )
        parser.add_argument(
            "--at-least", type=float, metavar="NDCG", help="fail where all together are below this"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        edition = Edition.objects.in_force()
        if edition is None:
            raise CommandError("No edition is in force, so there is nothing to search in.")
        contents = Contents.of(edition)
        try:
            judgements = measuring.read(options["judgements"])
        except measuring.JudgementsRefused as refused:
            raise CommandError(str(refused)) from refused
        if wrong := measuring.missing(judgements, contents):
            raise CommandError(f"Edition {edition.number} does not have: {'; '.join(wrong)}.")
        if options["half"]:
            judgements = measuring.held_out(judgements)[options["half"] == "held-out"]
        how = measuring.plain if options["plain"] else measuring.shown
        figures = measuring.measure(judgements, contents, how)
        self.stdout.write(
            f"{connection.vendor}, edition {edition.number}, {'plain' if options['plain'] else 'ours'}"
        )
        self.stdout.write(f"{'kind':<14}{'queries':>8}{'nDCG@10':>9}{'MRR':>7}{'first':>7}")
        for kind, of in figures.items():
            self.stdout.write(f"{kind:<14}{of.queries:>8}{of.ndcg:>9.3f}{of.mrr:>7.3f}{of.first:>7.0%}")
        if options["below"] is not None:
            for judgement in judgements:
                places = how(judgement.query, contents)
                ndcg = measuring.of_query(judgement, places)[0]
                if ndcg < options["below"]:
                    self.stdout.write(f"{ndcg:.2f} {judgement.kind}: {judgement.query}")
                    for place, grade in judgement.right.items():
                        self.stdout.write(f"       {grade} {place}")
                    self.stdout.write(f"       → {', '.join(places[:6])}")
        if options["at_least"] is not None and figures["all"].ndcg < options["at_least"]:
            raise CommandError(f"nDCG@10 is {figures['all'].ndcg:.3f}, below {options['at_least']}.")
