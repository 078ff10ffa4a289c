"""The library of an edition: the documents that it has, each in the version that it has."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from manual.models.document import DocumentVersion
from manual.models.edition import Edition
from manual.models.file_kind import kind_of, size_in_words

KEPT = 8
_kept: OrderedDict[object, Library] = OrderedDict()
_keeping = threading.Lock()


@dataclass(frozen=True)
class Held:
    """A document as an edition holds it; its bytes are read only by who serves them."""

    slug: str
    title: str
    description: str
    filename: str
    media_type: str
    size: int
    width: int | None
    height: int | None
    version_id: int

    @classmethod
    def of(cls, version: DocumentVersion) -> Held:
        """A version of it, whose document and file's size are read already."""
        return cls(
            version.document.slug, version.title, version.description, version.filename, version.media_type,
            version.file.size, version.width, version.height, version.pk,
        )  # fmt: skip

    @property
    def is_picture(self) -> bool:
        return kind_of(self.media_type).is_picture

    @property
    def label(self) -> str:
        """“PDF, 1.9 MB”: what a reader gets who follows the link."""
        return f"{kind_of(self.media_type).label}, {size_in_words(self.size)}"


# The fields of a Held, in its order.
OF_A_DOCUMENT = (
    "document__slug", "title", "description", "filename", "media_type", "file__size", "width", "height", "pk",
)  # fmt: skip


class Library:
    """The documents of an edition by title. One query, once for each stamp of an edition."""

    def __init__(self, edition: Edition) -> None:
        rows = DocumentVersion.objects.in_edition(edition).values_list(*OF_A_DOCUMENT)
        self.documents = sorted(
            (Held(*row) for row in rows), key=lambda document: (document.title.casefold(), document.slug)
        )
        self.by_slug = {document.slug: document for document in self.documents}

    @classmethod
    def of(cls, edition: Edition) -> Library:
        with _keeping:
            if edition.stamp in _kept:
                _kept.move_to_end(edition.stamp)
                return _kept[edition.stamp]
        library = cls(edition)
        with _keeping:
            _kept[edition.stamp] = library
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
        return library

    @classmethod
    def forget(cls) -> None:
        """Read anew next time: for tests that count queries."""
        with _keeping:
            _kept.clear()
