"""What a content folder brings into the database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from manual import workflow
from manual.interchange import ContentRefused, Step, dump, load
from manual.models import Amendment, Chapter, Definition, Edition, Event, Manual, Synonym
from tests.interchange.small import (
    FIRST,
    ONE,
    SECOND,
    THIRD,
    THREE,
    TWO,
    another_database,
    dedent,
    front,
    lay,
    the_manual,
)
from tests.manual_maker import outline_of

pytestmark = pytest.mark.django_db


def tree() -> list[tuple[str, str | None, bool]]:
    return [
        (chapter.slug, chapter.parent and chapter.parent.slug, chapter.numbered)
        for chapter in Chapter.objects.in_order().select_related("parent")
    ]


def refusal(folder: Path, **how: bool) -> list[str]:
    with pytest.raises(ContentRefused) as refused:
        load(folder, **how)
    return [str(mistake) for mistake in refused.value.mistakes]


def test_an_edition_stands_as_its_contents_say(first: Path) -> None:
    load(first)
    edition = Edition.objects.get()
    assert outline_of(edition) == [
        "Guide", "1 Core", "1.1 Referrals", "Form", "1.2 Visits", "2 Contacts",
    ]  # fmt: skip
    assert (edition.number, edition.name, edition.rearranges) == (1, "First edition", True)
    assert edition.effective_at == datetime(2100, 3, 1, tzinfo=UTC)
    assert edition.published_at == datetime(2100, 2, 22, 10, 30, tzinfo=UTC)


def test_the_manual_says_what_manual_yaml_says(first: Path) -> None:
    load(first)
    manual = Manual.objects.get()
    assert (manual.title, manual.board, manual.sample) == (
        "Procedures of the Isle",
        "The board of the isle",
        True,
    )
    assert manual.areas == {"north": "North", "south": "South"}
    assert (manual.contacts, manual.numbering) == ("contacts", "headings")
    assert (manual.urgent_help, manual.quick_guide) == ("urgent-help", "quick-guide")


def test_search_goes_by_the_synonyms_of_the_folder(first: Path) -> None:
    assert load(first).synonyms == 2
    said = Synonym.objects.live()
    assert [(each.forms, each.note, each.made_by) for each in said] == [
        (["social worker", "SW"], "", None),
        (["front door", "MASH", "no, yes"], "North: MASH. South: front door.", None),
    ]
    assert [event.synonym for event in Event.objects.filter(verb="add synonym").order_by("pk")] == list(said)


def test_a_manual_need_not_have_synonyms(tmp_path: Path) -> None:
    assert load(lay(tmp_path, FIRST | {"synonyms.yaml": None})).synonyms == 0
    assert not Synonym.objects.exists()


def test_an_update_leaves_synonyms_to_the_editors(tmp_path: Path) -> None:
    folder = tmp_path / "content"
    load(lay(folder, FIRST))
    workflow.take_out_synonym(Synonym.objects.earliest("pk"), by=None)
    workflow.add_synonym(by=None, forms=["GP", "doctor"])
    before = the_manual()["synonyms"]
    # Neither what would be said again nor what cannot be read is looked at.
    for text in (SECOND["synonyms.yaml"] + "- [visit, call]\n", "nonsense"):
        assert load(lay(folder, SECOND | {"synonyms.yaml": text}), update=True).synonyms == 0
        assert the_manual()["synonyms"] == before


def test_a_chapter_has_the_words_of_its_file(first: Path) -> None:
    load(first)
    visits = Amendment.objects.get(chapter__slug="visits")
    assert (visits.title, visits.areas, visits.passage_status) == ("Visits", ["north"], "guidance")
    assert visits.text == "Visit.\n\n!!! north\n\n    Only in the north."
    assert visits.approved_at == datetime(2100, 2, 22, 10, 30, tzinfo=UTC)
    assert (visits.status, visits.sequence, visits.author, visits.approver) == ("published", 1, None, None)
    assert Amendment.objects.get(chapter__slug="form").link == "https://www.example.org/form"
    referrals = Amendment.objects.get(chapter__slug="referrals")
    assert [section.anchor for section in referrals.sections.all()] == ["", "by-telephone", "in-writing"]


def test_a_later_edition_changes_only_what_it_holds(third: Path) -> None:
    loaded = load(third)
    assert (loaded.editions, loaded.chapters, loaded.amendments, loaded.definitions) == (3, 7, 9, 3)
    assert outline_of(Edition.objects.get(number=2)) == [
        "Guide", "1 Core", "1.1 Referrals", "Form", "1.2 Visits (withdrawn)", "Infants (new)", "2 Contacts",
    ]  # fmt: skip
    assert outline_of(Edition.objects.get(number=3)) == [
        "1 Core", "1.1 Infants and visits (updated)", "1.2 Referrals", "2 Contacts", "2.1 Form", "Guide",
    ]  # fmt: skip
    visits = Amendment.objects.get(chapter__slug="visits", significance="withdrawn")
    assert visits.based_on == Amendment.objects.get(chapter__slug="visits", significance="new")
    assert visits.successor == Chapter.objects.get(slug="referrals")
    harm = Definition.objects.get(keyword__slug="harm", sequence=2)
    assert harm.meaning == "Ill-treatment or neglect."
    assert harm.approved_at == datetime(2100, 6, 1, 11, 0, 0, 1, tzinfo=UTC)


def test_the_tree_of_the_editors_is_the_newest_arrangement(third: Path) -> None:
    load(third)
    assert Chapter.objects.broken() == []
    assert tree() == [
        ("core", None, True),
        ("infants", "core", True),
        ("referrals", "core", True),
        ("visits", "core", True),  # gone from the contents
        ("contacts", None, True),
        ("form", "contacts", True),
        ("guide", None, False),
    ]


def test_a_chapter_can_change_places_with_the_one_above_it(tmp_path: Path) -> None:
    turned = FIRST | {
        f"{TWO}/edition.yaml": dedent("""
            kind: ordinary
            effective: 2100-05-11T00:00:00+01:00
            published: 2100-05-07T16:15:00+01:00
            contents:
              - contacts:
                - form:
                  - visits:
                    - referrals (unnumbered):
                      - core
              - guide
            """)
    }
    load(lay(tmp_path, turned))
    assert tree() == [
        ("contacts", None, True),
        ("form", "contacts", True),
        ("visits", "form", True),
        ("referrals", "visits", False),
        ("core", "referrals", True),
        ("guide", None, True),
    ]
    assert Chapter.objects.broken() == []


def test_new_chapters_stand_in_the_order_that_the_edition_says(tmp_path: Path) -> None:
    files = FIRST | {
        f"{TWO}/edition.yaml": dedent("""
            kind: urgent
            effective: 2100-05-11T00:00:00+01:00
            published: 2100-05-07T16:15:00+01:00
            new: [zoos, ants, bees, yaks]
            """),
        f"{TWO}/chapters/ants.md": front("Ants.", kind="chapter", title="Ants", under="zoos"),
        f"{TWO}/chapters/bees.md": front("Bees.", kind="chapter", title="Bees"),
        f"{TWO}/chapters/yaks.md": front(
            "Yaks.", kind="chapter", title="Yaks", under="zoos", numbered="false"
        ),
        f"{TWO}/chapters/zoos.md": front("Zoos.", kind="chapter", title="Zoos"),
    }
    load(lay(tmp_path, files))
    assert outline_of(Edition.objects.get(number=2))[-4:] == [
        "3 Zoos (new)", "3.1 Ants (new)", "Yaks (new)", "4 Bees (new)",
    ]  # fmt: skip
    assert [slug for slug, *_rest in tree()][-4:] == ["zoos", "ants", "yaks", "bees"]


def test_without_such_an_order_they_stand_by_the_alphabet(tmp_path: Path) -> None:
    bring = {
        f"{TWO}/chapters/{slug}.md": front("Text.", kind="chapter", title=slug) for slug in ("zoos", "ants")
    }
    load(lay(tmp_path, FIRST | {f"{TWO}/edition.yaml": EDITION_OF_MAY} | bring))
    assert outline_of(Edition.objects.get(number=2))[-2:] == ["3 ants (new)", "4 zoos (new)"]


EDITION_OF_MAY = dedent("""
    kind: urgent
    effective: 2100-05-11T00:00:00+01:00
    published: 2100-05-07T16:15:00+01:00
    """)


def test_what_was_withdrawn_and_left_the_contents_can_come_back(tmp_path: Path) -> None:
    files = THIRD | {
        "editions/0004-2100-07-01/edition.yaml": EDITION_OF_MAY.replace("05-11", "07-01"),
        "editions/0004-2100-07-01/chapters/visits.md": front(
            "Visit again.", title="Visits", under="contacts"
        ),
    }
    load(lay(tmp_path, files))
    assert outline_of(Edition.objects.get(number=4))[-3:] == ["2.1 Form", "2.2 Visits (new)", "Guide"]
    assert ("visits", "contacts", True) in tree()


def test_a_successor_may_come_later(tmp_path: Path) -> None:
    """It is begun in the editors' tree, and stands where it should as soon as its edition brings it."""
    files = THIRD | {
        f"{TWO}/chapters/visits.md": front(
            "Visit.", title="Visits", significance="withdrawn", successor="calls", note="Calls come in June."
        ),
        f"{THREE}/edition.yaml": THIRD[f"{THREE}/edition.yaml"].replace(
            "- infants", "- infants\n    - calls"
        ),
        f"{THREE}/chapters/calls.md": front("Call.", kind="chapter", title="Calls"),
    }
    loaded = load(lay(tmp_path / "content", files))
    assert loaded.chapters == 8
    assert Amendment.objects.get(chapter__slug="visits", sequence=2).successor.slug == "calls"
    assert [slug for slug, parent, _ in tree() if parent == "core"] == [
        "infants",
        "calls",
        "referrals",
        "visits",
    ]
    dump(tmp_path / "written")
    assert "successor: calls\n" in (tmp_path / "written" / TWO / "chapters/visits.md").read_text()


def test_counterparts_may_name_each_other_and_one_that_comes_later(tmp_path: Path) -> None:
    visits = f"{ONE}/chapters/visits.md"
    files = SECOND | {
        visits: FIRST[visits].replace("---\n\n", "counterpart: infants\n---\n\n"),
        f"{TWO}/chapters/infants.md": front(
            "See them.", kind="chapter", title="Infants", under="core", areas="[south]", counterpart="visits"
        ),
    }
    load(lay(tmp_path / "content", files))
    one = Amendment.objects.get(chapter__slug="visits", sequence=1)
    other = Amendment.objects.get(chapter__slug="infants")
    assert (one.counterpart, other.counterpart) == (other.chapter, one.chapter)
    dump(tmp_path / "written")
    assert "counterpart: infants\n" in (tmp_path / "written" / visits).read_text()
    assert "counterpart: visits\n" in (tmp_path / "written" / TWO / "chapters/infants.md").read_text()


def test_the_record_says_when_the_board_published_it(first: Path) -> None:
    load(first)
    assert {event.at for event in Event.objects.filter(verb="publish")} == {
        datetime(2100, 2, 22, 10, 30, tzinfo=UTC)
    }
    assert set(Event.objects.values_list("by", flat=True)) == {None}


def test_the_command_hears_how_far_it_has_come(second: Path) -> None:
    steps: list[Step] = []
    load(second, progress=steps.append)
    assert {step.doing for step in steps} == {"Checking", "Loading"}
    assert steps[0] == Step("Checking", "edition 1", 1, 6)
    assert steps[-1] == Step("Loading", "edition 2", 2, 2)


def test_a_manual_that_has_editions_is_not_loaded_over(first: Path) -> None:
    load(first)
    before = the_manual()
    (mistake,) = refusal(first)
    assert "has editions or chapters already" in mistake
    assert the_manual() == before


def test_an_update_takes_what_is_not_there(tmp_path: Path, django_assert_max_num_queries) -> None:
    folder = tmp_path / "content"
    load(lay(folder, FIRST))
    # The board's own settings, and words that would be refused if they were read again.
    Manual.objects.update(title="As the board calls it")
    lay(folder, THIRD | {f"{ONE}/chapters/guide.md": "nonsense", f"{ONE}/keywords.yaml": "nonsense"})
    loaded = load(folder, update=True)
    assert (loaded.editions, loaded.chapters, loaded.amendments) == (2, 1, 3)
    assert Manual.objects.get().title == "As the board calls it"
    updated = the_manual() | {"manual": None}
    with django_assert_max_num_queries(40):
        assert load(folder, update=True).editions == 0
    assert the_manual() | {"manual": None} == updated


def test_an_update_gives_the_manual_that_a_load_gives(tmp_path: Path, third: Path) -> None:
    with another_database():
        load(third)
        expected = the_manual()
    for files in (FIRST, SECOND, THIRD):
        load(lay(tmp_path / "growing", files), update=True)
    assert the_manual() == expected


def test_an_update_keeps_to_the_moments_that_are_there(second: Path) -> None:
    load(second)
    lay(second, {f"{TWO}/edition.yaml": EDITION_OF_MAY.replace("00:00:00", "08:00:00")})
    (mistake,) = refusal(second, update=True)
    assert mistake.startswith(
        f"{TWO}/edition.yaml, line 2: In the database edition 2 takes effect at 2100-05-10 23:00"
    )


def test_an_update_holds_new_texts_against_those_in_the_database(tmp_path: Path) -> None:
    folder = tmp_path / "content"
    load(lay(folder, FIRST))
    text = "[a](chapter:contacts#later) [b](keyword:harm)\n[c](chapter:contacts#never)\n[d](keyword:alarm)"
    lay(
        folder,
        SECOND | {f"{TWO}/chapters/infants.md": front(text, kind="chapter", title="Infants", under="core")},
    )
    assert refusal(folder, update=True) == [
        f"{TWO}/chapters/infants.md, line 10: The chapter “contacts” has no section “#never” in this edition.",
        f"{TWO}/chapters/infants.md, line 11: There is no keyword “alarm” in this edition.",
    ]


def test_an_update_takes_up_a_chapter_that_editors_have_begun(tmp_path: Path) -> None:
    folder = tmp_path / "content"
    load(lay(folder, FIRST))
    begun = Chapter.objects.add("infants", parent=Chapter.objects.get(slug="contacts"))
    Chapter.objects.add("only-begun", parent=Chapter.objects.get(slug="core"))
    workflow.draft(begun, by=None, title="Infants, a draft")
    load(lay(folder, SECOND), update=True)
    begun.refresh_from_db()
    assert (begun.parent.slug, begun.numbered) == ("core", False)
    assert Amendment.objects.filter(chapter=begun).count() == 2
    load(lay(folder, THIRD), update=True)
    assert [slug for slug, parent, _ in tree() if parent == "core"] == [
        "infants",
        "referrals",
        "visits",
        "only-begun",
    ]


def test_an_update_does_not_make_another_thing_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "content"
    load(lay(folder, FIRST))
    Chapter.objects.add("infants", kind="group")
    (mistake,) = refusal(lay(folder, SECOND), update=True)
    assert mistake.startswith(f"{TWO}/chapters/infants.md, line 5: Editors have begun “infants” as a group")


def test_flaws_of_a_text_can_be_let_pass(tmp_path: Path) -> None:
    files = FIRST | {f"{ONE}/chapters/guide.md": front("[x](chapter:never)", kind="chapter", title="Guide")}
    folder = lay(tmp_path, files)
    assert refusal(folder) == [
        f"{ONE}/chapters/guide.md, line 8: There is no chapter “never” in this edition."
    ]
    loaded = load(folder, as_published=True)
    assert [str(flaw) for flaw in loaded.flaws] == [
        f"{ONE}/chapters/guide.md, line 8: There is no chapter “never” in this edition."
    ]
    assert Edition.objects.count() == 1


def test_an_empty_manual_is_a_manual(tmp_path: Path) -> None:
    assert load(lay(tmp_path, {"manual.yaml": FIRST["manual.yaml"]})).editions == 0
    assert Manual.objects.get().title == "Procedures of the Isle"


def test_what_editors_hide_in_a_folder_is_left_alone(tmp_path: Path) -> None:
    hidden = {
        ".git": "x",
        f"{ONE}/.DS_Store": "x",
        f"{ONE}/chapters/.guide.md.swp": "x",
        "editions/.hidden/x": "x",
    }
    assert load(lay(tmp_path, FIRST | hidden)).editions == 1
    assert THREE  # the third edition is not among them
