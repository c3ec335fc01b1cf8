"""Nothing done to the log behind Django's back goes undetected.

`CANVAS_TEST_TAMPERINGS=10000` for the long run.
"""

from __future__ import annotations

import json
import os
import random
import uuid
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from audit import chain, triggers, verification
from audit.actions import AuditAction
from audit.models import CHAINED_FIELDS, AuditCheckpoint, AuditHead, AuditLog
from audit.origin import RequestOrigin
from audit.services import audit_record
from audit.tests.actors import by
from audit.verification import audit_verify

TAMPERINGS = int(os.environ.get("CANVAS_TEST_TAMPERINGS", "1000"))
WEB = RequestOrigin(ip_address="203.0.113.7", user_agent="Probe/1.0")
COLUMNS = (*CHAINED_FIELDS, "prev_hash", "entry_hash")


def write_rows(count: int, actor: User, target: User) -> None:
    for number in range(count):
        audit_record(
            action=AuditAction.PERMISSION_CHANGE,
            target_user=target,
            board_id=uuid.uuid4(),
            board_title=f"Board {number} ä",
            level="edit",
            share_link_id=uuid.uuid4(),
            connection_id=uuid.uuid4(),
            data={"old": "none", "new": "edit", "n": number, "list": [1, None, True]},
            by=by(actor, WEB),
        )


def run(sql: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


@pytest.fixture
def unprotected(alice: User, bob: User, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Some rows without triggers, as for someone who owns the database."""
    write_rows(10, alice, bob)
    triggers.uninstall(connection)
    monkeypatch.setattr(verification, "missing_triggers", lambda _: "")
    assert audit_verify().is_intact
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(COLUMNS)} FROM audit_auditlog ORDER BY id")
        return [dict(zip(COLUMNS, row, strict=True)) for row in cursor.fetchall()]


def another_value(value: Any, column: str, rng: random.Random) -> Any:
    """A different value of the same kind, so that the database accepts it."""
    if column in {"data"}:
        data = json.loads(value) if isinstance(value, str) else dict(value)
        data[rng.choice(["new", "extra"])] = rng.random().hex()
        return json.dumps(data)
    if column == "created_at":
        return datetime.fromtimestamp(rng.randrange(10**9), tz=UTC).isoformat(" ")
    if column == "ip_address":
        return f"198.51.100.{rng.randrange(255)}"
    if isinstance(value, int):
        return value + rng.randrange(1000, 2000)
    if column.endswith("_id"):
        fresh = uuid.UUID(int=rng.getrandbits(128))
        return fresh.hex if isinstance(value, str) else fresh
    return f"{value[: rng.randrange(6)]}{rng.randrange(100)}"


def tamper(rows: list[dict[str, Any]], rng: random.Random) -> str:
    """Makes one edit, deletion or swap; returns which."""
    row = rng.choice(rows)
    kind = rng.choice(["edit", "delete", "swap"])
    if kind == "edit":
        column = rng.choice(COLUMNS)
        value = another_value(row[column], column, rng)
        run(f"UPDATE audit_auditlog SET {column} = %s WHERE id = %s", value, row["id"])
        return f"edit {column} of {row['id']} to {value!r}"
    if kind == "delete":
        run("DELETE FROM audit_auditlog WHERE id = %s", row["id"])
        return f"delete {row['id']}"
    other = rng.choice([candidate for candidate in rows if candidate is not row])
    for old, new in ((row["id"], -1), (other["id"], row["id"]), (-1, other["id"])):
        run("UPDATE audit_auditlog SET id = %s WHERE id = %s", new, old)
    return f"swap {row['id']} and {other['id']}"


def test_every_edit_deletion_and_swap_is_detected(unprotected: list[dict[str, Any]]) -> None:
    rng = random.Random(20260101)
    missed = []
    for _ in range(TAMPERINGS):
        with transaction.atomic():
            what = tamper(unprotected, rng)
            if audit_verify().is_intact:
                missed.append(what)
            transaction.set_rollback(True)
    assert missed == []
    assert audit_verify().is_intact


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("UPDATE audit_auditlog SET action = 'x' WHERE id = 4", "Entry 4 was changed."),
        ("DELETE FROM audit_auditlog WHERE id = 1", "Entry 1 is missing."),
        ("DELETE FROM audit_auditlog WHERE id > 7", "Entries from 8 to 10 are missing at the end."),
        ("DELETE FROM audit_auditlog", "Entries from 1 to 10 are missing at the end."),
        ("DELETE FROM audit_audithead", "The end of the log is not recorded any more."),
        ("UPDATE audit_audithead SET last_id = 9", "The record of the end of the log was changed."),
    ],
)
def test_the_first_bad_entry_is_named(
    unprotected: list[dict[str, Any]], sql: str, problem: str
) -> None:
    run(sql)
    assert audit_verify().problem == problem
    output = StringIO()
    with pytest.raises(CommandError, match=problem.split(".")[0]):
        call_command("verify_audit_log", stdout=output)


def test_a_time_that_cannot_be_read_is_reported_not_raised(
    unprotected: list[dict[str, Any]],
) -> None:
    if connection.vendor != "sqlite":
        return  # PostgreSQL does not accept it in the first place
    run("UPDATE audit_auditlog SET created_at = '2026-99-99 00:00:00' WHERE id = 3")
    assert audit_verify().problem == "An entry after 0 cannot be read: it was changed."


def test_a_forged_checkpoint_does_not_hide_the_rows_before_it(
    unprotected: list[dict[str, Any]],
) -> None:
    run("DELETE FROM audit_auditlog WHERE id <= 5")
    AuditCheckpoint.objects.create(
        last_pruned_id=5, last_hash=unprotected[4]["entry_hash"], count=5, seal="0" * 64
    )
    assert audit_verify().problem == "The checkpoint of the last pruning was changed."


def test_an_old_end_does_not_hide_rows_that_were_cut_off(
    unprotected: list[dict[str, Any]], alice: User, bob: User
) -> None:
    old = AuditHead.objects.values("last_id", "last_hash").get()
    write_rows(1, alice, bob)
    run("DELETE FROM audit_auditlog WHERE id = 11")
    AuditHead.objects.update(**old)
    assert audit_verify().problem == "The record of the end of the log was changed."


def test_another_key_proves_nothing(unprotected: list[dict[str, Any]], settings: Any) -> None:
    settings.CANVAS_AUDIT_KEY = "another key, long enough for the check"
    assert audit_verify().problem == "Entry 1 was changed."


def test_a_lost_end_stops_nobody_and_is_reported(
    unprotected: list[dict[str, Any]], alice: User, bob: User
) -> None:
    AuditHead.objects.all().delete()
    write_rows(1, alice, bob)
    assert audit_verify().problem == "Entry 11 does not follow on the one before it."


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_auditlog SET action = 'x' WHERE id = 1",
        "DELETE FROM audit_auditlog WHERE id = 1",
        "DELETE FROM audit_auditlog",
        "INSERT INTO audit_unlock (reason) VALUES ('x'); UPDATE audit_auditlog SET action = 'x'",
    ],
)
def test_the_database_itself_refuses(alice: User, bob: User, sql: str) -> None:
    write_rows(1, alice, bob)
    *first, last = sql.split("; ")
    for statement in first:
        run(statement)
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        run(last)
    assert AuditLog.objects.filter(action="permission_change").count() == 1


def test_a_row_cannot_be_replaced(alice: User, bob: User) -> None:
    if connection.vendor != "sqlite":
        return  # REPLACE is SQLite's
    write_rows(1, alice, bob)
    columns = ", ".join(column for column in COLUMNS if column != "id")
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        run(f"INSERT OR REPLACE INTO audit_auditlog SELECT id, {columns} FROM audit_auditlog")


def test_missing_and_lifted_triggers_are_reported(alice: User, bob: User) -> None:
    write_rows(1, alice, bob)
    with triggers.lifted(connection, "test"):
        assert "audit_unlock is not empty" in str(audit_verify().problem)
    assert audit_verify().is_intact
    triggers.uninstall(connection)
    assert "no trigger audit_no_delete" in str(audit_verify().problem)


def test_deleting_a_user_changes_no_row(alice: User, bob: User) -> None:
    write_rows(3, alice, bob)
    before = list(AuditLog.objects.order_by("pk").values())
    bob.delete()
    alice.delete()
    assert list(AuditLog.objects.order_by("pk").values())[:3] == before
    assert audit_verify().is_intact


def test_the_command_prints_the_end_to_keep_elsewhere(alice: User, bob: User) -> None:
    write_rows(2, alice, bob)
    output = StringIO()
    call_command("verify_audit_log", json=True, stdout=output)
    found = json.loads(output.getvalue())
    last = AuditLog.objects.latest("pk")
    assert found == {
        "intact": True,
        "count": 2,
        "last_id": 2,
        "last_hash": last.entry_hash,
        "problem": None,
    }


@pytest.mark.parametrize("value", [0.5, {"a": [1.0]}, {1: "a"}, "a\0b", b"x", {"a": object()}])
def test_data_that_a_database_would_rewrite_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        chain.check_storable({"value": value})


def test_no_field_can_be_moved_into_another() -> None:
    key = b"k" * 32
    first = chain.entry_hash(key, "", {"a": "xy", "b": ""})
    assert first != chain.entry_hash(key, "", {"a": "x", "b": "y"})
    assert first != chain.entry_hash(key, "x", {"a": "y", "b": ""})
    assert first != chain.entry_hash(b"j" * 32, "", {"a": "xy", "b": ""})
