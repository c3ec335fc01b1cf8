"""A real nginx in front of servers, with the configuration that `deploy/nginx` gives teams."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.patience import patient
from tests.ports import free_port
from tests.server import ROOT, until
from tests.services import Missing

RENDER = ROOT / "deploy" / "nginx" / "render"


class Nginx:
    """One running nginx, its address and its logs."""

    def __init__(self, directory: Path, port: int) -> None:
        self.directory = directory
        self.port = port

    @property
    def access_log(self) -> str:
        """What it wrote about requests."""
        return (self.directory / "access.log").read_text()

    @property
    def error_log(self) -> str:
        """What it wrote about failures."""
        return (self.directory / "error.log").read_text()


def render(directory: Path, servers: Sequence[str], **variables: str) -> str:
    """The configuration for these servers, with everything that nginx writes in `directory`."""
    environment = {
        "PATH": os.environ["PATH"],
        "CANVAS_SERVERS": " ".join(servers),
        "CANVAS_PROXY_RUN_DIR": str(directory),
        "CANVAS_PROXY_ACCESS_LOG": str(directory / "access.log"),
        "CANVAS_PROXY_ERROR_LOG": str(directory / "error.log"),
        "CANVAS_PROXY_CONNECTIONS": "512",
        **variables,
    }
    command = [str(RENDER)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ValueError(done.stderr.strip())
    return done.stdout


SOCKET_TIMEOUT = "proxy_read_timeout 45s;"


@contextmanager
def nginx(
    servers: Sequence[str], *, without: str = "", socket_seconds: str = "", **variables: str
) -> Iterator[Nginx]:
    """Runs it in front of `host:port` addresses, until the block ends; lines of the configuration
    that contain `without` are left out, to make it wrong. `socket_seconds` is how long a server may
    say nothing on a socket.

    Raises Missing when nginx is not installed.
    """
    program = nginx_path()
    directory = Path(tempfile.mkdtemp(prefix="canvas-nginx-"))
    directory.chmod(0o755)  # its workers are another account when this is root
    port = free_port()
    listen = {"CANVAS_PROXY_LISTEN": f"127.0.0.1:{port}", **variables}
    lines = render(directory, servers, **listen).splitlines()
    kept = [line for line in lines if not without or without not in line]
    text = "\n".join(kept) + "\n"
    if socket_seconds:
        assert SOCKET_TIMEOUT in text
        text = text.replace(SOCKET_TIMEOUT, f"proxy_read_timeout {socket_seconds}s;")
    (directory / "nginx.conf").write_text(text)
    command = [program, "-c", str(directory / "nginx.conf"), "-e", str(directory / "error.log")]
    process = subprocess.Popen([*command, "-g", "daemon off;"])
    try:
        until(lambda: (directory / "nginx.pid").exists(), bool)
        yield Nginx(directory, port)
    finally:
        process.terminate()
        process.wait(timeout=patient(20))
        shutil.rmtree(directory, ignore_errors=True)


def nginx_path() -> str:
    """Where it is. Raises Missing."""
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        raise Missing("nginx is not installed: `apt-get install nginx-light` on Debian.")
    return found
