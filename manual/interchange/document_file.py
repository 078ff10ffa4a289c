"""`documents.yaml`: the forms, files and pictures that an edition brings or changes. Their bytes are in `documents/`.

A document is written by its address, so that no two of an edition have the same file there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from django.db.models import Field

from manual.interchange import agreement, yaml_style
from manual.interchange.upload import Upload, tidy_name
from manual.interchange.yaml_source import Fields, Source, wrong_with_slug
from manual.models import DocumentVersion
from manual.models.file_kind import kind_of

NAME = "documents.yaml"
FOLDER = "documents"


@dataclass(frozen=True)
class DocumentEntry:
    """A version of a document. `stored` is the name of its file in the folder, `filename` what readers save it as.

    `approved` is None where that was when the edition was published; `upload` is None where the file cannot be taken,
    and holds no bytes: `fetch` reads them when they are needed.
    """

    slug: str
    title: str
    stored: str
    filename: str
    description: str = ""
    note: str = ""
    approved: datetime | None = None
    agreed_by: str = ""
    agreed_on: date | None = None
    minute: str = ""
    upload: Upload | None = field(default=None, compare=False)
    fetch: Callable[[], bytes] | None = field(default=None, compare=False, repr=False)
    file: str = field(default="", compare=False)
    lines: dict[str, int | None] = field(default_factory=dict, compare=False)

    @classmethod
    def read(cls, slug: str, fields: Fields) -> DocumentEntry:
        stored = fields.text("file", required=True)
        found = cls(
            slug=slug,
            title=fields.text("title", required=True, field=_field("title")),
            stored=stored,
            filename=fields.text("filename", field=_field("filename")) or stored,
            description=fields.text("description"),
            note=fields.text("note"),
            approved=fields.moment("approved"),
            **agreement.read(fields, DocumentVersion),
            file=fields.source.file,
            lines={key: fields.line(key) for key in ("title", "file", "filename", "description")},
        )
        fields.finish()
        if stored and ("/" in stored or stored.startswith(".") or tidy_name(stored) != stored):
            fields.fault(
                "file",
                f"`file` is “{stored[:100]}”, which is no name of a file in {FOLDER}/.",
                "Name it for example referral-form.docx.",
            )
        elif found.filename and tidy_name(found.filename) != found.filename:
            fields.fault(
                "filename",
                f"`filename` is “{found.filename[:100]}”, which no file can be saved as everywhere.",
                f"Write for example “{tidy_name(found.filename)}”.",
            )
        return found

    def write(self) -> str:
        lines = [
            f"{yaml_style.word(self.slug)}:",
            f"  title: {yaml_style.word(self.title)}",
            f"  file: {yaml_style.word(self.stored)}",
        ]
        if self.filename != self.stored:
            lines.append(f"  filename: {yaml_style.word(self.filename)}")
        if self.description:
            lines.append(f"  description: {yaml_style.passage(self.description, '    ')}")
        if self.note:
            lines.append(f"  note: {yaml_style.passage(self.note, '    ')}")
        if self.approved:
            lines.append(f"  approved: {yaml_style.moment(self.approved)}")
        lines += agreement.lines(self, "  ")
        return "\n".join(lines) + "\n"


def _field(name: str) -> Field[Any, Any]:
    return cast("Field[Any, Any]", DocumentVersion._meta.get_field(name))


def stored_name(version: DocumentVersion) -> str:
    """The name of its file in the folder: that of its address, with what it is."""
    return f"{version.document.slug}{kind_of(version.media_type).extension}"


def read(text: str, source: Source) -> list[DocumentEntry]:
    """Every document of the file that could be read."""
    whole = source.fields(text, NAME)
    found: list[DocumentEntry] = []
    if whole is None:
        return found
    for slug in whole.keys:
        if wrong := wrong_with_slug(slug):
            whole.fault(slug, f"The document “{slug}” {wrong}.")
        elif whole.take(slug) is None:
            whole.fault(slug, f"The document “{slug}” has neither title nor file.", "Indent them under it.")
        elif fields := whole.mapping(slug):
            found.append(DocumentEntry.read(slug, fields))
    return found


def write(entries: Iterable[DocumentEntry]) -> str:
    return "\n".join(entry.write() for entry in entries)
