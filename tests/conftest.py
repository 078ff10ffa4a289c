"""What every test stands on: guards that step aside when tables are emptied, clean caches, and three people."""

import os
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import Permission, User
from django.core.cache import cache
from django.test import TransactionTestCase
from hypothesis import settings

from manual.models import Contents, Glossary, guards

# CI tries the same examples every time, so that a red run means a change; at home every run tries others.
settings.register_profile("manual", deadline=None, print_blob=True, derandomize="CI" in os.environ)
settings.load_profile("manual")


@pytest.fixture(scope="session", autouse=True)
def guards_step_aside_when_tables_are_emptied() -> Iterator[None]:
    """Tests with real transactions end by emptying every table, which the guards would refuse on SQLite."""
    empty_the_tables = TransactionTestCase._fixture_teardown

    def without_guards(test_case: TransactionTestCase) -> None:
        guards.drop()
        try:
            empty_the_tables(test_case)
        finally:
            guards.make()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", without_guards)
        yield


@pytest.fixture(autouse=True)
def nothing_is_remembered_between_tests() -> Iterator[None]:
    Contents.forget()
    Glossary.forget()
    cache.clear()
    yield
    Contents.forget()
    Glossary.forget()
    cache.clear()


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    """Makes people: `person("ann", "submit_amendment")` may submit."""

    def make(name: str, *permissions: str, **fields: object) -> User:
        user = User.objects.create_user(name, **fields)
        granted = Permission.objects.filter(content_type__app_label="manual", codename__in=permissions)
        assert len(granted) == len(permissions), f"one of these permissions does not exist: {permissions}"
        user.user_permissions.set(granted)
        return user

    return make


@pytest.fixture
def editor(person: Callable[..., User]) -> User:
    """Writes and submits amendments, and arranges the tree."""
    return person("editor", "submit_amendment", "change_chapter", is_staff=True)


@pytest.fixture
def approver(person: Callable[..., User]) -> User:
    """Returns and approves what others wrote, and publishes."""
    return person("approver", "approve_amendment", "publish_edition", is_staff=True)


@pytest.fixture
def administrator(db: None) -> User:
    """May do everything."""
    return User.objects.create_superuser("administrator")
