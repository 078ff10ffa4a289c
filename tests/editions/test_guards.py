"""The database itself refuses to change what is in force, and what must never be; whoever asks, and however."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.db.models.signals import pre_migrate

from manual import workflow
from manual.models import (
    Amendment,
    Chapter,
    Definition,
    Document,
    DocumentVersion,
    Edition,
    Entry,
    Event,
    Keyword,
    Manual,
    Place,
    Section,
    Status,
    StoredFile,
    guards,
)
from tests.manual_maker import (
    DAY,
    FAR_AHEAD,
    LONG_AGO,
    agreed,
    approved,
    filed,
    first_edition,
    grow,
    meaning,
    submitted,
)
from tests.remembered import remembered

pytestmark = pytest.mark.django_db


@dataclass
class Book:
    """A manual with an edition in force, one scheduled, and an amendment that nobody has published yet."""

    chapters: dict[str, Chapter]
    in_force: Edition
    scheduled: Edition
    approved: Amendment


def make_book(editor: User, approver: User) -> Book:
    chapters = grow("""
        safeguarding
            referral
            assessment
            review
    """)
    planned = chapters.pop("review")
    first_edition(chapters)
    lado = meaning("lado")
    in_force = workflow.publish(
        by=approver,
        amendments=[agreed(chapters["referral"])],
        definitions=[lado],
        documents=[filed("form")],
        rearrange=True,
        at=LONG_AGO + DAY,
    ).edition
    scheduled = workflow.publish(
        by=approver,
        amendments=[agreed(chapters["referral"]), agreed(planned)],
        definitions=[meaning("lado")],
        documents=[filed("form", b"A later form.")],
        rearrange=True,
        effective_at=FAR_AHEAD,
        at=LONG_AGO + 2 * DAY,
    ).edition
    waiting = approved(chapters["assessment"], author=editor, approver=approver)
    return Book({**chapters, "review": planned}, in_force, scheduled, waiting)


@pytest.fixture
@remembered
def book(editor: User, approver: User) -> Book:
    return make_book(editor, approver)


def refused(change: Callable[[], Any], match: str) -> None:
    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        change()


def copy_of(row: models.Model, **changes: Any) -> models.Model:
    """The same row again, as a new one that is not stored."""
    fields = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key
    }
    return type(row)(**(fields | changes))


# --- What was approved --------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", Amendment.FROZEN)
def test_no_word_of_an_approved_amendment_changes(book: Book, editor: User, column: str) -> None:
    amendment = Amendment.objects.filter(pk=book.approved.pk)
    other = {
        "chapter_id": book.chapters["safeguarding"].pk,
        "based_on_id": None,
        "under_id": book.chapters["safeguarding"].pk,
        "successor_id": book.chapters["safeguarding"].pk,
        "counterpart_id": book.chapters["safeguarding"].pk,
        "author_id": None,
        "areas": ["kent"],
        "numbered": False,
        "significance": "correction",
        "passage_status": "guidance",
        "numbering": "paragraphs",
        "link": "https://example.org/",
        "agreed_on": LONG_AGO.date(),
    }.get(column, "other words")
    # A successor belongs to a withdrawal only, so that both would have to change.
    also = {"significance": "withdrawn"} if column == "successor_id" else {}
    refused(lambda: amendment.update(**{column: other}, **also), "frozen once approved")


@pytest.mark.parametrize("column", Definition.FROZEN)
def test_no_word_of_an_approved_definition_changes(book: Book, editor: User, column: str) -> None:
    definition = meaning("mash")
    other = {
        "keyword_id": Keyword.objects.get(slug="lado").pk,
        "based_on_id": Definition.objects.first().pk,
        "author_id": editor.pk,
        "also": ["MASH"],
        "see_also": ["lado"],
        "agreed_on": LONG_AGO.date(),
    }.get(column, "other words")
    refused(
        lambda: Definition.objects.filter(pk=definition.pk).update(**{column: other}), "frozen once approved"
    )


@pytest.mark.parametrize("column", DocumentVersion.FROZEN)
def test_no_word_of_an_approved_version_of_a_document_changes(book: Book, editor: User, column: str) -> None:
    version = filed("poster", b"A poster.")
    other = {
        "document_id": Document.objects.get(slug="form").pk,
        "based_on_id": DocumentVersion.objects.first().pk,
        "author_id": editor.pk,
        "file_id": StoredFile.objects.keep(b"Another poster.").pk,
        "width": 9,
        "height": 9,
        "agreed_on": LONG_AGO.date(),
    }.get(column, "other words")
    refused(
        lambda: DocumentVersion.objects.filter(pk=version.pk).update(**{column: other}),
        "frozen once approved",
    )


# What decides about a version, and what its text was made into.
NOT_FROZEN = {
    *("id", "sequence", "status", "approver_id", "self_approved", "edition_id"),
    *("created_at", "changed_at", "submitted_at", "approved_at", "revision", "html", "rendered_with"),
}


@pytest.mark.parametrize("model", [Amendment, Definition, DocumentVersion])
def test_all_that_a_reader_or_reviewer_could_mind_is_frozen(
    model: type[Amendment | Definition | DocumentVersion],
) -> None:
    """A column that is added later must be frozen too, or be named above."""
    assert {field.attname for field in model._meta.concrete_fields} - NOT_FROZEN == set(model.FROZEN)


def test_a_draft_may_change_and_be_deleted(book: Book, editor: User) -> None:
    draft = workflow.draft(book.chapters["safeguarding"], by=editor, title="Draft")
    assert Amendment.objects.filter(pk=draft.pk).update(title="Other words") == 1
    # A draft with a history is given up rather than deleted: its events are kept, and it with them.
    unheard_of = Amendment.objects.create(chapter=book.chapters["safeguarding"], title="Of no event")
    assert Amendment.objects.filter(pk=unheard_of.pk).delete()[0] == 1


@pytest.mark.parametrize("which", ["approved", "scheduled", "in force"])
def test_an_approved_amendment_is_not_deleted(book: Book, which: str) -> None:
    amendment = {
        "approved": book.approved,
        "scheduled": book.scheduled.amendments.first(),
        "in force": book.in_force.amendments.first(),
    }[which]
    with connection.cursor() as cursor:  # Django's own protection is not what is tried here
        refused(
            lambda: cursor.execute("DELETE FROM manual_amendment WHERE id = %s", [amendment.pk]),
            "not deleted",
        )


def test_an_approved_definition_is_not_deleted() -> None:
    definition = meaning("lado")
    refused(lambda: Definition.objects.filter(pk=definition.pk).delete(), "not deleted")


def test_an_approved_version_of_a_document_is_not_deleted() -> None:
    version = filed("form")
    refused(lambda: DocumentVersion.objects.filter(pk=version.pk).delete(), "not deleted")


def test_the_bytes_of_a_file_never_change(book: Book) -> None:
    """Whoever kept a file, and whether anybody uses it: its name is the hash of its bytes."""
    stored = StoredFile.objects.keep(b"Of no document.")
    for file in StoredFile.objects.filter(pk__in=[stored.pk, book.in_force.documentversions.get().file_id]):
        mine = StoredFile.objects.filter(pk=file.pk)
        refused(lambda mine=mine: mine.update(content=b"Other bytes."), "never changed")
        refused(lambda mine=mine: mine.update(size=1), "never changed")
    with pytest.raises(models.ProtectedError):
        StoredFile.objects.get(versions__edition=book.in_force).delete()


def test_stored_html_and_sections_may_be_made_anew(book: Book) -> None:
    amendment = book.in_force.amendments.get()
    assert Amendment.objects.filter(pk=amendment.pk).update(html="<p>Anew.</p>", rendered_with="x" * 64) == 1
    amendment.refresh_from_db()
    amendment.save()
    assert "Anew" not in amendment.html
    assert Section.objects.filter(amendment=amendment).exists()
    assert Section.objects.filter(amendment=amendment).delete()[0]


# --- What is in force ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "approved", "sequence": None},
        {"status": "returned", "sequence": None, "edition_id": None, "approved_at": None},
        {"sequence": 9},
        {"approved_at": FAR_AHEAD},
        {"self_approved": True},
    ],
    ids=lambda changes: " ".join(changes),
)
def test_a_version_in_force_stays_as_it_was_decided(book: Book, changes: dict[str, Any]) -> None:
    refused(lambda: book.in_force.amendments.update(**changes), "in force does not change")
    refused(lambda: book.in_force.definitions.update(**changes), "in force does not change")
    refused(lambda: book.in_force.documentversions.update(**changes), "in force does not change")


def test_nobody_is_made_the_approver_of_what_is_in_force(book: Book, editor: User) -> None:
    refused(lambda: book.in_force.amendments.update(approver=editor), "in force does not change")
    refused(lambda: book.in_force.definitions.update(approver=editor), "in force does not change")
    refused(lambda: book.in_force.documentversions.update(approver=editor), "in force does not change")


def test_nothing_is_moved_into_or_out_of_an_edition_in_force(book: Book) -> None:
    refused(lambda: book.in_force.amendments.update(edition=book.scheduled), "in force does not change")
    refused(lambda: book.in_force.definitions.update(edition=book.scheduled), "in force does not change")
    refused(lambda: book.in_force.documentversions.update(edition=book.scheduled), "in force does not change")
    waiting = Amendment.objects.filter(pk=book.approved.pk)
    refused(lambda: waiting.update(edition=book.in_force), "in force does not change")
    refused(
        lambda: waiting.update(edition=book.in_force, status="published", sequence=9),
        "in force does not change",
    )
    scheduled = book.scheduled.amendments.filter(chapter=book.chapters["review"])
    refused(lambda: scheduled.update(edition=book.in_force), "in force does not change")
    mash = meaning("mash")
    refused(
        lambda: Definition.objects.filter(pk=mash.pk).update(
            edition=book.in_force, status="published", sequence=1
        ),
        "in force does not change",
    )


def test_no_published_amendment_is_slipped_into_an_edition_in_force(book: Book) -> None:
    slipped = copy_of(book.in_force.amendments.get(), chapter_id=book.chapters["assessment"].pk, sequence=9)
    refused(lambda: Amendment.objects.bulk_create([slipped]), "not added to an edition in force")


def test_no_published_definition_is_slipped_into_an_edition_in_force(book: Book) -> None:
    """Readers see definitions straight from their rows, so that one more would change the glossary of the past."""
    slipped = copy_of(
        book.in_force.definitions.get(), keyword_id=Keyword.objects.create(slug="mash").pk, sequence=1
    )
    refused(lambda: Definition.objects.bulk_create([slipped]), "not added to an edition in force")


def test_no_published_document_is_slipped_into_an_edition_in_force(book: Book) -> None:
    slipped = copy_of(
        book.in_force.documentversions.get(),
        document_id=Document.objects.create(slug="poster").pk,
        sequence=1,
    )
    refused(lambda: DocumentVersion.objects.bulk_create([slipped]), "not added to an edition in force")
    poster = filed("poster", b"A poster.")
    refused(
        lambda: DocumentVersion.objects.filter(pk=poster.pk).update(
            edition=book.in_force, status="published", sequence=1
        ),
        "in force does not change",
    )


@pytest.mark.parametrize("rows", [Entry, Place], ids=["entries", "places"])
def test_contents_and_arrangement_in_force_do_not_change(book: Book, rows: type[models.Model]) -> None:
    mine = rows.objects.filter(edition=book.in_force)
    assert mine.exists()
    refused(lambda: mine.update(position=models.F("position") + 100), "in force does not change")
    refused(lambda: mine.update(numbered=False), "in force does not change")
    refused(lambda: mine.filter(position=0).delete(), "in force does not change")
    refused(lambda: mine.update(edition=book.scheduled), "in force does not change")
    extra = copy_of(mine.first(), chapter_id=book.chapters["review"].pk, position=99, **(
        {"number": "9"} if rows is Entry else {}
    ))  # fmt: skip
    refused(lambda: rows.objects.bulk_create([extra]), "in force does not change")
    other = rows.objects.filter(edition=book.scheduled, chapter=book.chapters["review"])
    refused(lambda: other.update(edition=book.in_force, position=99), "in force does not change")


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Another"},
        {"notes": "Other notes"},
        {"number": 77},
        {"kind": "urgent", "rearranges": False},
        {"effective_at": FAR_AHEAD + DAY},
        {"effective_at": LONG_AGO + DAY / 2},
        {"law_stated_as_at": LONG_AGO.date()},
        {"published_at": None, "number": None},
        {"published_by": None},
    ],
    ids=lambda changes: " ".join(changes),
)
def test_an_edition_in_force_does_not_change(book: Book, changes: dict[str, Any]) -> None:
    refused(lambda: Edition.objects.filter(pk=book.in_force.pk).update(**changes), "in force does not change")


def test_a_superseded_edition_does_not_change_either(book: Book) -> None:
    first = Edition.objects.get(number=1)
    refused(lambda: Edition.objects.filter(pk=first.pk).update(name="Another"), "in force does not change")
    refused(lambda: first.entries.update(number=""), "in force does not change")
    refused(lambda: first.places.filter(position=0).delete(), "in force does not change")


def test_an_edition_in_force_is_not_deleted(book: Book) -> None:
    with connection.cursor() as cursor:
        refused(
            lambda: cursor.execute("DELETE FROM manual_edition WHERE id = %s", [book.in_force.pk]),
            "in force does not change",
        )


@pytest.mark.parametrize("changes", [{"slug": "referrals"}, {"kind": "link"}], ids=["slug", "kind"])
def test_the_address_and_kind_of_a_chapter_in_force_are_permanent(
    book: Book, changes: dict[str, str]
) -> None:
    refused(lambda: Chapter.objects.filter(slug="referral").update(**changes), "permanent")
    chapter = Chapter.objects.get(slug="referral")
    for name, value in changes.items():
        setattr(chapter, name, value)
    refused(chapter.save, "permanent")


def test_a_chapter_that_is_only_scheduled_may_still_get_another_address(book: Book) -> None:
    assert Chapter.objects.filter(slug="review").update(slug="reviews", kind="link") == 1


def test_whether_a_chapter_in_force_is_numbered_may_change_in_the_tree(book: Book) -> None:
    assert Chapter.objects.filter(slug="referral").update(numbered=False) == 1
    assert Entry.objects.get(edition=book.in_force, chapter__slug="referral").numbered


def test_the_address_of_a_published_keyword_is_permanent(book: Book) -> None:
    refused(lambda: Keyword.objects.filter(slug="lado").update(slug="officer"), "permanent")
    meaning("mash")
    assert Keyword.objects.filter(slug="mash").update(slug="hub") == 1


def test_the_address_of_a_published_document_is_permanent(book: Book) -> None:
    refused(lambda: Document.objects.filter(slug="form").update(slug="forms"), "permanent")
    filed("poster")
    assert Document.objects.filter(slug="poster").update(slug="placard") == 1


def test_events_are_never_changed(book: Book, editor: User) -> None:
    refused(lambda: Event.objects.update(by=editor), "never changed")
    refused(lambda: Event.objects.update(why="I never said so."), "never changed")
    refused(lambda: Event.objects.all().delete(), "never changed")


# --- What is not in force yet -------------------------------------------------------------------------------


def test_a_scheduled_edition_may_be_renumbered_rebuilt_and_taken_back(book: Book, approver: User) -> None:
    before = book.scheduled.stamp
    urgent = agreed(book.chapters["assessment"])
    workflow.publish(by=approver, kind="urgent", amendments=[urgent], at=LONG_AGO + 3 * DAY)
    book.scheduled.refresh_from_db()
    assert (book.scheduled.number, book.scheduled.stamp == before) == (4, False)
    assert book.scheduled.entries.get(chapter__slug="assessment").amendment == urgent
    workflow.unschedule(book.scheduled, by=approver, at=LONG_AGO + 4 * DAY)
    assert not Entry.objects.filter(edition=book.scheduled).exists()


# --- What must never be -------------------------------------------------------------------------------------


def test_nobody_approves_alone_unless_that_is_said(book: Book, editor: User) -> None:
    amendment = Amendment.objects.filter(pk=book.approved.pk)
    refused(lambda: amendment.update(approver=editor), "amendment_seen_by_two")
    assert amendment.update(approver=editor, self_approved=True) == 1
    mash = meaning("mash", author=editor)
    refused(lambda: Definition.objects.filter(pk=mash.pk).update(approver=editor), "definition_seen_by_two")


def test_an_edition_has_one_amendment_of_a_chapter(book: Book) -> None:
    twice = agreed(book.chapters["referral"])
    refused(
        lambda: Amendment.objects.filter(pk=twice.pk).update(
            status="published", edition=book.scheduled, sequence=9
        ),
        "(?i)unique",
    )


def test_an_edition_has_one_definition_of_a_keyword(book: Book) -> None:
    twice = meaning("lado")
    refused(
        lambda: Definition.objects.filter(pk=twice.pk).update(
            status="published", edition=book.scheduled, sequence=9
        ),
        "(?i)unique",
    )


def test_an_edition_has_one_version_of_a_document(book: Book) -> None:
    twice = filed("form", b"Another.")
    refused(
        lambda: DocumentVersion.objects.filter(pk=twice.pk).update(
            status="published", edition=book.scheduled, sequence=9
        ),
        "(?i)unique",
    )


def test_an_author_has_one_open_draft_of_a_chapter(book: Book, editor: User) -> None:
    submitted(book.chapters["referral"], author=editor)
    refused(
        lambda: Amendment.objects.create(chapter=book.chapters["referral"], author=editor, title="Another"),
        "(?i)unique",
    )


def test_two_amendments_of_a_chapter_have_different_sequences(book: Book) -> None:
    refused(lambda: book.scheduled.amendments.update(sequence=1), "(?i)unique")
    refused(lambda: book.scheduled.definitions.update(sequence=1), "(?i)unique")
    refused(lambda: book.scheduled.documentversions.update(sequence=1), "(?i)unique")


def test_two_entries_of_an_edition_have_different_numbers_places_and_chapters(book: Book) -> None:
    entries = book.scheduled.entries.filter(number__startswith="1.")
    refused(lambda: entries.update(number="1.1"), "(?i)unique")
    refused(lambda: entries.update(position=1), "(?i)unique")
    refused(lambda: entries.update(chapter=book.chapters["review"]), "(?i)unique")
    assert entries.update(number="") == 3  # any number of them may have none


def test_two_places_of_an_arrangement_are_different(book: Book) -> None:
    refused(lambda: book.scheduled.places.update(position=1), "(?i)unique")
    refused(lambda: book.scheduled.places.update(chapter=book.chapters["review"]), "(?i)unique")


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"number": None}, "edition_published_has_number_and_moment"),
        ({"effective_at": None}, "edition_published_has_number_and_moment"),
        ({"published_at": None}, "edition_published_has_number_and_moment"),
        ({"number": 0}, "edition_from_1"),
        ({"number": 2}, "(?i)unique"),
        ({"effective_at": LONG_AGO + DAY}, "(?i)unique"),
        ({"kind": "correction"}, "edition_only_ordinary_rearranges"),
        ({"kind": "weekly", "rearranges": False}, "edition_kind_known"),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, dict) else "",
)
def test_a_published_edition_is_whole(book: Book, changes: dict[str, Any], constraint: str) -> None:
    refused(lambda: Edition.objects.filter(pk=book.scheduled.pk).update(**changes), constraint)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"sequence": None}, "published_has_edition_and_sequence"),
        ({"edition": None}, "published_has_edition_and_sequence"),
        ({"status": "approved"}, "published_has_edition_and_sequence"),
        ({"status": "returned", "sequence": None, "approved_at": None}, "edition_takes_only_approved"),
        ({"approved_at": None}, "approved_says_when"),
        ({"status": "liked", "sequence": None, "edition": None, "approved_at": None}, "status_known"),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, dict) else "",
)
def test_a_published_version_is_whole(book: Book, changes: dict[str, Any], constraint: str) -> None:
    refused(lambda: book.scheduled.amendments.update(**changes), constraint)
    refused(lambda: book.scheduled.definitions.update(**changes), constraint)
    refused(lambda: book.scheduled.documentversions.update(**changes), constraint)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"significance": "improved"}, "amendment_significance_known"),
        ({"status": "submitted", "note": "Why.", "title": ""}, "amendment_has_title"),
        ({"sequence": 5}, "amendment_published_has_edition_and_sequence"),
        ({"approved_at": LONG_AGO}, "amendment_approved_says_when"),
        ({"status": "submitted", "note": ""}, "amendment_note_before_submission"),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, dict) else "",
)
def test_a_draft_is_sensible(book: Book, editor: User, changes: dict[str, Any], constraint: str) -> None:
    draft = workflow.draft(book.chapters["referral"], by=editor)
    refused(lambda: Amendment.objects.filter(pk=draft.pk).update(**changes), constraint)


def test_only_a_withdrawn_chapter_has_a_successor(book: Book, editor: User) -> None:
    draft = Amendment.objects.filter(pk=workflow.draft(book.chapters["referral"], by=editor).pk)
    successor = book.chapters["assessment"]
    refused(lambda: draft.update(successor=successor), "amendment_successor_of_withdrawn")
    assert draft.update(successor=successor, significance="withdrawn") == 1


def test_what_is_gone_has_no_number_and_was_withdrawn(book: Book) -> None:
    entry = book.scheduled.entries.filter(chapter__slug="review")
    refused(lambda: entry.update(gone=True, number=""), "entry_gone_is_withdrawn")
    refused(lambda: entry.update(gone=True, withdrawn_in=book.scheduled), "entry_gone_is_withdrawn")


def test_nothing_stands_under_itself(book: Book) -> None:
    refused(lambda: book.scheduled.entries.update(parent=models.F("chapter")), "entry_not_its_own_parent")
    refused(lambda: Chapter.objects.update(parent=models.F("id")), "chapter_not_its_own_parent")


def test_two_chapters_or_keywords_have_different_addresses(book: Book) -> None:
    refused(lambda: Chapter.objects.add("referral"), "(?i)unique")
    refused(lambda: Keyword.objects.create(slug="lado"), "(?i)unique")
    refused(lambda: Chapter.objects.add("elsewhere", kind="essay"), "chapter_kind_known")


def test_an_event_is_about_something(book: Book) -> None:
    refused(lambda: Event.objects.create(verb="think", at=LONG_AGO), "event_is_about_something")


def test_there_is_one_manual() -> None:
    Manual().save()
    Manual(title="Renamed").save()
    assert Manual.objects.get().title == "Renamed"
    refused(lambda: Manual.objects.bulk_create([Manual(pk=2)]), "manual_is_one")


def test_a_definition_says_something() -> None:
    keyword = Keyword.objects.create(slug="lado")
    for words in ({"name": "LADO", "meaning": ""}, {"name": "", "meaning": "An officer."}):
        refused(
            lambda words=words: Definition.objects.create(keyword=keyword, status=Status.SUBMITTED, **words),
            "definition_says_something",
        )


def test_a_document_has_a_title_and_a_picture_is_described(book: Book) -> None:
    document = Document.objects.get(slug="form")
    file = StoredFile.objects.get(versions__edition=book.in_force)
    words = {"document": document, "file": file, "filename": "a.png", "status": Status.SUBMITTED}
    refused(
        lambda: DocumentVersion.objects.create(**words, media_type="text/plain"), "document_version_has_title"
    )
    refused(
        lambda: DocumentVersion.objects.create(**words, title="Map", media_type="image/png"),
        "document_version_picture_is_described",
    )
    assert DocumentVersion.objects.create(
        **words, title="Map", media_type="image/png", description="A map."
    ).pk


# --- Guards and migrations ----------------------------------------------------------------------------------


def guarded(book: Book) -> None:
    """A sample of every table that has guards."""
    refused(lambda: Amendment.objects.filter(pk=book.approved.pk).update(text="Other words"), "frozen")
    refused(lambda: book.in_force.amendments.update(sequence=9), "in force")
    refused(lambda: book.in_force.definitions.update(sequence=9), "in force")
    refused(lambda: book.in_force.documentversions.update(sequence=9), "in force")
    refused(lambda: StoredFile.objects.update(size=1), "never changed")
    refused(lambda: Document.objects.filter(slug="form").update(slug="forms"), "permanent")
    refused(lambda: book.in_force.entries.update(number=""), "in force")
    refused(lambda: book.in_force.places.update(numbered=False), "in force")
    refused(lambda: Edition.objects.filter(pk=book.in_force.pk).update(name="Another"), "in force")
    refused(lambda: Chapter.objects.filter(slug="referral").update(slug="referrals"), "permanent")
    refused(lambda: Keyword.objects.filter(slug="lado").update(slug="officer"), "permanent")
    refused(lambda: Event.objects.update(why="I never said so."), "never changed")


def test_guards_can_be_dropped_and_made_again_and_again(book: Book) -> None:
    guarded(book)
    guards.drop()
    guards.drop()
    assert book.in_force.entries.update(numbered=True)
    guards.make()
    guards.make()
    guarded(book)


@pytest.mark.django_db(transaction=True)
def test_guards_stand_after_migrating_again(editor: User, approver: User) -> None:
    book = make_book(editor, approver)
    call_command("migrate", verbosity=0)
    guarded(book)


ALTERED = [
    (Amendment, "remark"),
    (Definition, "name"),
    (Edition, "notes"),
    (Entry, "number"),
    (Place, "numbered"),
    (Event, "verb"),
    (Chapter, "numbered"),
    (Keyword, "slug"),
    (DocumentVersion, "title"),
    (Document, "slug"),
    (StoredFile, "size"),
]


def alter(*, nullable: bool) -> None:
    """Alter a column of every guarded table, which on SQLite makes the table anew."""
    for model, name in ALTERED:
        old, new = model._meta.get_field(name), model._meta.get_field(name).clone()
        new.set_attributes_from_name(name)
        new.model, new.null = model, True
        with connection.schema_editor() as schema:
            schema.alter_field(model, *((old, new) if nullable else (new, old)), strict=True)


@pytest.fixture
def later_migration() -> Iterator[None]:
    """The next run of `migrate` alters every guarded table."""

    def run(**_kwargs: Any) -> None:
        alter(nullable=True)

    # Receivers are called in the order in which they were connected: the guards are down by then.
    pre_migrate.connect(run, sender=apps.get_app_config("manual"))
    yield
    pre_migrate.disconnect(run, sender=apps.get_app_config("manual"))
    guards.drop()
    alter(nullable=False)
    guards.make()


@pytest.mark.django_db(transaction=True)
def test_guards_stand_after_a_later_migration_made_the_tables_anew(
    later_migration: None, editor: User, approver: User
) -> None:
    book = make_book(editor, approver)
    call_command("migrate", verbosity=0)
    assert {
        field.name
        for field in connection.introspection.get_table_description(connection.cursor(), "manual_place")
        if field.null_ok
    } >= {"numbered"}
    guarded(book)


def test_a_refused_change_says_why_in_a_sentence(book: Book) -> None:
    with pytest.raises(DatabaseError, match=r"An edition in force does not change\."), transaction.atomic():
        Edition.objects.filter(pk=book.in_force.pk).update(name="Another")
