"""What leads to a chapter, and where references lead that name a withdrawn one."""

from __future__ import annotations

from django.core.cache import cache
from lxml.html import HtmlElement, document_fromstring

from manual import search, workflow
from manual.models import Chapter, Contents, Edition
from tests.manual_maker import DAY, LONG_AGO, agreed, grow
from tests.reading.conftest import THIRD


def page(client, address: str) -> HtmlElement:
    response = client.get(address)
    assert response.status_code == 200
    return document_fromstring(response.content)


def referring(page: HtmlElement) -> list[str]:
    return [" ".join(item.text_content().split()) for item in page.xpath("//*[@class='referring']//li")]


def test_a_chapter_lists_who_refers_to_it_each_once_in_the_order_of_the_contents(client, sample):
    assert referring(page(client, "/chapters/assessment/")) == ["1.1.1 Referral"]
    assert referring(page(client, "/chapters/contacts/")) == ["1.1.1 Referral (shows a passage of it)"]
    # Referral refers to a section of its own alone.
    assert not page(client, "/chapters/referral/").find_class("referring")


def test_a_dated_page_lists_who_referred_to_it_in_that_edition(client, sample):
    shown = page(client, "/editions/1/chapters/assessment/").find_class("referring")
    assert shown[0].xpath(".//a/@href") == ["/editions/1/chapters/referral/"]
    other = agreed(
        sample.chapters["bruising"], text="See [](chapter:assessment), [again](chapter:assessment)."
    )
    workflow.publish(by=None, amendments=[other], at=THIRD + DAY)
    assert referring(page(client, "/chapters/assessment/")) == ["1.1.1 Referral", "1.1.2 Bruising"]
    assert referring(page(client, "/editions/3/chapters/assessment/")) == ["1.1.1 Referral"]


def test_a_withdrawn_chapter_refers_to_nothing_any_more(client, sample):
    gone = agreed(sample.chapters["referral"], significance="withdrawn")
    workflow.publish(by=None, amendments=[gone], at=THIRD + DAY)
    assert referring(page(client, "/chapters/assessment/")) == []


def test_a_long_list_opens_when_it_is_asked_for(client, db):
    chapters = grow("core\n" + "".join(f"    c{n}\n" for n in range(11)))
    texts = [agreed(each, text="See [](chapter:c0).") for slug, each in chapters.items() if slug != "c0"]
    workflow.publish(by=None, amendments=[*texts, agreed(chapters["c0"])], rearrange=True, at=LONG_AGO)
    shown = page(client, "/chapters/c0/")
    assert len(referring(shown)) == 11
    assert shown.xpath("//details[@class='referring']/summary")[0].text_content() == (
        "11 chapters refer to this one"
    )


# --- References to withdrawn chapters ----------------------------------------------------------------------


def withdraw(chapter: Chapter, successor: Chapter | None, day: int) -> None:
    words = agreed(chapter, significance="withdrawn", successor=successor, note="Gone.")
    workflow.publish(by=None, amendments=[words], at=LONG_AGO + day * DAY)


def links(client) -> list[str]:
    shown = page(client, "/chapters/reader/").find_class("chapter-text")[0]
    return [" ".join(each.text_content().split()) for each in shown.iter("p") if "See" in each.text_content()]


def test_a_reference_to_a_withdrawn_chapter_names_the_living_one_at_the_end_of_the_chain(client, db):
    chapters = grow("core\n    reader\n    a\n    b\n    c\n    d")
    texts = {"reader": {"text": "See [](chapter:a).\n\nSee [](chapter:d)."}}
    first = [agreed(chapter, **texts.get(slug, {})) for slug, chapter in chapters.items()]
    workflow.publish(by=None, amendments=first, rearrange=True, at=LONG_AGO)
    withdraw(chapters["a"], chapters["b"], 1)
    assert links(client) == ["See 1.2 A (withdrawn; see 1.3 B).", "See 1.5 D."]
    withdraw(chapters["b"], chapters["c"], 2)
    withdraw(chapters["d"], None, 3)
    assert links(client) == ["See 1.2 A (withdrawn; see 1.4 C).", "See 1.5 D (withdrawn)."]
    assert "Read instead 1.4 C." in " ".join(page(client, "/chapters/a/").text_content().split())
    # A rearranged edition makes them gone: no longer in the contents, and still named.
    workflow.publish(by=None, amendments=[agreed(chapters["c"])], rearrange=True, at=LONG_AGO + 4 * DAY)
    assert links(client) == ["See A (withdrawn; see 1.2 C).", "See D (withdrawn)."]
    withdraw(chapters["c"], chapters["a"], 5)
    cache.clear()
    assert links(client)[0] == "See A (withdrawn).", "a circle leads nowhere"
    assert client.get("/chapters/a/").status_code == 200


# --- Written once ------------------------------------------------------------------------------------------


def test_a_passage_shows_as_the_edition_that_is_read_has_it(client, sample):
    police = "## Urgent help {: #urgent-help }\n\n999\n\n## Police {: #police }\n\nRing 999 now.\n"
    workflow.publish(by=None, amendments=[agreed(sample.chapters["contacts"], text=police)], at=THIRD + DAY)
    assert "Ring 999 now." in page(client, "/chapters/referral/").find_class("include")[0].text_content()
    dated = page(client, "/editions/3/chapters/referral/").find_class("include")[0].text_content()
    assert "Ring 101." in dated
    assert "999" not in dated


def test_a_passage_is_found_once_where_it_is_written(client, sample):
    found = search.search("“Ring 101”", Contents.of(Edition.objects.in_force()))
    assert [hit.chapter_id for hit in found.hits] == [sample.chapters["contacts"].pk]
