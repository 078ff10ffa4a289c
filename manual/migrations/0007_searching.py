"""Search: what readers look for, words that mean the same, and indexes that find a section at once.

What stands in the index stays in it, so that search works as soon as this has run. `rebuild_search` adds the stems and
how often each word is used, without which search is slower and ranks less well.
"""

from importlib import import_module

import django.db.models.deletion
from django.apps import apps as installed
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

SEARCH = import_module("manual.migrations.0002_search")
INDEX_BEFORE, VOCABULARY_BEFORE = SEARCH.INDEX["sqlite"], SEARCH.VOCABULARY["sqlite"]
SEES = ["view_synonym", "change_synonym", "view_searched"]

# A row whose position is 0 is the chapter itself; `mark` says so to a query.
FORWARD = {
    "sqlite": [
        "ALTER TABLE manual_search RENAME TO manual_search_before",
        "CREATE VIRTUAL TABLE manual_search USING fts5("
        "title, heading, body, anchor UNINDEXED, number UNINDEXED, stems UNINDEXED, "
        "tokenize = 'porter unicode61 remove_diacritics 2', prefix = '2 3')",
        "INSERT INTO manual_search (rowid, title, heading, body, anchor, number, stems) "
        "SELECT rowid, title, heading, body, anchor, number, '' FROM manual_search_before",
        "DROP TABLE manual_search_before",
        # Titles and headings once more: few, and looked up at every search.
        "CREATE VIRTUAL TABLE manual_search_names USING fts5("
        "title, heading, mark, tokenize = 'porter unicode61 remove_diacritics 2', prefix = '2 3')",
        "INSERT INTO manual_search_names (rowid, title, heading, mark) "
        "SELECT rowid, title, heading, CASE WHEN rowid & 1048575 THEN '' ELSE 'xchapter' END FROM manual_search",
        "ALTER TABLE manual_search_vocabulary RENAME TO manual_search_vocabulary_before",
        "CREATE TABLE manual_search_vocabulary ("
        "id integer PRIMARY KEY, word text NOT NULL, written text NOT NULL, uses integer NOT NULL DEFAULT 0, "
        "UNIQUE (word, written))",
        # By its groups of three letters a word is found that was typed wrongly.
        "CREATE VIRTUAL TABLE manual_search_spelling USING fts5("
        "word, content = 'manual_search_vocabulary', content_rowid = 'id', tokenize = 'trigram')",
        "CREATE TRIGGER manual_search_word_added AFTER INSERT ON manual_search_vocabulary BEGIN "
        "INSERT INTO manual_search_spelling (rowid, word) VALUES (new.id, new.word); END",
        "CREATE TRIGGER manual_search_word_gone AFTER DELETE ON manual_search_vocabulary BEGIN "
        "INSERT INTO manual_search_spelling (manual_search_spelling, rowid, word) "
        "VALUES ('delete', old.id, old.word); END",
        "INSERT INTO manual_search_vocabulary (word, written) "
        "SELECT word, written FROM manual_search_vocabulary_before",
        "DROP TABLE manual_search_vocabulary_before",
    ],
    "postgresql": [
        "CREATE EXTENSION IF NOT EXISTS pg_trgm",
        "ALTER TABLE manual_search ADD COLUMN stems text NOT NULL DEFAULT ''",
        "ALTER TABLE manual_search_vocabulary ADD COLUMN uses integer NOT NULL DEFAULT 0",
        # Headings, for suggestions, and all names, which are few and looked up at every search.
        "CREATE INDEX manual_search_headings ON manual_search USING gin (ts_filter(document, '{b}'))",
        "CREATE INDEX manual_search_names ON manual_search USING gin (ts_filter(document, '{a,b,c}'))",
        "CREATE INDEX manual_search_spelling ON manual_search_vocabulary USING gin (word gin_trgm_ops)",
    ],
}
BACK = {
    "sqlite": [
        "DROP TRIGGER manual_search_word_added",
        "DROP TRIGGER manual_search_word_gone",
        "DROP TABLE manual_search_spelling",
        "DROP TABLE manual_search_names",
        "ALTER TABLE manual_search_vocabulary RENAME TO manual_search_vocabulary_after",
        *VOCABULARY_BEFORE,
        "INSERT INTO manual_search_vocabulary SELECT word, written FROM manual_search_vocabulary_after",
        "DROP TABLE manual_search_vocabulary_after",
        "ALTER TABLE manual_search RENAME TO manual_search_after",
        *INDEX_BEFORE,
        "INSERT INTO manual_search (rowid, title, heading, body, anchor, number) "
        "SELECT rowid, title, heading, body, anchor, number FROM manual_search_after",
        "DROP TABLE manual_search_after",
    ],
    # The extension may serve others as well.
    "postgresql": [
        "DROP INDEX manual_search_spelling",
        "DROP INDEX manual_search_names",
        "DROP INDEX manual_search_headings",
        "ALTER TABLE manual_search_vocabulary DROP COLUMN uses",
        "ALTER TABLE manual_search DROP COLUMN stems",
    ],
}


def run(statements, schema_editor):
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def forward(apps, schema_editor):
    run(FORWARD, schema_editor)


def back(apps, schema_editor):
    run(BACK, schema_editor)


def grant(apps, schema_editor):
    """All three roles see what is not found, and may say which words mean the same."""
    alias = schema_editor.connection.alias
    create_permissions(installed.get_app_config("manual"), verbosity=0, using=alias)
    Permission = apps.get_model("auth", "Permission")
    for group in (
        apps.get_model("auth", "Group")
        .objects.using(alias)
        .filter(name__in=("Editor", "Approver", "Administrator"))
    ):
        group.permissions.add(
            *Permission.objects.using(alias).filter(content_type__app_label="manual", codename__in=SEES)
        )


class Migration(migrations.Migration):
    dependencies = [
        ("manual", "0006_about"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Searched",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("words", models.CharField(max_length=100)),
                ("day", models.DateField()),
                ("times", models.PositiveIntegerField(default=1)),
                ("found", models.BooleanField()),
            ],
            options={
                "verbose_name_plural": "searched",
            },
        ),
        migrations.CreateModel(
            name="Synonym",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "forms",
                    models.JSONField(
                        default=list,
                        help_text="Each on a line of its own, at least two. Capitals, hyphens and accents make no difference.",
                        verbose_name="words that mean the same",
                    ),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True, default="", help_text="For other editors: why.", max_length=200
                    ),
                ),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("taken_out_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="event",
            name="event_is_about_something",
        ),
        migrations.AddField(
            model_name="manual",
            name="keep_searches",
            field=models.BooleanField(
                default=True,
                help_text="The words alone, for 90 days, so that editors see what is not found: no address and no person. Off: nothing is kept, and what was kept is deleted.",
                verbose_name="what readers search for is counted",
            ),
        ),
        migrations.AddIndex(
            model_name="searched",
            index=models.Index(fields=["day"], name="searched_day"),
        ),
        migrations.AddConstraint(
            model_name="searched",
            constraint=models.UniqueConstraint(fields=("words", "day"), name="searched_once_a_day"),
        ),
        migrations.AddConstraint(
            model_name="searched",
            constraint=models.CheckConstraint(
                condition=models.Q(("words", ""), _negated=True), name="searched_for_something"
            ),
        ),
        migrations.AddField(
            model_name="synonym",
            name="made_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="synonym",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="manual.synonym",
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amendment__isnull", False),
                    ("definition__isnull", False),
                    ("document_version__isnull", False),
                    ("edition__isnull", False),
                    ("chapter__isnull", False),
                    ("notice__isnull", False),
                    ("synonym__isnull", False),
                    ("person__isnull", False),
                    ("manual__isnull", False),
                    _connector="OR",
                ),
                name="event_is_about_something",
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["amendment", "edition"], name="entry_amendment_edition"),
        ),
        migrations.RunPython(forward, back),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
