"""How much a phone has to fetch before a page can be read: little, and all of it from this site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from lxml.html import document_fromstring

from manual.models import Amendment, Contents, Edition
from procedures_site import stylesheets
from procedures_site.static_files import HashedFiles
from tests.sample.loaded import load_the_sample_manual

pytestmark = [pytest.mark.looks, pytest.mark.django_db]

KB = 1000
IMPORTED = re.compile(r"""\b(?:from|import)\s*\(?["'](\.[^"']+)["']""")


def read(name: str) -> str:
    found = finders.find(name)
    assert found, f"{name} is not there"
    return Path(found).read_text(encoding="utf-8")


def compressed(text: str) -> int:
    """As files are kept that were collected."""
    return len(brotli.compress(text.encode()))


def with_its_modules(name: str) -> Iterator[str]:
    yield name
    for address in IMPORTED.findall(read(name)):
        yield from with_its_modules(str(Path("/", name).parent.joinpath(address).resolve())[1:])


def first_visit(address: str) -> dict[str, int]:
    """The bytes of all that a browser fetches that has never been here."""
    answer = Client().get(address, headers={"Accept-Encoding": "gzip, br"})
    assert answer["Content-Encoding"] == "gzip"
    page = document_fromstring(Client().get(address).content)
    weights = {"HTML": len(answer.content)}
    weights["CSS"] = compressed(stylesheets.joined(stylesheets.of_the_screen(), read))
    weights |= {name: compressed(read(name)) for name, media in stylesheets.named() if media == "print"}
    fetched = page.xpath("//script/@src | //link[@rel='icon' or @rel='modulepreload']/@href")
    sheets = page.xpath("//link[@rel='stylesheet']/@href")
    assert sheets == [f"/static/{name}" for name, _media in stylesheets.named()]
    for address in fetched:
        assert address.startswith("/static/"), address
        for name in with_its_modules(address.removeprefix("/static/")):
            weights[name] = compressed(read(name))
    return weights


def test_the_contents_weigh_less_than_60_kilobytes_on_a_first_visit(db) -> None:
    load_the_sample_manual()
    weights = first_visit("/")
    assert sum(weights.values()) < 60 * KB, weights


def test_the_heaviest_chapters_weigh_less_than_80_kilobytes_on_a_first_visit(db) -> None:
    load_the_sample_manual()
    contents = Contents.of(Edition.objects.in_force())
    lines = {line.amendment_id: line for line in contents.lines if line.is_page}
    lengths = {text.pk: len(text.html) for text in Amendment.objects.filter(pk__in=lines)}
    heaviest = sorted(lengths, key=lengths.__getitem__)[-3:]
    for address in ("/chapters/amendments/", *(lines[key].url for key in heaviest)):
        weights = first_visit(address)
        assert sum(weights.values()) < 80 * KB, f"{address}: {weights}"


def test_no_style_sheet_asks_for_a_font_or_for_anything_elsewhere() -> None:
    text = stylesheets.joined(stylesheets.named(), read)
    assert "@font-face" not in text and "@import" not in text
    assert not re.findall(r"url\(\s*[\"']?(?!data:)", text)


def test_every_style_sheet_is_named_once_and_in_the_order_of_the_template() -> None:
    names = [name for name, _media in stylesheets.named()]
    assert names[0] == "css/tokens.css" and len(names) > 20
    assert len(set(names)) == len(names)
    joined = stylesheets.joined(stylesheets.of_the_screen(), read)
    places = [joined.index(read(name)) for name, _media in stylesheets.of_the_screen()]
    assert places == sorted(places)


def test_a_style_sheet_for_a_medium_is_joined_for_that_medium() -> None:
    texts = {"a.css": "p { color: red; }\n", "b.css": "p { color: tan; }\n"}
    sheets = [("a.css", ""), ("b.css", "(prefers-color-scheme: dark)")]
    assert stylesheets.joined(sheets, texts.__getitem__) == (
        "p { color: red; }\n\n@media (prefers-color-scheme: dark) {\np { color: tan; }\n}\n"
    )


def test_collected_files_have_the_style_sheets_of_the_screen_in_one(tmp_path: Path, settings) -> None:
    settings.DEBUG = False
    storage = HashedFiles(location=tmp_path, base_url="/static/")
    paths = {}
    for name, _media in stylesheets.named():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(read(name), encoding="utf-8")
        paths[name] = (storage, name)
    # Run again, it takes the place of the one before.
    for _ in range(2):
        for processed in storage.post_process(dict(paths)):
            assert not isinstance(processed[2], Exception), processed
        address = storage.url(storage.joined)
        assert re.fullmatch(r"/static/css/site\.[0-9a-f]{12}\.css", address)
        file = tmp_path / address.removeprefix("/static/")
        assert file.read_text() == stylesheets.joined(stylesheets.of_the_screen(), read)
        assert file.with_name(f"{file.name}.br").exists()
    assert len(list(tmp_path.glob("css/site.*css"))) == 2


def test_a_page_links_the_joined_style_sheet_and_those_for_paper(monkeypatch) -> None:
    from manual.templatetags import stylesheets as tag

    class Collected:
        joined = HashedFiles.joined

    monkeypatch.setattr(tag, "staticfiles_storage", Collected())
    tag._kept.cache_clear()
    linked = document_fromstring(str(tag.sign_and_stylesheets()))
    tag._kept.cache_clear()
    of_paper = [f"/static/{name}" for name, media in stylesheets.named() if media == "print"]
    assert linked.xpath("//link[@rel='icon']/@href") == ["/static/icon.svg"]
    assert linked.xpath("//link[@rel='stylesheet']/@href") == ["/static/css/site.css", *of_paper]
    assert linked.xpath("//link[@media='print']/@href") == of_paper
