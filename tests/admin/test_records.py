"""The admin shows what is on record, to those who may see it, and changes nothing but the manual's own settings."""

import pytest

from manual import workflow
from manual.models import Chapter, Edition, Manual
from tests.manual_maker import agreed, first_edition, grow, meaning
from tests.remembered import remembered

LISTS = ["amendment", "chapter", "edition", "event"]


@pytest.fixture
@remembered
def published(db) -> Edition:
    Manual(areas={"north": "North"}).save()
    return first_edition(grow("core\n    referral\n"), definitions=[meaning("lado")])


@pytest.mark.parametrize("noun", LISTS)
def test_an_administrator_sees_every_list_and_every_record(client, administrator, published, noun):
    client.force_login(administrator)
    response = client.get(f"/admin/manual/{noun}/")
    assert response.status_code == 200
    model = response.context["cl"].model
    record = client.get(f"/admin/manual/{noun}/{model.objects.first().pk}/change/")
    assert record.status_code == 200


@pytest.mark.parametrize("noun", ["amendment", "chapter", "event"])
def test_nobody_adds_changes_or_deletes_a_record_there(client, administrator, published, noun):
    client.force_login(administrator)
    model = client.get(f"/admin/manual/{noun}/").context["cl"].model
    key = model.objects.first().pk
    assert client.get(f"/admin/manual/{noun}/add/").status_code == 403
    assert client.post(f"/admin/manual/{noun}/{key}/change/", {"slug": "other"}).status_code == 403
    assert client.post(f"/admin/manual/{noun}/{key}/delete/", {"post": "yes"}).status_code == 403


def test_a_person_without_permissions_is_shown_the_page_for_that(client, person, published):
    client.force_login(person("visitor", is_staff=True))
    response = client.get("/admin/manual/chapter/")
    assert response.status_code == 403
    assert "You may not see this page" in response.content.decode()


SETTINGS = {
    "title": "Other procedures",
    "board": "Board",
    "contacts": "referral",
    "urgent_help": "urgent-help",
    "quick_guide": "referral",
}


def test_an_administrator_renames_the_manual(client, administrator, published):
    urgent = agreed(Chapter.objects.get(slug="referral"), text="## Urgent help {: #urgent-help }\n\n999\n")
    workflow.publish(by=None, amendments=[urgent])
    client.force_login(administrator)
    assert client.post("/admin/manual/manual/1/change/", SETTINGS).status_code == 302
    assert Manual.objects.current().title == "Other procedures"
    assert Manual.objects.current().areas == {"north": "North"}, "what the form does not show is kept"


def test_it_refuses_to_name_a_chapter_or_section_that_is_not_there(client, administrator, published):
    client.force_login(administrator)
    page = client.post(
        "/admin/manual/manual/1/change/", {**SETTINGS, "quick_guide": "mistyped"}
    ).content.decode()
    assert "The edition in force has no chapter with this address." in page
    assert "The contacts chapter has no section with this address." in page
    assert Manual.objects.current().title != "Other procedures"


def test_the_list_of_chapters_makes_a_fixed_number_of_queries(
    client, administrator, published, django_assert_max_num_queries
):
    for n in range(30):
        Chapter.objects.add(f"more-{n}")
    client.force_login(administrator)
    with django_assert_max_num_queries(10):
        client.get("/admin/manual/chapter/")
