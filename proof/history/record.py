"""The runner's journal, and the rule that compares the audit log with what happened."""

import time
from collections import Counter
from pathlib import Path
from threading import Lock
from typing import Any

from proof.history.check import Context
from proof.history.events import Event
from proof.history.replicas import Replica, Write

RUNNER = "runner"


class Journal:
    """Writes events; each is in the file when the call returns. Safe on any thread."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a")
        self._lock = Lock()

    def write(self, kind: str, who: str = RUNNER, **data: Any) -> None:
        """An event that happens now."""
        with self._lock:
            self._file.write(f"{Event(now(), kind, who, data).line()}\n")
            self._file.flush()

    def close(self) -> None:
        """No more is written."""
        self._file.close()


def now() -> int:
    """Nanoseconds of the clock that all journals of a machine share."""
    return time.monotonic_ns()


class Audit:
    """Every person who was let in left a row, and every change of a level exactly one.

    A change whose outcome is unknown (the server died) may have a row or none.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._entered: set[str] = set()
        self._recorded: set[str] = set()
        self._changed: Counter[tuple[str, str]] = Counter()
        self._unknown: Counter[tuple[str, str]] = Counter()
        self._rows: Counter[tuple[str, str]] = Counter()

    def take(self, event: Event) -> None:
        """Whatever has a row, and the rows."""
        data = event.data
        if event.kind == "synced":
            replica = self._context.replicas.by_name.get(event.who)
            self._entered |= {replica.person} if replica is not None else set()
        elif event.kind == "level":
            where = self._unknown if data["ok"] is None else self._changed
            where[data["person"], data["level"]] += data["ok"] is not False
        elif event.kind == "audit" and data["action"] == "access":
            self._recorded.add(data["person"])
        elif event.kind == "audit" and data["action"] == "level":
            self._rows[data["person"], data["level"]] += 1
        elif event.kind == "audit-chain" and not data["ok"]:
            self._context.tell("audit", f"the log is damaged: {data.get('text')}", event)

    def arrived(self, write: Write, at: Replica, event: Event) -> None:
        """Nothing: strokes are not recorded."""

    def finish(self) -> None:
        """Compares."""
        if not self._context.promises.has_audit:
            return
        for person in sorted(self._entered - self._recorded):
            self._context.tell("audit", f"{person} was let in and left no row")
        for person, level in sorted({*self._changed, *self._rows}):
            least = self._changed[person, level]
            most = least + self._unknown[person, level]
            found = self._rows[person, level]
            if not least <= found <= most:
                text = f"{person} was set to {level} {least} times, and there are {found} rows"
                self._context.tell("audit", text)
