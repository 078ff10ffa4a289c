"""Keywords are drafted like texts: by an editor, seen by a second person, in force with an edition."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from manual import drafting, workflow
from manual.models import Chapter, Contents, Definition, Edition, Event, Glossary, Keyword, Status
from manual.workflow import NotPermitted, NotReady, Overtaken, Refused
from tests.manual_maker import DAY, LONG_AGO, agreed, first_edition, grow, meaning
from tests.remembered import remembered

pytestmark = pytest.mark.django_db

LIST = "/admin/manual/keyword/"
ADD = "/admin/manual/keyword/add/"


@pytest.fixture
def writer(person: Callable[..., User]) -> User:
    return person(
        "writer", "submit_amendment", "view_keyword", "view_definition", is_staff=True, first_name="Ann"
    )


@pytest.fixture
def colleague(person: Callable[..., User]) -> User:
    return person(
        "colleague", "submit_amendment", "view_keyword", "view_definition", is_staff=True,
        first_name="Cas", last_name="Example",
    )  # fmt: skip


@pytest.fixture
def onlooker(person: Callable[..., User]) -> User:
    return person("onlooker", "view_keyword", "view_definition", is_staff=True)


@pytest.fixture
@remembered
def published(db: None) -> Edition:
    chapters = grow("core\n    referral\n    assessment\n")
    words = [
        meaning("lado", name="LADO", also=["designated officer"], meaning="The officer of the authority."),
        meaning("core-group", name="Core group", meaning="Those who carry out the plan."),
    ]
    first = first_edition(chapters, definitions=words)
    changed = [agreed(chapters["referral"], text="Ask the LADO. The LADO answers.\n")]
    workflow.publish(by=None, amendments=changed, at=LONG_AGO + DAY)
    return first


@pytest.fixture
def lado(published: Edition) -> Keyword:
    return Keyword.objects.get(slug="lado")


def page(client: Any, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def write_address(definition: Definition) -> str:
    return f"/admin/manual/definition/{definition.pk}/write/"


def fields_of(definition: Definition, **changed: Any) -> dict[str, Any]:
    """What the form sends, as it was filled in when the page was opened."""
    fields = {
        "revision": definition.revision,
        "name": definition.name,
        "also": "\n".join(definition.also),
        "meaning": definition.meaning,
        "see_also": definition.see_also,
        "note": definition.note,
    }
    return {**fields, **changed}


# --- Who -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["onlooker", "writer"])
def test_who_may_see_keywords_sees_them(client, request, lado, who):
    client.force_login(request.getfixturevalue(who))
    assert ("New keyword" in page(client, LIST)) == (who == "writer")
    assert ("Change this keyword" in page(client, f"{LIST}{lado.pk}/change/")) == (who == "writer")


def test_who_may_not_draft_begins_nothing(client, onlooker, lado):
    client.force_login(onlooker)
    assert client.get(ADD).status_code == 403
    assert client.post(ADD, {"name": "Advocate"}).status_code == 403
    assert client.post(f"{LIST}{lado.pk}/draft/").status_code == 403
    assert Definition.objects.exclude(status=Status.PUBLISHED).count() == 0
    with pytest.raises(NotPermitted):
        workflow.begin_keyword(by=onlooker, name="Advocate")


def test_who_may_not_write_is_led_to_the_record_and_changes_nothing(
    client, writer, onlooker, colleague, lado
):
    draft = workflow.draft_definition(lado, by=writer)
    for other in (onlooker, colleague):
        client.force_login(other)
        response = client.get(write_address(draft))
        assert (response.status_code, response["Location"]) == (
            302,
            f"/admin/manual/definition/{draft.pk}/change/",
        )
        assert client.post(write_address(draft), fields_of(draft, meaning="Other words.")).status_code == 403
    client.logout()
    assert client.get(write_address(draft)).status_code == 302
    draft.refresh_from_db()
    assert draft.meaning == "The officer of the authority."


def test_who_may_not_see_keywords_is_refused(client, person, writer, lado):
    draft = workflow.draft_definition(lado, by=writer)
    client.force_login(person("visitor", is_staff=True))
    for address in (
        LIST,
        f"{LIST}{lado.pk}/change/",
        write_address(draft),
        f"/admin/manual/definition/{draft.pk}/change/",
    ):
        assert client.get(address).status_code == 403


def test_nobody_deletes_a_keyword_or_changes_one_past_the_verbs(client, administrator, lado):
    client.force_login(administrator)
    assert client.post(f"{LIST}{lado.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"{LIST}{lado.pk}/change/", {"slug": "other"}).status_code == 403
    assert client.get(f"{LIST}{lado.pk}/draft/").status_code == 405
    assert client.get("/admin/manual/definition/add/").status_code == 403
    assert client.get(f"{LIST}987654/change/").status_code == 302
    assert client.get("/admin/manual/definition/987654/write/").status_code == 404


# --- The list and the page of one ----------------------------------------------------------------------------


def test_the_list_says_what_is_in_force_and_what_is_under_way(client, writer, colleague, lado):
    client.force_login(writer)
    workflow.draft_definition(lado, by=colleague)
    workflow.begin_keyword(by=writer, name="Advocate")
    shown = page(client, LIST)
    assert shown.index(">Advocate<") < shown.index(">Core group<") < shown.index(">LADO<")
    row = shown[shown.index(">LADO<") :]
    assert "designated officer" in row
    assert "<td>1</td>" in row, "two mentions in one chapter"
    assert "Cas Example" in row
    advocate = shown[shown.index(">Advocate<") : shown.index(">Core group<")]
    assert "Not in force yet" in advocate


def test_a_keyword_is_found_by_its_name_and_its_other_forms(client, writer, lado):
    client.force_login(writer)
    assert ">LADO<" in page(client, f"{LIST}?q=DESIGNATED")
    assert ">Core group<" not in page(client, f"{LIST}?q=designated")
    assert "No keyword has" in page(client, f"{LIST}?q=<zebra>")
    assert "<zebra>" not in page(client, f"{LIST}?q=<zebra>")


def test_a_scheduled_change_is_shown_as_such(client, writer, lado):
    client.force_login(writer)
    workflow.publish(
        by=None, definitions=[meaning("lado", name="LADO (officer)")], effective_at=LONG_AGO + 40_000 * DAY
    )
    shown = page(client, LIST)
    assert ">LADO<" in shown
    assert "state-scheduled" in shown


def test_an_empty_glossary_has_an_empty_page(client, writer):
    client.force_login(writer)
    assert "There are no keywords yet." in page(client, LIST)


def test_the_list_makes_a_fixed_number_of_queries(client, writer, lado):
    client.force_login(writer)

    def queries() -> int:
        Contents.forget()
        Glossary.forget()
        with CaptureQueriesContext(connection) as captured:
            page(client, LIST)
        return len(captured)

    queries()
    few = queries()
    for n in range(30):
        workflow.begin_keyword(by=writer, name=f"Keyword {n}")
    workflow.publish(
        by=None,
        definitions=[meaning(f"more-{n}", name=f"More {n}") for n in range(30)],
        at=LONG_AGO + 2 * DAY,
    )
    queries()
    assert queries() == few


def test_the_page_of_a_keyword_shows_its_versions_and_what_was_decided(client, writer, lado):
    client.force_login(writer)
    draft = workflow.draft_definition(lado, by=writer)
    shown = page(client, f"{LIST}{lado.pk}/change/")
    assert "The officer of the authority." in shown
    assert "Version 1" in shown
    assert "Go on with your draft" in shown
    assert "Draft begun" in shown
    assert f"/admin/manual/definition/{draft.pk}/change/" in shown


def test_an_editor_is_told_of_somebody_elses_draft_and_since_when(client, writer, colleague, lado):
    other = workflow.draft_definition(lado, by=colleague)
    client.force_login(writer)
    sentence = "Cas Example has had a draft of this keyword since"
    shown = page(client, f"{LIST}{lado.pk}/change/")
    assert sentence in shown
    assert f"/admin/manual/definition/{other.pk}/change/" in shown
    own = workflow.draft_definition(lado, by=writer)
    assert sentence in page(client, write_address(own))
    workflow.revise(other, by=colleague, meaning="The officer of the council.")
    assert "council" in page(client, f"/admin/manual/definition/{other.pk}/change/")


# --- Beginning -----------------------------------------------------------------------------------------------


def test_a_new_keyword_is_begun_written_approved_and_published(client, writer, approver, lado):
    client.force_login(writer)
    response = client.post(ADD, {"name": "  Trusted   adult "})
    draft = Definition.objects.get(name="Trusted adult")
    assert response["Location"] == write_address(draft)
    assert draft.keyword.slug == "trusted-adult"
    fields = fields_of(
        draft, also="TA\n\n  safe   person \n",
        meaning="Somebody whom the child has named.\r\n\r\nSee [](keyword:lado).",
        see_also=["lado"], note="New.", agreed_by="Board", agreed_on="2026-05-01", minute="7",
    )  # fmt: skip
    response = client.post(write_address(draft), {**fields, "finish": "yes"})
    assert response["Location"] == f"/admin/manual/definition/{draft.pk}/change/"
    draft.refresh_from_db()
    assert draft.also == ["TA", "safe person"]
    assert (draft.see_also, draft.agreed_by, draft.minute) == (["lado"], "Board", "7")
    record = page(client, f"/admin/manual/definition/{draft.pk}/change/")
    assert "TA, safe person" in record
    response = client.post(
        f"/admin/manual/definition/{draft.pk}/decide/",
        {"decision": "submit", "status": "draft", "revision": draft.revision},
    )
    assert response.status_code == 302
    draft.refresh_from_db()
    assert draft.status == Status.SUBMITTED
    workflow.approve(draft, by=approver)
    assert "Trusted adult" not in page(client, "/keywords/")
    workflow.publish(by=None, definitions=[draft], at=LONG_AGO + 3 * DAY)
    shown = page(client, "/keywords/")
    assert "Trusted adult" in shown
    assert "safe person" in shown


def test_two_clicks_begin_one_keyword(client, writer, lado):
    client.force_login(writer)
    assert client.post(ADD, {"name": "Advocate"}).status_code == 302
    again = client.post(ADD, {"name": "advocate"})
    assert again.status_code == 422
    assert "which you have begun" in again.content.decode()
    assert Keyword.objects.filter(slug__startswith="advocate").count() == 1


def test_a_second_keyword_of_a_name_in_force_is_refused_with_the_way_to_the_first(client, writer, lado):
    client.force_login(writer)
    response = client.post(ADD, {"name": "Lado"})
    assert response.status_code == 422
    assert "There is a keyword “LADO” already" in response.content.decode()
    assert f"{LIST}{lado.pk}/change/" in response.content.decode()


@pytest.mark.parametrize("name", ["", "   ", "x" * 201])
def test_a_keyword_needs_a_name_that_fits(client, writer, name):
    client.force_login(writer)
    assert client.post(ADD, {"name": name}).status_code == 422
    assert not Keyword.objects.exists()


def test_a_change_begins_from_the_newest_meaning_and_a_second_click_leads_to_the_same_draft(
    client, writer, lado
):
    client.force_login(writer)
    first = client.post(f"{LIST}{lado.pk}/draft/")
    second = client.post(f"{LIST}{lado.pk}/draft/")
    assert first["Location"] == second["Location"]
    draft = lado.definitions.open().get()
    assert (draft.name, draft.also, draft.author) == ("LADO", ["designated officer"], writer)
    assert "The officer of the authority." in page(client, first["Location"])


# --- Saving --------------------------------------------------------------------------------------------------


def test_a_draft_is_saved_unfinished_and_shown_as_readers_will_see_it(client, writer, lado):
    client.force_login(writer)
    draft = workflow.draft_definition(lado, by=writer)
    fields = fields_of(draft, name="", meaning="The *officer*, see [](keyword:core-group).")
    assert client.post(write_address(draft), fields).status_code == 302
    shown = page(client, write_address(draft))
    assert "<em>officer</em>" in shown
    assert 'href="/keywords/core-group/"' in shown
    assert "The keyword has no name." in shown
    assert "Say what changed and why" in shown


def test_words_are_words(client, writer, lado):
    client.force_login(writer)
    draft = workflow.draft_definition(lado, by=writer)
    nasty = "<script>alert(1)</script>"
    client.post(write_address(draft), fields_of(draft, name=nasty, also=nasty, meaning=nasty, note=nasty))
    for address in (
        write_address(draft),
        f"/admin/manual/definition/{draft.pk}/change/",
        f"{LIST}{lado.pk}/change/",
    ):
        assert nasty not in page(client, address)


def test_two_tabs_never_overwrite_each_other_in_silence(client, writer, lado):
    client.force_login(writer)
    draft = workflow.draft_definition(lado, by=writer)
    old = fields_of(draft)
    client.post(write_address(draft), {**old, "meaning": "Words of the first tab."})
    response = client.post(write_address(draft), {**old, "meaning": "Words of the second tab."})
    assert response.status_code == 409
    shown = response.content.decode()
    assert "Words of the first tab." in shown
    assert "Words of the second tab." in shown
    draft.refresh_from_db()
    assert draft.meaning == "Words of the first tab."
    assert f'name="revision" value="{draft.revision}"' in shown
    again = {**old, "meaning": "Words of both.", "revision": draft.revision}
    assert client.post(write_address(draft), again).status_code == 302
    draft.refresh_from_db()
    assert draft.meaning == "Words of both."


@pytest.mark.parametrize(
    "bad",
    [
        {"revision": ""}, {"revision": "x"}, {"revision": "9" * 30}, {"name": "x" * 201}, {"also": "x" * 201},
        {"see_also": ["nowhere"]}, {"agreed_on": "yesterday"}, {"minute": "x" * 101},
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_and_no_word_is_lost(client, writer, lado, bad):
    client.force_login(writer)
    draft = workflow.draft_definition(lado, by=writer)
    response = client.post(write_address(draft), {**fields_of(draft, meaning="Long thought."), **bad})
    assert response.status_code == 422
    assert "Not saved yet" in response.content.decode()
    assert "Long thought." in response.content.decode()
    draft.refresh_from_db()
    assert draft.revision == 1


def test_what_was_submitted_meanwhile_is_not_changed(client, writer, lado):
    client.force_login(writer)
    draft = workflow.draft_definition(lado, by=writer, note="Why.")
    old = fields_of(draft, meaning="Too late.")
    workflow.submit(draft, by=writer)
    response = client.post(write_address(draft), old)
    assert response.status_code == 409
    assert "Too late." in response.content.decode()
    assert client.get(write_address(draft)).status_code == 302
    draft.refresh_from_db()
    assert draft.meaning == "The officer of the authority."


# --- What is wrong -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"also": ["LADOs"]}, "“LADOs” need not be listed"),
        (
            {"name": "Core Group meeting", "also": ["core group meetings"]},
            "“core group meetings” need not be listed",
        ),
        ({"also": ["officer", "Officer"]}, "“Officer” stands twice"),
        ({"also": ["core group"]}, "“core group” also stands for the keyword “Core group”"),
    ],
)
def test_an_editor_is_told_of_forms_that_are_needless_or_ambiguous(writer, lado, words, said):
    draft = workflow.draft_definition(
        lado, by=writer, **{"name": "LADO", "meaning": "M.", "note": "N.", **words}
    )
    assert any(said in sentence for sentence in drafting.doubts(draft))
    workflow.submit(draft, by=writer)


def test_nothing_is_doubted_of_a_form_that_is_its_own(writer, lado):
    draft = workflow.draft_definition(
        lado, by=writer, name="LADO", also=["designated officer", "Lado line"], meaning="M."
    )
    assert drafting.doubts(draft) == []


def test_a_name_that_is_another_keywords_form_is_doubted(writer, lado):
    draft = workflow.begin_keyword(by=writer, name="Designated officer")
    assert drafting.doubts(draft) == [
        "“Designated officer” is also a form of the keyword “LADO”. Where a chapter does not write either of the "
        "two out in other words, readers are asked which is meant."
    ]


def test_two_keywords_never_have_one_name(writer, lado):
    draft = workflow.draft_definition(
        Keyword.objects.get(slug="core-group"), by=writer, name=" lado ", meaning="M.", note="N."
    )
    with pytest.raises(NotReady, match="Another keyword is called “LADO” already"):
        workflow.submit(draft, by=writer)


def test_a_name_is_free_again_when_its_draft_was_given_up(writer, colleague):
    workflow.abandon(workflow.begin_keyword(by=writer, name="Advocate"), by=writer)
    again = workflow.begin_keyword(by=colleague, name="Advocate")
    assert again.keyword.slug == "advocate-2"


def test_a_colleagues_new_keyword_of_the_same_name_is_named(writer, colleague):
    workflow.begin_keyword(by=colleague, name="Advocate")
    with pytest.raises(Refused, match="Cas Example has begun"):
        workflow.begin_keyword(by=writer, name="ADVOCATE")


# --- Brought up to date --------------------------------------------------------------------------------------


@pytest.fixture
@remembered
def overtaken(writer: User, lado: Keyword) -> Definition:
    """A draft of a keyword that an urgent edition changed meanwhile."""
    draft = workflow.draft_definition(lado, by=writer, note="Why.")
    workflow.revise(draft, by=writer, also=["designated officer", "local officer"])
    urgent = meaning("lado", name="LADO", also=["LA officer"], meaning="The new officer of the authority.")
    workflow.publish(by=None, kind="urgent", definitions=[urgent], at=LONG_AGO + 2 * DAY)
    draft.refresh_from_db()
    return draft


def test_a_draft_that_an_urgent_edition_overtook_shows_both_changes_and_is_brought_up_to_date(
    client, writer, approver, overtaken, lado
):
    client.force_login(writer)
    with pytest.raises(Refused, match="up to date"):
        workflow.submit(overtaken, by=writer)
    newest = lado.definitions.published().order_by("sequence").last()
    shown = page(client, write_address(overtaken))
    assert "This keyword has changed since you began" in shown
    assert f'name="onto" value="{newest.pk}"' in shown
    assert "new" in shown[shown.index("What changed meanwhile") : shown.index("keyword-form")]
    assert "local officer\nLA officer</textarea>" in shown
    assert "The new officer of the authority.</textarea>" in shown
    fields = fields_of(
        overtaken,
        also="local officer\nLA officer",
        meaning="The new officer of the authority.",
        onto=newest.pk,
    )
    assert client.post(write_address(overtaken), fields).status_code == 302
    overtaken.refresh_from_db()
    assert overtaken.based_on == newest
    assert (
        Event.objects.filter(definition=overtaken, verb="bring up to date", what="With version 2.").count()
        == 1
    )
    assert "This keyword has changed since you began" not in page(client, write_address(overtaken))
    workflow.submit(overtaken, by=writer)
    workflow.approve(overtaken, by=approver)
    workflow.publish(by=None, definitions=[overtaken], at=LONG_AGO + 3 * DAY)
    assert "local officer, LA officer" in page(client, "/keywords/lado/")


def test_where_both_changed_the_same_words_the_author_is_asked_to_join_them(client, writer, overtaken):
    client.force_login(writer)
    workflow.revise(overtaken, by=writer, meaning="The best officer of the authority.")
    shown = page(client, write_address(overtaken))
    assert "Both changed the same words of the meaning" in shown
    assert "The best officer of the authority.</textarea>" in shown


def test_what_changed_once_more_meanwhile_is_not_passed_over(client, writer, overtaken, lado):
    client.force_login(writer)
    seen = lado.definitions.published().order_by("sequence").last()
    third = meaning("lado", name="LADO", meaning="The third meaning.")
    workflow.publish(by=None, kind="urgent", definitions=[third], at=LONG_AGO + 3 * DAY)
    response = client.post(write_address(overtaken), fields_of(overtaken, onto=seen.pk, note="Mine."))
    assert response.status_code == 409
    assert "has changed again since this page was shown" in response.content.decode()
    overtaken.refresh_from_db()
    assert overtaken.based_on.sequence == 1


def test_a_scheduled_definition_that_an_urgent_one_overtook_comes_back_and_goes_on(writer, approver, lado):
    draft = workflow.draft_definition(
        lado, by=writer, meaning="The scheduled meaning.", name="LADO", note="N."
    )
    workflow.submit(draft, by=writer)
    workflow.approve(draft, by=approver)
    workflow.publish(by=None, definitions=[draft], effective_at=LONG_AGO + 40_000 * DAY)
    urgent = workflow.record_agreed_definition(
        lado,
        approved_at=LONG_AGO,
        based_on=draft.based_on,
        name="LADO",
        meaning="The urgent meaning.",
        note="N.",
    )
    published = workflow.publish(by=None, kind="urgent", definitions=[urgent], at=LONG_AGO + 2 * DAY)
    assert published.returned == [draft]
    draft.refresh_from_db()
    assert draft.status == Status.RETURNED
    workflow.bring_up_to_date(draft, by=writer, onto=urgent, meaning="Both meanings.")
    workflow.submit(draft, by=writer)
    draft.refresh_from_db()
    assert (draft.status, draft.based_on) == (Status.SUBMITTED, urgent)


def test_a_draft_is_not_brought_up_to_date_with_something_else(writer, overtaken):
    other = Definition.objects.get(keyword__slug="core-group")
    chapter_text = Chapter.objects.get(slug="referral").amendments.published().last()
    unpublished = workflow.begin_keyword(by=writer, name="Advocate")
    for onto in (other, chapter_text, unpublished):
        with pytest.raises(Refused, match="brought up to date with"):
            workflow.bring_up_to_date(overtaken, by=writer, onto=onto)


def test_bringing_up_to_date_asks_for_the_revision_too(writer, overtaken, lado):
    newest = lado.definitions.published().order_by("sequence").last()
    with pytest.raises(Overtaken):
        workflow.bring_up_to_date(overtaken, by=writer, onto=newest, revision=overtaken.revision - 1)


def test_only_the_author_brings_a_draft_up_to_date(colleague, onlooker, overtaken, lado):
    newest = lado.definitions.published().order_by("sequence").last()
    for other in (colleague, onlooker):
        with pytest.raises(NotPermitted):
            workflow.bring_up_to_date(overtaken, by=other, onto=newest)
