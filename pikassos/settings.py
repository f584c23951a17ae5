"""Settings. Unset means production and strict; `make run` and `make test` set the few variables that loosen it.

Nothing else in the project reads the environment.
"""

import base64
import hashlib
import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

from pikassos.log_secrets import leave_out_secrets

BASE_DIR = Path(__file__).resolve().parent.parent


def required(name, meaning):
    """The variable's value; without it the portal does not start, and says what is missing."""
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"The environment variable {name} is missing: {meaning}.")
    return value


def is_on(name):
    """Whether a switch is set to 1."""
    return os.environ.get(name, "0") == "1"


# How strict ---------------------------------------------------------------------------------------------------------

LOOSE = is_on("LOOSE")
DEMONSTRATION = is_on("DEMONSTRATION")
if DEMONSTRATION and not LOOSE:
    raise ImproperlyConfigured(
        "DEMONSTRATION=1 shows sign-in codes and every letter to everybody, so it is refused with production "
        "settings. Use `make run`, which sets LOOSE=1 as well, or unset DEMONSTRATION."
    )

DEBUG = False
SECRET_KEY = required("SECRET_KEY", "a long random string that signs sessions and links")
if not LOOSE and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY is too short: 50 characters at least.")
SITE_URL = os.environ.get("SITE_URL", "http://localhost:8000" if LOOSE else "").rstrip("/") or required(
    "SITE_URL", "the public address of the portal, for example https://portaali.example.org"
)
ALLOWED_HOSTS = [host for host in os.environ.get("ALLOWED_HOSTS", urlsplit(SITE_URL).hostname or "").split(",") if host]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# Rooms --------------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "django_prose_editor",
    "django_structlog",
    "pgtrigger",
    "pghistory",
    "pikassos",
    "letters",
    "accounts",
    "publishing",
    "directory",
    "networks",
    "projects",
    "events",
    "ilmapuntari",
    "ombudsman",
    "website",
    "demonstration",
]

MIDDLEWARE = [
    "pikassos.middleware.HeadersMiddleware",
    "pikassos.middleware.PolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "ilmapuntari.answering_door.AnsweringDoor",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "pikassos.middleware.LogMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "pikassos.middleware.PlainInputMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "pikassos.middleware.WrongMethodMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "pikassos.middleware.ChangeContextMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "publishing.addresses.MovedMiddleware",
]

ROOT_URLCONF = "pikassos.urls"
WSGI_APPLICATION = "pikassos.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "website.context.site",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "publishing.templatetags.portal"],
        },
    }
]
FORM_RENDERER = "publishing.form_rendering.PortalRenderer"

# Database -----------------------------------------------------------------------------------------------------------


def database(url):
    """Django's settings for one role's address, by socket or by network."""
    parts = conninfo_to_dict(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 3, "application_name": "pikassos", **parts},
    }


# The application's role reads and writes rows and owns nothing; the owner's migrates. Two names for one database.
DATABASES = {
    "default": database(required("DATABASE_URL", "the application role's address of the PostgreSQL database")),
}
DATABASES["owner"] = {
    **database(os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]),
    "CONN_MAX_AGE": 0,
    "TEST": {"MIRROR": "default"},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PGHISTORY_MIDDLEWARE_METHODS = ("POST",)

# Redis: messages in one numbered database, the cache in the next, so that clearing one never empties the other -------


def redis_urls(url):
    """(broker's address for Celery, cache's address for Django) from one address by socket or by network."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        number = int(parse_qs(parts.query).get("db", ["0"])[0])
        return (
            f"redis+socket://{parts.path}?virtual_host={number}",
            f"unix://{parts.path}?db={number + 1}",
        )
    number = int(unquote(parts.path).strip("/") or 0)
    base = parts._replace(path="").geturl()
    return f"{base}/{number}", f"{base}/{number + 1}"


CELERY_BROKER_URL, CACHE_URL = redis_urls(
    required("REDIS_URL", "the address of Redis, for example redis://redis:6379/0")
)
CACHES = {
    "default": {
        "BACKEND": "pikassos.cache.ForgivingRedisCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": "pikassos",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    },
    # How often codes of the Ilmapuntari were mistyped: in the memory of each process and nowhere else.
    "wrong-codes": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "wrong-codes",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}

# Background ---------------------------------------------------------------------------------------------------------

VISIBILITY_TIMEOUT = 600  # seconds; three places must agree, and no task may run longer
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": VISIBILITY_TIMEOUT,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
    "max_retries": 1,
}
CELERY_RESULT_BACKEND = None
CELERY_VISIBILITY_TIMEOUT = VISIBILITY_TIMEOUT
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": VISIBILITY_TIMEOUT}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_DEFAULT_QUEUE = "compute"
CELERY_TASK_ROUTES = {
    "letters.tasks.*": {"queue": "post"},
    "pikassos.tasks.beat_post": {"queue": "post"},
    "ilmapuntari.post_tasks.*": {"queue": "post"},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Europe/Helsinki"
CELERY_BEAT_SCHEDULE = {
    "send-letters": {"task": "letters.tasks.send_letters", "schedule": 30, "options": {"expires": 30}},
    "forget-letters": {"task": "letters.tasks.forget_letters", "schedule": 3600},
    "forget-imports": {"task": "directory.tasks.forget_import_drafts", "schedule": 3600},
    "forget-feedback": {"task": "website.tasks.forget_feedback", "schedule": 86400},
    "forget-sessions": {"task": "accounts.tasks.forget_sessions", "schedule": 3600},
    # Each address is asked once a week; a turn takes those that are due for as long as it may.
    "check-links": {"task": "projects.tasks.check_links", "schedule": 600, "options": {"expires": 600}},
    "renew-links": {"task": "projects.tasks.renew_links", "schedule": 21600},
    "remind-deadlines": {"task": "projects.tasks.remind_deadlines", "schedule": 3600},
    # What is due is asked of the database: held seats that lapse, new occasions of a series, reminders.
    "events-seats": {"task": "events.tasks.move_queues", "schedule": 60, "options": {"expires": 60}},
    "events-standing": {"task": "events.tasks.register_standing", "schedule": 120, "options": {"expires": 120}},
    "events-reminders": {"task": "events.tasks.remind", "schedule": 900, "options": {"expires": 900}},
    "events-recordings": {"task": "events.tasks.warn_of_recordings", "schedule": 3600},
    "events-forget": {"task": "events.tasks.forget_people", "schedule": 3600},
    "ilmapuntari-advance": {"task": "ilmapuntari.tasks.advance", "schedule": 30, "options": {"expires": 30}},
    # Without an end of its use: behind thousands of letters it still gets its turn.
    "ilmapuntari-codes": {"task": "ilmapuntari.post_tasks.write_codes", "schedule": 30},
    "ilmapuntari-nightly": {"task": "ilmapuntari.tasks.reseal", "schedule": 1800, "options": {"expires": 1800}},
    "ilmapuntari-forget": {"task": "ilmapuntari.tasks.forget", "schedule": 86400},
    "caseload-retention": {"task": "ombudsman.tasks.delete_due", "schedule": 3600},
    "caseload-keys": {"task": "ombudsman.tasks.destroy_keys", "schedule": 300, "options": {"expires": 300}},
    "caseload-notices": {"task": "ombudsman.tasks.write_notices", "schedule": 3600},
    "heartbeat-post": {"task": "pikassos.tasks.beat_post", "schedule": 10, "options": {"expires": 10}},
    "heartbeat-compute": {"task": "pikassos.tasks.beat_compute", "schedule": 10, "options": {"expires": 10}},
}

# Whether addresses on the pages of projects are asked if they still answer; the demonstration asks nobody's servers.
CHECK_LINKS = not DEMONSTRATION

# Ilmapuntari: the keys of rounds lie in two folders outside the database and its backups. Web and the queue `compute`
# see `box`, the queue `post` sees `link`, and no process but a demonstration's commands is told of both --------------

LINK_KEYS = os.environ.get("ILMAPUNTARI_LINK_KEYS", "")
BOX_KEYS = os.environ.get("ILMAPUNTARI_BOX_KEYS", "")
ILMAPUNTARI_ROUND_KEPT = 1  # seconds for which a web process takes a round for what it was

# The caseload: a folder of keys outside the database and its backups, for web and the queue `compute` only.
CASELOAD_KEYS = os.environ.get("CASELOAD_KEYS", "")

# Accounts -----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.password_length.LengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "website:start"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_LOGIN_TIMEOUT = 20 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
PASSWORD_RESET_TIMEOUT = 2 * 60 * 60
# True only so that asking for an unknown address takes as long as for a known one: our adapter writes to nobody.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(SITE_URL).scheme
ACCOUNT_FORMS = {
    "request_login_code": "directory.sign_in.RequestLoginCodeForm",
    "login": "accounts.forms.LoginForm",
    "confirm_login_code": "accounts.forms.ConfirmLoginCodeForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "add_email": "accounts.forms.AddEmailForm",
    "confirm_email_verification_code": "accounts.forms.ConfirmEmailVerificationCodeForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
}
# By address of origin generous, because a whole county comes from one; by account strict.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "30/m/ip,5/5m/key",
    "request_login_code": "60/m/ip,3/m/key,10/h/key",
    "reset_password": "30/m/ip,3/m/key,10/h/key",
    "reset_password_from_key": "30/m/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXY_COUNT", "0"))
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOOSE
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Pikassos"
# A code is remembered as used for one period, so in earnest only the present one is taken. A demonstration shows the
# code on the page, where it may have grown old by the time it is typed.
MFA_TOTP_TOLERANCE = 1 if DEMONSTRATION else 0
MFA_RATE_LIMITS = {"webauthn_login": "30/m/ip"}
MFA_FORMS = {
    "authenticate": "accounts.forms.AuthenticateForm",
    "reauthenticate": "accounts.forms.ReauthenticateWithCodeForm",
    "activate_totp": "accounts.forms.ActivateTOTPForm",
    "add_webauthn": "accounts.forms.AddWebAuthnForm",
    "edit_webauthn": "accounts.forms.EditWebAuthnForm",
}
USERSESSIONS_TRACK_ACTIVITY = False
# Second factors are encrypted at rest with a key that is not in the database.
SECOND_FACTOR_KEY = base64.urlsafe_b64encode(
    hashlib.sha256(b"second factor:" + os.environ.get("SECOND_FACTOR_KEY", SECRET_KEY).encode()).digest()
)

SESSION_ENGINE = "django.contrib.sessions.backends.db"
# Left alone for two hours a session ends: shared office computers are our case. The caseload asks for less.
SESSION_IDLE = timedelta(hours=2)
SESSION_MAX_AGE = timedelta(hours=10)  # a working day; the longest that one sign-in lasts
SESSION_COOKIE_AGE = int(SESSION_MAX_AGE.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = "website.views.errors.forbidden"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
if not LOOSE:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not LOOSE
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Headers ------------------------------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = not LOOSE
SECURE_REDIRECT_EXEMPT = [r"^terveys/$"]
SECURE_HSTS_SECONDS = 0 if LOOSE else 2 * 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LOOSE
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if is_on("BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# HeadersMiddleware sets X-Frame-Options on every answer, also on those that Django's middleware does not see.
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = ["security.W002"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# Languages and time -------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "fi"
LANGUAGES = [("fi", "Suomi"), ("sv", "Svenska"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Helsinki"
USE_I18N = USE_TZ = True

# Files --------------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", BASE_DIR / "var" / "static"))
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", BASE_DIR / "var" / "media"))
MEDIA_URL = None
FILE_UPLOAD_PERMISSIONS = 0o600
MAX_UPLOAD = 10 * 1024 * 1024  # bytes; what an attachment or an imported table may weigh
# In memory only: a temporary file would stay on the disk in the clear when the process is killed.
FILE_UPLOAD_HANDLERS = ["pikassos.uploads.InMemoryOnly"]
FILE_UPLOAD_MAX_MEMORY_SIZE = MAX_UPLOAD + 2 * 1024 * 1024
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "pikassos.static_files.StaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600

# Letters ------------------------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "Pikassos <pikassos@example.org>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 10
EMAIL_URL = os.environ.get("EMAIL_URL", "")
if EMAIL_URL:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    _mail = urlsplit(EMAIL_URL)
    EMAIL_HOST, EMAIL_PORT = _mail.hostname, _mail.port or 587
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.scheme == "smtp+tls", _mail.scheme == "smtps"
elif LOOSE:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
else:
    required("EMAIL_URL", "the mail server, for example smtp+tls://name:password@mail.example.org:587")

# Logs ---------------------------------------------------------------------------------------------------------------

_shared = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "structured": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": [*_shared, structlog.stdlib.ExtraAdder(), leave_out_secrets],
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                # The default dict tracebacks carry local variables, and so what people typed; these carry lines only.
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False)
                if os.environ.get("LOG_JSON", "0" if LOOSE else "1") == "1"
                else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
    },
}
structlog.configure(
    processors=[*_shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"
