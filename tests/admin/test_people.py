"""Administrators look after people and roles: in plain words, on record, and nobody shuts the others out."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from manual import workflow
from manual.models import Event
from manual.workflow import NotPermitted, Refused

PASSWORD = "seven green bottles"
PEOPLE = "/admin/auth/user/"


@pytest.fixture(autouse=True)
def passwords_are_quick(settings) -> None:
    """The real way of keeping a password takes long on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def member(name: str, role: str = "", **fields) -> User:
    """Somebody in one of the roles that the migration made."""
    user = User.objects.create_user(name, is_staff=bool(role), **fields)
    if role:
        user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def ada(db) -> User:
    return member("ada", "Administrator", first_name="Ada", last_name="Example")


@pytest.fixture
def eve(db) -> User:
    return member("eve", "Editor")


def said(person: User, **changes) -> dict:
    """The form of a person as it stands, with changes."""
    data = {
        "username": person.username,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
        "role": workflow.role_of(person),
    }
    if person.is_active:
        data["is_active"] = "on"
    data.update(changes)
    return {key: value for key, value in data.items() if value is not None}


def change(client, person: User, **changes):
    return client.post(f"{PEOPLE}{person.pk}/change/", said(person, **changes))


# --- Adding ------------------------------------------------------------------------------------------------


def test_an_administrator_adds_an_editor_who_can_then_write(client, ada):
    client.force_login(ada)
    response = client.post(
        f"{PEOPLE}add/",
        {
            "username": "eve", "first_name": "Eve", "last_name": "Example", "email": "eve@example.org",
            "role": "Editor", "password1": PASSWORD, "password2": PASSWORD,
        },
    )  # fmt: skip
    assert response.status_code == 302
    eve = User.objects.get(username="eve")
    assert (eve.is_staff, eve.is_superuser, eve.is_active) == (True, False, True)
    assert eve.has_perm("manual.submit_amendment") and not eve.has_perm("manual.approve_amendment")
    assert eve.check_password(PASSWORD)
    event = eve.events.get()
    assert (event.verb, event.by, event.what) == ("add person", ada, "Role: Editor.")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"username": ""}, "This field is required."),
        ({"username": "ADA"}, "Somebody has this user name already."),
        ({"username": "two words"}, "Enter a valid username"),
        ({"password2": "another one altogether"}, "match"),
        ({"password1": "short", "password2": "short"}, "too short"),
        ({"password1": "password1234", "password2": "password1234"}, "too common"),
        ({"role": "Superuser"}, "Select a valid choice"),
        ({"email": "nowhere"}, "Enter a valid email address"),
    ],
)
def test_a_mistake_is_explained_and_nobody_is_added(client, ada, changes, complaint):
    client.force_login(ada)
    data = {"username": "eve", "role": "Editor", "password1": PASSWORD, "password2": PASSWORD, **changes}
    page = client.post(f"{PEOPLE}add/", data)
    assert page.status_code == 200
    assert complaint in page.content.decode()
    assert User.objects.count() == 1
    assert not Event.objects.exists()


def test_nobody_gives_more_than_a_role(client, ada):
    client.force_login(ada)
    permission = Permission.objects.get(codename="delete_user")
    client.post(
        f"{PEOPLE}add/",
        {
            "username": "eve", "role": "Editor", "password1": PASSWORD, "password2": PASSWORD, "is_superuser": "on",
            "is_staff": "on", "user_permissions": [permission.pk], "groups": [Group.objects.get(name="Approver").pk],
        },
    )  # fmt: skip
    eve = User.objects.get(username="eve")
    assert not eve.is_superuser
    assert not eve.user_permissions.exists()
    assert [group.name for group in eve.groups.all()] == ["Editor"]


# --- Changing ----------------------------------------------------------------------------------------------


def test_a_change_of_role_is_on_record_with_what_it_was(client, ada, eve):
    client.force_login(ada)
    assert change(client, eve, role="Approver", last_name="Example").status_code == 302
    eve = User.objects.get(pk=eve.pk)
    assert eve.has_perm("manual.approve_amendment")
    event = eve.events.get()
    assert event.by == ada
    assert event.what == "Last name from “” to “Example”; role from Editor to Approver."


def test_an_email_address_does_not_stand_on_record(client, ada, eve):
    client.force_login(ada)
    change(client, eve, email="eve@example.org")
    assert eve.events.get().what == "E-mail address changed."
    eve.refresh_from_db()
    assert eve.email == "eve@example.org"


def test_saving_without_a_change_writes_nothing(client, ada, eve):
    client.force_login(ada)
    assert change(client, eve).status_code == 302
    assert not eve.events.exists()


def test_who_leaves_cannot_sign_in_and_their_session_ends(client, ada, eve):
    hers = Client()
    hers.force_login(eve)
    assert hers.get("/admin/").status_code == 200
    client.force_login(ada)
    change(client, eve, is_active=None)
    assert hers.get("/admin/").status_code == 302
    assert eve.events.get().what == "Not active any more."
    eve.refresh_from_db()
    change(client, eve, is_active="on")
    assert eve.events.last().what == "Active again."


def test_without_a_role_nobody_gets_in(client, ada, eve):
    client.force_login(ada)
    change(client, eve, role="")
    eve.refresh_from_db()
    assert not eve.is_staff
    client.force_login(eve)
    assert client.get("/admin/").status_code == 302


def test_nobody_is_deleted(client, administrator, eve):
    client.force_login(administrator)
    assert client.get(f"{PEOPLE}{eve.pk}/delete/").status_code == 403
    assert client.post(f"{PEOPLE}{eve.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(PEOPLE, {"action": "delete_selected", "_selected_action": [eve.pk], "post": "yes"})
    assert User.objects.filter(pk=eve.pk).exists()


# --- Superusers --------------------------------------------------------------------------------------------


def test_a_superuser_is_changed_by_no_administrator(client, ada, administrator):
    client.force_login(ada)
    page = client.get(f"{PEOPLE}{administrator.pk}/change/")
    assert page.status_code == 200
    assert "looks after the whole site" in page.content.decode()
    assert change(client, administrator, is_active=None).status_code == 403
    new = {"password1": "nine blue lanterns", "password2": "nine blue lanterns"}
    assert client.post(f"{PEOPLE}{administrator.pk}/password/", new).status_code == 403
    with pytest.raises(NotPermitted, match="looks after the whole site"):
        workflow.change_person(administrator, by=ada, is_active=False)
    with pytest.raises(NotPermitted):
        workflow.set_password(administrator, by=ada, password=PASSWORD)
    administrator.refresh_from_db()
    assert administrator.is_active


@pytest.mark.parametrize("asked", ["password__startswith=m", "password=x", "password__regex=."])
def test_no_list_tells_how_a_stored_password_begins(client, ada, administrator, asked):
    client.force_login(ada)
    assert client.get(f"{PEOPLE}?{asked}").status_code == 400


def test_the_decisions_about_nobody_are_not_found(client, ada):
    client.force_login(ada)
    assert client.get(f"{PEOPLE}nobody/history/").status_code == 404


def test_no_verb_makes_a_superuser(ada, eve):
    for field in ("is_superuser", "is_staff", "user_permissions", "groups"):
        with pytest.raises(TypeError):
            workflow.change_person(eve, by=ada, **{field: True})
        with pytest.raises(TypeError):
            workflow.add_person(by=ada, username="x", password=PASSWORD, **{field: True})


def test_roles_are_for_superusers_to_see_and_for_nobody_to_change(client, ada, administrator):
    client.force_login(ada)
    assert client.get("/admin/auth/group/").status_code == 403
    client.force_login(administrator)
    assert client.get("/admin/auth/group/").status_code == 200
    editors = Group.objects.get(name="Editor")
    assert client.post(f"/admin/auth/group/{editors.pk}/change/", {"name": "x"}).status_code == 403
    assert client.post(f"/admin/auth/group/{editors.pk}/delete/", {"post": "yes"}).status_code == 403


# --- The last administrator --------------------------------------------------------------------------------


def test_the_last_administrator_stays_one(client, ada):
    client.force_login(ada)
    for changes in ({"role": "Approver"}, {"role": ""}, {"is_active": None}):
        page = change(client, ada, **changes)
        assert page.status_code == 200
        assert "Nobody would be left who can look after people" in page.content.decode()
    assert list(workflow.administrators()) == [ada]


def test_nobody_takes_their_own_way_in_away(client, ada):
    member("second", "Administrator")
    client.force_login(ada)
    page = change(client, ada, role="Editor").content.decode()
    assert "Another administrator has to do this" in page
    assert workflow.role_of(User.objects.get(pk=ada.pk)) == "Administrator"


def test_an_inactive_administrator_does_not_count(ada):
    member("gone", "Administrator", is_active=False)
    with pytest.raises(Refused, match="Nobody would be left"):
        workflow.change_person(ada, by=ada, role="Editor")


def test_an_administrator_steps_back_once_there_is_another(ada):
    other = member("second", "Administrator")
    workflow.change_person(ada, by=other, role="Editor")
    assert list(workflow.administrators()) == [other]


# --- Passwords ---------------------------------------------------------------------------------------------


def test_an_administrator_gives_a_new_password(client, ada, eve):
    client.force_login(ada)
    page = client.get(f"{PEOPLE}{eve.pk}/password/")
    assert "New password for eve" in page.content.decode()
    response = client.post(f"{PEOPLE}{eve.pk}/password/", {"password1": PASSWORD, "password2": PASSWORD})
    assert response.status_code == 302
    eve.refresh_from_db()
    assert eve.check_password(PASSWORD)
    assert workflow.has_borrowed_password(eve)
    assert eve.events.get().verb == "set password"
    assert PASSWORD not in str(Event.objects.values_list())


def test_a_new_password_opens_sign_in_that_mistakes_had_closed(client, ada, eve):
    for _mistake in range(5):
        client.post("/admin/login/", {"username": "eve", "password": "wrong"})
    client.force_login(ada)
    client.post(f"{PEOPLE}{eve.pk}/password/", {"password1": PASSWORD, "password2": PASSWORD})
    client.logout()
    assert client.post("/admin/login/", {"username": "eve", "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize("second", ["another one", ""])
def test_a_password_that_is_not_typed_twice_alike_changes_nothing(client, ada, eve, second):
    client.force_login(ada)
    before = eve.password
    page = client.post(f"{PEOPLE}{eve.pk}/password/", {"password1": PASSWORD, "password2": second})
    assert page.status_code == 200
    eve.refresh_from_db()
    assert eve.password == before
    assert not eve.events.exists()


# --- Who sees this -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["Editor", "Approver"])
def test_only_administrators_see_people(client, ada, role):
    other = member("other", role)
    client.force_login(other)
    for address in (PEOPLE, f"{PEOPLE}add/", f"{PEOPLE}{ada.pk}/change/", f"{PEOPLE}{ada.pk}/password/"):
        assert client.get(address).status_code == 403, address
    with pytest.raises(NotPermitted):
        workflow.add_person(by=other, username="x", password=PASSWORD)
    with pytest.raises(NotPermitted):
        workflow.change_person(ada, by=other, role="")
    with pytest.raises(NotPermitted):
        workflow.set_password(ada, by=other, password=PASSWORD)


def test_the_list_shows_roles_in_a_fixed_number_of_queries(client, ada, django_assert_max_num_queries):
    for n in range(30):
        member(f"editor-{n}", "Editor")
    client.force_login(ada)
    with django_assert_max_num_queries(14):
        page = client.get(PEOPLE)
    words = page.content.decode()
    assert "Ada Example" in words and "Administrator" in words
    assert client.get(f"{PEOPLE}?role=Approver").context["cl"].result_count == 0
    assert client.get(f"{PEOPLE}?role=Editor").context["cl"].result_count == 30


def test_what_was_decided_about_a_person_can_be_read(client, ada, eve):
    workflow.change_person(eve, by=ada, role="Approver")
    client.force_login(ada)
    page = client.get(f"{PEOPLE}{eve.pk}/history/", follow=True).content.decode()
    assert "Role from Editor to Approver." in page
    assert "Person changed" in page
