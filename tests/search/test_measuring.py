"""How good search is, is measured as the books say, and a file that cannot be judged by is refused with its place."""

from collections.abc import Iterator
from io import StringIO
from math import log2
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from manual.models import Contents, Edition
from manual.search import measuring
from manual.search.measuring import Judgement, JudgementsRefused
from tests.manual_maker import DAY, FAR_AHEAD

RIGHT = "- query: hospital\n  kind: words\n  right:\n    - {at: enquiries#strategy, grade: 3}\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "judgements.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("places", "ndcg", "mrr", "first"),
    [
        (["best", "good", "fair"], 1.0, 1.0, 1.0),
        (["good", "best", "fair"], (3 + 7 / log2(3) + 1 / 2) / (7 + 3 / log2(3) + 1 / 2), 1.0, 0.0),
        (["other", "best"], (7 / log2(3)) / (7 + 3 / log2(3) + 1 / 2), 0.5, 0.0),
        (["other"], 0.0, 0.0, 0.0),
        ([], 0.0, 0.0, 0.0),
        (["other"] * 10 + ["best"], 0.0, 0.0, 0.0),
    ],
)
def test_the_figures_of_a_query(places: list[str], ndcg: float, mrr: float, first: float) -> None:
    judgement = Judgement("whistle", "words", {"best": 3, "good": 2, "fair": 1})
    assert measuring.of_query(judgement, places) == pytest.approx((ndcg, mrr, first))


def test_figures_are_means_by_kind_and_of_all(edition: Edition) -> None:
    judgements = [
        Judgement("a", "one", {"x": 3}),
        Judgement("b", "two", {"y": 3}),
        Judgement("c", "two", {"z": 3}),
    ]
    figures = measuring.measure(
        judgements, Contents.of(edition), lambda query, _: ["x", "y"] if query != "c" else []
    )
    assert {kind: (of.queries, round(of.mrr, 2), round(of.first, 2)) for kind, of in figures.items()} == {
        "one": (1, 1.0, 1.0),
        "two": (2, 0.25, 0.0),
        "all": (3, 0.5, 0.33),
    }


def test_every_second_query_of_a_kind_is_held_out() -> None:
    kinds = ["one", "two", "one", "one", "two"]
    halves = measuring.held_out([Judgement(str(n), kind, {"x": 3}) for n, kind in enumerate(kinds)])
    assert [[judgement.query for judgement in half] for half in halves] == [["0", "1", "3"], ["2", "4"]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "cannot be read"),
        ("query: a", "has to be a list of queries"),
        ("- query: a\n  kind: b\n", "query 1: a query has query, kind and right"),
        (
            RIGHT + "- query: 2.1\n  kind: number\n  right: [{at: a, grade: 3}]\n",
            "query 2: query and kind are words",
        ),
        ("- query: a\n  kind: b\n  right: []\n", "query 1: right is a list of at least one place"),
        ("- query: a\n  kind: b\n  right: [{at: a, grade: 4}]\n", "query 1: each place has at and grade"),
    ],
)
def test_a_file_that_cannot_be_judged_by_is_refused(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(JudgementsRefused, match=said):
        measuring.read(written(tmp_path, text))


@pytest.fixture
def in_force(edition: Edition) -> Iterator[Edition]:
    with time_machine.travel(FAR_AHEAD + DAY, tick=False):
        yield edition


def test_the_command_prints_the_figures_and_fails_below_what_is_asked(
    in_force: Edition, tmp_path: Path
) -> None:
    out = StringIO()
    path = written(tmp_path, RIGHT)
    call_command("measure_search", path, at_least=0.9, stdout=out)
    assert out.getvalue().splitlines()[-1].split() == ["all", "1", "1.000", "1.000", "100%"]
    bad = written(tmp_path, RIGHT.replace("enquiries#strategy", "adoption#placed"))
    with pytest.raises(CommandError, match=r"below 0\.9"):
        call_command("measure_search", bad, at_least=0.9, stdout=out)


def test_the_command_refuses_places_that_the_edition_does_not_have(in_force: Edition, tmp_path: Path) -> None:
    path = written(tmp_path, RIGHT.replace("#strategy", "#nowhere"))
    with pytest.raises(CommandError, match="does not have: enquiries#nowhere"):
        call_command("measure_search", path)
