"""Editions to search in, made by the verbs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest

from manual import search, workflow
from manual.models import Amendment, Chapter, Contents, Edition
from tests.manual_maker import DAY, FAR_AHEAD, agreed
from tests.remembered import remembered

Publish = Callable[..., Edition]


def publish_next(chapters: dict[str, dict[str, Any]], **edition: Any) -> Edition:
    """Publishes one edition after another, a day apart: `publish_next({"adoption": {"text": "…"}})`.

    A chapter that is not there yet is made, as the `kind` says; the other words are its amendment's.
    """
    amendments = []
    for slug, words in chapters.items():
        fields = dict(words)
        kind = fields.pop("kind", "chapter")
        chapter = Chapter.objects.filter(slug=slug).first() or Chapter.objects.add(slug, kind=kind)
        if kind != "chapter":
            fields.setdefault("text", "")
        amendments.append(agreed(chapter, **fields))
    edition.setdefault("rearrange", True)
    moment = FAR_AHEAD + Edition.objects.count() * DAY
    return workflow.publish(by=None, amendments=amendments, at=moment, **edition).edition


@pytest.fixture
def publish(db: None) -> Publish:
    return publish_next


@pytest.fixture
@remembered
def edition(db: None) -> Edition:
    """A small manual."""
    return publish_next(
        {
            "core-procedures": {"kind": "part", "title": "Core Procedures"},
            "adoption": {
                "title": "Adoption",
                "text": (
                    "Until the order a child is looked after by the placing authority.\n\n"
                    "## While the child is placed {: #placed }\n\n"
                    "The agency must visit within one week. The social worker sees the child alone.\n\n"
                    "## Afterwards {: #afterwards }\n\n"
                    "Records use the new name. An adopted child’s school is told nothing of the birth family.\n"
                ),
            },
            "enquiries": {
                "title": "Child Protection (Section 47) Enquiries",
                "text": (
                    "## Strategy discussion/meetings {: #strategy }\n\n"
                    "The police and the hospital take part. The café on the ward is no place for it.\n\n"
                    "## Decisions {: #decisions }\n\n"
                    "Whoever chairs writes down what was decided, and adoption is not discussed.\n"
                ),
            },
            "e-safety": {
                "title": "E-Safety",
                "text": (
                    "## Images {: #images }\n\nTake the telephone and call the police.\n\n"
                    "### Of children {: #of-children }\n\nNobody copies them. Multi-agency work begins at once.\n"
                ),
            },
            "csa-medicals": {
                "kind": "link",
                "title": "Pathway for CSA Medicals",
                "link": "https://example.org/csa",
            },
        }
    )


def places(results: search.Results) -> list[str]:
    """Where the hits lead: “adoption”, “adoption#placed”."""
    slugs = dict(Chapter.objects.values_list("pk", "slug"))
    return [f"{slugs[hit.chapter_id]}{'#' * bool(hit.anchor)}{hit.anchor}" for hit in results.hits]


def ask(query: str, edition: Edition, **options: Any) -> search.Results:
    """What a reader of an edition is answered; a keyword or two aside."""
    return search.search(query, Contents.of(edition), **options)


def found(query: str, edition: Edition, **options: Any) -> list[str]:
    """Where the sections lead that have every word, and no others."""
    with mock.patch.object(search, "ENOUGH", 0), mock.patch.object(search, "CHAPTERS_LOOKED_AT", 0):
        return places(ask(query, edition, correct=False, **options))


def marked(pieces: search.Marked) -> list[str]:
    return [words for words, is_marked in pieces if is_marked]


def text_of(pieces: search.Marked) -> str:
    return "".join(words for words, _ in pieces)


def amendment_of(slug: str) -> Amendment:
    """The newest published one."""
    return Amendment.objects.published().filter(chapter__slug=slug).order_by("sequence").last()  # type: ignore[return-value]
