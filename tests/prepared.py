"""What every server of a run begins with, made once for all workers."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connection

from deploy.cluster import programs
from tests.ports import free_port
from tests.server import QUICK_HASHES, ROOT

TABLES = "tables"
"""The name of the database without rows, beside the filled one."""
FILL = ("shell", "-c", "from tests.prepared import fill; fill()")


def once(directory: Path, name: str, make: Callable[[Path], None]) -> Path:
    """What `make` fills, under this name; the first who asks makes it, and the others wait."""
    done = directory / name
    with (directory / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            begun = directory / f"{name}.begun"
            shutil.rmtree(begun, ignore_errors=True)
            begun.mkdir(mode=0o700)
            make(begun)
            begun.rename(done)
    return done


def run_program(module: str, data: Path, database_url: str) -> str:
    """Runs the `main` of a module on a database; returns what it printed.

    Raises AssertionError with its errors if it fails.
    """
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "canvas_project.settings",
        "CANVAS_DATA_DIR": str(data),
        "DATABASE_URL": database_url,
    }
    command = [sys.executable, "manage.py", "shell", "-c", f"from {module} import main; main()"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def collect_static(path: Path) -> None:
    """The built front end, as it is served."""
    data = path.parent / "collect"
    _manage(data, "collectstatic", "--noinput", "--verbosity", "0", CANVAS_STATIC_ROOT=str(path))


def make_data(path: Path) -> None:
    """A data directory as the first day of `serve --demo` leaves it."""
    _manage(path, *FILL)


def make_postgres(data: Path, path: Path) -> None:
    """Files of a PostgreSQL in which the same is stored, with the keys of a data directory."""
    postgres = programs.postgres(path, free_port()).start()
    try:
        with tempfile.TemporaryDirectory(prefix="canvas-keys-") as keys:
            copy_data(data, Path(keys), with_rows=False)
            _manage(Path(keys), *FILL, DATABASE_URL=postgres.url)
    finally:
        postgres.stop()


def fill() -> None:
    """Makes tables, of which a copy is kept without rows, the demo's people and board, and does
    what is due daily.
    """
    call_command("upgrade_database")
    connection.close()
    if connection.vendor == "postgresql":
        url = os.environ["DATABASE_URL"]
        with psycopg.connect(f"{url.rpartition('/')[0]}/postgres", autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {TABLES} TEMPLATE canvas")
    else:
        data = Path(os.environ["CANVAS_DATA_DIR"])
        shutil.copy(data / "canvas.sqlite3", data / f"{TABLES}.sqlite3")
    for command in ("create_demo", "run_daily_jobs"):
        call_command(command)


def copy_data(prepared: Path, data: Path, *, with_rows: bool) -> None:
    """Fills the directory of a server. Without rows, which it has elsewhere, it has the keys."""
    of_rows = () if with_rows else ("canvas.sqlite3*", "audit_anchor.json")
    ignore = shutil.ignore_patterns(f"{TABLES}.sqlite3", *of_rows)
    shutil.copytree(prepared, data, dirs_exist_ok=True, ignore=ignore)


def _manage(data: Path, *command: str, **environment: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env={
            **os.environ,
            "CANVAS_DATA_DIR": str(data),
            **QUICK_HASHES,
            **environment,
        },
        stdout=subprocess.DEVNULL,
        check=True,
    )
