"""What may be uploaded, and the sentence for what may not."""

from __future__ import annotations

import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from manual.interchange.upload import Upload, UploadRefused, check, tidy_name
from manual.models.file_kind import BY_MEDIA_TYPE, MEGABYTE, ZIPPED, size_in_words
from tests.documents.files import (
    CSV,
    OLD_OFFICE,
    PDF,
    RTF,
    huge_png,
    office,
    open_document,
    package,
    photograph,
    picture,
    svg,
)


def judged(name: str, content: bytes) -> Upload:
    return check(name, content, document_limit=2 * MEGABYTE, picture_limit=MEGABYTE)


GOOD = {
    "form.pdf": (PDF, "application/pdf"),
    "form.docx": (office(), f"{ZIPPED}.wordprocessingml.document"),
    "list.xlsx": (office(f"{ZIPPED}.spreadsheetml.sheet.main+xml"), f"{ZIPPED}.spreadsheetml.sheet"),
    "talk.pptx": (
        office(f"{ZIPPED}.presentationml.presentation.main+xml"),
        f"{ZIPPED}.presentationml.presentation",
    ),
    "form.odt": (open_document(), "application/vnd.oasis.opendocument.text"),
    "list.ods": (open_document("spreadsheet"), "application/vnd.oasis.opendocument.spreadsheet"),
    "talk.odp": (open_document("presentation"), "application/vnd.oasis.opendocument.presentation"),
    "form.rtf": (RTF, "application/rtf"),
    "form.txt": ("Name: …\n".encode(), "text/plain"),
    "list.csv": (CSV, "text/csv"),
    "a.png": (picture(), "image/png"),
    "a.jpeg": (picture("JPEG"), "image/jpeg"),
    "a.gif": (picture("GIF"), "image/gif"),
    "a.webp": (picture("WEBP"), "image/webp"),
    "a.svg": (svg(), "image/svg+xml"),
}


@pytest.mark.parametrize("name", GOOD)
def test_every_kind_is_known_by_its_bytes(name: str) -> None:
    content, media_type = GOOD[name]
    upload = judged(name, content)
    assert (upload.filename, upload.media_type) == (name, media_type)
    assert judged(name, upload.content) == upload, "what passed passes again, as it is"


def test_there_is_a_good_file_of_every_kind() -> None:
    assert {media_type for _content, media_type in GOOD.values()} == set(BY_MEDIA_TYPE)


@pytest.mark.parametrize("name", GOOD)
def test_a_name_that_says_something_else_is_refused_and_none_is_completed(name: str) -> None:
    content, media_type = GOOD[name]
    kind = BY_MEDIA_TYPE[media_type]
    other = ".pdf" if kind.extension != ".pdf" else ".docx"
    with pytest.raises(UploadRefused) as refused:
        judged(f"form{other}", content)
    if not media_type.startswith("text/"):
        assert f"ends in {other}, but it is {kind.name}" in str(refused.value)
        assert judged("form", content).filename == f"form{kind.extension}"
        assert judged("Form v1.2 final", content).filename == f"Form v1.2 final{kind.extension}"


MACROS = {"word/vbaProject.bin": b"x"}
BAD = {
    "empty": ("form.pdf", b"", "is empty"),
    "cut short": ("form.pdf", PDF[:-8], "damaged or incomplete"),
    "pdf that starts a program": ("form.pdf", PDF.replace(b"/Catalog", b"/Launch"), "starts another program"),
    "cut package": ("form.docx", office()[:-30], "damaged or incomplete"),
    "macros in docx": ("form.docx", office(**MACROS), "holds macros"),
    "macros by type": (
        "form.docx", office("application/vnd.ms-word.document.macroEnabled.main+xml"), "holds macros",
    ),
    "macros by name": ("form.docm", office(), "holds macros"),
    "controls": ("form.docx", office(**{"word/activeX/activeX1.bin": b"x"}), "holds macros"),
    "macros in odt": ("form.odt", open_document(**{"Basic/Standard/Module1.xml": "Sub"}), "holds macros"),
    "template": (
        "form.dotx", office(f"{ZIPPED}.wordprocessingml.template.main+xml"), "is a template or of another kind",
    ),
    "old office": ("form.doc", OLD_OFFICE, r"older Office .* save it as \.docx"),
    "package": ("forms.zip", package({"form.pdf": PDF}), "is a package of files"),
    "drawing": ("a.odg", open_document("graphics"), "is a package of files"),
    "object in rtf": ("form.rtf", rb"{\rtf1{\object\objemb{\*\objdata 00}}}", "holds another file inside"),
    "program": ("form.exe", b"MZ\x90\0" + b"\0" * 99, "not a file of a kind that can be taken. These can: PDF"),
    "web page": ("form.html", b"<!doctype html><script>1</script>", "not a file of a kind that can be taken"),
    "mail": ("form.eml", b"From: a@example.org\n\nHello", "not a file of a kind that can be taken"),
    "binary as text": ("form.txt", b"a\0b\x01", "not a file of a kind that can be taken"),
    "text without signs": ("form.txt", "ab\x81".encode("latin-1"), "not a text that can be read"),
    "telephone's photograph": ("a.heic", b"\0\0\0\x18ftypheic" + b"\0" * 99, "Save it as JPEG or PNG"),
    "broken png": ("a.png", picture()[:60], "damaged or incomplete"),
    "png in name alone": ("a.png", b"\x89PNG\r\n\x1a\n", "damaged or incomplete"),
    "broken jpeg": ("a.jpg", picture("JPEG")[:300], "damaged or incomplete"),
    "too many pixels": ("a.png", huge_png(9_000, 9_000), "is too large .*9,000 by 9,000 pixels"),
    "bomb": ("a.png", huge_png(60_000, 60_000), "is too large"),
    "large bomb": ("a.png", huge_png(11_000, 11_000), "is too large"),
    "strip": ("a.png", huge_png(1, 20_000), "is too large"),
    "script": ("a.svg", svg("<script>1</script>"), "holds “script”"),
    "event": ("a.svg", svg('<path d="M0 0" onclick="x()"/>'), "when it is touched"),
    "event of the whole": ("a.svg", svg(attributes='onload="x()"'), "when it is touched"),
    "foreign object": ("a.svg", svg("<foreignObject/>"), "holds “foreignObject”"),
    "html in it": ("a.svg", svg('<g xmlns:h="http://www.w3.org/1999/xhtml"><h:p>x</h:p></g>'), "holds “p”"),
    "script of html": (
        "a.svg", svg('<h:script xmlns:h="http://www.w3.org/1999/xhtml">1</h:script>'), "holds “script”",
    ),
    "animation": ("a.svg", svg('<a href="#x"><set attributeName="href" to="javascript:1"/></a>'), "holds “set”"),
    "link": ("a.svg", svg('<a href="https://www.example.org/"><path d="M0 0"/></a>'), "leads to another"),
    "script link": ("a.svg", svg('<a xlink:href="javascript:1"><path d="M0 0"/></a>'), "leads to another"),
    "picture elsewhere": ("a.svg", svg('<image href="https://www.example.org/a.png"/>'), "leads to another"),
    "svg within": ("a.svg", svg('<image href="data:image/svg+xml;base64,AA=="/>'), "leads to another"),
    "fill elsewhere": ("a.svg", svg('<path d="M0 0" fill="url( \'https://e.org/#a\')"/>'), "takes something"),
    "style elsewhere": ("a.svg", svg("<style>@import 'https://e.org/a.css';</style>"), "takes its style"),
    "style in disguise": ("a.svg", svg(r'<path d="M0 0" style="fill:u\72l(//e.org)"/>'), "takes its style"),
    "base": ("a.svg", svg('<g xml:base="https://e.org/"/>'), "changes where its addresses lead"),
    "instruction": ("a.svg", svg(before='<?xml-stylesheet href="https://e.org/a.css"?>'), "instruction"),
    "doctype": ("a.svg", svg(before="<!DOCTYPE svg>"), "begins with a document type"),
    "entities": (
        "a.svg", svg("<text>&a;</text>", before='<!DOCTYPE svg [<!ENTITY a "aaaa">]>'), "begins with a document type",
    ),
    "utf-16": ("a.svg", svg().decode().encode("utf-16"), "not a file of a kind|document type"),
    "half": ("a.svg", svg()[:-9], "cannot be read as SVG"),
    "another root": ("a.svg", b"<p><svg /></p>", "is no SVG picture"),
    "copies of copies": (
        "a.svg",
        svg(
            '<g id="c0"><path d="M0 0"/></g>'
            + "".join(f'<g id="c{n}">{f"""<use href="#c{n - 1}"/>""" * 20}</g>' for n in range(1, 5))
        ),
        "too often",
    ),
    "copies without end": ("a.svg", svg('<g id="a"><use href="#a"/></g>'), "too often"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_what_could_harm_or_cannot_be_read_is_refused_in_a_sentence(what: str) -> None:
    name, content, sentence = BAD[what]
    with pytest.raises(UploadRefused, match=sentence) as refused:
        judged(name, content)
    said = str(refused.value)
    assert name in said and said.endswith(".") and len(said) < 400


def test_nothing_is_unpacked_that_would_not_fit() -> None:
    zeros = b"\0" * (60 * MEGABYTE)
    bomb = package({"[Content_Types].xml": "<Types/>", **{f"word/{n}.xml": zeros for n in range(6)}})
    assert len(bomb) < 2 * MEGABYTE
    began = time.process_time()
    with pytest.raises(UploadRefused, match="would grow to more than 300 MB"):
        judged("form.docx", bomb)
    assert time.process_time() - began < 2
    listed = package({"[Content_Types].xml": b" " * (5 * MEGABYTE)})
    with pytest.raises(UploadRefused, match="damaged"):
        judged("form.docx", listed)
    many = package({f"{n}": b"" for n in range(6_000)})
    with pytest.raises(UploadRefused, match="too many parts"):
        judged("form.docx", many)


def test_the_list_of_parts_cannot_name_what_is_outside() -> None:
    listed = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><Types>&x;</Types>'
    with pytest.raises(UploadRefused):
        judged("form.docx", package({"[Content_Types].xml": listed}))


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("form.pdf", PDF + b" " * 2 * MEGABYTE, r"“form\.pdf” has 2 MB\. A document can have 2 MB\."),
        (
            "a.png",
            picture() + b" " * MEGABYTE,
            r"“a\.png” has 1 MB\. A picture can have 1 MB\. Make the",
        ),
    ],
)
def test_documents_and_pictures_have_limits_of_their_own(name: str, content: bytes, sentence: str) -> None:
    with pytest.raises(UploadRefused, match=sentence):
        judged(name, content)


def test_a_picture_says_how_large_it_is() -> None:
    sizes = {
        name: (upload.width, upload.height)
        for name, (content, _type) in GOOD.items()
        if (upload := judged(name, content)).media_type.startswith("image/")
    }
    assert sizes == {
        "a.png": (30, 20), "a.jpeg": (30, 20), "a.gif": (30, 20), "a.webp": (30, 20), "a.svg": (90, 60),
    }  # fmt: skip
    for attributes, size in {
        'viewBox="0 0 40 30"': (40, 30), 'viewBox="0,0,40,30" width="80"': (80, 60), 'width="1in" height="2.54cm"':
        (96, 96), 'width="100%" height="100%"': (None, None), 'width="50%" height="9" viewBox="0 0 4 3"': (12, 9), "":
        (None, None),
    }.items():  # fmt: skip
        upload = judged("a.svg", svg(attributes=attributes))
        assert (upload.width, upload.height) == size, attributes


def test_a_drawing_of_an_ordinary_program_passes() -> None:
    drawing = svg(
        '<title>Who rings whom</title><metadata><rdf:RDF xmlns:rdf="urn:rdf"/></metadata>'
        '<defs><linearGradient id="g"><stop offset="0" style="stop-color:#fff"/></linearGradient>'
        '<marker id="m"><path d="M0 0"/></marker></defs><style>.a { fill: url(#g); }</style>'
        '<sodipodi:namedview xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" id="base"/>'
        '<g class="a"><rect width="9" height="9" fill="url(#g)"/><use xlink:href="#m"/><text>Ring 999</text></g>'
        '<image href="data:image/png;base64,iVBORw0KGgo="/>',
        before='<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<!-- Made with a program -->\n',
    )
    assert judged("a.svg", drawing).content == drawing


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_forgets_where_it_was_taken_but_not_which_way_up(orientation: int) -> None:
    taken = photograph(orientation)
    upload = judged("a.jpg", taken)
    for secret in (b"Maker", b"school gate"):
        assert secret in taken and secret not in upload.content
    with Image.open(io.BytesIO(taken)) as before, Image.open(io.BytesIO(upload.content)) as after:
        assert after.getexif().get(0x0112, 1) == orientation
        assert not after.getexif().get_ifd(0x8825)
        assert before.tobytes() == after.tobytes(), "not a pixel changes"
    assert (upload.width, upload.height) == ((20, 30) if orientation > 4 else (30, 20))
    assert judged("a.jpg", upload.content) == upload


def test_what_a_telephone_hides_behind_a_photograph_goes() -> None:
    film = b"\0\0\0\x18ftypmp42 a film of the school gate"
    progressive = picture("JPEG", (300, 200), progressive=True)
    assert judged("a.jpg", progressive + film).content == judged("a.jpg", progressive).content
    with Image.open(io.BytesIO(judged("a.jpg", progressive + film).content)) as shown:
        shown.load()


def test_colours_keep_their_profile() -> None:
    upload = judged("a.jpg", picture("JPEG", icc_profile=b"a profile of colours"))
    assert b"a profile of colours" in upload.content


def test_a_table_that_windows_wrote_becomes_utf_8() -> None:
    assert judged("a.csv", "Renée,£5\n".encode("cp1252")).content.decode("utf-8-sig") == "Renée,£5\n"
    assert judged("a.csv", "Renée,£5\n".encode("utf-16")).content.decode("utf-8-sig") == "Renée,£5\n"
    assert judged("a.csv", "Renée,£5\n".encode()).content == "Renée,£5\n".encode()


@pytest.mark.parametrize(
    ("name", "tidied"),
    [
        (r"C:\Users\me\Referral form.docx", "Referral form.docx"), ("../../etc/passwd", "passwd"),
        ("a\u202egnp.exe", "a gnp.exe"), ("  two   spaces .pdf ", "two spaces.pdf"), ("", "file"), ("...", "file"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie x.pdf"), ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
        ("Re\u0301union.pdf", "Réunion.pdf"), ('a"b<c>.pdf', "a b c.pdf"),
    ],
)  # fmt: skip
def test_a_name_is_a_name_alone(name: str, tidied: str) -> None:
    assert tidy_name(name) == tidied
    assert tidy_name(tidied) == tidied


@settings(max_examples=75)
@given(
    st.sampled_from(sorted(GOOD)),
    st.binary(max_size=40),
    st.integers(0, 2000),
    st.integers(0, 60),
    st.text(max_size=30),
)
def test_whatever_arrives_is_taken_or_refused_and_nothing_else(
    which: str, piece: bytes, at: int, gone: int, name: str
) -> None:
    good = GOOD[which][0]
    at %= len(good)
    for content in (good[:at] + piece + good[at + gone :], piece, good[: at + 1]):
        try:
            upload = judged(name or which, content)
        except UploadRefused as refused:
            assert str(refused)
        else:
            assert judged(upload.filename, upload.content) == upload


def test_sizes_are_told_as_computers_tell_them() -> None:
    said = [size_in_words(size) for size in (1, 48 * 1024, 2_000_000, 20 * MEGABYTE)]
    assert said == ["1 KB", "48 KB", "1.9 MB", "20 MB"]
