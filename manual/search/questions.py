"""What a question says besides its subject: words that only carry it, and the kind of section it hopes for. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from manual.search.stems import stem
from manual.search.words import folded

# They carry a question, and tell sections apart only a little.
_CARRYING = """
    able accept actually allow allowed already another anybody anyone ask asked asking away become best better
    call called cannot come comes could decide decided do does doesn done dont else ever every everyone fill
    find first follow get gets getting give given gives go goes going gone got happen happened happens hasn
    have haven having help hear heard hold how i if im is isn ive keep keeps kind know let like long look
    looking made make makes making may maybe mean means might much must myself need needed needs never new
    next nobody now number often ok okay old one ought our out people person please put question right said
    say saying says see seen send shall should show someone somebody something soon start still stop stopped
    sure take taken takes taking tell telling tells theirs them there thing things think thought today told
    try trying two us use used uses using wants want wanted wasn way week well whether wont work would wouldn
    write year years yet young
"""
CARRYING = frozenset(_CARRYING.split())
# So many words, at the least, make a question of which some only carry the others.
FEWEST_WORDS = 3

# What the question begins or goes on with (folded), and what a heading has that answers it (stems).
_KINDS = (
    (
        r"how (?:long|soon|quick|quickly|fast|often|many (?:days|hours|weeks))|by when|what day"
        r"|when (?:must|should|do|does|is|are|will|can)"
        r"|deadlines?|time ?scales?|time ?limits?|time ?frames?|working days?",
        "timescale timetable timing time deadline when soon often hour day clock late contact",
    ),
    (
        r"who (?:do|should|must|can|may|is|are|to|decides|has|else|sits|goes|attends|makes|takes)|whom|whose",
        "who whom people person role lead contact member",
    ),
    (
        r"ring|phone|telephone|call|numbers?|contacts?|email|address|out of hours|reach",
        "contact service ring number urgent help office line",
    ),
    (
        r"what (?:do|should|must|to|can|now|next|if)(?: (?:i|we|you|they|do))?|where do i start"
        r"|how do (?:i|we)|first (?:steps?|thing)|what now",
        "do first step at once act action now make raise when refer tonight same day",
    ),
    (r"what happens|afterwards?|after", "next happen after afterward outcome follow"),
    (
        r"(?:is it|it) (?:legal|illegal|lawful|an? (?:offence|crime))|illegal|legal|law|allowed|offence",
        "law legal offence act age",
    ),
    (
        r"consent|permission|agree(?:ment|s|d)?|refuses?|refused|refusal"
        r"|without (?:telling|asking|agreement|the parents?)",
        "consent refuse agreement permission openness telling",
    ),
    (
        r"what is|what are|whats|meaning|definition|mean(?:s|t)?|define|difference",
        "mean word term definition what",
    ),
    (
        r"signs?|symptoms?|indicators?|spot|recogni[sz]e|notice|suspect",
        "sign recognise notice indicator look",
    ),
    (r"record|recording|write|written|notes?|document|log|file", "record file note write document"),
    (
        r"share|sharing|pass on|tell(?:ing)? (?:the )?(?:parents?|family|others?|police|school)"
        r"|disclose|data|gdpr|confidential(?:ity)?",
        "share information confidence tell parent answer request",
    ),
    (
        r"disagree|complain|complaint|appeal|unhappy|not happy|challenge|escalat\w+",
        "disagree challenge complaint appeal escalate stage",
    ),
    (r"refer|referral|referrals|report|reporting|threshold", "refer referral report threshold when"),
    (r"checklist|template|form|proforma|letter", "checklist form letter template"),
)
_NUMBER = re.compile(
    r"(?<![^ ])(?:ring|phone|telephone|tel|call|dial|numbers?|contacts?|reach|hotline|helpline)(?![^ ])"
)
_COMPILED = tuple(
    (re.compile(rf"(?<![^ ])(?:{said})(?![^ ])"), frozenset(f" {stem(word)} " for word in headings.split()))
    for said, headings in _KINDS
)


def carries(word: str) -> bool:
    """Whether a folded word is one of those that only carry a question."""
    return word in CARRYING


@lru_cache(maxsize=1024)
def hoped_for(query: str) -> tuple[frozenset[str], ...]:
    """For each kind of section that a query hopes for the stems (see `stems_of`) by which headings tell it."""
    plain = folded(query)
    return tuple(headings for said, headings in _COMPILED if said.search(plain))


def asks_for_number(query: str) -> bool:
    """Whether a query may want a telephone number."""
    return bool(_NUMBER.search(folded(query)))
