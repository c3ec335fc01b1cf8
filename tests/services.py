"""Real Redis and PostgreSQL servers for a test run, on their own ports and directories."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from canvas_project.postgres_layer import APPLICATION_NAME
from tests.server import free_port


class Missing(Exception):  # noqa: N818  a state of the machine, not a fault
    """The service is not installed; the message says how to install it."""


class Service:
    """A server process that a test may kill, freeze and start again on the same data."""

    def __init__(self, url: str, command: list[str], ready: list[str], log: Path) -> None:
        self.url = url
        self._command = command
        self._ready = ready
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Service":
        """Returns once it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)
        _until_answers(self._ready)
        return self

    @property
    def pid(self) -> int:
        """The id of its first process."""
        assert self._process is not None
        return self._process.pid

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Freezes it and its children: they keep their connections and answer nobody."""
        pid = self.pid
        pids = [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
        for one in pids:
            os.kill(one, signal.SIGSTOP)
        try:
            yield
        finally:
            for one in pids:
                os.kill(one, signal.SIGCONT)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Returns when it has ended."""
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait()

    def restart(self) -> None:
        """Ends it without waiting for its clients, and starts it again."""
        self.stop(signal.SIGINT)
        self.start()


@contextmanager
def redis_server() -> Iterator[Service]:
    """A Redis without persistence."""
    if shutil.which("redis-server") is None:
        raise Missing("Redis is not installed: `apt-get install redis-server` on Debian.")
    port = str(free_port())
    options = ["--port", port, "--save", "", "--appendonly", "no", "--bind", "127.0.0.1"]
    redis = Service(
        f"redis://127.0.0.1:{port}/0",
        ["redis-server", *options],
        ["redis-cli", "-p", port, "ping"],
        Path(os.devnull),
    ).start()
    try:
        yield redis
    finally:
        redis.stop()


@contextmanager
def postgres_server() -> Iterator[Service]:
    """A PostgreSQL cluster in a temporary directory."""
    binaries = _postgres_binaries()
    directory = Path(tempfile.mkdtemp(prefix="canvas-postgres-"))
    port = str(free_port())
    as_owner = _as_unprivileged_user(directory)
    data = str(directory / "data")
    setup = [str(binaries / "initdb"), "-D", data, "-U", "canvas", "-A", "trust", "-N"]
    subprocess.run([*as_owner, *setup], check=True, stdout=subprocess.DEVNULL)
    where = ["-h", "127.0.0.1", "-p", port]
    postgres = Service(
        f"postgres://canvas@127.0.0.1:{port}/canvas",
        [*as_owner, str(binaries / "postgres"), "-D", data, *where, "-k", str(directory)],
        [str(binaries / "pg_isready"), *where],
        directory / "log",
    ).start()
    try:
        subprocess.run([str(binaries / "createdb"), *where, "-U", "canvas", "canvas"], check=True)
        yield postgres
    finally:
        postgres.stop(signal.SIGINT)  # does not wait for open connections
        shutil.rmtree(directory, ignore_errors=True)


def cut_bus_connections(database: "psycopg.Connection[Any]") -> None:
    """Ends the connections over which servers hear of each other."""
    database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s",
        (APPLICATION_NAME,),
    )


def _postgres_binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    if found:
        return found[-1].parent
    if on_path:
        return Path(on_path).parent
    raise Missing("PostgreSQL is not installed: `apt-get install postgresql` on Debian.")


def _as_unprivileged_user(directory: Path) -> list[str]:
    """PostgreSQL refuses to run as root; Debian's package creates a user for it."""
    if os.geteuid() != 0:
        return []
    shutil.chown(directory, "postgres")
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


def _until_answers(command: list[str]) -> None:
    deadline = time.monotonic() + 30
    while subprocess.run(command, check=False, capture_output=True).returncode != 0:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{command[0]} does not answer")
        time.sleep(0.05)
