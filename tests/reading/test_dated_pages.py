"""Pages of an edition that is named: what they say of it, where they lead, and what only editors see."""

from datetime import UTC, datetime

import pytest
import time_machine
from lxml.html import document_fromstring

from manual import workflow
from manual.models import Chapter
from tests.manual_maker import FAR_AHEAD, agreed, filed, grow, meaning
from tests.reading.conftest import REFERRAL

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 1, tzinfo=UTC)

DATED = [
    "/editions/2/contents/",
    "/editions/2/chapters/referral/",
    "/editions/2/keywords/",
    "/editions/2/keywords/lado/",
    "/editions/2/search/?q=plan",
]


@pytest.fixture(autouse=True)
def a_day_in_november():
    with time_machine.travel(NOW, tick=False):
        yield


def words(element) -> str:
    return " ".join(element.text_content().split())


def page_of(client, address: str, status: int = 200):
    response = client.get(address)
    assert response.status_code == status, address
    return document_fromstring(response.content.decode())


def banner_of(page) -> str:
    (banner,) = page.find_class("banner-words")
    return words(banner)


def today_of(page) -> tuple[str, str]:
    (link,) = page.find_class("banner-today")
    return words(link), link.get("href")


@pytest.fixture
def scheduled(sample):
    """Edition 4, still to come: a new chapter, a changed one, a new keyword and a document."""
    newcomer = Chapter.objects.add("newcomer", parent=sample.chapters["core"])
    return workflow.publish(
        by=None,
        amendments=[
            agreed(newcomer, text="To come. See [the form](document:form)."),
            agreed(sample.chapters["referral"], text="Later words."),
        ],
        definitions=[meaning("mash", name="MASH")],
        documents=[filed("form", b"The form to come.")],
        effective_at=FAR_AHEAD,
    ).edition


# --- The banner ---------------------------------------------------------------------------------------------


def test_every_dated_page_says_that_it_is_superseded_when_and_by_which(client, sample):
    for address in DATED:
        page = page_of(client, address)
        assert banner_of(page).startswith(
            "Not in force. This is edition 2, which took effect on 11 May 2026 at 10:30 "
            "and was superseded on 5 October 2026 at 01:00 by edition 3."
        )


def test_every_dated_page_is_kept_out_of_search_engines_and_names_todays_page(client, sample):
    for address in DATED:
        response = client.get(address)
        assert response["X-Robots-Tag"] == "noindex"
        page = document_fromstring(response.content.decode())
        assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
        canonical = address.replace("/editions/2", "").replace("/contents", "").partition("?")[0]
        assert page.xpath("//link[@rel='canonical']/@href") == [canonical]
        # It is said in words where today's is; a search there is for the same words.
        assert today_of(page) == (
            "Read what is in force today",
            canonical + ("?q=plan" if "search" in address else ""),
        )


def test_the_edition_in_force_says_so_at_its_permanent_address(client, sample):
    for address in DATED:
        page = page_of(client, address.replace("/editions/2/", "/editions/3/"))
        assert banner_of(page).startswith("In force. This is the permanent address of edition 3")
        assert page.find_class("banner-in-force")


def test_a_page_in_force_has_no_banner(client, sample):
    for address in ("/", "/chapters/referral/", "/keywords/", "/keywords/lado/", "/search/?q=plan"):
        assert not page_of(client, address).find_class("banner-dated"), address


def test_the_banner_offers_the_bundle_of_that_day(client, sample):
    page = page_of(client, "/editions/2/contents/?on=2026-06-01")
    assert "/editions/2/bundle.zip?on=2026-06-01" in page.xpath("//section//a/@href")


def test_a_chapter_that_is_withdrawn_today_leads_to_its_successor(client, sample):
    page = page_of(client, "/editions/1/chapters/old-ways/")
    assert "What to do about old-ways." in words(page.find(".//main"))
    assert today_of(page) == (
        "Withdrawn since: read “1.1.1 Referral”, which is in force today",
        "/chapters/referral/",
    )


def test_a_successor_that_is_withdrawn_in_turn_leads_on_to_its_own(client, sample):
    end = agreed(sample.chapters["referral"], significance="withdrawn", successor=sample.chapters["bruising"])
    workflow.publish(by=None, amendments=[end], at=LATER)
    assert today_of(page_of(client, "/editions/1/chapters/old-ways/"))[1] == "/chapters/bruising/"


def test_chapters_that_are_each_others_successors_lead_to_the_page_today(client, sample):
    """Both are withdrawn: there is nothing in force to lead to, and no end to following them."""
    end = agreed(sample.chapters["referral"], significance="withdrawn", successor=sample.chapters["old-ways"])
    workflow.publish(by=None, amendments=[end], at=LATER)
    said = "Withdrawn since: read its page today"
    assert today_of(page_of(client, "/editions/1/chapters/referral/")) == (said, "/chapters/referral/")
    # Gone from the contents altogether.
    said = "Withdrawn since: read today’s contents"
    assert today_of(page_of(client, "/editions/1/chapters/old-ways/")) == (said, "/")


# --- Finding one's way --------------------------------------------------------------------------------------


def test_navigation_stays_in_the_edition_and_help_is_todays(client, sample):
    for address in DATED:
        page = page_of(client, address)
        links = {words(link): link.get("href") for link in page.find_class("masthead-nav")[0].iter("a")}
        assert (
            links.items()
            >= {
                "Contents of edition 2": "/editions/2/contents/",
                "Keywords of edition 2": "/editions/2/keywords/",
                "Today’s Quick Guide": "/quick-guide/",
                "Today’s Contacts": "/contacts/",
                "Editions": "/editions/",
                "On another day": "#site-another-day",
            }.items()
        )
        (form,) = page.find_class("search-box")
        assert form.get("action") == "/editions/2/search/"
        assert words(form.find(".//label")) == "Search edition 2, not in force"
        assert form.find_class("search-today")[0].get("formaction") == "/search/"


def test_navigation_and_search_keep_the_day_that_was_asked_for(client, sample):
    page = page_of(client, "/editions/2/chapters/referral/?on=2026-06-01")
    (nav,) = page.find_class("masthead-nav")
    assert nav.xpath(".//a/@href")[:2] == [
        "/editions/2/contents/?on=2026-06-01",
        "/editions/2/keywords/?on=2026-06-01",
    ]
    (form,) = page.find_class("search-box")
    assert form.xpath(".//input[@name='on']/@value") == ["2026-06-01"]
    assert "In force on 1 June 2026" in banner_of(page_of(client, "/editions/2/search/?q=plan&on=2026-06-01"))


def test_a_page_in_force_searches_todays_manual_and_nothing_else(client, sample):
    (form,) = page_of(client, "/").find_class("search-box")
    assert form.get("action") == "/search/"
    assert not form.find_class("search-today")


# --- Search -------------------------------------------------------------------------------------------------


def results_of(page) -> list[str]:
    """Where the sections lead, and of a chapter without any, the chapter."""
    return [
        link.get("href")
        for result in page.find_class("result")
        for link in result.xpath(".//h3/a") or result.xpath(".//h2/a")
    ]


def test_a_search_finds_what_the_edition_had_and_leads_there(client, sample):
    assert results_of(page_of(client, "/editions/2/search/?q=one+hour")) == []
    assert results_of(page_of(client, "/editions/3/search/?q=one+hour")) == [
        "/editions/3/chapters/referral/?marked=one+hour#what-a-lado-does"
    ]
    # Withdrawn by edition 2.
    assert results_of(page_of(client, "/editions/1/search/?q=old-ways")) == [
        "/editions/1/chapters/old-ways/?marked=old-ways"
    ]
    assert results_of(page_of(client, "/editions/2/search/?q=old-ways")) == []


def test_a_search_that_finds_nothing_says_of_which_edition_and_leads_to_its_lists(client, sample):
    page = page_of(client, "/editions/2/search/?q=zebra")
    main = page.find(".//main")
    assert "Nothing in edition 2 has all these words: “zebra”." in words(main)
    assert main.find_class("nothing-found")[0].xpath(".//a/@href") == [
        "?q=zebra&withdrawn=1",
        "/editions/2/keywords/",
        "/editions/2/contents/",
        "/contacts/",
    ]


def test_a_search_offers_the_keywords_and_the_number_of_that_edition(client, sample):
    workflow.publish(by=None, definitions=[meaning("lado", name="Designated officer")], at=LATER)
    page = page_of(client, "/editions/3/search/?q=LADO")
    (card,) = page.find_class("keyword-card")
    assert words(card) == "Local authority designated officer Keyword Also: LADO Decides on allegations."
    assert card.xpath(".//h2/a/@href") == ["/editions/3/keywords/lado/"]
    (go_to,) = page_of(client, "/editions/1/search/?q=1.1.2").find_class("go-to")
    assert go_to.xpath(".//a/@href")[0] == "/editions/1/chapters/assessment/"


def test_pages_of_results_stay_in_the_edition_and_keep_the_day(client, sample):
    herd = [agreed(Chapter.objects.add(f"zebra-{n}"), text="A zebra.") for n in range(15)]
    workflow.publish(by=None, amendments=herd, rearrange=True, at=LATER)
    page = page_of(client, "/editions/4/search/?q=zebra&on=2026-11-02")
    assert page.find_class("pager-after")[0].get("href") == "?q=zebra&page=2&on=2026-11-02"
    beyond = client.get("/editions/4/search/?q=zebra&page=9&on=2026-11-02")
    assert beyond.headers["Location"] == "?q=zebra&page=2&on=2026-11-02"


# --- Keywords -----------------------------------------------------------------------------------------------


def test_a_keyword_has_the_meaning_and_the_chapters_of_its_edition(client, sample):
    workflow.publish(
        by=None,
        definitions=[meaning("lado", name="LADO", meaning="Something else.")],
        amendments=[agreed(sample.chapters["referral"], text="Nobody decides.")],
        at=LATER,
    )
    then = page_of(client, "/editions/2/keywords/lado/")
    assert "Decides on allegations." in words(then.find(".//main"))
    assert then.find_class("using")[0].xpath(".//a/@href") == ["/editions/2/chapters/referral/"]
    now = page_of(client, "/editions/4/keywords/lado/")
    assert "Something else." in words(now.find(".//main"))
    assert not now.find_class("using")


def test_keywords_of_an_edition_lead_to_one_another_and_texts_to_them(client, sample):
    assert "/editions/1/keywords/lado/" in page_of(client, "/editions/1/keywords/core-group/").xpath(
        "//main//a/@href"
    )
    assert "/editions/1/keywords/lado/" in page_of(client, "/editions/1/keywords/").xpath("//main//a/@href")
    text = page_of(client, "/editions/1/chapters/referral/").find_class("chapter-text")[0]
    assert "/editions/1/keywords/lado/" in text.xpath(".//a/@href")


# --- What an edition did not have yet -----------------------------------------------------------------------


def test_a_chapter_that_came_later_says_when_and_leads_there_and_to_today(client, sample):
    response = client.get("/editions/1/chapters/bruising/?on=2026-03-05")
    assert response["X-Robots-Tag"] == "noindex"
    page = page_of(client, "/editions/1/chapters/bruising/?on=2026-03-05", 404)
    main = page.find(".//main")
    assert words(main.find("h1")) == "“Bruising” is not in edition 1"
    assert "introduced later, by edition 3, which took effect on 5 October 2026 at 01:00." in words(main)
    assert main.xpath(".//ul/li/a/@href") == [
        "/editions/3/chapters/bruising/",
        "/chapters/bruising/",
        "/editions/1/contents/?on=2026-03-05",
    ]
    assert "In force on 5 March 2026" in banner_of(page)
    assert not page.xpath("//link[@rel='canonical']")


def test_a_keyword_that_came_later_says_so_too(client, sample):
    workflow.publish(by=None, definitions=[meaning("mash", name="MASH")], at=LATER)
    page = page_of(client, "/editions/1/keywords/mash/", 404)
    assert "This keyword was introduced later, by edition 4" in words(page.find(".//main"))
    assert page.xpath("//main//ul/li/a/@href")[:2] == ["/editions/4/keywords/mash/", "/keywords/mash/"]


def test_what_no_edition_has_is_simply_not_found(client, sample):
    for address in ["/editions/1/chapters/nothing/", "/editions/1/keywords/nothing/"]:
        page = page_of(client, address, 404)
        assert words(page.find(".//h1")) == "This page is not in the manual"


def test_what_is_gone_today_is_still_served(client, sample):
    assert "What to do about old-ways." in words(page_of(client, "/editions/1/chapters/old-ways/"))
    gone = page_of(client, "/editions/3/chapters/old-ways/")
    assert "Withdrawn on 11 May 2026." in words(gone.find_class("notice-withdrawn")[0])


# --- Editions to come ---------------------------------------------------------------------------------------

TO_COME = [
    "/editions/4/contents/",
    "/editions/4/chapters/newcomer/",
    "/editions/4/chapters/referral/",
    "/editions/4/keywords/",
    "/editions/4/keywords/mash/",
    "/editions/4/search/?q=later",
    "/editions/4/",
]


def test_readers_know_nothing_of_an_edition_to_come(client, scheduled):
    for address in [*TO_COME, "/editions/4/1.3/", "/editions/4/documents/form/"]:
        response = client.get(address)
        assert response.status_code == 404
        assert "To come." not in response.content.decode()


def test_editors_read_it_and_are_told_that_it_is_not_in_force_yet(client, scheduled, editor):
    for address in TO_COME:
        client.force_login(editor)
        response = client.get(address)
        assert "private" in response["Cache-Control"]
        assert "Cookie" in response["Vary"]
        page = page_of(client, address)
        assert banner_of(page).startswith(
            "Not in force yet. This is edition 4. It takes effect on 4 January 2100 at 09:00; "
            "only editors can see it."
        )
        assert "in force today" not in words(page.find(".//main"))


def test_editors_are_led_about_in_it_and_no_cache_keeps_that(client, scheduled, editor):
    client.force_login(editor)
    response = client.get("/editions/4/1.4/")
    assert response.headers["Location"].startswith("/editions/4/chapters/")
    assert "private" in response["Cache-Control"]
    document = client.get("/editions/4/documents/form/")
    assert document.content == b"The form to come."
    assert document["Cache-Control"] == "private, no-cache"


def test_what_only_an_edition_to_come_has_leads_editors_to_todays_contents(client, scheduled, editor):
    client.force_login(editor)
    said = "This is not in the manual in force today: read today’s contents"
    assert today_of(page_of(client, "/editions/4/chapters/newcomer/")) == (said, "/")
    said = "This is not in the manual in force today: read today’s keywords"
    assert today_of(page_of(client, "/editions/4/keywords/mash/")) == (said, "/keywords/")
    page = page_of(client, "/editions/1/chapters/newcomer/", 404)
    assert (
        "comes with edition 4, which takes effect on 4 January 2100 at 09:00; only editors can see it"
        in words(page)
    )


def test_readers_are_not_told_what_an_edition_to_come_will_bring(client, scheduled):
    for address in ["/editions/1/chapters/newcomer/", "/editions/1/keywords/mash/"]:
        page = page_of(client, address, 404)
        assert words(page.find(".//h1")) == "This page is not in the manual"


def test_somebody_signed_in_who_is_no_editor_is_a_reader(client, scheduled, person):
    client.force_login(person("visitor"))
    assert client.get("/editions/4/contents/").status_code == 404


def test_before_the_first_edition_editors_can_read_what_is_to_come(client, editor, db):
    chapters = grow("core\n    referral\n")
    amendments = [agreed(chapter, text=REFERRAL) for chapter in chapters.values()]
    workflow.publish(by=None, amendments=amendments, rearrange=True, effective_at=FAR_AHEAD)
    client.force_login(editor)
    page = page_of(client, "/editions/1/chapters/referral/")
    assert "No edition is in force yet." in banner_of(page)
    assert not page.find_class("search-today")
    assert not page.find_class("another-day")
