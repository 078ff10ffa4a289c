import re

import pytest
from django.db import DatabaseError

ADDRESSES = ["/", "/chapters/referral/", "/keywords/", "/keywords/lado/", "/editions/", "/editions/1/", "/search/?q=x",
             "/nowhere/"]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_content_security_policy_forbids_what_is_not_ours(client, sample, address):
    response = client.get(address)
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    page = response.content.decode()
    assert " style=" not in page
    # Scripts come from files of this site, and hold no words of their own.
    assert not re.search(r'<script(?! src="/static/js/[a-z-]+\.js" defer></script>)', page)
    assert "onclick" not in page


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_reading_page_is_asked_after_before_it_is_shown_again(client, sample, address):
    response = client.get(address)
    assert "no-cache" in response["Cache-Control"]
    if response.status_code == 200:
        again = client.get(address, headers={"If-None-Match": response["ETag"]})
        assert again.status_code == 304


def test_writing_methods_are_refused(client, sample):
    assert client.post("/").status_code == 405
    assert client.delete("/chapters/referral/").status_code == 405


def test_not_found_offers_search_for_the_words_of_the_address(client, sample):
    response = client.get("/chapters/strategy-discusions/")
    assert response.status_code == 404
    page = response.content.decode()
    assert "This page is not in the manual" in page
    assert "/search/?q=strategy%20discusions" in page


def test_not_found_escapes_the_address(client, sample):
    page = client.get("/<script>alert(1)</script>/").content.decode()
    assert "<script>" not in page


def test_a_form_without_its_token_is_explained(sample):
    from django.test import Client

    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "x", "password": "y"})
    assert response.status_code == 403
    assert "The form was not accepted" in response.content.decode()


def test_a_broken_page_says_so_without_asking_the_database(client, sample, monkeypatch):
    from manual.views import reading

    def break_down(*args: object, **kwargs: object) -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(reading.Page, "of", break_down)
    client.raise_request_exception = False
    response = client.get("/")
    assert response.status_code == 500
    page = response.content.decode()
    assert "Something went wrong" in page
    assert "dial 999" in page


def test_load_balancers_are_answered(client, db):
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").status_code == 200


def test_scheduled_text_is_not_reachable_by_any_address(client, sample):
    from manual import workflow
    from tests.manual_maker import FAR_AHEAD, agreed

    secret = agreed(sample.chapters["assessment"], text="Notyetpublic words.", title="Notyetpublic title")
    workflow.publish(by=None, amendments=[secret], effective_at=FAR_AHEAD)
    for address in (*ADDRESSES, "/chapters/assessment/", "/search/?q=notyetpublic", "/chapters/quick-guide/",
                    "/chapters/amendments/"):  # fmt: skip
        page = client.get(address).content.decode().lower()
        assert "notyetpublic title" not in page, address
        assert "notyetpublic words" not in page, address


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_signed_in_editor_has_the_way_back_to_the_desk_and_no_cache_keeps_it(
    client, sample, editor, address
):
    client.force_login(editor)
    response = client.get(address)
    page = response.content.decode()
    assert '<a href="/admin/">Editors’ desk</a>' in page
    assert "Sign in (editors)" not in page
    assert "private" in response["Cache-Control"]
    assert "Cookie" in response["Vary"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_reader_is_shown_where_editors_sign_in_and_nothing_of_the_desk(client, sample, address):
    response = client.get(address)
    page = response.content.decode()
    assert '<a href="/admin/">Sign in (editors)</a>' in page
    assert "Editors’ desk" not in page
    assert "private" not in response["Cache-Control"]
    assert not response.cookies
