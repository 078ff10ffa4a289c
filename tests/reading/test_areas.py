"""A reader may read for the area where the child lives: the rest is dimmed and labelled, and nothing is taken away."""

import re

import pytest
from django.core.cache import cache
from lxml.html import HtmlElement, document_fromstring

from manual import workflow
from manual.lens import Lens
from manual.models import Chapter, Contents, Edition, Manual
from tests.manual_maker import DAY, LONG_AGO, agreed, grow, meaning

AREAS = {"north": "North", "south": "South"}
REFERRAL = """
Anyone may refer a child. *Ring the gate*{: .north }, *ring the hub*{: .south }.

!!! south
    Ask the hub.

## At night {: #night .south }

The hub answers at night.

## By day {: #day }

| Who | When |
| --- | --- |
| The gate {: .north } | At once |

!!! include chapter:levels#four

!!! policy "Always"
    Write it down.
"""


@pytest.fixture
def manual_of_two_areas(db: None) -> dict[str, Chapter]:
    """Levels (north) and Thresholds (south) are counterparts, named by one of the two; Advice is a group of south."""
    Manual(title="Procedures", areas=AREAS, contacts="contacts", quick_guide="quick-guide").save()
    chapters = grow(
        """
        core
            referral
            levels
            thresholds
            advice: group
                hub
            night-duty
                leaflet: link, unnumbered
            amendments
        """
    )
    texts = {
        "core": {"passage_status": "guidance"},
        "referral": {"text": REFERRAL, "passage_status": "procedure"},
        "levels": {"areas": ["north"], "text": "Words.\n\n## Level four {: #four }\n\nRefer at once."},
        "thresholds": {"areas": ["south"], "counterpart": chapters["levels"]},
        "advice": {"areas": ["south"]},
        "night-duty": {"areas": ["north"]},
        "leaflet": {"areas": ["south"], "link": "https://www.example.org/"},
        "amendments": {"text": "!!! changes all\n"},
    }
    first = [agreed(chapter, **texts.get(slug, {})) for slug, chapter in chapters.items()]
    gate = meaning("gate", name="Gate", meaning="Takes referrals *by letter too*{: .south }.")
    workflow.publish(by=None, amendments=first, definitions=[gate], rearrange=True, at=LONG_AGO)
    change = agreed(chapters["thresholds"], areas=["south"], counterpart=chapters["levels"], text="Changed.")
    workflow.publish(by=None, amendments=[change], at=LONG_AGO + DAY)
    return chapters


def page(client, address: str, area: str = "") -> HtmlElement:
    client.cookies.clear()
    if area:
        client.cookies["area"] = area
    response = client.get(address)
    assert response.status_code == 200, address
    return document_fromstring(response.content.decode())


def words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def dimmed(found: HtmlElement) -> list[str]:
    return [words(element) for element in found.find_class("elsewhere")]


@pytest.mark.parametrize(
    "address",
    [
        "/", "/chapters/referral/", "/chapters/thresholds/", "/keywords/", "/keywords/gate/", "/search/?q=hub",
        "/editions/", "/editions/2/", "/editions/1/contents/", "/editions/1/chapters/referral/",
        "/editions/1/keywords/", "/chapters/amendments/", "/chapters/thresholds/compare/", "/changes/?since=2019-01-01",
        "/editions/1/compare/2/",
    ],
)  # fmt: skip
def test_every_page_says_what_is_dimmed_and_takes_nothing_away(client, manual_of_two_areas, address):
    cache.clear()
    whole = page(client, address)
    assert not whole.find_class("elsewhere") and not whole.find_class("banner-area")
    for_north = page(client, address, "north")
    (line,) = for_north.find_class("banner-area")
    assert words(line) == (
        "You are reading for North: what applies in South only is dimmed. What counts is where the child lives. "
        "Show both alike"
    )
    line.drop_tree()
    (choices,) = for_north.xpath("//ul[@aria-labelledby='site-area']")
    assert [words(choice) for choice in choices.xpath(".//a[@aria-current]")] == ["North"]
    said = words(for_north.get_element_by_id("site-main"))
    said = said.replace(" You are reading for North: it does not apply to a child who lives there.", "")
    assert said == words(whole.get_element_by_id("site-main"))
    # What is kept of a text for all readers is not what one reader for one area was shown.
    assert not page(client, address).find_class("elsewhere")


def test_what_is_dimmed_in_a_chapter_is_for_the_other_area_only(client, manual_of_two_areas):
    phrase, box, section = dimmed(page(client, "/chapters/referral/", "north").find_class("chapter-text")[0])
    assert (phrase, box) == ("ring the hub", "South only Ask the hub.")
    assert section.startswith("1 At night") and section.endswith("South only The hub answers at night.")
    shown = dimmed(page(client, "/chapters/referral/", "south").find_class("chapter-text")[0])
    assert shown[0] == "Ring the gate"
    assert shown[1] == "The gate (North only) At once"
    assert shown[2].startswith("Guidance, North only") and "From 1.2 Levels" in shown[2]
    assert len(shown) == 3


def test_what_is_for_the_other_area_only_is_dimmed_in_a_comparison_too(client, manual_of_two_areas):
    change = agreed(
        manual_of_two_areas["referral"], text=REFERRAL.replace("Ask the hub", "Ask the hub first")
    )
    workflow.publish(by=None, amendments=[change], at=LONG_AGO + 2 * DAY)
    for view in ("sides", "inline"):
        compared = page(client, f"/chapters/referral/compare/?view={view}&only=all", "north")
        shown = dimmed(compared.find_class("compare-text")[0])
        assert any("South only" in each and "Ask the hub" in each for each in shown)
        assert any("The hub answers at night." in each for each in shown)
        assert not any("Ring the gate" in each for each in shown)
    whole = page(client, "/chapters/thresholds/compare/", "north")
    assert "South only" in words(whole.get_element_by_id("site-main"))
    assert all("elsewhere" in each.classes for each in whole.find_class("tracked-changes"))
    assert whole.find_class("tracked-changes")


def test_all_that_is_dimmed_says_in_words_for_where_it_is(client, manual_of_two_areas):
    found = page(client, "/chapters/referral/", "north")
    for element in found.find_class("chapter-text")[0].find_class("elsewhere"):
        after = element.getnext()
        label = words(element) + (words(after) if after is not None else "")
        assert "South only" in label, label


def test_the_chapters_own_list_of_sections_names_the_area(client, manual_of_two_areas):
    (contents,) = page(client, "/chapters/referral/", "north").find_class("chapter-contents")
    assert dimmed(contents) == ["1 At night (South only)"]


def test_entries_for_elsewhere_are_dimmed_and_all_entries_are_there(client, manual_of_two_areas):
    found = page(client, "/", "north")
    entries = {entry.get("id"): "elsewhere" in entry.get("class") for entry in found.find_class("entry")}
    assert entries == {
        "referral": False, "levels": False, "thresholds": True, "hub": True, "night-duty": False, "leaflet": True,
        "amendments": False,
    }  # fmt: skip
    other = page(client, "/", "south")
    assert "elsewhere" in other.get_element_by_id("night-duty").get("class")
    assert "elsewhere" not in other.get_element_by_id("leaflet").get("class")


def test_the_contents_label_a_status_where_it_changes(client, manual_of_two_areas):
    found = page(client, "/")
    assert words(found.find_class("heading-tags")[0]) == "Guidance"
    assert words(found.find_class("heading-tags")[1]) == "South only"
    statuses = {
        entry.get("id"): words(tag)
        for entry in found.find_class("entry")
        for tag in entry.find_class("status-tag")
    }
    assert statuses == {"referral": "Procedure"}


def test_a_title_does_not_hide_the_status_of_a_passage(client, manual_of_two_areas):
    labels = [words(label) for label in page(client, "/chapters/referral/").find_class("passage-label")]
    assert "Policy: Always" in labels


def test_a_chapter_for_the_other_area_says_so_at_its_head_and_leads_to_its_counterpart(
    client, manual_of_two_areas
):
    (head,) = page(client, "/chapters/thresholds/", "north").find_class("notice-area")
    assert words(head) == (
        "This chapter is for South only. You are reading for North: it does not apply to a child who lives there. "
        "For North see 1.2 Levels."
    )
    assert head.xpath(".//a/@href") == ["/chapters/levels/"]
    (head,) = page(client, "/chapters/levels/", "north").find_class("notice-area")
    assert words(head) == "This chapter is for North only. For South see 1.3 Thresholds."
    assert not page(client, "/chapters/referral/", "north").find_class("notice-area")


def test_a_chapter_in_a_group_for_one_area_is_for_that_area(client, manual_of_two_areas):
    (head,) = page(client, "/chapters/hub/").find_class("notice-area")
    assert words(head) == "This chapter is for South only."
    # What stands under a chapter may be for another area.
    edition = Edition.objects.in_force()
    assert edition and Contents.of(edition).by_slug["leaflet"].applies_to == ["south"]


def test_the_contents_name_a_counterpart_whichever_of_the_two_names_it(client, manual_of_two_areas):
    found = page(client, "/")
    named = {
        slug: [words(each) for each in found.get_element_by_id(slug).find_class("entry-counterpart")]
        for slug in ("levels", "thresholds", "night-duty")
    }
    assert named == {
        "levels": ["For South see 1.3 Thresholds"], "thresholds": ["For North see 1.2 Levels"], "night-duty": [],
    }  # fmt: skip


def test_a_withdrawn_counterpart_is_said_and_not_offered(client, manual_of_two_areas):
    chapters = manual_of_two_areas
    gone = agreed(chapters["levels"], significance="withdrawn", areas=["north"])
    workflow.publish(by=None, amendments=[gone], at=LONG_AGO + 2 * DAY)
    (head,) = page(client, "/chapters/thresholds/").find_class("notice-area")
    assert words(head) == (
        "This chapter is for South only. What there was for North, 1.2 Levels, has been withdrawn."
    )
    assert not page(client, "/").get_element_by_id("thresholds").find_class("entry-counterpart")


def test_results_have_the_area_and_the_status_of_their_section(client, manual_of_two_areas):
    found = page(client, "/search/?q=hub", "north")
    results = {
        words(element.xpath("./h2/a|./h3/a")[0]): (
            [words(tag) for tag in element.xpath("./h3/span|./p[@class='result-place']/span")],
            "elsewhere" in element.get("class", ""),
        )
        for element in found.xpath("//*[@class='results']//li")
    }
    assert results["1 At night"] == (["South only"], True)
    narrowed = {
        words(link)
        for link in page(client, "/search/?q=hub&area=north", "").xpath("//*[@class='results']//a")
    }
    assert "1.1 Referral" in narrowed
    assert not {"1 At night", "1.4.1 Hub"} & narrowed
    assert results["1.1 Referral"] == ([], False)
    assert results["1.4.1 Hub"] == (["South only", "Guidance"], True)


def test_a_keywords_page_and_its_meaning_are_seen_through_the_lens(client, manual_of_two_areas):
    found = page(client, "/keywords/gate/", "north")
    assert "by letter too" in dimmed(found)
    assert "by letter too" in dimmed(page(client, "/keywords/", "north"))


def test_urgent_help_is_the_same_for_every_reader(client, manual_of_two_areas):
    for address in ("/", "/chapters/thresholds/"):
        for element in page(client, address, "north").find_class("urgent-help"):
            assert not element.find_class("elsewhere")


@pytest.mark.parametrize("nonsense", ["both", "kent", "north south", "", '"><script>', "__proto__", "North"])
def test_nonsense_in_the_cookie_is_ignored(client, manual_of_two_areas, nonsense):
    found = page(client, "/chapters/referral/", nonsense)
    assert not found.find_class("elsewhere") and not found.find_class("banner-area")


def test_a_choice_lasts_for_the_visit_and_both_takes_it_back(client, manual_of_two_areas):
    client.get("/display/?area=north&next=/chapters/referral/")
    assert client.cookies["area"].value == "north"
    assert not client.cookies["area"]["max-age"] and not client.cookies["area"]["expires"]
    (away,) = document_fromstring(client.get("/").content.decode()).find_class("show-alike")
    client.get(away.get("href"))
    assert not document_fromstring(client.get("/").content.decode()).find_class("banner-area")


@pytest.mark.parametrize("areas", [{}, {"north": "North"}])
def test_a_manual_with_less_than_two_areas_offers_no_choice(client, db, areas):
    Manual(title="Procedures", areas=areas, contacts="contacts", quick_guide="quick-guide").save()
    workflow.publish(
        by=None, amendments=[agreed(Chapter.objects.add("core", kind="part"), text="")], at=LONG_AGO
    )
    found = page(client, "/", "north")
    assert not found.xpath("//ul[@aria-labelledby='site-area']") and not found.find_class("banner-area")


def test_a_page_seen_through_the_lens_is_not_given_to_others(client, manual_of_two_areas):
    client.cookies["area"] = "north"
    assert "Cookie" in client.get("/chapters/referral/")["Vary"]


# --- The lens alone ------------------------------------------------------------------------------------------


def test_the_lens_reads_tags_and_not_what_stands_between_them():
    lens = Lens.of(AREAS, "north")
    html = 'class="area area-south" <code>&lt;p class="area area-south"&gt;</code>'
    assert lens.over(html) == html
    assert lens.over('<p id="a" class="numbered area area-south">S</p>') == (
        '<p id="a" class="numbered area area-south elsewhere">S</p>'
    )


@pytest.mark.parametrize(
    "classes", ["area area-north", "area area-north area-south", "area-marker", "passage area-x"]
)
def test_the_lens_leaves_alone_what_is_for_the_area_or_for_none(classes):
    html = f'<div class="{classes}">N</div>'
    assert Lens.of(AREAS, "north").over(html) == html


def test_the_lens_twice_is_the_lens_once():
    lens = Lens.of(AREAS, "south")
    once = lens.over('<em class="area area-north">N</em> <em class="area area-south">S</em>')
    assert lens.over(once) == once
    assert len(re.findall("elsewhere", once)) == 1
