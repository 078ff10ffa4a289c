"""The index can be made anew from what is published, while readers search."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from manual import search
from manual.models import Amendment, Edition
from tests.search.conftest import Publish, amendment_of, ask, found


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM manual_search")
        cursor.execute("DELETE FROM manual_search_vocabulary")


def test_it_makes_everything_from_nothing(edition: Edition) -> None:
    rows, words = count("manual_search"), count("manual_search_vocabulary")
    before = found("adopti", edition)
    empty()
    assert found("adopti", edition) == []
    assert search.rebuild() == 5
    assert found("adopti", edition) == before != []
    assert (count("manual_search"), count("manual_search_vocabulary")) == (rows, words)


def test_it_takes_out_what_is_not_published(edition: Edition, publish: Publish) -> None:
    rows, words = count("manual_search"), count("manual_search_vocabulary")
    stray = amendment_of("adoption")
    stray.pk, stray.status, stray.sequence, stray.edition = None, "abandoned", None, None
    stray.approved_at, stray.text = None, "## Xylophone {: #x }\n\nA xylophone."
    stray.save()
    search.index([stray])
    assert count("manual_search") > rows
    search.rebuild()
    assert (count("manual_search"), count("manual_search_vocabulary")) == (rows, words)


def test_old_amendments_stay_in_the_index(publish: Publish) -> None:
    first = publish({"a": {"text": "## One {: #one }\n\nA drum."}})
    publish({"a": {"text": "## One {: #one }\n\nA whistle."}})
    assert search.rebuild() == 2
    assert found("drum", first) == ["a#one"]


def test_readers_search_while_it_runs(publish: Publish, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "BATCH", 2)
    edition = publish({f"c{n}": {"text": "## One {: #one }\n\nA whistle."} for n in range(7)})
    seen = []
    search.rebuild(lambda done, total: seen.append((done, total, ask("whistle", edition).total)))
    assert seen == [(2, 7, 7), (4, 7, 7), (6, 7, 7), (7, 7, 7)]


def test_what_is_published_while_it_runs_is_indexed(
    publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "BATCH", 2)
    publish({f"c{n}": {} for n in range(4)})
    later: list[Edition] = []

    def progress(done: int, total: int) -> None:
        if not later:
            later.append(
                publish({"xylophones": {"title": "Xylophones", "text": "## One {: #one }\n\nTambourines."}})
            )

    assert search.rebuild(progress) == 5
    assert found("xylopho", later[0]) == ["xylophones"]
    assert found("tambouri", later[0]) == ["xylophones#one"]


def test_an_empty_manual_is_rebuilt_to_nothing(db: None) -> None:
    assert search.rebuild() == 0


def test_the_command_says_how_many(edition: Edition) -> None:
    empty()
    out = StringIO()
    call_command("rebuild_search", stdout=out)
    assert out.getvalue().endswith("5 amendments indexed.\n")
    assert found("afterwards", edition) == ["adoption#afterwards"]
    assert Amendment.objects.published().count() == 5
