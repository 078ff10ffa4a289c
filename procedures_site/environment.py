"""The environment variables, each read so that a mistake in one is answered with a sentence that names it.

A variable that is set but empty counts as not set: that is how container files pass on what nobody filled in.
"""

import os
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError

SQLITE = "django.db.backends.sqlite3"
POSTGRESQL = "django.db.backends.postgresql"
MEMORY = "django.core.cache.backends.locmem.LocMemCache"
REDIS = "django.core.cache.backends.redis.RedisCache"
NO_CACHE = "django.core.cache.backends.dummy.DummyCache"

# A name, a name and all below it (.example.org), an IPv6 address in brackets, or everything.
HOST = re.compile(r"\*|\.?[\w-]+(\.[\w-]+)*\.?|\[[0-9a-fA-F:.]+\]")
ORIGIN = re.compile(r"https?://[^/\s]+")

_env = Env()


def _is_set(name: str) -> bool:
    return bool(os.environ.get(name, "").strip())


def text(name: str, default: str = "") -> str:
    return str(_env.str(name)) if _is_set(name) else default


def truth(name: str, default: bool) -> bool:
    """True or false, however it is commonly written (1, yes, on …); anything else is refused."""
    if not _is_set(name):
        return default
    try:
        return bool(_env.bool(name))
    except EnvError as error:
        raise ImproperlyConfigured(f"{name} is “{os.environ[name]}”; it has to be true or false.") from error


def number(name: str, default: int) -> int:
    """A whole number, zero or more."""
    if not _is_set(name):
        return default
    try:
        found = int(_env.int(name))
    except EnvError:
        found = -1
    if found < 0:
        raise ImproperlyConfigured(
            f"{name} is “{os.environ[name]}”; it has to be a whole number, zero or more."
        )
    return found


def one_of(name: str, default: str, allowed: list[str]) -> str:
    found = text(name, default)
    if found not in allowed:
        raise ImproperlyConfigured(f"{name} is “{found}”; it has to be one of {', '.join(allowed)}.")
    return found


def _words(name: str, default: list[str]) -> list[str]:
    if not _is_set(name):
        return default
    return [word for word in map(str.strip, text(name).split(",")) if word]


def hosts(name: str, default: list[str]) -> list[str]:
    """The names under which a site is reached, separated by commas."""
    found = _words(name, default)
    for host in found:
        if not HOST.fullmatch(host):
            raise ImproperlyConfigured(
                f"{name} holds “{host}”; it takes host names alone, separated by commas, "
                "without https://, a port or a path."
            )
    return found


def origins(name: str) -> list[str]:
    """Addresses such as https://manual.example.org, separated by commas."""
    found = _words(name, [])
    for origin in found:
        if not ORIGIN.fullmatch(origin):
            raise ImproperlyConfigured(
                f"{name} holds “{origin}”; it takes addresses that begin with https:// or http:// "
                "and have no path, separated by commas."
            )
    return found


def database(name: str, default: Path, relative_to: Path) -> dict[str, Any]:
    """Where the manual is kept: an SQLite file, or PostgreSQL. The refusals never repeat a password."""
    if not _is_set(name):
        return {"ENGINE": SQLITE, "NAME": str(default), "OPTIONS": {}}
    try:
        found = dict(_env.dj_db_url(name))
    except EnvError as error:
        raise ImproperlyConfigured(
            f"{name} is not the address of a database. It looks like postgres://user:password@host/name or "
            "sqlite:////folder/manual.sqlite3; signs such as @ and # in a password are written %40 and %23."
        ) from error
    if found["ENGINE"] not in (SQLITE, POSTGRESQL):
        raise ImproperlyConfigured(f"{name} names a database that is neither SQLite nor PostgreSQL.")
    if found["NAME"] in ("", ":memory:"):
        raise ImproperlyConfigured(
            f"{name} does not name a database that lasts: add its name, or the path of its file."
        )
    if found["ENGINE"] == SQLITE:
        # Commands run from other folders mean the same file.
        found["NAME"] = str(relative_to / found["NAME"])
    elif find_spec("psycopg") is None:
        raise ImproperlyConfigured(
            f"{name} names PostgreSQL, but its driver, psycopg, is not installed. README.md says how."
        )
    found.setdefault("OPTIONS", {})
    return found


def cache(name: str) -> dict[str, Any]:
    """Where pages are kept once they are made: the memory of each process, or Redis, which several share."""
    try:
        found = dict(_env.dj_cache_url(name)) if _is_set(name) else {"BACKEND": MEMORY}
    except (EnvError, ValueError) as error:
        raise ImproperlyConfigured(
            f"{name} is not the address of a cache. It looks like redis://host:6379/0, or locmem:// for "
            "the memory of each process."
        ) from error
    if found["BACKEND"] not in (MEMORY, REDIS, NO_CACHE):
        raise ImproperlyConfigured(
            f"{name} names a cache that is neither Redis nor the memory of the process."
        )
    if found["BACKEND"] == REDIS and find_spec("redis") is None:
        raise ImproperlyConfigured(
            f"{name} names Redis, but the package redis is not installed. README.md says how."
        )
    return found
