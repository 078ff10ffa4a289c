"""The nouns of the manual, one a file."""

from manual.models.amendment import Amendment, AmendmentRefused, Section, Significance, Status
from manual.models.changes import EditionChanges, changes
from manual.models.chapter import Chapter, Kind, TreeRefused
from manual.models.contents import Contents, Line
from manual.models.edition import Edition, EditionKind, Entry, Place
from manual.models.event import Event
from manual.models.glossary import Glossary, Meaning
from manual.models.keyword import Definition, Keyword
from manual.models.lock import manual_lock
from manual.models.manual import Manual

__all__ = [
    "Amendment",
    "AmendmentRefused",
    "Chapter",
    "Contents",
    "Definition",
    "Edition",
    "EditionChanges",
    "EditionKind",
    "Entry",
    "Event",
    "Glossary",
    "Keyword",
    "Kind",
    "Line",
    "Manual",
    "Meaning",
    "Place",
    "Section",
    "Significance",
    "Status",
    "TreeRefused",
    "changes",
    "manual_lock",
]
