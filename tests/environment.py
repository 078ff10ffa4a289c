"""What the tests need from the environment, set before Django reads its settings."""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ.setdefault("STATIC_STORAGE", "django.contrib.staticfiles.storage.StaticFilesStorage")
# A file of its own for every run: tests with threads need more than one connection.
database = os.path.join(tempfile.gettempdir(), f"procedures-test-{os.getpid()}.sqlite3")
os.environ.setdefault("TEST_DATABASE", database)
# No connection outlives its request: on PostgreSQL one that does keeps the test database from being dropped.
os.environ.setdefault("CONN_MAX_AGE", "0")
# Playwright's loop runs in the thread of the tests.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
