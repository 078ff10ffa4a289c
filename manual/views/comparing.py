"""Two versions of a chapter held against each other, and two editions of the manual."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from manual import decoration
from manual.comparison import Piece, tracked_changes, tracked_words
from manual.models import (
    Amendment,
    ChapterDifference,
    Contents,
    Differences,
    Edition,
    Glossary,
    KeywordDifference,
    Kind,
    Line,
    Significance,
    Status,
    differences,
)
from manual.rendering import status_name
from manual.views.page import FARTHEST, Page
from manual.workflow import day_said

LONGEST_NUMBER = 20  # what is longer than any number is not shown back

VIEWS = {
    "": gettext_lazy("To fit the screen"),
    "sides": gettext_lazy("Side by side"),
    "inline": gettext_lazy("In one text"),
}
EXTENTS = {"all": gettext_lazy("The whole text"), "changes": gettext_lazy("Only what changed")}

# What matters most of what became of a chapter decides where it is listed.
MOST_FIRST = ("New", "Reinstated", "Changed", "Corrected", "Withdrawn", "Renamed", "Moved", "Renumbered")
GROUPS = ("New", "Changed", "Corrected", "Renamed", "Moved", "Renumbered", "Withdrawn")
SHORT_LIST = 8


# --- Two versions of a chapter -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Version:
    """A version of the chapter with the edition that it came with, and whether that is still to come."""

    amendment: Amendment
    edition: Edition
    to_come: bool

    @property
    def sequence(self) -> int:
        return self.amendment.sequence or 0

    @property
    def word(self) -> str:
        return str(Significance(self.amendment.significance).label)

    @property
    def named(self) -> str:
        """“version 2, edition 1, 2 March 2026”; an edition and a day never break at the end of a line."""
        day = day_said(localtime(self.edition.effective_at)).replace(" ", "\u00a0")
        named = {"version": self.sequence, "edition": self.edition.number, "day": day}
        if self.to_come:
            return _("version\u00a0%(version)s, edition\u00a0%(edition)s, %(day)s (not in force yet)") % named
        return _("version\u00a0%(version)s, edition\u00a0%(edition)s, %(day)s") % named

    @property
    def option(self) -> str:
        """How it is named in a list to choose from, which may cut off its end."""
        day = day_said(localtime(self.edition.effective_at))
        named = {
            "version": self.sequence,
            "day": day,
            "edition": self.edition.number,
            "word": self.word.lower(),
        }
        if self.to_come:
            return _("Version %(version)s, %(day)s (edition %(edition)s, %(word)s, not in force yet)") % named
        return _("Version %(version)s, %(day)s (edition %(edition)s, %(word)s)") % named


@dataclass(frozen=True)
class Changed:
    """A line of the table above the text: what it is, and its words with what was put in and taken away."""

    label: str
    pieces: list[Piece]


@dataclass(frozen=True)
class Choices:
    """How the reader wants the changes shown; what an address says that is not known means nothing."""

    slug: str
    first: int
    last: int
    view: str
    only: str

    @classmethod
    def of(cls, request: HttpRequest, slug: str, first: int, last: int) -> Choices:
        view, only = request.GET.get("view", ""), request.GET.get("only", "")
        return cls(slug, first, last, view if view in VIEWS else "", only if only in EXTENTS else "all")

    def address(self, **other: Any) -> str:
        words = {"from": self.first, "to": self.last, "view": self.view, "only": self.only, **other}
        words = {name: word for name, word in words.items() if word and (name, word) != ("only", "all")}
        return f"{reverse('compare', args=[self.slug])}?{urlencode(words)}"

    @property
    def swapped(self) -> str:
        return self.address(**{"from": self.last, "to": self.first})

    @property
    def views(self) -> list[tuple[str, str, bool]]:
        """Each as words, address and whether it is the one that is on."""
        return [(str(words), self.address(view=view), view == self.view) for view, words in VIEWS.items()]

    @property
    def extents(self) -> list[tuple[str, str, bool]]:
        return [(str(words), self.address(only=only), only == self.only) for only, words in EXTENTS.items()]


@require_safe
def chapter(request: HttpRequest, slug: str) -> HttpResponse:
    """Two versions of a chapter: what was put in, taken away and moved between them."""
    page = Page.of(request)
    page.not_indexed = True
    versions = _versions(page, slug)
    if not versions:
        raise Http404(_("No version of a chapter of this name has taken effect."))
    if versions[0].amendment.chapter.kind not in (Kind.CHAPTER, Kind.LINK):
        raise Http404(_("This is a heading of the contents: only chapters and links can be compared."))
    page.chapter = versions[0].amendment.chapter_id
    first, last, unknown = _asked(request, versions)
    choices = Choices.of(request, slug, first.sequence, last.sequence)
    context: dict[str, Any] = {
        "slug": slug,
        "title": versions[0].amendment.title,
        "versions": versions,
        "first": first,
        "last": last,
        "unknown": unknown,
        "choices": choices,
    }
    if first != last:
        context |= _compared(page, first, last, versions, choices)
    return page.render("manual/compare.html", **context)


def _versions(page: Page, slug: str) -> list[Version]:
    """Those that took effect, newest first; for editors also those that are to come."""
    found = (
        Amendment.objects.filter(chapter__slug=slug, status=Status.PUBLISHED, edition__in=page.issued.by_key)
        .select_related("chapter")
        .defer("text", "html")
        .order_by("-sequence")
    )
    return [
        Version(amendment, edition, edition in page.issued.to_come)
        for amendment in found
        if (edition := page.issued.by_key.get(amendment.edition_id or 0))
    ]


def _asked(request: HttpRequest, versions: Sequence[Version]) -> tuple[Version, Version, list[str]]:
    """The two versions to compare, and what was asked for that there is not. The last two, unless it says otherwise."""
    by_sequence = {version.sequence: version for version in versions}
    unknown: list[str] = []

    def read(name: str) -> Version | None:
        words = " ".join(request.GET.get(name, "").replace("\0", "").split())
        number = int(words) if words.isascii() and words.isdigit() and len(words) < LONGEST_NUMBER else 0
        if words and number not in by_sequence:
            unknown.append(words[:LONGEST_NUMBER])
        return by_sequence.get(number)

    first, last = read("from"), read("to")
    if first is None and last is None:
        return versions[min(1, len(versions) - 1)], versions[0], unknown
    if last is None:
        # Since a version: up to the newest.
        last = versions[0]
    if first is None:
        place = versions.index(last)
        first = versions[min(place + 1, len(versions) - 1)]
    return first, last, unknown


def _compared(
    page: Page, first: Version, last: Version, versions: Sequence[Version], choices: Choices
) -> dict[str, Any]:
    before, after = (_line(page, version) for version in (first, last))

    def seen(html: str) -> SafeString:
        return _safe(page.lens.over(html))

    def texts() -> tuple[str, str]:
        found = page.fetch(also=(first.amendment.pk, last.amendment.pk))
        return found[first.amendment.pk].html, found[last.amendment.pk].html

    compared = decoration.compare(
        (first.amendment, before),
        (last.amendment, after),
        texts,
        inline=choices.view != "sides",
        beside=choices.view != "inline",
        only_changes=choices.only == "changes",
    )
    low, high = sorted((first.sequence, last.sequence))
    return {
        "backwards": first.sequence > last.sequence,
        "facts": [
            *_facts(page, before, after),
            *_unexplained(first.amendment, before, last.amendment, after),
        ],
        # The newest first, as everywhere.
        "between": [version for version in versions if low < version.sequence <= high],
        # For whom both versions are, as a whole.
        "applies_to": after.applies_to if after.applies_to == before.applies_to else [],
        "compared": compared,
        "html": seen(compared.html),
        "rows": [(row, seen(row.old), seen(row.new)) for row in compared.rows],
    }


def _line(page: Page, version: Version) -> Line:
    """The chapter as it stood in the edition that brought this version."""
    dated = version.edition != page.in_force
    return Contents.of(version.edition, dated=dated).by_chapter[version.amendment.chapter_id]


def _facts(page: Page, before: Line, after: Line) -> Iterator[Changed]:
    """All about a chapter that is not its text, where it differs."""
    for label, old, new in (
        (_("Title"), before.title, after.title),
        (_("Number"), before.number or _("none"), after.number or _("none")),
        (_("Place"), _place(before), _place(after)),
        (
            _("Applies to"),
            *(page.manual.area_names(line.applies_to) or _("all areas") for line in (before, after)),
        ),
        (_("Status"), status_name(before.status), status_name(after.status)),
        (_("Remark"), before.remark or _("none"), after.remark or _("none")),
        (_("Listed as"), before.label or _("an entry of its own"), after.label or _("an entry of its own")),
        (_("Link"), before.link or _("none"), after.link or _("none")),
        (_("Counterpart"), _named(before, before.counterpart), _named(after, after.counterpart)),
        (_("State"), *(_("withdrawn") if line.withdrawn else _("in force") for line in (before, after))),
    ):
        if old != new:
            yield Changed(label, tracked_words(old, new))


def _unexplained(first: Amendment, before: Line, last: Amendment, after: Line) -> Iterator[Changed]:
    """The keywords that the chapter's text does not explain, where they differ."""
    if first.keywords_off != last.keywords_off:
        old, new = (
            Glossary.of(line.contents.edition).names_of(amendment.keywords_off) or _("none")
            for amendment, line in ((first, before), (last, after))
        )
        yield Changed(_("Keywords not explained"), tracked_words(old, new))


def _place(line: Line) -> str:
    above = [line.title for line in line.ancestors]
    return _("under %(name)s") % {"name": ", ".join(above)} if above else _("in no part")


def _named(line: Line, slug: str | None) -> str:
    found = line.contents.by_slug.get(slug or "")
    return found.title if found else slug or _("none")


def _safe(html: str) -> SafeString:
    return mark_safe(html)  # noqa: S308 # sanitised when rendered, then rebuilt as a tree


# --- Two editions ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ListedChapter:
    """A chapter that differs, as the list shows it."""

    each: ChapterDifference

    @property
    def line(self) -> Line:
        return self.each.line

    @property
    def title(self) -> list[Piece]:
        """With what changed in it."""
        if self.each.before and self.each.after and "Renamed" in self.each.words:
            return tracked_words(self.each.before.title, self.each.after.title)
        return [Piece("same", self.line.title)]

    @property
    def numbers(self) -> tuple[str, str] | None:
        """The old number and the new, where they differ."""
        if self.each.before and self.each.after and "Renumbered" in self.each.words:
            return self.each.before.number or _("no number"), self.each.after.number or _("no number")
        return None

    @property
    def moves(self) -> str:
        """From where to where it moved, in words."""
        before, after = self.each.before, self.each.after
        if before is None or after is None or "Moved" not in self.each.words:
            return ""
        if after.gone:
            return _("Left the contents, because it was withdrawn before.")
        if before.parent_id == after.parent_id:
            return _("Moved to another place %(place)s.") % {"place": _place(after)}
        return _("Moved from %(old)s to %(new)s.") % {"old": _place(before), "new": _place(after)}

    @property
    def successor(self) -> Line | None:
        return self.line.read_instead if self.line.withdrawn else None

    @property
    def is_readable(self) -> bool:
        """Whether the newer of the two editions has it on a page."""
        return self.each.after is not None


@dataclass(frozen=True)
class ListedKeyword:
    """A keyword that differs, with what changed in its name, other forms and meaning."""

    each: KeywordDifference
    name: list[Piece]
    also: list[Piece]
    html: SafeString


@require_safe
def editions(request: HttpRequest, edition: int, other: int) -> HttpResponse:
    """All that differs between two editions, from the older to the newer whichever is named first."""
    page = Page.of(request)
    page.not_indexed = True
    for number in (edition, other):
        if number not in page.issued.by_number:
            raise Http404(_("There is no edition %(number)s that has taken effect.") % {"number": number})
    older, newer = sorted(
        (page.issued.by_number[edition], page.issued.by_number[other]), key=lambda each: each.number or 0
    )
    context: dict[str, Any] = {}
    if older != newer:
        before = Contents.of(older, dated=True)
        after = Contents.of(newer, dated=newer != page.in_force)
        found = differences(before, after)
        context = {
            "found": found,
            "groups": _groups(found),
            "keywords": _keywords(found),
            "counted": Counter(word for each in found.chapters for word in each.words),
        }
    return page.render(
        "manual/compare_editions.html",
        older=older,
        newer=newer,
        asked=(edition, other),
        backwards=edition > other,
        every=[*reversed(page.issued.to_come), *reversed(page.issued.editions)],
        short=SHORT_LIST,
        **context,
    )


@require_safe
def any_editions(request: HttpRequest) -> HttpResponse:
    """Where the form leads that asks for two editions; without two that there are, to the last two."""
    page = Page.of(request)
    known = [each.number or 0 for each in page.issued.editions]
    if not known:
        raise Http404(_("No edition of the manual is in force yet."))
    wanted = [request.GET.get(name, "") for name in ("from", "to")]
    numbers = [
        int(words) if words.isascii() and words.isdigit() and len(words) < 8 else 0 for words in wanted
    ]
    if not all(0 < number < FARTHEST and number in page.issued.by_number for number in numbers):
        numbers = [known[-2] if len(known) > 1 else known[-1], known[-1]]
    return HttpResponseRedirect(reverse("compare-editions", args=numbers))


def _groups(found: Differences) -> list[tuple[str, list[ListedChapter]]]:
    """Each chapter once, by what matters most about it, in the order of the contents; empty groups left out."""
    groups: dict[str, list[ListedChapter]] = {word: [] for word in GROUPS}
    for each in found.chapters:
        word = next(word for word in MOST_FIRST if word in each.words)
        groups["New" if word == "Reinstated" else word].append(ListedChapter(each))
    return [(word, listed) for word, listed in groups.items() if listed]


def _keywords(found: Differences) -> list[ListedKeyword]:
    htmls = [
        tracked_changes(each.before.html, each.after.html).html if each.before else each.after.html
        for each in found.keywords
    ]
    return [
        ListedKeyword(
            each,
            tracked_words(each.before.name, each.after.name)
            if each.before
            else [Piece("same", each.after.name)],
            tracked_words(", ".join(each.before.also), ", ".join(each.after.also)) if each.before else [],
            _safe(html),
        )
        for each, html in zip(found.keywords, decoration.decorate_pieces(htmls, found.after), strict=True)
    ]
