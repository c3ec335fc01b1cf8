"""Servers with an injected fault: they die on the way of an update, or break a rule.

    python -m tests.failing_serve PORT [ADDRESS]

has everything loaded and forks a server for each line of standard input, `["fault", hit]` or `null`
for a correct one; answers with its process id. Starting Python each time would cost two seconds in
each of thousands of runs. The fault is one of `KILL_POINTS`: then the process is killed with
SIGKILL when it passes the point for the hit-th time; or one of `BROKEN`: a broken build that the
suite must detect.

A line may also be an object: `{"port": 1, "build": "…", "fault": ["…", 3]}` for a server of a
broken build; or with `"manage": ["compact_boards", …]` for a management command, whose points are
`COMPACTION_POINTS`, and `"result"`, a file that says what went wrong once it has ended.
"""

import ctypes
import gc
import json
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "canvas_project.settings")

from django.core.management import call_command
from django.urls import get_resolver

import canvas_project.asgi
from canvas_project.server import Server, server_config
from sync.access.tracker import AccessTracker
from sync.document.document import Document
from sync.programs import history  # noqa: F401  loads what management commands need
from sync.rooms.bus import Bus
from sync.rooms.room import Room
from sync.storage import batches, compaction, store
from sync.storage.batches import Batch
from sync.wire.frames import EMPTY_UPDATE
from tests.failing_points import BROKEN_NAMES, COMPACTION_POINT_NAMES, POINT_NAMES

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
_COMPACTION_PLACES = (
    (compaction, "verified_snapshot"),
    (compaction, "_insert"),
    (compaction, "_remove_most"),
    (compaction, "_remove_covered"),
)
COMPACTION_POINTS: dict[str, tuple[Any, str]] = dict(
    zip(COMPACTION_POINT_NAMES, _COMPACTION_PLACES, strict=True)
)
KILL_POINTS: dict[str, tuple[Any, str]] = {
    **dict(zip(POINT_NAMES, _PLACES, strict=True)),
    **COMPACTION_POINTS,
}


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


def _acknowledge_before_commit() -> None:
    real = Room.pending_batch

    def pending_batch(self: Room) -> Batch:
        batch = real(self)
        self._confirm({edit.member for edit in self.batch})
        return batch

    Room.pending_batch = pending_batch  # type: ignore[method-assign,assignment]


def _drop_some_updates(every: int) -> None:
    """Forgets a piece of the fan-out: who is connected never gets it from there."""
    real = Room._fan_out
    rnd = random.Random(time.time_ns())

    def fan_out(self: Room, update: bytes, authors: set[Any]) -> None:
        if rnd.randrange(every):
            real(self, update, authors)

    Room._fan_out = fan_out  # type: ignore[method-assign]


def _leave_sockets_what_they_may() -> None:
    """On SQLite: no socket is told of a change, and no commit compares the access version."""
    is_same, is_older = "AND access_version = ?", "AND access_version >= ?"
    assert is_same in batches._ADVANCE_HEAD
    batches._ADVANCE_HEAD = batches._ADVANCE_HEAD.replace(is_same, is_older)

    async def refresh(self: AccessTracker, board_id: Any) -> None:
        return

    AccessTracker.refresh = refresh  # type: ignore[method-assign]


BROKEN: dict[str, Callable[[], None]] = dict(
    zip(
        BROKEN_NAMES,
        (
            _fan_out_before_commit,
            lambda: _skip_some(5),
            lambda: _store_nothing_sometimes(1000),
            _acknowledge_before_commit,
            lambda: _drop_some_updates(1000),
            _leave_sockets_what_they_may,
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


def _serve(port: int) -> None:
    """What `manage.py serve` does once the database is up to date."""
    address = sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1"
    Server(server_config(address, port)).run()


def _manage(arguments: list[str], result: Path) -> None:
    """A management command; the file gets what went wrong, or nothing."""
    text = ""
    sys.stdout = sys.stderr  # who asked reads process ids from the other
    try:
        call_command(*arguments)
    except (Exception, SystemExit) as error:  # noqa: BLE001  told in the file
        text = f"{type(error).__name__}: {error}"
    result.write_text(text)


def _begin(wanted: dict[str, Any], port: int) -> None:
    """In a child: builds the faults in, and becomes what was asked for."""
    # Ends when the tests are killed.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if wanted.get("build") is not None:
        BROKEN[wanted["build"]]()
    if wanted.get("fault") is not None:
        _build_in(*wanted["fault"])
    if "manage" in wanted:
        _manage(wanted["manage"], Path(wanted["result"]))
    else:
        _serve(wanted.get("port", port))


def main() -> None:
    """Forks servers until standard input ends."""
    port = int(sys.argv[1])
    assert canvas_project.asgi.application
    assert get_resolver().url_patterns  # reads every module of the pages
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead
    gc.collect()
    gc.freeze()  # else the first collection of each child copies everything
    print("ready", flush=True)
    while line := sys.stdin.readline():
        wanted = json.loads(line)
        child = os.fork()
        if child == 0:
            status = 1
            try:
                _begin(wanted if isinstance(wanted, dict) else {"fault": wanted}, port)
                status = 0
            except Exception:  # noqa: BLE001  only in the log of the child, which ends
                traceback.print_exc()
            finally:
                os._exit(status)
        print(child, flush=True)


if __name__ == "__main__":
    main()
