"""The sample manual in the database of a test: loaded once, whoever reads it."""

from pathlib import Path

from django.db import connection

from manual.interchange import load
from tests.remembered import remembered

CONTENT = Path(__file__).resolve().parents[2] / "content"


def load_the_sample_manual() -> None:
    _load()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # What it does by itself soon after a large change, but not for rows that are not committed yet.
            cursor.execute("ANALYZE")


@remembered
def _load() -> None:
    load(CONTENT)
