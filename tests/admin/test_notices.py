"""A notice goes up in a minute by those who may, with an end, without an edition, and is on record."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from manual import workflow
from manual.models import Chapter, Contents, Edition, Event, Notice
from manual.workflow import NotPermitted, Refused
from tests.manual_maker import DAY, first_edition, grow
from tests.remembered import remembered

pytestmark = pytest.mark.django_db

LIST = "/admin/manual/notice/"
ADD = "/admin/manual/notice/add/"
NOON = datetime(2026, 9, 10, 11, tzinfo=UTC)  # noon in London
DOWN = "The duty line is down. Ring 01632 960100."


@pytest.fixture
def pinner(person: Callable[..., User]) -> User:
    return person("pinner", "pin_notice", "view_notice", is_staff=True, first_name="Bea", last_name="Example")


@pytest.fixture
def onlooker(person: Callable[..., User]) -> User:
    return person("onlooker", "view_notice", is_staff=True)


@pytest.fixture
@remembered
def chapters() -> dict[str, Chapter]:
    return grow("core\n    referral\n    assessment\n")


@pytest.fixture
@remembered
def published(chapters: dict[str, Chapter]) -> Edition:
    return first_edition(chapters)


@pytest.fixture
def at_noon(time_machine: Any) -> Any:
    time_machine.move_to(NOON, tick=False)
    return time_machine


def page(client: Any, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def london(notice: Notice) -> str:
    return workflow.said(notice.expires_at)


# --- Who -----------------------------------------------------------------------------------------------------


def test_who_may_see_notices_sees_them_but_pins_none(client, onlooker, published):
    notice = workflow.pin(by=None, words=DOWN, expires_at=timezone.now() + DAY)
    client.force_login(onlooker)
    shown = page(client, LIST)
    assert "The duty line is down" in shown
    assert "Pin a notice" not in shown
    assert "Take down" not in shown
    assert "Take it down" not in page(client, f"{LIST}{notice.pk}/change/")
    assert client.get(ADD).status_code == 403
    assert client.post(ADD, {"words": "Mine.", "until": "today", "pin": "yes"}).status_code == 403
    assert client.post(f"{LIST}{notice.pk}/take-down/").status_code == 403
    assert [each.words for each in Notice.objects.up()] == [DOWN]


def test_who_may_not_see_notices_is_refused(client, person, published):
    notice = workflow.pin(by=None, words=DOWN, expires_at=timezone.now() + DAY)
    client.force_login(person("visitor", is_staff=True))
    for address in (LIST, ADD, f"{LIST}{notice.pk}/change/"):
        assert client.get(address).status_code == 403


def test_the_verbs_refuse_whoever_may_not_pin(onlooker):
    with pytest.raises(NotPermitted):
        workflow.pin(by=onlooker, words=DOWN, expires_at=timezone.now() + DAY)
    notice = workflow.pin(by=None, words=DOWN, expires_at=timezone.now() + DAY)
    with pytest.raises(NotPermitted):
        workflow.take_down(notice, by=onlooker)
    assert Notice.objects.up().count() == 1


def test_nobody_changes_or_deletes_a_notice(client, administrator, published):
    notice = workflow.pin(by=None, words=DOWN, expires_at=timezone.now() + DAY)
    client.force_login(administrator)
    assert client.post(f"{LIST}{notice.pk}/change/", {"words": "Other."}).status_code == 403
    assert client.post(f"{LIST}{notice.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"{LIST}{notice.pk}/take-down/").status_code == 405
    assert client.post(f"{LIST}987654/take-down/").status_code == 404
    assert Notice.objects.get().words == DOWN


# --- Pinning -------------------------------------------------------------------------------------------------


def test_an_approver_pins_a_notice_over_every_page_and_readers_see_it_at_once(client, pinner, published):
    client.force_login(pinner)
    response = client.post(
        ADD, {"words": f"  {DOWN}\r\n Thank you. ", "where": "", "until": "week", "pin": "yes"}
    )
    assert (response.status_code, response["Location"]) == (302, LIST)
    notice = Notice.objects.get()
    assert notice.words == f"{DOWN} Thank you."
    assert (notice.chapter, notice.pinned_by) == (None, pinner)
    assert "The duty line is down." in page(client, "/")
    event = Event.objects.get(notice=notice)
    assert (event.verb, event.by) == ("pin", pinner)
    assert event.what == f"{DOWN} Thank you. (over every page, until {london(notice)})"
    assert Edition.objects.count() == 1


def test_an_approver_pins_a_notice_over_one_chapter(client, pinner, published, chapters):
    client.force_login(pinner)
    key = chapters["referral"].pk
    assert f'<option value="{key}" selected>' in page(client, f"{ADD}?chapter={key}")
    client.post(ADD, {"words": "Under review.", "where": key, "until": "today", "pin": "yes"})
    assert Notice.objects.get().chapter == chapters["referral"]
    assert "Under review." in page(client, "/chapters/referral/")
    assert "“Referral”" in Event.objects.get(verb="pin").what
    assert "“1.1 Referral”" in page(client, LIST)


@pytest.mark.parametrize(
    ("fields", "until"),
    [
        ({"until": "today"}, "10 September 2026 at 23:59"),
        ({"until": "week"}, "17 September 2026 at 23:59"),
        ({"until": "month"}, "30 September 2026 at 23:59"),
        ({"until": "other", "day": "2026-09-12"}, "12 September 2026 at 23:59"),
        ({"until": "other", "day": "2026-09-10", "at": "14:30"}, "10 September 2026 at 14:30"),
        ({"until": "other", "day": "2026-12-01", "at": "09:00"}, "1 December 2026 at 09:00"),
    ],
)
def test_a_notice_ends_when_the_form_says_in_london(client, pinner, published, at_noon, fields, until):
    client.force_login(pinner)
    assert "Until 30 September 2026" in page(client, ADD)
    assert client.post(ADD, {"words": DOWN, "pin": "yes", **fields}).status_code == 302
    assert london(Notice.objects.get()) == until


def test_late_in_a_month_the_end_of_the_next_is_offered(client, pinner, published, at_noon):
    at_noon.move_to(NOON + 18 * DAY, tick=False)
    client.force_login(pinner)
    assert "Until 31 October 2026" in page(client, ADD)
    at_noon.move_to(datetime(2026, 12, 28, 12, tzinfo=UTC), tick=False)
    client.force_login(pinner)
    assert "Until 31 January 2027" in page(client, ADD)


def test_it_is_shown_as_readers_will_see_it_before_it_is_up(client, pinner, published, chapters):
    client.force_login(pinner)
    fields = {"words": "<b>Ring</b> 01632 960100", "where": chapters["referral"].pk, "until": "today"}
    response = client.post(ADD, {**fields, "preview": "yes"})
    shown = response.content.decode()
    assert response.status_code == 200
    assert "Notice about this chapter:" in shown
    assert '&lt;b&gt;Ring&lt;/b&gt; <a class="telephone" href="tel:01632960100">01632 960100</a>' in shown
    assert not Notice.objects.exists()
    assert "Ring" not in page(client, "/chapters/referral/")


@pytest.mark.parametrize(
    "bad",
    [
        {"words": ""}, {"words": "  "}, {"words": "x" * 301}, {"where": "987654"}, {"where": "x"}, {"until": ""},
        {"until": "never"}, {"until": "other"}, {"until": "other", "day": "31 February"},
        {"until": "other", "day": "2026-09-09"}, {"until": "other", "day": "2026-09-10", "at": "11:59"},
        {"until": "other", "day": "2026-09-11", "at": "25:00"}, {"until": "other", "day": "2036-09-11"},
        {"until": "today", "day": "2026-09-11"}, {"until": "other", "day": "2026-10-25", "at": "01:30"},
        {"until": "other", "day": "2027-03-28", "at": "01:30"}, {"until": "other", "day": "9999-12-31"},
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_and_nothing_is_pinned(client, pinner, published, at_noon, bad):
    client.force_login(pinner)
    response = client.post(ADD, {"words": DOWN, "until": "today", "pin": "yes", **bad})
    assert response.status_code == 422
    assert "Nothing is pinned yet" in response.content.decode()
    assert not Notice.objects.exists()


def test_a_part_of_the_contents_has_no_page_to_pin_a_notice_to(client, pinner, published, chapters):
    client.force_login(pinner)
    assert f'value="{chapters["core"].pk}"' not in page(client, ADD)
    with pytest.raises(Refused, match="no page of its own"):
        workflow.pin(by=None, words=DOWN, expires_at=timezone.now() + DAY, chapter=chapters["core"])


def test_two_clicks_pin_one_notice(client, pinner, published):
    client.force_login(pinner)
    fields = {"words": DOWN, "until": "today", "pin": "yes"}
    client.post(ADD, fields)
    response = client.post(ADD, fields)
    assert response.status_code == 422
    assert "This notice is up already." in response.content.decode()
    assert Notice.objects.count() == 1


@pytest.mark.parametrize("end", [timedelta(0), timedelta(seconds=-1), timedelta(days=367)])
def test_a_notice_ends_later_and_within_a_year(at_noon, end):
    with pytest.raises(Refused):
        workflow.pin(by=None, words=DOWN, expires_at=NOON + end)
    workflow.pin(by=None, words=DOWN, expires_at=NOON + timedelta(seconds=1))


# --- Down again ----------------------------------------------------------------------------------------------


def test_one_click_takes_a_notice_down_and_a_second_says_so(client, pinner, published):
    client.force_login(pinner)
    notice = workflow.pin(by=pinner, words=DOWN, expires_at=timezone.now() + DAY)
    response = client.post(f"{LIST}{notice.pk}/take-down/", follow=True)
    assert "The notice is taken down" in response.content.decode()
    assert "duty line" not in page(client, "/")
    response = client.post(f"{LIST}{notice.pk}/take-down/", follow=True)
    assert "This notice is not up any more." in response.content.decode()
    assert [event.verb for event in Event.objects.filter(notice=notice)] == ["pin", "take down"]
    shown = page(client, f"{LIST}{notice.pk}/change/")
    assert "Notice put up" in shown
    assert "Notice taken down" in shown
    assert "Take it down" not in shown


def test_the_list_tells_what_is_up_from_what_was(client, pinner, published, at_noon):
    client.force_login(pinner)
    workflow.pin(by=pinner, words="Soon over.", expires_at=NOON + timedelta(hours=1))
    workflow.pin(by=pinner, words="Here to stay.", expires_at=NOON + DAY)
    at_noon.move_to(NOON + timedelta(hours=2), tick=False)
    up, past = page(client, LIST).split("notices-past", 1)
    assert "Here to stay." in up
    assert "Bea Example" in up
    assert "Soon over." not in up
    assert "Soon over." in past
    assert "Here to stay." not in past


def test_past_notices_are_shown_a_page_at_a_time_with_a_fixed_number_of_queries(
    client, pinner, published, at_noon, chapters
):
    client.force_login(pinner)

    def queries() -> int:
        Contents.forget()
        with CaptureQueriesContext(connection) as captured:
            page(client, LIST)
        return len(captured)

    workflow.pin(
        by=pinner, words="First.", expires_at=NOON + timedelta(hours=1), chapter=chapters["referral"]
    )
    at_noon.move_to(NOON + timedelta(hours=2), tick=False)
    few = queries()
    for n in range(60):
        workflow.pin(
            by=pinner,
            words=f"Number {n}.",
            expires_at=NOON + timedelta(hours=3),
            chapter=chapters["referral"],
        )
    at_noon.move_to(NOON + timedelta(hours=4), tick=False)
    assert queries() == few
    assert "Number 59." in page(client, LIST)
    assert "First." not in page(client, LIST)
    assert "First." in page(client, f"{LIST}?page=2")
    assert "Number 59." in page(client, f"{LIST}?page=nonsense")


def test_a_notice_over_a_chapter_that_left_the_contents_is_still_named(client, pinner, chapters):
    client.force_login(pinner)
    workflow.pin(by=pinner, words=DOWN, expires_at=timezone.now() + DAY, chapter=chapters["referral"])
    assert "“referral”" in page(client, LIST)
    assert page(client, f"{LIST}{Notice.objects.get().pk}/change/")
    assert client.get(f"{LIST}987654/change/").status_code == 302
