"""This product as one of the servers, with everything on, on SQLite."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.server import Server

SETTINGS = {"CANVAS_BOARD_RATE": "1000000/hour", "CANVAS_TOKEN_REQUESTS_PER_MINUTE": "100000"}


class OwnServer:
    """The server as `make run` starts it."""

    def __init__(self, directory: Path, static_root: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._server = Server(directory, static_root=static_root, **SETTINGS)
        self._token = ""

    def start(self) -> None:
        """Returns when it answers."""
        self._server.start()
        self._token = self._token or self._server.token("alice")

    def room(self) -> Mapping[str, Any]:
        """A new board of alice's, which is only drawn on in its own form."""
        return {
            "base": self._server.socket_base,
            "room": self._server.new_board(),
            "params": {"token": self._token, "saved": "1"},
            "kind": "board",
        }

    def end(self, how: signal.Signals) -> None:
        """Kills it, or stops it as a service manager does."""
        if how == signal.SIGKILL:
            self._server.kill()
        else:
            self._server.stop()

    def close(self) -> None:
        """Ends it if it runs."""
        if self._server.is_alive():
            self._server.stop()
