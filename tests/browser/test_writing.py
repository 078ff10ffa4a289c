"""The writing page in a real browser: an editor who knows no mark-up writes, and loses no word."""

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from manual import rendering, workflow
from manual.models import Amendment, Document, Edition, Manual, StoredFile
from tests.browser.board import arrives_at_the_desk
from tests.browser.rules import BY_DAY, LOOKS, broken_rules
from tests.manual_maker import LONG_AGO, agreed, grow, meaning
from tests.remembered import remembered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AREAS = {"north": "North", "south": "South"}
REFERRAL = "Ring within three days.\n\n## When to ring {: #when }\n\nAlways ring. Then write.\n"


@pytest.fixture
@remembered
def edition(db) -> Edition:
    Manual(areas=AREAS, contacts="contacts").save()
    chapters = grow("core\n    referral\n    assessment\n    strategy\ncontacts: chapter\n")
    texts = {
        "referral": REFERRAL,
        "assessment": "How to assess.\n\n## The plan {: #plan }\n\nWrite one.\n",
        "contacts": "## Front door {: #front-door }\n\nRing 01632 960110.\n\n## Urgent help {: #urgent-help }\n\n999\n",
    }
    amendments = [
        agreed(chapter, text=texts.get(slug, f"About {slug}.")) for slug, chapter in chapters.items()
    ]
    definitions = [
        meaning("lado", meaning="The designated officer."),
        meaning("section-47", name="Section 47 enquiry", meaning="An enquiry by law."),
    ]
    return workflow.publish(
        by=None, amendments=amendments, definitions=definitions, rearrange=True, at=LONG_AGO
    ).edition


@pytest.fixture
def ann(person) -> User:
    return person(
        "ann", "submit_amendment", "view_amendment", is_staff=True, first_name="Ann", last_name="Ray"
    )


@pytest.fixture
@remembered
def draft(edition, ann) -> Amendment:
    return workflow.draft(edition.entries.get(chapter__slug="referral").chapter, by=ann)


def sign_in(context: BrowserContext, site: str, user: User) -> str:
    client = Client()
    client.force_login(user)
    key = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": key, "url": site}])
    return key


@pytest.fixture
def desk(browser: Browser, live_server, ann) -> Iterator[Callable[..., BrowserContext]]:
    """Ann's browser: `desk(width=360, dark=True)`. Fails on errors of the page's own script."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_browser(
        *, width: int = 1280, dark: bool = False, javascript: bool = True, user: User = ann, axe: bool = False
    ) -> BrowserContext:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
        )
        contexts.append(context)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        if not axe:
            # axe puts styles into a page that imports style sheets, which the policy does not let it.
            context.on(
                "console",
                lambda message: "Content Security Policy" in message.text and errors.append(message.text),
            )
        sign_in(context, live_server.url, user)
        return context

    yield open_browser
    for context in contexts:
        # A page that is closed saves what it still has, when there is nothing left to save it to.
        context.set_offline(True)
        context.close()
    assert errors == []


def write(context: BrowserContext, draft: Amendment, *, javascript: bool = True) -> Page:
    page = context.new_page()
    page.goto(f"/admin/manual/amendment/{draft.pk}/write/")
    if javascript:
        page.wait_for_function("document.documentElement.classList.contains('writing-has-tabs')")
    return page


def text_of(page: Page) -> str:
    return page.locator("#id_text").input_value()


def set_text(page: Page, text: str, start: int | None = None, end: int | None = None) -> None:
    """Puts a text there and selects a stretch of it; the cursor stands behind it otherwise."""
    page.locator("#id_text").fill(text)
    start = len(text) if start is None else start
    page.locator("#id_text").evaluate("(area, at) => area.setSelectionRange(...at)", [start, end or start])


def select(page: Page, words: str) -> None:
    start = text_of(page).index(words)
    page.locator("#id_text").focus()
    page.locator("#id_text").evaluate(
        "(area, at) => area.setSelectionRange(...at)", [start, start + len(words)]
    )


def saved(page: Page) -> None:
    expect(page.locator("#writing-status")).to_contain_text("Saved at", timeout=15_000)


def has_text(page: Page, text: str) -> None:
    """Soon: what dialogs put in comes when they have closed."""
    expect(page.locator("#id_text")).to_have_value(text)


def options(page: Page, **which: object) -> Locator:
    return page.locator("#writing-picker-list").get_by_role("option", **which)


def press(page: Page, name: str) -> None:
    page.get_by_role("toolbar").get_by_role("button", name=name, exact=True).click()


def stored(draft: Amendment) -> Amendment:
    return Amendment.objects.get(pk=draft.pk)


# --- Writing ------------------------------------------------------------------------------------------------


def test_what_is_typed_is_saved_and_shown_without_a_click(desk, draft):
    page = write(desk(), draft)
    page.locator("#id_text").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("Tell the LADO at once.")
    saved(page)
    assert "Tell the LADO at once." in stored(draft).text
    preview = page.frame_locator("#writing-frame")
    expect(preview.get_by_role("main")).to_contain_text("Tell the LADO at once.")
    expect(preview.get_by_role("link", name="LADO")).to_be_visible()
    expect(page.locator("#writing-word-count")).to_have_text("16 words")

    expect(preview.get_by_label("About this draft")).to_contain_text("There is no note yet")
    expect(preview.locator(".banner-dated")).to_contain_text("no note yet")
    page.get_by_label("What changed and why").fill("Sooner.")
    expect(preview.locator(".notice-changed")).to_contain_text("Sooner.", timeout=15_000)
    expect(preview.locator(".banner-dated")).not_to_contain_text("no note yet")
    expect(preview.get_by_label("About this draft")).not_to_contain_text("There is no note yet")

    page.get_by_role("tab", name="Changes").click()
    expect(page.locator("#writing-changes ins").filter(has_text="Tell the LADO")).to_be_visible()


def test_the_preview_keeps_its_place_while_somebody_writes(desk, draft, ann):
    long = "".join(f"Paragraph {n}.\n\n" for n in range(120))
    page = write(desk(), workflow.revise(draft, by=ann, text=long))
    scroll = "document.getElementById('writing-frame').contentDocument.scrollingElement"
    page.wait_for_function(f"{scroll}?.scrollHeight > 4000")
    page.evaluate(f"{scroll}.scrollTop = 2000")
    page.locator("#id_text").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("The last word.")
    expect(page.frame_locator("#writing-frame").get_by_role("main")).to_contain_text(
        "The last word.", timeout=15_000
    )
    assert page.evaluate(f"{scroll}.scrollTop") == 2000


def test_a_problem_leads_to_its_line(desk, draft):
    page = write(desk(), draft)
    set_text(page, "Ring.\n\nWrite.\n\nSee [](chapter:nowhere).\n")
    saved(page)
    page.get_by_role("tab", name="Problems").click()
    expect(page.get_by_role("tab", name="Problems (1)")).to_be_visible()
    page.get_by_role("button", name="Line 5").click()
    expect(page.locator("#id_text")).to_be_focused()
    assert page.evaluate("getSelection().toString()") == "See [](chapter:nowhere)."
    expect(page.locator("#writing-line-number")).to_have_text("Line 5")


def test_two_links_offered_in_one_line_are_made_where_their_words_stand(desk, draft):
    page = write(desk(), draft)
    set_text(page, "`section 2`, section 20, section 2 or section 2.\n\n## One\n\nA.\n\n## Two\n\nB.\n")
    offers = page.locator("#writing-offers button[name=offer]")
    expect(offers).to_have_count(2)
    offers.evaluate_all("buttons => buttons.forEach(button => button.click())")
    line = text_of(page).splitlines()[0]
    assert line == "`section 2`, section 20, [section 2](#two) or [section 2](#two)."


def test_while_a_text_cannot_be_shown_the_last_preview_stays_and_the_reason_is_given(desk, draft):
    page = write(desk(), draft)
    set_text(page, "Ring.\n\n!!! nonsense\n    Words.\n")
    saved(page)
    expect(page.locator("#writing-unshown")).to_contain_text("Line 3")
    expect(page.frame_locator("#writing-frame").get_by_role("main")).to_contain_text(
        "Ring within three days."
    )
    set_text(page, "Ring at once.\n")
    expect(page.frame_locator("#writing-frame").get_by_role("main")).to_contain_text("Ring at once.")
    expect(page.locator("#writing-unshown")).to_be_hidden()


def test_the_page_works_as_an_ordinary_form_without_javascript(desk, draft):
    page = write(desk(javascript=False), draft, javascript=False)
    page.locator("#id_text").fill("Ring at once.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved at").first).to_be_visible()
    assert stored(draft).text == "Ring at once."
    page.get_by_role("button", name="Save and preview").click()
    expect(page.get_by_role("main")).to_contain_text("Ring at once.")


# --- Formatting ---------------------------------------------------------------------------------------------


# What is on the page, what is selected in it, the button, what is there then.
FORMATS = [
    ("Always ring.", "ring", "Bold", "Always **ring**."),
    ("Always **ring**.", "ring", "Bold", "Always ring."),
    ("Always ring.", "ring", "Italic", "Always *ring*."),
    ("Always **ring**.", "ring", "Italic", "Always ***ring***."),
    ("Always ***ring***.", "ring", "Bold", "Always *ring*."),
    ("When\nRing.", "When", "Heading", "## When\n\nRing."),
    ("## When\n\nRing.", "When", "Heading", "When\n\nRing."),
    ("## When {: #when }\n\nRing.", "When", "Subheading", "### When {: #when }\n\nRing."),
    ("## When {: #when .guidance }\n\nRing.", "When", "Normal text", "When\n\nRing."),
    ("Ring.\nWrite.", "Ring.\nWrite.", "Bullet list", "- Ring.\n- Write.\n"),
    ("- Ring.\n- Write.", "- Ring.\n- Write.", "Bullet list", "Ring.\n\nWrite.\n"),
    ("- Ring.\n- Write.", "- Ring.\n- Write.", "Numbered list", "1. Ring.\n2. Write.\n"),
    ("First.\n\nRing.\n\nLast.", "Ring.", "Note box", "First.\n\n!!! note\n    Ring.\n\nLast."),
    ("First.\n\n!!! note\n\n    Ring.\n\nLast.", "Ring.", "Note box", "First.\n\nRing.\n\nLast."),
    ("!!! note\n    Ring.\n", "Ring.", "Subheading", "!!! note\n\n    ### Ring.\n"),
    ("!!! note\n    Ring.\n", "Ring.", "Warning box", "!!! warning\n    Ring.\n"),
    (
        "First.\n\nTelephone: 1\nE-mail: 2\n\nLast.", "Telephone: 1\nE-mail: 2", "Contact box",
        'First.\n\n!!! contact "Name of the team"\n    Telephone: 1\n    E-mail: 2\n\nLast.',
    ),
    (
        'First.\n\n!!! contact "Duty team"\n    Telephone: 1\n\nLast.', "1", "Contact box",
        "First.\n\nTelephone: 1\n\nLast.",
    ),
    ("", "", "List of documents",
     "!!! library\n    [Name of the document](https://www.example.org/)\n    :   What it is for.\n"
     "    :   Publisher, date; kind\n"),
    ("## Staff {: #staff }", "Staff", "Appendix", "## Staff {: #staff .appendix }"),
]  # fmt: skip


def test_every_button_leaves_a_text_that_can_be_shown(desk, draft):
    page = write(desk(), draft)
    for before, words, button, after in FORMATS:
        set_text(page, before)
        select(page, words)
        press(page, button)
        assert text_of(page) == after, f"{button} on {words!r} in {before!r}"
        rendering.render(after, areas=AREAS)
    # One step back takes the whole of it back.
    press(page, "Undo")
    assert text_of(page) == "## Staff {: #staff }"
    press(page, "Redo")
    assert text_of(page) == "## Staff {: #staff .appendix }"


MENUS = [
    ("First.\n\nRing.\n\nLast.", "Ring.", "North only", "First.\n\n!!! north\n    Ring.\n\nLast."),
    ("First.\n\n!!! north\n    Ring.\n\nLast.", "Ring.", "North only", "First.\n\nRing.\n\nLast."),
    ("!!! north\n    Ring.\n", "Ring.", "South only", "!!! south\n    Ring.\n"),
    (
        "!!! north\n    Ring.\n\n    Write.\n", "Ring.", "Guidance",
        "!!! north\n\n    !!! guidance\n        Ring.\n\n    Write.\n",
    ),
    (
        "!!! north\n\n    !!! guidance\n        Ring.\n\n    Write.\n", "Write.", "North only",
        "!!! guidance\n    Ring.\n\nWrite.\n",
    ),
    ("Ring the hub now.", "the hub", "South only", "Ring *the hub*{: .south } now."),
    ("Ring *the hub*{: .south } now.", "the hub", "South only", "Ring the hub now."),
    ("Ring *the hub*{: .south } now.", "the hub", "North only", "Ring *the hub*{: .north } now."),
    ("Ring the **hub** now.", "the **hub**", "North only", "Ring _the **hub**_{: .north } now."),
    ("Ring the **hub** now.", "hub", "North only", "Ring the **hub**{: .north } now."),
    ("Ring the **hub**{: .north } now.", "hub", "North only", "Ring the **hub** now."),
    ("- Ring.\n- Write.", "Ring.", "North only", "- *Ring.*{: .north }\n- Write."),
    ("## When\n\nRing.", "When", "North only", "## When {: .north }\n\nRing."),
    ("## When {: #when }\n\nRing.", "When", "Guidance", "## When {: #when .guidance }\n\nRing."),
    ("## When {: .guidance }", "When", "Protocol", "## When {: .protocol }"),
    ("## When {: .guidance }", "When", "Guidance", "## When"),
    ("Ring now.\nWrite.", "now", "Guidance", "!!! guidance\n    Ring now.\n    Write.\n"),
]  # fmt: skip


def test_areas_and_statuses_are_chosen_from_menus(desk, draft):
    page = write(desk(), draft)
    for before, words, item, after in MENUS:
        set_text(page, before)
        select(page, words)
        press(page, "Area" if item.endswith("only") else "Status")
        page.get_by_role("menuitem", name=item).click()
        assert text_of(page) == after, f"{item} on {words!r} in {before!r}"
        rendering.render(after, areas=AREAS)


def test_what_the_buttons_make_is_what_the_preview_shows(desk, draft):
    page = write(desk(), draft)
    set_text(page, "")
    press(page, "Heading")
    page.keyboard.type("Where")
    page.keyboard.press("Enter")
    page.keyboard.type("In each place:")
    page.keyboard.press("Enter")
    press(page, "Bullet list")
    page.keyboard.type("at home")
    page.keyboard.press("Enter")
    page.keyboard.type("at school")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    press(page, "Note box")
    page.keyboard.type("Nobody may wait.")
    page.keyboard.press("Enter")
    page.keyboard.type("Nobody.")
    preview = page.frame_locator("#writing-frame").locator(".chapter-text")
    expect(preview.get_by_role("heading", name="1 Where")).to_be_visible(timeout=15_000)
    expect(preview.locator("li")).to_have_text(["at home", "at school"])
    expect(preview.locator(".passage.note")).to_contain_text("Nobody may wait.")
    expect(preview.locator(".passage.note p").last).to_have_text("Nobody.")
    page.get_by_role("tab", name="Problems").click()
    expect(page.locator("#writing-no-problems")).to_be_visible()


def test_the_toolbar_is_one_stop_of_the_keyboard_and_arrows_walk_in_it(desk, draft):
    page = write(desk(), draft)
    set_text(page, "Always ring.", 7, 11)
    page.locator("#id_text").focus()
    page.keyboard.press("Control+b")
    assert text_of(page) == "Always **ring**."
    page.keyboard.press("Control+i")
    assert text_of(page) == "Always ***ring***."

    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Heading", exact=True)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Subheading")).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("button", name="Redo")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+Tab")
    expect(page.locator("#id_title")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Heading", exact=True)).to_be_focused()

    for _ in range(12):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Document or picture")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="North only")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Area")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert text_of(page) == "Always ***ring***{: .south }."


def test_enter_goes_on_with_lists_rows_and_paragraphs(desk, draft):
    page = write(desk(), draft)
    for before, after in [
        ("1. Ring.", "1. Ring.\n2. "),
        ("- Ring.\n- ", "- Ring.\n"),
        ("Ring.", "Ring.\n\n"),
        ("| A | B |\n| --- | --- |\n| x | y |", "| A | B |\n| --- | --- |\n| x | y |\n|  |  |"),
        ("!!! note\n    Ring.", "!!! note\n    Ring.\n\n    "),
    ]:
        set_text(page, before)
        page.locator("#id_text").press("Enter")
        assert text_of(page) == after


# --- Pickers ------------------------------------------------------------------------------------------------


def test_a_cross_reference_is_picked_with_the_keyboard_alone(desk, draft):
    page = write(desk(), draft)
    set_text(page, "Do what the plan says.", 8, 16)
    press(page, "Cross reference")
    search = page.get_by_role("combobox")
    expect(search).to_be_focused()
    page.keyboard.type("assess")
    expect(options(page)).to_have_count(2)
    page.keyboard.press("ArrowDown")
    expect(options(page, selected=True)).to_contain_text("1 The plan")
    page.keyboard.press("Enter")
    has_text(page, "Do what [the plan](chapter:assessment#plan) says.")
    expect(page.locator("#id_text")).to_be_focused()
    preview = page.frame_locator("#writing-frame")
    expect(preview.get_by_role("link", name="the plan")).to_contain_text("1.2, section 1", timeout=15_000)


def test_escape_closes_a_picker_and_gives_the_focus_back(desk, draft):
    page = write(desk(), draft)
    before = text_of(page)
    for name in ("Web link", "Table", "Cross reference", "Keyword", "Contact", "Document or picture"):
        press(page, name)
        page.keyboard.type("x")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("toolbar").get_by_role("button", name=name, exact=True)).to_be_focused()
    has_text(page, before)


def test_a_keyword_and_a_contact_are_picked(desk, draft):
    page = write(desk(), draft)
    set_text(page, "Hold a")
    press(page, "Keyword")
    page.keyboard.type("section")
    expect(options(page)).to_have_count(1)
    page.keyboard.press("Enter")
    has_text(page, "Hold a [](keyword:section-47)")
    press(page, "Contact")
    options(page, name="Front door").click()
    shown = "Hold a [](keyword:section-47)\n\n!!! include chapter:contacts#front-door\n"
    has_text(page, f"{shown}\n")
    press(page, "Contact")
    page.get_by_label("Refer to it with a link").check()
    options(page, name="Front door").click()
    has_text(page, f"{shown}\n[](chapter:contacts#front-door)")
    preview = page.frame_locator("#writing-frame")
    expect(preview.locator(".include")).to_contain_text("01632 960110", timeout=15_000)
    expect(preview.get_by_role("link", name="Section 47 enquiry")).to_be_visible()


def test_a_picture_is_put_in_with_words_for_those_who_cannot_see_it(desk, draft, ann):
    workflow.draft_document(
        Document.objects.create(slug="body-map"), by=ann, title="Body map", description="Outline of a child.",
        filename="map.png", media_type="image/png", file=StoredFile.objects.keep(b"a picture"), width=9, height=9,
    )  # fmt: skip
    page = write(desk(), draft)
    set_text(page, "Mark it on the map.")
    press(page, "Document or picture")
    options(page, name="Body map").click()
    words = page.get_by_label("What it shows, for those who cannot see it")
    expect(words).to_have_value("Outline of a child.")
    words.fill("")
    page.get_by_role("button", name="Put in").click()
    expect(page.get_by_role("dialog")).to_contain_text("Say what it shows")
    words.fill("Outline of a child, front and back.")
    page.get_by_role("button", name="Put in").click()
    has_text(page, "Mark it on the map.\n\n![Outline of a child, front and back.](document:body-map)\n\n")


def test_nothing_is_put_in_before_something_is_chosen(desk, draft):
    page = write(desk(), draft)
    before = text_of(page)
    press(page, "Keyword")
    expect(options(page)).to_have_count(2)
    page.get_by_role("button", name="Put in").click()
    expect(page.get_by_role("dialog")).to_contain_text("Choose one from the list first.")
    page.get_by_role("combobox").fill("zebra")
    expect(page.get_by_role("dialog")).to_contain_text("Nothing found")
    page.get_by_role("button", name="Cancel").click()
    has_text(page, before)


def test_a_web_link_is_asked_for_in_words(desk, draft):
    page = write(desk(), draft)
    set_text(page, "Read the guidance first.", 5, 17)
    page.locator("#id_text").press("Control+k")
    expect(page.get_by_label("Words that readers see")).to_have_value("the guidance")
    page.get_by_role("button", name="Put in").click()
    expect(page.get_by_role("dialog")).to_contain_text("Give the address")
    page.get_by_label("Address of the page").fill("www.example.org/a (b)")
    page.keyboard.press("Enter")
    has_text(page, "Read [the guidance](https://www.example.org/a%20%28b%29) first.")


def test_a_table_is_asked_for_with_what_its_columns_hold(desk, draft):
    page = write(desk(), draft)
    set_text(page, "When to ring:")
    press(page, "Table")
    page.get_by_role("spinbutton", name="Rows").fill("2")
    page.get_by_label("Column 1").fill("Who")
    page.get_by_role("button", name="Put in").click()
    expect(page.get_by_role("dialog")).to_contain_text("Say for each column what it holds")
    page.get_by_label("Column 2").fill("When | how")
    page.keyboard.press("Enter")
    has_text(page, "When to ring:\n\n| Who | When \\| how |\n| --- | --- |\n|  |  |\n|  |  |\n")
    page.keyboard.type("Nurse")
    expect(page.frame_locator("#writing-frame").get_by_role("cell", name="Nurse")).to_be_visible(
        timeout=15_000
    )


# --- Pasting ------------------------------------------------------------------------------------------------

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><body>
<p class=MsoTitle>Missing children</p>
<h1>When a child is missing<o:p></o:p></h1>
<p class=MsoNormal>Act <b>at once</b>.<o:p></o:p></p>
<p class=MsoListParagraphCxSpFirst style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>1.
</span>Ring the police.</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>2.
</span>Tell the social worker.</p>
<table class=MsoTableGrid><tr><td><p class=MsoNormal>Who</p></td><td><p class=MsoNormal>When</p></td></tr>
<tr><td><p class=MsoNormal>Nurse</p></td><td><p class=MsoNormal>At once</p></td></tr></table>
</body></html>"""
PASTE = """(area, [html, text]) => {
  const data = new DataTransfer();
  if (html) data.setData("text/html", html);
  data.setData("text/plain", text);
  return area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def test_two_pages_from_word_become_headings_lists_and_tables(desk, draft):
    page = write(desk(), draft)
    set_text(page, "")
    page.locator("#id_text").evaluate(PASTE, [WORD, "Missing children"])
    preview = page.frame_locator("#writing-frame").locator(".chapter-text")
    expect(preview.get_by_role("heading", name="When a child is missing")).to_be_visible(timeout=15_000)
    expect(preview.locator("ol > li")).to_have_text(["Ring the police.", "Tell the social worker."])
    expect(preview.locator("table")).to_contain_text("Nurse")
    expect(preview.locator("strong").filter(has_text="at once")).to_be_visible()
    assert "mso" not in text_of(page).lower() and "<" not in text_of(page)
    # What was pasted can be taken back.
    press(page, "Undo")
    has_text(page, "")


def test_pasting_without_a_connection_keeps_the_words(desk, draft):
    context = desk()
    page = write(context, draft)
    set_text(page, "")
    context.set_offline(True)
    page.locator("#id_text").evaluate(PASTE, [WORD, "Missing children\nAct at once."])
    expect(page.locator("#writing-told")).to_contain_text("Pasted as plain words", ignore_case=True)
    assert text_of(page).strip() == "Missing children\nAct at once."
    context.set_offline(False)
    saved(page)


def test_plain_words_are_left_to_the_browser(desk, draft):
    page = write(desk(), draft)
    set_text(page, "")
    untouched = page.locator("#id_text").evaluate(PASTE, ["", "Only words"])
    assert untouched, "the browser pastes them itself"
    assert page.locator("#id_text").evaluate(PASTE, ["<span>Only</span> words", "Only words"])
    page.locator("#id_text").dispatch_event("keydown", {"key": "V", "ctrlKey": True, "shiftKey": True})
    assert page.locator("#id_text").evaluate(PASTE, [WORD, "Missing children"]), "asked for as plain words"


# --- No word is lost ----------------------------------------------------------------------------------------


def test_a_lost_connection_loses_no_word(desk, draft):
    context = desk()
    page = write(context, draft)
    context.set_offline(True)
    set_text(page, "Written on a train.")
    expect(page.locator("#writing-status")).to_contain_text("Not saved: no connection", timeout=15_000)
    expect(page.locator("#writing-status")).to_contain_text("kept in this browser")
    assert stored(draft).text != "Written on a train."
    context.set_offline(False)
    saved(page)
    assert stored(draft).text == "Written on a train."
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('writing:'))") == []


def test_words_that_were_never_saved_are_offered_when_the_page_is_opened_again(desk, draft):
    context = desk()
    page = write(context, draft)
    context.set_offline(True)
    set_text(page, "Written on a train.")
    expect(page.locator("#writing-status")).to_contain_text("Not saved", timeout=15_000)
    page.close(run_before_unload=False)
    context.set_offline(False)
    page = write(context, draft)
    assert text_of(page).strip() == REFERRAL.strip()
    panel = page.get_by_role("region", name="There are words in this browser that were not saved")
    expect(panel).to_contain_text("Written on a train.")
    panel.get_by_role("button", name="Put them back").click()
    assert text_of(page) == "Written on a train."
    saved(page)
    assert stored(draft).text == "Written on a train."
    page = write(context, draft)
    expect(page.locator("#writing-kept")).to_be_hidden()


def test_whoever_leaves_with_unsaved_words_is_asked(desk, draft):
    context = desk()
    page = write(context, draft)
    context.set_offline(True)
    page.locator("#id_text").click()
    page.keyboard.type("Unsaved. ")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.close(run_before_unload=True)
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]


def test_an_expired_sign_in_loses_no_word(desk, draft, ann, live_server):
    context = desk()
    page = write(context, draft)
    Session.objects.all().delete()
    set_text(page, "Written for hours.")
    status = page.locator("#writing-status")
    expect(status).to_contain_text("You have been signed out", timeout=15_000)
    link = status.get_by_role("link", name="Sign in in another tab")
    assert link.get_attribute("target") == "_blank"
    ann.set_password("a-long-enough-word")
    ann.save()
    with context.expect_page() as opened:
        link.click()
    other = opened.value
    other.locator("#id_username").fill("ann")
    other.locator("#id_password").fill("a-long-enough-word")
    other.locator("#id_password").press("Enter")
    arrives_at_the_desk(other)
    # Signing in gives another token; the page finds it by itself.
    page.bring_to_front()
    saved(page)
    assert stored(draft).text == "Written for hours."


def test_two_windows_never_overwrite_each_other_in_silence(desk, draft):
    context = desk()
    one, two = write(context, draft), write(context, draft)
    set_text(one, "Ring **at once**.")
    saved(one)
    set_text(two, "Ring tomorrow.")
    panel = two.get_by_role("region", name="This draft was saved in another window")
    expect(panel).to_be_visible(timeout=15_000)
    expect(panel).to_contain_text("You saved it in another window")
    expect(two.get_by_role("heading", name="Which words do you want to keep?")).to_be_focused()
    assert stored(draft).text == "Ring **at once**."
    # Nothing is saved until that is decided.
    two.locator("#id_text").focus()
    two.keyboard.press("End")
    two.keyboard.type(" Or later.")
    two.wait_for_timeout(2500)
    assert stored(draft).text == "Ring **at once**."
    two.get_by_role("button", name="Save", exact=True).click()
    expect(two.get_by_role("heading", name="Which words do you want to keep?")).to_be_focused()
    panel.get_by_role("button", name="Keep the words of this window").click()
    saved(two)
    assert stored(draft).text == "Ring tomorrow. Or later."

    set_text(one, "Ring tonight.")
    panel = one.get_by_role("region", name="This draft was saved in another window")
    panel.get_by_role("link", name="Take the words of the other window").click()
    one.wait_for_url("**/write/")
    expect(one.locator("#id_text")).to_have_value("Ring tomorrow. Or later.")
    expect(one.locator("#writing-kept")).to_contain_text("Ring tonight.")
    one.get_by_role("button", name="Throw them away").click()
    assert one.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('writing:'))") == []
    assert stored(draft).text == "Ring tomorrow. Or later."


def test_go_on_to_submit_takes_the_last_word_along(desk, draft):
    page = write(desk(), draft)
    set_text(page, "The very last word.")
    page.get_by_role("button", name="Go on to submit").click()
    page.wait_for_url(f"**/admin/manual/amendment/{draft.pk}/change/")
    assert stored(draft).text == "The very last word."


def test_a_word_that_does_not_fit_is_shown_at_its_field_and_the_rest_is_saved(desk, draft):
    page = write(desk(), draft)
    page.locator("#id_title").fill("x" * 301)
    page.locator("#id_title").evaluate("(area) => area.removeAttribute('maxlength')")
    page.locator("#id_title").fill("x" * 301)
    set_text(page, "Ring at once.")
    page.get_by_role("button", name="Go on to submit").click()
    expect(page.locator("[data-errors=title]")).to_contain_text("at most 300 characters")
    expect(page.locator("#id_title")).to_be_focused()
    assert stored(draft).text == "Ring at once."
    assert page.url.endswith("/write/")


# --- For everybody ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dark", [False, True])
def test_every_state_of_the_page_is_accessible(desk, draft, ann, dark):
    workflow.revise(draft, by=ann, text=REFERRAL + "\n[](chapter:nowhere)\n\n!!! note\n    A table:\n")
    context = desk(dark=dark, axe=True)
    page = write(context, draft)
    found = []

    def check(where: str) -> None:
        for violation in broken_rules(page, LOOKS if dark else BY_DAY):
            targets = [node["target"] for node in violation["nodes"]][:3]
            found.append(f"{where}: {violation['id']}: {violation['help']} {targets}")

    check("preview")
    for tab in ("Changes", "Problems"):
        page.get_by_role("tab", name=tab).click()
        if tab == "Changes":
            expect(page.locator("#writing-tracked")).to_be_visible()
        check(tab)
    for name in ("Web link", "Table", "Contact"):
        press(page, name)
        if name == "Contact":
            page.get_by_role("combobox").fill("front")
            expect(options(page, selected=True)).to_be_visible()
        check(name)
        page.keyboard.press("Escape")
    other = write(context, draft)
    set_text(other, "Ring at once.")
    saved(other)
    set_text(page, "Ring tomorrow.")
    expect(page.locator("#writing-overtaken-title")).to_be_visible(timeout=15_000)
    check("overtaken")
    page.goto(f"/admin/manual/amendment/{draft.pk}/changes/")
    check("changes")
    page.goto(f"/admin/manual/amendment/{draft.pk}/preview/")
    check("the preview by itself")
    assert not found, "\n".join(found)


def test_on_a_phone_the_panes_are_tabs_and_nothing_scrolls_sideways(desk, draft):
    page = write(desk(width=360), draft)
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(wide)
    expect(page.locator("#writing-frame")).to_be_hidden()
    set_text(page, "Ring at once.")
    page.get_by_role("button", name="Save and preview").click()
    expect(page.get_by_role("tab", name="Preview")).to_be_focused()
    expect(page.frame_locator("#writing-frame").get_by_role("main")).to_contain_text("Ring at once.")
    expect(page.locator("#id_text")).to_be_hidden()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="Write")).to_be_focused()
    expect(page.locator("#id_text")).to_be_visible()
    for tab in ("Preview", "Changes", "Problems", "Write"):
        page.get_by_role("tab", name=tab).click()
        assert not page.evaluate(wide)


def test_whoever_may_only_read_sees_the_draft_and_cannot_write(desk, draft, person):
    bea = person("bea", "view_amendment", is_staff=True)
    page = write(desk(user=bea), draft)
    expect(page.get_by_text("This is the draft of Ann Ray")).to_be_visible()
    expect(page.frame_locator("#writing-frame").get_by_role("main")).to_contain_text(
        "Ring within three days."
    )
    assert page.locator("textarea, input[type=text]").count() == 0
    page.get_by_role("tab", name="Changes").click()
    expect(page.locator("#writing-changes")).to_contain_text("The text is the same as before.")


def test_a_chapter_of_twenty_three_thousand_words_can_be_written_on(desk, draft, ann):
    text = "\n\n".join(f"Paragraph {n} of it. " + "Ring the duty worker at once. " * 12 for n in range(300))
    page = write(desk(), workflow.revise(draft, by=ann, text=text))
    page.locator("#id_text").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("Typed.")
    expect(page.locator("#writing-status")).to_contain_text("Saved at", timeout=30_000)
    assert stored(draft).text.endswith("Typed.")
