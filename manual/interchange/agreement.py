"""Which meeting agreed a text, a keyword, a document or an edition: three optional words of any content file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, TypedDict, cast

from django.db.models import Field, Model

from manual.interchange import yaml_style
from manual.interchange.yaml_source import Fields
from manual.models.version import AGREEMENT


class Agreed(TypedDict):
    agreed_by: str
    agreed_on: date | None
    minute: str


def read(fields: Fields, model: type[Model]) -> Agreed:
    """The words, as long as the fields of the database take them."""

    def text(key: str) -> str:
        return fields.text(key, field=cast("Field[Any, Any]", model._meta.get_field(key)))

    return {"agreed_by": text("agreed_by"), "agreed_on": fields.day("agreed_on"), "minute": text("minute")}


def of(said: Any) -> Agreed:
    """Those of anything that says them: a file, or what stands in the database."""
    return cast("Agreed", {key: getattr(said, key) for key in AGREEMENT})


def lines(said: Any, indent: str = "") -> Iterator[str]:
    """As they are written; what is not said is left out."""
    if said.agreed_by:
        yield f"{indent}agreed_by: {yaml_style.word(said.agreed_by)}"
    if said.agreed_on:
        yield f"{indent}agreed_on: {said.agreed_on.isoformat()}"
    if said.minute:
        yield f"{indent}minute: {yaml_style.word(said.minute)}"
