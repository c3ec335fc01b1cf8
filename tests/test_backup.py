"""A backup of a running server, restored elsewhere, is the same installation."""

import base64
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.page import PNG
from tests.prepared import TABLES, copy_data
from tests.server import QUICK_HASHES, ROOT, Server

pytestmark = pytest.mark.timeout(180)
SCRIPTS = ROOT / "deploy" / "backup"
FILE_ID = "f" * 40

Start = Callable[[str, str], Server]


@pytest.fixture
def start(tmp_path: Path, static_root: Path, prepared: Path) -> Iterator[Start]:
    """Starts servers on directories of a test."""
    servers: list[Server] = []

    def begin(name: str, url: str) -> Server:
        if not (tmp_path / name).exists():
            copy_data(prepared, tmp_path / name, with_rows=not url)
        environment = {**QUICK_HASHES, "DATABASE_URL": url}
        server = Server(tmp_path / name, static_root=static_root, **environment).start()
        servers.append(server)
        return server

    yield begin
    for server in servers:
        server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, postgres_url: str) -> Iterator[tuple[str, str]]:
    """Where the server's rows are, and where they are restored."""
    if request.param == "sqlite":
        yield "", ""
        return
    names = ("canvas_before", "canvas_after")
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {names[0]} TEMPLATE {TABLES}")
        admin.execute(f"CREATE DATABASE {names[1]}")
        yield tuple(urlsplit(postgres_url)._replace(path=f"/{name}").geturl() for name in names)  # type: ignore[misc]
        for name in names:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(script: str, argument: Path, data: Path, url: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.pathsep.join(
            (*sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin"))), os.environ["PATH"])
        ),
        "CANVAS_DATA_DIR": str(data),
        "DATABASE_URL": url,
        "CANVAS_PYTHON": sys.executable,
    }
    command = [str(SCRIPTS / script), str(argument)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def upload(server: Server, board: str) -> None:
    request = urllib.request.Request(
        f"{server.url}/api/v1/boards/{board}/files/{FILE_ID}",
        base64.b64decode(PNG),
        {"Authorization": f"Bearer {server.token('alice')}", "Content-Type": "image/png"},
        method="PUT",
    )
    urllib.request.urlopen(request, timeout=20).close()


def image(server: Server, board: str) -> bytes:
    request = urllib.request.Request(
        f"{server.url}/api/v1/boards/{board}/files/{FILE_ID}",
        headers={"Authorization": f"Bearer {server.token('alice')}"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        content: bytes = answer.read()
        return content


def drawing(server: Server, board: str) -> object:
    status, answer = server.call("GET", f"boards/{board}/elements", None, server.token("alice"))
    assert status == 200
    return answer


def test_a_backup_of_a_running_server_is_restored_elsewhere(
    start: Start, databases: tuple[str, str], tmp_path: Path
) -> None:
    before, after = databases
    server = start("before", before)
    board, token = server.new_board(bob="edit"), server.token("alice")
    body = {"create": [{"type": "rectangle", "x": 1, "y": 2, "width": 30, "height": 40}]}
    assert server.call("POST", f"boards/{board}/elements", body, token)[0] == 200
    upload(server, board)

    done = run("backup", tmp_path / "backups", tmp_path / "before", before)
    assert done.returncode == 0, done.stderr
    backup = Path(done.stdout.strip())
    assert (backup / "complete").exists()
    assert [path for path in [backup, *backup.rglob("*")] if path.stat().st_mode & 0o077] == []
    was, picture = drawing(server, board), image(server, board)

    target = tmp_path / "after"
    done = run("restore", backup, target, after)
    assert done.returncode == 0, done.stderr
    assert "CANVAS_RECOVERY" in done.stdout
    restored = start("after", after)
    assert drawing(restored, board) == was
    assert image(restored, board) == picture
    # The same keys: who was signed in still is, and the audit log is whole.
    assert restored.call("GET", f"boards/{board}", None, token)[0] == 200
    restored.manage("verify_audit_log", "--accept-restored")

    # Neither what runs now nor a part of it is ever overwritten.
    again = run("restore", backup, target, after)
    assert again.returncode != 0
    assert "restore into an empty" in again.stderr
    if before:
        fresh = run("restore", backup, tmp_path / "fresh", after)
        assert fresh.returncode != 0
        assert "restore into an empty one" in fresh.stderr
        assert not list((tmp_path / "fresh").glob("*_key"))


def test_what_is_no_whole_backup_is_refused(start: Start, tmp_path: Path) -> None:
    start("before", "").stop()
    backup = Path(run("backup", tmp_path / "backups", tmp_path / "before", "").stdout.strip())

    def refusal(url: str = "") -> str:
        done = run("restore", backup, tmp_path / "after", url)
        assert done.returncode != 0
        assert not (tmp_path / "after" / "canvas.sqlite3").exists()
        return done.stderr

    assert "of SQLite" in refusal("postgresql://canvas@127.0.0.1:1/canvas")
    with (backup / "database.sqlite3").open("ab") as file:
        file.write(b"x")
    assert "has changed" in refusal()
    (backup / "complete").unlink()
    assert "interrupted" in refusal()


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("postgresql://a:p%40ss%2F%25:x@h:5/db", ["p@ss/%:x", "--dbname=postgresql://a@h:5/db"]),
        ("postgres://a@h/db?sslmode=require", ["", "--dbname=postgresql://a@h/db?sslmode=require"]),
        ("postgresql://h/db", ["", "--dbname=postgresql://h/db"]),
    ],
)
def test_passwords_are_no_arguments(url: str, seen: list[str], tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text('#!/bin/sh\necho "${PGPASSWORD:-}"\necho "$1"\n')
    program.chmod(0o755)
    script = f'. "{SCRIPTS}/database.sh"; with_postgresql "{program}"'
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": url}
    done = subprocess.run(
        ["sh", "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == seen
