"""A content folder of a few lines, for what a proofreader finds in it."""

from collections.abc import Mapping
from pathlib import Path

EDITION = """kind: ordinary
effective: {day}T00:00:00+00:00
published: 2026-02-20T09:00:00+00:00
"""


def write(
    root: Path,
    *editions: Mapping[str, str],
    keywords: str = "",
    style: str = "",
    timescales: str = "",
    kinds: Mapping[str, str] | None = None,
) -> Path:
    """Each edition is its chapters' texts by slug; the first also makes the part they stand in."""
    (root / "manual.yaml").write_text(
        'title: "Small"\nboard: Board\nareas:\n  north: North\n', encoding="utf-8"
    )
    known: set[str] = set()
    for number, texts in enumerate(editions, start=1):
        day = f"2026-03-{number:02d}"
        folder = root / "editions" / f"{number:04d}-{day}"
        (folder / "chapters").mkdir(parents=True)
        says = EDITION.format(day=day)
        if number == 1:
            part = "---\nkind: part\ntitle: Core\nsignificance: new\nnote: New.\n---\n"
            (folder / "chapters" / "core.md").write_text(part, encoding="utf-8")
            says += "contents:\n  - core:\n" + "".join(f"    - {slug}\n" for slug in texts)
            if keywords:
                (folder / "keywords.yaml").write_text(keywords, encoding="utf-8")
        (folder / "edition.yaml").write_text(says, encoding="utf-8")
        for slug, text in texts.items():
            new = "" if slug in known else f"kind: {(kinds or {}).get(slug, 'chapter')}\n"
            significance = "amended" if slug in known else "new"
            front = (
                f'---\n{new}title: "The {slug} chapter"\nsignificance: {significance}\nnote: Because.\n---\n'
            )
            (folder / "chapters" / f"{slug}.md").write_text(f"{front}\n{text}\n", encoding="utf-8")
            known.add(slug)
    if style:
        (root / "house-style.yaml").write_text(style, encoding="utf-8")
    if timescales:
        (root / "timescales.yaml").write_text(timescales, encoding="utf-8")
    return root
