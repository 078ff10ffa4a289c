"""How long readers wait: a large manual is made in a database of its own, and each kind of page is read many times."""

from __future__ import annotations

import math
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache, caches
from django.core.cache.backends.locmem import LocMemCache
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError, connection, connections
from django.db.utils import load_backend
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from manual import workflow
from manual.models import (
    Amendment,
    Chapter,
    Contents,
    Definition,
    Document,
    Glossary,
    Keyword,
    Kind,
    Library,
    Manual,
    Significance,
    StoredFile,
)
from procedures_site import environment

FEWEST_CHAPTERS, FEWEST_EDITIONS = 5, 2
MOST_CHAPTERS, MOST_EDITIONS = 20_000, 1_000
A_PART_HOLDS = 50
SECTIONS_REWRITTEN = 83
BETWEEN_EDITIONS = timedelta(days=7)
FEWEST_READINGS, MOST_READINGS = 3, 200
HOST = "localhost"
SEED = 1989  # of the Children Act; every benchmark reads the same manual

SYLLABLES = [c + v for c, v in zip("bcdfghjklmnprstvwxyz", "aeiouaeiouaeioueiuou", strict=True)]
# As many words as a real manual has. The first are ordinary ones, so that there is something to search for; they are
# the commonest.
MADE_UP_WORDS = 8_000
ORDINARY_WORDS = [
    "child", "family", "agency", "police", "school", "worker", "referral", "plan", "meeting", "review",
    "record", "information", "parent", "carer", "health", "risk", "harm", "assessment", "safeguarding",
    "conference", "decision", "service", "concern", "manager", "sharing", "adult", "abuse", "neglect",
    "home", "visit", "support", "professional", "discussion", "strategy", "enquiry", "protection", "staff",
    "allegation", "timescale", "chronology", "bruising", "injury", "interview", "consent", "disclosure",
    "threshold", "escalation", "supervision", "attendance", "foster", "placement", "court", "order",
    "hospital", "pregnancy", "disability", "exploitation", "missing", "violence", "alcohol", "language",
    "interpreter", "complaint", "training",
]  # fmt: skip
JOINING_WORDS = ["the", "of", "and", "to", "a", "in", "must", "is", "for", "with"]
# Names and abbreviations of keywords; the others are made up.
KEYWORDS = {
    "strategy discussion": "SD",
    "core group": "CG",
    "child protection plan": "CPP",
    "initial child protection conference": "ICPC",
    "local authority designated officer": "LADO",
    "female genital mutilation": "FGM",
    "emergency protection order": "EPO",
    "looked after child": "LAC",
}
ALL_KEYWORDS = 60
SECTIONS = 5  # of a chapter
READ, REWRITTEN, CONTACTS = "chapter-0", "rewritten", "contact-details"

Say = Callable[[str], None]


class BenchmarkRefused(ValueError):
    """What cannot be measured, or not there; a sentence for whoever runs the command."""


@dataclass(frozen=True)
class PageKind:
    """A kind of page, and the address that stands for it."""

    name: str
    address: str


@dataclass(frozen=True)
class Measured:
    """What reading a kind of page cost: milliseconds, queries, bytes. `first` is with nothing remembered."""

    kind: PageKind
    first: list[float]
    again: list[float]
    queries_first: int
    queries_again: int
    size: int
    compressed: int


# --- A database of its own ---------------------------------------------------------------------------------


@contextmanager
def scratch(url: str = "") -> Iterator[None]:
    """Within it, this process knows an empty database and a cache of its own, and not those of the site.

    Without an address it is an SQLite file that is thrown away. Raises BenchmarkRefused where something is in there.
    """
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        wanted = _named(url) if url else _file_in(Path(folder))
        wanted = connections.configure_settings({"default": wanted})["default"]
        of_the_site, cache_of_the_site = connections["default"], caches["default"]
        _refuse_the_sites_own(wanted, of_the_site.settings_dict)
        own = load_backend(wanted["ENGINE"]).DatabaseWrapper(wanted, "default")
        connections["default"] = own
        caches["default"] = LocMemCache("benchmark", {"TIMEOUT": 300, "OPTIONS": {"MAX_ENTRIES": 1_000}})
        _forget()
        try:
            _refuse_what_holds_anything()
            with override_settings(ALLOWED_HOSTS=[HOST]):
                yield
        finally:
            own.close()
            connections["default"], caches["default"] = of_the_site, cache_of_the_site
            _forget()


def _file_in(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = {"ENGINE": environment.SQLITE, "NAME": str(folder / "benchmark.sqlite3")}
    of_the_site = settings.DATABASES["default"]
    same = of_the_site["ENGINE"] == environment.SQLITE
    return {**found, "OPTIONS": of_the_site["OPTIONS"] if same else {"transaction_mode": "IMMEDIATE"}}


def _named(url: str) -> dict[str, Any]:
    """Read as the settings read theirs, refusals and all."""
    name = "--database-url"
    os.environ[name] = url
    try:
        found = environment.database(name, Path(), relative_to=Path.cwd())
    except ImproperlyConfigured as refusal:
        raise BenchmarkRefused(str(refusal)) from refusal
    finally:
        del os.environ[name]
    if found["ENGINE"] != environment.POSTGRESQL:
        raise BenchmarkRefused(
            "--database-url takes PostgreSQL alone; without it, an SQLite file is made and thrown away."
        )
    return found


def _refuse_the_sites_own(wanted: dict[str, Any], of_the_site: dict[str, Any]) -> None:
    if all(str(wanted[name]) == str(of_the_site[name]) for name in ("ENGINE", "NAME", "HOST", "PORT")):
        raise BenchmarkRefused("This is the site's own database. Make an empty one for the benchmark.")


def _refuse_what_holds_anything() -> None:
    try:
        with connection.cursor() as cursor:
            tables = connection.introspection.table_names(cursor, include_views=True)
    except DatabaseError as error:
        raise BenchmarkRefused(f"The database does not open: {error}") from error
    if tables:
        raise BenchmarkRefused(
            f"The database holds something already ({', '.join(sorted(tables)[:3])} …). Nothing was touched; make "
            "an empty one for the benchmark."
        )


def _forget() -> None:
    """What a process remembers of a database."""
    for kept in (Contents, Glossary, Library):
        kept.forget()
    ContentType.objects.clear_cache()


# --- A large manual ----------------------------------------------------------------------------------------


class _Writer:
    """Writes texts that look like procedures from afar: sections, lists, references, keywords, passages of others.

    As in any language a few words are in nearly every section, and most words in hardly any.
    """

    def __init__(self, chapters: int, sections: int = SECTIONS) -> None:
        self.random = random.Random(SEED)  # noqa: S311 # the same every time
        self.vocabulary = [*ORDINARY_WORDS, *(self._word() for _n in range(MADE_UP_WORDS))]
        self.weights = list(accumulate(1 / (rank + 3) for rank in range(len(self.vocabulary))))
        made_up = [f"{self._word()} {self._word()}" for _n in range(ALL_KEYWORDS - len(KEYWORDS))]
        self.keywords = [*KEYWORDS, *made_up]
        self.chapters = chapters
        self.sections = sections

    def _word(self) -> str:
        return "".join(self.random.choices(SYLLABLES, k=self.random.randint(2, 4)))

    def sentence(self, words: int = 14) -> str:
        chosen = self.random.choices(self.vocabulary, cum_weights=self.weights, k=words)
        for n in range(1, words, 4):
            chosen[n] = self.random.choice(JOINING_WORDS)
        return " ".join(chosen).capitalize() + "."

    def paragraph(self, words: int = 60) -> str:
        return " ".join(self.sentence() for _n in range(max(1, words // 14)))

    def text(self, sections: int = 0) -> str:
        """Sections of about a hundred words."""
        pieces = [self.paragraph()]
        for n in range(sections or self.sections):
            other = self.random.randrange(self.chapters)
            pieces += [
                f"## {self.sentence(4)[:-1]} {{: #section-{n} }}",
                f"{self.paragraph()} See [](chapter:chapter-{other}#section-0); {self.random.choice(self.keywords)}.",
                "\n".join(f"- {self.sentence(7)}" for _item in range(4)),
            ]
        if self.random.random() < 0.2:
            pieces.append(f"!!! include chapter:{CONTACTS}#urgent-help")
        return "\n\n".join(pieces) + "\n"


def make(chapters: int, editions: int, say: Say, *, sections: int = SECTIONS) -> None:
    """Publishes a manual of that size, an edition every week up to this one, by the verbs that editors use."""
    call_command("migrate", verbosity=0)
    Manual(
        title="Benchmark",
        board="Nobody",
        contacts=CONTACTS,
        quick_guide="quick-guide",
        # A thread writes down what is searched for, and knows the site's database alone.
        keep_searches=False,
    ).save()
    writer = _Writer(chapters, sections)
    first = timezone.now() - BETWEEN_EDITIONS * editions
    _publish_the_first(writer, chapters, first, say)
    for n in range(2, editions + 1):
        _publish_another(writer, n, first + BETWEEN_EDITIONS * (n - 1))
        if n % 10 == 0 or n == editions:
            say(f"Edition {n} of {editions}")
    with connection.cursor() as cursor:
        # What PostgreSQL does by itself soon after a large change; until then, whatever was written last is read whole.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _publish_the_first(writer: _Writer, chapters: int, at: datetime, say: Say) -> None:
    amendments = []
    part = None

    def add(slug: str, text: str) -> None:
        chapter = Chapter.objects.add(slug, parent=part)
        amendments.append(_agreed(chapter, at, title=writer.sentence(5)[:-1], text=text))

    for n in range(chapters):
        if n % A_PART_HOLDS == 0:
            part = Chapter.objects.add(f"part-{n // A_PART_HOLDS}", kind=Kind.PART)
            amendments.append(_agreed(part, at, title=writer.sentence(3)[:-1]))
        add(f"chapter-{n}", writer.text())
        if (n + 1) % 100 == 0 or n + 1 == chapters:
            say(f"Chapter {n + 1} of {chapters}")
    add(CONTACTS, "## Urgent help {: #urgent-help }\n\n- **Immediate danger:** 999\n")
    add("quick-guide", "!!! changes newest\n")
    add(REWRITTEN, writer.text(SECTIONS_REWRITTEN))
    definitions = [
        workflow.record_agreed_definition(
            Keyword.objects.create(slug=f"keyword-{n}"),
            approved_at=at,
            name=name,
            also=_also(name),
            meaning=writer.paragraph(20),
        )
        for n, name in enumerate(writer.keywords)
    ]
    form = StoredFile.objects.keep(writer.paragraph(2_000).encode())
    document = workflow.record_agreed_document(
        Document.objects.create(slug="form"),
        approved_at=at,
        title="Form",
        filename="form.txt",
        media_type="text/plain",
        file=form,
    )
    workflow.publish(
        by=None, amendments=amendments, definitions=definitions, documents=[document], rearrange=True, at=at
    )
    say("Edition 1")


def _publish_another(writer: _Writer, n: int, at: datetime) -> None:
    """Amends a few chapters; every tenth edition rearranges, every fifth changes a keyword."""
    few = max(1, min(20, writer.chapters // 10))
    numbers = writer.random.sample(range(1, writer.chapters), few)
    slugs = [f"chapter-{number}" for number in numbers]
    if n % 5 == 2:
        slugs.append(READ)
    amendments = [_amended(slug, writer, at) for slug in slugs]
    if n == 2:
        amendments.append(_amended(REWRITTEN, writer, at, text=writer.text(SECTIONS_REWRITTEN)))
    rearrange = n % 10 == 0
    if rearrange:
        moved, other = (Chapter.objects.get(slug=slug) for slug in slugs[:2]) if few > 1 else (None, None)
        if moved and other:
            workflow.move(moved, by=None, after=other)
    definitions: list[Definition] = []
    if n % 5 == 0:
        keyword = Keyword.objects.get(slug="keyword-0")
        before = keyword.definitions.published().order_by("sequence").last()
        definitions.append(
            workflow.record_agreed_definition(
                keyword,
                approved_at=at,
                based_on=before,
                name=writer.keywords[0],
                also=_also(writer.keywords[0]),
                meaning=writer.paragraph(20),
                note=writer.sentence(),
            )
        )
    workflow.publish(by=None, amendments=amendments, definitions=definitions, rearrange=rearrange, at=at)


def _also(name: str) -> list[str]:
    return [KEYWORDS[name]] if name in KEYWORDS else []


def _agreed(chapter: Chapter, at: datetime, **words: Any) -> Amendment:
    return workflow.record_agreed(
        chapter,
        approved_at=at,
        significance=Significance.NEW,
        under=chapter.parent,
        note="First published in this manual.",
        **words,
    )


def _amended(slug: str, writer: _Writer, at: datetime, text: str = "") -> Amendment:
    """With a sentence more in each of a few paragraphs, as most amendments are; or with another text altogether."""
    chapter = Chapter.objects.get(slug=slug)
    before = chapter.amendments.published().order_by("sequence").last()
    if before is None:
        raise BenchmarkRefused(f"The chapter {slug} was never published.")
    if not text:
        paragraphs = before.text.split("\n\n")
        for n in writer.random.sample(range(len(paragraphs)), min(3, len(paragraphs))):
            if not paragraphs[n].startswith(("#", "-", "!")):
                paragraphs[n] += f" {writer.sentence()}"
        text = "\n\n".join(paragraphs)
    return workflow.record_agreed(
        chapter,
        approved_at=at,
        based_on=before,
        significance=Significance.AMENDED,
        title=before.title,
        text=text,
        note=writer.sentence(),
    )


# --- What is read, and how long it takes -------------------------------------------------------------------


def kinds(editions: int) -> list[PageKind]:
    """Every kind of page that readers ask for, with an address that stands for it in the manual that was made."""
    old = max(1, editions // 2)
    versions = Amendment.objects.filter(chapter__slug=READ).published().count()
    since = timezone.localdate() - BETWEEN_EDITIONS * (editions - old)
    keyword = "keyword-1"
    word = Definition.objects.filter(keyword__slug=keyword).values_list("name", flat=True)[0].split()[0]

    def at(name: str, *args: object, **query: object) -> str:
        return reverse(name, args=args, query=query or None)

    return [
        PageKind("contents", at("contents")),
        PageKind("chapter", at("chapter", READ)),
        PageKind("dated contents", at("edition-contents", old)),
        PageKind("dated chapter", at("edition-chapter", old, READ)),
        PageKind("keyword", at("keyword", keyword)),
        PageKind("dated keyword", at("edition-keyword", old, keyword)),
        PageKind("search", at("search", q=word)),
        PageKind("dated search", at("edition-search", old, q=word)),
        PageKind("history", at("history", READ)),
        PageKind("changes since", at("changes", since=since.isoformat())),
        PageKind("chapter comparison", at("compare", READ, **{"from": 1, "to": versions})),
        PageKind("editions comparison", at("compare-editions", old, editions)),
        PageKind("rewritten chapter", at("compare", REWRITTEN, **{"from": 1, "to": 2})),
        PageKind("bundle", at("edition-bundle", old)),
    ]


def database() -> str:
    """What is measured on: “SQLite 3.45.1”."""
    return f"{connection.display_name} {'.'.join(map(str, connection.get_database_version()))}"


def measured(which: Iterable[PageKind], seconds: float) -> Iterator[Measured]:
    """Reads each kind for so long, at least a few times: with nothing remembered, and then again and again.

    Raises BenchmarkRefused where a page does not answer with 200.
    """
    client = Client(headers={"host": HOST})
    for kind in which:
        _forget_readings()
        queries_first, compressed = _asked(client, kind, compressed=True)
        queries_again, size = _asked(client, kind, compressed=False)
        first = _times(client, kind, seconds, before=_forget_readings)
        again = _times(client, kind, seconds)
        yield Measured(kind, first, again, queries_first, queries_again, size, compressed)


def _forget_readings() -> None:
    _forget()
    cache.clear()


def _asked(client: Client, kind: PageKind, *, compressed: bool) -> tuple[int, int]:
    """How many queries a reading makes, and how many bytes it gets."""
    with CaptureQueriesContext(connection) as asked:
        content = read(client, kind, compressed=compressed)
    # Counted at once: the next request empties the log.
    return len(asked), len(content)


def read(client: Client, kind: PageKind, *, compressed: bool = True) -> bytes:
    """Raises BenchmarkRefused where it does not answer with 200."""
    encoding = {"accept-encoding": "gzip" if compressed else "identity"}
    response = client.get(kind.address, headers=encoding, secure=settings.SECURE_SSL_REDIRECT)
    content = b"".join(response)
    if response.status_code != 200:
        raise BenchmarkRefused(f"The page “{kind.name}” ({kind.address}) answered {response.status_code}.")
    return content


def _times(
    client: Client, kind: PageKind, seconds: float, before: Callable[[], None] | None = None
) -> list[float]:
    """Milliseconds of each reading."""
    times: list[float] = []
    until = time.perf_counter() + seconds
    while len(times) < FEWEST_READINGS or (time.perf_counter() < until and len(times) < MOST_READINGS):
        if before:
            before()
        begun = time.perf_counter()
        read(client, kind)
        times.append((time.perf_counter() - begun) * 1000)
    return times


def median(times: list[float]) -> float:
    return statistics.median(times)


def worst(times: list[float]) -> float:
    """The 99th percentile: of fewer than a hundred readings, the slowest."""
    return sorted(times)[math.ceil(0.99 * len(times)) - 1]


def busy() -> str:
    """A sentence where this machine has so much else to do that the figures would say little."""
    try:
        waiting = os.getloadavg()[0]
    except (AttributeError, OSError):
        return ""  # Windows does not say
    processors = os.cpu_count() or 1
    if waiting < processors / 2:
        return ""
    return (
        f"This machine is busy (load {waiting:.1f}, {processors} processors): the figures will be too high."
    )


HEADINGS = (
    f"{'':<20} {'nothing remembered':^28}  {'again':^28}  {'queries':^9} {'bytes':>21}\n"
    f"{'page':<20} {'readings':>8} {'median':>9} {'99th':>9}  {'readings':>8} {'median':>9} {'99th':>9}  "
    f"{'first':>5} {'then':>4} {'plain':>11} {'compressed':>10}"
)  # fmt: skip


def row(found: Measured) -> str:
    """A line of the table; milliseconds."""
    first, again = (
        f"{len(times):>8} {median(times):>9,.1f} {worst(times):>9,.1f}"
        for times in (found.first, found.again)
    )
    queries = f"{found.queries_first:>5} {found.queries_again:>4}"
    return f"{found.kind.name:<20} {first}  {again}  {queries} {found.size:>11,} {found.compressed:>10,}"
