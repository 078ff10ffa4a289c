"""The admin: what there is, to look at. What changes the manual goes through manual.workflow."""

from manual.admin.amendment import AmendmentAdmin
from manual.admin.chapter import ChapterAdmin
from manual.admin.document import DocumentAdmin, DocumentVersionAdmin
from manual.admin.edition import EditionAdmin
from manual.admin.event import EventAdmin
from manual.admin.keyword import DefinitionAdmin, KeywordAdmin
from manual.admin.manual import ManualAdmin
from manual.admin.notice import NoticeAdmin
from manual.admin.outside_link import OutsideLinkAdmin
from manual.admin.person import PersonAdmin, RoleAdmin
from manual.admin.searched import SearchedAdmin
from manual.admin.synonym import SynonymAdmin

__all__ = [
    "AmendmentAdmin",
    "ChapterAdmin",
    "DefinitionAdmin",
    "DocumentAdmin",
    "DocumentVersionAdmin",
    "EditionAdmin",
    "EventAdmin",
    "KeywordAdmin",
    "ManualAdmin",
    "NoticeAdmin",
    "OutsideLinkAdmin",
    "PersonAdmin",
    "RoleAdmin",
    "SearchedAdmin",
    "SynonymAdmin",
]
