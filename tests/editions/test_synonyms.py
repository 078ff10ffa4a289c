"""Words that mean the same: said, changed and taken out by those who may, refused with a reason, on record."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone

from manual import workflow
from manual.models import Event, Synonym
from manual.workflow import NotPermitted, Refused, synonyms

pytestmark = pytest.mark.django_db

FORMS = ["social services", "children’s social care"]


def lac(**words: Any) -> Synonym:
    return workflow.add_synonym(by=None, forms=["LAC", "looked after child"], **words)


def said() -> list[list[str]]:
    """What search goes by."""
    return list(Synonym.objects.live().values_list("forms", flat=True))


def events(synonym: Synonym) -> list[tuple[str, str]]:
    return list(synonym.events.order_by("pk").values_list("verb", "what"))


# --- Who -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["Editor", "Approver", "Administrator"])
def test_every_role_says_changes_and_takes_out(in_group: Callable[..., User], role: str) -> None:
    somebody = in_group(role, "somebody")
    synonym = workflow.add_synonym(by=somebody, forms=FORMS)
    workflow.change_synonym(synonym, by=somebody, forms=[*FORMS, "SSD"], note="")
    workflow.take_out_synonym(synonym, by=somebody)
    assert synonym.made_by == somebody
    assert [(event.verb, event.by) for event in synonym.events.all()] == [
        ("add synonym", somebody), ("change synonym", somebody), ("take out synonym", somebody),
    ]  # fmt: skip


@pytest.mark.parametrize("who", ["nobody", "signed in", "only looks", "left"])
def test_nobody_else_does(person: Callable[..., User], in_group: Callable[..., User], who: str) -> None:
    makers: dict[str, Callable[[], Any]] = {
        "nobody": AnonymousUser,
        "signed in": lambda: person("signed-in"),
        "only looks": lambda: person("onlooker", "view_synonym", "view_searched"),
        "left": lambda: in_group("Administrator", "left", is_active=False),
    }
    somebody, synonym = makers[who](), lac()
    for verb in (
        lambda: workflow.add_synonym(by=somebody, forms=FORMS),
        lambda: workflow.change_synonym(synonym, by=somebody, forms=FORMS, note=""),
        lambda: workflow.take_out_synonym(synonym, by=somebody),
    ):
        with pytest.raises(NotPermitted):
            verb()
    assert said() == [["LAC", "looked after child"]]
    assert Event.objects.count() == 1


# --- What is said --------------------------------------------------------------------------------------------


def test_forms_are_kept_clean_in_their_order_and_each_once() -> None:
    synonym = workflow.add_synonym(
        by=None,
        forms=["  looked  after\tchild ", "", "LAC", "lac", "Looked-after child", "CLA\u200b"],
        note=" Old\n name. ",
    )
    synonym.refresh_from_db()
    assert synonym.forms == ["looked after child", "LAC", "CLA"]
    assert synonym.note == "Old name."


@pytest.mark.parametrize(
    ("forms", "reason"),
    [
        ([], "at least two different"),
        (["LAC"], "at least two different"),
        (["LAC", " ", ""], "at least two different"),
        (["LAC", "lac"], "at least two different"),
        (["café-bar", "Cafe Bar"], "at least two different"),
        (["LAC", "–"], "no letter and no digit"),
        (["LAC", "x" * 101], "at most 100 characters"),
        ([f"form {n}" for n in range(31)], "at most 30 words or phrases; this one has 31"),
    ],
)
def test_what_is_no_set_of_words_is_refused(forms: list[str], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        workflow.add_synonym(by=None, forms=forms)
    synonym = lac()
    with pytest.raises(Refused, match=reason):
        workflow.change_synonym(synonym, by=None, forms=forms, note="")
    assert said() == [["LAC", "looked after child"]]
    assert [verb for verb, _ in events(synonym)] == ["add synonym"]


def test_as_much_as_may_be_is_taken() -> None:
    workflow.add_synonym(by=None, forms=[f"{n:03} {'x' * 96}" for n in range(30)], note="n" * 200)
    with pytest.raises(Refused, match="at most 200 characters; this one has 201"):
        lac(note="n" * 201)


def test_what_is_said_already_is_not_said_again() -> None:
    lac()
    with pytest.raises(Refused, match="said already: “LAC” = “looked after child”"):
        workflow.add_synonym(by=None, forms=["Looked-After Child", "lac"])
    other = workflow.add_synonym(by=None, forms=["LAC", "looked after child", "child in care"])
    with pytest.raises(Refused, match="said already"):
        workflow.change_synonym(other, by=None, forms=["lac", "looked after child"], note="")


def test_a_form_may_be_in_two_sets() -> None:
    lac()
    workflow.add_synonym(by=None, forms=["LAC", "local area coordinator"])
    assert len(said()) == 2


def test_what_was_taken_out_may_be_said_again() -> None:
    workflow.take_out_synonym(lac(), by=None)
    lac()
    assert len(said()) == 1
    assert Synonym.objects.count() == 2


def test_there_is_an_end_to_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synonyms, "MOST_SETS", 2)
    first = lac()
    workflow.add_synonym(by=None, forms=FORMS)
    with pytest.raises(Refused, match="There are 2 sets of words already"):
        workflow.add_synonym(by=None, forms=["one", "two"])
    workflow.take_out_synonym(first, by=None)
    workflow.add_synonym(by=None, forms=["one", "two"])


# --- Changed and taken out -----------------------------------------------------------------------------------


def test_a_change_says_what_it_was() -> None:
    synonym = lac()
    workflow.change_synonym(synonym, by=None, forms=["LAC", "CLA"], note="As in the Act.")
    assert events(synonym) == [
        ("add synonym", "“LAC” = “looked after child”"),
        ("change synonym", "From “LAC” = “looked after child” to “LAC” = “CLA” (As in the Act.)."),
    ]
    assert said() == [["LAC", "CLA"]]
    assert synonym.forms == ["LAC", "CLA"]


def test_the_spelling_of_a_form_can_be_put_right() -> None:
    synonym = lac()
    workflow.change_synonym(synonym, by=None, forms=["LAC", "Looked-after child"], note="")
    assert said() == [["LAC", "Looked-after child"]]


def test_saving_what_is_there_writes_nothing() -> None:
    synonym = lac(note="Why.")
    workflow.change_synonym(synonym, by=None, forms=[" LAC", "looked after child", ""], note="Why. ")
    assert [verb for verb, _ in events(synonym)] == ["add synonym"]


def test_who_saw_other_words_is_told_what_they_say_now() -> None:
    seen = Synonym.objects.get(pk=lac().pk)
    workflow.change_synonym(Synonym.objects.get(pk=seen.pk), by=None, forms=["LAC", "CLA"], note="")
    with pytest.raises(Refused, match="changed it meanwhile: it now says “LAC” = “CLA”"):
        workflow.change_synonym(seen, by=None, forms=["LAC", "child in care"], note="")
    assert said() == [["LAC", "CLA"]]


def test_what_is_taken_out_is_no_longer_live_and_stays_on_record() -> None:
    synonym = lac()
    workflow.take_out_synonym(synonym, by=None)
    assert said() == []
    synonym.refresh_from_db()
    assert timezone.now() - synonym.taken_out_at < timedelta(minutes=1)
    assert events(synonym)[-1] == ("take out synonym", "“LAC” = “looked after child”")
    with pytest.raises(Refused, match="taken out already"):
        workflow.take_out_synonym(synonym, by=None)
    with pytest.raises(Refused, match="taken out already"):
        workflow.change_synonym(synonym, by=None, forms=FORMS, note="")
    assert len(events(synonym)) == 2
