"""The tables of search stand outside the models, and come and go with their migration."""

import pytest
from django.core.management import call_command
from django.db import connection

from manual import search
from manual.models import guards
from tests.search.conftest import Publish, found


def tables() -> set[str]:
    return {name for name in connection.introspection.table_names() if name.startswith("manual_search")}


@pytest.mark.django_db(transaction=True)
def test_the_migration_can_be_taken_back_and_made_again(publish: Publish) -> None:
    edition = publish({"a": {"text": "## One {: #one }\n\nA whistle."}})
    call_command("migrate", "manual", "0001", verbosity=0)
    try:
        assert tables() == set()
    finally:
        call_command("migrate", "manual", verbosity=0)
    assert found("whistle", edition) == []
    search.rebuild()
    assert found("whistle", edition) == ["a#one"]


@pytest.mark.django_db(transaction=True)
def test_keys_that_are_used_again_find_nothing_of_before(publish: Publish) -> None:
    """Emptying the tables leaves the index alone, and begins the keys anew on some databases."""
    publish({"a": {"text": "## Drum {: #drum }\n\nA drum.\n\n## More {: #more }\n\nMore drums."}})
    guards.drop()
    call_command("flush", verbosity=0, interactive=False)
    edition = publish({"b": {"text": "## Whistle {: #whistle }\n\nA whistle."}})
    assert found("drum", edition) == []
    assert found("whistle", edition) == ["b#whistle"]
