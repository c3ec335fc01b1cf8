"""Servers start on a real PostgreSQL: together, and with a wrong address."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.patience import patient
from tests.server import ROOT

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def empty_url(postgres_url: str) -> Iterator[str]:
    """A database without tables."""
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute("CREATE DATABASE canvas_empty")
        yield urlsplit(postgres_url)._replace(path="/canvas_empty").geturl()
        admin.execute("DROP DATABASE canvas_empty WITH (FORCE)")


def prepare(url: str, data: Path) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "canvas_project.settings",
        "CANVAS_DATA_DIR": str(data),
        "DATABASE_URL": url,
    }
    command = [sys.executable, "manage.py", "upgrade_database"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)


def test_servers_on_two_machines_migrate_one_after_the_other(
    empty_url: str, tmp_path: Path
) -> None:
    """They share no directory, so only the database can keep them apart."""
    starts = [prepare(empty_url, tmp_path / name) for name in ("a", "b")]
    said = [one.communicate(timeout=patient(120))[1] for one in starts]
    assert [one.returncode for one in starts] == [0, 0], said


@pytest.mark.parametrize(
    ("path", "user", "word"),
    [("/no_such_database", "canvas", "no_such_database"), ("/canvas", "nobody", "nobody")],
)
def test_what_postgresql_refuses_is_one_sentence(
    postgres_url: str, tmp_path: Path, path: str, user: str, word: str
) -> None:
    parts = urlsplit(postgres_url)
    netloc = f"{user}:s3cret@{parts.hostname}:{parts.port}"
    start = prepare(parts._replace(netloc=netloc, path=path).geturl(), tmp_path)
    said = start.communicate(timeout=patient(60))[1].strip().splitlines()[-1]
    assert start.returncode != 0
    assert word in said
    assert "set DATABASE_URL to postgresql://user:password@host:port/name" in said
    assert "s3cret" not in said
