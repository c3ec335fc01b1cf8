"""Starts and stops the servers that are compared."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from bench.servers import node, python
from tests.ports import free_port

HERE = Path(__file__).resolve().parent
START_SECONDS = 60
STOP_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Peer:
    """A server and how it persists. It gets PORT, and where it may keep something."""

    name: str
    version: str
    persists: str
    command: Callable[[], list[str]]
    environment: dict[str, str] = field(default_factory=dict)
    dialect: str = "y-websocket"


def _hocuspocus() -> list[str]:
    return [node(), "hocuspocus.mjs"]


PEERS = (
    Peer(
        "y-websocket-server",
        "0.1.1",
        "YPERSISTENCE: y-leveldb 0.1.2, each update",
        lambda: [node(), "node_modules/@y/websocket-server/src/server.js"],
        {"HOST": "127.0.0.1"},
    ),
    Peer(
        "Hocuspocus",
        "4.7.0",
        "its SQLite extension, 2 s after the last change, 10 s at most",
        _hocuspocus,
        dialect="hocuspocus",
    ),
    Peer(
        "Hocuspocus, debounce 0",
        "4.7.0",
        "its SQLite extension, the whole document at each change",
        _hocuspocus,
        {"DEBOUNCE_MS": "0"},
        dialect="hocuspocus",
    ),
    Peer(
        "pycrdt-websocket",
        "0.16.5",
        "SQLiteYStore of pycrdt-store 0.1.5, each update",
        lambda: [python(), "pycrdt_server.py"],
    ),
)


class PeerServer:
    """One of them, with a port and a directory of its own."""

    def __init__(self, peer: Peer, directory: Path) -> None:
        self.peer = peer
        self.port = free_port()
        self.base = f"ws://127.0.0.1:{self.port}"
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] = (directory / "log.txt").open("ab")

    def start(self) -> None:
        """Returns when it answers."""
        environment = {
            **os.environ,
            "PORT": str(self.port),
            "DATA": str(self._directory),
            "YPERSISTENCE": str(self._directory / "leveldb"),
            **self.peer.environment,
        }
        self._process = subprocess.Popen(
            self.peer.command(), cwd=HERE, env=environment, stdout=self._log, stderr=self._log
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self._process.poll() is None, self._said()
            assert time.monotonic() < deadline, self._said()
            time.sleep(0.02)

    def room(self) -> Mapping[str, Any]:
        """A new document; any of these servers makes it when somebody comes."""
        return {
            "base": self.base,
            "room": str(uuid.uuid4()),
            "params": {},
            "kind": "flat",
            "dialect": self.peer.dialect,
        }

    def end(self, how: signal.Signals) -> None:
        """Ends it; a clean stop may take half a minute, then it is killed."""
        assert self._process is not None
        self._process.send_signal(how)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def close(self) -> None:
        """Ends it if it runs."""
        if self._process is not None:
            self.end(signal.SIGKILL)
        self._log.close()

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5)
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def _said(self) -> str:
        return (self._directory / "log.txt").read_text(errors="replace")[-2000:]
