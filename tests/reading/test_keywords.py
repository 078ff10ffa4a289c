from lxml.html import document_fromstring


def words(element) -> str:
    return " ".join(element.text_content().split())


def test_keywords_stand_a_to_z_with_their_meaning(client, sample):
    page = document_fromstring(client.get("/keywords/").content.decode())
    assert [words(letter) for letter in page.xpath("//h2")] == ["C", "L"]
    assert (
        words(page.get_element_by_id("lado"))
        == "Local authority designated officer LADO Decides on allegations."
    )


def test_a_keyword_shows_its_meaning_other_forms_and_the_chapters_that_use_it(client, sample):
    page = document_fromstring(client.get("/keywords/lado/").content.decode())
    assert words(page.find(".//h1")) == "Local authority designated officer"
    assert "Also: LADO" in words(page.find(".//main"))
    (using,) = page.find_class("using")
    assert words(using) == "1.1.1 Referral Updated"


def test_a_keyword_leads_to_related_ones(client, sample):
    page = document_fromstring(client.get("/keywords/core-group/").content.decode())
    assert "/keywords/lado/" in page.xpath("//main//a/@href")


def test_a_keyword_that_does_not_exist_is_not_found(client, sample):
    assert client.get("/keywords/nothing/").status_code == 404


def test_an_old_edition_has_the_meanings_of_its_day(client, sample):
    from manual import workflow
    from tests.manual_maker import FAR_AHEAD, meaning

    workflow.publish(
        by=None,
        definitions=[meaning("lado", name="LADO", meaning="Means something else.")],
        effective_at=FAR_AHEAD,
    )
    assert "Decides on" in client.get("/editions/1/keywords/").content.decode()
    assert "something else" not in client.get("/keywords/").content.decode()
