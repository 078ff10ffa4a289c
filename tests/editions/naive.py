"""The rules of DESIGN.md said once more, in the plainest way and slowly, for tests to hold the real ones against.

Contents are nested lists here, and nothing is ever stored: each question is answered by replaying the whole history
from the first edition. Chapters, amendments, keywords and editions are any keys.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

Key = Any
Place = tuple[Key, Key, bool]  # chapter, parent, numbered


class No(Exception):
    """The rules refuse this."""


@dataclass
class Node:
    """A chapter in the contents, with those under it."""

    chapter: Key
    amendment: Key
    numbered: bool
    introduced: Key
    changed: Key
    withdrawn: Key = None
    under: list[Node] = field(default_factory=list)


@dataclass(frozen=True)
class Deed:
    """What an edition does to a chapter."""

    chapter: Key
    amendment: Key
    significance: str
    based_on: Key = None
    parent: Key = None
    numbered: bool = True


@dataclass(frozen=True)
class Sense:
    """What an edition says a keyword means."""

    keyword: Key
    version: Key
    based_on: Key = None


@dataclass(frozen=True)
class Issue:
    """What an edition stores (rule 4)."""

    key: Key
    kind: str
    effective_at: datetime | None = None
    deeds: tuple[Deed, ...] = ()
    senses: tuple[Sense, ...] = ()
    arrangement: tuple[Place, ...] | None = None


@dataclass(frozen=True)
class Read:
    """What a reader sees of a chapter in an edition."""

    chapter: Key
    parent: Key
    number: str
    level: int
    amendment: Key
    introduced: Key
    changed: Key
    withdrawn: Key
    gone: bool = False


# --- One edition after another ------------------------------------------------------------------------------


def everything(nodes: list[Node], parent: Key = None) -> list[tuple[Node, Key]]:
    """Every node with its parent, in reading order."""
    found = []
    for node in nodes:
        found += [(node, parent), *everything(node.under, node.chapter)]
    return found


def lookup(nodes: list[Node], chapter: Key) -> Node | None:
    return next((node for node, _parent in everything(nodes) if node.chapter == chapter), None)


def contents(history: list[Issue]) -> tuple[list[Node], list[Node]]:
    """The contents after the last of these editions: the roots, and what is gone. Refuses what has no place."""
    if not history:
        return [], []
    roots, gone = contents(history[:-1])
    issue = history[-1]
    newcomers: list[tuple[Node, Key]] = []

    if len({deed.chapter for deed in issue.deeds}) < len(issue.deeds):
        raise No("one amendment a chapter")
    for deed in issue.deeds:
        in_place = lookup(roots, deed.chapter)
        node = in_place or next((node for node in gone if node.chapter == deed.chapter), None)
        if deed.based_on != (node.amendment if node else None):
            raise No("rule 5")
        lives = node is not None and node.withdrawn is None
        if (deed.significance == "new") == lives:
            raise No("rule 6")
        if deed.significance == "new" and in_place is None:
            gone = [node for node in gone if node.chapter != deed.chapter]
            newcomers.append(
                (Node(deed.chapter, deed.amendment, deed.numbered, issue.key, issue.key), deed.parent)
            )
            continue
        node.amendment = deed.amendment
        if deed.significance == "new":
            node.introduced = node.changed = issue.key
            node.withdrawn = None
        elif deed.significance == "amended":
            node.changed = issue.key
        elif deed.significance == "withdrawn":
            node.withdrawn = issue.key

    if issue.arrangement is None:
        hang(newcomers, roots)
    else:
        leaving = [node for node, _ in everything(roots) if node.withdrawn not in (None, issue.key)]
        gone = gone + leaving
        staying = [pair for pair in everything(roots) + newcomers if pair[0] not in leaving]
        roots = arranged(None, staying, issue.arrangement)
        if len(everything(roots)) < len(staying):
            raise No("rule 12: no placed parent")
    refuse_living_under_withdrawn(roots)
    if any(line.level >= 10 for line in numbered(roots)):
        raise No("deeper than ten levels")
    return roots, gone


def hang(newcomers: list[tuple[Node, Key]], roots: list[Node]) -> None:
    """Each last under its parent, in the order given; a parent may itself be a newcomer."""
    if not newcomers:
        return
    ready = [pair for pair in newcomers if pair[1] is None or lookup(roots, pair[1])]
    if not ready:
        raise No("rule 12: no placed parent")
    for node, parent in ready:
        (roots if parent is None else lookup(roots, parent).under).append(node)
    hang([pair for pair in newcomers if pair not in ready], roots)


def arranged(parent: Key, nodes: list[tuple[Node, Key]], arrangement: tuple[Place, ...]) -> list[Node]:
    """What stands under a parent: first as the arrangement says, then what it does not know."""
    by_chapter = {node.chapter: node for node, _ in nodes}
    known = [chapter for chapter, _, _ in arrangement]
    row = [
        replace(by_chapter[chapter], numbered=numbered)
        for chapter, its_parent, numbered in arrangement
        if its_parent == parent and chapter in by_chapter
    ]
    row += [replace(node) for node, its_parent in nodes if its_parent == parent and node.chapter not in known]
    for node in row:
        node.under = arranged(node.chapter, nodes, arrangement)
    return row


def refuse_living_under_withdrawn(nodes: list[Node]) -> None:
    for node in nodes:
        if node.withdrawn is not None and any(child.withdrawn is None for child in node.under):
            raise No("rule 12: a living one under a withdrawn one")
        refuse_living_under_withdrawn(node.under)


def numbered(nodes: list[Node], parent: Key = None, prefix: str | None = "", level: int = 0) -> list[Read]:
    """The nodes as a reader sees them; a `prefix` of None numbers nothing."""
    found = []
    for n, node in enumerate(nodes):
        number = ""
        if node.numbered and prefix is not None:
            number = f"{prefix}{1 + sum(other.numbered for other in nodes[:n])}"
        found.append(
            Read(
                node.chapter, parent, number, level,
                node.amendment, node.introduced, node.changed, node.withdrawn,
            )
        )  # fmt: skip
        found += numbered(node.under, node.chapter, f"{number}." if number else None, level + 1)
    return found


def senses(history: list[Issue]) -> dict[Key, Key]:
    """Every keyword's version after the last of these editions (rules 5 and 15)."""
    if not history:
        return {}
    before = senses(history[:-1])
    mine = history[-1].senses
    if len({sense.keyword for sense in mine}) < len(mine):
        raise No("one definition a keyword")
    for sense in mine:
        if before.get(sense.keyword) != sense.based_on:
            raise No("rule 5")
    return before | {sense.keyword: sense.version for sense in mine}


def flagging(history: list[Issue]) -> set[Key]:
    """The editions whose chapters the last of these flags (rule 13)."""
    followers = history[1:]
    if not followers:
        return set()
    ordinary = [issue for issue in followers if issue.kind == "ordinary"]
    base = ordinary[-1] if ordinary else followers[0]
    return {
        issue.key
        for issue in history
        if issue.effective_at >= base.effective_at
        or (issue.kind == "urgent" and base.effective_at < issue.effective_at + timedelta(days=28))
    }


# --- The whole history, with a clock ------------------------------------------------------------------------


class History:
    """Published editions, in no particular order."""

    def __init__(self, issues: tuple[Issue, ...] = ()) -> None:
        self.issues = issues

    def in_order(self) -> list[Issue]:
        return sorted(self.issues, key=lambda issue: issue.effective_at)

    def up_to(self, at: datetime) -> list[Issue]:
        return [issue for issue in self.in_order() if issue.effective_at <= at]

    def after(self, at: datetime) -> list[Issue]:
        return [issue for issue in self.in_order() if issue.effective_at > at]

    def numbers(self) -> dict[Key, int]:
        return {issue.key: n for n, issue in enumerate(self.in_order(), start=1)}

    def lines(self, at: datetime) -> list[Read]:
        """What stands in the contents in force at a moment, then what is gone, in no particular order."""
        roots, gone = contents(self.up_to(at))
        return numbered(roots) + [
            Read(
                node.chapter, None, "", 0,
                node.amendment, node.introduced, node.changed, node.withdrawn, gone=True,
            )
            for node in gone
        ]  # fmt: skip

    def flag(self, line: Read, at: datetime) -> str:
        window = flagging(self.up_to(at))
        if line.gone or line.withdrawn is not None:
            return ""
        return "new" if line.introduced in window else "updated" if line.changed in window else ""

    def senses(self, at: datetime) -> dict[Key, Key]:
        return senses(self.up_to(at))

    def sound(self) -> History:
        """Itself; refused if any edition cannot be made."""
        contents(self.in_order())
        senses(self.in_order())
        return self

    def published(self, issue: Issue, now: datetime) -> tuple[History, set[Key]]:
        """The history with one more edition; and the amendments and definitions taken out of scheduled ones."""
        at = issue.effective_at
        in_force = self.up_to(now)
        if at < now or (in_force and at <= in_force[-1].effective_at):
            raise No("rule 3: past")
        if any(minute(other.effective_at) == minute(at) for other in self.issues):
            raise No("rule 3: the same minute")
        later = self.after(at)
        refuse_close(later, now)
        if issue.kind != "ordinary" and issue.arrangement is not None:
            raise No("only ordinary editions rearrange")
        if issue.kind == "correction" and (
            issue.senses or any(deed.significance != "correction" for deed in issue.deeds)
        ):
            raise No("corrections only")
        if not issue.deeds and not issue.senses and issue.arrangement is None:
            raise No("nothing in it")

        out: set[Key] = set()
        if issue.kind == "urgent":
            chapters = {deed.chapter for deed in issue.deeds}
            keywords = {sense.keyword for sense in issue.senses}
            for other in later:
                out |= {deed.amendment for deed in other.deeds if deed.chapter in chapters}
                out |= {sense.version for sense in other.senses if sense.keyword in keywords}
        others = [
            replace(
                other,
                deeds=tuple(deed for deed in other.deeds if deed.amendment not in out),
                senses=tuple(sense for sense in other.senses if sense.version not in out),
            )
            for other in self.issues
        ]
        return History((*others, issue)).sound(), out

    def unscheduled(self, key: Key, now: datetime) -> History:
        issue = next(issue for issue in self.issues if issue.key == key)
        if issue.effective_at <= now:
            raise No("in force")
        refuse_close([issue, *self.after(issue.effective_at)], now)
        return History(tuple(other for other in self.issues if other.key != key)).sound()


def refuse_close(later: list[Issue], now: datetime) -> None:
    """Nothing is rebuilt or taken back that takes effect within a minute."""
    if any(other.effective_at <= now + timedelta(minutes=1) for other in later):
        raise No("rebuilds what takes effect within a minute")


def minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


# --- The tree of the editors --------------------------------------------------------------------------------


class Tree:
    """Chapters as editors arrange them: [chapter, [those under it]], nested."""

    def __init__(self) -> None:
        self.roots: list[list[Any]] = []
        self.unnumbered: set[Key] = set()

    def row(self, parent: Key) -> list[list[Any]]:
        return self.roots if parent is None else self.branch(parent)[1]

    def branch(self, chapter: Key) -> list[Any]:
        return next(branch for branch, _ in self.walk(self.roots) if branch[0] == chapter)

    def parent(self, chapter: Key) -> Key:
        return next(parent for branch, parent in self.walk(self.roots) if branch[0] == chapter)

    def walk(self, branches: list[list[Any]], parent: Key = None) -> list[tuple[list[Any], Key]]:
        found = []
        for branch in branches:
            found += [(branch, parent), *self.walk(branch[1], branch[0])]
        return found

    def chapters(self) -> list[Key]:
        return [branch[0] for branch, _ in self.walk(self.roots)]

    def arrangement(self) -> tuple[Place, ...]:
        return tuple(
            (branch[0], parent, branch[0] not in self.unnumbered) for branch, parent in self.walk(self.roots)
        )

    def add(self, chapter: Key, parent: Key = None, *, numbered: bool = True) -> None:
        self.row(parent).append([chapter, []])
        if not numbered:
            self.unnumbered.add(chapter)

    def move(self, chapter: Key, *, under: Key = None, after: Key = None) -> None:
        """After a neighbour, or else first under a parent, or else first of all."""
        if after is not None and under is not None and self.parent(after) != under:
            raise No("it does not stand there")
        branch = self.branch(chapter)
        own = [chapter, *(below[0] for below, _ in self.walk(branch[1]))]
        if (after if after is not None else under) in own:
            raise No("under or beside itself")
        self.row(self.parent(chapter)).remove(branch)
        if after is not None:
            row = self.row(self.parent(after))
            row.insert(1 + [other[0] for other in row].index(after), branch)
        else:
            self.row(under).insert(0, branch)
