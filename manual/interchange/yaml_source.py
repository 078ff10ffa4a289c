"""YAML as content files use it: every value is text until a key's meaning says otherwise, and knows its line.

So `no` stays a word, a date stays as it was written, and a mistake can be shown where it stands. Anchors, aliases and
tags are refused: nobody needs them here, and they can blow a small file up.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import yaml
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db.models import Field

from manual.interchange.mistakes import Mistakes

TEXT, LIST, MAPPING = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))
# YAML can spell these in a quoted value; no database keeps them.
UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
LONGEST_SLUG = 100

Unread = TypeVar("Unread", str, None)


class _Refused(yaml.MarkedYAMLError):
    pass


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, Any] = {}

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused(problem="anchors and aliases are not used here", problem_mark=event.start_mark)
        node: yaml.Node | None = super().compose_node(parent, index)
        if node is not None and node.tag not in (TEXT, LIST, MAPPING):
            raise _Refused(problem="tags are not used here", problem_mark=node.start_mark)
        return node


@dataclass(frozen=True)
class Source:
    """A file that is being read, or its front matter, which begins `offset` lines down."""

    file: str
    mistakes: Mistakes
    offset: int = 0

    def line(self, of: yaml.Node | int | None) -> int | None:
        if isinstance(of, yaml.Node):
            return int(of.start_mark.line) + 1 + self.offset
        return of

    def fault(self, at: yaml.Node | int | None, cause: str, remedy: str = "") -> None:
        self.mistakes.fault(self.file, self.line(at), cause, remedy)

    def flaw(self, at: yaml.Node | int | None, cause: str, remedy: str = "") -> None:
        self.mistakes.flaw(self.file, self.line(at), cause, remedy)

    def fields(self, text: str, noun: str) -> Fields | None:
        """The keys of a file that is a mapping; None where it cannot be read."""
        try:
            node = _Loader(text).get_single_node()
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1 + self.offset
            self.fault(line, f"The character U+{error.character:04X} cannot stand in YAML.", "Take it out.")
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            said = ", ".join(part for part in (error.context, error.problem) if part)
            self.fault(
                int(mark.line) + 1 + self.offset if mark else None,
                f"This is not YAML that can be read: {said}.",
                "Put values that hold “: ” or begin with a special sign into quotation marks.",
            )
        except RecursionError:
            self.fault(None, "It is nested too deeply to be read.", "Take levels out.")
        except (ValueError, OverflowError):
            self.fault(
                None, "It spells a character that does not exist.", "Look for “\\U” or “\\x” and correct it."
            )
        else:
            if node is None:
                node = yaml.MappingNode(MAPPING, [], yaml.Mark(None, 0, 0, 0, None, None))  # type: ignore[arg-type]
            if isinstance(node, yaml.MappingNode):
                return Fields(node, self, noun)
            self.fault(node, f"{noun} is written as `key: value`, a key a line.")
        return None


class Fields:
    """The keys of a mapping. Each is taken by whoever knows its meaning; `finish` refuses those that nobody took.

    What is missing or wrong is noted as a mistake, and an empty value returned, so that reading can go on.
    """

    def __init__(self, node: yaml.MappingNode, source: Source, noun: str) -> None:
        self.node, self.source, self.noun = node, source, noun
        self._known: list[str] = []
        self.keys: dict[str, yaml.ScalarNode] = {}
        self._values: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                source.fault(key, f"{noun} has a key that is no word.")
            elif key.value in self.keys:
                first = source.line(self.keys[key.value])
                source.fault(
                    key, f"`{key.value}` stands here a second time, after line {first}.", "Keep one of them."
                )
            else:
                self.keys[key.value], self._values[key.value] = key, value

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def line(self, key: str) -> int | None:
        """Where a key stands; the beginning of the whole where it does not."""
        return self.source.line(self.keys.get(key, self.node))

    def fault(self, key: str, cause: str, remedy: str = "") -> None:
        self.source.fault(self.line(key), cause, remedy)

    def take(self, key: str) -> yaml.Node | None:
        """The value of a key as it was parsed, None where there is none."""
        self._known.append(key)
        value = self._values.get(key)
        if isinstance(value, yaml.ScalarNode) and value.value == "" and value.style is None:
            return None
        return value

    def text(self, key: str, *, required: bool = False, field: Field[Any, Any] | None = None) -> str:
        """A text, as long and of such a kind as the field of the database takes."""
        value = self.take(key)
        if value is None:
            if required:
                self._missing(key)
            return ""
        found = self._scalar(value, key)
        if found is None:
            return ""
        if required and not found.strip():
            self._missing(key)
        if field is not None and found:
            try:
                field.run_validators(found)
            except ValidationError as error:
                self.fault(key, f"`{key}`: {' '.join(error.messages)}")
        return found

    def slug(self, key: str) -> str:
        return self._slug(self.text(key), self.line(key))

    def texts(self, key: str) -> list[str]:
        """A list of texts."""
        return [text for text, _line in self._list(key)]

    def slugs(self, key: str) -> list[tuple[str, int | None]]:
        """A list of slugs, each with its line, none twice."""
        found: dict[str, int | None] = {}
        for text, line in self._list(key):
            if text in found:
                self.source.fault(line, f"`{key}` names “{text}” twice.", "Take one out.")
            elif self._slug(text, line):
                found[text] = line
        return list(found.items())

    def mapping(self, key: str) -> Fields | None:
        value = self.take(key)
        if value is None:
            return None
        if not isinstance(value, yaml.MappingNode):
            self.fault(key, f"`{key}` is written as keys with values, indented under it.")
            return None
        return Fields(value, self.source, f"`{key}`")

    def flag(self, key: str, default: bool) -> bool:
        written = self.text(key)
        if written not in ("", "true", "false"):
            self.fault(key, f"`{key}` is true or false, not “{written}”.")
        return written == "true" if written else default

    def choice(self, key: str, choices: Iterable[str], *, required: bool = False, default: str = "") -> str:
        written = self.text(key, required=required)
        known = list(choices)
        if written and written not in known:
            self.fault(key, f"`{key}` is “{written}”.", f"It can be {_listed(known)}.")
            return ""
        return written or default

    def moment(self, key: str, *, required: bool = False) -> datetime | None:
        """A point in time, which says its distance from Greenwich."""
        written = self.text(key, required=required)
        if not written:
            return None
        try:
            moment = datetime.fromisoformat(written)
            if moment.tzinfo:
                # In Greenwich time, as the database has it: in the hour that London has twice, moments of two zones are
                # never equal. Years at either end of the calendar have none.
                return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        self.fault(
            key, f"`{key}` is “{written}”, which is no date and time with its offset.",
            "Write for example 2026-05-11T00:00:00+01:00.",
        )  # fmt: skip
        return None

    def day(self, key: str) -> date | None:
        written = self.text(key)
        if not written:
            return None
        try:
            return date.fromisoformat(written)
        except ValueError:
            self.fault(key, f"`{key}` is “{written}”, which is no date.", "Write for example 2026-05-11.")
            return None

    def finish(self) -> None:
        """Refuse the keys that have no meaning here."""
        for key, node in self.keys.items():
            if key not in self._known:
                near = difflib.get_close_matches(key, self._known, 1)
                meant = f"Did you mean `{near[0]}`?" if near else f"Known are {_listed(sorted(self._known))}."
                self.source.fault(node, f"{self.noun} has no key `{key}`.", meant)

    def _list(self, key: str) -> list[tuple[str, int | None]]:
        value = self.take(key)
        if value is None:
            return []
        if not isinstance(value, yaml.SequenceNode):
            self.fault(key, f"`{key}` is a list.", f"Write `{key}: [one, another]`.")
            return []
        texts = ((self._scalar(item, key), self.source.line(item)) for item in value.value)
        return [(text, line) for text, line in texts if text is not None]

    def _scalar(self, value: yaml.Node, key: str) -> str | None:
        if not isinstance(value, yaml.ScalarNode):
            self.source.fault(value, f"`{key}` is text, not a list or keys.", "Put it into quotation marks.")
            return None
        if found := UNKEEPABLE.search(value.value):
            self.source.fault(
                value, f"`{key}` holds U+{ord(found[0]):04X}, which is no character.", "Take it out."
            )
            return None
        return str(value.value)

    def _slug(self, text: str, line: int | None) -> str:
        if text and (wrong := wrong_with_slug(text)):
            self.source.fault(line, f"“{text}” {wrong}.")
            return ""
        return text

    def _missing(self, key: str) -> None:
        self.source.fault(self.node, f"{self.noun} lacks `{key}`.", f"Add a line `{key}: …`.")


def wrong_with_slug(slug: str) -> str:
    """Why a word cannot be part of an address, as the rest of a sentence; empty if it can."""
    try:
        validate_slug(slug)
    except ValidationError:
        return "is no slug: only letters a to z, digits, hyphens and underscores"
    return f"is longer than {LONGEST_SLUG} characters" if len(slug) > LONGEST_SLUG else ""


def _listed(words: list[str]) -> str:
    return ", ".join(words[:-1]) + " or " + words[-1] if len(words) > 1 else "".join(words)
