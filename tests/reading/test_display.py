import pytest
from lxml.html import document_fromstring


def test_reading_sets_no_cookie_unasked(client, sample):
    for address in ("/", "/chapters/referral/", "/keywords/", "/search/?q=plan", "/nowhere/"):
        assert not client.get(address).cookies, address


def test_a_reader_chooses_a_size_and_goes_back_to_the_page(client, sample):
    response = client.get("/display/?size=large&next=/chapters/referral/%3Fa=b")
    assert response.headers["Location"] == "/chapters/referral/?a=b"
    assert 'class="size-large colours-normal"' in client.get("/").content.decode()


def test_high_visibility_combines_with_the_size(client, sample):
    client.get("/display/?size=small")
    client.get("/display/?colours=high")
    page = client.get("/").content.decode()
    assert 'class="size-small colours-high"' in page


def test_the_display_that_is_on_is_said_to_be_so(client, sample):
    client.get("/display/?size=small")
    client.get("/display/?colours=high")
    page = document_fromstring(client.get("/").content.decode())
    (choices,) = page.find_class("display-panel")
    on = [link.text_content() for link in choices.iter("a") if link.get("aria-current") == "true"]
    assert on == ["Small", "High visibility", "Leads to search"]


def test_the_key_that_leads_to_search_can_be_switched_off_and_the_rest_stays(client, sample):
    client.get("/display/?colours=high")
    client.get("/display/?slash=off")
    assert 'class="size-medium colours-high slash-off"' in client.get("/").content.decode()
    client.get("/display/?slash=on")
    assert 'class="size-medium colours-high"' in client.get("/").content.decode()


@pytest.mark.parametrize(
    "next_page",
    ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", "javascript:alert(1)", ""],
)
def test_it_never_leads_to_another_site(client, sample, next_page):
    response = client.get("/display/", {"size": "large", "next": next_page})
    assert response.headers["Location"] == "/"


def test_a_choice_that_does_not_exist_changes_nothing(client, sample):
    response = client.get("/display/?size=enormous&next=/keywords/")
    assert response.headers["Location"] == "/keywords/"
    assert not response.cookies


def test_a_broken_cookie_is_ignored(client, sample):
    client.cookies["display"] = '"><script>'
    assert 'class="size-medium colours-normal"' in client.get("/").content.decode()
