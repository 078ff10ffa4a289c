"""Where a link may lead: inside the manual, to the web, to a mailbox or a telephone. Nothing else."""

from __future__ import annotations

import ipaddress
import re

# Resolved later, against the edition that is being read.
MANUAL_SCHEMES = ("chapter", "keyword", "document")
SCHEMES = frozenset({*MANUAL_SCHEMES, "http", "https", "mailto", "tel"})

_MANUAL = re.compile(
    rf"(?P<scheme>{'|'.join(MANUAL_SCHEMES)}):(?P<slug>[^\s#<>\"'`\\]*)(?:#(?P<anchor>[^\s#<>\"'`\\]*))?"
)
_WEB = re.compile(r"https?://(?P<host>[A-Za-z0-9.-]+)(?::(?P<port>\d{1,5}))?(?:[/?#][^\s<>\"`\\]*)?")
_MAIL = re.compile(r"mailto:[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[A-Za-z0-9.-]+(?:\?[^\s<>\"`\\]*)?")
_TELEPHONE = re.compile(r"tel:\+?[0-9().-]+")
_ANCHOR = re.compile(r"#[A-Za-z0-9][A-Za-z0-9.-]*")
_LABEL = re.compile(r"(?!xn--)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?", re.IGNORECASE)


def in_manual(address: str) -> re.Match[str] | None:
    """The parts `scheme`, `slug` and `anchor` of a reference inside the manual. The slug may not exist."""
    return _MANUAL.fullmatch(address)


def tidy(address: str) -> str:
    """The address that an editor meant who wrote a telephone number or a file's name with spaces in it."""
    address = address.strip()
    scheme, colon, rest = address.partition(":")
    if colon and scheme.lower() in SCHEMES:
        scheme = scheme.lower()
        rest = rest.replace(" ", "" if scheme == "tel" else "%20")
        return f"{scheme}:{rest}"
    return address


def may_link(address: str) -> bool:
    return bool(
        _MANUAL.fullmatch(address)
        or _ANCHOR.fullmatch(address)
        or _TELEPHONE.fullmatch(address)
        or _MAIL.fullmatch(address)
        or _leads_to_the_web(address)
    )


def may_show(address: str) -> bool:
    """Pictures come from the manual's own documents, so that reading a page tells no one else about it."""
    found = in_manual(address)
    return bool(found and found["scheme"] == "document")


def _leads_to_the_web(address: str) -> bool:
    """Sanitisers and browsers disagree about malformed hosts; one that both understand is enough here."""
    found = _WEB.fullmatch(address)
    if not found or int(found["port"] or 0) > 65535:
        return False
    labels = found["host"].removesuffix(".").split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        return False
    if labels[-1][0].isalpha():
        return True
    try:
        ipaddress.IPv4Address(found["host"])
    except ValueError:
        return False
    return True
