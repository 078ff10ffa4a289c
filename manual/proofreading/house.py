"""What a board decides about its own texts: `house-style.yaml` and `timescales.yaml` beside `manual.yaml`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from manual.interchange.mistakes import Mistakes
from manual.interchange.yaml_source import Fields, Source
from manual.proofreading.timescales import Timescale, normal

STYLE, TIMESCALES = "house-style.yaml", "timescales.yaml"
GRADE = 10.0


@dataclass(frozen=True)
class House:
    """`reading_grade` is the highest that a chapter may have; `accepted` are words and names that are right here."""

    reading_grade: float = GRADE
    national_lines: frozenset[str] = frozenset()
    accepted: frozenset[str] = frozenset()
    timescales: dict[str, Timescale] = field(default_factory=dict)


def read(folder: Path, mistakes: Mistakes) -> House:
    """Both files may be missing: then numbers of the whole nation and time limits are not known."""
    style = _fields(folder, STYLE, mistakes)
    grade, lines, accepted = GRADE, frozenset[str](), frozenset[str]()
    if style:
        written = style.text("reading_grade")
        try:
            grade = float(written) if written else GRADE
        except ValueError:
            style.fault("reading_grade", f"`reading_grade` is “{written}”.", "It is a number such as 10.")
        lines = frozenset(style.texts("national_lines"))
        accepted = frozenset(style.texts("accepted"))
        style.finish()
    found = {}
    if listed := _fields(folder, TIMESCALES, mistakes):
        for key in listed.keys:
            if (timescale := _timescale(key, listed)) is not None:
                found[key] = timescale
        listed.finish()
    return House(grade, lines, accepted, found)


def _fields(folder: Path, name: str, mistakes: Mistakes) -> Fields | None:
    path = folder / name
    if not path.is_file():
        return None
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        mistakes.fault(name, None, "It is not a text in UTF-8.", "Save it as UTF-8.")
        return None
    return Source(name, mistakes).fields(text, "The file")


def _timescale(key: str, listed: Fields) -> Timescale | None:
    fields = listed.mapping(key)
    if fields is None:
        return None
    limit = fields.text("limit", required=True)
    found = Timescale(
        key,
        limit,
        fields.text("what", required=True),
        fields.text("source", required=True),
        tuple(slug for slug, _line in fields.slugs("chapters")),
        tuple(words.casefold() for words in fields.texts("about")),
        listed.line(key),
    )
    if limit and not normal(limit)[0].isdigit() and normal(limit) != "next working day":
        fields.fault("limit", f"`limit` is “{limit}”.", "Write for example “15 working days”.")
    if not found.chapters:
        listed.fault(key, f"`{key}` names no chapter that states it.", "Write `chapters: [slug]`.")
    fields.finish()
    return found
