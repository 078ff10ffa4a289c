"""Whatever readers are told by the software can be said in another language: on no kind of page is anything left that
no message of the catalogue brought. The manual's own words are Greek here, so that Latin letters are the software's."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import escape

import pytest
from django.test import Client
from django.utils import timezone, translation

from manual import workflow
from manual.models import Amendment, Chapter, Manual
from tests.brackets import bracket_every_translation, untranslated
from tests.manual_maker import agreed, filed, grow, meaning

FIRST = datetime(2026, 3, 2, tzinfo=UTC)
SECOND = datetime(2026, 5, 11, 9, 30, tzinfo=UTC)
THIRD = datetime(2026, 10, 5, tzinfo=UTC)

# Some language that is not that of the messages, so that nothing kept of a page in English is shown in it.
LANGUAGE = "cy"
# What is the same in every language: addresses, codes of printed copies, a kind of file and its ending, a key, and
# numbers like A.1.
SAME_EVERYWHERE = (
    r"https?://\S*",
    r"\btestserver/\S*",
    r"\b\d+-[0-9a-z]{7}\b",
    r"\bPDF\b",
    r"\w\.pdf\b",
    r"\bEsc\b",
    r"\b[A-Z](?:\.\d+)*(?!\w)",
)
# The words of an address that there is not are offered to be searched for.
OF_THE_ADDRESS = "//main//a[starts-with(@href, '/search/?q=')]"
# On the cover of a copy that is handed over: sums, names of files, and what to type to check them.
OF_FILES = (r"SHA-?256(?:SUMS\.txt)?", r"[\w/.-]+\.(?:html|css|txt|pdf)")
TO_TYPE = "//code"

REFERRAL = """
Ο καθένας μπορεί να αναφέρει ένα παιδί.[^1] Το ΛΑΔΟ αποφασίζει.

[^1]: Υποσημείωση. Και πάλι.

## Ποιος αναφέρει {: #who .guidance }

Όποιος ανησυχεί. [](chapter:assessment), [το σχέδιο](chapter:assessment#plan), [](chapter:numbered#p-1),
[](chapter:leaflet), [φόρμα](document:form), [](chapter:old-ways), [έξω](https://www.example.org/).[^1]

![Δύο κουτιά](document:picture)

### Τη νύχτα {: #night .north }

!!! include chapter:contacts#police

!!! include chapter:assessment#plan

## Τι κάνει {: .appendix }

!!! guidance

    Σκέψου το.

!!! policy "Τίτλος"

    Πάντα.

!!! note

    Θυμήσου.

!!! warning

    Πρόσεξε.

!!! north

    Μόνο εδώ.

*Φράση*{: .south } στο τέλος. Μια πυρηνική ομάδα. Το ΚΟΙΝΟ.

#### Πιο βαθιά

##### Χωρίς αριθμό

| Ποιος | Πότε |
| --- | --- |
| Κοινωνική λειτουργός | Σήμερα |
"""
AMENDED = (
    REFERRAL.replace("Όποιος ανησυχεί.", "Όποιος **ανησυχεί** πολύ, μέσα σε μία ώρα.")
    .replace("!!! warning\n\n    Πρόσεξε.\n\n", "")
    .replace("[έξω](https://www.example.org/)", "[έξω](https://www.example.org/other)")
    + "| Δασκάλα | Αύριο |\n\nΜέσα σε μία ώρα.\n"
)
CONTACTS = """
## Επείγουσα βοήθεια {: #urgent-help }

- **Άμεσος κίνδυνος:** 999
- **Βόρεια, ημέρα:** 01632 960001 [](chapter:old-ways), [](chapter:assessment#plan)

## Αστυνομία {: #police }

Πάρε το 101.
"""


@pytest.fixture
def in_brackets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The site in a language in which every message stands in brackets."""
    with translation.override(LANGUAGE):
        bracket_every_translation(monkeypatch)
        yield


@pytest.fixture
def greek(db: None, in_brackets: None) -> dict[str, Chapter]:
    """Three editions, and one to come, of a manual in Greek that has everything pages are made of."""
    Manual(
        title="Διαδικασίες",
        board="Συμβούλιο",
        areas={"north": "Βορράς", "south": "Νότος"},
        contacts="contacts",
        quick_guide="quick-guide",
        about="about",
        approvers_shown=True,
    ).save()
    chapters = grow(
        """
        quick-guide: chapter, unnumbered
        core
            journey: group
                referral
                assessment
                    leaflet: link, unnumbered
            old-ways
            numbered
            contacts
            amendments
        about
            accessibility
        """
    )
    words: dict[str, dict[str, object]] = {
        "quick-guide": {"text": "Γρήγορα.\n\n!!! changes newest\n", "title": "Γρήγορος οδηγός"},
        "core": {"title": "Πυρήνας"},
        "journey": {"title": "Ταξίδι"},
        "referral": {"text": REFERRAL, "title": "Αναφορά"},
        "assessment": {
            "title": "Εκτίμηση",
            "text": "Λόγια.\n\n## Το σχέδιο {: #plan }\n\nΣχεδίασε.",
            "areas": ["north"],
            "remark": "υπό εξέταση",
            "passage_status": "guidance",
        },
        "leaflet": {"title": "Φυλλάδιο", "link": "https://www.example.org/leaflet", "label": "Δες"},
        "old-ways": {"title": "Παλιοί τρόποι"},
        "numbered": {
            "title": "Αριθμημένα",
            "text": "Πρώτα.\n\nΔεύτερα.\n\n## Τίτλος\n\nΤρίτα.",
            "numbering": "paragraphs",
        },
        "contacts": {"text": CONTACTS, "title": "Επαφές"},
        "amendments": {"text": "Όλα.\n\n!!! changes all\n", "title": "Αλλαγές"},
        "about": {"title": "Σχετικά"},
        "accessibility": {"title": "Προσβασιμότητα"},
    }
    first = [
        agreed(chapter, **{"text": "Τι να κάνεις.", "note": "Άλλαξε.", **words[slug]})
        for slug, chapter in chapters.items()
    ]
    keywords = [
        meaning("lado", name="Αξιωματούχος", also=["ΛΑΔΟ", "ΚΟΙΝΟ"], meaning="Αποφασίζει. " * 60, note="Νέο."),
        meaning(
            "core-group", name="Πυρηνική ομάδα", also=["ΚΟΙΝΟ"], meaning="Το κάνει [](chapter:referral).",
            see_also=["lado"], note="Νέο.",
        ),
    ]  # fmt: skip
    documents = [
        filed(slug, title=title, filename=f"{title}.pdf", media_type="application/pdf", note="Νέο.")
        for slug, title in (("form", "Φόρμα"), ("picture", "Εικόνα"))
    ]
    workflow.publish(
        by=None,
        amendments=first,
        definitions=keywords,
        documents=documents,
        rearrange=True,
        at=FIRST,
        name="Πρώτη",
    )
    withdrawal = agreed(
        chapters["old-ways"],
        significance="withdrawn",
        title="Παλιοί τρόποι",
        text="Τι να κάνεις.",
        successor=chapters["referral"],
        note="Αντικαταστάθηκε.",
    )
    workflow.publish(by=None, kind="urgent", amendments=[withdrawal], at=SECOND)
    bruising = Chapter.objects.add("bruising", parent=chapters["journey"])
    bruising.move(after=chapters["referral"])
    chapters["bruising"] = bruising
    later = meaning("later", name="Κατόπιν", meaning="Ύστερα.", note="Νέο.")
    again = meaning("lado", name="Αξιωματούχος", also=["ΛΑΔΟ"], meaning="Αποφασίζει πάντα.", note="Άλλαξε.")
    form = filed(
        "form", b"Another.", title="Φόρμα", filename="Φόρμα.pdf", media_type="application/pdf", note="Άλλαξε."
    )
    workflow.publish(
        by=None,
        amendments=[
            agreed(bruising, title="Μώλωπες", text="Την ίδια μέρα.", note="Νέο."),
            agreed(chapters["referral"], title="Παραπομπή", text=AMENDED, note="Μία ώρα."),
            agreed(
                chapters["contacts"],
                significance="correction",
                text=CONTACTS.replace("Πάρε", "Πάρτε"),
                note="Λάθος.",
            ),
        ],
        definitions=[later, again],
        documents=[form],
        rearrange=True,
        at=THIRD,
        law_stated_as_at=THIRD.date(),
        notes="Σημειώσεις.",
    )
    workflow.pin(words="Η γραμμή δεν λειτουργεί.", by=None, expires_at=timezone.now() + timedelta(days=30))
    return chapters


ADDRESSES = (
    "/",
    "/?title=αναφ",
    "/?title=τίποτα",
    "/?title=αναφ&only=changed",
    "/?only=changed",
    "/chapters/quick-guide/",
    "/chapters/referral/",
    "/chapters/referral/?since=2026-04-01",
    "/chapters/referral/?since=2026-01-01",
    "/chapters/bruising/?since=2026-04-01",
    "/chapters/assessment/?since=2026-04-01",
    "/chapters/referral/?marked=παιδί",
    "/chapters/referral/?marked=ζέβρα",
    "/chapters/referral/?marked=παραπομπή",
    "/chapters/assessment/",
    "/chapters/assessment/?number=1.1.2",
    "/chapters/leaflet/",
    "/chapters/old-ways/",
    "/chapters/numbered/",
    "/chapters/contacts/",
    "/chapters/amendments/",
    "/chapters/nowhere/",
    "/chapters/referral/history/",
    "/chapters/assessment/history/",
    "/chapters/old-ways/history/",
    "/chapters/leaflet/history/",
    "/chapters/core/history/",
    "/chapters/nowhere/history/",
    "/chapters/referral/compare/",
    "/chapters/referral/compare/?from=2&to=1&view=sides",
    "/chapters/referral/compare/?from=1&to=2&view=inline&only=changes",
    "/chapters/referral/compare/?from=1&to=2&view=sides&only=changes",
    "/chapters/referral/compare/?from=1&to=1",
    "/chapters/referral/compare/?from=7&to=8",
    "/chapters/assessment/compare/",
    "/chapters/old-ways/compare/?from=1&to=2",
    "/chapters/core/compare/",
    "/chapters/nowhere/compare/",
    "/7.7/",
    "/keywords/",
    "/keywords/lado/",
    "/keywords/core-group/",
    "/keywords/lado/?marked=ζέβρα",
    "/keywords/nowhere/",
    "/documents/nowhere/",
    "/search/",
    "/search/?q=παιδί",
    "/search/?q=ΛΑΔΟ",
    "/search/?q=αναφορα+σχεδιο+τιποτα",
    "/search/?q=παιδό",
    "/search/?q=ζεβρα",
    "/search/?q=1.1.2",
    "/search/?q=7.7",
    "/search/?q=-παιδί",
    "/search/?q=παιδί&part=core&area=north&status=guidance&since=2026-04-01&withdrawn=1",
    "/search/?q=τρόποι&withdrawn=1",
    "/search/?q=παιδί&status=procedure&chapter=referral&since_edition=1",
    "/changes/",
    "/changes/?since=2026-04-01",
    "/changes/?since=2026-05-11",
    "/changes/?since=2026-01-01",
    "/changes/?since=2999-01-01",
    "/changes/?since=χτες",
    "/changes/?since_edition=1",
    "/changes/bundle.zip?since=χτες",
    "/changes/bundle.zip?since=2026-01-01",
    "/changes/bundle.zip?since=2999-01-01",
    "/editions/",
    "/editions/1/",
    "/editions/2/",
    "/editions/3/",
    "/editions/9/",
    "/editions/1/compare/3/",
    "/editions/3/compare/1/",
    "/editions/2/compare/2/",
    "/editions/1/compare/9/",
    "/editions/1/bundle.zip?on=2026-10-20",
    "/editions/1/bundle.zip?on=2026-01-20",
    "/editions/1/bundle.zip?on=",
    "/editions/1/contents/",
    "/editions/1/contents/?on=2026-04-01",
    "/editions/1/contents/?on=2026-05-11",
    "/editions/1/chapters/referral/",
    "/editions/1/chapters/old-ways/",
    "/editions/1/chapters/bruising/",
    "/editions/1/chapters/nowhere/",
    "/editions/2/chapters/old-ways/?on=2026-05-11",
    "/editions/3/chapters/referral/",
    "/editions/1/chapters/referral/cite/",
    "/editions/2/chapters/referral/cite/?section=who",
    "/editions/3/chapters/referral/cite/?section=nowhere",
    "/editions/3/chapters/numbered/cite/",
    "/editions/3/chapters/old-ways/cite/",
    "/editions/1/chapters/nowhere/cite/",
    "/editions/1/keywords/",
    "/editions/1/keywords/lado/",
    "/editions/1/keywords/later/",
    "/editions/1/search/?q=παιδί",
    "/editions/1/documents/nowhere/",
    "/on/?date=χτες",
    "/on/?date=",
    "/on/2020-01-01/",
    "/on/2999-01-01/",
    "/on/2999-01-01/chapters/referral/",
    "/on/2026-04-01/nowhere/",
    "/print/",
    "/chapters/referral/print/",
    "/chapters/old-ways/print/",
    "/chapters/leaflet/print/",
    "/chapters/core/print/",
    "/chapters/nowhere/print/",
    "/editions/1/contents/print/",
    "/editions/1/chapters/referral/print/",
    "/editions/1/chapters/core/print/",
    "/editions/1/chapters/bruising/print/",
    "/c/",
    "/c/9-9999999/",
)


def left_over(client: Client, *addresses: str, also: str = r"(?!)") -> dict[str, list[str]]:
    """By address, what a page says that no message brought."""
    left = {}
    for address in addresses:
        response = client.get(address, follow=True)
        assert response.status_code in (200, 404), address
        missing = OF_THE_ADDRESS if response.status_code == 404 else ""
        if found := untranslated(response.content.decode(), allowed=(*SAME_EVERYWHERE, also), apart=missing):
            left[address] = found
    return left


def test_no_page_says_anything_that_cannot_be_translated(client, greek):
    assert not left_over(client, *ADDRESSES)


@pytest.mark.parametrize("area", ["north", "south"])
def test_nor_does_one_that_is_read_for_one_area(client, greek, area):
    client.get(f"/display/?area={area}&next=/")
    client.get("/display/?marks=off&next=/")
    assert not left_over(
        client,
        "/",
        "/chapters/referral/",
        "/chapters/assessment/",
        "/search/?q=παιδί",
        "/changes/?since=2026-04-01",
    )


def test_nor_does_one_of_a_reader_who_is_remembered(client, greek):
    client.get("/last-seen/?remember=yes&next=/")
    assert not left_over(client, "/", "/changes/", "/editions/")


def test_nor_does_one_that_an_editor_reads(client, greek, editor):
    client.force_login(editor)
    workflow.draft(
        greek["referral"], by=editor, based_on=greek["referral"].amendments.last(), title="Παραπομπή",
        text=AMENDED, significance="amended",
    )  # fmt: skip
    assert not left_over(
        client, "/", "/chapters/referral/", "/editions/1/chapters/referral/", also=editor.username
    )


def test_nor_does_one_of_an_edition_that_is_still_to_come(client, greek, editor):
    soon = timezone.now() + timedelta(days=30)
    change = agreed(greek["assessment"], title="Εκτίμηση", text="Άλλα λόγια.", note="Άλλαξε.")
    workflow.publish(by=None, amendments=[change], at=soon)
    client.force_login(editor)
    assert not left_over(
        client,
        "/editions/4/",
        "/editions/4/contents/",
        "/editions/4/chapters/assessment/",
        "/editions/4/chapters/assessment/cite/",
        "/chapters/assessment/compare/",
        f"/on/{soon:%Y-%m-%d}/",
        also=editor.username,
    )


def test_nor_does_one_that_says_whether_a_printed_copy_is_still_current(client, greek):
    printed = [
        client.get(f"/editions/{edition}/{page}/print/").content.decode()
        for edition in (1, 2, 3)
        for page in (
            "contents",
            "chapters/referral",
            "chapters/old-ways",
            "chapters/core",
            "chapters/leaflet",
        )
    ]
    codes = {code for page in printed for code in re.findall(r"/(c/\d+-\w+)", page)}
    assert len(codes) > len(greek)
    written = "|".join(code.removeprefix("c/") for code in codes)
    assert not left_over(client, *(f"/{code}/" for code in sorted(codes)), also=written)


def test_nor_does_one_of_sample_text(client, greek):
    manual = Manual.objects.current()
    manual.sample = True
    manual.save()
    assert untranslated(client.get("/").content.decode(), allowed=SAME_EVERYWHERE) == []


def test_nor_does_one_of_a_manual_that_has_nothing_in_force(client, db, in_brackets):
    Manual(title="Διαδικασίες", board="Συμβούλιο").save()
    assert not left_over(
        client, "/", "/search/?q=παιδί", "/keywords/", "/editions/", "/changes/", "/chapters/referral/"
    )


def test_nor_does_one_that_refuses_a_form(greek):
    client = Client(enforce_csrf_checks=True)
    page = client.post("/admin/login/").content.decode()
    assert untranslated(page, allowed=SAME_EVERYWHERE) == []


@pytest.mark.parametrize("typed", ["1.1", "πυρη", "ΛΑ", "παρα", "Το σχ", "φυλλ"])
def test_what_the_search_box_offers_can_be_translated(client, greek, typed):
    found = client.get("/search/suggestions/", {"q": typed}).json()["suggestions"]
    assert found
    for suggestion in found:
        said = f"<p>{escape(suggestion['label'])} <em>{escape(suggestion['detail'])}</em></p>"
        assert untranslated(said) == []


@pytest.mark.parametrize("address", ["/editions/3/bundle.zip", "/changes/bundle.zip?since=2026-04-01"])
def test_a_copy_that_is_handed_over_can_be_translated(client, greek, address):
    response = client.get(address)
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    left = {
        name: found
        for name in archive.namelist()
        if name.endswith(".html")
        and (
            found := untranslated(
                archive.read(name).decode(), allowed=(*SAME_EVERYWHERE, *OF_FILES), apart=TO_TYPE
            )
        )
    }
    assert not left


def test_what_was_stored_in_english_is_made_anew_in_another_language(sample):
    assert not Amendment.objects.stale()
    with translation.override(LANGUAGE):
        assert set(Amendment.objects.stale()) == set(Amendment.objects.values_list("pk", flat=True))


def test_what_was_kept_of_a_page_in_english_is_not_shown_in_another_language(client, sample, monkeypatch):
    address = "/chapters/referral/"
    assert "⟦" not in client.get(address).content.decode()
    with translation.override(LANGUAGE):
        bracket_every_translation(monkeypatch)
        page = client.get(address).content.decode()
    assert "⟦Cite⟧" in page
    assert ">Cite<" not in page


def test_what_no_message_brought_is_found():
    page = '<title>⟦Contents⟧</title><p title="Help">⟦Read⟧ 3 <b>more</b> Ελλάδα</p><input type="submit" value="Go">'
    assert untranslated(page) == ["p title: Help", "b: more", "input value: Go"]
