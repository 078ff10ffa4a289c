"""From an idea to what readers have: the work of a board in the browser, each person with a role and a browser of
their own, none of them with more rights than the role gives."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from manual import workflow
from manual.models import Edition, Manual
from tests.browser.board import PASSWORD, Approver, Editor, Reader, arrives_at_the_desk
from tests.manual_maker import LONG_AGO, agreed, grow, meaning
from tests.remembered import remembered

pytestmark = [pytest.mark.browser, pytest.mark.journey, pytest.mark.django_db(transaction=True)]

Opening = Callable[..., Page]

BRUISING = (
    "Kent and Medway Protocol for the Management of Actual or Suspected Bruising in Infants and Children who are not "
    "Independently Mobile"
)
TEXTS = {
    "referral": "Ring within three days.\n\n## When to ring {: #when }\n\nRing teh duty worker.\n\nThen write.\n",
    "assessment": "How to assess.\n\n## The plan {: #plan }\n\nWrite one.\n",
    "contacts": "## Front door {: #front-door }\n\nRing 01632 960110.\n",
}
IN_A_WEEK = date(2100, 1, 11)


@pytest.fixture
@remembered
def edition(db: None) -> Edition:
    """A small manual in force."""
    Manual(
        title="Procedures of the north", areas={"north": "North", "south": "South"}, contacts="contacts"
    ).save()
    chapters = grow("core\n    referral\n    assessment\ncontacts: chapter\n")
    return workflow.publish(
        by=None, rearrange=True, at=LONG_AGO, definitions=[meaning("lado", meaning="The designated officer.")],
        amendments=[agreed(chapter, text=TEXTS.get(slug, "")) for slug, chapter in chapters.items()],
    ).edition  # fmt: skip


# --- The whole way -------------------------------------------------------------------------------------------


@pytest.mark.long
def test_an_amendment_on_its_way_from_the_editor_to_the_reader(
    site: str, clock, signed_in: Opening, window: Opening
) -> None:
    erin, ada = Editor(signed_in("Editor", "erin")), Approver(signed_in("Approver", "ada"))
    reader = Reader(window())

    # The editor drafts, with what she has from Word.
    erin.begins_to_amend("bruising-protocol")
    erin.goes_to_the_end()
    erin.pastes("word_two_pages.html")
    erin.types("\nFirst read ")
    erin.picks("Cross reference", "strategy", "Strategy Discussion/Meetings")
    erin.types(". Tell the ")
    erin.picks("Keyword", "lado", "Local authority designated officer")
    erin.types(" too.\n")
    erin.picks("Contact", "police", "Police")
    erin.types("Bring the map of the county.")
    erin.chooses("Area", "Kent only")
    erin.waits_until_it_is_saved()

    # She previews it: there it stands as readers will have it.
    text = erin.preview.locator(".chapter-text")
    expect(text.get_by_role("heading", name="Who does what")).to_be_visible()
    expect(text.locator("ol > li").filter(has_text="Take the body map and a pen with you.")).to_be_visible()
    expect(text.get_by_role("columnheader", name="When", exact=True).last).to_be_visible()
    expect(text.get_by_role("cell", name="Decides with the police and health")).to_be_visible()
    expect(text.get_by_role("link", name="Strategy Discussion/Meetings").last).to_contain_text("2.1.4")
    expect(
        text.locator("p", has_text="First read").get_by_role("link", name="Local authority")
    ).to_be_visible()
    expect(text.locator(".include").last).to_contain_text("Police")
    expect(text.locator(".passage", has_text="Bring the map of the county.")).to_contain_text("Kent only")
    erin.says_what_changed("What visitors do is set out step by step.")
    expect(erin.preview.locator(".notice-changed")).to_contain_text(
        "What visitors do is set out step by step."
    )

    # She submits it, and the approver returns it.
    erin.submits()
    ada.reads(BRUISING)
    ada.is_told("Bring the map of the county.")
    ada.returns_it("Say which map.")

    # She mends it.
    erin.goes_to_the_desk()
    expect(erin.section_of_the_desk("Returned to me")).to_contain_text("Say which map.")
    erin.section_of_the_desk("Returned to me").get_by_role("link", name="Go on writing").click()
    erin.is_at_the_writing_page()
    erin.replaces("the map of the county", by="the body map")
    erin.submits()

    # The approver approves and schedules, having seen what readers will see.
    ada.reads(BRUISING)
    ada.is_told("Say which map.")
    ada.approves()
    ada.begins_an_edition(BRUISING, name="Winter edition", notes="What visitors do.")
    ada.sets_the_moment(IN_A_WEEK, "09:00")
    ada.checks()
    ada.is_told("takes effect on 11 January 2100 at 09:00, London time (GMT)")
    ada.is_told("Readers see it marked Updated.")
    ada.schedules()
    ada.is_told("is scheduled. It takes effect on 11 January 2100 at 09:00")

    # Nobody reads a word of it until the clock has passed.
    assert "body map and a pen" not in reader.opens("bruising-protocol").inner_text()
    assert reader.page.request.get("/editions/12/").status == 404
    clock.shift(timedelta(days=6))
    assert "body map and a pen" not in reader.opens("bruising-protocol").inner_text()
    clock.shift(timedelta(days=1, minutes=1))
    expect(reader.opens("bruising-protocol")).to_contain_text("Bring the body map.")
    expect(reader.page.locator(".notice-changed")).to_contain_text("Updated on 11 January 2100")
    expect(reader.page.locator(".notice-changed")).to_contain_text(
        "What visitors do is set out step by step."
    )
    expect(reader.flag_of(BRUISING)).to_contain_text("Updated")
    expect(reader.list_of_changes(12)).to_contain_text("What visitors do is set out step by step.")
    expect(reader.page.get_by_role("heading", level=1)).to_contain_text("Winter edition")


@pytest.mark.long
def test_an_urgent_edition_comes_before_a_scheduled_one_that_changes_the_same_chapter(
    edition: Edition, clock, signed_in: Opening, window: Opening
) -> None:
    erin, ella = Editor(signed_in("Editor", "erin")), Editor(signed_in("Editor", "ella"))
    ada, reader = Approver(signed_in("Approver", "ada")), Reader(window())

    # One change is scheduled for next week.
    erin.begins_to_amend("referral")
    erin.replaces("three days", by="two days")
    erin.says_what_changed("Two days instead of three.")
    erin.submits()
    ada.reads("Referral")
    ada.approves()
    ada.begins_an_edition("Referral", name="Winter edition")
    ada.sets_the_moment(IN_A_WEEK, "09:00")
    ada.checks()
    ada.schedules()

    # Another one cannot wait for it.
    ella.page.goto("/chapters/referral/")
    ella.follows("Amend this chapter")
    ella.page.get_by_role("radio", name="The text in force").check()
    ella.clicks("Begin a draft")
    ella.is_at_the_writing_page()
    ella.replaces("Then write.", by="Then write to the front door.")
    ella.says_what_changed("The front door is new.")
    ella.submits()
    ada.reads("Referral")
    ada.approves()
    ada.begins_an_edition("Referral", kind="Urgent")
    ada.checks()
    ada.is_told("these go back to their authors, to be brought up to date")
    ada.is_told("Nothing would be left in")
    ada.publishes()
    expect(reader.opens("referral")).to_contain_text("Ring within three days.")
    expect(reader.opens("referral")).to_contain_text("Then write to the front door.")

    # The edition of next week is taken back, and its text brought up to date.
    ada.opens_from_the_desk("Scheduled", "Edition 3: Winter edition")
    ada.follows("Take it back…")
    ada.page.get_by_label("Why is it taken back?").fill("Its text has to be brought up to date.")
    ada.clicks("Take it back")
    erin.opens_from_the_desk("Returned to me", "Referral")
    erin.is_told("The text in force has changed since this was begun")
    erin.follows("Bring it up to date")
    expect(
        erin.page.get_by_role("region", name="What changed in force since you began").last
    ).to_contain_text("front door")
    expect(erin.page.get_by_role("region", name="What your draft changes")).to_contain_text("two")
    erin.clicks("Save this as my draft")
    erin.is_at_the_writing_page()
    erin.submits()
    ada.reads("Referral")
    ada.approves()
    ada.opens_from_the_desk("Editions in preparation", "Winter edition")
    ada.gathers("Referral")
    ada.checks()
    ada.schedules()

    # Readers have the urgent words until then, and from then on both.
    clock.shift(timedelta(days=7, minutes=1))
    expect(reader.opens("referral")).to_contain_text("Ring within two days.")
    expect(reader.opens("referral")).to_contain_text("Then write to the front door.")
    expect(reader.page.locator(".notice-changed")).to_contain_text("Updated on 11 January 2100")
    expect(reader.flag_of("Referral")).to_contain_text("Updated")
    expect(reader.list_of_changes(2)).to_contain_text("The front door is new.")
    expect(reader.list_of_changes(3)).to_contain_text("Two days instead of three.")


@pytest.mark.long
def test_two_editors_change_one_chapter_and_no_word_of_either_is_lost(
    edition: Edition, clock, signed_in: Opening, window: Opening
) -> None:
    erin, ella = Editor(signed_in("Editor", "erin")), Editor(signed_in("Editor", "ella"))
    ada, reader = Approver(signed_in("Approver", "ada")), Reader(window())

    erin.begins_to_amend("assessment")
    erin.replaces("Write one.", by="Write one within a day.")
    erin.says_what_changed("A plan is written within a day.")
    erin.waits_until_it_is_saved()

    # The second one is told who writes and since when, and can read it.
    ella.page.goto("/chapters/assessment/")
    ella.is_told("Erin Sample has an open draft, begun on 4 January 2100.")
    ella.follows("Amend this chapter")
    ella.is_told("Erin Sample")
    ella.is_told("4 January 2100 at 09:0")
    ella.follows("read it")
    ella.is_told("Draft by Erin Sample")
    ella.is_told("within a day")
    ella.is_told("Only Erin Sample, who is its author, can write on it and submit it.")
    ella.page.goto("/chapters/assessment/")
    ella.follows("Amend this chapter")
    ella.clicks("Go on all the same")
    ella.is_at_the_writing_page()
    ella.replaces("How to assess.", by="How to assess, together.")
    ella.says_what_changed("Assessments are made together.")
    ella.waits_until_it_is_saved()

    # The first one is published.
    erin.submits()
    ada.reads("Assessment")
    ada.approves()
    ada.begins_an_edition("Assessment")
    ada.checks()
    ada.publishes()
    expect(reader.opens("assessment")).to_contain_text("Write one within a day.")

    # So the second one has to take it in, and sees both changes. (No two editions take effect within one minute.)
    clock.shift(timedelta(minutes=2))
    ella.goes_on_to_submit()
    ella.is_told("The text in force has changed since this was begun")
    expect(ella.page.get_by_role("button", name="Submit for approval")).to_have_count(0)
    ella.follows("Bring it up to date")
    ella.is_told("A plan is written within a day.")
    ella.clicks("Save this as my draft")
    ella.is_at_the_writing_page()
    expect(ella.text).to_have_value(
        "How to assess, together.\n\n## The plan {: #plan }\n\nWrite one within a day.\n"
    )
    ella.submits()
    ada.reads("Assessment")
    ada.approves()
    ada.begins_an_edition("Assessment")
    ada.checks()
    ada.publishes()
    expect(reader.opens("assessment")).to_contain_text("How to assess, together.")
    expect(reader.opens("assessment")).to_contain_text("Write one within a day.")


# --- The quick way -------------------------------------------------------------------------------------------

COUNTING = """addEventListener("click", (event) => {
  // What Enter does to a form counts as a click of its button, and a label's click on its field is not another one.
  if (event.isTrusted && !(event.target instanceof HTMLInputElement && event.detail === 0)) counted();
}, true);"""


class Steps:
    """How many clicks somebody makes, and how many pages they see."""

    def __init__(self, page: Page) -> None:
        self.clicks = 0
        self.pages: list[str] = []
        page.context.expose_binding("counted", lambda source: self.click())
        page.context.add_init_script(COUNTING)
        page.on("framenavigated", lambda frame: frame == page.main_frame and self.pages.append(frame.url))

    def click(self) -> None:
        self.clicks += 1


def test_a_correction_takes_two_people_a_handful_of_clicks(
    edition: Edition, clock, signed_in: Opening, window: Opening
) -> None:
    erin, ada = Editor(signed_in("Editor", "erin")), Approver(signed_in("Approver", "ada"))
    reader = Reader(window())
    expect(reader.opens("referral")).to_contain_text("Ring teh duty worker.")
    hers, his = Steps(erin.page), Steps(ada.page)

    erin.page.goto("/chapters/referral/")
    erin.follows("Amend this chapter")
    erin.clicks("Begin a draft")
    erin.is_at_the_writing_page()
    erin.page.get_by_label("Text", exact=True).click()
    erin.replaces("teh", by="the")
    erin.says_what_changed("A slip of the pen.")
    erin.page.get_by_role("radio", name="Correction").click()
    erin.submits()

    ada.reads("Referral")
    ada.is_told("A slip of the pen.")
    ada.approves()
    ada.clicks("Publish this correction now")
    ada.is_told("corrections only, takes effect when you publish it")
    ada.publishes()
    ada.is_told("is published and in force")

    expect(reader.opens("referral")).to_contain_text("Ring the duty worker.")
    expect(reader.flag_of("Referral")).not_to_contain_text("Updated")
    expect(reader.list_of_changes(2)).to_contain_text("A slip of the pen.")
    # From the chapter's page: Amend, Begin, into the text, into the note, Correction, Go on, Submit.
    assert (hers.clicks, len(hers.pages)) == (7, 5), hers.pages
    # From the desk: the text, Approve, Publish this correction now, Publish this edition now.
    assert (his.clicks, len(his.pages)) == (4, 5), his.pages


# --- With the keyboard alone ---------------------------------------------------------------------------------


def tab_to(page: Page, name: str, *, role: str = "", most: int = 150) -> None:
    """Presses Tab until this has the focus, as somebody does who has no mouse; what has it can be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if (
            focused.count()
            and page.get_by_role(role or "button", name=name, exact=True).and_(focused).count()
        ):
            outlined = focused.evaluate(
                "(e) => { const s = getComputedStyle(e); return s.outlineStyle !== 'none' || s.boxShadow !== 'none' }"
            )
            assert outlined, f"nobody sees that {name} has the focus"
            return
    raise AssertionError(f"Tab never reaches {name}")


def test_the_whole_way_with_the_keyboard_alone(
    edition: Edition, clock, window: Opening, board_member: Callable[..., object]
) -> None:
    board_member("Editor", "erin")
    board_member("Approver", "ada")
    erin, ada, reader = window(), window(), Reader(window())
    for page, name in ((erin, "erin"), (ada, "ada")):
        page.goto("/admin/")
        # The browser gives the field the focus a moment after the page has loaded.
        expect(page.get_by_label("User name")).to_be_focused()
        page.keyboard.type(name)
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        arrives_at_the_desk(page)

    # Draft, format, pick a cross reference.
    erin.goto("/chapters/referral/")
    tab_to(erin, "Amend this chapter", role="link")
    erin.keyboard.press("Enter")
    erin.wait_for_url("**/amend/")
    tab_to(erin, "Begin a draft")
    erin.keyboard.press("Enter")
    Editor(erin).is_at_the_writing_page()
    tab_to(erin, "Text", role="textbox")
    erin.keyboard.press("Control+End")
    erin.keyboard.type("\nTell your manager. See ")
    erin.keyboard.press("Shift+Tab")
    for _ in range(9):
        erin.keyboard.press("ArrowRight")
    expect(erin.get_by_role("button", name="Cross reference")).to_be_focused()
    erin.keyboard.press("Enter")
    expect(erin.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
    erin.keyboard.type("assess")
    expect(erin.get_by_role("dialog").get_by_role("option", selected=True)).to_contain_text("Assessment")
    erin.keyboard.press("Enter")
    expect(erin.get_by_role("dialog")).to_have_count(0)
    expect(erin.get_by_label("Text", exact=True)).to_be_focused()
    erin.keyboard.type(" ")
    erin.keyboard.press("Control+b")
    erin.keyboard.type("at once")
    expect(Editor(erin).preview.get_by_role("link", name="Assessment").last).to_be_visible()
    expect(Editor(erin).preview.locator("strong").filter(has_text="at once")).to_be_visible()
    tab_to(erin, "What changed and why", role="textbox")
    erin.keyboard.type("Managers are told.")

    # Save and submit.
    tab_to(erin, "Save")
    erin.keyboard.press("Enter")
    Editor(erin).waits_until_it_is_saved()
    tab_to(erin, "Go on to submit")
    erin.keyboard.press("Enter")
    erin.wait_for_url("**/change/")
    tab_to(erin, "Submit for approval")
    erin.keyboard.press("Enter")
    Editor(erin).is_told("Submitted for approval.")

    # Approve, gather and publish.
    ada.reload()
    tab_to(ada, "Referral", role="link")
    ada.keyboard.press("Enter")
    ada.wait_for_url("**/change/")
    tab_to(ada, "Approve")
    ada.keyboard.press("Enter")
    Approver(ada).is_told("Approved. It takes effect with an edition.")
    ada.goto("/admin/")
    tab_to(ada, "Begin an edition", role="link")
    ada.keyboard.press("Enter")
    ada.wait_for_url("**/add/")
    name = ada.get_by_role("checkbox", name=re.compile("Referral"))
    for _ in range(60):
        ada.keyboard.press("Tab")
        if name.and_(ada.locator(":focus")).count():
            break
    ada.keyboard.press("Space")
    expect(name).to_be_checked()
    tab_to(ada, "Check and confirm")
    ada.keyboard.press("Enter")
    expect(ada.get_by_role("heading", level=1, name="Check and publish")).to_be_visible()
    tab_to(ada, "Publish this edition now")
    ada.keyboard.press("Enter")
    Approver(ada).is_told("is published and in force")
    expect(reader.opens("referral")).to_contain_text("at once")
    expect(reader.page.get_by_role("main").get_by_role("link", name="Assessment").first).to_be_visible()


# --- Without JavaScript --------------------------------------------------------------------------------------


def test_the_whole_way_without_javascript(
    edition: Edition, clock, signed_in: Opening, window: Opening
) -> None:
    erin = Editor(signed_in("Editor", "erin", javascript=False))
    ada = Approver(signed_in("Approver", "ada", javascript=False))
    reader = Reader(window(javascript=False))

    erin.page.goto("/chapters/referral/")
    erin.follows("Amend this chapter")
    erin.clicks("Begin a draft")
    erin.page.wait_for_url("**/write/")
    text = erin.page.get_by_label("Text", exact=True)
    text.fill(text.input_value().replace("three days", "two days"))
    erin.page.get_by_label("What changed and why").fill("Two days instead of three.")
    erin.clicks("Save")
    expect(text).to_have_value(re.compile("two days"))
    erin.clicks("Save and preview")
    expect(erin.page.get_by_role("main")).to_contain_text("Ring within two days.")
    expect(erin.page.locator(".notice-changed")).to_contain_text("Two days instead of three.")
    erin.page.go_back()
    erin.clicks("Go on to submit")
    erin.clicks("Submit for approval")
    erin.is_told("Submitted for approval.")

    ada.reads("Referral")
    ada.approves()
    ada.begins_an_edition("Referral")
    ada.checks()
    ada.is_told("Two days instead of three.")
    ada.publishes()
    ada.is_told("is published and in force")
    expect(reader.opens("referral")).to_contain_text("Ring within two days.")
    expect(reader.flag_of("Referral")).to_contain_text("Updated")
