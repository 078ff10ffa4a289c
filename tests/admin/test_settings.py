"""The settings of the manual: changed by administrators, seen by readers at once, on record for ever."""

import pytest
from django.contrib.auth.models import Group, User

from manual import workflow
from manual.models import Chapter, Event, Manual
from manual.workflow import NotPermitted, Refused
from tests.manual_maker import agreed, grow, submitted
from tests.remembered import remembered

SETTINGS = "/admin/manual/manual/1/change/"


@pytest.fixture
def ada(db) -> User:
    ada = User.objects.create_user("ada", first_name="Ada", last_name="Example", is_staff=True)
    ada.groups.add(Group.objects.get(name="Administrator"))
    return ada


@pytest.fixture
@remembered
def published(db):
    """A manual with a chapter of contacts and one more."""
    Manual(title="Procedures", contacts="contacts", quick_guide="referral", areas={"north": "North"}).save()
    chapters = grow("core\n    contacts\n    referral\n")
    texts = {"contacts": "## Urgent help {: #urgent-help }\n\nRing.\n\n## Office {: #office }\n\nWrite.\n"}
    amendments = [
        agreed(chapter, **({"text": texts[slug]} if slug in texts else {}))
        for slug, chapter in chapters.items()
    ]
    return workflow.publish(by=None, amendments=amendments, rearrange=True).edition


def said(**changes) -> dict:
    manual = Manual.objects.current()
    data = {
        name: getattr(manual, name) for name in ("title", "board", "contacts", "urgent_help", "quick_guide")
    }
    return {**data, **({"keep_searches": "on"} if manual.keep_searches else {}), **changes}


def test_a_change_is_on_record_with_what_it_was_and_is(client, ada, published):
    client.force_login(ada)
    assert client.post(SETTINGS, said(title="Kent procedures", sample="on")).status_code == 302
    event = Event.objects.get(verb="change settings")
    assert (event.by, event.manual_id) == (ada, 1)
    assert event.what == "Title: from “Procedures” to “Kent procedures”. Sample text: from no to yes."
    assert "Kent procedures" in client.get("/").content.decode()
    assert Manual.objects.current().areas == {"north": "North"}, "what the form does not show is kept"


def test_saving_what_is_there_writes_nothing(client, ada, published):
    client.force_login(ada)
    assert client.post(SETTINGS, said()).status_code == 302
    assert not Event.objects.filter(verb="change settings").exists()


def test_chapters_are_chosen_by_name_and_sections_by_heading(client, ada, published):
    client.force_login(ada)
    page = client.get(SETTINGS).content.decode()
    assert '<option value="referral" selected>1.2 Referral</option>' in page
    assert '<option value="office">Office</option>' in page
    assert client.post(SETTINGS, said(urgent_help="office", quick_guide="contacts")).status_code == 302
    assert Manual.objects.current().urgent_help == "office"
    assert Manual.objects.current().quick_guide == "contacts"


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"quick_guide": "mistyped"}, "The edition in force has no chapter with this address."),
        ({"quick_guide": "core"}, "The edition in force has no chapter with this address."),
        ({"contacts": "referral"}, "The contacts chapter has no section with this address."),
        ({"urgent_help": "mistyped"}, "The contacts chapter has no section with this address."),
        ({"title": " "}, "This field is required."),
        ({"board": "x" * 201}, "at most 200 characters"),
    ],
)
def test_a_mistake_is_explained_and_changes_nothing(client, ada, published, changes, complaint):
    client.force_login(ada)
    before = said()
    page = client.post(SETTINGS, said(**changes))
    assert page.status_code == 200
    assert complaint in page.content.decode()
    assert said() == before
    assert not Event.objects.filter(verb="change settings").exists()


def test_a_setting_that_leads_nowhere_is_shown_but_not_taken_again(client, ada, published):
    Manual.objects.update(quick_guide="lost")
    client.force_login(ada)
    assert "lost (not in the edition in force)" in client.get(SETTINGS).content.decode()
    page = client.post(SETTINGS, said()).content.decode()
    assert "The edition in force has no chapter with this address." in page
    assert client.post(SETTINGS, said(quick_guide="contacts")).status_code == 302


def test_before_the_first_edition_addresses_are_typed(client, ada):
    Manual().save()
    client.force_login(ada)
    assert client.post(SETTINGS, said(quick_guide="to-come")).status_code == 302
    assert Manual.objects.current().quick_guide == "to-come"


def test_self_approval_comes_with_its_consequences(client, ada, published, editor):
    client.force_login(ada)
    page = client.get(SETTINGS).content.decode()
    assert "nobody can approve what they wrote themselves" in page
    assert "each edition says for ever" in page
    waiting = submitted(Chapter.objects.get(slug="referral"), author=ada)
    with pytest.raises(NotPermitted):
        workflow.approve(waiting, by=ada)
    client.post(SETTINGS, said(self_approval="on"))
    assert Event.objects.get(verb="change settings").what == (
        "Authors may approve their own texts: from no to yes."
    )
    assert workflow.approve(waiting, by=ada).self_approved


def test_numbering_and_areas_are_shown_and_not_changed(client, ada, published):
    client.force_login(ada)
    page = client.get(SETTINGS).content.decode()
    assert "Numbered headings (1, 1.1)" in page
    assert "North" in page
    client.post(SETTINGS, said(numbering="paragraphs", areas='{"south": "South"}'))
    assert Manual.objects.current().numbering == "headings"
    assert Manual.objects.current().areas == {"north": "North"}
    with pytest.raises(TypeError):
        workflow.change_settings(by=ada, numbering="paragraphs")


def test_the_list_leads_to_the_one_manual_that_there_is(client, ada, published):
    client.force_login(ada)
    assert client.get("/admin/manual/manual/")["Location"] == SETTINGS


def test_nobody_else_changes_settings(client, ada, published, person):
    approver = person("approver", is_staff=True)
    approver.groups.add(Group.objects.get(name="Approver"))
    client.force_login(approver)
    assert client.get(SETTINGS).status_code == 403
    assert client.post(SETTINGS, said(title="Mine")).status_code == 403
    with pytest.raises(NotPermitted):
        workflow.change_settings(by=approver, title="Mine")
    assert Manual.objects.current().title == "Procedures"


def test_nobody_deletes_the_manual_or_adds_another(client, administrator, published):
    client.force_login(administrator)
    assert client.post("/admin/manual/manual/1/delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/manual/manual/add/").status_code == 403


def test_a_title_of_spaces_is_refused_by_the_verb(ada, db):
    with pytest.raises(Refused, match="The title cannot be empty"):
        workflow.change_settings(by=ada, title="  ")


# --- The record of decisions -------------------------------------------------------------------------------

RECORD = "/admin/manual/event/"


def test_decisions_are_read_as_sentences(client, ada, published, editor):
    submitted(Chapter.objects.get(slug="referral"), author=editor)
    workflow.change_settings(by=ada, title="Kent procedures")
    client.force_login(ada)
    page = client.get(RECORD).content.decode()
    assert "Submitted for approval" in page
    assert "Settings changed" in page
    assert "Ada Example" in page
    assert "Title: from “Procedures” to “Kent procedures”." in page
    assert "Loaded with the content" in page
    one = client.get(f"{RECORD}{Event.objects.get(verb='submit').pk}/change/").content.decode()
    assert "Submitted for approval" in one and "Referral" in one


def test_decisions_are_found_by_person_kind_day_and_words(client, ada, published, editor):
    submitted(Chapter.objects.get(slug="referral"), author=editor)
    workflow.change_settings(by=ada, title="Kent procedures")
    client.force_login(ada)

    def found(query: str) -> set[str]:
        return {event.verb for event in client.get(f"{RECORD}?{query}").context["cl"].result_list}

    assert found(f"by__id__exact={ada.pk}") == {"change settings"}
    assert found("verb=submit") == {"submit"}
    assert found("verb=nonsense") == found("")
    assert found("q=Kent") == {"change settings"}
    assert found(f"at__year={Event.objects.first().at.year}") == found("")
    assert found("at__year=1999") == set()


def test_not_even_a_superuser_changes_the_record(client, administrator, published):
    client.force_login(administrator)
    event = Event.objects.first()
    assert client.get(f"{RECORD}{event.pk}/change/").status_code == 200
    assert client.post(f"{RECORD}{event.pk}/change/", {"verb": "approve"}).status_code == 403
    assert client.post(f"{RECORD}{event.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"{RECORD}add/").status_code == 403
    client.post(RECORD, {"action": "delete_selected", "_selected_action": [event.pk], "post": "yes"})
    assert Event.objects.filter(pk=event.pk).exists()


def test_the_record_makes_a_fixed_number_of_queries(
    client, ada, editor, published, django_assert_max_num_queries
):
    chapters = [Chapter.objects.add(f"more-{n}") for n in range(20)]
    for chapter in chapters:
        workflow.draft(chapter, by=editor)
    client.force_login(ada)
    with django_assert_max_num_queries(14):
        client.get(RECORD)
