"""What every page asks in the same words says the same as the database, at once, and is nobody else's."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from manual.models import Edition, Issued, Manual, Notice


def values(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.mark.parametrize("_again", [1, 2])
def test_the_manual_is_as_it_is_stored(sample, _again):
    assert values(Manual.objects.current()) == values(Manual.objects.get())


@pytest.mark.parametrize("_again", [1, 2])
def test_editions_are_as_they_are_stored(sample, _again):
    editions = Issued.of().editions
    assert [values(edition) for edition in editions] == [
        values(edition) for edition in Edition.objects.order_by("effective_at")
    ]


def test_each_time_the_database_is_asked_by_one_query(sample):
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            Manual.objects.current()
        assert len(queries) == 1


def test_a_change_is_seen_at_once(sample):
    assert Manual.objects.current().areas == {"north": "North", "south": "South"}
    Manual.objects.update(areas={"east": "East"}, sample=True)
    assert Manual.objects.current().areas == {"east": "East"}
    assert Manual.objects.current().sample is True


def test_whoever_changes_what_they_were_given_changes_nothing_for_others(sample):
    manual = Manual.objects.current()
    manual.areas["west"] = "West"
    manual.title = "Another"
    assert Manual.objects.current().areas == {"north": "North", "south": "South"}
    assert Manual.objects.current().title == "Northfield procedures"


def test_a_notice_is_shown_with_its_chapter_until_it_expires(sample):
    now = timezone.now()
    Notice.objects.create(
        words="The line is down",
        chapter=sample.chapters["referral"],
        pinned_at=now - timedelta(hours=1),
        expires_at=now + timedelta(hours=1),
    )
    for _ in range(2):
        [notice] = Notice.objects.shown()
        assert (notice.words, notice.chapter_id) == ("The line is down", sample.chapters["referral"].pk)
    Notice.objects.update(expires_at=now)
    assert Notice.objects.shown() == []
