"""The page of an edition in preparation: its words, and what goes in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manual import workflow
from manual.models import (
    Amendment,
    Contents,
    Definition,
    DocumentVersion,
    Edition,
    EditionKind,
    Significance,
)
from manual.workflow import AnyVersion, day_said, name_of, said

LONGEST_NOTES = 20_000
LONGEST_KEY = 18

KINDS = [
    (
        EditionKind.ORDINARY,
        gettext_lazy(
            "Ordinary: a regular issue of the manual. It may rearrange the contents, and what is marked New or Updated "
            "begins anew with it."
        ),
    ),
    (
        EditionKind.URGENT,
        gettext_lazy(
            "Urgent: for what cannot wait. It comes in before scheduled editions; what these "
            "would do to the same texts goes back to its author, to be brought up to date. The "
            "contents stay as they are arranged."
        ),
    ),
    (
        EditionKind.CORRECTION,
        gettext_lazy(
            "Corrections only: slips put right. They are listed, but nothing is marked and nobody is e-mailed."
        ),
    ),
]
NOT_THERE = gettext_lazy(
    "Something on this list is not approved any more, or is gone. Look at the list again."
)


class ApprovedField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg] # generic in the stubs only
    """Boxes to tick, one for each approved version."""

    def clean(self, value: Any) -> Any:
        # What is no key of a row at all: SQLite cannot even look for a number this long.
        if any(len(str(key)) > LONGEST_KEY for key in value or ()):
            raise forms.ValidationError(NOT_THERE)
        return super().clean(value)


class EditionForm(forms.Form):
    """What an approver decides about an edition in preparation."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Optional: Autumn edition. Readers see it beside the edition’s number."),
    )
    notes = forms.CharField(
        label=gettext_lazy("Notes for readers"),
        max_length=LONGEST_NOTES,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("What this edition is about, in a sentence or two."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of edition"), choices=KINDS, widget=forms.RadioSelect
    )
    when = forms.ChoiceField(
        label=gettext_lazy("When it takes effect"),
        choices=[
            ("now", gettext_lazy("At once, when it is published")),
            ("later", gettext_lazy("On a date, at a time")),
        ],
        widget=forms.RadioSelect,
    )
    day = forms.DateField(
        label=gettext_lazy("Date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    clock = forms.TimeField(
        label=gettext_lazy("Time in London"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("London time: GMT in winter, British Summer Time from spring to autumn."),
    )
    law_stated_as_at = forms.DateField(
        label=gettext_lazy("Law stated as at"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Optional: the day whose law the manual sets out."),
    )
    agreed_by = forms.CharField(
        label=gettext_lazy("Agreed by"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("The meeting or group, if there was one."),
    )
    agreed_on = forms.DateField(
        label=gettext_lazy("Agreed on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    minute = forms.CharField(
        label=gettext_lazy("Minute"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Where the minutes of that meeting say so: 7.2."),
    )
    rearranges = forms.BooleanField(
        label=gettext_lazy("Take the arrangement of the contents as it stands in the tree"), required=False
    )
    amendments = ApprovedField(Amendment.objects.none(), required=False)
    definitions = ApprovedField(Definition.objects.none(), required=False)
    documents = ApprovedField(DocumentVersion.objects.none(), required=False)
    shown = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, edition: Edition | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = {**_initial(edition), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        for name, model in (
            ("amendments", Amendment), ("definitions", Definition), ("documents", DocumentVersion),
        ):  # fmt: skip
            boxes = cast("forms.ModelMultipleChoiceField[Any]", self.fields[name])
            boxes.queryset = model._default_manager.filter(status="approved")
            boxes.error_messages.update(invalid_choice=NOT_THERE, invalid_pk_value=NOT_THERE, list=NOT_THERE)
        for name, field in self.fields.items():
            if field.help_text:
                field.widget.attrs["aria-describedby"] = f"id_{name}_help"

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["effective_at"] = None
        if cleaned.get("when") == "later" and not ({"day", "clock"} & set(self.errors)):
            day, clock = cleaned.get("day"), cleaned.get("clock")
            if not day:
                self.add_error("day", _("Choose the date on which it takes effect."))
            if not clock:
                self.add_error("clock", _("Choose the time at which it takes effect."))
            if day and clock:
                try:
                    cleaned["effective_at"] = london_moment(day, clock)
                except NoSuchMoment as no:
                    self.add_error("clock", str(no))
                else:
                    if cleaned["effective_at"] <= timezone.now():
                        self.add_error(
                            "day",
                            _("%(moment)s is past. Choose a later moment.")
                            % {"moment": said(cleaned["effective_at"])},
                        )
        if cleaned.get("kind") != EditionKind.ORDINARY and cleaned.get("rearranges"):
            self.add_error(
                "rearranges", _("Only an ordinary edition can take the arrangement of the contents.")
            )
        return cleaned

    @property
    def words(self) -> dict[str, Any]:
        """As the verbs take them."""
        names = (
            "name",
            "notes",
            "kind",
            "law_stated_as_at",
            "agreed_by",
            "agreed_on",
            "minute",
            "rearranges",
        )
        words = {name: self.cleaned_data[name] for name in (*names, "effective_at")}
        for name in ("name", "notes", "agreed_by", "minute"):
            words[name] = words[name].strip()
        return words

    @property
    def chosen(self) -> dict[str, Any]:
        return {name: list(self.cleaned_data[name]) for name in ("amendments", "definitions", "documents")}

    def against(self, edition: Edition) -> list[tuple[str, str]]:
        """What somebody else saved of an edition that is otherwise on this page; the next click puts this page's in
        its place, now that it was said."""
        theirs = EditionForm(edition=edition)
        found = []
        for name, field in self.fields.items():
            if name == "shown":
                continue
            mine, other = self.cleaned_data.get(name), theirs.initial.get(name)
            if name in ("amendments", "definitions", "documents"):
                if {version.pk for version in mine or ()} != set(other or ()):
                    listed = getattr(edition, OF_EDITION[name]).all()
                    found.append(
                        (
                            str(WHAT_GOES_IN[name]),
                            ", ".join(each.title_shown for each in listed) or _("none"),
                        )
                    )
            elif (mine or None) != (other or None):
                words = dict(KINDS)[EditionKind(str(other))].partition(":")[0] if name == "kind" else other
                found.append((str(field.label or name.capitalize()), _in_words(words)))
        data = cast("QueryDict", self.data).copy()
        data["shown"] = workflow.edition_mark(edition)
        self.data = data
        return found

    def ticked(self, field: str) -> set[str]:
        """The keys that are ticked on the page: as posted, or else as they are stored."""
        if self.is_bound:
            return set(cast("Any", self.data).getlist(field))
        return {str(key) for key in self.initial.get(field, ())}


# What an edition calls the lists of the form.
WHAT_GOES_IN = {
    "amendments": gettext_lazy("What goes in: amendments"),
    "definitions": gettext_lazy("What goes in: definitions"),
    "documents": gettext_lazy("What goes in: documents"),
}
OF_EDITION = {"amendments": "amendments", "definitions": "definitions", "documents": "documentversions"}


def _in_words(value: Any) -> str:
    if value in (None, ""):
        return _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, date):
        return day_said(value)
    return {"now": _("at once"), "later": _("at a date and time")}.get(value, str(value))


class NoSuchMoment(ValueError):
    """A time that the clocks of London skip or show twice; a sentence for the person who chose it."""


def london_moment(day: date, clock: time) -> datetime:
    """The moment at which the clocks of London show this."""
    london = ZoneInfo("Europe/London")
    first, second = (datetime.combine(day, clock, london).replace(fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    skipped = first.astimezone(ZoneInfo("UTC")).astimezone(london).time() != clock
    if skipped:
        raise NoSuchMoment(
            _(
                "There is no %(clock)s on that day: the clocks go forward from 01:00 to 02:00. Choose another time."
            )
            % {"clock": f"{clock:%H:%M}"}
        )
    raise NoSuchMoment(
        _(
            "The clocks show %(clock)s twice on that day, because they go back from 02:00 to 01:00. Choose another "
            "time."
        )
        % {"clock": f"{clock:%H:%M}"}
    )


def moment_said(moment: datetime) -> str:
    """“1 June 2026 at 14:05, London time (BST)”."""
    return _("%(moment)s, London time (%(zone)s)") % {
        "moment": said(moment),
        "zone": timezone.localtime(moment).tzname(),
    }


def _initial(edition: Edition | None) -> dict[str, Any]:
    if edition is None:
        return {"kind": EditionKind.ORDINARY, "when": "now"}
    moment = timezone.localtime(edition.effective_at) if edition.effective_at else None
    return {
        "name": edition.name,
        "notes": edition.notes,
        "kind": edition.kind,
        "when": "later" if moment else "now",
        "day": moment.date() if moment else None,
        "clock": moment.time().replace(second=0, microsecond=0) if moment else None,
        "law_stated_as_at": edition.law_stated_as_at,
        "agreed_by": edition.agreed_by,
        "agreed_on": edition.agreed_on,
        "minute": edition.minute,
        "rearranges": edition.rearranges,
        "amendments": list(edition.amendments.values_list("pk", flat=True)),
        "definitions": list(edition.definitions.values_list("pk", flat=True)),
        "documents": list(edition.documentversions.values_list("pk", flat=True)),
        "shown": workflow.edition_mark(edition),
    }


# --- What goes in --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """An approved version on the list of what could go into an edition; `why_not` says what keeps it out."""

    version: AnyVersion
    field: str
    name: str
    kind: str
    ticked: bool
    elsewhere: Edition | None = None
    why_not: str = ""

    @property
    def key(self) -> str:
        return f"{self.field}-{self.version.pk}"

    @property
    def possible(self) -> bool:
        """Whether it has a box to tick; what is in the edition already can always be taken out."""
        return self.ticked or (self.elsewhere is None and not self.why_not)

    @property
    def address(self) -> str:
        return record_address(self.version)

    @property
    def author(self) -> str:
        return name_of(self.version.author) if self.version.author_id else ""

    @property
    def approver(self) -> str:
        return name_of(self.version.approver) if self.version.approver_id else ""


def record_address(version: AnyVersion) -> str:
    """Where a version is shown with all that was decided about it."""
    return reverse(f"admin:manual_{version._meta.model_name}_change", args=[version.pk])


class WhatGoesIn:
    """All that is approved, beside an edition: what is ticked, what could be, and what could not, with the reason."""

    def __init__(self, edition: Edition | None, form: EditionForm) -> None:
        self.edition = edition
        self.form = form
        moment = edition.effective_at if edition else None
        now = timezone.now()
        self.before = Edition.objects.published().filter(effective_at__lte=max(moment or now, now)).last()
        self.after = Edition.objects.published().filter(effective_at__gt=max(moment or now, now)).first()

    @cached_property
    def amendments(self) -> list[Choice]:
        # The texts of the versions they were written from are not shown here.
        ready = (
            Amendment.objects.ready()
            .select_related("chapter", "author", "approver", "edition", "based_on__edition", "under")
            .defer("text", "html", "based_on__text", "based_on__html")
            .order_by("chapter__tree_id", "chapter__lft", "pk")
        )
        contents = Contents.of(self.before) if self.before else None
        before = {key: line.amendment_id for key, line in contents.by_chapter.items()} if contents else {}
        return [
            self._choice(
                amendment, "amendments", self._name(amendment, contents),
                amendment.get_significance_display(), before.get(amendment.chapter_id),
            )
            for amendment in ready
        ]  # fmt: skip

    @cached_property
    def definitions(self) -> list[Choice]:
        ready = (
            Definition.objects.ready()
            .select_related("keyword", "author", "approver", "edition", "based_on__edition")
            .defer("meaning", "html", "based_on__meaning", "based_on__html")
            .order_by("name", "pk")
        )
        return [*self._choices(ready, "definitions", _("Keyword"))]

    @cached_property
    def documents(self) -> list[Choice]:
        ready = (
            DocumentVersion.objects.ready()
            .select_related("document", "author", "approver", "edition", "based_on__edition")
            .order_by("title", "pk")
        )
        return [*self._choices(ready, "documents", _("Document"))]

    @cached_property
    def groups(self) -> list[tuple[str, str, list[Choice]]]:
        """Texts, keywords and documents that have a box to tick."""
        return [
            (heading, key, [choice for choice in choices if choice.possible])
            for heading, key, choices in (
                (_("Texts of chapters"), "amendments", self.amendments),
                (_("Keywords"), "definitions", self.definitions),
                (_("Documents"), "documents", self.documents),
            )
            if any(choice.possible for choice in choices)
        ]

    @cached_property
    def others(self) -> list[Choice]:
        """What has no box: it is in another edition, or does not fit as it is."""
        return [
            choice for choice in (*self.amendments, *self.definitions, *self.documents) if not choice.possible
        ]

    def _choices(self, ready: Iterable[Any], field: str, kind: str) -> Iterator[Choice]:
        listed = [*ready]
        model: Any = type(listed[0]) if listed else Definition
        chain = f"{model.CHAIN}_id"
        before: dict[int, int] = {}
        if listed and self.before:
            before = dict(model.objects.in_edition(self.before).values_list(chain, "pk"))
        for version in listed:
            word = _("%(kind)s, new") % {"kind": kind} if version.based_on_id is None else kind
            yield self._choice(version, field, version.title_shown, word, before.get(version.chain_id))

    def _choice(self, version: AnyVersion, field: str, name: str, kind: str, before: int | None) -> Choice:
        here = self.edition is not None and version.edition_id == self.edition.pk
        return Choice(
            version,
            field,
            name,
            kind,
            ticked=str(version.pk) in self.form.ticked(field) and (here or not version.edition_id),
            elsewhere=None if here else version.edition,
            why_not=_why_not(version, before),
        )

    def _name(self, amendment: Amendment, contents: Contents | None) -> str:
        line = contents.by_chapter.get(amendment.chapter_id) if contents else None
        if line is None or amendment.significance == Significance.NEW:
            return amendment.title
        return f"{line.number} {amendment.title}".strip()


def _why_not(version: AnyVersion, before: int | None) -> str:
    """What keeps a version out of an edition before which its chain stands at `before`; empty where nothing does."""
    if version.based_on_id == before:
        return ""
    based_on = version.based_on
    if based_on is None:
        return _("It was written as something new, but it is in the manual by now.")
    carried = based_on.edition
    if carried and carried.published_at and carried.effective_at and carried.effective_at > timezone.now():
        return _(
            "It goes on from %(carried)s, which takes effect on %(effective_at)s. It can go into an "
            "edition that takes effect after that one."
        ) % {"carried": carried, "effective_at": said(carried.effective_at)}
    return _(
        "What it was written from has changed since. It has to be returned to its author and brought up to date."
    )
