"""`python -m bench.database`: what the rows of edits cost PostgreSQL itself.

Processes commit groups of small updates as servers do, each group in one transaction. Counted are
the rows a second on this machine, the processor time of PostgreSQL for one row, and the bytes of
its write-ahead log; then what it costs to look at the heads of open boards, which every server does
once a second. docs/scaling.md is calculated from these numbers.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import django
import psycopg

from tests.services import postgres_server

TICKS = os.sysconf("SC_CLK_TCK")
WARM_UP_SECONDS = 2.0
POLLED = 2000


def main() -> None:
    """Prints one line for each number of writers."""
    parser = argparse.ArgumentParser(prog="bench.database", description=__doc__)
    parser.add_argument("--writers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--boards", type=int, default=10, help="in one commit")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--poll", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.alone or arguments.poll:
        django.setup()
        _poll() if arguments.poll else asyncio.run(_write(arguments.boards, arguments.seconds))
        return
    with postgres_server() as postgres, tempfile.TemporaryDirectory(prefix="canvas-") as directory:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "canvas_project.settings",
            "CANVAS_DATA_DIR": directory,
            "DATABASE_URL": postgres.url,
        }
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v", "0"], env=environment, check=True
        )
        print("writers  rows/s  PostgreSQL's processor, µs a row  log, bytes a row")
        for writers in arguments.writers:
            _measure(writers, arguments, environment, postgres.url)
        subprocess.run(
            [sys.executable, "-m", "bench.database", "--poll"], env=environment, check=True
        )


def _measure(
    writers: int, arguments: argparse.Namespace, environment: dict[str, str], url: str
) -> None:
    command = [sys.executable, "-m", "bench.database", "--alone"]
    command += ["--boards", str(arguments.boards), "--seconds", str(arguments.seconds)]
    processes = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(writers)
    ]
    for process in processes:  # each says when it is warm
        assert process.stdout is not None
        process.stdout.readline()
    with psycopg.connect(url, autocommit=True) as connection:
        before = _processor_seconds(connection), _rows(connection), _log_bytes(connection)
        time.sleep(arguments.seconds / 2)
        after = _processor_seconds(connection), _rows(connection), _log_bytes(connection)
    for process in processes:
        process.communicate()
    processor, rows, log = (late - early for early, late in zip(before, after, strict=True))
    rate = rows / (arguments.seconds / 2)
    print(
        f"{writers:7}  {rate:6.0f}  {processor / rows * 1e6:32.1f}  {log / rows:16.0f}", flush=True
    )


def _rows(connection: psycopg.Connection) -> float:
    (rows,) = connection.execute("SELECT count(*) FROM sync_documentupdate").fetchone() or (0,)
    return float(rows)


def _log_bytes(connection: psycopg.Connection) -> float:
    query = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')"
    (size,) = connection.execute(query).fetchone() or (0,)
    return float(size)


def _processor_seconds(connection: psycopg.Connection) -> float:
    """Of every process of the PostgreSQL behind a connection."""
    (backend,) = connection.execute("SELECT pg_backend_pid()").fetchone() or (0,)
    main_process = _fields(backend)[1]
    seconds = 0.0
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended
            fields = _fields(int(path.name))
            if main_process in (fields[1], path.name):
                seconds += (int(fields[11]) + int(fields[12])) / TICKS
    return seconds


def _fields(pid: int) -> list[str]:
    """What follows the name in /proc/…/stat."""
    return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()


async def _write(count: int, seconds: float) -> None:
    from sync.storage.batches import Batch
    from sync.storage.store import Store

    owner, boards = await asyncio.to_thread(_make_boards, count)
    store, seq = Store(), 0
    for duration in (WARM_UP_SECONDS, seconds):
        end = time.monotonic() + duration
        while time.monotonic() < end:
            batches = [Batch(board, seq, 1, b"x" * 40, owner) for board in boards]
            outcomes = await store.commit(batches)
            assert all(outcome.is_committed for outcome in outcomes)
            seq += 1
        print("warm", flush=True)
    store.close()


def _make_boards(count: int) -> tuple[int, list[UUID]]:
    from django.contrib.auth.models import User
    from django.db import connection

    from boards.models import Board

    try:
        owner = User.objects.create_user(f"{os.getpid()}-{count}")
        boards = [Board.objects.create(title="B", owner=owner) for _ in range(count)]
        return owner.pk, [board.pk for board in boards]
    finally:
        connection.close()


def _poll() -> None:
    from sync.storage.log import read_heads

    _, boards = _make_boards(POLLED)
    took = []
    for _ in range(20):
        started = time.monotonic()
        read_heads(boards)
        took.append(time.monotonic() - started)
    print(f"the heads of {POLLED} open boards: {statistics.median(took) * 1000:.1f} ms a look")


if __name__ == "__main__":
    main()
