from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext, ngettext


class ManualConfig(AppConfig):
    name = "manual"
    verbose_name = "Procedures manual"

    def ready(self) -> None:
        from manual.models import guards, names
        from manual.rendering import language

        language.speak(gettext, ngettext)

        names.give_names()
        # A migration on SQLite rebuilds tables, which loses or breaks their triggers.
        pre_migrate.connect(guards.drop_before_migrating, sender=self, dispatch_uid="drop guards")
        post_migrate.connect(guards.make_after_migrating, sender=self, dispatch_uid="make guards")
