"""Commits on PostgreSQL that get into each other's way; an AssertionError says what went wrong.

    python manage.py shell -c "from tests.commit_faults import main; main()"

Two stores commit to the same boards at once and never deadlock, whatever the order of their
batches; then a commit waits for another session, and is ended there by a deadlock, a serialization
failure and a lost connection, and tried again. The database has no boards before.
"""

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any, cast

import psycopg
from django.core.management import call_command
from django.db import connection

from sync import metrics
from sync.rooms.committer import Committer
from sync.rooms.room import Host
from sync.storage import batches as storage_batches
from sync.storage.batches import Batch
from sync.storage.log import read_head
from sync.storage.store import Store
from tests.commit_groups import make_boards
from tests.commit_model import BOARD_IDS
from tests.server import until

ROUNDS = 50
Session = psycopg.Connection[tuple[Any, ...]]


def main() -> None:
    """Runs everything once."""
    call_command("migrate", verbosity=0)
    make_boards()
    connection.close()
    asyncio.run(_race())
    asyncio.run(_held())
    storage_batches.LOCK_SECONDS = 60.0  # longer than any wait below
    asyncio.run(_meet())
    _set_for_new_sessions("deadlock_timeout = '100ms'")  # the commit notices first
    asyncio.run(_retried(_deadlock))
    asyncio.run(_retried(_lost_connection))
    _set_for_new_sessions("default_transaction_isolation = 'repeatable read'")
    asyncio.run(_retried(_serialization_failure))


def _set_for_new_sessions(setting: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {connection.settings_dict['NAME']} SET {setting}")
    connection.close()


async def _race() -> None:
    """Both offer all boards, in opposite order; whoever is behind goes on from the new head."""
    stores = Store(), Store()
    orders = sorted(BOARD_IDS), sorted(BOARD_IDS, reverse=True)
    committed = await asyncio.gather(*map(_commit_in_a_loop, stores, orders))
    assert min(committed) > 0
    assert sum(committed) == sum(seq for seq, _ in _heads().values())
    for store in stores:
        store.close()


async def _held() -> None:
    """What others keep locked is left out, and no commit waits for it twice."""
    store = Store()
    heads = await asyncio.to_thread(_heads)
    held = min(BOARD_IDS)
    batches = [Batch(board_id, *heads[board_id], b"h", None) for board_id in sorted(heads)]
    with closing(psycopg.connect(os.environ["DATABASE_URL"])) as other:
        other.execute("SELECT FROM boards_board WHERE id = %s FOR UPDATE", [held])
        outcomes = await store.commit(batches)
        assert [one.is_held for one in outcomes] == [one.board_id == held for one in batches]
        assert sum(one.is_committed for one in outcomes) == len(batches) - 1
        began = time.monotonic()
        again = batches[0]._replace(was_held=True)
        assert [one.is_held for one in await store.commit([again])] == [True]
        assert time.monotonic() - began < storage_batches.LOCK_SECONDS
        other.rollback()
    assert [one.is_committed for one in await store.commit([again])] == [True]
    store.close()


async def _meet() -> None:
    """Both have locked what they can before the board in the middle; if each began at another end,
    neither could go on.
    """
    stores = Store(), Store()
    heads = await asyncio.to_thread(_heads)
    ordered = [Batch(board_id, *heads[board_id], b"z", None) for board_id in sorted(heads)]
    with closing(psycopg.connect(os.environ["DATABASE_URL"])) as other:
        middle = ordered[len(ordered) // 2].board_id
        other.execute("SELECT FROM boards_board WHERE id = %s FOR UPDATE", [middle])
        first = asyncio.create_task(stores[0].commit(ordered))
        second = asyncio.create_task(stores[1].commit(ordered[::-1]))
        await asyncio.to_thread(_processes_that_wait, 2)
        other.rollback()
        outcomes = [*await first, *await second]
    assert sum(outcome.is_committed for outcome in outcomes) == len(ordered)
    for store in stores:
        store.close()


async def _commit_in_a_loop(store: Store, order: list[Any]) -> int:
    seqs, count = dict.fromkeys(order, 0), 0
    for _ in range(ROUNDS):
        batches = [Batch(board_id, seqs[board_id], 1, b"x", None, ((1, 1),)) for board_id in order]
        for batch, outcome in zip(batches, await store.commit(batches), strict=True):
            count += outcome.is_committed
            seq = batch.base_seq + 1 if outcome.head is None else outcome.head.seq
            seqs[batch.board_id] = seq
    return count


def _heads() -> dict[Any, tuple[int, int]]:
    heads = {board_id: read_head(board_id) for board_id in BOARD_IDS}
    connection.close()
    return {board_id: (head.seq, head.access_version) for board_id, head in heads.items() if head}


async def _retried(end: Callable[[Session, int], None]) -> None:
    """A commit that waits for the board with the greatest id is ended and tried again."""
    store = Store()
    committer = Committer(store, cast(Host, None))
    heads = await asyncio.to_thread(_heads)
    batches = [Batch(board_id, *heads[board_id], b"y", None) for board_id in heads]
    retries = _retries()
    with closing(psycopg.connect(os.environ["DATABASE_URL"])) as other:
        other.execute("SET deadlock_timeout = '60s'")
        other.execute("SELECT FROM boards_board WHERE id = %s FOR UPDATE", [max(BOARD_IDS)])
        task = asyncio.create_task(committer._commit_patiently(batches))
        (waiting,) = await asyncio.to_thread(_processes_that_wait, 1)
        await asyncio.to_thread(end, other, waiting)
        other.close()
        outcomes = await task
    assert _retries() > retries, end
    assert all(outcome.is_committed for outcome in outcomes), end
    after = await asyncio.to_thread(_heads)
    assert after == {board_id: (seq + 1, version) for board_id, (seq, version) in heads.items()}
    store.close()


def _retries() -> float:
    (metric,) = metrics.COMMIT_RETRIES.collect()
    return float(metric.samples[0].value)


def _processes_that_wait(count: int) -> list[int]:
    """Of the database, as soon as so many wait for a lock."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as session:
        query = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        pids: list[int] = until(
            lambda: [pid for (pid,) in session.execute(query)], lambda found: len(found) == count
        )
    return pids


def _deadlock(other: Session, waiting: int) -> None:
    """The commit holds the boards before, and is the one that notices."""
    other.execute("SELECT FROM boards_board WHERE id = %s FOR UPDATE", [min(BOARD_IDS)])


def _lost_connection(other: Session, waiting: int) -> None:
    other.execute("SELECT pg_terminate_backend(%s)", [waiting])


def _serialization_failure(other: Session, waiting: int) -> None:
    """Only with an isolation level above PostgreSQL's default."""
    other.execute("UPDATE boards_board SET title = 'Other' WHERE id = %s", [max(BOARD_IDS)])
    other.commit()
