"""People who sign in by a directory, and a directory that does not answer."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from sync.wire.frames import encode_step1
from tests import directory
from tests.identity_provider import Visitor
from tests.patience import patient
from tests.ports import free_port
from tests.server import Server


def tried(
    server: Server, name: str, password: str = directory.PASSWORD
) -> tuple[int, str, Visitor]:
    """The status and the page of somebody new who types this."""
    visitor = Visitor(server)
    visitor.get(f"{server.url}/login")
    return (*visitor.post("login", username=name, password=password), visitor)


def signed_in(server: Server, name: str, password: str = directory.PASSWORD) -> Visitor:
    status, page, visitor = tried(server, name, password)
    assert (status, visitor.url) == (200, f"{server.url}/"), page
    return visitor


def socket_of(visitor: Visitor, board: str) -> ClientConnection:
    made = connect(
        f"{visitor.server.socket_base}/{board}",
        origin=Origin(visitor.server.origin),
        additional_headers={"Cookie": f"sessionid={visitor.cookie('sessionid')}"},
    )
    made.send(encode_step1(b"\x00"))
    made.recv(timeout=patient(20))
    return made


class Mute:
    """A server that takes connections and never says anything."""

    def __init__(self) -> None:
        self.port = free_port()
        self._listening = socket.create_server(("127.0.0.1", self.port), backlog=100)
        self._held: list[socket.socket] = []
        threading.Thread(target=self._hold, daemon=True).start()

    def _hold(self) -> None:
        while True:
            try:
                self._held.append(self._listening.accept()[0])
            except OSError:
                return

    def close(self) -> None:
        for one in [self._listening, *self._held]:
            one.close()


def restarted(server: Server, **environment: str) -> Server:
    """On the same data, with something else set up."""
    values = {**server.environment, **environment}
    again = Server(
        Path(server.environment["CANVAS_DATA_DIR"]),
        static_root=Path(server.environment["CANVAS_STATIC_ROOT"]),
        **values,
    )
    server.stop()
    return again.start()
