"""Deletes old rows of the audit log, only from its old end, so that the chain stays valid."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction

from audit.actions import AuditAction
from audit.actor import actor_of_command
from audit.models import AuditCheckpoint, AuditHead, AuditLog
from audit.services import audit_record
from audit.triggers import TABLE, lifted
from audit.verification import audit_verify

BATCH_ROWS = 5000
KeepCopy = Callable[[list[AuditLog]], None]


class BrokenChainError(Exception):
    """The rows to prune were tampered with; pruning would destroy the evidence."""


def prunable_count(*, before: datetime) -> int:
    """How many rows `audit_prune` would delete."""
    last = _last_prunable_id(before)
    return AuditLog.objects.filter(pk__lte=last).count() if last else 0


def audit_prune(
    *, before: datetime, keep_copy: KeepCopy | None = None, even_if_broken: bool = False
) -> int:
    """Deletes the rows from the beginning up to the first one that is not older than `before`.

    Works in batches; each deletes rows, leaves a checkpoint and records itself in one transaction.
    Gives every batch to `keep_copy` before it is deleted. Returns the number of deleted rows.
    Raises `BrokenChainError`, unless `even_if_broken`.
    """
    last_id = _last_prunable_id(before)
    if last_id is None:
        return 0
    found = audit_verify(up_to_id=last_id)
    if not found.is_intact and not even_if_broken:
        raise BrokenChainError(found.problem)
    count = 0
    while batch := _prune_batch(last_id, before, keep_copy, is_intact=found.is_intact):
        count += batch
    return count


def _last_prunable_id(before: datetime) -> int | None:
    """The row before the first one to keep: a clock that went back must not leave a hole."""
    first_young = (
        AuditLog.objects.filter(created_at__gte=before)
        .order_by("pk")
        .values_list("pk", flat=True)
        .first()
    )
    rows = AuditLog.objects.order_by("-pk").values_list("pk", flat=True)
    return (rows if first_young is None else rows.filter(pk__lt=first_young)).first()


@transaction.atomic
def _prune_batch(
    last_id: int, before: datetime, keep_copy: KeepCopy | None, *, is_intact: bool
) -> int:
    AuditHead.locked()  # one pruning at a time
    rows = list(AuditLog.objects.filter(pk__lte=last_id).order_by("pk")[:BATCH_ROWS])
    if not rows:
        return 0
    if keep_copy is not None:
        keep_copy(rows)
    last = rows[-1]
    AuditCheckpoint.written(last_pruned_id=last.pk, last_hash=last.entry_hash, count=len(rows))
    with lifted(connection, "prune"), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE} WHERE id <= %s", [last.pk])  # noqa: S608
    audit_record(
        action=AuditAction.AUDIT_PRUNE,
        by=actor_of_command("prune_audit_log"),
        data={
            "first_id": rows[0].pk,
            "last_id": last.pk,
            "count": len(rows),
            "before": before.isoformat(timespec="seconds"),
            "was_intact": is_intact,
        },
    )
    return len(rows)
