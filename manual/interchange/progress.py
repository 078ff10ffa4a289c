"""How far a load or dump has come, for those who wait for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Step:
    """One more chapter done: checking, loading or writing, which edition, how many of its chapters."""

    doing: str
    edition: str
    done: int
    total: int


Progress = Callable[[Step], None]


class Output(Protocol):
    """Where a command writes."""

    def write(self, msg: str, *, ending: str | None = None) -> None: ...
    def flush(self) -> None: ...
    def isatty(self) -> bool: ...


def shown_on(output: Output) -> Progress:
    """A line for each edition; on a terminal it counts the chapters."""

    def show(step: Step) -> None:
        last = step.done == step.total
        if last or output.isatty():
            output.write(
                f"{step.doing} {step.edition}: {step.done} of {step.total} chapters",
                ending="\n" if last else "\r",
            )
            output.flush()

    return show


def counted(number: int, noun: str) -> str:
    """“1 edition”, “4 editions”."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
