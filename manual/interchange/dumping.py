"""From a manual to its content folder: the inverse of loading."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from manual.interchange import (
    agreement,
    document_file,
    edition_file,
    keyword_file,
    manual_file,
    synonyms_file,
)
from manual.interchange.chapter_file import ChapterFile
from manual.interchange.document_file import DocumentEntry
from manual.interchange.edition_file import EditionFile, Spot, folder_name
from manual.interchange.folder import CHAPTERS, EDITIONS
from manual.interchange.keyword_file import KeywordEntry
from manual.interchange.manual_file import ManualFile
from manual.interchange.mistakes import DumpRefused
from manual.interchange.progress import Progress, Step
from manual.interchange.synonyms_file import SynonymSet
from manual.models import (
    Amendment,
    Chapter,
    Definition,
    DocumentVersion,
    Edition,
    Entry,
    Manual,
    Significance,
    Status,
    StoredFile,
    Synonym,
    manual_lock,
)


@dataclass
class Dumped:
    """What was written, and how many versions were not, because no edition has published them."""

    editions: int = 0
    amendments: int = 0
    definitions: int = 0
    documents: int = 0
    synonyms: int = 0
    left_out: int = 0


def dump(folder: Path | str, *, progress: Progress | None = None) -> Dumped:
    """Write every published edition, scheduled ones too, into a folder that is empty or not there yet.

    The same manual gives the same bytes. Drafts, users, events and synonyms that were taken out are no part of it; nor
    are the places that an arrangement keeps for chapters which its edition does not show, nor a successor,
    counterpart or keyword that no edition has. Raises DumpRefused; then nothing is left behind.
    """
    target = Path(folder).resolve()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise DumpRefused(
            f"{folder} is not an empty folder. Name one that is empty, or that does not exist yet."
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        raise DumpRefused(f"{folder} cannot be written: {error.strerror}.") from error
    try:
        with manual_lock():
            dumped = _Dump(made, progress).write()
        made.chmod(0o777 & ~_umask())
        if target.exists():
            target.rmdir()
        made.rename(target)
    except OSError as error:
        shutil.rmtree(made, ignore_errors=True)
        raise DumpRefused(f"{folder} cannot be written: {error.strerror}.") from error
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return dumped


def _umask() -> int:
    """What new files are not permitted; it can only be read by setting it."""
    umask = os.umask(0o077)
    os.umask(umask)
    return umask


class _Dump:
    def __init__(self, folder: Path, progress: Progress | None) -> None:
        self.folder = folder
        self.progress = progress
        self.slugs: dict[int, str] = dict(Chapter.objects.values_list("pk", "slug"))
        self.kinds: dict[int, str] = dict(Chapter.objects.values_list("pk", "kind"))
        # Chapters that any edition has; those that editions have carried so far; those that stand in the last one.
        published = Amendment.objects.published().values_list("chapter_id", flat=True)
        self.published: set[int] = set(published)
        defined = Definition.objects.published().values_list("keyword__slug", flat=True)
        self.defined: set[str] = set(defined)
        self.carried: set[int] = set()
        self.in_place: set[int] = set()

    def write(self) -> Dumped:
        dumped = Dumped()
        self._file(manual_file.NAME, ManualFile.of(Manual.objects.current()).write())
        dumped.synonyms = self._synonyms()
        for edition in Edition.objects.published():
            dumped.editions += 1
            dumped.amendments += self._edition(edition)
            dumped.definitions += self._keywords(edition)
            dumped.documents += self._documents(edition)
        given_up = (Status.PUBLISHED, Status.ABANDONED)
        for model in (Amendment, Definition, DocumentVersion):
            dumped.left_out += model._default_manager.exclude(status__in=given_up).count()
        return dumped

    def _synonyms(self) -> int:
        sets = [SynonymSet(synonym.forms, synonym.note) for synonym in Synonym.objects.live()]
        if sets:
            self._file(synonyms_file.NAME, synonyms_file.write(sets))
        return len(sets)

    def _edition(self, edition: Edition) -> int:
        entries = list(Entry.objects.filter(edition=edition, gone=False).order_by("position"))
        spots = {
            entry.chapter_id: Spot(
                self.slugs[entry.chapter_id], self.slugs.get(entry.parent_id or 0), entry.numbered
            )
            for entry in entries
        }
        # Sorted here: a database sorts as its language does.
        amendments = sorted(
            edition.amendments.filter(status=Status.PUBLISHED).defer("html"),
            key=lambda amendment: self.slugs[amendment.chapter_id],
        )
        arriving = [entry for entry in entries if entry.chapter_id not in self.in_place]
        says = EditionFile(
            kind=edition.kind,
            effective=edition.effective_at,
            published=edition.published_at,
            name=edition.name,
            notes=edition.notes,
            law_stated_as_at=edition.law_stated_as_at,
            **agreement.of(edition),
            new=() if edition.rearranges else self._order_of(arriving),
            contents=list(spots.values()) if edition.rearranges else None,
        )
        name = self._name(edition)
        self._file(f"{name}/{edition_file.NAME}", says.write())
        before = set(self.carried)
        self.carried |= {amendment.chapter_id for amendment in amendments}
        for done, amendment in enumerate(amendments, start=1):
            file = self._chapter(amendment, edition, first=amendment.chapter_id not in before)
            self._file(f"{name}/{CHAPTERS}/{file.slug}.md", file.write())
            if self.progress:
                self.progress(Step("Writing", f"edition {edition.number}", done, len(amendments)))
        self.in_place = set(spots)
        return len(amendments)

    def _order_of(self, arriving: Sequence[Entry]) -> list[tuple[str, None]]:
        """The order of new chapters, if it shows and is not that of the alphabet."""
        children: dict[int | None, list[str]] = {}
        for entry in arriving:
            children.setdefault(entry.parent_id, []).append(self.slugs[entry.chapter_id])
        if all(siblings == sorted(siblings) for siblings in children.values()):
            return []
        return [(self.slugs[entry.chapter_id], None) for entry in arriving]

    def _chapter(self, amendment: Amendment, edition: Edition, *, first: bool) -> ChapterFile:
        chapter = amendment.chapter_id
        # Where the edition has contents, these say where a new chapter stands; of others it means nothing.
        placed = amendment.significance == Significance.NEW and not edition.rearranges
        return ChapterFile(
            slug=self.slugs[chapter],
            kind=self.kinds[chapter] if first else "",
            title=amendment.title,
            significance=amendment.significance,
            note=amendment.note,
            areas=amendment.areas,
            remark=amendment.remark,
            label=amendment.label,
            link=amendment.link,
            status=amendment.passage_status,
            counterpart=self._slug(amendment.counterpart_id, self.published),
            successor=self._slug(amendment.successor_id, self.published),
            numbering=amendment.numbering,
            keywords_off=[slug for slug in amendment.keywords_off if slug in self.defined],
            under=self._slug(amendment.under_id, self.carried) if placed else "",
            numbered=amendment.numbered or not placed,
            approved=amendment.approved_at if amendment.approved_at != edition.published_at else None,
            **agreement.of(amendment),
            text=amendment.text,
        )

    def _slug(self, chapter: int | None, among: set[int]) -> str:
        return self.slugs[chapter] if chapter is not None and chapter in among else ""

    def _keywords(self, edition: Edition) -> int:
        definitions = edition.definitions.filter(status=Status.PUBLISHED).select_related("keyword")
        entries = [
            KeywordEntry(
                slug=definition.keyword.slug,
                name=definition.name,
                meaning=definition.meaning,
                also=definition.also,
                see_also=definition.see_also,
                note=definition.note,
                approved=definition.approved_at if definition.approved_at != edition.published_at else None,
                **agreement.of(definition),
            )
            for definition in definitions
        ]
        if entries:
            entries.sort(key=lambda entry: entry.slug)
            self._file(f"{self._name(edition)}/{keyword_file.NAME}", keyword_file.write(entries))
        return len(entries)

    def _documents(self, edition: Edition) -> int:
        versions = edition.documentversions.filter(status=Status.PUBLISHED).select_related("document")
        entries = []
        for version in versions:
            stored = document_file.stored_name(version)
            entries.append(
                DocumentEntry(
                    slug=version.document.slug,
                    title=version.title,
                    stored=stored,
                    filename=version.filename,
                    description=version.description,
                    note=version.note,
                    approved=version.approved_at if version.approved_at != edition.published_at else None,
                    **agreement.of(version),
                )
            )
            # One at a time: all the files of an edition together may be larger than the machine's memory.
            content = bytes(StoredFile.objects.get(pk=version.file_id).content)
            self._bytes(f"{self._name(edition)}/{document_file.FOLDER}/{stored}", content)
        if entries:
            entries.sort(key=lambda entry: entry.slug)
            self._file(f"{self._name(edition)}/{document_file.NAME}", document_file.write(entries))
        return len(entries)

    def _name(self, edition: Edition) -> str:
        if not edition.number or not edition.effective_at:
            raise DumpRefused(f"{edition} is not published.")
        return f"{EDITIONS}/{folder_name(edition.number, edition.effective_at)}"

    def _file(self, name: str, text: str) -> None:
        self._bytes(name, text.encode())

    def _bytes(self, name: str, content: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
