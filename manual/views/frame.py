"""What the masthead and the foot of a page show, told so that pages for which it is the same share what is rendered."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from django.utils.html import escape
from django.utils.translation import get_language

from manual.models import Edition
from manual.templatetags.kept import Frame, Seen, gap

if TYPE_CHECKING:
    from manual.views.page import Page

# All of it follows from the key.
OF_THE_PAGE = frozenset(
    {
        "about", "asks_for_a_day", "contents_address", "dated", "for_staff", "keywords_address", "search_address",
        "suggestions_address", "superseded", "to_come",
    }
)  # fmt: skip
OF_THE_MANUAL = frozenset({"title", "board", "areas"})
OF_AN_EDITION = frozenset({"number", "name", "effective_at", "get_absolute_url"})
OF_THE_DAY = frozenset({"day"})
OF_A_WHOLE_PAGE = frozenset({"dated", "for_staff", "hidden_from_search_engines"})
OF_THE_DISPLAY = frozenset({"classes", "colours"})
OF_A_NOTICE = frozenset({"chapter_id", "words"})


def frame_of(page: Page) -> Frame:
    """What a page has of its own is filled in: where it is, what it has searched for, what its date box asks for.

    Of these it can only be asked whether there are any, and each stands by itself in an attribute or an address.
    """
    manual, display, box, day = page.manual, page.display, page.another_day, page.that_day
    area = page.lens.area
    return Frame(
        (
            (manual.title, manual.board, tuple(manual.areas.items()), manual.about),
            (_told(page.edition), _told(page.in_force)),
            (page.dated, page.to_come, page.superseded, page.for_staff, page.asks_for_a_day),
            (display.size, display.colours, display.marks, display.slash, area, get_language()),
            (day and day.day, box.first, box.last, box.asked, bool(box.query), bool(page.searched)),
        ),
        lambda: _shown(page),
        {
            "here": quote_plus(display.here),
            "page": escape(box.page),
            "again": escape(box.query),
            "query": escape(page.searched),
        },
    )


def whole_frame(
    page: Page, also: Hashable, shown: Callable[[], dict[str, object]], filled_in: Mapping[str, str]
) -> Frame:
    """A whole page, for those that read the manual in force as most do; without a key for all others.

    `also` tells what this kind of page shows besides, as `shown` has it (None: nothing can tell that), and `filled_in`
    what each page has of its own.
    """
    plain = also is not None and not (
        page.dated
        or page.to_come
        or page.for_staff
        or page.lens
        or (page.last_seen and page.last_seen != page.in_force)
    )
    notices = [Seen(notice, OF_A_NOTICE) for notice in page.notices]
    frame, help_frame = page.frame, page.help_frame
    return Frame(
        (
            frame.key,
            help_frame.key,
            tuple((notice.chapter_id, notice.words) for notice in notices),
            (page.manual.sample, page.hidden_from_search_engines),
            also,
        )
        if plain
        else None,
        lambda: {
            "page": Seen(
                page,
                OF_A_WHOLE_PAGE,
                frame=frame.in_gaps(),
                help_frame=help_frame,
                notices=notices,
                display=Seen(page.display, OF_THE_DISPLAY),
                lens=None,
                last_seen=None,
            ),
            "manual": Seen(page.manual, OF_THE_MANUAL | {"sample"}),
            **shown(),
        },
        {**frame.filled_in, **filled_in},
    )


def _shown(page: Page) -> dict[str, object]:
    manual, box, day = page.manual, page.another_day, page.that_day
    display = replace(page.display, area=page.lens.area, here=gap("here"))
    seen = Seen(
        page,
        OF_THE_PAGE,
        edition=page.edition and Seen(page.edition, OF_AN_EDITION),
        in_force=page.in_force and Seen(page.in_force, OF_AN_EDITION),
        display=display,
        area_choices=display.area_choices(manual.areas) if page.area_choices else [],
        another_day=replace(box, page=gap("page"), query=gap("again") if box.query else ""),
        that_day=day and Seen(day, OF_THE_DAY),
    )
    query = gap("query") if page.searched else ""
    return {"page": seen, "manual": Seen(manual, OF_THE_MANUAL), "query": query}


def _told(edition: Edition | None) -> Hashable:
    return edition and (edition.pk, edition.stamp, edition.number, edition.name, edition.effective_at)
