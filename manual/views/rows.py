"""What was found, as rows of the page of results: HTML, written here and in no template.

A page has up to two dozen passages in dozens of pieces; a template took longer over them than it takes to find them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from html import escape
from typing import NamedTuple
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from manual import search
from manual.decoration import keyword_meaning
from manual.lens import ELSEWHERE
from manual.models import Kind, Line, Manual, Meaning
from manual.views.found import MARKED
from manual.views.page import Page


class _Said(NamedTuple):
    more: str
    keyword: str
    also: str
    previous: str
    following: str
    pages: str


@functools.lru_cache(maxsize=8)
def _said(_language: str | None) -> _Said:
    """What results say in a language: asked for once, not again for every row."""
    return _Said(
        _("%(count)s more in this chapter"),
        _("Keyword"),
        _("Also: %(names)s"),
        _("<span>Previous</span> page %(number)s"),
        _("<span>Next</span> page %(number)s"),
        _("Pages of results"),
    )


class Rows:
    """Writes the rows of one page of results. `more_in` is the address of all that was found in a chapter."""

    def __init__(self, page: Page, query: str, more_in: Callable[[Line], str]) -> None:
        on = {"on": page.that_day.day.isoformat()} if page.that_day else {}
        self._page = page
        self._lens = page.lens
        self._areas = tuple(page.manual.areas.items())
        self._more_in = more_in
        # A chapter is read with the words marked there too, a link or a part as it is; both on the day asked for.
        self._marked = escape(f"?{urlencode({MARKED: query, **on})}")
        self._kept = escape(page.kept)
        self._said = _said(get_language())

    def of(self, groups: list[search.Group]) -> SafeString:
        return mark_safe("".join(map(self._row, groups)))  # noqa: S308 # all of it is escaped below

    def cards(self, meanings: list[Meaning]) -> SafeString:
        """The keywords that a query is a name of, each with what it means and where it stands in the glossary."""
        cards = []
        for n, meaning in enumerate(meanings, start=1):
            named = self._also(meaning)
            also = f'<p class="also">{escape(named)}</p>' if named else ""
            # Sanitised when it was rendered.
            words = self._lens.over(keyword_meaning(meaning, self._page.contents))
            cards.append(
                f"""
<section class="keyword-card" aria-labelledby="site-keyword-{n}">
  <h2 id="site-keyword-{n}">{self._keyword(meaning, escape(meaning.name))}</h2>
  {also}
  <div class="keyword-meaning">{words}</div>
</section>
"""
            )
        return mark_safe("".join(cards))  # noqa: S308 # escaped

    def _also(self, meaning: Meaning) -> str:
        return self._said.also % {"names": ", ".join(meaning.also)} if meaning.also else ""

    def _keyword(self, meaning: Meaning, name: str) -> str:
        address = self._page.contents.keyword_address(meaning.slug)
        tag = f'<span class="keyword-tag">{escape(self._said.keyword)}</span>'
        return f"{_link(self._leads(address, self._kept), name)} {tag}"

    def _row(self, group: search.Group) -> str:
        line, meaning = group.line, group.meaning
        if line:
            return self._chapter(group, line)
        if meaning is None:
            raise LookupError("What was found is neither in a chapter nor a keyword.")
        return _row(
            " result-keyword",
            self._keyword(meaning, html(group.title)),
            escape(self._also(meaning)),
            html(group.passage),
        )

    def _chapter(self, group: search.Group, line: Line) -> str:
        asks = self._marked if line.kind == Kind.CHAPTER else self._kept
        applies_to, status = line.applies_to, line.status
        number = f"{escape(line.number)} " if line.number else ""
        own = next((hit for hit in group.hits if not hit.anchor), None)
        sections = "".join(self._section(hit, line, asks) for hit in group.hits if hit.anchor)
        more = ""
        if group.more:
            said = escape(self._said.more % {"count": group.more})
            named = f'{said}<span class="visually-hidden">: {escape(line.title)}</span>'
            more = f'<p class="result-more">{_link(escape(self._more_in(line)), named)}</p>'
        return _row(
            f" {ELSEWHERE}" if self._lens.dims(applies_to) else "",
            _link(self._leads(line.url, asks), f"{number}{html(group.title)}"),
            escape(" › ".join(above.name for above in line.ancestors))
            + self._tags(applies_to, status if status != "procedure" else "", line.flag, line.withdrawn),
            html(own.passage) if own else "",
            f"""
    <ul class="result-sections">
      {sections}
    </ul>
  """
            if sections
            else "",
            more,
        )

    def _section(self, hit: search.Hit, line: Line, asks: str) -> str:
        number = hit.number
        if not hit.heading and line.number:
            number = _("paragraph %(number)s") % {"number": f"{line.number}.{hit.number}"}
        link = _link(self._leads(line.at(hit.anchor), asks), f"{escape(number)} {html(hit.heading)}")
        areas = hit.areas
        tags = self._tags(
            areas if areas != line.applies_to else [], hit.status if hit.status != line.status else ""
        )
        dims = f' class="{ELSEWHERE}"' if self._lens.dims(areas) else ""
        passage = f'<p class="result-passage">{html(hit.passage)}</p>' if hit.passage else ""
        return f"""
        <li{dims}>
          <h3>{link}{tags}</h3>
          {passage}
        </li>
      """

    def _tags(self, areas: list[str], status: str, flag: str = "", withdrawn: bool = False) -> str:
        """To whom it applies, what it is if no instruction, and whether it is new."""
        if not (areas or status or flag or withdrawn):
            return ""
        return _tags(get_language(), tuple(areas), self._areas, status, flag, withdrawn)

    def _leads(self, address: str, asks: str) -> str:
        target, hash_, anchor = address.partition("#")
        return f"{escape(target)}{asks}{hash_}{escape(anchor)}"


def listed(rows: str, first: int) -> SafeString:
    """The rows of a page as a list that begins with the number `first`."""
    return mark_safe(f'<ol class="results" start="{first}">{rows}</ol>' if rows else "")  # noqa: S308 # escaped


def pager(page_number: int, *, earlier: str, later: str) -> SafeString:
    """Leads to the pages of results before and after this one, by their addresses."""
    if not (earlier or later):
        return mark_safe("")
    said = _said(get_language())
    before = after = ""
    if earlier:
        words = said.previous % {"number": page_number - 1}
        before = f'<a class="pager-before" rel="prev" href="{escape(earlier)}">{words}</a>'
    if later:
        words = said.following % {"number": page_number + 1}
        after = f'<a class="pager-after" rel="next" href="{escape(later)}">{words}</a>'
    named = escape(said.pages)
    return mark_safe(f'<nav class="pager" aria-label="{named}">{before}{after}</nav>')  # noqa: S308 # escaped


def html(pieces: search.Marked) -> str:
    """Marked text for a page, escaped."""
    return "".join(
        [f"<mark>{escape(words)}</mark>" if is_marked else escape(words) for words, is_marked in pieces]
    )


def _row(classes: str, title: str, place: str, passage: str, sections: str = "", more: str = "") -> str:
    place = f'<p class="result-place">{place}</p>' if place else ""
    passage = f'<p class="result-passage">{passage}</p>' if passage else ""
    return f"""<li class="result{classes}">
  <h2 class="result-title">{title}</h2>
  {place}
  {passage}
  {sections}
  {more}
</li>"""


def _link(address: str, words: str) -> str:
    return f'<a href="{address}">{words}</a>'


@functools.lru_cache(maxsize=256)
def _tags(
    _language: str | None,
    areas: tuple[str, ...],
    named: tuple[tuple[str, str], ...],
    status: str,
    flag: str,
    withdrawn: bool,
) -> str:
    """There are few of them, and each stands on many pages."""
    manual = Manual(areas=dict(named))
    line = {"flag": flag, "withdrawn": withdrawn}
    return render_to_string(
        "manual/partials/result_tags.html",
        {"areas": areas, "status": status, "line": line, "manual": manual},
    )
