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
from tests.server import until

__all__ = [
    "Missing",
    "Service",
    "copy_postgres",
    "cut_bus_connections",
    "postgres_server",
    "postgres_standby",
    "redis_server",
    "shared_settings",
]

REDIS_PASSWORD = "r" * 32


@contextmanager
def redis_server(also_at: str = "") -> Iterator[Service]:
    """A Redis without persistence; at another address, which asks for a password."""
    with _own_directory("canvas-redis-") as directory:
        password = REDIS_PASSWORD if also_at else ""
        redis = programs.redis(directory, free_port(), password=password, also_at=also_at).start()
        try:
            yield redis
        finally:
            redis.stop()


@contextmanager
def postgres_server(prepared: Path | None = None, also_at: str = "") -> Iterator[Service]:
    """A PostgreSQL cluster: an empty one, or a copy of the prepared files. With another address to
    listen at, it trusts everybody on that network.
    """
    with _own_directory("canvas-postgres-") as directory:
        if prepared is not None:
            copy_postgres(prepared, directory)
        if also_at:
            with (directory / "data" / "pg_hba.conf").open("a") as rules:
                rules.write(f"host all all {also_at}/25 trust\n")
        postgres = programs.postgres(directory, free_port(), also_at=also_at).start()
        try:
            yield postgres
        finally:
            postgres.stop(signal.SIGINT)  # does not wait for open connections


def copy_postgres(prepared: Path, directory: Path) -> None:
    """Copies the files of a PostgreSQL that does not run; owners stay."""
    subprocess.run(["cp", "-a", str(prepared / "data"), str(directory)], check=True)


@contextmanager
def postgres_standby(primary: Service) -> Iterator[Service]:
    """A copy that follows a PostgreSQL, which from now on waits for it at every commit."""
    with _own_directory("canvas-standby-") as directory:
        as_owner = programs.as_unprivileged_user(directory)
        copy = str(programs.postgres_binaries(directory / "data") / "pg_basebackup")
        source = ["-d", primary.url, "-D", str(directory / "data")]
        command = [*as_owner, copy, *source, "--write-recovery-conf", "--checkpoint=fast"]
        subprocess.run(command, check=True, capture_output=True)
        standby = programs.postgres(directory, free_port()).start()
        try:
            with psycopg.connect(primary.url, autocommit=True) as database:
                database.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
                database.execute("SELECT pg_reload_conf()")
                _until_it_follows(database)
            yield standby
        finally:
            standby.stop(signal.SIGINT)


def _until_it_follows(database: "psycopg.Connection[Any]") -> None:
    query = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
    until(lambda: database.execute(query).fetchone(), lambda row: row[0] > 0)


def cut_bus_connections(database: "psycopg.Connection[Any]") -> None:
    """Ends the connections over which servers hear of each other."""
    database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s",
        (APPLICATION_NAME,),
    )


def shared_settings(postgres_url: str, redis_url: str = "") -> dict[str, str]:
    """What several processes of one installation have in common: database, Redis unless PostgreSQL
    takes its place, and keys.
    """
    bus = {"CANVAS_REDIS_URL": redis_url} if redis_url else {"CANVAS_BUS": "postgres"}
    return {
        **bus,
        "DATABASE_URL": postgres_url,
        "DJANGO_SECRET_KEY": "s" * 50,
        "CANVAS_JWT_KEYS": f"k:{'j' * 50}",
    }


@contextmanager
def _own_directory(prefix: str) -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)
