"""The manual as it stood on a day: which edition that is, and what is said where there is none."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from lxml.html import document_fromstring

from manual import workflow
from manual.models import Issued
from manual.views.another_day import SamePage, read_day
from tests.manual_maker import FAR_AHEAD, agreed, first_edition, grow, meaning

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def a_day_in_november():
    with time_machine.travel(NOW, tick=False):
        yield


def words(element) -> str:
    return " ".join(element.text_content().split())


def led_to(client, address: str, **query: str) -> str:
    response = client.get(address, query)
    assert response.status_code == 302, address
    return response.headers["Location"]


def page_of(response):
    assert response.status_code == 200
    return document_fromstring(response.content.decode())


def main_of(response) -> str:
    return words(page_of(response).find(".//main"))


def box_of(page, number: int = 0):
    """What the date box sends, and its own field."""
    form = page.find_class("another-day")[number]
    (field,) = form.xpath(".//input[@name='date']")
    hidden = {each.get("name"): each.get("value") for each in form.xpath(".//input[@type='hidden']")}
    return hidden, field


# --- Which edition ------------------------------------------------------------------------------------------


def test_a_day_leads_to_the_same_page_of_the_edition_in_force_when_it_ended(client, sample):
    for page, led in [
        ("", "/editions/2/contents/"),
        ("contents/", "/editions/2/contents/"),
        ("chapters/referral/", "/editions/2/chapters/referral/"),
        ("chapters/referral", "/editions/2/chapters/referral/"),
        ("chapters/referral/history/", "/editions/2/chapters/referral/"),
        ("chapters/referral/compare/", "/editions/2/chapters/referral/"),
        ("editions/3/chapters/referral/", "/editions/2/chapters/referral/"),
        ("on/2026-10-05/chapters/referral/", "/editions/2/chapters/referral/"),
        ("keywords/", "/editions/2/keywords/"),
        ("keywords/lado/", "/editions/2/keywords/lado/"),
        ("search/", "/editions/2/search/"),
        ("1.1.2/", "/editions/2/1.1.2/"),
        ("documents/form/", "/editions/2/documents/form/"),
        ("quick-guide/", "/editions/2/chapters/quick-guide/"),
        ("contacts/", "/editions/2/chapters/contacts/"),
        ("editions/", "/editions/2/contents/"),
        ("editions/3/", "/editions/2/contents/"),
        ("editions/3/compare/1/", "/editions/2/contents/"),
        ("changes/", "/editions/2/contents/"),
    ]:
        assert led_to(client, f"/on/2026-05-11/{page}") == f"{led}?on=2026-05-11"


def test_what_was_asked_for_besides_the_day_is_kept(client, sample):
    assert (
        led_to(client, "/on/2026-05-11/search/", q="social worker", page="2", on="2020-01-01")
        == "/editions/2/search/?q=social+worker&page=2&on=2026-05-11"
    )


def test_it_is_not_cached_without_asking_nor_found_by_search_engines(client, sample):
    response = client.get("/on/2026-05-11/")
    assert "no-cache" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    assert not response.cookies


def test_a_number_of_that_day_leads_on_to_its_chapter_and_keeps_the_day(client, sample):
    response = client.get("/on/2026-05-11/1.1.2/", follow=True)
    assert response.redirect_chain[-1][0] == "/editions/2/chapters/assessment/?on=2026-05-11"
    assert "In force on 11 May 2026" in response.content.decode()


def test_an_address_that_no_edition_can_have_is_not_found(client, sample):
    assert client.get("/on/2026-05-11/nowhere/").status_code == 404
    assert client.get("/on/2026-05-11/admin/").status_code == 404
    assert client.get("/on/2026-05-11/on/2026-05-11/on/2026-05-11/keywords/").status_code == 404


def test_the_days_before_and_after_an_edition_lead_to_their_own(client, sample):
    for day, number in [
        ("2026-03-02", 1),
        ("2026-05-10", 1),
        ("2026-05-11", 2),
        ("2026-10-04", 2),
        ("2026-10-05", 3),
    ]:
        assert led_to(client, f"/on/{day}/") == f"/editions/{number}/contents/?on={day}"


def test_the_day_is_londons_in_summer_and_in_winter(db):
    """In summer a day begins an hour before that of UTC; at midnight itself the edition before applied no more."""
    chapters = grow("core\n    referral\n")
    moments = [
        datetime(2026, 1, 1, 0, 0, tzinfo=UTC),  # midnight, winter
        datetime(2026, 6, 30, 22, 59, 59, tzinfo=UTC),  # a second before midnight, summer: still the 30th
        datetime(2026, 7, 31, 23, 0, tzinfo=UTC),  # midnight, summer: the 1st of August
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),  # 01:30, for the second time that night
        datetime(2026, 10, 25, 23, 59, tzinfo=UTC),  # 23:59, winter again
    ]
    first_edition(chapters, at=moments[0])
    for moment in moments[1:]:
        workflow.publish(by=None, amendments=[agreed(chapters["referral"])], at=moment)
    issued = Issued.of()

    def on(*day: int) -> tuple[int | None, list[int | None]]:
        that_day = issued.on(date(*day))
        return that_day.edition and that_day.edition.number, [each.number for each in that_day.earlier]

    assert issued.first_day == date(2026, 1, 1)
    assert on(2025, 12, 31) == (None, [])
    assert on(2026, 1, 1) == (1, [])
    assert on(2026, 6, 29) == (1, [])
    assert on(2026, 6, 30) == (2, [1])
    assert on(2026, 7, 1) == (2, [])
    assert on(2026, 7, 31) == (2, [])
    assert on(2026, 8, 1) == (3, [])
    assert on(2026, 10, 25) == (5, [3, 4])
    assert [f"{until:%H:%M}" for _edition, until in issued.on(date(2026, 10, 25)).gave_way] == [
        "01:30",
        "23:59",
    ]
    assert on(2026, 10, 26) == (5, [])


# --- What the page says -------------------------------------------------------------------------------------


def banner_of(client, address: str) -> str:
    page = page_of(client.get(address, follow=True))
    (banner,) = page.find_class("banner-words")
    return words(banner)


def test_the_page_says_which_edition_it_is_for_that_day(client, sample):
    assert banner_of(client, "/on/2026-06-01/chapters/referral/").startswith(
        "In force on 1 June 2026, not today. This is edition 2, which took effect on 11 May 2026 at 10:30 "
        "and was superseded on 5 October 2026 at 01:00 by edition 3."
    )
    assert banner_of(client, "/on/2026-11-01/").startswith(
        "In force on 1 November 2026, and still today. This is edition 3"
    )


def test_an_edition_that_applied_earlier_that_day_is_named_with_the_time_and_a_link(client, sample):
    page = page_of(client.get("/on/2026-05-11/chapters/referral/", follow=True))
    (banner,) = page.find_class("banner-words")
    assert "Earlier that day until 10:30 edition 1 applied." in words(banner)
    (link,) = banner.xpath(".//a[text()='edition 1']/@href")
    assert link == "/editions/1/chapters/referral/?on=2026-05-11"
    earlier = banner_of(client, link)
    assert earlier.startswith("In force on 11 May 2026 until 10:30, not today. This is edition 1")
    assert "what was in force when the day ended, edition 2" in earlier


def test_several_that_applied_earlier_are_named_in_their_order(client, sample):
    for hour in (11, 14):
        workflow.publish(
            by=None,
            amendments=[agreed(sample.chapters["referral"])],
            at=datetime(2026, 11, 20, hour, tzinfo=UTC),
        )
    assert "Earlier that day until 11:00 edition 3, then until 14:00 edition 4 applied." in banner_of(
        client, "/on/2026-11-20/"
    )


def test_on_the_first_day_it_says_from_when(client, db):
    first_edition(grow("core\n    referral\n"), at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC))
    assert "Before 09:30 that day no edition was in force." in banner_of(client, "/on/2026-03-02/")


def test_a_midnight_edition_leaves_nothing_earlier_that_day(client, sample):
    workflow.publish(
        by=None, amendments=[agreed(sample.chapters["referral"])], at=datetime(2026, 11, 20, tzinfo=UTC)
    )
    assert "Earlier" not in banner_of(client, "/on/2026-11-20/")


def test_today_is_what_is_in_force_now_and_not_over(client, sample):
    assert led_to(client, "/on/2026-11-26/") == "/editions/3/contents/?on=2026-11-26"
    banner = banner_of(client, "/on/2026-11-26/")
    assert banner.startswith("In force today, 26 November 2026. This is edition 3")
    assert "The day is not over: another edition may still take effect." in banner


def test_a_page_claims_no_day_that_is_not_its_own(client, sample):
    for day in ["2026-10-06", "2030-01-01", "2026-13-45", "yesterday", "\0", ""]:
        banner = banner_of(client, f"/editions/2/contents/?on={day}")
        assert banner.startswith("Not in force. This is edition 2")


def test_undated_pages_claim_no_day(client, sample):
    response = client.get("/chapters/referral/?on=2026-05-11")
    assert "11 May 2026" not in words(page_of(response).find(".//main"))
    assert not page_of(response).find_class("banner-dated")


# --- Days there are not -------------------------------------------------------------------------------------


def test_what_is_no_date_gets_a_helpful_page(client, sample):
    for day in ["2026-13-45", "yesterday", "2026-02-29", "31.6.2026", "9999999-01-01", "0000-01-01"]:
        response = client.get(f"/on/{day}/chapters/referral/")
        assert response["X-Robots-Tag"] == "noindex"
        page = page_of(response)
        assert words(page.find(".//h1")) == f"“{day}” is not a date"
        hidden, field = box_of(page)
        # A browser's own date field would show nothing.
        assert (field.get("type"), field.get("value")) == ("text", day)
        assert hidden == {"page": "/chapters/referral/"}
        links = page.xpath("//main//a/@href")
        assert links == ["/chapters/referral/", "/on/2026-03-02/chapters/referral/", "/editions/"]


def test_a_day_before_the_first_edition_gets_a_helpful_page(client, sample):
    page = page_of(client.get("/on/2026-03-01/"))
    assert words(page.find(".//h1")) == "There was no manual on 1 March 2026"
    assert "Its first edition took effect on 2 March 2026." in words(page.find(".//main"))
    _hidden, field = box_of(page)
    assert (field.get("type"), field.get("value"), field.get("min")) == ("date", "2026-03-01", "2026-03-02")


def test_a_day_to_come_is_not_settled_and_tells_readers_nothing_of_what_is_scheduled(client, sample):
    workflow.publish(by=None, amendments=[agreed(sample.chapters["referral"])], effective_at=FAR_AHEAD)
    page = page_of(client.get("/on/2100-06-01/"))
    assert words(page.find(".//h1")) == "1 June 2100 is still to come"
    assert "What will be in force then is not settled" in words(page.find(".//main"))
    assert "dition 4" not in words(page)
    assert page_of(client.get("/on/2026-11-27/")) is not None


def test_an_editor_is_told_of_what_is_scheduled_by_then(client, sample, editor):
    workflow.publish(by=None, amendments=[agreed(sample.chapters["referral"])], effective_at=FAR_AHEAD)
    client.force_login(editor)
    response = client.get("/on/2100-06-01/chapters/referral/")
    assert "Edition 4, on 4 January 2100 at 09:00" in main_of(response)
    assert "/editions/4/chapters/referral/" in page_of(response).xpath("//main//a/@href")
    assert "private" in response["Cache-Control"]
    assert "Edition 4" not in main_of(client.get("/on/2099-06-01/"))


def test_before_the_first_edition_there_is_no_day_to_ask_for(client, db):
    response = client.get("/on/2026-05-11/")
    assert "No edition of the manual is in force yet" in main_of(response)
    assert not page_of(response).find_class("another-day")
    assert client.get("/on/", {"date": "1 June 2026"}, follow=True).status_code == 200


def test_what_was_typed_is_shown_as_words_and_not_at_any_length(client, sample):
    response = client.get("/on/", {"date": "<script>alert(1)</script>" + "x" * 5000})
    assert "<script>alert" not in response.content.decode()
    assert len(words(page_of(response).find(".//h1"))) < 100


# --- The date box -------------------------------------------------------------------------------------------


def test_a_day_is_read_as_people_write_it_the_day_first(client, sample):
    for typed in [
        "2026-06-01",
        "1 June 2026",
        "01/06/2026",
        "1.6.2026",
        " 1  jun 2026 ",
        "1st June, 2026",
        "1-6-2026",
        "1/6/2026",
    ]:
        assert read_day(typed) == date(2026, 6, 1)
        assert (
            led_to(client, "/on/", date=typed, page="/chapters/referral/")
            == "/on/2026-06-01/chapters/referral/"
        )


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "June",
        "13/13/2026",
        "1/6/26",
        "2026",
        "1.6-2026",
        "20260601",
        "2026-W20-1",
        "1 Ju 2026",
        "١/٦/٢٠٢٦",
    ],
)
def test_what_is_not_plainly_a_day_is_not_guessed_at(typed):
    assert read_day(typed) is None


def test_a_day_written_otherwise_in_an_address_leads_to_the_plain_one(client, sample):
    assert led_to(client, "/on/1.6.2026/search/", q="plan") == "/on/2026-06-01/search/?q=plan"


def test_the_box_leads_to_the_same_page_and_keeps_what_was_searched_for(client, sample):
    assert (
        led_to(client, "/on/", date="2026-05-11", page="/search/", q="plan")
        == "/on/2026-05-11/search/?q=plan"
    )
    assert led_to(client, "/on/", date="2026-05-11") == "/on/2026-05-11/"
    # Where there is no such page, the contents; and never another site.
    for page in ("/nowhere/", "https://example.org/", "//example.org", "/admin/", "\0"):
        assert led_to(client, "/on/", date="2026-05-11", page=page) == "/on/2026-05-11/", page


def test_without_a_day_it_asks_for_one(client, sample):
    assert "Type a day" in main_of(client.get("/on/"))


def test_every_page_has_the_box_for_itself_and_a_link_to_it(client, sample):
    for address, page in [
        ("/", "/"),
        ("/chapters/referral/", "/chapters/referral/"),
        ("/chapters/referral/history/", "/chapters/referral/"),
        ("/keywords/", "/keywords/"),
        ("/keywords/lado/", "/keywords/lado/"),
        ("/editions/", "/"),
        ("/editions/2/", "/"),
        ("/editions/2/chapters/referral/", "/chapters/referral/"),
        ("/editions/2/keywords/lado/", "/keywords/lado/"),
        ("/nowhere/", "/"),
    ]:
        response = client.get(address)
        assert not response.cookies
        html = document_fromstring(response.content.decode())
        hidden, field = box_of(html, -1)
        assert hidden == {"page": page}
        assert (field.get("type"), field.get("min"), field.get("max")) == ("date", "2026-03-02", "2026-11-26")
        (form,) = html.xpath("//*[@id='site-another-day']//form")
        assert (form.get("action"), form.get("method", "get")) == ("/on/", "get")
        assert "#site-another-day" in html.xpath("//nav//a/@href")
        assert form.find(".//label").get("for") == field.get("id")
        ids = html.xpath("//@id")
        assert len(ids) == len(set(ids))


def test_the_box_on_a_search_keeps_its_words(client, sample):
    for address in ("/search/?q=plan", "/editions/2/search/?q=plan"):
        hidden, _field = box_of(page_of(client.get(address)), -1)
        assert hidden == {"page": "/search/", "q": "plan"}, address


def test_the_box_of_a_dated_page_shows_the_day_that_was_asked_for(client, sample):
    page = page_of(client.get("/on/2026-05-11/", follow=True))
    assert len(page.find_class("another-day")) == 2
    assert box_of(page)[1].get("value") == box_of(page, 1)[1].get("value") == "2026-05-11"


def test_editors_may_ask_for_days_up_to_the_last_scheduled_edition(client, sample, editor):
    workflow.publish(by=None, amendments=[agreed(sample.chapters["referral"])], effective_at=FAR_AHEAD)
    assert box_of(page_of(client.get("/")))[1].get("max") == "2026-11-26"
    client.force_login(editor)
    assert box_of(page_of(client.get("/")))[1].get("max") == "2100-01-04"


def test_every_address_of_the_manual_that_has_a_page_in_an_edition_is_known():
    """An address is taken for the same page wherever it is written: in force, of an edition, of a day."""
    for path in ("/", "/chapters/a/", "/keywords/", "/keywords/a/", "/documents/a/", "/search/", "/2.1/"):
        same = SamePage.at(path)
        assert same is not None
        assert same.today == path
        dated = f"/on/2026-05-11{path}"
        assert SamePage.at(dated) == same


def test_a_keyword_and_a_document_of_that_day_are_found(client, sample):
    later = datetime(2026, 11, 1, tzinfo=UTC)
    workflow.publish(by=None, definitions=[meaning("lado", name="LADO", meaning="Something else.")], at=later)
    response = client.get("/on/2026-06-01/keywords/lado/", follow=True)
    assert "Decides on allegations." in words(page_of(response).find(".//main"))
    assert "Something else." in main_of(client.get("/on/2026-11-01/keywords/lado/", follow=True))
