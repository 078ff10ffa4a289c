"""The pages on which editors say which words mean the same, and see where that leads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from manual import workflow
from manual.models import Edition, Synonym
from tests.manual_maker import first_edition, grow, meaning

pytestmark = pytest.mark.django_db

LIST = "/admin/manual/synonym/"
ADD = "/admin/manual/synonym/add/"


@pytest.fixture
def onlooker(person: Callable[..., User]) -> User:
    return person("onlooker", "view_synonym", is_staff=True)


@pytest.fixture
def published(db: None) -> Edition:
    lado = meaning("lado", name="LADO", also=["designated officer"], meaning="Whom to ring.")
    return first_edition(grow("core\n    referral\n    assessment\n"), definitions=[lado])


def said(*forms: str, **words: Any) -> Synonym:
    return workflow.add_synonym(by=None, forms=forms, **words)


def record_of(synonym: Synonym) -> str:
    return f"{LIST}{synonym.pk}/change/"


def page(client: Any, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def form_of(synonym: Synonym, client: Any, **words: str) -> dict[str, str]:
    """What a browser would send that has the page open."""
    form = client.get(record_of(synonym)).context["form"]
    return {**{name: form[name].value() or "" for name in form.fields}, **words}


# --- Who -----------------------------------------------------------------------------------------------------


def test_who_may_see_them_changes_nothing(client: Any, onlooker: User) -> None:
    synonym = said("LAC", "looked after child")
    client.force_login(onlooker)
    for address in (LIST, record_of(synonym)):
        shown = page(client, address)
        assert "LAC = looked after child" in shown
        assert "<textarea" not in shown and "Take out" not in shown and "New words" not in shown
    assert client.get(ADD).status_code == 403
    assert client.post(ADD, {"words": "one\ntwo"}).status_code == 403
    assert client.post(record_of(synonym), {"words": "one\ntwo"}).status_code == 403
    assert client.post(f"{LIST}{synonym.pk}/take-out/").status_code == 403
    assert list(Synonym.objects.live()) == [synonym]


def test_who_may_not_see_them_is_refused(client: Any, person: Callable[..., User]) -> None:
    synonym = said("LAC", "looked after child")
    client.force_login(person("visitor", is_staff=True))
    for address in (LIST, ADD, record_of(synonym)):
        assert client.get(address).status_code == 403


def test_nobody_deletes_them(client: Any, administrator: User) -> None:
    synonym = said("LAC", "looked after child")
    client.force_login(administrator)
    assert client.post(f"{LIST}{synonym.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"{LIST}{synonym.pk}/take-out/").status_code == 405
    assert client.post(f"{LIST}987654/take-out/").status_code == 404
    assert client.get(f"{LIST}987654/change/").status_code == 302
    assert client.get(f"{LIST}nonsense/change/").status_code == 302
    assert list(Synonym.objects.live()) == [synonym]


# --- Saying them ---------------------------------------------------------------------------------------------


def test_an_editor_says_that_words_mean_the_same(client: Any, editor: User, published: Edition) -> None:
    client.force_login(editor)
    response = client.post(ADD, {"words": "front door\r\n\r\n Referral \r\n", "note": "What Kent calls it."})
    synonym = Synonym.objects.get()
    assert (response.status_code, response["Location"]) == (302, record_of(synonym))
    assert (synonym.forms, synonym.note, synonym.made_by) == (
        ["front door", "Referral"], "What Kent calls it.", editor,
    )  # fmt: skip
    shown = page(client, record_of(synonym))
    assert "Search goes by it from now on." in shown
    assert "What Kent calls it." in shown
    assert "editor" in shown.split("synonym-timeline")[-1]


def test_the_form_may_begin_with_words_that_were_not_found(client: Any, editor: User) -> None:
    client.force_login(editor)
    shown = page(client, f"{ADD}?words=front+%3Cdoor")
    assert "front &lt;door\n</textarea>" in shown
    assert "Readers searched for “front &lt;door” and found nothing." in shown
    assert "Readers searched" not in page(client, ADD)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"words": ""}, "at least two different"),
        ({"words": "LAC\nlac"}, "at least two different"),
        ({"words": "LAC\n?"}, "no letter and no digit"),
        ({"words": "LAC\nlooked after child"}, "said already"),
        ({"words": "x\n" * 5_000}, "too long"),
        ({"words": "one\ntwo", "note": "n" * 201}, "too long"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_saved(
    client: Any, editor: User, fields: dict[str, str], reason: str
) -> None:
    said("LAC", "looked after child")
    client.force_login(editor)
    response = client.post(ADD, fields)
    shown = response.content.decode()
    assert response.status_code == 422
    assert "Nothing is saved yet" in shown and reason in shown
    assert Synonym.objects.count() == 1


def test_a_set_is_changed(client: Any, editor: User) -> None:
    synonym = said("LAC", "looked after child")
    client.force_login(editor)
    response = client.post(record_of(synonym), form_of(synonym, client, words="LAC\nCLA"))
    assert response.status_code == 302
    synonym.refresh_from_db()
    assert synonym.forms == ["LAC", "CLA"]
    assert "From “LAC” = “looked after child” to “LAC” = “CLA”." in page(client, record_of(synonym))


def test_two_who_change_it_at_once_lose_nothing(client: Any, editor: User) -> None:
    synonym = said("LAC", "looked after child")
    client.force_login(editor)
    mine = form_of(synonym, client, words="LAC\nchild in care")
    workflow.change_synonym(synonym, by=None, forms=["LAC", "CLA"], note="")
    response = client.post(record_of(synonym), mine)
    shown = response.content.decode()
    assert response.status_code == 422
    assert "Somebody else has changed these words" in shown
    assert "LAC = CLA" in shown, "what is there now"
    assert "LAC\nchild in care</textarea>" in shown, "what was typed"
    synonym.refresh_from_db()
    assert synonym.forms == ["LAC", "CLA"]
    # Sent once more, it is a decision.
    again = {**mine, "seen": response.context["form"]["seen"].value()}
    assert client.post(record_of(synonym), again).status_code == 302
    synonym.refresh_from_db()
    assert synonym.forms == ["LAC", "child in care"]


def test_one_click_takes_a_set_out_and_a_second_says_so(client: Any, editor: User) -> None:
    synonym = said("LAC", "looked after child")
    client.force_login(editor)
    response = client.post(f"{LIST}{synonym.pk}/take-out/", follow=True)
    assert "Search goes by it no longer" in response.content.decode()
    assert not Synonym.objects.live().exists()
    response = client.post(f"{LIST}{synonym.pk}/take-out/", follow=True)
    assert "taken out already" in response.content.decode()
    assert "There are none yet" in page(client, LIST)
    assert "LAC = looked after child" in page(client, f"{LIST}?which=taken-out")
    shown = page(client, record_of(synonym))
    assert "Taken out" in shown and "<textarea" not in shown
    assert client.post(record_of(synonym), {"words": "one\ntwo"}).status_code == 422


# --- Where they lead -----------------------------------------------------------------------------------------


def test_the_page_of_a_set_tells_where_it_leads(client: Any, editor: User, published: Edition) -> None:
    client.force_login(editor)
    forms = client.get(record_of(said("front door", "referral"))).context["forms"]
    assert [(form.words, form.has_it, form.found) for form in forms] == [
        ("front door", 0, 1),
        ("referral", 1, 1),
    ]
    assert forms[0].address == "/search/?q=front+door"


def test_without_an_edition_it_leads_nowhere_yet(client: Any, editor: User) -> None:
    client.force_login(editor)
    forms = client.get(record_of(said("front door", "referral"))).context["forms"]
    assert [(form.has_it, form.found) for form in forms] == [(0, 0), (0, 0)]


def test_words_in_two_sets_lead_to_both_and_the_pages_say_so(client: Any, editor: User) -> None:
    first = said("LAC", "looked after child")
    second = said("lac", "local area coordinator")
    client.force_login(editor)
    shown = page(client, record_of(first))
    assert "“LAC” is also in another set" in shown
    assert record_of(second) in shown
    assert page(client, LIST).count("In another set too") == 2
    workflow.take_out_synonym(second, by=None)
    assert "also in another set" not in page(client, record_of(first))
    assert "In another set too" not in page(client, LIST)


def test_what_a_keyword_is_called_need_not_stand_here(client: Any, editor: User, published: Edition) -> None:
    client.force_login(editor)
    shown = page(client, record_of(said("Designated Officer", "who to ring")))
    assert "“Designated Officer” is a form of the keyword LADO" in shown


# --- The list ------------------------------------------------------------------------------------------------


def test_sets_are_found_by_any_form_and_by_their_note(client: Any, editor: User) -> None:
    said("LAC", "Looked-after child", note="The Act’s words.")
    said("front door", "MASH")
    client.force_login(editor)

    def found(wanted: str) -> list[str]:
        return [str(row[0]) for row in client.get(LIST, {"q": wanted}).context["rows"]]

    assert found("") == ["front door = MASH", "LAC = Looked-after child"]
    assert found("looked after") == found("ACT") == ["LAC = Looked-after child"]
    assert found("mash") == ["front door = MASH"]
    assert "No set has “zebra”" in page(client, f"{LIST}?q=zebra")


def test_the_list_makes_the_same_queries_for_one_and_for_many(client: Any, editor: User) -> None:
    client.force_login(editor)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(client, LIST)
        return len(captured)

    said("aaa", "aab", note="Number one.")
    few = queries()
    for n in range(60):
        workflow.add_synonym(by=editor, forms=[f"form {n}", f"other {n}"])
    assert queries() == few
    assert "form 59" in page(client, f"{LIST}?page=2")
    assert "aaa" not in page(client, f"{LIST}?page=2")


# --- The record of decisions ---------------------------------------------------------------------------------


def test_the_record_of_decisions_leads_to_the_set(client: Any, administrator: User) -> None:
    synonym = said("LAC", "looked after child")
    client.force_login(administrator)
    assert f'<a href="{record_of(synonym)}">LAC = looked after child</a>' in page(
        client, "/admin/manual/event/"
    )


def test_a_new_keyword_may_begin_with_words_that_were_not_found(client: Any, editor: User) -> None:
    client.force_login(editor)
    assert 'value="front &lt;door"' in page(client, "/admin/manual/keyword/add/?name=front+%3Cdoor%0A")
    assert "value=" not in page(client, "/admin/manual/keyword/add/").split('name="name"')[1].split(">")[0]
