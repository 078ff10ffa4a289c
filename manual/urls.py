from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from manual.views import (
    bundles,
    changes,
    citing,
    comparing,
    copies,
    dated,
    documents,
    editions,
    health,
    history,
    keywords,
    last_seen,
    printing,
    reading,
    settings_of_reader,
    suggestions,
)
from manual.views import search as searching


class ContentsNumber(StringConverter):
    """A chapter's number: 2, 2.1, 2.2.8."""

    regex = r"[0-9]+(?:\.[0-9]+)*"


register_converter(ContentsNumber, "contents_number")

urlpatterns = [
    # The manual in force
    path("", reading.contents, name="contents"),
    path("chapters/<slug:slug>/", reading.chapter, name="chapter"),
    path("chapters/<slug:slug>/history/", history.chapter_history, name="history"),
    path("chapters/<slug:slug>/compare/", comparing.chapter, name="compare"),
    path("chapters/<slug:slug>/print/", printing.chapter, name="print"),
    path("print/", printing.contents, name="print-contents"),
    path("<contents_number:number>/", reading.by_number, name="by-number"),
    path("quick-guide/", reading.quick_guide, name="quick-guide"),
    path("contacts/", reading.contacts, name="contacts"),
    path("keywords/", keywords.glossary, name="keywords"),
    path("keywords/<slug:slug>/", keywords.keyword, name="keyword"),
    path("documents/<slug:slug>/", documents.document, name="document"),
    path("search/", searching.results, name="search"),
    path("search/suggestions/", suggestions.suggestions, name="suggestions"),
    path("changes/", changes.since, name="changes"),
    path("changes/bundle.zip", bundles.changes, name="changes-bundle"),
    path("changes/since-last-seen/", last_seen.since_last_seen, name="since-last-seen"),
    # Editions
    path("editions/", editions.editions, name="editions"),
    path("editions/<int:edition>/", editions.edition, name="edition"),
    path("editions/compare/", comparing.any_editions, name="compare-any-editions"),
    path("editions/<int:edition>/compare/<int:other>/", comparing.editions, name="compare-editions"),
    path("editions/<int:edition>/bundle.zip", bundles.edition, name="edition-bundle"),
    path("editions/<int:edition>/contents/", reading.contents, name="edition-contents"),
    path("editions/<int:edition>/chapters/<slug:slug>/", reading.chapter, name="edition-chapter"),
    path("editions/<int:edition>/chapters/<slug:slug>/cite/", citing.cite, name="edition-cite"),
    path("editions/<int:edition>/chapters/<slug:slug>/print/", printing.chapter, name="edition-print"),
    path("editions/<int:edition>/contents/print/", printing.contents, name="edition-print-contents"),
    path("editions/<int:edition>/keywords/", keywords.glossary, name="edition-keywords"),
    path("editions/<int:edition>/keywords/<slug:slug>/", keywords.keyword, name="edition-keyword"),
    path("editions/<int:edition>/search/", searching.results, name="edition-search"),
    path("editions/<int:edition>/search/suggestions/", suggestions.suggestions, name="edition-suggestions"),
    path("editions/<int:edition>/documents/<slug:slug>/", documents.document, name="edition-document"),
    path("editions/<int:edition>/<contents_number:number>/", reading.by_number, name="edition-by-number"),
    # A printed copy: is it still current?
    path("c/", copies.ask, name="ask-copy"),
    path("c/<str:code>/", copies.copy, name="copy"),
    # As it stood on a day
    path("on/", dated.on, name="on"),
    path("on/<str:day>/", dated.on_day, name="on-day"),
    path("on/<str:day>/<path:page>", dated.on_day, name="on-page"),
    # The reader's own
    path("display/", settings_of_reader.display, name="display"),
    path("last-seen/", last_seen.choose, name="last-seen"),
    # For load balancers
    re_path(r"^health/live/?$", health.live, name="health-live"),
    re_path(r"^health/ready/?$", health.ready, name="health-ready"),
    path("robots.txt", health.robots, name="robots"),
    path("favicon.ico", health.favicon, name="favicon"),
]
