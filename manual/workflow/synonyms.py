"""Words that mean the same: search goes by them at once, in no edition, and no text is changed by them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from django.utils import timezone
from django.utils.translation import gettext as _

from manual.models import Synonym, manual_lock
from manual.search.words import clean, folded
from manual.workflow.permission import SAY_SAME, Actor, Refused, permit, record

LONGEST = 100
MOST_FORMS = 30
MOST_SETS = 2_000


def add_synonym(*, by: Actor, forms: Iterable[str], note: str = "") -> Synonym:
    """Say that these words mean the same: whoever searches for one finds what has another, from now on."""
    permit(by, SAY_SAME)
    said, note = _forms(forms), _note(note)
    # Under the lock, so that two clicks on one button add one set.
    with manual_lock():
        if Synonym.objects.live().count() >= MOST_SETS:
            raise Refused(
                _("There are %(most)s sets of words already. Take out those that nobody needs.")
                % {"most": f"{MOST_SETS:,}"}
            )
        _refuse_what_is_said_already(said)
        synonym = Synonym.objects.create(forms=said, note=note, made_by=by)
        record("add synonym", by=by, synonym=synonym, what=_whole(synonym))
        return synonym


def change_synonym(synonym: Synonym, *, by: Actor, forms: Iterable[str], note: str) -> Synonym:
    """Say other words instead. Refused if it is no longer as `synonym` has it: somebody else was quicker."""
    permit(by, SAY_SAME)
    said, note = _forms(forms), _note(note)
    with manual_lock():
        stored = _live(synonym)
        if (stored.forms, stored.note) != (synonym.forms, synonym.note):
            raise Refused(
                _("Somebody else has changed it meanwhile: it now says %(stored)s.")
                % {"stored": _whole(stored)}
            )
        _refuse_what_is_said_already(said, but=stored)
        if (stored.forms, stored.note) != (said, note):
            before = _whole(stored)
            stored.forms, stored.note = said, note
            stored.save(update_fields=["forms", "note"])
            record(
                "change synonym",
                by=by,
                synonym=stored,
                what=_("From %(before)s to %(now)s.") % {"before": before, "now": _whole(stored)},
            )
        synonym.forms, synonym.note = stored.forms, stored.note
        return stored


def take_out_synonym(synonym: Synonym, *, by: Actor) -> None:
    """Search no longer goes by it. What it said stays on record."""
    permit(by, SAY_SAME)
    with manual_lock():
        stored = _live(synonym)
        stored.taken_out_at = timezone.now()
        stored.save(update_fields=["taken_out_at"])
        record("take out synonym", by=by, at=stored.taken_out_at, synonym=stored, what=_whole(stored))
    synonym.taken_out_at = stored.taken_out_at


def _forms(forms: Iterable[str]) -> list[str]:
    """As they are kept: each once, in their order. Raises Refused if they are not words that mean the same."""
    written = [form for each in forms if (form := clean(each))]
    for form in written:
        if not folded(form):
            raise Refused(
                _("“%(words)s” has no letter and no digit, so nobody can search for it.")
                % {"words": form[:LONGEST]}
            )
        if len(form) > LONGEST:
            raise Refused(
                _("“%(words)s…” is too long: words have at most %(longest)s characters here.")
                % {"words": form[:40], "longest": LONGEST}
            )
    different: dict[str, str] = {}
    for form in written:
        different.setdefault(folded(form), form)
    if len(different) > MOST_FORMS:
        raise Refused(
            _("A set has at most %(most_forms)s words or phrases; this one has %(different)s.")
            % {"most_forms": MOST_FORMS, "different": len(different)}
        )
    if len(different) < 2:
        raise Refused(
            _(
                "Write at least two different words or phrases, each on a line of its own. "
                "Capitals, accents and hyphens make no difference to search."
            )
        )
    return list(different.values())


def _note(note: str) -> str:
    note = clean(note)
    if len(note) > (most := cast(int, Synonym._meta.get_field("note").max_length)):
        raise Refused(
            _("The note has at most %(most)s characters; this one has %(note)s.")
            % {"most": most, "note": len(note)}
        )
    return note


def _refuse_what_is_said_already(forms: list[str], but: Synonym | None = None) -> None:
    wanted = {folded(form) for form in forms}
    for other in Synonym.objects.live():
        # As many different ones are as many kept ones: those have none twice.
        if (
            len(other.forms) == len(wanted)
            and other != but
            and {folded(form) for form in other.forms} == wanted
        ):
            raise Refused(_("That is said already: %(other)s.") % {"other": _whole(other)})


def _live(synonym: Synonym) -> Synonym:
    stored = Synonym.objects.select_for_update().get(pk=synonym.pk)
    if stored.taken_out_at:
        raise Refused(_("These words are taken out already."))
    return stored


def _whole(synonym: Synonym) -> str:
    """“social services” = “children’s social care” (why)."""
    words = " = ".join(f"“{form}”" for form in synonym.forms)
    return f"{words} ({synonym.note})" if synonym.note else words
