"""Two texts to what changed between them, three to one that has both changes. Pure: it knows no model, no request."""

from manual.comparison.changes import Comparison, Count
from manual.comparison.contents import Standing, State, what_became
from manual.comparison.joining import MARKER, Clash, Merged, merged, unsettled
from manual.comparison.marking import Marked, marked_changes
from manual.comparison.sides import Row, side_by_side, sides
from manual.comparison.touches import Touch, touched
from manual.comparison.tracked import Tracked, tracked_changes, unified
from manual.comparison.wording import Piece, tracked_words

__all__ = [
    "MARKER",
    "Clash",
    "Comparison",
    "Count",
    "Marked",
    "Merged",
    "Piece",
    "Row",
    "Standing",
    "State",
    "Touch",
    "Tracked",
    "marked_changes",
    "merged",
    "side_by_side",
    "sides",
    "touched",
    "tracked_changes",
    "tracked_words",
    "unified",
    "unsettled",
    "what_became",
]
