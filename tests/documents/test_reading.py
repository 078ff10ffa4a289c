"""What a reader gets: links and pictures in a chapter, and the files themselves, as each edition had them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml.html import HtmlElement, fragment_fromstring

from manual import workflow
from manual.models import Chapter, Contents, Edition, Glossary, Library, Manual
from tests.documents.conftest import Shelves
from tests.documents.files import CSV, PDF, office, picture, svg
from tests.manual_maker import DAY, FAR_AHEAD, LONG_AGO, agreed, filed

FORM, CHART = "/documents/referral-form/", "/documents/flow-chart/"


def text_of(client: Client, address: str) -> HtmlElement:
    page = client.get(address).content.decode()
    return fragment_fromstring(page[page.index("<body") : page.index("</body>")], create_parent="div")


def links_of(page: HtmlElement) -> list[tuple[str, str]]:
    return [(link.text_content(), link.get("href")) for link in page.find_class("document")]


# --- In a chapter -------------------------------------------------------------------------------------------


def test_a_link_says_what_it_leads_to(client: Client, shelves: Shelves) -> None:
    assert links_of(text_of(client, "/chapters/referral/")) == [
        ("Referral form (PDF, 1 KB)", FORM), ("the old way (PDF, 1 KB)", FORM), ("Form (PDF, 1 KB)", FORM),
    ]  # fmt: skip


def test_a_picture_has_words_and_room_before_it_arrives(client: Client, shelves: Shelves) -> None:
    pictures = [dict(found.attrib) for found in text_of(client, "/chapters/referral/").iter("img")]
    assert pictures == [
        {"src": CHART, "alt": words, "width": "30", "height": "20", "loading": "lazy"}
        for words in ("Two boxes & an arrow.", "Who rings whom, in short")
    ]


def test_what_is_not_there_is_said(client: Client, shelves: Shelves) -> None:
    missing = [words.text_content() for words in text_of(client, "/chapters/referral/").find_class("missing")]
    assert missing == ["never-was (document not available)", "A picture that is not there"]


def test_keywords_and_contacts_lead_to_documents_too(client: Client, shelves: Shelves) -> None:
    page = text_of(client, "/keywords/referral/")
    assert links_of(page) == [("Referral form (PDF, 1 KB)", FORM)]
    assert [found.get("src") for found in page.iter("img")] == [CHART]


def test_a_page_of_an_edition_leads_to_the_files_of_that_edition(client: Client, shelves: Shelves) -> None:
    page = text_of(client, "/editions/2/chapters/referral/")
    assert {href for _words, href in links_of(page)} == {"/editions/2/documents/referral-form/"}
    assert {found.get("src") for found in page.iter("img")} == {"/editions/2/documents/flow-chart/"}


def test_every_page_has_the_new_version_the_moment_it_takes_effect(client: Client, shelves: Shelves) -> None:
    with time_machine.travel(FAR_AHEAD + timedelta(seconds=1), tick=False):
        page = text_of(client, "/chapters/referral/")
        assert links_of(page)[0] == ("Form for referrals (PDF, 1 KB)", FORM)
        drawn = next(page.iter("img"))
        assert (drawn.get("alt"), drawn.get("width")) == ("Three boxes.", None)
        assert (
            links_of(text_of(client, "/editions/2/chapters/referral/"))[0][0] == "Referral form (PDF, 1 KB)"
        )


def test_an_edition_says_which_documents_it_changed(client: Client, shelves: Shelves) -> None:
    with time_machine.travel(FAR_AHEAD + timedelta(seconds=1), tick=False):
        for address in ("/editions/2/", "/editions/3/"):
            page = " ".join(text_of(client, address).text_content().split())
            assert "Forms, files and pictures 2" in page
        assert "Form for referrals (PDF, 1 KB) Shorter." in page
        assert "changed no text" not in page
        listed = " ".join(text_of(client, "/editions/").text_content().split())
        assert "New document Referral form (PDF, 1 KB) For every referral." in listed
        assert "Document Form for referrals (PDF, 1 KB) Shorter." in listed


def test_references_to_documents_cost_one_query_and_then_none(client: Client, shelves: Shelves) -> None:
    def queries(address: str, *, anew: bool) -> int:
        if anew:
            for kept in (Contents, Glossary, Library):
                kept.forget()
            cache.clear()
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    plain = Chapter.objects.get(slug="visits")
    assert queries("/chapters/referral/", anew=True) == queries(f"/chapters/{plain.slug}/", anew=True) + 1
    queries("/chapters/referral/", anew=False)
    assert queries("/chapters/referral/", anew=False) == queries(f"/chapters/{plain.slug}/", anew=False)


# --- The file itself ----------------------------------------------------------------------------------------


def test_a_reader_gets_the_file_in_force_under_its_own_name(client: Client, shelves: Shelves) -> None:
    response = client.get(FORM)
    assert (response.content, response["Content-Type"]) == (PDF, "application/pdf")
    assert response["Content-Disposition"] == 'inline; filename="Referral form.pdf"'
    assert response["Content-Length"] == str(len(PDF))
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert not response.cookies and "Cookie" not in response.get("Vary", "")


def test_an_old_edition_keeps_its_file_and_a_scheduled_one_shows_none(
    client: Client, shelves: Shelves
) -> None:
    assert client.get("/editions/1/documents/referral-form/").status_code == 404
    assert client.get("/editions/3/documents/referral-form/").status_code == 404
    with time_machine.travel(FAR_AHEAD + timedelta(seconds=1), tick=False):
        assert client.get(FORM).content == PDF + b"\n"
        assert client.get("/editions/3/documents/referral-form/").content == PDF + b"\n"
        old = client.get("/editions/2/documents/referral-form/")
        assert (old.content, old["X-Robots-Tag"]) == (PDF, "noindex")
        assert "immutable" in old["Cache-Control"] and client.get(FORM)["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "address",
    ["/documents/never-was/", "/editions/2/documents/never-was/", "/editions/9/documents/referral-form/",
     f"/editions/{10**30}/documents/referral-form/"],
)  # fmt: skip
def test_what_is_not_there_has_the_helpful_page(client: Client, shelves: Shelves, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert "Search" in response.content.decode()


def test_nothing_is_in_force_yet(client: Client, db: None) -> None:
    assert client.get(FORM).status_code == 404


def test_what_a_reader_has_already_is_not_sent_again(client: Client, shelves: Shelves) -> None:
    tag = client.get(FORM)["ETag"]
    with CaptureQueriesContext(connection) as captured:
        again = client.get(FORM, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert not any('"content"' in query["sql"] for query in captured), "the bytes are not even read"
    assert client.get(FORM, headers={"If-None-Match": '"other"'}).status_code == 200
    with time_machine.travel(FAR_AHEAD + timedelta(seconds=1), tick=False):
        assert client.get(FORM, headers={"If-None-Match": tag}).content == PDF + b"\n"


def test_head_tells_all_but_the_bytes(client: Client, shelves: Shelves) -> None:
    head, got = client.head(FORM), client.get(FORM)
    assert (head.status_code, head.content) == (200, b"")
    assert dict(head.headers) == dict(got.headers)
    assert client.post(FORM).status_code == 405


KINDS: list[tuple[str, bytes, str, str]] = [
    ("form.docx", office(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "attachment"),
    ("list.csv", CSV, "text/csv", "attachment"),
    ("Räume “neu”.txt", b"Name:\n", "text/plain", "inline"),
    ("map.png", picture(), "image/png", "inline"),
    ("chart.svg", svg("<style>.a { fill: red }</style>"), "image/svg+xml", "inline"),
    ("old.xyz", b"From an earlier release", "application/x-forgotten", "attachment"),
]  # fmt: skip


@pytest.mark.parametrize(("filename", "content", "media_type", "shown"), KINDS)
def test_each_kind_is_shown_or_saved_and_nothing_in_it_can_run(
    client: Client, db: None, filename: str, content: bytes, media_type: str, shown: str
) -> None:
    version = filed("it", content, filename=filename, media_type=media_type, description="It.")
    workflow.publish(by=None, documents=[version], at=LONG_AGO)
    response = client.get("/documents/it/", headers={"Accept-Encoding": "gzip"})
    assert response.content == content
    known = media_type != "application/x-forgotten"
    assert response["Content-Type"].partition(";")[0] == (media_type if known else "application/octet-stream")
    assert response["Content-Disposition"].startswith(shown)
    assert "\n" not in response["Content-Disposition"]
    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'") and policy.endswith("sandbox") and "script" not in policy


def test_files_of_a_sample_stay_out_of_search_engines(client: Client, shelves: Shelves) -> None:
    assert "X-Robots-Tag" not in client.get(FORM)
    Manual(sample=True).save()
    assert client.get(FORM)["X-Robots-Tag"] == "noindex"


def test_a_file_costs_few_queries(client: Client, shelves: Shelves) -> None:
    for address, most in ((FORM, 4), ("/editions/2/documents/flow-chart/", 3)):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        assert len(captured) <= most


# --- With editions ------------------------------------------------------------------------------------------


def publish(**words: Any) -> Edition:
    return workflow.publish(by=None, **words).edition


def test_an_urgent_edition_takes_a_scheduled_version_out_to_be_brought_up_to_date(shelves: Shelves) -> None:
    urgent = filed("referral-form", b"Urgent.", based_on=shelves.form.versions.get(sequence=1))
    publication = workflow.publish(by=None, kind="urgent", documents=[urgent], at=LONG_AGO + 3 * DAY)
    (returned,) = publication.returned
    assert (returned.title, returned.status, returned.edition) == ("Form for referrals", "returned", None)
    scheduled = Edition.objects.get(number=4)
    held = {document.slug: document.title for document in Library.of(scheduled).documents}
    assert held == {"referral-form": "Referral form", "flow-chart": "Flow chart"}
    assert Library.of(publication.edition).by_slug["flow-chart"].media_type == "image/png"


def test_another_urgent_document_leaves_the_scheduled_one_alone(shelves: Shelves) -> None:
    publication = workflow.publish(
        by=None, kind="urgent", documents=[filed("poster", b"A poster.")], at=LONG_AGO + 3 * DAY
    )
    assert publication.returned == []
    assert sorted(Library.of(Edition.objects.get(number=4)).by_slug) == [
        "flow-chart",
        "poster",
        "referral-form",
    ]
    assert "poster" not in Library.of(shelves.editions[1]).by_slug


def test_a_version_that_follows_a_scheduled_one_cannot_come_before_it(shelves: Shelves) -> None:
    newest = filed("referral-form", b"After the next.")
    with pytest.raises(workflow.Refused, match="the document “Referral form” has changed"):
        workflow.publish(by=None, documents=[newest], at=LONG_AGO + 3 * DAY)


def test_an_edition_of_corrections_holds_no_document(shelves: Shelves) -> None:
    with pytest.raises(workflow.Refused, match="nothing but corrections"):
        workflow.publish(by=None, kind="correction", documents=[filed("poster")], at=LONG_AGO + 3 * DAY)


def test_unscheduling_an_edition_takes_its_files_back(shelves: Shelves, client: Client) -> None:
    workflow.unschedule(shelves.editions[2], by=None, at=LONG_AGO + 3 * DAY)
    assert {version.status for version in shelves.form.versions.all()} == {"published", "approved"}
    with time_machine.travel(FAR_AHEAD + timedelta(seconds=1), tick=False):
        assert client.get(FORM).content == PDF


def test_a_person_cannot_publish_a_reference_to_a_document_that_comes_later(
    shelves: Shelves, approver: Any
) -> None:
    text = agreed(shelves.chapters["visits"], text="[](document:poster)")
    filed("poster")
    with pytest.raises(workflow.Refused, match="document:poster"):
        workflow.publish(by=approver, amendments=[text], at=LONG_AGO + 3 * DAY)
    together = [filed("poster", based_on=None)]
    assert workflow.publish(
        by=approver, amendments=[text], documents=together, at=LONG_AGO + 3 * DAY
    ).edition.number
