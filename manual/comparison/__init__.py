"""Two texts to what changed between them, three to one that has both changes. Pure: it knows no model, no request."""

from manual.comparison.joining import MARKER, Clash, Merged, merged, unsettled
from manual.comparison.touches import Touch, touched
from manual.comparison.tracked import Tracked, tracked_changes
from manual.comparison.wording import Piece, tracked_words

__all__ = [
    "MARKER",
    "Clash",
    "Merged",
    "Piece",
    "Touch",
    "Tracked",
    "merged",
    "touched",
    "tracked_changes",
    "tracked_words",
    "unsettled",
]
