"""Proofread the content folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from manual.interchange import ContentRefused, counted
from manual.proofreading import ExtraMissing, proofread


class Command(BaseCommand):
    help = (
        "Proofread a content folder: says how many words each chapter has and how hard it is to read, and looks for "
        "broken references, chapters that nothing leads to, keywords that nothing uses, sentences that stand twice, "
        "American spelling, what could be a real person's, and time limits that differ from the list of the board. "
        "Changes nothing; fails if it finds a fault."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder", nargs="?", type=Path, default=settings.BASE / "content",
            help="the folder with manual.yaml; that beside manage.py if none is named",
        )  # fmt: skip
        parser.add_argument(
            "--chapter",
            nargs="+",
            default=[],
            metavar="SLUG",
            help="only these chapters, in all their versions",
        )

    def handle(self, *_args: Any, folder: Path, chapter: list[str], **options: Any) -> None:
        try:
            found = proofread(folder, only=chapter)
        except ContentRefused as refusal:
            for mistake in refusal.mistakes:
                self.stderr.write(str(mistake))
            raise CommandError("The folder cannot be read.") from refusal
        except ExtraMissing as missing:
            raise CommandError(str(missing)) from missing
        self.stdout.write("edition   words   grade   chapter")
        for each in found.measured:
            if chapter or each.newest:
                grade = f"{each.grade:5.1f}" if each.grade else "    –"
                self.stdout.write(f"{each.edition:7}   {each.words:5}   {grade}   {each.slug}")
        for fault in found.faults:
            self.stderr.write(str(fault))
        if found.faults:
            raise CommandError(f"{counted(len(found.faults), 'fault')}.")
        newest = [each for each in found.measured if each.newest and each.grade]
        hardest = max(newest, key=lambda each: each.grade, default=None)
        words = sum(each.words for each in found.measured if each.newest)
        self.stdout.write(
            f"No fault in {counted(len(newest), 'chapter')} of {words:,} words"
            + (f"; the hardest to read is {hardest.slug} at {hardest.grade:.1f}." if hardest else ".")
        )
