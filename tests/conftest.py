"""What every test stands on: guards that step aside when tables are emptied, clean caches, and three people."""

import gc
import os
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as settings_of_the_site
from django.contrib.auth.models import Group, Permission, User
from django.db import connection, transaction
from django.test import TransactionTestCase, override_settings
from hypothesis import settings
from pytest_django import DjangoDbBlocker

from manual.models import guards
from manual.search import recording
from tests import remembered
from tests.remembered import forget_what_was_read

# CI tries the same examples every time, so that a red run means a change; at home every run tries others.
settings.register_profile("manual", deadline=None, print_blob=True, derandomize="CI" in os.environ)
settings.load_profile("manual")


REAL_TRANSACTIONS = {"transactional_db", "live_server"}
DATABASE_FIXTURES = {"db", "django_db_setup", *REAL_TRANSACTIONS}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="Only what another database could change: for a second run, on that one.",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Left out of a second run: what asks no database, and how pages look and feel in a browser; journeys stay.

    The order is that of pytest-django, first those who share a transaction, then those with real ones, then all others;
    of each kind those that take long begin early. Workers take the next few from it, so that all end at the same time.
    """
    items.sort(key=lambda item: (stage(item), item.get_closest_marker("long") is None))
    if not config.getoption("--database-only"):
        return
    uses, others = [], []
    for item in items:
        in_a_browser = item.get_closest_marker("browser") and not item.get_closest_marker("journey")
        looks = in_a_browser or item.get_closest_marker("looks")
        (uses if stage(item) < 2 and not looks else others).append(item)
    config.hook.pytest_deselected(items=others)
    items[:] = uses


def stage(item: pytest.Item) -> int:
    fixtures = set(getattr(item, "fixturenames", ()))
    marker = item.get_closest_marker("django_db")
    if fixtures & REAL_TRANSACTIONS or (marker and marker.kwargs.get("transaction")):
        return 1
    return 0 if marker or fixtures & DATABASE_FIXTURES else 2


def pytest_collection_finish() -> None:
    """All that is loaded by now stays to the end: looking through it for what can be thrown away took a fifth of the
    time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


# Made by migrations, for every test: who may do what, and the three roles.
KEPT = {"django_migrations", "django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}
# On SQLite: a copy of the database as all migrations together made it.
EMPTY: list[Path] = []
# What their members may, as all migrations together made them.
ROLES: set[tuple[str, str, str]] = set()


def roles() -> set[tuple[str, str, str]]:
    """Each role with each of its permissions, by application and name."""
    permissions = ("permissions__content_type__app_label", "permissions__codename")
    return set(Group.objects.values_list("name", *permissions))


def put_the_roles_back() -> None:
    Group.objects.all().delete()
    for name, application, codename in ROLES:
        group, _made = Group.objects.get_or_create(name=name)
        group.permissions.add(Permission.objects.get(content_type__app_label=application, codename=codename))


@pytest.fixture(scope="session", autouse=True)
def tables_are_emptied_but_for_the_roles() -> Iterator[None]:
    """Tests with real transactions end by emptying the tables, which the guards would refuse on SQLite. Django would
    throw away the roles too, and make every permission anew."""

    def empty(_test_case: TransactionTestCase) -> None:
        if EMPTY:
            remembered.put_back_all(EMPTY[0])
            return
        # No model stands for what search has written down.
        tables = {*connection.introspection.django_table_names(only_existing=True), *remembered.OF_SEARCH}
        guards.drop()
        try:
            # What refers to another row is looked at in the end.
            with transaction.atomic(), connection.cursor() as cursor:
                for table in sorted(tables - KEPT):
                    cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
            # A test that emptied them by itself took the roles too.
            if roles() != ROLES:
                put_the_roles_back()
        finally:
            guards.make()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield


@pytest.fixture(scope="session", autouse=True)
def workers_share_what_is_remembered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A manual that one of them has made is put back by the others."""
    with pytest.MonkeyPatch.context() as patch:
        if "PYTEST_XDIST_WORKER" in os.environ:
            folder = tmp_path_factory.getbasetemp().parent / "remembered"
            folder.mkdir(exist_ok=True)
            patch.setattr(remembered, "shared", folder)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A request that a browser has walked away from leaves its connection open, and PostgreSQL then keeps the test
    database."""
    with django_db_blocker.unblock():
        ROLES.update(roles())
        # Each worker has its own: their databases need not be alike.
        if copy := remembered.copied(f"empty-{os.getpid()}"):
            remembered.copy_all(copy)
            EMPTY.append(copy)
    yield
    gc.collect()
    if connection.vendor != "postgresql":
        return
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session", autouse=True)
def passwords_are_hashed_quickly() -> Iterator[None]:
    """A hash that is slow on purpose takes more of a test than all else in it."""
    quick = "django.contrib.auth.hashers.MD5PasswordHasher"
    # Passwords that a process of its own has stored are checked as they are.
    with override_settings(PASSWORD_HASHERS=[quick, *settings_of_the_site.PASSWORD_HASHERS]):
        yield


@pytest.fixture(autouse=True)
def nothing_is_remembered_between_tests() -> Iterator[None]:
    forget_what_was_read()
    yield
    forget_what_was_read()
    # What was searched for is written neither during another test nor when all are over.
    recording.forget()


def key_of(name: str) -> int:
    """The same in every test and for every worker, so that what somebody wrote can be put back; far from the keys that
    tables give."""
    return 100_000 + zlib.crc32(name.encode()) % 2_000_000_000


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    """Makes people: `person("ann", "submit_amendment")` may submit."""

    def make(name: str, *permissions: str, **fields: object) -> User:
        user = User.objects.create_user(name, pk=key_of(name), **fields)
        granted = Permission.objects.filter(content_type__app_label="manual", codename__in=permissions)
        assert len(granted) == len(permissions), f"one of these permissions does not exist: {permissions}"
        user.user_permissions.set(granted)
        return user

    return make


@pytest.fixture
def in_group(db: None) -> Callable[..., User]:
    """Makes people with the real roles: `in_group("Editor", "ann")` may what the board's editors may."""

    def make(role: str, name: str, **fields: object) -> User:
        user = User.objects.create_user(name, pk=key_of(name), is_staff=True, **fields)
        user.groups.add(Group.objects.get(name=role))
        return user

    return make


@pytest.fixture
def editor(in_group: Callable[..., User]) -> User:
    """Writes and submits."""
    return in_group("Editor", "editor")


@pytest.fixture
def second_editor(in_group: Callable[..., User]) -> User:
    """Another one, who works on the same chapters."""
    return in_group("Editor", "second-editor")


@pytest.fixture
def approver(in_group: Callable[..., User]) -> User:
    """Writes, returns and approves what others wrote, arranges the tree, pins notices and publishes."""
    return in_group("Approver", "approver")


@pytest.fixture
def administrator(db: None) -> User:
    """May do everything."""
    return User.objects.create_superuser("administrator", pk=key_of("administrator"))
