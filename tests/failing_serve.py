"""`manage.py serve` with a fault built in: it dies on the way of an update, or breaks a rule.

    python -m tests.failing_serve FAULT HIT serve --demo --port 8000

FAULT is one of `KILL_POINTS`, then the process is killed with SIGKILL when it passes the point for
the HIT-th time; or one of `BROKEN`, a build that a suite worth its name must find out.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "canvas_project.settings")

import django

django.setup()

from django.core.management import execute_from_command_line  # noqa: E402

from sync import store  # noqa: E402
from sync.bus import Bus  # noqa: E402
from sync.document import Document  # noqa: E402
from sync.room import Room  # noqa: E402
from tests.failing_points import BROKEN_NAMES, POINT_NAMES  # noqa: E402

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
    (store, "_insert"),
    (store, "_commit"),
    (Room, "_fan_out"),
    (Bus, "publish"),
    (Room, "_confirm"),
)


def _die_before_commit(hit: int) -> None:
    """Late enough for what has been offered to sockets to be on its way."""
    real = store._commit

    def commit(batches: list[store.Batch]) -> list[store.Outcome]:
        if _passes + 1 == hit:
            time.sleep(0.05)
        _pass(hit)
        return real(batches)

    store._commit = commit


KILL_POINTS: dict[str, tuple[Any, str]] = dict(zip(POINT_NAMES, _PLACES, strict=True))


def _fan_out_before_commit() -> None:
    real = Room.pending_batch

    def pending_batch(self: Room) -> store.Batch:
        batch = real(self)
        if batch.payload:
            self._fan_out(batch.payload, {edit.member for edit in self.batch})
        return batch

    Room.pending_batch = pending_batch  # type: ignore[method-assign]


def _drop_some(every: int) -> None:
    real = store._commit
    count = 0

    def commit(batches: list[store.Batch]) -> list[store.Outcome]:
        nonlocal count
        kept = []
        for batch in batches:
            count += bool(batch.payload)
            if not (batch.payload and count % every == 0):
                kept.append(batch)
        outcomes = iter(real(kept))
        return [next(outcomes) if batch in kept else store.COMMITTED for batch in batches]

    store._commit = commit


BROKEN: dict[str, Callable[[], None]] = {
    BROKEN_NAMES[0]: _fan_out_before_commit,
    BROKEN_NAMES[1]: lambda: _drop_some(5),
}


def main() -> None:
    """Builds the fault in and runs the command."""
    fault, hit = sys.argv[1], int(sys.argv[2])
    if fault in KILL_POINTS:
        _die_after(*KILL_POINTS[fault], hit)
    else:
        BROKEN[fault]()
        _die_before_commit(hit)
    execute_from_command_line(["manage.py", *sys.argv[3:]])


if __name__ == "__main__":
    main()
