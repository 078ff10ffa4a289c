"""No page about the past asks more of the database for a manual of 1,000 chapters with 50 editions."""

from lxml.html import document_fromstring

from tests.reading.large import CHAPTERS, EDITIONS, MOST_QUERIES, a_large_manual, queries_of


def test_no_page_about_the_past_makes_more_than_a_few_queries(client, db):
    with a_large_manual() as editions:
        assert len(editions) == EDITIONS
        assert {edition.entries.count() for edition in editions} == {CHAPTERS - 1, CHAPTERS}

        pages = [
            "/editions/1/contents/",
            "/editions/25/contents/?on=2100-01-28",
            "/editions/25/chapters/referral/",
            "/editions/25/chapters/alike-500/",
            "/editions/1/chapters/late/",
            "/editions/1/chapters/old-ways/",
            "/editions/50/chapters/old-ways/",
            "/editions/50/chapters/amendments/",
            "/editions/25/keywords/",
            "/editions/25/keywords/lado/",
            "/editions/1/keywords/nothing/",
            "/editions/25/search/?q=zebras",
            "/editions/25/search/?q=lado",
            "/chapters/referral/compare/",
            "/chapters/referral/compare/?from=1&to=2",
            "/chapters/alike-20/compare/?view=sides&only=changes",
            "/editions/1/compare/50/",
            "/editions/48/compare/49/",
            "/on/2099-01-01/",
            "/on/2200-01-01/",
        ]
        counted = {address: queries_of(address) for address in pages}
        assert {address: number for address, number in counted.items() if number > MOST_QUERIES} == {}
        shown = document_fromstring(client.get("/editions/25/search/?q=zebras").content.decode())
        assert shown.find_class("result")
