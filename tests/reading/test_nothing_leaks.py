"""What is scheduled or only drafted is read by editors alone, even after one of them has just read it."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from manual import workflow
from manual.models import Chapter, code_of
from tests.manual_maker import agreed, filed, meaning

SECRET = "Zyxomma"
# Search shows what it was asked for; written so, it is no word of the manual.
ASKED = SECRET.lower()
TEXT = f"## {SECRET} one {{: #urgent-help }}\n\n{SECRET} [](document:plan)"

PAGES = [
    "/",
    "/chapters/referral/",
    "/chapters/assessment/",
    "/chapters/assessment/history/",
    "/chapters/referral/history/",
    "/chapters/referral/compare/",
    "/chapters/referral/compare/?from=1&to=3",
    "/chapters/referral/compare/?from=2&to=3",
    "/chapters/referral/?since=2026-03-02",
    "/chapters/referral/?since_edition=4",
    "/changes/?since=2026-03-02",
    "/changes/?since_edition=4",
    "/changes/?since_edition=1",
    "/keywords/",
    "/keywords/lado/",
    "/keywords/to-come/",
    f"/search/?q={ASKED}",
    f"/search/?q={ASKED[:4]}",
    "/search/?q=1.1.9",
    f"/search/suggestions/?q={ASKED[:4]}",
    "/search/suggestions/?q=1.1",
    "/search/suggestions/?q=LADO",
    "/editions/",
    "/editions/3/",
    "/editions/4/",
    "/editions/3/contents/",
    "/editions/4/contents/",
    "/editions/3/chapters/referral/",
    "/editions/4/chapters/referral/",
    "/editions/4/chapters/new-one/",
    "/editions/3/chapters/new-one/",
    "/editions/4/chapters/referral/cite/",
    "/editions/3/chapters/referral/cite/",
    "/editions/3/keywords/to-come/",
    "/editions/4/keywords/to-come/",
    "/editions/4/keywords/",
    "/editions/4/documents/plan/",
    "/documents/plan/",
    f"/editions/3/search/?q={ASKED}",
    f"/editions/4/search/?q={ASKED}",
    f"/editions/3/search/suggestions/?q={ASKED[:4]}",
    f"/editions/4/search/suggestions/?q={ASKED[:4]}",
    "/editions/4/search/suggestions/?q=1.1",
    "/editions/3/compare/4/",
    "/editions/4/compare/3/",
    "/editions/1/compare/3/",
    "/editions/compare/?from=3&to=4",
    "/1.1.2/",
    "/1.1.5/",
    "/editions/4/1.1.1/",
    "/on/2100-01-01/",
    "/on/2100-01-01/chapters/referral/",
    "/on/2026-10-06/chapters/referral/",
    "/chapters/new-one/",
    "/chapters/new-one/history/",
    "/chapters/new-one/compare/",
    "/chapters/amendments/",
    "/chapters/quick-guide/",
    "/chapters/contacts/",
    "/editions/4/bundle.zip",
    "/editions/3/bundle.zip",
    "/changes/bundle.zip?since=2026-03-02",
    "/print/",
    "/chapters/referral/print/",
    "/chapters/core/print/",
    "/chapters/new-one/print/",
    "/editions/4/contents/print/",
    "/editions/4/chapters/referral/print/",
    "/editions/4/chapters/core/print/",
    "/editions/3/chapters/new-one/print/",
    *(f"/c/{code_of(edition, slug)}/" for edition in (3, 4) for slug in ("", "referral", "core", "new-one")),
]


@pytest.fixture
def scheduled(sample, editor):
    """Edition 4, which changes everything and takes effect tomorrow; and a draft that nobody has agreed to."""
    chapters = sample.chapters
    amendments = [
        agreed(chapters[slug], title=f"{SECRET} {slug}", text=TEXT, note=f"{SECRET} note.")
        for slug in ("referral", "contacts", "amendments")
    ]
    amendments.append(
        agreed(chapters["bruising"], significance="withdrawn", successor=chapters["referral"], note=SECRET)
    )
    new = Chapter.objects.add("new-one", parent=chapters["journey"])
    amendments.append(agreed(new, title=f"{SECRET} new", text=f"{SECRET} [](chapter:referral)"))
    edition = workflow.publish(
        by=None, amendments=amendments, rearrange=True, effective_at=timezone.now() + timedelta(days=1),
        definitions=[meaning("to-come", name=SECRET), meaning("lado", name="LADO", meaning=f"{SECRET} means.")],
        documents=[filed("plan", SECRET.encode(), title=f"{SECRET} plan")], name=SECRET,
    ).edition  # fmt: skip
    assert edition.number == 4
    workflow.draft(
        chapters["old-ways"], by=editor, title="Old ways", text=f"{SECRET} draft.", note=SECRET, significance="new",
        based_on=chapters["old-ways"].amendments.order_by("-sequence").first(), under=chapters["core"], numbered=True,
    )  # fmt: skip
    return edition


def words_of(response) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if response.headers["Content-Type"] == "application/zip":
        archive = zipfile.ZipFile(io.BytesIO(body))
        body = b"\n".join([*(name.encode() + archive.read(name) for name in archive.namelist())])
    return body.decode("utf-8", "replace")


def test_no_word_of_what_is_scheduled_reaches_a_reader_after_an_editor_has_read_it(client, editor, scheduled):
    client.force_login(editor)
    seen = [address for address in PAGES if SECRET in words_of(client.get(address, follow=True))]
    assert {"/editions/4/chapters/referral/", "/editions/4/contents/", "/editions/4/bundle.zip"} <= set(seen)
    assert {"/editions/4/chapters/core/print/", f"/c/{code_of(4, 'referral')}/"} <= set(seen)
    assert f"/editions/4/search/suggestions/?q={ASKED[:4]}" in seen
    client.logout()
    assert [address for address in PAGES if SECRET in words_of(client.get(address, follow=True))] == []
