"""What every test stands on: guards that step aside when tables are emptied, clean caches, and three people."""

import gc
import os
from collections.abc import Callable, Iterator
from importlib import import_module

import pytest
from django.conf import settings as settings_of_the_site
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test import TransactionTestCase, override_settings
from hypothesis import settings
from pytest_django import DjangoDbBlocker

from manual.models import guards
from tests.remembered import forget_what_was_read

# CI tries the same examples every time, so that a red run means a change; at home every run tries others.
settings.register_profile("manual", deadline=None, print_blob=True, derandomize="CI" in os.environ)
settings.load_profile("manual")


DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="Only what another database could change: for a second run, on that one.",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Left out of a second run: what asks no database, and how pages look and feel in a browser; journeys stay."""
    if not config.getoption("--database-only"):
        return
    uses, others = [], []
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        asks = item.get_closest_marker("django_db") or fixtures & DATABASE_FIXTURES
        if item.get_closest_marker("browser") and not item.get_closest_marker("journey"):
            asks = False
        (uses if asks else others).append(item)
    config.hook.pytest_deselected(items=others)
    items[:] = uses


def pytest_collection_finish() -> None:
    """All that is loaded by now stays to the end: looking through it for what can be thrown away took a fifth of the
    time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def guards_step_aside_when_tables_are_emptied() -> Iterator[None]:
    """Tests with real transactions end by emptying every table, which the guards would refuse on SQLite."""
    empty_the_tables = TransactionTestCase._fixture_teardown

    def without_guards(test_case: TransactionTestCase) -> None:
        guards.drop()
        try:
            empty_the_tables(test_case)
            # No model stands for what search has written down.
            with connection.cursor() as cursor:
                for table in ("manual_search", "manual_search_vocabulary"):
                    cursor.execute(f"DELETE FROM {table}")
        finally:
            guards.make()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", without_guards)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A request that a browser has walked away from leaves its connection open, and PostgreSQL then keeps the test
    database."""
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


# Everybody has the same key in every test, so that what they wrote can be put back; far from those that tables give.
KEYS: dict[str, int] = {}


def key_of(name: str) -> int:
    return KEYS.setdefault(name, 100_000 * (len(KEYS) + 1))


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
    roles = import_module("manual.migrations.0004_roles").ROLES

    def make(role: str, name: str, **fields: object) -> User:
        group, made = Group.objects.get_or_create(name=role)
        if made:
            # Tests with real transactions empty the tables, and with them what the migration made.
            codenames = roles[role]
            granted = Permission.objects.filter(
                content_type__app_label__in=("auth", "manual"), codename__in=codenames
            )
            assert len(granted) == len(codenames), f"Not every permission of the role {role} is there."
            group.permissions.set(granted)
        user = User.objects.create_user(name, pk=key_of(name), is_staff=True, **fields)
        user.groups.add(group)
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
