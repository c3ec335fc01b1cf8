"""All settings in one place; whatever differs between installations comes from the environment.

docs/configuration.md lists every variable with its default.
"""

from pathlib import Path
from typing import Any

from canvas_project import __version__
from canvas_project.bus import bus_of
from canvas_project.database_url import database_of
from canvas_project.env import (
    env_bool,
    env_int,
    env_keys,
    env_list,
    env_path_prefix,
    env_secret,
    env_str,
    env_str_or_file,
)
from canvas_project.static_headers import add_static_headers

BASE_DIR = Path(__file__).resolve().parent.parent

# --- State on disk: everything that a backup must contain, unless PostgreSQL has the rows
CANVAS_DATA_DIR = Path(env_str("CANVAS_DATA_DIR", str(BASE_DIR / "var"))).resolve()
CANVAS_FILES_DIR = CANVAS_DATA_DIR / "files"
CANVAS_DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

# --- Where it is served: the root of its host, or below a path of a host with other sites
CANVAS_PATH_PREFIX = env_path_prefix("CANVAS_PATH_PREFIX")
FORCE_SCRIPT_NAME = CANVAS_PATH_PREFIX or None
# Other sites of the host do not get our cookies. Browsers do send theirs here, so ours have other
# names.
_COOKIE_PATH, _COOKIE_SUFFIX = CANVAS_PATH_PREFIX or "/", CANVAS_PATH_PREFIX.replace("/", "_")
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = LANGUAGE_COOKIE_PATH = _COOKIE_PATH
SESSION_COOKIE_NAME = f"sessionid{_COOKIE_SUFFIX}"
CSRF_COOKIE_NAME = f"csrftoken{_COOKIE_SUFFIX}"
LANGUAGE_COOKIE_NAME = f"canvas_language{_COOKIE_SUFFIX}"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie of its own
CANVAS_GUEST_COOKIE_NAME = f"canvas_guest{_COOKIE_SUFFIX}"

# --- Security
DEBUG = env_bool("DJANGO_DEBUG", default=False)
SECRET_KEY = env_secret("DJANGO_SECRET_KEY", CANVAS_DATA_DIR / "secret_key")
CANVAS_JWT_KEYS = env_keys("CANVAS_JWT_KEYS", CANVAS_DATA_DIR / "jwt_key")
CANVAS_AUDIT_KEY = env_secret("CANVAS_AUDIT_KEY", CANVAS_DATA_DIR / "audit_key")
# Wrong passwords in five minutes: for one account, or one link, from addresses unknown to it, and
# from all such addresses together.
CANVAS_GUESSES_PER_ACCOUNT = env_int("CANVAS_GUESSES_PER_ACCOUNT", 20, at_least=1)
CANVAS_GUESSES_IN_TOTAL = env_int("CANVAS_GUESSES_IN_TOTAL", 1000, at_least=1)
CANVAS_ACCESS_TOKEN_SECONDS = env_int("CANVAS_ACCESS_TOKEN_SECONDS", 600, at_least=10)
ALLOWED_HOSTS = env_list("DJANGO_ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env_list("DJANGO_CSRF_TRUSTED_ORIGINS", [])
CANVAS_EMBED_ORIGINS = env_list("CANVAS_EMBED_ORIGINS", [])
CANVAS_METRICS_TOKEN = env_str("CANVAS_METRICS_TOKEN")
CANVAS_HTTPS = env_bool("CANVAS_HTTPS", default=False)
CANVAS_TRUSTED_PROXY_HOPS = env_int("CANVAS_TRUSTED_PROXY_HOPS", 0)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CANVAS_HTTPS
# How long a browser keeps boards that nobody opens; never longer than its session lasts.
CANVAS_OFFLINE_DAYS = env_int("CANVAS_OFFLINE_DAYS", 30, at_least=1)
CANVAS_SESSION_IDLE_SECONDS = env_int("CANVAS_SESSION_IDLE_SECONDS", 604_800, at_least=900)
SESSION_COOKIE_AGE = CANVAS_SESSION_IDLE_SECONDS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if CANVAS_HTTPS else 0
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if CANVAS_HTTPS and CANVAS_TRUSTED_PROXY_HOPS else None
)
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

# --- Applications
INSTALLED_APPS = [
    "canvas_project",
    "sync",
    "boards",
    "accounts",
    "audit",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "django_vite",
    "servestatic",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "boards.pages.middleware.SecurityHeadersMiddleware",
    "canvas_project.health.HealthMiddleware",
    "canvas_project.proxy_checks.ProxyMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.sign_in.idle_sessions.IdleSessionMiddleware",
    "boards.identity.token_sessions.TokenSessionMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "boards.pages.middleware.RefusalMiddleware",
]
ROOT_URLCONF = "canvas_project.urls"
ASGI_APPLICATION = "canvas_project.asgi.application"
# Documented addresses have no trailing slash; each route accepts both forms.
APPEND_SLASH = False
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "home"
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
                "boards.pages.context.holder",
                "boards.pages.context.path_prefix",
            ]
        },
    }
]

# --- Storage. SQLite: write-ahead log, every commit on disk before it counts (synchronous=FULL),
# writers queue at the start of a transaction instead of failing in its middle.
CANVAS_STORAGE_WAIT_SECONDS = env_int("CANVAS_STORAGE_WAIT_SECONDS", 10, at_least=1)
SQLITE: dict[str, Any] = {
    "ENGINE": "canvas_project.sqlite3",
    "NAME": CANVAS_DATA_DIR / "canvas.sqlite3",
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": CANVAS_STORAGE_WAIT_SECONDS,
        # A long read lets the log grow; afterwards it is cut back to this size.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864;"
        ),
    },
}
DATABASE_URL = env_str("DATABASE_URL")
# For going back one version, and for servers of the old version that restart during an upgrade.
CANVAS_NEWER_DATABASE = env_bool("CANVAS_NEWER_DATABASE", default=False)
DATABASES: dict[str, Any] = {"default": database_of(DATABASE_URL, SQLITE)}
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # Notices a broken network within seconds, not when the kernel gives up after two hours.
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
        **DATABASES["default"].get("OPTIONS", {}),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CANVAS_REDIS_URL = env_str("CANVAS_REDIS_URL")
_BUS = bus_of(env_str("CANVAS_BUS"), CANVAS_REDIS_URL, DATABASES["default"]["ENGINE"])
CANVAS_BUS = _BUS.kind
CHANNEL_LAYERS: dict[str, Any] = {"default": _BUS.layer}
CACHES: dict[str, Any] = {"default": _BUS.cache}
# Thumbnails. Separate, so that they never push out the counts of expensive reads.
CACHES["thumbnails"] = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "LOCATION": "thumbnails",
    "OPTIONS": {"MAX_ENTRIES": 1000},
}

# --- Static files. Vite's names carry a content hash, so they may be cached for ever.
STATIC_URL = f"{CANVAS_PATH_PREFIX}/static/"
STATIC_ROOT = Path(env_str("CANVAS_STATIC_ROOT", str(CANVAS_DATA_DIR / "static")))
FRONTEND_DIST = BASE_DIR / "frontend" / "dist"
STATICFILES_DIRS = [("board", FRONTEND_DIST)] if FRONTEND_DIST.is_dir() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "servestatic.storage.CompressedStaticFilesStorage",
        # Not private: another server may serve these files.
        "OPTIONS": {"directory_permissions_mode": 0o755},
    },
}
SERVESTATIC_ADD_HEADERS_FUNCTION = add_static_headers
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "static_url_prefix": "board",
        "manifest_path": FRONTEND_DIST / "manifest.json",
    }
}

# --- Language and time The browser sends the language; a cookie stores another choice.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_AGE = 31_536_000
LANGUAGE_COOKIE_SECURE = CANVAS_HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Mail. Without a server nothing is sent, and pages say what to pass on by hand.
EMAIL_HOST = env_str("EMAIL_HOST")
EMAIL_PORT = env_int("EMAIL_PORT", 25, at_least=1)
EMAIL_HOST_USER = env_str("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env_str("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = env_bool("EMAIL_USE_SSL", default=False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env_str("DEFAULT_FROM_EMAIL", "canvas@localhost")
# Whom pages tell people to ask, in words: "Kim (kim@example.org)".
CANVAS_HELP_CONTACT = env_str("CANVAS_HELP_CONTACT")

# --- Sign-in with django-allauth. Its own limits count in the cache; `accounts.sign_in` has ours.
ACCOUNT_ADAPTER = "accounts.sign_in.adapter.AccountAdapter"
ACCOUNT_RATE_LIMITS = False
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
# Nobody has an address that was not verified: people sign up by a link that was sent to it.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_METHODS = {"password", "mfa"}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_USERNAME_MIN_LENGTH = 1
ACCOUNT_FORMS = {
    "change_password": "accounts.sign_in.password_forms.PasswordChangeForm",
    "login": "accounts.sign_in.forms.SignInForm",
    "reauthenticate": "accounts.sign_in.password_forms.ConfirmForm",
    "reset_password": "accounts.sign_in.password_forms.PasswordResetForm",
    "reset_password_from_key": "accounts.sign_in.password_forms.NewPasswordForm",
    "set_password": "accounts.sign_in.password_forms.FirstPasswordForm",
}
MFA_ADAPTER = "accounts.sign_in.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "activate_totp": "accounts.sign_in.second_factor_forms.ActivateAppForm",
    "add_webauthn": "accounts.sign_in.second_factor_forms.AddPasskeyForm",
    "authenticate": "accounts.sign_in.second_factor_forms.CodeForm",
    "authenticate_webauthn": "accounts.sign_in.second_factor_forms.KeyForm",
    "edit_webauthn": "accounts.sign_in.second_factor_forms.RenamePasskeyForm",
    "login_webauthn": "accounts.sign_in.second_factor_forms.PasskeyForm",
    "reauthenticate": "accounts.sign_in.second_factor_forms.ConfirmCodeForm",
    "reauthenticate_webauthn": "accounts.sign_in.second_factor_forms.ConfirmKeyForm",
}
MFA_SUPPORTED_TYPES = ["recovery_codes", "totp", "webauthn"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RATE_LIMITS = False
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Canvas"
MFA_TOTP_TOLERANCE = 1  # codes of clocks that are up to 30 seconds off

# --- An identity provider (OpenID Connect): set up by these alone. `accounts.oidc`
CANVAS_OIDC_ISSUER = env_str("CANVAS_OIDC_ISSUER")
CANVAS_OIDC_CLIENT_ID = env_str("CANVAS_OIDC_CLIENT_ID")
CANVAS_OIDC_CLIENT_SECRET = env_str_or_file("CANVAS_OIDC_CLIENT_SECRET")
CANVAS_OIDC_SCOPES = env_str("CANVAS_OIDC_SCOPES", "openid profile email").split()
CANVAS_OIDC_NAME = env_str("CANVAS_OIDC_NAME", "Single sign-on")
CANVAS_OIDC_NAME_CLAIM = env_str("CANVAS_OIDC_NAME_CLAIM", "name")
CANVAS_OIDC_GROUPS_CLAIM = env_str("CANVAS_OIDC_GROUPS_CLAIM", "groups")
CANVAS_OIDC_GROUPS = env_list("CANVAS_OIDC_GROUPS", ["*"])
CANVAS_OIDC_MAX_GROUPS = env_int("CANVAS_OIDC_MAX_GROUPS", 200, at_least=1)
CANVAS_OIDC_STAFF_GROUPS = env_list("CANVAS_OIDC_STAFF_GROUPS", [])
CANVAS_OIDC_ADMIN_GROUPS = env_list("CANVAS_OIDC_ADMIN_GROUPS", [])
CANVAS_OIDC_SIGN_UP = env_bool("CANVAS_OIDC_SIGN_UP", default=True)
CANVAS_OIDC_LINK_EMAIL = env_bool("CANVAS_OIDC_LINK_EMAIL", default=False)
CANVAS_OIDC_ONLY = env_bool("CANVAS_OIDC_ONLY", default=False)
CANVAS_OIDC_ADMIN_PASSWORDS = env_bool("CANVAS_OIDC_ADMIN_PASSWORDS", default=True)
SOCIALACCOUNT_ADAPTER = "accounts.oidc.pages.SocialAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# --- REST
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "boards.api.authentication.BearerAuthentication",
        "boards.api.authentication.CookieAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["boards.api.parsers.BoundedJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "boards.api.negotiation.OneFormat",
    "DEFAULT_SCHEMA_CLASS": "boards.api.openapi.CanvasSchema",
    "EXCEPTION_HANDLER": "boards.api.errors.refusal",
    "PAGE_SIZE": 100,
    "DEFAULT_THROTTLE_RATES": {
        "auth_token": env_str("CANVAS_TOKEN_RATE", "300/min"),
        "file_upload": "120/min",
        "board_create": env_str("CANVAS_BOARD_RATE", "2000/hour"),
    },
    "NUM_PROXIES": CANVAS_TRUSTED_PROXY_HOPS,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Canvas API",
    "DESCRIPTION": "Boards, permissions and files of the collaborative canvas.",
    "VERSION": __version__,
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVERS": [{"url": CANVAS_PATH_PREFIX}] if CANVAS_PATH_PREFIX else [],
    # For generated clients: request bodies have no read-only fields, and enums have names.
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_NAME_OVERRIDES": {
        "Level": "boards.api.fields.LEVEL_NAMES",
        "AccessRequestOutcome": "boards.models.AccessRequest.Outcome",
        "BoardTemplate": "boards.lifecycle.templates.BoardTemplate.values",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "boards.api.openapi.complete",
    ],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

# --- Limits (bytes, seconds, counts)
CANVAS_MAX_FRAME_BYTES = env_int("CANVAS_MAX_FRAME_BYTES", 32_000_000, at_least=1024)
CANVAS_MAX_VIEWER_FRAME_BYTES = env_int("CANVAS_MAX_VIEWER_FRAME_BYTES", 1_000_000, at_least=1024)
CANVAS_MAX_UPDATE_BYTES = env_int("CANVAS_MAX_UPDATE_BYTES", 4_000_000, at_least=1024)
CANVAS_MAX_UPDATE_STRUCTS = env_int("CANVAS_MAX_UPDATE_STRUCTS", 1_500_000, at_least=1000)
CANVAS_MAX_UPDATE_DELETIONS = env_int("CANVAS_MAX_UPDATE_DELETIONS", 600_000, at_least=1000)
CANVAS_MAX_UPDATE_VALUES = env_int("CANVAS_MAX_UPDATE_VALUES", 2_000_000, at_least=10_000)
CANVAS_MAX_VALUE_DEPTH = env_int("CANVAS_MAX_VALUE_DEPTH", 32, at_least=8)
CANVAS_MAX_WRITERS_PER_KEY = env_int("CANVAS_MAX_WRITERS_PER_KEY", 256, at_least=8)
# For a whole board: every client repeats its client ids and deletions whenever it connects.
CANVAS_MAX_BOARD_CLIENTS = env_int("CANVAS_MAX_BOARD_CLIENTS", 100_000, at_least=100)
CANVAS_MAX_BOARD_CLIENTS_EACH = env_int("CANVAS_MAX_BOARD_CLIENTS_EACH", 50_000, at_least=100)
CANVAS_MAX_BOARD_DELETIONS = env_int("CANVAS_MAX_BOARD_DELETIONS", 200_000, at_least=1000)
CANVAS_NEW_CLIENTS_AT_ONCE = env_int("CANVAS_NEW_CLIENTS_AT_ONCE", 1000, at_least=64)
CANVAS_NEW_CLIENTS_PER_HOUR = env_int("CANVAS_NEW_CLIENTS_PER_HOUR", 300, at_least=10)
CANVAS_MAX_GAPS = env_int("CANVAS_MAX_GAPS", 20, at_least=3)
CANVAS_MAX_FILE_BYTES = env_int("CANVAS_MAX_FILE_BYTES", 10_000_000, at_least=1024)
CANVAS_MAX_FILE_PIXELS = env_int("CANVAS_MAX_FILE_PIXELS", 50_000_000, at_least=1)
CANVAS_MAX_IMPORT_BYTES = env_int("CANVAS_MAX_IMPORT_BYTES", 400_000_000, at_least=1024)
CANVAS_ANSWERS_PER_SECOND = env_int("CANVAS_ANSWERS_PER_SECOND", 2, at_least=1)
CANVAS_MAX_PRESENCE = env_int("CANVAS_MAX_PRESENCE", 100, at_least=1)
CANVAS_PRESENCE_REMOTE_SECONDS = env_int("CANVAS_PRESENCE_REMOTE_SECONDS", 15, at_least=3)
CANVAS_PRESENCE_BYTES_PER_SECOND = env_int(
    "CANVAS_PRESENCE_BYTES_PER_SECOND", 500_000, at_least=10_000
)
CANVAS_SOCKET_FRAMES_PER_SECOND = env_int("CANVAS_SOCKET_FRAMES_PER_SECOND", 300, at_least=10)
CANVAS_SOCKET_BYTES_PER_SECOND = env_int(
    "CANVAS_SOCKET_BYTES_PER_SECOND", 1_000_000, at_least=10_000
)
CANVAS_SOCKET_BURST_SECONDS = env_int("CANVAS_SOCKET_BURST_SECONDS", 16, at_least=1)
# Recovery mode after restoring a backup: people bring back what they have of each other's work.
CANVAS_RECOVERY = env_str("CANVAS_RECOVERY")
CANVAS_OUTBOX_BYTES = env_int("CANVAS_OUTBOX_BYTES", 1_000_000, at_least=1024)
# Before authentication. 0: as many connections as the process may have open files, minus a reserve.
CANVAS_MAX_CONNECTIONS = env_int("CANVAS_MAX_CONNECTIONS", 0)
CANVAS_MAX_CONNECTIONS_PER_ADDRESS = env_int("CANVAS_MAX_CONNECTIONS_PER_ADDRESS", 1000, at_least=1)
CANVAS_MAX_HALF_OPEN = env_int("CANVAS_MAX_HALF_OPEN", 1000, at_least=1)
CANVAS_CONNECTIONS_PER_SECOND = env_int("CANVAS_CONNECTIONS_PER_SECOND", 50, at_least=1)
CANVAS_HEAD_SECONDS = env_int("CANVAS_HEAD_SECONDS", 10, at_least=1)
CANVAS_ADMISSION_SECONDS = env_int("CANVAS_ADMISSION_SECONDS", 15, at_least=1)
CANVAS_BODY_SECONDS = env_int("CANVAS_BODY_SECONDS", 30, at_least=1)
CANVAS_KEEP_ALIVE_SECONDS = env_int("CANVAS_KEEP_ALIVE_SECONDS", 75, at_least=1)
CANVAS_MAX_BODY_BYTES = env_int("CANVAS_MAX_BODY_BYTES", 65_536, at_least=1024)
CANVAS_BODIES_AT_ONCE_BYTES = env_int("CANVAS_BODIES_AT_ONCE_BYTES", 256_000_000, at_least=1024)
CANVAS_REQUESTS_AT_ONCE = env_int("CANVAS_REQUESTS_AT_ONCE", 1, at_least=1)
CANVAS_MAX_SOCKETS_PER_ADDRESS = env_int("CANVAS_MAX_SOCKETS_PER_ADDRESS", 500, at_least=1)
CANVAS_MAX_SOCKETS_PER_USER = env_int("CANVAS_MAX_SOCKETS_PER_USER", 500, at_least=1)
CANVAS_COMMIT_INTERVAL_MS = env_int("CANVAS_COMMIT_INTERVAL_MS", 3)
CANVAS_MAX_ROOMS = env_int("CANVAS_MAX_ROOMS", 2000, at_least=1)
CANVAS_MAX_ROOM_BYTES = env_int("CANVAS_MAX_ROOM_BYTES", 200_000_000, at_least=1)
CANVAS_ROOM_IDLE_SECONDS = env_int("CANVAS_ROOM_IDLE_SECONDS", 1800)
# Quotas of people and boards.
CANVAS_MAX_BOARDS_PER_PERSON = env_int("CANVAS_MAX_BOARDS_PER_PERSON", 2000, at_least=1)
CANVAS_MAX_BYTES_PER_PERSON = env_int(
    "CANVAS_MAX_BYTES_PER_PERSON", 10_000_000_000, at_least=1_000_000
)
CANVAS_MAX_DOCUMENT_BYTES = env_int("CANVAS_MAX_DOCUMENT_BYTES", 200_000_000, at_least=1_000_000)
CANVAS_MAX_BOARD_IMAGES = env_int("CANVAS_MAX_BOARD_IMAGES", 5000, at_least=1)
CANVAS_MAX_BOARD_IMAGE_BYTES = env_int(
    "CANVAS_MAX_BOARD_IMAGE_BYTES", 1_000_000_000, at_least=1_000_000
)
CANVAS_MAX_BOARD_VERSIONS = env_int("CANVAS_MAX_BOARD_VERSIONS", 500, at_least=1)
CANVAS_MAX_BOARD_VERSION_BYTES = env_int(
    "CANVAS_MAX_BOARD_VERSION_BYTES", 1_000_000_000, at_least=1_000_000
)
CANVAS_MAX_BOARD_COMMENTS = env_int("CANVAS_MAX_BOARD_COMMENTS", 10_000, at_least=1)
CANVAS_MAX_BOARD_LINKS = env_int("CANVAS_MAX_BOARD_LINKS", 200, at_least=1)
# Reads, copies and imports of whole boards.
CANVAS_EXPENSIVE_AT_ONCE = env_int("CANVAS_EXPENSIVE_AT_ONCE", 2, at_least=1)
CANVAS_EXPENSIVE_WAITING = env_int("CANVAS_EXPENSIVE_WAITING", 128, at_least=1)
CANVAS_EXPENSIVE_PER_PERSON = env_int("CANVAS_EXPENSIVE_PER_PERSON", 32, at_least=1)
CANVAS_EXPENSIVE_WAIT_SECONDS = env_int("CANVAS_EXPENSIVE_WAIT_SECONDS", 20, at_least=1)
CANVAS_EXPENSIVE_PER_MINUTE = env_int("CANVAS_EXPENSIVE_PER_MINUTE", 300, at_least=1)
CANVAS_SHARED_READ_BYTES = env_int("CANVAS_SHARED_READ_BYTES", 32_000_000, at_least=0)
CANVAS_TOMBSTONE_DAYS = env_int("CANVAS_TOMBSTONE_DAYS", 30)
CANVAS_COMPACT_ROWS = env_int("CANVAS_COMPACT_ROWS", 200, at_least=1)
CANVAS_COMPACT_BYTES = env_int("CANVAS_COMPACT_BYTES", 1_000_000, at_least=1)
# Run once a day by one of the server's processes; "none" disables them.
CANVAS_DAILY_JOBS = env_list(
    "CANVAS_DAILY_JOBS",
    ["verify_audit_log", "prune_audit_log", "purge_trash", "purge_sessions", "purge_set_aside"],
)
CANVAS_SET_ASIDE_DAYS = env_int("CANVAS_SET_ASIDE_DAYS", 90, at_least=1)
CANVAS_TRASH_DAYS = env_int("CANVAS_TRASH_DAYS", 30, at_least=1)
CANVAS_AUDIT_RETENTION_DAYS = env_int("CANVAS_AUDIT_RETENTION_DAYS", 90)
CANVAS_AUDIT_IP_MODE = env_str("CANVAS_AUDIT_IP_MODE", "full")
CANVAS_DEMO_PASSWORD = env_str("CANVAS_DEMO_PASSWORD", "canvas-demo")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {"client_mistakes": {"()": "canvas_project.log_filters.ClientMistakes"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["client_mistakes"],
        }
    },
    "root": {"handlers": ["console"], "level": env_str("CANVAS_LOG_LEVEL", "INFO")},
    "loggers": {
        # At INFO it prints the address of every socket, and query strings may contain tokens.
        "uvicorn.error": {"level": "WARNING"},
        # It logs a traceback every second while Redis is away; the bus says so once.
        "channels_redis.pubsub": {"level": "CRITICAL"},
    },
}
