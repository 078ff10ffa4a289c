"""The hard case, told as it happens: an urgent edition amends a chapter that a scheduled edition amends as well."""

from datetime import datetime

import pytest
from django.contrib.auth.models import User

from manual import workflow
from manual.models import Contents, Definition, Edition, Event, Status
from tests.manual_maker import DAY, FAR_AHEAD, approved, first_edition, grow, meaning, outline_of, words_of

pytestmark = pytest.mark.django_db


def page(slug: str, at: datetime) -> str:
    """The text that a reader finds on a chapter's page at a moment."""
    edition = Edition.objects.in_force(at)
    line = Contents(edition).by_slug[slug]
    return edition.amendments.model.objects.get(pk=line.amendment_id).text


def test_the_urgent_sentence_is_still_on_the_page_when_the_scheduled_edition_has_come(
    editor: User, approver: User
) -> None:
    # The manual is in force, and a colleague's revision of two chapters is scheduled for a month ahead.
    chapters = grow("""
        safeguarding
            referral
            assessment
    """)
    first_edition(chapters, at=FAR_AHEAD)
    people = {"author": editor, "approver": approver}
    planned = approved(chapters["referral"], text="Refer within a day.", note="Shorter.", **people)
    beside_it = approved(chapters["assessment"], text="Assess within a month.", note="Shorter.", **people)
    month_ahead = FAR_AHEAD + 30 * DAY
    spring = workflow.publish(
        by=approver,
        amendments=[planned, beside_it],
        rearrange=True,
        effective_at=month_ahead,
        at=FAR_AHEAD + DAY,
    ).edition
    assert spring.number == 2

    # A telephone number turns out to be wrong, and cannot wait for a month. It is put right from today's text.
    urgent = approved(
        chapters["referral"],
        based_on=planned.based_on,
        text="Refer within three days. Ring 03000 41 11 11.",
        note="The number was wrong.",
        **people,
    )
    publication = workflow.publish(by=approver, kind="urgent", amendments=[urgent], at=FAR_AHEAD + 2 * DAY)

    # Publishing says what it took out of the scheduled edition, which is now the third.
    assert publication.edition.number == 2
    assert publication.returned == [planned]
    spring.refresh_from_db()
    assert spring.number == 3
    planned.refresh_from_db()
    assert (planned.status, planned.edition, planned.sequence, planned.approver) == (
        Status.RETURNED,
        None,
        None,
        None,
    )
    event = Event.objects.filter(amendment=planned).last()
    assert (event.by, event.from_status, event.to_status) == (approver, "published", "returned")
    assert "urgent" in event.why

    # Readers see the urgent sentence at once …
    assert "03000 41 11 11" in page("referral", FAR_AHEAD + 2 * DAY)
    assert outline_of(publication.edition) == ["1 Safeguarding", "1.1 Referral (updated)", "1.2 Assessment"]
    # … and still when the clock has passed the scheduled edition, which brings the rest of what it was to bring.
    assert Edition.objects.in_force(month_ahead) == spring
    assert "03000 41 11 11" in page("referral", month_ahead)
    assert page("assessment", month_ahead) == "Assess within a month."
    assert outline_of(spring) == ["1 Safeguarding", "1.1 Referral", "1.2 Assessment (updated)"]

    # The colleague brings the revision up to date, telephone number and all; it goes out with a later edition.
    text = "Refer within a day. Ring 03000 41 11 11."
    workflow.revise(planned, by=editor, based_on=urgent, text=text)
    workflow.approve(workflow.submit(planned, by=editor), by=approver)
    workflow.publish(by=approver, amendments=[planned], at=month_ahead + DAY)
    assert page("referral", month_ahead + DAY) == text
    assert list(chapters["referral"].amendments.published().values_list("sequence", flat=True)) == [1, 2, 3]


def test_a_revision_that_is_not_brought_up_to_date_is_refused(editor: User, approver: User) -> None:
    chapters = grow("referral")
    first_edition(chapters, at=FAR_AHEAD)
    people = {"author": editor, "approver": approver}
    planned = approved(chapters["referral"], **people)
    workflow.publish(by=approver, amendments=[planned], effective_at=FAR_AHEAD + 30 * DAY, at=FAR_AHEAD + DAY)
    urgent = approved(chapters["referral"], based_on=planned.based_on, **people)
    workflow.publish(by=approver, kind="urgent", amendments=[urgent], at=FAR_AHEAD + 2 * DAY)

    workflow.approve(workflow.submit(planned, by=editor), by=approver)
    with pytest.raises(workflow.Refused, match="bring it up to date"):
        workflow.publish(by=approver, amendments=[planned], at=FAR_AHEAD + 3 * DAY)


def test_what_comes_twice_in_scheduled_editions_is_taken_out_of_both(editor: User, approver: User) -> None:
    """The author has one open draft of a chapter: the last comes back, and what it goes on from is given up."""
    chapters = grow("referral")
    first_edition(chapters, at=FAR_AHEAD)
    people = {"author": editor, "approver": approver}
    in_force = chapters["referral"].amendments.get()
    planned = []
    for month in (1, 2):
        planned.append(approved(chapters["referral"], text=f"After {month} months.", **people))
        workflow.publish(
            by=approver,
            amendments=planned[-1:],
            effective_at=FAR_AHEAD + 30 * month * DAY,
            at=FAR_AHEAD + DAY,
        )
    urgent = approved(chapters["referral"], based_on=in_force, text="At once.", **people)
    publication = workflow.publish(by=approver, kind="urgent", amendments=[urgent], at=FAR_AHEAD + 2 * DAY)
    assert publication.returned == planned
    for amendment, status in zip(planned, (Status.ABANDONED, Status.RETURNED), strict=True):
        amendment.refresh_from_db()
        assert (amendment.status, amendment.edition) == (status, None)
    assert page("referral", FAR_AHEAD + 90 * DAY) == "At once."


def test_an_author_who_has_begun_another_draft_does_not_stop_an_urgent_edition(
    editor: User, approver: User, administrator: User
) -> None:
    """What would go back to its author is given up: the draft that the author has begun since stays."""
    chapters = grow("referral")
    first_edition(chapters, at=FAR_AHEAD)
    people = {"author": editor, "approver": approver}
    in_force = chapters["referral"].amendments.get()
    planned = approved(chapters["referral"], text="In a month.", **people)
    workflow.publish(by=approver, amendments=[planned], effective_at=FAR_AHEAD + 30 * DAY, at=FAR_AHEAD + DAY)
    begun = workflow.draft(
        chapters["referral"], by=editor, **words_of(chapters["referral"], text="In half a year.")
    )

    urgent = approved(
        chapters["referral"], based_on=in_force, text="At once.", author=administrator, approver=approver
    )
    publication = workflow.publish(by=approver, kind="urgent", amendments=[urgent], at=FAR_AHEAD + 2 * DAY)
    assert publication.returned == [planned]
    assert page("referral", FAR_AHEAD + 90 * DAY) == "At once."
    planned.refresh_from_db()
    begun.refresh_from_db()
    assert (planned.status, begun.status) == (Status.ABANDONED, Status.DRAFT)


def test_an_urgent_meaning_of_a_keyword_stays_too(approver: User) -> None:
    chapters = grow("referral")
    first_edition(chapters, at=FAR_AHEAD)
    planned = meaning("lado", meaning="The officer, from next month.")
    spring = workflow.publish(
        by=approver, definitions=[planned], effective_at=FAR_AHEAD + 30 * DAY, at=FAR_AHEAD + DAY
    ).edition
    urgent = meaning("lado", based_on=None, meaning="The officer, from today.")
    publication = workflow.publish(by=approver, kind="urgent", definitions=[urgent], at=FAR_AHEAD + 2 * DAY)
    assert publication.returned == [planned]
    assert [definition.meaning for definition in Definition.objects.in_edition(spring)] == [urgent.meaning]


def test_an_ordinary_edition_is_refused_where_an_urgent_one_would_take_its_place(
    editor: User, approver: User
) -> None:
    chapters = grow("referral")
    first_edition(chapters, at=FAR_AHEAD)
    people = {"author": editor, "approver": approver}
    in_force = chapters["referral"].amendments.get()
    planned = approved(chapters["referral"], **people)
    workflow.publish(by=approver, amendments=[planned], effective_at=FAR_AHEAD + 30 * DAY, at=FAR_AHEAD + DAY)
    other = approved(chapters["referral"], based_on=in_force, **people)
    with pytest.raises(workflow.Refused, match="which is scheduled"):
        workflow.publish(by=approver, amendments=[other], at=FAR_AHEAD + 2 * DAY)
    planned.refresh_from_db()
    assert planned.status == Status.PUBLISHED
