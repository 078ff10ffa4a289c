"""Approvers arrange the contents; readers see nothing of it until an ordinary edition takes the arrangement."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from manual import workflow
from manual.models import Chapter, Contents, Edition, Event
from manual.workflow import Moved, NotPermitted, Refused, Standing
from tests.manual_maker import DAY, LONG_AGO, agreed, grow, outline_of
from tests.remembered import remembered

pytestmark = pytest.mark.django_db

TREE = "/admin/manual/chapter/arrange/"


@pytest.fixture
def arranger(person: Callable[..., User]) -> User:
    return person("arranger", "change_chapter", "view_chapter", is_staff=True)


@pytest.fixture
def onlooker(person: Callable[..., User]) -> User:
    return person("onlooker", "view_chapter", is_staff=True)


@pytest.fixture
@remembered
def chapters() -> dict[str, Chapter]:
    return grow("""
        safeguarding
            referral
                leaflet: link
            assessment
        health
            bruising
    """)


@pytest.fixture
@remembered
def published(chapters: dict[str, Chapter]) -> Edition:
    for chapter in chapters.values():
        if chapter.kind == "link":
            agreed_link = agreed(chapter, link="https://www.example.org/leaflet", text="")
    texts = [agreed(chapter) for chapter in chapters.values() if chapter.kind != "link"]
    return workflow.publish(by=None, amendments=[*texts, agreed_link], rearrange=True, at=LONG_AGO).edition


def tree() -> list[str]:
    assert Chapter.objects.broken() == []
    return ["." * chapter.level + chapter.slug for chapter in Chapter.objects.in_order()]


def row_of(page: str, chapter: Chapter) -> str:
    """What the page shows of one chapter, without what stands under it."""
    start = page.index(f'id="row-{chapter.pk}"')
    return page[start : page.index("</div>\n        ", page.index("tree-buttons", start))]


def button(page: str, chapter: Chapter, way: str) -> str:
    """What a click on one of a chapter's buttons would send."""
    found = re.search(rf'value="([^"]*)" data-way="{way}"', row_of(page, chapter))
    assert found, f"{chapter} has no button {way}"
    return found[1]


def shown(client: Any, address: str = TREE) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def click(client: Any, value: str, name: str = "move") -> Any:
    """A click on a button, and the page that comes after it."""
    response = client.post(TREE, {name: value}, follow=True)
    assert response.status_code == 200
    return response


def said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# --- Who -----------------------------------------------------------------------------------------------------


def test_who_may_look_at_chapters_sees_the_tree_but_moves_nothing(client, onlooker, published, chapters):
    client.force_login(onlooker)
    page = shown(client)
    assert "Referral" in page
    assert "data-way" not in page
    assert "arrange.js" not in page
    before = tree()
    chapter = chapters["assessment"]
    step = f"{chapter.pk} {chapters['safeguarding'].pk} {chapters['referral'].pk} {chapters['safeguarding'].pk} 0"
    assert client.post(TREE, {"move": step}).status_code == 403
    assert client.post(TREE, {"number": f"{chapter.pk} off"}).status_code == 403
    assert client.get(f"/admin/manual/chapter/{chapter.pk}/move/").status_code == 403
    assert client.post(f"/admin/manual/chapter/{chapter.pk}/move/", {"seen": "0 0"}).status_code == 403
    assert tree() == before
    assert not Event.objects.filter(verb__in=["move", "number"]).exists()


def test_who_may_not_even_look_is_refused(client, person, published):
    client.force_login(person("visitor", is_staff=True))
    assert client.get(TREE).status_code == 403
    client.logout()
    assert client.get(TREE).status_code == 302


def test_the_verbs_refuse_whoever_may_not_arrange(onlooker, chapters):
    with pytest.raises(NotPermitted):
        workflow.move(chapters["referral"], by=onlooker, under=chapters["health"])
    with pytest.raises(NotPermitted):
        workflow.number(chapters["referral"], by=onlooker, numbered=False)


# --- Moving by buttons ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "way", "after"),
    [
        (
            "assessment",
            "Up",
            ["safeguarding", ".assessment", ".referral", "..leaflet", "health", ".bruising"],
        ),
        (
            "referral",
            "Down",
            ["safeguarding", ".assessment", ".referral", "..leaflet", "health", ".bruising"],
        ),
        (
            "assessment",
            "In",
            ["safeguarding", ".referral", "..leaflet", "..assessment", "health", ".bruising"],
        ),
        ("leaflet", "Out", ["safeguarding", ".referral", ".leaflet", ".assessment", "health", ".bruising"]),
        ("health", "Up", ["health", ".bruising", "safeguarding", ".referral", "..leaflet", ".assessment"]),
    ],
)
def test_an_approver_moves_a_chapter_with_a_button(client, arranger, published, chapters, slug, way, after):
    client.force_login(arranger)
    before = outline_of(published)
    response = click(client, button(shown(client), chapters[slug], way))
    assert tree() == after
    assert len(said(response)) == 1
    assert "tree-row-moved" in row_of(response.content.decode(), chapters[slug])
    event = Event.objects.get(verb="move")
    assert (event.by, event.chapter) == (arranger, chapters[slug])
    assert outline_of(published) == before, "readers see nothing of it"


def test_what_cannot_go_further_has_no_way_there(client, arranger, published, chapters):
    client.force_login(arranger)
    page = shown(client)
    for slug, way in [
        ("safeguarding", "Up"), ("safeguarding", "In"), ("safeguarding", "Out"), ("health", "Down"),
        ("health", "In"), ("referral", "Up"), ("referral", "In"), ("assessment", "Down"),
    ]:  # fmt: skip
        assert button(page, chapters[slug], way) == ""
        assert f'data-way="{way}"' in row_of(page, chapters[slug])
    click(client, "")
    assert not Event.objects.filter(verb="move").exists()


@pytest.mark.parametrize(
    "words",
    [
        "", "x", "1 2 3", "1 2 3 4 5 6", "-1 0 0 0 0", "1 0 0 0 ²", "9" * 40 + " 0 0 0 0", "1 0 0 0 0; drop",
        "999999 0 0 0 0",
    ],
)  # fmt: skip
def test_what_no_page_says_moves_nothing(client, arranger, published, words):
    client.force_login(arranger)
    before = tree()
    assert "Nothing was changed" in said(click(client, words))[0]
    assert "Nothing was changed" in said(click(client, words.replace(" 0", " on"), "number"))[0]
    assert tree() == before


# --- Stale pages, two clicks, two people ---------------------------------------------------------------------


def test_a_second_click_on_the_same_button_does_nothing_more(client, arranger, published, chapters):
    client.force_login(arranger)
    value = button(shown(client), chapters["assessment"], "Up")
    click(client, value)
    after = tree()
    assert said(click(client, value)) == ["“Assessment” stands there already."]
    assert tree() == after
    assert Event.objects.filter(verb="move").count() == 1


def test_a_chapter_that_somebody_moved_meanwhile_stays_where_they_put_it(
    client, arranger, published, chapters
):
    client.force_login(arranger)
    value = button(shown(client), chapters["assessment"], "Up")
    workflow.move(chapters["assessment"], by=None, under=chapters["health"])
    after = tree()
    assert said(click(client, value)) == [
        "Something changed since this page was shown. “Assessment” stands first, under “Health” now. "
        "Nothing else was changed."
    ]
    assert tree() == after


def test_a_neighbour_that_somebody_moved_meanwhile_takes_nothing_along(client, arranger, published, chapters):
    client.force_login(arranger)
    value = button(shown(client), chapters["referral"], "Down")
    workflow.move(chapters["assessment"], by=None, under=chapters["health"])
    after = tree()
    assert "“Assessment” was moved to another place" in said(click(client, value))[0]
    assert tree() == after


def test_a_move_elsewhere_does_not_disturb_a_page(client, arranger, published, chapters):
    client.force_login(arranger)
    value = button(shown(client), chapters["assessment"], "Up")
    workflow.move(chapters["leaflet"], by=None, under=chapters["health"])
    workflow.move(chapters["health"], by=None)
    click(client, value)
    assert tree() == ["health", ".leaflet", ".bruising", "safeguarding", ".assessment", ".referral"]


def test_a_chapter_that_is_gone_is_no_error(client, arranger, published, chapters):
    client.force_login(arranger)
    fresh = Chapter.objects.add("fresh", parent=chapters["health"])
    value = button(shown(client), fresh, "Up")
    fresh.delete()
    assert "not there any more" in said(click(client, value))[0]


# --- What cannot be ------------------------------------------------------------------------------------------


def test_a_chapter_never_stands_under_itself(client, arranger, published, chapters):
    client.force_login(arranger)
    referral, safeguarding, leaflet = chapters["referral"], chapters["safeguarding"], chapters["leaflet"]
    before = tree()
    response = click(client, f"{referral.pk} {safeguarding.pk} 0 {referral.pk} {leaflet.pk}")
    assert "“Referral” cannot be put there" in said(response)[0]
    assert tree() == before


def test_parts_stand_beside_one_another_and_groups_under_parts(chapters):
    group = Chapter.objects.add("leaflets", kind="group", parent=chapters["health"])
    with pytest.raises(Refused, match="is a part"):
        workflow.move(chapters["health"], by=None, under=chapters["safeguarding"])
    with pytest.raises(Refused, match="is a group"):
        workflow.move(group, by=None, under=chapters["referral"])
    workflow.move(group, by=None, under=chapters["safeguarding"])
    assert tree()[:2] == ["safeguarding", ".leaflets"]


def test_contents_do_not_become_deeper_than_a_reader_can_follow(chapters):
    deep = chapters["bruising"]
    for n in range(8):
        deep = Chapter.objects.add(f"deep-{n}", parent=deep)
    assert deep.level == 9
    with pytest.raises(Refused, match="deeper than 10 levels"):
        workflow.move(chapters["assessment"], by=None, under=deep)
    with pytest.raises(Refused, match="deeper than 10 levels"):
        workflow.move(chapters["bruising"], by=None, under=chapters["referral"])


def test_a_move_from_elsewhere_is_asked_what_it_saw(chapters):
    seen = Standing(chapters["health"].pk, None)
    with pytest.raises(Moved, match="stands first, under “safeguarding” now"):
        workflow.move(chapters["referral"], by=None, under=chapters["health"], seen=seen)


# --- Numbers -------------------------------------------------------------------------------------------------


def test_an_approver_takes_a_chapters_number_away_and_gives_it_back(client, arranger, published, chapters):
    client.force_login(arranger)
    page = shown(client)
    value = re.search(r'name="number" value="([^"]+)"', row_of(page, chapters["referral"]))[1]
    assert value.endswith(" off")
    page = click(client, value, "number").content.decode()
    assert 'aria-pressed="false"' in row_of(page, chapters["referral"])
    assert "1.1 today" in row_of(page, chapters["referral"])
    assert ">1.1<" in row_of(page, chapters["assessment"])
    assert "1.2 today" in row_of(page, chapters["assessment"])
    assert Event.objects.get(verb="number").what == "Without a number."
    page = click(client, value.replace("off", "on"), "number").content.decode()
    assert "today</span>" not in page
    assert Chapter.objects.get(slug="referral").numbered


# --- What the page says --------------------------------------------------------------------------------------


def test_the_page_shows_the_numbers_to_come_beside_those_of_today(client, arranger, published, chapters):
    client.force_login(arranger)
    page = shown(client)
    assert "nothing was moved" in page
    assert "today</span>" not in page
    page = click(client, button(page, chapters["assessment"], "Up")).content.decode()
    assert ">1.1<" in row_of(page, chapters["assessment"])
    assert "1.2 today" in row_of(page, chapters["assessment"])
    assert ">1.2.1<" in row_of(page, chapters["leaflet"])
    outlook = page[page.index('id="outlook"') : page.index('id="tree-form"')]
    assert "1 chapter moved" in outlook
    assert "3 chapters with another number" in outlook
    assert "1.1 today, 1.2 then" in outlook
    workflow.publish(by=None, rearrange=True, at=LONG_AGO + DAY)
    page = shown(client)
    assert "nothing was moved" in page
    assert "today</span>" not in page


def test_the_numbers_shown_are_those_that_an_edition_gives(client, arranger, published, chapters):
    workflow.move(chapters["referral"], by=None, under=chapters["health"])
    workflow.move(chapters["health"], by=None)
    workflow.number(chapters["bruising"], by=None, numbered=False)
    Chapter.objects.add("unwritten", parent=chapters["health"])
    expected = {row.pk: row.number for row in workflow.arrangement().rows}
    edition = workflow.publish(by=None, rearrange=True, at=LONG_AGO + DAY).edition
    lines = Contents(edition).by_chapter
    assert {key: number for key, number in expected.items() if key in lines} == {
        key: line.number for key, line in lines.items()
    }


def test_chapters_that_readers_do_not_have_are_marked(client, arranger, published, chapters, editor):
    client.force_login(arranger)
    draft = workflow.begin_chapter(by=editor, title="Online abuse", under=chapters["health"])
    scheduled = agreed(Chapter.objects.add("to-come", parent=chapters["health"]))
    workflow.publish(by=None, amendments=[scheduled], effective_at=LONG_AGO + 40_000 * DAY)
    withdrawn = agreed(chapters["assessment"], significance="withdrawn")
    workflow.publish(by=None, amendments=[withdrawn], kind="urgent", at=LONG_AGO + DAY)
    page = shown(client)
    assert "Online abuse" in row_of(page, draft.chapter)
    assert "Not published yet" in row_of(page, draft.chapter)
    assert "From " in row_of(page, scheduled.chapter)
    assert "Withdrawn (1.2 today)" in row_of(page, chapters["assessment"])
    assert "1.2 Assessment: withdrawn, leaves the contents" in page
    workflow.abandon(draft, by=editor)
    assert "Never published" in row_of(shown(client), draft.chapter)
    workflow.publish(by=None, rearrange=True, at=LONG_AGO + 2 * DAY)
    assert "Withdrawn, not in the contents" in row_of(shown(client), chapters["assessment"])


def test_the_page_says_why_no_edition_could_take_the_arrangement(client, arranger, published, chapters):
    client.force_login(arranger)
    withdrawn = agreed(chapters["assessment"], significance="withdrawn")
    workflow.publish(by=None, amendments=[withdrawn], kind="urgent", at=LONG_AGO + DAY)
    workflow.move(chapters["bruising"], by=None, under=chapters["assessment"])
    page = shown(client)
    assert "No edition can take this arrangement as it stands" in page
    assert f'href="#row-{chapters["bruising"].pk}"' in page
    with pytest.raises(Refused):
        workflow.publish(by=None, rearrange=True, at=LONG_AGO + 2 * DAY)


def test_an_empty_manual_has_an_empty_page(client, arranger):
    client.force_login(arranger)
    assert "There are no chapters yet" in shown(client)


def test_chapters_can_be_arranged_before_the_first_edition(client, arranger, chapters):
    client.force_login(arranger)
    click(client, button(shown(client), chapters["assessment"], "Up"))
    assert tree()[:2] == ["safeguarding", ".assessment"]


def test_a_title_is_shown_as_words(client, arranger, published, chapters):
    client.force_login(arranger)
    workflow.publish(
        by=None, amendments=[agreed(chapters["referral"], title='<b>"Bold"</b>')], at=LONG_AGO + DAY
    )
    page = shown(client)
    assert "<b>" not in page
    assert 'aria-label="Up: &lt;b&gt;&quot;Bold&quot;&lt;/b&gt;"' in page


# --- The form for one chapter --------------------------------------------------------------------------------


def form_of(client: Any, chapter: Chapter) -> tuple[str, str]:
    address = f"/admin/manual/chapter/{chapter.pk}/move/"
    return address, re.search(r'name="seen" value="([^"]+)"', shown(client, address))[1]


@pytest.mark.parametrize(
    ("target", "how", "after"),
    [
        (
            "bruising",
            "after",
            ["safeguarding", ".assessment", "health", ".bruising", ".referral", "..leaflet"],
        ),
        ("health", "first", ["safeguarding", ".assessment", "health", ".referral", "..leaflet", ".bruising"]),
        ("health", "last", ["safeguarding", ".assessment", "health", ".bruising", ".referral", "..leaflet"]),
        ("", "first", ["referral", ".leaflet", "safeguarding", ".assessment", "health", ".bruising"]),
        ("", "last", ["safeguarding", ".assessment", "health", ".bruising", "referral", ".leaflet"]),
    ],
)
def test_an_approver_chooses_a_place_from_a_list(client, arranger, published, chapters, target, how, after):
    client.force_login(arranger)
    address, seen = form_of(client, chapters["referral"])
    key = chapters[target].pk if target else ""
    response = client.post(address, {"seen": seen, "how": how, "target": key})
    assert response.status_code == 302
    assert response["Location"].startswith(TREE)
    assert tree() == after


def test_the_list_has_neither_the_chapter_nor_what_stands_under_it(client, arranger, published, chapters):
    client.force_login(arranger)
    address, seen = form_of(client, chapters["referral"])
    options = set(re.findall(r'<option value="(\d+)"', shown(client, address)))
    assert options == {
        str(chapters[slug].pk) for slug in ("safeguarding", "assessment", "health", "bruising")
    }
    bad = {"seen": seen, "how": "last", "target": chapters["leaflet"].pk}
    assert client.post(address, bad).status_code == 422


@pytest.mark.parametrize(
    "fields",
    [
        {}, {"how": "after", "target": ""}, {"how": "sideways"}, {"how": "last", "target": "x"},
        {"seen": "x", "how": "last"},
    ],
)  # fmt: skip
def test_an_incomplete_form_moves_nothing_and_says_what_is_missing(
    client, arranger, published, chapters, fields
):
    client.force_login(arranger)
    address, seen = form_of(client, chapters["referral"])
    before = tree()
    response = client.post(address, {"seen": seen, **fields})
    assert response.status_code in (409, 422)
    assert "Nothing was moved" in response.content.decode()
    assert tree() == before


def test_the_form_refuses_when_the_chapter_was_moved_meanwhile(client, arranger, published, chapters):
    client.force_login(arranger)
    address, seen = form_of(client, chapters["referral"])
    workflow.move(chapters["referral"], by=None, after=chapters["assessment"])
    before = tree()
    fields = {"seen": seen, "how": "last", "target": chapters["health"].pk}
    response = client.post(address, fields)
    assert response.status_code == 409
    assert "stands after “Assessment”, under “Safeguarding” now" in response.content.decode()
    assert tree() == before
    fields["seen"] = re.search(r'name="seen" value="([^"]+)"', response.content.decode())[1]
    assert client.post(address, fields).status_code == 302


def test_there_is_no_form_for_a_chapter_that_is_not_there(client, arranger, published):
    client.force_login(arranger)
    assert client.get("/admin/manual/chapter/987654/move/").status_code == 404


# --- Size ----------------------------------------------------------------------------------------------------


def queries(client: Any) -> int:
    Contents.forget()
    with CaptureQueriesContext(connection) as captured:
        shown(client)
    return len(captured)


def test_the_page_makes_a_fixed_number_of_queries_and_begins_closed_when_it_is_long(
    client, arranger, published, chapters
):
    client.force_login(arranger)
    few = queries(client)
    assert 'class="tree-part" open' in shown(client)
    more = [Chapter.objects.add(f"more-{n}", parent=chapters["health"]) for n in range(320)]
    workflow.publish(by=None, amendments=[agreed(each) for each in more[:160]], at=LONG_AGO + DAY)
    assert queries(client) == few <= 14
    page = shown(client)
    assert 'class="tree-part" open' not in page
    assert page.count('class="tree-part" open') == 0
    assert shown(client, f"{TREE}?open=all").count('class="tree-part" open') == 2
    at = shown(client, f"{TREE}?at={more[3].pk}")
    assert at.count('class="tree-part" open') == 1, "the part of the chapter that was moved last"
    assert shown(client, f"{TREE}?at=nonsense").count('class="tree-part" open') == 0
