"""The text as the editor wrote it, for saying on which line something stands.

Python-Markdown does not remember lines. What is refused is looked for again in the text; should it stand there
more than once, the first place is as good as the second for an editor who has to mend both.
"""

from __future__ import annotations

import re
from functools import cached_property


class Source:
    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    def line_of(self, pattern: str, nth: int = 1) -> int | None:
        """The line, from 1, that holds the nth match of a pattern; patterns never reach over the end of a line."""
        compiled = re.compile(pattern)
        for number, line in enumerate(self.lines, start=1):
            nth -= sum(1 for _ in compiled.finditer(line))
            if nth <= 0:
                return number
        return None
