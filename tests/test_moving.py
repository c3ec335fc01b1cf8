"""A whole installation goes out and comes in again, on another database, whatever interrupts it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.patience import patient
from tests.prepared import TABLES
from tests.server import ROOT

pytestmark = pytest.mark.timeout(300)
BOARDS = int(os.environ.get("CANVAS_TEST_MOVED_BOARDS", "60"))
"""How many boards move. With 1,000 it takes a minute longer."""
MAY_DIFFER = {"manifest.json", "audit.jsonl"}
"""The one names the archive and its time; in the other, each export and import adds its row."""


class Installation:
    """Settings of one installation: a data directory and a database."""

    def __init__(
        self, data: Path, url: str = "", keys_of: Path | None = None, tables: Path | None = None
    ) -> None:
        data.mkdir(mode=0o700)
        if tables is not None:
            shutil.copy(tables, data / "canvas.sqlite3")
        for key in keys_of.glob("*_key") if keys_of is not None else ():
            (data / key.name).write_bytes(key.read_bytes())
        self.data = data
        self.environment = {
            **os.environ,
            "CANVAS_DATA_DIR": str(data),
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "canvas_project.settings_test",
        }

    def start(self, *command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def manage(self, *command: str, fails: bool = False) -> str:
        """Runs a command; returns its output and what it complains about."""
        process = self.start(*command)
        out, errors = process.communicate(timeout=patient(180))
        assert (process.returncode != 0) == fails, errors[-2000:]
        print(f"{command[0]}: {out.strip()}")  # `pytest -rP` shows how quick it was
        return out + errors

    def kill_at(self, is_time: Callable[[], bool], *command: str) -> None:
        """Kills a command in the middle."""
        process = self.start(*command)
        deadline = time.monotonic() + patient(60)
        while process.poll() is None and time.monotonic() < deadline:
            if is_time():
                process.send_signal(signal.SIGKILL)
                break
            time.sleep(0.01)
        process.communicate()
        assert process.returncode == -signal.SIGKILL, "it was too quick to be interrupted"


@pytest.fixture(scope="module")
def tables(prepared: Path) -> Path:
    """A database on SQLite without rows."""
    return prepared / f"{TABLES}.sqlite3"


@pytest.fixture(scope="module")
def source(tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation on SQLite with every kind of row."""
    made = Installation(tmp_path_factory.mktemp("moving") / "source", tables=tables)
    made.manage("shell", "-c", f"from tests.installations import fill; fill({BOARDS})")
    return made


@pytest.fixture(params=[f"TEMPLATE {TABLES}"])
def database(request: pytest.FixtureRequest, postgres_url: str) -> Iterator[str]:
    """A database on PostgreSQL without rows, or without anything."""
    name = "canvas_moved"
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} {request.param}")
        yield urlsplit(postgres_url)._replace(path=f"/{name}").geturl()
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def files_of(archive: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(archive)): path.read_bytes()
        for path in archive.rglob("*")
        if path.is_file()
    }


@pytest.mark.postgres
def test_an_archive_is_the_same_after_it_went_to_another_database_and_was_interrupted(
    source: Installation, database: str, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    boards = first / "boards"

    def has_half() -> bool:
        return boards.is_dir() and len(list(boards.iterdir())) > BOARDS // 4

    source.kill_at(has_half, "export_all", str(first))
    assert not (first / "manifest.json").exists()
    said = source.manage("export_all", str(first))
    assert f"{BOARDS:,} boards" in said
    assert ", 0 had not changed" not in said  # it went on where it was
    modes = {path.stat().st_mode & 0o077 for path in [first, *first.rglob("*")]}
    assert modes == {0}

    target = Installation(tmp_path / "target", database, keys_of=source.data)
    with psycopg.connect(database, autocommit=True) as connection:

        def has_begun() -> bool:
            found = connection.execute("SELECT count(*) FROM boards_board").fetchone()
            return found is not None and found[0] > BOARDS // 4

        target.kill_at(has_begun, "import_all", str(first))
    said = target.manage("import_all", str(first))
    assert ", 0 were there" not in said
    assert "0 could not be taken" in said
    target.manage("verify_audit_log")  # the chain goes on
    target.manage("export_all", str(second))

    before, after = files_of(first), files_of(second)
    assert before.keys() == after.keys()
    assert {name for name in before if before[name] != after[name]} <= MAY_DIFFER
    rows = before["audit.jsonl"].splitlines()
    log = [row for row in rows if b'"audit.auditlog"' in row]
    assert after["audit.jsonl"].splitlines()[: len(log)] == log
    # Automatic ids go on.
    new = "from boards.tests.factories import make_user; print('id', make_user('new').pk)"
    people = before["installation.jsonl"].count(b'"model":"auth.user",')
    assert f"id {people + 1}" in target.manage("shell", "-c", new)
    assert "were there" in target.manage("import_all", str(first))


def test_a_zip_comes_in_whole_and_elsewhere_the_audit_log_is_kept_as_a_file(
    source: Installation, tables: Path, tmp_path: Path
) -> None:
    path = tmp_path / "all.zip"
    source.manage("export_all", str(path), "--with-passwords")
    assert path.stat().st_mode & 0o077 == 0
    target = Installation(tmp_path / "target", tables=tables)  # with other keys
    assert f"{BOARDS:,} boards" in target.manage("import_all", str(path), "--dry-run")
    said = target.manage("import_all", str(path))
    assert "another CANVAS_AUDIT_KEY" in said
    assert "Passwords were left out" not in said
    (kept,) = (target.data / "imported-audit").iterdir()
    assert b'"audit.auditlog"' in kept.read_bytes()
    target.manage("verify_audit_log")
    first, second = tmp_path / "first", tmp_path / "second"
    source.manage("export_all", str(first), "--with-passwords")
    target.manage("export_all", str(second), "--with-passwords")
    before, after = files_of(first), files_of(second)
    assert {name for name in before if before[name] != after.get(name)} <= MAY_DIFFER
    assert json.loads(before["manifest.json"])["with_passwords"] is True


@pytest.mark.postgres
@pytest.mark.parametrize("database", [""], indirect=True)
def test_one_command_moves_to_postgresql_and_another_one_back(
    source: Installation, tables: Path, database: str, tmp_path: Path
) -> None:
    running = (
        "from django.utils.timezone import now; from sync.models import ServerProcess as P; "
        "from uuid import uuid4; "
        "P.objects.create(id=uuid4(), name='here:1', version='1', keys={}, seen_at=now())"
    )
    source.manage("shell", "-c", running)
    assert "servers use this database: here:1" in source.manage(
        "move_database", "--to", database, fails=True
    )
    stopped = "from sync.models import ServerProcess as P; P.objects.all().delete()"
    source.manage("shell", "-c", stopped)
    assert "of the other kind" in source.manage(
        "move_database", "--to", f"sqlite:///{tmp_path}/x", fails=True
    )
    said = source.manage("move_database", "--to", database)
    assert "every table is equal" in said
    assert "set DATABASE_URL" in said

    moved = Installation(tmp_path / "moved", database, keys_of=source.data)
    shutil.copytree(source.data / "files", moved.data / "files")
    moved.manage("verify_audit_log")  # finds the triggers, too
    last = (
        "from audit.models import AuditLog as A; row = A.objects.order_by('pk').last(); "
        "print(row.action, row.actor_label, row.data['to'])"
    )
    assert "installation_export move_database (" in moved.manage("shell", "-c", last)
    new = "from boards.tests.factories import make_user; print('id', make_user('new').pk)"
    assert "id " in moved.manage("shell", "-c", new)
    assert "holds rows already" in source.manage("move_database", "--to", database, fails=True)

    shutil.copy(tables, tmp_path / "back.sqlite3")
    back = f"sqlite:///{tmp_path}/back.sqlite3"
    assert "every table is equal" in moved.manage("move_database", "--to", back)
