"""An abbreviation that stands for two things: nobody guesses which is meant."""

from datetime import UTC, datetime

import pytest
from lxml.html import document_fromstring

from manual import workflow
from manual.models import Manual
from tests.manual_maker import agreed, grow, meaning
from tests.remembered import remembered

WHEN = datetime(2026, 3, 2, tzinfo=UTC)
TEXTS = {
    "police": "## Tonight\n\nAn officer may use **police protection**.\n\n## Later\n\nThe PPO ends after 72 hours.",
    "offenders": "A prolific offender is watched.\n\n## Who\n\nEvery PPO has a worker.",
    "both": "Police protection is no prolific offender scheme. Say which PPO you mean.",
    "neither": "Ask about the PPO.",
}


@pytest.fixture
@remembered
def ppo(db: None) -> None:
    Manual(title="Procedures", contacts="police").save()
    chapters = grow(
        """
        core
            police
            offenders
            both
            neither
        """
    )
    workflow.publish(
        by=None,
        amendments=[agreed(chapter, text=TEXTS.get(slug, "")) for slug, chapter in chapters.items()],
        definitions=[
            meaning("police-protection", name="Police protection", also=["PPO"], meaning="72 hours."),
            meaning(
                "prolific", name="Prolific offender", also=["PPO", "priority offender"], meaning="Watched."
            ),
            meaning("lado", name="LADO", meaning="Decides."),
        ],
        rearrange=True,
        at=WHEN,
    )


def page(client, address):
    return document_fromstring(client.get(address).content.decode())


def ppo_leads_to(client, slug):
    (link,) = [
        link for link in page(client, f"/chapters/{slug}/").find_class("keyword") if link.text == "PPO"
    ]
    return link.get("href")


@pytest.mark.parametrize(
    ("slug", "address"),
    [
        ("police", "/keywords/police-protection/"),
        ("offenders", "/keywords/prolific/"),
        ("both", "/keywords/#site-means-ppo"),
        ("neither", "/keywords/#site-means-ppo"),
    ],
)
def test_it_means_what_the_chapter_speaks_of_or_else_readers_choose(client, ppo, slug, address):
    assert ppo_leads_to(client, slug) == address


def test_the_glossary_shows_the_meanings_side_by_side(client, ppo):
    entry = page(client, "/keywords/").get_element_by_id("site-means-ppo")
    assert " ".join(entry.text_content().split()) == "PPO can mean Police protection or Prolific offender."
    assert entry.xpath(".//a/@href") == ["/keywords/police-protection/", "/keywords/prolific/"]


def test_each_keyword_says_what_its_short_form_can_mean_besides(client, ppo):
    (said,) = page(client, "/keywords/prolific/").find_class("shared-form")
    assert " ".join(said.text_content().split()) == "“PPO” can also mean Police protection."
    assert page(client, "/keywords/lado/").find_class("shared-form") == []


def test_a_chapter_is_listed_under_the_keyword_that_it_means(client, ppo):
    (using,) = page(client, "/keywords/police-protection/").find_class("using")
    assert using.xpath(".//a/@href") == ["/chapters/police/", "/chapters/both/"]


def test_an_old_edition_leads_to_the_choice_of_its_day(client, ppo):
    (link,) = page(client, "/editions/1/chapters/neither/").find_class("keyword")
    assert link.get("href") == "/editions/1/keywords/#site-means-ppo"
    assert page(client, "/editions/1/keywords/").get_element_by_id("site-means-ppo") is not None
