"""What must hold in every history: after each step, and once everything has come to rest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from pycrdt import Doc, Map, get_update

from audit.actions import AuditAction
from boards.models import Board, BoardPermission, Visit
from proof.simulation.connection import Connection
from proof.simulation.database import Database
from proof.simulation.people import Drawer, parsed_of
from proof.simulation.scheduler import BrokenPromiseError, Scheduler
from sync.models import DocumentSnapshot, DocumentUpdate
from sync.storage.batches import Batch
from sync.wire import frames
from sync.wire.frames import MessageType, SyncType

EVIL = "evil"
"""What hostile people write begins with this; none of it may be stored."""
BROKEN_CODES = (4400, 4404, 4409, 4413)
"""With these nobody honest is closed."""


class Oracle:
    """One board as it has to be: everything that was ever committed, applied in order."""

    def __init__(self) -> None:
        self.doc: Doc[Map[Any]] = Doc(client_id=1)
        self.state_vector = self.doc.get_state()
        self.seq = 0
        self.payloads: dict[int, bytes] = {}
        self.must_have: dict[int, int] = {}
        """What people were told is saved, or saw of others: client id → clock."""
        self._checked: dict[bytes, int] = {}

    def commit(self, seq: int, payload: bytes) -> None:
        """Takes a batch at the moment it is committed."""
        self.seq = seq
        self.payloads[seq] = payload
        self.doc.apply_update(payload)
        self.state_vector = self.doc.get_state()

    def has(self, update: bytes) -> bool:
        """Whether all that an update adds is committed."""
        if self._checked.get(update, -1) >= 0:
            return True
        if get_update(update, self.state_vector)[0] != 0:
            return False
        self._checked[update] = self.seq
        return True

    @property
    def clocks(self) -> dict[int, int]:
        return frames.decode_state_vector(self.state_vector)

    def content(self) -> dict[str, Any]:
        return dict(self.doc.get("elements", type=Map).to_py() or {})


class Checks:
    """Looks at every commit and at every frame that leaves a process."""

    def __init__(self, scheduler: Scheduler, database: Database) -> None:
        self._scheduler = scheduler
        self._database = database
        self.oracles: dict[UUID, Oracle] = {}
        self.people: dict[int, str] = {}
        """Client id → the name of the person who draws with it."""
        self.counts: dict[str, int] = dict.fromkeys(("commits", "frames", "seen", "saved"), 0)
        database.on_commit.append(self._committed)

    # --- every commit

    def _committed(self, board_id: UUID, seq: int, batch: Batch) -> None:
        self._scheduler.note("commit", board_id, seq, batch.payload, batch.author_id)
        self.counts["commits"] += 1
        oracle, ranges = self.oracles[board_id], parsed_of(batch.payload).ranges
        self._require(seq == oracle.seq + 1, f"sequence {seq} was committed after {oracle.seq}")
        is_old = bool(ranges) and oracle.has(batch.payload)
        self._require(not is_old, "something was committed twice")
        writers = {client for client, _, _ in ranges}
        oracle.commit(seq, batch.payload)
        names = {self.people[client] for client in writers if client in self.people}
        if batch.author_id is not None:
            row = self._database.row(User, id=batch.author_id)
            assert row is not None
            name = row["username"]
            self._require(names <= {name}, f"{name} has written as {sorted(names - {name})}")
            names = {name}
        for name in sorted(names):
            self._require_edit(board_id, name)

    def _require_edit(self, board_id: UUID, name: str) -> None:
        self._require(
            self.level_of(board_id, name) == "edit",
            f"something of {name} was committed, who may not edit any more",
        )

    def level_of(self, board_id: UUID, name: str) -> str:
        """What a person may do, as the rows say now."""
        user, board = (
            self._database.row(User, username=name),
            self._database.row(Board, id=board_id),
        )
        assert user is not None
        assert board is not None
        if board["owner_id"] == user["id"]:
            return "edit"
        given = self._database.row(BoardPermission, board_id=board_id, user_id=user["id"])
        return str(given["level"]) if given is not None else ""

    # --- every frame

    def left(self, connection: Connection, frame: bytes) -> None:
        """A frame leaves its process."""
        self.counts["frames"] += 1
        oracle = self.oracles[connection.board_id]
        kind, at = frames.read_varuint(frame, 0)
        if kind == MessageType.SAVED:
            self.counts["saved"] += 1
            told = frames.decode_state_vector(frames.read_bytes(frame, at)[0])
            _note_most(oracle.must_have, told)
            self._require(_is_within(told, oracle.clocks), "something was called saved, and is not")
        elif kind == MessageType.SYNC:
            sync, at = frames.read_varuint(frame, at)
            if sync != SyncType.STEP1:
                self._content_left(connection, frames.read_bytes(frame, at)[0], oracle)

    def _content_left(self, connection: Connection, update: bytes, oracle: Oracle) -> None:
        self._require(oracle.has(update), "something left its process before it was committed")
        name = connection.person.name
        user = self._database.row(User, username=name)
        assert user is not None
        visit = self._database.row(Visit, board_id=connection.board_id, user_id=user["id"])
        self._require(visit is not None, f"{name} was sent a board without a visit")

    def seen(self, drawer: Drawer) -> None:
        """Something arrived at a client."""
        self.counts["seen"] += 1
        clocks = {**drawer.clocks, drawer.client_id: 0}
        _note_most(self.oracles[drawer.board_id].must_have, clocks)
        is_whole = not (drawer.is_synced and drawer.has_waiting)
        self._require(is_whole, f"{drawer.name} was sent something before what it builds on")

    def _require(self, is_kept: bool, what: str) -> None:
        """Called from within the engine, which must not notice."""
        if not is_kept and self._scheduler.broken is None:
            self._scheduler.broken = what

    # --- at the end

    def at_rest(self, board_id: UUID, drawers: Iterable[Drawer], loaded: Any) -> None:
        """Everyone is connected and nothing moves; `loaded` is the board as a start reads it."""
        oracle = self.oracles[board_id]
        clocks = oracle.clocks
        _require(_is_within(oracle.must_have, clocks), "what was saved or seen is lost")
        _require(loaded.document.clocks == clocks, "the rows hold another state than was committed")
        whole, content = oracle.doc.get_update(), oracle.content()
        stored = loaded.document
        is_same = stored.diff() == whole or stored.content()["elements"] == content
        _require(is_same, "the rows hold other content than was committed")
        _require(EVIL not in content, "what a hostile client wrote was stored")
        for drawer in drawers:
            mine = drawer.clocks
            _require(mine == clocks, f"{drawer.name} holds {mine}, and committed is {clocks}")
            is_same = drawer.doc.get_update() == whole or drawer.content() == content
            _require(is_same, f"{drawer.name} sees another board")
        self._rows_are_dense(board_id, oracle)

    def _rows_are_dense(self, board_id: UUID, oracle: Oracle) -> None:
        board = self._database.row(Board, id=board_id)
        assert board is not None
        _require(board["head_seq"] == oracle.seq, "the head is not the last sequence")
        snapshots = [row["seq"] for row in self._database.rows(DocumentSnapshot, board_id=board_id)]
        rows = self._database.rows(DocumentUpdate, board_id=board_id)
        start = max(snapshots, default=0)
        seqs = sorted(row["seq"] for row in rows if row["seq"] > start)
        wanted = list(range(start + 1, oracle.seq + 1))
        _require(seqs == wanted, f"after {start} there are {seqs}, and not {wanted}")
        for row in rows:
            _require(row["payload"] == oracle.payloads[row["seq"]], "a row has other bytes")

    def audit_is_complete(self) -> None:
        """Every visit has its first row, and a last one if it has ended."""
        database = self._database
        begun = self._named(AuditAction.ROOM_ACCESS)
        ended = self._named(AuditAction.ROOM_LEAVE)
        here = sorted(row["connection_id"] for row in database.rows(Visit))
        _require(begun == sorted(ended + here), "the audit log lacks a row of a visit")

    def _named(self, action: AuditAction) -> list[UUID]:
        return sorted(
            row["connection_id"] for row in self._database.audit if row["action"] == action
        )

    def honest_are_welcome(self, drawers: Iterable[Drawer]) -> None:
        """Nobody honest was closed for what they sent."""
        for drawer in drawers:
            bad = [code for code in drawer.codes if code in BROKEN_CODES]
            _require(not bad, f"{drawer.name}, who is honest, was closed with {bad}")

    def presence_is_true(self, here: list[Drawer], *, is_complete: bool) -> None:
        """Nobody sees a ghost; if `is_complete`, everybody has announced themselves since the last
        fault, and is seen.
        """
        for drawer in here:
            others = [one for one in here if one is not drawer]
            wanted = {one.client_id for one in others if one.board_id == drawer.board_id}
            shown = drawer.others_present()
            _require(shown <= wanted, f"{drawer.name} sees ghosts: {sorted(shown - wanted)}")
            is_seen = shown >= wanted or not is_complete
            _require(is_seen, f"{drawer.name} does not see {sorted(wanted - shown)}")


def _require(is_kept: bool, what: str) -> None:
    if not is_kept:
        raise BrokenPromiseError(what)


def _is_within(told: dict[int, int], clocks: dict[int, int]) -> bool:
    return all(clock <= clocks.get(client, 0) for client, clock in told.items())


def _note_most(most: dict[int, int], told: dict[int, int]) -> None:
    for client, clock in told.items():
        if clock > most.get(client, 0):
            most[client] = clock
