"""The pages that are made for paper: each says what it is, when it was printed, and where to ask after it."""

import itertools
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
import segno
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml.html import HtmlElement, document_fromstring

from manual import workflow
from manual.models import Chapter, Contents, Glossary, Kind, Library, Manual, code_of
from tests.manual_maker import DAY, LONG_AGO, agreed
from tests.reading.conftest import REFERRAL, THIRD

PRINTED = datetime(2026, 11, 27, 10, 32, tzinfo=UTC)


def shown(client, address: str) -> HtmlElement:
    response = client.get(address)
    assert response.status_code == 200, address
    return document_fromstring(response.content)


def words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def heads(page: HtmlElement) -> list[str]:
    return [words(each) for each in page.find_class("running-words")]


@pytest.mark.parametrize(
    "address",
    [
        "/chapters/referral/print/", "/chapters/core/print/", "/print/", "/editions/1/chapters/referral/print/",
        "/editions/1/contents/print/", "/editions/1/chapters/journey/print/",
    ],
)  # fmt: skip
def test_a_page_for_paper_is_kept_by_nobody_and_in_no_search_engine(client, sample, address):
    response = client.get(address)
    assert response["Cache-Control"] == "no-store"
    assert "ETag" not in response
    assert response["X-Robots-Tag"] == "noindex"
    page = document_fromstring(response.content)
    canonical = page.xpath("//link[@rel='canonical']/@href")
    assert canonical == ["/chapters/referral/" if "referral" in address else "/"]
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert len(page.xpath("//h1")) == 1
    # Nothing of the site around it.
    assert not page.find_class("masthead") and not page.find_class("site-footer")


@time_machine.travel(PRINTED, tick=False)
def test_a_printed_chapter_says_what_it_is_and_when_it_was_printed(client, sample):
    page = shown(client, "/chapters/referral/print/")
    assert heads(page) == [
        "Northfield procedures 1.1.1 Referral Edition 3, in force since 5 October 2026 at 01:00. Version 2, in effect "
        "since 5 October 2026 at 01:00. Printed 27 November 2026 at 10:32. A printed copy may be out of date. Check "
        f"this one: testserver/c/{code_of(3, 'referral')}"
    ]
    assert words(page.xpath("//h1")[0]) == "1.1.1 Referral"
    assert "Within one hour." in words(page.find_class("chapter-text")[0])
    assert page.xpath("//nav[@class='paper-bar']//a/@href") == ["/chapters/referral/"]
    # In summer, too, it is the clock on the wall.
    with time_machine.travel(datetime(2027, 7, 1, 10, 32, tzinfo=UTC), tick=False):
        assert "Printed 1 July 2027 at 11:32." in heads(shown(client, "/chapters/referral/print/"))[0]


def test_the_qr_code_is_of_the_whole_address_and_says_so(client, sample):
    page = shown(client, "/chapters/referral/print/")
    [qr] = page.find_class("running-qr")
    address = f"http://testserver/c/{code_of(3, 'referral')}/"
    assert qr.get("aria-label") == f"QR code of the address {address}"
    svg = BytesIO()
    segno.make_qr(address, error="m").save(svg, kind="svg", border=4, xmldecl=False, svgns=False, omitsize=True,
                                           dark="#000", light="#fff", svgclass=None, lineclass=None)  # fmt: skip
    expected = document_fromstring(svg.getvalue()).xpath("//path/@d")
    assert len(expected) == 2 and qr.xpath(".//path/@d") == expected
    assert not qr.xpath(".//@style")
    assert client.get(address).status_code == 200


def test_sample_text_superseded_editions_and_withdrawn_chapters_say_that_they_are_not_in_force(
    client, sample
):
    [head] = heads(shown(client, "/editions/1/chapters/old-ways/print/"))
    assert (
        "Edition 1, in force from 2 March 2026, superseded on 11 May 2026 at 10:30. Version 1, in effect since "
        "2 March 2026. Not in force." in head
    )
    assert f"testserver/c/{code_of(1, 'old-ways')}" in head
    page = shown(client, "/chapters/old-ways/print/")
    assert "Withdrawn on 11 May 2026 at 10:30." in heads(page)[0]
    assert "no longer in force. Replaced by referral. Read instead 1.1.1 Referral." in words(page)
    assert "Not in force" not in heads(shown(client, "/editions/3/chapters/referral/print/"))[0]
    Manual.objects.update(sample=True)
    assert "Sample text, not in force." in heads(shown(client, "/chapters/referral/print/"))[0]


def test_what_is_scheduled_is_printed_by_editors_alone_without_a_short_address(client, sample, editor):
    workflow.publish(by=None, amendments=[agreed(sample.chapters["referral"])],
                     effective_at=timezone.now() + timedelta(days=1))  # fmt: skip
    for address in ("/editions/4/chapters/referral/print/", "/editions/4/contents/print/"):
        assert client.get(address).status_code == 404
    client.force_login(editor)
    for address in ("/editions/4/chapters/referral/print/", "/editions/4/contents/print/"):
        response = client.get(address)
        assert response["Cache-Control"] == "no-store, private"
        page = document_fromstring(response.content)
        [head] = heads(page)
        assert "Edition 4, to take effect on" in head and "Not in force yet." in head
        assert "A printed copy may be out of date." in head
        assert "/c/" not in head and not page.find_class("running-qr")


def test_a_part_is_printed_with_its_living_chapters_in_order_each_with_a_head_of_its_own(client, sample):
    page = shown(client, "/chapters/core/print/")
    names = [words(each) for each in page.find_class("running-name")]
    assert names == [
        "1 Core", "1.1.1 Referral", "1.1.2 Bruising", "1.1.3 Assessment", "1.2 Contacts", "1.3 Amendments"
    ]  # fmt: skip
    codes = [words(each).rpartition("/")[2] for each in page.find_class("running-address")]
    slugs = ["core", "referral", "bruising", "assessment", "contacts", "amendments"]
    assert codes == [code_of(3, slug) for slug in slugs]
    # Its contents lead to the texts below, and name links with where they lead.
    listed = page.find_class("paper-entries")[0]
    assert "See also: Leaflet (https://www.example.org/leaflet)" in words(listed)
    for href in listed.xpath(".//a/@href"):
        assert page.get_element_by_id(href[1:]) is not None
    assert len(listed.xpath(".//a")) == 5
    assert [words(each) for each in page.xpath("//h2[contains(@class, 'sheet-title')]")] == names[1:]


def test_of_a_part_of_an_old_edition_the_chapters_of_that_time_are_printed(client, sample):
    names = [
        words(each) for each in shown(client, "/editions/2/chapters/core/print/").find_class("running-name")
    ]
    # Old ways was withdrawn with it, Bruising came later.
    assert names == ["1 Core", "1.1.1 Referral", "1.1.2 Assessment", "1.3 Contacts", "1.4 Amendments"]


def test_a_part_without_a_living_chapter_says_so(client, sample):
    empty = Chapter.objects.add("empty", kind=Kind.PART)
    workflow.publish(by=None, amendments=[agreed(empty, text="")], rearrange=True, at=THIRD + DAY)
    assert "Nothing that stands here is in force." in words(shown(client, "/chapters/empty/print/"))


def test_no_two_places_of_a_printed_part_have_one_name_and_no_heading_is_skipped(client, sample):
    publish = [agreed(sample.chapters[slug], text=REFERRAL) for slug in ("assessment", "bruising")]
    workflow.publish(by=None, amendments=publish, at=THIRD + DAY)
    page = shown(client, "/chapters/core/print/")
    places = page.xpath("//@id")
    assert len(places) == len(set(places))
    levels = [int(each.tag[1]) for each in page.xpath("//*[self::h1 or self::h2 or self::h3 or self::h4]")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    for href in page.xpath("//a/@href[starts-with(., '#')]"):
        assert page.get_element_by_id(href[1:]) is not None, href


def test_the_contents_are_printed_with_numbers_titles_and_flags(client, sample):
    page = shown(client, "/print/")
    assert "Northfield procedures Contents Edition 3" in heads(page)[0]
    listed = [words(each) for each in page.find_class("paper-line")]
    assert listed == [
        "Quick Guide", "1 Core", "1.1 Journey", "1.1.1 Referral Updated", "1.1.2 Bruising New",
        "1.1.3 Assessment under review North only", "See also: Leaflet (https://www.example.org/leaflet)",
        "1.2 Contacts", "1.3 Amendments",
    ]  # fmt: skip
    assert code_of(3) in heads(page)[0]
    assert code_of(1) in heads(shown(client, "/editions/1/contents/print/"))[0]


def test_a_link_is_printed_with_its_address(client, sample):
    page = shown(client, "/chapters/leaflet/print/")
    assert words(page.find_class("paper-link")[0]) == "The document itself: https://www.example.org/leaflet"
    assert "A leaflet." in words(page)


def test_a_notice_that_is_up_is_printed_as_one_of_that_moment(client, sample, approver):
    until = timezone.now() + timedelta(days=1)
    workflow.pin(by=approver, words="The line is down.", expires_at=until)
    workflow.pin(by=approver, words="Under review.", expires_at=until, chapter=sample.chapters["bruising"])
    page = shown(client, "/chapters/core/print/")
    assert [words(each) for each in page.find_class("paper-notice")] == [
        "Notice when this was printed: The line is down.", "Notice when this was printed: Under review."
    ]  # fmt: skip
    assert len(shown(client, "/chapters/referral/print/").find_class("paper-notice")) == 1


def test_the_reader_s_size_is_kept_and_the_colours_are_those_of_paper(client, sample):
    client.cookies["display"] = "large-high"
    client.cookies["area"] = "south"
    page = shown(client, "/chapters/assessment/print/")
    assert page.get("class") == "size-large paper"
    assert page.xpath("//meta[@name='color-scheme']/@content") == ["only light"]
    # Paper goes from hand to hand: nothing on it is dimmed for one reader's area.
    assert not page.find_class("elsewhere")


def test_what_cannot_be_printed_is_not_there(client, sample):
    for address in (
        "/chapters/nothing/print/",
        "/editions/9/chapters/referral/print/",
        "/editions/9/contents/print/",
    ):
        assert client.get(address).status_code == 404
    response = client.get("/editions/1/chapters/bruising/print/")
    assert response.status_code == 404
    assert "Bruising" in response.content.decode()


@pytest.mark.django_db
def test_without_an_edition_there_is_nothing_to_print(client):
    assert b"in force" in client.get("/print/").content
    assert client.get("/chapters/referral/print/").status_code == 404


def test_pages_lead_to_their_print(client, sample):
    for address, way in (
        ("/", "/print/"),
        ("/", "/chapters/core/print/"),
        ("/editions/1/contents/", "/editions/1/contents/print/"),
        ("/editions/1/contents/", "/editions/1/chapters/core/print/"),
        ("/chapters/referral/", "/chapters/referral/print/"),
        ("/editions/1/chapters/referral/", "/editions/1/chapters/referral/print/"),
    ):
        assert way in shown(client, address).xpath("//a[contains(@class, 'print-link')]/@href"), address


def test_an_ordinary_page_says_once_what_it_is_when_it_is_printed(client, sample):
    for address, code in (
        ("/chapters/referral/", code_of(3, "referral")),
        ("/editions/1/chapters/referral/", code_of(1, "referral")),
        ("/", code_of(3)),
    ):
        [said] = shown(client, address).find_class("only-on-paper")
        assert "A printed copy may be out of date." in words(said)
        assert words(said).endswith(f"testserver/c/{code}")


def test_the_same_day_is_asked_of_the_chapter_and_not_of_its_print(client, sample):
    response = client.get("/on/2026-03-05/chapters/referral/print/")
    assert response["Location"] == "/editions/1/chapters/referral/?on=2026-03-05"
    assert client.get("/on/2026-03-05/print/")["Location"] == "/editions/1/contents/?on=2026-03-05"


@pytest.mark.long
@pytest.mark.parametrize("chapters", [3, 40])
def test_a_part_is_printed_with_a_fixed_number_of_queries(client, db, chapters):
    Manual(contacts="contact-details").save()
    part = Chapter.objects.add("part", kind=Kind.PART)
    contacts = Chapter.objects.add("contact-details", parent=part)
    text = (
        "See [](chapter:chapter-1#who) and the LADO.\n\n!!! include chapter:contact-details#police\n\n"
        "!!! changes newest\n\n## Who {: #who }\n\nWords.\n"
    )
    amendments = [
        agreed(part, text=""),
        agreed(contacts, text="## Urgent help {: #urgent-help }\n\n999\n\n## Police {: #police }\n\nRing 101, see "
                              "[](chapter:chapter-2#who).\n"),
        *(agreed(Chapter.objects.add(f"chapter-{n}", parent=part), text=text) for n in range(chapters)),
    ]  # fmt: skip
    workflow.publish(by=None, amendments=amendments, rearrange=True, at=LONG_AGO)

    def queries(address: str) -> int:
        Contents.forget()
        Glossary.forget()
        Library.forget()
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            page = shown(client, address)
        assert "section 1 Who" in words(page) or address == "/print/"
        return len(captured)

    assert queries("/chapters/part/print/") == 14
    assert queries("/chapters/chapter-2/print/") == 14
    assert queries("/print/") == 4
