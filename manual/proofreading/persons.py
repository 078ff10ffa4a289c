"""Nobody's name, number or address: only what is invented, or a line for the whole nation."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from manual.proofreading.texts import Passage

# Ofcom keeps 01632 960000 to 960999 free, for use in fiction.
_INVENTED = re.compile(r"01632 ?960 ?\d{3}$")
_TELEPHONE = re.compile(r"(?<![\w£/.§-])(?:\+44 ?|0)[\d ]{2,13}\d(?![\w%/-])")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b")
_PERSON = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Baroness|Lady|Reverend|Rev)\.? [A-Z][a-z]+"
)


def personal_data(
    source: str, passages: Collection[Passage], national_lines: Collection[str], accepted: Collection[str]
) -> Iterator[tuple[Passage | None, str, str]]:
    """What could be a real person's, with what to do. `source` is the file's own text, links included."""
    lines = {line.replace(" ", "") for line in national_lines}
    for passage in passages:
        for found in _TELEPHONE.findall(passage.words):
            plain = found.replace(" ", "")
            if plain not in lines and not _INVENTED.search(found):
                yield (
                    passage,
                    found.strip(),
                    "Use a number from 01632 960000 to 01632 960999, or list it as a national line.",
                )
        for found in _POSTCODE.findall(passage.words):
            yield passage, found, "Take the postcode out."
        for found in _PERSON.findall(passage.words):
            if found not in accepted:
                yield passage, found, "Name the role, not the person."
    for found in _MAIL.findall(source):
        if not found.casefold().endswith(("@example.org", ".example.org")):
            yield None, found, "Use an address at example.org."
