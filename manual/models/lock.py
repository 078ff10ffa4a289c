"""The one lock that changes of the tree and publications share."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

# Any number will do, as long as nothing else in this database uses it.
ADVISORY_KEY = 7_201_989


@contextmanager
def manual_lock() -> Iterator[None]:
    """Hold the manual still: nobody else publishes or moves a chapter until the transaction ends.

    Whatever is decided under the lock must be read under it too: an object fetched before may be out of date.
    On SQLite the transaction is IMMEDIATE (see the settings), so that its beginning is the lock.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_KEY])
        yield
