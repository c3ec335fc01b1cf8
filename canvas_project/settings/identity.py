"""Cookies, sessions, tokens, and the keys that sign them."""

from canvas_project.env import env_cookie_prefix, env_int, env_keys, env_list, env_secret
from canvas_project.settings.place import CANVAS_DATA_DIR, CANVAS_HTTPS, CANVAS_PATH_PREFIX

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "home"

# Other sites of the host do not get our cookies. Browsers do send theirs here, so ours have other
# names.
_COOKIE_PATH, _COOKIE_SUFFIX = CANVAS_PATH_PREFIX or "/", CANVAS_PATH_PREFIX.replace("/", "_")
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = LANGUAGE_COOKIE_PATH = _COOKIE_PATH
_COOKIE_PREFIX = env_cookie_prefix(
    "CANVAS_COOKIE_PREFIX", is_https=CANVAS_HTTPS, path_prefix=CANVAS_PATH_PREFIX
)
SESSION_COOKIE_NAME = f"{_COOKIE_PREFIX}sessionid{_COOKIE_SUFFIX}"
CSRF_COOKIE_NAME = f"{_COOKIE_PREFIX}csrftoken{_COOKIE_SUFFIX}"
LANGUAGE_COOKIE_NAME = f"{_COOKIE_PREFIX}canvas_language{_COOKIE_SUFFIX}"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie of its own
CANVAS_GUEST_COOKIE_NAME = f"{_COOKIE_PREFIX}canvas_guest{_COOKIE_SUFFIX}"

SECRET_KEY = env_secret("DJANGO_SECRET_KEY", CANVAS_DATA_DIR / "secret_key")
SECRET_KEY_FALLBACKS = env_list("DJANGO_SECRET_KEY_FALLBACKS", [])
CANVAS_JWT_KEYS = env_keys("CANVAS_JWT_KEYS", CANVAS_DATA_DIR / "jwt_key")
# Wrong passwords in five minutes: for one account, or one link, from addresses unknown to it, and
# from all such addresses together.
CANVAS_GUESSES_PER_ACCOUNT = env_int("CANVAS_GUESSES_PER_ACCOUNT", 20, at_least=1)
CANVAS_GUESSES_IN_TOTAL = env_int("CANVAS_GUESSES_IN_TOTAL", 1000, at_least=1)
CANVAS_CODES_PER_DAY = env_int("CANVAS_CODES_PER_DAY", 100, at_least=1)
# What accounts, and people without one, may do.
CANVAS_NEW_SESSIONS_PER_HOUR = env_int("CANVAS_NEW_SESSIONS_PER_HOUR", 1000, at_least=1)
CANVAS_SIGN_INS_PER_HOUR = env_int("CANVAS_SIGN_INS_PER_HOUR", 600, at_least=1)
CANVAS_MAIL_LINKS_PER_HOUR = env_int("CANVAS_MAIL_LINKS_PER_HOUR", 20, at_least=1)
CANVAS_MAIL_LINKS_PER_ADDRESS = env_int("CANVAS_MAIL_LINKS_PER_ADDRESS", 5, at_least=1)
CANVAS_MAILS_PER_HOUR = env_int("CANVAS_MAILS_PER_HOUR", 12, at_least=1)
CANVAS_MAX_PASSKEYS = env_int("CANVAS_MAX_PASSKEYS", 20, at_least=1)
CANVAS_ACCOUNT_CHANGES_PER_HOUR = env_int("CANVAS_ACCOUNT_CHANGES_PER_HOUR", 60, at_least=1)
CANVAS_ACCOUNT_DOWNLOADS_PER_HOUR = env_int("CANVAS_ACCOUNT_DOWNLOADS_PER_HOUR", 5, at_least=1)
CANVAS_ACCESS_REQUESTS_PER_HOUR = env_int("CANVAS_ACCESS_REQUESTS_PER_HOUR", 20, at_least=1)
CANVAS_INVITATIONS_PER_ADDRESS = env_int("CANVAS_INVITATIONS_PER_ADDRESS", 5, at_least=1)
CANVAS_ACCESS_TOKEN_SECONDS = env_int("CANVAS_ACCESS_TOKEN_SECONDS", 600, at_least=10)
# How long a browser keeps boards that nobody opens; never longer than its session lasts.
CANVAS_OFFLINE_DAYS = env_int("CANVAS_OFFLINE_DAYS", 30, at_least=1)
CANVAS_SESSION_IDLE_SECONDS = env_int("CANVAS_SESSION_IDLE_SECONDS", 604_800, at_least=900)
# However much it is used: people sign in again after so long.
CANVAS_SESSION_MAX_SECONDS = env_int("CANVAS_SESSION_MAX_SECONDS", 2_592_000, at_least=900)
SESSION_ENGINE = "accounts.sign_in.session_store"
SESSION_COOKIE_AGE = CANVAS_SESSION_IDLE_SECONDS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CANVAS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
