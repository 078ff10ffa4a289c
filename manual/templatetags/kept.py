"""What stands around every page and is the same for most of them: rendered once, and filled in for each page."""

from __future__ import annotations

import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.conf import settings
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

KEPT = 200
# Nobody can type what stands for what is filled in.
_SIGN = f"kept{secrets.token_hex(8)}"
_SIGNS = re.compile(rf"{_SIGN}X([a-z]+)X")


class NotInTheKey(Exception):
    """What is kept wanted to show what its key does not tell: it would be shown where it is not true."""


class Seen:
    """Of a noun only what the key of what is kept tells; all else is refused aloud, and not left empty."""

    def __init__(self, of: object, names: frozenset[str], **instead: object) -> None:
        self.__dict__.update(instead)
        self._of = of
        self._names = names

    def __getattr__(self, name: str) -> Any:
        if name not in self._names:
            raise NotInTheKey(f"“{name}” is shown inside of {{% kept %}}, and its key does not tell it.")
        return getattr(self._of, name)


@dataclass(frozen=True)
class Frame:
    """What stands inside of `{% kept %}` is a function of its `key`, which tells all that is `shown`, and of what is
    filled in: HTML, in place of the `gap` of the same name. Only where it is rendered is asked what is to be shown.
    Without a key nothing is kept.
    """

    key: Hashable | None
    shown: Callable[[], dict[str, object]]
    filled_in: Mapping[str, str]

    def in_gaps(self) -> Frame:
        """The same inside of something else that is kept: what is filled in there is filled in here."""
        return Frame(None, self.shown, {name: gap(name) for name in self.filled_in})


def gap(name: str) -> str:
    """Stands in what is kept for what each page has of its own; letters and digits, so that nothing escapes them."""
    return f"{_SIGN}X{name}X"


@register.tag
def kept(parser: Parser, token: Token) -> Kept:
    """`{% kept page.frame %}…{% endkept %}`: rendered once for every key of the frame, and in its words alone."""
    _name, frame = token.split_contents()
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return Kept(parser.compile_filter(frame), nodelist)


class Kept(template.Node):
    def __init__(self, frame: FilterExpression, nodelist: NodeList) -> None:
        self.frame = frame
        self.nodelist = nodelist
        self._keeper = Keeper()

    def render(self, context: Context) -> SafeString:
        return self._keeper.filled(
            self.frame.resolve(context), lambda shown: self.nodelist.render(context.new(shown))
        )


class Keeper:
    """Keeps what was rendered for the last keys, and fills it in for each page."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, list[str]] = OrderedDict()
        self._keeping = threading.Lock()

    def filled(self, frame: Frame, render: Callable[[dict[str, object]], str]) -> SafeString:
        # The names of static files may change while the site runs, if it is worked on.
        key = (frame.key, str(settings.STORAGES["staticfiles"]))
        kept = frame.key is not None and not settings.DEBUG
        with self._keeping:
            pieces = self._known.get(key) if kept else None
            if pieces:
                self._known.move_to_end(key)
        if pieces is None:
            # Every second piece is the name of what is filled in.
            pieces = _SIGNS.split(render(frame.shown()))
            with self._keeping:
                if kept:
                    self._known[key] = pieces
                while len(self._known) > KEPT:
                    self._known.popitem(last=False)
        filled_in = frame.filled_in
        return mark_safe(  # noqa: S308 # rendered, and filled in with what is HTML already
            "".join([filled_in[piece] if n % 2 else piece for n, piece in enumerate(pieces)])
        )
