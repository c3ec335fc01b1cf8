"""Copies all rows from this database to an empty one of the other kind, and compares them."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, connections, models, transaction

from audit.actions import AuditAction
from audit.actor import actor_of_command
from audit.services import audit_record
from audit.triggers import missing_triggers
from canvas_project.database_url import database_of
from canvas_project.moving.carried import label_of
from canvas_project.moving.progress import Progress, Say
from canvas_project.moving.rows import (
    Codec,
    columns_of,
    exact_line,
    insert,
    reset_sequences,
    rows_of,
)
from canvas_project.server_keys import servers_now

TARGET = "move_target"
COMMAND = "move_database"
MADE_BY_MIGRATIONS = ("contenttypes.contenttype", "auth.permission", "audit.audithead")
"""Migrations fill these tables; the rows of the source take their place."""
WITHOUT_ROWS = {"django_migrations", "audit_unlock"} | {
    f"boards_searchindex{part}" for part in ("", "_config", "_data", "_docsize", "_idx")
}
"""Tables without a model: the target's own migrations fill them, and no row is to be copied."""
MADE_AGAIN = ("boards.searchtext", "boards.searchstate")
"""The search index: a server makes it from the boards, in the form of its database."""
_ROWS_AT_ONCE = 500
_ROWS_WITH_BYTES = 20


class MoveError(Exception):
    """Nothing was moved; the message says why."""


class Mover:
    """Moves the rows of `default` to another database. Raises MoveError, and then moved nothing."""

    def __init__(self, url: str, say: Say) -> None:
        self._url, self._say = url, say
        try:
            database = database_of(url, settings.SQLITE)
        except ImproperlyConfigured as error:
            raise MoveError(str(error).replace("DATABASE_URL", "--to")) from None
        kinds = [
            one["ENGINE"].rsplit(".", 1)[-1] for one in (settings.DATABASES["default"], database)
        ]
        if not url or kinds[0] == kinds[1]:
            raise MoveError(
                "--to has to name a database of the other kind: PostgreSQL from SQLite, or SQLite "
                "from PostgreSQL. Between two of one kind, deploy/backup moves."
            )
        connections.settings[TARGET] = connections.configure_settings({"default": database})[
            "default"
        ]

    def run(self) -> int:
        """Copies and compares everything; returns the number of rows."""
        self._require_no_server()
        self._migrate()
        _require_known_tables()
        self._require_empty()
        try:
            # One transaction of the target: all rows are there, or none.
            with _nobody_writes(), transaction.atomic(using=TARGET):
                self._require_no_server()
                self._record()
                count = self._copy()
                self._compare()
        except DatabaseError as error:
            raise MoveError(f"Nothing was moved: {_sentence(error)}") from error
        finally:
            connections[TARGET].close()
        self._run("verify_audit_log")
        return count

    def _require_no_server(self) -> None:
        names = ", ".join(servers_now().values_list("name", flat=True))
        if names:
            raise MoveError(
                f"These servers use this database: {names}. Stop them first (one that was killed "
                "counts for a minute)."
            )

    def _migrate(self) -> None:
        self._say("Preparing the new database …")
        self._run("upgrade_database")

    def _run(self, command: str) -> None:
        """A command on the target, in a process that has it as its database."""
        done = subprocess.run(  # noqa: S603  our own program
            [sys.executable, str(settings.BASE_DIR / "manage.py"), command],
            env={**os.environ, "DATABASE_URL": self._url},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
            raise MoveError(f"{command} failed there: {' '.join(last)}")

    def _require_empty(self) -> None:
        there = [
            label_of(model)
            for model in models_here()
            if label_of(model) not in MADE_BY_MIGRATIONS and _all(model, TARGET).exists()
        ]
        if there:
            raise MoveError(
                f"The new database holds rows already ({', '.join(there[:5])}): name an empty one."
            )

    def _record(self) -> None:
        """In the source, so that both logs have it. It goes with everything else if that fails."""
        audit_record(
            action=AuditAction.INSTALLATION_EXPORT,
            by=actor_of_command(COMMAND),
            data={"to": connections[TARGET].vendor},
        )

    def _copy(self) -> int:
        found = models_here()
        total = sum(_all(model, "default").count() for model in found)
        progress, count = Progress(self._say, "rows", total), 0
        for model in reversed(found):
            if label_of(model) in MADE_BY_MIGRATIONS:
                _all(model, TARGET)._raw_delete(TARGET)
        for model in found:
            codec = Codec(model, TARGET, with_secrets=True)
            rows: list[list[Any]] = []
            for values in _rows(model, "default"):
                rows.append(list(values))
                progress.step()
                count += 1
                if len(rows) >= _page(model):
                    _insert(codec, rows)
                    rows = []
            _insert(codec, rows)
        reset_sequences([label_of(model) for model in found], TARGET)
        return count

    def _compare(self) -> None:
        """Raises MoveError unless both have the same rows, constraints hold and the log is safe."""
        self._say("Comparing …")
        for model in models_here():
            if _digest(model, "default") != _digest(model, TARGET):
                raise MoveError(f"Nothing was moved: the rows of {label_of(model)} differ.")
        connections[TARGET].check_constraints()
        if missing := missing_triggers(connections[TARGET]):
            raise MoveError(f"Nothing was moved: the new database has {missing}.")


def models_here() -> list[type[models.Model]]:
    """All models with a table of their own, those of libraries too."""
    found = apps.get_models(include_auto_created=True)
    return [
        model
        for model in found
        if model._meta.managed and not model._meta.proxy and label_of(model) not in MADE_AGAIN
    ]


def other_tables() -> set[str]:
    """Tables of this database that belong to no model."""
    made_again = [apps.get_model(label) for label in MADE_AGAIN]
    known = {model._meta.db_table for model in [*models_here(), *made_again]}
    with connection.cursor() as cursor:
        return set(connection.introspection.table_names(cursor)) - known


def _require_known_tables() -> None:
    others = other_tables() - WITHOUT_ROWS
    if others:
        raise MoveError(
            f"Nobody knows what these tables are: {', '.join(sorted(others))}. Remove them, or "
            "move with a version that has them."
        )


@contextmanager
def _nobody_writes() -> Iterator[None]:
    """Keeps everybody else from writing to the source. On SQLite every transaction does."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            quote = connection.ops.quote_name
            names = ", ".join(quote(model._meta.db_table) for model in models_here())
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")
        yield


def _insert(codec: Codec, rows: list[list[Any]]) -> None:
    try:
        insert(codec, rows)
    except (DatabaseError, ValueError) as error:
        raise MoveError(
            f"Nothing was moved: a row of {codec.label} does not fit: {_sentence(error)}"
        ) from error


def _digest(model: type[models.Model], using: str) -> tuple[int, int]:
    """The number of rows, and a sum of their hashes: databases sort texts differently."""
    count = total = 0
    for values in _rows(model, using):
        count += 1
        total += int.from_bytes(hashlib.sha256(exact_line(model, values)).digest())
    return count, total % (1 << 256)


def _rows(model: type[models.Model], using: str) -> Iterator[tuple[Any, ...]]:
    return rows_of(model, using, page_rows=_page(model))


def _page(model: type[models.Model]) -> int:
    has_bytes = any(isinstance(one, models.BinaryField) for one in columns_of(model))
    return _ROWS_WITH_BYTES if has_bytes else _ROWS_AT_ONCE


def _all(model: type[models.Model], using: str) -> models.QuerySet[Any]:
    return models.QuerySet(model, using=using)


def _sentence(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]
