"""Reads `DATABASE_URL`, and adds the options that durability depends on."""

from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

_SQLITE, _POSTGRESQL = "django.db.backends.sqlite3", "django.db.backends.postgresql"

_FORMS = (
    "Write postgresql://user:password@host/name or sqlite:////path/to/file, with %-codes for "
    "special characters in the password."
)


def database_of(url: str, sqlite: dict[str, Any]) -> dict[str, Any]:
    """Django's description of the database; `sqlite` when there is no URL.

    An SQLite file named by a URL gets the options of `sqlite`; other options of the URL are kept
    unless they contradict these.

    Raises:
        ImproperlyConfigured: the URL is invalid, or names an unsupported database or one in memory,
            which threads can't share.
    """
    if not url:
        return sqlite
    try:
        database: dict[str, Any] = dict(dj_database_url.parse(url))
    except ValueError as error:  # its message may contain the URL, and with it a password
        raise ImproperlyConfigured(f"DATABASE_URL cannot be understood. {_FORMS}") from error
    if database.get("ENGINE") not in (_SQLITE, _POSTGRESQL):
        raise ImproperlyConfigured(f"DATABASE_URL names another database. {_FORMS}")
    if database["ENGINE"] == _POSTGRESQL:
        return database
    if ":memory:" in database["NAME"] or not database["NAME"]:
        raise ImproperlyConfigured("DATABASE_URL: SQLite needs a file, as in sqlite:////data/db.")
    options = {**database.get("OPTIONS", {}), **sqlite["OPTIONS"]}
    return {**database, "ENGINE": sqlite["ENGINE"], "OPTIONS": options}
