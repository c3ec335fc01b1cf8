"""Database triggers that refuse to change or delete rows of the audit log.

They are inactive while the table `audit_unlock` has a row. Pruning inserts and deletes one in the
same transaction, so nobody else ever sees it. `audit_verify` reports a leftover row and a missing
trigger. The table has no model on purpose: a flush of the test database must not empty it.

This keeps programs and people from changing the log by mistake. It does not stop a database
administrator; what they do shows in the hash chain.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "audit_auditlog"
UNLOCK_TABLE = "audit_unlock"
MESSAGE = "Rows of the audit log can be written once and never changed or deleted."
_IS_THERE = f"EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id)"  # noqa: S608  a constant
_IS_LOCKED = f"NOT EXISTS (SELECT 1 FROM {UNLOCK_TABLE})"  # noqa: S608  a constant

SQLITE = {
    "audit_no_update": f"BEFORE UPDATE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
    "audit_no_delete": (
        f"BEFORE DELETE ON {TABLE} WHEN {_IS_LOCKED} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    ),
    # INSERT OR REPLACE deletes the old row without any delete trigger.
    "audit_no_replace": (
        f"BEFORE INSERT ON {TABLE} WHEN {_IS_THERE} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    ),
}
POSTGRESQL = {
    "audit_no_update": f"BEFORE UPDATE ON {TABLE} FOR EACH STATEMENT",
    "audit_no_delete": f"BEFORE DELETE ON {TABLE} FOR EACH STATEMENT",
    "audit_no_truncate": f"BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT",
}
_REFUSE_FUNCTION = f"""
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR {_IS_LOCKED} THEN
        RAISE EXCEPTION '{MESSAGE}';
    END IF;
    RETURN NULL;
END $$
"""
_EXISTING = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
    "postgresql": (
        "SELECT tgname FROM pg_trigger WHERE tgenabled = 'O' "
        "AND tgrelid = %s::regclass AND NOT tgisinternal"
    ),
}


def install(connection: BaseDatabaseWrapper) -> None:
    """Creates the table and the triggers; only SQLite and PostgreSQL have them."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {UNLOCK_TABLE} (reason varchar(20) NOT NULL)")
        if connection.vendor == "postgresql":
            cursor.execute(_REFUSE_FUNCTION)
        for name, definition in _definitions(connection).items():
            body = " EXECUTE FUNCTION audit_refuse()" if connection.vendor == "postgresql" else ""
            cursor.execute(f"CREATE TRIGGER {name} {definition}{body}")


def uninstall(connection: BaseDatabaseWrapper) -> None:
    """Undoes `install`."""
    with connection.cursor() as cursor:
        for name in _definitions(connection):
            where = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{where}")
        if connection.vendor == "postgresql":
            cursor.execute("DROP FUNCTION IF EXISTS audit_refuse()")
        cursor.execute(f"DROP TABLE IF EXISTS {UNLOCK_TABLE}")


@contextmanager
def lifted(connection: BaseDatabaseWrapper, reason: str) -> Iterator[None]:
    """Lets this transaction delete rows inside the block: for pruning, and for emptying a test
    database. Nothing allows a row to be changed.
    """
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {UNLOCK_TABLE} (reason) VALUES (%s)", [reason])  # noqa: S608
        yield
        cursor.execute(f"DELETE FROM {UNLOCK_TABLE}")  # noqa: S608  a constant


def missing_triggers(connection: BaseDatabaseWrapper) -> str:
    """The missing protections of the log, in words; empty if all is well."""
    expected = _definitions(connection)
    if not expected:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(_EXISTING[connection.vendor], [TABLE])
        missing = sorted(expected.keys() - {row[0] for row in cursor.fetchall()})
        if missing:
            return f"no trigger {', '.join(missing)}"
        cursor.execute(f"SELECT COUNT(*) FROM {UNLOCK_TABLE}")  # noqa: S608  a constant
        is_unlocked = cursor.fetchone()[0] > 0
    return f"the table {UNLOCK_TABLE} is not empty" if is_unlocked else ""


def _definitions(connection: BaseDatabaseWrapper) -> dict[str, str]:
    return {"sqlite": SQLITE, "postgresql": POSTGRESQL}.get(connection.vendor, {})
