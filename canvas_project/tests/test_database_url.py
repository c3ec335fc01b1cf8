"""`DATABASE_URL` never loses the options that durability depends on."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from canvas_project.database_url import database_of
from canvas_project.settings import SQLITE


@pytest.mark.parametrize(
    "url", ["sqlite:////data/db.sqlite3", "sqlite:////data/db.sqlite3?transaction_mode=DEFERRED"]
)
def test_an_sqlite_url_has_every_option_of_the_default(url: str) -> None:
    database = database_of(url, SQLITE)
    assert database["NAME"] == "/data/db.sqlite3"
    assert database["OPTIONS"] == SQLITE["OPTIONS"]
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_no_url_means_the_file_in_the_data_directory() -> None:
    assert database_of("", SQLITE) is SQLITE


def test_postgresql_stays_as_it_is_written() -> None:
    database: dict[str, Any] = database_of("postgresql://a:b@host/db?connect_timeout=3", SQLITE)
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert database["OPTIONS"] == {"connect_timeout": 3}


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://:memory:",
        "sqlite:///",
        "sqlite://",
        "mysql://a:s3cret@h/b",
        "s3cret",
        "x//a:s3cret@h",
    ],
)
def test_what_cannot_keep_the_promises_is_refused_without_showing_a_password(url: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        database_of(url, SQLITE)
    assert "s3cret" not in str(refusal.value)
    assert "DATABASE_URL" in str(refusal.value)
    assert "sqlite:////" in str(refusal.value)


def test_the_write_ahead_log_shrinks_after_a_long_reader(tmp_path: Path) -> None:
    path, limit = tmp_path / "db.sqlite3", 67_108_864

    def opened() -> sqlite3.Connection:
        database = sqlite3.connect(path, isolation_level=None)
        database.executescript(SQLITE["OPTIONS"]["init_command"])
        return database

    with closing(opened()) as writer, closing(opened()) as reader:
        writer.execute("CREATE TABLE t (b BLOB)")
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM t").fetchall()
        writer.execute("BEGIN")
        for _ in range(5):
            writer.execute("INSERT INTO t VALUES (zeroblob(15000000))")
        writer.execute("COMMIT")
        log = path.with_name("db.sqlite3-wal")
        assert log.stat().st_size > limit
        reader.execute("COMMIT")
        for _ in range(3):
            writer.execute("INSERT INTO t VALUES (zeroblob(10))")
        assert log.stat().st_size <= limit
