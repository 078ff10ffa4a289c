import re

import django.db.models.deletion
from django.db import migrations, models

# As stored HTML writes them: what is included stands in a box of its own.
WRITTEN = re.compile(
    r'(?P<included><div class="include">\s*)?<(?P<tag>a|img)\b[^>]*?\s(?:href|src)="'
    r'(?P<scheme>chapter|keyword|document):(?P<slug>[^"#\s]*)(?:#(?P<anchor>[^"\s]*))?"'
)
BATCH = 200


def find_references(apps, schema_editor):
    """Where the texts that are stored already point at one another; from now on this is kept with each text."""
    Amendment = apps.get_model("manual", "Amendment")
    Reference = apps.get_model("manual", "Reference")
    found = []
    for key, html in Amendment.objects.order_by("pk").values_list("pk", "html").iterator():
        for position, match in enumerate(WRITTEN.finditer(html)):
            kind = "include" if match["included"] else "image" if match["tag"] == "img" else "link"
            found.append(
                Reference(
                    amendment_id=key,
                    position=position,
                    scheme=match["scheme"],
                    slug=match["slug"][:200],
                    anchor=(match["anchor"] or "")[:200],
                    kind=kind,
                )
            )
        if len(found) > BATCH:
            Reference.objects.bulk_create(found)
            found = []
    Reference.objects.bulk_create(found)


class Migration(migrations.Migration):
    dependencies = [
        ("manual", "0004_roles"),
    ]

    operations = [
        migrations.AddField(
            model_name="amendment",
            name="counterpart",
            field=models.ForeignKey(
                blank=True,
                help_text="The chapter that says the same for the other area, where this one is for one area only.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="manual.chapter",
            ),
        ),
        migrations.AddField(
            model_name="manual",
            name="approvers_shown",
            field=models.BooleanField(
                default=False,
                help_text="The history of a chapter then names whoever approved each amendment.",
                verbose_name="readers see who approved",
            ),
        ),
        migrations.CreateModel(
            name="Reference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("scheme", models.CharField(max_length=10)),
                ("slug", models.CharField(max_length=200)),
                ("anchor", models.CharField(blank=True, max_length=200)),
                ("kind", models.CharField(max_length=10)),
                (
                    "amendment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="references",
                        to="manual.amendment",
                    ),
                ),
            ],
            options={
                "ordering": ["amendment", "position"],
                "indexes": [models.Index(fields=["scheme", "slug"], name="reference_by_target")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("amendment", "position"), name="reference_position_unique"
                    )
                ],
            },
        ),
        migrations.RunPython(find_references, migrations.RunPython.noop),
    ]
