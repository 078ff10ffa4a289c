"""What a proofreader finds in a content folder, and what passes."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from manual.proofreading import extras, proofread
from manual.proofreading.reading_age import count_syllables, grade
from manual.proofreading.texts import Passage
from tests.proofreading.folder import write

LEADS_ON = "Ring the office today. Then read [](chapter:{}).\n"
TWO = {"one": LEADS_ON.format("two"), "two": "Write to the school at once. Go back to [](chapter:one).\n"}


def found_in(folder: Path) -> list[str]:
    return [
        f"{Path(fault.file).stem} {fault.line or '-'}: {fault.cause}" for fault in proofread(folder).faults
    ]


def causes(tmp_path: Path, one: str, **more: str) -> list[str]:
    """The faults of a chapter that begins so, in a folder that has none besides."""
    folder = write(tmp_path, {**TWO, "one": f"{one}\n\n{TWO['one']}"}, **more)
    return [cause for cause in found_in(folder) if not cause.startswith("two")]


def test_a_folder_without_fault_is_measured(tmp_path):
    report = proofread(write(tmp_path, TWO))
    assert report.faults == []
    assert [(each.slug, each.words > 8, each.grade < 6) for each in report.measured] == [
        ("core", False, True), ("one", True, True), ("two", True, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("We must organize this now for all.", "one 8: “organize” is not British spelling."),
        ("The behavior of the child has changed.", "one 8: “behavior” is not British spelling."),
        ("Staff must recieve the form by then.", "one 8: “recieve” is not British spelling."),
        ("Ring 01634 123456 for any advice.", "one 8: “01634 123456” could be somebody’s."),
        ("Ring 07700123456 for any advice.", "one 8: “07700123456” could be somebody’s."),
        ("Send the form to ME14 1XX by post.", "one 8: “ME14 1XX” could be somebody’s."),
        ("Ask Mrs Hargreave for her advice.", "one 8: “Mrs Hargreave” could be somebody’s."),
        ("Write to duty@council.gov.uk about it.", "one -: “duty@council.gov.uk” could be somebody’s."),
        ("This very chapter, [](chapter:one), says so.", "one 8: The chapter refers to itself"),
        ("See [](chapter:nowhere) for the rest.", "one 8: There is no chapter “nowhere” in this edition."),
        ("See [there](chapter:two#gone) for the rest.", "one 8: “two” has no section “gone”"),
        (
            "The visit is made within five working days.",
            "one 8: The time limit “5 working days” is not in the list",
        ),
    ],
)
def test_what_should_not_be_published_is_found(tmp_path, text, fault):
    (only,) = causes(tmp_path, text)
    assert only.startswith(fault) or (fault.endswith("“gone”") and "gone" in only)


@pytest.mark.parametrize(
    "text",
    [
        "We organise the licence, and practise what we program.",
        "Ring 01632 960123 at night, 999 in danger.",
        "Write to duty@example.org or look at [the Act](https://www.legislation.gov.uk/ukpga/1989/41).",
        "Section 47 of the Children Act 1989 and paragraph 18 apply to children of 14 years.",
        "> The authority shall organize such enquiries within 14 days as they consider necessary.",
        "A child under six months old is a baby. The court can give up to six months in prison.",
    ],
)
def test_what_is_right_passes(tmp_path, text):
    assert causes(tmp_path, text) == []


def test_a_national_line_has_to_be_listed(tmp_path):
    text = "Children can ring 0800 1111 at any hour."
    assert causes(tmp_path / "a", text) if (tmp_path / "a").mkdir() is None else False
    (tmp_path / "b").mkdir()
    assert causes(tmp_path / "b", text, style='national_lines: ["0800 1111"]\n') == []


def test_a_hard_text_is_told_to_be_plainer(tmp_path):
    hard = (
        "Notwithstanding considerations of organisational proportionality, multidisciplinary practitioners "
        "collaboratively undertaking comprehensive investigations necessarily demonstrate accountability "
        "throughout deliberations concerning vulnerability."
    )
    (fault,) = causes(tmp_path, hard)
    assert fault.startswith("one -: Its reading grade is ")
    assert "above 10" in fault
    quoted = tmp_path / "quoted"
    quoted.mkdir()
    assert causes(quoted, f"> {hard}") == [], "the law's own words do not count"


def test_only_a_full_stop_ends_a_sentence():
    def passage(words: str) -> Passage:
        return Passage("p", words, words, False, None)

    joined = "Ring the duty worker now; then write to the school; then tell the child."
    parted = "Ring the duty worker now. Then write to the school. Then tell the child."
    assert grade([passage(joined)]) > grade([passage(parted)]) + 3


def test_a_file_that_is_no_text_is_told(tmp_path):
    folder = write(tmp_path, TWO)
    (folder / "house-style.yaml").write_bytes(b"reading_grade: \xff\n")
    assert found_in(folder) == ["house-style -: It is not a text in UTF-8."]


def test_a_sentence_that_stands_in_two_chapters_is_found_in_both(tmp_path):
    same = "Record what the child said in their own words."
    folder = write(tmp_path, {slug: f"{same}\n\n{text}" for slug, text in TWO.items()})
    assert [cause.partition(":")[0] for cause in found_in(folder)] == ["one 8", "two 8"]


def test_versions_of_one_chapter_may_repeat_themselves(tmp_path):
    assert found_in(write(tmp_path, TWO, {"one": TWO["one"] + "\nAnd once more.\n"})) == []


def test_an_earlier_text_is_looked_at_too(tmp_path):
    (fault,) = found_in(
        write(tmp_path, {**TWO, "one": "The color was red. " + TWO["one"]}, {"one": TWO["one"]})
    )
    assert "“color” is not British spelling." in fault


def test_a_chapter_that_nothing_leads_to_is_found(tmp_path):
    folder = write(tmp_path, {**TWO, "lonely": "Nobody gets here, though [](chapter:one) can be read.\n"})
    assert found_in(folder) == ["lonely -: No other chapter refers to it."]


def test_a_keyword_that_nothing_uses_is_found(tmp_path):
    keywords = "office:\n  name: Office\n  meaning: A room.\nlado:\n  name: LADO\n  meaning: An officer.\n"
    folder = write(tmp_path, TWO, keywords=keywords)
    assert found_in(folder) == ["keywords 5: No chapter uses the keyword “LADO”."]


# --- Time limits -----------------------------------------------------------------------------------------------

LIST = """
visit:
  limit: 5 working days
  what: First visit
  source: Local
  about: [first visit]
  chapters: [one]
reply:
  limit: 10 working days
  what: Reply to a complaint
  source: Local
  chapters: [one]
"""
RIGHT = "The first visit is within five working days. A complaint is answered within 10 working days."


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (RIGHT, []),
        (RIGHT.replace("five", "5"), []),
        (RIGHT + "\n\n| Step | By |\n| --- | --- |\n| Visit | 5 working days |", []),
        (
            RIGHT.replace("five", "seven"),
            ["“7 working days” is not in the list", "does not state 5 working days"],
        ),
        (
            RIGHT.replace("five", "ten"),
            ["says “10 working days” of “First visit”", "does not state 5 working days"],
        ),
        (RIGHT + " Ring within two hours.", ["“2 hours” is not in the list"]),
        (RIGHT + " A child in custody is seen within two hours.", ["“2 hours” is not in the list"]),
        (RIGHT + " It carries up to six months’ prison, or up to 12 months in custody.", []),
        (RIGHT + " Write by the end of the next working day.", ["“next working day” is not in the list"]),
        (RIGHT + "\n\n| Step | By |\n| --- | --- |\n| Call | One hour |", ["“1 hour” is not in the list"]),
    ],
)
def test_each_time_limit_is_the_one_of_the_list(tmp_path, text, faults):
    found = causes(tmp_path, text, timescales=LIST)
    assert len(found) == len(faults)
    for fault in faults:
        assert any(fault in each for each in found), found


def test_the_list_itself_is_checked(tmp_path):
    folder = write(
        tmp_path, TWO, timescales="visit:\n  limit: soon\n  what: V\n  source: Local\n  chapters: [gone]\n"
    )
    told = [fault.partition(": ")[2] for fault in found_in(folder)]
    assert told == [
        "`visit` names the chapter gone, which the manual does not have.", "`limit` is “soon”.",
    ]  # fmt: skip


# --- The command -----------------------------------------------------------------------------------------------


def test_the_command_reports_and_fails_where_there_is_a_fault(tmp_path, capsys):
    with pytest.raises(CommandError, match="1 fault"):
        call_command(
            "proofread", write(tmp_path, {**TWO, "lonely": "See [](chapter:one) and then go home.\n"})
        )
    said = capsys.readouterr()
    assert "editions/0001-2026-03-01/chapters/lonely.md: No other chapter refers to it." in said.err
    assert "lonely" in said.out


def test_the_command_says_what_was_read_where_all_is_well(tmp_path, capsys):
    call_command("proofread", write(tmp_path, TWO))
    assert "No fault in 2 chapters of " in capsys.readouterr().out


def test_the_command_can_look_at_one_chapter_in_all_its_versions(tmp_path, capsys):
    call_command("proofread", write(tmp_path, TWO, {"one": TWO["one"] + "\nMore.\n"}), "--chapter", "one")
    rows = [line.split()[::3] for line in capsys.readouterr().out.splitlines() if line.endswith(" one")]
    assert rows == [["1", "one"], ["2", "one"]]


def test_a_folder_that_is_none_is_refused(tmp_path, capsys):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("proofread", tmp_path)
    assert "manual.yaml" in capsys.readouterr().err


def test_a_missing_word_list_is_told_with_what_to_do(tmp_path, monkeypatch):
    def missing(module):
        raise ImportError(module)

    monkeypatch.setattr(extras, "import_module", missing)
    from manual.proofreading import reading_age, spelling

    for cached in (
        reading_age._dictionary,
        reading_age.count_syllables,
        spelling._american,
        spelling._misspellings,
    ):
        cached.cache_clear()
    with pytest.raises(CommandError, match=r"Proofreading needs \w+, which is not installed\. Install"):
        call_command("proofread", write(tmp_path, TWO))


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("child", 1),
        ("children’s", 2),
        ("safeguarding", 3),
        ("multi-agency", 5),
        ("LADO", 4),
        ("Medway", 2),
        ("frenulum", 3),
    ],
)
def test_syllables_are_counted_as_words_are_spoken(word, syllables):
    assert count_syllables(word) == syllables
