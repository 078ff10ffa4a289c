"""All that changed since a day, or since an edition: for whoever was last trained, or last looked, then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from manual.models import ChapterDifference, Contents, Line, Mark, differences
from manual.views.another_day import read_day
from manual.views.page import Page
from manual.views.since import Since

LONGEST_DAY = 60  # what is longer than any day is written is not shown back

# What matters most of what became of a chapter decides where it stands; the rest is said beside it.
# They are translated when they are shown.
GROUPS = {
    gettext_noop("New"): ("New", "Reinstated"),
    gettext_noop("Updated"): ("Changed",),
    gettext_noop("Corrected"): ("Corrected",),
    gettext_noop("Withdrawn"): ("Withdrawn",),
}
ELSEWHERE = gettext_noop("Renamed, moved or left")
RENUMBERED = gettext_noop("Renumbered")


@dataclass(frozen=True)
class Listed:
    """A chapter of the list, with what a reader wants to see next."""

    each: ChapterDifference
    since: Since

    @property
    def line(self) -> Line:
        return self.each.line

    @property
    def reinstated(self) -> bool:
        return "Reinstated" in self.each.words

    @property
    def marked_url(self) -> str:
        """Its page with the changed passages marked; empty where there is no older text to hold it against."""
        text = {"Changed", "Corrected"} & set(self.each.words)
        return f"{self.line.url}{self.since.query}" if text and self.line.is_page else ""

    @property
    def compare_url(self) -> str:
        """Where every word that changed is shown; a withdrawn text has not changed, it is in force no longer."""
        return "" if self.line.withdrawn else self.each.compare_url

    @property
    def successor(self) -> Line | None:
        """What to read instead of a withdrawn one."""
        return self.line.read_instead if self.line.withdrawn else None

    @property
    def marks(self) -> list[Mark]:
        """What became of its name and place."""
        before, after, words = self.each.before, self.each.after, self.each.words
        if before is None or after is None:
            return []
        if after.gone:
            return [] if before.gone else [Mark(_("Left the contents"), before.number)]
        marks = []
        if "Renamed" in words:
            marks.append(Mark(_("Renamed"), _("“%(title)s”") % {"title": before.title}))
        if "Moved" in words:
            was, now = before.parent, after.parent
            elsewhere = (was and was.chapter_id) != (now and now.chapter_id)
            place = _("under %(name)s") % {"name": was.name} if was else _("among the parts")
            marks.append(Mark(_("Moved"), place if elsewhere else ""))
        if "Renumbered" in words:
            marks.append(Mark(_("Renumbered"), before.number or _("without a number")))
        return marks


@require_safe
def since(request: HttpRequest) -> HttpResponse:
    """A form that asks for the day; with one, everything that is different in the edition in force."""
    page = Page.of(request)
    page.not_indexed = True
    if page.edition is None:
        return page.render("manual/nothing_in_force.html")
    asked = " ".join(request.GET.get("since", "").replace("\0", "").split())
    day = read_day(asked)
    if day and asked != day.isoformat():
        return HttpResponseRedirect(reverse("changes") + Since(day, None).query)
    counted = Since.of(request, page.issued)
    found = None
    if counted and counted.edition:
        found = differences(Contents.of(counted.edition, dated=True), page.contents)
    return page.render(
        "manual/changes.html",
        asked=asked[:LONGEST_DAY],
        in_a_date_field=not asked or bool(day),
        today=timezone.localdate(),
        first=page.issued.first_day,
        says=_why_not(asked, day, counted),
        since=counted,
        earlier=_earlier_that_day(page, counted),
        found=found,
        groups=grouped(found.chapters, counted) if found and counted else [],
    )


def _why_not(asked: str, day: date | None, counted: Since | None) -> str:
    """What keeps the page from answering: a word of the template's; nothing where it answers, or was not asked."""
    if counted:
        return "" if counted.edition else "before"
    if not asked:
        return ""
    return "to come" if day else "no day"


def _earlier_that_day(page: Page, counted: Since | None) -> list[Since]:
    """Who looked on a day on which the edition changed may have read the one before: what to count from then."""
    if counted is None or counted.by_edition:
        return []
    earlier = page.issued.on(counted.day).earlier
    return [Since(counted.day, edition, by_edition=True) for edition in earlier]


def grouped(chapters: Iterable[ChapterDifference], counted: Since) -> list[tuple[str, list[Listed]]]:
    """The chapters by what matters most about each, in the order of the contents; empty groups left out."""
    groups: dict[str, list[Listed]] = {word: [] for word in (*GROUPS, ELSEWHERE, RENUMBERED)}
    for each in chapters:
        word = next((word for word, words in GROUPS.items() if set(words) & set(each.words)), ELSEWHERE)
        groups[RENUMBERED if each.only_renumbered else word].append(Listed(each, counted))
    return [(word, listed) for word, listed in groups.items() if listed]
