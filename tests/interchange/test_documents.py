"""Documents and agreements in content files: what is written is loaded again, and mistakes are told with their line."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from manual import workflow
from manual.interchange import ContentRefused, dump, load
from manual.models import Amendment, Definition, Document, DocumentVersion, Edition, Library, StoredFile
from tests.documents.files import PDF, office, photograph, picture, svg
from tests.interchange.small import (
    FIRST,
    ONE,
    SECOND,
    TWO,
    another_database,
    dedent,
    files_of,
    front,
    lay,
    the_manual,
)
from tests.manual_maker import DAY, FAR_AHEAD, agreed, filed, first_edition, grow, meaning

pytestmark = pytest.mark.django_db

DOCUMENTS = dedent("""
    body-map:
      title: Body map
      file: body-map.png
      description: Front and back outline of a child.
      note: Larger.

    referral:
      title: Referral form
      file: referral.pdf
      filename: Referral form (2100).pdf
      approved: 2100-02-01T12:00:00+00:00
      agreed_by: Practice group
      agreed_on: 2100-01-20
      minute: 4.2
    """)
WITH_DOCUMENTS = FIRST | {
    f"{ONE}/documents.yaml": DOCUMENTS,
    f"{ONE}/documents/body-map.png": picture(),
    f"{ONE}/documents/referral.pdf": PDF,
    f"{ONE}/chapters/form.md": front(
        "![The map](document:body-map) [](document:referral)",
        kind="link",
        title="Form",
        link="https://www.example.org/form",
    ),
}
LATER = (
    WITH_DOCUMENTS
    | {name: text for name, text in SECOND.items() if name.startswith(TWO)}
    | {
        f"{TWO}/documents.yaml": "referral:\n  title: Referral form\n  file: referral.docx\n",
        f"{TWO}/documents/referral.docx": office(),
    }
)


def mistakes_of(folder: Path, files: dict[str, str | bytes | None]) -> list[str]:
    with pytest.raises(ContentRefused) as refused:
        load(lay(folder, files))
    assert not Edition.objects.exists() and not StoredFile.objects.exists()
    return [str(mistake) for mistake in refused.value.mistakes]


def test_documents_are_published_with_their_edition(tmp_path: Path) -> None:
    loaded = load(lay(tmp_path / "content", LATER))
    assert loaded.documents == 3
    one, two = Edition.objects.published()
    held = Library.of(one).by_slug["referral"]
    assert (held.filename, held.media_type, held.size) == (
        "Referral form (2100).pdf", "application/pdf", len(PDF),
    )  # fmt: skip
    form, newer = DocumentVersion.objects.filter(document__slug="referral").order_by("sequence")
    assert (form.agreed_by, form.agreed_on, form.minute) == ("Practice group", date(2100, 1, 20), "4.2")
    assert (newer.based_on, newer.filename, bytes(newer.file.content)) == (form, "referral.docx", office())
    assert Library.of(two).by_slug["body-map"].width == 30


def test_the_same_documents_and_bytes_come_back(tmp_path: Path) -> None:
    with another_database():
        load(lay(tmp_path / "content", LATER))
        expected = the_manual()
        assert len(expected["documents"]) == 3
        assert dump(tmp_path / "written").documents == 3
    written = files_of(tmp_path / "written")
    assert written[f"{ONE}/documents.yaml"].decode() == DOCUMENTS.replace("minute: 4.2", 'minute: "4.2"')
    assert written[f"{ONE}/documents/referral.pdf"] == PDF
    load(tmp_path / "written")
    assert the_manual() == expected
    dump(tmp_path / "again")
    assert files_of(tmp_path / "again") == written


def test_whatever_editors_uploaded_comes_back(tmp_path: Path) -> None:
    with another_database():
        chapters = grow("core\n    a")
        first_edition(chapters, at=FAR_AHEAD)
        odd = "A: b #c\n\n- “x” "
        documents = [
            filed("form", b"One.", title="y: no", description=odd, note=odd, filename="Räume — ‘neu’.txt"),
            filed("other-form", b"One.", filename="form.txt"),
            filed(
                "chart",
                svg(),
                description=odd,
                filename="chart.svg",
                media_type="image/svg+xml",
                width=90,
                height=60,
            ),
        ]
        workflow.publish(by=None, documents=documents, at=FAR_AHEAD + DAY)
        same = filed("form", b"One.", title="Renamed", filename="new.txt")
        workflow.publish(by=None, documents=[same], at=FAR_AHEAD + 2 * DAY)
        filed("poster", b"Nobody published it.")
        expected = the_manual()
        dumped = dump(tmp_path / "written")
        assert (dumped.documents, dumped.left_out) == (4, 1)
    load(tmp_path / "written")
    expected["manual"] = the_manual()["manual"]  # nobody had saved any settings
    assert the_manual() == expected
    assert StoredFile.objects.count() == 2
    assert not Document.objects.filter(slug="poster").exists()


def test_which_meeting_agreed_comes_back_everywhere(tmp_path: Path) -> None:
    agreement = {"agreed_by": "Board: main", "agreed_on": date(2099, 12, 1), "minute": "7 #b"}
    with another_database():
        chapters = grow("core")
        workflow.publish(
            by=None, amendments=[agreed(chapters["core"], **agreement)], definitions=[meaning("harm", **agreement)],
            documents=[filed("form", **agreement)], rearrange=True, at=FAR_AHEAD, **agreement,
        )  # fmt: skip
        expected = the_manual()
        dump(tmp_path / "written")
    load(tmp_path / "written")
    for noun in (Amendment, Definition, DocumentVersion, Edition):
        assert noun.objects.values(*agreement).get() == agreement
    expected["manual"] = the_manual()["manual"]
    assert the_manual() == expected


def test_an_update_takes_new_versions_of_documents(tmp_path: Path) -> None:
    load(lay(tmp_path / "content", WITH_DOCUMENTS))
    loaded = load(lay(tmp_path / "content", LATER), update=True)
    assert (loaded.editions, loaded.documents) == (1, 1)
    assert [version.based_on_id is None for version in DocumentVersion.objects.filter(document__slug="referral")] == [
        True, False,
    ]  # fmt: skip


def test_a_photograph_is_loaded_without_where_it_was_taken(tmp_path: Path) -> None:
    files = WITH_DOCUMENTS | {
        f"{ONE}/documents/body-map.png": None, f"{ONE}/documents/body-map.jpg": photograph(6),
        f"{ONE}/documents.yaml": DOCUMENTS.replace("body-map.png", "body-map.jpg"),
    }  # fmt: skip
    load(lay(tmp_path / "content", files))
    kept = DocumentVersion.objects.get(document__slug="body-map")
    assert b"school gate" not in bytes(kept.file.content)
    assert (kept.width, kept.height) == (20, 30)


FILE = f"{ONE}/documents.yaml"
WRONG: dict[str, tuple[dict[str, str | bytes | None], list[str]]] = {
    "file is missing": (
        {f"{ONE}/documents/referral.pdf": None},
        [f"{FILE}, line 9: There is no file “referral.pdf” in {ONE}/documents. Put it there, or correct its name."],
    ),
    "file of no document": (
        {f"{ONE}/documents/poster.pdf": PDF},
        [f"{ONE}/documents/poster.pdf: No document of documents.yaml has this file. Name it there as `file: "
         "poster.pdf`, or take it out."],
    ),
    "refused file": (
        {f"{ONE}/documents/referral.pdf": b"MZ"},
        [f"{FILE}, line 9: “Referral form (2100).pdf” is not a file of a kind that can be taken."],
    ),
    "name says something else": (
        {f"{ONE}/documents/referral.pdf": office()}, [f"{FILE}, line 9: The name of “Referral form (2100).pdf”"],
    ),
    "folder as file": (
        {FILE: DOCUMENTS.replace("file: referral.pdf", "file: ../../../manual.yaml")},
        [f"{FILE}, line 9: There is no file “../../../manual.yaml” in",
         f"{FILE}, line 9: `file` is “../../../manual.yaml”, which is no name of a file in documents/.",
         f"{ONE}/documents/referral.pdf: No document"],
    ),
    "picture without words": (
        {FILE: DOCUMENTS.replace("  description: Front and back outline of a child.\n", "")},
        [f"{FILE}, line 2: The picture “body-map” has no description for those who cannot see it."],
    ),
    "no title": (
        {FILE: DOCUMENTS.replace("  title: Body map\n", "")}, [f"{FILE}, line 2: `body-map` lacks `title`."],
    ),
    "unknown key": (
        {FILE: DOCUMENTS.replace("note:", "nota:")}, [f"{FILE}, line 5: `body-map` has no key `nota`. Did you mean"],
    ),
    "no address": (
        {FILE: DOCUMENTS.replace("referral:", "réferral:")},
        [f"{FILE}, line 7: The document “réferral” is no slug", f"{ONE}/chapters/form.md", f"{ONE}/documents/ref"],
    ),
    "nothing said": ({FILE: f"{DOCUMENTS}\nempty:\n"}, [f"{FILE}, line 16: The document “empty” has neither"]),
    "not a day": (
        {FILE: DOCUMENTS.replace("2100-01-20", "yesterday")},
        [f"{FILE}, line 13: `agreed_on` is “yesterday”, which is no date."],
    ),
    "a reference to none": (
        {FILE: DOCUMENTS.replace("referral:", "form:")},
        [f"{ONE}/chapters/form.md, line 9: There is no document “referral”."],
    ),
    "too long": (
        {f"{ONE}/chapters/guide.md": front("Words.", kind="chapter", title="Guide", minute="x" * 101)},
        [f"{ONE}/chapters/guide.md, line 6: `minute`: Ensure this value has at most 100 characters"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_mistakes_are_told_with_file_and_line(tmp_path: Path, what: str) -> None:
    change, expected = WRONG[what]
    told = mistakes_of(tmp_path, WITH_DOCUMENTS | change)
    assert len(told) == len(expected), told
    for mistake, begins in zip(sorted(told), sorted(expected), strict=True):
        assert mistake.startswith(begins), told


def test_a_file_that_is_too_large_is_a_mistake_of_its_line(tmp_path: Path, settings: Any) -> None:
    settings.DOCUMENT_LIMIT = settings.PICTURE_LIMIT = 20
    told = mistakes_of(tmp_path, WITH_DOCUMENTS)
    assert [mistake.split(":")[0] for mistake in told] == [f"{FILE}, line 3", f"{FILE}, line 9"]
    assert all("can have 1 KB" in mistake for mistake in told)


def test_an_edition_of_documents_alone_is_one_and_a_correction_holds_none(tmp_path: Path) -> None:
    alone = {name: text for name, text in LATER.items() if not name.startswith(f"{TWO}/chapters")}
    says = str(alone[f"{TWO}/edition.yaml"])
    told = mistakes_of(
        tmp_path / "bad", alone | {f"{TWO}/edition.yaml": says.replace("urgent", "correction")}
    )
    assert told == [
        f"{TWO}/edition.yaml, line 1: An edition of corrections changes no document. Call it ordinary or urgent."
    ]
    assert load(lay(tmp_path / "good", alone)).editions == 2


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = lay(tmp_path / "content", WITH_DOCUMENTS | {f"{ONE}/documents/referral.pdf": None})
    (tmp_path / "secret.pdf").write_bytes(PDF)
    (folder / f"{ONE}/documents/referral.pdf").symlink_to(tmp_path / "secret.pdf")
    told = mistakes_of(folder, {})
    assert any("The link leads out of the folder." in mistake for mistake in told)
