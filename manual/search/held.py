"""What the rows of the index tell, for results to be put in order, held in memory: to read it takes longer than to look
at it.

No answer is kept, and nothing that a page shows: that is read anew for each. What is held counts under the stamp of the
index alone, which is another one whenever the index has been written to.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connection

from manual.search.rows import Key, Stored
from manual.search.told import Told, told_of

# About a kilobyte each. Of a larger manual those are held that were looked at since there was no more room.
MOST = 20_000
# Every search reads them.
MOST_STAMPS = 10
Span = tuple[Key, Key]  # from one row to another of the same amendment


@dataclass
class _Held:
    stamp: str
    rows: dict[Key, Told] = field(default_factory=dict)
    spans: dict[Span, list[Key]] = field(default_factory=dict)


_held = _Held("")


def rows(
    spans: Iterable[Span], stamp: str, read: Callable[[Sequence[Span]], dict[Key, Stored]]
) -> dict[Key, Told]:
    """The rows of these spans, as the index has them under a stamp. What is not held is read, by one query."""
    held = _held_under(stamp)
    found: dict[Key, Told] = {}
    missing = []
    for span in spans:
        first, last = span
        if first == last:
            row = held.rows.get(first)
            if row is None:
                missing.append(span)
            else:
                found[first] = row
        elif span in held.spans:
            found.update((key, held.rows[key]) for key in held.spans[span])
        else:
            missing.append(span)
    if missing:
        read_now = {key: told_of(stored) for key, stored in read(missing).items()}
        held.rows.update(read_now)
        for first, last in missing:
            if first != last:
                held.spans[first, last] = [key for key in read_now if first <= key <= last]
        found.update(read_now)
    return found


def write_stamp() -> None:
    """The index is written to in this transaction: what is held of it will count no more.

    Each writing leaves a stamp, and all that there are make that of the index. Were there but the last one, of two who
    write at the same time the first to begin could be overlooked.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM manual_search_written")
        if cursor.fetchone()[0] >= MOST_STAMPS:
            cursor.execute("DELETE FROM manual_search_written")
        cursor.execute("INSERT INTO manual_search_written (stamp) VALUES (%s)", [uuid.uuid4().hex])


def _held_under(stamp: str) -> _Held:
    global _held
    held = _held
    if held.stamp != stamp or len(held.rows) > MOST:
        # Replaced as a whole, for other threads read in it.
        held = _Held(stamp)
        if stamp:
            _held = held
    return held
