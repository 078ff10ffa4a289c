"""The style sheets of every page, as `manual/partials/stylesheets.html` names them: apart, and joined into one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from django.template.loader import get_template

NAMING = "manual/partials/stylesheets.html"
LINK = re.compile(r"""<link [^>]*\{% static ['"](?P<name>[\w/.-]+)['"] %\}[^>]*>""")
MEDIA = re.compile(r"""media="(?P<media>[^"]+)\"""")

Sheet = tuple[str, str]


def named() -> list[Sheet]:
    """Name and medium of each, in their order; no medium means all."""
    source = get_template(NAMING).template.source  # type: ignore[attr-defined]
    return [
        (link["name"], found["media"] if (found := MEDIA.search(link[0])) else "")
        for link in LINK.finditer(source)
    ]


def of_the_screen() -> list[Sheet]:
    """Those that a browser has to have before it shows a page: not those for paper."""
    return [(name, media) for name, media in named() if media != "print"]


def joined(sheets: Iterable[Sheet], read: Callable[[str], str]) -> str:
    """One that does the same as all of these one after another."""
    texts = ((read(name), media) for name, media in sheets)
    return "\n".join(f"@media {media} {{\n{text}}}\n" if media else text for text, media in texts)
