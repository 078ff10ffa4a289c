"""Triggers that keep the past as it was: the database itself refuses to change what is in force.

They read the database's own clock. What may change for ever: stored HTML and sections (made from the frozen text),
and editions that have not taken effect yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connections

from manual.models.amendment import Amendment
from manual.models.document import DocumentVersion
from manual.models.keyword import Definition

CLOCK = {
    "postgresql": "clock_timestamp()",
    # As Django writes moments on SQLite: text, in UTC, to be compared as text.
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now')",
}
DIFFERS = {"postgresql": "IS DISTINCT FROM", "sqlite": "IS NOT"}
AGREED = "('approved', 'published')"

Guard = tuple[str, str, str, str, str]


def _guards(vendor: str) -> Iterator[Guard]:
    """Each as name, table, event, condition in SQL, and what the database says."""

    def in_force(edition: str) -> str:
        return (
            f"EXISTS (SELECT 1 FROM manual_edition AS e WHERE e.id = {edition} "  # noqa: S608 # our own words
            f"AND e.published_at IS NOT NULL AND e.effective_at <= {CLOCK[vendor]})"
        )

    def changed(columns: Any) -> str:
        return " OR ".join(f"OLD.{column} {DIFFERS[vendor]} NEW.{column}" for column in columns)

    for model, noun in (
        (Amendment, "an amendment"), (Definition, "a definition"), (DocumentVersion, "a version of a document"),
    ):  # fmt: skip
        table = model._meta.db_table
        yield (
            f"{table}_frozen", table, "UPDATE",
            f"OLD.status IN {AGREED} AND ({changed(model.FROZEN)})",
            f"the text of {noun} is frozen once approved",
        )  # fmt: skip
        yield (
            f"{table}_added", table, "INSERT", in_force("NEW.edition_id"),
            f"{noun} is not added to an edition in force",
        )  # fmt: skip
        place = ("edition_id", "sequence", "status", "approver_id", "approved_at", "self_approved")
        yield (
            f"{table}_in_force", table, "UPDATE",
            f"({in_force('OLD.edition_id')} OR {in_force('NEW.edition_id')}) AND ({changed(place)})",
            f"{noun} of an edition in force does not change",
        )  # fmt: skip
        yield (
            f"{table}_kept", table, "DELETE",
            f"OLD.status IN {AGREED}",
            f"{noun} that was approved is not deleted",
        )  # fmt: skip
    for table, noun in (("manual_entry", "the contents"), ("manual_place", "the arrangement")):
        says = f"{noun} of an edition in force does not change"
        yield f"{table}_added", table, "INSERT", in_force("NEW.edition_id"), says
        yield (
            f"{table}_changed", table, "UPDATE",
            f"{in_force('OLD.edition_id')} OR {in_force('NEW.edition_id')}", says,
        )  # fmt: skip
        yield f"{table}_removed", table, "DELETE", in_force("OLD.edition_id"), says
    for event in ("UPDATE", "DELETE"):
        yield (
            f"manual_edition_{event.lower()}", "manual_edition", event,
            f"OLD.published_at IS NOT NULL AND OLD.effective_at <= {CLOCK[vendor]}",
            "an edition in force does not change",
        )  # fmt: skip
        yield (
            f"manual_event_{event.lower()}", "manual_event", event, "1 = 1",
            "an event is never changed",
        )  # fmt: skip
    carried = (
        f"EXISTS (SELECT 1 FROM manual_entry AS n JOIN manual_edition AS e ON e.id = n.edition_id "  # noqa: S608
        f"WHERE n.chapter_id = OLD.id AND e.published_at IS NOT NULL AND e.effective_at <= {CLOCK[vendor]})"
    )
    yield (
        "manual_chapter_permanent", "manual_chapter", "UPDATE",
        f"({changed(('slug', 'kind'))}) AND {carried}",
        "the address and kind of a chapter that has been in force are permanent",
    )  # fmt: skip
    yield (
        "manual_storedfile_permanent", "manual_storedfile", "UPDATE", "1 = 1",
        "a stored file is never changed",
    )  # fmt: skip
    issued = (
        "EXISTS (SELECT 1 FROM manual_documentversion AS v "
        "WHERE v.document_id = OLD.id AND v.status = 'published')"
    )
    yield (
        "manual_document_permanent", "manual_document", "UPDATE",
        f"({changed(('slug',))}) AND {issued}",
        "the address of a document that has been published is permanent",
    )  # fmt: skip
    defined = (
        "EXISTS (SELECT 1 FROM manual_definition AS d WHERE d.keyword_id = OLD.id AND d.status = 'published')"
    )
    yield (
        "manual_keyword_permanent", "manual_keyword", "UPDATE",
        f"({changed(('slug',))}) AND {defined}",
        "the address of a keyword that has been published is permanent",
    )  # fmt: skip


def make(using: str = "default") -> None:
    """Put the guards up, if the tables are there."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    drop(using)
    with connection.cursor() as cursor:
        for name, table, event, condition, says in _guards(connection.vendor):
            if table not in tables:
                continue
            says = says[0].upper() + says[1:]
            if connection.vendor == "sqlite":
                cursor.execute(
                    f"CREATE TRIGGER guard_{name} BEFORE {event} ON {table} FOR EACH ROW WHEN {condition} "
                    f"BEGIN SELECT RAISE(ABORT, '{says}.'); END"
                )
            else:
                cursor.execute(
                    f"CREATE OR REPLACE FUNCTION guard_{name}() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN "
                    f"IF {condition} THEN RAISE EXCEPTION '{says}.' USING ERRCODE = 'integrity_constraint_violation'; "
                    f"END IF; RETURN {'OLD' if event == 'DELETE' else 'NEW'}; END $guard$"
                )
                cursor.execute(
                    f"CREATE TRIGGER guard_{name} BEFORE {event} ON {table} "
                    f"FOR EACH ROW EXECUTE FUNCTION guard_{name}()"
                )


def drop(using: str = "default") -> None:
    """Take the guards down: for a migration, or a test that empties the tables."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for name, table, *_rest in _guards(connection.vendor):
            if connection.vendor == "sqlite":
                cursor.execute(f"DROP TRIGGER IF EXISTS guard_{name}")
            elif table in tables:
                cursor.execute(f"DROP TRIGGER IF EXISTS guard_{name} ON {table}")


def drop_before_migrating(using: str, **_kwargs: Any) -> None:
    drop(using)


def make_after_migrating(using: str, **_kwargs: Any) -> None:
    make(using)
