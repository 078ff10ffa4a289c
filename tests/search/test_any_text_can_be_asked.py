"""Whatever is typed, pasted or sent is words to look for, and never an error."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from manual import search
from manual.models import Edition
from manual.search.words import COMMON, MOST_WORDS, asked, clean, fold
from tests.search.conftest import Publish, ask, found, places


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        "\t\n",
        "?!",
        "“”",
        "''",
        '"',
        "---",
        "*",
        "()",
        "\0",
        "\ud800",
        "&",
        "_",
        "´`",
        "\u200b",
        "’s",
    ],
)
def test_nothing_is_found_where_no_word_is_asked(query: str, edition: Edition) -> None:
    assert ask(query, edition).total == 0


@pytest.mark.parametrize(
    "query",
    [
        '"adoption"', "adoption*", "*adoption", "(adoption", "adoption)", "+adoption", "^adoption",
        "adoption'", "adoption:*", "adoption & !", "adoption | ", "!adoption", "adoption <->", "{adoption}",
        "adoption;", "'; -- adoption", "<adoption>", "adoption\0", "\ud800adoption\udfff", "ADOPTION",
        "Ädöptïön", "ado\u00adption", "adoption\u2028", "%adoption%", "adoption\\", "adoption?", "“adoption”",
    ],
)  # fmt: skip
def test_signs_around_a_word_mean_nothing(query: str, edition: Edition) -> None:
    assert "adoption" in found(query, edition)


@pytest.mark.parametrize(
    "query",
    [
        "a" * 10_000, "ab " * 5_000, "é" * 10_000, "a-" * 5_000, "'" * 10_000, "a" * 2_046 + "é", " " * 100_000 + "x",
        "child NOT adoption", "NEAR(a b, 2)", "title : adoption", "title:adoption", "rowid:1", "AND", "OR NOT",
        "'; DROP TABLE manual_search; --", "1 OR 1=1", "<script>alert(1)</script>", "%s %d %(x)s {0} {}",
        "½ ² ٣ Ⅷ", "ß ﬁ İ ŉ", "𞤀𞤁", "हिन्दी", "你好 世界", "👩‍👩‍👧", "\x02child\x03",
        "s47 c:\\x http://a.b/c?d=e#f a@b.cd 1e5 -1.5e-7",
        "\ue000", "\U000f0000", "\U0010ffff", "e\u0301" * 500,
    ],
)  # fmt: skip
def test_nothing_that_is_asked_is_an_error(query: str, edition: Edition) -> None:
    results = ask(query, edition)
    assert results.total >= len(results.hits) >= 0
    search.mentions([query], edition)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(query=st.text(alphabet=st.characters(codec=None), max_size=60))
@example(query="'\\")
def test_no_text_at_all_is_an_error(query: str, edition: Edition) -> None:
    ask(query, edition)
    search.mentions([query], edition)


def test_pages_past_the_last_are_empty_and_those_before_the_first_are_the_first(edition: Edition) -> None:
    first = found("adoption", edition)
    assert first
    assert found("adoption", edition, page=10**10) == []
    assert found("adoption", edition, per_page=0) == []
    assert found("adoption", edition, page=0) == found("adoption", edition, page=-1) == first


@pytest.mark.parametrize("query", ["e-safety", "E‑safety", "e safety", "E.Safety", "esafety", "e‐saf"])
def test_hyphens_do_not_matter(query: str, edition: Edition) -> None:
    assert found(query, edition)[0] == "e-safety"


def test_a_word_with_a_hyphen_is_found_as_one_written_without(publish: Publish) -> None:
    edition = publish({"a": {"text": "## One {: #one }\n\nMultiagency work."}})
    assert found("multi-agency", edition) == ["a#one"]


@pytest.mark.parametrize("query", ["multiagency", "multi-agency", "multi agency", "multiag"])
def test_a_word_without_a_hyphen_is_found_as_one_written_with(query: str, edition: Edition) -> None:
    assert found(query, edition) == ["e-safety#of-children"]


@pytest.mark.parametrize("query", ["section-47", "Section 47", "section/47", "(section 47)"])
def test_a_number_is_found_beside_its_word(query: str, edition: Edition) -> None:
    assert found(query, edition) == ["enquiries"]


def test_parts_of_a_word_with_a_hyphen_stand_together(publish: Publish) -> None:
    edition = publish(
        {"a": {"text": "## One {: #one }\n\nThe whistle of a drum, and section of the 47 bus."}}
    )
    assert found("whistle-drum", edition) == []
    assert found("whistle drum", edition) == ["a#one"]
    assert found("section-47", edition) == found("section 47", edition) == []


@pytest.mark.parametrize(
    "query", ["child’s school", "child's school", "CHILD`S school", "child school", "childʼs school"]
)
def test_apostrophes_do_not_matter(query: str, edition: Edition) -> None:
    assert found(query, edition) == ["adoption#afterwards"]


@pytest.mark.parametrize("query", ["cafe", "café", "cafe\u0301", "CAFÉ"])
def test_accents_do_not_matter(query: str, edition: Edition) -> None:
    assert found(query, edition) == ["enquiries#strategy"]


@pytest.mark.parametrize("query", ["discussion meetings", "meetings", "discussions", "discussion/meetings"])
def test_words_with_a_stroke_between_them_are_words(query: str, edition: Edition) -> None:
    assert "enquiries#strategy" in found(query, edition)


def test_common_words_are_not_asked_for(edition: Edition) -> None:
    results = ask("what to do about the police and the hospital", edition)
    assert results.words == ["police", "hospital"]
    assert places(results)[0] == "enquiries#strategy"
    assert found("what to do about the police and the hospital", edition) == ["enquiries#strategy"]
    assert found("police in the", edition) == found("police", edition)


@pytest.mark.parametrize("query", ["all", "who is the", "a", "x"])
def test_common_words_or_a_letter_alone_find_nothing_and_it_says_why(query: str, publish: Publish) -> None:
    edition = publish(
        {"first": {"text": "## One {: #one }\n\nAllegations of all who x-ray a child is the one."}}
    )
    results = ask(query, edition)
    assert (results.total, results.groups, results.too_common) == (0, [], True)
    assert not ask("allegations", edition).too_common


def test_words_are_given_back_as_typed_without_signs(edition: Edition) -> None:
    assert ask("“Child’s” e-Safety, <b>police!", edition).words == [
        "Child",
        "e-Safety",
        "b",
        "police",
    ]


def test_words_after_the_twentieth_are_not_asked_for(edition: Edition) -> None:
    words = [f"w{n}" for n in range(30)]
    assert ask(" ".join(words), edition).words == words[:MOST_WORDS]


def test_a_word_said_twice_is_one(edition: Edition) -> None:
    results = ask("Police hospital police", edition)
    assert results.words == ["hospital", "police"]
    assert found("Police hospital police", edition) == ["enquiries#strategy"]


@given(text=st.text(alphabet=st.characters(codec=None)))
@example(text="İß\u0301ﬁ\u00ad")
def test_folding_keeps_every_letter_in_its_place(text: str) -> None:
    cleaned = clean(text)
    assert len(fold(cleaned)) == len(cleaned)
    assert all(letter.isalnum() or letter == " " for letter in fold(cleaned))
    assert cleaned == clean(cleaned)


@given(text=st.text(alphabet=st.characters(codec=None)))
def test_what_is_asked_is_letters_and_digits(text: str) -> None:
    meant = asked(text)
    for word in (*meant.words, *meant.excluded):
        assert word.parts
        assert all(part.isalnum() for part in word.parts)


def test_the_common_words_are_those_of_the_database() -> None:
    assert {"the", "of", "who", "not"} <= COMMON
    assert len(COMMON) == 127
