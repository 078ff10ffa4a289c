"""What lists and forms call the models and their fields, where Django would make English names from those in the code.

Given once the models are there and not written into them: a name is no matter of the database and needs no migration.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy

MODELS = {
    "amendment": (gettext_lazy("amendment"), gettext_lazy("amendments")),
    "chapter": (gettext_lazy("chapter"), gettext_lazy("chapters")),
    "definition": (gettext_lazy("definition"), gettext_lazy("definitions")),
    "document": (gettext_lazy("document"), gettext_lazy("documents")),
    "documentversion": (gettext_lazy("document version"), gettext_lazy("document versions")),
    "edition": (gettext_lazy("edition"), gettext_lazy("editions")),
    "event": (gettext_lazy("event"), gettext_lazy("events")),
    "keyword": (gettext_lazy("keyword"), gettext_lazy("keywords")),
    "manual": (gettext_lazy("manual"), gettext_lazy("manual")),
    "notice": (gettext_lazy("notice"), gettext_lazy("notices")),
    "outsidelink": (gettext_lazy("outside link"), gettext_lazy("outside links")),
}
FIELDS = {
    "address": gettext_lazy("address"),
    "author": gettext_lazy("author"),
    "board": gettext_lazy("board"),
    "document": gettext_lazy("document"),
    "edition": gettext_lazy("edition"),
    "keyword": gettext_lazy("keyword"),
    "kind": gettext_lazy("kind"),
    "name": gettext_lazy("name"),
    "sequence": gettext_lazy("sequence"),
    "significance": gettext_lazy("significance"),
    "status": gettext_lazy("status"),
    "title": gettext_lazy("title"),
}


def give_names() -> None:
    """Those of MODELS to the models, and those of FIELDS to each field that has no words of its own."""
    for model in apps.get_app_config("manual").get_models():
        options: Any = model._meta
        if options.model_name in MODELS:
            options.verbose_name, options.verbose_name_plural = MODELS[options.model_name]
        for field in options.get_fields():
            if getattr(field, "_verbose_name", "") is None and field.name in FIELDS:
                field.verbose_name = FIELDS[field.name]
