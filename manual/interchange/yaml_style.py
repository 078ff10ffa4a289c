"""How values are written into content files: one way for each value, so that the same manual gives the same bytes.

Plain where any YAML reader would take it for this text; else in quotation marks on one line, whatever it holds.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from datetime import datetime

import yaml
from django.utils import timezone

WIDTH = 120

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}
# What YAML's readers refuse, take for the end of a line, or do not show.
_UNSAFE = re.compile('[\\\\"\x00-\x1f\x7f-\xa0\xad\u2028\u2029\u200b-\u200f\ud800-\udfff\ufeff\ufffe\uffff]')
_PLAIN = re.compile(r"(?![-(?:,\[\]{}#&*!|>'\"%@`=<~.])(?!.*(?:: |:$| #))[^\s].*(?<!\s)")
_FLOW_SIGNS = re.compile(r"[,:?\[\]{}]")
_RESOLVER = yaml.resolver.Resolver()


def quoted(text: str) -> str:
    return f'"{_UNSAFE.sub(_escape, text)}"'


def word(text: str, *, in_list: bool = False) -> str:
    """A text on one line."""
    if _UNSAFE.search(text) or not _PLAIN.fullmatch(text) or (in_list and _FLOW_SIGNS.search(text)):
        return quoted(text)
    means = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    return text if means == "tag:yaml.org,2002:str" else quoted(text)


def words(texts: Iterable[str]) -> str:
    """A list on one line."""
    return f"[{', '.join(word(text, in_list=True) for text in texts)}]"


def passage(text: str, indent: str) -> str:
    """A text of some length: in lines to be read where that loses nothing, else as one word."""
    if "\n" in text:
        lines = [f"{indent}{line}" if line else "" for line in text.split("\n")]
        written = "\n".join(["|-", *lines])
    else:
        folded = textwrap.wrap(text, WIDTH - len(indent), break_long_words=False, break_on_hyphens=False)
        if len(folded) < 2:
            return word(text)
        written = "\n".join([">-", *(f"{indent}{line}" for line in folded)])
    return written if _reads_as(written, text) else word(text)


def moment(at: datetime) -> str:
    """A point in time as the clocks of the manual's place showed it."""
    return timezone.localtime(at, timezone.get_default_timezone()).isoformat()


def _reads_as(written: str, text: str) -> bool:
    if _UNSAFE.search(text.replace("\n", "").replace("\\", "").replace('"', "")):
        return False
    try:
        read = yaml.load(f"key: {written}\n", yaml.BaseLoader)  # noqa: S506 # it makes nothing but text
    except yaml.YAMLError:
        return False
    return bool(read == {"key": text})


def _escape(found: re.Match[str]) -> str:
    sign = found[0]
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    code = ord(sign)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
