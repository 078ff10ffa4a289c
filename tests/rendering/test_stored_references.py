"""What the migration finds in stored HTML is what the renderer says of the same text."""

from importlib import import_module

import pytest

from manual.rendering import render

WRITTEN = import_module("manual.migrations.0005_the_past").WRITTEN


def found_in(html: str) -> list[tuple[str, str, str, str]]:
    return [
        (
            match["scheme"],
            match["slug"],
            match["anchor"] or "",
            "include" if match["included"] else "image" if match["tag"] == "img" else "link",
        )
        for match in WRITTEN.finditer(html)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "See [](chapter:referral) and [the plan](chapter:assessment#the-plan).",
        "!!! include chapter:contacts#police\n\nAfter it [a word](chapter:referral).\n",
        "- An item\n\n    !!! include chapter:contacts#police\n\n- [LADO](keyword:lado)",
        "![A chart](document:chart) and [the form](document:form), [outside](https://example.org/chapter:no).",
        "## A heading {: #here }\n\nWords, [here](#here), [mail](mailto:a@example.org).",
        "| A | B |\n| --- | --- |\n| [](chapter:one) | [x](chapter:two#y) |\n",
        "One.[^1]\n\n[^1]: See [](chapter:note).",
        "No reference: chapter:one, `[](chapter:two)`.",
    ],
)
def test_every_reference_of_a_text_is_found_in_what_is_stored_of_it(text):
    rendered = render(text)
    said = [(each.scheme, each.slug, each.anchor, each.kind) for each in rendered.references]
    assert found_in(rendered.html) == said
