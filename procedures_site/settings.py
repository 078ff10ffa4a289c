"""Every setting, from the environment, with safe defaults. README.md lists the variables."""

from datetime import timedelta
from logging import LogRecord
from typing import Any

from csp.constants import NONE, SELF
from django.conf.global_settings import LANGUAGES
from django.core.exceptions import ImproperlyConfigured

from procedures_site import environment
from procedures_site.data_folder import BASE, data_folder, stored_secret

DATA = data_folder()
RELEASE = "0.1.0"  # part of every cache key, and shown to operators

# --- Secrets and safety ------------------------------------------------------------------------------------

DEBUG = environment.truth("DEBUG", False)
SECRET_KEY = environment.text("SECRET_KEY") or stored_secret()
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Put a long random text into the environment variable SECRET_KEY, for "
        'instance from `python3 -c "import secrets; print(secrets.token_urlsafe(64))"`, or run '
        "`python manage.py quickstart`, which makes one of its own."
    )
ALLOWED_HOSTS = environment.hosts("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = environment.origins("CSRF_TRUSTED_ORIGINS")

# HTTPS=true says that readers reach the site by https. Without it nothing here mentions https, so that a
# browser that once opened the site on localhost is not sent to an https that is not there.
HTTPS = environment.truth("HTTPS", False)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = environment.number("HSTS_SECONDS", 31_536_000) if HTTPS else 0
# Binds every other site below the same domain for a year, so it takes a decision of its own.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = environment.truth("HSTS_SUBDOMAINS", False)
BEHIND_PROXY = environment.truth("BEHIND_PROXY", False)
if BEHIND_PROXY:
    # Only for a proxy that sets this header itself: a reader could send it too.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # load balancers ask in plain http
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "manual.views.errors.form_refused"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# The confirmation page of an edition has several fields for each chapter of a manual of several hundred.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# How large a document or a picture of the board's may be, in megabytes. A proxy before the site has to let as much
# pass.
DOCUMENT_LIMIT = environment.number("DOCUMENT_MEGABYTES", 20) * 1024 * 1024
PICTURE_LIMIT = environment.number("PICTURE_MEGABYTES", 5) * 1024 * 1024

# What readers search for is counted in memory, and written down so many seconds after the first of it; 0: at once.
SEARCHES_WRITTEN_EVERY = 20

CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # data: for the pictures inside the admin's own stylesheets
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

# --- The application ---------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "procedures_site.apps.EditorsPages",  # django.contrib.admin, with the desk
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "mptt",
    "csp",
    "axes",
    "manual",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",  # the last, so that its answer is the one that is sent
]
# Those who work on the code have a page that shows every component.
ROOT_URLCONF = "procedures_site.urls_with_components" if DEBUG else "procedures_site.urls"
WSGI_APPLICATION = "procedures_site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- The database and the cache ----------------------------------------------------------------------------

DATABASES = {"default": environment.database("DATABASE_URL", DATA / "manual.sqlite3", relative_to=BASE)}
# A thread keeps its connection for a while, on either database: opening one costs more than most queries.
DATABASES["default"]["CONN_MAX_AGE"] = environment.number("CONN_MAX_AGE", 60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"] == environment.SQLITE:
    DATABASES["default"]["OPTIONS"] |= {
        # A writer takes its lock when its transaction begins: what it then reads cannot change under it.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # Readers and the writer do not wait for each other. A power cut may lose the last change, but
        # never the file.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000; "
            "PRAGMA mmap_size=268435456; PRAGMA journal_size_limit=67108864"
        ),
    }
    if test_database := environment.text("TEST_DATABASE"):
        # Tests with threads need a file: an in-memory database is one connection.
        DATABASES["default"]["TEST"] = {"NAME": test_database}
else:
    # A host that does not answer is an error, not a page that never ends.
    DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", 10)
CACHES = {"default": environment.cache("CACHE_URL")}
if CACHES["default"]["BACKEND"] == environment.MEMORY:
    # Room for the pages of a whole manual; the default of 300 is less than one has chapters.
    CACHES["default"].setdefault("OPTIONS", {}).setdefault("MAX_ENTRIES", 1_000)

# --- Words, files, logs ------------------------------------------------------------------------------------

# One language a deployment: that of the manual. Not LANGUAGE, which desktops set for themselves.
LANGUAGE_CODE = environment.one_of("SITE_LANGUAGE", "en-gb", [code for code, _name in LANGUAGES])
LOCALE_PATHS = [BASE / "manual" / "locale"]
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE / "static"]
STATIC_ROOT = DATA / "static"
# `collectstatic` gives each file a name with its hash and compresses it, so that browsers keep it for ever.
HASHED_FILES = "procedures_site.static_files.HashedFiles"
PLAIN_FILES = "django.contrib.staticfiles.storage.StaticFilesStorage"
static_storage = environment.one_of("STATIC_STORAGE", HASHED_FILES, [HASHED_FILES, PLAIN_FILES])
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": static_storage},
}
# While somebody works on the files, and in tests, they come from where they are written, not collected.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG or static_storage == PLAIN_FILES

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# --- Signing in --------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
# A working day. Readers have no session.
SESSION_COOKIE_AGE = 12 * 60 * 60
# After five mistakes with one user name from one address, signing in is closed to the two together for a while: who
# guesses is held up, and nobody is shut out from elsewhere.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "manual.admin.sign_in.address_of"
AXES_LOCKOUT_CALLABLE = "manual.admin.sign_in.closed"
# Nothing is kept but mistakes, and those only until the while is over and somebody signs in again.
AXES_HANDLER = "manual.admin.sign_in.Mistakes"
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False


def without_traceback(record: LogRecord) -> bool:
    record.exc_info = None
    return True


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {
        "without_traceback": {"()": "django.utils.log.CallbackFilter", "callback": without_traceback}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": environment.one_of(
            "LOG_LEVEL", "WARNING", ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
        ),
    },
    "loggers": {
        # Everything goes to the console above, once, and nothing by mail.
        "django": {"handlers": [], "propagate": True},
        # A page that is not there is no news; an error comes with its traceback.
        "django.request": {"level": "ERROR"},
        # Robots ask for hosts that are not ours; whoever forgot to allow one needs the sentence alone.
        "django.security.DisallowedHost": {"filters": ["without_traceback"]},
    },
}
