"""Uploads at the same moment, on connections of their own: none is lost, and none is made twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from manual import workflow
from manual.models import Document, DocumentVersion, StoredFile
from tests.documents.files import PDF
from tests.editions.test_concurrency import together
from tests.manual_maker import LONG_AGO, file_words, filed

pytestmark = pytest.mark.django_db(transaction=True)

ADD = "/admin/manual/document/add/"
TIMES = 4


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def post(client: Client, address: str, content: bytes = PDF, **words: Any) -> int:
    return client.post(address, {"file": SimpleUploadedFile("form.pdf", content), **words}).status_code


@pytest.fixture
def people(person: Callable[..., User]) -> list[User]:
    rights = ("submit_amendment", "view_document", "view_documentversion")
    return [person(name, *rights, is_staff=True) for name in ("eve", "otto")]


def test_two_clicks_at_once_make_one_document(people: list[User]) -> None:
    for n in range(TIMES):
        clients = [signed_in(people[0]) for _click in range(2)]
        answers = together(
            *(lambda client=client, n=n: post(client, ADD, title=f"Form {n}") for client in clients)
        )
        assert answers == [302, 302]
        assert DocumentVersion.objects.filter(title=f"Form {n}").count() == 1
    assert StoredFile.objects.count() == 1


def test_two_people_who_upload_under_one_title_make_two_documents(people: list[User]) -> None:
    clients = [signed_in(person) for person in people]
    answers = together(
        *(
            lambda client=client, n=n: post(client, ADD, PDF + b" " * n, title="Form")
            for n, client in enumerate(clients)
        )
    )
    assert answers == [302, 302]
    assert sorted(Document.objects.values_list("slug", flat=True)) == ["form", "form-2"]


def test_an_author_begins_one_new_version_however_often_the_button_is_pressed(people: list[User]) -> None:
    form = filed("form")
    workflow.publish(by=None, documents=[form], at=LONG_AGO)
    address = reverse("admin:manual_document_new_version", args=[form.document.pk])
    clients = [signed_in(people[0]) for _click in range(2)]
    answers = together(*(lambda client=client: post(client, address, title="Form") for client in clients))
    assert set(answers) <= {302, 422} and 302 in answers
    assert DocumentVersion.objects.open().count() == 1


def test_of_two_tabs_that_save_at_once_one_is_told(people: list[User]) -> None:
    draft = workflow.begin_document(by=people[0], title="Form", **file_words())
    address = reverse("admin:manual_documentversion_write", args=[draft.pk])
    clients = [signed_in(people[0]) for _tab in range(2)]
    answers = together(
        *(
            lambda client=client, n=n: post(client, address, title=f"Tab {n}", revision=draft.revision)
            for n, client in enumerate(clients)
        )
    )
    assert sorted(answers) == [302, 409]
    draft.refresh_from_db()
    assert draft.revision == 2 and draft.title == f"Tab {answers.index(302)}"
