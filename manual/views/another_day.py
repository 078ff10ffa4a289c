"""The same page on another day: how a reader writes a day, and which page of the manual an address is."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from manual.models import Issued, Manual
from manual.models.issued import day_of, moment_of

IN_FULL = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})", re.ASCII)
DAY_FIRST = re.compile(
    r"(?P<day>\d{1,2}) ?(?P<sign>[./-]) ?(?P<month>\d{1,2}) ?(?P=sign) ?(?P<year>\d{4})", re.ASCII
)
IN_WORDS = re.compile(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)? (?P<month>[a-z]{3,9})\.?,? (?P<year>\d{4})", re.ASCII | re.IGNORECASE
)
MONTHS = [
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
]  # fmt: skip
LONGEST_DAY = 60  # what is longer than any day is written is not shown back

# Of a chapter, where it is asked for on another day, the chapter itself is meant.
OF_A_CHAPTER = ("history", "compare", "cite", "print")


def read_day(words: str) -> date | None:
    """A day as people write it, the day before the month: 2026-06-01, 1 June 2026, 01/06/2026, 1.6.2026."""
    words = " ".join(words.split())
    match = ISO.fullmatch(words) or DAY_FIRST.fullmatch(words) or IN_WORDS.fullmatch(words)
    if match is None:
        return None
    try:
        return date(int(match["year"]), _month(match["month"]), int(match["day"]))
    except ValueError:
        return None


def _month(words: str) -> int:
    if words.isdigit():
        return int(words)
    found = [n for n, month in enumerate(MONTHS, start=1) if month.startswith(words.lower())]
    # September is often written with four letters, and May has three.
    return found[0] if found else 0


@dataclass(frozen=True)
class SamePage:
    """A page of the manual that every edition can have, whichever is read."""

    name: str = "contents"
    args: tuple[str, ...] = ()

    @classmethod
    @functools.lru_cache(maxsize=512)
    def at(cls, path: str, *, of_a_day: bool = False) -> SamePage | None:
        """The page at an address of the manual in force, of an edition or of a day; none where there is no such page.

        What is about editions and not in them, such as their list, has the contents for its page.
        """
        path = f"/{path.lstrip('/')}"
        if path.strip("/") == "contents":
            return cls()  # so named in an edition; in force they are at the root
        try:
            match = resolve(path)
        except Resolver404:
            try:
                match = resolve(f"{path}/")
            except Resolver404:
                return None
        if match.namespace:
            return None
        name, args = (match.url_name or "").removeprefix("edition-"), match.kwargs
        if name == "on-page":
            return None if of_a_day else cls.at(args["page"], of_a_day=True)
        if name in ("chapter", *OF_A_CHAPTER):
            return cls("chapter", (args["slug"],))
        if name in ("keyword", "document"):
            return cls(name, (args["slug"],))
        if name == "by-number":
            return cls(name, (args["number"],))
        if name in ("keywords", "search", "quick-guide", "contacts"):
            return cls(name)
        if name in ABOUT_EDITIONS:
            return cls()
        return None

    @cached_property
    def today(self) -> str:
        """Its address in the manual in force."""
        return reverse(self.name, args=self.args)

    def in_edition(self, number: int, manual: Manual) -> str:
        """Its address in an edition for ever."""
        chapters = {"quick-guide": manual.quick_guide, "contacts": manual.contacts}
        if self.name in chapters:
            return reverse("edition-chapter", args=[number, chapters[self.name]])
        return reverse(f"edition-{self.name}", args=[number, *self.args])


# Where the contents are what a reader of another day is shown.
ABOUT_EDITIONS = {
    "contents", "editions", "edition", "changes", "compare-editions", "bundle", "changes-bundle", "since-last-seen",
    "on", "on-day", "print-contents", "copy", "ask-copy",
}  # fmt: skip


@dataclass(frozen=True)
class DateBox:
    """The form that leads to the same page as it stood on another day; without a first day there is none."""

    page: str
    query: str = ""
    first: date | None = None
    last: date | None = None
    asked: str = ""

    @classmethod
    def of(cls, request: HttpRequest, issued: Issued, asked: str, page: SamePage | None = None) -> DateBox:
        """Where the reader is, the words that were searched for, and the days there are; for editors those to come."""
        last = timezone.localdate()
        if issued.to_come:
            last = max(last, day_of(moment_of(issued.to_come[-1])))
        same = page or SamePage.at(request.path_info) or SamePage()
        return cls(
            page=same.today,
            query=request.GET.get("q", "") if same.name == "search" else "",
            first=issued.first_day,
            last=last,
            asked=asked[:LONGEST_DAY],
        )

    @property
    def in_a_date_field(self) -> bool:
        """Whether a browser's own date field can show what was asked; it shows nothing that is no date."""
        return not self.asked or bool(IN_FULL.fullmatch(self.asked) and read_day(self.asked))


def address_on(day: date, page: SamePage, query: QueryDict) -> str:
    """“As it stood” on a day, whatever edition that will turn out to be."""
    path = page.today.removeprefix(reverse("contents"))
    args = [day.isoformat(), *([path] if path else [])]
    address = reverse("on-page" if path else "on-day", args=args)
    return f"{address}?{query.urlencode()}" if query else address
