"""The desk: what waits for each person, what is on its way, and what has gone wrong, in a fixed number of queries."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from manual import workflow
from manual.admin.desk import SHOWN
from manual.models import Chapter, Document, Edition, Keyword, Manual, OutsideLink, StoredFile
from tests.manual_maker import agreed, approved, first_edition, grow, meaning, submitted, words_of
from tests.remembered import remembered

DESK = "/admin/"


def member(name: str, role: str) -> User:
    user = User.objects.create_user(name, first_name=name.capitalize(), last_name="Example", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def eve(db) -> User:
    return member("eve", "Editor")


@pytest.fixture
def ann(db) -> User:
    return member("ann", "Approver")


@pytest.fixture
@remembered
def published(db) -> Edition:
    Manual(title="Procedures of the north").save()
    return first_edition(
        grow("core\n    referral\n    assessment\n    review\n"), definitions=[meaning("lado")]
    )


def desk(client, person: User) -> str:
    client.force_login(person)
    page = client.get(DESK)
    assert page.status_code == 200
    return page.content.decode()


def section(page: str, key: str) -> str:
    """The words of one section, as they are read; empty where the section is not there."""
    found = re.search(rf'<section class="panel[^"]*" id="desk-{key}".*?</section>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""


def chapter(slug: str) -> Chapter:
    return Chapter.objects.get(slug=slug)


def form(title: str, by: User, document: Document | None = None, **words):
    """A draft of a document, with the few bytes of a file."""
    file = {
        "file": StoredFile.objects.keep(title.encode()), "filename": "form.pdf", "media_type": "application/pdf",
        "note": "A form.",
    }  # fmt: skip
    return workflow.begin_document(by=by, title=title, **file, **words)


# --- What waits for whom -----------------------------------------------------------------------------------


def test_my_drafts_are_mine_and_lead_to_writing(client, eve, ann, published):
    mine = workflow.draft(chapter("referral"), by=eve)
    workflow.draft(chapter("assessment"), by=ann)
    page = desk(client, eve)
    drafts = section(page, "drafts")
    assert "Referral" in drafts and "Assessment" not in drafts
    assert "My drafts 1" in drafts
    assert f"/admin/manual/amendment/{mine.pk}/change/" in page
    assert f"/admin/manual/amendment/{mine.pk}/write/" in page


def test_what_others_submitted_waits_for_an_approver_with_whose_it_is_and_since_when(
    client, eve, ann, published
):
    submitted(chapter("referral"), author=eve)
    submitted(chapter("assessment"), author=ann)
    waiting = section(desk(client, ann), "approve")
    today = timezone.localdate()
    assert f"Referral Text · by Eve Example · waiting since {today.day} {today:%B %Y}" in waiting
    assert "Assessment" not in waiting, "nobody approves their own"
    assert "Assessment" in section(desk(client, ann), "submitted")


def test_an_editor_is_not_shown_what_only_an_approver_can_do(client, eve, ann, published):
    submitted(chapter("referral"), author=ann)
    page = desk(client, eve)
    for key in ("approve", "reviews", "submitted"):
        assert not section(page, key), key
    assert "Begin an edition" not in page
    assert "Pin a notice" not in page
    assert "Everything that was approved is in an edition." in section(page, "ready")


def test_where_the_board_allows_it_ones_own_waits_for_oneself(client, ann, published):
    submitted(chapter("referral"), author=ann)
    Manual.objects.update(self_approval=True)
    page = desk(client, ann)
    assert "Referral" in section(page, "approve")
    assert not section(page, "submitted")


def test_what_was_returned_comes_with_the_comment_and_the_day(client, eve, ann, published):
    amendment = submitted(chapter("referral"), author=eve)
    workflow.return_to_author(amendment, by=ann, why="Say <who> rings.")
    page = desk(client, eve)
    returned = section(page, "returned")
    today = timezone.localdate()
    assert "Say &lt;who&gt; rings." in returned
    assert f"returned {today.day} {today:%B %Y}" in returned
    assert not section(desk(client, eve), "submitted")


def test_keywords_and_documents_stand_beside_texts(client, eve, ann, published):
    keyword = workflow.draft_definition(Keyword.objects.get(slug="lado"), by=eve, note="Clearer.")
    workflow.submit(keyword, by=eve)
    workflow.submit(form("Referral form", eve), by=eve)
    submitted(chapter("referral"), author=eve)
    waiting = section(desk(client, ann), "approve")
    assert "Waiting for my approval 3" in waiting
    for line in (
        "LADO Keyword · by Eve",
        "Referral form Document · by",
        "Referral Text",
    ):
        assert line in waiting


def test_the_longest_waiting_stands_first(client, eve, ann, published):
    for slug in ("review", "assessment", "referral"):
        submitted(chapter(slug), author=eve)
    waiting = section(desk(client, ann), "approve")
    assert waiting.index("Review") < waiting.index("Assessment") < waiting.index("Referral")


def test_what_is_approved_waits_until_an_edition_takes_it(client, eve, ann, published):
    amendment = approved(chapter("referral"), author=eve, approver=ann)
    page = desk(client, ann)
    assert "Referral Text · by Eve Example · approved by Ann Example" in section(page, "ready")
    edition = workflow.prepare(by=ann, name="Spring")
    workflow.gather(edition, by=ann, amendments=[amendment])
    page = desk(client, ann)
    assert "Everything that was approved is in an edition." in section(page, "ready")
    assert "Spring In preparation 1 text · ordinary" in section(page, "preparation")


# --- Editions ----------------------------------------------------------------------------------------------


def test_editions_are_scheduled_and_then_recently_published(client, eve, ann, published):
    amendment = approved(chapter("referral"), author=eve, approver=ann)
    later = timezone.now() + timedelta(days=7)
    workflow.publish(by=ann, amendments=[amendment], effective_at=later, name="Spring")
    page = desk(client, ann)
    scheduled = section(page, "scheduled")
    assert "Edition 2: Spring Scheduled 1 text · ordinary · published by Ann Example" in scheduled
    assert "Edition 1 In force 4 texts, 1 keyword" in section(page, "recent")
    assert "Edition 2" not in section(page, "recent")
    assert "/editions/1/" in page


# --- Reviews, notices --------------------------------------------------------------------------------------


def test_reviews_that_are_due_say_who_looks_after_the_chapter(client, ann, published):
    today = timezone.localdate()
    workflow.look_after(
        chapter("referral"), by=ann, owner="Designated nurse", next_review=today - timedelta(days=1)
    )
    workflow.look_after(chapter("assessment"), by=ann, owner="", next_review=today + timedelta(days=29))
    workflow.look_after(chapter("review"), by=ann, owner="Nobody yet", next_review=today + timedelta(days=40))
    due = section(desk(client, ann), "reviews")
    assert "1.1 Referral Overdue looked after by Designated nurse · never reviewed · review due" in due
    assert "1.2 Assessment Due soon nobody looks after it" in due
    assert "Nobody yet" not in due
    assert due.index("Referral") < due.index("Assessment")


def test_a_chapter_that_was_reviewed_is_not_due_any_more(client, ann, published):
    today = timezone.localdate()
    workflow.look_after(chapter("referral"), by=ann, owner="Designated nurse", next_review=today)
    workflow.review(chapter("referral"), by=ann, on=today, next_review=today + timedelta(days=365))
    assert section(desk(client, ann), "reviews") == (
        "Chapters whose review is due No review is due within 30 days."
    )


def test_notices_that_are_up_are_seen_by_all_and_put_up_by_approvers(client, eve, ann, published):
    until = timezone.now() + timedelta(days=2)
    workflow.pin(by=ann, words="The duty line is down.", expires_at=until)
    workflow.pin(by=ann, words="Under review.", expires_at=until, chapter=chapter("referral"))
    page = desk(client, eve)
    notices = section(page, "notices")
    assert "The duty line is down. over every page · put up by Ann Example · until" in notices
    assert "Under review. over “Referral”" in notices
    assert "Pin a notice" not in page
    assert "Pin a notice" in section(desk(client, ann), "notices")


# --- Problems ----------------------------------------------------------------------------------------------


def test_references_that_lead_nowhere_are_named_with_where_they_lead(client, ann, db):
    chapters = grow("core\n    referral\n")
    text = "See [](chapter:lost#who), [](keyword:lost) and [](document:lost)."
    amendments = [agreed(chapters["core"]), agreed(chapters["referral"], text=text)]
    workflow.publish(by=None, amendments=amendments, rearrange=True)
    broken = section(desk(client, ann), "broken")
    assert "References that lead nowhere 3" in broken
    assert "refers to the section “who” of the chapter “lost”, which is not there" in broken
    assert "refers to the keyword “lost”, which is not there" in broken
    assert "refers to the document “lost”, which is not there" in broken
    assert f"/admin/manual/chapter/{chapters['referral'].pk}/change/" in desk(client, ann)


def test_broken_references_are_looked_for_once_for_an_edition(client, ann, published):
    client.force_login(ann)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(DESK)
        return len(queries)

    first, second = asked(), asked()
    assert first - second >= 5, "the second time they are remembered"
    assert asked() == second


def test_outside_links_that_do_not_answer(client, eve, published):
    assert "have not been checked yet" in section(desk(client, eve), "outside")
    now = timezone.now()
    OutsideLink.objects.create(address="https://fine.example.org/", checked_at=now)
    assert "Every outside link answered when it was last asked." in section(desk(client, eve), "outside")
    OutsideLink.objects.create(
        address="https://gone.example.org/", checked_at=now, failing_since=now, problem="Gone."
    )  # fmt: skip
    outside = section(desk(client, eve), "outside")
    assert "https://gone.example.org/ Gone · since" in outside
    assert "fine" not in outside


# --- Every state -------------------------------------------------------------------------------------------


def test_an_empty_desk_says_so(client, ann, db):
    page = desk(client, ann)
    assert "Nothing waits for you." in page
    assert "Nothing has been published yet." in section(page, "recent")
    assert not section(page, "broken")


def test_without_a_role_somebody_is_told_whom_to_ask(client, person):
    page = desk(client, person("visitor", is_staff=True))
    assert "You have no role yet" in page
    assert 'class="panel' not in page


def test_the_first_page_names_the_manual_and_lists_everything_in_plain_words(
    client, administrator, published
):
    page = desk(client, administrator)
    assert "<title>Desk – Procedures of the north</title>" in page
    assert "View the manual" in page
    for words in ("Texts of chapters", "People", "Settings", "Record of decisions", "Outside links"):
        assert f">{words}</a>" in page
    assert "Authentication and Authorization" not in page


def test_of_many_the_first_are_shown_and_the_rest_counted_by_kind(client, eve, ann, published):
    for n in range(14):
        submitted(Chapter.objects.add(f"text-{n}"), author=eve)
    for n in range(3):
        keyword = workflow.begin_keyword(by=eve, name=f"word {n}", meaning="It means this.", note="New.")
        workflow.submit(keyword, by=eve)
    client.force_login(ann)
    page = client.get(DESK)
    [waiting] = [part for part in page.context["desk"].work if part.key == "approve"]
    assert (waiting.total, len(waiting.items)) == (17, SHOWN)
    words = section(page.content.decode(), "approve")
    assert "Waiting for my approval 17" in words
    assert "and 4 more texts and 3 more keywords" in words
    for _words, address in waiting.rest:
        if address:
            assert client.get(address.replace("&amp;", "&")).context["cl"].result_count >= 3


def test_thousands_are_written_with_a_comma(client, ann, published):
    OutsideLink.objects.bulk_create(
        OutsideLink(
            address=f"https://example.org/{n}",
            problem="Nothing answers there.",
            checked_at=timezone.now(),
            failing_since=timezone.now(),
        )
        for n in range(1210)
    )
    outside = section(desk(client, ann), "outside")
    assert "Outside links that do not answer 1,210" in outside
    assert "and 1,200 more links" in outside


def test_the_desk_makes_the_same_queries_whatever_there_is(client, eve, ann, published):
    def asked() -> int:
        client.force_login(ann)
        client.get(DESK)  # what an edition has broken is remembered from here on
        with CaptureQueriesContext(connection) as queries:
            client.get(DESK)
        return len(queries)

    before = asked()
    until = timezone.now() + timedelta(days=2)
    for n in range(12):
        submitted(Chapter.objects.add(f"waits-{n}"), author=eve)
        workflow.draft(
            Chapter.objects.add(f"mine-{n}"), by=ann, **words_of(Chapter.objects.get(slug=f"mine-{n}"))
        )
        approved(Chapter.objects.add(f"ready-{n}"), author=eve, approver=ann)
        workflow.pin(by=ann, words=f"Notice {n}.", expires_at=until, chapter=chapter("referral"))
        workflow.prepare(by=ann, name=f"Edition {n}")
    OutsideLink.objects.create(
        address="https://gone.example.org/", checked_at=until, failing_since=until, problem="Gone."
    )
    form("A form", ann)
    workflow.look_after(chapter("referral"), by=ann, owner="Nurse", next_review=timezone.localdate())
    assert asked() == before
    assert before <= 25
