"""How much was found, or why nothing was, as a sentence over the results."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from manual.search import Results


def counted(
    found: Results, query: str, *, edition: int | None, limits: str, page_number: int, last_page: int
) -> SafeString:
    """Of a page of results. `edition` is the number of the one that was searched, if it is not the one in force;
    `limits` is what the search was narrowed to, in words."""
    words = _words(found, query, edition, limits, page_number, last_page)
    return format_html('<p class="results-count" role="status">{}</p>', words)


def _words(
    found: Results, query: str, edition: int | None, limits: str, page_number: int, last_page: int
) -> str:
    if found.too_common:
        return ngettext(
            "Nearly every section has this word: “%(query)s”. Add one that tells more.",
            "Nearly every section has these words: “%(query)s”. Add one that tells more.",
            len(found.words),
        ) % {"query": query}
    if not found.words:
        return _(
            "There is no word to look for in “%(query)s”. A minus only leaves out; type at least one word without it."
        ) % {"query": query}
    if found.total:
        limited = f", {limits}" if limits else ""
        which = (
            _(", page %(number)s of %(last)s") % {"number": page_number, "last": last_page}
            if last_page > 1
            else ""
        )
        return f"{_sections(found, found.corrected or query, edition)}{limited}{which}"
    if found.entries:
        return ngettext(
            "%(n)s keyword and no section for “%(sought)s”",
            "%(n)s keywords and no section for “%(sought)s”",
            found.entries,
        ) % {"n": found.entries, "sought": found.corrected or query}
    return _nothing(query, edition, limits)


def _sections(found: Results, sought: str, edition: int | None) -> str:
    if found.loose and edition is not None:
        return ngettext(
            "No section of edition %(number)s has all of these words. %(n)s section has some: “%(sought)s”",
            "No section of edition %(number)s has all of these words. %(n)s sections have some: “%(sought)s”",
            found.total,
        ) % {"n": found.total, "number": edition, "sought": sought}
    if found.loose:
        return ngettext(
            "No section has all of these words. %(n)s section has some: “%(sought)s”",
            "No section has all of these words. %(n)s sections have some: “%(sought)s”",
            found.total,
        ) % {"n": found.total, "sought": sought}
    if found.whole < found.total and len(found.words) == 1:
        more = ngettext("%(n)s more may help", "%(n)s more may help", found.more) % {"n": found.more}
        return ngettext(
            "%(n)s section has this word, and %(more)s: “%(sought)s”",
            "%(n)s sections have this word, and %(more)s: “%(sought)s”",
            found.whole,
        ) % {"n": found.whole, "more": more, "sought": sought}
    if found.whole < found.total:
        more = ngettext("%(n)s more has some", "%(n)s more have some", found.more) % {"n": found.more}
        return ngettext(
            "%(n)s section has all of these words, and %(more)s: “%(sought)s”",
            "%(n)s sections have all of these words, and %(more)s: “%(sought)s”",
            found.whole,
        ) % {"n": found.whole, "more": more, "sought": sought}
    told = {
        "sections": ngettext("%(n)s section", "%(n)s sections", found.total) % {"n": found.total},
        "chapters": ngettext("%(n)s chapter", "%(n)s chapters", found.chapters) % {"n": found.chapters},
        "sought": sought,
    }
    if found.capped:
        return _("At least %(sections)s in %(chapters)s: “%(sought)s”") % told
    return _("%(sections)s in %(chapters)s: “%(sought)s”") % told


def _nothing(query: str, edition: int | None, limits: str) -> str:
    told = {"query": query, "number": edition, "limits": limits}
    if edition is not None and limits:
        return _("Nothing in edition %(number)s has all these words: “%(query)s”, %(limits)s.") % told
    if edition is not None:
        return _("Nothing in edition %(number)s has all these words: “%(query)s”.") % told
    if limits:
        return _("Nothing in the manual has all these words: “%(query)s”, %(limits)s.") % told
    return _("Nothing in the manual has all these words: “%(query)s”.") % told
