"""A manual written into files, and the same manual made of them again."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from manual import workflow
from manual.interchange import DumpRefused, dump, dumping, load
from manual.models import Amendment, Chapter, Edition, Manual, Synonym, TreeRefused
from tests.interchange.small import (
    EDITION_2,
    FIRST,
    THIRD,
    TWO,
    another_database,
    files_of,
    front,
    lay,
    the_manual,
)
from tests.interchange.test_files import HOSTILE
from tests.manual_maker import DAY, FAR_AHEAD, agreed, first_edition, grow, meaning, newest

pytestmark = pytest.mark.django_db


def test_the_same_manual_comes_back(third: Path, tmp_path: Path) -> None:
    with another_database():
        load(third)
        expected = the_manual()
        dumped = dump(tmp_path / "written")
    assert (dumped.editions, dumped.amendments, dumped.definitions, dumped.left_out) == (3, 9, 3, 0)
    load(tmp_path / "written")
    assert the_manual() == expected


def test_the_same_manual_gives_the_same_bytes(third: Path, tmp_path: Path) -> None:
    with another_database():
        load(third)
        dump(tmp_path / "once")
        dump(tmp_path / "twice")
    load(tmp_path / "once")
    dump(tmp_path / "again")
    assert files_of(tmp_path / "once") == files_of(tmp_path / "twice") == files_of(tmp_path / "again")


def test_synonyms_are_written_as_they_are_said_now(first: Path, tmp_path: Path) -> None:
    load(first)
    worker, door = Synonym.objects.live()
    workflow.take_out_synonym(door, by=None)
    workflow.add_synonym(by=None, forms=["MASH", "front door"])
    workflow.change_synonym(worker, by=None, forms=["SW", "case worker"], note="Some say: “worker”")
    assert dump(tmp_path / "written").synonyms == 2
    assert (tmp_path / "written" / "synonyms.yaml").read_text() == (
        '- {words: [SW, case worker], note: "Some say: “worker”"}\n- [MASH, front door]\n'
    )
    for synonym in Synonym.objects.live():
        workflow.take_out_synonym(synonym, by=None)
    assert dump(tmp_path / "without").synonyms == 0
    assert not (tmp_path / "without" / "synonyms.yaml").exists()


def test_synonyms_come_back_whatever_they_say(tmp_path: Path) -> None:
    hostile = [f"{words} a" for words in HOSTILE if len(words) < 90]
    with another_database():
        for n, words in enumerate(hostile):
            workflow.add_synonym(by=None, forms=[f"b{n}", words, f"{words} c"], note=words)
        workflow.add_synonym(by=None, forms=[f"{'long ' * 10}{n}" for n in range(30)], note="long " * 40)
        expected = the_manual()["synonyms"]
        dump(tmp_path / "written")
        assert len(expected) == len(hostile) + 1
    load(tmp_path / "written")
    assert the_manual()["synonyms"] == expected
    dump(tmp_path / "again")
    assert files_of(tmp_path / "again") == files_of(tmp_path / "written")


TEXTS = (
    "One.\r\n\r\nTwo.", "One. \n\nTwo.   ", "\n\nOne.", "\n", "One.\n", "One.\n\n\n", "---\n\nOne.\n\n---",
    "---\nkind: part", "😀 𝔘", "  indented",
    "| a | b |\n| --- | --- |\n| c | d |", "\ufeffOne.", "One.\u2028Two.", "\tOne.",
)  # fmt: skip


def test_texts_and_titles_come_back_sign_for_sign(tmp_path: Path) -> None:
    titles = [title for title in HOSTILE if title.strip() and "\x07" not in title]
    with another_database():
        chapters = grow("core\n" + "\n".join(f"    c{n}" for n in range(max(len(titles), len(TEXTS)))))
        amendments = []
        for n, chapter in enumerate(chapters.values()):
            words = {
                "title": titles[n % len(titles)],
                "text": TEXTS[n % len(TEXTS)],
                "note": titles[-n % len(titles)],
            }
            words |= {"remark": titles[n % len(titles)][:200], "label": titles[n % len(titles)][:100]}
            amendments.append(agreed(chapter, **words))
        # A meaning is rendered, and control characters are refused then.
        meanings = [words if words.replace("\n", "").isprintable() else "plain" for words in titles]
        definitions = [
            meaning(f"k{n}", name=words[:200], meaning=meanings[n], also=[words, *titles], note=words)
            for n, words in enumerate(titles)
        ]
        workflow.publish(
            by=None, amendments=amendments, definitions=definitions, rearrange=True, at=FAR_AHEAD,
            name="a: b #c", notes="- 'x'\n\n---\n\"y\" ",
        )  # fmt: skip
        expected = the_manual()
        dump(tmp_path / "written")
    load(tmp_path / "written", as_published=True)
    expected["manual"] = the_manual()["manual"]  # nobody had saved any settings
    assert the_manual() == expected


def test_scheduled_editions_are_written_and_drafts_are_not(tmp_path: Path) -> None:
    chapters = grow("core\n    referral\n    visits")
    first_edition(chapters)
    workflow.publish(
        by=None,
        amendments=[agreed(chapters["visits"], text="Later.")],
        effective_at=FAR_AHEAD,
        name="Scheduled",
    )
    workflow.draft(chapters["referral"], by=None, text="Not yet.", note="Soon.")
    agreed(chapters["core"], title="Kernel")
    meaning("harm")
    begun = Chapter.objects.add("only-begun", parent=chapters["core"])
    workflow.draft(begun, by=None, title="Begun")
    dumped = dump(tmp_path)
    assert (dumped.editions, dumped.amendments, dumped.left_out) == (2, 4, 4)
    written = files_of(tmp_path)
    assert b"Later." in written["editions/0002-2100-01-04/chapters/visits.md"]
    everything = b"".join(written.values())
    assert not any(words in everything for words in (b"Not yet", b"Kernel", b"harm", b"begun", b"Begun"))


def test_an_order_of_new_chapters_that_shows_is_written(tmp_path: Path) -> None:
    chapters = grow("core\n    zoos\n    ants")
    first_edition({"core": chapters["core"]}, at=FAR_AHEAD)
    amendments = [agreed(chapters["zoos"]), agreed(chapters["ants"])]
    workflow.publish(by=None, amendments=amendments, at=FAR_AHEAD + DAY)
    dump(tmp_path)
    assert "\nnew: [zoos, ants]\n" in (tmp_path / "editions/0002-2100-01-05/edition.yaml").read_text()


def test_a_folder_that_holds_anything_is_not_written_into(first: Path, tmp_path: Path) -> None:
    load(first)
    before = files_of(first)
    for folder in (first, first / "manual.yaml"):
        with pytest.raises(DumpRefused, match="is not an empty folder"):
            dump(folder)
    assert files_of(first) == before
    empty = tmp_path / "empty"
    empty.mkdir()
    dump(empty)
    assert (empty / "manual.yaml").is_file()
    dump(tmp_path / "not" / "there" / "yet")


def test_others_may_read_what_was_written(first: Path, tmp_path: Path) -> None:
    load(first)
    dump(tmp_path / "written")
    beside = tmp_path / "beside"
    beside.mkdir()
    assert (tmp_path / "written").stat().st_mode == beside.stat().st_mode


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_dump_that_fails_leaves_nothing_behind(
    first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    load(first)

    def fail(*_args: Any) -> None:
        raise failure

    monkeypatch.setattr(dumping._Dump, "_keywords", fail)
    with pytest.raises((DumpRefused, KeyboardInterrupt)):
        dump(tmp_path / "out" / "written")
    assert list((tmp_path / "out").iterdir()) == []


def test_what_was_edited_here_and_published_can_be_written_and_loaded(
    first: Path, tmp_path: Path, editor: User, approver: User
) -> None:
    """The whole way: loaded, amended by two people, dumped, loaded elsewhere."""
    with another_database():
        load(
            lay(
                tmp_path / "now",
                {name: text.replace("2100-", "2026-") for name, text in FIRST.items()} | MOVED,
            )
        )
        visits = Chapter.objects.get(slug="visits")
        draft = workflow.draft(visits, by=editor, text="Visit\r\ntwice.", note="Twice now.")
        workflow.approve(workflow.submit(draft, by=editor), by=approver)
        workflow.publish(by=approver, amendments=[draft], name="Twice")
        expected = as_shown(the_manual())
        dump(tmp_path / "written")
    load(tmp_path / "written")
    assert as_shown(the_manual()) == expected
    amendment = Amendment.objects.get(edition__name="Twice")
    assert (amendment.text, amendment.author, amendment.approver) == ("Visit\r\ntwice.", None, None)
    assert Edition.objects.get(name="Twice").published_at > amendment.approved_at


MOVED = {name: None for name in FIRST if name.startswith("editions")} | {
    name.replace("2100-", "2026-"): text.replace("2100-", "2026-") for name, text in FIRST.items()
}


def as_shown(manual: dict[str, Any]) -> dict[str, Any]:
    """Without what no reader sees: where withdrawn and unpublished chapters stand in the editors' tree, where a
    chapter was to stand that has a place already or was arranged by its edition, and what is switched off of keywords
    that no edition has.
    """
    defined = {definition["keyword"] for definition in manual["definitions"]}
    arranged = {edition["number"] for edition in manual["editions"] if edition["rearranges"]}
    placed = {(entry["edition"], entry["chapter"]) for entry in manual["entries"] if not entry["gone"]}
    for amendment in manual["amendments"]:
        amendment["keywords_off"] = [slug for slug in amendment["keywords_off"] if slug in defined]
        number, new = amendment["edition"], amendment["significance"] == "new"
        if number in arranged or not new or (number - 1, amendment["chapter"]) in placed:
            del amendment["under"], amendment["numbered"]
    del manual["tree"], manual["places"]
    return manual


@settings(max_examples=20)
@given(st.integers(0, 2**32))
def test_whatever_editors_published_comes_back(seed: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with another_database():
            edit_at_random(Random(seed))
            expected = as_shown(the_manual())
            dump(folder / "written")
        with another_database():
            # The texts of these editors are hardly worth the name.
            load(folder / "written", as_published=True)
            assert as_shown(the_manual()) == expected
            assert Chapter.objects.broken() == []
            dump(folder / "again")
        assert files_of(folder / "again") == files_of(folder / "written")


def edit_at_random(chance: Random) -> None:
    """Chapters come and go, move and change, in editions of every kind, some before others that are scheduled."""
    Manual(title="At random").save()
    chapters = grow("core\n    a\n        b: link\n    c: group\nappendix: chapter, unnumbered")
    now = FAR_AHEAD
    if chance.random() < 0.9:
        first_edition(chapters, at=now)
    for n in range(chance.randint(3, 9)):
        for _ in range(chance.randint(0, 2)):
            slug, parent = f"{chance.choice('zm')}{len(chapters)}", chance.choice([None, *chapters.values()])
            kind, numbered = chance.choice(["part", "group", "chapter", "link"]), chance.random() < 0.8
            chapters[slug] = Chapter.objects.add(slug, kind=kind, parent=parent, numbered=numbered)
        for _ in range(chance.randint(0, 2)):
            to = {chance.choice(["under", "after"]): chance.choice([*chapters.values()])}
            with suppress(TreeRefused):
                chance.choice([*chapters.values()]).move(**to)
        now += chance.choice([2, 3, 30]) * DAY
        for slugs in (chance.sample([*chapters], chance.randint(1, 4)), chance.sample([*chapters], 1)):
            # The fewer there are, the likelier that they fit.
            try:
                with transaction.atomic():
                    publish_at_random(chance, chapters, slugs, n, now)
                break
            except workflow.Refused as refused:
                event(f"refused: {str(refused)[-40:]}")
    # What an urgent edition takes out can be all there was, and an edition of nothing cannot be published again.
    assume(not any(is_empty(edition) for edition in Edition.objects.published()))
    event(f"editions: {Edition.objects.published().count()}")


def publish_at_random(
    chance: Random, chapters: dict[str, Chapter], slugs: list[str], n: int, now: datetime
) -> None:
    kind = chance.choice(["ordinary", "ordinary", "urgent"])
    published = workflow.publish(
        by=None,
        kind=kind,
        amendments=[agreed(chapters[slug], **some_words(chance, chapters, slug, n)) for slug in slugs],
        definitions=[meaning(f"k{n % 3}", meaning=f"Sense {n}.")] if chance.random() < 0.4 else [],
        rearrange=kind == "ordinary" and chance.random() < 0.5,
        name=f"Edition of step {n}",
        at=now - DAY,
        effective_at=now + chance.choice([-1, 0, 20]) * DAY,
    )
    event(f"took out: {len(published.returned)}")


def some_words(chance: Random, chapters: dict[str, Chapter], slug: str, n: int) -> dict[str, Any]:
    words: dict[str, Any] = {"text": f"Text {n}.", "numbered": chance.random() < 0.8}
    before = newest(chapters[slug])
    if before and before.significance != "withdrawn":
        words["significance"] = chance.choice(["amended", "correction", "withdrawn"])
        if words["significance"] == "withdrawn":
            words["successor"] = chance.choice([None, *carried(chapters)])
        if chance.random() < 0.4:
            others = [None, *(chapter for chapter in carried(chapters) if chapter.slug != slug)]
            words |= {"areas": ["kent"], "counterpart": chance.choice(others)}
        # One of them may be published later, or never.
        words["keywords_off"] = chance.sample(["k0", "k1", "k2"], chance.choice([0, 0, 1, 3]))
    else:
        words["under"] = chance.choice(
            [None, chapters[slug].parent, chance.choice([None, *carried(chapters)])]
        )
    return words


def carried(chapters: dict[str, Chapter]) -> list[Chapter]:
    there = set(Amendment.objects.published().values_list("chapter_id", flat=True))
    return [chapter for chapter in chapters.values() if chapter.pk in there]


def is_empty(edition: Edition) -> bool:
    return not (edition.rearranges or edition.amendments.exists() or edition.definitions.exists())


def test_the_manual_of_a_folder_without_keywords_has_none(tmp_path: Path) -> None:
    files = {
        "manual.yaml": THIRD["manual.yaml"],
        f"{TWO.replace('0002', '0001')}/edition.yaml": EDITION_2,
        f"{TWO.replace('0002', '0001')}/chapters/alone.md": front("Alone.", kind="chapter", title="Alone"),
    }
    load(lay(tmp_path / "content", files))
    dump(tmp_path / "written")
    assert sorted(files_of(tmp_path / "written")) == sorted(files)
