"""What stands in the head of every page and is the same for all of them."""

import re
from functools import lru_cache

from django import template
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
def sign_and_stylesheets() -> SafeString:
    """The links to the sign of the site, for the browser's tab, and to the stylesheets. Their names are looked up once,
    unless they may change while the site runs."""
    return _rendered() if settings.DEBUG else _kept(str(settings.STORAGES["staticfiles"]))


@lru_cache(maxsize=8)
def _kept(_storage: str) -> SafeString:
    # Where files are collected, those for the screen are joined into one.
    joined = getattr(staticfiles_storage, "joined", "")
    if not joined:
        return _rendered()
    one = format_html('<link rel="stylesheet" href="{}">', static(joined))
    of_paper = re.findall(r'<link [^>]*media="print"[^>]*>', _rendered())
    return mark_safe("\n    ".join([_sign(), one, *of_paper]))  # noqa: S308 # rendered


def _rendered() -> SafeString:
    return format_html("{}\n    {}", _sign(), render_to_string("manual/partials/stylesheets.html"))


def _sign() -> SafeString:
    return format_html('<link rel="icon" href="{}" type="image/svg+xml">', static("icon.svg"))
