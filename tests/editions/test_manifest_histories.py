"""Random histories of changes and arrangements: manual.manifest and the naive model read the rules alike."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from manual import manifest
from tests.editions import naive

CHAPTERS = "abcdefghijkl"
SIGNIFICANCES = ("new", "amended", "correction", "withdrawn")
mostly = st.sampled_from([True] * 9 + [False])


@st.composite
def slips(draw: st.DrawFn) -> Any:
    """Most editions are made with care; in the others about every third thing is wrong."""
    careful = draw(mostly)
    return lambda: not careful and draw(st.integers(0, 2)) == 0


@st.composite
def deeds(draw: st.DrawFn, lines: list[naive.Read], edition: int) -> tuple[naive.Deed, ...]:
    """What an edition does, most of it possible after these lines."""
    before = {line.chapter: line for line in lines}
    living = [line.chapter for line in lines if line.withdrawn is None]
    slip = draw(slips())
    chapters = draw(st.lists(st.sampled_from(CHAPTERS), max_size=5, unique=not slip()))
    if not lines:
        chapters = [*CHAPTERS[:8]]
    made = []
    for n, chapter in enumerate(chapters):
        line = before.get(chapter)
        if chapter in living:
            leaf = all(other.parent != chapter or other.withdrawn for other in lines)
            possible = ("withdrawn", "withdrawn", *SIGNIFICANCES[1:]) if leaf else SIGNIFICANCES[1:3]
        else:
            possible = SIGNIFICANCES[:1]
        parents = [None, *CHAPTERS] if slip() else [None, *living, *(deed.chapter for deed in made)]
        based_on = line and line.amendment
        made.append(
            naive.Deed(
                chapter,
                amendment=f"{chapter}{edition}.{n}",
                significance=draw(st.sampled_from(SIGNIFICANCES if slip() else possible)),
                based_on=(None if based_on else "x1") if slip() else based_on,
                parent=draw(st.sampled_from(parents)),
                numbered=draw(mostly),
            )
        )
    return tuple(made)


@st.composite
def arrangements(
    draw: st.DrawFn, lines: list[naive.Read], made: tuple[naive.Deed, ...]
) -> tuple[naive.Place, ...]:
    """A tree of most of the chapters, and of one that nobody has written."""
    withdrawn = {deed.chapter for deed in made if deed.significance == "withdrawn"}
    living = {line.chapter for line in lines if line.withdrawn is None} | {deed.chapter for deed in made}
    places: list[naive.Place] = []
    slip = draw(slips())
    known = draw(st.permutations([*CHAPTERS, "unwritten"]))
    for chapter in known[: draw(st.sampled_from([13, 13, 13, 12, 10, 4]))]:
        above = known if slip() else [place[0] for place in places if place[0] in living - withdrawn]
        # Under the last one as often as under all the others, so that some trees are deep.
        parents = [None, *above, *above[-1:] * len(above)]
        places.append((chapter, draw(st.sampled_from(parents)), draw(mostly)))
    return tuple(places)


def read(lines: list[manifest.Line]) -> tuple[list[naive.Read], set[naive.Read]]:
    """Lines in the naive model's words: those in place, in order, and the gone."""
    found = [
        naive.Read(
            line.chapter,
            None if line.gone else line.parent,
            line.number,
            line.level,
            line.amendment,
            line.introduced_in,
            line.changed_in,
            line.withdrawn_in,
            line.gone,
        )
        for line in lines
    ]
    return [line for line in found if not line.gone], {line for line in found if line.gone}


@settings(max_examples=160)
@given(st.data())
def test_contents_are_what_the_rules_say_whatever_happened_before(data: st.DataObject) -> None:
    history: list[naive.Issue] = []
    lines: list[manifest.Line] = []
    start = datetime(2030, 1, 1, tzinfo=UTC)
    for edition in range(1, data.draw(st.integers(3, 8)) + 1):
        before = naive.History(tuple(history)).lines(start + timedelta(days=edition))
        made = data.draw(deeds(before, edition))
        issue = naive.Issue(
            edition,
            "ordinary",
            start + timedelta(days=edition),
            made,
            arrangement=data.draw(st.none() | arrangements(before, made)),
        )
        changes = [
            manifest.Change(d.chapter, d.amendment, d.significance, d.based_on, d.parent, d.numbered)
            for d in issue.deeds
        ]
        arrangement = issue.arrangement and [manifest.Spot(*place) for place in issue.arrangement]
        try:
            expected: Any = naive.History((*history, issue)).sound().lines(issue.effective_at)
        except naive.No:
            expected = "refused"
        try:
            built = manifest.build(edition, lines, changes, arrangement)
        except manifest.ManifestRefused as refusal:
            event(f"refused: {refusal}")
            assert expected == "refused", str(refusal)
            assert refusal.chapter in CHAPTERS
            continue
        assert expected != "refused"
        placed, gone = read(built)
        assert placed == [line for line in expected if not line.gone]
        assert gone == {line for line in expected if line.gone}
        event(f"built with {'an' if arrangement else 'no'} arrangement, some gone: {bool(gone)}")
        history.append(issue)
        lines = built


@settings(max_examples=80)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ordinary", "urgent", "correction"]),
            # Days to the next: often just around the 28 that rule 13 counts.
            st.sampled_from([0.001, 14, 27.999, 28, 28.001, 100]),
        ),
        max_size=8,
    )
)
def test_flags_are_those_of_the_rules_whatever_kinds_of_editions_there_were(
    facts: list[tuple[str, float]],
) -> None:
    at = datetime(2030, 1, 1, tzinfo=UTC)
    history = []
    for key, (kind, days) in enumerate(facts):
        history.append(naive.Issue(key, kind, at))
        at += timedelta(days=days)
    issues = [manifest.Issue(issue.key, issue.kind, issue.effective_at) for issue in history]
    assert manifest.flag_window(issues) == naive.flagging(history)


@settings(max_examples=80)
@given(st.data())
def test_definitions_are_checked_as_the_rules_say(data: st.DataObject) -> None:
    history: list[naive.Issue] = []
    current: dict[str, str] = {}
    at = datetime(2030, 1, 1, tzinfo=UTC)
    for edition in range(data.draw(st.integers(1, 6))):
        keywords = data.draw(st.lists(st.sampled_from("klm"), max_size=3, unique=data.draw(mostly)))
        made = tuple(
            naive.Sense(
                keyword, f"{keyword}{edition}.{n}", current.get(keyword) if data.draw(mostly) else "k0.0"
            )
            for n, keyword in enumerate(keywords)
        )
        issue = naive.Issue(edition, "ordinary", at + timedelta(days=edition), senses=made)
        try:
            expected = naive.senses([*history, issue])
        except naive.No:
            expected = None
        try:
            manifest.check_based_on(
                current, [(sense.keyword, sense.version, sense.based_on) for sense in made]
            )
        except manifest.ManifestRefused:
            assert expected is None
        else:
            assert expected is not None
            history.append(issue)
            current = expected
