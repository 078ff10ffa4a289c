"""What every page has: the manual, the edition that is read, its contents, urgent help, the reader's display."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from manual import decoration
from manual.lens import Lens
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
    about_pages,
)
from manual.templatetags.kept import Frame, Keeper
from manual.views import last_seen
from manual.views.another_day import DateBox, SamePage, read_day
from manual.views.frame import frame_of
from manual.views.settings_of_reader import Display

MINUTE = 60
FARTHEST = 1_000_000  # no manual has that many editions, and a database could not count much further

_whole_pages = Keeper()


@dataclass(frozen=True)
class Today:
    """Where a dated page leads those who want what is in force, and what the link says."""

    address: str
    said: str = ""

    @property
    def words(self) -> str:
        return self.said or _("Read what is in force today")


@dataclass
class Page:
    """A page of one edition of the manual. Without an edition the manual has nothing in force yet."""

    request: HttpRequest
    manual: Manual
    issued: Issued
    edition: Edition | None
    dated: bool = False
    chapter: int | None = None  # the chapter that it is the page of
    not_indexed: bool = False  # it shows what is told at another address already, or nothing of the manual
    asks_for_a_day: bool = False  # it stands for a day that there is no manual of
    searched: str = ""  # the words that it has searched for
    same_today: Today | None = None  # where it is a dated page of something else than the contents

    @classmethod
    def of(cls, request: HttpRequest, number: int | None = None, *, shown: bool = True) -> Page:
        """The edition in force, or the one with a number, if this reader may see it; otherwise there is no such page.

        Editors may see those that are scheduled, too. One that is not `shown` only tells what is read.
        """
        manual = Manual.objects.current()
        issued = Issued.of(with_scheduled=is_staff(request))
        if number is not None and number not in issued.by_number:
            raise Http404(_("There is no edition %(number)s that has taken effect.") % {"number": number})
        edition = issued.in_force if number is None else issued.by_number[number]
        page = cls(request, manual, issued, edition, dated=number is not None)
        # One query after another takes half as long as each by itself among other things.
        if shown:
            page.notices_up = Notice.objects.shown()
        return page

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
    def that_day(self) -> ThatDay | None:
        """The day, today at the latest, that the reader asked a dated page for; it need not have been in force then."""
        day = read_day(self.request.GET.get("on", "")) if self.dated else None
        # What will be in force on a day that is still to come is not settled.
        return self.issued.on(day) if day and day <= timezone.localdate() else None

    @property
    def asked(self) -> ThatDay | None:
        """The day that the reader asked for, where this is the edition that was in force on it."""
        return self.that_day if self.that_day and self.that_day.edition == self.edition else None

    @property
    def applied_until(self) -> datetime | None:
        """Until when this edition applied on the day asked for, where it gave way to another during it."""
        gave_way = self.that_day.gave_way if self.that_day else []
        return next((until for edition, until in gave_way if edition == self.edition), None)

    @property
    def kept(self) -> str:
        """What addresses of this edition end with, so that the day asked for is not lost."""
        return f"?on={self.that_day.day.isoformat()}" if self.that_day else ""

    @property
    def earlier_that_day(self) -> list[tuple[Edition, datetime, str]]:
        """What applied during the day asked for before this edition did: until when, and the same page in it."""
        gave_way = self.asked.gave_way if self.asked else []
        return [(edition, until, self._same_in(edition)) for edition, until in gave_way]

    @property
    def when_that_day_ended(self) -> str:
        """The same page as it stood when the day asked for ended."""
        return self._same_in(self.that_day.edition) if self.that_day and self.that_day.edition else ""

    def _same_in(self, edition: Edition) -> str:
        same = SamePage.at(self.request.path_info) or SamePage()
        query = self.request.GET.urlencode()
        address = same.in_edition(edition.number or 0, self.manual)
        return f"{address}?{query}" if query else address

    @property
    def contents_address(self) -> str:
        """The contents of the edition that is read."""
        return self._address("contents")

    @property
    def keywords_address(self) -> str:
        """Its glossary."""
        return self._address("keywords")

    @property
    def search_address(self) -> str:
        """Where a search looks through it; forms bring the day asked for themselves."""
        return self._address("search").removesuffix(self.kept)

    @property
    def suggestions_address(self) -> str:
        """What its search box asks while somebody types; the day asked for comes from the form, too."""
        return self._address("suggestions").removesuffix(self.kept)

    def _address(self, name: str) -> str:
        if self.dated and self.edition:
            return f"{reverse(f'edition-{name}', args=[self.edition.number])}{self.kept}"
        return reverse(name)

    @property
    def today(self) -> Today | None:
        """Where the same is found in the manual in force; nowhere while none is."""
        if self.in_force is None:
            return None
        return self.same_today or Today(reverse("contents"))

    @cached_property
    def another_day(self) -> DateBox:
        """The way to the same page on another day."""
        return DateBox.of(self.request, self.issued, self.that_day.day.isoformat() if self.that_day else "")

    @cached_property
    def contents(self) -> Contents:
        if self.edition is None:
            raise Http404(_("No edition of the manual is in force yet."))
        contents = Contents.of(self.edition, dated=self.dated)
        contents.manual_read = self.manual
        return contents

    @cached_property
    def glossary(self) -> Glossary:
        return Glossary.of(self.contents.edition)

    @cached_property
    def display(self) -> Display:
        return Display.of(self.request)

    @cached_property
    def lens(self) -> Lens:
        """The area that is read for. What a cookie says of areas that the manual does not have means nothing."""
        return Lens.of(self.manual.areas, self.display.area)

    @cached_property
    def area_choices(self) -> list[tuple[str, str, bool]]:
        """The areas to choose from; none where the manual has less than two."""
        return self.display.area_choices(self.manual.areas) if len(self.manual.areas) > 1 else []

    @cached_property
    def last_seen(self) -> Edition | None:
        """The edition in force when this reader was last here, for those who asked that it be remembered."""
        return last_seen.last_seen(self.request, self.issued)

    @property
    def superseded(self) -> bool:
        return self.edition != self.in_force

    @cached_property
    def texts(self) -> dict[int, Amendment]:
        """The amendments whose text this page needs, by key."""
        return self.fetch()

    def fetch(self, *lines: Line, also: Collection[int] = ()) -> dict[int, Amendment]:
        """One query for the texts of these chapters and of their last changes, of other amendments by key (`also`), and
        for the contacts in force."""
        contacts = Entry.objects.filter(
            edition=self.in_force, chapter__slug=self.manual.contacts, withdrawn_in=None
        )
        wanted = Q(pk__in=[*(line.amendment_id for line in lines), *also]) | Q(
            pk__in=contacts.values("amendment")
        )
        for line in lines:
            wanted |= Q(chapter=line.chapter_id, edition=line.changed_in)
        self.texts = (
            Amendment.objects.defer("text", "based_on__text", "based_on__html")
            .select_related("chapter", "based_on")
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
        key = ":".join(
            ("urgent-help", settings.RELEASE, get_language() or "", str(self.in_force.stamp), self.manual.contacts,
             self.manual.urgent_help)
        )  # fmt: skip
        # Where the page reads texts anyway, these come with them; others do not ask the database for them again.
        html: str | None = None if "texts" in self.__dict__ else cache.get(key)
        if html is None:
            contacts = next(
                (text for text in self.texts.values() if getattr(text, "has_contacts", False)), None
            )
            html = decoration.urgent_help(contacts, self.manual.urgent_help, self.in_force)
            # Not long, for what an older release has rendered may be rendered anew meanwhile.
            cache.add(key, html, MINUTE)
        return mark_safe(html)  # noqa: S308 # sanitised when it was rendered

    @property
    def help_frame(self) -> Frame:
        """The same on every page, until somebody changes the numbers."""
        numbers = self.urgent_help
        return Frame((numbers, get_language()), lambda: {"help": numbers}, {})

    @cached_property
    def about(self) -> list[tuple[str, str]]:
        """What is written about the manual itself, for the foot of the page: always what is in force."""
        return about_pages(self.in_force, self.manual.about) if self.in_force else []

    @cached_property
    def notices_up(self) -> list[Notice]:
        """All that is pinned now: live at once, whatever day's text the page shows."""
        return Notice.objects.shown()

    @property
    def notices(self) -> list[Notice]:
        """Those over this page: over every page, and over the chapter that it shows."""
        return [notice for notice in self.notices_up if notice.chapter_id in (None, self.chapter)]

    @property
    def chapters_with_notice(self) -> set[int | None]:
        """The chapters that have one of their own, for lists of chapters."""
        return {notice.chapter_id for notice in self.notices_up}

    @cached_property
    def frame(self) -> Frame:
        """What stands around the page, for the masthead and the foot."""
        return frame_of(self)

    def render(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        return self._told_to_ask(
            render(self.request, template, {"page": self, "manual": self.manual, **context}, status=status)
        )

    def render_kept(self, template: str, frame: Frame) -> HttpResponse:
        """The whole page as one frame: its key tells all that the template shows, and no request is known there."""
        named = replace(frame, key=None if frame.key is None else (template, frame.key))
        return self._told_to_ask(
            HttpResponse(_whole_pages.filled(named, lambda shown: render_to_string(template, shown)))
        )

    def _told_to_ask(self, response: HttpResponse) -> HttpResponse:
        # What is in force can change at any moment, so a copy is asked after before it is shown again.
        patch_cache_control(response, no_cache=True)
        if self.for_staff:
            # Not what readers are shown: no cache between this editor and the site keeps it.
            patch_cache_control(response, private=True)
        patch_vary_headers(response, ["Cookie"])
        if self.hidden_from_search_engines:
            response["X-Robots-Tag"] = "noindex"
        return response

    def lead_to(self, address: str) -> HttpResponse:
        """To a place in the edition that is read, the day asked for kept; as little kept by caches as the page is."""
        target, hash_, anchor = address.partition("#")
        response = redirect(f"{target}{self.kept}{hash_}{anchor}")
        patch_cache_control(response, no_cache=True)
        if self.for_staff:
            patch_cache_control(response, private=True)
        patch_vary_headers(response, ["Cookie"])
        return response

    @cached_property
    def for_staff(self) -> bool:
        """Whether a signed-in editor reads, who is shown the way to the desk. Other readers cost no query."""
        return is_staff(self.request)

    @property
    def hidden_from_search_engines(self) -> bool:
        return self.manual.sample or self.dated or self.not_indexed


def is_staff(request: HttpRequest) -> bool:
    """Whether an editor is signed in, who may see what is scheduled."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False  # without asking who it is
    person = getattr(request, "user", None)
    return person is not None and person.is_authenticated and person.is_staff
