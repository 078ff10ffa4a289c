"""By what it is told that the index of search has been written to, so that nothing is remembered of it for too long.

No model stands for this table, as for the others of search. There is nothing in it until the index is written to, and
until then nothing is remembered.
"""

from django.db import migrations

MAKE = {
    "sqlite": "CREATE TABLE manual_search_written (stamp text NOT NULL PRIMARY KEY) WITHOUT ROWID",
    "postgresql": 'CREATE TABLE manual_search_written (stamp text COLLATE "C" NOT NULL PRIMARY KEY)',
}


def make(apps, schema_editor):
    schema_editor.execute(MAKE[schema_editor.connection.vendor])


def drop(apps, schema_editor):
    schema_editor.execute("DROP TABLE manual_search_written")


class Migration(migrations.Migration):
    dependencies = [("manual", "0008_keywords_off")]

    operations = [migrations.RunPython(make, drop)]
