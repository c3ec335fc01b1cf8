"""Walks the chain of the audit log and finds the first break, if any."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import DataError, connection

from audit import chain
from audit.anchor import problem_with_anchor
from audit.models import CHAINED_FIELDS, AuditCheckpoint, AuditHead, AuditLog, chain_key
from audit.triggers import missing_triggers

PAGE_ROWS = 1000
_COLUMNS = (*CHAINED_FIELDS, "prev_hash", "entry_hash")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of a walk: the number of intact rows, their end, and the first problem."""

    count: int
    last_id: int
    last_hash: str
    problem: str | None

    @property
    def is_intact(self) -> bool:
        """Whether there is no problem."""
        return self.problem is None


@dataclass
class _Walk:
    """How far the chain has been followed."""

    last_id: int
    last_hash: str
    count: int = 0
    problem: str | None = None

    def result(self, problem: str | None = None) -> Verification:
        return Verification(self.count, self.last_id, self.last_hash, problem or self.problem)


def audit_verify(*, up_to_id: int | None = None) -> Verification:
    """Checks every row, the checkpoint before them, the end after them, and the triggers.

    Rows may be written and pruned meanwhile. With `up_to_id` only the rows up to there are checked,
    and neither the end nor the triggers.
    """
    while True:
        checkpoint = AuditCheckpoint.objects.first()
        found = _verify_from(checkpoint, up_to_id)
        if found.is_intact or AuditCheckpoint.objects.first() == checkpoint:
            return found


def _verify_from(checkpoint: AuditCheckpoint | None, up_to_id: int | None) -> Verification:
    walk = _Walk(0, chain.GENESIS)
    if checkpoint is not None:
        walk = _Walk(checkpoint.last_pruned_id, checkpoint.last_hash)
        if not checkpoint.is_sealed:
            return walk.result("The checkpoint of the last pruning was changed.")
    if AuditLog.objects.filter(pk__lte=walk.last_id).exists():
        return walk.result(f"There are entries before {walk.last_id + 1}, where the log begins.")
    key = chain_key()
    for row in _rows(walk, up_to_id):
        if problem := _problem_of(row, walk, key):
            return walk.result(problem)
        walk.last_id, walk.last_hash = row["id"], row["entry_hash"]
        walk.count += 1
    if walk.problem or up_to_id is not None:
        return walk.result()
    problem = _problem_at_the_end(walk) or problem_with_anchor() or _problem_with_triggers()
    return walk.result(problem)


def _rows(walk: _Walk, up_to_id: int | None) -> Iterator[Row]:
    """Rows in order, a page at a time; sets `walk.problem` if one can't even be read."""
    rows = AuditLog.objects.order_by("pk").values(*_COLUMNS)
    if up_to_id is not None:
        rows = rows.filter(pk__lte=up_to_id)
    while True:
        try:
            page = list(rows.filter(pk__gt=walk.last_id)[:PAGE_ROWS])
        except (ValueError, TypeError, OverflowError, DataError):
            walk.problem = f"An entry after {walk.last_id} cannot be read: it was changed."
            return
        yield from page
        if len(page) < PAGE_ROWS:
            return


def _problem_of(row: Row, walk: _Walk, key: bytes) -> str | None:
    if row["id"] != walk.last_id + 1:
        return f"Entry {walk.last_id + 1} is missing."
    if not chain.is_same(walk.last_hash, row["prev_hash"]):
        return f"Entry {row['id']} does not follow on the one before it."
    fields = {name: row[name] for name in CHAINED_FIELDS}
    if not chain.is_same(chain.entry_hash(key, walk.last_hash, fields), row["entry_hash"]):
        return f"Entry {row['id']} was changed."
    return None


def _problem_at_the_end(walk: _Walk) -> str | None:
    """Checks the end; rows appended during the walk are left to the next verification."""
    head = AuditHead.objects.first()
    if head is None:
        return "The end of the log is not recorded any more."
    if not head.is_sealed:
        return "The record of the end of the log was changed."
    if head.last_id < walk.last_id:
        return f"Entry {head.last_id + 1} was added behind the end."
    last_hash = walk.last_hash
    if head.last_id > walk.last_id:
        newest = AuditLog.objects.filter(pk=head.last_id).values_list("entry_hash", flat=True)
        last_hash = newest.first() or ""
    if not chain.is_same(head.last_hash, last_hash):
        return f"Entries from {walk.last_id + 1} to {head.last_id} are missing at the end."
    return None


def _problem_with_triggers() -> str | None:
    missing = missing_triggers(connection)
    return f"The database does not protect the log: {missing}." if missing else None
