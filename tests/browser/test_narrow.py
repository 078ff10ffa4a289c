"""Whatever an editor writes, no page is scrolled sideways on the narrowest phone, nor at 400 % on a desk."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from playwright.sync_api import Page

from manual import workflow
from manual.models import Chapter
from tests.documents.files import picture
from tests.manual_maker import agreed, filed, meaning

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG_WORD = "Pseudo" + "hypoparathyroid" * 4 + "isms-or-so-they"[:14]
LONG_TITLE = "What every agency does, and in which order, when a child " * 4
LONG_TITLE = LONG_TITLE[:199].rstrip(",") + "."
EVERYTHING = f"""
{LONG_WORD} and https://www.example.org/{"a-very-long-address/" * 6}. Write to {"very" * 12}@example.org.

Table: A caption with {LONG_WORD}

| When | Who | Telephone | What for |
| --- | --- | --- | --- |
| **Monday to Friday** {{: .kent }} | {LONG_WORD} | 01632 960110 | {"very" * 15}@example.org |
| Nights | [A form](document:wide) | 01632 960111 or +44 (0)1632 960112 | |

| {" | ".join(f"Column {n}" for n in range(1, 10))} |
|{" --- |" * 9}
| {" | ".join(f"Words of {n}" for n in range(1, 10))} |

| Two | Columns |
| --- | --- |
| {LONG_WORD} | {"very" * 15}@example.org |

## {LONG_WORD} {{: .guidance }}

- One
    - Two, {LONG_WORD}
        1. Three
            - Four, {LONG_WORD}

Term {LONG_WORD}
:   What it means, and what it does not.

> {LONG_WORD}

!!! guidance "For {LONG_WORD}"
    Words.

    !!! medway
        {LONG_WORD}

        !!! contact "Duty team of {LONG_WORD}"
            Telephone: 01632 960130
            E-mail: {"very" * 15}@example.org
            Address: 1 {LONG_WORD} Street

!!! warning
    - {LONG_WORD}

!!! library
    [{LONG_WORD}](https://example.org/a)
    :   What it is for.
    :   {LONG_WORD}, 2026

    [](document:wide)
    :   A form of our own.

![A wide picture](document:wide)
A caption with {LONG_WORD}.

A note[^1] and `{LONG_WORD}`.

    {LONG_WORD} {LONG_WORD}

[^1]: {LONG_WORD}, and {"a-very-long-address/" * 6}.
"""
ADDRESSES = [
    "/",
    "/chapters/bullying/",
    "/chapters/bullying/?q=columns",
    "/chapters/bullying/compare/",
    "/chapters/bullying/history/",
    "/chapters/timescales/",
    "/chapters/contact-details/",
    "/chapters/guidance-library/",
    "/search/?q=columns",
    "/search/?q=helpline",
    "/keywords/",
    "/keywords/helpline/",
]


@pytest.fixture
def written(site: str) -> None:
    """A chapter with all that a text can hold, each of it as long as it may come."""
    assert len(LONG_WORD) == 80
    assert len(LONG_TITLE) == 200
    workflow.publish(
        by=None,
        amendments=[agreed(Chapter.objects.get(slug="bullying"), text=EVERYTHING, title=LONG_TITLE)],
        definitions=[meaning("helpline", name=f"Helpline {LONG_WORD}", meaning=f"{LONG_WORD} on 0800 1111.")],
        documents=[
            filed(
                "wide", picture("PNG", (2000, 300)), title=LONG_WORD, description="A wide picture",
                filename="wide.png", media_type="image/png", width=2000, height=300,
            )
        ],
    )  # fmt: skip
    cache.clear()


WIDER_THAN_THE_SCREEN = """() => [...document.querySelectorAll("body *")].filter((each) => {
  const { right, width } = each.getBoundingClientRect();
  const clipped = each.closest(".visually-hidden, .skip-link, .table, thead, pre");
  return width && right > innerWidth + 1 && (!clipped || clipped === each && each.matches(".table, pre"));
}).map((each) => `${each.tagName}.${each.className}`).slice(0, 5)"""


@pytest.mark.parametrize(("width", "display"), [(320, ""), (320, "large-normal"), (1280, "")])
def test_nothing_is_scrolled_sideways(
    reader: Callable[..., Page], written: None, width: int, display: str
) -> None:
    """320 is what is left of a screen of 1280 at 400 %."""
    page = reader(width=width, display=display)
    wrong = []
    for address in ADDRESSES:
        page.goto(address)
        if page.evaluate("document.scrollingElement.scrollWidth > innerWidth"):
            wrong.append(f"{address}: scrolls sideways")
        if outside := page.evaluate(WIDER_THAN_THE_SCREEN):
            wrong.append(f"{address}: {outside}")
    assert not wrong, "\n".join(wrong)


def test_a_phone_shows_the_rows_of_a_table_one_under_another_with_the_names_of_their_columns(
    reader: Callable[..., Page], written: None
) -> None:
    page = reader(width=360)
    page.goto("/chapters/bullying/")
    row = page.locator(".table-of-rows tbody tr").first
    who, telephone = row.locator("td").nth(0).bounding_box(), row.locator("td").nth(1).bounding_box()
    assert telephone["y"] >= who["y"] + who["height"]
    label = "(cell) => getComputedStyle(cell, '::before').content"
    assert "Telephone" in row.locator("td").nth(1).evaluate(label)
    page.set_viewport_size({"width": 1280, "height": 900})
    who, telephone = row.locator("td").nth(0).bounding_box(), row.locator("td").nth(1).bounding_box()
    assert telephone["y"] == who["y"]
    assert "Telephone" not in row.locator("td").nth(1).evaluate(label)
