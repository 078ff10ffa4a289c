"""Files in and out: the content folder, what is pasted and uploaded; and the world outside: links."""

from manual.interchange.dumping import Dumped, dump
from manual.interchange.loading import Loaded, load
from manual.interchange.mistakes import ContentRefused, DumpRefused, Mistake
from manual.interchange.progress import Step, counted, shown_on

__all__ = [
    "ContentRefused",
    "DumpRefused",
    "Dumped",
    "Loaded",
    "Mistake",
    "Step",
    "counted",
    "dump",
    "load",
    "shown_on",
]
