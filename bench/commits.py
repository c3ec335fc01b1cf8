"""`python -m bench.commits`: the processor time of the group commit, in microseconds a board.

Commits small updates to 1, 10 and 50 boards at a time, on SQLite with `synchronous=FULL` and on a
PostgreSQL of its own, with nothing else running. Counted is the time of this process alone, not
that of PostgreSQL; beside it the time that one commit takes.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from uuid import UUID

import django

from tests.services import postgres_server

DATABASES = ("sqlite", "postgresql")
ROUNDS = 5


def main() -> None:
    """Prints one line for each database and number of boards."""
    parser = argparse.ArgumentParser(prog="bench.commits", description=__doc__)
    parser.add_argument("--boards", type=int, nargs="+", default=[1, 10, 50])
    parser.add_argument("--commits", type=int, default=200, help="in each of 5 rounds")
    parser.add_argument("--databases", nargs="+", default=DATABASES, choices=DATABASES)
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.alone:
        _measure(arguments.boards, arguments.commits)
        return
    print("database    boards  processor, µs a board  time of a commit, ms")
    for database in arguments.databases:
        with (
            tempfile.TemporaryDirectory(prefix="canvas-commits-") as directory,
            postgres_server() if database == "postgresql" else nullcontext() as postgres,
        ):
            environment = {
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "canvas_project.settings",
                "CANVAS_DATA_DIR": directory,
                "DATABASE_URL": "" if postgres is None else postgres.url,
            }
            # One process for each: Django knows one database.
            command = [sys.executable, "-m", "bench.commits", "--alone"]
            command += ["--commits", str(arguments.commits)]
            command += ["--boards", *map(str, arguments.boards)]
            subprocess.run(command, env=environment, check=True)


def _measure(counts: list[int], commits: int) -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    for count in counts:
        asyncio.run(_measure_one(count, commits))


async def _measure_one(count: int, commits: int) -> None:
    from django.db import connection

    from sync.storage.batches import Batch
    from sync.storage.store import Store

    owner, boards = await asyncio.to_thread(_make_boards, count)
    store = Store()
    processor, clock = list[float](), list[float]()
    seq = 0
    for number in range(ROUNDS + 1):
        used, started = time.process_time(), time.monotonic()
        for _ in range(commits):
            batches = [Batch(id, seq, 1, b"x" * 40, owner) for id in boards]
            outcomes = await store.commit(batches)
            assert all(outcome.is_committed for outcome in outcomes)
            seq += 1
        if number:  # the first warms up
            processor.append((time.process_time() - used) / commits / count * 1e6)
            clock.append((time.monotonic() - started) / commits * 1e3)
    store.close()
    print(
        f"{connection.vendor:10}  {count:6}  {statistics.median(processor):21.1f}"
        f"  {statistics.median(clock):20.2f}",
        flush=True,
    )


def _make_boards(count: int) -> tuple[int, list[UUID]]:
    from django.contrib.auth.models import User
    from django.db import connection

    from boards.models import Board

    try:
        owner = User.objects.create_user(f"a{count}")
        boards = [Board.objects.create(title="B", owner=owner) for _ in range(count)]
        return owner.pk, [board.pk for board in boards]
    finally:
        connection.close()


if __name__ == "__main__":
    main()
