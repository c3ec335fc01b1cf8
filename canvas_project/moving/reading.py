"""Reads many tables as of one moment, without stopping writers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

_BEGIN = {
    # Without the write lock, which transactions take on SQLite elsewhere.
    "sqlite": "BEGIN DEFERRED",
    # It locks nothing that others wait for, so nobody ends it while its reader thinks.
    "postgresql": (
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
        " SET LOCAL idle_in_transaction_session_timeout = 0"
    ),
}


@contextmanager
def one_moment(using: str = "default") -> Iterator[None]:
    """All reads inside the block see the same state. Inside a transaction it adds nothing."""
    connection = connections[using]
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN[connection.vendor])
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")
