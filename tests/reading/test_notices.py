"""A notice stands over the site or a chapter: at once, in plain words, until it comes down by itself."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from manual import workflow
from manual.models import Chapter, Edition, Notice
from manual.templatetags.manual_words import with_telephones
from tests.manual_maker import DAY, LONG_AGO, agreed, first_edition, grow, meaning

pytestmark = pytest.mark.django_db

DOWN = "The duty line is down. Ring 01632 960100 instead."


@pytest.fixture
def chapters() -> dict[str, Chapter]:
    return grow("""
        core
            referral
            assessment
    """)


@pytest.fixture
def published(chapters: dict[str, Chapter]) -> Edition:
    first = first_edition(chapters, definitions=[meaning("lado")])
    workflow.publish(by=None, amendments=[agreed(chapters["referral"])], at=LONG_AGO + DAY)
    return first


def pin(words: str = DOWN, **fields: Any) -> Notice:
    return workflow.pin(by=None, words=words, expires_at=timezone.now() + DAY, **fields)


def page(client: Any, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/", 200), ("/chapters/referral/", 200), ("/keywords/", 200), ("/keywords/lado/", 200), ("/editions/", 200),
        ("/editions/1/", 200), ("/editions/1/contents/", 200), ("/editions/1/chapters/referral/", 200),
        ("/search/?q=referral", 200), ("/chapters/nowhere/", 404), ("/nowhere/", 404),
    ],
)  # fmt: skip
def test_a_reader_sees_a_notice_over_every_page_dated_ones_and_errors_too(client, published, address, status):
    assert "duty line" not in page(client, address, status)
    pin()
    shown = page(client, address, status)
    assert shown.count("The duty line is down.") == 1
    assert '<section class="notices" aria-label="Notices">' in shown


def test_it_is_seen_before_any_edition_is_in_force(client):
    pin()
    assert "The duty line is down." in page(client, "/")


def test_a_notice_over_a_chapter_stands_on_its_page_and_is_marked_in_the_contents(
    client, published, chapters
):
    pin("This chapter is under review until September.", chapter=chapters["referral"])
    for address in ("/chapters/referral/", "/editions/1/chapters/referral/"):
        shown = page(client, address)
        assert "Notice about this chapter:" in shown
        assert "under review until September" in shown
    for address in ("/chapters/assessment/", "/", "/editions/1/contents/", "/keywords/"):
        assert "under review until September" not in page(client, address)
    contents = page(client, "/")
    assert contents.count("notice-mark") == 1
    row = contents[contents.index('id="referral"') : contents.index('id="assessment"')]
    assert "notice-mark" in row


def test_a_notice_comes_down_by_itself(client, published, time_machine):
    pin()
    time_machine.move_to(timezone.now() + DAY - timedelta(seconds=5), tick=False)
    assert "duty line" in page(client, "/")
    time_machine.shift(10)
    assert "duty line" not in page(client, "/")


def test_a_notice_that_is_taken_down_is_gone_at_once(client, published):
    notice = pin()
    assert "duty line" in page(client, "/chapters/referral/")
    workflow.take_down(notice, by=None)
    assert "duty line" not in page(client, "/chapters/referral/")


def test_the_newest_notice_stands_first(client, published, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    pin("The first.")
    time_machine.shift(60)
    pin("The second.")
    shown = page(client, "/")
    assert shown.index("The second.") < shown.index("The first.")


def test_a_page_kept_by_the_browser_is_asked_for_anew(client, published):
    before = client.get("/chapters/referral/")
    assert "no-cache" in before["Cache-Control"]
    pin()
    after = client.get("/chapters/referral/", headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert "duty line" in after.content.decode()


def test_words_are_words_and_never_markup(client, published):
    pin('<script>alert("x")</script> & [a](http://example.org) 01632 960100<b>')
    shown = page(client, "/")
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; [a](http://example.org)" in shown
    assert "</a>&lt;b&gt;" in shown


@pytest.mark.parametrize(
    ("words", "number", "rung"),
    [
        ("Ring 01632 960100.", "01632 960100", "01632960100"),
        ("Ring (01632) 960 100 now", "(01632) 960 100", "01632960100"),
        ("Ring +44 1632 960100, please", "+44 1632 960100", "+441632960100"),
        ("Ring 0808 157 0999", "0808 157 0999", "08081570999"),
        ("01632-960-100 or 999", "01632-960-100", "01632960100"),
    ],
)
def test_a_telephone_number_can_be_rung(words, number, rung):
    shown = with_telephones(words)
    assert f'<a class="telephone" href="tel:{rung}">{number}</a>' in shown
    assert shown.count("<a") == 1


@pytest.mark.parametrize(
    "words",
    ["999", "Until 1 June 2026 at 09:30", "Case 2026/0163296010", "Room 0163", "ID X01632960100Y", ""],
)
def test_other_numbers_stay_as_they_are(words):
    assert with_telephones(words) == words
