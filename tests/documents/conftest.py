"""A manual with documents in three editions: two in force one after another, and one that is scheduled."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from manual import workflow
from manual.models import Chapter, Document, Edition
from tests.documents.files import PDF, picture, svg
from tests.manual_maker import DAY, FAR_AHEAD, LONG_AGO, agreed, filed, first_edition, grow, meaning
from tests.remembered import remembered

REFERRAL = """
Use [](document:referral-form), or [the old way](document:referral-form).

![](document:flow-chart)

![Who rings whom, in short](document:flow-chart)

[](document:never-was) and ![A picture that is not there](document:nor-this) and ![Form](document:referral-form).
"""
TEXTS = {"referral": REFERRAL, "visits": "Other words, without a document."}
WIDE = {"width": 30, "height": 20, "media_type": "image/png"}


@dataclass
class Shelves:
    chapters: dict[str, Chapter]
    editions: list[Edition]
    form: Document
    chart: Document


@pytest.fixture
@remembered
def shelves(db: None) -> Shelves:
    chapters = grow("core\n    referral\n    visits\n    contact-details")
    contacts = agreed(chapters.pop("contact-details"), text="Ring 999. [](document:referral-form)")
    one = first_edition(chapters)
    form = filed("referral-form", PDF, title="Referral form", filename="Referral form.pdf",
                 media_type="application/pdf", note="For every referral.")  # fmt: skip
    chart = filed("flow-chart", picture(), description="Two boxes & an arrow.", filename="flow.png", **WIDE)
    words = meaning("referral", meaning="See [](document:referral-form).\n\n![](document:flow-chart)")
    two = workflow.publish(
        by=None, amendments=[*(agreed(chapters[slug], text=text) for slug, text in TEXTS.items()), contacts],
        definitions=[words], documents=[form, chart], at=LONG_AGO + DAY,
    ).edition  # fmt: skip
    later = filed("referral-form", PDF + b"\n", title="Form for referrals", filename="Referrals.pdf",
                  media_type="application/pdf", note="Shorter.")  # fmt: skip
    drawn = filed(
        "flow-chart", svg(), description="Three boxes.", filename="flow.svg", media_type="image/svg+xml"
    )
    three = workflow.publish(
        by=None, documents=[later, drawn], effective_at=FAR_AHEAD, at=LONG_AGO + 2 * DAY
    ).edition
    return Shelves(chapters, [one, two, three], Document.objects.get(slug="referral-form"), chart.document)
