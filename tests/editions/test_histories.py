"""Random histories through the verbs, in the database: readers see what the naive model says, at any moment.

The clock is made up and lies far in the future, where the guards of the database do not reach.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any, TypeVar

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import transaction
from hypothesis import Phase, event, given, note, settings
from hypothesis import strategies as st

from manual import manifest, workflow
from manual.models import Amendment, Chapter, Contents, Definition, Edition, Keyword, Status, TreeRefused
from tests.editions import naive
from tests.manual_maker import FAR_AHEAD, LONG_AGO

Thing = TypeVar("Thing")

MOST_CHAPTERS = 9
MOST_EDITIONS = 8
MOST_AMENDMENTS = 40
MOST_STEPS = 35
KEYWORDS = ("lado", "mash")
TICK = timedelta(microseconds=1)

# Around the same minute and within a minute.
SOON = [timedelta(seconds=seconds) for seconds in (0, 1, 20, 40, 59, 60, 61, 90, 120, 300)]
# Around the 28 days of the flags.
DAYS = [timedelta(days=days) for days in (1, 2, 3, 7, 14, 27, 28, 29, 60)]


def every_row() -> dict[str, list[Any]]:
    """Everything that the manual's tables hold."""
    return {
        model.__name__: list(model._base_manager.order_by("pk").values_list())
        for model in apps.get_app_config("manual").get_models()
    }


class Office:
    """Editors at work, each step drawn at random. What is known of the past is in `history` and `tree`, plain facts.

    Chapters are known by their slugs, amendments by their titles, definitions by their meanings, editions by names.
    """

    # How often each step is taken, beside the others.
    STEPS = (
        ["schedule_an_edition"] * 6
        + ["publish_an_urgent_amendment"] * 4
        + ["write_an_amendment", "publish_whatever", "take_an_edition_back", "move_a_chapter"] * 2
        + ["bring_an_amendment_up_to_date", "let_time_pass", "look_at_a_random_moment"] * 2
        + ["add_a_chapter", "number_a_chapter_or_not", "return_an_approved_amendment", "define_a_keyword"]
    )

    def __init__(self) -> None:
        self.now = FAR_AHEAD
        self.history = naive.History()
        self.checked: naive.History | None = None
        self.tree = naive.Tree()
        self.deeds: dict[str, naive.Deed] = {}  # by amendment, whatever became of it
        self.approved: list[str] = []
        self.returned: list[str] = []
        self.senses: dict[str, naive.Sense] = {}
        self.agreed: list[str] = []
        self.preparing: dict[str, str] = {}  # editions that were taken back, and their kinds
        self.serial = count(1)
        # An author for each amendment, so that nobody has two open drafts of a chapter.
        self.authors = User.objects.bulk_create(
            User(username=f"author {n}", is_superuser=True) for n in range(MOST_AMENDMENTS)
        )
        self.approver = User.objects.create_superuser("approver")

    # --- Chance ---------------------------------------------------------------------------------------------

    def take_a_step(self, seed: int) -> None:
        """Each step has a seed of its own; a very small one does nothing, so that hypothesis can leave steps out."""
        if seed < MOST_STEPS:
            return
        self.chance = Random(seed)
        getattr(self, self.one_of(self.STEPS))()
        self.check()

    def one_of(self, things: Sequence[Thing]) -> Thing:
        return self.chance.choice(things)

    def some_of(self, things: list[Thing]) -> list[Thing]:
        return self.chance.sample(things, self.chance.randint(0, len(things)))

    def once_in(self, n: int) -> bool:
        return self.chance.randrange(n) == 0

    # --- Both do it, or both refuse it ----------------------------------------------------------------------

    def both(self, naively: Callable[[], Any], really: Callable[[], Any]) -> tuple[Any, Any] | None:
        """What the model and the software answer; nothing where they refuse alike, which changes no row."""
        try:
            expected = naively()
        except naive.No as no:
            before = every_row()
            with pytest.raises((workflow.Refused, TreeRefused)):
                really()
            assert every_row() == before
            note(f"refused: {no}")
            event(f"refused: {no}")
            return None
        return expected, really()

    # --- The tree -------------------------------------------------------------------------------------------

    def begin(self, seed: int) -> None:
        """A tree, and mostly a first edition that holds all of it."""
        self.chance = Random(seed)
        self.grow("part", None)
        for kind in ["group", "chapter", "link", "chapter", "chapter"]:
            self.grow(kind, self.one_of(self.tree.chapters()), numbered=not self.once_in(6))
        if not self.once_in(8):
            for slug in self.tree.chapters():
                self.write(slug, "new", None, self.tree.parent(slug), loaded=True)
            self.publish(self.approved, [], "ordinary", rearrange=True)

    def grow(self, kind: str, parent: str | None, *, numbered: bool = True) -> None:
        slug = f"{kind}-{next(self.serial)}"
        above = Chapter.objects.get(slug=parent) if parent else None
        Chapter.objects.add(slug, kind=kind, parent=above, numbered=numbered)
        self.tree.add(slug, parent, numbered=numbered)
        note(f"{slug} under {parent}, {'' if numbered else 'un'}numbered")

    def add_a_chapter(self) -> None:
        if len(self.tree.chapters()) < MOST_CHAPTERS:
            parent = self.one_of([None, *self.tree.chapters()])
            self.grow(self.one_of(["group", "chapter", "link"]), parent, numbered=not self.once_in(6))

    def move_a_chapter(self) -> None:
        slugs = self.tree.chapters()
        slug, under, after = self.one_of(slugs), self.one_of([None, *slugs]), self.one_of([None, *slugs])
        if not self.once_in(4):
            under = None if after else under
        note(f"move {slug} under {under} after {after}")
        real = {chapter.slug: chapter for chapter in Chapter.objects.all()}
        self.both(
            lambda: self.move_naively(slug, under, after),
            lambda: workflow.move(real[slug], by=self.approver, under=real.get(under), after=real.get(after)),
        )

    def move_naively(self, slug: str, under: str | None, after: str | None) -> None:
        """As the tree does, but only to where an editor may put a chapter of its kind; a place it has is fine."""
        parent = self.tree.parent(after) if after else under
        siblings = [row[0] for row in self.tree.row(self.tree.parent(slug))]
        neighbour = siblings[siblings.index(slug) - 1] if siblings.index(slug) else None
        if after and under and self.tree.parent(after) != under:
            raise naive.No("it does not stand there")
        if (parent, after) == (self.tree.parent(slug), neighbour):
            return
        kind, above = slug.partition("-")[0], (parent or "").partition("-")[0]
        if parent and (kind == "part" or (kind == "group" and above != "part")):
            raise naive.No("nothing of its kind stands there")
        if parent and self.depth_of(parent) + self.height_of(slug) >= manifest.DEEPEST:
            raise naive.No("too deep")
        self.tree.move(slug, under=under, after=after)

    def depth_of(self, slug: str) -> int:
        above = self.tree.parent(slug)
        return self.depth_of(above) + 1 if above else 0

    def height_of(self, slug: str) -> int:
        below = [other for other in self.tree.chapters() if self.tree.parent(other) == slug]
        return 1 + max((self.height_of(other) for other in below), default=0)

    def number_a_chapter_or_not(self) -> None:
        chapter = Chapter.objects.get(slug=self.one_of(self.tree.chapters()))
        chapter.numbered = not chapter.numbered
        chapter.save()
        self.tree.unnumbered ^= {chapter.slug}

    # --- Amendments and definitions -------------------------------------------------------------------------

    def newest(self) -> dict[str, naive.Read]:
        """Every chapter as the last edition has it, be it scheduled."""
        issues = self.history.in_order()
        return self.contents(issues[-1].effective_at) if issues else {}

    def contents(self, at: datetime) -> dict[str, naive.Read]:
        return {line.chapter: line for line in self.history.lines(at)}

    def amendment(self, title: str | None) -> Amendment | None:
        return title and Amendment.objects.get(title=title)

    def write(
        self, slug: str, significance: str, based_on: str | None, parent: str | None, *, loaded: bool = False
    ) -> None:
        chapter = Chapter.objects.get(slug=slug)
        n = len(self.deeds)
        numbered = slug not in self.tree.unnumbered
        title = f"{slug}, version {n}"
        words = {
            "title": title,
            "note": "What changed.",
            "significance": significance,
            "based_on": self.amendment(based_on),
            "under": parent and Chapter.objects.get(slug=parent),
            "numbered": numbered,
            "link": "https://example.org/" if chapter.kind == "link" else "",
        }
        fits = workflow.is_up_to_date(Amendment(chapter=chapter, based_on=words["based_on"]))
        if loaded or not fits:
            # What was agreed elsewhere may have been written from anything.
            workflow.record_agreed(chapter, approved_at=LONG_AGO, **words)
        else:
            amendment = workflow.draft(chapter, by=self.authors[n], **words)
            workflow.submit(amendment, by=self.authors[n], sure=True)
            workflow.approve(amendment, by=self.approver)
        self.deeds[title] = naive.Deed(slug, title, significance, based_on, parent, numbered)
        self.approved.append(title)
        note(f"write {self.deeds[title]}")

    def write_an_amendment(self, at: datetime | None = None) -> None:
        """Mostly one that fits the edition at a moment, or the newest; sometimes one that no edition can take."""
        if len(self.approved) > 4 or len(self.deeds) == MOST_AMENDMENTS:
            return
        before = self.contents(at) if at else self.newest()
        slug = self.one_of(self.tree.chapters())
        line = before.get(slug)
        if line is None or line.withdrawn is not None:
            possible = ["new"]
        elif any(other.parent == slug and other.withdrawn is None for other in before.values()):
            possible = ["amended", "correction"]
        else:
            possible = ["amended", "correction", "withdrawn", "withdrawn"]
        if self.once_in(20):
            possible = ["new", "amended", "correction", "withdrawn"]
        significance = self.one_of(possible)
        parent = None
        if significance == "new":
            elsewhere = [None, *(other for other in before if other != slug)]
            parent = self.one_of(elsewhere) if self.once_in(4) else self.tree.parent(slug)
        based_on = line and line.amendment
        if self.once_in(20):
            based_on = self.one_of(
                [None, *(title for title, deed in self.deeds.items() if deed.chapter == slug)]
            )
        self.write(slug, significance, based_on, parent)

    def return_an_approved_amendment(self) -> None:
        if self.approved:
            title = self.one_of(self.approved)
            workflow.return_to_author(self.amendment(title), by=self.approver, why="On second thoughts.")
            self.approved.remove(title)
            self.returned.append(title)

    def bring_an_amendment_up_to_date(self) -> None:
        if not self.returned:
            return
        title = self.one_of(self.returned)
        deed = self.deeds[title]
        line = self.newest().get(deed.chapter)
        lives = line is not None and line.withdrawn is None
        significance = deed.significance
        if (significance == "new") == lives:
            significance = "amended" if lives else "new"
        based_on = line and line.amendment
        amendment = self.amendment(title)
        author = self.authors[[*self.deeds].index(title)]
        words = {"significance": significance, "based_on": self.amendment(based_on)}
        workflow.submit(workflow.revise(amendment, by=author, **words), by=author, sure=True)
        workflow.approve(amendment, by=self.approver)
        self.deeds[title] = naive.Deed(
            deed.chapter, title, significance, based_on, deed.parent, deed.numbered
        )
        self.returned.remove(title)
        self.approved.append(title)
        note(f"bring up to date {self.deeds[title]}")

    def define_a_keyword(self) -> None:
        if len(self.agreed) > 2:
            return
        keyword = self.one_of(KEYWORDS)
        issues = self.history.in_order()
        based_on = self.history.senses(issues[-1].effective_at).get(keyword) if issues else None
        if self.once_in(10):
            earlier = [meaning for meaning, sense in self.senses.items() if sense.keyword == keyword]
            based_on = self.one_of([None, *earlier])
        meaning = f"{keyword}, meaning {len(self.senses)}"
        workflow.record_agreed_definition(
            Keyword.objects.get_or_create(slug=keyword)[0],
            approved_at=LONG_AGO,
            name=keyword,
            meaning=meaning,
            based_on=based_on and Definition.objects.get(meaning=based_on),
        )
        self.senses[meaning] = naive.Sense(keyword, meaning, based_on)
        self.agreed.append(meaning)
        note(f"define {self.senses[meaning]}")

    # --- Editions -------------------------------------------------------------------------------------------

    def let_time_pass(self) -> None:
        """Or let it stop shortly before a scheduled edition."""
        ahead = self.history.after(self.now)
        if ahead and self.once_in(2):
            self.now = max(self.now, self.one_of(ahead).effective_at - self.one_of(SOON))
        else:
            self.now += self.one_of([*SOON, *DAYS])
        note(f"it is {self.now}")

    def publish_whatever(self) -> None:
        """Of any kind, with any of what is approved, at any moment; often it cannot be done."""
        self.let_time_pass()
        name = self.one_of([None, *self.preparing])
        kind = self.preparing.get(name) or self.one_of(["ordinary", "urgent", "correction"])
        chosen, meanings = self.some_of(self.approved), self.some_of(self.agreed)
        rearrange = self.once_in(3)
        after = self.one_of([None, timedelta(seconds=-1), *SOON, *DAYS])
        self.publish(chosen, meanings, kind, rearrange=rearrange, after=after, name=name)

    def publish_an_urgent_amendment(self) -> None:
        """Mostly of a chapter that a scheduled edition amends as well, where there is one."""
        ahead = {deed.chapter for issue in self.history.after(self.now) for deed in issue.deeds}
        both = [
            slug for slug, line in self.contents(self.now).items() if slug in ahead and line.withdrawn is None
        ]
        if both and not self.once_in(3):
            slug = self.one_of(both)
            if len(self.deeds) < MOST_AMENDMENTS:
                self.now += self.one_of(SOON)
                self.write(
                    slug,
                    self.one_of(["amended", "correction"]),
                    self.contents(self.now)[slug].amendment,
                    None,
                )
                self.publish(self.approved[-1:], self.some_of(self.agreed), "urgent")
        elif self.approved:
            self.now += self.one_of(SOON)
            self.publish([self.one_of(self.approved)], [], "urgent")

    def schedule_an_edition(self) -> None:
        """An ordinary one, mostly of amendments that fit what is in force when it takes effect."""
        after = self.one_of(DAYS)
        for _ in range(self.one_of([0, 1, 2])):
            self.write_an_amendment(self.now + after)
        chosen, meanings = self.approved, self.some_of(self.agreed)
        if not self.once_in(6):
            before, sense_before = self.contents(self.now + after), self.history.senses(self.now + after)
            fitting = {slug: line.amendment for slug, line in before.items()}
            chosen = [
                title
                for title in chosen
                if self.deeds[title].based_on == fitting.get(self.deeds[title].chapter)
            ]
            meanings = [
                version
                for version in meanings
                if self.senses[version].based_on == sense_before.get(self.senses[version].keyword)
            ]
            # One of a chapter and of a keyword.
            chosen = list({self.deeds[title].chapter: title for title in chosen}.values())
            meanings = list({self.senses[version].keyword: version for version in meanings}.values())
        name = self.one_of([None, *(name for name, kind in self.preparing.items() if kind == "ordinary")])
        self.publish(chosen, meanings, "ordinary", rearrange=self.once_in(2), after=after, name=name)

    def publish(
        self,
        chosen: list[str],
        meanings: list[str],
        kind: str,
        *,
        rearrange: bool = False,
        after: timedelta | None = None,
        name: str | None = None,
    ) -> None:
        if len(self.history.issues) == MOST_EDITIONS:
            return
        edition = Edition.objects.get(name=name) if name else None
        name = name or f"edition {next(self.serial)}"
        effective_at = None if after is None else self.now + after
        issue = naive.Issue(
            name,
            kind,
            effective_at or self.now,
            # Newcomers under one parent stand in the order in which their amendments were begun.
            tuple(deed for title, deed in self.deeds.items() if title in chosen),
            tuple(self.senses[meaning] for meaning in meanings),
            self.tree.arrangement() if rearrange else None,
        )
        note(f"publish {issue}")
        answers = self.both(
            lambda: self.history.published(issue, self.now),
            lambda: workflow.publish(
                by=self.approver,
                kind=kind,
                name=name,
                amendments=[*Amendment.objects.filter(title__in=chosen)],
                definitions=[*Definition.objects.filter(meaning__in=meanings)],
                rearrange=rearrange,
                effective_at=effective_at,
                edition=edition,
                at=self.now,
            ),
        )
        if answers is None:
            return
        (self.history, out), publication = answers
        returned = publication.returned
        assert {v.title if isinstance(v, Amendment) else v.meaning for v in returned} == out
        assert all(version.status == Status.RETURNED for version in returned)
        self.approved = [title for title in self.approved if title not in chosen]
        self.agreed = [meaning for meaning in self.agreed if meaning not in meanings]
        self.returned += [title for title in self.deeds if title in out]
        self.preparing.pop(name, None)
        note(f"taken out: {out}")
        event(f"published: {kind}, {'rearranged' if rearrange else 'as it stood'}")
        event(f"before {len(self.history.after(issue.effective_at))} others, taking out {len(out)}")

    def take_an_edition_back(self) -> None:
        if not self.history.issues:
            return
        ahead = self.history.after(self.now)
        if self.once_in(5) or not ahead:
            ahead = self.history.in_order()
        issue = self.one_of(ahead)
        note(f"take back {issue.key}")
        answers = self.both(
            lambda: self.history.unscheduled(issue.key, self.now),
            lambda: workflow.unschedule(Edition.objects.get(name=issue.key), by=self.approver, at=self.now),
        )
        if answers is None:
            return
        self.history = answers[0]
        self.preparing[issue.key] = issue.kind
        self.approved += [deed.amendment for deed in issue.deeds]
        self.agreed += [sense.version for sense in issue.senses]
        event(f"taken back, before {len(self.history.after(issue.effective_at))} others")

    # --- What readers see -----------------------------------------------------------------------------------

    def look_at_a_random_moment(self) -> None:
        moment = self.one_of([self.now, *(issue.effective_at for issue in self.history.issues)])
        span = self.one_of([TICK, *SOON, *DAYS])
        self.compare(moment + self.one_of([span, -span]))

    def check(self) -> None:
        """All that must be true after every step."""
        self.check_the_tree()
        self.check_statuses()
        if self.history is self.checked:
            # Nothing but the publishing or taking back of an edition changes what readers see.
            self.compare(self.now)
            return
        self.check_numbers_and_sequences()
        for issue in self.history.issues:
            self.compare(issue.effective_at)
        if self.history.issues:
            self.compare(self.history.in_order()[0].effective_at - TICK)
        self.checked = self.history

    def check_the_tree(self) -> None:
        assert Chapter.objects.broken() == []
        stored = Chapter.objects.in_order().values_list("slug", "parent__slug", "numbered")
        assert tuple(stored) == self.tree.arrangement()

    def check_statuses(self) -> None:
        published = {deed.amendment for issue in self.history.issues for deed in issue.deeds}
        for title, status in Amendment.objects.values_list("title", "status"):
            assert (status == Status.PUBLISHED) == (title in published)
            assert (status == Status.APPROVED) == (title in self.approved)
            assert (status == Status.RETURNED) == (title in self.returned)

    def check_numbers_and_sequences(self) -> None:
        assert dict(Edition.objects.published().values_list("name", "number")) == self.history.numbers()
        for model, owner in ((Amendment, "chapter"), (Definition, "keyword")):
            sequences: dict[int, list[int]] = {}
            published = model.objects.filter(status=Status.PUBLISHED).order_by("edition__effective_at")
            for key, sequence in published.values_list(owner, "sequence"):
                sequences.setdefault(key, []).append(sequence)
            assert all(found == list(range(1, len(found) + 1)) for found in sequences.values())

    def compare(self, at: datetime) -> None:
        """The manual at a moment, to the last flag."""
        edition = Edition.objects.in_force(at)
        expected = self.history.lines(at)
        if edition is None:
            assert expected == []
            assert self.history.senses(at) == {}
            return
        names: dict[int | None, str | None] = dict(Edition.objects.values_list("pk", "name"))
        names[None] = None
        contents = Contents.of(edition)
        seen = {
            line.slug: naive.Read(
                line.slug,
                line.parent.slug if line.parent else None,
                line.number,
                line.level,
                line.title,
                names[line.introduced_in],
                names[line.changed_in],
                names[line.withdrawn_in],
                line.gone,
            )
            for line in (*contents.lines, *contents.gone)
        }
        assert [seen[line.slug] for line in contents.lines] == [line for line in expected if not line.gone]
        assert {seen[line.slug] for line in contents.gone} == {line for line in expected if line.gone}
        for line in (*contents.lines, *contents.gone):
            page = line.kind in ("chapter", "link")
            assert line.flag == (self.history.flag(seen[line.slug], at) if page else ""), line.slug
            if line.flag or line.gone:
                event(f"a reader sees: {line.flag or 'gone'}")
        meanings = Definition.objects.in_edition(edition).values_list("keyword__slug", "meaning")
        assert sorted(meanings) == sorted(self.history.senses(at).items())


@pytest.mark.long
# With real transactions: the rows of a history that is over would be in the way of the next.
@pytest.mark.django_db(transaction=True)
@settings(max_examples=25, phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink])
@given(st.lists(st.integers(0, 2**32 - 1), min_size=25, max_size=MOST_STEPS, unique=True))
def test_readers_see_what_the_rules_say_whatever_editors_did(seeds: list[int]) -> None:
    with transaction.atomic():
        Contents.forget()
        office = Office()
        office.begin(seeds[0])
        office.check()
        for seed in seeds[1:]:
            office.take_a_step(seed)
        transaction.set_rollback(True)
