"""Real Redis and PostgreSQL servers for a test run, on their own ports and directories."""

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from canvas_project.postgres_layer import APPLICATION_NAME
from deploy.cluster import programs
from deploy.cluster.processes import Service
from deploy.cluster.programs import Missing
from tests.ports import free_port

__all__ = [
    "Missing",
    "Service",
    "copy_postgres",
    "cut_bus_connections",
    "postgres_server",
    "redis_server",
]


@contextmanager
def redis_server() -> Iterator[Service]:
    """A Redis without persistence."""
    with _own_directory("canvas-redis-") as directory:
        redis = programs.redis(directory, free_port()).start()
        try:
            yield redis
        finally:
            redis.stop()


@contextmanager
def postgres_server(prepared: Path | None = None) -> Iterator[Service]:
    """A PostgreSQL cluster: an empty one, or a copy of the prepared files."""
    with _own_directory("canvas-postgres-") as directory:
        if prepared is not None:
            copy_postgres(prepared, directory)
        postgres = programs.postgres(directory, free_port()).start()
        try:
            yield postgres
        finally:
            postgres.stop(signal.SIGINT)  # does not wait for open connections


def copy_postgres(prepared: Path, directory: Path) -> None:
    """Copies the files of a PostgreSQL that does not run; owners stay."""
    subprocess.run(["cp", "-a", str(prepared / "data"), str(directory)], check=True)


def cut_bus_connections(database: "psycopg.Connection[Any]") -> None:
    """Ends the connections over which servers hear of each other."""
    database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s",
        (APPLICATION_NAME,),
    )


@contextmanager
def _own_directory(prefix: str) -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)
