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


@given(TERMS, st.lists(WORDS, max_size=8).map(" ".join))
def test_what_is_told_at_once_is_what_is_told_one_by_one(term: Term, words: str) -> None:
    text = stems_of(words)
    share, _times, phrases = term.occurs(text)
    assert share == term.share(text)
    assert phrases == [phrase for _, own in term.looked_for for phrase in own if phrase in text] + [
        phrase for phrase in term.others_looked_for if phrase in text
    ]


def test_the_rarest_word_and_each_other_name_count() -> None:
    term = Term((("core",), ("group",)), others=("cg",))
    assert term.occurs(stems_of("core group, core group, core; a CG and the CG"))[1] == 2 + 2
    assert term.occurs(stems_of("core and core"))[:2] == (0.5, 0)
    assert term.occurs(stems_of("nothing"))[:2] == (0.0, 0)
