"""Editors are safeguarding managers: no word stands on their screens that they would not use themselves."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from procedures_site.data_folder import BASE

# What technicians say, and what an editor says instead.
NOT_THEIRS = re.compile(
    r"\b(manifests?|rebased?|redlin\w+|markdown|mark-?up|slugs?|diffs?|merged?(?! cells)|merge conflicts?|"
    r"render(?:ed|ing)?|html|json|null|css|url|urls|queryset|database id|primary key|revision|changelist|backend|"
    r"commit(?:ted)?)\b",
    re.IGNORECASE,
)
PAGES = sorted((BASE / "templates" / "admin").rglob("*.html"))
SOURCES = sorted(
    path
    for pattern in ("admin/*.py", "workflow/*.py", "drafting.py", "interchange/upload.py", "interchange/vector.py",
                    "interchange/photograph.py", "interchange/pasted.py")
    for path in (BASE / "manual").glob(pattern)
)  # fmt: skip
SCRIPTS = sorted((BASE / "static" / "js").rglob("*.js"))


def words_of_a_template(text: str) -> str:
    """What of a template may reach the screen: no comments, tags or variables, but labels in attributes."""
    text = re.sub(r"\{#.*?#\}|\{% comment.*?endcomment %\}", " ", text, flags=re.DOTALL)
    # What is translated is words too: of a tag only its quoted message stays, of a block all but the tags around it.
    text = re.sub(r"\{% translate ([\"'])(.*?)\1 %\}", r"\2", text, flags=re.DOTALL)
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", text, flags=re.DOTALL)
    labels = re.findall(r'(?:aria-label|title|placeholder|alt|value|data-[\w-]+)="([^"]*)"', text)
    return " ".join([re.sub(r"<[^>]*>", " ", text, flags=re.DOTALL), *labels])


def sentences_of_a_source(text: str) -> Iterator[str]:
    """Texts with a space in them, docstrings left out; the rest are names."""
    tree = ast.parse(text)
    docstrings = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or node in docstrings:
            continue
        words = node.value.strip()
        # A list of names is no sentence.
        if " " in words and not re.fullmatch(r"[a-z0-9:_\s-]+", words):
            yield words


def sentences_of_a_script(text: str) -> list[str]:
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL)
    text = re.sub(r"(?m)^\s*//.*$", " ", text)
    return [words for _quote, words in re.findall(r"([\"'`])((?:(?!\1).)*)\1", text) if " " in words.strip()]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(BASE)))
def test_no_page_of_the_admin_speaks_as_a_technician(path: Path) -> None:
    assert NOT_THEIRS.findall(words_of_a_template(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(BASE)))
def test_no_sentence_for_editors_speaks_as_a_technician(path: Path) -> None:
    sentences = sentences_of_a_source(path.read_text(encoding="utf-8"))
    assert [sentence for sentence in sentences if NOT_THEIRS.search(sentence)] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(BASE)))
def test_no_script_speaks_as_a_technician(path: Path) -> None:
    sentences = sentences_of_a_script(path.read_text(encoding="utf-8"))
    assert [sentence for sentence in sentences if NOT_THEIRS.search(sentence)] == []


def test_the_words_are_looked_for_where_they_would_stand() -> None:
    assert NOT_THEIRS.findall(words_of_a_template('<p class="slug">Its <b>slug</b> {{ slug }}</p>')) == [
        "slug"
    ]
    assert NOT_THEIRS.findall(words_of_a_template('<a aria-label="See the diff">x</a>')) == ["diff"]
    source = '"""About slugs in here."""\nx = "A slug."\ny = "slug"\nz = "div html"\n'
    assert list(sentences_of_a_source(source)) == ["A slug."]
    assert sentences_of_a_script('const x = "the slug of it" // a slug here\n') == ["the slug of it"]
