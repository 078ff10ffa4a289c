"""The index of search, in what each database has for it, and the words of the manual as they are written.

No model stands for these tables: only manual.search reads and writes them, and rebuild_search makes their rows anew.
They do not refer to the tables of models, which could then no longer be emptied.
"""

from django.db import migrations

VOCABULARY = {
    "sqlite": [
        "CREATE TABLE manual_search_vocabulary ("
        "word text NOT NULL, written text NOT NULL, PRIMARY KEY (word, written)) WITHOUT ROWID",
    ],
    # In the order of bytes, so that words that begin alike are neighbours in any locale.
    "postgresql": [
        "CREATE TABLE manual_search_vocabulary ("
        'word text COLLATE "C" NOT NULL, written text COLLATE "C" NOT NULL, PRIMARY KEY (word, written))',
    ],
}
INDEX = {
    "sqlite": [
        "CREATE VIRTUAL TABLE manual_search USING fts5("
        "title, heading, body, anchor UNINDEXED, number UNINDEXED, "
        "tokenize = 'porter unicode61 remove_diacritics 2')",
    ],
    "postgresql": [
        "CREATE TABLE manual_search ("
        "amendment_id bigint NOT NULL, position integer NOT NULL, "
        "title text NOT NULL, heading text NOT NULL, body text NOT NULL, anchor text NOT NULL, number text NOT NULL, "
        "document tsvector NOT NULL, PRIMARY KEY (amendment_id, position))",
        "CREATE INDEX manual_search_document ON manual_search USING gin (document)",
    ],
}


def make(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for statement in (*INDEX[vendor], *VOCABULARY[vendor]):
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    for table in ("manual_search", "manual_search_vocabulary"):
        schema_editor.execute(f"DROP TABLE {table}")


class Migration(migrations.Migration):
    dependencies = [("manual", "0001_initial")]

    operations = [migrations.RunPython(make, drop)]
