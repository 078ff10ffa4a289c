"""A form, file or picture of the board's, and its versions; the bytes are kept by their hash."""

from __future__ import annotations

import hashlib

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy

from manual.models.edition import Edition
from manual.models.file_kind import FileKind, kind_of, size_in_words
from manual.models.version import (
    AGREED,
    AGREEMENT,
    Status,
    Version,
    VersionQuerySet,
    in_chain_order,
    version_constraints,
)


class StoredFileManager(models.Manager["StoredFile"]):
    def keep(self, content: bytes) -> StoredFile:
        """The file with these bytes, stored once however often it is uploaded."""
        digest = hashlib.sha256(content).hexdigest()
        stored, _made = self.defer("content").get_or_create(
            sha256=digest, defaults={"content": content, "size": len(content)}
        )
        return stored


class StoredFile(models.Model):
    """The bytes of a file, under their own hash. In the database, so that a backup of it is a backup of all."""

    sha256 = models.CharField(
        max_length=64, primary_key=True, help_text=gettext_lazy("64 hexadecimal digits.")
    )
    content = models.BinaryField()
    size = models.PositiveIntegerField(help_text=gettext_lazy("In bytes."))

    objects = StoredFileManager()

    def __str__(self) -> str:
        return self.sha256[:12]


class Document(models.Model):
    """A form, file or picture, by its permanent address; its title and bytes are in its versions."""

    slug = models.SlugField(
        max_length=100, unique=True, help_text=gettext_lazy("Part of its address; never used again.")
    )

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug


class DocumentVersionQuerySet(VersionQuerySet):
    def in_edition(self, edition: Edition) -> DocumentVersionQuerySet:
        """Every document as an edition has it: the newest version up to that edition."""
        up_to = self.filter(status=Status.PUBLISHED, edition__effective_at__lte=edition.effective_at)
        newer = DocumentVersion.objects.filter(
            document=OuterRef("document"),
            status=Status.PUBLISHED,
            edition__effective_at__lte=edition.effective_at,
            sequence__gt=OuterRef("sequence"),
        )
        return up_to.filter(~Exists(newer)).select_related("document")

    def with_size(self) -> DocumentVersionQuerySet:
        """With what is known of each file, but without its bytes."""
        return self.select_related("document", "file").defer("file__content")


class DocumentVersion(Version):
    """One version of a document: what it is called, what it shows, and the file itself."""

    CHAIN = "document"
    WORDS = (
        "based_on", "title", "description", "filename", "media_type", "file", "width", "height", "note", *AGREEMENT,
    )  # fmt: skip
    FROZEN = (
        "document_id", "based_on_id", "title", "description", "filename", "media_type", "file_id", "width", "height",
        "note", "author_id", *AGREEMENT,
    )  # fmt: skip

    document = models.ForeignKey(Document, models.PROTECT, related_name="versions")
    based_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="successors")
    title = models.CharField(max_length=200, blank=True)
    description = models.TextField(
        blank=True,
        help_text=gettext_lazy("What it is for; of a picture, what it shows, for those who cannot see it."),
    )
    filename = models.CharField(
        max_length=150, help_text=gettext_lazy("As readers save it: referral-form.docx.")
    )
    media_type = models.CharField(max_length=100)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="versions")
    # Of pictures, in pixels, so that a page does not jump when they arrive.
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)

    objects = DocumentVersionQuerySet.as_manager()

    class Meta:
        ordering = in_chain_order("document")
        constraints = [
            *version_constraints("document_version", "document"),
            models.CheckConstraint(
                condition=~Q(title="") | ~Q(status__in=(Status.SUBMITTED, *AGREED)),
                name="document_version_has_title",
            ),
            models.CheckConstraint(
                condition=~Q(media_type__startswith="image/")
                | ~Q(description="")
                | ~Q(status__in=(Status.SUBMITTED, *AGREED)),
                name="document_version_picture_is_described",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title_shown} ({self.sequence or self.get_status_display().lower()})"

    @property
    def kind(self) -> FileKind:
        return kind_of(self.media_type)

    @property
    def is_picture(self) -> bool:
        return self.kind.is_picture

    @property
    def label(self) -> str:
        """“PDF, 1.9 MB”: what a reader gets who follows the link."""
        return f"{self.kind.label}, {size_in_words(self.file.size)}"
