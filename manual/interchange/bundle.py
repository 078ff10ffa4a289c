"""A copy of the manual as files: what an edition had in force, to be read from disk, for the record of a case review.

Every page leads to the others by relative addresses, so that the copy needs neither the site nor a network. The text
is that of the site's own pages; the cover says what the copy is, and has the sum of every file, by which anybody can
see later that nothing was changed.

All that the texts take from one another is read at once, and the texts one after another: a copy costs the same number
of queries and much the same memory, however large the manual.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.contrib.staticfiles import finders
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _

from manual.comparison import Tracked, tracked_changes
from manual.decoration import decorate_changes, decorate_draft, keyword_meaning
from manual.models import (
    Amendment,
    ChapterDifference,
    Contents,
    DocumentVersion,
    Edition,
    Entry,
    Glossary,
    Held,
    Issued,
    Library,
    Line,
    Manual,
    Meaning,
    Reference,
    Section,
    SharedForm,
    ThatDay,
    changes,
    differences,
)
from manual.models.file_kind import kind_of
from manual.models.issued import day_of, moment_of
from procedures_site import stylesheets

FOLDER = "manual"
COVER = "index.html"
SUMS = "SHA256SUMS.txt"
# Windows allows 260 signs from the drive's letter on, and the folders that it is unpacked into need some of them.
LONGEST_NAME = 80
# Until then it is made in memory.
ON_DISK_FROM = 4 * 1024 * 1024
TEXTS_AT_ONCE = 20
# A zip knows no year before this one, nor after that one.
ZIP_YEARS = 1980, 2107
# What these hold is compressed already.
PACKED = re.compile(r"\.(?:pdf|docx|xlsx|pptx|odt|ods|odp|png|jpe?g|jpe|gif|webp)\Z", re.IGNORECASE)


class BundleRefused(ValueError):
    """What cannot be handed over; a sentence for the reader."""


class NotInCopy(LookupError):
    """A page asked for a file that no copy has: a mistake of this software."""


@dataclass(frozen=True)
class Making:
    """When a copy was made, and from which site: an address such as https://manual.example.org/."""

    at: datetime
    site: str

    def address(self, name: str, *args: object) -> str:
        """A page of the site, for the cover alone: from elsewhere nothing leads out of the copy."""
        return self.site.rstrip("/") + reverse(name, args=args)


def edition_bundle(
    edition: Edition, *, manual: Manual, issued: Issued, that_day: ThatDay | None, making: Making
) -> IO[bytes]:
    """The manual as an edition had it (on a day that was asked for) as a zip, ready to be read from its beginning.

    Raises BundleRefused where the edition, a scheduled one, was built anew meanwhile.
    """
    return _Bundle(edition, manual, issued, making, that_day=that_day).made()


def changes_bundle(since: ThatDay, *, manual: Manual, issued: Issued, making: Making) -> IO[bytes]:
    """The edition in force, and all that changed in it since a day, as a zip.

    Raises BundleRefused where no edition was in force on that day.
    """
    if since.edition is None or issued.in_force is None:
        raise BundleRefused(_("No edition of the manual was in force on that day."))
    return _Bundle(issued.in_force, manual, issued, making, since=since).made()


def edition_filename(manual: Manual, edition: Edition, that_day: ThatDay | None) -> str:
    """“procedures-manual-edition-3-2026-06-08.zip”: with the day that was asked for, or else that of taking effect."""
    day = that_day.day if that_day else day_of(moment_of(edition))
    return f"{_name_of(manual)}-edition-{edition.number}-{day.isoformat()}.zip"


def changes_filename(manual: Manual, edition: Edition, since: date) -> str:
    """“procedures-manual-changes-since-2026-03-02-to-edition-3.zip”."""
    return f"{_name_of(manual)}-changes-since-{since.isoformat()}-to-edition-{edition.number}.zip"


def _name_of(manual: Manual) -> str:
    return slugify(manual.title)[:LONGEST_NAME].strip("-") or "manual"


# --- Names and addresses -----------------------------------------------------------------------------------


class Names:
    """Names of files that every system can hold: plain letters, not too long, no two alike but for capitals."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, stem: str, extension: str, *, of: str) -> str:
        """A name made of a stem and an extension (“.html”); `of` tells apart what would have the same."""
        stem, extension = _plain(stem), "." + _plain(extension) if extension else ""
        room = LONGEST_NAME - len(extension)
        if len(stem) > room or (stem + extension).lower() in self._taken:
            mark = hashlib.sha256(of.encode()).hexdigest()[:10]
            stem = f"{stem[: room - len(mark) - 1].rstrip('.-_')}-{mark}"
        self._taken.add((stem + extension).lower())
        return stem + extension


def _plain(words: str) -> str:
    """Latin letters, digits and a few signs; what else there is becomes a hyphen."""
    latin = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._]+", "-", latin).strip("-._")


class Copy(Contents):
    """The contents of an edition whose pages are files in one folder: addresses lead from one to another."""

    def __init__(self, edition: Edition, manual: Manual) -> None:
        super().__init__(edition, dated=True)
        self._manual = manual
        names = Names()
        self.files = {
            line.slug: names.take(f"chapter-{line.slug}", ".html", of=line.slug)
            for line in self.lines
            if line.is_page
        }
        self.comparisons = {
            line.slug: names.take(f"compare-{line.slug}", ".html", of=line.slug)
            for line in self.lines
            if line.is_page
        }
        names = Names()
        self.documents = {
            held.slug: names.take(*_stem_and_extension(held), of=held.slug)
            for held in sorted(Library.of(edition).documents, key=attrgetter("slug"))
        }

    @property
    def addressing(self) -> str:
        return "copy"

    def address(self, name: str, *args: str) -> str:
        match name, *args:
            case ("contents",):
                return "contents.html"
            case ("keywords",):
                return "keywords.html"
            case "keyword", slug:
                return self.keyword_address(slug)
            case "chapter", slug if slug in self.files:
                return self.files[slug]
            case "document", slug if slug in self.documents:
                return f"documents/{self.documents[slug]}"
        raise NotInCopy(f"A copy has no file for {' '.join((name, *args))}.")

    def keyword_address(self, slug: str) -> str:
        return f"keywords.html#{slug}"

    def address_of(self, line: Line) -> str:
        # What has gone has no page here; the cover says where it went.
        return f"../{COVER}#gone-{line.slug}" if line.gone else super().address_of(line)

    def edition_address(self, edition: Edition) -> str:
        return f"changes.html#edition-{edition.number}"

    def from_cover(self, line: Line) -> str:
        """The address of a line as the cover, one folder up, leads to it."""
        return f"#gone-{line.slug}" if line.gone else f"{FOLDER}/{line.url}"

    # --- What the texts take from one another, all of it read at once

    @cached_property
    def _included(self) -> dict[int, str]:
        """The texts that others show passages of."""
        slugs = Reference.objects.filter(
            scheme="chapter",
            kind="include",
            amendment__entries__edition=self.edition,
            amendment__entries__gone=False,
        ).values_list("slug", flat=True)
        keys = {self.by_slug[slug].amendment_id for slug in slugs.distinct() if slug in self.by_slug}
        return dict(Amendment.objects.filter(pk__in=keys).values_list("pk", "html"))

    @cached_property
    def _sections(self) -> dict[tuple[int, str], tuple[str, str]]:
        rows = Section.objects.filter(amendment__entries__edition=self.edition).exclude(anchor="")
        found = rows.values_list("amendment_id", "anchor", "number", "heading").order_by("pk").iterator()
        return {(amendment, anchor): (number, heading) for amendment, anchor, number, heading in found}

    @property
    def manual(self) -> Manual:
        return self._manual

    def texts_of(self, amendments: Collection[int]) -> Mapping[int, str]:
        if set(amendments) <= self._included.keys():
            return self._included
        return super().texts_of(amendments)

    def sections_of(self, named: Collection[tuple[int, str]]) -> Mapping[tuple[int, str], tuple[str, str]]:
        return self._sections


def _stem_and_extension(held: Held) -> tuple[str, str]:
    """“referral-form-Referral-form-2026”, “.docx”: the extension is that of what the file is."""
    stem, _dot, extension = held.filename.rpartition(".")
    extension = kind_of(held.media_type).extension or (f".{extension[:10]}" if stem else "")
    # The slug tells documents apart, and is cut first where both are long.
    return f"{held.slug[:35]}-{_plain(stem or held.filename)[:30] or 'file'}", extension


# --- What the pages show -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listed:
    """A file of the copy, with what tells it from any other."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Departed:
    """A withdrawn chapter as the cover lists it: which, since when and why, and where readers were sent instead."""

    line: Line
    url: str
    since: Edition | None
    note: str
    successor: Line | None
    successor_url: str


@dataclass(frozen=True)
class Version:
    """What is told of an amendment beside its text."""

    pk: int
    sequence: int | None
    significance: str
    note: str
    edition_id: int | None


@dataclass
class Compared:
    """A chapter that changed, as the list of changes shows it."""

    difference: ChapterDifference
    url: str
    compare_url: str = ""


class _Zip:
    """Writes the files one after another, under one moment, and remembers the sum of each."""

    def __init__(self, file: IO[bytes], moment: datetime) -> None:
        self.zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        first, last = ZIP_YEARS
        if moment.year < first:
            self.moment = (first, 1, 1, 0, 0, 0)
        elif moment.year > last:
            self.moment = (last, 12, 31, 23, 59, 58)
        else:
            self.moment = moment.timetuple()[:6]
        self.listed: list[Listed] = []

    def add(self, path: str, content: bytes) -> None:
        info = zipfile.ZipInfo(path, self.moment)
        # The same on every system: a plain file that all may read.
        info.create_system, info.external_attr = 3, 0o100644 << 16
        info.compress_type = zipfile.ZIP_STORED if PACKED.search(path) else zipfile.ZIP_DEFLATED
        self.zip.writestr(info, content)
        self.listed.append(Listed(path, len(content), hashlib.sha256(content).hexdigest()))

    @property
    def sums(self) -> str:
        """As `sha256sum -c` reads them."""
        files = sorted(self.listed, key=attrgetter("path"))
        return "".join(f"{file.sha256}  {file.path}\n" for file in files)


@dataclass
class _Bundle:
    """One copy in the making."""

    edition: Edition
    manual: Manual
    issued: Issued
    making: Making
    that_day: ThatDay | None = None
    since: ThatDay | None = None
    contents: Copy = field(init=False)
    glossary: Glossary = field(init=False)
    library: Library = field(init=False)

    def __post_init__(self) -> None:
        self.contents = Copy(self.edition, self.manual)
        self.contents.listed = changes(self.contents)
        self.glossary = Glossary.of(self.edition)
        self.library = Library.of(self.edition)

    def made(self) -> IO[bytes]:
        file: IO[bytes] = SpooledTemporaryFile(max_size=ON_DISK_FROM)  # noqa: SIM115 # handed over open
        try:
            written = _Zip(file, timezone.localtime(moment_of(self.edition)))
            with written.zip:
                self._write(written)
            if not Edition.objects.filter(pk=self.edition.pk, stamp=self.edition.stamp).exists():
                raise BundleRefused(
                    _("This edition was put together anew meanwhile. Ask for the copy again.")
                )
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return file

    def _write(self, written: _Zip) -> None:
        self._page(written, "contents", contents=self.contents, outside_parts=self.contents.root_pages)
        for line, context in self._chapters():
            self._page(written, "chapter", self.contents.files[line.slug], line=line, **context)
        self._page(written, "keywords", letters=self._letters(), shared=self._shared())
        self._page(written, "changes", listed=self.contents.listed)
        if self.since:
            self._write_changes(written, self.since)
        written.add(f"{FOLDER}/style.css", stylesheet().encode())
        for slug, content in self._documents():
            written.add(f"{FOLDER}/{self.contents.address('document', slug)}", content)
        written.add(COVER, self._cover(written).encode())
        written.add(SUMS, written.sums.encode())

    def _page(self, written: _Zip, template: str, filename: str = "", **context: Any) -> None:
        html = render_to_string(f"manual/bundle/{template}.html", {**self._facts, **context})
        written.add(f"{FOLDER}/{filename or f'{template}.html'}", html.encode())

    @cached_property
    def _facts(self) -> dict[str, Any]:
        """What every page says of the copy."""
        return {
            "manual": self.manual,
            "edition": self.edition,
            "that_day": self.that_day,
            "until": self._until,
            "since": self.since,
            "to_come": self.edition in self.issued.to_come,
            "making": self.making,
        }

    @property
    def _until(self) -> datetime | None:
        """Until when the edition applied on the day asked for, where it gave way to another during it."""
        gave_way = self.that_day.gave_way if self.that_day else []
        return next((until for edition, until in gave_way if edition == self.edition), None)

    @property
    def _earlier(self) -> list[tuple[Edition, datetime]]:
        """What applied during that day before the edition did, and until when."""
        gave_way = self.that_day.gave_way if self.that_day else []
        return [(edition, until) for edition, until in gave_way if until <= moment_of(self.edition)]

    # --- Chapters

    @cached_property
    def _versions(self) -> dict[int, Version]:
        """Of every line the amendment that it shows, by key."""
        rows = Amendment.objects.filter(entries__edition=self.edition)
        found = rows.values_list("pk", "sequence", "significance", "note", "edition_id")
        return {row[0]: Version(*row) for row in found}

    @cached_property
    def _last_changes(self) -> dict[int, Version]:
        """Of every chapter the amendment that last changed it, which a correction is not."""
        rows = Entry.objects.filter(edition=self.edition, chapter__amendments__edition=F("changed_in"))
        amendment = "chapter__amendments__"
        of_an_amendment = ("pk", "sequence", "significance", "note", "edition_id")
        found = rows.values_list("chapter_id", *(amendment + name for name in of_an_amendment))
        return {chapter: Version(*row) for chapter, *row in found}

    def _chapters(self) -> Iterator[tuple[Line, dict[str, Any]]]:
        """Every page of the contents with what is shown on it, in order; the texts come in small lots, by one query."""
        by_amendment = {line.amendment_id: line for line in self.contents.lines if line.is_page}
        texts = (
            Amendment.objects.filter(entries__edition=self.edition, entries__gone=False)
            .order_by("entries__position")
            .only("html", "chapter_id", "keywords_off")
        )
        editions = self.issued.by_key
        for text in texts.iterator(chunk_size=TEXTS_AT_ONCE):
            line = by_amendment.get(text.pk)
            if line is None:
                continue
            version = self._versions[text.pk]
            decorated = decorate_draft(text, self.contents)
            before, after = self.contents.neighbours(line)
            yield (
                line,
                {
                    "text": mark_safe(decorated.html),  # noqa: S308 # sanitised when it was rendered
                    "outline": decorated.outline,
                    "version": version,
                    "last_change": self._last_changes.get(line.chapter_id, version),
                    "amended_by": editions.get(version.edition_id or 0),
                    "changed_in": editions.get(line.changed_in),
                    "withdrawn_in": editions.get(line.withdrawn_in or 0),
                    "successor": line.read_instead if line.withdrawn else None,
                    "before": before,
                    "after": after,
                },
            )

    # --- Keywords and documents

    def _letters(self) -> list[tuple[str, list[tuple[Meaning, SafeString, list[Meaning]]]]]:
        by_slug = self.glossary.by_slug
        return [
            (
                letter,
                [
                    (
                        meaning,
                        mark_safe(keyword_meaning(meaning, self.contents)),  # noqa: S308 # sanitised
                        [by_slug[slug] for slug in meaning.see_also if slug in by_slug],
                    )
                    for meaning in group
                ],
            )
            for letter, group in groupby(self.glossary.meanings, key=attrgetter("initial"))
        ]

    def _shared(self) -> list[tuple[SharedForm, list[tuple[str, str]]]]:
        return [
            (shared, [(meaning.name, f"#{meaning.slug}") for meaning in shared.meanings])
            for shared in self.glossary.shared
        ]

    def _documents(self) -> Iterator[tuple[str, bytes]]:
        """The bytes of every document, one after another."""
        versions = DocumentVersion.objects.filter(pk__in=[held.version_id for held in self.library.documents])
        rows = versions.order_by("document__slug").values_list("document__slug", "file__content")
        for slug, content in rows.iterator(chunk_size=1):
            yield slug, bytes(content)

    # --- What changed since a day

    def _write_changes(self, written: _Zip, since: ThatDay) -> None:
        if since.edition is None:
            raise BundleRefused(_("No edition of the manual was in force on that day."))
        found = differences(Contents.of(since.edition, dated=True), self.contents)
        listed = []
        renumbered = [each for each in found.chapters if each.only_renumbered]
        for difference in found.chapters:
            if difference.only_renumbered:
                continue
            line = difference.after
            compared = Compared(difference, line.url if line else "")
            # A withdrawal is told by its note; its text is what it was.
            if difference.compare_url and line and not line.withdrawn:
                compared.compare_url = self.contents.comparisons[line.slug]
            listed.append(compared)
        self._page(
            written, "changes_since", "changes-since.html", found=found, listed=listed, renumbered=renumbered
        )
        for compared, tracked in self._tracked([each for each in listed if each.compare_url]):
            html = decorate_changes(tracked.html, self.contents)
            self._page(
                written,
                "compare",
                compared.compare_url,
                compared=compared,
                tracked=tracked,
                text=mark_safe(html),  # noqa: S308 # as safe as the two texts
            )

    def _tracked(self, listed: list[Compared]) -> Iterator[tuple[Compared, Tracked]]:
        """The tracked changes of each, from one query: the two texts of a chapter come one behind the other."""
        wanted = {}
        for compared in listed:
            before, after = compared.difference.before, compared.difference.after
            if before and after:
                wanted[after.chapter_id] = compared, before.amendment_id, after.amendment_id
        keys = {
            key for _compared, before_key, after_key in wanted.values() for key in (before_key, after_key)
        }
        texts = Amendment.objects.filter(pk__in=keys).order_by("chapter_id", "pk")
        rows = texts.values_list("chapter_id", "pk", "html").iterator(chunk_size=TEXTS_AT_ONCE)
        for chapter, group in groupby(rows, key=lambda row: row[0]):
            html = {key: text for _chapter, key, text in group}
            compared, before_key, after_key = wanted[chapter]
            yield compared, tracked_changes(html[before_key], html[after_key])

    # --- The cover

    def _cover(self, written: _Zip) -> str:
        departed = [self._departed(line) for line in self.contents.by_chapter.values() if line.withdrawn]
        follower = None if self._facts["to_come"] else self.issued.after(self.edition)
        other = None
        if self.since and self.since.edition:
            address = self.making.address("edition-bundle", self.since.edition.number)
            other = f"{address}?on={self.since.day.isoformat()}"
        context = {
            "follower": follower,
            "earlier": self._earlier,
            "withdrawn": [each for each in departed if not each.line.gone],
            "gone": [each for each in departed if each.line.gone],
            "files": sorted(written.listed, key=attrgetter("path")),
            "sums": SUMS,
            "pages": len(self.contents.files),
            "keywords": len(self.glossary.meanings),
            "documents": len(self.library.documents),
            "address": self.making.address("edition-contents", self.edition.number),
            "other_bundle": other,
            "today": timezone.localtime(self.making.at).date(),
        }
        return render_to_string("manual/bundle/cover.html", {**self._facts, **context})

    def _departed(self, line: Line) -> Departed:
        successor = line.read_instead
        return Departed(
            line,
            self.contents.from_cover(line),
            self.issued.by_key.get(line.withdrawn_in or 0),
            self._versions[line.amendment_id].note,
            successor,
            self.contents.from_cover(successor) if successor else "",
        )


def stylesheet() -> str:
    """The site's own style sheets as one, in the order in which its pages name them, and what only a copy needs."""
    of_a_copy = [("css/tracked-changes.css", ""), ("css/bundle.css", "")]
    return stylesheets.joined(dict.fromkeys([*stylesheets.named(), *of_a_copy]), _read)


def _read(name: str) -> str:
    found = finders.find(name)
    if found is None:
        raise NotInCopy(f"The style sheet {name} is not where the site looks for it.")
    with open(found, encoding="utf-8") as file:
        return file.read()
