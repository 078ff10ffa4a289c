"""Numbers of chapters and sections that somebody typed as plain words: “see 2.1.5”, “section 9”, “paragraph 3.2”.

Careful rather than complete: most numbers in such a text are dates, laws, amounts and telephone numbers.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

Kind = Literal["chapter", "section", "paragraph"]


class Mention(NamedTuple):
    """Words from `start` to `end` of a text that name a chapter, or a section or paragraph, be it of that chapter."""

    start: int
    end: int
    kind: Kind
    chapter: str  # its number; empty: this chapter
    section: str  # its number; empty: the chapter as a whole


class Misnumbered(NamedTuple):
    """A link to a place in the same text whose words give it a number."""

    start: int
    end: int
    kind: Kind
    section: str
    anchor: str


_FENCE = re.compile(r"^(?P<fence>`{3,}|~{3,}).*?(?:^(?P=fence)[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
# What is no plain text: code, links and pictures, definitions of links, addresses, attributes, headings, boxes' first
# lines, and what stands in angle brackets.
_NOT_PLAIN = re.compile(
    r"(?P<ticks>`+)[^\n]*?(?P=ticks)"
    r"|!?\[[^\[\]\n]*(?:\[[^\[\]\n]*\][^\[\]\n]*)*\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\[[^\]\n]*\])"
    r"|^ {0,3}\[[^\]\n]+\]:[^\n]*"
    r"|\{:[^}\n]*\}"
    r"|^ {0,12}#{1,6}[ \t][^\n]*"
    r"|^[^\n]+\n(?:=+|-+)[ \t]*$"
    r"|^ *!!![^\n]*"
    r"|<[^>\n]*>"
    r"|\b(?:https?|mailto|tel|chapter|keyword|document):\S+|\bwww\.\S+|\S+@\S+",
    re.MULTILINE,
)
# A longer one is no sentence that anybody reads as one.
LONGEST_SENTENCE = 500
_BLANK = "\x00"

_NUMBER = r"[1-9]\d{0,2}(?:\.[1-9]\d{0,2})*"
_DEEP = r"[1-9]\d{0,2}(?:\.[1-9]\d{0,2}){2,5}"
_BEFORE = r"(?<![\w.,:/£$€#§%+@&\x00-])"
_AFTER = r"(?![\w%°:/@\x00-]|\.\d|,\d| ?\((?:\d|[a-z]{1,3}\)))"
_MENTION = re.compile(
    rf"{_BEFORE}(?P<kind>section|paragraph)[ \u00a0](?P<of>{_NUMBER}){_AFTER}"
    rf" of (?:chapter )?(?P<whose>{_DEEP}){_AFTER}"
    rf"|{_BEFORE}(?:(?P<first>{_DEEP})|chapter[ \u00a0](?P<named>[1-9]\d{{0,2}}(?:\.[1-9]\d{{0,2}})+)){_AFTER}"
    rf"(?:,? (?P<then>section|paragraph)[ \u00a0](?P<within>{_NUMBER}){_AFTER})?"
    rf"|{_BEFORE}(?P<here>section|paragraph)[ \u00a0](?P<place>{_NUMBER}){_AFTER}",
    re.IGNORECASE,
)
# The same as a link: the words may have been overtaken by a renumbering.
_LINKED = re.compile(
    rf"\[(?P<kind>section|paragraph) (?P<number>{_NUMBER})\]\(#(?P<anchor>[a-z][a-z0-9-]*)\)", re.IGNORECASE
)

# Sections of Acts that everybody in the field calls by their bare number.
_OF_LAW = frozenset(
    {"11", "16", "17", "20", "31", "34", "37", "38", "42", "43", "44", "46", "47", "85", "87", "117", "136"}
)
# In a sentence with one of these, a bare number may be one of that law or guidance.
_LAW = re.compile(
    r"\b(?:Acts?|Regulations?|Schedules?|Code of Practice|Convention|Bill|Articles?|Part [IVX\d]+|Directive|S\.?I\.?|"
    r"Working Together|Keeping Children Safe|[Ss]tatutory [Gg]uidance|Rules \d{4}|Order \d{4}|Measure \d{4}|"
    r"[Dd]etain(?:ed|s)?|(?:CA|HRA|UK GDPR|GDPR|DPA|LASPO|PACE|MCA|MHA|EHCP?) ?\d*)\b"
)
# What a section of a law is spoken of with.
_LEGAL = re.compile(
    r"[ \u00a0-]?(?:enquir|inquir|investigat|assessment|order|report|notice|agreement|accommodat|dut(?:y|ies)|power|"
    r"audit|officer|application|conference|strategy|child(?:ren)?\b|[A-Z]\b|and \d|or \d|to \d|to the\b.*\bAct)",
    re.IGNORECASE,
)
_OF_ANOTHER = re.compile(
    r",? (?:of|in|to|under|from) (?!(?:this|these|our|the present) )(?:the |that |its |[A-Z“‘\"'*_])"
)
_OF_ANOTHER_NUMBER = re.compile(
    r",? of (?!(?:this|these|our) )[\w“‘\"'*_]|,? (?:in|under|from) (?:the )?[“‘\"'*_]?[A-Z]"
)
# Before a number with dots: no number of a chapter.
_NO_CHAPTER = re.compile(
    r"(?:\b(?:on|since|dated|until|by|before|after|version|v|ver|release|issue|edition|table|figure|fig|rule|regulation|"
    r"regs?|article|schedule|standard|clause|annex|appendix|page|p|pp|act|part|ip|build|item|question|footnote|note|"
    r"step|stage|level|window|phone|tel|ext|ring|call|code|ratio|about|least|most|than|approximately|reference|ref|no|number)\.?|"
    r"[£$€≥≤<>=~×*])[ \u00a0]?$",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"[ \u00a0]?(?:%|°|(?:am|pm|p\.m|a\.m|hours?|hrs?|minutes?|mins?|seconds?|days?|weeks?|months?|years?|metres?|"
    r"miles?|km|cm|mm|m|kg|g|mg|ml|litres?|pounds?|pence|per cent|percent|million|thousand|times|children|people|"
    r"GB|MB|kB)\b)",
    re.IGNORECASE,
)
_SENTENCE_ENDS = re.compile(r"(?:[.!?](?=\s)|\n[ \t]*\n|\n(?=[ \t]*(?:[-*+|>]|\d+[.)]) ))")


def mentions(text: str) -> Iterator[Mention]:
    """Those of a Markdown text, in order. Whether there is such a chapter or section is for others to say."""
    plain = _plain(text)
    ends = [end.start() for end in _SENTENCE_ENDS.finditer(plain)]
    for found in _MENTION.finditer(plain):
        mention = _mention(found)
        before = plain[max(0, found.start() - 20) : found.start()]
        behind = plain[found.end() : found.end() + 100]
        if mention.chapter:
            written = found["named"] is not None or bool(found["of"])
            if (not written and _NO_CHAPTER.search(before)) or _UNIT.match(behind):
                continue
            if _OF_ANOTHER_NUMBER.match(behind):
                continue
        elif _of_a_law(mention, _sentence(plain, ends, found), behind):
            continue
        yield mention


def numbered_links(text: str) -> Iterator[Misnumbered]:
    """Links to places of the same text by words such as “section 9”, with the number that they give."""
    for found in _LINKED.finditer(_without_code(text)):
        kind: Kind = "section" if found["kind"].lower() == "section" else "paragraph"
        yield Misnumbered(found.start(), found.end(), kind, found["number"], found["anchor"])


def _mention(found: re.Match[str]) -> Mention:
    word = (found["kind"] or found["then"] or found["here"] or "chapter").lower()
    kind: Kind = "section" if word == "section" else "paragraph" if word == "paragraph" else "chapter"
    chapter = found["whose"] or found["first"] or found["named"] or ""
    section = found["of"] or found["within"] or found["place"] or ""
    start = found.start()
    if found["named"]:
        # The word before it stays; its number alone becomes a link.
        start = found.start("named")
    return Mention(start, found.end(), kind, chapter, section)


def _of_a_law(mention: Mention, sentence: str, behind: str) -> bool:
    if mention.section in _OF_LAW and mention.kind == "section":
        return True
    if _OF_ANOTHER.match(behind) or _LAW.search(sentence):
        return True
    return "." not in mention.section and bool(_LEGAL.match(behind))


def _sentence(plain: str, ends: Sequence[int], found: re.Match[str]) -> str:
    """The one that something was found in."""
    place = bisect_right(ends, found.start())
    start = max(ends[place - 1] if place else 0, found.start() - LONGEST_SENTENCE)
    end = min(ends[place] if place < len(ends) else len(plain), found.end() + LONGEST_SENTENCE)
    return plain[start:end]


def _plain(text: str) -> str:
    """The text, all that is no plain words blotted out; of the same length."""
    return _NOT_PLAIN.sub(_blot, _without_code(text))


def _without_code(text: str) -> str:
    return _FENCE.sub(_blot, text)


def _blot(found: re.Match[str]) -> str:
    return "".join(sign if sign == "\n" else _BLANK for sign in found[0])
