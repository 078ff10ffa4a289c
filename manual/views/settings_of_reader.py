"""How a reader wants the pages to look: kept in a cookie, and only when they ask."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

SIZES = {"small": "Small", "medium": "Medium", "large": "Large"}
COLOURS = {"normal": "Normal colours", "high": "High visibility"}
COOKIE = "display"
A_YEAR = 365 * 24 * 60 * 60


@dataclass(frozen=True)
class Display:
    """Text size and colours."""

    size: str = "medium"
    colours: str = "normal"
    here: str = "/"

    @classmethod
    def of(cls, request: HttpRequest) -> Display:
        words = request.COOKIES.get(COOKIE, "").split("-")
        size = next((word for word in words if word in SIZES), "medium")
        colours = next((word for word in words if word in COLOURS), "normal")
        return cls(size, colours, request.get_full_path())

    @property
    def classes(self) -> str:
        return f"size-{self.size} colours-{self.colours}"

    def _choice(self, name: str, value: str, words: str, chosen: str) -> tuple[str, str, bool]:
        return words, f"/display/?{urlencode({name: value, 'next': self.here})}", value == chosen

    @property
    def size_choices(self) -> list[tuple[str, str, bool]]:
        """Each as words, address and whether it is the one that is on."""
        return [self._choice("size", size, words, self.size) for size, words in SIZES.items()]

    @property
    def colour_choice(self) -> tuple[str, str, bool]:
        """The colours that are not on: high visibility, or back to the normal ones."""
        other = "normal" if self.colours == "high" else "high"
        return self._choice("colours", other, COLOURS[other], self.colours)


@require_safe
def display(request: HttpRequest) -> HttpResponse:
    """Remember a choice and go back to the page where it was made."""
    now = Display.of(request)
    size = request.GET.get("size", now.size)
    colours = request.GET.get("colours", now.colours)
    back = request.GET.get("next", "/")
    if not back.startswith("/") or not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    response = HttpResponseRedirect(back)
    response["Cache-Control"] = "no-store"
    if size in SIZES and colours in COLOURS:
        response.set_cookie(
            COOKIE,
            f"{size}-{colours}",
            max_age=A_YEAR,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    return response
