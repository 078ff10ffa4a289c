"""For those who work on the code, and there only with DEBUG: every component that readers meet, in every display, and
pages that are seldom met. All that they show is made up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from manual.comparison import Piece
from manual.lens import Lens
from manual.models import Edition, Issued, Manual
from manual.rendering import render
from manual.search import Results
from manual.views import bundles, errors
from manual.views.counted import counted
from manual.views.page import Page
from manual.views.rows import Rows, listed, pager
from manual.views.settings_of_reader import SIZES

# Each is a class of the page; without a reader's own choice the device decides between light and dark.
COLOURS = {"normal": "As on this device", "dark": "Dark", "high": "High visibility"}


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    page = Page.of(request)
    size, colours = request.GET.get("size", "medium"), request.GET.get("colours", "normal")
    if size not in SIZES or colours not in COLOURS:
        raise Http404(
            f"The sizes are {', '.join(SIZES)}, the colours {', '.join(COLOURS)}: choose one of them at /components/."
        )
    page.display = replace(page.display, size=size, colours=colours)
    choices = [
        (
            f"{name}, {words}",
            f"?{urlencode({'colours': colour, 'size': one})}",
            (colour, one) == (colours, size),
        )
        for colour, name in COLOURS.items()
        for one, words in SIZES.items()
    ]
    return page.render(
        "manual/components.html",
        specimens=[specimen.shown(page) for specimen in SPECIMENS],
        results=_results(page),
        text=mark_safe(render(TEXT, areas=AREAS).html),  # noqa: S308 # our own words, sanitised when rendered
        choices=choices,
        dark=colours == "dark",
    )


# --- Pages that are seldom met -------------------------------------------------------------------------------


def _nothing_in_force(request: HttpRequest) -> HttpResponse:
    page = Page(request, Manual.objects.current(), Issued([]), None)
    return page.render("manual/nothing_in_force.html")


def _no_copy_now(request: HttpRequest) -> HttpResponse:
    return bundles.not_now(Page.of(request), "Another copy is being made.")


MISTAKES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "400": errors.bad_request,
    "403": errors.denied,
    "403-form": errors.form_refused,
    "500": errors.broken,
    "nothing-in-force": _nothing_in_force,
    "no-copy-now": _no_copy_now,
}


@require_safe
def mistake(request: HttpRequest, name: str) -> HttpResponse:
    """The page of a mistake that nobody has to make for it."""
    if name not in MISTAKES:
        raise Http404(f"The mistakes that can be looked at are {', '.join(MISTAKES)}.")
    return MISTAKES[name](request)


# --- What is made up -----------------------------------------------------------------------------------------

AREAS = {"north": "North", "south": "South"}
MANUAL = Manual(title="Procedures of two areas", board="Two boards", areas=AREAS)
NORTH = Lens.of(AREAS, "north")
NO_LENS = Lens.of(AREAS, "")
made = SimpleNamespace
# Where made-up links lead: to what stands on the page.
HERE = "#site-main"


def _edition(number: int, month: int) -> Edition:
    return Edition(number=number, kind="ordinary", effective_at=datetime(2026, month, 11, tzinfo=UTC))


SEVENTH, EIGHTH, NINTH = _edition(7, 3), _edition(8, 5), _edition(9, 10)
DAY = date(2026, 6, 1)


def _line(number: str, title: str, **words: Any) -> Any:
    """An entry of the contents, as the templates ask for it."""
    plain: dict[str, Any] = {
        "slug": title.lower().replace(" ", "-"), "url": HERE, "kind": "chapter", "link": "", "areas": [],
        "status": "procedure", "status_shown": "", "flag": "", "withdrawn": False, "gone": False, "remark": "",
        "label": "", "label_shown": "", "counterparts": [], "children": [], "ancestors": [], "chapter_id": 0,
        "has_tags": True, "at": lambda anchor: f"#{anchor}",
    }  # fmt: skip
    whole = plain | {"applies_to": words.get("areas", [])} | words
    return made(number=number, title=title, name=f"{number} {title}".strip(), **whole)


PART = _line("2", "Procedures", kind="part")
SOUTH = _line("2.4", "Night visits in the south", areas=["south"])
MEETING = _line(
    "2.2",
    "Meetings about a plan",
    flag="updated",
    ancestors=[PART],
    children=[_line("2.2.1", "A form for the meeting", label="See also", label_shown="See also", flag="new")],
)
LONG = _line(
    "2.1", "Children who are seen by nobody, and whom to ring about " + "them and their families " * 3
)
NORTHERN = _line(
    "2.3", "Night visits", areas=["north"], flag="new", remark="under review", chapter_id=1, status="guidance",
    status_shown="guidance", counterparts=[made(line=SOUTH, areas=["south"])],
)  # fmt: skip
LEAFLET = _line("", "A leaflet for parents", kind="link", link="https://www.example.org/leaflet")
WITHDRAWN = _line("2.5", "Visits from afar", withdrawn=True)
NOTE = "Ring within one day instead of three."
AMENDMENT = made(
    sequence=2,
    note=NOTE,
    edition=NINTH,
    significance="amended",
    self_approved=True,
    approver=None,
    title="Meetings about a plan",
)
FIRST = made(sequence=1, note="New.", edition=SEVENTH, significance="new", self_approved=False, approver=None)
FORM = made(title="Form for a referral", label="PDF, 1.2 MB", filename="form.pdf")
TITLE = [
    Piece("same", "Meetings "),
    Piece("removed", "on "),
    Piece("added", "about "),
    Piece("same", "a plan"),
]
MARK = made(word="Renumbered", until_then="2.1 Meetings", since_then="2.2 Meetings about a plan")
VERSIONS = [
    made(sequence=2, option="2: 11 October 2026", amendment=AMENDMENT, edition=NINTH),
    made(sequence=1, option="1: 11 March 2026", amendment=FIRST, edition=SEVENTH),
]
HEADING = made(number="1", title="When to meet", anchor="when-to-meet", areas=[])
HEADING_OF_THE_NORTH = made(number="1.1", title="At night", anchor="at-night", areas=["north"])
AGREEMENT = made(agreed_by="The board", agreed_on=DAY, minute="7.2")


def _html(words: str) -> SafeString:
    return mark_safe(words)  # noqa: S308 # our own words


@dataclass(frozen=True)
class Specimen:
    """A component by its template, with what it is shown with; `inside` is the element that it stands in."""

    title: str
    template: str
    words: dict[str, Any] = field(default_factory=dict)
    inside: str = "div"
    classes: str = ""
    leads: str = ""  # to where it is seen, if it is not at once

    def shown(self, page: Page) -> dict[str, Any]:
        context = {"page": page, "manual": MANUAL, "lens": NO_LENS, **self.words}
        html = render_to_string(f"manual/partials/{self.template}.html", context)
        return {
            "title": self.title,
            "inside": self.inside,
            "classes": self.classes,
            "leads": self.leads,
            "html": html,
        }


def _each(word: str, definitions: str, **words: Any) -> Any:
    return made(
        word=word,
        words=[word],
        amendments=[AMENDMENT],
        compare_url=HERE,
        url=HERE,
        **{definitions: []},
        **words,
    )


STEP: dict[str, Any] = {
    "amendment": AMENDMENT, "word": "Updated", "edition": NINTH, "number": "2.2", "newest": True, "successor": None,
    "marks": [MARK], "agreement": AGREEMENT, "before": FIRST,
}  # fmt: skip
CHANGED = {
    "word": "Updated",
    "listed": [
        made(line=MEETING, each=made(amendments=[AMENDMENT]), reinstated=True, successor=None, marks=[MARK],
             marked_url=HERE, compare_url=HERE),
    ],
}  # fmt: skip
DIFFER = {
    "word": "Moved", "older": EIGHTH, "newer": NINTH, "short": 12,
    "listed": [
        made(line=MEETING, numbers=("2.1", "2.2"), is_readable=True, title=TITLE, each=_each("Moved", "keywords"),
             moves="From 1 Values to 2 Procedures.", successor=None),
    ],
}  # fmt: skip
RENUMBERED = {"word": "Renumbered", "listed": [made(line=SOUTH, each=made(before=made(number="2.3")))]}
DATED = made(
    edition=EIGHTH, superseded=True, superseded_by=NINTH, to_come=False, asked=None, that_day=None, kept="",
    applied_until=None, today=made(address=HERE, words="Read what is in force today"),
    another_day=made(first=date(2026, 3, 11), last=DAY, in_a_date_field=True, asked="2026-06-01", page="/", query=""),
)  # fmt: skip
NARROWING = made(
    query="&part=procedures", exact=False, chapter=None, area="north", statuses=["procedure", "guidance"],
    status="procedure", since=None, withdrawn=True, words=["procedures only"],
    parts=_html('<option value="procedures">2 Procedures</option>'),
    editions_since=_html('<option value="8">8</option>'),
    editions=_html('<option value="8">8: 11 May 2026</option>'),
)  # fmt: skip
GONE = made(
    id="made-up-gone", number="", paragraph=False, heading="Who comes", edition=8, until=DAY, address=HERE,
    now=made(anchor="when-to-meet", number="1", heading="When to meet"), heading_now=None, number_now=None,
)  # fmt: skip
PLACES = [
    made(line=LONG, here=False, inside=None),
    made(
        line=MEETING,
        here=True,
        inside=made(
            places=[made(line=MEETING.children[0], here=False, inside=None)],
            left_out_before=0,
            left_out_after=3,
            heading="#site-main",
        ),
    ),
]
HAD = made(number="2.2", today=made(line=MEETING), former=[made(until=EIGHTH, line=LONG)])
CITATION = made(
    anchor="when-to-meet",
    name="section 1",
    words="Procedures of two areas, edition 9, 2.2, section 1",
    address="https://manual.example.org/editions/9/chapters/meetings/#when-to-meet",
)

SPECIMENS = (
    Specimen("Signed in", "staff_bar", {"person": made(get_full_name="Ann Weaver", get_username="ann")}),
    Specimen(
        "What is pinned",
        "notices",
        {
            "notices": [
                made(words="The duty line is down. Ring 01632 960001.", chapter_id=None),
                made(words="Under review until June.", chapter_id=1),
            ]
        },
    ),
    Specimen("A draft", "draft_banner", {"draft": made(note="")}),
    Specimen("An earlier edition", "dated_banner", {"page": DATED}),
    Specimen("Reading for an area", "area_line", {"lens": NORTH, "choices": [("Both", HERE, False)]}),
    Specimen("News", "last_seen", {"seen": EIGHTH, "in_force": NINTH}),
    Specimen("Remembering", "last_seen_choice", {"seen": None, "in_force": NINTH, "here": "/components/"}),
    Specimen("Crumbs", "crumbs", {"line": MEETING, "contents_url": HERE}),
    Specimen("Tags of a part", "heading_tags", {"line": NORTHERN}),
    Specimen("Shortening the contents", "narrowing", {"narrowed": None, "changed": 2, "action": "/"}),
    Specimen(
        "Entries of the contents",
        "entries",
        {
            "lines": [LONG, MEETING, NORTHERN, SOUTH, WITHDRAWN, LEAFLET],
            "noticed": {1},
            "lens": NORTH,
            "narrowed": None,
        },
    ),
    Specimen(
        "Near a chapter",
        "nearby",
        {
            "nearby": made(places=PLACES, left_out_before=2, left_out_after=4, heading=HERE),
            "contents_url": "/",
        },
    ),
    Specimen(
        "What a chapter holds", "outline", {"outline": [(HEADING, [HEADING_OF_THE_NORTH])], "lens": NO_LENS}
    ),
    Specimen("For one area only", "chapter_area", {"line": NORTHERN, "lens": Lens.of(AREAS, "south")}),
    Specimen(
        "The past of a chapter",
        "chapter_past",
        {
            "line": MEETING,
            "had": HAD,
            "had_by_this": made(until=None, since=EIGHTH),
            "marks": made(since=None, count=2, changed_in=NINTH, corrected=True, compare_url=HERE),
            "choice": ("Hide the marks of changes", HERE, False),
        },
    ),
    Specimen(
        "Marks of a search",
        "found",
        {
            "found": made(query="meeting", count=1, has_words=True, in_title=False, unmarked=HERE),
            "noun": "chapter",
        },
    ),
    Specimen(
        "No marks of a search",
        "not_in_the_text",
        {"query": "meeting place", "noun": "chapter", "dated": False},
        inside="p",
    ),
    Specimen(
        "A section that is gone",
        "lost_sections",
        {"lost": [GONE], "history": HERE, "dated": False},
        leads=GONE.id,
    ),
    Specimen(
        "Meanings, which the keyword in the text shows",
        "keyword",
        {
            "explained": [
                (
                    made(slug="core-group", name="Core group", choices=[], shortened=True),
                    _html("<p>Those who meet.</p>"),
                )
            ]
        },
        leads="component-keyword",
    ),
    Specimen(
        "On paper, at the end of a page",
        "on_paper",
        {"edition": NINTH, "address": made(typed="manual.example.org/c/9-abcdefg")},
    ),
    Specimen("Asking of a printed copy", "copy_form", {"label": "The code of the copy", "typed": ""}),
    Specimen("An answer about it", "copy_lead", {"answer": "corrected"}, inside="p"),
    Specimen(
        "What a printed copy shows",
        "copy_shows",
        {
            "copy": made(line=MEETING),
            "judged": made(
                passages=[made(source=LONG, corrected=False, shown_in=MEETING, compare_url=HERE)],
                lists=[MEETING],
                pictures=[made(after=FORM, url=HERE)],
            ),
        },
    ),
    Specimen(
        "What a printed copy refers to",
        "copy_refers",
        {
            "judged": made(
                keywords=[made(url=HERE, after=made(name="Core group"))],
                documents=[made(url=HERE, after=FORM)],
                references=[made(withdrawn=False, before=LONG, after=MEETING)],
            )
        },
    ),
    Specimen("Listed under a chapter", "listed_under", {"children": MEETING.children}),
    Specimen("Before and after", "pager", {"before": LONG, "after": NORTHERN}),
    Specimen("Referring", "referring", {"referring": [made(line=MEETING, shows=True)], "many": False}),
    Specimen(
        "Who looks after it",
        "care",
        {"chapter": made(owner="The board’s office", last_reviewed=DAY, next_review=date(2027, 6, 1))},
    ),
    Specimen("Citation", "citation", {"citation": CITATION, "first": False}),
    Specimen(
        "A step of a history",
        "step",
        {"step": made(**STEP), "line": MEETING},
        inside="ol",
        classes="timeline",
    ),
    Specimen("Any two versions", "any_two", {"line": MEETING, "versions": VERSIONS}),
    Specimen(
        "Versions to compare",
        "compare_versions",
        {
            "slug": MEETING.slug,
            "versions": VERSIONS,
            "first": VERSIONS[1],
            "last": VERSIONS[0],
            "choices": made(view="", only="all", swapped=HERE),
        },
    ),
    Specimen(
        "Ways to compare",
        "compare_choices",
        {
            "choices": [("Side by side", HERE, True), ("In one text", HERE, False)],
            "label": "How they are shown",
        },
    ),
    Specimen("What the marks mean", "compare_legend", classes="tracked-changes"),
    Specimen(
        "Side by side",
        "compare_sides",
        {
            "first": made(named="version 1"),
            "last": made(named="version 2"),
            "backwards": False,
            "rows": [
                (
                    made(kind="changed", old_areas=(), new_areas=()),
                    _html("<p>Ring within <del>three days</del>.</p>"),
                    _html("<p>Ring within <ins>one day</ins>.</p>"),
                ),
                (made(kind="gap", left_out=3), "", ""),
                (
                    made(kind="added", old_areas=(), new_areas=("south",)),
                    "",
                    _html("<p><ins>Say who rang.</ins></p>"),
                ),
            ],
        },
        classes="compare-beside chapter-text tracked-changes",
    ),
    Specimen(
        "What an edition changed",
        "changes",
        {
            "heading": "h3",
            "listed": [
                made(
                    url=HERE,
                    edition=NINTH,
                    groups=[
                        (
                            "Updated",
                            [
                                made(
                                    line=MEETING,
                                    url=HERE,
                                    number="2.1",
                                    title=MEETING.title,
                                    number_now="2.2",
                                    amendment=AMENDMENT,
                                    successor=None,
                                )
                            ],
                        )
                    ],
                    definitions=[(made(sequence=1, name="Core group", note="New."), HERE)],
                    documents=[(made(sequence=2, title=FORM.title, label=FORM.label, note="Shorter."), HERE)],
                )
            ],
        },
    ),
    Specimen("Changed since a day", "changed_chapters", CHANGED),
    Specimen("Renumbered since a day", "changed_chapters", RENUMBERED),
    Specimen(
        "Keywords and documents since a day",
        "changed_others",
        {
            "found": made(
                keywords=[_each("New", "definitions", after=made(name="Core group"))],
                documents=[_each("New", "versions", after=FORM)],
            )
        },
    ),
    Specimen("Two editions compared", "compare_group", DIFFER),
    Specimen(
        "Keywords and documents compared",
        "compare_others",
        {
            "keywords": [
                made(
                    each=_each(word, "definitions"),
                    name=TITLE,
                    also=TITLE,
                    html=_html("<p>Those who <ins>meet</ins>.</p>"),
                )
                for word in ("New", "Updated")
            ],
            "documents": [
                _each(word, "versions", before=FORM, after=FORM) for word in ("Updated", "Corrected")
            ],
        },
    ),
    Specimen("How to search", "how_to_search"),
    Specimen("A number that was searched for", "number_found", {"past": HAD}),
    Specimen(
        "What has the title that was typed",
        "search_goes_to",
        {"at_once": made(titled=MEETING), "go_to": HERE},
    ),
    Specimen(
        "What was put right",
        "results_corrected",
        {"corrected": "meetings", "query": "meetigns", "as_typed": HERE},
    ),
    Specimen(
        "Nothing found",
        "nothing_found",
        {"found": made(words=["zebra"], too_common=False), "anywhere": HERE, "with_withdrawn": HERE},
    ),
    Specimen(
        "Narrowing a search", "search_filters", {"narrowing": NARROWING, "query": "meeting", "anywhere": HERE}
    ),
    Specimen(
        "Short forms",
        "shared_forms",
        {
            "shared": [
                (made(slug="made-up-form", form="CP"), [("Child protection", HERE), ("Care plan", HERE)])
            ]
        },
    ),
)


def _results(page: Page) -> SafeString:
    """Results of a search: a keyword that answers at once, how many there are, a chapter with a section, and the way to
    others."""
    hit = made(
        anchor="when-to-meet", number="1", heading=[("When to ", False), ("meet", True)], areas=["north"],
        status="guidance", passage=[("The group ", False), ("meets", True), (" within ten days.", False)],
    )  # fmt: skip
    title = [("Meetings", True), (" about a plan", False)]
    group: Any = made(line=MEETING, meaning=None, title=title, hits=[hit], more=2)
    card: Any = made(slug="meeting", name="Meeting", also=["Conference"], html="<p>People who meet.</p>")
    found = Results(total=12, whole=7, chapters=4, entries=4, words=["meetings"])
    rows = Rows(replace(page, manual=MANUAL), "meetings", lambda line: HERE)
    limits = "procedures only"
    return format_html(
        "{}{}{}{}",
        rows.cards([card] if page.edition else []),
        counted(found, "meetings", edition=None, limits=limits, page_number=2, last_page=3),
        listed(rows.of([group]), 11),
        pager(2, earlier=HERE, later=HERE),
    )


TEXT = """
A paragraph with **strong words**, *others*, [a link](https://www.example.org) and a footnote.[^1]

## A section {: #when-to-meet }

1. A list with numbers
2. and an item that goes on for longer than a line of a phone is wide, so that it is seen how it breaks
    - with another list in it

### A subsection {: #at-night .guidance }

> What somebody else said.

| Who | When | How |
| --- | --- | --- |
| Nurse | At once | By telephone: 01632 960001 |
| Teacher | Within a day | In writing |

Term
:   What it means.

!!! note
    Something to know.

!!! warning
    Something to beware of.

!!! policy
    What the board has decided.

!!! guidance
    What helps.

!!! protocol
    What agencies have agreed with one another.

!!! north
    What applies in one area only.

## Appendix: A form {: #appendix .appendix }

A very long word: Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft.

[^1]: The footnote.
"""
