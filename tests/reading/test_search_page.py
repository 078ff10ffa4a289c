import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml.html import document_fromstring


def words(element) -> str:
    return " ".join(element.text_content().split())


def search(client, query: str):
    response = client.get("/search/", {"q": query})
    assert response.status_code == 200
    return document_fromstring(response.content.decode())


def test_a_result_marks_the_words_and_leads_straight_to_the_section(client, sample):
    page = search(client, "social worker")
    result = page.find_class("result")[0]
    assert result.find(".//h3/a").get("href") == "/chapters/referral/?marked=social+worker#what-a-lado-does"
    assert " ".join(words(mark).lower() for mark in result.iter("mark")) == "social worker"


def test_a_title_is_found(client, sample):
    assert words(search(client, "Bruising").find_class("result-title")[0]) == "1.1.2 Bruising"


def test_a_keyword_stands_above_the_results(client, sample):
    (card,) = search(client, "LADO").find_class("keyword-card")
    assert "Local authority designated officer" in words(card)


def test_a_chapter_number_offers_to_go_there(client, sample):
    (offer,) = search(client, "1.1.1").find_class("go-to")
    assert words(offer) == "Go to 1.1.1 Referral"


def test_a_withdrawn_chapter_is_not_found(client, sample):
    assert not search(client, "old-ways").find_class("result")


def test_nothing_found_says_what_to_do(client, sample):
    text = words(search(client, "zebra crossing").find(".//main"))
    assert "Nothing in the manual has all these words: “zebra crossing”." in text
    assert "Check the spelling" in text


def test_an_empty_query_shows_examples(client, sample):
    assert "for example" in words(search(client, " ").find(".//main"))


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "AND OR NOT",
        "' OR 1=1 --",
        "<script>alert(1)</script>",
        "*",
        "x" * 10_000,
        "\0",
        "a:b (c",
        "-",
        "😀",
    ],
)
def test_any_query_gets_a_page(client, sample, query):
    page = search(client, query)
    assert page.find(".//h1") is not None
    assert not page.xpath("//main//script")


def test_a_page_beyond_the_results_leads_to_the_last(client, sample):
    assert client.get("/search/?q=plan&page=99").headers["Location"] == "?q=plan&page=1"
    assert client.get("/search/?q=plan&page=minus").status_code == 200


def test_urgent_help_is_read_once_for_pages_that_read_no_chapter(client, sample):
    first = search(client, "bruising")
    with CaptureQueriesContext(connection) as captured:
        second = search(client, "bruising")
    assert not [
        query["sql"] for query in captured if "manual_amendment" in query["sql"] and "html" in query["sql"]
    ]
    assert words(second.find_class("urgent-help")[0]) == words(first.find_class("urgent-help")[0]) != ""
