"""Redis and PostgreSQL servers of a test run: real ones, on ports and directories of their own."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.server import free_port


class Missing(Exception):  # noqa: N818  a state of the machine, not a fault
    """The service is not installed; the message says how to install it."""


@contextmanager
def redis_server() -> Iterator[str]:
    """A Redis without persistence; gives its URL."""
    if shutil.which("redis-server") is None:
        raise Missing("Redis is not installed: `apt-get install redis-server` on Debian.")
    port = free_port()
    options = ["--port", str(port), "--save", "", "--appendonly", "no", "--bind", "127.0.0.1"]
    process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
    try:
        _until_answers(["redis-cli", "-p", str(port), "ping"])
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait()


@contextmanager
def postgres_server() -> Iterator[str]:
    """A PostgreSQL cluster in a temporary directory; gives its URL."""
    binaries = _postgres_binaries()
    directory = Path(tempfile.mkdtemp(prefix="canvas-postgres-"))
    port = free_port()
    as_owner = _as_unprivileged_user(directory)
    data = directory / "data"
    setup = [str(binaries / "initdb"), "-D", str(data), "-U", "canvas", "-A", "trust", "-N"]
    subprocess.run([*as_owner, *setup], check=True, stdout=subprocess.DEVNULL)
    listen = ["-h", "127.0.0.1", "-p", str(port), "-k", str(directory)]
    process = subprocess.Popen(
        [*as_owner, str(binaries / "postgres"), "-D", str(data), *listen],
        stderr=(directory / "log").open("wb"),
    )
    try:
        where = ["-h", "127.0.0.1", "-p", str(port)]
        _until_answers([str(binaries / "pg_isready"), *where])
        subprocess.run([str(binaries / "createdb"), *where, "-U", "canvas", "canvas"], check=True)
        yield f"postgres://canvas@127.0.0.1:{port}/canvas"
    finally:
        process.send_signal(signal.SIGINT)  # does not wait for open connections
        process.wait()
        shutil.rmtree(directory, ignore_errors=True)


def _postgres_binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    if found:
        return found[-1].parent
    if on_path:
        return Path(on_path).parent
    raise Missing("PostgreSQL is not installed: `apt-get install postgresql` on Debian.")


def _as_unprivileged_user(directory: Path) -> list[str]:
    """PostgreSQL refuses to run as root; Debian's package brings a user for it."""
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
