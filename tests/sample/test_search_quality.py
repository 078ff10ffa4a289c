"""Search leads to the right section, by judged queries of the sample; `measure_search` prints figures by kind."""

from pathlib import Path

import pytest

from manual.models import Contents, Edition
from manual.search import measuring
from tests.sample.loaded import load_the_sample_manual

JUDGEMENTS = Path(__file__).resolve().parents[1] / "search"
KINDS = {
    "abbreviation", "keyword", "legal", "number", "title", "words", "question", "misspelt", "telephone", "synonym",
    "form",
}  # fmt: skip
# What the database's own ranking shows is worse by at least this.
MARGIN = 0.3


@pytest.fixture
def newest(db) -> Contents:
    load_the_sample_manual()
    edition = Edition.objects.in_force()
    assert edition is not None
    return Contents.of(edition)


@pytest.mark.long
@pytest.mark.parametrize(
    ("file", "least", "least_first"),
    [("judgements.yaml", 0.835, 0.8), ("judgements-by-others.yaml", 0.78, 0.76)],
)
def test_the_right_sections_stand_first(
    newest: Contents, file: str, least: float, least_first: float
) -> None:
    judgements = measuring.read(JUDGEMENTS / file)
    assert measuring.missing(judgements, newest) == []
    assert {judgement.kind for judgement in judgements} == KINDS
    ours = measuring.measure(judgements, newest)
    plain = measuring.measure(judgements, newest, measuring.plain)
    assert ours["all"].ndcg >= least
    assert ours["all"].first >= least_first
    assert ours["number"].first == 1.0
    assert ours["all"].ndcg >= plain["all"].ndcg + MARGIN
