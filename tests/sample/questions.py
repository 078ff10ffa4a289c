"""Ten questions that practitioners really ask, and how each is answered: within two clicks, or by one search."""

from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin

from django.test import Client
from lxml.html import HtmlElement, document_fromstring

# How far down a list of results somebody in a hurry looks.
LOOKED_AT = 3


@dataclass(frozen=True)
class Question:
    """`clicks` are words of the links to follow, from the contents page; or else `search` is typed, and one of the
    first results opened. The section (or page) that is reached then has to say all of `says`.
    """

    asked: str
    chapter: str
    says: tuple[str, ...]
    clicks: tuple[str, ...] = ()
    search: str = ""


QUESTIONS = [
    Question(
        "I have seen a bruise on a six-week-old baby; what do I do tonight?",
        "bruising-protocol",
        ("telephone", "at once", "Kent Front Door", "Medway First Response", "01632 960111", "01632 960121"),
        clicks=("Management of Actual or Suspected Bruising", "You have seen a bruise: what to do tonight"),
    ),
    Question(
        "The parents refuse consent to the referral.",
        "responding-to-abuse-and-neglect",
        ("consent", "refus", "two working days"),
        search="parents refuse referral",
    ),
    Question(
        "A 15-year-old has not come back to her foster home.",
        "missing-children-and-families",
        ("30 minutes", "101", "within 1 hour", "social worker", "01632 960121"),
        search="missing foster home tonight",
    ),
    Question(
        "A child has just told me that an uncle touches her. What may I say?",
        "responding-to-abuse-and-neglect",
        ("listen", "promise"),
        clicks=("Responding to Abuse and Neglect", "What you must say to a child who has just told you"),
    ),
    Question(
        "A parent says that a teaching assistant has hit their son.",
        "allegations-against-staff",
        ("LADO within one working day", "Do not speak to the teaching assistant"),
        search="parent tells teaching assistant hit",
    ),
    Question(
        "The strategy discussion was on Monday. By when must the conference be held?",
        "initial-conferences",
        ("15 working days", "strategy discussion"),
        search="initial conference 15 working days",
    ),
    Question(
        "A girl of 13 told me, her teacher, that she was cut in the summer.",
        "female-genital-mutilation",
        ("101", "next working day"),
        search="FGM report police teacher",
    ),
    Question(
        "The school asks me, a nurse, what we know about a family. May I tell it?",
        "information-sharing",
        ("share", "five working days"),
        clicks=("Information Sharing", "Answering a request"),
    ),
    Question(
        "Children’s services closed the case and I think that the child is not safe.",
        "professional-disagreements",
        ("1 working day", "2 further working days", "line managers"),
        clicks=("Resolving Professional Disagreements", "Four steps"),
    ),
    Question(
        "It is Saturday night in Medway and I need a social worker.",
        "contact-details",
        ("Medway First Response", "01632 960121"),
        clicks=("Contacts", "Medway children’s services"),
    ),
]


def answered(client: Client, question: Question) -> None:
    assert len(question.clicks) <= 2, "more than two clicks"
    address = "/"
    for words in question.clicks:
        address = _link(client, address, words)
    reached = [address]
    if question.search:
        page = _page(client, f"/search/?q={question.search.replace(' ', '+')}")
        results = page.xpath("//ol[contains(@class, 'results')]/li")[:LOOKED_AT]
        shown = [
            link
            for result in results
            for link in (*result.xpath(".//h3/a/@href"), *result.xpath("./h2/a/@href"))
        ]
        reached = [link for link in shown if f"/chapters/{question.chapter}/" in link]
        assert reached, f"{question.asked} A search for “{question.search}” leads to {shown}"
    missing = [_missing(client, address, question) for address in reached]
    assert not all(missing), f"{question.asked} {reached} do not say {missing}"


def _missing(client: Client, address: str, question: Question) -> list[str]:
    """What the section, or page, does not say of what it has to."""
    path, anchor = urldefrag(address)
    reached = _page(client, path)
    assert f"/chapters/{question.chapter}/" in _address(client, path), question.asked
    read = reached.get_element_by_id(anchor) if anchor else reached.find(".//main")
    said = " ".join((read if read is not None else reached).text_content().split()).casefold()
    return [words for words in question.says if words.casefold() not in said]


def _link(client: Client, address: str, words: str) -> str:
    links = _page(client, urldefrag(address)[0]).xpath("//a[@href]")
    found = [link for link in links if words in " ".join(link.text_content().split())]
    assert found, f"{address} has no link “{words}”"
    return urljoin(address, found[0].get("href"))


def _page(client: Client, address: str) -> HtmlElement:
    response = client.get(address, follow=True)
    assert response.status_code == 200, address
    return document_fromstring(response.content.decode())


def _address(client: Client, address: str) -> str:
    chain = client.get(address, follow=True).redirect_chain
    return chain[-1][0] if chain else address
