"""The tree of chapters that editors arrange: it stays whole, whatever they do and in whatever order."""

import pytest
from django.contrib.auth.models import User
from django.db.models import F, ProtectedError

from manual import workflow
from manual.models import Chapter, Edition, Event, TreeRefused
from tests.manual_maker import DAY, FAR_AHEAD, agreed, first_edition, grow, outline_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def chapters() -> dict[str, Chapter]:
    return grow("""
        safeguarding
            referral
                leaflet: link
            assessment
        health
            bruising
    """)


def tree() -> list[str]:
    """Every chapter as editors see it, indented by dots."""
    assert Chapter.objects.broken() == []
    return ["." * chapter.level + chapter.slug for chapter in Chapter.objects.in_order()]


# --- Adding -------------------------------------------------------------------------------------------------


def test_a_chapter_is_added_last_under_its_parent(chapters: dict[str, Chapter]) -> None:
    Chapter.objects.add("review", parent=chapters["safeguarding"])
    Chapter.objects.add("schools", kind="part")
    assert tree() == [
        "safeguarding", ".referral", "..leaflet", ".assessment", ".review", "health", ".bruising", "schools",
    ]  # fmt: skip


def test_a_parent_that_was_read_long_ago_is_good_enough(chapters: dict[str, Chapter]) -> None:
    """The numbers that the tree keeps in `health` are out of date after the first of these."""
    for slug in ("a", "b", "c"):
        Chapter.objects.add(slug, parent=chapters["health"])
        Chapter.objects.add(f"{slug}-below", parent=chapters["bruising"])
    assert tree()[4:] == ["health", ".bruising", "..a-below", "..b-below", "..c-below", ".a", ".b", ".c"]


def test_a_chapter_saved_the_ordinary_way_is_added_soundly_too(chapters: dict[str, Chapter]) -> None:
    Chapter.objects.create(slug="review", parent=chapters["referral"])
    Chapter(slug="schools").save()
    assert tree()[:4] == ["safeguarding", ".referral", "..leaflet", "..review"]


# --- Moving -------------------------------------------------------------------------------------------------


def test_a_chapter_moves_after_a_neighbour(chapters: dict[str, Chapter]) -> None:
    chapters["referral"].move(after=chapters["assessment"])
    assert tree()[:4] == ["safeguarding", ".assessment", ".referral", "..leaflet"]


def test_a_chapter_moves_first_under_its_parent(chapters: dict[str, Chapter]) -> None:
    chapters["assessment"].move(under=chapters["safeguarding"])
    assert tree()[:3] == ["safeguarding", ".assessment", ".referral"]


def test_a_chapter_moves_with_all_that_stands_under_it(chapters: dict[str, Chapter]) -> None:
    chapters["referral"].move(under=chapters["health"])
    assert tree() == ["safeguarding", ".assessment", "health", ".referral", "..leaflet", ".bruising"]


def test_a_chapter_moves_after_one_that_stands_elsewhere(chapters: dict[str, Chapter]) -> None:
    chapters["referral"].move(after=chapters["bruising"])
    assert tree() == ["safeguarding", ".assessment", "health", ".bruising", ".referral", "..leaflet"]


def test_a_chapter_becomes_the_first_of_the_parts(chapters: dict[str, Chapter]) -> None:
    chapters["referral"].move()
    assert tree() == ["referral", ".leaflet", "safeguarding", ".assessment", "health", ".bruising"]


def test_a_chapter_becomes_a_part_after_another(chapters: dict[str, Chapter]) -> None:
    chapters["referral"].move(after=chapters["safeguarding"])
    assert tree() == ["safeguarding", ".assessment", "referral", ".leaflet", "health", ".bruising"]


def test_parts_change_places(chapters: dict[str, Chapter]) -> None:
    chapters["health"].move()
    assert tree()[:2] == ["health", ".bruising"]
    chapters["health"].move(after=chapters["safeguarding"])
    assert tree()[-2:] == ["health", ".bruising"]


def test_a_part_moves_under_a_chapter_of_another(chapters: dict[str, Chapter]) -> None:
    chapters["health"].move(under=chapters["referral"])
    assert tree() == ["safeguarding", ".referral", "..health", "...bruising", "..leaflet", ".assessment"]


def test_the_first_part_may_be_made_the_first(chapters: dict[str, Chapter]) -> None:
    before = tree()
    chapters["safeguarding"].move()
    assert tree() == before


def test_the_only_part_may_be_made_the_first() -> None:
    chapters = grow("safeguarding")
    chapters["safeguarding"].move()
    assert tree() == ["safeguarding"]


def test_a_moved_chapter_knows_its_new_place(chapters: dict[str, Chapter]) -> None:
    chapters["leaflet"].move(under=chapters["health"])
    assert chapters["leaflet"].parent == chapters["health"]
    assert chapters["leaflet"].level == 1


def test_moves_of_chapters_that_were_read_long_ago_are_sound(chapters: dict[str, Chapter]) -> None:
    """None of these objects knows what the moves before it did."""
    chapters["referral"].move(under=chapters["health"])
    chapters["leaflet"].move(after=chapters["assessment"])
    chapters["bruising"].move(under=chapters["leaflet"])
    chapters["safeguarding"].move(after=chapters["health"])
    assert tree() == ["health", ".referral", "safeguarding", ".assessment", ".leaflet", "..bruising"]


def test_a_move_is_on_record(chapters: dict[str, Chapter], approver: User) -> None:
    workflow.move(chapters["leaflet"], by=approver, under=chapters["health"])
    event = Event.objects.get()
    assert (event.verb, event.by, event.chapter) == ("move", approver, chapters["leaflet"])
    assert event.what == "First, under “health”."


# --- Moves that cannot be made -------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["under", "after"])
@pytest.mark.parametrize("target", ["safeguarding", "referral", "leaflet"])
def test_nothing_moves_under_or_beside_itself_or_what_stands_under_it(
    chapters: dict[str, Chapter], approver: User, target: str, where: str
) -> None:
    before = tree()
    with pytest.raises(workflow.Refused):
        workflow.move(chapters["safeguarding"], by=approver, **{where: chapters[target]})
    assert tree() == before
    assert not Event.objects.exists()


def test_a_neighbour_that_stands_elsewhere_is_refused(chapters: dict[str, Chapter]) -> None:
    """Somebody else has moved it since the page with the tree was opened."""
    before = tree()
    with pytest.raises(TreeRefused):
        chapters["leaflet"].move(under=chapters["safeguarding"], after=chapters["bruising"])
    assert tree() == before


def test_a_neighbour_is_looked_for_where_it_stands_now(chapters: dict[str, Chapter]) -> None:
    stale = Chapter.objects.get(slug="assessment")
    chapters["assessment"].move(under=chapters["health"])
    with pytest.raises(TreeRefused):
        chapters["leaflet"].move(under=chapters["safeguarding"], after=stale)
    chapters["leaflet"].move(under=chapters["health"], after=stale)
    assert tree()[2:] == ["health", ".assessment", ".leaflet", ".bruising"]


def test_saving_does_not_move(chapters: dict[str, Chapter]) -> None:
    before = tree()
    chapters["leaflet"].parent = chapters["health"]
    with pytest.raises(TreeRefused):
        chapters["leaflet"].save()
    assert tree() == before


# --- Saving -------------------------------------------------------------------------------------------------


def test_saving_what_was_read_long_ago_leaves_the_tree_alone(chapters: dict[str, Chapter]) -> None:
    stale = {slug: Chapter.objects.get(slug=slug) for slug in chapters}
    chapters["referral"].move(under=chapters["bruising"])
    chapters["safeguarding"].move(after=chapters["health"])
    moved = tree()
    for chapter in stale.values():
        if chapter.slug != "referral":
            chapter.numbered = False
            chapter.save()
    assert tree() == moved
    with pytest.raises(TreeRefused):
        stale["referral"].save()
    assert tree() == moved


def test_slug_kind_and_numbering_can_be_saved(chapters: dict[str, Chapter]) -> None:
    leaflet = chapters["leaflet"]
    leaflet.slug, leaflet.kind, leaflet.numbered = "poster", "chapter", False
    leaflet.save()
    stored = Chapter.objects.get(pk=leaflet.pk)
    assert (stored.slug, stored.kind, stored.numbered) == ("poster", "chapter", False)


def test_only_the_named_fields_are_saved(chapters: dict[str, Chapter]) -> None:
    leaflet = chapters["leaflet"]
    leaflet.slug, leaflet.numbered = "poster", False
    leaflet.save(update_fields=["numbered"])
    stored = Chapter.objects.get(pk=leaflet.pk)
    assert (stored.slug, stored.numbered) == ("leaflet", False)


# --- Deleting -------------------------------------------------------------------------------------------------


def test_a_chapter_that_nobody_has_written_can_be_deleted(chapters: dict[str, Chapter]) -> None:
    chapters["leaflet"].move(under=chapters["safeguarding"])
    Chapter.objects.get(slug="leaflet").delete()
    assert tree() == ["safeguarding", ".referral", ".assessment", "health", ".bruising"]


def test_a_chapter_that_was_read_long_ago_is_deleted_soundly(chapters: dict[str, Chapter]) -> None:
    chapters["referral"].move(under=chapters["bruising"])
    stale = chapters["assessment"]
    chapters["safeguarding"].move(after=chapters["health"])
    stale.delete()
    assert tree() == ["health", ".bruising", "..referral", "...leaflet", "safeguarding"]


def test_a_chapter_with_an_amendment_is_not_deleted(chapters: dict[str, Chapter]) -> None:
    before = tree()
    agreed(chapters["assessment"])
    with pytest.raises(ProtectedError):
        chapters["assessment"].delete()
    assert tree() == before


def test_a_chapter_with_others_under_it_is_not_deleted(chapters: dict[str, Chapter]) -> None:
    before = tree()
    with pytest.raises(ProtectedError):
        chapters["safeguarding"].delete()
    assert tree() == before


def test_deleting_many_at_once_leaves_a_sound_tree(chapters: dict[str, Chapter]) -> None:
    """As “delete selected” in the admin does it."""
    Chapter.objects.filter(slug__in=["leaflet", "bruising"]).delete()
    assert tree() == ["safeguarding", ".referral", ".assessment", "health"]


# --- What readers see of it -----------------------------------------------------------------------------------


def test_readers_see_nothing_of_a_move_until_an_edition_carries_it(
    chapters: dict[str, Chapter], approver: User
) -> None:
    first = first_edition(chapters, at=FAR_AHEAD)
    before = outline_of(first)
    workflow.move(chapters["referral"], by=approver, under=chapters["health"])
    assert outline_of(first) == before
    urgent = agreed(chapters["bruising"])
    second = workflow.publish(by=None, kind="urgent", amendments=[urgent], at=FAR_AHEAD + DAY).edition
    assert [line.removesuffix(" (updated)") for line in outline_of(second)] == before
    third = workflow.publish(by=None, rearrange=True, at=FAR_AHEAD + 2 * DAY).edition
    assert outline_of(third) == [
        "1 Safeguarding",
        "1.1 Assessment",
        "2 Health",
        "2.1 Referral",
        "2.1.1 Leaflet",
        "2.2 Bruising (updated)",
    ]
    assert outline_of(first) == before


def test_a_move_after_an_edition_was_scheduled_does_not_travel_along(
    chapters: dict[str, Chapter], approver: User
) -> None:
    first_edition(chapters, at=FAR_AHEAD)
    workflow.publish(by=None, rearrange=True, effective_at=FAR_AHEAD + 9 * DAY, at=FAR_AHEAD + DAY)
    workflow.move(chapters["referral"], by=approver, under=chapters["health"])
    workflow.publish(
        by=None, kind="urgent", amendments=[agreed(chapters["bruising"])], at=FAR_AHEAD + 2 * DAY
    )
    assert "1.1 Referral" in outline_of(Edition.objects.in_force(FAR_AHEAD + 9 * DAY))


# --- The check ------------------------------------------------------------------------------------------------


def test_a_sound_tree_has_no_faults(chapters: dict[str, Chapter]) -> None:
    assert Chapter.objects.broken() == []


def test_an_empty_tree_has_no_faults() -> None:
    assert Chapter.objects.broken() == []


@pytest.mark.parametrize(
    ("slug", "damage"),
    [
        ("referral", {"lft": 77}),
        ("referral", {"rght": 77}),
        ("safeguarding", {"rght": F("rght") + 1}),
        ("safeguarding", {"rght": F("rght") + 2}),
        ("safeguarding", {"lft": 2}),
        ("health", {"rght": 2}),
        ("bruising", {"rght": 2}),
        ("leaflet", {"level": 0}),
        ("leaflet", {"level": 3}),
        ("leaflet", {"lft": F("lft") + 1, "rght": F("rght") + 1}),
        ("bruising", {"lft": 5, "rght": 6}),
        ("assessment", {"lft": 3, "rght": 4}),
        ("health", {"level": 1}),
    ],
)
def test_the_check_finds_deliberate_damage(
    chapters: dict[str, Chapter], slug: str, damage: dict[str, object]
) -> None:
    Chapter.objects.filter(slug=slug).update(**damage)
    assert Chapter.objects.broken()


def test_the_check_finds_a_chapter_in_the_tree_of_another_part(chapters: dict[str, Chapter]) -> None:
    Chapter.objects.filter(slug="assessment").update(tree_id=chapters["health"].tree_id)
    assert Chapter.objects.broken()


def test_the_check_finds_two_parts_in_one_tree(chapters: dict[str, Chapter]) -> None:
    Chapter.objects.filter(slug__in=["health", "bruising"]).update(tree_id=chapters["safeguarding"].tree_id)
    assert Chapter.objects.broken()


def test_the_check_finds_a_parent_that_the_numbers_do_not_agree_with(chapters: dict[str, Chapter]) -> None:
    Chapter.objects.filter(slug="leaflet").update(parent=chapters["assessment"])
    assert Chapter.objects.broken() == ["leaflet does not lie inside its parent"]


def test_the_check_finds_a_part_that_has_lost_its_root(chapters: dict[str, Chapter]) -> None:
    Chapter.objects.filter(slug="bruising").update(parent=None)
    assert Chapter.objects.broken()


def test_the_check_finds_the_gap_that_a_deletion_behind_its_back_leaves(chapters: dict[str, Chapter]) -> None:
    Chapter.objects.filter(slug="leaflet")._raw_delete("default")
    assert Chapter.objects.broken() == ["referral ends at 5, not at 3"]
