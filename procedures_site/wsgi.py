"""What a web server calls."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "procedures_site.settings")
application = get_wsgi_application()

# What stands in memory before the first page is asked for stays for ever: Python need not go through it again and again
# for what could be thrown away. And a page makes several thousand objects, of which next to nothing is left.
get_resolver().url_patterns  # noqa: B018 # reads the addresses, and with them all that pages are made by
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
