"""PostgreSQL may be set to forget what it has committed: sessions undo that, or it is said."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from canvas_project.postgres_sessions import IDLE_SECONDS
from tests.conftest import NewData, service
from tests.prepared import run_program
from tests.services import Service, postgres_server


@pytest.fixture
def postgres(prepared_postgres: Path) -> Iterator[Service]:
    """One for each test."""
    with service(partial(postgres_server, prepared_postgres)) as running:
        yield running


def found(postgres: Service, data: Path, *statements: str) -> dict[str, Any]:
    """What a session says after an administrator has run these."""
    with psycopg.connect(postgres.url, autocommit=True) as database:
        for statement in statements:
            database.execute(statement)
    postgres.restart()
    told = run_program("tests.postgres_settings", data, postgres.url)
    answer: dict[str, Any] = json.loads(told.splitlines()[-1])
    return answer


@pytest.mark.parametrize(("wanted", "used"), [("off", "on"), ("remote_apply", "remote_apply")])
def test_commits_wait_for_a_disk_at_least(
    new_data: NewData, postgres: Service, wanted: str, used: str
) -> None:
    statement = f"ALTER DATABASE canvas SET synchronous_commit = {wanted}"
    told = found(postgres, new_data(with_rows=False), statement)
    assert (told["synchronous_commit"], told["problems"]) == (used, [])


def test_a_session_of_a_server_may_not_stand_still(new_data: NewData, postgres: Service) -> None:
    """It would keep a board locked; `test_locked_boards.py` waits until it is ended."""
    told = found(postgres, new_data(with_rows=False))
    assert told["may_stand_still"] == f"{IDLE_SECONDS}s"


def test_what_a_session_cannot_change_is_said(new_data: NewData, postgres: Service) -> None:
    told = found(
        postgres,
        new_data(with_rows=False),
        "ALTER SYSTEM SET fsync = off",
        "ALTER SYSTEM SET full_page_writes = off",
    )
    fsync, pages = told["problems"]
    assert "fsync = off" in fsync
    assert "full_page_writes = off" in pages
    assert "set it to on" in fsync
