"""Many writers, one chain."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from audit.actions import AuditAction
from audit.actor import SYSTEM
from audit.models import AuditLog
from audit.services import audit_record
from audit.verification import audit_verify

WRITERS = 4
ROWS_EACH = 15


def write(writer: int) -> None:
    """Every third transaction is rolled back: no number and no hash may be lost with it."""
    try:
        for number in range(ROWS_EACH):
            with transaction.atomic():
                data = {"writer": writer, "number": number}
                audit_record(action=AuditAction.ROOM_ACCESS, by=SYSTEM, data=data)
                if number % 3 == 0:
                    transaction.set_rollback(True)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_make_one_chain_without_gaps() -> None:
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    found = audit_verify()
    assert (found.problem, found.count) == (None, WRITERS * ROWS_EACH * 2 // 3)
    for writer in range(WRITERS):
        rows = AuditLog.objects.filter(data__writer=writer).order_by("pk")
        numbers = [row.data["number"] for row in rows]
        assert numbers == sorted(numbers)


def test_a_row_costs_three_statements(db: None, django_assert_num_queries: Any) -> None:
    audit_record(action=AuditAction.ROOM_ACCESS, by=SYSTEM)
    with django_assert_num_queries(3):
        audit_record(action=AuditAction.ROOM_ACCESS, by=SYSTEM)
