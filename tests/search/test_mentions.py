"""Which chapters use a keyword, in any of its forms."""

from __future__ import annotations

import pytest

from manual import search
from manual.models import Chapter, Edition
from tests.remembered import remembered
from tests.search.conftest import publish_next


def slugs(forms: list[str], edition: Edition) -> set[str]:
    return set(Chapter.objects.filter(pk__in=search.mentions(forms, edition)).values_list("slug", flat=True))


@pytest.fixture
@remembered
def edition(db: None) -> Edition:
    return publish_next(
        {
            "a": {"text": "A care order is made.\n\n## One\n\nThe Local Authority’s Designated Officer."},
            "b": {"text": "Care in this order.\n\n## Care Orders\n\nSome."},
            "c": {
                "text": "Take care, order nothing.\n\n## Two\n\nAsk the LADO about safe-guarding. Voice of the child."
            },
            "d": {"title": "Care order", "text": "Nothing."},
            "e": {"text": "## It is of great care\n\nOrder it."},
        }
    )


@pytest.mark.parametrize(
    ("forms", "chapters"),
    [
        (["care order"], {"a", "b", "c"}),
        (["Care Orders"], {"a", "b", "c"}),
        (["LADO"], {"c"}),
        (["lado", "local authority's designated officer"], {"a", "c"}),
        (["safe guarding"], {"c"}),
        (["voice of the child"], {"c"}),
        (["order care"], set()),
        (["car"], set()),
        ([], set()),
        (["", "?", "\0", '"'], set()),
    ],
)
def test_it_finds_the_chapters_with_one_of_these_phrases(
    forms: list[str], chapters: set[str], edition: Edition
) -> None:
    assert slugs(forms, edition) == chapters


def test_many_forms_are_no_trouble(edition: Edition) -> None:
    assert slugs([f"form number {n}" for n in range(1000)] + ["LADO"], edition) == {"c"}


def test_it_takes_one_query(edition: Edition, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        search.mentions(["care order", "LADO"], edition)
    with django_assert_num_queries(0):
        search.mentions(["?"], edition)
