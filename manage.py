#!/usr/bin/env python
"""The project's command line."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "procedures_site.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit(
            "Django is not installed for this Python. README.md has the commands that make the folder .venv, "
            "and this command is then `.venv/bin/python manage.py`."
        )
    if sys.argv[1:2] == ["quickstart"]:
        # The settings ask for a secret; only the quick start may make one.
        from procedures_site.data_folder import prepare

        prepare()
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # A mistake of whoever runs the site, for which the sentence is the answer.
        if "--traceback" in sys.argv:
            raise
        sys.exit(str(error))


if __name__ == "__main__":
    main()
