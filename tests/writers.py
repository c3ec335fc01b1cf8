"""Somebody who draws all the time on a server, while something takes their access away."""

from __future__ import annotations

import threading
from contextlib import ExitStack

from pycrdt import Doc, Map
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from sync.wire.frames import (
    decode_state_vector,
    encode_saved,
    encode_step1,
    encode_update,
    read_bytes,
)
from tests.patience import CLOCK, patient
from tests.server import Server

SAVED = encode_saved(b"")[:1]


class Sockets:
    """Both sockets of one person on one board, who draws all the time."""

    def __init__(self, server: Server, board: str, query: str = "", session: str = "") -> None:
        self.board = board
        self.closed_at: dict[str, float] = {}
        """When each was closed, by `CLOCK`."""
        self.has_saved = threading.Event()
        self.codes: set[int] = set()
        cookie = {"Cookie": f"sessionid={session}"} if session else {}
        self._doc: Doc[Map[object]] = Doc()
        self._elements = self._doc.get("elements", type=Map)
        self._stack = ExitStack()
        self._opened: dict[str, ClientConnection] = {
            kind: self._stack.enter_context(
                connect(
                    f"{server.socket_base.replace('/ws/canvas', f'/ws/{kind}')}/{board}"
                    f"{query + '&' if query else '?'}saved=1",
                    additional_headers=cookie,
                    origin=Origin(server.url),
                    max_queue=None,
                )
            )
            for kind in ("canvas", "events")
        }
        self._opened["canvas"].send(encode_step1(self._doc.get_state()))
        for socket in self._opened.values():
            socket.recv(timeout=patient(20))
        self._threads = [
            threading.Thread(target=self._read, args=item, daemon=True)
            for item in self._opened.items()
        ]
        for thread in self._threads:
            thread.start()

    def draw(self, name: str) -> None:
        """Draws one shape, if the socket still takes anything."""
        before = self._doc.get_state()
        self._elements[name] = Map({"type": "rectangle", "pos": [0, 0]})
        try:
            self._opened["canvas"].send(encode_update(self._doc.get_update(before)))
        except ConnectionClosed:
            return

    def until_closed(self, deadline: float) -> None:
        """Returns when both are closed, or at this time of `CLOCK`."""
        for thread in self._threads:
            while thread.is_alive() and CLOCK.seconds < deadline:
                thread.join(0.02)

    def close(self) -> None:
        """Ends them."""
        self._stack.close()

    def _read(self, kind: str, socket: ClientConnection) -> None:
        try:
            while True:
                frame = socket.recv()
                if isinstance(frame, bytes) and frame[:1] == SAVED:
                    clocks = decode_state_vector(read_bytes(frame, 1)[0])
                    if self._doc.client_id in clocks:
                        self.has_saved.set()
        except ConnectionClosed as closed:
            self.closed_at[kind] = CLOCK.seconds
            if closed.rcvd is not None:
                self.codes.add(closed.rcvd.code)
