"""The settings of the manual as a whole; readers see them at once, in no edition."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from manual.models import Manual, Searched
from manual.search import recording
from manual.workflow.permission import Actor, Refused, permit, record

SETTINGS = "manual.change_manual"

# What an administrator decides. The way of numbering and the areas are part of every stored text.
CHANGEABLE = (
    "title", "board", "sample", "contacts", "urgent_help", "quick_guide", "about", "self_approval",
    "approvers_shown", "keep_searches",
)  # fmt: skip


def change_settings(*, by: Actor, **settings: Any) -> Manual:
    """Change some of the settings; what changed from what to what is on record.

    Once searches are no longer counted, nothing is left of those that were.
    """
    permit(by, SETTINGS)
    if unknown := set(settings) - set(CHANGEABLE):
        raise TypeError(_("No settings: ") + ", ".join(sorted(unknown)))
    for name in ("title", "board"):
        if name in settings and not str(settings[name]).strip():
            raise Refused(
                _("The title cannot be empty.") if name == "title" else _("The board cannot be empty.")
            )
    with transaction.atomic():
        manual = Manual.objects.select_for_update().filter(pk=1).first() or Manual(pk=1)
        changed = []
        for name, value in settings.items():
            before = getattr(manual, name)
            if before != value:
                changed.append(
                    _("%(name)s: from %(before)s to %(value)s.")
                    % {"name": _label(name), "before": _said(before), "value": _said(value)}
                )
                setattr(manual, name, value)
        if changed or manual._state.adding:
            manual.save()
        if not manual.keep_searches:
            Searched.objects.all().delete()
            transaction.on_commit(recording.forget)
        if changed:
            record("change settings", by=by, manual=manual, what=" ".join(changed))
        return manual


def _label(name: str) -> str:
    label = str(Manual._meta.get_field(name).verbose_name)  # type: ignore[union-attr] # a plain field
    return label[:1].upper() + label[1:]


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return f"“{value}”"
