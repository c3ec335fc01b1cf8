"""People who draw: each a Yjs document and the protocol of y-websocket, as a script plays them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any
from uuid import UUID

from pycrdt import Doc, Map, TransactionEvent, get_update, merge_updates

from proof.simulation.connection import Connection
from proof.simulation.loops import SimulatedLoop
from proof.simulation.scheduler import Scheduler
from sync.wire import frames
from sync.wire.awareness import GONE, Entry, decode_awareness, encode_entries
from sync.wire.frames import MessageType, SyncType
from sync.wire.lib0 import NO_LIMITS
from sync.wire.parsed import Parsed, is_closed
from sync.wire.update import parse

FINAL_CODES = range(4400, 4500)
"""After these a client does not come back with the same document."""
SHAPE = {"type": "rectangle", "pos": [1, 1], "size": [5, 5]}
RENEW_SECONDS = 15.0
"""How often a y-websocket client says that it is still there."""


@lru_cache(maxsize=2_000)
def parsed_of(update: bytes) -> Parsed:
    """What an update adds; the same update is sent to many."""
    return parse(update, NO_LIMITS)


class Drawer:
    """One person with one document of one board, connected or not."""

    def __init__(
        self,
        scheduler: Scheduler,
        name: str,
        board_id: UUID,
        connect: Callable[[Drawer], Connection | None],
    ) -> None:
        self.name = name
        self.board_id = board_id
        self.connection: Connection | None = None
        self.is_away = True
        """Whether the person wants no connection now."""
        self.is_refused = False
        """Whether the server has closed the connection for good."""
        self.present: dict[int, tuple[int, bytes]] = {}
        """Who is shown as present on this connection: client id → clock, state."""
        self.codes: list[int] = []
        self.on_seen: Callable[[Drawer, bytes], None] = lambda drawer, update: None
        self._scheduler = scheduler
        self._connect = connect
        self._made = 0
        self._begin()

    def begin_again(self) -> None:
        """Starts with an empty document, as after the page was reloaded without its copy."""
        self.forget()
        self._begin()

    def forget(self) -> None:
        """Lets go of the document, which would hold its observer for ever."""
        self.doc.unobserve(self._subscription)

    def _begin(self) -> None:
        self.client_id = self._scheduler.random.getrandbits(31) + 1
        self.doc: Doc[Map[Any]] = Doc(client_id=self.client_id)
        self._elements: Map[Any] = self.doc.get("elements", type=Map)
        self._subscription = self.doc.observe(self._changed)
        self._is_applying = False
        self._known: dict[int, int] | None = {}
        self._waiting: list[bytes] = []
        self._names: list[str] | None = []
        self.saved: dict[int, int] = {}
        self.is_synced = False
        self._clock = 0

    # --- what people do

    @property
    def clocks(self) -> dict[int, int]:
        """The state vector of the document."""
        if self._known is None:
            self._known = frames.decode_state_vector(self.doc.get_state())
        return self._known

    @property
    def is_saved(self) -> bool:
        """Whether the server has confirmed all that was drawn here."""
        own = self.client_id
        return self.saved.get(own, 0) >= self.clocks.get(own, 0)

    @property
    def has_waiting(self) -> bool:
        """Whether something arrived before what it builds on."""
        return bool(self._waiting)

    def content(self) -> dict[str, Any]:
        """The elements as plain values."""
        return dict(self._elements.to_py() or {})

    def draw(self) -> None:
        """Makes an element, or changes or deletes one that is there."""
        chance = self._scheduler.random
        if self._names is None:
            self._names = sorted(self._elements.keys())
        known = self._names
        with self.doc.transaction():
            if len(known) < 3 or chance.random() < 0.15:
                self._made += 1
                # All keys of a new element are one write; those of a known one are single.
                self._elements[f"{self.name}-{self._made}"] = Map(SHAPE)
                return
            element = self._elements[chance.choice(known)]
            kind = chance.randrange(6)
            if kind == 0:
                element["opacity"] = chance.randrange(100)
            elif kind == 1:
                # Of more keys, pycrdt would choose the order anew in every process.
                element["del"] = {"at": 1}
            else:
                element["pos"] = [chance.randrange(1000), self._scheduler.steps]

    def come(self) -> None:
        """Wants a connection from now on."""
        self.is_away = False
        self._try_to_connect()

    def go(self) -> None:
        """Wants none."""
        self.is_away = True
        if self.connection is not None:
            self.connection.leave()
            self._end()

    def vanish(self) -> None:
        """Goes away without a word: a battery is empty, a network ends."""
        self.is_away = True
        if self.connection is not None:
            self.connection.is_open = False
            self._end()

    def announce(self) -> None:
        """Says that this client is there, and where its pointer is."""
        self._clock += 1
        pointer = {"x": self._scheduler.random.randrange(100), "y": 1}
        self._send_presence(json.dumps({"pointer": pointer}).encode())

    def _send_presence(self, state: bytes) -> None:
        if self.connection is not None:
            entry = Entry(self.client_id, self._clock, state)
            self.connection.send(frames.encode_awareness(encode_entries([entry])))

    # --- the connection

    def _try_to_connect(self) -> None:
        if self.is_away or self.is_refused or self.connection is not None:
            return
        self.connection = self._connect(self)
        if self.connection is None:
            self._scheduler.after(0.3, self._try_to_connect)
            return
        self.is_synced = False
        self.present = {}
        self.connection.send(frames.encode_step1(self.doc.get_state()))
        self.announce()
        self._renew_later(self.connection)

    def _renew_later(self, connection: Connection) -> None:
        def renew() -> None:
            if self.connection is connection:
                self.announce()
                self._renew_later(connection)

        self._scheduler.after(RENEW_SECONDS, renew)

    def closed(self, connection: Connection, code: int, reason: str) -> None:
        """Comes back later, unless the server says that this is of no use."""
        if connection is not self.connection:
            return
        self._scheduler.note("closed", self.name, code, reason)
        self.codes.append(code)
        self._end()
        if code in FINAL_CODES or code in (4001, 4003):
            self.is_refused = True
        elif not self.is_away:
            seconds = 0.1 + 0.4 * self._scheduler.random.random()
            self._scheduler.after(seconds, self._try_to_connect)

    def _end(self) -> None:
        self.connection = None
        self.is_synced = False
        self.present = {}

    # --- frames

    def _changed(self, event: TransactionEvent) -> None:
        self._known = self._names = None
        if not self._is_applying and self.connection is not None:
            self.connection.send(frames.encode_update(event.update))

    def receive(self, connection: Connection, frame: bytes) -> None:
        """Does what a y-websocket client does with a frame."""
        if connection is not self.connection:
            return
        kind, at = frames.read_varuint(frame, 0)
        if kind == MessageType.SAVED:
            for client, clock in frames.decode_state_vector(
                frames.read_bytes(frame, at)[0]
            ).items():
                self.saved[client] = max(clock, self.saved.get(client, 0))
        elif kind == MessageType.AWARENESS:
            self._take_presence(decode_awareness(frames.read_bytes(frame, at)[0]))
        elif kind == MessageType.SYNC:
            sync, at = frames.read_varuint(frame, at)
            self._take_sync(connection, sync, frames.read_bytes(frame, at)[0])

    def _take_sync(self, connection: Connection, kind: int, payload: bytes) -> None:
        if kind == SyncType.STEP1:
            connection.send(frames.encode_step2(self._beyond(payload)))
            return
        self._waiting.append(payload)
        self._apply_waiting()
        self.on_seen(self, payload)
        self.is_synced = self.is_synced or kind == SyncType.STEP2

    def _apply_waiting(self) -> None:
        """Applies what builds on nothing that is missing. Yjs does that by itself; pycrdt leaves
        some of what came too early undone, when the rest arrives."""
        self._is_applying = True
        while ready := [one for one in self._waiting if is_closed(parsed_of(one), self.clocks)]:
            for update in ready:
                self.doc.apply_update(update)
                self._waiting.remove(update)
        self._is_applying = False

    def _beyond(self, state_vector: bytes) -> bytes:
        """`Y.encodeStateAsUpdate`, which also holds what came too early."""
        early = [get_update(one, state_vector) for one in self._waiting]
        update = self.doc.get_update(state_vector)
        return merge_updates(update, *early) if early else update

    def _take_presence(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            known = self.present.get(entry.client_id, (-1, GONE))
            is_end = entry.clock == known[0] and entry.state == GONE
            if entry.clock > known[0] or is_end:
                self.present[entry.client_id] = (entry.clock, entry.state)

    def others_present(self) -> set[int]:
        """The client ids of others who are shown."""
        return {
            client
            for client, (_, state) in self.present.items()
            if state != GONE and client != self.client_id
        }

    def loop(self) -> SimulatedLoop | None:
        """The process that this person is connected to."""
        return None if self.connection is None else self.connection.loop
