"""The benchmark reads every kind of page of a manual of its own, and leaves that of the site alone."""

import re
import sqlite3
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection, connections

from manual import search
from manual.management import benchmark, benchmark_of_search
from manual.models import Chapter, Contents, Edition, Section
from manual.search import recording
from tests.manual_maker import first_edition, grow

KINDS = (
    "contents", "chapter", "dated contents", "dated chapter", "keyword", "dated keyword", "search", "dated search",
    "history", "changes since", "chapter comparison", "editions comparison", "rewritten chapter", "bundle",
)  # fmt: skip


def test_every_kind_of_page_is_read_and_the_site_keeps_what_it_has(client, db, monkeypatch):
    monkeypatch.setattr(benchmark, "FEWEST_READINGS", 1)
    monkeypatch.setattr(benchmark, "SECTIONS_REWRITTEN", 3)
    first_edition(grow("core\n    referral"))
    cache.set("kept", "by the site")
    own = connections["default"]
    before = client.get("/").content
    out = StringIO()
    # A page that does not answer with 200 ends it.
    call_command("benchmark", chapters=5, editions=2, seconds=0, stdout=out)
    for kind in KINDS:
        [row] = re.findall(rf"^{kind}  .*$", out.getvalue(), flags=re.MULTILINE)
        numbers = [float(number.replace(",", "")) for number in re.findall(r"[\d,]+(?:\.\d)?", row)]
        readings, median, slowest, again, *_times, queries, _queries_again, size, compressed = numbers
        assert readings == again == 1 and 0 < median <= slowest
        assert queries > 0 and size > 1_000 and compressed > 0

    assert connections["default"] is own
    assert cache.get("kept") == "by the site"
    assert list(Chapter.objects.values_list("slug", flat=True)) == ["core", "referral"]
    assert Edition.objects.count() == 1
    assert client.get("/").content == before


def test_every_query_is_asked_as_a_page_and_as_suggestions(db, monkeypatch):
    monkeypatch.setattr(benchmark_of_search, "FEWEST_READINGS", 2)
    # What waits to be written would be written into the site's own database.
    noted: list[str] = []
    monkeypatch.setattr(recording, "note", lambda query, *, found: noted.append(query))
    monkeypatch.setattr(benchmark, "SECTIONS_REWRITTEN", 3)
    own = connections["default"]
    queries = {kind: len(each) for kind, each in benchmark_of_search.QUERIES.items()}
    assert sum(queries.values()) >= 40
    out = StringIO()
    call_command("benchmark", chapters=5, search=True, seconds=0, stdout=out)

    for kind, count in {**queries, benchmark_of_search.ALL: sum(queries.values())}.items():
        [row] = re.findall(rf"^{kind}  .*$", out.getvalue(), flags=re.MULTILINE)
        asked, readings, *times = [float(n.replace(",", "")) for n in re.findall(r"[\d,]+(?:\.\d)?", row)]
        assert (asked, readings) == (count, 2 * count)
        found, found_worst, suggested, suggested_worst = times
        assert 0 < found <= found_worst and 0 < suggested <= suggested_worst
    # Ten in each of the five, three in the one that is rewritten, and the contacts.
    assert re.search(r"^SQLite [\d.]+: 5 chapters, 54 sections", out.getvalue(), flags=re.MULTILINE)
    assert connections["default"] is own
    assert not Section.objects.exists()
    assert noted == []


def test_the_queries_find_what_their_kind_says(db, monkeypatch):
    monkeypatch.setattr(benchmark, "SECTIONS_REWRITTEN", 3)
    with benchmark.scratch():
        benchmark.make(20, 2, lambda words: None, sections=benchmark_of_search.SECTIONS)
        contents = Contents.of(Edition.objects.in_force())
        for kind, queries in benchmark_of_search.QUERIES.items():
            for query in queries:
                found = search.search(query, contents)
                answered = search.answer(query, contents)
                if kind == "nothing found":
                    assert found.total == 0, query
                elif kind == "misspelt":
                    assert found.total and found.corrected, query
                elif kind == "number" and query.startswith("1.1"):
                    assert answered.number_of, query
                elif kind == "abbreviation" and " " not in query:
                    assert answered.cards, query
                elif kind != "number":
                    assert found.total, query
                if kind in ("one word", "two words", "phrase", "beginning", "common word"):
                    assert not found.corrected and not found.loose, query


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"chapters": 4}, "--chapters has to be between 5 and 20,000"),
        ({"editions": 1}, "--editions has to be between 2 and 1,000"),
        ({"seconds": -1}, "--seconds has to be between"),
        ({"database_url": "mysql://localhost/manual"}, "neither SQLite nor PostgreSQL"),
        ({"database_url": "nonsense"}, "is not the address of a database"),
        ({"database_url": "sqlite:////tmp/manual.sqlite3"}, "takes PostgreSQL alone"),
    ],
)
def test_what_cannot_be_measured_is_refused(options, reason, db):
    own = connections["default"]
    with pytest.raises(CommandError, match=re.escape(reason)):
        call_command("benchmark", **options, stdout=StringIO())
    assert connections["default"] is own


def test_without_style_sheets_it_is_said_what_to_do(db, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": settings.HASHED_FILES}}
    with pytest.raises(CommandError, match="collectstatic"):
        call_command("benchmark", chapters=110)


def test_a_database_that_holds_anything_is_left_alone(db, monkeypatch, tmp_path):
    """The site's own, above all."""
    own = dict(connection.settings_dict)
    monkeypatch.setattr(benchmark, "_named", lambda url: own)
    with pytest.raises(CommandError, match="the site's own database"):
        call_command("benchmark", database_url="postgres://localhost/site", stdout=StringIO())

    file = tmp_path / "other.sqlite3"
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE ours (words text)")
    held = file.read_bytes()
    wanted = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(file), "OPTIONS": {}}
    monkeypatch.setattr(benchmark, "_named", lambda url: wanted)
    with pytest.raises(CommandError, match=r"holds something already \(ours"):
        call_command("benchmark", database_url="postgres://localhost/other", stdout=StringIO())
    assert file.read_bytes() == held
