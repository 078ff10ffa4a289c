"""A page makes a fixed number of queries, whatever the size of the manual."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from manual import workflow
from manual.models import Amendment, Chapter, Contents, Glossary, Kind, Library
from manual.search.rows import MOST_FOUND
from tests.manual_maker import DAY, LONG_AGO, agreed, meaning
from tests.reading.large import amendments_like, chapters_like

TEXT = """
See [](chapter:chapter-1), [](chapter:chapter-2#section) and the LADO.

!!! include chapter:contact-details#urgent-help

## Section {: #section }

Words about core groups.
"""
CONTACTS = "## Urgent help {: #urgent-help }\n\n- **Immediate danger:** 999\n"


@pytest.fixture(params=[(20, 2), (2000, 6)], ids=["20 chapters, 2 editions", "2,000 chapters, 6 editions"])
def manual_of_a_size(request, db) -> None:
    chapters_wanted, editions_wanted = request.param
    amendments = []
    for n in range(0, chapters_wanted, 50):
        part = Chapter.objects.add(f"part-{n}", kind=Kind.PART)
        first = Chapter.objects.add(f"chapter-{n}", parent=part)
        text = agreed(first, text=TEXT, based_on=None)
        # The others of a part are alike, and are copied.
        last = min(n + 50, chapters_wanted)
        others = chapters_like(first, [f"chapter-{k}" for k in range(n + 1, last)])
        titles = [{"chapter": each, "title": each.slug.replace("-", " ").capitalize()} for each in others]
        amendments += [agreed(part, text="", based_on=None), text, *amendments_like(text, titles)]
        part.refresh_from_db()
    assert Chapter.objects.broken() == []
    contacts = Chapter.objects.add("contact-details", parent=part)
    guide = Chapter.objects.add("quick-guide", parent=part)
    amendments += [agreed(contacts, text=CONTACTS), agreed(guide, text="!!! changes all\n")]
    keywords = [meaning("lado", name="LADO"), meaning("core-group", name="Core group")]
    workflow.publish(by=None, amendments=amendments, definitions=keywords, rearrange=True, at=LONG_AGO)
    for n in range(1, editions_wanted):
        changed = [
            agreed(Chapter.objects.get(slug=f"chapter-{k}"), text=TEXT + f"\nChange {n}.\n") for k in range(5)
        ]
        workflow.publish(by=None, amendments=changed, rearrange=n % 2 == 0, at=LONG_AGO + n * DAY)
    with connection.cursor() as cursor:
        # What PostgreSQL does by itself soon after a large change, but not for rows that are not committed yet.
        cursor.execute("ANALYZE")


def queries(client, address: str) -> int:
    """Of a first reading: nothing is remembered yet."""
    Contents.forget()
    Glossary.forget()
    Library.forget()
    cache.clear()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    # What frames a part of a transaction reads nothing.
    return len(
        [query for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "SET LOCAL"))]
    )


@pytest.mark.long
def test_every_page_makes_a_fixed_number_of_queries(client, manual_of_a_size):
    assert queries(client, "/") == 5
    assert queries(client, "/chapters/chapter-9/") == 9
    # One that has changed reads its older text too, to mark what changed, and which sections it had and has no longer.
    assert queries(client, "/chapters/chapter-3/") == 11
    assert queries(client, "/chapters/chapter-3/?since=2020-01-06") <= 12
    assert queries(client, "/chapters/chapter-3/?number=1.1") <= 12
    assert queries(client, "/chapters/chapter-3/history/") == 7
    assert queries(client, "/changes/") <= 5
    assert queries(client, "/changes/?since=2020-01-06") <= 12
    assert queries(client, "/chapters/quick-guide/") <= 12
    assert queries(client, "/editions/1/contents/") <= 9
    assert queries(client, "/editions/1/chapters/chapter-3/") <= 11
    assert queries(client, "/editions/1/chapters/chapter-3/cite/") <= 7
    assert queries(client, "/editions/2/chapters/chapter-3/") <= 12
    assert queries(client, "/keywords/") <= 9
    assert queries(client, "/keywords/lado/") <= 9
    assert queries(client, "/editions/") <= 10
    assert queries(client, "/editions/2/") <= 11
    # Where more sections match than are looked at, names are asked for once more, whatever the size beyond that.
    many = Amendment.objects.count() > MOST_FOUND
    assert queries(client, "/search/?q=section") == (13 if many else 12)
    assert queries(client, "/search/?q=1.1") <= 13

    # A second reading remembers the contents, the glossary and the decorated text.
    client.get("/chapters/chapter-3/")
    with CaptureQueriesContext(connection) as captured:
        client.get("/chapters/chapter-3/")
    assert len(captured) == 4
