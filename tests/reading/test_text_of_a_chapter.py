"""Numbers that can be rung, tables that a phone can show, pictures with captions, and what lies outside."""

import pytest
from lxml.html import document_fromstring, fromstring

from manual import workflow
from manual.decoration import decorate_changes, keyword_meaning
from manual.models import Contents, Glossary, Manual
from manual.templatetags.manual_words import with_telephones
from tests.documents.files import PDF, picture
from tests.manual_maker import agreed, filed, meaning

TEXT = """
Ring 01632 960001, or **call 999**. See section 101 of 2026-06-01, reference 01632 960009.

Write to duty@example.org or [ring us](tel:01632960002).

| Who | Telephone | Hours |
| --- | --- | --- |
| Kent **Police** | 101 | By day |
| Duty team | 01632 960003 | |

## Ring 01632 960004 {: #ring }

`01632 960005`

!!! note "01632 960006"
    Or 0808 800 5000.
"""


def chapter(client, slug="referral"):
    response = client.get(f"/chapters/{slug}/")
    assert response.status_code == 200
    return document_fromstring(response.content.decode())


def text_of(page):
    return page.find_class("chapter-text")[0]


def words(element) -> str:
    return " ".join(element.text_content().split())


@pytest.fixture
def amended(sample):
    def amend(text, **others):
        return workflow.publish(
            by=None, amendments=[agreed(sample.chapters["referral"], text=text)], **others
        )

    return amend


def test_a_reader_can_ring_the_numbers_and_write_to_the_addresses_of_a_text(client, amended):
    amended(TEXT)
    text = text_of(chapter(client))
    assert [link.get("href") for link in text.find_class("telephone")] == [
        "tel:01632960001",
        "tel:999",
        "tel:101",
        "tel:01632960003",
        "tel:08088005000",
    ]
    assert [link.get("href") for link in text.find_class("mail")] == ["mailto:duty@example.org"]
    assert "Ring 01632 960001, or call 999. See section 101 of 2026-06-01, reference 01632 960009." in words(
        text
    )


def test_a_link_that_an_editor_made_stays_as_it_is(client, amended):
    amended(TEXT)
    (link,) = [link for link in text_of(chapter(client)).iter("a") if words(link) == "ring us"]
    assert link.get("href") == "tel:01632960002"
    assert link.get("class") is None


def test_a_number_is_rung_from_a_passage_that_is_written_elsewhere(client, sample):
    (passage,) = chapter(client).find_class("include")
    assert [link.get("href") for link in passage.find_class("telephone")] == ["tel:101"]


def test_urgent_help_can_be_rung_from_every_page(client, sample):
    for address in ("/", "/chapters/referral/", "/keywords/", "/search/?q=plan"):
        (help_line,) = document_fromstring(client.get(address).content.decode()).find_class("urgent-help")
        assert [link.get("href") for link in help_line.iter("a")] == ["tel:999", "tel:01632960001"], address
    Manual.objects.update(contacts="")
    (help_line,) = chapter(client).find_class("urgent-help")
    assert [link.get("href") for link in help_line.iter("a")] == ["tel:999"]


def test_an_outside_link_in_urgent_help_says_that_it_is_outside(client, sample):
    contacts = agreed(
        sample.chapters["contacts"],
        text="## Urgent help {: #urgent-help }\n\n[The helpline](https://example.org/)",
    )
    workflow.publish(by=None, amendments=[contacts])
    (help_line,) = chapter(client).find_class("urgent-help")
    assert words(help_line.find(".//a")) == "The helpline (external link)"


def test_a_number_in_a_meaning_can_be_rung(client, sample):
    helpline = meaning("helpline", name="Helpline", meaning="Ring 0800 1111.")
    contents = Contents.of(workflow.publish(by=None, definitions=[helpline]).edition)
    html = keyword_meaning(Glossary.of(contents.edition).by_slug["helpline"], contents)
    assert html == '<p>Ring <a class="telephone" href="tel:08001111">0800 1111</a>.</p>'
    (entry,) = [each for each in document_fromstring(client.get("/keywords/").content.decode()).iter("div")
                if each.get("id") == "helpline"]  # fmt: skip
    assert entry.find_class("telephone")


def test_a_number_that_was_taken_out_cannot_be_rung(sample):
    html = decorate_changes(
        "<p>Ring <del>01632 960001</del><ins>01632 960002</ins>.</p>", Contents.of(sample.editions[-1])
    )
    assert 'href="tel:01632960002"' in html
    assert "960001</a>" not in html


def test_words_that_were_searched_for_are_marked_inside_a_number(client, amended):
    amended("Ring the duty team on 01632 960001.")
    page = document_fromstring(client.get("/chapters/referral/?q=01632+960001").content.decode())
    (link,) = text_of(page).find_class("telephone")
    assert words(link) == "01632 960001"
    assert link.get("href") == "tel:01632960001"


def test_plain_words_are_escaped_around_their_numbers():
    assert with_telephones('<b>"01632 960001" & a@example.org') == (
        '&lt;b&gt;&quot;<a class="telephone" href="tel:01632960001">01632 960001</a>&quot; &amp; '
        '<a class="mail" href="mailto:a@example.org">a@example.org</a>'
    )


def test_the_cells_of_a_table_say_which_column_they_stand_in(client, amended):
    amended(TEXT)
    (box,) = text_of(chapter(client)).find_class("table-of-rows")
    table = box.find("table")
    assert [each.get("role") for each in table.xpath("./thead/tr/*")] == ["columnheader"] * 3
    assert [each.get("data-column") for each in table.xpath("./tbody/tr[1]/*")] == [
        None,
        "Telephone",
        "Hours",
    ]
    assert {each.get("role") for each in table.xpath("./tbody/tr/*")} == {"cell"}


@pytest.mark.parametrize(
    "table",
    [
        "| Who | When |\n|---|---|\n| a | b |",
        "| | | |\n|---|---|---|\n| a | b | c |",
        "| Who | | When |\n|---|---|---|\n| a | b | c |",
        "| 1 | 2 | 3 | 4 | 5 | 6 | 7 |\n|---|---|---|---|---|---|---|\n| a | b | c | d | e | f | g |",
    ],
)
def test_a_narrow_wide_or_nameless_table_stays_one(client, amended, table):
    amended(table)
    page = chapter(client)
    assert text_of(page).find_class("table")
    assert not text_of(page).find_class("table-of-rows")


def test_a_row_head_can_be_a_keyword(client, amended):
    amended("| Who | What | When |\n| --- | --- | --- |\n| **LADO** | Decides | Today |")
    (head,) = text_of(chapter(client)).xpath(".//tbody//th")
    assert head.get("role") == "rowheader"
    assert head.find_class("keyword")


def test_a_figure_shows_its_caption_and_keeps_the_words_for_its_picture(client, amended):
    steps = filed("six-steps", picture(), filename="six.png", media_type="image/png", description="Steps")
    amended("![Six steps](document:six-steps)\nThe way of a referral.", documents=[steps])
    (figure,) = text_of(chapter(client)).iter("figure")
    assert words(figure.find("figcaption")) == "The way of a referral."
    assert figure.find("img").get("alt") == "Six steps"


def test_a_document_in_a_library_says_its_kind_and_size(client, amended):
    amended(
        "!!! library\n    [](document:referral-form)\n    :   For every referral.\n    :   The board, 2026",
        documents=[filed("referral-form", PDF, filename="form.pdf", media_type="application/pdf")],
    )
    (library,) = text_of(chapter(client)).find_class("library")
    (link,) = library.find("dl").find("dt").iter("a")
    (label,) = link.find_class("document-label")
    assert words(label).startswith("(PDF, ")
    what_for, facts = library.iter("dd")
    assert words(what_for).endswith("For every referral.")
    assert words(facts).endswith("The board, 2026")


def test_a_text_is_the_same_with_its_numbers_linked(sample):
    html = "<ul><li><p>Ring 01632 960001</p></li><li>a@example.org<em>b</em> 01632 960002 c</li></ul>"
    linked = fromstring(decorate_changes(html, Contents.of(sample.editions[-1])))
    assert linked.text_content() == fromstring(html).text_content()
