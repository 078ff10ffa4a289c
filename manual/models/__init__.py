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
from manual.models.printed_copy import Code, PrintedCopy, below, code_of
from manual.models.reference import Reference
from manual.models.searched import Searched
from manual.models.synonym import Synonym
from manual.models.verdict import Answer, Verdict, verdict
from manual.models.version import Status, Version

__all__ = [
    "Amendment",
    "AmendmentRefused",
    "Answer",
    "Chapter",
    "ChapterDifference",
    "Code",
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
    "PrintedCopy",
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
    "Verdict",
    "Version",
    "about_pages",
    "below",
    "changes",
    "code_of",
    "covers",
    "differences",
    "history",
    "lost_sections",
    "manual_lock",
    "verdict",
]
