"""A large manual with a long past, 50 editions of 1,000 chapters, for counting what a page asks of the database.

The verbs make what the pages are about: the first edition and the newest ones. Chapters that are alike and editions
that change one of them are rows copied in bulk from those; the verbs build on them in the end, so they have to fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import time_machine
from django.core.cache import cache
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from manual import search, workflow
from manual.models import (
    Amendment,
    Chapter,
    Contents,
    Edition,
    Entry,
    Glossary,
    Library,
    Manual,
    Reference,
    Section,
    Significance,
)
from tests.manual_maker import DAY, FAR_AHEAD, agreed, filed, grow, meaning

CHAPTERS = 1_000
EDITIONS = 50
MOST_QUERIES = 12  # of a first reading
# All of it is past then; the guards of the database read their own clock, and let rows be copied.
READ_AT = FAR_AHEAD + 365 * DAY

TEXT = """
See [](chapter:assessment), [](chapter:assessment#section), [the form](document:form) and the LADO.

!!! include chapter:contacts#urgent-help

## Section {: #section }

Words about core groups and zebras.
"""
CONTACTS = "## Urgent help {: #urgent-help }\n\n- **Immediate danger:** 999\n"
OUTLINE = """
core
    referral
    assessment
    old-ways
    late
    contacts
    amendments
alike
    alike-0
"""


@contextmanager
def a_large_manual() -> Iterator[list[Edition]]:
    """Its editions in their order, read a year after the first.

    The last five, by the verbs: referral and LADO amended, old-ways withdrawn, late new, referral moved to the end and
    amended, assessment corrected. `alike-1` … are alike; edition n + 1 amends `alike-n`.
    """
    Manual(title="Large", board="Board", contacts="contacts", quick_guide="amendments").save()
    chapters = grow(OUTLINE)
    texts = {"contacts": CONTACTS, "amendments": "!!! changes all\n", "core": "", "alike": ""}
    first = [
        agreed(chapter, text=texts.get(slug, TEXT)) for slug, chapter in chapters.items() if slug != "late"
    ]
    keywords = [meaning("lado", name="LADO"), meaning("core-group", name="Core group")]
    publish(0, amendments=first, definitions=keywords, documents=[filed("form")], rearrange=True)
    fill(Edition.objects.get(), Chapter.objects.get(slug="alike-0"))
    for n in range(1, EDITIONS - 5):
        copy(Edition.objects.get(number=n), n)
    referral, moved = chapters["referral"], Chapter.objects.get(slug="referral")
    last = EDITIONS - 5
    publish(
        last,
        amendments=[agreed(referral, text=TEXT + "\nOne hour.\n")],
        definitions=[meaning("lado", name="LADO")],
    )
    withdrawal = agreed(chapters["old-ways"], significance="withdrawn", successor=referral)
    publish(last + 1, amendments=[withdrawal], kind="urgent")
    publish(last + 2, amendments=[agreed(chapters["late"], text=TEXT)])
    moved.move(after=chapters["contacts"])
    publish(last + 3, amendments=[agreed(referral, text=TEXT + "\nTwo hours.\n")], rearrange=True)
    slip = agreed(chapters["assessment"], text=TEXT + "\nPut right.\n", significance="correction")
    publish(last + 4, amendments=[slip], kind="correction")
    with connection.cursor() as cursor:
        # What PostgreSQL does by itself soon after a large change, but not for rows that are not committed yet.
        cursor.execute("ANALYZE")
    with time_machine.travel(READ_AT, tick=False):
        yield list(Edition.objects.published())


def queries_of(address: str, client: Client | None = None) -> int:
    """Of a first reading: nothing is remembered yet."""
    forget_everything()
    with CaptureQueriesContext(connection) as captured:
        response = (client or Client()).get(address)
    assert response.status_code in (200, 404), f"{address} answers {response.status_code}"
    # What frames a part of a transaction reads nothing.
    return len(
        [query for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "SET LOCAL"))]
    )


def forget_everything() -> None:
    Contents.forget()
    Glossary.forget()
    Library.forget()
    cache.clear()


def publish(n: int, **contents: Any) -> Edition:
    """By the verb, on the nth day."""
    return workflow.publish(by=None, at=day(n), **contents).edition


def day(n: int) -> datetime:
    return FAR_AHEAD + n * DAY


def fill(edition: Edition, first: Chapter) -> None:
    """Chapters like the last one of the contents, after it, until there are enough."""
    wanted = CHAPTERS - Chapter.objects.count()
    chapters = chapters_like(first, [f"alike-{n}" for n in range(1, wanted + 1)])
    text = first.amendments.get()
    texts = amendments_like(text, [{"chapter": each, "title": each.slug.capitalize()} for each in chapters])
    search.index(texts[:100])
    entry = Entry.objects.get(edition=edition, chapter=first)
    stem = entry.number.rpartition(".")[0]
    Entry.objects.bulk_create(
        copied(
            entry, chapter=chapter, amendment=amendment, position=entry.position + n, number=f"{stem}.{n + 1}"
        )
        for n, (chapter, amendment) in enumerate(zip(chapters, texts, strict=True), start=1)
    )


def copy(before: Edition, n: int) -> None:
    """An edition like the one before it, but for the nth of the chapters that are alike."""
    edition = Edition.objects.create(number=n + 1, effective_at=day(n), published_at=day(n), kind=before.kind)
    text = Amendment.objects.get(chapter__slug=f"alike-{n}")
    (changed,) = amendments_like(
        text, [{"edition": edition, "sequence": 2, "based_on": text, "significance": Significance.AMENDED}]
    )
    search.index([changed])
    columns = ", ".join(
        field.column for field in Entry._meta.local_fields if field.name not in ("id", "edition")
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO manual_entry (edition_id, {columns}) "
            f"SELECT %s, {columns} FROM manual_entry WHERE edition_id = %s",
            [edition.pk, before.pk],
        )
    Entry.objects.filter(edition=edition, chapter=text.chapter_id).update(
        amendment=changed, changed_in=edition
    )


def chapters_like(last: Chapter, slugs: list[str]) -> list[Chapter]:
    """Its copies, which follow it as the last ones of its parent."""
    chapters = Chapter.objects.bulk_create(
        copied(last, slug=slug, lft=last.lft + 2 * n, rght=last.rght + 2 * n)
        for n, slug in enumerate(slugs, start=1)
    )
    Chapter.objects.filter(pk=last.parent_id).update(rght=last.rght + 2 * len(slugs) + 1)
    return chapters


def amendments_like(one: Amendment, others: Iterable[dict[str, Any]]) -> list[Amendment]:
    """Its copies but for some fields each, with sections and references."""
    made = Amendment.objects.bulk_create(copied(one, **fields) for fields in others)
    for model in (Section, Reference):
        rows = list(model.objects.filter(amendment=one))
        model.objects.bulk_create(copied(row, amendment=each) for each in made for row in rows)
    return made


def copied(row: Model, **but: Any) -> Any:
    fields = {field.name: getattr(row, field.attname) for field in row._meta.local_fields}
    keys = {field.attname: fields.pop(field.name) for field in row._meta.local_fields if field.is_relation}
    keys = {key: value for key, value in keys.items() if key.removesuffix("_id") not in but}
    fields.pop("id")
    return type(row)(**{**fields, **keys, **but})
