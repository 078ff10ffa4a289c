"""How much of a term stands in a text, and how often."""

from hypothesis import given
from hypothesis import strategies as st

from manual.search.stems import stems_of
from manual.search.terms import Term

WORDS = st.sampled_from(["core", "group", "groups", "care", "order", "grouping", "lac"])
PHRASES = st.lists(WORDS, min_size=1, max_size=2).map(" ".join)
TERMS = st.builds(
    Term,
    each=st.lists(st.lists(PHRASES, min_size=1, max_size=2).map(tuple), min_size=1, max_size=2).map(tuple),
    others=st.lists(PHRASES, max_size=2).map(tuple),
    begun=st.sampled_from(["", "gro", "car"]),
)


@given(TERMS, st.lists(WORDS, max_size=8).map(" ".join), st.integers(0, 3), st.integers(0, 50))
def test_what_is_told_at_once_is_what_is_told_one_by_one(
    term: Term, words: str, begin: int, end: int
) -> None:
    text = stems_of(words)
    share, share_of_part, _times, places = term.occurs(text, begin, end)
    assert share == term.share(text)
    assert share_of_part == term.share(text[begin:end])
    phrases = [phrase for _, own in term.looked_for for phrase in own] + list(term.others_looked_for)
    assert places == [at for phrase in phrases for at in range(len(text)) if text.startswith(phrase, at)]


def test_the_rarest_word_and_each_other_name_count() -> None:
    term = Term((("core",), ("group",)), others=("cg",))

    def told(words: str) -> tuple[float, int]:
        share, _share_of_part, times, _places = term.occurs(stems_of(words), 0, 0)
        return share, times

    assert told("core group, core group, core; a CG and the CG") == (1.0, 2 + 2)
    assert told("core core group group") == (1.0, 2)
    assert told("core and core") == (0.5, 0)
    assert told("nothing") == (0.0, 0)
