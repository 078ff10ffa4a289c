"""A small made-up manual as files, and a manual in the database as plain values to be compared."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import models, transaction

from manual.models import (
    Amendment,
    Chapter,
    Definition,
    Document,
    DocumentVersion,
    Edition,
    Entry,
    Keyword,
    Manual,
    Place,
    Section,
    StoredFile,
    Synonym,
)


def dedent(text: str) -> str:
    """YAML as it stands in a file, from where it stands in a test."""
    return textwrap.dedent(text).lstrip("\n")


ONE, TWO, THREE = "editions/0001-2100-03-01", "editions/0002-2100-05-11", "editions/0003-2100-06-08"

MANUAL = dedent("""
    title: Procedures of the Isle
    board: The board of the isle
    sample: true
    areas:
      north: North
      south: South
    contacts: contacts
    """)
EDITION_1 = dedent("""
    kind: ordinary
    name: First edition
    effective: 2100-03-01T00:00:00+00:00
    published: 2100-02-22T10:30:00+00:00
    contents:
      - guide (unnumbered)
      - core:
        - referrals:
          - form (unnumbered)
        - visits
      - contacts
    """)
EDITION_2 = dedent("""
    kind: urgent
    effective: 2100-05-11T00:00:00+01:00
    published: 2100-05-07T16:15:00+01:00
    notes: Infants are seen at once.
    """)


def front(text: str = "", **keys: str) -> str:
    """A chapter's file. Values are written as they are given."""
    keys = {"title": "Untitled", "significance": "new", "note": "First published."} | keys
    lines = "".join(f"{key}: {value}\n" for key, value in keys.items() if value)
    return f"---\n{lines}---\n" + (f"\n{text}\n" if text else "")


REFERRALS = """Refer at once.

## By telephone {: #by-telephone }

Ring the number under [](chapter:contacts#urgent).

## In writing {: #in-writing }

Use the [form](chapter:form). A [section 47 enquiry](keyword:enquiry) may follow."""

SYNONYMS = dedent("""
    # As editors write it: a dump loses this line.
    - [social worker, SW]
    - {words: [front door, MASH, "no, yes"], note: "North: MASH. South: front door."}
    """)

FIRST = {
    "manual.yaml": MANUAL,
    "synonyms.yaml": SYNONYMS,
    f"{ONE}/edition.yaml": EDITION_1,
    f"{ONE}/chapters/core.md": front(kind="part", title="Core"),
    f"{ONE}/chapters/guide.md": front(
        "Look in [](chapter:referrals#by-telephone).", kind="chapter", title="Guide"
    ),
    f"{ONE}/chapters/referrals.md": front(REFERRALS, kind="chapter", title="Referrals"),
    f"{ONE}/chapters/form.md": front(
        "The form.", kind="link", title="Form", link="https://www.example.org/form"
    ),
    f"{ONE}/chapters/visits.md": front(
        "Visit.\n\n!!! north\n\n    Only in the north.",
        kind="chapter",
        title="Visits",
        areas="[north]",
        keywords_off="[enquiry]",
        status="guidance",
    ),
    f"{ONE}/chapters/contacts.md": front(
        "## Urgent {: #urgent }\n\n999\n\n## Later {: #later }\n\n01632 960001",
        kind="chapter",
        title="Contacts",
    ),
    f"{ONE}/keywords.yaml": dedent("""
        enquiry:
          name: Section 47 enquiry
          also: [s47, "yes"]
          meaning: What the authority does. Read [](chapter:referrals).
          see_also: [harm]
          note: First published.
        harm:
          name: Harm
          meaning: Ill-treatment.
        """),
}
SECOND = FIRST | {
    f"{TWO}/edition.yaml": EDITION_2,
    f"{TWO}/chapters/visits.md": front(
        "Visit.\n\n!!! north\n\n    Only in the north.", title="Visits", significance="withdrawn", note="Has ended.",
        successor="referrals",
    ),
    f"{TWO}/chapters/infants.md": front(
        "See them at once.", kind="chapter", title="Infants", under="core", numbered="false"
    ),
}  # fmt: skip
THIRD = SECOND | {
    f"{THREE}/edition.yaml": dedent("""
        kind: ordinary
        effective: 2100-06-08T09:30:00+01:00
        published: 2100-06-05T09:00:00+01:00
        law_stated_as_at: 2100-06-01
        contents:
          - core:
            - infants
            - referrals
          - contacts:
            - form
          - guide (unnumbered)
        """),
    f"{THREE}/chapters/infants.md": front(
        "See them at once.\n\nAnd again.", title="Infants and visits", significance="amended", note="Twice now."
    ),
    f"{THREE}/keywords.yaml": dedent("""
        harm:
          name: Harm
          meaning: Ill-treatment or neglect.
          note: Neglect is named.
          approved: 2100-06-01T12:00:00.000001+01:00
        """),
}  # fmt: skip


def lay(folder: Path, files: Mapping[str, str | bytes | None]) -> Path:
    """Write files into a folder, which is returned; `None` leaves one out."""
    for name, text in files.items():
        if text is None:
            continue
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, str):
            text = text.encode()
        path.write_bytes(text)
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@contextmanager
def another_database() -> Iterator[None]:
    """What is done inside is undone at the end, so that the database is as empty as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# What belongs to a database, to the people who use it, or to the moment of loading.
NOT_CONTENT = {
    "id", "author", "approver", "self_approved", "created_at", "submitted_at", "published_by", "stamp",
    "tree_id", "lft", "rght", "level", "revision", "changed_at", "made_at", "made_by", "taken_out_at",
}  # fmt: skip


def the_manual() -> dict[str, Any]:
    """Every stored field of what was published, with names instead of keys."""
    published = Amendment.objects.filter(status="published")
    defined = Definition.objects.filter(status="published")
    filed = DocumentVersion.objects.filter(status="published")
    in_order = ("amendment__chapter__slug", "amendment__sequence", "position")
    names: dict[type[models.Model], dict[Any, Any]] = {
        Chapter: dict(Chapter.objects.values_list("pk", "slug")),
        Keyword: dict(Keyword.objects.values_list("pk", "slug")),
        Document: dict(Document.objects.values_list("pk", "slug")),
        StoredFile: {pk: bytes(content) for pk, content in StoredFile.objects.values_list("pk", "content")},
        DocumentVersion: {pk: name for pk, *name in filed.values_list("pk", "document__slug", "sequence")},
        Edition: dict(Edition.objects.values_list("pk", "number")),
        Amendment: {pk: name for pk, *name in published.values_list("pk", "chapter__slug", "sequence")},
        Definition: {pk: name for pk, *name in defined.values_list("pk", "keyword__slug", "sequence")},
    }

    def values(rows: models.QuerySet[Any], *more: str) -> list[dict[str, Any]]:
        fields = [
            field for field in rows.model._meta.concrete_fields if field.name not in NOT_CONTENT - {*more}
        ]
        return [
            {
                field.name: names[field.related_model].get(value) if field.is_relation else value
                for field, value in zip(fields, row, strict=True)
            }
            for row in rows.values_list(*(field.attname for field in fields))
        ]

    return {
        "manual": values(Manual.objects.all()),
        "editions": values(Edition.objects.published()),
        "entries": values(Entry.objects.order_by("edition__number", "position"), "level"),
        "places": values(Place.objects.order_by("edition__number", "position")),
        "amendments": values(published.order_by("chapter__slug", "sequence")),
        "sections": values(Section.objects.filter(amendment__in=published).order_by(*in_order), "level"),
        "definitions": values(defined.order_by("keyword__slug", "sequence")),
        "documents": values(filed.order_by("document__slug", "sequence")),
        "synonyms": values(Synonym.objects.live()),
        "tree": values(Chapter.objects.in_order()),
    }
