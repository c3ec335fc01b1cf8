"""`make cluster` for a test: started as people start it, and ended as accidents end it."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.patience import patient
from tests.ports import free_ports
from tests.server import ROOT, Server, until


class ClusterUnderTest:
    """One `python -m deploy.cluster` on a data directory; `server` is its proxy."""

    def __init__(
        self, data_dir: Path, *, static_root: Path, servers: int, bus: str, **environment: str
    ) -> None:
        self.servers = servers
        self.bus = bus
        self.server = Server(data_dir, static_root=static_root, **environment)
        self.server.use_port(free_ports(servers + 3))
        self._directory = data_dir / "cluster"
        self._log = data_dir / "cluster.out"
        self._process: subprocess.Popen[bytes] | None = None

    def launch(self) -> subprocess.Popen[bytes]:
        """Starts it without waiting."""
        command = [sys.executable, "-m", "deploy.cluster", "--servers", str(self.servers)]
        command += ["--port", str(self.server.port), "--bus", self.bus]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self.server.environment, stdout=log, stderr=log
            )
        return self._process

    def start(self) -> "ClusterUnderTest":
        """Returns once it has printed how to get in."""
        process = self.launch()
        until(
            lambda: (process.poll(), self.printed),
            lambda seen: seen[0] is not None or "Logs" in seen[1],
            seconds=120,
        )
        assert process.poll() is None, self.printed
        return self

    @property
    def printed(self) -> str:
        """What it said."""
        return self._log.read_text()

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """Ends it as Ctrl-C does; returns its exit status."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(how)
        return self._process.wait(timeout=patient(60))

    def service(self, name: str) -> dict[str, Any]:
        """Process and address of a part."""
        state = json.loads((self._directory / "state.json").read_text())
        found: dict[str, Any] = state["services"][name]
        return found

    @property
    def server_names(self) -> list[str]:
        """Those of our servers."""
        return [f"server {number}" for number in range(1, self.servers + 1)]

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> int:
        """Sends a signal to one part; returns the process that got it."""
        pid = int(self.service(name)["pid"])
        os.kill(pid, how)
        return pid

    def until_replaced(self, name: str, pid: int) -> None:
        """Returns when another process has taken its place, and answers."""
        until(lambda: self.service(name)["pid"], lambda current: current != pid, seconds=60)
        if name in self.server_names:
            other = Server(self._directory, static_root=self._directory)
            other.use_port(self.server.port + int(name.split()[1]))
            until(lambda: is_ready(other), bool, seconds=60)

    def servers_of_boards(self) -> dict[str, set[str]]:
        """The names of the servers with people on each board, as each has told last."""
        query = (
            "SELECT DISTINCT ON (board_id, server) board_id, server, sockets "
            "FROM sync_connectedcount ORDER BY board_id, server, renewed_at DESC"
        )
        with psycopg.connect(self.service("PostgreSQL")["url"]) as connection:
            rows = connection.execute(query).fetchall()
        found: dict[str, set[str]] = {}
        for board, address, sockets in rows:
            if sockets:
                number = int(address.rpartition(":")[2]) - self.server.port
                found.setdefault(str(board), set()).add(f"server {number}")
        return found

    def restart_servers(self) -> None:
        """A rolling restart; returns when it is over."""
        before = self.printed.count("all servers are restarted")
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)
        until(
            lambda: self.printed.count("all servers are restarted"),
            lambda count: count > before,
            seconds=60 * self.servers,
        )


def is_ready(server: Server) -> bool:
    """Whether /readyz says so."""
    try:
        with urllib.request.urlopen(f"{server.url}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@contextmanager
def cluster(data_dir: Path, **options: Any) -> Iterator[ClusterUnderTest]:
    """Runs one until the block ends."""
    one = ClusterUnderTest(data_dir, **options)
    try:
        yield one.start()
    finally:
        one.stop()
