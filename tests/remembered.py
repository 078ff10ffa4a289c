"""A manual that many tests stand on is made by the verbs once; each later test has the same rows put back, also those
that another worker runs. On SQLite, a test with real transactions has the whole database put back, which is quicker."""

from __future__ import annotations

import atexit
import fcntl
import functools
import hashlib
import os
import pickle
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.core.cache import cache
from django.core.management.color import no_style
from django.db import connection, models, transaction

from manual.models import Contents, Edition, Glossary, Library

P = ParamSpec("P")
T = TypeVar("T")

Rows = dict[str, set[tuple[Any, ...]]]

# Tables of search for which no model stands.
OF_SEARCH = ("manual_search", "manual_search_vocabulary", "manual_search_written") + (
    ("manual_search_names",) if connection.vendor == "sqlite" else ()
)

# What was made: by the fixture and all that was there before it.
_made: dict[str, tuple[Rows, bytes]] = {}
# Where all workers of a run find what one of them has made; none, where there is one process.
shared: Path | None = None


def forget_what_was_read() -> None:
    """What the application remembers of a manual that it has read."""
    Contents.forget()
    Glossary.forget()
    Library.forget()
    cache.clear()


def remembered(make: Callable[P, T]) -> Callable[P, T]:
    """For a fixture that writes to the tables of the manual: what it makes is kept, its answer too, and both are put
    back for a test that stands on the same ground. It has to be the same whenever it is made.

    The ground is every row of the manual and everybody who has an account; should any of it differ, all is made anew.
    What cannot be told by rows of the manual that were added is never kept: a change to a row that was there, or
    somebody new, who has to be there before.
    """

    @functools.wraps(make)
    def make_or_put_back(*args: P.args, **kwargs: P.kwargs) -> T:
        before = _rows()
        people = _people()
        ground = _ground(make, (args, kwargs), before, people)
        # With nobody in it, the database is no more than its ground says.
        copy = None if people or connection.in_atomic_block else copied(ground)
        with _alone_with(ground):
            if ground in _made:
                added, answer = _made[ground]
                if copy and copy.exists():
                    put_back_all(copy)
                else:
                    _put_back(added)
            else:
                answer = pickle.dumps(make(*args, **kwargs))
                after = _rows()
                if _people() == people and all(before[table] <= rows for table, rows in after.items()):
                    added = {table: rows - before[table] for table, rows in after.items()}
                    _made[ground] = (added, answer)
                    if shared:
                        (shared / ground).write_bytes(pickle.dumps(_made[ground]))
            if copy and ground in _made and not copy.exists():
                copy_all(copy)
        forget_what_was_read()
        return pickle.loads(answer)  # type: ignore[no-any-return]  # noqa: S301 # pickled above

    return make_or_put_back


@contextmanager
def _alone_with(ground: str) -> Iterator[None]:
    """Whoever comes while another worker makes the same waits for it, and finds it then."""
    if shared is None or ground in _made:
        yield
        return
    made = shared / ground
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if made.exists():
            _made[ground] = pickle.loads(made.read_bytes())  # noqa: S301 # pickled above
        yield


def copied(name: str) -> Path | None:
    """Where a copy of the whole database is or will be; none where the database is no file."""
    return _copies() / f"{name}.sqlite3" if connection.vendor == "sqlite" else None


@functools.cache
def _copies() -> Path:
    if shared:
        return shared
    own = Path(tempfile.mkdtemp(prefix="procedures-remembered-"))
    atexit.register(shutil.rmtree, own, ignore_errors=True)
    return own


def copy_all(copy: Path) -> None:
    """Under its name when it is whole: another worker may look for it meanwhile."""
    connection.ensure_connection()
    begun = copy.with_suffix(f".{os.getpid()}")
    with closing(sqlite3.connect(begun)) as there:
        connection.connection.backup(there)
    begun.replace(copy)


def put_back_all(copy: Path) -> None:
    connection.ensure_connection()
    with closing(sqlite3.connect(copy)) as there:
        there.backup(connection.connection)


def _people() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, username, first_name, last_name FROM auth_user ORDER BY id")
        people: list[tuple[Any, ...]] = cursor.fetchall()
    return people


def _ground(make: Callable[..., Any], given: Any, before: Rows, people: list[tuple[Any, ...]]) -> str:
    # A new hour makes it anew: a manual is young, whatever the clock of a test says.
    hour = int(time.time() // 3600)
    there = {table: sorted(rows, key=repr) for table, rows in before.items() if rows}
    said = (make.__module__, make.__qualname__, _named(given), hour, people, there)
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _named(given: Any) -> Any:
    """What a fixture was given, in words that are the same for the same rows."""
    if isinstance(given, models.Model):
        return given._meta.label, given.pk
    if isinstance(given, dict):
        return [(key, _named(value)) for key, value in given.items()]
    if isinstance(given, (list, tuple)):
        return [_named(value) for value in given]
    return given


def _tables() -> Iterable[str]:
    """Editions come last: the guards let nothing be added to one that is in force."""
    tables = {model._meta.db_table for model in _models()} - {Edition._meta.db_table}
    return [*sorted(tables), *OF_SEARCH, Edition._meta.db_table]


def _models() -> list[type[models.Model]]:
    return list(apps.get_app_config("manual").get_models(include_auto_created=True))


@functools.cache
def _columns(table: str) -> str:
    """By name and in a fixed order: a test that takes a migration back and forth leaves a table with another one."""
    if table == "manual_search" and connection.vendor == "sqlite":
        return "rowid, title, heading, body, anchor, number, stems"
    if table == "manual_search_names":
        return "rowid, title, heading, mark"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} LIMIT 0")
        names = sorted(column[0] for column in cursor.description)
    return ", ".join(connection.ops.quote_name(name) for name in names)


def _rows() -> Rows:
    """Of every table. Most are empty: all are asked that at once."""
    tables = list(_tables())
    found: Rows = {table: set() for table in tables}
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"EXISTS (SELECT 1 FROM {table})" for table in tables))
        for table, there in zip(tables, cursor.fetchone(), strict=True):
            if there:
                cursor.execute(f"SELECT {_columns(table)} FROM {table}")
                found[table] = {tuple(map(_kept, row)) for row in cursor.fetchall()}
    return found


def _kept(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _put_back(added: Rows) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table, rows in added.items():
            for some in _batches(list(rows)):
                row = f"({', '.join(['%s'] * len(some[0]))})"
                cursor.execute(
                    f"INSERT INTO {table} ({_columns(table)}) VALUES {', '.join([row] * len(some))}",
                    [value for values in some for value in values],
                )
        # Keys that another worker's tables gave are not given again.
        filled = [model for model in _models() if added[model._meta.db_table]]
        for statement in connection.ops.sequence_reset_sql(no_style(), filled):
            cursor.execute(statement)


def _batches(rows: list[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """One statement takes many rows, but not any number."""
    for begin in range(0, len(rows), 100):
        yield rows[begin : begin + 100]
