"""Outside links are asked politely, from a machine that is not lured home, and editors learn which do not answer."""

import io
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from manual import workflow
from manual.interchange import outside
from manual.models import Edition, OutsideLink
from tests.manual_maker import DAY, LONG_AGO, agreed, first_edition, grow, meaning

pytestmark = pytest.mark.django_db


class Site(ThreadingHTTPServer):
    """A small site that remembers what it was asked, and how many were asking at once."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Page)
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.well = False
        self.at_once = self.most_at_once = 0
        self.counting = threading.Lock()
        self.sent = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address) -> None:
        """Whoever asks hangs up when it has seen enough."""


class Page(BaseHTTPRequestHandler):
    server: Site

    def answer(self) -> None:
        site = self.server
        with site.counting:
            site.asked.append((self.command, self.path, dict(self.headers)))
            site.at_once += 1
            site.most_at_once = max(site.most_at_once, site.at_once)
        # Whoever asks twice at once is here twice at once. Counted off before the answer, which may bring the next.
        time.sleep(0.02)
        with site.counting:
            site.at_once -= 1
        self._answer(self.path.partition("?")[0])

    do_HEAD = do_GET = answer

    def _answer(self, path: str) -> None:
        moved = {
            "/moved": "/fine", "/moved-away": "ftp://example.org/file", "/loop": "/loop-2", "/loop-2": "/loop",
            "/to-section": "/fine#here", "/far": "http://192.168.0.1/",
        }  # fmt: skip
        if path in moved:
            self._say(301, Location=moved[path])
        elif path == "/endless":
            self._say(302, Location=f"/endless?{len(self.server.asked)}")
        elif path == "/sometimes":
            self._say(200 if self.server.well else 500)
        elif path == "/only-get":
            self._say(405 if self.command == "HEAD" else 200)
        elif path == "/head-breaks":
            self._say(500 if self.command == "HEAD" else 200)
        elif path == "/slow":
            time.sleep(3)
        elif path == "/drip":
            for byte in b"HTTP/1.1 200 OK\r\n" * 100:
                self.wfile.write(bytes([byte]))
                time.sleep(0.1)
        elif path == "/huge" and self.command == "GET":
            self._say(200, length=10**9)
            while True:
                self.server.sent += self.wfile.write(b"x" * 65536)
        elif path == "/huge":
            self._say(404)
        elif path.startswith("/status-"):
            self._say(int(path.removeprefix("/status-")))
        elif path == "/together":
            # Waits until the other hosts have been asked as well; one after another they never are.
            self.server.meeting.wait()
            self._say(200)
        else:
            self._say(200 if path.startswith("/fine") else 404)

    def _say(self, status: int, length: int = 0, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Quietly."""


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def ask(address: str, *, private: bool = True, seconds: float = 2.0) -> str:
    """What asking one address finds."""
    return outside.Asker(private=private, seconds=seconds).ask(address).problem


def publish(*addresses: str) -> None:
    """A manual whose one chapter leads to these addresses."""
    text = "\n\n".join(f"See [page {n}]({address})." for n, address in enumerate(addresses))
    chapters = grow("core\n    referral\n")
    workflow.publish(
        by=None,
        amendments=[agreed(chapters["core"]), agreed(chapters["referral"], text=text)],
        rearrange=True,
    )


def check(**options) -> str:
    """What the command prints."""
    printed = io.StringIO()
    call_command("check_links", stdout=printed, **{"private_networks": True, "seconds": 2.0, **options})
    return printed.getvalue()


# --- One address -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/fine", "/moved", "/to-section", "/only-get", "/head-breaks", "/fine?a=b&c=d"]
)
def test_a_page_that_is_there_answers(site, path):
    assert ask(site.url + path) == ""


@pytest.mark.parametrize("status", [401, 403, 429, 451, 999])
def test_a_page_that_lets_no_programme_in_is_no_problem_of_editors(site, status):
    assert ask(f"{site.url}/status-{status}") == ""


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/missing", "The page is not there any more. (404)"),
        ("/status-410", "The page was taken away for good. (410)"),
        ("/status-503", "The site has a fault of its own. (503)"),
        ("/status-400", "The site does not show this page. (400)"),
        ("/loop", "The page leads back to itself."),
        ("/endless", "The page leads on and on to others."),
        ("/status-301", "The page says that it has moved, but not where to."),
        ("/moved-away", "It leads on to something that is no page of the web."),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(site, path, problem):
    assert ask(site.url + path) == problem


def test_a_page_that_takes_too_long_is_not_waited_for(site):
    assert ask(f"{site.url}/slow", seconds=0.3) == "It did not answer within 0.3 seconds."


def test_a_page_that_never_comes_to_an_end_is_left(site):
    assert ask(f"{site.url}/drip", seconds=0.4) == "It began to answer and did not come to an end."


def test_nobody_at_home():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert ask(f"http://127.0.0.1:{port}/") == "Nothing answers there."


def test_a_site_that_does_not_speak_https(site):
    assert ask(f"https://127.0.0.1:{site.server_port}/fine") == "It does not speak https properly."


def test_a_huge_page_is_not_fetched(site):
    assert ask(f"{site.url}/huge") == ""
    assert [method for method, _path, _headers in site.asked] == ["HEAD", "GET"]
    time.sleep(0.3)
    assert site.sent < 50_000_000, "only what the network had taken up before it was told to stop"


@pytest.mark.parametrize(
    "address",
    [
        "http://",
        "http://[::1/",
        "http://127.0.0.1:99999/",
        "http://exa mple.org/",
        "https:///path",
    ],
)
def test_an_address_that_is_none_is_said_to_be_none(address):
    assert ask(address) == "The address is not written as addresses are."


@pytest.mark.parametrize("address", ["ftp://example.org/", "file:///etc/passwd", "gopher://127.0.0.1/"])
def test_only_pages_of_the_web_are_asked(address):
    assert ask(address) == "It leads on to something that is no page of the web."


def test_a_name_that_nobody_has(monkeypatch):
    def nowhere(*args, **kwargs):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    assert ask("https://nowhere.example.org/") == "There is no site called nowhere.example.org."


def test_it_says_what_it_is_and_nothing_of_anybody(site):
    ask(f"{site.url}/fine")
    [(_method, _path, headers)] = site.asked
    assert set(headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
    assert headers["User-Agent"] == outside.AGENT
    assert "@" not in outside.AGENT


# --- Private networks --------------------------------------------------------------------------------------

PRIVATE = "It leads into a private network, which readers cannot reach."


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "[::1]",  # noqa: S104
        "[fe80::1]", "[fd00::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "224.0.0.1",
    ],
)  # fmt: skip
def test_no_private_address_is_asked(monkeypatch, host):
    def never(*args, **kwargs):
        pytest.fail("it was asked")

    monkeypatch.setattr(socket, "create_connection", never)
    assert ask(f"http://{host}/", private=False) == PRIVATE


def test_no_page_leads_it_home(site, monkeypatch):
    """A public page that sends whoever asks on to a private address."""
    monkeypatch.setattr(outside, "_public", lambda number: number == "127.0.0.1")
    assert ask(f"{site.url}/far", private=False) == PRIVATE


def test_a_name_that_changes_its_mind_is_asked_where_it_was_looked_at(site, monkeypatch):
    looked = []
    look_up = socket.getaddrinfo

    def fickle(host, port, *args, **kwargs):
        if host != "fickle.example.org":
            return look_up(host, port, *args, **kwargs)
        looked.append(host)
        number = "127.0.0.1" if len(looked) == 1 else "169.254.169.254"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port))]

    reached = []
    connect = socket.create_connection

    def connect_to(address, *args, **kwargs):
        reached.append(address[0])
        return connect(("127.0.0.1", address[1]), *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", fickle)
    monkeypatch.setattr(socket, "create_connection", connect_to)
    assert ask(f"http://fickle.example.org:{site.server_port}/fine") == ""
    assert reached == ["127.0.0.1"]


# --- All of them -------------------------------------------------------------------------------------------


def test_the_command_stores_what_it_found_and_says_how_many(site):
    publish(f"{site.url}/fine", f"{site.url}/missing#section", f"{site.url}/moved")
    printed = check()
    assert "3 of 3 asked" in printed
    assert f"{site.url}/missing: The page is not there any more. (404)" in printed
    assert "3 outside links: 2 answer, 1 do not." in printed
    [failing] = OutsideLink.objects.failing()
    assert failing.address == f"{site.url}/missing"
    assert failing.problem == "The page is not there any more. (404)"
    assert failing.failing_since == failing.checked_at
    assert OutsideLink.objects.count() == 3


def test_it_finds_the_links_of_texts_of_link_chapters_and_of_keywords(site):
    chapters = grow("core\n    poster: link\n")
    amendments = [
        agreed(chapters["core"], text=f"See [a]({site.url}/fine-1) and <{site.url}/fine-2?a=1&b=2>."),
        agreed(chapters["poster"], text="", link=f"{site.url}/fine-3#page=2"),
    ]
    lado = meaning("lado", meaning=f"See [there]({site.url}/fine-4).")
    workflow.publish(by=None, amendments=amendments, definitions=[lado], rearrange=True)
    check()
    paths = sorted(link.address.removeprefix(site.url) for link in OutsideLink.objects.all())
    assert paths == ["/fine-1", "/fine-2?a=1&b=2", "/fine-3", "/fine-4"]
    assert ("HEAD", "/fine-2?a=1&b=2") in [asked[:2] for asked in site.asked]
    titles = [title for _key, title in outside.chapters_leading_to(f"{site.url}/fine-3")]
    assert titles == ["1.1 Poster"]
    assert [title for _key, title in outside.chapters_leading_to(f"{site.url}/fine-2?a=1&b=2")] == ["1 Core"]
    assert outside.chapters_leading_to(f"{site.url}/fine") == []


def test_it_keeps_since_when_a_link_fails_and_forgets_that_once_it_answers(site):
    publish(f"{site.url}/sometimes", f"{site.url}/fine")
    check()
    [first] = OutsideLink.objects.failing()
    check()
    [second] = OutsideLink.objects.failing()
    assert second.failing_since == first.failing_since
    assert second.checked_at > first.checked_at
    site.well = True
    check()
    assert not OutsideLink.objects.failing().exists()
    assert OutsideLink.objects.get(pk=first.pk).problem == ""


def test_it_forgets_addresses_that_are_no_longer_used(site):
    OutsideLink.objects.create(
        address="http://old.example.org/",
        problem="Gone.",
        failing_since=timezone.now(),
        checked_at=timezone.now(),
    )
    publish(f"{site.url}/fine")
    assert "1 no longer used, and forgotten." in check()
    assert [link.address for link in OutsideLink.objects.all()] == [f"{site.url}/fine"]


def test_each_host_is_asked_one_question_at_a_time(site):
    publish(*(f"{site.url}/fine-{n}" for n in range(12)), f"{site.url}/moved")
    check(at_once=8)
    assert len(site.asked) >= 13
    assert site.most_at_once == 1


def test_several_hosts_are_asked_at_once():
    sites = [Site() for _n in range(4)]
    meeting = threading.Barrier(4, timeout=10)
    for site in sites:
        site.meeting = meeting
    threads = [threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.01}) for site in sites]
    for thread in threads:
        thread.start()
    try:
        answers = outside.ask_all(
            [f"{site.url}/together" for site in sites], private=True, seconds=30, at_once=4, progress=None
        )
        assert [answer.problem for answer in answers.values()] == [""] * 4
    finally:
        for site, thread in zip(sites, threads, strict=True):
            site.shutdown()
            site.server_close()
            thread.join()


def test_a_machine_that_is_cut_off_blames_no_link(monkeypatch):
    publish("http://one.example.org/", "http://two.example.org/")

    def nowhere(*args, **kwargs):
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    with pytest.raises(CommandError, match="This machine seems to be cut off; nothing was stored"):
        check()
    assert not OutsideLink.objects.exists()


def test_failing_links_are_no_failure_of_the_command(site):
    publish(f"{site.url}/missing")
    assert "1 outside links: 0 answer, 1 do not." in check()


def test_without_an_edition_in_force_there_is_nothing_to_ask(db):
    assert "0 outside links" in check()


@pytest.mark.parametrize("options", [{"seconds": 0}, {"seconds": -1}, {"at_once": 0}])
def test_options_that_make_no_sense_are_refused(options):
    with pytest.raises(CommandError, match="have to be more than nothing"):
        check(**options)


def test_what_is_withdrawn_is_not_asked(site):
    chapters = grow("core\n    referral\n    other\n")
    first_edition({"core": chapters["core"]})
    gone = agreed(chapters["referral"], text=f"See [it]({site.url}/fine).")
    workflow.publish(by=None, amendments=[gone], rearrange=True, at=LONG_AGO + DAY)
    assert len(outside.addresses_in(Edition.objects.in_force())) == 1
    withdrawn = agreed(chapters["referral"], significance="withdrawn")
    workflow.publish(by=None, amendments=[withdrawn], at=LONG_AGO + 2 * DAY)
    assert "0 outside links" in check()
