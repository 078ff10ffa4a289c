from typing import Any

from django.core.management.base import BaseCommand

from manual import search


class Command(BaseCommand):
    help = "Makes the search index anew from everything published. Readers can search meanwhile."

    def handle(self, *args: Any, **options: Any) -> None:
        def progress(done: int, total: int) -> None:
            self.stdout.write(f"{done} of {total}", ending="\n" if done == total else "\r")

        count = search.rebuild(progress)
        self.stdout.write(f"{count} amendment{'' if count == 1 else 's'} indexed.")
