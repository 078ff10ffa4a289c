"""The admin: what there is, to look at. What changes the manual goes through manual.workflow."""

from manual.admin.amendment import AmendmentAdmin
from manual.admin.chapter import ChapterAdmin
from manual.admin.edition import EditionAdmin
from manual.admin.event import EventAdmin
from manual.admin.keyword import KeywordAdmin
from manual.admin.manual import ManualAdmin

__all__ = ["AmendmentAdmin", "ChapterAdmin", "EditionAdmin", "EventAdmin", "KeywordAdmin", "ManualAdmin"]
