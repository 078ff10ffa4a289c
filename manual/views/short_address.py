"""The short address of a printed copy, in words and as a QR code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import segno
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from manual.models import Line, code_of
from manual.views.page import Page

# Light all around it, as wide as readers of such codes ask for.
QUIET_ZONE = 4


@dataclass(frozen=True)
class ShortAddress:
    """Where a printed copy can be asked after."""

    address: str

    @classmethod
    def of(cls, page: Page, line: Line | None = None) -> ShortAddress | None:
        """Of a chapter, part or group of the edition that is read, or of its contents; none of what is still to come,
        for until then its number can change."""
        if page.edition is None or page.edition.number is None or page.to_come:
            return None
        return cls.of_code(page.request, code_of(page.edition.number, line.slug if line else ""))

    @classmethod
    def of_code(cls, request: HttpRequest, code: str) -> ShortAddress:
        return cls(request.build_absolute_uri(reverse("copy", args=[code])))

    @property
    def typed(self) -> str:
        """As short as it can be typed: “manual.example.org/c/11-k3f9x2m”."""
        return self.address.partition("://")[2].rstrip("/")

    @property
    def qr(self) -> SafeString:
        """The code as SVG: black on white, of any size."""
        return mark_safe(_svg(self.address))  # noqa: S308 # made of figures alone


@lru_cache(maxsize=1_000)
def _svg(address: str) -> str:
    code = segno.make_qr(address, error="m")
    svg: str = code.svg_inline(
        border=QUIET_ZONE, dark="#000000", light="#ffffff", omitsize=True, svgclass=None, lineclass=None
    )
    return svg
