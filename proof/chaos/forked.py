"""Servers forked from a process that has everything loaded: they start in a tenth of a second."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from tests.server import ROOT, Server, until

END_SECONDS = 30


class Child:
    """A forked process; its id is never mistaken for that of a later one."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._handle = os.pidfd_open(pid)

    def is_alive(self) -> bool:
        """Whether it runs."""
        return not self.has_ended(0)

    def has_ended(self, seconds: float) -> bool:
        """Waits so long for its end."""
        return self._handle < 0 or bool(select.select([self._handle], [], [], seconds)[0])

    def send(self, how: signal.Signals) -> None:
        """Sends a signal, if it runs."""
        if self.is_alive():
            signal.pidfd_send_signal(self._handle, how)

    def end(self, how: signal.Signals = signal.SIGKILL) -> None:
        """Returns when it has ended."""
        if self._handle < 0:
            return
        self.send(how)
        assert self.has_ended(END_SECONDS)
        os.close(self._handle)
        self._handle = -1


class Forks:
    """The process that servers and management commands are forked from."""

    def __init__(
        self,
        address: tuple[str, int],
        environment: dict[str, str],
        log: Path,
        prefix: Sequence[str],
    ) -> None:
        host, port = address
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [*prefix, sys.executable, "-m", "tests.failing_serve", str(port), host],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
            )
        self._lock = Lock()
        assert self._answer() == "ready"
        self.pid = self._process.pid

    def fork(self, wanted: Any) -> Child:
        """See `tests.failing_serve` for what may be asked for."""
        assert self._process.stdin is not None
        with self._lock:
            self._process.stdin.write(json.dumps(wanted).encode() + b"\n")
            self._process.stdin.flush()
            return Child(int(self._answer()))

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().decode().strip()

    def close(self) -> None:
        """Ends it, and with it whatever it has forked."""
        self._process.kill()
        self._process.communicate()


class ForkedServer(Server):
    """A server that is forked from a process of its own, which a prefix of its command may put into
    a network of its own.
    """

    def __init__(
        self,
        data_dir: Path,
        host: str = "127.0.0.1",
        prefix: Sequence[str] = (),
        **environment: str,
    ) -> None:
        self.host = host
        environment = {"CANVAS_ACCESS_TOKEN_SECONDS": "864000", **environment}
        super().__init__(data_dir, static_root=data_dir / "static", **environment)
        self.database = data_dir / "canvas.sqlite3"
        if not self.database.exists() and "DATABASE_URL" not in environment:
            self.manage("migrate", "--verbosity", "0")
            self.manage("create_demo")
        self._child: Child | None = None
        self.forks = Forks((host, self.port), self.environment, self.log, prefix)

    def start(
        self, fault: tuple[str, int] | None = None, build: str | None = None
    ) -> "ForkedServer":
        """Returns once it accepts connections or has died. A fault is a name, and the hit at which
        it happens; a build, the name of a broken one.
        """
        self.kill()
        self._child = self.forks.fork({"port": self.port, "fault": fault, "build": build})
        until(self._takes_connections, bool, pause=0.005)
        return self

    def _takes_connections(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((self.host, self.port)) == 0 or not self.is_alive()

    @property
    def pid(self) -> int:
        assert self._child is not None
        return self._child.pid

    def is_alive(self) -> bool:
        return self._child is not None and self._child.is_alive()

    def send(self, how: signal.Signals) -> None:
        """Sends it a signal."""
        if self._child is not None:
            self._child.send(how)

    def kill(self) -> None:
        if self._child is not None:
            self._child.end(signal.SIGKILL)

    def stop(self) -> float:
        started = time.monotonic()
        if self._child is not None:
            self._child.end(signal.SIGTERM)
        return time.monotonic() - started

    def close(self) -> None:
        """Ends it, and the process it is forked from."""
        self.kill()
        self.forks.close()
