"""Small builders of a manual, shared by tests. They call the verbs, so that no test stands on an impossible state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from textwrap import dedent
from typing import Any

from django.contrib.auth.models import User

from manual import workflow
from manual.models import (
    Amendment,
    Chapter,
    Contents,
    Definition,
    Document,
    DocumentVersion,
    Edition,
    Keyword,
    Significance,
    StoredFile,
)

# Two clocks to pass as `at`. The guards of the database read its own clock: what is published long ago is in force
# and guarded, what is published far in the future is not.
LONG_AGO = datetime(2020, 1, 6, 9, tzinfo=UTC)
FAR_AHEAD = datetime(2100, 1, 4, 9, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def grow(outline: str) -> dict[str, Chapter]:
    """Chapters by slug, from an indented outline; a root is a part and the others chapters unless it says otherwise.

    working-together
        referral
        leaflets: group
            poster: link, unnumbered
    """
    chapters: dict[str, Chapter] = {}
    above: list[tuple[int, Chapter]] = []
    for line in dedent(outline).strip("\n").splitlines():
        indent = len(line) - len(line.lstrip())
        slug, _, says = line.strip().partition(":")
        words = {word.strip() for word in says.split(",")} - {""}
        above = [(depth, chapter) for depth, chapter in above if depth < indent]
        parent = above[-1][1] if above else None
        kinds = words - {"unnumbered"}
        kind = kinds.pop() if kinds else "chapter" if parent else "part"
        chapters[slug] = Chapter.objects.add(
            slug, kind=kind, parent=parent, numbered="unnumbered" not in words
        )
        above.append((indent, chapters[slug]))
    return chapters


def newest(chapter: Chapter) -> Amendment | None:
    """The last amendment of a chapter that is published, be it scheduled."""
    return chapter.amendments.published().order_by("sequence").last()


def words_of(chapter: Chapter, **words: Any) -> dict[str, Any]:
    """Words for an amendment that follows the newest published one: new, or else amended."""
    if "based_on" not in words:
        words["based_on"] = newest(chapter)
    before = words["based_on"]
    fresh = before is None or before.significance == Significance.WITHDRAWN
    words.setdefault("significance", Significance.NEW if fresh else Significance.AMENDED)
    if words["significance"] == Significance.NEW:
        words.setdefault("under", chapter.parent)
        words.setdefault("numbered", chapter.numbered)
    words.setdefault("title", before.title if before else chapter.slug.replace("-", " ").capitalize())
    words.setdefault("text", f"What to do about {chapter.slug}.")
    words.setdefault("note", "What changed.")
    return words


def agreed(chapter: Chapter, **words: Any) -> Amendment:
    """An amendment that can be published, as the loading of content makes them: nobody wrote it here."""
    return workflow.record_agreed(chapter, approved_at=LONG_AGO, **words_of(chapter, **words))


def submitted(chapter: Chapter, *, author: User, **words: Any) -> Amendment:
    return workflow.submit(workflow.draft(chapter, by=author, **words_of(chapter, **words)), by=author)


def approved(chapter: Chapter, *, author: User, approver: User, **words: Any) -> Amendment:
    """An amendment that can be published, written and approved by two people."""
    return workflow.approve(submitted(chapter, author=author, **words), by=approver)


def meaning(slug: str, **words: Any) -> Definition:
    """A definition that can be published, of a keyword that is made if need be."""
    keyword, _ = Keyword.objects.get_or_create(slug=slug)
    words.setdefault("based_on", keyword.definitions.filter(status="published").order_by("sequence").last())
    words.setdefault("name", slug.upper())
    words.setdefault("meaning", f"What {slug} means.")
    return workflow.record_agreed_definition(keyword, approved_at=LONG_AGO, **words)


def file_words(content: bytes = b"A form.", **words: Any) -> dict[str, Any]:
    """The words of a document that are about its file: a text, unless they say otherwise."""
    words.setdefault("filename", "form.txt")
    words.setdefault("media_type", "text/plain")
    return {"file": StoredFile.objects.keep(content), **words}


def filed(slug: str, content: bytes = b"A form.", **words: Any) -> DocumentVersion:
    """A version that can be published, of a document that is made if need be."""
    document, _ = Document.objects.get_or_create(slug=slug)
    words.setdefault("based_on", document.versions.published().order_by("sequence").last())
    words.setdefault("title", slug.replace("-", " ").capitalize())
    return workflow.record_agreed_document(document, approved_at=LONG_AGO, **file_words(content, **words))


def first_edition(chapters: dict[str, Chapter], *, at: datetime = LONG_AGO, **words: Any) -> Edition:
    """An edition that holds all of them, arranged as the tree stands, in force from `at`."""
    amendments = [agreed(chapter) for chapter in chapters.values()]
    return workflow.publish(by=None, amendments=amendments, rearrange=True, at=at, **words).edition


def outline_of(edition: Edition) -> list[str]:
    """The contents as a reader sees them: “1.2 Referral (updated)”, “1.3 Assessment (withdrawn)”."""
    return [
        f"{line.name} ({note})"
        if (note := line.flag or ("withdrawn" if line.withdrawn else ""))
        else line.name
        for line in Contents(Edition.objects.get(pk=edition.pk)).lines
    ]
