"""Every page of the admin that is ours, as each role sees it: for everybody, by day and by night, also on a phone."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from manual import workflow
from manual.models import Chapter, Manual, OutsideLink, Searched
from tests.browser import rules
from tests.browser.board import sign_in
from tests.documents.files import PDF
from tests.manual_maker import (
    DAY,
    FAR_AHEAD,
    LONG_AGO,
    agreed,
    approved,
    file_words,
    filed,
    grow,
    meaning,
    submitted,
)
from tests.remembered import remembered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Stock = dict[str, Any]

SILENT = {"problem": "It does not answer.", "failing_since": LONG_AGO}

# The preview in the frame of the writing page is a page of its own here.
BY_DAY = {**rules.BY_DAY, "iframes": False}
BY_NIGHT = {**BY_DAY, "runOnly": {"type": "rule", "values": ["color-contrast"]}}

STATES = [
    "draft",
    "returned",
    "submitted",
    "ready",
    "correction",
    "abandoned",
    "stale",
    "scheduled",
    "published",
    "new",
]

# Of each role, the pages that it visits, by name; of which things, and with which question after the address.
PAGES = {
    "Editor": {
        "index": [""],
        "manual_amendment_change": ["draft", "returned", "submitted", "stale", "new"],
        "manual_amendment_write": ["draft", "returned", "stale", "new"],
        "manual_amendment_preview": ["draft", "new"],
        "manual_amendment_changes": ["draft", "new"],
        "manual_amendment_up_to_date": ["stale"],
        "manual_chapter_amend": ["plans", "sharing"],
        "manual_chapter_begin": [""],
        "manual_chapter_change": ["referral", "plans"],
        "manual_chapter_withdraw": ["plans"],
        "manual_definition_change": ["meaning-draft"],
        "manual_definition_write": ["meaning-draft"],
        "manual_keyword_add": [""],
        "manual_keyword_change": ["lado"],
        "manual_document_add": [""],
        "manual_document_change": ["form"],
        "manual_documentversion_change": ["file-draft"],
        "manual_documentversion_write": ["file-draft"],
        "manual_edition_change": ["preparing"],
        "manual_synonym_changelist": ["", "?which=taken-out"],
        "manual_synonym_add": ["", "?words=strategy+talk"],
        "manual_synonym_change": ["synonym", "old-synonym"],
        "manual_searched_changelist": ["", "?days=7"],
        "manual_searched_most": [""],
        "password_change": [""],
    },
    "Approver": {
        "index": [""],
        "manual_amendment_changelist": ["", "?state=submitted&whose=others"],
        "manual_amendment_change": [*STATES, "draft?show=all"],
        "manual_amendment_write": ["draft", "published"],
        "manual_amendment_paper": ["?text={draft}&text={submitted}&text={new}"],
        "manual_chapter_changelist": ["", "?open=drafts"],
        "manual_chapter_change": ["referral", "leaving", "leaflet", "core"],
        "manual_chapter_arrange": ["", "?open=all"],
        "manual_chapter_move": ["referral"],
        "manual_edition_changelist": [""],
        "manual_edition_add": [""],
        "manual_edition_change": ["preparing", "in-force", "next", "given-up"],
        "manual_edition_confirm": ["preparing", "empty"],
        "manual_edition_unschedule": ["next"],
        "manual_keyword_changelist": [""],
        "manual_keyword_change": ["lado"],
        "manual_definition_changelist": [""],
        "manual_definition_change": ["meaning-draft", "meaning-ready"],
        "manual_document_changelist": [""],
        "manual_document_change": ["form"],
        "manual_document_new_version": ["form"],
        "manual_documentversion_changelist": [""],
        "manual_documentversion_change": ["file-draft", "file-ready"],
        "manual_notice_changelist": [""],
        "manual_notice_add": [""],
        "manual_notice_change": ["notice", "old-notice"],
        "manual_outsidelink_changelist": [""],
        "manual_outsidelink_change": ["link"],
        "manual_event_changelist": [""],
        "manual_event_change": ["event"],
        "app_list": ["manual"],
    },
    "Administrator": {
        "index": [""],
        "manual_manual_change": ["manual"],
        "auth_user_changelist": [""],
        "auth_user_add": [""],
        "auth_user_change": ["person"],
        "auth_user_password_change": ["person"],
        "app_list": ["auth"],
        "password_change": [""],
        "password_change_done": [""],
    },
}  # fmt: skip
# Of what has no page: what a browser is answered that asks all the same.
NO_PAGE = {
    "logout": "a button",
    "jsi18n": "words for scripts",
    "autocomplete": "answers to scripts",
    "view_on_site": "leads to the reading page",
    "manual_amendment_save": "answers to scripts",
    "manual_amendment_token": "answers to scripts",
    "manual_amendment_pasted": "answers to scripts",
    "manual_amendment_pick": "answers to scripts",
    "manual_amendment_decide": "a button of the record",
    "manual_definition_decide": "a button of the record",
    "manual_documentversion_decide": "a button of the record",
    "manual_documentversion_file": "the file itself",
    "manual_chapter_put_back": "a button of the chapter",
    "manual_chapter_look_after": "a form of the chapter",
    "manual_chapter_review": "a form of the chapter",
    "manual_edition_give_up": "a button of the edition",
    "manual_edition_publish_correction": "a button of the record",
    "manual_keyword_draft": "a button of the keyword",
    "manual_notice_take_down": "a button of the notice",
    "manual_synonym_take_out": "a button of the synonym",
    "auth_user_history": "leads to the list of all that was decided",
    "manual_manual_changelist": "leads to the settings",
}
# Pages that Django has for every model, and that are closed here: records are neither added nor deleted by hand, and
# what was done is in their timelines.
CLOSED = ("add", "delete", "history")
# The roles themselves are made by migrations.
ROLES = "auth_group_"
OF_MODEL = {
    "amendment": "draft", "chapter": "referral", "document": "form", "documentversion": "file-draft",
    "edition": "preparing", "event": "event", "keyword": "lado", "definition": "meaning-draft",
    "manual": "manual", "notice": "notice",
    "outsidelink": "link", "synonym": "synonym", "user": "person", "group": "role",
}  # fmt: skip


def every_name(patterns: Any = None) -> Iterator[str]:
    for pattern in admin.site.get_urls() if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from every_name(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield pattern.name


@pytest.fixture
def board(board_member: Callable[..., User]) -> dict[str, User]:
    roles = {"erin": "Editor", "ella": "Editor", "ada": "Approver", "adam": "Administrator"}
    return {name: board_member(role, name) for name, role in roles.items()}


@pytest.fixture
@remembered
def stock(board: dict[str, User]) -> Stock:
    """A manual with one of everything: texts, keywords and documents in every state, editions, notices, links."""
    erin, ella, ada = board["erin"], board["ella"], board["ada"]
    manual = Manual(title="Procedures of the north", areas={"north": "North"}, contacts="contacts")
    manual.save()
    chapters = grow("""
        core
            referral
            assessment
            review
            visits
            records
            plans
            transfer
            closing
            sharing
            leaving
            leaflet: link
        contacts: chapter
    """)
    long = "".join(f"## Step {n} {{: #step-{n} }}\n\nRing within {n} days.\n\n" for n in range(1, 6))
    table = "| Who | When |\n| --- | --- |\n| Nurse | At once |\n\n!!! north\n    In the north, ring.\n"
    texts: dict[str, dict[str, Any]] = {
        "referral": {"text": long + table},
        "contacts": {"text": "## Front door {: #front-door }\n\nRing 01632 960110.\n"},
        "leaflet": {"text": "", "link": "https://www.example.org/leaflet"},
    }
    form = filed("form", PDF, title="Form", filename="form.pdf", media_type="application/pdf")
    lado = meaning("lado", name="LADO", meaning="The designated officer.")
    first = workflow.publish(
        by=None, rearrange=True, at=LONG_AGO, definitions=[lado], documents=[form],
        amendments=[agreed(chapter, **texts.get(slug, {})) for slug, chapter in chapters.items()],
    ).edition  # fmt: skip

    stale = workflow.draft(
        chapters["closing"], by=erin, text="What to do about closing, and by whom.", note="Who."
    )
    gone = agreed(chapters["leaving"], significance="withdrawn", successor=chapters["referral"])
    changed = agreed(chapters["closing"], text="What to do about closing, and when.")
    in_force = workflow.publish(by=None, amendments=[gone, changed], at=LONG_AGO + DAY, name="Spring").edition

    # No skipped heading: the page would have it too, as its author left it, and says so.
    problems = f"{long}\n[](chapter:nowhere)\n\nhttps://www.example.org\n\n{table}"
    draft = workflow.draft(chapters["referral"], by=erin, text=problems, note="Five days instead of four.")
    workflow.draft(chapters["referral"], by=ella, note="Another one.")
    returned = submitted(chapters["assessment"], author=erin, text="How to assess, **together**.")
    workflow.return_to_author(returned, by=ada, why="Say with whom.")
    slip = workflow.draft(
        chapters["review"],
        by=erin,
        significance="correction",
        note="A slip.",
        text="You must not wait 3 days.",
    )
    workflow.submit(slip, by=erin, sure=True)
    people: dict[str, Any] = {"author": erin, "approver": ada}
    ready = approved(chapters["visits"], **people)
    correction = approved(
        chapters["records"], significance="correction", text="What to do about a record.", **people
    )
    abandoned = workflow.abandon(
        workflow.draft(chapters["visits"], by=ella, note="No."), by=ella, why="Not needed."
    )
    scheduled = approved(chapters["transfer"], text=f"Transfers.\n\n{table}", **people)
    workflow.draft(chapters["sharing"], by=ella, note="How to share.")
    new = workflow.begin_chapter(
        by=erin, title="Night visits", under=chapters["core"], text=long + table, note="New."
    )

    meaning_draft = workflow.draft_definition(lado.keyword, by=erin, meaning="An officer.", note="Shorter.")
    meaning_ready = workflow.begin_keyword(by=erin, name="Core group", meaning="Those who meet.", note="New.")
    file_draft = workflow.draft_document(form.document, by=erin, note="Newer.", **file_words(b"New form."))
    file_ready = workflow.begin_document(by=erin, title="List", note="New.", **file_words(b"A list."))
    for version in (meaning_ready, file_ready):
        workflow.approve(workflow.submit(version, by=erin), by=ada)

    following = workflow.publish(by=ada, amendments=[scheduled], effective_at=FAR_AHEAD, name="Next").edition
    preparing = workflow.prepare(
        by=ada, name="Summer", notes="What changes.", kind="ordinary", rearranges=True
    )
    gathered = approved(chapters["plans"], text=f"Plans.\n\n{table}", **people)
    workflow.gather(
        preparing, by=ada, amendments=[gathered], definitions=[meaning_ready], documents=[file_ready]
    )
    core = Chapter.objects.get(slug="core")
    workflow.move(
        Chapter.objects.get(slug="plans"), by=ada, under=core, after=Chapter.objects.get(slug="referral")
    )
    given_up = workflow.give_up(workflow.prepare(by=ada, name="Never"), by=ada, why="Not needed.")
    soon = timezone.now() + timedelta(days=3)
    notice = workflow.pin(by=ada, words="The duty line is down.", expires_at=soon)
    old = workflow.pin(by=ada, words="Under review.", expires_at=soon, chapter=chapters["referral"])
    workflow.take_down(old, by=ada)
    synonym = workflow.add_synonym(by=ada, forms=["front door", "referral"], note="As in the north.")
    workflow.add_synonym(by=ada, forms=["front door", "contacts"])
    old_synonym = workflow.add_synonym(by=ada, forms=["talk", "meeting"])
    workflow.take_out_synonym(old_synonym, by=ada)
    today = timezone.localdate()
    for words, found in (("front door", False), ("strategy talk", False), ("referral", True)):
        Searched.objects.create(words=words, day=today, times=7, found=found)
    workflow.review(chapters["visits"], by=ada, on=today - 400 * DAY, next_review=today - 30 * DAY)
    link = OutsideLink.objects.create(
        address="https://www.example.org/leaflet", checked_at=timezone.now(), **SILENT
    )
    return {
        **{slug: chapter.pk for slug, chapter in chapters.items()},
        "draft": draft.pk, "returned": returned.pk, "submitted": slip.pk, "ready": ready.pk,
        "correction": correction.pk, "abandoned": abandoned.pk, "stale": stale.pk, "scheduled": scheduled.pk,
        "new": new.pk,
        "published": chapters["referral"].amendments.published().get().pk,
        "first": first.pk, "in-force": in_force.pk, "next": following.pk, "preparing": preparing.pk,
        "given-up": given_up.pk, "empty": workflow.prepare(by=ada, name="Empty").pk,
        "lado": lado.keyword_id, "meaning-draft": meaning_draft.pk, "meaning-ready": meaning_ready.pk,
        "form": form.document_id, "file-draft": file_draft.pk, "file-ready": file_ready.pk,
        "notice": notice.pk, "old-notice": old.pk, "link": link.pk,
        "synonym": synonym.pk, "old-synonym": old_synonym.pk, "event": draft.events.first().pk,
        "manual": manual.pk, "person": erin.pk, "role": erin.groups.get().pk,
    }  # fmt: skip


def addresses_of(role: str, stock: Stock) -> list[str]:
    found = []
    for name, entries in PAGES[role].items():
        for entry in entries:
            key, _, question = entry.partition("?")
            args = [] if not key else [key] if name == "app_list" else [stock[key]]
            found.append(
                reverse(f"admin:{name}", args=args) + (f"?{question.format(**stock)}" if question else "")
            )
    return found


# --- Nothing is forgotten ------------------------------------------------------------------------------------


def test_every_page_of_the_admin_is_looked_at(stock: Stock) -> None:
    visited = {name for pages in PAGES.values() for name in pages} | {"login"}
    closed = (
        {name for name in every_name() if name.rpartition("_")[2] in CLOSED or name.startswith(ROLES)}
        - visited
        - set(NO_PAGE)
    )
    assert not visited & set(NO_PAGE)
    assert set(every_name()) == visited | closed | set(NO_PAGE)
    # What is said to have no page has none, whoever asks.
    for who in ("erin", "ada", "adam"):
        client = Client()
        client.force_login(User.objects.get(username=who))
        for name in closed:
            model = name.removeprefix("manual_").removeprefix("auth_").rpartition("_")[0]
            args = [] if name.endswith(("_add", "_changelist")) else [stock.get(OF_MODEL[model], 1)]
            answer = client.get(reverse(f"admin:{name}", args=args))
            assert answer.status_code in (302, 403, 404), f"{who}: {name}"


# --- For everybody -------------------------------------------------------------------------------------------

# Colours that are on their way from light to dark are neither.
AT_ONCE = "document.getAnimations().forEach((each) => each.finish())"
HEADINGS = """[...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter((h) => h.checkVisibility())
  .map((h) => Number(h.tagName[1]))"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
OUT_OF_ORDER = (
    """[...document.querySelectorAll("[tabindex]")].filter((e) => e.tabIndex > 0).map((e) => e.outerHTML)"""
)


def what_is_wrong(page: Page, address: str) -> list[str]:
    """Goes there and looks."""
    at_a_desk(page)
    answer = page.goto(address)
    assert answer is not None
    if answer.status != 200 or not page.url.endswith(address):
        return [f"answers {answer.status} at {page.url}"]
    return what_is_wrong_here(page)


def at_a_desk(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    page.evaluate(AT_ONCE)


def what_is_wrong_here(page: Page) -> list[str]:
    """Looks at a page as those do who cannot see it, who see it in the dark, and on a phone."""
    found = _axe(page, BY_DAY)
    page.emulate_media(color_scheme="dark")
    page.evaluate(AT_ONCE)
    found += [f"in the dark: {each}" for each in _axe(page, BY_NIGHT)]
    levels = page.evaluate(HEADINGS)
    if levels.count(1) != 1 or any(after > before + 1 for before, after in itertools.pairwise(levels)):
        found.append(f"headings {levels}")
    found += page.evaluate(OUT_OF_ORDER)
    page.set_viewport_size({"width": 360, "height": 800})
    if wider := page.evaluate(WIDER):
        found.append(f"scrolls {wider} pixels sideways on a phone")
    return found


def _axe(page: Page, options: dict[str, Any]) -> list[str]:
    return [
        f"{each['id']}: {each['help']} {[node['target'] for node in each['nodes']][:3]}"
        for each in rules.broken_rules(page, options)
    ]


@pytest.mark.long
@pytest.mark.parametrize(
    ("role", "name"), [("Editor", "erin"), ("Approver", "ada"), ("Administrator", "adam")]
)
def test_every_page_is_for_everybody(role: str, name: str, stock: Stock, window: Callable[..., Page]) -> None:
    page = window()
    wrong = {}
    if role == "Editor":
        wrong["signing in"] = what_is_wrong(page, "/admin/login/")
    sign_in(page, name)
    for address in addresses_of(role, stock):
        wrong[address] = what_is_wrong(page, address)
    page.goto("/admin/")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
    listed = [f"{address}: {sentence}" for address, sentences in wrong.items() for sentence in sentences]
    assert not listed, "\n".join(listed)


def test_what_comes_back_with_a_refusal_is_for_everybody_too(
    stock: Stock, window: Callable[..., Page]
) -> None:
    wrong = {}
    erin, ada = window(), window()
    sign_in(erin, "erin")
    sign_in(ada, "ada")

    erin.goto(reverse("admin:manual_amendment_change", args=[stock["draft"]]))
    erin.get_by_role("button", name="Submit for approval").click()
    expect(erin.get_by_role("heading", name="This has to be put right first")).to_be_visible()
    wrong["submitted with mistakes"] = what_is_wrong_here(erin)

    ada.goto(reverse("admin:manual_amendment_change", args=[stock["submitted"]]))
    ada.get_by_role("button", name="Return to its author with this comment").click()
    expect(ada.get_by_role("alert")).to_contain_text("Say what has to be put right")
    wrong["returned without a comment"] = what_is_wrong_here(ada)

    at_a_desk(ada)
    ada.goto(reverse("admin:manual_edition_add"))
    ada.get_by_role("radio", name="On a date, at a time").check()
    ada.get_by_role("button", name="Check and confirm").click()
    expect(ada.get_by_role("heading", name="Nothing was saved")).to_be_visible()
    wrong["scheduled for no day"] = what_is_wrong_here(ada)
    assert not any(wrong.values()), wrong
