"""Old rows go, from the old end only, and the rest can still be verified."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from audit import retention, triggers, verification
from audit.actions import AuditAction
from audit.actor import SYSTEM
from audit.models import AuditCheckpoint, AuditLog
from audit.services import audit_record
from audit.verification import audit_verify

pytestmark = pytest.mark.django_db


def write_row(days_ago: int, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = timezone.now() - timedelta(days=days_ago)
    with monkeypatch.context() as patch:
        patch.setattr(AuditLog._meta.get_field("created_at"), "default", lambda: moment)
        patch.setattr(AuditLog._meta.get_field("created_at"), "_get_default", lambda: moment)
        audit_record(action=AuditAction.ROOM_ACCESS, by=SYSTEM, data={"age": days_ago})


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> None:
    for days_ago in (200, 100, 95, 80, 91, 1):
        write_row(days_ago, monkeypatch)


def ages() -> list[Any]:
    found = AuditLog.objects.filter(action="room_access").order_by("pk")
    return [row.data["age"] for row in found]


def prune(**options: Any) -> str:
    output = StringIO()
    call_command("prune_audit_log", stdout=output, **options)
    return output.getvalue()


def test_a_broken_chain_is_not_pruned(
    rows: None, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    triggers.uninstall(connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditlog SET action = 'x' WHERE id = 2")
    triggers.install(connection)
    with pytest.raises(CommandError, match=r"Nothing was deleted.*Entry 2 was changed"):
        prune()
    assert AuditLog.objects.count() == 6
    prune(even_if_broken=True)
    row = AuditLog.objects.get(action="audit_prune")
    assert row.data["was_intact"] is False


def test_pruning_deletes_from_the_old_end_only_and_keeps_the_chain_valid(rows: None) -> None:
    """The row of 91 days stands behind a younger one: a gap would break the chain."""
    assert prune(dry_run=True) == "3 entries are older than 90 days.\n"
    assert ages() == [200, 100, 95, 80, 91, 1]
    assert prune() == "Deleted 3 entries older than 90 days.\n"
    assert ages() == [80, 91, 1]
    assert audit_verify().is_intact
    assert AuditCheckpoint.objects.get().last_pruned_id == 3
    row = AuditLog.objects.get(action="audit_prune")
    assert (row.actor_kind, row.via) == ("system", "command")
    assert {name: row.data[name] for name in ("first_id", "last_id", "count", "was_intact")} == {
        "first_id": 1,
        "last_id": 3,
        "count": 3,
        "was_intact": True,
    }
    assert prune() == "Deleted 0 entries older than 90 days.\n"


def test_everything_can_go_in_batches_and_the_log_goes_on(
    rows: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH_ROWS", 2)
    monkeypatch.setattr(verification, "PAGE_ROWS", 2)
    before = timezone.now() + timedelta(days=1)
    assert retention.audit_prune(before=before) >= 6
    assert ages() == []
    assert audit_verify().is_intact
    write_row(0, monkeypatch)
    assert audit_verify().is_intact
    assert (
        AuditLog.objects.order_by("pk")[0].pk == AuditCheckpoint.objects.all()[0].last_pruned_id + 1
    )


def test_rows_are_on_disk_before_they_go(rows: None, tmp_path: Path) -> None:
    path = tmp_path / "old.jsonl"
    prune(export=path)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["data"]["age"] for line in lines] == [200, 100, 95]
    assert all(len(line["entry_hash"]) == 64 for line in lines)


def test_a_copy_that_cannot_be_written_keeps_the_rows(rows: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="could not be written"):
        prune(export=tmp_path / "missing" / "old.jsonl")
    assert len(ages()) == 6
    assert not AuditCheckpoint.objects.exists()


def test_zero_days_keep_everything_and_less_is_refused(rows: None) -> None:
    assert prune(days=0) == "Everything is kept (0 days).\n"
    with pytest.raises(CommandError):
        prune(days=-1)
    assert len(ages()) == 6
