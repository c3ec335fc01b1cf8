"""Brings the database up to date when a server starts; what is wrong is said in one sentence."""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from canvas_project.postgres_sessions import unsafe_settings

logger = logging.getLogger(__name__)

MIGRATION_LOCK = 0x63616E766173
"""The key of the PostgreSQL advisory lock that servers which start together take in turn."""


class DatabaseProblemError(Exception):
    """The database can't be used; the message says what to set."""


def prepare_database(*, migrate: bool) -> None:
    """Connects, and brings the database up to date or, without `migrate`, checks that it is.

    Servers that start together migrate one after the other. Raises DatabaseProblemError.
    """
    try:
        connection.ensure_connection()
        _refuse_newer()
        if migrate:
            with _one_at_a_time():
                call_command("migrate", interactive=False, verbosity=0)
        elif _is_behind():
            raise DatabaseProblemError(
                "The database is of an older version: run `manage.py upgrade_database`, or start "
                "without --no-migrate."
            )
        for problem in unsafe_settings():
            logger.error("storage: %s", problem)
    except DatabaseError as error:
        raise DatabaseProblemError(_sentence(error)) from error


def unknown_migrations() -> list[str]:
    """Migrations that the database has and this version does not: a newer version ran on it."""
    loader = MigrationLoader(connection)
    known = set(loader.disk_migrations)
    for migration in loader.disk_migrations.values():
        known.update(migration.replaces)
    return sorted(
        f"{app}.{name}"
        for app, name in loader.applied_migrations
        if app in loader.migrated_apps and (app, name) not in known
    )


def newer_database(unknown: list[str]) -> str:
    """The sentence about a database of a newer version."""
    others = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
    return (
        f"The database is of a newer version (this one does not know {unknown[-1]}{others}): "
        "install that version here too, or set CANVAS_NEWER_DATABASE=true if its notes say that "
        "this one works with it."
    )


def _refuse_newer() -> None:
    unknown = unknown_migrations()
    if unknown and not settings.CANVAS_NEWER_DATABASE:
        raise DatabaseProblemError(newer_database(unknown))


def _is_behind() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])
        return
    with (settings.CANVAS_DATA_DIR / "migrate.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _sentence(error: DatabaseError) -> str:
    """Without the password: only the driver's words, which never contain it."""
    said = " ".join(str(error).split())[:300].rstrip(".")
    if connection.vendor == "sqlite":
        where = settings.DATABASES["default"]["NAME"]
        return (
            f"The database {where} can't be used ({said}): set DATABASE_URL to "
            "sqlite:////path/to/file, in a directory that this account may write to."
        )
    database = settings.DATABASES["default"]
    host, port = database.get("HOST") or "localhost", database.get("PORT") or 5432
    where = f"{quote(database.get('USER') or '')}@{host}:{port}/{quote(database['NAME'])}"
    return (
        f"The database {where} can't be used ({said}): set DATABASE_URL to "
        "postgresql://user:password@host:port/name, with %-codes for special characters, and look "
        "whether PostgreSQL runs there."
    )
