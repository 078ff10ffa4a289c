from typing import Any

from django.core.management.base import BaseCommand

from manual.workflow import rerender


class Command(BaseCommand):
    help = "Makes the stored HTML of amendments anew where an older release, or other settings, made it."

    def handle(self, *args: Any, **options: Any) -> None:
        def progress(done: int, total: int) -> None:
            self.stdout.write(f"{done} of {total}", ending="\n" if done == total else "\r")

        count = rerender(progress)
        self.stdout.write(f"{count} amendment{'' if count == 1 else 's'} rendered anew.")
