"""The nouns of the manual, one a file."""

from manual.models.about import about_pages
from manual.models.amendment import Amendment, AmendmentRefused, Section, Significance
from manual.models.changes import EditionChanges, changes
from manual.models.chapter import Chapter, Kind, TreeRefused
from manual.models.contents import Contents, Line
from manual.models.differences import (
    ChapterDifference,
    Differences,
    DocumentDifference,
    KeywordDifference,
    differences,
)
from manual.models.document import Document, DocumentVersion, StoredFile
from manual.models.edition import Edition, EditionKind, Entry, Place
from manual.models.event import Event
from manual.models.glossary import Glossary, Meaning, SharedForm, covers
from manual.models.history import Mark, Step, history
from manual.models.issued import Issued, ThatDay
from manual.models.keyword import Definition, Keyword
from manual.models.library import Held, Library
from manual.models.lock import manual_lock
from manual.models.lost_section import LostSection, lost_sections
from manual.models.manual import Manual
from manual.models.nearby import Nearby
from manual.models.notice import Notice
from manual.models.numbers import NumberHistory
from manual.models.outside_link import OutsideLink
from manual.models.reference import Reference
from manual.models.searched import Searched
from manual.models.synonym import Synonym
from manual.models.version import Status, Version

__all__ = [
    "Amendment",
    "AmendmentRefused",
    "Chapter",
    "ChapterDifference",
    "Contents",
    "Definition",
    "Differences",
    "Document",
    "DocumentDifference",
    "DocumentVersion",
    "Edition",
    "EditionChanges",
    "EditionKind",
    "Entry",
    "Event",
    "Glossary",
    "Held",
    "Issued",
    "Keyword",
    "KeywordDifference",
    "Kind",
    "Library",
    "Line",
    "LostSection",
    "Manual",
    "Mark",
    "Meaning",
    "Nearby",
    "Notice",
    "NumberHistory",
    "OutsideLink",
    "Place",
    "Reference",
    "Searched",
    "Section",
    "SharedForm",
    "Significance",
    "Status",
    "Step",
    "StoredFile",
    "Synonym",
    "ThatDay",
    "TreeRefused",
    "Version",
    "about_pages",
    "changes",
    "covers",
    "differences",
    "history",
    "lost_sections",
    "manual_lock",
]
