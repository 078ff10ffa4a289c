"""The writing page: an editor writes a draft there, and no word is lost or overwritten in silence."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from manual import workflow
from manual.models import Amendment, Chapter, Contents, Document, Edition, Manual, StoredFile
from tests.manual_maker import LONG_AGO, agreed, file_words, first_edition, grow, meaning
from tests.remembered import remembered

PAGES = ["write", "preview", "changes"]
ASKED = [("save", "POST"), ("token", "GET"), ("pasted", "POST"), ("pick", "GET")]


@pytest.fixture
@remembered
def published(db) -> Edition:
    Manual(areas={"north": "North", "south": "South"}, contacts="contacts").save()
    chapters = grow("core\n    referral\n    assessment\n    leaflet: link\ncontacts: chapter\n")
    texts = {
        "referral": "Ring within three days.\n\n## When {: #when }\n\nSee [](chapter:assessment#plan).\n",
        "assessment": "How to assess.\n\n## The plan {: #plan }\n\nWrite one.\n",
        "contacts": "## Front door {: #front-door }\n\n01632 960110\n\n## Urgent help {: #urgent-help }\n\n999\n",
    }
    amendments = [
        agreed(chapter, text=texts.get(slug, "")) for slug, chapter in chapters.items() if slug != "leaflet"
    ]
    leaflet = agreed(chapters["leaflet"], link="https://example.org/leaflet")
    return workflow.publish(
        by=None,
        amendments=[*amendments, leaflet],
        definitions=[meaning("lado", meaning="The designated officer.")],
        rearrange=True,
        at=LONG_AGO,
    ).edition


@pytest.fixture
@remembered
def draft(published, editor) -> Amendment:
    return workflow.draft(published.entries.get(chapter__slug="referral").chapter, by=editor)


def address(view: str, amendment: Amendment, *more: str) -> str:
    if view == "pick" and not more:
        more = ("chapters",)
    return reverse(f"admin:manual_amendment_{view}", args=[amendment.pk, *more])


def ask(client: Client, view: str, method: str, amendment: Amendment) -> HttpResponse:
    if method == "GET":
        return client.get(address(view, amendment))
    return client.post(address(view, amendment), form_of(amendment, html="<p>Words</p>"))


def form_of(amendment: Amendment, **words: object) -> dict[str, object]:
    """The fields of the page as the browser sends them."""
    fields = {
        name: getattr(amendment, name)
        for name in ("title", "text", "note", "significance", "remark", "label", "areas", "revision")
    }
    return {**fields, **words}


@pytest.fixture
def writer(client, editor) -> Client:
    client.force_login(editor)
    return client


# --- Who may ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", PAGES)
@pytest.mark.parametrize(
    ("permissions", "status"),
    [((), 403), (("view_amendment",), 200), (("submit_amendment",), 200), (("approve_amendment",), 200)],
)
def test_who_may_see_amendments_may_read_a_draft_that_is_not_theirs(
    client, person, draft, view, permissions, status
):
    client.force_login(person("other", *permissions, is_staff=True))
    assert client.get(address(view, draft)).status_code == status


def test_whoever_is_not_the_author_is_told_whose_draft_it_is_and_gets_no_form(client, person, draft, editor):
    editor.first_name, editor.last_name = "Ann", "Ray"
    editor.save()
    client.force_login(person("other", "submit_amendment", is_staff=True))
    page = client.get(address("write", draft)).content.decode()
    assert "This is the draft of <strong>Ann Ray</strong>" in page
    assert "writing-form" not in page


@pytest.mark.parametrize(
    "permissions", [(), ("view_amendment",), ("submit_amendment",), ("approve_amendment",)]
)
def test_nobody_but_the_author_saves(client, person, draft, permissions):
    client.force_login(person("other", *permissions, is_staff=True))
    answer = client.post(address("save", draft), form_of(draft, text="Mine now."))
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/json"
    assert answer.json()["message"]
    assert client.post(address("write", draft), form_of(draft, text="Mine now.")).status_code == 403
    draft.refresh_from_db()
    assert draft.text.startswith("Ring within three days.")


def test_not_even_an_administrator_writes_on_the_draft_of_somebody_else(client, administrator, draft):
    client.force_login(administrator)
    assert client.post(address("save", draft), form_of(draft, text="Mine now.")).status_code == 403
    assert "writing-form" not in client.get(address("write", draft)).content.decode()


@pytest.mark.parametrize("view", PAGES)
def test_a_page_leads_whoever_is_signed_out_to_sign_in(client, draft, view):
    answer = client.get(address(view, draft))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")


@pytest.mark.parametrize(("view", "method"), ASKED)
def test_what_the_page_asks_for_is_told_that_somebody_is_signed_out(client, draft, view, method):
    answer = ask(client, view, method, draft)
    assert answer.status_code == 401
    assert answer.json() == {"message": "You have been signed out."}


@pytest.mark.parametrize(("view", "method"), ASKED)
def test_what_the_page_asks_for_is_refused_to_whoever_is_no_editor(client, person, draft, view, method):
    client.force_login(person("visitor", "view_amendment"))
    answer = ask(client, view, method, draft)
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/json"


@pytest.mark.parametrize(("view", "method"), ASKED)
def test_the_wrong_method_changes_nothing(writer, draft, view, method):
    other = writer.get if method == "POST" else writer.post
    assert other(address(view, draft)).status_code == 405


@pytest.mark.parametrize(("view", "method"), ASKED)
def test_a_draft_that_is_not_there_is_said_to_be_gone(writer, draft, view, method):
    draft.pk = 10_000
    answer = ask(writer, view, method, draft)
    assert answer.status_code == 404
    assert answer.json()["message"] == "This draft is no longer there."


def test_a_missing_token_is_told_apart_from_a_missing_permission_and_can_be_fetched(draft, editor):
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    refused = client.post(address("save", draft), form_of(draft, text="Ring at once."))
    assert refused.status_code == 403
    assert refused["Content-Type"].startswith("text/html")
    token = client.get(address("token", draft)).json()["token"]
    saved = client.post(
        address("save", draft), form_of(draft, text="Ring at once."), headers={"X-CSRFToken": token}
    )
    assert saved.status_code == 200
    draft.refresh_from_db()
    assert draft.text == "Ring at once."


# --- The form -----------------------------------------------------------------------------------------------


def test_the_kinds_of_change_are_told_in_plain_words_and_only_those_that_can_be(writer, draft):
    page = writer.get(address("write", draft)).content.decode()
    assert "Listed, not flagged, nobody is e-mailed." in page
    for kind in ("amended", "correction", "withdrawn"):
        assert f'name="significance" value="{kind}"' in page
    assert 'name="significance" value="new"' not in page


def test_what_has_no_text_in_force_can_only_be_new(writer, editor, published):
    fresh = Chapter.objects.add("visits", parent=Chapter.objects.get(slug="core"))
    draft = workflow.draft(fresh, by=editor, title="Visits")
    page = writer.get(address("write", draft)).content.decode()
    assert 'name="significance" value="new"' in page
    assert 'value="amended"' not in page
    answer = writer.post(address("save", draft), form_of(draft, significance="withdrawn"))
    assert "significance" in answer.json()["errors"]


def test_fields_follow_what_the_chapter_is(writer, editor, published):
    leaflet = workflow.draft(Chapter.objects.get(slug="leaflet"), by=editor)
    part = workflow.draft(Chapter.objects.get(slug="core"), by=editor)
    assert 'name="link"' in writer.get(address("write", leaflet)).content.decode()
    of_part = writer.get(address("write", part)).content.decode()
    assert 'name="text"' not in of_part
    assert 'name="title"' in of_part
    assert writer.post(address("save", part), form_of(part, title="Core things")).status_code == 200
    part.refresh_from_db()
    assert part.title == "Core things"


def test_the_author_is_told_who_else_has_a_draft_of_the_chapter(writer, person, draft):
    other = person("other", "submit_amendment", is_staff=True, first_name="Bea", last_name="Low")
    workflow.draft(draft.chapter, by=other)
    assert "Bea Low has a draft of this chapter too" in writer.get(address("write", draft)).content.decode()


def test_an_ordinary_form_saves_and_goes_on_to_where_its_button_says(writer, draft):
    goes_to = {
        "save": address("write", draft),
        "preview": address("preview", draft),
        "submit": reverse("admin:manual_amendment_change", args=[draft.pk]),
    }
    for then, there in goes_to.items():
        draft.refresh_from_db()
        answer = writer.post(
            address("write", draft), form_of(draft, text=f"Ring, {then}.\r\n\r\nWrite.", then=then)
        )
        assert (answer.status_code, answer["Location"]) == (302, there)
        draft.refresh_from_db()
        assert draft.text == f"Ring, {then}.\n\nWrite."


def test_an_ordinary_form_with_a_mistake_saves_the_rest_and_says_what_is_wrong(writer, draft):
    answer = writer.post(
        address("write", draft), form_of(draft, text="Ring.", agreed_on="some day in May", then="submit")
    )
    assert answer.status_code == 422
    assert "Enter a valid date." in answer.content.decode()
    draft.refresh_from_db()
    assert draft.text == "Ring."
    again = writer.post(address("write", draft), form_of(draft, text="Ring.", agreed_on="2026-05-03"))
    assert again.status_code == 302


# --- Saving -------------------------------------------------------------------------------------------------


def test_saving_answers_when_how_long_and_what_is_wrong_on_which_line(writer, draft):
    text = "Ring **now**.\n\n[](chapter:nowhere)\n"
    answer = writer.post(address("save", draft), form_of(draft, text=text)).json()
    assert answer["revision"] == draft.revision + 1
    assert answer["word_count"] == 2
    assert [problem["line"] for problem in answer["problems"]] == [3]
    assert "nowhere" in answer["problems"][0]["message"]
    draft.refresh_from_db()
    assert (draft.text, draft.revision) == (text, answer["revision"])
    assert answer["saved_at"].startswith(f"{timezone.localtime(draft.changed_at):%H:%M}")


def test_everything_that_an_editor_decides_is_saved(writer, draft):
    words = {
        "title": "Referrals\r\n and more",
        "note": "Clearer.",
        "significance": "withdrawn",
        "successor": Chapter.objects.get(slug="assessment").pk,
        "areas": ["south"],
        "counterpart": Chapter.objects.get(slug="assessment").pk,
        "remark": "under review",
        "label": "See also",
        "numbering": "paragraphs",
        "passage_status": "guidance",
        "agreed_by": "Policy group",
        "agreed_on": "2026-05-03",
        "minute": "4.2",
    }
    assert writer.post(address("save", draft), form_of(draft, **words)).json()["errors"] == {}
    draft.refresh_from_db()
    assert draft.title == "Referrals and more"
    assert draft.successor and draft.successor.slug == "assessment"
    assert draft.counterpart and draft.counterpart.slug == "assessment"
    assert str(draft.agreed_on) == "2026-05-03"
    for name in (
        "note", "significance", "areas", "remark", "label", "numbering", "passage_status", "agreed_by", "minute",
    ):  # fmt: skip
        assert getattr(draft, name) == words[name]


def test_what_to_read_instead_is_kept_only_of_a_withdrawal(writer, draft):
    successor = Chapter.objects.get(slug="assessment").pk
    writer.post(address("save", draft), form_of(draft, significance="withdrawn", successor=successor))
    draft.refresh_from_db()
    answer = writer.post(address("save", draft), form_of(draft, significance="amended", successor=successor))
    assert answer.status_code == 200
    draft.refresh_from_db()
    assert draft.successor is None


def test_only_a_chapter_for_some_areas_has_a_counterpart(writer, draft):
    other = Chapter.objects.get(slug="assessment")
    writer.post(address("save", draft), form_of(draft, areas=["south"], counterpart=other.pk))
    draft.refresh_from_db()
    assert draft.counterpart == other
    shown = writer.get(address("write", draft)).content.decode()
    assert 'id="writing-counterpart"' in shown and f'<option value="{other.pk}" selected>' in shown
    answer = writer.post(address("save", draft), form_of(draft, areas=[], counterpart=other.pk))
    assert answer.json()["errors"] == {}
    draft.refresh_from_db()
    assert (draft.areas, draft.counterpart) == ([], None)


def test_a_chapter_cannot_choose_itself_as_its_counterpart(writer, draft):
    answer = writer.post(
        address("save", draft), form_of(draft, areas=["south"], counterpart=draft.chapter_id)
    )
    assert list(answer.json()["errors"]) == ["counterpart"]


@pytest.mark.parametrize("words", [{"title": ""}, {"note": ""}, {"title": "", "note": "", "text": ""}])
def test_an_unfinished_draft_is_saved(writer, draft, words):
    assert writer.post(address("save", draft), form_of(draft, **words)).status_code == 200
    draft.refresh_from_db()
    assert {name: getattr(draft, name) for name in words} == words
    assert writer.get(address("write", draft)).status_code == 200
    assert writer.get(address("preview", draft)).status_code == 200


def test_a_text_that_cannot_be_shown_loses_no_word(writer, draft):
    text = "Ring.\n\n!!! nonsense\n    Words.\n"
    answer = writer.post(address("save", draft), form_of(draft, text=text)).json()
    assert [(problem["line"], problem["blocking"]) for problem in answer["problems"]] == [(3, True)]
    assert answer["word_count"] == len(text.split())
    draft.refresh_from_db()
    assert draft.text == text
    assert "The text cannot be shown yet." in writer.get(address("preview", draft)).content.decode()
    assert "cannot be compared until" in writer.get(address("changes", draft)).content.decode()
    assert "!!! nonsense" in writer.get(address("write", draft)).content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "x" * 301),
        ("areas", ["west"]),
        ("significance", "new"),
        ("remark", "x" * 201),
        ("agreed_on", "tomorrow"),
        ("passage_status", "law"),
        ("successor", "999999"),
        ("counterpart", "999999"),
    ],
)
def test_a_word_that_does_not_fit_is_named_and_the_others_are_saved(writer, draft, field, value):
    before = getattr(draft, field)
    answer = writer.post(address("save", draft), form_of(draft, text="Ring at once.", **{field: value}))
    assert answer.status_code == 200
    assert list(answer.json()["errors"]) == [field]
    draft.refresh_from_db()
    assert draft.text == "Ring at once."
    assert getattr(draft, field) == before


def test_an_address_that_is_none_is_named(writer, editor, published):
    leaflet = workflow.draft(Chapter.objects.get(slug="leaflet"), by=editor)
    answer = writer.post(address("save", leaflet), form_of(leaflet, link="javascript:alert(1)"))
    assert list(answer.json()["errors"]) == ["link"]
    leaflet.refresh_from_db()
    assert leaflet.link == "https://example.org/leaflet"


@pytest.mark.parametrize("revision", ["", "first", "-", None])
def test_words_that_do_not_say_what_they_were_made_from_are_refused(writer, draft, revision):
    fields = form_of(draft, text="Ring at once.")
    if revision is None:
        del fields["revision"]
    else:
        fields["revision"] = revision
    assert writer.post(address("save", draft), fields).status_code == 400
    draft.refresh_from_db()
    assert draft.text != "Ring at once."


def test_what_was_submitted_is_not_saved_any_more(writer, draft, editor):
    draft = workflow.revise(draft, by=editor, note="Clearer.")
    fields = form_of(draft, text="Ring at once.")
    workflow.submit(draft, by=editor)
    answer = writer.post(address("save", draft), fields)
    assert answer.status_code == 400
    assert "submitted" in answer.json()["message"]
    page = writer.get(address("write", draft)).content.decode()
    assert "This is your draft. It is submitted" in page
    assert "Ring at once." in writer.post(address("write", draft), fields).content.decode(), "no word is lost"
    draft.refresh_from_db()
    assert draft.text != "Ring at once."


def test_a_correction_that_touches_an_instruction_is_asked_about(writer, draft):
    answer = writer.post(
        address("save", draft),
        form_of(draft, significance="correction", text=draft.text.replace("three", "five")),
    )
    assert len(answer.json()["questions"]) == 1
    assert "To confirm:" in writer.get(address("write", draft)).content.decode()


# --- Two windows --------------------------------------------------------------------------------------------


def test_the_second_window_to_save_overwrites_nothing_and_is_shown_both(writer, draft):
    writer.post(address("save", draft), form_of(draft, text="Ring **at once**.", note="Sooner."))
    answer = writer.post(address("save", draft), form_of(draft, text="Ring tomorrow.", note="Later."))
    assert answer.status_code == 409
    told = answer.json()
    assert (told["text"], told["note"], told["who"]) == ("Ring **at once**.", "Sooner.", "editor")
    assert "<ins>Later.</ins>" in told["panel"] and "<del>Sooner.</del>" in told["panel"]
    assert "Ring **at once**." in told["panel"]
    draft.refresh_from_db()
    assert draft.text == "Ring **at once**."


def test_the_writer_decides_which_words_to_keep(writer, draft):
    writer.post(address("save", draft), form_of(draft, text="Ring at once."))
    told = writer.post(address("save", draft), form_of(draft, text="Ring tomorrow.")).json()
    kept = writer.post(address("save", draft), form_of(draft, text="Ring tomorrow.", over=told["revision"]))
    assert kept.status_code == 200
    draft.refresh_from_db()
    assert draft.text == "Ring tomorrow."


def test_a_third_window_is_not_overwritten_by_that_decision(writer, draft):
    writer.post(address("save", draft), form_of(draft, text="Ring at once."))
    told = writer.post(address("save", draft), form_of(draft, text="Ring tomorrow.")).json()
    draft.refresh_from_db()
    writer.post(address("save", draft), form_of(draft, text="Ring tonight."))
    again = writer.post(address("save", draft), form_of(draft, text="Ring tomorrow.", over=told["revision"]))
    assert again.status_code == 409
    assert again.json()["text"] == "Ring tonight."


def test_words_that_arrived_though_the_answer_got_lost_are_not_held_against_the_writer(writer, draft):
    fields = form_of(draft, text="Ring at once.")
    first = writer.post(address("save", draft), fields).json()
    again = writer.post(address("save", draft), fields)
    assert again.status_code == 200
    assert again.json()["revision"] == first["revision"]


def test_an_ordinary_form_comes_back_with_its_own_words_and_the_others_beside(writer, draft):
    writer.post(address("save", draft), form_of(draft, text="Ring at once."))
    answer = writer.post(address("write", draft), form_of(draft, text="Ring tomorrow.", note="My note"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Which words do you want to keep?" in page
    assert ">\nRing tomorrow.</textarea>" in page and ">\nMy note</textarea>" in page
    assert "Ring at once." in page
    over = Amendment.objects.get(pk=draft.pk).revision
    kept = writer.post(address("write", draft), form_of(draft, text="Ring tomorrow.", over=over))
    assert kept.status_code == 302
    draft.refresh_from_db()
    assert draft.text == "Ring tomorrow."


def test_other_words_that_cannot_be_shown_are_still_told(writer, draft):
    writer.post(address("save", draft), form_of(draft, text="!!! nonsense\n    Words."))
    answer = writer.post(address("save", draft), form_of(draft, text="!!! other\n    Words."))
    assert answer.status_code == 409
    assert "!!! nonsense" in answer.json()["panel"]


def test_nothing_in_a_draft_is_taken_for_a_part_of_the_page(writer, draft):
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    writer.post(address("save", draft), form_of(draft, title=hostile, note=hostile, text=hostile))
    draft.refresh_from_db()
    told = writer.post(address("save", draft), form_of(draft, text=f"Other {hostile}", revision=1)).json()
    seen = [writer.get(address(view, draft)).content.decode() for view in PAGES]
    for page in [*seen, told["panel"]]:
        assert "<script>alert" not in page
        assert "<img src=x" not in page


# --- The preview --------------------------------------------------------------------------------------------


def test_the_preview_is_the_page_that_readers_will_see(writer, draft, editor):
    workflow.revise(
        draft, by=editor, note="Sooner than before.", areas=["north"], remark="under review",
        text="Tell the LADO. See [](chapter:assessment#plan).\n\n## When {: #when }\n\nAt once.\n",
    )  # fmt: skip
    page = writer.get(address("preview", draft)).content.decode()
    assert "Draft, not in force." in page
    assert "Sooner than before." in page
    assert '<span class="chapter-number">1.1</span> Referral' in page
    assert "North only" in page and "under review" in page
    assert "flag-updated" in page
    assert 'href="/keywords/lado/"' in page
    assert "1.2 Assessment, section 1 The plan" in page
    assert '<span class="section-number">1</span> When' in page


def test_the_preview_shows_a_form_that_is_drafted_to_go_with_the_text(writer, draft, editor):
    form = workflow.begin_document(by=editor, title="Referral form", **file_words())
    workflow.revise(draft, by=editor, text="Use [](document:referral-form).\n")
    page = writer.get(address("preview", draft)).content.decode()
    assert "Referral form" in page and "not available" not in page
    file = reverse("admin:manual_documentversion_file", args=[form.pk])
    assert f'href="{file}"' in page
    assert writer.get(file).status_code == 200
    assert file not in Client().get("/chapters/referral/").content.decode()


def test_the_preview_alone_may_stand_in_a_frame_of_this_site(writer, draft):
    preview, page = writer.get(address("preview", draft)), writer.get(address("write", draft))
    assert preview["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in preview["Content-Security-Policy"]
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    for other in (page, writer.get("/chapters/referral/"), writer.get(address("changes", draft))):
        assert other["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in other["Content-Security-Policy"]
    assert "frame-src" not in writer.get("/chapters/referral/")["Content-Security-Policy"]


def test_readers_see_nothing_of_a_draft_that_was_previewed(writer, draft, editor, client):
    workflow.revise(draft, by=editor, title="Unapproved", text="Unapproved words.")
    assert "Unapproved words." in writer.get(address("preview", draft)).content.decode()
    for page in ("/", "/chapters/referral/", "/chapters/assessment/", "/search/?q=unapproved"):
        assert "Unapproved" not in Client().get(page).content.decode()


def test_a_new_chapter_stands_last_under_its_parent_with_the_next_number(writer, editor, published):
    fresh = Chapter.objects.add("visits", parent=Chapter.objects.get(slug="core"))
    draft = workflow.draft(fresh, by=editor, title="Visits", text="Visit.")
    contents = Contents.with_draft(published, draft)
    assert [line.name for line in contents.lines] == [
        "1 Core", "1.1 Referral", "1.2 Assessment", "1.3 Leaflet", "1.4 Visits", "2 Contacts",
    ]  # fmt: skip
    assert contents.by_slug["visits"].flag == "new"
    page = writer.get(address("preview", draft)).content.decode()
    assert '<span class="chapter-number">1.4</span> Visits' in page
    assert "New on the day it takes effect." in page


def test_a_new_chapter_under_what_is_not_in_the_contents_yet_can_be_looked_at(writer, editor, published):
    group = Chapter.objects.add("group", kind="group", parent=Chapter.objects.get(slug="core"))
    draft = workflow.draft(
        Chapter.objects.add("visits", parent=group), by=editor, title="Visits", text="Visit."
    )
    assert "Visits" in writer.get(address("preview", draft)).content.decode()


def test_a_withdrawal_is_shown_with_what_to_read_instead(writer, draft, editor):
    workflow.revise(
        draft,
        by=editor,
        significance="withdrawn",
        note="Merged.",
        successor=Chapter.objects.get(slug="assessment"),
    )
    page = writer.get(address("preview", draft)).content.decode()
    assert "Withdrawn on the day this takes effect." in page
    assert 'Read instead <a href="/chapters/assessment/">1.2 Assessment</a>' in page


def test_a_correction_keeps_the_note_of_the_last_change_and_gets_no_flag(writer, draft, editor):
    workflow.revise(draft, by=editor, significance="correction", note="A slip.")
    page = writer.get(address("preview", draft)).content.decode()
    assert "Corrected on the day it takes effect." in page and "A slip." in page
    assert "What changed." in page
    assert "flag-updated" not in page


def test_the_first_chapter_of_a_manual_can_be_written_before_any_edition(writer, editor):
    chapter = Chapter.objects.add("first")
    draft = workflow.draft(chapter, by=editor, title="First", text="Words.\n\n!!! changes all\n")
    for view in PAGES:
        assert writer.get(address(view, draft)).status_code == 200
    assert "Words." in writer.get(address("preview", draft)).content.decode()
    for what in ("chapters", "keywords", "contacts", "documents"):
        assert writer.get(address("pick", draft, what)).json() == {"items": [], "more": False}


def test_contents_with_a_draft_leave_the_kept_ones_alone(draft, editor, published):
    edition = Edition.objects.in_force()
    before = [line.name for line in Contents.of(edition).lines]
    workflow.revise(draft, by=editor, title="Other")
    draft.refresh_from_db()
    assert "1.1 Other" in [line.name for line in Contents.with_draft(edition, draft).lines]
    assert [line.name for line in Contents.of(edition).lines] == before


# --- Changes ------------------------------------------------------------------------------------------------


def test_changes_are_marked_in_title_and_text(writer, draft, editor):
    workflow.revise(
        draft, by=editor, title="Quick referral", note="Sooner.", text=draft.text.replace("three", "two")
    )
    page = writer.get(address("changes", draft)).content.decode()
    assert "<ins>Quick" in page
    assert "Sooner." in page
    assert "three</del>" in page
    part = writer.get(address("changes", draft), {"part": 1}).content.decode()
    assert 'id="writing-tracked"' in part and "three</del>" in part
    assert "site-header" not in part


def test_a_draft_that_its_chapter_has_left_behind_says_so(writer, draft, published):
    chapter = draft.chapter
    other = agreed(chapter, based_on=draft.based_on, text="Changed meanwhile.")
    workflow.publish(by=None, amendments=[other])
    page = writer.get(address("changes", draft)).content.decode()
    assert "The chapter has changed since this draft was begun." in page
    assert writer.get(address("preview", draft)).status_code == 200


def test_a_new_chapter_has_nothing_to_be_compared_with(writer, editor, published):
    draft = workflow.draft(Chapter.objects.add("visits"), by=editor, title="Visits", text="Visit.")
    assert "Everything is new" in writer.get(address("changes", draft)).content.decode()


# --- Pasting and picking ------------------------------------------------------------------------------------


def test_what_is_pasted_becomes_clean_text(writer, draft):
    html = "<h2>When</h2><ul><li>Ring <b>now</b></li><li>Write</li></ul><script>alert(1)</script>"
    answer = writer.post(address("pasted", draft), {"html": html}).json()
    assert "## When" in answer["text"]
    assert "- Ring **now**\n- Write" in answer["text"]
    assert "alert" not in answer["text"]
    assert isinstance(answer["remarks"], list)


@pytest.mark.parametrize("html", ["", "no structure", "<<<", "<p>" * 500])
def test_whatever_is_pasted_gets_an_answer(writer, draft, html):
    answer = writer.post(address("pasted", draft), {"html": html})
    assert answer.status_code in (200, 400)
    assert answer["Content-Type"] == "application/json"


def picked(client: Client, draft: Amendment, what: str, words: str = "") -> list[tuple[str, str]]:
    items = client.get(address("pick", draft, what), {"q": words}).json()["items"]
    return [(item["name"], item["address"]) for item in items]


def test_chapters_and_their_sections_are_found_by_number_and_words(writer, draft):
    assert ("1.2 Assessment", "chapter:assessment") in picked(writer, draft, "chapters")
    assert picked(writer, draft, "chapters", "1.2") == [
        ("1.2 Assessment", "chapter:assessment"), ("1 The plan", "chapter:assessment#plan"),
    ]  # fmt: skip
    assert picked(writer, draft, "chapters", "PLAN") == [("1 The plan", "chapter:assessment#plan")]
    assert picked(writer, draft, "chapters", "when") == [("1 When", "#when")], "a place in this text"
    assert picked(writer, draft, "chapters", "zebra") == []
    assert "chapter:referral" not in dict(picked(writer, draft, "chapters")).values(), (
        "not the chapter itself"
    )


def test_keywords_contacts_and_documents_are_found(writer, draft, editor):
    assert picked(writer, draft, "keywords", "officer") == [("LADO", "keyword:lado")]
    assert picked(writer, draft, "contacts", "front") == [("Front door", "chapter:contacts#front-door")]
    assert picked(writer, draft, "contacts", "960110") == [("Front door", "chapter:contacts#front-door")]
    assert picked(writer, draft, "documents") == []


def test_a_keyword_that_is_being_drafted_can_be_picked_and_says_that_it_is_not_in_force(
    writer, draft, editor
):
    workflow.begin_keyword(by=editor, name="MASH", meaning="A hub.")
    items = writer.get(address("pick", draft, "keywords"), {"q": "mash"}).json()["items"]
    assert [(item["address"], item["where"]) for item in items] == [("keyword:mash", "Not in force yet")]


def test_a_picture_can_be_picked_with_the_words_for_those_who_cannot_see_it(writer, draft, editor):
    workflow.draft_document(
        Document.objects.create(slug="body-map"), by=editor, title="Body map", description="Outline of a child.",
        filename="map.png", media_type="image/png", file=StoredFile.objects.keep(b"a picture"), width=9, height=9,
    )  # fmt: skip
    (item,) = writer.get(address("pick", draft, "documents"), {"q": "outline"}).json()["items"]
    assert (item["address"], item["picture"]) == ("document:body-map", True)
    assert (item["description"], item["where"]) == ("Outline of a child.", "Not in force yet")
    assert picked(writer, draft, "documents", "zebra") == []


def test_there_is_no_other_picker(writer, draft):
    assert writer.get(address("pick", draft, "people")).status_code == 404


def test_a_long_list_is_cut_and_says_so(writer, editor, db):
    Manual(areas={"north": "North"}).save()
    chapters = grow("core\n" + "".join(f"    visit-{n}\n" for n in range(70)))
    first_edition(chapters)
    draft = workflow.draft(chapters["visit-3"], by=editor)
    answer = writer.get(address("pick", draft, "chapters")).json()
    assert len(answer["items"]) == 60
    assert answer["more"]


def test_searching_for_a_place_takes_few_queries(writer, draft, django_assert_max_num_queries):
    writer.get(address("pick", draft, "chapters"), {"q": "plan"})
    with django_assert_max_num_queries(12):
        writer.get(address("pick", draft, "chapters"), {"q": "plan"})
