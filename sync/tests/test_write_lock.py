"""One writer at a time, in order of arrival, and nobody waits for ever."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from boards.models import Board
from boards.tests.factories import make_board
from sync.drawing.scene import elements_create
from sync.programs.writes import document_change
from sync.storage import store, write_lock
from sync.storage.batches import Batch
from sync.storage.log import read_head
from sync.storage.write_lock import (
    FairLock,
    FileLock,
    LockOrderError,
    holding_write_lock,
    release_write_lock,
    take_write_lock,
)

BOX = {"id": "box", "type": "rectangle", "x": 0, "y": 0, "width": 1, "height": 1}


@contextmanager
def holding() -> Iterator[None]:
    """What `holding_write_lock` does on SQLite, on every database."""
    take_write_lock()
    try:
        yield
    finally:
        release_write_lock()


def test_writers_wait_for_each_other_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    inside, let_go = threading.Event(), threading.Event()

    def write() -> None:
        with holding():
            inside.set()
            let_go.wait(10)

    thread = threading.Thread(target=write)
    thread.start()
    assert inside.wait(10)
    monkeypatch.setattr(write_lock, "MAX_WAIT_SECONDS", 0.1)
    started = time.monotonic()
    with holding():
        assert time.monotonic() - started >= 0.1
    assert write_lock._lock.locked()  # a writer that gave up does not take another's place
    let_go.set()
    thread.join()
    with holding():
        assert write_lock._lock.locked()
    assert not write_lock._lock.locked()


def _draw(board: Board, user: User, x: int = 0, **more: Any) -> None:
    def change(roots: dict[str, Any]) -> None:
        elements_create(roots, [{**BOX, "x": x}])

    document_change(board=board, user=user, change=change, **more)


def test_whoever_came_first_is_served_first() -> None:
    lock, order = FairLock(), list[int]()
    assert lock.acquire()

    def write(number: int) -> None:
        assert lock.acquire(goes_first=number == 9)
        order.append(number)
        lock.release()

    threads = []
    for waiting, number in enumerate((1, 2, 3, 9)):
        threads.append(threading.Thread(target=write, args=[number]))
        threads[-1].start()
        while len(lock._line) <= waiting:
            time.sleep(0.001)
    lock.release()
    for thread in threads:
        thread.join(10)
    assert order == [9, 1, 2, 3]
    assert not lock.locked()


def test_a_loop_does_not_keep_another_writer_out() -> None:
    lock, stop, turns_of_loop = FairLock(), threading.Event(), [0]

    def loop() -> None:
        while not stop.is_set():
            lock.acquire()
            turns_of_loop[0] += 1
            time.sleep(0.002)
            lock.release()

    thread = threading.Thread(target=loop)
    thread.start()
    between = []
    for _ in range(20):
        before = turns_of_loop[0]
        assert lock.acquire(timeout=5)
        between.append(turns_of_loop[0] - before)
        lock.release()
    stop.set()
    thread.join(10)
    # This thread may stop between reading the count and joining the line, and now and then does.
    assert sorted(between)[15] <= 2


@pytest.mark.django_db(transaction=True)
def test_the_lock_inside_a_transaction_is_an_error(board: Board, alice: User) -> None:
    with transaction.atomic(), pytest.raises(LockOrderError), holding_write_lock():
        pytest.fail("a transaction, then the lock: another thread may do it the other way round")
    with transaction.atomic(), pytest.raises(LockOrderError):
        _draw(board, alice)
    with holding_write_lock(), transaction.atomic(), holding_write_lock():
        pass  # the outer one has it
    _draw(board, alice)


@pytest.mark.django_db
def test_the_transaction_around_a_test_case_is_none(board: Board, alice: User) -> None:
    with holding_write_lock():
        _draw(board, alice)


@pytest.mark.django_db(transaction=True)
def test_the_lock_is_held_until_the_outermost_commit(board: Board, alice: User) -> None:
    held, free = list[bool](), list[bool]()
    _draw(board, alice, record=lambda: held.append(write_lock._lock.locked()))
    with transaction.atomic():
        held.append(write_lock._lock.locked())
        with transaction.atomic():
            Board.objects.update(title="x")
        held.append(write_lock._lock.locked())
        transaction.on_commit(lambda: free.append(write_lock._lock.locked()))
    free.append(write_lock._lock.locked())
    with transaction.atomic():
        transaction.set_rollback(True)
        held.append(write_lock._lock.locked())
    Board.objects.update(title="y")
    free.append(write_lock._lock.locked())
    assert held == [connection.vendor == "sqlite"] * 4  # PostgreSQL has as many writers as it likes
    assert free == [False] * 3


@pytest.mark.django_db(transaction=True)
def test_commits_do_not_wait_for_a_loop_of_program_writes(alice: User) -> None:
    drawn, written = make_board(alice), make_board(alice)
    passed, stop, writes = list[int](), threading.Event(), 0

    def commit() -> None:
        head = read_head(drawn.pk)
        assert head is not None
        for seq in range(10_000):
            if stop.is_set():
                break
            before = writes
            batch = Batch(drawn.pk, seq, head.access_version, b"\x00\x00x", None)
            assert store._commit([batch])[0].is_committed
            passed.append(writes - before)
            time.sleep(0.003)
        connection.close()

    thread = threading.Thread(target=commit)
    thread.start()
    for number in range(1, 201):
        _draw(written, alice, number)
        writes = number
    stop.set()
    thread.join(10)
    # A write that has the lock already, and perhaps one more while this thread was not running.
    assert sorted(passed)[int(len(passed) * 0.9)] <= 2
    assert max(passed) < 100  # half of them: it never waits for the end of the loop


LOOP = """
import sys, time
from sync.storage.write_lock import FileLock
lock, until = FileLock(sys.argv[1]), time.monotonic() + 20
print("ready", flush=True)
while time.monotonic() < until:
    if lock.acquire(until):
        time.sleep(0.005)
        lock.release()
"""


def test_another_process_in_a_loop_does_not_keep_this_one_out(tmp_path: Path) -> None:
    path = str(tmp_path / "writers")
    other = subprocess.Popen([sys.executable, "-c", LOOP, path], stdout=subprocess.PIPE)
    try:
        assert other.stdout is not None
        other.stdout.readline()
        lock, took = FileLock(path), []
        for _ in range(50):
            started = time.monotonic()
            assert lock.acquire(started + 5)
            took.append(time.monotonic() - started)
            lock.release()
            time.sleep(0.001)
        # On a busy machine one wait may be long; the loop never wins many times in a row.
        assert sorted(took)[40] < 0.05
    finally:
        other.kill()
        other.wait()
    assert FileLock(path).acquire(time.monotonic() + 5)  # a dead process holds no lock
