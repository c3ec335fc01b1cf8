"""The systems under test: one server on SQLite, or three on PostgreSQL."""

import json
import os
import shutil
import sqlite3
import zlib
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from proof.chaos.forked import Child, ForkedServer
from proof.chaos.shim import Shim

PERSONS = ("alice", "bob", "charlie")
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "tests.settings_quick",
    # Faults of the storage are to be noticed within a run.
    "CANVAS_STORAGE_WAIT_SECONDS": "1",
    "CANVAS_BOARD_CHANGES_PER_HOUR": "1000000",
    "CANVAS_EXPENSIVE_PER_MINUTE": "1000000",
    "CANVAS_TOKEN_REQUESTS_PER_MINUTE": "1000000",
    "CANVAS_MAX_SOCKETS_PER_ADDRESS": "5000",
    "CANVAS_MAX_SOCKETS_PER_USER": "5000",
    "CANVAS_NEW_CLIENTS_AT_ONCE": "100000",
}
_ROWS = """SELECT {what} FROM {table} WHERE board_id = {place} ORDER BY seq"""
_AUDIT = "SELECT action, outcome, actor_label, target_label, data FROM audit_auditlog"
_UPDATES = ("sync_documentupdate", "seq, payload")
_SNAPSHOTS = ("sync_documentsnapshot", "seq, payload, pieces, is_packed")


class System(Protocol):
    """Servers and their database."""

    name: str
    servers: list[ForkedServer]
    promises: dict[str, Any]
    shim: Shim
    build: str
    """Of servers that are started: a broken one, or empty."""

    def query(self, text: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of the database; a place for a value is `?`."""

    def board_key(self, board: str) -> Any:
        """The id of a board as the database has it."""

    def heal(self) -> None:
        """Everything runs again, on time and with room."""

    def close(self) -> None:
        """Ends all processes."""


class OnSQLite:
    """One server; `data_dir` may have a prepared database."""

    name = "one server on SQLite"

    def __init__(self, data_dir: Path, **environment: str) -> None:
        self.shim = Shim(data_dir)
        settings = {**SETTINGS, **self.shim.environment, **environment}
        self.server = ForkedServer(data_dir, **settings)
        self.servers = [self.server]
        self.database = self.server.database
        self.build = ""
        self.promises: dict[str, Any] = {"stale_seconds": 0.0, "ghost_seconds": 40.0}

    def query(self, text: str, *values: Any) -> list[tuple[Any, ...]]:
        """Reads only."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:
            return database.execute(text, values).fetchall()

    def board_key(self, board: str) -> Any:
        """Django keeps UUIDs as hexadecimal digits there."""
        return board.replace("-", "")

    def heal(self) -> None:
        """Starts the server if it has died."""
        self.shim.reset()
        if not self.server.is_alive():
            self.server.start(None, self.build or None)

    def close(self) -> None:
        """Ends it."""
        self.server.close()


def updates_of(system: System, board: str) -> list[bytes]:
    """The stored updates of a board in their order: the newest snapshot, and the rows after it.

    Raises AssertionError when a row is missing.
    """
    key = system.board_key(board)
    snapshots, rows = (
        system.query(_ROWS.format(what=what, table=table, place="?"), key)
        for table, what in (_SNAPSHOTS, _UPDATES)
    )
    start, found = 0, list[bytes]()
    if snapshots:
        start, payload, pieces, is_packed = snapshots[-1]
        whole = zlib.decompress(bytes(payload)) if is_packed else bytes(payload)
        found = list(_cut(whole, json.loads(pieces) if isinstance(pieces, str) else pieces))
    after = [(seq, bytes(payload)) for seq, payload in rows if seq > start]
    seqs = [seq for seq, _ in after]
    assert seqs == list(range(start + 1, start + 1 + len(seqs))), f"rows are missing: {seqs}"
    return found + [payload for _, payload in after]


def _cut(whole: bytes, pieces: list[int]) -> Iterable[bytes]:
    at = 0
    for length in pieces or [len(whole)]:
        yield whole[at : at + length]
        at += length


def audit_rows(system: System, board: str) -> list[dict[str, str]]:
    """What the audit log says of a board, in the words of a history."""
    found = []
    for action, outcome, actor, target, data in system.query(
        f"{_AUDIT} WHERE board_id = ? ORDER BY id", system.board_key(board)
    ):
        told = json.loads(data) if isinstance(data, str) else data
        if outcome != "success":
            continue
        if action == "room_access":
            found.append({"action": "access", "person": actor, "level": ""})
        if action == "permission_change":
            found.append({"action": "level", "person": target, "level": told.get("new") or "none"})
    return found


def job(system: System, *arguments: str, fault: tuple[str, int] | None = None) -> "Job":
    """Begins a management command."""
    result = system.shim.directory / f"job-{os.urandom(4).hex()}"
    wanted = {"manage": list(arguments), "fault": fault, "result": str(result)}
    return Job(system.servers[0].forks.fork(wanted), result)


class Job:
    """A management command that runs."""

    def __init__(self, child: Child, result: Path) -> None:
        self._child, self._result = child, result

    def kill(self) -> None:
        """Ends it with SIGKILL."""
        self._child.end()

    def wait(self) -> str | None:
        """What went wrong, as text; empty if nothing, None if it was killed."""
        assert self._child.has_ended(60)
        self._child.end()
        if not self._result.exists():
            return None
        text = self._result.read_text()
        self._result.unlink()
        return text


def copy_database(database: Path, to: Path) -> None:
    """SQLite's online backup of a database that is in use."""
    to.unlink(missing_ok=True)
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)


def put_back(copy: Path, database: Path) -> None:
    """A copy takes the place of a database that nobody uses."""
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    shutil.copy(copy, database)
