"""Folders that hold the small manual of small.py."""

from pathlib import Path

import pytest

from tests.interchange.small import FIRST, SECOND, THIRD, lay


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """One edition."""
    return lay(tmp_path / "content", FIRST)


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """And an urgent one, which withdraws a chapter and brings one."""
    return lay(tmp_path / "content", SECOND)


@pytest.fixture
def third(tmp_path: Path) -> Path:
    """And an ordinary one, which rearranges."""
    return lay(tmp_path / "content", THIRD)
