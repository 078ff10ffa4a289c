"""The meeting paper: one page to be printed, on which people without accounts see what they are asked to agree to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from manual import comparison, decoration, drafting, rendering, workflow
from manual.admin import writing
from manual.admin.decisions import Changed, agreement_said, keyword_names, state_of
from manual.models import (
    Amendment,
    Contents,
    Definition,
    DocumentVersion,
    Edition,
    Kind,
    Manual,
    Significance,
    Status,
)
from manual.models.version import OPEN

if TYPE_CHECKING:
    from manual.admin.decisions import VersionAdmin

# As many as a meeting can look at, and a server can compare while somebody waits.
MOST = 60
# What has not been decided for good: published texts are in the manual itself.
STILL_TO_COME = (*OPEN, Status.APPROVED)


@dataclass
class Item:
    """One text of a paper, ready to be printed."""

    anchor: str
    name: str
    kind: str
    consequence: str
    note: str
    author: str
    state: str
    agreed: str = ""
    changed: list[Changed] = field(default_factory=list)
    counted: str = ""
    tracked: SafeString | None = None
    full: SafeString | None = None
    unshown: str = ""
    is_new: bool = False


def paper_view(record: VersionAdmin) -> Callable[[HttpRequest], HttpResponse]:
    """The page at its address: of the texts that are named, or of an edition in preparation."""

    @never_cache
    def view(request: HttpRequest) -> HttpResponse:
        if not record.has_view_permission(request):
            raise PermissionDenied
        edition = None
        if request.GET.get("edition"):
            edition = _edition_to_come(request.GET["edition"])
            versions, left_out = _of_edition(edition), 0
        else:
            versions, left_out = _named(request)
        if not versions:
            raise Http404(_("None of these texts is still to be decided."))
        manual = Manual.objects.current()
        in_force = Edition.objects.in_force()
        items = [_item(number, version, in_force, manual) for number, version in enumerate(versions, start=1)]
        context = {
            "manual": manual,
            "edition": edition,
            "in_force": in_force,
            "today": timezone.localtime(),
            "items": items,
            "left_out": left_out,
            "title": _("Meeting paper: %(edition)s")
            % {"edition": edition.name or _("edition in preparation")}
            if edition
            else _("Meeting paper"),
        }
        return TemplateResponse(request, "admin/manual/amendment/paper.html", context)

    return view


def _edition_to_come(key: str) -> Edition:
    if not key.isdecimal() or len(key) > 9:
        raise Http404(_("There is no such edition."))
    edition: Edition = get_object_or_404(Edition, pk=int(key))
    if edition.state() not in ("in preparation", "scheduled"):
        raise Http404(_("This edition has taken effect or was given up: there is nothing left to decide."))
    return edition


def _of_edition(edition: Edition) -> list[Any]:
    found: list[Any] = list(_in_order(edition.amendments.all()))
    found += edition.definitions.select_related(
        "based_on", "author", "approver", "keyword", "edition"
    ).order_by("name")
    found += edition.documentversions.select_related(
        "based_on", "author", "approver", "document", "edition"
    ).order_by("title")
    return found


def _named(request: HttpRequest) -> tuple[list[Any], int]:
    """The texts, keywords and documents that the address names, and how many of them are decided already."""
    found: list[Any] = []
    asked = 0
    for parameter, model in (("text", Amendment), ("keyword", Definition), ("document", DocumentVersion)):
        keys = {int(key) for key in request.GET.getlist(parameter) if key.isdecimal() and len(key) < 10}
        asked += len(keys)
        versions = model._default_manager.filter(pk__in=keys, status__in=STILL_TO_COME)
        if model is Amendment:
            found += _in_order(versions)
        else:
            found += versions.select_related(
                "based_on", "author", "approver", "edition", model.CHAIN
            ).order_by("pk")
    if asked > MOST:
        raise Http404(_("A meeting paper holds at most %(most)s texts.") % {"most": MOST})
    return found, asked - len(found)


def _in_order(amendments: Any) -> Iterable[Amendment]:
    """As they stand in the contents."""
    related = (
        "chapter",
        "chapter__parent",
        "based_on",
        "author",
        "approver",
        "successor",
        "counterpart",
        "under",
        "edition",
    )
    found: Iterable[Amendment] = amendments.select_related(*related)
    return sorted(found, key=lambda text: (text.chapter.tree_id, text.chapter.lft, text.pk))


def _item(number: int, version: Any, in_force: Edition | None, manual: Manual) -> Item:
    anchor = f"text-{number}"
    before = version.based_on
    item = Item(
        anchor=anchor,
        name=version.title_shown,
        kind="",
        consequence="",
        note=version.note,
        author=workflow.name_of(version.author) if version.author_id else "",
        state=state_of(version),
        agreed=agreement_said(version),
        is_new=before is None,
    )
    if isinstance(version, Amendment):
        _fill_chapter(item, version, in_force, manual)
    elif isinstance(version, Definition):
        item.kind = _("New keyword") if before is None else _("Changed keyword")
        item.changed = _changed(before, version, {_("Name"): "name"})
        _fill_text(item, before.html if before else "", version.html, version.html, in_force)
    else:
        item.kind = _("New document") if before is None else _("New version of a document")
        item.changed = _changed(
            before, version, {_("Title"): "title", _("Description"): "description", _("File"): "filename"}
        )
        if before is None:
            item.changed = [
                Changed(label, [comparison.Piece("same", words)])
                for label, words in ((_("Description"), version.description), (_("File"), version.filename))
                if words
            ]
    return item


def _fill_chapter(item: Item, amendment: Amendment, in_force: Edition | None, manual: Manual) -> None:
    contents = Contents.with_draft(in_force, amendment)
    line = contents.by_chapter[amendment.chapter_id]
    significance = Significance(amendment.significance)
    item.name = line.name or amendment.title_shown
    item.kind = str(significance.label)
    item.consequence = str(writing.CONSEQUENCES[significance])
    if significance == Significance.WITHDRAWN and amendment.successor_id:
        follows = contents.by_chapter.get(amendment.successor_id)
        name = follows.name if follows else str(amendment.successor)
        item.consequence = f"{item.consequence} " + _("Read instead: %(name)s.") % {"name": name}
    before = amendment.based_on
    item.changed = _changed(
        before, amendment, {_("Title"): "title", _("Remark"): "remark", _("Address"): "link"}
    )
    if before is not None and before.areas != amendment.areas:
        names = [
            manual.area_names(each.areas) if each.areas else _("everywhere") for each in (before, amendment)
        ]
        item.changed.append(Changed(_("Applies to"), comparison.tracked_words(*names)))
    if before is not None and before.keywords_off != amendment.keywords_off:
        names = [keyword_names(each.keywords_off) or _("none") for each in (before, amendment)]
        item.changed.append(Changed(_("Keywords not explained"), comparison.tracked_words(*names)))
    if before is not None and before.counterpart_id != amendment.counterpart_id:
        seen = [contents.by_chapter.get(each.counterpart_id or 0) for each in (before, amendment)]
        names = [
            line.name if line else str(each.counterpart or _("none"))
            for line, each in zip(seen, (before, amendment), strict=True)
        ]
        item.changed.append(Changed(_("For other areas see"), comparison.tracked_words(*names)))
    if amendment.text.strip() and not amendment.html:
        item.unshown = next(
            (each.message for each in drafting.problems_of(amendment) if each.blocking),
            _("The text cannot be shown as it is written."),
        )
        return
    if significance == Significance.WITHDRAWN:
        return
    has_text = amendment.html and amendment.chapter.kind in (Kind.CHAPTER, Kind.LINK)
    full = decoration.decorate_draft(amendment, contents).html if has_text else ""
    _fill_text(item, before.html if before else "", amendment.html, full, in_force)


def _fill_text(item: Item, before: str, after: str, full: str, in_force: Edition | None) -> None:
    if not item.is_new:
        tracked = comparison.tracked_changes(before, after, only_changes=True)
        if tracked.changed:
            counts = {"added": tracked.added, "removed": tracked.removed, "moved": tracked.moved}
            item.counted = (
                _("Words: %(added)s added, %(removed)s removed, %(moved)s moved.") % counts
                if tracked.moved
                else _("Words: %(added)s added, %(removed)s removed.") % counts
            )
            html = tracked.html
            if in_force is not None:
                html = decoration.decorate_changes(html, Contents.of(in_force))
            item.tracked = _apart(html, f"{item.anchor}-changes")
    if full:
        item.full = _apart(full, item.anchor)


def _changed(before: Any, after: Any, fields: dict[str, str]) -> list[Changed]:
    if before is None:
        return []
    return [
        Changed(label, comparison.tracked_words(getattr(before, name), getattr(after, name)))
        for label, name in fields.items()
        if getattr(before, name) != getattr(after, name)
    ]


def _apart(html: str, prefix: str) -> SafeString:
    """Below the headings of a paper, with places of its own: many texts stand on one page."""
    return mark_safe(rendering.apart(html, prefix, lower=2))  # noqa: S308 # was sanitised, and is serialised from a tree
