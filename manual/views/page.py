"""What every page has: the manual, the edition that is read, its contents, urgent help, the reader's display."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.dateparse import parse_date
from django.utils.safestring import SafeString, mark_safe

from manual import decoration
from manual.models import (
    Amendment,
    Contents,
    Edition,
    Entry,
    Glossary,
    Issued,
    Line,
    Manual,
    Notice,
    ThatDay,
)
from manual.views.settings_of_reader import Display

FARTHEST = 1_000_000  # no manual has that many editions, and a database could not count much further


@dataclass
class Page:
    """A page of one edition of the manual. Without an edition the manual has nothing in force yet."""

    request: HttpRequest
    manual: Manual
    issued: Issued
    edition: Edition | None
    dated: bool = False
    chapter: int | None = None  # the chapter that it is the page of

    @classmethod
    def of(cls, request: HttpRequest, number: int | None = None) -> Page:
        """The edition in force, or the one with a number, if this reader may see it; otherwise there is no such page.

        Editors may see those that are scheduled, too.
        """
        manual = Manual.objects.current()
        issued = Issued.of(with_scheduled=_is_staff(request))
        if number is None:
            return cls(request, manual, issued, issued.in_force)
        if number not in issued.by_number:
            raise Http404(f"There is no edition {number} that has taken effect.")
        return cls(request, manual, issued, issued.by_number[number], dated=True)

    @property
    def in_force(self) -> Edition | None:
        return self.issued.in_force

    @property
    def superseded_by(self) -> Edition | None:
        """The edition that followed a dated one."""
        return self.issued.after(self.edition) if self.edition and not self.to_come else None

    @property
    def to_come(self) -> bool:
        """Whether it shows an edition that has not taken effect yet, as editors alone may see it."""
        return self.edition is not None and self.edition in self.issued.to_come

    @cached_property
    def asked(self) -> ThatDay | None:
        """The day that the reader asked for, where this is the edition that was in force on it."""
        try:
            day = parse_date(self.request.GET.get("on", ""))
        except ValueError:
            return None
        that_day = self.issued.on(day) if day and self.dated else None
        return that_day if that_day and that_day.edition == self.edition else None

    @cached_property
    def contents(self) -> Contents:
        if self.edition is None:
            raise Http404("No edition of the manual is in force yet.")
        return Contents.of(self.edition, dated=self.dated)

    @cached_property
    def glossary(self) -> Glossary:
        return Glossary.of(self.contents.edition)

    @cached_property
    def display(self) -> Display:
        return Display.of(self.request)

    @property
    def superseded(self) -> bool:
        return self.edition != self.in_force

    @cached_property
    def texts(self) -> dict[int, Amendment]:
        """The amendments whose text this page needs, by key."""
        return self.fetch()

    def fetch(self, *lines: Line) -> dict[int, Amendment]:
        """One query for the texts of these chapters and of their last changes, and for the contacts in force."""
        contacts = Entry.objects.filter(
            edition=self.in_force, chapter__slug=self.manual.contacts, withdrawn_in=None
        )
        wanted = Q(pk__in=[line.amendment_id for line in lines]) | Q(pk__in=contacts.values("amendment"))
        for line in lines:
            wanted |= Q(chapter=line.chapter_id, edition=line.changed_in)
        self.texts = (
            Amendment.objects.defer("text")
            .select_related("chapter")
            .annotate(has_contacts=Exists(contacts.filter(amendment=OuterRef("pk"))))
            .filter(wanted)
            .in_bulk()
        )
        return self.texts

    @property
    def urgent_help(self) -> SafeString:
        """The numbers to ring at once: always those in force, whatever day's text the page shows."""
        if self.in_force is None:
            return mark_safe("")
        contacts = next((text for text in self.texts.values() if getattr(text, "has_contacts", False)), None)
        html = decoration.urgent_help(contacts, self.manual.urgent_help, self.in_force)
        return mark_safe(html)  # noqa: S308 # sanitised when it was rendered

    @cached_property
    def notices_up(self) -> list[Notice]:
        """All that is pinned now: live at once, whatever day's text the page shows."""
        return list(Notice.objects.up().only("words", "chapter_id"))

    @property
    def notices(self) -> list[Notice]:
        """Those over this page: over every page, and over the chapter that it shows."""
        return [notice for notice in self.notices_up if notice.chapter_id in (None, self.chapter)]

    @property
    def chapters_with_notice(self) -> set[int | None]:
        """The chapters that have one of their own, for lists of chapters."""
        return {notice.chapter_id for notice in self.notices_up}

    def render(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        response = render(
            self.request, template, {"page": self, "manual": self.manual, **context}, status=status
        )
        # What is in force can change at any moment, so a copy is asked after before it is shown again.
        patch_cache_control(response, no_cache=True)
        if self.for_staff:
            # Not what readers are shown: no cache between this editor and the site keeps it.
            patch_cache_control(response, private=True)
        patch_vary_headers(response, ["Cookie"])
        if self.hidden_from_search_engines:
            response["X-Robots-Tag"] = "noindex"
        return response

    @cached_property
    def for_staff(self) -> bool:
        """Whether a signed-in editor reads, who is shown the way to the desk. Other readers cost no query."""
        return _is_staff(self.request)

    @property
    def hidden_from_search_engines(self) -> bool:
        return self.manual.sample or self.dated


def _is_staff(request: HttpRequest) -> bool:
    person = getattr(request, "user", None)
    return person is not None and person.is_authenticated and person.is_staff
