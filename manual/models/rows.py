"""What every page asks the database, always in the same words: its answer is seldom another than the last one."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)


class SameRows(Generic[M]):
    """The rows of a model that a condition holds for. The database is asked each time, and by one query; only an answer
    that differs from the last one is turned into values anew, which takes longer than to ask.

    Whoever is given a row may change it: it is nobody else's.
    """

    def __init__(
        self, model: type[M], condition: str, *, without: Sequence[str] = (), order: str = ""
    ) -> None:
        self._model = model
        self._condition = condition
        self._without = frozenset(without)
        self._order = order
        # What the database said, and what it means. Replaced as a whole, for threads read it at once.
        self._known: tuple[str, list[tuple[Any, ...]], list[list[Any]]] = ("", [], [])

    @cached_property
    def _fields(self) -> list[models.Field[Any, Any]]:
        return [field for field in self._model._meta.concrete_fields if field.name not in self._without]

    @cached_property
    def _sql(self) -> str:
        return (
            f"SELECT {', '.join(str(field.column) for field in self._fields)} "  # noqa: S608 # our own names
            f"FROM {self._model._meta.db_table} WHERE {self._condition}"
            + (f" ORDER BY {self._order}" if self._order else "")
        )

    def read(self, *values: object) -> list[M]:
        with connection.cursor() as cursor:
            cursor.execute(self._sql, [connection.ops.adapt_unknown_value(value) for value in values])
            rows = cursor.fetchall()
        vendor, known, meant = self._known
        if rows != known or vendor != connection.vendor:
            meant = [_meant(self._fields, row) for row in rows]
            self._known = connection.vendor, rows, meant
        names = [field.attname for field in self._fields]
        return [
            self._model.from_db(
                connection.alias,
                names,
                [deepcopy(value) if isinstance(value, (dict, list)) else value for value in row],
            )
            for row in meant
        ]


def _meant(fields: Sequence[models.Field[Any, Any]], row: Sequence[Any]) -> list[Any]:
    values = []
    for field, value in zip(fields, row, strict=True):
        column = field.get_col(field.model._meta.db_table)
        for convert in (
            *connection.ops.get_db_converters(column),
            *column.get_db_converters(connection),
        ):
            value = convert(value, column, connection)
        values.append(value)
    return values
