"""Servers with an injected fault: they die on the way of an update, or break a rule.

    python -m tests.failing_serve PORT

has everything loaded and forks a server for each line of standard input, `["fault", hit]` or `null`
for a correct one; answers with its process id. Starting Python each time would cost two seconds in
each of thousands of runs. The fault is one of `KILL_POINTS`: then the process is killed with
SIGKILL when it passes the point for the hit-th time; or one of `BROKEN`: a broken build that the
suite must detect.
"""

import ctypes
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "canvas_project.settings")

from django.urls import get_resolver

import canvas_project.asgi
from canvas_project.server import Server, server_config
from sync.document.document import Document
from sync.rooms.bus import Bus
from sync.rooms.room import Room
from sync.storage import batches, store
from sync.storage.batches import Batch
from sync.wire.frames import EMPTY_UPDATE
from tests.failing_points import BROKEN_NAMES, POINT_NAMES

PR_SET_PDEATHSIG = 1
_passes = 0


def _pass(hit: int) -> None:
    global _passes
    _passes += 1
    if _passes == hit:
        os.kill(os.getpid(), signal.SIGKILL)


def _die_after(owner: Any, name: str, hit: int) -> None:
    real: Callable[..., Any] = getattr(owner, name)

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        result = real(*args, **kwargs)
        _pass(hit)
        return result

    setattr(owner, name, wrapper)


_PLACES = (
    (Document, "take"),
    (Document, "apply"),
    (batches, "_insert"),
    (store, "_commit"),
    (Room, "_fan_out"),
    (Bus, "publish"),
    (Room, "_confirm"),
)
KILL_POINTS: dict[str, tuple[Any, str]] = dict(zip(POINT_NAMES, _PLACES, strict=True))


def _die_before_commit(hit: int) -> None:
    """Late enough for frames offered to sockets to be on their way."""
    real = store._commit

    def commit(batches: list[Batch]) -> list[store.Outcome]:
        if _passes + 1 == hit:
            time.sleep(0.05)
        _pass(hit)
        return real(batches)

    store._commit = commit


def _fan_out_before_commit() -> None:
    real = Room.pending_batch

    def pending_batch(self: Room) -> Batch:
        batch = real(self)
        if batch.payload:
            self._fan_out(batch.payload, {edit.member for edit in self.batch})
        return batch

    Room.pending_batch = pending_batch  # type: ignore[method-assign,assignment]


def _skip_some(every: int) -> None:
    """Reports a commit, but once in `every` times does not do it.

    Its next commit then finds another head, and everyone is asked for what is missing: only a
    server that dies before that has lost something.
    """
    real = store._commit
    rnd = random.Random(time.time_ns())

    def commit(batches: list[Batch]) -> list[store.Outcome]:
        kept = [batch for batch in batches if not batch.payload or rnd.randrange(every)]
        outcomes = iter(real(kept))
        return [next(outcomes) if batch in kept else store.COMMITTED for batch in batches]

    store._commit = commit


def _store_nothing_sometimes(every: int) -> None:
    """Commits a row with nothing in it, once in `every` times."""
    real = store._commit
    rnd = random.Random(time.time_ns())

    def commit(batches: list[Batch]) -> list[store.Outcome]:
        return real(
            [
                batch if not batch.payload or rnd.randrange(every) else _without_content(batch)
                for batch in batches
            ]
        )

    store._commit = commit


def _without_content(batch: Batch) -> Batch:
    return batch._replace(payload=EMPTY_UPDATE)


BROKEN: dict[str, Callable[[], None]] = dict(
    zip(
        BROKEN_NAMES,
        (
            _fan_out_before_commit,
            lambda: _skip_some(5),
            lambda: _store_nothing_sometimes(1000),
        ),
        strict=True,
    )
)


def _build_in(fault: str, hit: int) -> None:
    if fault in KILL_POINTS:
        _die_after(*KILL_POINTS[fault], hit)
    else:
        BROKEN[fault]()
        _die_before_commit(hit)


def _serve(port: int, fault: tuple[str, int] | None) -> None:
    """What `manage.py serve` does once the database is up to date."""
    # Ends when the tests are killed.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if fault is not None:
        _build_in(*fault)
    Server(server_config("127.0.0.1", port)).run()


def main() -> None:
    """Forks servers until standard input ends."""
    port = int(sys.argv[1])
    assert canvas_project.asgi.application
    assert get_resolver().url_patterns  # reads every module of the pages
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead
    print("ready", flush=True)
    while line := sys.stdin.readline():
        child = os.fork()
        if child == 0:
            try:
                _serve(port, json.loads(line))
            finally:
                os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()
