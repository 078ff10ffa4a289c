"""The list beside a chapter: the parts, the way down to it, and what stands beside it."""

import pytest
from lxml.html import document_fromstring

from manual import workflow
from manual.models import Chapter, Contents, Edition, Kind, Nearby
from tests.manual_maker import agreed


def nearby(client, address: str):
    (list_,) = document_fromstring(client.get(address).content.decode()).find_class("nearby")
    return list_


def test_a_reader_sees_the_parts_and_what_stands_beside_the_chapter(client, sample):
    list_ = nearby(client, "/chapters/referral/")
    links = [(" ".join(link.text_content().split()), link.get("href")) for link in list_.iter("a")]
    assert ("1 Core", "/#core") in links
    assert ("1.1 Journey", "/#journey") in links
    assert ("1.1.2 Bruising", "/chapters/bruising/") in links
    # What stands in a chapter of another branch is not near.
    assert not [link for link in links if "Leaflet" in link[0]]
    assert [link.get("href") for link in list_.xpath(".//a[@aria-current='page']")] == ["/chapters/referral/"]


def test_beside_a_dated_chapter_stands_what_that_edition_had(client, sample):
    links = [link.get("href") for link in nearby(client, "/editions/2/chapters/referral/").iter("a")]
    assert "/editions/2/chapters/assessment/" in links
    assert "/editions/2/contents/#core" in links
    assert not [link for link in links if "bruising" in link]


def test_what_stands_under_a_chapter_is_shown_with_it(client, sample):
    assert "/chapters/leaflet/" in [
        link.get("href") for link in nearby(client, "/chapters/assessment/").iter("a")
    ]


@pytest.fixture
def long_part(db) -> Contents:
    part = Chapter.objects.add("part", kind=Kind.PART)
    chapters = [agreed(Chapter.objects.add(f"chapter-{n}", parent=part)) for n in range(40)]
    workflow.publish(by=None, amendments=[agreed(part, text=""), *chapters], rearrange=True)
    return Contents.of(Edition.objects.get())


@pytest.mark.parametrize(("at", "before", "after"), [(0, 0, 26), (20, 13, 13), (39, 26, 0)])
def test_of_a_long_part_only_those_around_the_chapter_are_shown_and_the_rest_is_counted(
    long_part, at, before, after
):
    list_ = Nearby.of(long_part, long_part.by_slug[f"chapter-{at}"])
    inside = list_.places[0].inside
    assert (inside.left_out_before, len(inside.places), inside.left_out_after) == (before, 14, after)
    assert [place.line.slug for place in inside.places if place.here] == [f"chapter-{at}"]
    assert inside.heading == "#part"


def test_a_chapter_that_has_left_the_contents_shows_the_parts_alone(client, sample):
    list_ = nearby(client, "/chapters/old-ways/")
    assert [link.get("href") for link in list_.iter("a") if "core" in link.get("href")] == ["/#core"]
    assert not list_.xpath(".//a[@aria-current]")
