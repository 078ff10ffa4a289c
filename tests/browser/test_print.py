"""What comes out of the printer: every page says what it is, and nothing is lost."""

import io
import re
import unicodedata
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from manual.models import Contents, Edition, code_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WARNING = "A printed copy may be out of date."
PRINTED = re.compile(r"Printed \d{1,2} [A-Z][a-z]+ \d{4} at \d{2}:\d{2}\.")


def plain(words: str) -> str:
    """Words alone: lines break on paper where they do not on the screen, and letters grow together."""
    return re.sub(r"[\s\u00ad\u2010-]+", "", unicodedata.normalize("NFKC", words))


def printed(page: Page, address: str) -> list[str]:
    """The text of each sheet of paper."""
    page.goto(address)
    return [sheet.extract_text() for sheet in PdfReader(io.BytesIO(page.pdf(format="A4"))).pages]


def missing(sheets: list[str], *said: str) -> list[str]:
    """What one of the sheets does not say, each with its number."""
    return [
        f"{number}: {words}"
        for number, sheet in enumerate(sheets, start=1)
        for words in (*said, WARNING, "Sample text, not in force.", f"{number} / {len(sheets)}")
        if plain(words) not in plain(sheet)
    ] + [f"{number}: the moment" for number, sheet in enumerate(sheets, start=1) if not PRINTED.search(sheet)]


@pytest.mark.parametrize("display", ["", "large-high"])
def test_every_sheet_of_a_chapter_says_what_it_is_and_none_of_its_words_is_lost(reader, site, display):
    page = reader(display=display)
    host = site.partition("://")[2]
    sheets = printed(page, "/chapters/bruising-protocol/print/")
    assert len(sheets) > 3
    assert (
        missing(
            sheets,
            "2.2.8 Kent and Medway Protocol for the Management of Actual or Suspected Bruising",
            "Edition 11, in force since 5 October 2026.",
            "Version 1, in effect since 5 October 2026.",
            f"{host}/c/{code_of(11, 'bruising-protocol')}",
        )
        == []
    )
    page.emulate_media(media="print")
    text = page.locator(".chapter-text").inner_text()
    on_paper = plain("".join(sheets))
    assert [line for line in text.splitlines() if line.strip() and plain(line)[:40] not in on_paper] == []


def test_a_part_is_printed_chapter_by_chapter_each_from_a_sheet_of_its_own(reader, site):
    page = reader()
    sheets = printed(page, "/chapters/the-childs-journey/print/")
    contents = Contents.of(Edition.objects.get(number=11))
    lines = [
        line
        for line in contents.lines
        if line.kind == "chapter" and contents.by_slug["the-childs-journey"] in line.ancestors
    ]
    host = plain(site.partition("://")[2])
    heads = [re.findall(rf"{re.escape(host)}/c/(11[0-9a-z]{{7}})", plain(sheet)) for sheet in sheets]
    assert missing(sheets, "Edition 11, in force since 5 October 2026.") == []
    codes = {plain(code_of(11, line.slug)): line for line in contents.lines}
    began = [codes[code].slug for code in dict.fromkeys(code for [code] in heads)]
    assert began == ["the-childs-journey", *(line.slug for line in lines)]


def test_the_contents_are_printed_whole(reader, site):
    page = reader()
    sheets = printed(page, "/print/")
    assert missing(sheets, "Contents", "Edition 11, in force since 5 October 2026.", code_of(11)) == []
    on_paper = plain("".join(sheets))
    lines = Contents.of(Edition.objects.get(number=11)).lines
    assert [line.name for line in lines if plain(line.name) not in on_paper] == []


def test_an_ordinary_page_is_printed_without_what_is_there_to_be_pressed(reader):
    page = reader()
    sheets = printed(page, "/chapters/bullying/")
    whole = plain("".join(sheets))
    assert plain(WARNING) in whole and code_of(11, "bullying").replace("-", "") in whole
    assert f"1 / {len(sheets)}" in sheets[0]
    for words in (
        "Search the manual",
        "Text size",
        "Print this chapter",
        "Top of page",
        "Sign in",
        "Permanent link",
    ):
        assert plain(words) not in whole, words


@pytest.mark.parametrize("javascript", [True, False])
def test_the_page_for_paper_says_how_to_print_and_with_javascript_has_a_button_for_it(
    reader: Callable[..., Page], javascript: bool
) -> None:
    page = reader(javascript=javascript)
    page.goto("/chapters/bullying/")
    page.get_by_role("link", name="Print this chapter").click()
    button = page.get_by_role("button", name="Print this page")
    expect(page.locator(".paper-how")).to_contain_text("your browser’s Print")
    expect(page.locator(".running-qr")).to_be_visible()
    if javascript:
        page.evaluate("window.print = () => { document.title = 'printed' }")
        button.click()
        assert page.title() == "printed"
    else:
        expect(button).to_be_hidden()
    page.get_by_role("link", name="Back to the chapter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2.2.9 Bullying")


def test_somebody_with_an_old_sheet_in_hand_types_its_address_and_learns_what_changed(reader):
    page = reader(javascript=False, width=360)
    page.goto("/c/")
    page.get_by_label("The code on the paper").fill(code_of(8, "bullying").upper())
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This copy is out of date")
    page.get_by_role("link", name="Read it as it is today").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2.2.9 Bullying")


def test_the_qr_code_is_printed_large_enough_to_be_read(reader):
    page = reader()
    page.goto("/chapters/bullying/print/")
    page.emulate_media(media="print")
    box = page.locator(".running-qr svg").bounding_box()
    modules = float(page.locator(".running-qr svg").get_attribute("viewBox").split()[2])
    millimetres = box["width"] / 96 * 25.4
    assert millimetres * (modules - 8) / modules >= 20
