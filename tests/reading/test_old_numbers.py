import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml.html import HtmlElement, document_fromstring

from manual import workflow
from manual.models import Chapter, Contents, NumberHistory
from tests.manual_maker import DAY, FAR_AHEAD, agreed
from tests.reading.conftest import THIRD

ASSESSMENT_WAS = (
    "1.1.2 was this chapter until edition 3 took effect (5 October 2026). "
    "Today 1.1.2 is Bruising, and this chapter is 1.1.3."
)
BRUISING_IS = (
    "1.1.2 has been this chapter since edition 3 took effect (5 October 2026). "
    "Until then it was Assessment (today 1.1.3)."
)


def words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def page(client: Client, address: str) -> HtmlElement:
    response = client.get(address)
    assert response.status_code == 200
    return document_fromstring(response.content.decode())


def explanations(client: Client, address: str) -> list[str]:
    return [words(said) for said in page(client, address).find_class("number-past")]


@pytest.fixture
def without_bruising(sample) -> None:
    """Edition 4 withdraws Bruising, and edition 5 takes it and Assessment out of the way: nothing is 1.1.3 any more."""
    gone = agreed(sample.chapters["bruising"], significance="withdrawn", note="Ended.")
    workflow.publish(by=None, kind="urgent", amendments=[gone], at=THIRD + DAY)
    sample.chapters["bruising"].refresh_from_db()
    workflow.publish(by=None, rearrange=True, at=THIRD + 2 * DAY)


def test_a_number_that_always_was_of_one_chapter_leads_there_without_a_word(client, sample):
    assert client.get("/1.1.1/").headers["Location"] == "/chapters/referral/"
    assert not explanations(client, "/chapters/referral/?number=1.1.1")


def test_a_number_that_has_passed_on_leads_to_its_holder_today_who_says_whose_it_was(client, sample):
    address = client.get("/1.1.2/").headers["Location"]
    assert address == "/chapters/bruising/?number=1.1.2"
    assert explanations(client, address) == [BRUISING_IS]


def test_the_chapter_that_had_it_says_what_has_it_today_and_what_it_is_itself(client, sample):
    assert explanations(client, "/chapters/assessment/?number=1.1.2") == [ASSESSMENT_WAS]


def test_a_number_that_nothing_has_today_leads_to_who_had_it_last(client, without_bruising):
    address = client.get("/1.1.3/").headers["Location"]
    assert address == "/chapters/assessment/?number=1.1.3"
    (said,) = explanations(client, address)
    assert said.startswith("1.1.3 was this chapter until edition 5 took effect (")
    assert said.endswith("). Today nothing has that number, and this chapter is 1.1.2.")


def test_a_chapter_that_got_its_number_back_names_who_had_it_meanwhile(client, without_bruising):
    (said,) = explanations(client, "/chapters/assessment/?number=1.1.2")
    assert said.startswith("1.1.2 has been this chapter since edition 5 took effect (")
    assert said.endswith("Until then it was Bruising (no longer in the contents).")
    (other,) = explanations(client, "/chapters/bruising/?number=1.1.2")
    assert other.endswith("Today 1.1.2 is Assessment, and this chapter has no number.")


def test_where_nothing_had_it_in_between_the_words_say_until_when(client, without_bruising, sample):
    child = Chapter.objects.add("newcomer", parent=sample.chapters["journey"])
    workflow.publish(by=None, amendments=[agreed(child)], rearrange=True, at=THIRD + 3 * DAY)
    (said,) = explanations(client, "/chapters/newcomer/?number=1.1.3")
    assert said.startswith("1.1.3 has been this chapter since edition 6 took effect (")
    assert "Until edition 5 took effect (" in said
    assert said.endswith("it was Assessment (today 1.1.2).")


@pytest.mark.parametrize(
    "number",
    ["1.1.3", "9.9", "", "2.2.8<b>", "1" * 400, "1.1.2\0", "١.١.٢", "1.1.2.", "-1", "1." * 300 + "1"],
)
def test_a_number_that_the_chapter_never_had_is_passed_over_in_silence(client, sample, number):
    response = client.get("/chapters/bruising/", {"number": number})
    assert response.status_code == 200
    assert "number-past" not in response.content.decode()


def test_a_number_that_never_was_is_not_found(client, sample):
    assert client.get("/9.9/").status_code == 404
    assert client.get(f"/{'9' * 60}/").status_code == 404


def test_a_part_or_group_is_found_at_its_heading(client, sample):
    assert client.get("/1/").headers["Location"] == "/#core"
    assert client.get("/1.1/").headers["Location"] == "/#journey"


def test_in_an_edition_that_is_named_a_number_has_the_meaning_it_had_there(client, sample):
    assert client.get("/editions/1/1.1.2/").headers["Location"] == "/editions/1/chapters/assessment/"
    assert client.get("/editions/3/1.1.2/").headers["Location"] == "/editions/3/chapters/bruising/"
    assert not explanations(client, "/editions/1/chapters/assessment/?number=1.1.2")


def test_a_search_for_an_old_number_says_what_it_was(client, sample, request):
    (offer,) = page(client, "/search/?q=1.1.2").find_class("go-to")
    assert words(offer) == (
        "Go to 1.1.2 Bruising Until edition 3 took effect (5 October 2026), 1.1.2 was Assessment (today 1.1.3)."
    )
    request.getfixturevalue("without_bruising")
    (offer,) = page(client, "/search/?q=1.1.3").find_class("go-to")
    assert words(offer).startswith("Nothing has the number 1.1.3 today. Until edition 5 took effect (")


def test_a_page_with_such_a_word_is_kept_out_of_search_engines_and_names_its_own_address(client, sample):
    response = client.get("/chapters/bruising/?number=1.1.2")
    assert response["X-Robots-Tag"] == "noindex"
    assert '<link rel="canonical" href="/chapters/bruising/">' in response.content.decode()
    assert "X-Robots-Tag" not in client.get("/chapters/bruising/")


def test_an_edition_to_come_does_not_count_yet(client, sample, editor):
    sample.chapters["referral"].refresh_from_db()
    sample.chapters["referral"].move(after=Chapter.objects.get(slug="assessment"))
    workflow.publish(by=None, rearrange=True, effective_at=FAR_AHEAD)
    assert client.get("/1.1.1/").headers["Location"] == "/chapters/referral/"
    client.force_login(editor)
    assert client.get("/1.1.1/").headers["Location"] == "/chapters/referral/"


def test_the_history_of_a_number_costs_one_query(sample):
    contents = Contents.of(sample.editions[-1])
    with CaptureQueriesContext(connection) as captured:
        past = NumberHistory.of("1.1.2", contents, sample.editions)
    assert len(captured) == 1
    assert [(held.line.slug, held.since.number) for held in past.tenures] == [
        ("bruising", 3),
        ("assessment", 1),
    ]
