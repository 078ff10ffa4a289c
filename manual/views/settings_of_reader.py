"""How a reader wants the pages to look and to be used: kept in a cookie, and only when they ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from manual.models import Manual

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SIZES = {"small": _("Small"), "medium": _("Medium"), "large": _("Large")}
COLOURS = {"normal": _("As on this device"), "high": _("High visibility")}
MARKS = {"on": _("Show what changed"), "off": _("Hide the marks of changes")}
SLASH = {"on": _("Leads to search"), "off": _("Does nothing")}
COOKIE = "display"
AREA_COOKIE = "area"
BOTH = "both"
A_YEAR = 365 * 24 * 60 * 60


@dataclass(frozen=True)
class Display:
    """Text size, colours, whether changed passages are marked, whether the key “/” leads to search (who speaks to their
    computer may want it off), and the area that the reader looks at (none: all)."""

    size: str = "medium"
    colours: str = "normal"
    marks: str = "on"
    slash: str = "on"
    area: str = ""
    here: str = "/"

    @classmethod
    def of(cls, request: HttpRequest) -> Display:
        words = request.COOKIES.get(COOKIE, "").split("-")
        size = next((word for word in words if word in SIZES), "medium")
        colours = next((word for word in words if word in COLOURS), "normal")
        marks = "off" if "unmarked" in words else "on"
        slash = "off" if "noslash" in words else "on"
        area = request.COOKIES.get(AREA_COOKIE, "")
        return cls(size, colours, marks, slash, area, request.get_full_path())

    @property
    def classes(self) -> str:
        marks = " marks-off" if self.marks == "off" else ""
        slash = " slash-off" if self.slash == "off" else ""
        return f"size-{self.size} colours-{self.colours}{marks}{slash}"

    @property
    def cookie(self) -> str:
        """What is remembered for a year; the area is not."""
        marks = ["unmarked"] if self.marks == "off" else []
        slash = ["noslash"] if self.slash == "off" else []
        return "-".join([self.size, self.colours, *marks, *slash])

    def _choice(self, name: str, value: str, words: StrOrPromise, chosen: str) -> tuple[str, str, bool]:
        return str(words), f"/display/?{urlencode({name: value, 'next': self.here})}", value == chosen

    @property
    def size_choices(self) -> list[tuple[str, str, bool]]:
        """Each as words, address and whether it is the one that is on."""
        return [self._choice("size", size, words, self.size) for size, words in SIZES.items()]

    @property
    def colour_choices(self) -> list[tuple[str, str, bool]]:
        """Those that the reader's device asks for, light or dark, and high visibility."""
        return [self._choice("colours", colours, words, self.colours) for colours, words in COLOURS.items()]

    @property
    def marks_choice(self) -> tuple[str, str, bool]:
        """Switch the marks of changed passages off, or on again."""
        other = "on" if self.marks == "off" else "off"
        return self._choice("marks", other, MARKS[other], self.marks)

    @property
    def slash_choices(self) -> list[tuple[str, str, bool]]:
        """What the key “/” does."""
        return [self._choice("slash", slash, words, self.slash) for slash, words in SLASH.items()]

    def area_choices(self, areas: Mapping[str, str]) -> list[tuple[str, str, bool]]:
        """Each area of the manual, and both (or all) together."""
        whole = str(_("Both") if len(areas) == 2 else _("All"))
        chosen = self.area if self.area in areas else BOTH
        return [self._choice("area", word, name, chosen) for word, name in [*areas.items(), (BOTH, whole)]]


def way_back(request: HttpRequest) -> str:
    """The page of this site that the reader came from, as its link says; the contents where it names no such page."""
    back = request.GET.get("next", "/")
    on_this_site = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if on_this_site else "/"


@require_safe
def display(request: HttpRequest) -> HttpResponse:
    """Remember a choice and go back to the page where it was made."""
    now = Display.of(request)
    size = request.GET.get("size", now.size)
    colours = request.GET.get("colours", now.colours)
    marks = request.GET.get("marks", now.marks)
    slash = request.GET.get("slash", now.slash)
    area = request.GET.get("area", "")
    response = HttpResponseRedirect(way_back(request))
    response["Cache-Control"] = "no-store"
    wanted = Display(size, colours, marks, slash)
    known = size in SIZES and colours in COLOURS and marks in MARKS and slash in SLASH
    if known and (not area or wanted.cookie != now.cookie):
        response.set_cookie(
            COOKIE,
            wanted.cookie,
            max_age=A_YEAR,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    if area == BOTH:
        response.delete_cookie(AREA_COOKIE, samesite="Lax")
    elif area in Manual.objects.current().areas:
        # For this visit only: the next reader at this computer sees the whole manual again.
        response.set_cookie(AREA_COOKIE, area, httponly=True, samesite="Lax", secure=request.is_secure())
    return response
