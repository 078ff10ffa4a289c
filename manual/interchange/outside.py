"""Addresses outside the manual: which there are in the edition in force, and whether each still answers.

Asked politely: one question at a time for each host, the headers alone, no name or address of anybody. Addresses on
private networks are not asked, so that a text cannot make the server look around at home.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from manual.models import Definition, Edition, Entry, OutsideLink

AGENT = "procedures-manual (checks whether links still lead somewhere)"
REDIRECTS = 8
AT_ONCE = 8
SECONDS = 10.0
# A server that sends a byte now and then would hold a question for ever: the whole of it may take this many times
# as long as one answer.
PATIENCE = 3
LONGEST = 1300

# In stored HTML, which this software wrote.
_HREF = re.compile(r'<a\b[^>]*? href="(https?://[^"]+)"', re.IGNORECASE)

# It is there, but not for programmes, or only for those who sign in: no reason to trouble an editor.
LETS_NO_PROGRAMME_IN = {401, 402, 403, 405, 406, 407, 418, 421, 425, 429, 451, 999}
GONE = {404: "The page is not there any more.", 410: "The page was taken away for good."}
MOVES = {301, 302, 303, 307, 308}


@dataclass(frozen=True)
class Answer:
    """What asking an address found: a sentence for editors, empty where all is well. `reached` is false where
    nothing came back at all."""

    problem: str = ""
    reached: bool = True


@dataclass(frozen=True)
class Asked:
    """What a whole check found."""

    asked: int
    failing: list[tuple[str, str]]
    forgotten: int
    too_long: list[str]


class NoWayOut(Exception):
    """Not one of several addresses could be reached: it is this machine that is cut off, and nothing is stored."""


Progress = Callable[[int, int, str, Answer], None]


# --- Which addresses there are -------------------------------------------------------------------------------


def addresses_in(edition: Edition | None) -> set[str]:
    """Every outside address in the living texts, links and keywords of an edition, without what follows a “#”."""
    if edition is None:
        return set()
    found: set[str] = set()
    entries = Entry.objects.filter(edition=edition, gone=False, withdrawn_in=None)
    for html, link in entries.values_list("amendment__html", "amendment__link").iterator():
        found.update(_outside(html))
        if link:
            found.add(link)
    for html in Definition.objects.in_edition(edition).values_list("html", flat=True):
        found.update(_outside(html))
    return {_without_fragment(address) for address in found}


def chapters_leading_to(address: str) -> list[tuple[int, str]]:
    """The chapters of the edition in force that lead to an address: key and title. Two queries."""
    edition = Edition.objects.in_force()
    if edition is None:
        return []
    entries = Entry.objects.filter(edition=edition, gone=False, withdrawn_in=None)
    written = escape(address)
    entries = entries.filter(
        Q(amendment__link__startswith=address)
        | Q(amendment__html__contains=f'href="{written}"')
        | Q(amendment__html__contains=f'href="{written}#')
    )
    return [
        (key, f"{number} {title}".strip())
        for key, number, title, link in entries.order_by("position").values_list(
            "chapter_id", "number", "amendment__title", "amendment__link"
        )
        if not link or _without_fragment(link) == address
    ]


def _outside(html: str) -> Iterable[str]:
    return (unescape(found) for found in _HREF.findall(html))


def _without_fragment(address: str) -> str:
    return address.partition("#")[0]


# --- Asking one ----------------------------------------------------------------------------------------------


class Unanswered(Exception):
    """Why an address gives no answer, in a sentence."""

    def __init__(self, sentence: str, *, reached: bool = False) -> None:
        super().__init__(sentence)
        self.reached = reached


class Asker:
    """Asks addresses, one at a time for each host."""

    def __init__(self, *, private: bool = False, seconds: float = SECONDS) -> None:
        self.private = private
        self.seconds = seconds
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._taking_turns = threading.Lock()

    def ask(self, address: str) -> Answer:
        """Whether an address answers, wherever it leads on to."""
        try:
            status = self._follow(address)
        except Unanswered as reason:
            return Answer(str(reason), reached=reason.reached)
        if status < 400 or status in LETS_NO_PROGRAMME_IN:
            return Answer()
        if status in GONE:
            return Answer(f"{GONE[status]} ({status})")
        if status >= 500:
            return Answer(f"The site has a fault of its own. ({status})")
        return Answer(f"The site does not show this page. ({status})")

    def _follow(self, address: str) -> int:
        """The status of the page at the end of all redirects."""
        seen = {address}
        for _hop in range(REDIRECTS + 1):
            status, location = self._once(address)
            if status not in MOVES:
                return status
            if not location:
                raise Unanswered("The page says that it has moved, but not where to.", reached=True)
            address = _without_fragment(urljoin(address, location))
            if address in seen:
                # Some sites want a cookie first and then show the page; a browser gets there.
                raise Unanswered("The page leads back to itself.", reached=True)
            seen.add(address)
        raise Unanswered("The page leads on and on to others.", reached=True)

    def _once(self, address: str) -> tuple[int, str]:
        parts = _parts(address)
        with self._turn(f"{parts.hostname}:{_port(parts)}"):
            where = self._resolved(parts)
            status, location = self._request("HEAD", parts, where)
            if status in MOVES or status < 400 or status == 429:
                return status, location
            # Many servers answer that only the page itself may be asked for.
            return self._request("GET", parts, where)

    def _turn(self, host: str) -> threading.Lock:
        with self._taking_turns:
            return self._turns[host]

    def _resolved(self, parts: SplitResult) -> str:
        """A numeric address of the host; none on a private network, unless that is allowed."""
        host = str(parts.hostname)
        try:
            found = socket.getaddrinfo(host, _port(parts), type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unanswered(f"There is no site called {host}.") from error
        numbers = [str(info[4][0]) for info in found]
        if not self.private:
            numbers = [number for number in numbers if _public(number)]
            if not numbers:
                raise Unanswered("It leads into a private network, which readers cannot reach.", reached=True)
        # The older kind of address first: fewer machines can reach the newer one.
        return min(numbers, key=lambda number: ":" in number)

    def _request(self, method: str, parts: SplitResult, where: str) -> tuple[int, str]:
        """Status and where it leads on to. Of the page itself nothing is read."""
        kind = _Secure if parts.scheme == "https" else _Plain
        connection = kind(str(parts.hostname), _port(parts), timeout=self.seconds)
        connection.where = where
        guard = threading.Timer(self.seconds * PATIENCE, connection.give_up)
        guard.daemon = True
        guard.start()
        try:
            target = quote(parts.path or "/", safe="/%:=&?~#+!$,;'@()*[]")
            if parts.query:
                target += "?" + quote(parts.query, safe="/%:=&?~#+!$,;'@()*[]")
            connection.request(
                method, target, headers={"User-Agent": AGENT, "Accept": "*/*", "Connection": "close"}
            )
            response = connection.getresponse()
            if connection.given_up:
                raise http.client.IncompleteRead(b"")
            return response.status, _as_utf8(response.headers.get("Location") or "")
        except TimeoutError as error:
            raise Unanswered(f"It did not answer within {self.seconds:g} seconds.") from error
        except ssl.SSLCertVerificationError as error:
            raise Unanswered(
                "Its certificate cannot be trusted, so browsers warn of it.", reached=True
            ) from error
        except ssl.SSLError as error:
            raise Unanswered("It does not speak https properly.", reached=True) from error
        except ConnectionRefusedError as error:
            raise Unanswered("Nothing answers there.") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            if connection.given_up:
                raise Unanswered("It began to answer and did not come to an end.", reached=True) from error
            raise Unanswered("The connection broke off before an answer came.") from error
        finally:
            guard.cancel()
            connection.close()


class _Plain(http.client.HTTPConnection):
    """A connection to the very number that was looked at, whatever the name leads to a moment later."""

    where = ""
    given_up = False

    def connect(self) -> None:
        self.sock = socket.create_connection((self.where, self.port), self.timeout)

    def give_up(self) -> None:
        self.given_up = True
        if self.sock is not None:
            with suppress(OSError):  # it may have ended by itself
                self.sock.shutdown(socket.SHUT_RDWR)


class _Secure(_Plain):
    default_port = 443

    def connect(self) -> None:
        super().connect()
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def _parts(address: str) -> SplitResult:
    try:
        parts = urlsplit(address.strip())
        host, _port_is_a_number = parts.hostname, parts.port
    except ValueError as error:
        raise Unanswered("The address is not written as addresses are.", reached=True) from error
    if parts.scheme.lower() not in ("http", "https"):
        raise Unanswered("It leads on to something that is no page of the web.", reached=True)
    if not host or re.search(r"[\s\x00-\x1f]", urlunsplit(parts)):
        raise Unanswered("The address is not written as addresses are.", reached=True)
    return parts._replace(scheme=parts.scheme.lower())


def _as_utf8(header: str) -> str:
    """A header that was read as Latin letters, as those meant it who write other letters into it."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _public(number: str) -> bool:
    address = ipaddress.ip_address(number.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_global) and not address.is_multicast


# --- Asking all ----------------------------------------------------------------------------------------------


def check_outside_links(
    *,
    private: bool = False,
    seconds: float = SECONDS,
    at_once: int = AT_ONCE,
    progress: Progress | None = None,
) -> Asked:
    """Ask every outside address of the edition in force, store what was found, and forget those no longer used."""
    found = addresses_in(Edition.objects.in_force())
    addresses = sorted(address for address in found if len(address) <= LONGEST)
    answers = ask_all(addresses, private=private, seconds=seconds, at_once=at_once, progress=progress)
    if len(answers) > 1 and not any(answer.reached for answer in answers.values()):
        raise NoWayOut(
            f"None of {len(answers)} outside addresses could be reached. This machine seems to be cut off; nothing was "
            "stored."
        )
    now = timezone.now()
    with transaction.atomic():
        forgotten, _each = OutsideLink.objects.exclude(address__in=addresses).delete()
        known = OutsideLink.objects.select_for_update().in_bulk(field_name="address")
        made: list[OutsideLink] = []
        changed: list[OutsideLink] = []
        for address, answer in answers.items():
            link = known.get(address) or OutsideLink(address=address)
            link.checked_at = now
            link.failing_since = (link.failing_since or now) if answer.problem else None
            link.problem = answer.problem[:300]
            (changed if link.pk else made).append(link)
        OutsideLink.objects.bulk_create(made)
        OutsideLink.objects.bulk_update(changed, ["checked_at", "failing_since", "problem"], batch_size=100)
    failing = [(address, answer.problem) for address, answer in answers.items() if answer.problem]
    return Asked(len(answers), failing, forgotten, sorted(found - set(addresses)))


def ask_all(
    addresses: Iterable[str], *, private: bool, seconds: float, at_once: int, progress: Progress | None = None
) -> dict[str, Answer]:
    """The answer of each address, in their order: several hosts at once, but of each host one address after another."""
    by_host: defaultdict[str, list[str]] = defaultdict(list)
    for address in addresses:
        by_host[address.split("/")[2].lower() if address.count("/") >= 2 else ""].append(address)
    total = sum(map(len, by_host.values()))
    asker = Asker(private=private, seconds=seconds)
    answers: dict[str, Answer] = {}
    said = threading.Lock()

    def ask(those: list[str]) -> None:
        for address in those:
            answer = asker.ask(address)
            with said:
                answers[address] = answer
                if progress:
                    progress(len(answers), total, address, answer)

    with ThreadPoolExecutor(max_workers=max(1, at_once)) as pool:
        for done in as_completed([pool.submit(ask, those) for those in by_host.values()]):
            done.result()
    return {address: answers[address] for address in sorted(answers)}
