from django.test import Client
from lxml.html import document_fromstring

from manual import workflow
from manual.models import Chapter, Manual
from tests.manual_maker import agreed


def contents(client: Client, address: str = "/"):
    response = client.get(address)
    assert response.status_code == 200
    return document_fromstring(response.content.decode())


def words(element) -> str:
    return " ".join(element.text_content().split())


def test_chapters_stand_numbered_under_their_groups(client, sample):
    page = contents(client)
    assert words(page.get_element_by_id("core")) == "1 Core"
    assert words(page.get_element_by_id("journey")) == "1.1 Journey"
    numbers = [words(number) for number in page.find_class("entry-number")]
    assert numbers == ["1.1.1", "1.1.2", "1.1.3", "1.2", "1.3"]


def test_flags_stand_in_words_beside_new_and_updated_chapters(client, sample):
    page = contents(client)
    assert words(page.get_element_by_id("bruising")) == "1.1.2 Bruising New"
    assert words(page.get_element_by_id("referral")) == "1.1.1 Referral Updated"
    assert "Updated" not in words(page.get_element_by_id("contacts"))


def test_area_and_remark_stand_beside_their_chapter(client, sample):
    entry = words(contents(client).get_element_by_id("assessment"))
    assert entry.startswith("1.1.3 Assessment under review North only")


def test_an_entry_under_another_stands_there_with_its_label_and_leads_outside(client, sample):
    entry = contents(client).get_element_by_id("leaflet")
    assert words(entry).startswith("See also: Leaflet (external link)")
    assert entry.find_class("entry-title")[0].get("href") == "https://www.example.org/leaflet"


def test_it_says_which_edition_is_in_force_since_when_and_leads_to_what_it_changed(client, sample):
    page = contents(client)
    (line,) = page.find_class("edition-line")
    assert words(line).startswith("Edition 3, in force since 5 October 2026.")
    assert "The law is stated as at 5 October 2026." in words(line)
    assert line.find(".//a").get("href") == "/editions/3/"


def test_quick_links_lead_to_the_parts_and_their_groups(client, sample):
    (links,) = contents(client).find_class("part-links")
    assert [(words(link), link.get("href")) for link in links.iter("a")] == [
        ("1 Core", "#core"),
        ("1.1 Journey", "#journey"),
    ]


def test_a_withdrawn_chapter_that_the_arrangement_left_behind_is_not_listed(client, sample):
    assert "Old ways" not in client.get("/").content.decode()


def test_a_superseded_edition_shows_its_own_contents_and_says_that_it_is_not_in_force(client, sample):
    page = contents(client, "/editions/2/contents/")
    assert words(page.get_element_by_id("old-ways")) == "1.2 Old ways Withdrawn"
    assert words(page.get_element_by_id("assessment")).startswith("1.1.2")
    (banner,) = page.find_class("banner-dated")
    assert words(banner).startswith("Not in force. This is edition 2, which took effect on 11 May 2026")
    assert banner.find_class("banner-today")[0].get("href") == "/"


def test_a_dated_page_is_kept_out_of_search_engines_and_names_todays_as_canonical(client, sample):
    response = client.get("/editions/2/contents/")
    assert response["X-Robots-Tag"] == "noindex"
    page = document_fromstring(response.content.decode())
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert page.xpath("//link[@rel='canonical']/@href") == ["/"]


def test_pages_in_force_may_be_found_by_search_engines(client, sample):
    response = client.get("/")
    assert "X-Robots-Tag" not in response
    assert "noindex" not in response.content.decode()


def test_a_sample_says_so_on_every_page_and_keeps_search_engines_out(client, sample):
    Manual.objects.update(sample=True)
    for address in ("/", "/chapters/referral/", "/keywords/", "/editions/", "/search/?q=plan", "/nowhere/"):
        response = client.get(address)
        assert "Sample text, not in force." in response.content.decode(), address
        assert response["X-Robots-Tag"] == "noindex", address


def test_before_the_first_edition_the_site_says_that_nothing_is_in_force(client, db):
    response = client.get("/")
    assert response.status_code == 200
    assert "No edition of the manual is in force yet." in response.content.decode()


def test_an_edition_that_does_not_exist_is_not_found(client, sample):
    assert client.get("/editions/9/contents/").status_code == 404


def test_a_number_leads_to_the_chapter_that_has_it(client, sample):
    assert client.get("/1.1.1/").headers["Location"] == "/chapters/referral/"
    assert client.get("/editions/1/1.1.2/").headers["Location"] == "/editions/1/chapters/assessment/"
    assert client.get("/1/").headers["Location"] == "/#core"
    assert client.get("/7.7/").status_code == 404


def test_a_chapter_outside_the_parts_is_listed_before_them(client, sample):
    alone = Chapter.objects.add("alone")
    workflow.publish(by=None, amendments=[agreed(alone)])
    assert words(contents(client).get_element_by_id("alone")) == "2 Alone New"
