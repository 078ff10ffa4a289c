"""An edition in the admin: gathered, shown on one page before anybody reads it, published, and kept on record."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from manual import workflow
from manual.admin.composing import moment_said
from manual.admin.confirmation import Confirmation
from manual.models import Amendment, Chapter, Edition, Manual
from tests.editions.test_histories import every_row
from tests.manual_maker import (
    DAY,
    FAR_AHEAD,
    LONG_AGO,
    agreed,
    approved,
    first_edition,
    grow,
    meaning,
    submitted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def chapters() -> dict[str, Chapter]:
    chapters = grow("""
        core
            referral
            assessment
        health
            bruising
    """)
    first_edition(chapters)
    return chapters


@pytest.fixture
def desk(client: Client, approver: User) -> Client:
    """An approver who is signed in."""
    client.force_login(approver)
    return client


def address(name: str, edition: Edition | None = None) -> str:
    return reverse(f"admin:manual_edition_{name}", args=[edition.pk] if edition else [])


def words(**changed: Any) -> dict[str, Any]:
    """A filled-in page of an edition in preparation."""
    return {"name": "", "notes": "", "kind": "ordinary", "when": "now", **changed}


def said_by(response: Any) -> str:
    """What a page says, without mark-up."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def seal(response: Any) -> str:
    return response.context["seen"]


def prepared(by: User, *amendments: Amendment, **words: Any) -> Edition:
    return workflow.compose(None, by=by, words=words, amendments=amendments)


# --- The list ------------------------------------------------------------------------------------------------


def test_those_in_preparation_stand_first_and_those_given_up_last(
    desk: Client, approver: User, chapters: dict[str, Chapter]
) -> None:
    workflow.give_up(prepared(approver, name="Thought better of"), by=approver)
    prepared(approver, agreed(chapters["referral"]), name="Autumn")
    workflow.publish(by=approver, amendments=[agreed(chapters["bruising"])], effective_at=FAR_AHEAD)
    page = said_by(desk.get(address("changelist")))
    order = ["Autumn", "Edition 2", "Edition 1", "Thought better of"]
    assert sorted(order, key=page.index) == order
    for words in ("In preparation", "Scheduled", "In force", "Given up", "1 text", "5 texts, arrangement"):
        assert words in page
    assert "4 January 2100 at 09:00" in page
    assert "Begin an edition" in page


def test_the_list_makes_the_same_queries_for_many_editions(
    desk: Client, approver: User, chapters: dict[str, Chapter], django_assert_max_num_queries: Any
) -> None:
    for n in range(20):
        workflow.publish(by=None, rearrange=True, at=LONG_AGO + (n + 1) * DAY)
    with django_assert_max_num_queries(14):
        desk.get(address("changelist"))


# --- In preparation -----------------------------------------------------------------------------------------


def test_an_approver_begins_an_edition_with_what_is_approved(
    desk: Client, approver: User, editor: User, chapters: dict[str, Chapter]
) -> None:
    people = {"author": editor, "approver": approver}
    referral = approved(chapters["referral"], note="Within a day.", **people)
    bruising = approved(chapters["bruising"], **people)
    submitted(chapters["assessment"], author=editor)
    lado = meaning("lado")
    page = desk.get(address("add"))
    assert page.status_code == 200
    shown = said_by(page)
    assert (
        "1.1 Referral" in shown
        and "Within a day." in shown
        and "Written by editor, approved by approver" in shown
    )
    assert "Assessment" not in shown, "it is not approved"
    response = desk.post(
        address("add"),
        words(name=" Autumn ", notes="Shorter.", amendments=[referral.pk], definitions=[lado.pk], _save=""),
    )
    edition = Edition.objects.in_preparation().get()
    assert response.headers["Location"] == address("change", edition)
    assert (edition.name, edition.notes, edition.effective_at) == ("Autumn", "Shorter.", None)
    assert [*edition.amendments.all()] == [referral]
    assert [*edition.definitions.all()] == [lado]
    again = desk.get(address("change", edition)).content.decode()
    assert f'value="{referral.pk}" id="amendments-{referral.pk}" checked' in again
    assert f'value="{bruising.pk}" id="amendments-{bruising.pk}">' in again


def test_check_and_confirm_saves_and_leads_to_the_confirmation(
    desk: Client, approver: User, chapters: dict[str, Chapter]
) -> None:
    edition = prepared(approver)
    referral = agreed(chapters["referral"])
    shown = workflow.edition_mark(edition)
    response = desk.post(address("change", edition), words(shown=shown, amendments=[referral.pk], _check=""))
    assert response.headers["Location"] == address("confirm", edition)
    assert [*edition.amendments.all()] == [referral]


def test_what_cannot_go_in_is_shown_with_the_reason(
    desk: Client, approver: User, chapters: dict[str, Chapter]
) -> None:
    in_force = chapters["referral"].amendments.get()
    old = agreed(chapters["referral"], title="Referral by letter")
    workflow.publish(by=None, amendments=[agreed(chapters["referral"], based_on=in_force)], at=LONG_AGO + DAY)
    planned = agreed(chapters["bruising"])
    workflow.publish(by=approver, amendments=[planned], effective_at=FAR_AHEAD)
    later = agreed(chapters["bruising"], title="Bruises in babies")
    elsewhere = agreed(chapters["assessment"], title="Assessments")
    prepared(approver, elsewhere, name="Other")
    page = desk.get(address("add"))
    shown = said_by(page)
    assert "has changed since. It has to be returned to its author" in shown
    assert "It goes on from Edition 3, which takes effect on 4 January 2100 at 09:00" in shown
    assert "It is in another edition: Other (in preparation)" in shown
    for version in (old, later, elsewhere):
        assert f'id="amendments-{version.pk}"' not in page.content.decode()


def test_what_does_not_fit_any_more_can_be_taken_out(
    desk: Client, approver: User, chapters: dict[str, Chapter]
) -> None:
    old = agreed(chapters["referral"])
    edition = prepared(approver, old)
    workflow.publish(by=None, amendments=[agreed(chapters["referral"])], at=LONG_AGO + DAY)
    page = desk.get(address("change", edition))
    assert f'id="amendments-{old.pk}" checked' in page.content.decode()
    assert "What it was written from has changed since" in said_by(page)
    desk.post(address("change", edition), words(shown=workflow.edition_mark(edition), _save=""))
    assert not edition.amendments.exists()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"when": "later"}, "Choose the date"),
        ({"when": "later", "day": "2099-01-01"}, "Choose the time"),
        ({"when": "later", "day": "2020-01-01", "clock": "09:00"}, "1 January 2020 at 09:00 is past"),
        ({"when": "later", "day": "2099-03-29", "clock": "01:30"}, "There is no 01:30 on that day"),
        ({"when": "later", "day": "2099-10-25", "clock": "01:30"}, "The clocks show 01:30 twice"),
        ({"when": "later", "day": "soon", "clock": "noon"}, "Enter a valid date"),
        ({"when": "whenever"}, "Select a valid choice"),
        ({"kind": "monthly"}, "Select a valid choice"),
        ({"kind": "urgent", "rearranges": "on"}, "Only an ordinary edition"),
        ({"name": "x" * 201}, "at most 200 characters"),
        ({"amendments": ["x"]}, "Something on this list is not approved any more"),
        ({"amendments": ["999999"]}, "Something on this list is not approved any more"),
        ({"amendments": ["9" * 40]}, "Something on this list is not approved any more"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_saved(
    desk: Client, chapters: dict[str, Chapter], changed: dict[str, Any], says: str
) -> None:
    response = desk.post(address("add"), words(notes="What I typed.", **changed, _save=""))
    assert response.status_code == 200
    assert says in said_by(response)
    assert "What I typed." in said_by(response)
    assert not Edition.objects.in_preparation().exists()


@pytest.mark.parametrize(
    ("day", "clock", "utc"),
    [
        ("2099-01-10", "09:00", "09:00+00:00"),
        ("2099-07-10", "09:00", "08:00+00:00"),
        ("2099-03-29", "02:00", "01:00+00:00"),
    ],
)
def test_the_moment_is_london_time(desk: Client, day: str, clock: str, utc: str) -> None:
    desk.post(address("add"), words(when="later", day=day, clock=clock, _save=""))
    edition = Edition.objects.in_preparation().get()
    assert edition.effective_at.isoformat() == f"{day}T{utc[:5]}:00{utc[5:]}"
    page = desk.get(address("change", edition)).content.decode()
    assert f'value="{day}"' in page and f'value="{clock}"' in page


def test_a_page_that_a_colleague_saved_meanwhile_says_so_and_keeps_both(
    desk: Client, approver: User, administrator: User, chapters: dict[str, Chapter]
) -> None:
    edition = prepared(approver, name="Autumn")
    shown = workflow.edition_mark(edition)
    workflow.compose(
        edition, by=administrator, words={"name": "Winter"}, amendments=[agreed(chapters["referral"])]
    )
    response = desk.post(address("change", edition), words(name="Harvest", shown=shown, _save=""))
    assert response.status_code == 409
    page = said_by(response)
    assert "administrator saved it on" in page
    assert "Winter" in page and "What goes in: amendments Referral" in page
    assert 'value="Harvest"' in response.content.decode()
    edition.refresh_from_db()
    assert edition.name == "Winter"
    # Told, they may go on with their own.
    fresh = response.context["form"]["shown"].value()
    assert (
        desk.post(address("change", edition), words(name="Harvest", shown=fresh, _save="")).status_code == 302
    )
    edition.refresh_from_db()
    assert edition.name == "Harvest"


def test_a_stale_page_of_an_edition_that_is_published_saves_nothing(
    desk: Client, approver: User, chapters: dict[str, Chapter]
) -> None:
    edition = prepared(approver, agreed(chapters["referral"]), name="Autumn")
    workflow.publish(by=approver, edition=edition, seen=workflow.rehearse(edition, by=approver).plan)
    response = desk.post(address("change", edition), words(name="Winter", _save=""), follow=True)
    assert "Nothing was saved. Edition 2 was published by approver on" in said_by(response)
    edition.refresh_from_db()
    assert edition.name == "Autumn"


def test_an_edition_is_given_up_with_a_reason(
    desk: Client, approver: User, chapters: dict[str, Chapter]
) -> None:
    referral = agreed(chapters["referral"])
    edition = prepared(approver, referral)
    page = desk.post(address("give_up", edition), {"give_up-why": "Not this year."}, follow=True)
    assert "Given up. What was gathered for it is free" in said_by(page)
    assert "Not this year." in said_by(page)
    assert desk.get(address("give_up", edition)).status_code == 405
    again = desk.post(address("give_up", edition), {}, follow=True)
    assert "was given up" in said_by(again)
    assert Amendment.objects.get(pk=referral.pk).edition is None
    assert "was given up on" in said_by(desk.get(address("confirm", edition), follow=True))


# --- The confirmation page ----------------------------------------------------------------------------------


def test_the_confirmation_page_shows_everything_before_anybody_reads_it(
    desk: Client, approver: User, editor: User, chapters: dict[str, Chapter]
) -> None:
    people = {"author": editor, "approver": approver}
    schools = Chapter.objects.add("schools", parent=chapters["core"])
    workflow.move(schools, by=approver, under=chapters["core"])
    workflow.move(chapters["assessment"], by=approver, under=chapters["health"], after=chapters["bruising"])
    edition = workflow.compose(
        None,
        by=approver,
        words={
            "name": "Autumn",
            "notes": "The autumn edition.",
            "rearranges": True,
            "agreed_by": "Procedures Group",
            "minute": "7.2",
        },
        amendments=[
            approved(schools, note="Schools now have their own.", text="What schools do.", **people),
            approved(
                chapters["referral"], title="Referrals", text="What to do at once about referral.",
                note="At once.", **people,
            ),
            approved(
                chapters["bruising"], significance="withdrawn", successor=schools,
                note="Now in Schools.", text="What to do about bruising.", **people,
            ),
        ],
        definitions=[meaning("lado", note="A new word.")],
    )  # fmt: skip
    before = every_row()
    response = desk.get(address("confirm", edition))
    assert every_row() == before
    page = said_by(response)
    for words in (
        "Edition 2: Autumn",
        "Edition 2, ordinary, takes effect when you publish it.",
        "1 chapter is new, 1 chapter changes, 1 chapter is withdrawn, 1 keyword is new, 1 chapter moves and "
        "2 chapters get another number.",
        "It follows Edition 1.",
        "The autumn edition.",
        "Agreed by Procedures Group, minute 7.2.",
        "1.1 Schools",
        "Schools now have their own.",
        "Under 1 Core.",
        "What schools do.",
        "Readers see it marked New.",
        "1.2 Referrals",
        "Readers see it marked Updated.",
        "at once",
        "Now in Schools. See instead 1.1 Schools.",
        "LADO",
        "A new word.",
        "What lado means.",
        "Assessment after 1.1 Referral, under 1 Core after 2.1 Bruising, under 2 Health",
        "Referrals 1.1 1.2",
        "Assessment 1.2 2.2",
        "Everybody who reads the manual.",
        "2 chapters are marked New or Updated",
        "this site sends no e-mail",
        "Written by editor, approved by approver",
        "Publish this edition now",
    ):
        assert words in page, words
    assert "<ins" in response.content.decode()
    assert "chapter:" not in response.content.decode()


def test_readers_get_exactly_what_the_page_showed(
    desk: Client, approver: User, chapters: dict[str, Chapter]
) -> None:
    edition = prepared(approver, agreed(chapters["referral"], text="At once."))
    page = desk.get(address("confirm", edition))
    response = desk.post(address("confirm", edition), {"seen": seal(page)})
    assert response.headers["Location"] == address("change", edition)
    record = said_by(desk.get(address("change", edition)))
    assert "Edition 2 is published and in force" in record
    assert "The remedy for a mistake in it is another edition" in record
    assert "At once." in said_by(Client().get("/chapters/referral/"))


def test_a_scheduled_edition_says_when_and_with_which_clock(
    desk: Client, approver: User, chapters: dict[str, Chapter]
) -> None:
    edition = prepared(approver, agreed(chapters["referral"]), effective_at=FAR_AHEAD + 180 * DAY)
    page = desk.get(address("confirm", edition))
    assert "takes effect on 3 July 2100 at 10:00, London time (BST)" in said_by(page)
    assert "Schedule this edition" in said_by(page)
    record = desk.post(address("confirm", edition), {"seen": seal(page)}, follow=True)
    assert "Edition 2 is scheduled. It takes effect on 3 July 2100 at 10:00, London time (BST)." in said_by(
        record
    )
    assert "Take it back" in said_by(record)


def test_a_text_that_is_in_two_areas_says_whom_it_reaches(
    desk: Client, approver: User, chapters: dict[str, Chapter]
) -> None:
    Manual(areas={"kent": "Kent", "medway": "Medway"}).save()
    edition = prepared(approver, agreed(chapters["referral"], areas=["kent"]))
    page = said_by(desk.get(address("confirm", edition)))
    assert "Readers in Kent: 1 change for them alone." in page
    assert "Everybody who reads" not in page
    assert "Applies in" in page


def test_references_that_would_break_keep_it_back_and_lead_to_where_they_stand(
    desk: Client, approver: User, chapters: dict[str, Chapter]
) -> None:
    target = agreed(chapters["referral"], text="## How {: #how }\n\nBy telephone.\n")
    referring = agreed(chapters["assessment"], text="See [](chapter:referral#how).")
    workflow.publish(by=None, amendments=[target, referring], at=LONG_AGO + DAY)
    edition = prepared(approver, agreed(chapters["referral"], text="By letter."))
    response = desk.get(address("confirm", edition))
    page = said_by(response)
    assert "It cannot be published as it is" in page
    assert "“Assessment” refers to “chapter:referral#how”, which would not be there." in page
    assert (
        reverse("admin:manual_chapter_change", args=[chapters["assessment"].pk]) in response.content.decode()
    )
    assert 'name="seen"' not in response.content.decode()
    # Nor by whoever has such a form from somewhere.
    assert desk.post(address("confirm", edition), {"seen": "x"}).status_code == 200
    assert Edition.objects.published().count() == 2


def test_an_urgent_edition_says_what_it_takes_out_and_what_it_leaves_empty(
    desk: Client, approver: User, editor: User, chapters: dict[str, Chapter]
) -> None:
    in_force = chapters["referral"].amendments.get()
    planned = approved(chapters["referral"], author=editor, approver=approver, title="Planned referrals")
    spring = workflow.publish(by=approver, amendments=[planned], effective_at=FAR_AHEAD).edition
    edition = prepared(approver, agreed(chapters["referral"], based_on=in_force), kind="urgent")
    response = desk.get(address("confirm", edition))
    page = said_by(response)
    assert "go back to their authors" in page and "Planned referrals , by editor" in page
    assert "Nothing would be left in Edition" in page
    assert address("unschedule", spring) in response.content.decode()
    assert "It follows Edition 1, and comes before what is scheduled: Edition 2 becomes Edition 3." in page


def test_what_moved_is_named_and_the_page_shows_the_new_state(
    desk: Client, approver: User, editor: User, chapters: dict[str, Chapter]
) -> None:
    people = {"author": editor, "approver": approver}
    referral = approved(chapters["referral"], **people)
    edition = prepared(approver, referral, approved(chapters["bruising"], **people))
    page = desk.get(address("confirm", edition))
    workflow.return_to_author(referral, by=approver, why="A slip.")
    response = desk.post(address("confirm", edition), {"seen": seal(page)})
    assert response.status_code == 409
    said = said_by(response)
    assert "Nothing was published, because something changed after this page was shown" in said
    assert "“Referral” is not in this edition any more: it was returned or taken out." in said
    assert "1 chapter changes." in said
    assert Edition.objects.published().count() == 1
    # The page that says so can be confirmed.
    assert desk.post(address("confirm", edition), {"seen": seal(response)}).status_code == 302
    assert Edition.objects.published().count() == 2


def test_the_page_names_the_moment_that_is_published_though_it_was_changed_while_the_page_was_made(
    approver: User, editor: User, chapters: dict[str, Chapter]
) -> None:
    first, second = (timezone.now() + timedelta(days=days) for days in (2, 3))
    edition = prepared(
        approver, approved(chapters["referral"], author=editor, approver=approver), effective_at=first
    )
    read_before = Edition.objects.get(pk=edition.pk)
    workflow.change_edition(edition, by=approver, effective_at=second)
    page = Confirmation(read_before, workflow.rehearse(read_before, by=approver))
    assert page.moment == moment_said(second)
    workflow.change_edition(edition, by=approver, effective_at=None)
    assert Confirmation(read_before, workflow.rehearse(read_before, by=approver)).moment == ""


@pytest.mark.parametrize("seen", ["", "x", "a:b:c", "☃", "x" * 5000])
def test_a_form_that_was_not_the_pages_own_publishes_nothing(
    desk: Client, approver: User, chapters: dict[str, Chapter], seen: str
) -> None:
    edition = prepared(approver, agreed(chapters["referral"]))
    response = desk.post(address("confirm", edition), {"seen": seen})
    assert "The page you came from was not complete, so nothing was published" in said_by(response)
    assert Edition.objects.published().count() == 1


def test_what_another_person_or_edition_was_shown_is_not_enough(
    desk: Client, approver: User, administrator: User, chapters: dict[str, Chapter]
) -> None:
    edition = prepared(approver, agreed(chapters["referral"]))
    other = prepared(approver, agreed(chapters["bruising"]))
    theirs = Client()
    theirs.force_login(administrator)
    for seen in (
        seal(theirs.get(address("confirm", edition))),
        seal(desk.get(address("confirm", other))),
    ):
        assert "not complete" in said_by(desk.post(address("confirm", edition), {"seen": seen}))
    assert Edition.objects.published().count() == 1


def test_a_second_click_and_the_back_button_lead_to_the_record(
    desk: Client, approver: User, chapters: dict[str, Chapter]
) -> None:
    edition = prepared(approver, agreed(chapters["referral"]))
    page = desk.get(address("confirm", edition))
    assert "no-store" in page.headers["Cache-Control"]
    desk.post(address("confirm", edition), {"seen": seal(page)})
    before = Edition.objects.published().count()
    again = desk.post(address("confirm", edition), {"seen": seal(page)}, follow=True)
    assert "Nothing more was done. Edition 2 was published by approver on" in said_by(again)
    back = desk.get(address("confirm", edition), follow=True)
    assert "Nothing more was done" in said_by(back)
    assert Edition.objects.published().count() == before == 2


def test_a_text_that_nobody_but_its_author_saw_is_said_before_and_after_to_everybody(
    desk: Client, approver: User, chapters: dict[str, Chapter]
) -> None:
    Manual(self_approval=True).save()
    alone = approved(chapters["referral"], author=approver, approver=approver)
    edition = workflow.compose(
        None, by=approver, words={"agreed_by": "The board", "minute": "4"}, amendments=[alone]
    )
    page = desk.get(address("confirm", edition))
    assert "Nobody but their authors has seen “Referral”" in said_by(page)
    record = desk.post(address("confirm", edition), {"seen": seal(page)}, follow=True)
    says = "The board allowed authors to approve their own texts: nobody but its author saw “Referral”"
    assert says in said_by(record)
    public = said_by(Client().get("/editions/2/"))
    assert says in public
    assert "Agreed by The board, minute 4." in public
    first = said_by(Client().get("/editions/1/"))
    assert "nobody but its author" not in first and "Agreed by" not in first


def test_the_confirmation_page_makes_the_same_queries_for_few_and_many_changes(
    desk: Client, approver: User, editor: User, django_assert_max_num_queries: Any
) -> None:
    chapters = grow("core\n" + "".join(f"    chapter-{n}\n" for n in range(30)))
    first_edition(chapters)
    people = {"author": editor, "approver": approver}
    amendments = [approved(chapter, **people) for slug, chapter in chapters.items() if slug != "core"]
    edition = prepared(approver, *amendments)
    with django_assert_max_num_queries(90):
        desk.get(address("confirm", edition))
    with django_assert_max_num_queries(40):
        desk.get(address("change", edition))


# --- A correction, quickly ----------------------------------------------------------------------------------


def test_a_correction_is_two_clicks_from_readers(
    desk: Client, approver: User, editor: User, chapters: dict[str, Chapter]
) -> None:
    correction = approved(
        chapters["referral"], author=editor, approver=approver, significance="correction",
        text="What to do about a referral.",
    )  # fmt: skip
    quick = reverse("admin:manual_edition_publish_correction", args=[correction.pk])
    assert desk.get(quick).status_code == 405
    response = desk.post(quick)
    edition = Edition.objects.in_preparation().get()
    assert response.headers["Location"] == address("confirm", edition)
    assert desk.post(quick).headers["Location"] == address("confirm", edition), "clicked twice"
    page = desk.get(address("confirm", edition))
    assert (
        "Edition 2, corrections only, takes effect when you publish it. 1 chapter is corrected."
        in said_by(page)
    )
    assert "nothing is marked New or Updated" in said_by(page)
    desk.post(address("confirm", edition), {"seen": seal(page)})
    assert "What to do about a referral." in said_by(Client().get("/chapters/referral/"))
    again = desk.post(quick)
    assert again.headers["Location"] == reverse("admin:manual_amendment_change", args=[correction.pk])


def test_the_quick_way_is_for_corrections_that_are_there(desk: Client, chapters: dict[str, Chapter]) -> None:
    amendment = agreed(chapters["referral"])
    response = desk.post(reverse("admin:manual_edition_publish_correction", args=[amendment.pk]))
    assert response.headers["Location"] == reverse("admin:manual_amendment_change", args=[amendment.pk])
    for key in (0, 999_999, "x", "9" * 30):
        gone = desk.post(reverse("admin:manual_edition_publish_correction", args=[key]))
        assert gone.status_code == 404
    assert not Edition.objects.in_preparation().exists()


# --- On record and back --------------------------------------------------------------------------------------


def test_a_scheduled_edition_is_taken_back_with_a_reason(
    desk: Client, approver: User, chapters: dict[str, Chapter]
) -> None:
    edition = workflow.publish(
        by=approver, amendments=[agreed(chapters["referral"])], effective_at=FAR_AHEAD, name="Spring"
    ).edition
    page = desk.get(address("unschedule", edition))
    assert "It is scheduled for 4 January 2100 at 09:00, London time (GMT)" in said_by(page)
    assert desk.post(address("unschedule", edition), {"why": " "}).status_code == 200
    assert Edition.objects.scheduled().exists(), "without a reason nothing happens"
    record = said_by(desk.get(address("change", edition)))
    assert "Scheduled on" in record and "Published" not in record
    done = desk.post(address("unschedule", edition), {"why": "The law is late."}, follow=True)
    assert "Edition 2 was taken back" in said_by(done)
    assert "The law is late." in said_by(done)
    assert Edition.objects.in_preparation().get().amendments.count() == 1
    again = desk.get(address("unschedule", edition), follow=True)
    assert "This edition is not published." in said_by(again)


def test_an_edition_in_force_cannot_be_taken_back(
    desk: Client, approver: User, chapters: dict[str, Chapter]
) -> None:
    edition = workflow.publish(
        by=approver,
        amendments=[agreed(chapters["referral"])],
        effective_at=timezone.now() + timedelta(hours=1),
    ).edition
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        page = desk.post(address("unschedule", edition), {"why": "Too late."}, follow=True)
        assert "Edition 2 has taken effect. Put it right with another edition." in said_by(page)
        assert Edition.objects.in_force() == edition


def test_what_a_later_edition_needs_is_not_taken_back_and_the_page_says_why(
    desk: Client, approver: User, chapters: dict[str, Chapter]
) -> None:
    edition = workflow.publish(
        by=approver, amendments=[agreed(chapters["referral"])], effective_at=FAR_AHEAD
    ).edition
    workflow.publish(by=approver, amendments=[agreed(chapters["referral"])], effective_at=FAR_AHEAD + DAY)
    page = desk.post(address("unschedule", edition), {"why": "No."})
    assert "A later edition goes on from this one, so take that back first." in said_by(page)


def test_the_record_says_what_it_changed_and_which_numbers(
    desk: Client, approver: User, chapters: dict[str, Chapter]
) -> None:
    workflow.move(chapters["assessment"], by=approver, under=chapters["core"])
    edition = workflow.publish(
        by=approver, amendments=[agreed(chapters["referral"], note="At once.")], rearrange=True, minute="7.2",
    ).edition  # fmt: skip
    record = said_by(desk.get(address("change", edition)))
    for words in (
        "In force",
        "At once.",
        "Referral 1.1 1.2",
        "Assessment 1.2 1.1",
        "minute 7.2",
        "Published",
    ):
        assert words in record, words


# --- Who may ------------------------------------------------------------------------------------------------

PAGES = ["add", "confirm", "unschedule", "give_up"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_editor_prepares_and_publishes_nothing(
    client: Client, approver: User, editor: User, chapters: dict[str, Chapter], page: str, method: str
) -> None:
    edition = prepared(approver, agreed(chapters["referral"]))
    client.force_login(editor)
    before = every_row()
    where = address(page, None if page == "add" else edition)
    assert getattr(client, method)(where).status_code == 403
    assert every_row() == before


def test_an_editor_sees_the_record_without_buttons(
    client: Client, approver: User, editor: User, chapters: dict[str, Chapter]
) -> None:
    edition = prepared(approver, agreed(chapters["referral"]), name="Autumn")
    scheduled = workflow.publish(
        by=approver, amendments=[agreed(chapters["bruising"])], effective_at=FAR_AHEAD
    ).edition
    client.force_login(editor)
    assert "Begin an edition" not in said_by(client.get(address("changelist")))
    for which in (edition, scheduled):
        page = client.get(address("change", which))
        assert page.status_code == 200
        assert "Take it back" not in said_by(page)
        assert not re.search(
            r'<form[^>]*method="post"(?![^>]*logout)', page.content.decode().replace("logout-form", "logout")
        )
    assert client.post(address("change", edition), words(name="Mine", _save="")).status_code == 403
    quick = reverse("admin:manual_edition_publish_correction", args=[agreed(chapters["assessment"]).pk])
    assert client.post(quick).status_code == 403


def test_a_visitor_is_asked_to_sign_in(client: Client, approver: User, chapters: dict[str, Chapter]) -> None:
    edition = prepared(approver, agreed(chapters["referral"]))
    for page in ("changelist", "add", "change", "confirm", "unschedule"):
        response = client.get(address(page, None if page in ("changelist", "add") else edition))
        assert response.status_code == 302 and "/admin/login/" in response.headers["Location"]


@pytest.mark.parametrize("key", ["0", "999999", "x", "9" * 30])
def test_an_edition_that_is_not_there_is_a_page_that_says_so(desk: Client, key: str) -> None:
    for name in ("change", "confirm", "unschedule"):
        assert desk.get(reverse(f"admin:manual_edition_{name}", args=[key])).status_code == 404


@pytest.fixture
def make_every_page(desk: Client, approver: User, chapters: dict[str, Chapter]) -> Callable[[], list[str]]:
    def pages() -> list[str]:
        edition = prepared(approver, agreed(chapters["referral"]))
        scheduled = workflow.publish(
            by=approver, amendments=[agreed(chapters["bruising"])], effective_at=FAR_AHEAD
        ).edition
        return [
            address("add"),
            address("change", edition),
            address("confirm", edition),
            address("change", scheduled),
            address("unschedule", scheduled),
        ]

    return pages


def test_no_page_holds_a_style_a_script_or_a_word_that_editors_do_not_use(
    desk: Client, make_every_page: Callable[[], list[str]]
) -> None:
    for page in make_every_page():
        html = desk.get(page).content.decode()
        main = html[html.index('id="content"') : html.index("</main>")]
        assert not re.search(r"\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)", main), page
        shown = said_by(desk.get(page)).lower()
        for word in (
            "manifest",
            "rebase",
            "redline",
            "markdown",
            "slug",
            "diff ",
            "merge",
            "conflict",
            "null",
            "none.",
        ):
            assert word not in shown, (page, word)
