"""The settings come from the environment, and a mistake in it is answered with a sentence."""

import io
import logging
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_django
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from procedures_site.data_folder import BASE

Settings = Callable[..., dict[str, Any]]
VARIABLES = [
    "PROCEDURES_DATA",
    *re.findall(r'environment\.\w+\(\s*"([A-Z_]+)"', (BASE / "procedures_site" / "settings.py").read_text()),
]


@pytest.fixture
def settings_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """The settings that an environment makes; of what the machine has set, nothing counts."""

    def read(**variables: str) -> dict[str, Any]:
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        for name, value in {"SECRET_KEY": "made up", "PROCEDURES_DATA": str(tmp_path), **variables}.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(BASE / "procedures_site" / "settings.py"))

    return read


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    not_for_sites = {*VARIABLES, "DJANGO_ALLOW_ASYNC_UNSAFE"}
    rest = {name: value for name, value in os.environ.items() if name not in not_for_sites}
    return subprocess.run(
        [sys.executable, BASE / "manage.py", *arguments],
        env=rest | variables,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )


# --- Secrets -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("empty", ["", "   "])
def test_without_a_secret_nothing_starts(settings_of: Settings, empty: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^SECRET_KEY is not set\. .*quickstart"):
        settings_of(SECRET_KEY=empty)


def test_the_secret_of_the_quick_start_is_used(settings_of: Settings, tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_text("from an earlier day\n")
    assert settings_of(SECRET_KEY="")["SECRET_KEY"] == "from an earlier day"
    assert settings_of(SECRET_KEY="of the environment")["SECRET_KEY"] == "of the environment"


def test_a_command_refuses_with_a_sentence_and_no_traceback(tmp_path: Path) -> None:
    for variables, sentence in (
        ({}, "SECRET_KEY is not set."),
        ({"SECRET_KEY": "made up", "DEBUG": "maybe"}, "DEBUG is “maybe”; it has to be true or false."),
    ):
        done = manage("check", PROCEDURES_DATA=str(tmp_path), **variables)
        assert done.returncode == 1
        assert done.stderr.startswith(sentence)
        assert "Traceback" not in done.stderr


# --- Mistakes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["DEBUG", "HTTPS", "BEHIND_PROXY", "HSTS_SUBDOMAINS"])
@pytest.mark.parametrize("value", ["maybe", "2", "true,false"])
def test_a_boolean_is_true_or_false(settings_of: Settings, name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"^{name} is “{value}”; it has to be true or false"):
        settings_of(**{name: value})


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATABASE_URL", "manual.sqlite3", "is not the address of a database"),
        ("DATABASE_URL", "postgres://board:hush@db:port/manual", "is not the address of a database"),
        ("DATABASE_URL", "mysql://board:hush@db/manual", "neither SQLite nor PostgreSQL"),
        ("DATABASE_URL", "postgres://board:hush@db", "does not name a database that lasts"),
        ("DATABASE_URL", "sqlite://:memory:", "does not name a database that lasts"),
        ("CACHE_URL", "nowhere", "is not the address of a cache"),
        ("CACHE_URL", "redis://:hush@cache:port", "is not the address of a cache"),
        ("CACHE_URL", "file:///tmp/pages", "neither Redis nor the memory"),
        ("ALLOWED_HOSTS", "https://manual.example.org", "takes host names alone"),
        ("ALLOWED_HOSTS", "manual.example.org:8000", "takes host names alone"),
        ("ALLOWED_HOSTS", "manual.example.org another", "takes host names alone"),
        ("CSRF_TRUSTED_ORIGINS", "manual.example.org", "begin with https://"),
        ("CONN_MAX_AGE", "-1", "a whole number, zero or more"),
        ("CONN_MAX_AGE", "1.5", "a whole number, zero or more"),
        ("LOG_LEVEL", "loud", "one of DEBUG, INFO"),
        ("SITE_LANGUAGE", "elvish", "one of af, ar"),
        ("STATIC_STORAGE", "elsewhere", "one of procedures_site"),
    ],
)
def test_a_mistake_is_named_and_no_password_repeated(
    settings_of: Settings, name: str, value: str, sentence: str
) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        settings_of(**{name: value})
    assert str(refusal.value).startswith(f"{name} ")
    assert sentence in str(refusal.value)
    assert "hush" not in str(refusal.value)


def test_a_driver_that_is_not_installed_is_named(
    settings_of: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("procedures_site.environment.find_spec", lambda name: None)
    with pytest.raises(ImproperlyConfigured, match="psycopg, is not installed"):
        settings_of(DATABASE_URL="postgres://board@db/manual")
    with pytest.raises(ImproperlyConfigured, match="the package redis is not installed"):
        settings_of(DATABASE_URL="", CACHE_URL="redis://cache")


def test_a_variable_that_is_empty_counts_as_not_set(settings_of: Settings) -> None:
    def plain(found: dict[str, Any]) -> dict[str, Any]:
        # The log's filter is another function each time.
        values = {name: value for name, value in found.items() if name.isupper() and name != "LOGGING"}
        return values | {"level of the log": found["LOGGING"]["root"]["level"]}

    others = [name for name in VARIABLES if name not in ("SECRET_KEY", "PROCEDURES_DATA")]
    assert plain(settings_of(**dict.fromkeys(others, ""))) == plain(settings_of())


# --- What they lead to -------------------------------------------------------------------------------------


def test_the_database_is_a_file_in_the_data_folder(settings_of: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "a board's #1 folder, 100% ours?"
    database = settings_of(PROCEDURES_DATA=str(folder))["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.sqlite3"
    assert database["NAME"] == str(folder / "manual.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_a_database_file_is_the_same_one_from_every_folder(settings_of: Settings) -> None:
    def name(url: str) -> str:
        return str(settings_of(DATABASE_URL=url)["DATABASES"]["default"]["NAME"])

    assert name("sqlite:///manual.sqlite3") == str(BASE / "manual.sqlite3")
    assert name("sqlite:////srv/manual%20one.sqlite3") == "/srv/manual one.sqlite3"


def test_postgresql_is_reached_by_address_or_socket(settings_of: Settings) -> None:
    database = settings_of(
        DATABASE_URL="postgres://board:a%40b@db:6432/manual?sslmode=require", CONN_MAX_AGE="5"
    )["DATABASES"]["default"]
    assert (database["HOST"], database["PORT"], database["PASSWORD"]) == ("db", 6432, "a@b")
    assert database["OPTIONS"] == {"sslmode": "require", "connect_timeout": 10}
    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (5, True)
    database = settings_of(DATABASE_URL="postgres://board@/manual?host=/run/Postgres")["DATABASES"]["default"]
    assert (database["HOST"], database["OPTIONS"]["host"]) == ("", "/run/Postgres")


def test_hosts_and_origins_are_separated_by_commas(settings_of: Settings) -> None:
    found = settings_of(
        ALLOWED_HOSTS="manual.example.org, .example.net,[2001:db8::1],",
        CSRF_TRUSTED_ORIGINS="https://manual.example.org, https://*.example.net:8443",
    )
    assert found["ALLOWED_HOSTS"] == ["manual.example.org", ".example.net", "[2001:db8::1]"]
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://manual.example.org", "https://*.example.net:8443"]


@pytest.mark.django_db
def test_the_log_has_a_line_for_a_strange_host_and_none_for_a_page_that_is_not_there(
    client: Client, settings: pytest_django.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ALLOWED_HOSTS = ["manual.example.org"]
    [console] = [handler for handler in logging.root.handlers if handler.name == "console"]
    log = io.StringIO()
    monkeypatch.setattr(console, "stream", log)
    assert client.get("/health/live").status_code == 400
    assert client.get("/no-such-page/", headers={"host": "manual.example.org"}).status_code == 404
    [line] = log.getvalue().splitlines()
    assert "You may need to add 'testserver' to ALLOWED_HOSTS." in line


COOKIES_AND_REDIRECT = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT")


def test_over_https_cookies_and_browsers_stay_with_it(settings_of: Settings) -> None:
    found = settings_of(HTTPS="true", BEHIND_PROXY="true", HSTS_SECONDS="3600")
    assert all(found[name] is True for name in COOKIES_AND_REDIRECT)
    assert found["SECURE_HSTS_SECONDS"] == 3600
    assert not found["SECURE_HSTS_INCLUDE_SUBDOMAINS"], "other sites of the domain are not bound unasked"
    assert not found["SECURE_HSTS_PRELOAD"]
    assert found["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


def test_over_plain_http_nothing_asks_for_https(settings_of: Settings) -> None:
    found = settings_of(HSTS_SECONDS="3600")
    assert all(found[name] is False for name in COOKIES_AND_REDIRECT)
    assert found["SECURE_HSTS_SECONDS"] == 0
    assert "SECURE_PROXY_SSL_HEADER" not in found


def test_a_reader_on_plain_http_is_not_sent_elsewhere(client: Client) -> None:
    response = client.get("/health/live")
    assert response.status_code == 200
    assert "Strict-Transport-Security" not in response
    assert not response.cookies


def test_the_components_have_an_address_only_for_those_who_work_on_the_code(settings_of: Settings) -> None:
    assert settings_of()["ROOT_URLCONF"] == "procedures_site.urls"
    assert settings_of(DEBUG="true")["ROOT_URLCONF"] == "procedures_site.urls_with_components"


def test_a_site_has_one_language_and_desktops_do_not_choose_it(settings_of: Settings) -> None:
    assert settings_of(LANGUAGE="fr")["LANGUAGE_CODE"] == "en-gb"
    assert settings_of(SITE_LANGUAGE="cy")["LANGUAGE_CODE"] == "cy"


def test_static_files_are_hashed_and_kept_for_ever_except_in_tests(settings_of: Settings) -> None:
    found = settings_of()
    assert found["STORAGES"]["staticfiles"]["BACKEND"].endswith("static_files.HashedFiles")
    assert not found["WHITENOISE_USE_FINDERS"] and not found["WHITENOISE_AUTOREFRESH"]
    plain = settings_of(STATIC_STORAGE="django.contrib.staticfiles.storage.StaticFilesStorage")
    assert plain["WHITENOISE_USE_FINDERS"] and plain["WHITENOISE_AUTOREFRESH"]


def test_the_settings_of_a_real_site_pass_the_deployment_checks(tmp_path: Path) -> None:
    done = manage(
        *("check", "--deploy", "--fail-level", "WARNING"),
        PROCEDURES_DATA=str(tmp_path),
        SECRET_KEY="a-Long-and-Random-0ne-" + "".join(map(chr, range(48, 91))),
        ALLOWED_HOSTS="manual.example.org",
        CSRF_TRUSTED_ORIGINS="https://manual.example.org",
        HTTPS="true",
        HSTS_SUBDOMAINS="true",
        BEHIND_PROXY="true",
    )
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
