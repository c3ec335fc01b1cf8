"""A log that was emptied or shortened without the key does not pass as intact."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from audit import anchor
from audit.actions import AuditAction
from audit.actor import SYSTEM
from audit.models import AuditCheckpoint, AuditHead, AuditLog
from audit.retention import audit_prune
from audit.services import audit_record
from audit.triggers import lifted
from audit.verification import audit_verify

TABLES = ("audit_auditlog", "audit_audithead", "audit_auditcheckpoint")


@pytest.fixture(autouse=True)
def data_dir(settings: Any, tmp_path: Path, db: None) -> Path:
    settings.CANVAS_DATA_DIR = tmp_path
    return tmp_path


def write(count: int) -> None:
    for _ in range(count):
        audit_record(action=AuditAction.ROOM_ACCESS, by=SYSTEM)


def run(sql: str, *values: Any) -> None:
    with lifted(connection, "tampering"), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_a_new_installation_is_intact() -> None:
    assert audit_verify().is_intact
    call_command("verify_audit_log")


def test_an_emptied_log_is_told() -> None:
    write(3)
    for table in TABLES:
        run(f"DELETE FROM {table}")
    assert audit_verify().problem == "The end of the log is not recorded any more."


def test_an_emptied_log_is_told_also_after_people_went_on() -> None:
    write(3)
    for table in TABLES:
        run(f"DELETE FROM {table}")
    write(2)
    assert AuditLog.objects.count() == 2
    assert audit_verify().problem == "Entry 1 does not follow on the one before it."


def older_copy() -> tuple[int, AuditHead]:
    """The log as it is now: somebody keeps a copy of its tables."""
    return AuditLog.objects.count(), AuditHead.objects.get()


def put_back(copy: tuple[int, AuditHead]) -> None:
    run("DELETE FROM audit_auditlog WHERE id > %s", copy[0])
    copy[1].save()


def test_an_older_copy_of_the_log_is_told() -> None:
    write(2)
    copy = older_copy()
    write(3)
    call_command("verify_audit_log")
    put_back(copy)
    assert audit_verify().problem == (
        "The log held entry 5 when it was last verified, and does not any more."
    )
    write(3)
    assert audit_verify().problem == (
        "Entry 5 is not the one that was there at the last verification."
    )
    with pytest.raises(CommandError):
        call_command("verify_audit_log")


def test_the_operator_says_that_a_backup_was_restored() -> None:
    copy = older_copy()
    write(3)
    call_command("verify_audit_log")
    put_back(copy)
    call_command("verify_audit_log", "--accept-restored")
    assert audit_verify().is_intact


@pytest.mark.parametrize("text", ["", "[]", '{"last_id": 1, "last_hash": "", "seal": "00"}'])
def test_a_forged_file_is_told(text: str) -> None:
    anchor.anchor_path().write_text(text)
    assert audit_verify().problem == "audit_anchor.json was changed."


def test_pruning_is_no_shortening() -> None:
    write(3)
    call_command("verify_audit_log")
    audit_prune(before=timezone.now())
    assert AuditCheckpoint.objects.exists()
    assert audit_verify().is_intact
