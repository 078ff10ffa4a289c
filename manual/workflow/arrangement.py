"""The tree as editors have it, beside what readers have: what an edition that takes its arrangement would change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Exists, OuterRef

from manual import manifest
from manual.models import Amendment, Chapter, Contents, Edition, Entry, Line, Status
from manual.models.contents import TO_COME
from manual.models.version import OPEN
from manual.workflow.rehearsal import Placed, _placed


@dataclass(eq=False)
class Row:
    """A chapter at the place where editors have it.

    `number` is what an edition that takes the arrangement would give it, `today` what readers have; both empty for
    none. `state` says what is not simply in the contents: *leaving* (withdrawn, and still in its place), *gone*,
    *scheduled* (new with an edition that has not taken effect, `from_day`), *coming* (nothing of it is published yet)
    and *given up*.
    """

    chapter: Chapter
    title: str
    number: str = ""
    today: str = ""
    state: str = ""
    from_day: datetime | None = None
    parent: Row | None = field(default=None, repr=False)
    before: Row | None = field(default=None, repr=False)
    after: Row | None = field(default=None, repr=False)
    children: list[Row] = field(default_factory=list, repr=False)

    @property
    def pk(self) -> int:
        key: int = self.chapter.pk
        return key

    @property
    def name(self) -> str:
        return f"{self.number} {self.title}".strip()

    @property
    def renumbered(self) -> bool:
        return self.number != self.today

    @property
    def above(self) -> Iterator[Row]:
        """What it stands under, the nearest first."""
        row = self.parent
        while row:
            yield row
            row = row.parent


@dataclass(frozen=True)
class Arrangement:
    """The tree, row by row; and what readers would see of it with the next ordinary edition that takes it.

    With a `refusal` no edition could take it as it stands, because of the chapter `refused`.
    """

    edition: Edition | None
    rows: list[Row]
    renumbered: list[Placed] = field(default_factory=list)
    moved: list[Placed] = field(default_factory=list)
    refusal: str = ""
    refused: Row | None = None

    @property
    def pending(self) -> bool:
        return bool(self.renumbered or self.moved)

    def row(self, key: int) -> Row | None:
        return next((row for row in self.rows if row.pk == key), None)


def arrangement() -> Arrangement:
    """The tree as it stands now. A fixed number of queries, whatever its size."""
    edition = Edition.objects.in_force()
    before = Contents.of(edition) if edition else None
    rows = _rows(edition, before)
    if edition is None or before is None:
        return Arrangement(None, rows)
    try:
        after = _rearranged(edition, before, rows)
    except manifest.ManifestRefused as refusal:
        refused = next((row for row in rows if row.pk == refusal.chapter), None)
        for row in rows:
            row.number = row.today
        return Arrangement(edition, rows, refusal=str(refusal), refused=refused)
    for row in rows:
        line = after.by_chapter.get(row.pk)
        row.number = line.number if line else ""
    return Arrangement(edition, rows, *_placed(before, after))


def _rows(edition: Edition | None, contents: Contents | None) -> list[Row]:
    drafted = _not_in(edition)
    rows: list[Row] = []
    by_chapter: dict[int, Row] = {}
    last: dict[int | None, Row] = {}
    for chapter in Chapter.objects.in_order():
        line = contents.by_chapter.get(chapter.pk) if contents else None
        if line:
            state = "gone" if line.gone else "leaving" if line.withdrawn else ""
            row = Row(chapter, line.title, today=line.number, state=state)
        else:
            title, state, from_day = drafted.get(chapter.pk, ("", "given up", None))
            row = Row(chapter, title or chapter.slug, state=state, from_day=from_day)
        row.parent = by_chapter[chapter.parent_id] if chapter.parent_id else None
        row.before = last.get(chapter.parent_id)
        if row.before:
            row.before.after = row
        if row.parent:
            row.parent.children.append(row)
        last[chapter.parent_id] = by_chapter[chapter.pk] = row
        rows.append(row)
    return rows


def _not_in(edition: Edition | None) -> dict[int, tuple[str, str, datetime | None]]:
    """Of chapters that are not in an edition: the title, and what is to become of them."""
    amendments = Amendment.objects.order_by("pk")
    if edition:
        there = Entry.objects.filter(edition=edition, chapter=OuterRef("chapter"))
        amendments = amendments.filter(~Exists(there))
    found: dict[int, tuple[str, str, datetime | None]] = {}
    for chapter, title, status, from_day in amendments.values_list(
        "chapter_id", "title", "status", "edition__effective_at"
    ):
        so_far = found.get(chapter)
        if status == Status.PUBLISHED:
            found[chapter] = (title, "scheduled", from_day)
        elif so_far is None or so_far[1] == "given up":
            alive = status in OPEN or status == Status.APPROVED
            found[chapter] = (title, "coming" if alive else "given up", None)
    return found


def _rearranged(edition: Edition, before: Contents, rows: list[Row]) -> Contents:
    """The contents as an edition would have them that changes no text and takes the tree's arrangement."""
    numbered = dict(Entry.objects.filter(edition=edition).values_list("chapter_id", "numbered"))
    lines = before.by_chapter
    previous = [
        manifest.Line(
            line.chapter_id, line.parent_id, line.amendment_id, line.introduced_in, line.changed_in,
            line.withdrawn_in, numbered[line.chapter_id], line.gone, line.number, line.level,
        )
        for line in lines.values()
    ]  # fmt: skip
    spots = [manifest.Spot(row.pk, row.chapter.parent_id, row.chapter.numbered) for row in rows]
    return Contents(
        edition,
        lines=[
            _as_built(lines[built.chapter], built) for built in manifest.build(TO_COME, previous, [], spots)
        ],
    )


def _as_built(line: Line, built: manifest.Line) -> Line:
    return replace(
        line, number=built.number, level=built.level, gone=built.gone, parent_id=built.parent,
        flag="", label_shown="", parent=None, children=[],
    )  # fmt: skip
