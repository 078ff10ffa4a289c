"""What editions changed: every amendment, definition and document with its note, edition by edition."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop

from manual.models.amendment import Amendment, Significance
from manual.models.contents import Contents, Line
from manual.models.document import DocumentVersion
from manual.models.edition import Edition, Entry
from manual.models.keyword import Definition
from manual.models.version import Status, Version

# Before they are translated; pages tell changes apart by them.
WORDS = {
    Significance.NEW: gettext_noop("New"),
    Significance.AMENDED: gettext_noop("Updated"),
    Significance.CORRECTION: gettext_noop("Corrected"),
    Significance.WITHDRAWN: gettext_noop("Withdrawn"),
}


@dataclass(frozen=True)
class Change:
    """One chapter that an edition changed: named and numbered as that edition has it."""

    entry: Entry
    line: Line
    successor: tuple[str, str] | None

    @property
    def amendment(self) -> Amendment:
        return self.entry.amendment

    @property
    def url(self) -> str:
        return self.line.url

    @property
    def number(self) -> str:
        return self.entry.number

    @property
    def number_now(self) -> str:
        """The number it has for the reader, where that is another."""
        return self.line.number if self.line.number != self.entry.number else ""

    @property
    def title(self) -> str:
        return self.entry.amendment.title

    @property
    def word(self) -> str:
        return WORDS[Significance(self.entry.amendment.significance)]


@dataclass
class EditionChanges:
    """What one edition changed. `first` says that everything in it was new."""

    edition: Edition
    first: bool
    url: str = ""
    changes: list[Change] = field(default_factory=list)
    definitions: list[tuple[Definition, str]] = field(
        default_factory=list
    )  # with the addresses of the keywords
    documents: list[tuple[DocumentVersion, str]] = field(default_factory=list)  # with their addresses

    @property
    def is_empty(self) -> bool:
        """It only rearranged the contents."""
        return not (self.changes or self.definitions or self.documents)

    @property
    def groups(self) -> list[tuple[str, list[Change]]]:
        """New, Updated, Corrected and Withdrawn, each with its chapters; empty ones left out."""
        groups = [
            (word, [change for change in self.changes if change.word == word]) for word in WORDS.values()
        ]
        return [(word, changes) for word, changes in groups if changes]

    @property
    def self_approved(self) -> list[str]:
        """What nobody but its author had seen, where the board allows that: by title."""
        versions: list[Version] = [change.amendment for change in self.changes]
        versions += [definition for definition, _address in self.definitions]
        versions += [version for version, _address in self.documents]
        return [version.title_shown for version in versions if version.self_approved]

    @property
    def pages(self) -> int:
        """How many chapters and links it changed."""
        return sum(change.line.is_page for change in self.changes)


def changes(read: Contents, editions: Collection[int] | None = None) -> list[EditionChanges]:
    """What every edition up to the one that is read changed (or only some, by key), newest first. Four queries.

    Addresses lead to the chapters as the reader is reading them.
    """
    if read.listed is not None and editions is None:
        return read.listed
    up_to = Edition.objects.up_to(read.edition).order_by("-effective_at")
    entries = Entry.objects.changed_by_editions(read.edition)
    definitions = Definition.objects.filter(
        status=Status.PUBLISHED, edition__effective_at__lte=read.edition.effective_at
    ).select_related("keyword")
    documents = DocumentVersion.objects.filter(
        status=Status.PUBLISHED, edition__effective_at__lte=read.edition.effective_at
    ).with_size()
    if editions is not None:
        up_to = up_to.filter(pk__in=editions)
        entries = entries.filter(edition__in=editions)
        definitions = definitions.filter(edition__in=editions)
        documents = documents.filter(edition__in=editions)
    found = {
        edition.pk: EditionChanges(edition, first=edition.number == 1, url=read.edition_address(edition))
        for edition in up_to
    }
    for entry in entries:
        line = read.by_chapter.get(entry.chapter_id)
        if not line:
            continue
        successor = None
        if entry.amendment.successor and (after := read.by_slug.get(entry.amendment.successor.slug)):
            successor = (after.name, after.url)
        found[entry.edition_id].changes.append(Change(entry, line, successor))
    for definition in sorted(definitions, key=lambda definition: definition.name.casefold()):
        address = read.keyword_address(definition.keyword.slug)
        found[definition.edition_id].definitions.append((definition, address))
    for document in sorted(documents, key=lambda document: document.title.casefold()):
        address = read.address("document", document.document.slug)
        found[document.edition_id].documents.append((document, address))
    return list(found.values())
