"""The content folder as it lies on disk, read into files that are understood, each mistake noted on the way."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.conf import settings

from manual.interchange import document_file, edition_file, keyword_file, manual_file, synonyms_file
from manual.interchange.chapter_file import ChapterFile
from manual.interchange.document_file import DocumentEntry
from manual.interchange.edition_file import EditionFile
from manual.interchange.keyword_file import KeywordEntry
from manual.interchange.manual_file import ManualFile
from manual.interchange.mistakes import Mistakes
from manual.interchange.synonyms_file import SynonymSet
from manual.interchange.upload import UploadRefused, check, check_size
from manual.interchange.yaml_source import Source, wrong_with_slug

EDITIONS, CHAPTERS = "editions", "chapters"
# A file is held in memory, and no chapter is a hundredth of this.
LARGEST = 8_000_000


@dataclass
class EditionFolder:
    """What stands in the folder of one edition. `unread` are chapters whose file could not be understood."""

    number: int
    path: str
    says: EditionFile
    chapters: list[ChapterFile] = field(default_factory=list)
    keywords: list[KeywordEntry] = field(default_factory=list)
    documents: list[DocumentEntry] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    @property
    def file(self) -> str:
        return f"{self.path}/{edition_file.NAME}"


@dataclass
class ContentFolder:
    manual: ManualFile | None
    editions: list[EditionFolder]
    synonyms: list[SynonymSet] = field(default_factory=list)


def read(
    folder: Path,
    mistakes: Mistakes,
    *,
    known: Collection[int] = (),
    reading: Callable[[str], None] | None = None,
) -> ContentFolder:
    """All of the folder, but for the chapters of editions that are `known`, and for synonyms if any is; `reading`
    hears of each edition.
    """
    reader = _Reader(folder, mistakes)
    text = reader.text(folder / manual_file.NAME)
    manual = ManualFile.read(text, Source(manual_file.NAME, mistakes)) if text is not None else None
    editions = []
    for path, number, day in reader.editions():
        if reading:
            reading(path.name)
        name = f"{EDITIONS}/{path.name}"
        text = reader.text(path / edition_file.NAME)
        says = (
            EditionFile.read(text, Source(f"{name}/{edition_file.NAME}", mistakes))
            if text is not None
            else None
        )
        if says is None:
            says = EditionFile("", None, None)
        elif says.effective and edition_file.local_day(says.effective).isoformat() != day:
            right = edition_file.folder_name(number, says.effective)
            mistakes.fault(
                f"{name}/{edition_file.NAME}", says.lines["effective"],
                f"It takes effect on another day than its folder's name says, {day}.",
                f"Rename the folder to {right}, or correct `effective`.",
            )  # fmt: skip
        edition = EditionFolder(number, name, says)
        editions.append(edition)
        if number not in known:
            reader.fill(edition, path)
    return ContentFolder(manual, editions, [] if known else reader.synonyms())


class _Reader:
    def __init__(self, folder: Path, mistakes: Mistakes) -> None:
        self.folder = folder
        self.root = folder.resolve()
        self.mistakes = mistakes

    def editions(self) -> Iterator[tuple[Path, int, str]]:
        """The folders of editions, in the order of their numbers, which count from 1 without a gap."""
        found = []
        whole = self.folder / EDITIONS
        for path in self.inside(whole) if self._lies_inside(whole) and whole.exists() else ():
            name = self._name(path)
            parsed = edition_file.parse_folder_name(path.name)
            if not path.is_dir():
                self.mistakes.fault(name, None, "Only folders of editions stand here.", "Take the file out.")
            elif not parsed or path.name != f"{parsed[0]:04d}-{parsed[1]}":
                self.mistakes.fault(
                    name, None, "The folder of an edition is named by its number and the day it takes effect.",
                    "Name it for example 0004-2026-10-05.",
                )  # fmt: skip
            else:
                found.append((parsed[0], path, parsed[1]))
        found.sort()
        for place, (number, path, day) in enumerate(found, start=1):
            if number != place:
                self.mistakes.fault(
                    self._name(path), None, f"It is edition {place} by its place, not {number}.",
                    "Number the folders from 0001 without gap or repetition.",
                )  # fmt: skip
            yield path, place, day

    def synonyms(self) -> list[SynonymSet]:
        """The sets of words that mean the same; a manual need not have any."""
        path = self.folder / synonyms_file.NAME
        text = self.text(path) if os.path.lexists(path) else None
        return synonyms_file.read(text, Source(self._name(path), self.mistakes)) if text is not None else []

    def fill(self, edition: EditionFolder, path: Path) -> None:
        files: list[Path] = []
        for entry in self.inside(path):
            if entry.name == CHAPTERS and entry.is_dir():
                for file in self.inside(entry):
                    self._chapter(edition, file)
            elif entry.name == keyword_file.NAME:
                text = self.text(entry)
                if text is not None:
                    edition.keywords = keyword_file.read(text, Source(self._name(entry), self.mistakes))
            elif entry.name == document_file.NAME:
                text = self.text(entry)
                if text is not None:
                    edition.documents = document_file.read(text, Source(self._name(entry), self.mistakes))
            elif entry.name == document_file.FOLDER and entry.is_dir():
                files = self.inside(entry)
            elif entry.name != edition_file.NAME:
                self.mistakes.fault(
                    self._name(entry), None, "The folder of an edition holds nothing of this name.",
                    f"It holds {edition_file.NAME}, {keyword_file.NAME}, {document_file.NAME} and the folders "
                    f"{CHAPTERS} and {document_file.FOLDER}.",
                )  # fmt: skip
        edition.documents = [self._with_file(entry, files, path) for entry in edition.documents]
        named = {entry.stored for entry in edition.documents}
        for file in files:
            if file.name not in named:
                self.mistakes.fault(
                    self._name(file), None, f"No document of {document_file.NAME} has this file.",
                    f"Name it there as `file: {file.name}`, or take it out.",
                )  # fmt: skip

    def _with_file(self, entry: DocumentEntry, files: list[Path], path: Path) -> DocumentEntry:
        """A document with what its file is; the bytes themselves are read again when they are stored."""
        if not entry.stored:
            return entry
        file = next((file for file in files if file.name == entry.stored), None)
        if file is None or not file.is_file():
            self.mistakes.fault(
                entry.file, entry.lines["file"],
                f"There is no file “{entry.stored}” in {self._name(path)}/{document_file.FOLDER}.",
                "Put it there, or correct its name.",
            )  # fmt: skip
            return entry
        limits = (settings.DOCUMENT_LIMIT, settings.PICTURE_LIMIT)

        def taken() -> bytes:
            check_size(entry.filename, file.stat().st_size, max(limits))
            return file.read_bytes()

        try:
            upload = check(entry.filename, taken(), document_limit=limits[0], picture_limit=limits[1])
        except UploadRefused as refusal:
            self.mistakes.fault(entry.file, entry.lines["file"], str(refusal))
            return entry
        except OSError as error:
            self.mistakes.fault(self._name(file), None, f"It cannot be read: {_why(error)}.")
            return entry
        return replace(
            entry, filename=upload.filename, upload=replace(upload, content=b""),
            fetch=lambda: check(
                upload.filename, taken(), document_limit=limits[0], picture_limit=limits[1]
            ).content,
        )  # fmt: skip

    def _chapter(self, edition: EditionFolder, file: Path) -> None:
        name = self._name(file)
        slug = file.name.removesuffix(".md")
        if not file.name.endswith(".md"):
            self.mistakes.fault(name, None, "A chapter is a file `slug.md`.", "Rename it or take it out.")
            return
        if wrong := wrong_with_slug(slug):
            self.mistakes.fault(name, None, f"“{slug}” {wrong}.", "Rename the file.")
            return
        text = self.text(file)
        chapter = ChapterFile.read(slug, text, Source(name, self.mistakes)) if text is not None else None
        if chapter:
            edition.chapters.append(chapter)
        else:
            edition.unread.append(slug)

    def inside(self, folder: Path) -> list[Path]:
        """What stands in a folder, by name, but for what begins with a dot; nothing that lies outside the whole."""
        try:
            entries = sorted(folder.iterdir(), key=lambda path: path.name)
        except OSError as error:
            self.mistakes.fault(self._name(folder), None, f"The folder cannot be read: {_why(error)}.")
            return []
        return [entry for entry in entries if not entry.name.startswith(".") and self._lies_inside(entry)]

    def text(self, path: Path) -> str | None:
        """The text of a file, None (with a mistake) where it cannot be had."""
        name = self._name(path)
        if not self._lies_inside(path):
            return None
        try:
            found = path.stat()
            if not stat.S_ISREG(found.st_mode):
                self.mistakes.fault(name, None, "This is no file.")
                return None
            if found.st_size > LARGEST:
                self.mistakes.fault(name, None, f"It is larger than {LARGEST // 1_000_000} MB.", "Divide it.")
                return None
            data = path.read_bytes()
        except FileNotFoundError:
            self.mistakes.fault(name, None, "The file is missing.")
            return None
        except OSError as error:
            self.mistakes.fault(name, None, f"It cannot be read: {_why(error)}.")
            return None
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self.mistakes.fault(name, line, "It is not written in UTF-8.", "Save it again as UTF-8.")
            return None

    def _lies_inside(self, path: Path) -> bool:
        try:
            inside = path.resolve().is_relative_to(self.root)
        except (OSError, RuntimeError):
            inside = False  # links that lead in a circle
        if not inside:
            self.mistakes.fault(
                self._name(path), None, "The link leads out of the folder.", "Put the file itself here."
            )
        return inside

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
