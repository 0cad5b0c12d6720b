"""Django's settings, made from the environment (env.py). Nothing here reads anything else."""

import os
from urllib.parse import unquote, urlsplit

import dj_database_url
from django.utils.translation import gettext_lazy as _

from alltid import env
from alltid.web.headers import static_headers

ALLTID = env.read(os.environ)
TRIAL = ALLTID["MODE"] == "trial"
TESTING = ALLTID["MODE"] == "test"
DATA = ALLTID["DATA"].absolute()

DEBUG = False
SECRET_KEY = ALLTID["SECRET_KEY"]
ALLOWED_HOSTS = ALLTID["HOSTS"] or ["localhost", "127.0.0.1", "[::1]"]
ROOT_URLCONF = "alltid.urls"

INSTALLED_APPS = [
    "alltid.web",
    "alltid.people",
    "alltid.tell",
    "alltid.answer",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

# The rooms keep sessions, CSRF and sign-in away from every page that a child reaches.
MIDDLEWARE = [
    "alltid.web.headers.Headers",
    "alltid.web.headers.Visitor",
    "alltid.web.bodies.Bodies",
    "alltid.web.headers.Transport",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "alltid.web.rooms.StaffSession",
    "alltid.web.rooms.StaffCsrf",
    "alltid.people.rooms.StaffSignedIn",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": ["alltid.web.context.house", "alltid.people.context.staff"]
        },
    }
]

_SQLITE = {
    "ENGINE": "alltid.web.sqlite",
    "NAME": DATA / "alltid.sqlite3",
    "CONN_MAX_AGE": None,
    "OPTIONS": {
        "timeout": 5,
        "transaction_mode": "IMMEDIATE",
        # FULL: what was acknowledged is on disk. secure_delete: erased means overwritten.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
            "PRAGMA cache_size=-16384; PRAGMA temp_store=MEMORY;"
        ),
    },
    # A file, as in life: what is erased, locked or full shows only on a disk.
    "TEST": {"NAME": str(DATA / "test.sqlite3")},
}
DATABASES = {
    "default": (
        dj_database_url.parse(ALLTID["DATABASE_URL"], conn_max_age=None, conn_health_checks=True)
        if ALLTID["DATABASE_URL"]
        else _SQLITE
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["alltid.people.signin.IdentityBackend"]

STAFF_PATH = "/staff/"
SECURE = not (TRIAL or TESTING)
SESSION_COOKIE_NAME = "alltid-session"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = STAFF_PATH
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = "alltid.web.errors.csrf_failure"
# __Host- wants Secure, which a trial on plain loopback cannot give in every browser.
KEY_COOKIE = "__Host-alltid-key" if SECURE else "alltid-key"

LANGUAGE_CODE = "en"
LANGUAGES = [("sv", _("Swedish")), ("en", _("English"))]
TIME_ZONE = "Europe/Stockholm"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = None if TESTING else DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "alltid.web.files.PressedFiles"
    },
}
WHITENOISE_USE_FINDERS = TESTING
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ADD_HEADERS_FUNCTION = static_headers

# No route takes a file: every file part is skipped before a byte is stored.
FILE_UPLOAD_HANDLERS = ["alltid.web.pictures.SkipEveryFile"]
# A pasted picture arrives as text and is cut out; beyond this the body is refused unread.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100

SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_CONTENT_TYPE_NOSNIFF = True

DEFAULT_FROM_EMAIL = ALLTID["MAIL_FROM"]
if ALLTID["SMTP_URL"]:
    _smtp = urlsplit(ALLTID["SMTP_URL"])
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _smtp.hostname or "localhost", _smtp.port or 587
    EMAIL_HOST_USER = unquote(_smtp.username or "")
    EMAIL_HOST_PASSWORD = unquote(_smtp.password or "")
    EMAIL_USE_TLS = bool(_smtp.username)
    EMAIL_TIMEOUT = 20
elif TRIAL:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA / "mail"
else:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

DEFAULT_EXCEPTION_REPORTER = "alltid.web.reporting.QuietReporter"
DEFAULT_EXCEPTION_REPORTER_FILTER = "alltid.web.reporting.TellNothing"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"quiet": {"()": "alltid.web.reporting.QuietFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "quiet"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # A page that is not there is no failure; its line would say when somebody was here.
        "django.request": {"level": "ERROR"},
    },
}
