"""The three roles of a board, as groups: what each may do is what their members may.

Permissions are usually made after all migrations; the groups need them now.
"""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

SEES = [
    "view_amendment", "view_chapter", "view_definition", "view_document", "view_documentversion", "view_edition",
    "view_event", "view_keyword", "view_notice", "view_outsidelink",
]  # fmt: skip
EDITOR = [*SEES, "submit_amendment"]
APPROVER = [*EDITOR, "approve_amendment", "publish_edition", "change_chapter", "pin_notice"]
ADMINISTRATOR = [
    *APPROVER, "view_manual", "change_manual", "add_user", "change_user", "view_user", "view_group",
]  # fmt: skip
ROLES = {"Editor": EDITOR, "Approver": APPROVER, "Administrator": ADMINISTRATOR}


def make(apps, schema_editor):
    alias = schema_editor.connection.alias
    for label in ("auth", "manual"):
        create_permissions(installed.get_app_config(label), verbosity=0, using=alias)
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    for name, codenames in ROLES.items():
        group, _ = Group.objects.using(alias).get_or_create(name=name)
        granted = Permission.objects.using(alias).filter(
            content_type__app_label__in=("auth", "manual"), codename__in=codenames
        )
        if len(granted) != len(codenames):
            raise LookupError(f"Not every permission of the role {name} is there.")
        group.permissions.add(*granted)


def drop(apps, schema_editor):
    """The groups stay: somebody may be in them."""


class Migration(migrations.Migration):
    dependencies = [
        ("manual", "0003_publishing"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make, drop)]
