"""Nothing that editors read is left out of translation: each of their pages, with every message in brackets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client, override_settings
from django.utils import timezone, translation

from manual import workflow
from manual.models import (
    Amendment,
    Chapter,
    Definition,
    Document,
    DocumentVersion,
    Edition,
    Keyword,
    Manual,
    Notice,
    OutsideLink,
    Searched,
    StoredFile,
    Synonym,
)
from procedures_site.data_folder import BASE
from tests.brackets import bracket_every_translation, bracketed, untranslated
from tests.manual_maker import LONG_AGO, agreed, filed, grow, meaning

pytestmark = pytest.mark.django_db

# What stays as it is in every language.
ALLOWED = (
    r"\bx\d+\b",  # addresses of chapters, keywords and documents of these tests
    r"https?://\S+",
    r"\{\w+\}",  # where a script puts a value
    r"\b(?:GMT|BST)\b",
    r"\b(?:PDF|Word|Excel|PowerPoint|RTF|CSV)\b",
    r"\.txt\b",
    r"\b[0-9a-f]{64}\b",
    r"\bTrue\b|\bFalse\b",  # of Django's own pictures of a tick and a cross
)
# The manual's own text as readers have it, with the labels that readers' pages give it; and a picker of Django's.
APART = (
    "//*[contains(concat(' ', @class, ' '), ' chapter-text ') or contains(@class, 'tracked-changes')]"
    " | //*[@id='draft-unshown' or contains(@class, 'notice-seen')]"
)
TEXT = "## Ποιος {: #pios }\n\nΟποιος ανησυχεί.\n\n## Πότε {: #pote }\n\nΑμέσως.\n"
OTHER_TEXT = "## Ποιος {: #pios }\n\nΟποιος ανησυχεί πρέπει να τηλεφωνήσει.\n"
SAYS = {"text": TEXT, "note": "Γιατί."}


@dataclass
class World:
    chapters: dict[str, Chapter]
    eva: User
    anna: User
    admin: User
    drafts: dict[str, Amendment]
    prepared: Edition
    scheduled: Edition


def member(name: str, role: str, **fields: object) -> User:
    user = User.objects.create_user(name, first_name=name.capitalize(), is_staff=True, **fields)
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, db: None) -> World:
    """A manual in Greek, with one of everything that an editor can meet. What is put on record is in brackets too."""
    bracket_every_translation(monkeypatch)
    Manual(
        title="Εγχειρίδιο", board="Συμβούλιο", areas={"kent": "Κεντ", "medway": "Μέντγουεϊ"}, contacts="x2",
        quick_guide="x3", urgent_help="pios", about="x1",
    ).save()  # fmt: skip
    eva, anna = member("εύα", "Editor"), member("άννα", "Approver")
    admin = User.objects.create_superuser("μαρία", first_name="Μαρία")
    chapters = grow("""
        x1
            x2
            x3
            x4
                x7
            x8: link
        x9
            x10
    """)
    titles = {slug: "Κεφάλαιο " + "αβγδεζηθικλμ"[int(slug[1:])] for slug in chapters}
    first = [
        agreed(
            chapter, title=titles[slug], **SAYS, link="https://example.org/" if slug == "x8" else "",
            areas=["kent"] if slug == "x10" else [],
        )
        for slug, chapter in chapters.items()
    ]  # fmt: skip
    workflow.publish(
        by=None, amendments=first, rearrange=True, at=LONG_AGO,
        definitions=[meaning("x5", name="Λέξη", also=["Λόγος"], meaning="Σημαίνει κάτι.", note="Νέα.")],
        documents=[filed("x6", title="Φόρμα", filename="φόρμα.txt", description="Για όλους.", note="Νέα.")],
    )  # fmt: skip
    # Each state that a text can be in.
    drafts = {
        "draft": workflow.draft(
            chapters["x2"], by=eva, title="Άλλος", significance="correction", text=OTHER_TEXT,
            based_on=chapters["x2"].amendments.get(), note="Λάθος.",
        ),
        "of somebody else": workflow.draft(
            chapters["x2"], by=anna, title="Τρίτος", significance="amended", text=OTHER_TEXT,
            based_on=chapters["x2"].amendments.published().get(), note="Και εγώ.",
        ),
    }  # fmt: skip
    for name, slug in (
        ("submitted", "x3"), ("returned", "x4"), ("approved", "x7"), ("gathered", "x10"), ("abandoned", "x8"),
    ):  # fmt: skip
        chapter = chapters[slug]
        drafts[name] = workflow.submit(
            workflow.draft(
                chapter, by=eva, title=titles[slug], significance="amended", based_on=chapter.amendments.get(),
                text=OTHER_TEXT, note="Αλλαγή.", link="https://example.org/" if slug == "x8" else "",
                areas=["medway"] if slug == "x10" else [],
            ),
            by=eva,
        )  # fmt: skip
    drafts["returned"] = workflow.return_to_author(drafts["returned"], by=anna, why="Όχι έτσι.")
    drafts["abandoned"] = workflow.abandon(
        workflow.take_back(drafts["abandoned"], by=eva), by=eva, why="Τέλος."
    )
    for name in ("approved", "gathered"):
        drafts[name] = workflow.approve(drafts[name], by=anna, agreed_by="Ομάδα", minute="7")
    prepared = workflow.compose(
        None, by=anna, words={"name": "Φθινόπωρο", "notes": "Νέα.", "rearranges": True},
        amendments=[drafts["gathered"]],
    )  # fmt: skip
    workflow.give_up(workflow.compose(None, by=anna, words={"name": "Παλιά"}), by=anna, why="Όχι.")
    later = agreed(
        chapters["x9"], title="Κεφάλαιο άλλο", text=OTHER_TEXT, note="Αργότερα.", significance="amended"
    )
    scheduled = workflow.publish(
        by=anna, amendments=[later], name="Αργότερα", effective_at=timezone.now() + timedelta(days=300)
    ).edition
    workflow.move(chapters["x3"], by=anna, under=chapters["x9"], after=None)
    workflow.look_after(chapters["x3"], by=anna, owner="Νοσοκόμα", next_review=timezone.localdate())
    workflow.review(chapters["x4"], by=anna, on=timezone.localdate(), next_review=None)
    workflow.draft_definition(Keyword.objects.get(), by=eva)
    workflow.begin_keyword(by=anna, name="Άλλη λέξη")
    workflow.begin_document(
        by=eva, title="Εικόνα", file=StoredFile.objects.keep(b"Form."), filename="άλλη.txt",
        media_type="text/plain", note="Νέα.",
    )  # fmt: skip
    workflow.pin(by=anna, words="Η γραμμή δεν λειτουργεί.", expires_at=timezone.now() + timedelta(days=2))
    workflow.take_down(
        workflow.pin(
            by=anna, words="Παλιά.", expires_at=timezone.now() + timedelta(days=2), chapter=chapters["x2"]
        ),
        by=anna,
    )
    workflow.add_synonym(by=eva, forms=["Κάτι", "Άλλο"], note="Ίδια.")
    workflow.take_out_synonym(workflow.add_synonym(by=eva, forms=["Ένα", "Δύο"]), by=eva)
    workflow.change_person(eva, by=admin, last_name="Παπά", role="Editor")
    today = timezone.localdate()
    Searched.objects.create(words="ένα δύο", day=today, times=3, found=False)
    Searched.objects.create(words="παραπομπή", day=today, times=4, found=True)
    OutsideLink.objects.create(address="https://fine.example.org/", checked_at=timezone.now())
    OutsideLink.objects.create(
        address="https://gone.example.org/",
        checked_at=timezone.now(),
        failing_since=timezone.now(),
        problem="404",
    )
    return World(chapters, eva, anna, admin, drafts, prepared, scheduled)


def left_on(client: Client, who: User, addresses: dict[str, int]) -> dict[str, list[str]]:
    """What no translator was given, by the page on which it stands."""
    client.force_login(who)
    found: dict[str, list[str]] = {}
    for address, status in addresses.items():
        response = client.get(address)
        assert response.status_code == status, address
        if left := untranslated(response.content.decode(), allowed=ALLOWED, apart=APART):
            found[f"{who} {address}"] = left
    return found


def ok(*addresses: str) -> dict[str, int]:
    return {f"/admin/{address}": 200 for address in addresses}


def test_words_outside_brackets_are_found_and_values_are_looked_into() -> None:
    page = '<p title="Go">⟦Line ⟧3⟦ of ⟧many</p><input type="submit" value="Save"><p>⟦x⟧<b>y</b> Zoë</p>'
    assert untranslated(page) == [
        "p: ⟦Line ⟧3⟦ of ⟧many",
        "p title: Go",
        "input value: Save",
        "b: y",
        "after b: Zoë",
    ]
    assert bracketed('By <a href="%(a)s">%(who)s</a>, now') == '⟦By ⟧<a href="%(a)s">%(who)s</a>⟦, now⟧'


def test_the_desk_is_translated_for_everybody(client: Client, world: World) -> None:
    for who in (world.eva, world.anna, world.admin):
        assert left_on(client, who, ok("")) == {}


def test_lists_are_translated(client: Client, world: World) -> None:
    nouns = (
        "amendment", "chapter", "keyword", "document", "edition", "notice", "synonym", "searched", "event",
        "outsidelink",
    )  # fmt: skip
    addresses = [f"manual/{noun}/" for noun in nouns]
    addresses += [
        "manual/searched/most/",
        "manual/synonym/?which=taken-out",
        "manual/synonym/?q=ζ",
        "auth/user/",
    ]
    addresses += [
        "manual/keyword/?q=ζ",
        "manual/document/?q=ζ",
        "manual/amendment/?status__exact=draft",
        "manual/chapter/?q=ζ",
    ]
    assert left_on(client, world.admin, ok(*addresses)) == {}


def test_the_pages_of_a_chapter_are_translated(client: Client, world: World) -> None:
    key = {slug: chapter.pk for slug, chapter in world.chapters.items()}
    found = left_on(
        client, world.anna,
        ok(
            "manual/chapter/arrange/?open=all", "manual/chapter/begin/",
            *(f"manual/chapter/{pk}/change/" for pk in key.values()),
            f"manual/chapter/{key['x2']}/move/", f"manual/chapter/{key['x9']}/move/",
            f"manual/chapter/{key['x9']}/withdraw/", f"manual/chapter/{key['x9']}/amend/",
        ),
    )  # fmt: skip
    found |= left_on(client, world.eva, ok("manual/chapter/arrange/", f"manual/chapter/{key['x3']}/change/"))
    assert found == {}


def test_the_record_of_a_text_is_translated_in_each_of_its_states(client: Client, world: World) -> None:
    texts = [
        *world.drafts.values(),
        *Amendment.objects.published().order_by("pk")[:2],
        world.scheduled.amendments.get(),
    ]
    addresses = ok(*(f"manual/amendment/{text.pk}/change/" for text in texts))
    assert left_on(client, world.eva, addresses) | left_on(client, world.anna, addresses) == {}


def test_where_texts_are_written_is_translated(client: Client, world: World) -> None:
    mine = world.drafts["draft"]
    found = left_on(
        client, world.eva,
        ok(
            f"manual/amendment/{mine.pk}/write/", f"manual/amendment/{mine.pk}/changes/",
            f"manual/amendment/{world.drafts['returned'].pk}/write/",
            f"manual/amendment/{world.drafts['submitted'].pk}/write/",
            f"manual/amendment/{world.drafts['of somebody else'].pk}/write/",
        ),
    )  # fmt: skip
    workflow.publish(
        by=None,
        amendments=[agreed(world.chapters["x2"], title="Νέος τίτλος", **SAYS, significance="amended")],
    )
    found |= left_on(
        client,
        world.eva,
        ok(f"manual/amendment/{mine.pk}/up-to-date/", f"manual/amendment/{mine.pk}/change/"),
    )
    assert found == {}


def test_what_is_wrong_with_a_draft_is_translated(client: Client, world: World) -> None:
    bad = (
        "## NATO\n\n#### Κάτι\n\n[ζ](chapter:x99) [ζ](chapter:x2) [ζ](keyword:x98) [ζ](document:x97) [ζ](#x96) "
        "![](document:x6)\n\n<<<<<<<\n\n| α |\n"
    )
    draft = world.drafts["draft"]
    workflow.revise(draft, by=world.eva, revision=draft.revision, text=bad)
    client.force_login(world.eva)
    page = client.get(f"/admin/manual/amendment/{draft.pk}/write/").content.decode()
    problems = re.search(r'<ul id="writing-problems".*?</ul>', page, re.DOTALL)
    assert problems is not None and problems[0].count("<li>") > 4
    allowed = (*ALLOWED, r"\b(?:NATO|chapter|keyword|document|https?|mailto|tel):?", r"“[^”]*”")
    assert untranslated(problems[0], allowed=allowed) == []


def test_the_pages_of_an_edition_are_translated(client: Client, world: World) -> None:
    given_up = Edition.objects.exclude(given_up_at=None).get()
    first = Edition.objects.get(number=1)
    edition = "manual/edition"
    addresses = ok(
        f"{edition}/add/", f"{edition}/{world.prepared.pk}/change/", f"{edition}/{world.prepared.pk}/confirm/",
        f"{edition}/{world.scheduled.pk}/change/", f"{edition}/{world.scheduled.pk}/unschedule/",
        f"{edition}/{first.pk}/change/", f"{edition}/{given_up.pk}/change/",
    )  # fmt: skip
    papers = [f"edition={world.prepared.pk}", f"text={world.drafts['submitted'].pk}"]
    paper = ok(*(f"manual/amendment/paper/?{asked}" for asked in papers))
    assert left_on(client, world.anna, addresses | paper) == {}


def test_the_pages_of_keywords_and_documents_are_translated(client: Client, world: World) -> None:
    addresses = ["manual/keyword/add/", "manual/document/add/"]
    addresses += [f"manual/keyword/{each.pk}/change/" for each in Keyword.objects.all()]
    addresses += [f"manual/document/{each.pk}/change/" for each in Document.objects.all()]
    addresses += [f"manual/definition/{each.pk}/change/" for each in Definition.objects.all()]
    addresses += [f"manual/documentversion/{each.pk}/change/" for each in DocumentVersion.objects.all()]
    mine = [f"manual/definition/{each.pk}/write/" for each in Definition.objects.filter(author=world.eva)] + [
        f"manual/documentversion/{each.pk}/write/"
        for each in DocumentVersion.objects.filter(author=world.eva)
    ]
    mine.append(f"manual/document/{Document.objects.get(slug='x6').pk}/new-version/")
    found = left_on(client, world.anna, ok(*addresses)) | left_on(client, world.eva, ok(*mine))
    assert found == {}


def test_notices_words_and_settings_are_translated(client: Client, world: World) -> None:
    addresses = ["manual/notice/add/", "manual/synonym/add/", "manual/manual/1/change/"]
    addresses += [f"manual/notice/{each.pk}/change/" for each in Notice.objects.all()]
    addresses += [f"manual/synonym/{each.pk}/change/" for each in Synonym.objects.all()]
    addresses += [f"manual/outsidelink/{each.pk}/change/" for each in OutsideLink.objects.all()]
    assert left_on(client, world.admin, ok(*addresses)) == {}


def test_people_and_the_ways_in_and_out_are_translated(client: Client, world: World) -> None:
    person = f"auth/user/{world.eva.pk}"
    found = left_on(
        client, world.admin,
        ok("auth/user/add/", f"{person}/change/", f"{person}/password/", "password_change/")
        | {f"/admin/manual/event/?person__id__exact={world.eva.pk}": 200},
    )  # fmt: skip
    out = client.post("/admin/logout/")
    pages = {"out": out, "in": client.get("/admin/login/")}
    pages["wrong"] = client.post("/admin/login/", {"username": "ζ", "password": "ζ"})
    with override_settings(AXES_FAILURE_LIMIT=1):
        pages["closed"] = client.post("/admin/login/", {"username": "ζ", "password": "ζ"})
    for name, page in pages.items():
        if left := untranslated(page.content.decode(), allowed=ALLOWED):
            found[name] = left
    assert found == {}


def test_what_a_mistake_in_a_form_is_answered_is_translated(client: Client, world: World) -> None:
    found = {}
    for address, fields in (
        ("manual/notice/add/", {"words": "", "end": "other"}),
        ("manual/synonym/add/", {"words": "ζ"}),
        ("manual/keyword/add/", {"name": "Λέξη"}),
        ("manual/edition/add/", {"kind": "urgent", "when": "later", "rearranges": "on"}),
        ("manual/chapter/begin/", {}),
        (f"manual/chapter/{world.chapters['x9'].pk}/move/", {}),
        ("manual/document/add/", {"title": ""}),
    ):
        client.force_login(world.anna)
        response = client.post(f"/admin/{address}", fields)
        assert response.status_code in (200, 409, 422), (address, response.status_code)
        if left := untranslated(response.content.decode(), allowed=ALLOWED, apart=APART):
            found[address] = left
    assert found == {}


def test_what_is_said_of_what_was_done_is_translated(client: Client, world: World) -> None:
    """Messages, and what stands on record of it from then on."""
    draft, anna = world.drafts["submitted"], world.anna
    client.force_login(anna)
    page = client.post(
        f"/admin/manual/amendment/{draft.pk}/decide/",
        {"decision": "approve", "status": "submitted", "revision": draft.revision}, follow=True,
    )  # fmt: skip
    assert "⟦Approved. It takes effect with an edition.⟧" in page.content.decode()
    assert untranslated(page.content.decode(), allowed=ALLOWED, apart=APART) == []


# --- Scripts, and English ----------------------------------------------------------------------------------


def test_no_script_of_the_editors_says_words_of_its_own() -> None:
    """Sentences, and labels with a capital: they stand in the page, as data."""
    said = re.compile(r"""(["'`])((?:[A-Z][a-z]+|\$\{[^}]*\})? ?[A-Za-z]+ [a-z ]+[.:]?)\1""")
    names = re.compile(r"^[a-z-]+(?: [a-z-]+)*$")
    for folder in ("admin", "writing"):
        for script in sorted((BASE / "static" / "js" / folder).glob("*.js")):
            code = re.sub(
                r"/\*.*?\*/|//.*", " ", script.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
            )
            found = [words for _sign, words in said.findall(code) if not names.match(words)]
            assert found == [], script.name


def test_each_word_that_a_script_asks_for_stands_in_its_page() -> None:
    for scripts, words in (
        ("writing/*.js", "amendment/words.html"),
        ("admin/arrange.js", "arrange/words.html"),
    ):
        page = (BASE / "templates" / "admin" / "manual" / words).read_text(encoding="utf-8")
        there = {
            re.sub(r"-([a-z])", lambda found: found[1].upper(), name)
            for name in re.findall(r"data-([\w-]+)=", page)
        }
        code = " ".join(path.read_text(encoding="utf-8") for path in (BASE / "static" / "js").glob(scripts))
        asked = set(re.findall(r'word\("(\w+)"', code))
        assert asked and asked <= there
        assert all(f'"{name}"' in code for name in there), "each is asked for"


def test_english_stays_as_it_is_written() -> None:
    """Django has catalogues of its own in British English; none of them may change a message of ours."""
    with translation.override("en-gb"):
        for path in (
            *(BASE / "templates" / "admin").rglob("*.html"),
            *(BASE / "templates" / "registration").rglob("*.html"),
        ):
            for _sign, message in re.findall(
                r"""\{% translate (["'])(.*?)\1 %\}""", path.read_text(encoding="utf-8")
            ):
                assert translation.gettext(message) == message
        for path in (BASE / "manual").rglob("*.py"):
            for message in re.findall(
                r"""(?:\b_|gettext(?:_lazy)?)\(\s*"([^"]*)"\s*\)""", path.read_text(encoding="utf-8")
            ):
                assert translation.gettext(message) == message
