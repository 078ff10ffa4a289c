"""A reader who asks for it is told what changed since they were last here."""

import pytest
from django.test import Client
from lxml.html import document_fromstring

from manual import workflow
from tests.manual_maker import DAY, agreed
from tests.reading.conftest import THIRD

NEWS = "The manual has changed since you were last here (edition 3, 5 October 2026): see what changed"
PAGES = (
    "/",
    "/chapters/referral/",
    "/editions/1/chapters/referral/",
    "/keywords/",
    "/search/?q=plan",
    "/nowhere/",
)


def news(client: Client, address: str = "/") -> str:
    page = document_fromstring(client.get(address).content.decode())
    return " ".join(" ".join(said.text_content().split()) for said in page.find_class("banner-last-seen"))


@pytest.fixture
def remembered(client, sample) -> Client:
    """A reader who asked to be remembered while edition 3 was in force."""
    client.get("/last-seen/?remember=yes&next=/changes/")
    return client


def a_newer_edition(sample) -> None:
    workflow.publish(by=None, amendments=[agreed(sample.chapters["assessment"])], at=THIRD + DAY)


def test_only_a_reader_who_asks_is_remembered(client, sample):
    for address in (*PAGES, "/changes/", "/changes/?since=2026-03-02", "/changes/since-last-seen/"):
        assert not client.get(address).cookies, address


def test_what_is_remembered_is_the_number_of_the_edition_for_a_year_and_no_script_reads_it(client, sample):
    response = client.get("/last-seen/?remember=yes&next=/changes/")
    assert (response.status_code, response["Location"]) == (302, "/changes/")
    assert response["Cache-Control"] == "no-store"
    cookie = response.cookies["last-seen"]
    assert cookie.value == "3"
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (365 * 24 * 60 * 60, True, "Lax")
    assert not cookie["secure"]
    assert client.get("/last-seen/?remember=yes", secure=True).cookies["last-seen"]["secure"]


def test_the_page_says_in_words_what_is_remembered_and_how_to_stop_it(client, sample):
    page = client.get("/changes/").content.decode()
    for said in (
        "Only the number of the edition is remembered",
        "for a year",
        "It is off unless you switch it on here",
        "Do not switch it on at a computer that others use",
        "“Forget me”",
        "Remember edition 3 on this computer",
    ):
        assert said in page
    client.get("/last-seen/?remember=yes")
    page = client.get("/changes/").content.decode()
    assert "Remember edition" not in page
    assert 'href="/last-seen/?remember=no&amp;next=%2Fchanges%2F"' in page


def test_while_nothing_is_newer_no_line_is_shown(remembered):
    assert not [address for address in PAGES if news(remembered, address)]


def test_once_a_newer_edition_is_in_force_every_page_says_so(remembered, sample):
    a_newer_edition(sample)
    assert [news(remembered, address) for address in PAGES] == [NEWS] * len(PAGES)
    for address in PAGES:
        assert not remembered.get(address).cookies, "reading sets no cookie"


def test_a_reader_who_did_not_ask_is_shown_no_line(client, sample):
    a_newer_edition(sample)
    assert not news(client)


def test_the_line_leads_to_what_changed_since_and_the_newest_is_remembered_from_then_on(remembered, sample):
    a_newer_edition(sample)
    response = remembered.get("/changes/since-last-seen/")
    assert response["Location"] == "/changes/?since_edition=3"
    assert response["Cache-Control"] == "no-store"
    assert response.cookies["last-seen"].value == "4"
    for _loaded_again in range(2):
        page = remembered.get(response["Location"]).content.decode()
        assert "Changes since edition 3" in page
        assert "Assessment" in page
    assert not news(remembered)


def test_two_editions_of_one_day_are_told_apart(remembered, sample):
    first = agreed(sample.chapters["assessment"], note="In the morning.")
    workflow.publish(by=None, amendments=[first], at=THIRD + DAY)
    remembered.get("/changes/since-last-seen/")
    second = agreed(sample.chapters["referral"], note="In the afternoon.")
    workflow.publish(by=None, amendments=[second], at=THIRD + DAY * 1.25)
    page = remembered.get("/changes/since-last-seen/", follow=True).content.decode()
    assert "In the afternoon." in page
    assert "In the morning." not in page


def test_forget_me_removes_the_cookie(remembered, sample):
    response = remembered.get("/last-seen/?remember=no&next=/changes/")
    assert response["Location"] == "/changes/"
    assert response.cookies["last-seen"]["max-age"] == 0
    a_newer_edition(sample)
    assert not news(remembered)


@pytest.mark.parametrize(
    "value", ["", "x", "0", "-1", "99", "3.0", "²", "9" * 500, '"><script>', "None", " 1"]
)
def test_nonsense_in_the_cookie_is_ignored(client, sample, value):
    a_newer_edition(sample)
    client.cookies["last-seen"] = value
    assert not news(client)
    response = client.get("/changes/since-last-seen/")
    assert response["Location"] == "/changes/"
    assert not response.cookies


@pytest.mark.parametrize("remember", ["", "maybe", "yes!"])
def test_a_choice_that_does_not_exist_changes_nothing(client, sample, remember):
    assert not client.get("/last-seen/", {"remember": remember}).cookies


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", ""]
)
def test_it_never_leads_to_another_site(client, sample, back):
    assert client.get("/last-seen/", {"remember": "yes", "next": back})["Location"] == "/"


def test_before_any_edition_there_is_nothing_to_remember(client, db):
    assert not client.get("/last-seen/?remember=yes").cookies
    assert client.get("/changes/since-last-seen/")["Location"] == "/changes/"


def test_only_reading_methods_are_answered(client, sample):
    assert client.post("/last-seen/?remember=yes").status_code == 405
    assert client.post("/changes/since-last-seen/").status_code == 405
