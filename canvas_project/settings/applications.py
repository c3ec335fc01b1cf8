"""What Django runs: apps, middleware, templates, languages, static files."""

from pathlib import Path

from canvas_project.env import env_str
from canvas_project.settings.place import (
    BASE_DIR,
    CANVAS_DATA_DIR,
    CANVAS_HTTPS,
    CANVAS_PATH_PREFIX,
)
from canvas_project.static_headers import add_static_headers

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
# Static files come first, in canvas_project/asgi_handler.py.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "boards.pages.middleware.SecurityHeadersMiddleware",
    "canvas_project.health.HealthMiddleware",
    "canvas_project.proxy_checks.ProxyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.proxy_header.middleware.ProxyHeaderMiddleware",
    "accounts.sign_in.idle_sessions.IdleSessionMiddleware",
    "boards.identity.token_sessions.TokenSessionMiddleware",
    "accounts.account_page.preferences.LanguageMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "boards.pages.middleware.RefusalMiddleware",
]
ROOT_URLCONF = "canvas_project.urls"
ASGI_APPLICATION = "canvas_project.asgi.application"
# Documented addresses have no trailing slash; each route accepts both forms.
APPEND_SLASH = False
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
                "accounts.account_page.menu.own",
                "boards.pages.context.holder",
                "boards.pages.context.path_prefix",
            ]
        },
    }
]

# Vite's names carry a content hash, so they may be cached for ever.
STATIC_URL = f"{CANVAS_PATH_PREFIX}/static/"
STATIC_ROOT = Path(env_str("CANVAS_STATIC_ROOT", str(CANVAS_DATA_DIR / "static")))
FRONTEND_DIST = BASE_DIR / "frontend" / "dist"
# What the server draws boards with; nothing of it is served.
FRONTEND_DRAWN = BASE_DIR / "frontend" / "dist-drawn"
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

# The browser sends the language; a cookie stores another choice.
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
