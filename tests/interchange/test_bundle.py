"""A case review is handed the manual as it stood: whole, readable from disk, and so that nobody can doubt it later."""

import hashlib
import io
import re
import subprocess
import uuid
import zipfile
from datetime import UTC, datetime
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml.html import document_fromstring, fragment_fromstring

from manual import workflow
from manual.interchange import bundle
from manual.interchange.bundle import LONGEST_NAME, Names, _stem_and_extension, stylesheet
from manual.models import Chapter, Contents, Edition, Glossary, Held, Kind, Library, Manual
from manual.views import bundles
from tests.documents.files import picture
from tests.manual_maker import DAY, FAR_AHEAD, LONG_AGO, agreed, filed, grow, meaning

FIRST = datetime(2026, 3, 2, tzinfo=UTC)
SECOND = datetime(2026, 5, 11, 8, 30, tzinfo=UTC)
THIRD = datetime(2026, 5, 11, 15, tzinfo=UTC)
FOURTH = datetime(2026, 10, 5, tzinfo=UTC)
HOSTILE = '"><script>alert(1)</script> & Co'
# As Windows refuses them.
DEVICES = {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))}

REFERRAL = """
Anyone may refer; see [](chapter:assessment#plan), [](chapter:con), [](chapter:old-ways), [](chapter:lost) and
[](chapter:leaflet). A LADO decides.[^1] Write to <https://www.example.org/form?a=1&b=2>.

[^1]: In writing.

## Who refers {: #who }

Fill in [](document:form), and look at ![the way](document:way). See [above](#who).

!!! include chapter:contacts#police

!!! kent
    Ring the front door.
"""
CONTACTS = """
## Urgent help {: #urgent-help }

999

## Police {: #police }

Ring 101, or [](chapter:referral#who).
"""
TANGLED = """
See [](chapter:chapter-0#s).

!!! include chapter:chapter-{n}#s

## S {{: #s }}

![p](document:d-{n})
"""


@pytest.fixture
def reviewed(db: None) -> dict[str, Chapter]:
    """Edition 1 holds all; 2 and 3 take effect on one day, and 2 withdraws; 4 rearranges, and changes much."""
    Manual(
        title="Northfield & Southfield procedures",
        board="Northfield board",
        areas={"kent": "Kent"},
        contacts="contacts",
        quick_guide="quick-guide",
    ).save()
    chapters = grow(
        """
        quick-guide: chapter, unnumbered
        core
            journey: group
                referral
                assessment
                    leaflet: link, unnumbered
            con
            nul
            old-ways
            lost
            contacts
            amendments
        """
    )
    texts = {
        "quick-guide": {"text": "!!! changes newest\n"},
        "referral": {"text": REFERRAL},
        "assessment": {
            "text": "Words.\n\n## The plan {: #plan }\n\nPlan it.",
            "title": HOSTILE,
            "areas": ["kent"],
        },
        "leaflet": {"text": "A leaflet.", "link": "https://www.example.org/leaflet", "label": "See also"},
        "contacts": {"text": CONTACTS},
        "amendments": {"text": "!!! changes all\n"},
    }
    everything = [agreed(chapter, **texts.get(slug, {})) for slug, chapter in chapters.items()]
    keywords = [
        meaning("lado", name=f"LADO {HOSTILE}", also=["LADO"], meaning="See [](chapter:referral#who)."),
        meaning("core-group", name="Core group", meaning="Carries it out.", see_also=["lado"]),
    ]
    documents = [
        filed("form", b"Fill this in.", filename="Referral form (2026) – über.txt", title=HOSTILE),
        filed("way", picture(), filename="way.png", media_type="image/png", description="The way."),
        filed("way-again", picture(), filename="way.png", media_type="image/png", description="The same."),
    ]
    workflow.publish(
        by=None,
        amendments=everything,
        definitions=keywords,
        documents=documents,
        rearrange=True,
        at=FIRST,
        name="First",
    )
    gone = [
        agreed(
            chapters["lost"], significance="withdrawn", successor=chapters["referral"], note="In another."
        ),
        agreed(chapters["old-ways"], significance="withdrawn", note="No longer done."),
    ]
    workflow.publish(by=None, kind="urgent", amendments=gone[:1], at=SECOND)
    workflow.publish(by=None, kind="urgent", amendments=gone[1:], at=THIRD, agreed_by="The board")
    changed = [
        agreed(chapters["referral"], text=REFERRAL.replace("Anyone", "Anybody at all"), note="Plainer."),
        agreed(chapters["contacts"], text=CONTACTS.replace("101", "102"), significance="correction"),
    ]
    workflow.publish(
        by=None,
        amendments=changed,
        documents=[filed("form", b"Fill this in, too.", filename="form.txt")],
        definitions=[meaning("core-group", name="Core group", meaning="Carries all of it out.")],
        rearrange=True,
        at=FOURTH,
        law_stated_as_at=FOURTH.date(),
    )
    return chapters


def unzipped(client, address: str) -> dict[str, bytes]:
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()
    assert response["Content-Type"] == "application/zip"
    content = b"".join(response.streaming_content)
    assert len(content) == int(response["Content-Length"])
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        assert opened.testzip() is None
        return {info.filename: opened.read(info) for info in opened.infolist()}


def parsed(content: bytes):
    return document_fromstring(content.decode())


def words(element) -> str:
    return " ".join(element.text_content().split())


def cover_of(files: dict[str, bytes]) -> str:
    return words(parsed(files["index.html"]).find(".//main"))


def follow_every_link(files: dict[str, bytes]) -> set[str]:
    """Looks up every address of every page; returns those that lead outside."""
    pages = {name: parsed(content) for name, content in files.items() if name.endswith(".html")}
    ids = {name: page.xpath("//@id") for name, page in pages.items()}
    outside = set()
    for name, page in pages.items():
        assert len(ids[name]) == len(set(ids[name])), f"{name} has an id twice"
        for element in page.xpath("//*[@href or @src]"):
            address = element.get("href") or element.get("src")
            parts = urlsplit(address)
            if parts.scheme:
                assert parts.scheme in ("http", "https", "mailto", "tel"), address
                outside.add(address)
                continue
            assert not parts.netloc and not parts.query and not address.startswith("/"), address
            target = name
            if parts.path:
                target = re.sub(r"[^/]+/\.\./", "", str(PurePosixPath(name).parent / unquote(parts.path)))
            assert target in files, f"{name} leads to {address}"
            if parts.fragment:
                assert parts.fragment in ids[target], f"{name} leads to {address}"
    return outside


ADDRESSES = [
    "/editions/1/bundle.zip",
    "/editions/3/bundle.zip?on=2026-05-11",
    "/editions/4/bundle.zip",
    "/changes/bundle.zip?since=2026-03-02",
    "/changes/bundle.zip?since=2026-05-11",
]


# --- Whole, and readable from disk -------------------------------------------------------------------------


def test_every_sum_is_right_and_every_link_leads_somewhere(client, reviewed, tmp_path):
    for n, address in enumerate(ADDRESSES):
        files = unzipped(client, address)
        lines = files["SHA256SUMS.txt"].decode().splitlines()
        sums = {path: digest for digest, path in (line.split("  ") for line in lines)}
        assert [line.split("  ")[1] for line in lines] == sorted(sums)
        assert sums.keys() == files.keys() - {"SHA256SUMS.txt"}
        assert sums == {path: hashlib.sha256(files[path]).hexdigest() for path in sums}
        folder = tmp_path / str(n)
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        subprocess.run(["sha256sum", "--strict", "--quiet", "-c", "SHA256SUMS.txt"], cwd=folder, check=True)

        outside = follow_every_link(files)
        assert "https://www.example.org/form?a=1&b=2" in outside
        assert not any(b"testserver" in content for path, content in files.items() if path != "index.html")
        for path, content in files.items():
            if path.endswith(".html"):
                page = parsed(content)
                assert not page.xpath("//script | //*[@style] | //style | //form | //*[@onerror]"), path
                assert len(page.findall(".//h1")) == 1, path
                assert page.find(".//link[@rel='stylesheet']") is not None


def test_the_cover_lists_every_file_with_its_size_and_sum(client, reviewed):
    files = unzipped(client, "/editions/4/bundle.zip")
    rows = [[words(cell) for cell in row] for row in parsed(files["index.html"]).xpath("//table//tr[td/a]")]
    assert rows == [
        [path, str(len(files[path])), hashlib.sha256(files[path]).hexdigest()]
        for path in sorted(files.keys() - {"index.html", "SHA256SUMS.txt"})
    ]


def test_the_text_of_every_chapter_is_that_of_its_dated_page(client, reviewed):
    for edition in (1, 3, 4):
        files = unzipped(client, f"/editions/{edition}/bundle.zip")
        slugs = [slug for slug in reviewed if f"manual/chapter-{slug}.html" in files]
        assert len(slugs) == (8 if edition == 4 else 10)
        for slug in slugs:
            dated = client.get(f"/editions/{edition}/chapters/{slug}/")
            site = fragment_fromstring(dated.context["text"], "div")
            # The site offers the citation of each section, and marks what the edition changed; a copy is plain.
            marks = "//*[@class='cite-link'] | //*[contains(@class, 'passage-gone')]"
            for mark in site.xpath(
                f"{marks} | //*[contains(@class, 'passage-changed')]//*[@class='visually-hidden']"
            ):
                mark.drop_tree()
            [text] = parsed(files[f"manual/chapter-{slug}.html"]).find_class("chapter-text")
            for under in text.find_class("chapter-under"):
                under.drop_tree()
            assert words(text) == words(site), slug


def test_every_chapter_keyword_and_document_of_the_edition_is_there(client, reviewed):
    one, four = (unzipped(client, f"/editions/{n}/bundle.zip") for n in (1, 4))
    pages = {f"manual/chapter-{slug}.html" for slug in reviewed if slug not in ("core", "journey")}
    assert pages <= one.keys()
    gone = {"manual/chapter-old-ways.html", "manual/chapter-lost.html"}
    assert pages - four.keys() == gone
    assert one["manual/documents/form-Referral-form-2026-uber.txt"] == b"Fill this in."
    assert four["manual/documents/form-form.txt"] == b"Fill this in, too."
    assert one["manual/documents/way-way.png"] == one["manual/documents/way-again-way.png"] == picture()
    assert "Carries it out." in words(parsed(one["manual/keywords.html"]))
    assert "Carries all of it out." in words(parsed(four["manual/keywords.html"]))


def test_a_passage_of_another_chapter_is_that_of_the_edition(client, reviewed):
    one, four = (
        parsed(unzipped(client, f"/editions/{n}/bundle.zip")["manual/chapter-referral.html"]) for n in (1, 4)
    )
    assert "Ring 101" in words(one.find_class("include")[0])
    assert "Ring 102" in words(four.find_class("include")[0])
    assert four.find_class("include-source")[0].find("a").get("href") == "chapter-contacts.html#police"


def test_what_titles_hold_is_text_and_no_markup(client, reviewed):
    files = unzipped(client, "/changes/bundle.zip?since=2026-03-02")
    for path, content in files.items():
        if path.endswith(".html"):
            assert b"<script" not in content, path
    assert HOSTILE in words(parsed(files["manual/chapter-assessment.html"]).find(".//h1"))


# --- What it says of itself --------------------------------------------------------------------------------


def test_the_cover_says_what_the_copy_is_and_what_applied_earlier_that_day(client, reviewed):
    with time_machine.travel(datetime(2026, 11, 3, 10, 15, tzinfo=UTC), tick=False):
        files = unzipped(client, "/editions/3/bundle.zip?on=2026-05-11")
    page, cover = parsed(files["index.html"]), cover_of(files)
    assert "Northfield & Southfield procedures Northfield board. As it stood on 11 May 2026." in cover
    earlier = "Earlier that day edition 1 applied until 09:30, then edition 2 applied until 16:00."
    assert earlier in cover
    terms, facts = (page.xpath(f"//dl[@class='copy-facts']//{tag}") for tag in ("dt", "dd"))
    assert {words(term): words(fact) for term, fact in zip(terms, facts, strict=True)} == {
        "Manual": "Northfield & Southfield procedures",
        "Board": "Northfield board",
        "Edition": "3",
        "Kind": "Urgent",
        "As it stood on": "11 May 2026",
        "In effect from": "11 May 2026, 16:00",
        "In effect until": "5 October 2026, 01:00, when edition 4 took effect",
        "Law stated as at": "not stated",
        "Agreed by": "The board",
        "It holds": "10 pages of chapters and links, 2 keywords, 3 documents",
        "Copy made": "3 November 2026, 10:15:00 (London time)",
        "From": "http://testserver/editions/3/contents/ (external link)",
    }
    assert "a copy for the record, not to be worked from" in cover
    assert "sha256sum -c SHA256SUMS.txt" in cover


def test_of_an_edition_that_gave_way_during_the_day_the_copy_says_until_when_it_applied(client, reviewed):
    files = unzipped(client, "/editions/2/bundle.zip?on=2026-05-11")
    assert "as it stood on 11 May 2026 until 16:00" in words(
        parsed(files["index.html"]).find_class("copy-line")[0]
    )
    cover = cover_of(files)
    assert "As it stood on 11 May 2026 until 16:00." in cover
    assert "Earlier that day edition 1 applied until 09:30. What it said is not in this copy." in cover
    assert "Later that day another edition applied; when it ended, edition 3 was in force." in cover
    since = cover_of(unzipped(client, "/changes/bundle.zip?since=2026-05-11"))
    assert "earlier that day edition 1 applied until 09:30, then edition 2 applied until 16:00." in since


def test_the_cover_lists_withdrawn_chapters_and_where_those_went_that_are_left_out(client, reviewed):
    three = unzipped(client, "/editions/3/bundle.zip")
    cover = cover_of(three)
    assert (
        "1.5 Lost Withdrawn on 11 May 2026, by edition 2. In another. In its place stood 1.1.1 Referral."
        in cover
    )
    assert (
        "1.4 Old ways Withdrawn on 11 May 2026, by edition 3. No longer done. It names no successor." in cover
    )
    assert "had left the contents" not in cover
    assert "Withdrawn on 11 May 2026." in words(parsed(three["manual/chapter-lost.html"]))
    four = unzipped(client, "/editions/4/bundle.zip")
    assert "had left the contents They had been withdrawn, and are not in this copy." in cover_of(four)
    link = parsed(four["manual/chapter-referral.html"]).xpath("//a[@href='../index.html#gone-lost']")
    assert [words(each) for each in link] == ["Lost"]


def test_every_page_says_which_edition_and_day_it_is_of_and_when_it_was_copied(client, reviewed):
    with time_machine.travel(datetime(2026, 11, 3, 10, 15, tzinfo=UTC)):
        files = unzipped(client, "/editions/3/bundle.zip?on=2026-05-12")
    for path, content in files.items():
        if path.endswith(".html"):
            line = words(parsed(content).find_class("copy-line")[0])
            assert line == (
                "Northfield & Southfield procedures Edition 3, as it stood on 12 May 2026 "
                "Copy made on 3 November 2026, for the record: not to be worked from"
            )
            assert not parsed(content).find_class("banner-sample")


def test_every_page_of_a_sample_manual_says_that_it_is_a_sample(client, reviewed):
    Manual.objects.update(sample=True)
    for path, content in unzipped(client, "/changes/bundle.zip?since=2026-03-02").items():
        if path.endswith(".html"):
            assert "Sample text, not in force." in words(parsed(content).find_class("banner-sample")[0]), path


def test_two_copies_differ_by_the_moment_of_making_alone(client, reviewed):
    def copy(hour: int) -> bytes:
        with time_machine.travel(datetime(2026, 11, 3, hour, tzinfo=UTC), tick=False):
            return b"".join(client.get("/editions/3/bundle.zip").streaming_content)

    ten, again, eleven = copy(10), copy(10), copy(11)
    assert ten == again
    one, other = (zipfile.ZipFile(io.BytesIO(content)) for content in (ten, eleven))
    assert one.namelist() == other.namelist()
    differing = {name for name in one.namelist() if one.read(name) != other.read(name)}
    assert differing == {"index.html", "SHA256SUMS.txt"}
    assert {info.date_time for info in one.infolist()} == {(2026, 5, 11, 16, 0, 0)}


# --- What changed since a day ------------------------------------------------------------------------------


def test_the_copy_of_changes_lists_and_compares_what_changed(client, reviewed):
    files = unzipped(client, "/changes/bundle.zip?since=2026-03-15")
    assert {name for name in files if "compare-" in name} == {
        "manual/compare-referral.html",
        "manual/compare-contacts.html",
    }
    compared = parsed(files["manual/compare-referral.html"])
    assert [words(each) for each in compared.xpath("//ins[not(ancestor::p[@class='changes-key'])]")]
    assert "Anybody at all" in words(compared.find_class("chapter-text")[0])
    listed = words(parsed(files["manual/changes-since.html"]).find(".//main"))
    assert "What changed since 15 March 2026 From edition 1, which was in force when that day ended" in listed
    assert "Plainer." in listed and "In another." in listed and "Core group" in listed
    cover = cover_of(files)
    assert "are not in this copy; they are in that of edition 1:" in cover
    assert "http://testserver/editions/1/bundle.zip?on=2026-03-15" in cover


def test_where_nothing_changed_the_copy_says_so(client, reviewed):
    files = unzipped(client, "/changes/bundle.zip?since=2026-10-06")
    assert "Nothing changed." in words(parsed(files["manual/changes-since.html"]).find(".//main"))
    assert not any("compare-" in name for name in files)


# --- Who may have which ------------------------------------------------------------------------------------


REFUSED = {
    "/editions/9/bundle.zip": "There is no edition 9",
    "/editions/4/bundle.zip?on=2026-05-11": "not in force on 11 May 2026: when that day ended, it was edition 3",
    "/editions/1/bundle.zip?on=2026-03-01": "Edition 1 was not in force on 1 March 2026, nor was any other",
    "/editions/1/bundle.zip?on=2026-02-30": "“2026-02-30” is not a day",
    "/editions/1/bundle.zip?on=yesterday": "“yesterday” is not a day",
    "/editions/4/bundle.zip?on=2999-01-01": "1 January 2999 is still to come",
    "/changes/bundle.zip": "No day is asked for",
    "/changes/bundle.zip?since=2026-13-01": "“2026-13-01” is not a day",
    "/changes/bundle.zip?since=2999-01-01": "1 January 2999 is still to come",
    "/changes/bundle.zip?since=2026-03-01": "the first took effect on 2 March 2026",
}


def test_what_cannot_be_had_is_refused_with_the_reason(client, reviewed):
    for address, reason in REFUSED.items():
        response = client.get(address)
        assert response.status_code == 404, address
        assert reason in words(parsed(response.content))


def test_before_the_first_edition_there_is_nothing_to_hand_over(client, db):
    assert client.get("/editions/1/bundle.zip").status_code == 404
    assert client.get("/changes/bundle.zip?since=2026-03-02").status_code == 404


def test_editors_alone_may_have_a_scheduled_edition(client, reviewed, editor):
    later = [agreed(reviewed["assessment"], text="Later.")]
    workflow.publish(by=None, amendments=later, effective_at=FAR_AHEAD)
    assert client.get("/editions/5/bundle.zip").status_code == 404
    client.force_login(editor)
    response = client.get("/editions/5/bundle.zip")
    assert "private" in response["Cache-Control"] and "public" not in response["Cache-Control"]
    files = unzipped(client, "/editions/5/bundle.zip")
    assert "not in force" in words(parsed(files["manual/contents.html"]).find_class("copy-line")[0])
    assert "It is not in force." in cover_of(files)


def test_an_edition_that_is_put_together_anew_meanwhile_is_not_handed_over(
    client, reviewed, editor, monkeypatch
):
    later = [agreed(reviewed["assessment"], text="Later.")]
    edition = workflow.publish(by=None, amendments=later, effective_at=FAR_AHEAD).edition
    write = bundle._Bundle._write

    def write_while_another_publishes(self, written):
        write(self, written)
        Edition.objects.filter(pk=edition.pk).update(stamp=uuid.uuid4())

    monkeypatch.setattr(bundle._Bundle, "_write", write_while_another_publishes)
    client.force_login(editor)
    response = client.get("/editions/5/bundle.zip")
    assert response.status_code == 503
    assert "put together anew meanwhile" in words(parsed(response.content))


def test_the_headers_say_what_it_is_called_and_keep_search_engines_out(client, reviewed):
    named = {
        "/editions/3/bundle.zip": "northfield-southfield-procedures-edition-3-2026-05-11.zip",
        "/editions/3/bundle.zip?on=2026-06-08": "northfield-southfield-procedures-edition-3-2026-06-08.zip",
        "/changes/bundle.zip?since=2026-05-11": (
            "northfield-southfield-procedures-changes-since-2026-05-11-to-edition-4.zip"
        ),
    }
    for address, filename in named.items():
        Contents.forget()
        with CaptureQueriesContext(connection) as captured:
            head = client.head(address)
        # What says that the edition is there, and no more.
        assert len(captured) <= 6
        assert head.status_code == 200 and head.content == b""
        response = client.get(address, headers={"Accept-Encoding": "gzip"})
        for name in ("Content-Type", "Content-Disposition", "Cache-Control", "X-Robots-Tag"):
            assert head[name] == response[name]
        assert response["Content-Disposition"] == f'attachment; filename="{filename}"'
        assert response["Cache-Control"] == "public, max-age=300"
        assert response["X-Robots-Tag"] == "noindex"
        assert response["Content-Encoding"] == "identity"
        b"".join(response.streaming_content)


def test_while_one_copy_is_made_whoever_asks_for_another_is_told_to_wait(client, reviewed):
    with bundles._making:
        response = client.get("/editions/1/bundle.zip")
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert client.get("/editions/1/bundle.zip").status_code == 200


def test_the_page_of_an_edition_leads_to_its_copy(client, reviewed):
    page = parsed(client.get("/editions/3/").content)
    [link] = page.xpath("//a[@href='/editions/3/bundle.zip']")
    assert words(link).startswith("Hand over as a bundle")


# --- Names, and size ---------------------------------------------------------------------------------------


def test_names_of_files_are_such_that_every_system_can_hold_them():
    long = "x" * 100
    names = Names()
    taken = [
        names.take(f"chapter-{slug}", ".html", of=slug)
        for slug in ("con", "nul", "Referral", "referral", "REFERRAL", "a_b-c", long, long + "y", "x" * 200)
    ]
    odd = (
        "aux.txt", ".", "..", "", "…", "a/b\\c:d*e?f\"g<h>i|j.docx", "  spaced . txt ", "über Maß.pdf", "文.pdf",
        "trailing.", "no-extension", "x" * 300 + ".pdf", "line\nbreak.txt",
    )  # fmt: skip
    for slug in ("con", "form", "FORM", "y" * 100):
        for n, filename in enumerate(odd):
            held = Held(
                slug, "A form", "", filename, "text/plain" if n % 2 else "application/pdf", 1, None, None, n
            )
            taken.append(names.take(*_stem_and_extension(held), of=f"{slug}{n}"))
    assert len({name.lower() for name in taken}) == len(taken)
    for name in taken:
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]", name), name
        assert len(name) <= LONGEST_NAME
        assert name.partition(".")[0].lower() not in DEVICES


def test_a_copy_has_all_the_style_that_the_site_has():
    sheet = stylesheet()
    assert ".chapter-text" in sheet and ".passage" in sheet and ".copy-head" in sheet and "ins," in sheet
    assert sheet.count("{") == sheet.count("}")
    assert sheet.index("--measure:") < sheet.index("@media print {")


def test_a_copy_costs_the_same_queries_whatever_the_size(client, db):
    def queries(address: str) -> int:
        for kept in (Contents, Glossary, Library):
            kept.forget()
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            b"".join(client.get(address).streaming_content)
        return len(captured)

    def grown(first: int, last: int, at: datetime) -> None:
        made = range(first, last)
        chapters = [Chapter.objects.add(f"chapter-{n}", parent=part) for n in made]
        amendments = [
            agreed(chapter, text=TANGLED.format(n=n) + ("" if n % 5 else "\n!!! changes all\n"))
            for n, chapter in zip(made, chapters, strict=True)
        ]
        documents = [
            filed(
                f"d-{n}", picture(size=(n + 1, 2)), filename="p.png", media_type="image/png", description="P"
            )
            for n in made
        ]
        keywords = [meaning(f"k-{n}", meaning="See [](chapter:chapter-0#s).") for n in made]
        more = [agreed(part, text="")] if first == 0 else []
        workflow.publish(
            by=None,
            amendments=[*more, *amendments],
            documents=documents,
            definitions=keywords,
            rearrange=True,
            at=at,
        )

    part = Chapter.objects.add("part", kind=Kind.PART)
    grown(0, 5, LONG_AGO)
    small = [agreed(Chapter.objects.get(slug=f"chapter-{n}"), text="Other.") for n in range(2)]
    workflow.publish(by=None, amendments=small, at=LONG_AGO + DAY)
    addresses = ["/editions/2/bundle.zip", "/changes/bundle.zip?since=2020-01-06"]
    before = [queries(address) for address in addresses]
    grown(5, 60, LONG_AGO + 2 * DAY)
    large = [agreed(Chapter.objects.get(slug=f"chapter-{n}"), text="Once more.") for n in range(40)]
    workflow.publish(by=None, amendments=large, at=LONG_AGO + 3 * DAY)
    addresses[0] = "/editions/4/bundle.zip"
    assert [queries(address) for address in addresses] == before
    assert before[0] <= 20 and before[1] <= 30
