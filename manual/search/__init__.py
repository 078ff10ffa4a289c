"""Search over chapter titles, section headings and text of an edition, on whichever database there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from html import unescape
from itertools import islice
from operator import attrgetter

from django.db import connection, transaction
from django.utils.html import strip_tags

from manual.decoration import keyword_meaning
from manual.models import Amendment, Contents, Edition, Glossary, Section, manual_lock
from manual.search import held, marks, postgres, ranking, spelling, sqlite, vocabulary
from manual.search.answers import Answers, answers, cards_of, speaking_of
from manual.search.filters import Filters
from manual.search.leads import chapters_of, leads_of, written
from manual.search.marking import Marker
from manual.search.meanings import Others, others
from manual.search.questions import carries
from manual.search.results import Group, Hit, Marked, Results
from manual.search.rows import MOST_FOUND, Index, Key, Row, Stored, Wanted, amendment_of, key_of
from manual.search.stems import stems_of
from manual.search.terms import Term
from manual.search.vocabulary import Spelling
from manual.search.words import Asked, asked, clean, folded, spellings

__all__ = [
    "Answers",
    "Filters",
    "Group",
    "Hit",
    "Marked",
    "Marker",
    "Results",
    "answer",
    "forget",
    "index",
    "marker",
    "mentions",
    "rebuild",
    "search",
]

# Small enough that nobody waits long for a rebuilding's transactions.
BATCH = 20

PER_PAGE = 10
BEST_OF_A_CHAPTER = 6  # at most, if they are among the best of the page
FAR_BEHIND = 2.0
ALL_OF_A_CHAPTER = 200
# Of so many chapters, the best of what was looked at, all sections are looked at: the right one may have other words.
CHAPTERS_LOOKED_AT = 3
ENOUGH = 60  # sections with every word, so that nobody looks for those that have some
MOST_KEYWORDS = 4
MOST_SECTIONS = 40  # of a chapter, that are looked at for what else is in it
NO_FILTERS = Filters()


def index(amendments: Iterable[Amendment]) -> None:
    """Put the sections of these amendments, as they are stored now, into the index; again does no harm."""
    _index([amendment.pk for amendment in amendments])


def forget(amendments: Iterable[Amendment]) -> None:
    """Take these amendments out of the index."""
    with transaction.atomic():
        _backend().replace([amendment.pk for amendment in amendments], [])
        held.write_stamp()


def rebuild(progress: Callable[[int, int], None] | None = None) -> int:
    """Make the index of all that is published anew; how many amendments that are. Readers search meanwhile.

    `progress` is told how many amendments are done, and of how many.
    """
    published = Amendment.objects.published().order_by("pk")
    keys = list(published.values_list("pk", flat=True))
    written: Counter[Spelling] = Counter()
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        with manual_lock():
            # Some may have been taken out of a scheduled edition since.
            written.update(_index(published.filter(pk__in=batch).values_list("pk", flat=True)))
        if progress:
            progress(start + len(batch), len(keys))
    with manual_lock():
        # Not asked of the database, which takes only so many keys at once.
        late = set(published.values_list("pk", flat=True)).difference(keys)
        written.update(_index(late))
        _backend().keep_only_published()
        held.write_stamp()
        vocabulary.keep_only(written)
        _backend().put_in_order()
        return published.count()


def search(
    query: str,
    contents: Contents,
    *,
    filters: Filters = NO_FILTERS,
    page: int = 1,
    per_page: int = PER_PAGE,
    correct: bool = True,
) -> Results:
    """The chapters of an edition that have every word of a query, with the best of their sections; best first.

    The query is any text at all: what is no word in it means nothing. Its last word may be the beginning of one. Words
    that the manual does not have are put right where others are alike (unless `correct` is False); where no section
    has them all, those are found that have some. The queries are as many however large the manual is, but for one
    more where too many sections have the words, and fewer where those it looks at are held in memory; words that have
    to be put right take a few more each.
    """
    meant = asked(query)
    if not meant.words:
        return Results()
    if all(word.common or len(word.joined) == 1 for word in meant.words) and not answer(query, contents):
        return Results(words=[word.typed for word in meant.words], too_common=True)
    glossary = Glossary.of(contents.edition)
    known = others(glossary)
    terms, stamp = vocabulary.terms(meant, known)
    wanted = _wanted(terms, meant, contents, filters)
    found = _found(wanted, contents, filters)
    put_right = ""
    if not found and correct and (better := _corrected(meant, query, contents, known)):
        meant, put_right = better.asked, better.query
        terms, stamp = vocabulary.terms(meant, known)
        wanted = _wanted(terms, meant, contents, filters)
        found = _found(wanted, contents, filters)
    every = found
    if len(found) < ENOUGH and sum(len(term.each) for term in terms) > 1:
        # Few have every word, and those that have most may well be what is meant.
        found = found | _found(replace(wanted, terms=vocabulary.apart(terms), loose=True), contents, filters)
    by_database = ranking.Found(found, every)
    sought = ranking.Sought(terms, put_right or query)
    lines = contents.by_amendment
    first = [(key, key) for key in ranking.to_look_at(found)]
    looked_at = ranking.look_at(held.rows(first, stamp, _backend().fetch_from_to), by_database, lines, sought)
    speaking = [] if filters else ranking.ranked_keywords(speaking_of(sought.terms, glossary), sought)
    leading = _leading(speaking, glossary)
    if not (meant.excluded or filters.of_sections):
        # Whatever else the best chapters have to say may answer it in other words.
        led_to = {key_of(line.amendment_id) for slug in leading if (line := contents.by_slug.get(slug))}
        chapters = ranking.best_chapters(looked_at, CHAPTERS_LOOKED_AT)
        spans = [
            *((key_of(amendment), key_of(amendment, MOST_SECTIONS - 1)) for amendment in chapters),
            *((key, key) for key in led_to if amendment_of(key) not in chapters),
        ]
        more = held.rows(spans, stamp, _backend().fetch_from_to)
        others_of = ranking.look_at(
            {key: row for key, row in more.items() if key not in looked_at}, by_database, lines, sought
        )
        looked_at.update(
            {key: looked for key, looked in others_of.items() if any(looked.there) or key in led_to}
        )
    rows = ranking.ranked(looked_at, sought, loose=not every, keywords_lead=leading)
    keywords = _besides(speaking, query, glossary)
    marker = Marker(terms)
    most = ALL_OF_A_CHAPTER if filters.chapter else BEST_OF_A_CHAPTER
    begin = (max(1, page) - 1) * per_page
    entries = _entries(_merged(rows, keywords))
    of_page = list(islice(entries.values(), begin, begin + per_page))
    everything = found.keys() | looked_at.keys()
    if len(everything) > len(looked_at):
        behind = (rows[-1].score if rows else 0.0) - 1.0
        if len(of_page) == per_page and (not keywords or keywords[-1].score > behind):
            # There may be thousands more, of which a page shows those of its chapters.
            shown = {amendment_of(entry[0].key) for entry in of_page if entry[0].line}
        else:
            shown = None
        rest = ranking.rest(by_database, looked_at, lines, behind, shown)
        entries = _entries(_merged(rows + rest, keywords))
        of_page = list(islice(entries.values(), begin, begin + per_page))
    in_chapters = len({*map(amendment_of, everything)})
    least = _least([row for rows in of_page for row in rows[:most]], per_page)
    following = [least] * len(of_page)
    if sum(len(rows[:most]) for rows in of_page) > per_page:
        # There is no room for all: the next chapter comes before a section that is far behind it.
        following = [*(rows[0].score - FAR_BEHIND for rows in of_page[1:]), least]
    chosen = [
        (rows, _best(rows, most, max(least, behind))) for rows, behind in zip(of_page, following, strict=True)
    ]
    texts = _backend().fetch([row.key for _rows, best in chosen for row in best if row.line], "text")
    return Results(
        total=len(everything),
        whole=len(every),
        chapters=in_chapters,
        entries=in_chapters + len(keywords),
        capped=not wanted.every and len(everything) >= MOST_FOUND,
        groups=[_group(rows, best, texts, marker, contents) for rows, best in chosen],
        words=[word.typed for word in meant.telling],
        corrected=put_right,
        loose=bool(rows) and not every,
    )


def marker(query: str, edition: Edition) -> Marker:
    """Finds in any text what a search for these words in an edition finds. At most two queries."""
    meant = asked(query)
    if not meant.words:
        return Marker(())
    terms, _stamp = vocabulary.terms(meant, others(Glossary.of(edition)))
    return Marker(terms)


def answer(query: str, contents: Contents) -> Answers:
    """What a query is the number, the title or the keyword of. One query, and only for the number of a section."""
    found = answers(query, contents, Glossary.of(contents.edition))
    if found.number_of and found.section:
        sections = Section.objects.filter(amendment=found.number_of.amendment_id, number=found.section)
        if not sections.exists():
            return replace(found, number_of=None, section="")
    return found


def mentions(forms: Iterable[str], edition: Edition) -> set[int]:
    """The chapters whose headings or text in an edition have one of these phrases, whatever their endings. One query.

    What is found is stemmed: “care order” finds “caring orders” too. Who needs to be exact looks again.
    """
    phrases = sorted({phrase for form in forms if (phrase := folded(form))})
    return _backend().chapters_with(phrases, edition.pk) if phrases else set()


def _backend() -> Index:
    return postgres if connection.vendor == "postgresql" else sqlite


def _wanted(terms: Sequence[Term], meant: Asked, contents: Contents, filters: Filters) -> Wanted:
    return Wanted(
        terms,
        vocabulary.excluded(meant),
        contents.edition.pk,
        frozenset(filters.amendments(contents)) if filters.of_chapters else contents.living,
        narrowed=filters.of_chapters,
        every=filters.of_chapters or filters.of_sections,
    )


def _found(wanted: Wanted, contents: Contents, filters: Filters) -> dict[Key, float]:
    found = _backend().find(wanted)
    if not (found and filters.of_sections):
        return found
    lines = contents.by_amendment
    stored = _backend().fetch(found, "status")
    return {
        key: score
        for key, score in found.items()
        if key in stored
        and filters.lets_section_through(lines[amendment_of(key)], stored[key].status, stored[key].areas)
    }


def _corrected(meant: Asked, query: str, contents: Contents, known: Others) -> spelling.Correction | None:
    def is_known(word: str) -> bool:
        return carries(word) or known.has(word)

    def how_often(tried: Sequence[Asked]) -> list[int]:
        each = [[Term(((word.phrase,),)) for word in one.telling] for one in tried]
        return _backend().how_often(each, contents.edition.pk)

    return spelling.corrected(meant, clean(query), _backend().alike, how_often, is_known)


def _least(rows: Iterable[ranking.Ranked], most: int) -> float:
    """What the last of so many places of a page is worth."""
    scores = sorted((row.score for row in rows), reverse=True)[:most]
    return scores[-1] if scores else 0.0


def _best(rows: Sequence[ranking.Ranked], most: int, least: float) -> list[ranking.Ranked]:
    """The first, and those of the next that are worth at least so much."""
    return [
        row for n, row in enumerate(rows[:most]) if not n or row.score >= least or most > BEST_OF_A_CHAPTER
    ]


def _besides(keywords: Iterable[ranking.Ranked], query: str, glossary: Glossary) -> list[ranking.Ranked]:
    """The first of those that speak of a query, but for those that answer it at once."""
    cards = cards_of(query, glossary)
    return [row for row in keywords if row.meaning not in cards][:MOST_KEYWORDS]


def _leading(keywords: Iterable[ranking.Ranked], glossary: Glossary) -> dict[str, float]:
    """The chapters to which the keywords lead that a query names, each with how much of the query is the name.

    A chapter need not have the word: who types an abbreviation is led where its meaning says to read, or where the
    keywords do that it refers to.
    """
    leading: dict[str, float] = {}
    for row in keywords:
        if row.meaning is None or not row.named:
            continue
        others = (glossary.by_slug[slug].meaning for slug in row.meaning.see_also if slug in glossary.by_slug)
        chapters = chapters_of(row.meaning.meaning) or {slug for text in others for slug in chapters_of(text)}
        for slug in chapters:
            leading[slug] = max(row.named, leading.get(slug, 0.0))
    return leading


def _entries(rows: Iterable[ranking.Ranked]) -> dict[object, list[ranking.Ranked]]:
    """The rows by chapter or keyword, each where the first of it stands."""
    entries: dict[object, list[ranking.Ranked]] = {}
    for row in rows:
        entries.setdefault(row.line.chapter_id if row.line else row.meaning, []).append(row)
    return entries


def _merged(rows: list[ranking.Ranked], keywords: list[ranking.Ranked]) -> list[ranking.Ranked]:
    """Best first; a keyword before a section that is worth as much."""
    return sorted([*keywords, *rows], key=attrgetter("score"), reverse=True) if keywords else rows


def _group(
    rows: Sequence[ranking.Ranked],
    best: Sequence[ranking.Ranked],
    texts: Mapping[Key, Stored],
    marker: Marker,
    contents: Contents,
) -> Group:
    line, meaning = rows[0].line, rows[0].meaning
    if meaning is not None:
        # As a reader has it, with the titles of the chapters that it refers to.
        text = clean(unescape(strip_tags(keyword_meaning(meaning, contents).replace("</p>", " "))))
        name = marks.pieces(meaning.name, marker.spans(meaning.name))
        return Group(None, name, meaning=meaning, passage=marks.passage(text, marker.spans(text)))
    if line is None:
        raise LookupError("What was found is neither in a chapter nor a keyword.")
    title = marks.pieces(line.title, marker.spans(line.title))
    hits = []
    for row in best:
        # It may have been taken out since.
        if (stored := texts.get(row.key)) is None:
            continue
        hits.append(
            Hit(
                chapter_id=line.chapter_id,
                kind=line.kind,
                amendment_id=line.amendment_id,
                anchor=stored.anchor,
                number=stored.number,
                title=title,
                heading=marks.pieces(stored.heading, marker.spans(stored.heading)),
                passage=marks.passage(stored.body, marker.spans(stored.body)),
                status=stored.status,
                areas=stored.areas,
            )
        )
    return Group(line, title, hits, more=len(rows) - len(hits))


def _index(amendments: Iterable[int]) -> Counter[Spelling]:
    """Index them by their keys; returns every word they have, with how many of their sections have it."""
    keys = sorted(set(amendments))
    written: Counter[Spelling] = Counter()
    with transaction.atomic():
        for start in range(0, len(keys), BATCH):
            batch = keys[start : start + BATCH]
            rows = _rows(batch)
            _backend().replace(batch, rows)
            held.write_stamp()
            for row in rows:
                own = (row.heading, row.body) if row.position else (row.title, row.body)
                written.update({spelling for text in own for spelling in spellings(text)})
        vocabulary.add(written)
    return written


def _rows(amendments: Sequence[int]) -> list[Row]:
    """An address each: the chapter with the words before its first heading, and every section."""
    # Locked, so that a text that is being rendered anew is not indexed as it was.
    texts = {
        key: (title, leads_of(text))
        for key, title, text in Amendment.objects.select_for_update()
        .filter(pk__in=amendments)
        .order_by("pk")
        .values_list("pk", "title", "text")
    }
    sections: dict[int, list[Section]] = {key: [] for key in texts}
    for section in Section.objects.filter(amendment__in=texts).order_by("amendment_id", "position"):
        sections[section.amendment_id].append(section)
    rows = []
    for key, (title, leads) in texts.items():
        first = next((section.text for section in sections[key] if not section.anchor), "")
        stems = written(stems_of(_flow(first)), leads.get("", ""))
        rows.append(Row(key, 0, "", "", clean(title), "", _flow(first), stems))
        rows += [
            Row(
                amendment=key,
                position=section.position + 1,
                anchor=section.anchor,
                number=section.number,
                title=clean(title),
                heading=clean(section.heading),
                body=_flow(section.text),
                stems=written(
                    stems_of(f"{clean(section.heading)} {_flow(section.text)}"),
                    leads.get(section.anchor, ""),
                ),
            )
            for section in sections[key]
            if section.anchor
        ]
    return rows


def _flow(text: str) -> str:
    """Paragraphs and list items one after another, with a point between those that end without a stop."""
    lines = [line for part in text.splitlines() if (line := clean(part))]
    return " ".join(line if line[-1] in ".:;!?," else f"{line} ·" for line in lines).removesuffix(" ·")
