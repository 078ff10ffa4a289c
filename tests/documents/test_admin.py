"""Documents in the admin: an editor uploads a draft, somebody else approves it, and nothing that was typed is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from manual import workflow
from manual.models import Document, DocumentVersion, StoredFile
from tests.documents.conftest import Shelves
from tests.documents.files import PDF, office, photograph, picture
from tests.manual_maker import DAY, LONG_AGO, file_words, filed

ADD = "/admin/manual/document/add/"
LIST = "/admin/manual/document/"


def uploaded(content: bytes = PDF, name: str = "referral_form.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def record(version: DocumentVersion) -> str:
    return reverse("admin:manual_documentversion_change", args=[version.pk])


def write(version: DocumentVersion) -> str:
    return reverse("admin:manual_documentversion_write", args=[version.pk])


def file_of(version: DocumentVersion) -> str:
    return reverse("admin:manual_documentversion_file", args=[version.pk])


def new_version(document: Document) -> str:
    return reverse("admin:manual_document_new_version", args=[document.pk])


def decide(client: Client, version: DocumentVersion, decision: str, **words: Any) -> Any:
    address = reverse("admin:manual_documentversion_decide", args=[version.pk])
    return client.post(address, {"decision": decision, **words})


def draft_by(
    person: User, title: str = "Poster", content: bytes = b"A poster.", **words: Any
) -> DocumentVersion:
    return workflow.begin_document(by=person, title=title, **file_words(content, **words))


def kept_in(page: str) -> str:
    found = re.search(r'name="kept" value="([^"]+)"', page)
    return found[1] if found else ""


@pytest.fixture
def at_the_desk(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


# --- Uploading ----------------------------------------------------------------------------------------------


def test_an_editor_uploads_and_somebody_else_approves(client: Client, editor: User, approver: User) -> None:
    client.force_login(editor)
    words = {"title": "Referral form", "description": "For every referral.", "note": "New form."}
    response = client.post(ADD, {"file": uploaded(), **words}, follow=True)
    version = DocumentVersion.objects.get()
    assert response.redirect_chain == [(record(version), 302)]
    assert "is kept as a draft" in response.content.decode()
    assert (version.document.slug, version.title, version.filename) == (
        "referral-form", "Referral form", "referral_form.pdf",
    )  # fmt: skip
    assert decide(client, version, "submit").status_code == 302
    assert client.get("/documents/referral-form/").status_code == 404
    client.force_login(approver)
    assert decide(client, version, "approve").status_code == 302
    version.refresh_from_db()
    workflow.publish(by=approver, documents=[version])
    assert client.get("/documents/referral-form/").content == PDF


def test_a_title_is_made_from_the_files_name_and_what_is_missing_is_said(at_the_desk: Client) -> None:
    page = at_the_desk.post(ADD, {"file": uploaded(picture(), "body-map_front.png")}, follow=True)
    version = DocumentVersion.objects.get()
    assert (version.title, version.document.slug) == ("Body map front", "body-map-front")
    assert (version.width, version.height, version.media_type) == (30, 20, "image/png")
    said = page.content.decode()
    assert "Say what the picture shows, for those who cannot see it." in said
    assert "Say what changed and why." in said
    refusal = decide(at_the_desk, version, "submit")
    assert refusal.status_code == 409
    version.refresh_from_db()
    assert version.status == "draft"


def test_a_photograph_is_kept_without_where_it_was_taken(at_the_desk: Client) -> None:
    at_the_desk.post(ADD, {"file": uploaded(photograph(), "gate.jpg")})
    assert b"school gate" not in bytes(StoredFile.objects.get().content)


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (None, "Choose the file."),
        (uploaded(b""), "is empty"),
        (uploaded(b"MZ\0", "form.exe"), "not a file of a kind that can be taken"),
        (uploaded(office(**{"word/vbaProject.bin": b"x"}), "form.docx"), "holds macros"),
        (uploaded(picture(), "form.pdf"), "Give it a name that ends in .png"),
    ],
)
def test_a_refused_file_says_why_and_loses_no_word(
    at_the_desk: Client, file: SimpleUploadedFile | None, sentence: str
) -> None:
    words = {"title": "My <title>", "description": "Words.\nMore", "note": "Why & how"}
    if file:
        file.seek(0)
    response = at_the_desk.post(ADD, {**words, **({"file": file} if file else {})})
    page = response.content.decode()
    assert response.status_code == 422 and sentence in page
    for typed in ("My &lt;title&gt;", "Words.\nMore", "Why &amp; how"):
        assert typed in page
    assert not Document.objects.exists() and not StoredFile.objects.exists()


def test_a_file_that_is_too_large_says_how_large_it_may_be(at_the_desk: Client, settings: Any) -> None:
    settings.DOCUMENT_LIMIT = settings.PICTURE_LIMIT = 1024
    page = at_the_desk.post(ADD, {"file": uploaded(PDF + b" " * 4096), "note": "Typed."})
    assert page.status_code == 422
    assert "A document can have 1 KB." in page.content.decode() and "Typed." in page.content.decode()


def test_a_good_file_need_not_be_chosen_again_when_a_word_is_refused(at_the_desk: Client) -> None:
    page = at_the_desk.post(ADD, {"file": uploaded(), "title": "x" * 201}).content.decode()
    assert "You need not choose it again." in page
    assert at_the_desk.post(ADD, {"kept": kept_in(page), "title": "Form"}).status_code == 302
    version = DocumentVersion.objects.get()
    assert (bytes(version.file.content), version.filename) == (PDF, "referral_form.pdf")


@pytest.mark.parametrize("kept", ["", "made up", "eyJhIjoxfQ:1:x"])
def test_nobody_makes_up_a_file_that_was_kept(at_the_desk: Client, kept: str) -> None:
    assert at_the_desk.post(ADD, {"kept": kept, "title": "Form"}).status_code == 422
    assert not Document.objects.exists()


def test_two_clicks_on_upload_make_one_document(at_the_desk: Client) -> None:
    for _click in range(2):
        page = at_the_desk.post(ADD, {"file": uploaded(), "title": "Form"}, follow=True)
    assert DocumentVersion.objects.count() == Document.objects.count() == 1
    assert "was uploaded with this title already" in page.content.decode()
    at_the_desk.post(ADD, {"file": uploaded(PDF + b" "), "title": "Form"})
    assert sorted(Document.objects.values_list("slug", flat=True)) == ["form", "form-2"]


# --- A new version ------------------------------------------------------------------------------------------


def test_a_new_version_begins_with_the_words_there_are(at_the_desk: Client, shelves: Shelves) -> None:
    poster = filed("poster", b"A poster.", title="Poster", description="For walls.")
    workflow.publish(by=None, documents=[poster], at=LONG_AGO + 3 * DAY)
    page = at_the_desk.get(new_version(poster.document)).content.decode()
    assert 'value="Poster"' in page and "For walls." in page and "It goes on from" not in page
    posted = {"file": uploaded(b"Another poster.", "poster.txt"), "title": "Poster", "note": "Larger."}
    assert at_the_desk.post(new_version(poster.document), posted).status_code == 302
    draft = DocumentVersion.objects.open().get()
    assert (draft.based_on, draft.title, bytes(draft.file.content)) == (poster, "Poster", b"Another poster.")
    again = at_the_desk.get(new_version(poster.document), follow=True)
    assert again.redirect_chain == [(write(draft), 302)]


def test_its_words_alone_can_change(at_the_desk: Client, shelves: Shelves) -> None:
    poster = filed("poster", b"A poster.")
    workflow.publish(by=None, documents=[poster], at=LONG_AGO + 3 * DAY)
    at_the_desk.post(new_version(poster.document), {"title": "Placard", "note": "Renamed."})
    draft = DocumentVersion.objects.open().get()
    assert (draft.file, draft.title) == (poster.file, "Placard")
    assert "The file itself stays as it is." in at_the_desk.get(record(draft)).content.decode()


def test_where_one_is_scheduled_the_editor_says_which_it_follows(
    at_the_desk: Client, shelves: Shelves
) -> None:
    page = at_the_desk.get(new_version(shelves.form)).content.decode()
    assert "It goes on from" in page and "that readers have now" in page and "that edition 3 brings" in page
    first = shelves.form.versions.get(sequence=1)
    at_the_desk.post(new_version(shelves.form), {"title": "Form", "note": "x", "goes_on_from": first.pk})
    assert DocumentVersion.objects.open().get().based_on == first
    wrong = at_the_desk.post(new_version(shelves.chart), {"title": "x", "goes_on_from": first.pk})
    assert wrong.status_code == 422


def test_the_second_editor_is_told_who_works_on_it(
    at_the_desk: Client, shelves: Shelves, second_editor: User
) -> None:
    theirs = workflow.draft_document(shelves.form, by=second_editor, note="Theirs.")
    for address in (new_version(shelves.form), f"{LIST}{shelves.form.pk}/change/"):
        page = at_the_desk.get(address).content.decode()
        assert f"{workflow.name_of(second_editor)} has been working on" in page and record(theirs) in page
    assert at_the_desk.post(new_version(shelves.form), {"title": "Mine", "note": "Mine."}).status_code == 302
    assert DocumentVersion.objects.open().count() == 2


# --- Going on with a draft ----------------------------------------------------------------------------------


def test_an_author_changes_words_and_puts_another_file_in(at_the_desk: Client, editor: User) -> None:
    draft = draft_by(editor)
    posted = {"title": "Placard", "description": "x", "note": "y", "revision": draft.revision}
    assert at_the_desk.post(write(draft), posted).status_code == 302
    draft.refresh_from_db()
    assert (draft.title, draft.filename, draft.revision) == ("Placard", "form.txt", 2)
    again = at_the_desk.post(write(draft), {**posted, "revision": 2, "file": uploaded()})
    assert again.status_code == 302
    draft.refresh_from_db()
    assert (draft.filename, draft.media_type, bytes(draft.file.content)) == (
        "referral_form.pdf", "application/pdf", PDF,
    )  # fmt: skip


def test_two_tabs_never_overwrite_each_other_in_silence(at_the_desk: Client, editor: User) -> None:
    draft = draft_by(editor)
    tab = {"title": "From one tab", "note": "n", "revision": draft.revision}
    at_the_desk.post(write(draft), tab)
    other = {"title": "From the other", "note": "n", "revision": draft.revision, "file": uploaded()}
    response = at_the_desk.post(write(draft), other)
    page = response.content.decode()
    assert response.status_code == 409
    assert "From one tab" in page and 'value="From the other"' in page and kept_in(page)
    draft.refresh_from_db()
    assert (draft.title, draft.filename) == ("From one tab", "form.txt")
    (revision,) = re.findall(r'name="revision" value="(\d+)"', page)
    knowing = {"title": "From the other", "note": "n", "revision": revision, "kept": kept_in(page)}
    assert at_the_desk.post(write(draft), knowing).status_code == 302
    draft.refresh_from_db()
    assert (draft.title, draft.filename) == ("From the other", "referral_form.pdf")


def test_a_draft_that_was_overtaken_is_brought_up_to_date_there(
    at_the_desk: Client, editor: User, shelves: Shelves
) -> None:
    poster = filed("poster")
    workflow.publish(by=None, documents=[poster], at=LONG_AGO + 3 * DAY)
    draft = workflow.draft_document(poster.document, by=editor, note="Mine.")
    newer = filed("poster", b"Newer.", note="Put right.")
    workflow.publish(by=None, documents=[newer], at=LONG_AGO + 4 * DAY)
    assert decide(at_the_desk, draft, "submit").status_code == 409
    assert write(draft) in at_the_desk.get(record(draft)).content.decode()
    page = at_the_desk.get(write(draft)).content.decode()
    assert "A newer version took effect since this was begun" in page and "Put right." in page
    words = {"title": "Poster", "note": "Mine.", "revision": draft.revision}
    at_the_desk.post(write(draft), words)
    draft.refresh_from_db()
    assert draft.based_on == poster, "nothing is brought up to date unseen"
    at_the_desk.post(write(draft), {**words, "revision": draft.revision, "goes_on_from": newer.pk})
    draft.refresh_from_db()
    assert draft.based_on == newer
    assert decide(at_the_desk, draft, "submit").status_code == 302


def test_nobody_but_its_author_writes_on_it(
    client: Client, editor: User, second_editor: User, approver: User
) -> None:
    draft = draft_by(editor, note="n", description="d")
    for person in (second_editor, approver):
        client.force_login(person)
        response = client.post(write(draft), {"title": "Other", "file": uploaded()}, follow=True)
        assert response.redirect_chain == [(record(draft), 302)]
    draft.refresh_from_db()
    assert (draft.title, draft.revision) == ("Poster", 1)
    client.force_login(editor)
    workflow.submit(draft, by=editor)
    assert "cannot be changed now" in client.get(write(draft), follow=True).content.decode()


# --- What there is ------------------------------------------------------------------------------------------


def test_the_list_says_what_readers_have_and_what_is_to_come(
    at_the_desk: Client, shelves: Shelves, editor: User
) -> None:
    draft_by(editor, title="Zebra poster")
    page = " ".join(at_the_desk.get(LIST).content.decode().split())
    for words in (
        "Referral form",
        "PDF, 1 KB",
        "Version 1, since 7 January 2020",
        "Scheduled",
        "Zebra poster",
        "Not yet",
    ):
        assert words in page
    chart = shelves.chart.versions.get(sequence=1)
    assert f'src="{file_of(chart)}" alt=""' in page
    found = at_the_desk.get(LIST, {"q": "zebra"}).content.decode()
    assert "Zebra poster" in found and "Flow chart" not in found
    for odd in ("%", "\0", "' OR 1=1", "x" * 500):
        assert at_the_desk.get(LIST, {"q": odd, "page": "-7"}).status_code == 200


def test_the_list_makes_a_fixed_number_of_queries(at_the_desk: Client, shelves: Shelves) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            at_the_desk.get(LIST)
        return len(captured)

    before = queries()
    for n in range(20):
        filed(f"poster-{n}", str(n).encode())
    assert queries() == before


def test_its_page_says_where_it_is_used_and_how_to_refer_to_it(
    at_the_desk: Client, shelves: Shelves, editor: User
) -> None:
    workflow.draft(
        shelves.chapters["visits"], by=editor, title="Visits, drafted", text="[](document:referral-form)"
    )
    workflow.draft(shelves.chapters["core"], by=editor, title="Else", text="[](document:referral-form-2)")
    page = " ".join(at_the_desk.get(f"{LIST}{shelves.form.pk}/change/").content.decode().split())
    for words in (
        "1.1 Referral",
        "1.3 Contact details",
        "Visits, drafted",
        "REFERRAL",
        "Document or picture",
    ):
        assert words in page, words
    assert "Else" not in page
    for word in ("slug", "Markdown", "null", "None"):
        assert word not in re.sub(r"<[^>]*>", " ", page)


def test_every_state_has_its_page(
    at_the_desk: Client, shelves: Shelves, editor: User, approver: User
) -> None:
    draft = draft_by(editor, note="n", description="d")
    pages = [record(version) for version in DocumentVersion.objects.all()]
    abandoned = draft_by(editor, title="Given up")
    workflow.abandon(abandoned, by=editor)
    pages += [record(abandoned), *(f"{LIST}{document.pk}/change/" for document in Document.objects.all())]
    for page in pages:
        assert at_the_desk.get(page).status_code == 200, page
    workflow.approve(workflow.submit(draft, by=editor), by=approver)
    assert "Approved by" in at_the_desk.get(record(draft)).content.decode()


def test_a_draft_file_is_seen_by_staff_alone(client: Client, editor: User, person: Any) -> None:
    draft = draft_by(editor, content=PDF, filename="a.pdf", media_type="application/pdf")
    assert client.get(file_of(draft)).status_code == 302
    assert client.get("/documents/poster/").status_code == 404
    client.force_login(person("visitor", is_staff=True))
    assert client.get(file_of(draft)).status_code == 403
    client.force_login(editor)
    response = client.get(file_of(draft))
    assert response.content == PDF and "no-store" in response["Cache-Control"]
    assert response["Content-Security-Policy"].startswith("default-src 'none'")


def test_who_may_only_look_uploads_nothing(client: Client, shelves: Shelves, person: Any) -> None:
    client.force_login(person("reader", "view_document", "view_documentversion", is_staff=True))
    assert "Upload" not in client.get(LIST).content.decode()
    for address in (ADD, new_version(shelves.form)):
        response = client.post(address, {"file": uploaded(), "title": "x"})
        assert (
            response.status_code == 403 and "Documents are uploaded by editors" in response.content.decode()
        )
    assert Document.objects.count() == 2


def test_a_picture_that_becomes_something_else_is_pointed_out(
    at_the_desk: Client, editor: User, shelves: Shelves
) -> None:
    chart = shelves.chart.versions.get(sequence=1)
    draft = workflow.draft_document(shelves.chart, by=editor, based_on=chart, **file_words(b"No picture."))
    assert "It was a picture and is none any more" in at_the_desk.get(record(draft)).content.decode()
