"""A reader types the beginning of something and is offered the places that are meant."""

import json

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from manual import workflow
from manual.models import Contents, Edition, Glossary, Manual
from manual.search.suggesting import MOST, suggest
from tests.manual_maker import DAY, LONG_AGO, agreed, first_edition, grow, meaning
from tests.remembered import remembered
from tests.search.conftest import Publish, publish_next

KEYWORDS = {
    "looked-after-child": {"name": "Looked After Child", "also": ["LAC", "child in care"]},
    "lado": {"name": "Local authority designated officer", "also": ["LADO"]},
    "local-area-co-ordinator": {"name": "Local area co-ordinator", "also": ["LAC"]},
}


@pytest.fixture
@remembered
def manual(db: None) -> Edition:
    """Parts and chapters stand beside each other here, numbered in this order."""
    return publish_next(
        {
            "core": {"kind": "part", "title": "Core Procedures"},
            "enquiries": {
                "title": "Child Protection (Section 47) Enquiries",
                "text": (
                    "## Strategy discussion/meetings {: #strategy }\n\nThe police take part.\n\n"
                    "## The décision {: #decision }\n\nWhoever chairs writes it down.\n\n"
                    "## Reporting {: #reporting }\n\nWithin a day.\n"
                ),
            },
            "e-safety": {
                "title": "E-Safety",
                "text": "## Images {: #images }\n\nCall the police.\n\n## Multi-agency work {: #work }\n\nX.",
            },
            "fgm": {
                "title": "Female Genital Mutilation (FGM)",
                "text": "## The duty to report {: #report }\n\nRing.\n\n## Law {: #law }\n\nWords.",
            },
            "protection-plan": {"title": "Plans for a Child’s Protection", "text": "Words."},
            "leaflet": {"kind": "link", "title": "Adoption leaflet", "link": "https://example.org/leaflet"},
            "adoption": {
                "title": "Adoption",
                "text": "## Adopting from abroad {: #abroad }\n\nWords.\n\n## Agencies {: #agencies }\n\nWords.",
            },
        },
        definitions=[meaning(slug, **words) for slug, words in KEYWORDS.items()],
    )


def offered(typed: str, edition: Edition, *, dated: bool = False) -> list[str]:
    """Where it leads, as “keyword /keywords/lado/”."""
    found = suggest(typed, Contents.of(edition, dated=dated), Glossary.of(edition))
    return [f"{each.kind} {each.address}" for each in found]


def addresses(typed: str, edition: Edition) -> list[str]:
    return [each.partition(" ")[2] for each in offered(typed, edition)]


ENQUIRIES, E_SAFETY, FGM = "/chapters/enquiries/", "/chapters/e-safety/", "/chapters/fgm/"


def test_an_abbreviation_leads_to_every_keyword_that_has_it(manual: Edition) -> None:
    assert offered("lac", manual) == [
        "keyword /keywords/local-area-co-ordinator/",
        "keyword /keywords/looked-after-child/",
    ]


def test_a_keyword_that_was_found_by_another_form_says_which(manual: Edition) -> None:
    found = suggest("child in care", Contents.of(manual), Glossary.of(manual))
    assert [(each.label, each.detail) for each in found] == [
        ("Looked After Child", "Keyword, also child in care")
    ]


def test_a_keyword_is_found_by_the_beginnings_of_its_words(manual: Edition) -> None:
    assert offered("loc auth off", manual) == ["keyword /keywords/lado/"]


@pytest.mark.parametrize(
    "typed", ["child prot enq", "enq child", "CHILD PROTECTION", "  section 47 ", "enquiry"]
)
def test_a_title_is_found_by_the_beginnings_of_its_words_in_any_order(typed: str, manual: Edition) -> None:
    assert f"chapter {ENQUIRIES}" in offered(typed, manual)


def test_every_typed_word_has_to_be_there(manual: Edition) -> None:
    assert offered("child zebra", manual) == []
    assert f"chapter {ENQUIRIES}" not in offered("rotection", manual)


def test_titles_that_begin_as_typed_come_before_others(manual: Edition) -> None:
    assert addresses("child prot", manual)[:2] == [ENQUIRIES, "/chapters/protection-plan/"]


def test_a_title_that_is_what_was_typed_comes_first(manual: Edition) -> None:
    assert addresses("adoption", manual)[:2] == ["/chapters/adoption/", "/chapters/leaflet/"]


def test_a_link_is_found_as_such(manual: Edition) -> None:
    (found,) = suggest("adoption leaf", Contents.of(manual), Glossary.of(manual))
    assert (found.kind, found.label, found.detail.split()[0]) == ("chapter", "Adoption leaflet", "Link")


def test_a_section_is_found_by_its_heading_and_says_whose_it_is(manual: Edition) -> None:
    (found,) = suggest("strat", Contents.of(manual), Glossary.of(manual))
    assert (found.kind, found.label) == ("section", "Strategy discussion/meetings")
    assert found.detail == "Section of 2 Child Protection (Section 47) Enquiries"
    assert found.address == f"{ENQUIRIES}#strategy"
    assert found.marked == [("Strat", True), ("egy discussion/meetings", False)]


@pytest.mark.parametrize("typed", ["fgm report", "report fgm", "fem mut duty"])
def test_the_title_over_a_section_may_have_some_of_the_words(typed: str, manual: Edition) -> None:
    assert offered(typed, manual) == [f"section {FGM}#report"]


def test_a_section_is_not_found_for_the_title_over_it_alone(manual: Edition) -> None:
    assert offered("fgm", manual) == [f"chapter {FGM}"]
    assert offered("genital mutilation", manual) == [f"chapter {FGM}"]


def test_the_text_of_a_section_suggests_nothing(manual: Edition) -> None:
    assert offered("police", manual) == []


@pytest.mark.parametrize("typed", ["ad", "ado", "adop", "adopt", "adopti", "adoptin", "adopting"])
def test_a_heading_is_found_from_the_second_letter_on(typed: str, manual: Edition) -> None:
    """Also where the stem that the index has is shorter than what was typed."""
    assert "section /chapters/adoption/#abroad" in offered(typed, manual)


@pytest.mark.parametrize("typed", ["agency", "agenc", "agencies"])
def test_a_singular_finds_a_plural(typed: str, manual: Edition) -> None:
    assert "section /chapters/adoption/#agencies" in offered(typed, manual)


def test_a_heading_with_another_ending_is_not_what_was_typed(manual: Edition) -> None:
    assert "section /chapters/adoption/#abroad" not in offered("adoption", manual)


@pytest.mark.parametrize("typed", ["e-safety", "esafety", "e safety", "E‑SAFETY", "esaf", "e saf"])
def test_hyphens_do_not_matter_in_titles(typed: str, manual: Edition) -> None:
    assert addresses(typed, manual)[0] == E_SAFETY


@pytest.mark.parametrize("typed", ["multi-agency", "multiagency", "multi agency", "multiag"])
def test_hyphens_do_not_matter_in_headings(typed: str, manual: Edition) -> None:
    assert offered(typed, manual) == [f"section {E_SAFETY}#work"]


@pytest.mark.parametrize("typed", ["multi agency", "multi agenc", "multi-ag", "work multi agencies"])
def test_a_heading_in_one_word_is_found_by_two(typed: str, publish: Publish) -> None:
    edition = publish({"a": {"title": "One", "text": "## Multiagency work {: #work }\n\nX."}})
    assert offered(typed, edition) == ["section /chapters/a/#work"]


@pytest.mark.parametrize("typed", ["décis", "decis", "DÉCIS"])
def test_accents_and_capitals_do_not_matter(typed: str, manual: Edition) -> None:
    assert offered(typed, manual) == [f"section {ENQUIRIES}#decision"]


@pytest.mark.parametrize("typed", ["child's prot", "child’s prot", "childs prot", "“child’s” prot"])
def test_quotes_do_not_matter(typed: str, manual: Edition) -> None:
    assert addresses(typed, manual) == ["/chapters/protection-plan/"] or addresses(typed, manual)[1:] == [
        "/chapters/protection-plan/"
    ]


def numbered() -> dict:
    return grow(
        """
        one
            a
        two
            b
                b-one
            c
            d: chapter, unnumbered
        """
    )


def test_a_number_leads_to_what_begins_so_the_nearest_first(db: None) -> None:
    edition = first_edition(numbered())
    assert offered("2", edition) == [
        "number /#two",
        "number /chapters/b/",
        "number /chapters/c/",
        "number /chapters/b-one/",
    ]
    assert offered("2.1", edition) == ["number /chapters/b/", "number /chapters/b-one/"]
    assert offered("2.1.", edition) == ["number /chapters/b-one/"]
    assert offered("2.9", edition) == []


def test_a_number_with_words_is_that_chapter(db: None) -> None:
    edition = first_edition(numbered())
    (found,) = suggest("2.1 b one", Contents.of(edition), Glossary.of(edition))
    assert (found.label, found.detail) == ("2.1.1 B one", "Chapter")
    assert found.marked == [("2.1", True), (".1 ", False), ("B", True), (" ", False), ("one", True)]


def test_what_is_under_a_number_comes_before_what_only_looks_like_it(db: None) -> None:
    others = "".join(f"    c-{n}\n" for n in range(2, 12))
    edition = first_edition(grow(f"part\n    c-1\n        below\n{others}"))
    assert addresses("1.1", edition) == [
        "/chapters/c-1/",
        "/chapters/below/",
        "/chapters/c-10/",
        "/chapters/c-11/",
    ]


def test_at_most_eight_and_sections_are_not_crowded_out(publish: Publish) -> None:
    chapters = {f"c-{n}": {"title": f"Whistle {n}", "text": "Words."} for n in range(20)}
    chapters["last"] = {"title": "Last", "text": "## Whistles {: #a }\n\nX.\n\n## A whistle {: #b }\n\nX."}
    found = offered("whistle", publish(chapters))
    assert found == [
        *(f"chapter /chapters/c-{n}/" for n in range(6)),
        "section /chapters/last/#a",
        "section /chapters/last/#b",
    ]
    assert len(found) == MOST


def test_headings_that_begin_as_typed_come_before_others(publish: Publish) -> None:
    text = "## The whistle {: #a }\n\nX.\n\n## Whistle and drum {: #b }\n\nX.\n\n## Whistle {: #c }\n\nX."
    assert addresses("whistle", publish({"a": {"title": "One", "text": text}})) == [
        "/chapters/a/#c",
        "/chapters/a/#b",
        "/chapters/a/#a",
    ]


def test_no_place_is_offered_twice(db: None) -> None:
    chapters = grow("part\n    one")
    edition = workflow.publish(
        by=None,
        amendments=[agreed(chapters["part"]), agreed(chapters["one"], title="1.1 whistle")],
        rearrange=True,
        at=LONG_AGO,
        definitions=[meaning("lac", name="LAC", also=["L.A.C.", "lac", "Lac of the area"])],
    ).edition
    assert offered("lac", edition) == ["keyword /keywords/lac/"]
    assert offered("1.1", edition) == ["number /chapters/one/"]


def test_withdrawn_and_gone_chapters_are_not_suggested(publish: Publish) -> None:
    text = "## Whistle {: #s }\n\nWords."
    publish({slug: {"title": f"Whistle {slug}", "text": text} for slug in ("stays", "withdrawn", "gone")})
    publish({"gone": {"significance": "withdrawn"}})
    edition = publish({"withdrawn": {"significance": "withdrawn"}})
    assert [line.slug for line in Contents.of(edition).gone] == ["gone"]
    assert addresses("whistle", edition) == ["/chapters/stays/", "/chapters/stays/#s"]
    assert addresses("3", edition) == []


def test_an_edition_offers_its_own_names_at_its_own_addresses(publish: Publish) -> None:
    text = "## Whistle {: #s }\n\nWords."
    first = publish({"a": {"title": "Drum", "text": text}}, definitions=[meaning("pipe", name="Pipe")])
    second = publish(
        {"a": {"title": "Trumpet", "text": text.replace("Whistle", "Fife")}},
        definitions=[meaning("pipe", name="Horn")],
    )
    dated = f"/editions/{first.number}"
    assert offered("drum", first, dated=True) == [f"chapter {dated}/chapters/a/"]
    assert offered("whistle", first, dated=True) == [f"section {dated}/chapters/a/#s"]
    assert offered("pipe", first, dated=True) == [f"keyword {dated}/keywords/pipe/"]
    assert [offered(word, second) for word in ("drum", "whistle", "pipe")] == [[], [], []]
    assert offered("drum", first) == ["chapter /chapters/a/"]


def test_a_chapter_for_an_area_says_so(publish: Publish) -> None:
    Manual(areas={"north": "North", "south": "South"}).save()
    edition = publish({slug: {"title": "Whistle", "areas": [slug]} for slug in ("north", "south")})
    found = suggest("whistle", Contents.of(edition), Glossary.of(edition))
    assert [each.detail for each in found] == ["Chapter 1, North only", "Chapter 2, South only"]


NOTHING = ["", " ", "a", "é", "?", "?!", '"', "-", "'", "*", "()", "\0", "\ud800", "_", "\u200b", "zzzz"]
ANYTHING = [
    *NOTHING, "a" * 10_000, "ab " * 5_000, "1." * 5_000, "9" * 10_000, "a-" * 5_000, "1", "1.", "1..1", "0",
    "child NOT adoption", "NEAR(a b, 2)", "heading : ad", "rowid:1", "AND", "OR NOT", "of the", "the",
    "'; DROP TABLE manual_search; --", "1 OR 1=1", "<script>alert(1)</script>", "%s %d %(x)s {0} {}", "½ ² ٣ Ⅷ",
    "ß ﬁ İ ŉ", "हिन्दी", "你好 世界", "👩‍👩‍👧", "c:\\x http://a.b/c?d=e#f a@b.cd 1e5 -1.5e-7", "s47 47a 1e5 0x1f",
]  # fmt: skip


@pytest.mark.parametrize("typed", NOTHING)
def test_what_means_nothing_yet_suggests_nothing(typed: str, manual: Edition) -> None:
    assert offered(typed, manual) == []


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(typed=st.text(alphabet=st.characters(codec=None), max_size=60))
@example(typed="'\\")
@example(typed="ab:*|!&<->'")
def test_no_text_at_all_is_an_error(typed: str, manual: Edition) -> None:
    assert len(offered(typed, manual)) <= MOST


@pytest.mark.parametrize("typed", ["enquiries", "adop", "1", "child’s", "e-saf", "esaf", "multiag"])
def test_the_marked_pieces_are_the_label(typed: str, manual: Edition) -> None:
    found = suggest(typed, Contents.of(manual), Glossary.of(manual))
    for each in found:
        assert "".join(words for words, _marked in each.marked) == each.label
        assert any(marked for _words, marked in each.marked)
    assert found


def test_marks_go_over_a_hyphen(manual: Edition) -> None:
    (found,) = suggest("esaf", Contents.of(manual), Glossary.of(manual))
    assert found.marked == [("E-Saf", True), ("ety", False)]


# The page that is asked


@pytest.fixture
@remembered
def in_force(db: None) -> Edition:
    chapters = grow("part\n    whistle\n    drum")
    amendments = [
        agreed(chapters["part"], text=""),
        agreed(chapters["whistle"], text="## Pipes & <drums> {: #pipes }\n\nWords."),
        agreed(chapters["drum"]),
    ]
    return workflow.publish(by=None, amendments=amendments, rearrange=True, at=LONG_AGO).edition


def answer(client, address: str, **words: str) -> list[dict]:
    response = client.get(address, words)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    return json.loads(response.content)["suggestions"]


@pytest.mark.parametrize(
    ("typed", "says"), [("zz", "No suggestions"), ("pipes", "1 suggestion"), ("1", "3 suggestions")]
)
def test_it_says_how_many_are_offered_to_those_who_hear_the_page(
    client, in_force: Edition, typed, says
) -> None:
    assert client.get("/search/suggestions/", {"q": typed}).json()["says"] == says


def test_it_answers_with_what_is_offered(client, in_force: Edition) -> None:
    assert answer(client, "/search/suggestions/", q="pipes <dr") == [
        {
            "kind": "section",
            "label": "Pipes & <drums>",
            "detail": "Section of 1.1 Whistle",
            "address": "/chapters/whistle/#pipes",
            "marked": [["Pipes", True], [" & <", False], ["dr", True], ["ums>", False]],
        }
    ]


def test_an_edition_has_its_own_and_keeps_the_day_that_was_asked_for(client, in_force: Edition) -> None:
    address = "/editions/1/search/suggestions/"
    assert [each["address"] for each in answer(client, address, q="pipes")] == [
        "/editions/1/chapters/whistle/#pipes"
    ]
    assert [each["address"] for each in answer(client, address, q="pipes", on="2020-02-01")] == [
        "/editions/1/chapters/whistle/?on=2020-02-01#pipes"
    ]
    assert client.get("/editions/9/search/suggestions/", {"q": "pipes"}).status_code == 404


@pytest.mark.parametrize("typed", ANYTHING)
def test_it_answers_whatever_is_typed(typed: str, client, in_force: Edition) -> None:
    typed = typed.encode("utf-8", "replace").decode()
    assert len(answer(client, "/search/suggestions/", q=typed)) <= MOST


def test_it_answers_where_nothing_is_typed_and_where_nothing_is_in_force(client, db) -> None:
    assert answer(client, "/search/suggestions/") == []
    assert answer(client, "/search/suggestions/", q="whistle") == []


def test_it_is_asked_after_every_time_kept_by_no_search_engine_and_knows_nobody(
    client, in_force: Edition
) -> None:
    response = client.get("/search/suggestions/", {"q": "whistle"})
    assert response.headers["Cache-Control"] == "no-cache"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert not response.cookies
    again = client.get(
        "/search/suggestions/", {"q": "whistle"}, headers={"If-None-Match": response.headers["ETag"]}
    )
    assert again.status_code == 304
    assert client.post("/search/suggestions/", {"q": "whistle"}).status_code == 405


def test_what_an_editor_is_offered_is_kept_by_no_cache_between(client, editor, in_force: Edition) -> None:
    client.force_login(editor)
    assert "private" in client.get("/search/suggestions/", {"q": "whistle"}).headers["Cache-Control"]


@pytest.mark.parametrize("size", [20, 400])
def test_it_asks_the_database_a_fixed_number_of_times(size: int, client, db) -> None:
    chapters = grow("part\n" + "".join(f"    whistle-{n}\n" for n in range(size)))
    text = "## Drums {: #drums }\n\nWords.\n\n## Drums and fifes {: #fifes }\n\nWords."
    amendments = [agreed(chapter, text=text if chapter.parent_id else "") for chapter in chapters.values()]
    keywords = [meaning(f"horn-{n}", name=f"Horn {n}") for n in range(size)]
    workflow.publish(by=None, amendments=amendments, definitions=keywords, rearrange=True, at=LONG_AGO)
    changed = [agreed(chapters["whistle-3"], text=text)]
    workflow.publish(by=None, amendments=changed, at=LONG_AGO + DAY)

    def queries(typed: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert len(answer(client, "/search/suggestions/", q=typed)) == MOST
        return len(captured)

    Contents.forget()
    Glossary.forget()
    cache.clear()
    assert queries("drums") == 7
    # The manual and its editions; the words of the manual, and the headings. Names are remembered.
    assert queries("drums") == 5
    assert queries("whistle dru") == 5
    assert queries("whist") == 4
    assert queries("1") == 2


def test_headings_have_an_index_of_their_own(db) -> None:
    """SQLite finds them by the columns of the one index that it has."""
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute("SELECT sql FROM sqlite_master WHERE name LIKE 'manual_search%%'")
            written = [sql for (sql,) in cursor.fetchall() if sql and "fts5" in sql.lower()]
            assert any("heading" in sql for sql in written), written
            return
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'manual_search'")
        assert any("ts_filter(document" in definition for (definition,) in cursor.fetchall())
