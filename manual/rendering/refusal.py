"""Why a text cannot be shown, in words that an editor can act on."""

from __future__ import annotations

from manual.rendering.language import gettext as _


class RenderingRefused(ValueError):
    """A sentence for an editor: what is wrong, on which line of the text, what to do about it."""

    def __init__(self, sentence: str, line: int | None = None) -> None:
        super().__init__(sentence)
        self.line = line


LONGEST_QUOTATION = 60


def quoted(words: str) -> str:
    """What stands in the text, in quotation marks and no longer than a sentence bears."""
    words = " ".join(words.split())
    return f"“{words if len(words) <= LONGEST_QUOTATION else words[:LONGEST_QUOTATION] + ' …'}”"


def at(line: int | None) -> str:
    """The beginning of such a sentence. A line that could not be found is not guessed at."""
    return _("Line %(line)s") % {"line": line} if line else _("The text")
