"""`synonyms.yaml`: words that mean the same to whoever searches, a set an item."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import yaml

from manual.interchange import yaml_style
from manual.interchange.yaml_source import MAPPING, TEXT, Fields, Source

NAME = "synonyms.yaml"
_EXAMPLE = "Write for example `- [GP, family doctor]`."


@dataclass(frozen=True)
class SynonymSet:
    """Words of which each finds what has another: a list, or where somebody said why, `words` and `note`."""

    forms: Sequence[str]
    note: str = ""
    line: int | None = field(default=None, compare=False)

    @classmethod
    def read(cls, node: yaml.Node, source: Source) -> SynonymSet | None:
        if isinstance(node, yaml.SequenceNode):
            key = yaml.ScalarNode(TEXT, "words", node.start_mark, node.end_mark)
            node = yaml.MappingNode(MAPPING, [(key, node)], node.start_mark, node.end_mark)
        if not isinstance(node, yaml.MappingNode):
            source.fault(node, "A set is a list of words.", _EXAMPLE)
            return None
        wrong = len(source.mistakes.faults)
        fields = Fields(node, source, "A set")
        found = cls(tuple(fields.texts("words")), fields.text("note"), source.line(node))
        fields.finish()
        if "words" not in fields:
            source.fault(node, "A set lacks `words`.", "Add a line `words: [one, another]`.")
        # What is half read would be found wrong once more when it is said.
        return found if len(source.mistakes.faults) == wrong else None

    def write(self) -> str:
        line = words = yaml_style.words(self.forms)
        if self.note:
            line = f"{{words: {words}, note: {yaml_style.word(self.note, in_list=True)}}}"
        if len(line) + len("- ") <= yaml_style.WIDTH:
            return f"- {line}\n"
        lines = ["- words:", *(f"    - {yaml_style.word(form)}" for form in self.forms)]
        if self.note:
            lines.append(f"  note: {yaml_style.passage(self.note, '    ')}")
        return "\n".join(lines) + "\n"


def read(text: str, source: Source) -> list[SynonymSet]:
    """Every set of the file that could be read."""
    # A source reads keys: the list is put under one, in a line before the first. Nothing may begin a document there.
    source = replace(source, offset=source.offset - 1)
    whole = source.fields(f"{NAME}:\n{textwrap.indent(text.removeprefix('---'), ' ')}", NAME)
    if whole is None:
        return []
    sets = whole.take(NAME)
    if sets is None:
        return []
    if not isinstance(sets, yaml.SequenceNode):
        source.fault(sets, f"{NAME} is a list of sets, an item a set.", _EXAMPLE)
        return []
    read_ones = (SynonymSet.read(node, source) for node in sets.value)
    return [each for each in read_ones if each]


def write(sets: Iterable[SynonymSet]) -> str:
    return "".join(each.write() for each in sets)
