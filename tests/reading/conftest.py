"""A small manual with three editions in force one after another, for the tests of its pages."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from manual import workflow
from manual.models import Chapter, Edition, Manual
from tests.manual_maker import agreed, grow, meaning
from tests.remembered import remembered

FIRST = datetime(2026, 3, 2, tzinfo=UTC)
SECOND = datetime(2026, 5, 11, 9, 30, tzinfo=UTC)
THIRD = datetime(2026, 10, 5, tzinfo=UTC)

CONTACTS = """
## Urgent help {: #urgent-help }

- **Immediate danger:** 999
- **Northfield, day:** 01632 960001

## Police {: #police }

Ring 101.
"""

REFERRAL = """
Anyone may refer a child.

## Who refers {: #who }

Whoever is worried. See [](chapter:assessment), [the plan](chapter:assessment#plan) and [](chapter:leaflet).

### At night {: #night }

!!! include chapter:contacts#police

## What a LADO does

The LADO decides. A LADO does not wait for a core group.

| Who | When |
| --- | --- |
| Social worker | Today |
"""


@dataclass
class Sample:
    chapters: dict[str, Chapter]
    editions: list[Edition]


@pytest.fixture
@remembered
def sample(db: None) -> Sample:
    """Edition 1 holds everything; 2 (urgent) withdraws Old ways; 3 adds Bruising before Assessment, amends Referral."""
    Manual(
        title="Northfield procedures",
        board="Northfield board",
        areas={"north": "North", "south": "South"},
        contacts="contacts",
        quick_guide="quick-guide",
    ).save()
    chapters = grow(
        """
        quick-guide: chapter, unnumbered
        core
            journey: group
                referral
                assessment
                    leaflet: link, unnumbered
            old-ways
            contacts
            amendments
        """
    )
    texts = {
        "quick-guide": {"text": "Be quick.\n\n!!! changes newest\n", "title": "Quick Guide"},
        "referral": {"text": REFERRAL},
        "assessment": {
            "text": "Words.\n\n## The plan {: #plan }\n\nPlan it.",
            "areas": ["north"],
            "remark": "under review",
        },
        "leaflet": {"text": "A leaflet.", "link": "https://www.example.org/leaflet", "label": "See also"},
        "contacts": {"text": CONTACTS},
        "amendments": {"text": "All of them.\n\n!!! changes all\n"},
    }
    first = [agreed(chapter, **texts.get(slug, {})) for slug, chapter in chapters.items()]
    keywords = [
        meaning(
            "lado",
            name="Local authority designated officer",
            also=["LADO"],
            meaning="Decides on **allegations**.",
        ),
        meaning("core-group", name="Core group", meaning="Carries the plan out.", see_also=["lado"]),
    ]
    one = workflow.publish(
        by=None, amendments=first, definitions=keywords, rearrange=True, at=FIRST, name="First"
    ).edition
    withdrawal = agreed(
        chapters["old-ways"],
        significance="withdrawn",
        successor=chapters["referral"],
        note="Replaced by referral.",
    )
    two = workflow.publish(by=None, kind="urgent", amendments=[withdrawal], at=SECOND).edition
    bruising = Chapter.objects.add("bruising", parent=chapters["journey"])
    bruising.move(after=chapters["referral"])
    chapters["bruising"] = bruising
    changes = [
        agreed(bruising, text="Act the same day.", note="New because cases differed."),
        agreed(
            chapters["referral"],
            text=REFERRAL + "\nWithin one hour.\n",
            note="A referral now takes one hour.",
        ),
    ]
    three = workflow.publish(
        by=None, amendments=changes, rearrange=True, at=THIRD, law_stated_as_at=THIRD.date()
    ).edition
    return Sample(chapters, [one, two, three])
