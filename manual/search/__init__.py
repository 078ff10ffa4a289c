"""Search over chapter titles, section headings and text of an edition, on whichever database there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from django.db import connection, transaction

from manual.models import Amendment, Edition, Section, manual_lock
from manual.search import marks, postgres, sqlite, vocabulary
from manual.search.results import Hit, Marked, Results
from manual.search.rows import Index, Row
from manual.search.vocabulary import Spelling
from manual.search.words import asked, clean, fold, spellings

__all__ = ["Hit", "Marked", "Results", "forget", "index", "mentions", "rebuild", "search"]

# Small enough that nobody waits long for a rebuilding's transactions.
BATCH = 20
FARTHEST = 1_000_000


def index(amendments: Iterable[Amendment]) -> None:
    """Put the sections of these amendments, as they are stored now, into the index; again does no harm."""
    _index([amendment.pk for amendment in amendments])


def forget(amendments: Iterable[Amendment]) -> None:
    """Take these amendments out of the index."""
    _backend().replace([amendment.pk for amendment in amendments], [])


def rebuild(progress: Callable[[int, int], None] | None = None) -> int:
    """Make the index of all that is published anew; how many amendments that are. Readers search meanwhile.

    `progress` is told how many amendments are done, and of how many.
    """
    published = Amendment.objects.published().order_by("pk")
    keys = list(published.values_list("pk", flat=True))
    written: set[Spelling] = set()
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        with manual_lock():
            # Some may have been taken out of a scheduled edition since.
            written |= _index(published.filter(pk__in=batch).values_list("pk", flat=True))
        if progress:
            progress(start + len(batch), len(keys))
    with manual_lock():
        late = list(published.exclude(pk__in=keys).values_list("pk", flat=True))
        written |= _index(late)
        _backend().keep_only_published()
        vocabulary.keep_only(written)
        return published.count()


def search(query: str, edition: Edition, *, limit: int = 20, offset: int = 0) -> Results:
    """The sections and chapters of an edition that have every word of a query, best first. At most three queries.

    The query is any text at all: what is no word in it means nothing. Its last word may be the beginning of one.
    """
    words = asked(query)
    if not words:
        return Results()
    terms = vocabulary.terms(words)
    total, found = _backend().find(terms, edition.pk, max(0, limit), min(max(0, offset), FARTHEST))
    hits = [
        Hit(
            chapter_id=row.chapter,
            kind=row.kind,
            amendment_id=row.amendment,
            anchor=row.anchor,
            number=row.number,
            title=marks.pieces(row.title),
            heading=marks.pieces(row.heading),
            passage=marks.passage(row.body),
            status=row.status,
            areas=row.areas,
        )
        for row in found
    ]
    return Results(total, hits, [word.typed for word in words])


def mentions(forms: Iterable[str], edition: Edition) -> set[int]:
    """The chapters whose headings or text in an edition have one of these phrases, whatever their endings. One query.

    What is found is stemmed: “care order” finds “caring orders” too. Who needs to be exact looks again.
    """
    phrases = sorted({phrase for form in forms if (phrase := " ".join(fold(clean(form)).split()))})
    return _backend().chapters_with(phrases, edition.pk) if phrases else set()


def _backend() -> Index:
    return postgres if connection.vendor == "postgresql" else sqlite


def _index(amendments: Iterable[int]) -> set[Spelling]:
    """Index them by their keys; returns every word they have."""
    keys = sorted(set(amendments))
    written: set[Spelling] = set()
    with transaction.atomic():
        for start in range(0, len(keys), BATCH):
            batch = keys[start : start + BATCH]
            rows = _rows(batch)
            _backend().replace(batch, rows)
            for row in rows:
                written.update(*(spellings(text) for text in (row.title, row.heading, row.body)))
        vocabulary.add(written)
    return written


def _rows(amendments: Sequence[int]) -> list[Row]:
    """An address each: the chapter with the words before its first heading, and every section."""
    # Locked, so that a text that is being rendered anew is not indexed as it was.
    titles = dict(
        Amendment.objects.select_for_update()
        .filter(pk__in=amendments)
        .order_by("pk")
        .values_list("pk", "title")
    )
    sections: dict[int, list[Section]] = {key: [] for key in titles}
    for section in Section.objects.filter(amendment__in=titles).order_by("amendment_id", "position"):
        sections[section.amendment_id].append(section)
    rows = []
    for key, title in titles.items():
        first = next((section.text for section in sections[key] if not section.anchor), "")
        rows.append(Row(key, 0, "", "", clean(title), "", _flow(first)))
        rows += [
            Row(
                amendment=key,
                position=section.position + 1,
                anchor=section.anchor,
                number=section.number,
                title=clean(title),
                heading=clean(section.heading),
                body=_flow(section.text),
            )
            for section in sections[key]
            if section.anchor
        ]
    return rows


def _flow(text: str) -> str:
    """Paragraphs and list items one after another, with a point between those that end without a stop."""
    lines = [line for part in text.splitlines() if (line := clean(part))]
    return " ".join(line if line[-1] in ".:;!?," else f"{line} ·" for line in lines).removesuffix(" ·")
