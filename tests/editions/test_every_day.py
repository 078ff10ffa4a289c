"""Random histories through the verbs, read through the site: on any day and in any edition readers get what the naive
model says: number, title, text, meaning, what is withdrawn, and nothing that was not there yet."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from hypothesis import Phase, event, given, note, settings
from hypothesis import strategies as st
from lxml.html import document_fromstring

from manual import workflow
from manual.models import Amendment, Chapter, Definition
from tests.editions import naive
from tests.manual_maker import agreed, meaning

LONDON = ZoneInfo("Europe/London")
# Shortly before the clocks go forward; far enough back that whatever follows is past.
BEGINNING = datetime(2024, 3, 29, 15, tzinfo=LONDON)
GAPS = [
    *(timedelta(minutes=minutes) for minutes in (1, 7, 200)),
    *(timedelta(days=days) for days in (1, 2, 20, 100)),
]
KEYWORDS = ("lado", "mash")
OUTLINE = [
    ("core", "part", None),
    ("journey", "group", "core"),
    ("referral", "chapter", "journey"),
    ("leaflet", "link", "referral"),
    ("enquiry", "chapter", "journey"),
    ("old-ways", "chapter", "core"),
    ("appendices", "part", None),
    ("forms", "chapter", "appendices"),
]
KINDS = {slug: kind for slug, kind, _parent in OUTLINE}


# What every text begins with.
ONE_TEXT = re.compile(r"Word\d+\.")


def words(element: Any) -> str:
    return " ".join(element.text_content().split())


class Archive:
    """A manual with a past: the rows that the verbs made, and beside them the naive model of the same history."""

    def __init__(self) -> None:
        self.tree = naive.Tree()
        self.chapters: dict[str, Chapter] = {}
        for slug, kind, parent in OUTLINE:
            self.chapters[slug] = Chapter.objects.add(slug, kind=kind, parent=self.chapters.get(parent))
            self.tree.add(slug, parent)
        self.history = naive.History()
        self.now = BEGINNING
        self.serial = count(1)
        self.texts: dict[str, str] = {}  # by title
        self.meanings: dict[str, str] = {}  # by version

    # --- Publishing -----------------------------------------------------------------------------------------

    def publish(self, seed: int) -> None:
        """One more edition, where the rules allow what chance has put into it."""
        self.chance = Random(seed)
        self.let_time_pass()
        before = {line.chapter: line for line in self.history.lines(self.now)}
        kind = self.chance.choice(["ordinary", "ordinary", "urgent"]) if before else "ordinary"
        rearrange = kind == "ordinary" and (not before or self.chance.random() < 0.5)
        if rearrange:
            self.move()
        deeds: list[naive.Deed] = []
        for slug in self.chapters:
            if deed := self.deed(slug, before, {deed.chapter for deed in deeds}):
                deeds.append(deed)
        senses = [self.sense(slug) for slug in KEYWORDS if self.chance.random() < 0.4]
        issue = naive.Issue(
            f"edition {next(self.serial)}",
            kind,
            self.now,
            tuple(deeds),
            tuple(senses),
            self.tree.arrangement() if rearrange else None,
        )
        try:
            self.history, _out = self.history.published(issue, self.now)
        except naive.No as no:
            event(f"not published: {no}")
            return
        note(f"{issue}")
        workflow.publish(
            by=None,
            kind=kind,
            amendments=[self.write(deed) for deed in deeds],
            definitions=[self.define(sense) for sense in senses],
            rearrange=rearrange,
            at=self.now,
        )

    def let_time_pass(self) -> None:
        """Often to another edition on the same day, and sometimes to the very midnight, London time."""
        then = self.now
        # London's clock and not a count of hours: a day is a day where the clocks change.
        self.now = (self.now.astimezone(ZoneInfo("UTC")) + self.chance.choice(GAPS)).astimezone(LONDON)
        midnight = datetime.combine(self.now.date(), time.min, tzinfo=LONDON)
        if self.chance.random() < 0.3 and midnight > then:
            self.now = midnight

    def move(self) -> None:
        """A chapter stands elsewhere in the row of its siblings."""
        slug, after = self.chance.choice(
            [("enquiry", None), ("referral", "enquiry"), ("journey", "old-ways")]
        )
        parent = self.tree.parent(slug)
        self.tree.move(slug, under=None if after else parent, after=after)
        chapter = Chapter.objects.get(slug=slug)
        if after:
            chapter.move(after=Chapter.objects.get(slug=after))
        else:
            chapter.move(under=Chapter.objects.get(slug=parent))

    def deed(self, slug: str, before: dict[str, naive.Read], with_it: set[str]) -> naive.Deed | None:
        line = before.get(slug)
        living_under = any(
            other.parent == slug and other.withdrawn is None for other in before.values() if not other.gone
        )
        if line is None or line.withdrawn is not None:
            significance = "new"
            parent = self.tree.parent(slug)
            above = before.get(parent)
            placed = parent is None or parent in with_it or (above is not None and above.withdrawn is None)
            # Parts and groups begin with the first edition; what stands under them may be some editions late.
            begins = not before and KINDS[slug] in ("part", "group")
            if not placed or (not begins and self.chance.random() < 0.35):
                return None
        else:
            if self.chance.random() < 0.6:
                return None
            ways = ["amended", "correction"] if living_under else ["amended", "correction", "withdrawn"]
            significance = self.chance.choice(ways)
        title = f"{slug.capitalize()} {next(self.serial)}"
        mentioned = [keyword for keyword in KEYWORDS if self.chance.random() < 0.4]
        self.texts[title] = f"Word{title.rpartition(' ')[2]}. " + " ".join(
            f"Ask the {one}." for one in mentioned
        )
        return naive.Deed(slug, title, significance, line and line.amendment, self.tree.parent(slug))

    def write(self, deed: naive.Deed) -> Amendment:
        chapter = self.chapters[deed.chapter]
        parent = self.chapters.get(deed.parent)
        return agreed(
            chapter,
            title=deed.amendment,
            text=self.texts[deed.amendment],
            significance=deed.significance,
            link="https://example.org/" if chapter.kind == "link" else "",
            **({"under": parent} if deed.significance == "new" else {}),
        )

    def sense(self, keyword: str) -> naive.Sense:
        version = f"{keyword} {next(self.serial)}"
        self.meanings[version] = f"Meaning{version.rpartition(' ')[2]}"
        return naive.Sense(keyword, version, self.history.senses(self.now).get(keyword))

    def define(self, sense: naive.Sense) -> Definition:
        return meaning(sense.keyword, name=sense.keyword.capitalize(), meaning=self.meanings[sense.version])

    # --- Reading --------------------------------------------------------------------------------------------

    def read_everything(self, seed: int) -> None:
        """Every edition's contents, chapters, keywords and numbers, and some days."""
        self.chance = Random(seed)
        self.client = Client()
        issues = self.history.in_order()
        for number, issue in enumerate(issues, start=1):
            self.read_edition(number, issue)
        if not issues:
            return
        first = issues[0].effective_at.astimezone(LONDON).date()
        last = issues[-1].effective_at.astimezone(LONDON).date()
        days = {first - timedelta(days=1), last + timedelta(days=1)}
        days.add(first + timedelta(days=self.chance.randint(0, (last - first).days)))
        days |= {issue.effective_at.astimezone(LONDON).date() for issue in issues}
        for day in self.chance.sample(sorted(days), min(len(days), 4)):
            self.read_day(day)

    def read_edition(self, number: int, issue: naive.Issue) -> None:
        at = issue.effective_at
        self.lines = {line.chapter: line for line in self.history.lines(at)}
        self.in_place = [line for line in self.lines.values() if not line.gone]
        self.senses = self.history.senses(at)
        base = f"/editions/{number}/"
        self.check_contents(self.client.get(f"{base}contents/"))
        for slug in self.chance.sample(sorted(self.chapters), 3):
            self.check_chapter(slug, self.client.get(f"{base}chapters/{slug}/"), base)
        for keyword in KEYWORDS:
            self.check_keyword(keyword, self.client.get(f"{base}keywords/{keyword}/"), base)
        by_number = {line.number: line.chapter for line in self.in_place if line.number}
        for label in {"1", "1.1.2", "7.7", *self.chance.sample(sorted(by_number), min(2, len(by_number)))}:
            response = self.client.get(f"{base}{label}/")
            if label in by_number:
                assert (response.status_code, response.headers["Location"]) == (
                    302,
                    self.address(by_number[label], base),
                )
            else:
                assert response.status_code == 404

    def address(self, slug: str, base: str) -> str:
        return f"{base}chapters/{slug}/" if KINDS[slug] in ("chapter", "link") else f"{base}contents/#{slug}"

    def check_contents(self, response: Any) -> None:
        page = document_fromstring(response.content.decode())
        headings = [
            words(heading) for heading in page.xpath("//main//section[@class='part']/h2 | //main//h3")
        ]
        assert headings == [
            f"{line.number} {line.amendment}"
            for line in self.in_place
            if KINDS[line.chapter] in ("part", "group")
        ]
        entries = []
        for entry in page.xpath("//main//li[contains(concat(' ', @class, ' '), ' entry ')]"):
            label = "".join(words(number) for number in entry.xpath("./div/span[@class='entry-number']"))
            (title,) = entry.xpath("./div/div/a[@class='entry-title']")
            shown = words(title).removesuffix(" (external link)").removesuffix("(external link)")
            entries.append((f"{label} {shown}", "entry-withdrawn" in entry.get("class")))
        assert entries == [
            (f"{line.number} {line.amendment}", line.withdrawn is not None)
            for line in self.in_place
            if KINDS[line.chapter] in ("chapter", "link")
        ]

    def check_chapter(self, slug: str, response: Any, base: str) -> None:
        line = self.lines.get(slug)
        if line is None:
            event("a chapter that is not there yet")
            assert response.status_code == 404
            return
        if KINDS[slug] in ("part", "group"):
            assert response.headers["Location"].partition("?")[0].startswith(f"{base}contents/")
            return
        assert response.status_code == 200
        page = document_fromstring(response.content.decode())
        assert words(page.find(".//h1")) == f"{line.number} {line.amendment}".strip()
        text = words(page.find_class("chapter-text")[0])
        assert self.texts[line.amendment].strip() in text
        assert len(ONE_TEXT.findall(text)) == 1
        assert bool(page.find_class("notice-withdrawn")) == (line.withdrawn is not None)
        if line.withdrawn is not None:
            event("a withdrawn chapter" if not line.gone else "a chapter that is gone")

    def check_keyword(self, keyword: str, response: Any, base: str) -> None:
        version = self.senses.get(keyword)
        if version is None:
            assert response.status_code == 404
            return
        page = document_fromstring(response.content.decode())
        assert words(page.find_class("keyword-meaning")[0]) == self.meanings[version]
        using = [link.get("href") for each in page.find_class("using") for link in each.iter("a")]
        assert using == [
            self.address(line.chapter, base)
            for line in self.in_place
            if line.withdrawn is None and f"the {keyword}." in self.texts[line.amendment]
        ]

    def read_day(self, day: date) -> None:
        """The last edition whose moment has that day or an earlier one on London's calendar."""
        issues = self.history.in_order()
        moments = [issue.effective_at.astimezone(LONDON) for issue in issues]
        number = sum(moment.date() <= day for moment in moments)
        slug = self.chance.choice(["referral", "enquiry", "old-ways", "forms"])
        response = self.client.get(f"/on/{day}/chapters/{slug}/")
        if not number:
            assert response.status_code == 200
            assert "There was no manual on" in response.content.decode()
            return
        led = f"/editions/{number}/chapters/{slug}/?on={day}"
        assert (response.status_code, response.headers["Location"]) == (302, led)
        self.lines = {line.chapter: line for line in self.history.lines(moments[number - 1])}
        response = self.client.get(led)
        self.check_chapter(slug, response, f"/editions/{number}/")
        if not any(line.chapter == slug for line in self.history.lines(moments[-1])):
            # No edition has ever had it, so that there is nothing to say of it.
            return
        (banner,) = document_fromstring(response.content.decode()).find_class("banner-words")
        assert words(banner).startswith(f"In force on {day.day} {day:%B %Y}")
        # During the day: neither at its first moment nor on another day.
        steps = [
            f"until {moment:%H:%M} edition {n}"
            for n, moment in enumerate(moments)
            if n and moment.date() == day and moment.time() != time.min
        ]
        said = f"Earlier that day {', then '.join(steps)} applied." if steps else ""
        assert said in words(banner)
        assert ("Earlier that day" in words(banner)) == bool(steps)
        if len(steps) > 1:
            event("three editions on one day")


@pytest.mark.long
@pytest.mark.django_db
@settings(max_examples=12, phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink])
@given(st.lists(st.integers(0, 2**32 - 1), min_size=2, max_size=5), st.integers(0, 2**32 - 1))
def test_every_edition_and_every_day_reads_as_it_stood(seeds: list[int], reading: int) -> None:
    with transaction.atomic():
        cache.clear()  # the keys of rows are given again after each example
        archive = Archive()
        for seed in seeds:
            archive.publish(seed)
        archive.read_everything(reading)
        transaction.set_rollback(True)
