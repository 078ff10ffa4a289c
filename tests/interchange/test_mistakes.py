"""What is wrong with a folder: every mistake named with file, line, cause and remedy, and nothing loaded."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from manual.interchange import ContentRefused, load
from manual.models import Chapter, Edition, Event, Keyword, Manual, Synonym
from tests.interchange.small import (
    EDITION_1,
    EDITION_2,
    FIRST,
    ONE,
    SECOND,
    THIRD,
    THREE,
    TWO,
    front,
    lay,
)

pytestmark = pytest.mark.django_db

Files = dict[str, str | bytes | None]


def mistakes(folder: Path) -> list[str]:
    with pytest.raises(ContentRefused) as refused:
        load(folder)
    assert not Edition.objects.exists() and not Chapter.objects.exists()
    assert not Keyword.objects.exists() and not Manual.objects.exists()
    assert not Synonym.objects.exists() and not Event.objects.exists()
    return [str(mistake) for mistake in refused.value.mistakes]


def chapter(text: str = "Text.", **keys: str) -> str:
    return front(text, **{"kind": "chapter", "title": "Guide"} | keys)


GUIDE, EDITION, KEYWORDS = f"{ONE}/chapters/guide.md", f"{ONE}/edition.yaml", f"{ONE}/keywords.yaml"
SYNONYMS = "synonyms.yaml"
EDITION_3 = THIRD[f"{THREE}/edition.yaml"]
VISITS, INFANTS = f"{TWO}/chapters/visits.md", f"{TWO}/chapters/infants.md"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        # --- Files
        ({GUIDE: b"---\ntitle: \xff\n---\n"}, f"{GUIDE}, line 2: It is not written in UTF-8. Save it"),
        ({GUIDE: "No front matter."}, f"{GUIDE}, line 1: It does not begin with front matter."),
        ({GUIDE: "---\ntitle: never closed\n"}, f"{GUIDE}, line 1: It does not begin with front matter."),
        ({GUIDE: b"x" * 8_000_001}, f"{GUIDE}: It is larger than 8 MB."),
        ({GUIDE: chapter("a\0b")}, f"{GUIDE}, line 8: It holds a NUL character."),
        ({EDITION: None}, f"{EDITION}: The file is missing."),
        ({"manual.yaml": None}, "manual.yaml: The file is missing."),
        ({f"{ONE}/notes.txt": "x"}, f"{ONE}/notes.txt: The folder of an edition holds nothing of this name."),
        ({f"{ONE}/chapters/guide.txt": "x"}, f"{ONE}/chapters/guide.txt: A chapter is a file `slug.md`."),
        ({f"{ONE}/chapters/gui de.md": "x"}, f"{ONE}/chapters/gui de.md: “gui de” is no slug"),
        (
            {f"{ONE}/chapters/{'x' * 101}.md": "x"},
            f"{ONE}/chapters/{'x' * 101}.md: “{'x' * 101}” is longer than 100",
        ),
        ({"editions/readme.md": "x"}, "editions/readme.md: Only folders of editions stand here."),
        (
            {"editions/second/edition.yaml": "x"},
            "editions/second: The folder of an edition is named by its number",
        ),
        (
            {"editions/00002-2100-01-01/x": "x"},
            "editions/00002-2100-01-01: The folder of an edition is named by",
        ),
        # --- YAML
        (
            {GUIDE: chapter(title="a: b")},
            f"{GUIDE}, line 2: This is not YAML that can be read: mapping values",
        ),
        (
            {GUIDE: chapter(title="&a b")},
            f"{GUIDE}, line 2: This is not YAML that can be read: anchors and aliases",
        ),
        (
            {GUIDE: chapter(title="!!int 5")},
            f"{GUIDE}, line 2: This is not YAML that can be read: tags are not",
        ),
        ({GUIDE: chapter(title='"\\U00110000"')}, f"{GUIDE}: It spells a character that does not exist."),
        (
            {GUIDE: chapter(title='"\\ud800"')},
            f"{GUIDE}, line 2: `title` holds U+D800, which is no character.",
        ),
        ({GUIDE: chapter(title='"\\0"')}, f"{GUIDE}, line 2: `title` holds U+0000, which is no character."),
        ({GUIDE: chapter(title="a\x07")}, f"{GUIDE}, line 2: The character U+0007 cannot stand in YAML."),
        ({GUIDE: chapter(areas="[" * 2000)}, f"{GUIDE}: It is nested too deeply to be read."),
        ({GUIDE: "---\n- a\n---\n"}, f"{GUIDE}, line 2: The front matter is written as `key: value`"),
        ({KEYWORDS: "just words"}, f"{KEYWORDS}, line 1: keywords.yaml is written as `key: value`"),
        (
            {GUIDE: chapter().replace("note", "title")},
            f"{GUIDE}, line 4: `title` stands here a second time, after line 2.",
        ),
        (
            {GUIDE: chapter(lable="See also")},
            f"{GUIDE}, line 6: The front matter has no key `lable`. Did you mean `label`",
        ),
        ({GUIDE: chapter(xyz="See also")}, f"{GUIDE}, line 6: The front matter has no key `xyz`. Known are"),
        (
            {"manual.yaml": FIRST["manual.yaml"] + "colour: blue\n"},
            "manual.yaml, line 8: manual.yaml has no key",
        ),
        (
            {EDITION: EDITION_1 + "effektive: x\n"},
            f"{EDITION}, line 12: edition.yaml has no key `effektive`. Did you",
        ),
        (
            {KEYWORDS: "a:\n  name: A\n  meaning: B\n  mean: C\n"},
            f"{KEYWORDS}, line 4: `a` has no key `mean`.",
        ),
        # --- Values
        ({GUIDE: chapter(title="")}, f"{GUIDE}, line 2: The front matter lacks `title`. Add a line"),
        ({GUIDE: chapter(title='" "')}, f"{GUIDE}, line 2: The front matter lacks `title`."),
        ({GUIDE: chapter(note="")}, f"{GUIDE}, line 2: The front matter lacks `note`."),
        ({GUIDE: chapter(significance="")}, f"{GUIDE}, line 2: The front matter lacks `significance`."),
        (
            {GUIDE: chapter(title="x" * 301)},
            f"{GUIDE}, line 2: `title`: Ensure this value has at most 300 characters",
        ),
        ({GUIDE: chapter(title="[a, b]")}, f"{GUIDE}, line 2: `title` is text, not a list or keys."),
        (
            {GUIDE: chapter(areas="north")},
            f"{GUIDE}, line 6: `areas` is a list. Write `areas: [one, another]`.",
        ),
        ({GUIDE: chapter(areas="[[a]]")}, f"{GUIDE}, line 6: `areas` is text"),
        (
            {GUIDE: chapter(significance="newer")},
            f"{GUIDE}, line 3: `significance` is “newer”. It can be new, amended,",
        ),
        (
            {GUIDE: chapter(status="law")},
            f"{GUIDE}, line 6: `status` is “law”. It can be policy, procedure, guidance or",
        ),
        ({GUIDE: chapter(numbering="roman")}, f"{GUIDE}, line 6: `numbering` is “roman”."),
        ({GUIDE: chapter(kind="page")}, f"{GUIDE}, line 5: `kind` is “page”."),
        ({GUIDE: chapter(link="javascript:alert(1)")}, f"{GUIDE}, line 6: `link`: Enter a valid URL."),
        (
            {GUIDE: chapter(approved="2100-01-01")},
            f"{GUIDE}, line 6: `approved` is “2100-01-01”, which is no date and time",
        ),
        ({GUIDE: chapter(successor="form")}, f"{GUIDE}, line 6: Only a withdrawn chapter has a successor."),
        (
            {GUIDE: chapter(counterpart="form")},
            f"{GUIDE}, line 6: Only a chapter for some of the areas has a counterpart. Take `counterpart` out.",
        ),
        ({INFANTS: chapter(numbered="no")}, f"{INFANTS}, line 6: `numbered` is true or false, not “no”."),
        ({INFANTS: chapter(under="a b")}, f"{INFANTS}, line 6: “a b” is no slug"),
        (
            {EDITION: EDITION_1.replace("+00:00", "")},
            f"{EDITION}, line 3: `effective` is “2100-03-01T00:00:00”, which is",
        ),
        (
            {EDITION: EDITION_1.replace("2100-03-01T", "9999-12-31T")},
            f"{EDITION}, line 3: It takes effect on another day",
        ),
        (
            {EDITION: EDITION_1.replace("2100-03-01T00:00:00+00:00", "9999-12-31T23:59:59-10:00")},
            f"{EDITION}, line 3: `effective` is “9999-12-31T23:59:59-10:00”, which is no date",
        ),
        (
            {EDITION: EDITION_1.replace("kind: ordinary", "kind: hasty")},
            f"{EDITION}, line 1: `kind` is “hasty”.",
        ),
        (
            {EDITION: EDITION_1.replace("2100-02-22", "2100-03-22")},
            f"{EDITION}, line 4: It was published after it takes",
        ),
        (
            {f"{TWO}/edition.yaml": EDITION_2 + "law_stated_as_at: May\n"},
            f"{TWO}/edition.yaml, line 5: `law_stated",
        ),
        (
            {f"{TWO}/edition.yaml": EDITION_2 + "contents: []\n"},
            f"{TWO}/edition.yaml, line 5: Only an ordinary",
        ),
        (
            {"manual.yaml": "title: A\nboard: B\nsample: maybe\n"},
            "manual.yaml, line 3: `sample` is true or false",
        ),
        ({"manual.yaml": "title: A\n"}, "manual.yaml, line 1: manual.yaml lacks `board`."),
        (
            {"manual.yaml": "title: A\nboard: B\nareas:\n  guidance: G\n"},
            "manual.yaml, line 4: The area “guidance” has",
        ),
        (
            {"manual.yaml": "title: A\nboard: B\nareas:\n  North: N\n"},
            "manual.yaml, line 4: The area “North” may hold",
        ),
        (
            {"manual.yaml": "title: A\nboard: B\nareas: north\n"},
            "manual.yaml, line 3: `areas` is written as keys",
        ),
        ({KEYWORDS: "a b:\n  name: A\n  meaning: B\n"}, f"{KEYWORDS}, line 1: The keyword “a b” is no slug"),
        ({KEYWORDS: "a:\n"}, f"{KEYWORDS}, line 1: The keyword “a” has neither name nor meaning."),
        ({KEYWORDS: "a: b\n"}, f"{KEYWORDS}, line 1: `a` is written as keys with values"),
        ({KEYWORDS: "a:\n  name: A\n"}, f"{KEYWORDS}, line 2: `a` lacks `meaning`."),
        ({KEYWORDS: "[a]: b\n"}, f"{KEYWORDS}, line 1: keywords.yaml has a key that is no word."),
        # --- Contents
        (
            {EDITION: EDITION_1.replace("- contacts", "- contacts\n  - guide")},
            f"{EDITION}, line 12: `contents` names “",
        ),
        (
            {EDITION: EDITION_1.replace("- contacts", "- contact")},
            f"{EDITION}, line 11: “contact” has no file, here or",
        ),
        (
            {EDITION: EDITION_1.replace("- contacts", "- contact")},
            f"{EDITION}, line 5: `contents` leaves out “contacts”",
        ),
        (
            {EDITION: EDITION_1.replace("visits", "visits:")},
            f"{EDITION}, line 10: What stands under an entry is a list.",
        ),
        (
            {EDITION: EDITION_1.replace("- visits", "- [visits]")},
            f"{EDITION}, line 10: A line of `contents` is one slug.",
        ),
        (
            {EDITION: EDITION_1.replace("- visits", "- visits (bare)")},
            f"{EDITION}, line 10: “visits (bare)” is no slug",
        ),
        (
            {EDITION: EDITION_1 + "new: [guide]\n"},
            f"{EDITION}, line 12: `contents` already says where new chapters",
        ),
        (
            {EDITION: EDITION_1.split("contents")[0] + "contents: all\n"},
            f"{EDITION}, line 5: `contents` is a list of slugs",
        ),
        (
            {GUIDE: chapter(under="core")},
            f"{GUIDE}, line 6: The edition's `contents` says this; `under` has no effect.",
        ),
        ({GUIDE: None}, f"{EDITION}, line 6: “guide” has no file, here or in an earlier edition."),
        # --- Editions
        (
            {"editions/0003-2100-06-08/edition.yaml": EDITION_2},
            "editions/0003-2100-06-08/edition.yaml, line 2: It takes",
        ),
        (
            {f"{TWO}/edition.yaml": EDITION_2.replace("05-11", "05-12")},
            f"{TWO}/edition.yaml, line 2: It takes effect on",
        ),
        ({VISITS: None, INFANTS: None}, f"{TWO}/edition.yaml, line 1: There is nothing in this edition."),
        (
            {f"{TWO}/edition.yaml": EDITION_2.replace("urgent", "correction")},
            f"{VISITS}, line 3: An edition of corrections",
        ),
        (
            {
                f"{TWO}/edition.yaml": EDITION_2.replace("urgent", "correction"),
                f"{TWO}/keywords.yaml": FIRST[KEYWORDS],
            },
            f"{TWO}/edition.yaml, line 1: An edition of corrections changes no keyword.",
        ),
        # --- Changes
        (
            {VISITS: chapter(kind="")},
            f"{VISITS}, line 3: “visits” is in the manual since edition 1, so it cannot be new.",
        ),
        (
            {INFANTS: chapter(significance="amended")},
            f"{INFANTS}, line 3: “infants” is not in the manual, so it cannot be",
        ),
        (
            {VISITS: chapter(significance="withdrawn")},
            f"{VISITS}, line 5: `kind` stands only in the file that first",
        ),
        (
            {INFANTS: chapter(kind="")},
            f"{INFANTS}, line 1: This is the first of “infants”, so it must say of what kind",
        ),
        (
            {INFANTS: chapter(under="cor")},
            f"{INFANTS}, line 6: There is no chapter “cor”. Did you mean “core”?",
        ),
        ({INFANTS: chapter(under="infants")}, f"{INFANTS}, line 6: It cannot stand under itself."),
        (
            {INFANTS: chapter(under="visits")},
            f"{INFANTS}, line 6: “infants” would stand under a withdrawn chapter.",
        ),
        (
            {VISITS: chapter(kind="", significance="amended", under="core")},
            f"{VISITS}, line 5: `under` is for a new chapter.",
        ),
        (
            {VISITS: chapter(kind="", significance="withdrawn", successor="infant")},
            f"{VISITS}, line 5: There is no chapter “infant”. Did you mean “infants”?",
        ),
        (
            {VISITS: chapter(kind="", significance="withdrawn", successor="visits")},
            f"{VISITS}, line 5: It names itself as its successor.",
        ),
        (
            {VISITS: chapter(kind="", significance="amended", areas="[north]", counterpart="infant")},
            f"{VISITS}, line 6: There is no chapter “infant”. Did you mean “infants”?",
        ),
        (
            {VISITS: chapter(kind="", significance="amended", areas="[north]", counterpart="visits")},
            f"{VISITS}, line 6: It names itself as its counterpart.",
        ),
        (
            {f"{TWO}/edition.yaml": EDITION_2 + "new: [infants, visits]\n"},
            f"{TWO}/edition.yaml, line 5: `new` names “visits”, which is no new chapter of this edition.",
        ),
        (
            {f"{TWO}/edition.yaml": EDITION_2 + "new: [infants]\n", f"{TWO}/chapters/x.md": chapter()},
            f"{TWO}/edition.yaml, line 5: `new` leaves out x.",
        ),
        (
            {f"{TWO}/edition.yaml": EDITION_2 + "new: [infants, infants]\n"},
            f"{TWO}/edition.yaml, line 5: `new` names “infants” twice.",
        ),
        # --- Texts
        (
            {GUIDE: chapter("One.\n\n!!! nonsense\n")},
            f"{GUIDE}, line 10: “!!! nonsense” is not a box that the manual",
        ),
        (
            {KEYWORDS: 'a:\n  name: A\n  meaning: "!!! nonsense"\n'},
            f"{KEYWORDS}, line 3: “!!! nonsense” is not a box",
        ),
        (
            {GUIDE: chapter("\n[x](chapter:never)")},
            f"{GUIDE}, line 9: There is no chapter “never” in this edition.",
        ),
        (
            {GUIDE: chapter("[x](chapter:infants)")},
            f"{GUIDE}, line 8: There is no chapter “infants” in this edition.",
        ),
        (
            {GUIDE: chapter("[x](chapter:contacts#no)")},
            f"{GUIDE}, line 8: The chapter “contacts” has no section “#no” in",
        ),
        ({GUIDE: chapter("[x](keyword:no)")}, f"{GUIDE}, line 8: There is no keyword “no” in this edition."),
        ({GUIDE: chapter("[x](document:no)")}, f"{GUIDE}, line 8: There is no document “no”."),
        (
            {GUIDE: chapter("[x](chapter:guide)")},
            f"{GUIDE}, line 8: The chapter refers to itself, “chapter:guide”.",
        ),
        ({GUIDE: chapter("### Deep")}, f"{GUIDE}, line 8: “Deep” skips a level of headings."),
        ({GUIDE: chapter("")}, f"{GUIDE}, line 6: The chapter has no text."),
        (
            {GUIDE: chapter(areas="[east]")},
            f"{GUIDE}, line 6: The manual has no area “east”. It has north, south.",
        ),
        (
            {GUIDE: chapter(keywords_off="[enquiry, no]")},
            f"{GUIDE}, line 6: There is no keyword “no” that could be switched off. Correct it, or take it out.",
        ),
        (
            {f"{ONE}/chapters/form.md": front(kind="link")},
            f"{ONE}/chapters/form.md, line 1: It is a link, but says not",
        ),
        (
            {KEYWORDS: "a:\n  name: A\n  meaning: B\n  see_also: [a]\nenquiry:\n  name: E\n  meaning: E\n"},
            f"{KEYWORDS}, line 4: “a” says see also “a”, which is itself.",
        ),
        (
            {KEYWORDS: "enquiry:\n  name: A\n  meaning: See [](chapter:no).\n  see_also: [b]\n"},
            f"{KEYWORDS}, line 3: The meaning of “enquiry”: There is no chapter “no” in this edition.",
        ),
        (
            {KEYWORDS: "enquiry:\n  name: A\n  meaning: B\n  see_also: [b]\n"},
            f"{KEYWORDS}, line 4: “enquiry” says see also “b”, which is no keyword of this edition.",
        ),
    ],
)
def test_a_mistake_is_named_where_it_stands(tmp_path: Path, changed: Files, expected: str) -> None:
    found = mistakes(lay(tmp_path, SECOND | changed))
    assert any(mistake.startswith(expected) for mistake in found), found


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (
            {f"{THREE}/edition.yaml": EDITION_3.replace("- referrals", "- referrals\n    - visits")},
            [
                f"{THREE}/edition.yaml, line 9: “visits” was withdrawn by edition 2, and leaves the contents when an "
                "edition arranges them. Take the line out."
            ],
        ),
        (
            {f"{THREE}/edition.yaml": EDITION_3.replace("  - guide (unnumbered)\n", "")},
            [
                f"{THREE}/edition.yaml, line 5: `contents` leaves out “guide”, which is in the manual. Add it, or "
                "withdraw it first."
            ],
        ),
        (
            {f"{THREE}/chapters/visits.md": front("Visit.", title="Visits", significance="amended", note="Changed.")},
            [
                f"{THREE}/chapters/visits.md, line 3: “visits” is not in the manual since edition 2 withdrew it, so it "
                "cannot be “amended”. Write new, or correct the file's name.",
                f"{THREE}/edition.yaml, line 5: `contents` leaves out “visits”, which is in the manual. Add it, or "
                "withdraw it first.",
            ],
        ),
        (
            {f"{THREE}/chapters/core.md": front(title="Core", significance="withdrawn", note="Ended.")},
            [
                f"{THREE}/edition.yaml, line 7: “infants” would stand under a withdrawn chapter. Give it another place."
            ],
        ),
    ],
)  # fmt: skip
def test_a_rearrangement_that_does_not_fit_is_refused(
    tmp_path: Path, changed: Files, expected: list[str]
) -> None:
    assert mistakes(lay(tmp_path, THIRD | changed)) == expected


def test_a_reference_that_a_later_edition_breaks_is_named_once(tmp_path: Path) -> None:
    changed = {
        f"{THREE}/edition.yaml": EDITION_2.replace("05-11", "06-08").replace("05-07", "06-05"),
        f"{THREE}/chapters/contacts.md": front(
            "## Now {: #now }\n\n999", title="Contacts", significance="amended"
        ),
        f"{THREE}/chapters/infants.md": None,
        f"{THREE}/keywords.yaml": None,
    }
    fourth = {
        "editions/0004-2100-07-01/edition.yaml": EDITION_2.replace("05-11", "07-01").replace(
            "05-07", "06-30"
        ),
        "editions/0004-2100-07-01/chapters/infants.md": front(
            "Text.", title="Infants", significance="correction"
        ),
    }
    assert mistakes(lay(tmp_path, THIRD | changed | fourth)) == [
        f"{ONE}/chapters/referrals.md, line 12: Edition 3 breaks a reference of this text: The chapter “contacts” has "
        "no section “#urgent” in this edition. Change this text in that edition too, or keep what it refers to."
    ]


def test_a_passage_of_what_is_withdrawn_cannot_be_shown_any_longer(tmp_path: Path) -> None:
    including = FIRST | {
        f"{ONE}/chapters/visits.md": front("## How {: #how }\n\nVisit.", kind="chapter", title="Visits"),
        GUIDE: chapter("[Visits](chapter:visits)\n\n!!! include chapter:visits#how"),
    }
    ended = {VISITS: front("## How {: #how }\n\nVisit.", title="Visits", significance="withdrawn")}
    assert mistakes(lay(tmp_path, SECOND | including | ended)) == [
        f"{GUIDE}, line 10: Edition 2 breaks a reference of this text: “visits” is withdrawn, so nothing can be "
        "included from it. Change this text in that edition too, or keep what it refers to."
    ]


def test_a_keyword_whose_chapter_goes_is_named(tmp_path: Path) -> None:
    """A meaning is folded by YAML, so the mistake stands where it begins."""
    files = FIRST | {
        KEYWORDS: "enquiry:\n  name: E\n  meaning: >-\n    One.\n    [x](chapter:contacts#later)\n"
    }
    gone = {
        f"{TWO}/edition.yaml": EDITION_2,
        f"{TWO}/chapters/contacts.md": front(
            "## Urgent {: #urgent }", title="Contacts", significance="amended"
        ),
    }
    (mistake,) = mistakes(lay(tmp_path, files | gone))
    assert mistake.startswith(
        f"{KEYWORDS}, line 3: Edition 2 breaks a reference of this text: The chapter “contacts”"
    )


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    changed: Files = {
        "manual.yaml": FIRST["manual.yaml"].replace("board", "bored"),
        GUIDE: chapter("[x](chapter:never)", title=""),
        f"{ONE}/chapters/contacts.md": "nonsense",
        VISITS: front("Visit.", title="Visits", significance="new"),
        KEYWORDS: "enquiry:\n  name: E\n",
        f"{TWO}/notes.txt": "x",
    }
    found = mistakes(lay(tmp_path, SECOND | changed))
    # What could not be read brings no further mistakes: nobody is told that contacts or its sections are missing.
    assert [mistake.split(": ")[0] for mistake in found] == [
        f"{ONE}/chapters/contacts.md, line 1",
        f"{GUIDE}, line 2",
        f"{GUIDE}, line 7",
        f"{KEYWORDS}, line 2",
        f"{VISITS}, line 3",
        f"{TWO}/notes.txt",
        "manual.yaml, line 1",
        "manual.yaml, line 2",
    ]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert mistakes(tmp_path / "nowhere") == [
        f"{tmp_path / 'nowhere'}: There is no such folder. Name the one with manual.yaml."
    ]


def test_editions_number_from_one_without_a_gap(tmp_path: Path) -> None:
    renumbered = {name.replace("0002-", "0003-"): text for name, text in SECOND.items()}
    assert mistakes(lay(tmp_path, renumbered)) == [
        "editions/0003-2100-05-11: It is edition 2 by its place, not 3. Number the folders from 0001 without gap or "
        "repetition."
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # --- How they are written
        (b"- [a, b]\n- [a, \xff]\n", "line 2: It is not written in UTF-8. Save it again as UTF-8."),
        ("GP: doctor\n", "line 1: synonyms.yaml is a list of sets, an item a set. Write for example `- [GP, family"),
        ("just words", "line 1: synonyms.yaml is a list of sets, an item a set."),
        ("- [a, b]\n- [c, d\n- [e, f]\n", "line 3: This is not YAML that can be read: while parsing a flow"),
        ("# Some\n- [a, *b]\n", "line 2: This is not YAML that can be read: anchors and aliases are not used"),
        ("- [a, b]\n- [c, \x07]\n", "line 2: The character U+0007 cannot stand in YAML. Take it out."),
        ('- [a, b]\n- [c, "\\0"]\n', "line 2: `words` holds U+0000, which is no character. Take it out."),
        ("- [a, b]\n- c, d\n", "line 2: A set is a list of words. Write for example `- [GP, family doctor]`."),
        ("- [a, b]\n-\n", "line 2: A set is a list of words."),
        ("- - a\n  - b\n  - [c]\n", "line 3: `words` is text, not a list or keys. Put it into quotation marks."),
        ("- [a: b, c]\n", "line 1: `words` is text, not a list or keys. Put it into quotation marks."),
        ("- words: a\n", "line 1: `words` is a list. Write `words: [one, another]`."),
        ("- note: why\n", "line 1: A set lacks `words`. Add a line `words: [one, another]`."),
        ("- words: [a, b]\n  not: why\n", "line 2: A set has no key `not`. Did you mean `note`?"),
        ("- words: [a, b]\n  note: [why]\n", "line 2: `note` is text, not a list or keys."),
        # --- What they say
        ("- [a, b]\n- [c]\n", "line 2: Write at least two different words or phrases"),
        ("- [a, b]\n\n- [E-safety, e safety]\n", "line 3: Write at least two different words or phrases"),
        ("- [a, b]\n- []\n", "line 2: Write at least two different words or phrases"),
        ("- [a, b]\n- [c, d]\n- [B, A]\n", "line 3: That is said already: “a” = “b”."),
        ("- words:\n    - a\n    - '?!'\n", "line 1: “?!” has no letter and no digit, so nobody can search for it."),
        (f"- [a, {'b' * 101}]\n", f"line 1: “{'b' * 40}…” is too long: words have at most 100 characters here."),
        (f"- [{', '.join(f'a{n}' for n in range(31))}]\n", "line 1: A set has at most 30 words or phrases; this one"),
        (f"- {{words: [a, b], note: {'c' * 201}}}\n", "line 1: The note has at most 200 characters; this one has 201."),
    ],
)  # fmt: skip
def test_a_mistake_in_synonyms_is_named_where_it_stands(
    tmp_path: Path, text: str | bytes, expected: str
) -> None:
    found = mistakes(lay(tmp_path, FIRST | {SYNONYMS: text}))
    assert len(found) == 1, found
    assert found[0].startswith(f"{SYNONYMS}, {expected}")


def test_mistakes_in_synonyms_are_named_with_those_of_the_rest(tmp_path: Path) -> None:
    wrong = {SYNONYMS: "- [a, b]\n- [c]\n- d\n- [b, a]\n", GUIDE: chapter("[a](chapter:b)")}
    assert [mistake.split(": ")[0] for mistake in mistakes(lay(tmp_path, FIRST | wrong))] == [
        f"{GUIDE}, line 8", f"{SYNONYMS}, line 2", f"{SYNONYMS}, line 3", f"{SYNONYMS}, line 4",
    ]  # fmt: skip


@pytest.mark.parametrize("leads_to", ["secret.yaml", "nowhere.yaml"])
def test_synonyms_outside_the_folder_are_not_read(tmp_path: Path, leads_to: str) -> None:
    (tmp_path / "secret.yaml").write_text("- [secret, mystery]\n")
    folder = lay(tmp_path / "content", FIRST | {SYNONYMS: None})
    (folder / SYNONYMS).symlink_to(tmp_path / leads_to)
    assert mistakes(folder) == [f"{SYNONYMS}: The link leads out of the folder. Put the file itself here."]


def test_two_editions_do_not_take_effect_within_a_minute(tmp_path: Path) -> None:
    moved = {name.replace(TWO, "editions/0002-2100-03-01"): text for name, text in SECOND.items()}
    close = EDITION_2.replace("2100-05-11T00:00:00+01:00", "2100-03-01T00:00:59+00:00").replace(
        "05-07", "02-28"
    )
    moved["editions/0002-2100-03-01/edition.yaml"] = close
    assert mistakes(lay(tmp_path, moved)) == [
        "editions/0002-2100-03-01/edition.yaml, line 2: It takes effect within the same minute as edition 1. Choose "
        "another moment."
    ]


def test_nothing_outside_the_folder_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "secret.md").write_text(chapter("Secret."))
    folder = lay(tmp_path / "content", FIRST)
    (folder / ONE / "chapters" / "secret.md").symlink_to(secret / "secret.md")
    (folder / "editions" / "0002-2100-05-11").symlink_to(secret)
    (folder / GUIDE).unlink()
    (folder / GUIDE).symlink_to("../../../../secret/secret.md")
    (folder / ONE / "keywords.yaml").unlink()
    (folder / ONE / "keywords.yaml").symlink_to("keywords.yaml")
    found = mistakes(folder)
    out = "The link leads out of the folder. Put the file itself here."
    assert f"editions/0002-2100-05-11: {out}" in found
    assert f"{ONE}/chapters/secret.md: {out}" in found
    assert f"{GUIDE}: {out}" in found
    assert any(mistake.startswith(f"{ONE}/keywords.yaml: ") for mistake in found)
    assert not any("Secret" in mistake for mistake in found)


def test_links_within_the_folder_are_followed(tmp_path: Path) -> None:
    folder = lay(tmp_path, FIRST)
    (folder / GUIDE).rename(folder / "guide.md")
    (folder / GUIDE).symlink_to("../../../guide.md")
    assert load(folder).editions == 1


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    folder = lay(tmp_path, FIRST | {GUIDE: None})
    os.mkfifo(folder / GUIDE)
    assert f"{GUIDE}: This is no file." in mistakes(folder)


def test_a_link_to_the_whole_of_the_editions_is_refused(tmp_path: Path) -> None:
    lay(tmp_path / "elsewhere", FIRST)
    folder = lay(tmp_path / "content", {"manual.yaml": FIRST["manual.yaml"]})
    (folder / "editions").symlink_to(tmp_path / "elsewhere" / "editions")
    assert mistakes(folder) == ["editions: The link leads out of the folder. Put the file itself here."]


def test_no_text_is_judged_where_the_areas_are_not_known(tmp_path: Path) -> None:
    changed: Files = {"manual.yaml": "a: b: c", GUIDE: chapter("!!! nonsense"), KEYWORDS: "just words"}
    assert [mistake.split(": ")[0] for mistake in mistakes(lay(tmp_path, FIRST | changed))] == [
        f"{KEYWORDS}, line 1", "manual.yaml, line 1",
    ]  # fmt: skip
