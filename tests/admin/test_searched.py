"""What readers look for, as editors see it: what was not found with what mends it, and what is looked for most."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from manual import workflow
from manual.models import Edition, Event, Manual, Searched
from tests.manual_maker import agreed, first_edition, grow, meaning

pytestmark = pytest.mark.django_db

MISSED = "/admin/manual/searched/"
MOST = "/admin/manual/searched/most/"


@pytest.fixture
def onlooker(person: Callable[..., User]) -> User:
    return person("onlooker", "view_searched", is_staff=True)


@pytest.fixture
def published(db: None) -> Edition:
    Manual(title="Procedures of the north").save()
    lado = meaning("lado", name="LADO", meaning="Whom to ring.")
    return first_edition(grow("core\n    referral\n    assessment\n"), definitions=[lado])


def searched(words: str, *, days: int = 0, times: int = 1, found: bool = False) -> None:
    Searched.objects.create(
        words=words, day=timezone.localdate() - timedelta(days=days), times=times, found=found
    )


def lines(client: Any, address: str) -> list[Any]:
    return client.get(address).context["lines"]


def words(client: Any, address: str) -> list[str]:
    return [line.words for line in lines(client, address)]


def page(client: Any, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def section_of_the_desk(client: Any) -> str:
    found = re.search(r'<section[^>]*id="desk-not-found".*?</section>', page(client, "/admin/"), re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""


# --- Who -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["Editor", "Approver", "Administrator"])
def test_every_role_sees_it(client: Any, in_group: Callable[..., User], role: str) -> None:
    client.force_login(in_group(role, "somebody"))
    for address in (MISSED, MOST):
        assert client.get(address).status_code == 200


def test_nobody_else_does(client: Any, person: Callable[..., User]) -> None:
    assert client.get(MISSED).status_code == 302
    client.force_login(person("visitor", "view_synonym", "view_keyword", is_staff=True))
    for address in (MISSED, MOST):
        assert client.get(address).status_code == 403
    assert section_of_the_desk(client) == ""


def test_nothing_can_be_changed_in_it(client: Any, administrator: User) -> None:
    searched("zebra")
    client.force_login(administrator)
    for address in (MISSED, MOST):
        assert client.post(address, {"action": "delete_selected"}).status_code == 405
    for address in ("add/", f"{Searched.objects.get().pk}/change/", f"{Searched.objects.get().pk}/delete/"):
        assert client.get(f"{MISSED}{address}").status_code == 404
    assert Searched.objects.count() == 1


def test_who_may_do_nothing_about_it_is_offered_nothing(client: Any, onlooker: User) -> None:
    searched("zebra")
    client.force_login(onlooker)
    shown = page(client, MISSED)
    assert "zebra" in shown
    assert "Make a synonym" not in shown and "Draft a keyword" not in shown
    assert "Make a synonym" not in section_of_the_desk(client)


# --- Not found -----------------------------------------------------------------------------------------------


def test_what_was_not_found_stands_there_most_often_first(client: Any, editor: User) -> None:
    searched("zebra", times=2)
    searched("front door", days=3, times=4)
    searched("front door", days=50, times=5)
    searched("referral", times=90, found=True)
    client.force_login(editor)
    assert [(line.words, line.times, line.last) for line in lines(client, MISSED)] == [
        ("front door", 9, timezone.localdate() - timedelta(days=3)),
        ("zebra", 2, timezone.localdate()),
    ]
    assert [(line.words, line.times) for line in lines(client, f"{MISSED}?days=30")] == [
        ("front door", 4), ("zebra", 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("days", "shown"),
    [("7", ["today", "6"]), ("30", ["today", "6", "7", "29"]), ("90", ["today", "6", "7", "29", "30", "89"]),
     ("", ["today", "6", "7", "29", "30", "89"]), ("5000", ["today", "6", "7", "29", "30", "89"])],
)  # fmt: skip
def test_it_goes_as_far_back_as_is_asked_and_no_further_than_is_kept(
    client: Any, editor: User, days: str, shown: list[str]
) -> None:
    searched("today", times=9)
    for ago in (6, 7, 29, 30, 89, 90):
        searched(str(ago), days=ago)
    client.force_login(editor)
    for address in (MISSED, MOST):
        assert sorted(words(client, f"{address}?days={days}")) == sorted(shown)


def test_each_leads_to_a_synonym_and_to_a_keyword(client: Any, editor: User) -> None:
    searched("children s front door")
    client.force_login(editor)
    [line] = lines(client, MISSED)
    assert "children’s front door\n</textarea>" in page(client, line.synonym_address)
    assert 'value="children’s front door"' in page(client, line.keyword_address)


def test_what_search_finds_by_now_is_shown_as_found(client: Any, editor: User, published: Edition) -> None:
    for each in ("front door", "lado", "zebra", "refferal", "zebra referral", "1 1"):
        searched(each)
    client.force_login(editor)

    def found() -> set[str]:
        return {line.words for line in lines(client, MISSED) if line.found}

    assert found() == {"lado", "1.1"}
    workflow.add_synonym(by=editor, forms=["front door", "referral"])
    assert found() == {"lado", "1.1", "front door"}
    shown = page(client, MISSED)
    assert shown.count("Found by now") == 3
    assert "/search/?q=front+door" in shown
    assert shown.count(">Make a synonym<") == 3


def test_without_an_edition_nothing_is_found_yet(client: Any, editor: User) -> None:
    searched("referral")
    client.force_login(editor)
    assert [line.found for line in lines(client, MISSED)] == [False]


def test_a_page_at_a_time(client: Any, editor: User) -> None:
    for n in range(60):
        searched(f"words {n}", times=100 - n)
    client.force_login(editor)
    assert words(client, MISSED) == [f"words {n}" for n in range(25)]
    assert words(client, f"{MISSED}?days=7&page=3") == [f"words {n}" for n in range(50, 60)]
    assert "days=7&amp;page=2" in page(client, f"{MISSED}?days=7")
    assert words(client, f"{MISSED}?page=nonsense") == words(client, MISSED)


def test_words_of_readers_are_shown_as_words(client: Any, editor: User) -> None:
    searched("<b>referral</b>")
    client.force_login(editor)
    for address in (MISSED, MOST, "/admin/"):
        shown = page(client, address)
        assert "&lt;b&gt;referral&lt;/b&gt;" in shown and "<b>referral" not in shown


# --- Searched for most ---------------------------------------------------------------------------------------


def test_what_is_searched_for_most_stands_first_found_or_not(client: Any, editor: User) -> None:
    searched("referral", times=9, found=True)
    searched("zebra", times=3, days=1, found=True)
    searched("zebra", times=8)
    searched("lado", times=2, found=True)
    client.force_login(editor)
    assert [(line.words, line.times, line.found) for line in lines(client, MOST)] == [
        ("zebra", 11, False), ("referral", 9, True), ("lado", 2, True),
    ]  # fmt: skip


def test_it_makes_the_same_queries_for_one_and_for_many(client: Any, editor: User) -> None:
    client.force_login(editor)

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            page(client, address)
        return len(captured)

    searched("referral", found=True)
    few, at_the_desk = queries(MOST), queries("/admin/")
    for n in range(40):
        searched(f"words {n}", found=True)
    assert queries(MOST) == few
    assert queries("/admin/") == at_the_desk


# --- Nothing there -------------------------------------------------------------------------------------------


def test_the_pages_say_what_is_kept_and_for_how_long(client: Any, editor: User) -> None:
    client.force_login(editor)
    for address in (MISSED, MOST):
        shown = page(client, address)
        assert "for 90 days, then they are deleted" in shown
        assert "Searches are not counted" not in shown
    assert "Whatever readers searched for in these days was found." in page(client, MISSED)
    assert "Nobody has searched for anything in these days." in page(client, MOST)


def test_turned_off_the_pages_say_so(
    client: Any, administrator: User, editor: User, published: Edition
) -> None:
    searched("zebra")
    workflow.change_settings(by=administrator, keep_searches=False)
    client.force_login(editor)
    for address in (MISSED, MOST):
        shown = page(client, address)
        assert "Searches are not counted. The setting “what readers search for is counted” is off" in shown
        assert "Nothing is kept." in shown and "zebra" not in shown
        assert "settings of the manual" not in shown
    assert "Searches are not counted." in section_of_the_desk(client)
    client.force_login(administrator)
    assert "settings of the manual" in page(client, MISSED)


# --- The settings and the desk -------------------------------------------------------------------------------


def test_an_administrator_turns_it_off_and_what_was_kept_is_deleted(client: Any, administrator: User) -> None:
    Manual(title="Procedures of the north", contacts="contacts", quick_guide="contacts").save()
    chapters = grow("core\n    contacts\n")
    text = "## Urgent help {: #urgent-help }\n\nRing.\n"
    workflow.publish(
        by=None,
        rearrange=True,
        amendments=[agreed(chapters["core"]), agreed(chapters["contacts"], text=text)],
    )
    searched("zebra")
    client.force_login(administrator)
    settings = "/admin/manual/manual/1/change/"
    assert "after 90 days it is deleted" in page(client, settings)
    form = client.get(settings).context["adminform"].form
    sent = {name: form[name].value() for name in form.fields if form[name].value()}
    assert sent["keep_searches"] is True
    assert client.post(settings, sent).status_code == 302
    assert Searched.objects.count() == 1
    del sent["keep_searches"]
    assert client.post(settings, sent).status_code == 302
    assert not Searched.objects.exists()
    assert (
        Event.objects.get(verb="change settings").what
        == "What readers search for is counted: from yes to no."
    )


def test_the_desk_shows_the_first_few(client: Any, editor: User) -> None:
    client.force_login(editor)
    assert "Whatever readers searched for in the last 30 days was found." in section_of_the_desk(client)
    for n in range(8):
        searched(f"words {n}", times=20 - n)
    searched("long ago", days=31, times=99)
    shown = section_of_the_desk(client)
    assert "Searched for and not found 8" in shown
    assert "words 0 20 times · last on" in shown
    assert "words 4" in shown and "words 5" not in shown and "long ago" not in shown
    assert "and 3 more searches" in shown
    desk = page(client, "/admin/")
    assert "/admin/manual/synonym/add/?words=words+0" in desk
    assert "/admin/manual/searched/?days=30" in desk


def test_the_desk_leaves_out_what_there_are_other_words_for(client: Any, editor: User) -> None:
    searched("children s front door", times=3)
    searched("zebra")
    workflow.add_synonym(by=None, forms=["Children’s Front-Door", "referral"])
    client.force_login(editor)
    shown = section_of_the_desk(client)
    assert "not found 1 " in shown and "zebra 1 time ·" in shown and "front door" not in shown
    Searched.objects.filter(words="zebra").delete()
    assert "there are other words by now" in section_of_the_desk(client)
    assert words(client, MISSED) == ["children’s front door"], "the list says whether that helped"
