"""What the software itself says in a text, in the language of the site.

Rendering and comparison know no Django: when the site starts it hands over what translates. Without that they speak
English.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable


def _as_written(message: str) -> str:
    return message


def _one_or_many(one: str, many: str, count: int) -> str:
    return one if count == 1 else many


_message: Callable[[str], str] = _as_written
_counted: Callable[[str, str, int], str] = _one_or_many


def speak(
    message: Callable[[str], str] = _as_written, counted: Callable[[str, str, int], str] = _one_or_many
) -> None:
    """From now on say everything as these do: the first says a message, the second one that has a number in it."""
    global _message, _counted
    _message, _counted = message, counted


def gettext(message: str) -> str:
    """The message in the language of the site. The name is that by which catalogues find what to translate."""
    return _message(message)


def ngettext(one: str, many: str, count: int) -> str:
    """The one or the other, whichever the language has for such a number."""
    return _counted(one, many, count)


def gettext_noop(message: str) -> str:
    """The message as it is, to be translated where it is said."""
    return message


def all_of(names: Iterable[str]) -> str:
    """“Kent and Medway”."""
    return gettext(" and ").join(names)


def any_of(names: Iterable[str]) -> str:
    """“Kent or Medway”."""
    return gettext(" or ").join(names)
