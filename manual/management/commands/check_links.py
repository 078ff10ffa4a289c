from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from manual.interchange.outside import AT_ONCE, SECONDS, Answer, NoWayOut, check_outside_links


class Command(BaseCommand):
    help = (
        "Asks every outside address of the edition in force whether it still answers, and shows editors those that do "
        "not. To be repeated, every night for instance. Links that do not answer are no failure of the command."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--seconds",
            type=float,
            default=SECONDS,
            help=f"how long to wait for one answer (default: {SECONDS:g})",
        )
        parser.add_argument(
            "--at-once",
            type=int,
            default=AT_ONCE,
            help=f"how many sites to ask at once (default: {AT_ONCE}); each of them is asked one address at a time",
        )
        parser.add_argument(
            "--private-networks",
            action="store_true",
            help="ask addresses on private networks too, such as that of the board",
        )

    def handle(
        self, *args: Any, seconds: float, at_once: int, private_networks: bool, **options: Any
    ) -> None:
        if seconds <= 0 or at_once < 1:
            raise CommandError("--seconds and --at-once have to be more than nothing.")

        def progress(done: int, total: int, address: str, answer: Answer) -> None:
            if answer.problem:
                self.stdout.write(f"{address}: {answer.problem}")
            if self.stdout.isatty() or done == total:
                self.stdout.write(f"{done} of {total} asked", ending="\n" if done == total else "\r")
                self.stdout.flush()

        try:
            asked = check_outside_links(
                private=private_networks, seconds=seconds, at_once=at_once, progress=progress
            )
        except NoWayOut as error:
            raise CommandError(str(error)) from error
        for address in asked.too_long:
            self.stdout.write(f"Too long to be asked: {address[:100]}…")
        forgotten = f" {asked.forgotten} no longer used, and forgotten." if asked.forgotten else ""
        self.stdout.write(
            f"{asked.asked} outside links: {asked.asked - len(asked.failing)} answer, {len(asked.failing)} do not."
            f"{forgotten}"
        )
