"""A new database is made by a few squashed migrations, and is like one that took every step."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.every_step import STOPS
from tests.prepared import run_program
from tests.server import ROOT

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def every_step(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of an installation that took every step, with copies at some of them."""
    data = tmp_path_factory.mktemp("every-step")
    run_program("tests.every_step", data, "")
    return data


@pytest.fixture
def two_urls(postgres_url: str) -> Iterator[list[str]]:
    """Two databases without tables."""
    names = ("every_step", "squashed")
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        for name in names:
            admin.execute(f"CREATE DATABASE {name}".encode())
        yield [urlsplit(postgres_url)._replace(path=f"/{name}").geturl() for name in names]
        for name in names:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def test_a_new_sqlite_is_like_one_that_took_every_step(every_step: Path, tmp_path: Path) -> None:
    _upgrade(tmp_path, "")
    assert _sqlite_schema(tmp_path) == _sqlite_schema(every_step)
    assert _migrations(tmp_path) == _migrations(every_step)


def test_a_new_postgresql_is_like_one_that_took_every_step(
    two_urls: list[str], tmp_path: Path
) -> None:
    run_program("tests.every_step", tmp_path, two_urls[0])
    _upgrade(tmp_path, two_urls[1])
    first, second = (_postgresql_schema(url) for url in two_urls)
    assert first == second


@pytest.mark.parametrize("stop", STOPS)
def test_an_installation_in_the_middle_goes_on_to_the_end(every_step: Path, stop: str) -> None:
    _upgrade(every_step / stop, "")
    assert _sqlite_schema(every_step / stop) == _sqlite_schema(every_step)
    assert _migrations(every_step / stop) == _migrations(every_step)


def _upgrade(data: Path, url: str) -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "canvas_project.settings",
        "CANVAS_DATA_DIR": str(data),
        "DATABASE_URL": url,
    }
    command = [sys.executable, "manage.py", "upgrade_database"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


def _sqlite_schema(data: Path) -> dict[tuple[str, str], list[str]]:
    with closing(sqlite3.connect(data / "canvas.sqlite3")) as database:
        rows = database.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    return {
        (kind, name): _in_any_order(sql) if kind == "table" else [sql] for kind, name, sql in rows
    }


def _in_any_order(sql: str) -> list[str]:
    """The columns and constraints of a table. Where a step changed a column, SQLite's table was
    made again, with that column in another place.
    """
    parts, depth = [""], 0
    for character in sql.partition("(")[2].rpartition(")")[0]:
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return sorted(part.strip() for part in parts)


def _migrations(data: Path) -> set[tuple[str, str]]:
    """What the database has, without the squashed ones that stand for the same."""
    with closing(sqlite3.connect(data / "canvas.sqlite3")) as database:
        rows = set(database.execute("SELECT app, name FROM django_migrations"))
    return {(app, name) for app, name in rows if "_squashed_" not in name}


def _postgresql_schema(url: str) -> list[str]:
    dump = ["pg_dump", "--schema-only", "--dbname", url]
    said = subprocess.run(dump, check=True, capture_output=True, text=True).stdout
    # A random word of each dump.
    return [line for line in said.splitlines() if not line.startswith(("\\restrict", "\\unrestr"))]
