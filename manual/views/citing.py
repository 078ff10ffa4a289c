"""How to cite a chapter, a section or a numbered paragraph, so that years later it still leads to the same words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from manual.models import Line, Section
from manual.models.issued import moment_of
from manual.views.dated import chapter_today
from manual.views.page import Page
from manual.workflow import day_said


@dataclass(frozen=True)
class Citation:
    """What is cited, the words to copy, and the address that shows the same text for ever."""

    anchor: str
    name: str
    words: str
    address: str


@require_safe
def cite(request: HttpRequest, edition: int, slug: str) -> HttpResponse:
    """The citations of a chapter as one edition has it; `?section=` puts one of its sections first, alone."""
    page = Page.of(request, edition)
    line = page.contents.by_slug.get(slug)
    if line is None or not line.is_page:
        raise Http404(_("Edition %(number)s has no chapter of this name.") % {"number": edition})
    page.chapter = line.chapter_id
    page.same_today = chapter_today(page, slug)
    page.fetch()
    whole, sections = citations(page, line)
    asked = request.GET.get("section", "")
    alone = next((citation for citation in sections if asked and citation.anchor == asked), None)
    return page.render(
        "manual/cite.html", line=line, whole=whole, sections=sections, alone=alone,
        missing=bool(asked) and alone is None,
    )  # fmt: skip


def citations(page: Page, line: Line) -> tuple[Citation, list[Citation]]:
    """Of the chapter as a whole, and of each of its sections in their order. One query."""
    edition = page.contents.edition
    permanent = page.request.build_absolute_uri(reverse("edition-chapter", args=[edition.number, line.slug]))
    start = _("%(manual)s, edition %(number)s") % {"manual": page.manual.title, "number": edition.number}
    when = applied(page, line)
    whole = Citation("", line.name, f"{start}, {line.name}, {when}", permanent)
    found = Section.objects.filter(amendment=line.amendment_id).exclude(anchor="").defer("text", "areas")
    sections = []
    for section in found.order_by("position"):
        name = _name(line, section)
        words = f"{start}, {line.number or line.title}, {name}, {when}"
        sections.append(Citation(section.anchor, name, words, f"{permanent}#{section.anchor}"))
    return whole, sections


def _name(line: Line, section: Section) -> str:
    """“section 4.1 (Who refers)”, “appendix A (Forms)”, “paragraph 1.3.5”, “section “Who refers””."""
    if not section.heading:
        number = f"{line.number}.{section.number}" if line.number else section.number
        return _("paragraph %(number)s") % {"number": number}
    named = {"number": section.number, "heading": section.heading}
    if not section.number:
        return _("section “%(heading)s”") % named
    if section.number.isalpha():
        return _("appendix %(number)s (%(heading)s)") % named
    return _("section %(number)s (%(heading)s)") % named


def applied(page: Page, line: Line) -> str:
    """When the edition applied, “in force 1 June 2026” or “in force from 1 June 2026 to 4 October 2026”; of a withdrawn
    chapter, since when it is that."""
    edition = page.contents.edition
    begins = timezone.localtime(moment_of(edition))
    if line.withdrawn_in and (withdrawn_in := page.issued.by_key.get(line.withdrawn_in)):
        return _("withdrawn on %(day)s") % {"day": day_said(timezone.localtime(moment_of(withdrawn_in)))}
    if page.to_come:
        return _("to take effect on %(day)s") % {"day": day_said(begins)}
    after = page.superseded_by
    if after is None:
        return _("in force %(day)s") % {"day": day_said(begins)}
    ends = timezone.localtime(moment_of(after))
    if ends.date() == begins.date():
        return _("in force on %(day)s until %(time)s") % {"day": day_said(begins), "time": f"{ends:%H:%M}"}
    if ends.hour or ends.minute:
        # Part of a day too: whoever acted in its morning followed these words.
        return _("in force from %(first)s to %(last)s, %(time)s") % {
            "first": day_said(begins),
            "last": day_said(ends),
            "time": f"{ends:%H:%M}",
        }
    return _("in force from %(first)s to %(last)s") % {
        "first": day_said(begins),
        "last": day_said(ends - timedelta(days=1)),
    }
