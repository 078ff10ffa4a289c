"""What only a proofreader needs, and a reader of the manual does not have to install."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType


class ExtraMissing(Exception):
    """Something that proofreading needs is not installed; says how to install it."""


def need(module: str) -> ModuleType:
    try:
        return import_module(module)
    except ImportError as error:
        raise ExtraMissing(
            f"Proofreading needs {module}, which is not installed. Install what requirements-test.txt lists, or the "
            "packages under “proofreading” in pyproject.toml."
        ) from error
