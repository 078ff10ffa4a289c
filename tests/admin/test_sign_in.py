"""Signing in: guessing is held up, little is kept, a session is one working day, and a password is one's own."""

from datetime import UTC, datetime

import pytest
import time_machine
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client, RequestFactory

from manual import workflow
from manual.admin.sign_in import address_of

PASSWORD = "seven green bottles"
SIGN_IN = "/admin/login/"


@pytest.fixture(autouse=True)
def passwords_are_quick(settings) -> None:
    """The real way of keeping a password takes long on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def ann(db) -> User:
    return User.objects.create_user("ann", password=PASSWORD, is_staff=True)


def sign_in(client: Client, name: str, password: str, **headers: str):
    return client.post(SIGN_IN, {"username": name, "password": password, "next": "/admin/"}, **headers)


def test_an_editor_signs_in_and_out(client, ann):
    assert sign_in(client, "ann", PASSWORD)["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert "Signed out" in client.post("/admin/logout/").content.decode()
    assert client.get("/admin/").status_code == 302


def test_the_page_says_what_is_wrong_and_keeps_where_somebody_wanted_to_go(client, ann):
    page = client.post(SIGN_IN, {"username": "ann", "password": "wrong", "next": "/admin/manual/chapter/"})
    assert page.status_code == 200
    words = page.content.decode()
    assert "No editor has this user name and password." in words
    assert 'value="/admin/manual/chapter/"' in words
    assert "Sign in to edit" in words


def test_after_five_mistakes_not_even_the_right_password_opens(client, ann):
    for _mistake in range(4):
        assert sign_in(client, "ann", "wrong").status_code == 200
    fifth = sign_in(client, "ann", "wrong")
    assert fifth.status_code == 429
    assert "for 15 minutes" in fifth.content.decode()
    assert fifth["Retry-After"] == "900"
    assert "no-store" in fifth["Cache-Control"]
    assert sign_in(client, "ann", PASSWORD).status_code == 429
    assert client.get("/admin/").status_code == 302, "nobody is signed in"


def test_a_name_that_nobody_has_is_closed_in_the_same_way(client, db):
    answers = [sign_in(client, "nobody", "wrong").status_code for _mistake in range(6)]
    assert answers == [200] * 4 + [429] * 2


def test_others_and_other_places_are_not_shut_out(client, ann, person):
    person("bob", is_staff=True)
    for _mistake in range(5):
        sign_in(client, "ann", "wrong", REMOTE_ADDR="192.0.2.1")
    assert sign_in(client, "bob", "wrong", REMOTE_ADDR="192.0.2.1").status_code == 200
    assert sign_in(client, "ann", PASSWORD, REMOTE_ADDR="192.0.2.2").status_code == 302


def test_it_opens_again_a_quarter_of_an_hour_after_the_last_mistake(ann):
    with time_machine.travel(datetime(2030, 1, 7, 9, 0, tzinfo=UTC), tick=False) as clock:
        for _mistake in range(5):
            sign_in(Client(), "ann", "wrong")
        clock.shift(14 * 60)
        assert sign_in(Client(), "ann", PASSWORD).status_code == 429, "asking again does not make it longer"
        clock.shift(61)
        assert sign_in(Client(), "ann", PASSWORD).status_code == 302


def test_signing_in_forgets_the_mistakes_before(client, ann):
    for _mistake in range(4):
        sign_in(client, "ann", "wrong")
    assert sign_in(client, "ann", PASSWORD).status_code == 302
    assert not AccessAttempt.objects.exists()
    assert sign_in(Client(), "ann", "wrong").status_code == 200


def test_nothing_is_kept_of_anybody_but_name_and_address_and_only_for_the_while(client, ann):
    with time_machine.travel(datetime(2030, 1, 7, 9, 0, tzinfo=UTC), tick=False) as clock:
        client.post(
            f"{SIGN_IN}?next=/admin/?secret=1",
            {"username": "ann", "password": "my real passw0rd"},
            HTTP_USER_AGENT="Browser of ann",
            HTTP_ACCEPT="text/x-ann",
        )
        [mistake] = AccessAttempt.objects.all()
        kept = " ".join(str(getattr(mistake, field.name)) for field in AccessAttempt._meta.concrete_fields)
        for private in ("passw0rd", "secret", "Browser", "x-ann", "csrf"):
            assert private not in kept
        clock.shift(16 * 60)
        sign_in(Client(), "somebody", "wrong")
    assert list(AccessAttempt.objects.values_list("username", flat=True)) == ["somebody"]
    assert not AccessLog.objects.exists()
    assert not AccessFailureLog.objects.exists()


def test_a_session_lasts_a_working_day(client, ann):
    with time_machine.travel(datetime(2030, 1, 7, 8, 0, tzinfo=UTC), tick=False) as clock:
        sign_in(client, "ann", PASSWORD)
        clock.shift(11 * 3600)
        assert client.get("/admin/").status_code == 200
        clock.shift(3600 + 1)
        assert client.get("/admin/").status_code == 302
    assert settings.SESSION_COOKIE_HTTPONLY


@pytest.mark.parametrize(
    ("behind_proxy", "forwarded", "remote", "address"),
    [
        (False, "192.0.2.7", "198.51.100.1", "198.51.100.1"),  # a reader could have written that header
        (True, "203.0.113.5, 192.0.2.7", "10.0.0.1", "192.0.2.7"),
        (True, "192.0.2.7:4711", "10.0.0.1", "192.0.2.7"),
        (True, "[2001:db8::1]:4711", "10.0.0.1", "2001:db8::1"),
        (True, "2001:db8::1", "10.0.0.1", "2001:db8::1"),
        (True, "", "10.0.0.1", "10.0.0.1"),
        (True, "<script>", "10.0.0.1", "10.0.0.1"),
        (False, "", "", None),
    ],
)
def test_the_address_is_the_one_that_the_proxy_saw(settings, behind_proxy, forwarded, remote, address):
    settings.BEHIND_PROXY = behind_proxy
    request = RequestFactory().get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)
    assert address_of(request) == address


def test_somebody_without_any_address_can_sign_in_and_make_mistakes(client, ann):
    assert sign_in(client, "ann", "wrong", REMOTE_ADDR="").status_code == 200
    assert sign_in(client, "ann", PASSWORD, REMOTE_ADDR="").status_code == 302


# --- A password of one's own -------------------------------------------------------------------------------


@pytest.fixture
def newcomer(administrator) -> User:
    return workflow.add_person(by=administrator, username="new", password=PASSWORD, role="Editor")


def test_a_newcomer_chooses_a_password_before_anything_else(client, newcomer):
    sign_in(client, "new", PASSWORD)
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain == [("/admin/password_change/", 302)]
    assert "Choose a password of your own first" in answer.content.decode()
    own = {
        "old_password": PASSWORD,
        "new_password1": "nine blue lanterns",
        "new_password2": "nine blue lanterns",
    }
    assert client.post("/admin/password_change/", own).status_code == 302
    assert client.get("/admin/").status_code == 200, "and stays signed in"
    other = Client()
    assert sign_in(other, "new", "nine blue lanterns").status_code == 302
    assert other.get("/admin/").status_code == 200
    assert newcomer.events.last().verb == "change password"


def test_a_newcomer_cannot_post_anything_before_that_but_can_sign_out(client, newcomer):
    client.force_login(newcomer)
    assert client.post("/admin/manual/chapter/").url == "/admin/password_change/"
    assert client.post("/admin/logout/").status_code == 200


@pytest.mark.parametrize("weak", ["short", "password1234", "123456789012345"])
def test_ones_own_password_has_to_be_a_good_one(client, newcomer, weak):
    client.force_login(newcomer)
    page = client.post(
        "/admin/password_change/", {"old_password": PASSWORD, "new_password1": weak, "new_password2": weak}
    )
    assert page.status_code == 200
    assert "password" in str(page.context["form"].errors)
    newcomer.refresh_from_db()
    assert newcomer.check_password(PASSWORD)


def test_a_password_of_ones_own_is_never_asked_for_again(client, ann):
    client.force_login(ann)
    assert client.get("/admin/").status_code == 200
