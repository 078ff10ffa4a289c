"""What stands in the head of every page and is the same for all of them."""

from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def stylesheets() -> SafeString:
    """The links to the stylesheets; their names are looked up once, unless they may change while the site runs."""
    return _rendered() if settings.DEBUG else _kept(str(settings.STORAGES["staticfiles"]))


@lru_cache(maxsize=8)
def _kept(_storage: str) -> SafeString:
    return _rendered()


def _rendered() -> SafeString:
    return render_to_string("manual/partials/stylesheets.html")
