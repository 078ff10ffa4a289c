"""Publishing an edition and taking it back: what is refused, what travels along, what stays."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from manual import workflow
from manual.models import Amendment, Chapter, Contents, Definition, Edition, Event, Status
from manual.workflow import Refused
from tests.manual_maker import (
    DAY,
    FAR_AHEAD,
    LONG_AGO,
    MINUTE,
    agreed,
    first_edition,
    grow,
    meaning,
    outline_of,
)
from tests.remembered import remembered

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.fixture
@remembered
def chapters() -> dict[str, Chapter]:
    chapters = grow("""
        safeguarding
            referral
                leaflet: link
            assessment
    """)
    first_edition(chapters, at=FAR_AHEAD)
    return chapters


def publish(*amendments: Amendment, at: datetime, **words: Any) -> Edition:
    return workflow.publish(by=None, amendments=amendments, at=at, **words).edition


# --- When (rule 3) ------------------------------------------------------------------------------------------


def test_an_edition_without_a_moment_takes_effect_at_once(chapters: dict[str, Chapter]) -> None:
    edition = publish(agreed(chapters["referral"]), at=FAR_AHEAD + DAY)
    assert edition.effective_at == FAR_AHEAD + DAY
    assert Edition.objects.in_force(FAR_AHEAD + DAY) == edition
    assert Edition.objects.in_force(FAR_AHEAD + DAY - SECOND).number == 1
    assert Edition.objects.in_force(FAR_AHEAD - SECOND) is None


def test_a_reader_sees_the_old_text_until_the_edition_takes_effect(chapters: dict[str, Chapter]) -> None:
    publish(
        agreed(chapters["referral"], title="Referrals"), at=FAR_AHEAD + DAY, effective_at=FAR_AHEAD + 9 * DAY
    )
    assert "1.1 Referral" in outline_of(Edition.objects.in_force(FAR_AHEAD + 9 * DAY - SECOND))
    assert "1.1 Referrals (updated)" in outline_of(Edition.objects.in_force(FAR_AHEAD + 9 * DAY))


def test_the_past_is_refused(chapters: dict[str, Chapter]) -> None:
    with pytest.raises(Refused, match="is past"):
        publish(agreed(chapters["referral"]), at=FAR_AHEAD + DAY, effective_at=FAR_AHEAD + DAY - SECOND)


def test_the_moment_of_the_edition_in_force_is_refused(chapters: dict[str, Chapter]) -> None:
    with pytest.raises(Refused, match="has to come after it"):
        publish(agreed(chapters["referral"]), at=FAR_AHEAD)


@pytest.mark.parametrize(
    ("seconds", "fits"), [(-31, True), (-30, False), (-1, False), (0, False), (29, False), (30, True)]
)
def test_two_editions_do_not_take_effect_within_the_same_minute(
    chapters: dict[str, Chapter], seconds: int, fits: bool
) -> None:
    half_past = FAR_AHEAD + 9 * DAY + 30 * SECOND
    publish(agreed(chapters["referral"]), at=FAR_AHEAD + DAY, effective_at=half_past)
    second = agreed(chapters["assessment"])
    beside = {"at": FAR_AHEAD + DAY, "effective_at": half_past + seconds * SECOND}
    if fits:
        assert publish(second, **beside).number == (2 if seconds < 0 else 3)
    else:
        with pytest.raises(Refused, match="within the same minute"):
            publish(second, **beside)


@pytest.mark.parametrize(("seconds", "fits"), [(60, False), (61, True)])
def test_nothing_is_rebuilt_that_takes_effect_within_a_minute(
    chapters: dict[str, Chapter], seconds: int, fits: bool
) -> None:
    scheduled = publish(agreed(chapters["referral"]), at=FAR_AHEAD + DAY, effective_at=FAR_AHEAD + 9 * DAY)
    urgent = agreed(chapters["assessment"])
    at = scheduled.effective_at - seconds * SECOND
    if fits:
        publish(urgent, at=at, kind="urgent")
    else:
        with pytest.raises(Refused, match="within a minute"):
            publish(urgent, at=at, kind="urgent")


def test_what_a_board_published_long_ago_keeps_its_dates(chapters: dict[str, Chapter]) -> None:
    workflow.unschedule(Edition.objects.get(), by=None)
    on_record = LONG_AGO - 30 * DAY
    old = [*Amendment.objects.all()]
    edition = publish(*old, at=LONG_AGO, effective_at=LONG_AGO, published_at=on_record, rearrange=True)
    assert (edition.number, edition.effective_at, edition.published_at) == (1, LONG_AGO, on_record)


def test_the_minute_of_an_edition_that_was_taken_back_is_free(chapters: dict[str, Chapter]) -> None:
    moment = FAR_AHEAD + 9 * DAY
    workflow.unschedule(
        publish(agreed(chapters["referral"]), at=FAR_AHEAD + DAY, effective_at=moment),
        by=None,
        at=FAR_AHEAD + DAY,
    )
    assert publish(agreed(chapters["assessment"]), at=FAR_AHEAD + DAY, effective_at=moment).number == 2


# --- What ---------------------------------------------------------------------------------------------------


def test_an_empty_edition_is_refused(chapters: dict[str, Chapter]) -> None:
    with pytest.raises(Refused, match="nothing"):
        publish(at=FAR_AHEAD + DAY)
    assert Edition.objects.count() == 1


@pytest.mark.parametrize("kind", ["urgent", "correction"])
def test_only_an_ordinary_edition_rearranges(chapters: dict[str, Chapter], kind: str) -> None:
    correction = agreed(chapters["referral"], significance="correction")
    with pytest.raises(Refused, match="rearranges"):
        publish(correction, at=FAR_AHEAD + DAY, kind=kind, rearrange=True)


def test_an_edition_of_corrections_holds_nothing_else(chapters: dict[str, Chapter]) -> None:
    with pytest.raises(Refused, match="corrections"):
        publish(agreed(chapters["referral"]), at=FAR_AHEAD + DAY, kind="correction")
    with pytest.raises(Refused, match="corrections"):
        publish(at=FAR_AHEAD + DAY, kind="correction", definitions=[meaning("lado")])
    correction = agreed(chapters["referral"], significance="correction")
    edition = publish(correction, at=FAR_AHEAD + DAY, kind="correction")
    assert not any("updated" in line for line in outline_of(edition))


def test_only_what_is_approved_is_published(chapters: dict[str, Chapter], editor: User) -> None:
    draft = workflow.draft(chapters["referral"], by=editor, title="Referral")
    with pytest.raises(Refused, match="approved"):
        publish(draft, at=FAR_AHEAD + DAY)


def test_what_is_published_already_is_refused(chapters: dict[str, Chapter]) -> None:
    with pytest.raises(Refused, match="approved"):
        publish(chapters["referral"].amendments.get(), at=FAR_AHEAD + DAY)


def test_the_same_amendment_twice_is_refused(chapters: dict[str, Chapter]) -> None:
    amendment = agreed(chapters["referral"])
    with pytest.raises(Refused, match="twice"):
        publish(amendment, amendment, at=FAR_AHEAD + DAY)


def test_two_amendments_of_a_chapter_are_refused_in_a_sentence(chapters: dict[str, Chapter]) -> None:
    with pytest.raises(Refused):
        publish(agreed(chapters["referral"]), agreed(chapters["referral"]), at=FAR_AHEAD + DAY)


def test_two_definitions_of_a_keyword_are_refused_in_a_sentence(chapters: dict[str, Chapter]) -> None:
    with pytest.raises(Refused):
        publish(at=FAR_AHEAD + DAY, definitions=[meaning("lado"), meaning("lado")])


def test_a_refusal_names_the_chapter(chapters: dict[str, Chapter]) -> None:
    stale = agreed(chapters["referral"], based_on=None, significance="amended")
    with pytest.raises(Refused, match="“Referral” has changed since"):
        publish(stale, at=FAR_AHEAD + DAY)


def test_one_refusal_refuses_all(chapters: dict[str, Chapter]) -> None:
    good, stale = (
        agreed(chapters["assessment"]),
        agreed(chapters["referral"], based_on=None, significance="amended"),
    )
    with pytest.raises(Refused):
        publish(good, stale, at=FAR_AHEAD + DAY)
    good.refresh_from_db()
    assert (good.status, good.edition, Edition.objects.count()) == (Status.APPROVED, None, 1)


def test_a_publication_is_on_record(chapters: dict[str, Chapter], approver: User) -> None:
    amendment = agreed(chapters["referral"])
    edition = workflow.publish(by=approver, amendments=[amendment], at=FAR_AHEAD + DAY).edition
    event = Event.objects.get(edition=edition, amendment=None)
    assert (event.verb, event.by, event.at) == ("publish", approver, FAR_AHEAD + DAY)
    assert (edition.published_by, edition.published_at) == (approver, FAR_AHEAD + DAY)
    event = Event.objects.get(edition=edition, amendment=amendment)
    assert (event.from_status, event.to_status, event.by) == ("approved", "published", approver)


def test_only_chapters_and_links_are_flagged_and_only_living_ones(chapters: dict[str, Chapter]) -> None:
    withdrawal = agreed(chapters["assessment"], significance="withdrawn")
    amendments = [agreed(chapters[slug]) for slug in ("safeguarding", "referral", "leaflet")]
    edition = publish(*amendments, withdrawal, at=FAR_AHEAD + DAY)
    assert outline_of(edition) == [
        "1 Safeguarding",
        "1.1 Referral (updated)",
        "1.1.1 Leaflet (updated)",
        "1.2 Assessment (withdrawn)",
    ]


# --- Taking back --------------------------------------------------------------------------------------------


def test_an_edition_taken_back_is_in_preparation_with_what_was_gathered_for_it(
    chapters: dict[str, Chapter], approver: User
) -> None:
    amendment, definition = agreed(chapters["referral"]), meaning("lado")
    scheduled = publish(
        amendment,
        definitions=[definition],
        rearrange=True,
        at=FAR_AHEAD + DAY,
        effective_at=FAR_AHEAD + 9 * DAY,
    )
    edition = workflow.unschedule(scheduled, by=approver, why="Too early.", at=FAR_AHEAD + 2 * DAY)
    edition.refresh_from_db()
    assert (edition.number, edition.published_at, edition.published_by) == (None, None, None)
    assert not edition.entries.exists()
    assert not edition.places.exists()
    for version in (amendment, definition):
        version.refresh_from_db()
        assert (version.status, version.edition, version.sequence) == (Status.APPROVED, edition, None)
    assert Event.objects.get(verb="unschedule").why == "Too early."


def test_what_was_gathered_but_is_not_on_the_list_does_not_travel_along(chapters: dict[str, Chapter]) -> None:
    amendments = [agreed(chapters["referral"]), agreed(chapters["assessment"])]
    definition = meaning("lado")
    moment = FAR_AHEAD + 9 * DAY
    scheduled = publish(*amendments, definitions=[definition], at=FAR_AHEAD + DAY, effective_at=moment)
    prepared = workflow.unschedule(scheduled, by=None, at=FAR_AHEAD + DAY)
    again = publish(amendments[0], edition=prepared, at=FAR_AHEAD + 2 * DAY, effective_at=moment)
    assert again == scheduled
    assert list(again.amendments.all()) == amendments[:1]
    assert not again.definitions.exists()
    for version in (amendments[1], definition):
        version.refresh_from_db()
        assert (version.status, version.edition) == (Status.APPROVED, None)


def test_an_edition_in_force_is_not_taken_back(chapters: dict[str, Chapter]) -> None:
    edition = publish(agreed(chapters["referral"]), at=FAR_AHEAD + DAY)
    with pytest.raises(Refused, match="took effect"):
        workflow.unschedule(edition, by=None, at=FAR_AHEAD + DAY)


def test_an_edition_in_preparation_is_not_taken_back(chapters: dict[str, Chapter]) -> None:
    scheduled = publish(agreed(chapters["referral"]), at=FAR_AHEAD + DAY, effective_at=FAR_AHEAD + 9 * DAY)
    edition = workflow.unschedule(scheduled, by=None, at=FAR_AHEAD + DAY)
    with pytest.raises(Refused, match="not published"):
        workflow.unschedule(edition, by=None, at=FAR_AHEAD + DAY)


def test_an_edition_that_another_is_built_on_is_not_taken_back(chapters: dict[str, Chapter]) -> None:
    early = publish(agreed(chapters["referral"]), at=FAR_AHEAD + DAY, effective_at=FAR_AHEAD + 9 * DAY)
    late = publish(agreed(chapters["referral"]), at=FAR_AHEAD + DAY, effective_at=FAR_AHEAD + 19 * DAY)
    with pytest.raises(Refused, match="which is scheduled"):
        workflow.unschedule(early, by=None, at=FAR_AHEAD + 2 * DAY)
    workflow.unschedule(late, by=None, at=FAR_AHEAD + 2 * DAY)
    workflow.unschedule(early, by=None, at=FAR_AHEAD + 2 * DAY)


def test_later_editions_close_ranks(chapters: dict[str, Chapter]) -> None:
    editions = [
        publish(rearrange=True, at=FAR_AHEAD + DAY, effective_at=FAR_AHEAD + days * DAY)
        for days in (10, 20, 30)
    ]
    workflow.unschedule(editions[0], by=None, at=FAR_AHEAD + 2 * DAY)
    assert list(Edition.objects.published().values_list("pk", "number")) == [
        (Edition.objects.get(number=1).pk, 1),
        (editions[1].pk, 2),
        (editions[2].pk, 3),
    ]


def test_a_rebuilt_edition_has_another_stamp(chapters: dict[str, Chapter]) -> None:
    """Caches go by it."""
    scheduled = publish(rearrange=True, at=FAR_AHEAD + DAY, effective_at=FAR_AHEAD + 9 * DAY)
    in_force = Edition.objects.get(number=1)
    publish(agreed(chapters["referral"], title="Referrals"), kind="urgent", at=FAR_AHEAD + 2 * DAY)
    rebuilt = Edition.objects.get(pk=scheduled.pk)
    assert rebuilt.stamp != scheduled.stamp
    assert Contents.of(rebuilt).by_slug["referral"].title == "Referrals"
    assert Edition.objects.get(pk=in_force.pk).stamp == in_force.stamp


# --- Publishing again what was taken back --------------------------------------------------------------------


def test_an_edition_taken_back_can_be_scheduled_for_later(chapters: dict[str, Chapter]) -> None:
    """Behind another one, too: its definitions are not yet in force in that one."""
    definition = meaning("lado")
    edition = publish(definitions=[definition], at=FAR_AHEAD + DAY, effective_at=FAR_AHEAD + 10 * DAY)
    publish(rearrange=True, at=FAR_AHEAD + DAY, effective_at=FAR_AHEAD + 20 * DAY)
    prepared = workflow.unschedule(edition, by=None, at=FAR_AHEAD + 2 * DAY)
    again = publish(
        definitions=[definition], edition=prepared, at=FAR_AHEAD + 2 * DAY, effective_at=FAR_AHEAD + 30 * DAY
    )
    assert again.number == 3
    assert list(Definition.objects.in_edition(again)) == [definition]


def test_a_published_edition_is_not_published_again(chapters: dict[str, Chapter]) -> None:
    scheduled = publish(rearrange=True, at=FAR_AHEAD + DAY, effective_at=FAR_AHEAD + 9 * DAY)
    with pytest.raises(Refused):
        publish(edition=scheduled, rearrange=True, at=FAR_AHEAD + 2 * DAY, effective_at=FAR_AHEAD + 12 * DAY)
    scheduled.refresh_from_db()
    assert scheduled.effective_at == FAR_AHEAD + 9 * DAY


def test_two_pages_that_show_the_same_edition_in_preparation_publish_it_once(
    chapters: dict[str, Chapter],
) -> None:
    """The second page was opened before the first one's button was pressed."""
    later = publish(rearrange=True, at=FAR_AHEAD + DAY, effective_at=FAR_AHEAD + 60 * DAY)
    scheduled = publish(rearrange=True, at=FAR_AHEAD + DAY, effective_at=FAR_AHEAD + 9 * DAY)
    workflow.unschedule(scheduled, by=None, at=FAR_AHEAD + DAY)
    pages = [Edition.objects.get(pk=scheduled.pk) for _ in range(2)]
    publish(edition=pages[0], rearrange=True, at=FAR_AHEAD + 2 * DAY, effective_at=FAR_AHEAD + 9 * DAY)
    with pytest.raises(Refused):
        publish(
            edition=pages[1],
            rearrange=True,
            at=FAR_AHEAD + 2 * DAY,
            effective_at=FAR_AHEAD + 9 * DAY + MINUTE,
        )
    assert dict(Edition.objects.published().values_list("pk", "number"))[later.pk] == 3


def test_an_edition_in_force_is_not_published_again(chapters: dict[str, Chapter]) -> None:
    workflow.unschedule(Edition.objects.get(), by=None)
    first = publish(*Amendment.objects.all(), rearrange=True, at=LONG_AGO)
    with pytest.raises(Refused):
        publish(edition=first, rearrange=True, at=FAR_AHEAD)


# --- What no edition may lose ---------------------------------------------------------------------------------


def test_no_edition_loses_the_numbers_that_stand_on_every_page() -> None:
    contacts = Chapter.objects.add("contact-details")
    text = "## Out of hours {: #urgent-help }\n\nRing 03000 41 91 91."
    publish(agreed(contacts, text=text), at=FAR_AHEAD)
    for lost in (agreed(contacts, text="Ring somebody."), agreed(contacts, significance="withdrawn")):
        with pytest.raises(Refused, match="urgent-help"):
            publish(lost, at=FAR_AHEAD + DAY)
    reworded = agreed(contacts, text=text.replace("Out of hours", "At night"))
    assert publish(reworded, at=FAR_AHEAD + DAY).number == 2
